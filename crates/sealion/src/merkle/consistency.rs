//! Checks that one tree is the head of another.

use crate::blocks::{Hash, Proof};
use crate::hashes::dot;

/// Whether `proof` shows that the tree of `first` leaves with root `first_root` is
/// the head of the tree of `second` leaves with root `second_root` (RFC 9162,
/// section 2.1.4.2, with `dot` as node hash). Requires `0 < first <= second`; gives
/// `false` otherwise.
///
/// It does not show that either size is true: sizes come from the tips that the
/// digests name. It hashes at most 128 pairs.
pub fn verify_consistency(
    first: u64,
    second: u64,
    first_root: &Hash,
    second_root: &Hash,
    proof: &[Hash],
) -> bool {
    fold_consistency(first, second, first_root, &Proof(proof.to_vec()))
        .is_some_and(|roots| roots == (*first_root, *second_root))
}

/// The roots of the smaller and of the larger tree that `proof` gives, if it has as
/// many hashes as it must have.
///
/// If the smaller tree is a whole node of the larger one, it is `first_root` that the
/// proof starts from, and the first root given back.
pub(crate) fn fold_consistency(
    first: u64,
    second: u64,
    first_root: &Hash,
    proof: &Proof,
) -> Option<(Hash, Hash)> {
    let nodes = super::consistency(first, second)?;
    // Counts are compared before anything is hashed.
    if nodes.len() != proof.len() {
        return None;
    }
    // The part that both trees share, as far as the smaller one ends with it: the
    // whole smaller tree, or the first hash of the proof.
    let (shared, rest) = match (nodes.split_first(), proof.0.split_first()) {
        (Some((lowest, others)), Some((hash, rest))) if lowest.end == first => {
            (*hash, others.iter().zip(rest))
        }
        _ => (*first_root, nodes.iter().zip(&proof.0)),
    };
    let (mut smaller, mut larger) = (shared, shared);
    for (node, hash) in rest {
        if node.begin >= first {
            larger = dot(&larger, hash);
        } else {
            smaller = dot(hash, &smaller);
            larger = dot(hash, &larger);
        }
    }
    Some((smaller, larger))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashes::root;

    fn leaves(count: usize) -> Vec<Hash> {
        let leaf = |i: usize| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        (0..count).map(leaf).collect()
    }

    /// Our answer, which must be the reference's.
    fn verify(first: usize, second: usize, roots: [&Hash; 2], proof: &[Hash]) -> bool {
        let (first, second) = (first as u64, second as u64);
        let ours = verify_consistency(first, second, roots[0], roots[1], proof);
        let plain: Vec<[u8; 32]> = proof.iter().map(|hash| hash.0).collect();
        let reference =
            sealion_reference::verify_consistency(first, second, &roots[0].0, &roots[1].0, &plain);
        assert_eq!(ours, reference, "{first} {second} {}", proof.len());
        ours
    }

    #[test]
    fn all_pairs_up_to_70_prove_and_every_change_rejects() {
        let all = leaves(70);
        let plain: Vec<[u8; 32]> = all.iter().map(|leaf| leaf.0).collect();
        for second in 1..=70 {
            let new = root(&all[..second]).unwrap();
            for first in 1..=second {
                let old = root(&all[..first]).unwrap();
                let path = sealion_reference::consistency_path(first, &plain[..second]);
                let proof: Vec<Hash> = path.into_iter().map(Hash).collect();
                assert!(verify(first, second, [&old, &new], &proof));
                let other = Hash([7; 32]);
                assert!(!verify(first, second, [&other, &new], &proof));
                assert!(!verify(first, second, [&old, &other], &proof));
                let longer = [proof.clone(), vec![other]].concat();
                assert!(!verify(first, second, [&old, &new], &longer));
                for place in 0..proof.len() {
                    let mut changed = proof.clone();
                    changed[place].0[31] ^= 1;
                    assert!(!verify(first, second, [&old, &new], &changed));
                    changed.remove(place);
                    assert!(!verify(first, second, [&old, &new], &changed));
                    changed = proof.clone();
                    changed.swap(place, 0);
                    let same = changed == proof;
                    assert_eq!(verify(first, second, [&old, &new], &changed), same);
                }
                if first > 1 && first < second {
                    assert!(!verify(first - 1, second, [&old, &new], &proof));
                }
            }
        }
        assert!(!verify(0, 3, [&all[0], &all[0]], &[]));
    }
}
