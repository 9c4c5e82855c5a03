//! The order of a struct's field hashes: as unsigned bytes, from the first (Ion Hash 1.0, "Struct").

use wide::{bytemuck, i16x8, u16x8};

/// Hashes that are sorted by counting: of each, how many are less. That takes no branch, of which every other would be
/// guessed wrong.
pub(super) const FEW: usize = 16;

/// Lanes of a vector of keys.
const LANES: usize = 8;
/// The number of each lane.
const NUMBERS: i16x8 = i16x8::new([0, 1, 2, 3, 4, 5, 6, 7]);

/// The first `count` hashes, at least one, in their order, and anything behind them.
#[inline(always)]
pub(super) fn of_few<const N: usize>(hashes: [&[u8; 32]; N], count: usize) -> [&[u8; 32]; N] {
    // The first two bytes decide nearly always.
    let mut keys = [i16x8::MAX; FEW / LANES];
    for ((keys, hashes), from) in keys.iter_mut().zip(hashes.chunks(LANES)).zip([0, LANES]) {
        let left = i16x8::splat(count.wrapping_sub(from) as i16);
        *keys = NUMBERS.simd_lt(left).bitselect(heads(hashes), *keys);
    }
    let mut less = [i16x8::ZERO; FEW / LANES];
    for other in 0..N {
        let other = i16x8::splat(keys[other / LANES].to_array()[other % LANES]);
        for (less, keys) in less.iter_mut().zip(keys).take(N.div_ceil(LANES)) {
            *less -= keys.simd_gt(other);
        }
    }
    let mut sorted = hashes;
    let mut sum = i16x8::ZERO;
    // From behind, so that what is none of them is overwritten.
    for (less, hashes) in less.iter().zip(hashes.chunks(LANES)).rev() {
        sum += *less;
        let less = *less & i16x8::splat(N as i16 - 1);
        for (hash, less) in hashes.iter().zip(less.to_array()).rev() {
            sorted[less as usize % N] = hash;
        }
    }
    // Each is less than a different number of others, and all are less than what is none, unless two tie.
    let lanes = N.next_multiple_of(LANES);
    if sum.reduce_add() as usize != count * (count - 1) / 2 + (lanes - count) * count {
        return by_all_bytes(hashes, count);
    }
    sorted
}

/// The first two bytes of at most eight hashes, as signed numbers, for these are what vectors compare.
#[inline(always)]
fn heads(hashes: &[&[u8; 32]]) -> i16x8 {
    let mut heads = [0; LANES];
    for (head, [a, b, ..]) in heads.iter_mut().zip(hashes) {
        *head = u16::from_le_bytes([*a, *b]);
    }
    let heads = u16x8::new(heads);
    bytemuck::cast((heads << 8 | heads >> 8) ^ u16x8::splat(0x8000))
}

#[cold]
#[inline(never)]
fn by_all_bytes<const N: usize>(mut hashes: [&[u8; 32]; N], count: usize) -> [&[u8; 32]; N] {
    hashes[..count].sort_unstable();
    hashes
}

/// A hash behind its first eight bytes as a number, which decide nearly always.
pub(super) type Keyed = (u64, [u8; 32]);

/// A hash to be sorted.
pub(super) fn keyed(hash: &[u8; 32]) -> Keyed {
    let head = hash.first_chunk().copied().unwrap_or_default();
    (u64::from_be_bytes(head), *hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const N: usize>(count: usize, hashes: &[[u8; 32]]) {
        let mut expected: Vec<_> = hashes[..count].iter().collect();
        expected.sort_unstable();
        let found = of_few::<N>(core::array::from_fn(|index| &hashes[index]), count);
        assert_eq!(found[..count], expected, "{count}");
    }

    #[test]
    fn few() {
        for count in 1..=FEW {
            for round in 0..250u8 {
                let mut hashes = [[0; 32]; FEW];
                for (index, hash) in hashes.iter_mut().enumerate() {
                    *hash = sealion_hash::sha256(&[count as u8, round, index as u8]).0;
                    // Some with a common beginning, some with nothing else, some equal, some with the last of all.
                    match (round % 5, index % 3) {
                        (1, 1) => hash[..4].fill(0x80),
                        (2, _) => hash[..31].fill(round),
                        (3, 0 | 2) => *hash = [round; 32],
                        (4, 2) => hash[..4].fill(0xFF),
                        _ => {}
                    }
                }
                if count <= 4 {
                    check::<4>(count, &hashes);
                }
                if count <= 8 {
                    check::<8>(count, &hashes);
                }
                check::<FEW>(count, &hashes);
            }
        }
    }
}
