//! SHA-256 and QLDB's pair hash [`dot`], one at a time and in batches.
//!
//! Verifying an Amazon QLDB journal is hashing millions of short messages that do not depend on
//! one another: Ion values of one or two blocks, and pairs of hashes on the way up a Merkle tree.
//! One SHA-256 after the other leaves most of a processor idle, so everything here exists for
//! *many* messages too, and a [`Backend`] says with which instructions they are hashed side by
//! side.
//!
//! ```
//! use sealion_hash::{dot, root, sha256};
//!
//! let mut leaves = [sha256(b"a"), sha256(b"b"), sha256(b"c")];
//! let by_hand = dot(&dot(&leaves[0], &leaves[1]), &leaves[2]);
//! assert_eq!(root(&mut leaves), Some(by_hand));
//! ```
//!
//! # Features
//!
//! - `std` (on by default): the environment variable `SEALION_BACKEND` can choose the backend.
//!   Without it the crate needs `core` and `alloc` alone.
//! - `serde`: `Hash` serialises as its base64 text.
//!
//! # Unsafe code
//!
//! Vector instructions need it, so it is here and in no other crate of the workspace, in
//! `src/kernel` and in the calls into it. Building with `--cfg sealion_portable` in `RUSTFLAGS`
//! leaves all of it out.

#![no_std]
#![cfg_attr(sealion_portable, forbid(unsafe_code))]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod arch;
mod backend;
mod batch;
mod hash;
mod kernel;
mod order;
mod stream;
#[cfg(test)]
mod suite;
mod tree;

pub use backend::Backend;
pub use hash::{Hash, ParseHashError};
pub use order::less;
pub use stream::Sha256;

/// SHA-256 of `message`.
pub fn sha256(message: &[u8]) -> Hash {
    Backend::best().sha256(message)
}

/// QLDB's pair hash: SHA-256 of the 64 bytes of both hashes, the [`less`] one first.
///
/// It commutes, `dot(a, b) == dot(b, a)`, and does not associate. (In a QLDB journal an *empty*
/// hash is neutral: `dot` with it is the other hash. A [`struct@Hash`] is never empty, so that case is
/// the caller's.)
///
/// Source: the Amazon QLDB Developer Guide, "Verifying data: verification results", and its
/// samples; recomputed on the proofs published there.
pub fn dot(a: &Hash, b: &Hash) -> Hash {
    Backend::best().dot(a, b)
}

/// The [`dot`] of each pair, in the order of the pairs.
///
/// # Panics
///
/// If `pairs` and `out` differ in length.
pub fn dot_many(pairs: &[[Hash; 2]], out: &mut [Hash]) {
    Backend::best().dot_many(pairs, out);
}

/// SHA-256 of each message, of any lengths, in the order of the messages.
///
/// Messages of equal numbers of blocks are hashed side by side, as far as they stand within 96
/// messages of one another.
///
/// # Panics
///
/// If `messages` and `out` differ in length.
pub fn sha256_many(messages: &[&[u8]], out: &mut [Hash]) {
    Backend::best().sha256_many(messages, out);
}

/// SHA-256 of messages that lie end to end, padded by the caller, all with `blocks_each` blocks.
///
/// Message `i` is `blocks[i * blocks_each..(i + 1) * blocks_each]`, and its hash `out[i]`. Nothing
/// is copied. The padding is that of FIPS 180-4: after the message's bytes one byte `80`, zeros,
/// and in the last eight bytes of the last block the message's length in bits, big endian. It is
/// not checked.
///
/// # Panics
///
/// If `blocks_each` is zero, or there are not exactly `blocks_each` blocks for each hash of `out`.
pub fn padded_many(blocks: &[[u8; 64]], blocks_each: usize, out: &mut [Hash]) {
    Backend::best().padded_many(blocks, blocks_each, out);
}

/// SHA-256 of messages that lie anywhere in `blocks`, padded by the caller as for [`padded_many`],
/// all with `blocks_each` blocks.
///
/// Message `i` begins with block `starts[i]`, and its hash is `out[i]`. So messages of several
/// lengths can be written one behind the other, and hashed in place, length by length.
///
/// # Panics
///
/// If `blocks_each` is zero, `starts` and `out` differ in length, or a message does not lie in
/// `blocks` as a whole.
pub fn padded_at(blocks: &[[u8; 64]], starts: &[usize], blocks_each: usize, out: &mut [Hash]) {
    Backend::best().padded_at(blocks, starts, blocks_each, out);
}

/// SHA-256 of one message from its blocks, padded by the caller as for [`padded_many`].
///
/// No blocks are no message: what comes back then is SHA-256's initial value.
pub fn padded_one(blocks: &[[u8; 64]]) -> Hash {
    Backend::best().padded_one(blocks)
}

/// Replaces the nodes of one level of a Merkle tree by those of the level above it.
///
/// Neighbours are paired from the left with [`dot`]; a last one without neighbour moves up
/// unchanged. Returns how many nodes the new level has, half as many rounded up: they are
/// `nodes[..length]`, and what follows them means nothing any more.
pub fn fold_level(nodes: &mut [Hash]) -> usize {
    Backend::best().fold_level(nodes)
}

/// The root of the Merkle tree over `nodes`, or nothing if there are none.
///
/// A single node is its own root. The nodes are overwritten with what is left of the levels in
/// between.
pub fn root(nodes: &mut [Hash]) -> Option<Hash> {
    Backend::best().root(nodes)
}
