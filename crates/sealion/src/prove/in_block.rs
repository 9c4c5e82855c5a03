//! The part of a revision's proof that lies within its block.

use crate::blocks::Hash;
use crate::findings::CheckedBlock;
use crate::merkle::{Index, Tree as _};

/// What all proofs of revisions of one block are made of.
pub(super) struct InBlock {
    revisions: Index,
    /// The siblings of the revisions' root among the entries, and the previous block's
    /// hash, which the genesis block may lack.
    above: Vec<Hash>,
}

impl InBlock {
    /// `None` if the block is not sound.
    ///
    /// The layout is that of all published proofs. Where the root of the revisions
    /// stands among the entries twice, the first is taken.
    pub(super) fn of(block: &CheckedBlock) -> Option<InBlock> {
        let [entries, revisions, _] = block.fingerprint.parts();
        let revisions = tree(revisions)?;
        let root = revisions.root(revisions.leaves()).ok()??;
        let entry = entries.iter().position(|one| *one == Some(root))?;
        let mut above = siblings(&tree(entries)?, entry)?;
        above.extend(block.previous.hash);
        Some(InBlock { revisions, above })
    }

    /// The hashes from revision number `revision` up to the block's hash: its siblings
    /// among the revisions, then what all have in common.
    pub(super) fn proof(&self, revision: usize) -> Option<Vec<Hash>> {
        let mut proof = siblings(&self.revisions, revision)?;
        proof.extend(&self.above);
        Some(proof)
    }
}

fn tree(leaves: &[Option<Hash>]) -> Option<Index> {
    let mut tree = Index::new();
    for leaf in leaves {
        tree.append((*leaf)?);
    }
    Some(tree)
}

fn siblings(tree: &Index, at: usize) -> Option<Vec<Hash>> {
    let proof = tree.inclusion_proof(at as u64, tree.leaves()).ok()??;
    Some(proof.0)
}
