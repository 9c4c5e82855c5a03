//! The order of a struct's field hashes: as unsigned bytes, from the first (Ion Hash 1.0, "Struct").

/// Hashes that are sorted by counting: of each, how many are less. That takes no branch, of which every other would be
/// guessed wrong, and the compiler makes vectors of it.
pub(super) const FEW: usize = 16;

/// The indexes of the first `count` hashes in their order. What follows these hashes means nothing.
#[inline(always)]
pub(super) fn of_few(hashes: &[[u8; 32]; FEW + 1], count: usize) -> [u8; FEW] {
    // The first four bytes decide nearly always. As signed numbers, for these are what vectors compare.
    let mut keys = [i32::MAX; FEW];
    for (key, hash) in keys.iter_mut().zip(hashes).take(count) {
        let [a, b, c, d, ..] = *hash;
        *key = i32::from_be_bytes([a ^ 0x80, b, c, d]);
    }
    let mut less = [0i32; FEW];
    for other in keys.iter().take(count) {
        for (less, key) in less.iter_mut().zip(&keys) {
            *less += i32::from(other < key);
        }
    }
    let mut order = [0; FEW];
    let mut sum = 0;
    for (index, less) in less.iter().enumerate().take(count) {
        order[*less as usize % FEW] = index as u8;
        sum += *less as usize;
    }
    // Each is less than a different number of others, unless two tie.
    if sum != count * count.saturating_sub(1) / 2 {
        for (index, place) in order.iter_mut().enumerate() {
            *place = index as u8;
        }
        order[..count.min(FEW)].sort_unstable_by_key(|index| hashes[usize::from(*index) % FEW]);
    }
    order
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

    #[test]
    fn few() {
        for count in 0..=FEW {
            for round in 0..200u8 {
                let mut hashes = [[0; 32]; FEW + 1];
                for (index, hash) in hashes.iter_mut().enumerate() {
                    *hash = sealion_hash::sha256(&[count as u8, round, index as u8]).0;
                    // Some with a common beginning, some with nothing else, some equal.
                    if round % 4 == 1 && index % 3 == 1 {
                        hash[..4].fill(0x80);
                    }
                    if round % 4 == 2 {
                        hash[..31].fill(round);
                    }
                    if round % 4 == 3 && index % 2 == 0 {
                        *hash = [round; 32];
                    }
                }
                let mut sorted = hashes[..count].to_vec();
                sorted.sort_unstable();
                let order = of_few(&hashes, count);
                let found: Vec<[u8; 32]> = order[..count]
                    .iter()
                    .map(|index| hashes[usize::from(*index)])
                    .collect();
                assert_eq!(found, sorted, "{count}");
            }
        }
    }
}
