//! How many hashes a proof must have.

/// The number of hashes that lead from leaf `index` to the root of a tree of
/// `count` leaves; `None` unless `index < count`.
///
/// A level without a sibling (a last odd node) adds none.
pub fn siblings(index: u64, count: u64) -> Option<usize> {
    if index >= count {
        return None;
    }
    let (mut index, mut count, mut siblings) = (index, count, 0);
    while count > 1 {
        if index ^ 1 < count {
            siblings += 1;
        }
        index >>= 1;
        count = count.div_ceil(2);
    }
    Some(siblings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_reference_and_knows_its_bounds() {
        for count in 1..200 {
            for index in 0..count {
                let reference = sealion_reference::siblings(index, count) as usize;
                assert_eq!(siblings(index, count), Some(reference));
            }
            assert_eq!(siblings(count, count), None);
        }
        assert_eq!(siblings(0, 0), None);
        assert_eq!(siblings(0, u64::MAX), Some(64));
    }
}
