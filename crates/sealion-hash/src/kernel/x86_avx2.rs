//! AVX2: eight messages in the lanes of a vector, for processors with neither SHA-NI nor AVX-512.
//!
//! A rotation is three instructions here, so a round has enough work of its own to fill the time
//! it waits, and the 16 registers hold no second vector of messages.

use core::arch::x86_64::*;

use super::lanes::lane_arithmetic;
use super::Messages;
use crate::order::less;
use crate::Hash;

/// The messages of one vector.
pub(crate) const LANES: usize = 8;

type Vector = __m256i;

lane_arithmetic!("avx2");

#[inline]
#[target_feature(enable = "avx2")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm256_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor(a: Vector, b: Vector) -> Vector {
    _mm256_xor_si256(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor3(a: Vector, b: Vector, c: Vector) -> Vector {
    xor(xor(a, b), c)
}

/// The bits of `f` where `e` has ones, and those of `g` where it has zeros.
#[inline]
#[target_feature(enable = "avx2")]
fn ch(e: Vector, f: Vector, g: Vector) -> Vector {
    xor(g, _mm256_and_si256(e, xor(f, g)))
}

/// The bits of `b` where `a` and `b` agree, and those of `c` where they do not.
#[inline]
#[target_feature(enable = "avx2")]
fn maj(a: Vector, b: Vector, c: Vector) -> Vector {
    xor(b, _mm256_and_si256(xor(a, b), xor(b, c)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn ror<const N: i32>(a: Vector) -> Vector {
    // The counts are constants once this is inlined.
    let left = _mm256_sllv_epi32(a, _mm256_set1_epi32(32 - N));
    _mm256_or_si256(_mm256_srlv_epi32(a, _mm256_set1_epi32(N)), left)
}

#[inline]
#[target_feature(enable = "avx2")]
fn shr<const N: i32>(a: Vector) -> Vector {
    _mm256_srli_epi32::<N>(a)
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(word: u32) -> Vector {
    _mm256_set1_epi32(word as i32)
}

/// The hashes of as many messages as `out` has room for, from message `start` on. Lanes without a
/// message hash another one's again.
#[target_feature(enable = "avx2")]
pub(crate) fn hash<M: Messages>(messages: &M, start: usize, out: &mut [Hash]) {
    let mut table = [[splat(0)]; 64];
    for (group, out) in out.chunks_mut(LANES).enumerate() {
        let first = start + group * LANES;
        let last = out.len() - 1;
        let mut states = [initial()];
        for block in 0..messages.blocks_each() {
            let (mut heads, mut tails) = ([splat(0); LANES], [splat(0); LANES]);
            for lane in 0..LANES {
                let message = messages.block(first + lane.min(last), block);
                let (halves, _) = message.as_chunks::<32>();
                heads[lane] = load(&halves[0]);
                tails[lane] = load(&halves[1]);
            }
            expand(&words_of(&heads, &tails), &mut table, 0);
            rounds(&mut states, &table);
        }
        write(&states[0], out);
    }
}

/// The pair hash of each pair.
#[target_feature(enable = "avx2")]
pub(crate) fn pairs(pairs: &[[Hash; 2]], out: &mut [Hash]) {
    let mut table = [[splat(0)]; 64];
    for (pairs, out) in pairs.chunks(LANES).zip(out.chunks_mut(LANES)) {
        let (mut heads, mut tails) = ([splat(0); LANES], [splat(0); LANES]);
        for lane in 0..LANES {
            let pair = &pairs[lane.min(pairs.len() - 1)];
            // An index and no branch: which is less is a coin toss for the processor.
            let first = usize::from(less(&pair[1], &pair[0]));
            heads[lane] = load(&pair[first].0);
            tails[lane] = load(&pair[1 - first].0);
        }
        expand(&words_of(&heads, &tails), &mut table, 0);
        let mut states = [initial()];
        rounds(&mut states, &table);
        rounds_of_padding(&mut states);
        write(&states[0], out);
    }
}

/// The 16 words of eight blocks, from the first and the last 32 bytes of each.
#[inline]
#[target_feature(enable = "avx2")]
fn words_of(heads: &[Vector; 8], tails: &[Vector; 8]) -> [Vector; 16] {
    let mut words = [splat(0); 16];
    let (heads, tails) = (transpose(heads), transpose(tails));
    for word in 0..8 {
        words[word] = swap_bytes(heads[word]);
        words[word + 8] = swap_bytes(tails[word]);
    }
    words
}

/// Writes the hashes of the first `out.len()` lanes, 8 at most.
#[inline]
#[target_feature(enable = "avx2")]
fn write(state: &State, out: &mut [Hash]) {
    let rows = transpose(state);
    for (row, out) in rows.iter().zip(out) {
        store(swap_bytes(*row), &mut out.0);
    }
}

/// Big endian words from little endian ones and back.
#[inline]
#[target_feature(enable = "avx2")]
fn swap_bytes(words: Vector) -> Vector {
    let order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    _mm256_shuffle_epi8(words, _mm256_broadcastsi128_si256(order))
}

/// From eight rows of eight words, their eight columns.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose(&[a, b, c, d, e, f, g, h]: &[Vector; 8]) -> [Vector; 8] {
    // In the low and the high 128 bits: words 0 to 3 and 4 to 7 of four rows.
    let upper = transpose_words([a, b, c, d]);
    let lower = transpose_words([e, f, g, h]);
    let mut columns = [splat(0); 8];
    for word in 0..4 {
        columns[word] = _mm256_permute2x128_si256::<0x20>(upper[word], lower[word]);
        columns[word + 4] = _mm256_permute2x128_si256::<0x31>(upper[word], lower[word]);
    }
    columns
}

/// Transposes the 4 by 4 words in each 128-bit part of the four vectors.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose_words([a, b, c, d]: [Vector; 4]) -> [Vector; 4] {
    let (ab_low, ab_high) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
    let (cd_low, cd_high) = (_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
    [
        _mm256_unpacklo_epi64(ab_low, cd_low),
        _mm256_unpackhi_epi64(ab_low, cd_low),
        _mm256_unpacklo_epi64(ab_high, cd_high),
        _mm256_unpackhi_epi64(ab_high, cd_high),
    ]
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 32]) -> Vector {
    // SAFETY: reads the 32 bytes of the array, at any alignment. Covered by
    // `suite::many_padded_messages` and `suite::guarded::reads_stop_where_the_input_does`.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(vector: Vector, out: &mut [u8; 32]) {
    // SAFETY: writes the 32 bytes of the array, at any alignment. Covered by
    // `suite::guarded::pairs_and_hashes_stay_within_their_memory`.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), vector) }
}
