//! What each kind of thing says of the tree (RFC 6962, sections 2.1.1 and 2.1.2, with
//! `dot` as node hash). Each is read under the addresses and tips that it claims.

use super::table::Fact;
use crate::blocks::{Hash, Proof};
use crate::merkle::{consistency, inclusion, Subtree};

/// A block's leaf.
pub(crate) fn of_block(number: u64, hash: Hash) -> Option<Fact> {
    Some((Subtree::leaf(number)?, hash))
}

/// A digest: the root over all leaves up to its tip.
pub(crate) fn of_digest(hash: Hash, tip: u64) -> Option<Fact> {
    Some((Subtree::up_to(tip)?, hash))
}

/// The hashes of a proof that lie in the block, folded onto the hash of its revision: the
/// block's leaf, and the leaf before it where the last of them is that.
///
/// `within` is at most the proof's number of hashes.
pub(crate) fn within_block(
    number: u64,
    revision: &Hash,
    proof: &Proof,
    within: usize,
) -> Vec<Fact> {
    let in_block = &proof.0[..within.min(proof.len())];
    let leaf = Proof(in_block.to_vec()).fold(revision);
    let before = number.checked_sub(1).zip(in_block.last());
    let before = before.and_then(|(before, hash)| of_block(before, *hash));
    before.into_iter().chain(of_block(number, leaf)).collect()
}

/// The siblings that a proof names above its block's leaf, whose number and tip fit the
/// number of hashes; empty if they do not.
pub(crate) fn of_proof(number: u64, tip: u64, above: &[Hash]) -> Vec<Fact> {
    let leaves = tip.checked_add(1);
    let nodes = leaves.and_then(|leaves| inclusion(number, leaves));
    named(nodes, above)
}

/// The nodes that a consistency proof names, and both roots. Empty if their number does
/// not fit.
pub(crate) fn of_consistency(older: Fact, newer: Fact, proof: &Proof) -> Vec<Fact> {
    let nodes = consistency(older.0.end, newer.0.end);
    let mut facts = named(nodes, &proof.0);
    facts.extend([older, newer]);
    facts
}

fn named(nodes: Option<Vec<Subtree>>, hashes: &[Hash]) -> Vec<Fact> {
    let nodes = nodes.filter(|nodes| nodes.len() == hashes.len());
    let nodes = nodes.unwrap_or_default();
    nodes.into_iter().zip(hashes.iter().copied()).collect()
}
