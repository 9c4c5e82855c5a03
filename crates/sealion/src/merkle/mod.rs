//! Merkle arithmetic on 32-byte hashes with QLDB's pair hash `dot` as node hash.
//! Knows no journal.
//!
//! The tree has the shape of RFC 6962 (split at the largest power of two below
//! the number of leaves; an odd last node moves up unchanged) but no prefixes:
//! leaves are used as they are, inner nodes are `dot` of their children.

mod consistency;
mod difference;
mod edge;
mod index;
mod plan;
mod range;
mod shape;
mod tree;

pub(crate) use consistency::fold_consistency;
pub use consistency::verify_consistency;
pub use difference::first_difference;
pub(crate) use edge::Edge;
pub use index::{Index, IndexError, IndexFile};
pub use plan::{consistency, inclusion, Subtree};
pub use range::{Range, RangeError};
pub use shape::siblings;
pub use tree::Tree;
