//! Why there is no proof.

use std::io;

use crate::Report;

/// Why a proof cannot be given. What does not verify is never proven.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The check of the journal could not be made.
    #[error(transparent)]
    Verify(#[from] crate::Error),
    /// The journal does not hold: the report says where.
    #[error("the journal does not hold, so nothing is proven from it")]
    Fails(Box<Report>),
    /// What the proof needs is not there: the report says what.
    #[error("{why}")]
    Incomplete {
        /// What is missing.
        why: String,
        /// All that was found.
        report: Box<Report>,
    },
    /// The inputs hold no block, or several strands.
    #[error("{0}")]
    Strand(String),
    /// The tip asked for is not among the blocks.
    #[error(
        "the journal here ends at block {last}; a proof for tip {tip} needs all blocks up to it"
    )]
    Tip {
        /// The tip asked for.
        tip: u64,
        /// The last block that there is.
        last: u64,
    },
    /// A block after the tip.
    #[error("block {sequence_no} cannot be proven under the digest at tip {tip}: it comes later")]
    OutOfTree {
        /// The block asked for.
        sequence_no: u64,
        /// The tip.
        tip: u64,
    },
    /// A block in a saved state, of which the upper nodes of the tree are kept and not
    /// the block's own.
    #[error("block {sequence_no} lies in the saved state, which keeps too little of the tree: blocks from {first} on can be proven")]
    BeforeTree {
        /// The block asked for.
        sequence_no: u64,
        /// The first block whose proof can be made.
        first: u64,
    },
    /// The digest given is not the root of the journal at its tip.
    #[error("blocks 0 to {tip} give the digest {ours}, not the one asked for, {given}")]
    OtherDigest {
        /// The tip.
        tip: u64,
        /// The root of the blocks.
        ours: crate::Hash,
        /// The digest given.
        given: crate::Hash,
    },
    /// No block or revision is what was asked for.
    #[error("{0}")]
    NotFound(String),
    /// It is there, and what is to be proven of it does not recompute.
    #[error("{0}")]
    NotRecomputed(String),
    /// Nodes that are kept in a file cannot be read.
    #[error("cannot read the index: {0}")]
    Index(#[from] io::Error),
    /// Whoever takes the proofs takes no more.
    #[error("cannot hand over the proofs: {0}")]
    Output(#[source] io::Error),
    /// Nodes that are kept in a file contradict one another or the blocks.
    #[error("the index is damaged or of another journal: {0}")]
    DamagedIndex(String),
}

impl ProveError {
    /// Whether something is wrong, and not merely missing.
    pub fn is_wrong(&self) -> bool {
        matches!(
            self,
            ProveError::Fails(_) | ProveError::OtherDigest { .. } | ProveError::DamagedIndex(_)
        )
    }
}
