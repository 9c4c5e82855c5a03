//! Pair hash, Merkle tree, and the paths that show something in a tree.
//!
//! The tree of QLDB has the shape of RFC 6962 (a tree of n leaves splits at the largest power of two
//! below n), and differs from it in two things: no prefix byte tells leaves from inner nodes, and
//! the two children of a node are sorted before they are hashed. So a path carries no left or right,
//! and shows that a leaf is *under* a root, not *where*.

use sha2::{Digest as _, Sha256};
use std::cmp::Ordering;

/// A SHA-256 hash, 32 bytes.
pub type Hash = [u8; 32];

/// SHA-256 (FIPS 180-4) of `bytes`.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Whether `a` goes before `b` in a pair: bytes compared from the last to the first, each as a
/// signed number.
///
/// The Developer Guide only says that the two hashes are sorted; the order is that of the
/// comparator in AWS's Java and Python verification samples, and no other reproduces published
/// proofs.
pub fn less(a: &Hash, b: &Hash) -> bool {
    for i in (0..32).rev() {
        match (a[i] as i8).cmp(&(b[i] as i8)) {
            Ordering::Less => return true,
            Ordering::Greater => return false,
            Ordering::Equal => {}
        }
    }
    false
}

/// The hash of a pair: SHA-256 of the 64 bytes of both, the smaller ([`less`]) first.
///
/// Commutes, and does not associate. Called `dot` in the Developer Guide and in AWS's samples.
pub fn dot(a: &Hash, b: &Hash) -> Hash {
    let (first, second) = if less(a, b) { (a, b) } else { (b, a) };
    sha256([*first, *second].as_flattened())
}

/// [`dot`] where either side may be the empty hash, written `None`: the other is then returned as it
/// is, not hashed again (AWS's samples).
///
/// The drivers' *commit digest* hashes it once more; that is another rule, and not the journal's.
pub fn dot_or_empty(a: Option<Hash>, b: Option<Hash>) -> Option<Hash> {
    match (a, b) {
        (Some(a), Some(b)) => Some(dot(&a, &b)),
        (one, None) => one,
        (None, other) => other,
    }
}

/// The root of the tree over `leaves`, `None` if there are none. A single leaf is its own root.
///
/// Level by level: neighbours are paired from the left, and a last one without a neighbour moves up
/// unchanged (it is *not* paired with itself, as in Bitcoin's tree).
pub fn root(leaves: &[Hash]) -> Option<Hash> {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [a, b] => dot(a, b),
                rest => rest[0],
            })
            .collect();
    }
    level.first().copied()
}

/// Number of hashes in the inclusion path of leaf `index` in a tree of `count` leaves: one for each
/// level at which the node has a sibling. At most 64.
///
/// Requires `index < count`; otherwise there is no such path and the answer means nothing.
pub fn siblings(index: u64, count: u64) -> u32 {
    siblings_to(index, count.saturating_sub(1))
}

/// [`siblings`] in a tree whose last leaf is number `last`: a count would pass 64 bits first.
pub(crate) fn siblings_to(mut index: u64, mut last: u64) -> u32 {
    let mut hashes = 0;
    while last > 0 {
        if (index ^ 1) <= last {
            hashes += 1;
        }
        index >>= 1;
        last >>= 1;
    }
    hashes
}

/// Where a tree of `count` leaves splits: the largest power of two below `count`. Requires
/// `count > 1`.
fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// The siblings of leaf `index`, from the bottom up: what [`fold`] needs to get from the leaf to the
/// root (RFC 6962, section 2.1.1). Empty if there is no such leaf, or it is alone.
pub fn inclusion_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if index >= leaves.len() || leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = if index < left.len() {
        (inclusion_path(index, left), root(right))
    } else {
        (inclusion_path(index - left.len(), right), root(left))
    };
    path.extend(sibling);
    path
}

/// `leaf` combined with each hash of `proof` in turn: the root, if the proof is the leaf's.
///
/// Order within a pair takes care of itself, because [`dot`] sorts.
pub fn fold(leaf: &Hash, proof: &[Hash]) -> Hash {
    proof
        .iter()
        .fold(*leaf, |node, sibling| dot(&node, sibling))
}

/// What shows that the tree of the first `first` leaves is the head of the tree of all `leaves`
/// (RFC 6962, section 2.1.2, with [`dot`] for the node hash).
///
/// Empty if `first` is 0, the number of leaves or more: there is nothing to show.
pub fn consistency_path(first: usize, leaves: &[Hash]) -> Vec<Hash> {
    if first == 0 || first >= leaves.len() {
        return Vec::new();
    }
    sub_path(first, leaves, true)
}

/// SUBPROOF(m, D\[n\], b) of RFC 6962: `known` says that the verifier holds the root of these leaves
/// already, when they are the whole of the smaller tree.
fn sub_path(first: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if first == leaves.len() {
        return if known {
            Vec::new()
        } else {
            root(leaves).into_iter().collect()
        };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, other) = if first <= left.len() {
        (sub_path(first, left, known), root(right))
    } else {
        (sub_path(first - left.len(), right, false), root(left))
    };
    path.extend(other);
    path
}

/// Whether `path` shows that a tree of `first` leaves with root `first_root` is the head of a tree
/// of `second` leaves with root `second_root` (RFC 9162, section 2.1.4.2, with [`dot`]).
///
/// `false` if `first` is 0 (an empty tree has no root, so nothing would be shown) or more than
/// `second`. For equal sizes the path must be empty and the roots equal.
///
/// What it does not show: that either size is true. Sizes come from the tips that the digests name.
pub fn verify_consistency(
    first: u64,
    second: u64,
    first_root: &Hash,
    second_root: &Hash,
    path: &[Hash],
) -> bool {
    if first == 0 || first > second {
        return false;
    }
    if first == second {
        return path.is_empty() && first_root == second_root;
    }
    // A smaller tree that is one full subtree of the larger one is not repeated in the path.
    let mut hashes = path.to_vec();
    if first.is_power_of_two() && !path.is_empty() {
        hashes.insert(0, *first_root);
    }
    let Some((start, rest)) = hashes.split_first() else {
        return false;
    };
    // The last leaf of each tree, followed upwards. They part at the start of the path.
    let shift = (first - 1).trailing_ones();
    let mut last_of_first = (first - 1) >> shift;
    let mut last_of_second = (second - 1) >> shift;
    let (mut from_first, mut from_second) = (*start, *start);
    for hash in rest {
        if last_of_second == 0 {
            return false;
        }
        if last_of_first & 1 == 1 || last_of_first == last_of_second {
            from_first = dot(hash, &from_first);
            from_second = dot(hash, &from_second);
            while last_of_first & 1 == 0 && last_of_first != 0 {
                last_of_first >>= 1;
                last_of_second >>= 1;
            }
        } else {
            from_second = dot(&from_second, hash);
        }
        last_of_first >>= 1;
        last_of_second >>= 1;
    }
    last_of_second == 0 && from_first == *first_root && from_second == *second_root
}

#[cfg(test)]
mod tests;
