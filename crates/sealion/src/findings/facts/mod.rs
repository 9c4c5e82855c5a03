//! The table of facts: what everything at hand says of one strand's tree.
//!
//! A fold binds contents and neither level nor position, because `dot` commutes and
//! carries no mark. What a proof alone cannot show, it may still contradict: in an honest
//! tree every place has one hash and every hash one place, for a block names the one
//! before it, and a node is made of what lies below it. So blocks, proofs, digests, states
//! and consistency proofs all write into one table, and whatever does not fit what stands
//! there is wrong, or else what stands there is: whoever is trusted.

mod asked;
mod clash;
mod origin;
mod statements;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use asked::{Asked, KeptNodes, Nodes};
pub(crate) use origin::{Kind, Origin};
pub(crate) use statements::{of_block, of_consistency, of_digest, of_proof, within_block};
pub(crate) use table::{Fact, Table};
