//! Holds what was kept against one another, without trust in any of it.

mod digests;
mod journals;

pub use digests::{
    compare_digests, Clash, ComparedDigest, DigestComparison, Pair, SetAside, Side, Statement,
    StrandDigests,
};
pub use journals::{
    compare_journals, Copy, Difference, DifferenceKind, JournalComparison, Outcome,
};
