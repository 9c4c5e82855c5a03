//! AVX-512: 16 messages in the lanes of a vector, and up to three such vectors at once.
//!
//! A rotation is one instruction here, and so is any function of three words (`vpternlogd`): a
//! round is 17 instructions and a word of the schedule 11, for 16 messages.

use core::arch::x86_64::*;

use super::lanes::lane_arithmetic;
use super::Messages;
use crate::stream::BLOCK;
use crate::Hash;

/// The messages of one vector.
pub(crate) const LANES: usize = 16;

type Vector = __m512i;

lane_arithmetic!("avx512f,avx512bw");

#[inline]
#[target_feature(enable = "avx512f")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm512_add_epi32(a, b)
}

/// The functions of three words are given as their truth table: bit `4a + 2b + c` of the number.
#[inline]
#[target_feature(enable = "avx512f")]
fn xor3(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm512_ternarylogic_epi32::<0x96>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn ch(e: Vector, f: Vector, g: Vector) -> Vector {
    _mm512_ternarylogic_epi32::<0xca>(e, f, g)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn maj(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm512_ternarylogic_epi32::<0xe8>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn ror<const N: i32>(a: Vector) -> Vector {
    _mm512_ror_epi32::<N>(a)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn shr<const N: u32>(a: Vector) -> Vector {
    _mm512_srli_epi32::<N>(a)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(word: u32) -> Vector {
    _mm512_set1_epi32(word as i32)
}

/// The hashes of as many messages as `out` has room for, from message `start` on, `STREAMS`
/// vectors at once. Lanes without a message hash another one's again.
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) fn hash<const STREAMS: usize, M: Messages>(
    messages: &M,
    start: usize,
    out: &mut [Hash],
) {
    let mut table = [[splat(0); STREAMS]; 64];
    for (group, out) in out.chunks_mut(STREAMS * LANES).enumerate() {
        let first = start + group * STREAMS * LANES;
        let last = first + out.len() - 1;
        let mut states = [initial(); STREAMS];
        for block in 0..messages.blocks_each() {
            for stream in 0..STREAMS {
                let mut rows = [splat(0); LANES];
                for (lane, row) in rows.iter_mut().enumerate() {
                    let index = (first + stream * LANES + lane).min(last);
                    *row = load(messages.block(index, block));
                }
                let mut words = transpose(&rows);
                swap_bytes(&mut words);
                expand(&words, &mut table, stream);
            }
            rounds(&mut states, &table);
        }
        for (state, out) in states.iter().zip(out.chunks_mut(LANES)) {
            write(state, out);
        }
    }
}

/// The pair hash of each pair, `STREAMS` vectors at once.
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) fn pairs<const STREAMS: usize>(pairs: &[[Hash; 2]], out: &mut [Hash]) {
    let mut table = [[splat(0); STREAMS]; 64];
    let groups = pairs
        .chunks(STREAMS * LANES)
        .zip(out.chunks_mut(STREAMS * LANES));
    for (pairs, out) in groups {
        let last = pairs.len() - 1;
        for stream in 0..STREAMS {
            let mut rows = [splat(0); LANES];
            for (lane, row) in rows.iter_mut().enumerate() {
                *row = load_pair(&pairs[(stream * LANES + lane).min(last)]);
            }
            let mut words = transpose(&rows);
            put_in_order(&mut words);
            swap_bytes(&mut words);
            expand(&words, &mut table, stream);
        }
        let mut states = [initial(); STREAMS];
        rounds(&mut states, &table);
        rounds_of_padding(&mut states);
        for (state, out) in states.iter().zip(out.chunks_mut(LANES)) {
            write(state, out);
        }
    }
}

/// Swaps the two hashes of the pairs whose second one is [`less`](crate::less). Words 0 to 7 are
/// the first hash, 8 to 15 the second, still in little endian: the last byte of a hash is the
/// highest of word 7, and signed bytes order as unsigned ones do after XOR 80.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn put_in_order(words: &mut [Vector; 16]) {
    let (a, b) = (order_key(words[7]), order_key(words[15]));
    let mut swap = _mm512_cmplt_epu32_mask(b, a);
    // Where the last words tie the words before decide, which chance brings up once in 2^32.
    let mut tie = _mm512_cmpeq_epu32_mask(a, b);
    for word in (0..7).rev() {
        if tie == 0 {
            break;
        }
        let (a, b) = (order_key(words[word]), order_key(words[word + 8]));
        swap |= tie & _mm512_cmplt_epu32_mask(b, a);
        tie &= _mm512_cmpeq_epu32_mask(a, b);
    }
    for word in 0..8 {
        let (a, b) = (words[word], words[word + 8]);
        words[word] = _mm512_mask_blend_epi32(swap, a, b);
        words[word + 8] = _mm512_mask_blend_epi32(swap, b, a);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn order_key(word: Vector) -> Vector {
    _mm512_xor_si512(word, splat(0x8080_8080))
}

/// Big endian words from little endian ones and back.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn swap_bytes(words: &mut [Vector]) {
    let order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    let order = _mm512_broadcast_i32x4(order);
    for word in words {
        *word = _mm512_shuffle_epi8(*word, order);
    }
}

/// From 16 rows of 16 words, their 16 columns.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose(rows: &[Vector; 16]) -> [Vector; 16] {
    // Quarter `q` of the rows: in each 128-bit part, word `4 part + column` of rows 4q to 4q + 3.
    let mut quarters = [[splat(0); 4]; 4];
    for (quarter, rows) in quarters.iter_mut().zip(rows.as_chunks::<4>().0) {
        *quarter = transpose_words(*rows);
    }
    let mut columns = [splat(0); 16];
    let [a, b, c, d] = quarters;
    for column in 0..4 {
        let parts = transpose_parts([a[column], b[column], c[column], d[column]]);
        for part in 0..4 {
            columns[4 * part + column] = parts[part];
        }
    }
    columns
}

/// Writes the hashes of the first `out.len()` lanes, 16 at most.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn write(state: &State, out: &mut [Hash]) {
    let mut state = *state;
    swap_bytes(&mut state);
    let [a, b, c, d, e, f, g, h] = state;
    // In part `q` of vector `r`: the first, or the last, four words of message 4q + r.
    let heads = transpose_words([a, b, c, d]);
    let tails = transpose_words([e, f, g, h]);
    // Vector `q`: both halves of messages 4q and 4q + 1, or of 4q + 2 and 4q + 3.
    let evens = transpose_parts([heads[0], tails[0], heads[1], tails[1]]);
    let odds = transpose_parts([heads[2], tails[2], heads[3], tails[3]]);
    let mut hashes = [[Hash::ZERO; 2]; LANES / 2];
    for q in 0..4 {
        store_pair(evens[q], &mut hashes[2 * q]);
        store_pair(odds[q], &mut hashes[2 * q + 1]);
    }
    out.copy_from_slice(&hashes.as_flattened()[..out.len()]);
}

/// Transposes the 4 by 4 words in each 128-bit part of the four vectors.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose_words([a, b, c, d]: [Vector; 4]) -> [Vector; 4] {
    let (ab_low, ab_high) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    let (cd_low, cd_high) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    [
        _mm512_unpacklo_epi64(ab_low, cd_low),
        _mm512_unpackhi_epi64(ab_low, cd_low),
        _mm512_unpacklo_epi64(ab_high, cd_high),
        _mm512_unpackhi_epi64(ab_high, cd_high),
    ]
}

/// Transposes the 4 by 4 parts of 128 bits of the four vectors.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose_parts([a, b, c, d]: [Vector; 4]) -> [Vector; 4] {
    let (ab_low, ab_high) = (
        _mm512_shuffle_i32x4::<0x44>(a, b),
        _mm512_shuffle_i32x4::<0xee>(a, b),
    );
    let (cd_low, cd_high) = (
        _mm512_shuffle_i32x4::<0x44>(c, d),
        _mm512_shuffle_i32x4::<0xee>(c, d),
    );
    [
        _mm512_shuffle_i32x4::<0x88>(ab_low, cd_low),
        _mm512_shuffle_i32x4::<0xdd>(ab_low, cd_low),
        _mm512_shuffle_i32x4::<0x88>(ab_high, cd_high),
        _mm512_shuffle_i32x4::<0xdd>(ab_high, cd_high),
    ]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(block: &[u8; BLOCK]) -> Vector {
    // SAFETY: reads the 64 bytes of the array, at any alignment. Covered by
    // `suite::many_padded_messages` and `suite::guarded::reads_stop_where_the_input_does`.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_pair(pair: &[Hash; 2]) -> Vector {
    // SAFETY: two hashes are 64 bytes without padding (`Hash` is transparent); any alignment will
    // do. Covered by `suite::guarded::pairs_and_hashes_stay_within_their_memory`.
    unsafe { _mm512_loadu_si512(pair.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store_pair(vector: Vector, out: &mut [Hash; 2]) {
    // SAFETY: writes the 64 bytes of two hashes, for which all values are valid; any alignment
    // will do. Covered by `suite::guarded::pairs_and_hashes_stay_within_their_memory`.
    unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), vector) }
}
