//! The order of a struct's field hashes: as unsigned bytes, from the first (Ion Hash 1.0, "Struct").

/// Hashes that are sorted by counting: of each, how many are less. That takes no branch, of which every other would be
/// guessed wrong, and the compiler makes vectors of it.
pub(super) const FEW: usize = 16;

/// The field hashes of one struct, and room behind them.
pub(super) type Few = [[u8; 32]; FEW + 1];

/// The indexes of the first `count` hashes in their order. What follows these hashes means nothing.
#[inline(always)]
pub(super) fn of_few(hashes: &Few, count: usize) -> [u8; FEW] {
    match count {
        ..=1 => [0; FEW],
        2..=4 => count_less::<4>(hashes, count),
        5..=8 => count_less::<8>(hashes, count),
        _ => count_less::<FEW>(hashes, count),
    }
}

/// The same for at most `N` hashes.
#[inline(always)]
fn count_less<const N: usize>(hashes: &Few, count: usize) -> [u8; FEW] {
    // The first four bytes decide nearly always. As signed numbers, for these are what vectors compare.
    let mut keys = [0; N];
    for (index, (key, [a, b, c, d, ..])) in keys.iter_mut().zip(hashes).enumerate() {
        let value = i32::from_be_bytes([a ^ 0x80, *b, *c, *d]);
        *key = if index < count { value } else { i32::MAX };
    }
    let mut less = [0i32; N];
    for other in &keys {
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
    if sum != count * (count - 1) / 2 {
        return by_all_bytes(hashes, count);
    }
    order
}

#[cold]
fn by_all_bytes(hashes: &Few, count: usize) -> [u8; FEW] {
    let mut order = core::array::from_fn(|index| index as u8);
    order[..count.min(FEW)].sort_unstable_by_key(|index| hashes[usize::from(*index)]);
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
