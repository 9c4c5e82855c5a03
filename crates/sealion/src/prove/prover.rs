//! The tree of a journal, and the proofs that it alone gives.

use super::{indexing, ProveError};
use crate::blocks::{Digest, Proof, StrandId};
use crate::merkle::{Index, IndexFile, Tree};
use crate::source::Archive;
use crate::{Report, State, Verifier};

/// Makes proofs of the blocks and revisions of one journal.
pub struct Prover {
    pub(super) verifier: Verifier,
    pub(super) strand_id: StrandId,
    pub(super) tree: Box<dyn Tree + Send + Sync>,
    /// The first block whose proof can be made.
    pub(super) first: u64,
}

impl Prover {
    /// Verifies the journal in `archive` with the settings of `verifier`, and keeps
    /// its tree: 64 bytes a block.
    ///
    /// # Errors
    /// [`ProveError`] if the journal does not hold, is not whole from block 0 on, or
    /// a trusted digest of `verifier` is not reached. Content that JSON has lost is
    /// no hindrance: a tree is made of block hashes alone.
    pub fn of(verifier: &Verifier, archive: &dyn Archive) -> Result<(Prover, Report), ProveError> {
        let (index, strand_id, report) = indexing::index(verifier, None, archive)?;
        let verifier = verifier.knowing(&report);
        Ok((Prover::with_index(&verifier, index, strand_id), report))
    }

    /// The same from an index in memory ([`Prover::index`]).
    pub fn with_index(verifier: &Verifier, index: Index, strand_id: StrandId) -> Prover {
        Prover {
            verifier: verifier.clone().distrusting(),
            strand_id,
            first: index.begin(),
            tree: Box::new(index),
        }
    }

    /// The same from an index that an earlier run wrote ([`Prover::index`]); nothing
    /// is verified now. Compare [`Prover::digest`] with one that you trust.
    pub fn from_index(verifier: &Verifier, index: IndexFile) -> Prover {
        Prover {
            verifier: verifier.clone().distrusting(),
            strand_id: index.strand_id().clone(),
            first: index.begin(),
            tree: Box::new(index),
        }
    }

    /// Verifies and indexes, as [`Prover::of`] does, for keeping in a file.
    ///
    /// # Errors
    /// As [`Prover::of`].
    pub fn index(
        verifier: &Verifier,
        archive: &dyn Archive,
    ) -> Result<(Index, StrandId, Report), ProveError> {
        indexing::index(verifier, None, archive)
    }

    /// The same from the later part of a journal, on top of a state that an earlier
    /// run saved: blocks from the state's end on can be proven, as from the whole
    /// journal. Inputs that reach back to block 0 are indexed from there.
    ///
    /// The state is a claim. If a trusted digest of `verifier` is reached, its nodes
    /// are right. Without one compare [`Prover::digest`] with one that you trust:
    /// from changed nodes come proofs that lead to another digest.
    ///
    /// # Errors
    /// As [`Prover::of`]; [`ProveError::Incomplete`] if the blocks here do not chain to
    /// the state, [`ProveError::Strand`] if the state itself starts after block 0.
    pub fn index_on_top_of(
        verifier: &Verifier,
        state: &State,
        archive: &dyn Archive,
    ) -> Result<(Index, StrandId, Report), ProveError> {
        indexing::index(verifier, Some(state), archive)
    }

    /// The journal's strand.
    pub fn strand_id(&self) -> &StrandId {
        &self.strand_id
    }

    /// The last block.
    pub fn last(&self) -> u64 {
        self.tree.leaves().saturating_sub(1)
    }

    /// The digest at `tip`.
    ///
    /// # Errors
    /// [`ProveError::Tip`] if there is no such block; [`ProveError::BeforeTree`] if what
    /// is kept of the blocks up to it does not give their digest.
    pub fn digest(&self, tip: u64) -> Result<Digest, ProveError> {
        let count = self.count(tip)?;
        let root = self.tree.root(count)?;
        let kept = || match tip < self.first {
            true => self.before_tree(tip),
            false => ProveError::DamagedIndex("a node is missing".to_owned()),
        };
        Ok(Digest {
            hash: root.ok_or_else(kept)?,
            strand_id: Some(self.strand_id.clone()),
            sequence_no: Some(tip),
        })
    }

    /// The tip of `digest`, which must be the journal's digest there. Where the
    /// digest names no tip, the last block is meant.
    ///
    /// # Errors
    /// [`ProveError::OtherDigest`] if it is not; [`ProveError::Tip`] as above.
    pub fn tip_of(&self, digest: &Digest) -> Result<u64, ProveError> {
        let tip = digest.sequence_no.unwrap_or_else(|| self.last());
        let ours = self.digest(tip)?.hash;
        match ours == digest.hash && digest.may_be_of(&self.strand_id) {
            true => Ok(tip),
            false => Err(ProveError::OtherDigest {
                tip,
                ours,
                given: digest.hash,
            }),
        }
    }

    /// The proof of a block: as many hashes of 32 bytes as
    /// [`siblings`](crate::merkle::siblings) says.
    ///
    /// # Errors
    /// [`ProveError::OutOfTree`] for blocks after the tip, [`ProveError::BeforeTree`] for
    /// those in a state that the tree stands on.
    pub fn block_proof(&self, sequence_no: u64, tip: u64) -> Result<Proof, ProveError> {
        let count = self.count(tip)?;
        if sequence_no < self.first {
            return Err(self.before_tree(sequence_no));
        }
        let proof = self.tree.inclusion_proof(sequence_no, count)?;
        proof.ok_or(ProveError::OutOfTree { sequence_no, tip })
    }

    pub(super) fn before_tree(&self, sequence_no: u64) -> ProveError {
        ProveError::BeforeTree {
            sequence_no,
            first: self.first,
        }
    }

    /// The proof that the journal at `from` is the head of the journal at `to` (RFC
    /// 6962, section 2.1.2).
    ///
    /// # Errors
    /// [`ProveError::Tip`] if there are no such blocks; [`ProveError::OutOfTree`] if `from`
    /// comes after `to`; [`ProveError::BeforeTree`] if `from` lies in a state whose nodes
    /// do not suffice.
    pub fn consistency_proof(&self, from: u64, to: u64) -> Result<Proof, ProveError> {
        let (first, second) = (self.count(from)?, self.count(to)?);
        let proof = self.tree.consistency_proof(first, second)?;
        proof.ok_or_else(|| match from <= to {
            true => self.before_tree(from),
            false => ProveError::OutOfTree {
                sequence_no: from,
                tip: to,
            },
        })
    }

    fn count(&self, tip: u64) -> Result<u64, ProveError> {
        match tip < self.tree.leaves() {
            true => Ok(tip + 1),
            false => Err(ProveError::Tip {
                tip,
                last: self.last(),
            }),
        }
    }
}
