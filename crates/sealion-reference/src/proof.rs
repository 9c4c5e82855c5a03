//! The proofs that the service returned with a block or a revision.
//!
//! A proof is a list of hashes from the bottom up, without sides, addresses or sizes; folded onto a
//! leaf it must give the digest (Developer Guide, "Verification in QLDB"). The layout below is not
//! in the guide: it was found on published proofs, and every one of them keeps it.
//!
//! ```text
//! block proof    = the siblings of the block's hash in the tree of all block hashes
//! revision proof = the siblings of the revision's hash in the block's revisions tree
//!                ‖ the siblings of the revisions hash in the block's entries tree
//!                ‖ previousBlockHash
//!                ‖ block proof
//! ```
//!
//! Because the pair hash sorts, a proof that folds shows that the leaf is under the digest and not
//! at which place. An inner node, too, is the hash of two hashes and could be passed off as a block.
//! So the number of hashes is checked against the address and the tip, as far as these fix it.

use crate::journal::{element_at, Block, Error};
use crate::tree::siblings_to;
use crate::{fold, inclusion_path, root, Hash};
use ion_rs::Element;
use std::fmt;

/// Reads a proof: a list of blobs, 32 bytes each.
///
/// # Errors
///
/// If it is not a list, or a value in it is not a blob of 32 bytes. An empty one would fold to
/// nothing, so that two texts would be one proof.
pub fn read(value: &Element) -> Result<Vec<Hash>, Error> {
    element_at::list("proof", value)?
        .into_iter()
        .map(|(path, hash)| element_at::hash(path, hash))
        .collect()
}

/// The proof of block `index` in the journal whose block hashes from block 0 to the tip are
/// `leaves`: [`siblings`](crate::siblings)`(index, leaves.len())` hashes.
///
/// Empty if there is no such block, or it is the only one.
pub fn block_proof(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    inclusion_path(index, leaves)
}

/// The proof of revision number `revision` of `block`, in the journal whose block hashes from block
/// 0 to the tip are `leaves`. The empty previous hash of a block 0 is left out.
///
/// `None` if there is no such revision, the block's number is not below the number of leaves, or
/// the root of its revisions is not one of its entries. Where it stands among them twice, the first
/// is taken.
pub fn revision_proof(block: &Block<'_>, revision: usize, leaves: &[Hash]) -> Option<Vec<Hash>> {
    let index = usize::try_from(block.address.sequence_no).ok()?;
    if revision >= block.revision_hashes.len() || index >= leaves.len() {
        return None;
    }
    let revisions_hash = root(&block.revision_hashes)?;
    let entry = *block.positions(&revisions_hash).first()?;
    let mut proof = inclusion_path(revision, &block.revision_hashes);
    proof.extend(inclusion_path(entry, &block.entries));
    proof.extend(block.previous_block_hash);
    proof.extend(block_proof(index, leaves));
    Some(proof)
}

/// Why a proof does not show what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The block comes after the tip of the digest, so the digest says nothing about it.
    AfterTip {
        /// The block's sequence number.
        sequence_no: u64,
        /// The tip's.
        tip: u64,
    },
    /// The proof folds to another hash than the digest.
    Fold {
        /// What it folds to.
        found: Hash,
    },
    /// The proof folds, but a block proof for this address and tip has another number of hashes.
    Count {
        /// Hashes in this one.
        found: usize,
        /// Hashes it must have.
        expected: usize,
    },
    /// The proof folds, but is too short to reach from a revision of this block to this tip.
    TooShort {
        /// Hashes in this one.
        found: usize,
        /// Hashes it must have at least.
        minimum: usize,
    },
    /// The proof folds, but the first sibling in the tree of blocks is not the block before, whose hash
    /// stands in front of it, though the number is odd; or it is, though the number is even.
    Parity,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AfterTip { sequence_no, tip } => {
                write!(f, "block {sequence_no} comes after the digest's tip {tip}")
            }
            Self::Fold { .. } => write!(f, "the proof does not lead to the digest"),
            Self::Count { found, expected } => {
                write!(f, "the proof has {found} hashes, it must have {expected}")
            }
            Self::TooShort { found, minimum } => {
                write!(
                    f,
                    "the proof has {found} hashes, it needs at least {minimum}"
                )
            }
            Self::Parity => write!(f, "the proof is that of a block with an odd number, and this one is even, or the other way round"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Checks that `block_hash`, 32 bytes, is block `sequence_no` under the `digest` with this `tip`:
/// the proof folds, and has exactly the hashes that this place in a tree of `tip + 1` leaves needs.
///
/// Not shown: which of the leaves with paths of that length it is.
///
/// # Errors
///
/// The first reason to refuse it, in the order of [`Refusal`].
pub fn check_block(
    block_hash: &Hash,
    sequence_no: u64,
    tip: u64,
    proof: &[Hash],
    digest: &Hash,
) -> Result<(), Refusal> {
    let expected = folds(block_hash, sequence_no, tip, proof, digest)?;
    if proof.len() != expected {
        return Err(Refusal::Count {
            found: proof.len(),
            expected,
        });
    }
    Ok(())
}

/// Checks that `revision_hash`, 32 bytes, is of a revision in block `sequence_no` under the `digest`
/// with this `tip`: the proof folds, is long enough, and agrees with itself on the previous block.
///
/// How many hashes lie within the block, its address does not tell. At least the previous block hash
/// does, except in block 0, where nobody outside AWS knows what the service put.
///
/// Not shown: that the revision hash is of the document that came with it (recompute it), nor that
/// it lies in this block rather than in another with a path as long.
///
/// # Errors
///
/// The first reason to refuse it, in the order of [`Refusal`].
pub fn check_revision(
    revision_hash: &Hash,
    sequence_no: u64,
    tip: u64,
    proof: &[Hash],
    digest: &Hash,
) -> Result<(), Refusal> {
    let above = folds(revision_hash, sequence_no, tip, proof, digest)?;
    let minimum = above + usize::from(sequence_no != 0);
    if proof.len() < minimum {
        return Err(Refusal::TooShort {
            found: proof.len(),
            minimum,
        });
    }
    // An odd block's first sibling in the tree of blocks is the block before it, an even one's is
    // another. Every block but 0 has a sibling somewhere above.
    let start = proof.len() - above;
    let twice = sequence_no > 0 && proof[start - 1] == proof[start];
    if twice != (sequence_no % 2 == 1) {
        return Err(Refusal::Parity);
    }
    Ok(())
}

/// Number of hashes above the block, if the proof is of a block not after the tip and folds.
fn folds(
    leaf: &Hash,
    sequence_no: u64,
    tip: u64,
    proof: &[Hash],
    digest: &Hash,
) -> Result<usize, Refusal> {
    if sequence_no > tip {
        return Err(Refusal::AfterTip { sequence_no, tip });
    }
    let found = fold(leaf, proof);
    if found != *digest {
        return Err(Refusal::Fold { found });
    }
    Ok(siblings_to(sequence_no, tip) as usize)
}
