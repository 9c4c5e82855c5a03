//! The SHA-2 instructions of ARMv8: four rounds are two instructions, four words of the schedule
//! two.
//!
//! As with SHA-NI an instruction waits for the one before it, so two messages are taken through
//! side by side. The state is two vectors, words `abcd` and `efgh` from the lowest.

use core::arch::aarch64::*;

use super::sha256::{K, PAIR_PADDING};
use super::Messages;
use crate::order::less;
use crate::stream::{BLOCK, INITIAL};
use crate::Hash;

/// The messages side by side.
pub(crate) const STREAMS: usize = 2;

/// The state of one message: `abcd` and `efgh`.
type State = [uint32x4_t; 2];

/// Carries `state` over `blocks`.
#[target_feature(enable = "neon,sha2")]
pub(crate) fn compress(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
    let mut states = [state_of(state)];
    for block in blocks {
        block_rounds(&mut states, [load_words(block)]);
    }
    let hash = hash_of(states[0]);
    for (word, bytes) in state.iter_mut().zip(hash.0.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*bytes);
    }
}

/// The hashes of as many messages as `out` has room for, from message `start` on.
#[target_feature(enable = "neon,sha2")]
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
#[target_feature(enable = "neon,sha2")]
fn hash_group<const N: usize, M: Messages>(messages: &M, first: usize, out: &mut [Hash; N]) {
    let mut states = [state_of(&INITIAL); N];
    for block in 0..messages.blocks_each() {
        let mut words = [[vdupq_n_u32(0); 4]; N];
        for (stream, words) in words.iter_mut().enumerate() {
            *words = load_words(messages.block(first + stream, block));
        }
        block_rounds(&mut states, words);
    }
    for (state, out) in states.into_iter().zip(out) {
        *out = hash_of(state);
    }
}

/// The pair hash of each pair.
#[target_feature(enable = "neon,sha2")]
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
#[target_feature(enable = "neon,sha2")]
fn pair_group<const N: usize>(pairs: &[[Hash; 2]; N], out: &mut [Hash; N]) {
    let mut states = [state_of(&INITIAL); N];
    let mut words = [[vdupq_n_u32(0); 4]; N];
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
    for (state, out) in states.into_iter().zip(out) {
        *out = hash_of(state);
    }
}

/// The 64 rounds of one block of each message; `words` are the block's, big endian.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn block_rounds<const N: usize>(states: &mut [State; N], mut words: [[uint32x4_t; 4]; N]) {
    let before = *states;
    for (part, k) in K.as_chunks::<4>().0.iter().enumerate() {
        let k = load_table(k);
        for (state, words) in states.iter_mut().zip(&mut words) {
            let [w0, w1, w2, w3] = *words;
            four_rounds(state, vaddq_u32(w0, k));
            // The four words 16 further on take the place of those just used up.
            let next = if part < 12 {
                vsha256su1q_u32(vsha256su0q_u32(w0, w1), w2, w3)
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
#[target_feature(enable = "neon,sha2")]
fn four_rounds([abcd, efgh]: &mut State, kw: uint32x4_t) {
    let before = *abcd;
    *abcd = vsha256hq_u32(before, *efgh, kw);
    *efgh = vsha256h2q_u32(*efgh, before, kw);
}

#[inline]
#[target_feature(enable = "neon,sha2")]
fn add_states<const N: usize>(states: &mut [State; N], before: &[State; N]) {
    for (half, before) in states
        .as_flattened_mut()
        .iter_mut()
        .zip(before.as_flattened())
    {
        *half = vaddq_u32(*half, *before);
    }
}

#[inline]
#[target_feature(enable = "neon,sha2")]
fn state_of(words: &[u32; 8]) -> State {
    let (halves, _) = words.as_chunks::<4>();
    [load_table(&halves[0]), load_table(&halves[1])]
}

/// The state as a hash.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn hash_of([abcd, efgh]: State) -> Hash {
    let mut hash = Hash::ZERO;
    let (halves, _) = hash.0.as_chunks_mut::<16>();
    store(vrev32q_u8(vreinterpretq_u8_u32(abcd)), &mut halves[0]);
    store(vrev32q_u8(vreinterpretq_u8_u32(efgh)), &mut halves[1]);
    hash
}

/// The 16 words of a block.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn load_words(block: &[u8; BLOCK]) -> [uint32x4_t; 4] {
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
#[target_feature(enable = "neon,sha2")]
fn load(bytes: &[u8; 16]) -> uint32x4_t {
    // SAFETY: reads the 16 bytes of the array, at any alignment. Covered by
    // `suite::many_padded_messages` and `suite::guarded::reads_stop_where_the_input_does`.
    let vector = unsafe { vld1q_u8(bytes.as_ptr()) };
    vreinterpretq_u32_u8(vrev32q_u8(vector))
}

/// Four words of a table, the first one lowest.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn load_table(words: &[u32; 4]) -> uint32x4_t {
    // SAFETY: reads the four words of the array. Covered by every test of the suite: without the
    // right constants no hash is right.
    unsafe { vld1q_u32(words.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon,sha2")]
fn store(vector: uint8x16_t, out: &mut [u8; 16]) {
    // SAFETY: writes the 16 bytes of the array, at any alignment. Covered by
    // `suite::guarded::pairs_and_hashes_stay_within_their_memory`.
    unsafe { vst1q_u8(out.as_mut_ptr(), vector) }
}
