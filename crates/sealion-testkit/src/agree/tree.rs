//! The journal's tree.

use sealion::merkle::{siblings, Range};
use sealion_reference::{inclusion_path, root, Hash};

/// The root of these leaves by compact ranges, cut at these indexes and merged from the right, is that of the
/// reference.
///
/// # Panics
/// If it is not.
pub fn tree(leaves: &[Hash], cuts: &[usize]) {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (leaves.len() + 1)).collect();
    cuts.extend([0, leaves.len()]);
    cuts.sort_unstable();
    let ranges = cuts.windows(2).map(|cut| {
        let mut range = Range::starting_at(cut[0] as u64);
        for leaf in &leaves[cut[0]..cut[1]] {
            range.append(sealion::Hash(*leaf));
        }
        range
    });
    let whole = ranges.rev().reduce(|right, mut left| {
        left.merge(&right).expect("neighbours");
        left
    });
    let whole = whole.expect("at least one range");
    assert_eq!((whole.begin(), whole.end()), (0, leaves.len() as u64));
    assert_eq!(whole.root().map(|hash| hash.0), root(leaves), "{cuts:?}");
}

/// The number of hashes in the proof of a leaf is that of the reference's path.
///
/// # Panics
/// If it is not.
pub fn path(index: usize, leaves: &[Hash]) {
    let expected = (index < leaves.len()).then(|| inclusion_path(index, leaves).len());
    let found = siblings(index as u64, leaves.len() as u64);
    assert_eq!(found, expected, "leaf {index} of {}", leaves.len());
}
