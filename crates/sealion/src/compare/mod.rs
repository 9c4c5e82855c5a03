//! Holds what was kept against one another, without trust in any of it.

mod digests;

pub use digests::{
    compare_digests, Clash, ComparedDigest, DigestComparison, Pair, SetAside, Side, Statement,
    StrandDigests,
};
