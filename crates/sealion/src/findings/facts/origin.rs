//! Who says that a place of the tree has a hash.

use std::fmt;
use std::sync::Arc;

/// A file, and what in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) kind: Kind,
    pub(crate) path: Arc<str>,
    pub(crate) offset: Option<u64>,
}

/// What says it. Numbers are those of blocks, as claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A run of blocks, of several files as it may be, by recomputation.
    Blocks,
    /// A block, by recomputation.
    Block(u64),
    /// What a block names as the block before it.
    Previous(u64),
    BlockProof(u64),
    RevisionProof(u64),
    /// A digest, and its tip.
    Digest(u64),
    State,
    Consistency,
}

impl Origin {
    pub(crate) fn new(kind: Kind, path: &Arc<str>, offset: Option<u64>) -> Origin {
        Origin {
            kind,
            path: path.clone(),
            offset,
        }
    }

    /// The blocks here, whatever files they came from.
    pub(crate) fn blocks() -> Origin {
        Origin::new(Kind::Blocks, &"".into(), None)
    }

    /// Whether the hash was made from content at hand, and not read.
    pub(crate) fn recomputed(&self) -> bool {
        matches!(self.kind, Kind::Blocks | Kind::Block(_))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match self.kind {
            Kind::Blocks => f.write_str("the blocks here"),
            Kind::Block(number) => write!(f, "block {number} in {path}"),
            Kind::Previous(number) => {
                write!(f, "the previousBlockHash of block {number} in {path}")
            }
            Kind::BlockProof(number) => write!(f, "the proof of block {number} in {path}"),
            Kind::RevisionProof(number) => {
                write!(f, "the proof of a revision of block {number} in {path}")
            }
            Kind::Digest(tip) => write!(f, "the digest at tip {tip} from {path}"),
            Kind::State => write!(f, "the state {path}"),
            Kind::Consistency => write!(f, "the consistency proof in {path}"),
        }
    }
}
