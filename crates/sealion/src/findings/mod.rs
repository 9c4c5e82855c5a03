//! STAGE 4: the only place where what a file claims meets what we recomputed.

mod block;
mod code;
mod conclude;
mod context;
mod digests;
mod documents;
mod finding;
mod flaw;
mod journal;
mod loose;
mod outcome;
mod revision;
mod span;

pub(crate) use block::{check_block, CheckedBlock};
pub use code::{Code, Severity};
pub(crate) use conclude::Conclusion;
pub(crate) use context::Context;
pub(crate) use digests::{BlockProof, Candidate, Candidates};
pub(crate) use finding::Findings;
pub use finding::{Finding, Location};
pub(crate) use flaw::flaw_finding;
pub(crate) use journal::{Given, Item, Journal, Prefix, StrandFold, Wanted};
pub(crate) use loose::{LooseProof, LooseRevision};
pub use outcome::{
    Asked, By, ComputedDigest, Coverage, DigestAnswer, DigestVerdict, RevisionCounts, State, Strand,
};
pub(crate) use revision::{check_revision, RevisionRecord, Standing};
pub(crate) use span::{Apart, Span};
