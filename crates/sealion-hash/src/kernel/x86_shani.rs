//! SHA-NI: two rounds are one instruction, four words of the schedule two and some moves.
//!
//! An instruction of two rounds has to wait for the one before it, four cycles on all processors
//! measured, and one or two can start in that time: so two messages are taken through side by
//! side (`STREAMS`), which nearly doubles the speed, and more run out of the 16 registers.
//!
//! The instructions want the state as two vectors, words `abef` and `cdgh` (from the highest).

use core::arch::x86_64::*;

use super::sha256::{K, PAIR_PADDING};
use super::Messages;
use crate::order::less;
use crate::stream::{BLOCK, INITIAL};
use crate::Hash;

/// The messages side by side.
pub(crate) const STREAMS: usize = 2;

/// The state of one message: `abef` and `cdgh`.
type State = [__m128i; 2];

/// Carries `state` over `blocks`.
#[target_feature(enable = "sha,sse4.1")]
pub(crate) fn compress(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
    let mut states = [state_of(state)];
    for block in blocks {
        block_rounds(&mut states, [load_words(block)]);
    }
    *state = words_of(states[0]);
}

/// The hashes of as many messages as `out` has room for, from message `start` on.
#[target_feature(enable = "sha,sse4.1")]
pub(crate) fn hash<M: Messages>(messages: &M, start: usize, out: &mut [Hash]) {
    let (twos, rest) = out.as_chunks_mut::<STREAMS>();
    for (group, out) in twos.iter_mut().enumerate() {
        hash_group(messages, start + group * STREAMS, out);
    }
    for (index, out) in rest.iter_mut().enumerate() {
        let first = start + twos.len() * STREAMS + index;
        hash_group(messages, first, core::array::from_mut(out));
    }
}

#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn hash_group<const N: usize, M: Messages>(messages: &M, first: usize, out: &mut [Hash; N]) {
    let mut states = [state_of(&INITIAL); N];
    for block in 0..messages.blocks_each() {
        let mut words = [[_mm_setzero_si128(); 4]; N];
        for (stream, words) in words.iter_mut().enumerate() {
            *words = load_words(messages.block(first + stream, block));
        }
        block_rounds(&mut states, words);
    }
    for (state, out) in states.iter().zip(out) {
        *out = hash_of(*state);
    }
}

/// The pair hash of each pair.
#[target_feature(enable = "sha,sse4.1")]
pub(crate) fn pairs(pairs: &[[Hash; 2]], out: &mut [Hash]) {
    let (pairs, last_pairs) = pairs.as_chunks::<STREAMS>();
    let (twos, rest) = out.as_chunks_mut::<STREAMS>();
    for (pairs, out) in pairs.iter().zip(twos) {
        pair_group(pairs, out);
    }
    for (pair, out) in last_pairs.iter().zip(rest) {
        pair_group(core::array::from_ref(pair), core::array::from_mut(out));
    }
}

#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn pair_group<const N: usize>(pairs: &[[Hash; 2]; N], out: &mut [Hash; N]) {
    let mut states = [state_of(&INITIAL); N];
    let mut words = [[_mm_setzero_si128(); 4]; N];
    for (pair, words) in pairs.iter().zip(&mut words) {
        // An index and no branch: which is less is a coin toss for the processor.
        let first = usize::from(less(&pair[1], &pair[0]));
        let ([a, b], [c, d]) = (halves(&pair[first]), halves(&pair[1 - first]));
        *words = [load(a), load(b), load(c), load(d)];
    }
    block_rounds(&mut states, words);

    let before = states;
    for kw in PAIR_PADDING.as_chunks::<4>().0 {
        let kw = load_table(kw);
        for state in &mut states {
            four_rounds(state, kw);
        }
    }
    add_states(&mut states, &before);
    for (state, out) in states.iter().zip(out) {
        *out = hash_of(*state);
    }
}

/// The 64 rounds of one block of each message; `words` are the block's, big endian.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn block_rounds<const N: usize>(states: &mut [State; N], mut words: [[__m128i; 4]; N]) {
    let before = *states;
    for (part, k) in K.as_chunks::<4>().0.iter().enumerate() {
        let k = load_table(k);
        for (state, words) in states.iter_mut().zip(&mut words) {
            let [w0, w1, w2, w3] = *words;
            four_rounds(state, _mm_add_epi32(w0, k));
            // The four words 16 further on take the place of those just used up. The last three
            // parts make words that nobody needs; the compiler unrolls and drops them.
            let next = if part < 12 {
                next_words(w0, w1, w2, w3)
            } else {
                w0
            };
            *words = [w1, w2, w3, next];
        }
    }
    add_states(states, &before);
}

/// Four rounds, `kw` being the schedule's words with K added.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn four_rounds([abef, cdgh]: &mut State, kw: __m128i) {
    // Two rounds make of abef and cdgh a new abef; the old abef then is the new cdgh.
    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, kw);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32::<0x0e>(kw));
}

/// Words t+16 to t+19 of the schedule, of words t to t+15.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn next_words(w0: __m128i, w1: __m128i, w2: __m128i, w3: __m128i) -> __m128i {
    let sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8::<4>(w3, w2));
    _mm_sha256msg2_epu32(sum, w3)
}

#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn add_states<const N: usize>(states: &mut [State; N], before: &[State; N]) {
    for (half, before) in states
        .as_flattened_mut()
        .iter_mut()
        .zip(before.as_flattened())
    {
        *half = _mm_add_epi32(*half, *before);
    }
}

#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn state_of(&[a, b, c, d, e, f, g, h]: &[u32; 8]) -> State {
    let vector =
        |p: u32, q: u32, r: u32, s: u32| _mm_set_epi32(p as i32, q as i32, r as i32, s as i32);
    [vector(a, b, e, f), vector(c, d, g, h)]
}

/// The state as words a to h.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn words_of(state: State) -> [u32; 8] {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(hash_of(state).0.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    words
}

/// The state as a hash.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn hash_of([abef, cdgh]: State) -> Hash {
    let mut hash = Hash::ZERO;
    let (abcd, efgh) = (
        _mm_unpackhi_epi64(cdgh, abef),
        _mm_unpacklo_epi64(cdgh, abef),
    );
    // The highest word comes first, so all 16 bytes turn around.
    let order = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let (halves, _) = hash.0.as_chunks_mut::<16>();
    store(_mm_shuffle_epi8(abcd, order), &mut halves[0]);
    store(_mm_shuffle_epi8(efgh, order), &mut halves[1]);
    hash
}

/// The 16 words of a block.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn load_words(block: &[u8; BLOCK]) -> [__m128i; 4] {
    let (quarters, _) = block.as_chunks::<16>();
    [
        load(&quarters[0]),
        load(&quarters[1]),
        load(&quarters[2]),
        load(&quarters[3]),
    ]
}

fn halves(hash: &Hash) -> [&[u8; 16]; 2] {
    let (halves, _) = hash.0.as_chunks::<16>();
    [&halves[0], &halves[1]]
}

/// Four big endian words.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn load(bytes: &[u8; 16]) -> __m128i {
    let order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    // SAFETY: reads the 16 bytes of the array, at any alignment. Covered by
    // `suite::many_padded_messages` and `suite::guarded::reads_stop_where_the_input_does`.
    let vector = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
    _mm_shuffle_epi8(vector, order)
}

/// Four words of a table, the first one lowest.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn load_table(words: &[u32; 4]) -> __m128i {
    // SAFETY: reads the 16 bytes of the array, at any alignment. Covered by every test of the
    // suite: without the right constants no hash is right.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn store(vector: __m128i, out: &mut [u8; 16]) {
    // SAFETY: writes the 16 bytes of the array, at any alignment. Covered by
    // `suite::guarded::pairs_and_hashes_stay_within_their_memory`.
    unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), vector) }
}
