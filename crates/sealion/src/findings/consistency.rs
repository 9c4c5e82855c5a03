//! Consistency proofs among the evidence.

use crate::blocks::{Digest, Proof};

/// What a claimed digest came with: the proof that it extends an older one.
#[derive(Clone, Debug)]
pub(crate) struct Extends {
    pub(crate) from: Digest,
    pub(crate) proof: Proof,
    pub(crate) offset: u64,
}
