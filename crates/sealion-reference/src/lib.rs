//! The hash rules of Amazon QLDB, written down as plainly as they can be.
//!
//! This crate is not the way to verify a journal fast. It is the text that a fast verifier is held
//! to, and that an auditor can read in an hour and carry over to another language in a day: no
//! threads, no caches, one `[u8; 32]` for every hash, and recursion wherever a definition recurses.
//! It depends on [`ion_rs`] for reading and hashing Ion values and on `sha2` for SHA-256, and shares
//! no type or line with the library it checks.
//!
//! Read it in the order of the rules:
//!
//! 1. [`tree`]: `dot`, the hash of a pair of hashes; the Merkle tree made with it; the paths that
//!    show a leaf in a tree, or a small tree at the head of a larger one.
//! 2. [`ion`]: the hash of an Ion value, by Ion Hash 1.0.
//! 3. [`journal`]: revision, block, chain of blocks, digest. What a block *claims* and what is
//!    *recomputed* from it are different types, and only [`journal::check`] sets one beside the other.
//! 4. [`proof`]: the list of hashes that the service returned with a block or a revision.
//!
//! # Where the rules come from
//!
//! From the Amazon QLDB Developer Guide ("Verification in QLDB", "Journal contents"), from the code
//! samples that AWS published with it, from the Ion Hash Specification 1.0, and from RFC 6962 and
//! RFC 9162 for the shape of the tree and the consistency of two trees. Each was recomputed on
//! blocks and proofs of the real service, published in the help of the AWS CLI; the tests of this
//! crate do it again. Three things nobody outside AWS has shown, and the code says so where they
//! arise: the previous hash of a ledger's first block, the hash of a revision that deletes, and the
//! preimages of the entries that the service keeps to itself.
//!
//! # Limits
//!
//! Nothing here panics on bad input. Ion values nested very deeply are the exception that no
//! library can catch: `ion_rs` recurses once a level, so bound the depth of what you parse, or parse
//! it on a thread with stack enough (about 18 KiB a level without optimisation).

#![forbid(unsafe_code)]

pub mod ion;
pub mod journal;
pub mod proof;
pub mod tree;

pub use ion::ion_hash;
pub use tree::{
    consistency_path, dot, dot_or_empty, fold, inclusion_path, less, root, sha256, siblings,
    verify_consistency, Hash,
};
