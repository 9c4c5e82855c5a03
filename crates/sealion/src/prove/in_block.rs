//! The part of a revision's proof that lies within its block.

use std::io;

use crate::blocks::Hash;
use crate::findings::CheckedBlock;
use crate::merkle::{Index, Tree as _};

/// The hashes from revision number `revision` up to the block's hash: its siblings
/// among the revisions, the siblings of the revisions' root among the entries, and
/// the previous block's hash, which the genesis block may lack. `None` if the block
/// is not sound.
///
/// The layout is that of all published proofs. Where the root of the revisions
/// stands among the entries twice, the first is taken.
pub(super) fn proof(block: &CheckedBlock, revision: usize) -> Option<Vec<Hash>> {
    let [entries, revisions, _] = block.fingerprint.parts();
    let (mut proof, root) = path(revisions, revision)?;
    let entry = entries.iter().position(|one| *one == Some(root))?;
    proof.extend(path(entries, entry)?.0);
    proof.extend(block.previous.hash);
    Some(proof)
}

/// The siblings of one leaf, and the root.
fn path(leaves: &[Option<Hash>], at: usize) -> Option<(Vec<Hash>, Hash)> {
    let mut tree = Index::new();
    for leaf in leaves {
        tree.append((*leaf)?);
    }
    let count = tree.leaves();
    let read = |answer: io::Result<_>| answer.ok();
    let proof = read(tree.inclusion_proof(at as u64, count))??;
    let root = tree.root(count).ok()??;
    Some((proof.0, root))
}
