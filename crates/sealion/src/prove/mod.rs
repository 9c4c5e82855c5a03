//! Proofs that the service no longer gives, from the blocks it left behind.
//!
//! A proof under the digest at tip t needs the block hashes 0 to t. [`Prover::of`]
//! verifies a journal and keeps them, with the inner nodes of their tree; then every
//! block and revision up to any tip can be proven, each checked once more before it
//! is given out. What does not verify is never proven.

mod contents;
mod error;
mod given;
mod in_block;
mod indexing;
mod pass;
mod proven;
mod prover;
mod wanted;

pub use crate::blocks::aws_json::aws_json;
pub(crate) use contents::tables_of;
pub use error::ProveError;
pub use indexing::digest_of;
pub use proven::{ProvenBlock, ProvenRevision};
pub use prover::Prover;
pub use wanted::WantedRevisions;
