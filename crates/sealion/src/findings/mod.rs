//! STAGE 4: the only place where what a file claims meets what we recomputed.

mod block;
mod bundle;
mod code;
mod conclude;
mod consistency;
mod context;
mod copies;
mod digests;
mod documents;
mod facts;
mod finding;
mod fingerprint;
mod flaw;
mod joined;
mod journal;
mod leaves;
mod loose;
mod outcome;
mod printed;
mod request;
mod revision;
mod runs;
mod span;
mod used;

pub(crate) use block::{check_block, check_block_in, Captured, CheckedBlock};
pub(crate) use bundle::{check_bundled, nobody_vouches, said_by_bundle, FoundItem};
pub use code::{Code, Severity};
pub(crate) use conclude::Conclusion;
pub(crate) use consistency::{holds, Extends};
pub(crate) use context::Context;
pub(crate) use copies::{shows, Copies, Found};
pub(crate) use digests::{
    digest_answers, proof_shape, BlockProof, Candidate, Candidates, InBlock, Misshape,
};
pub use documents::OrderedRedaction;
pub(crate) use facts::{
    of_block, of_consistency, of_digest, of_proof, within_block, Asked as AskedFacts, Fact,
    Kind as FactKind, Origin, Table,
};
pub(crate) use finding::Findings;
pub use finding::{Finding, Location};
pub(crate) use flaw::flaw_finding;
pub(crate) use joined::{answers, join_placeless, BareDocument, Placeless};
pub use joined::{DocumentAnswer, DocumentMatch, Joined};
pub(crate) use journal::{Given, Item, Journal, KeptJournal, Prefix, StrandFold, Wanted, Watch};
pub(crate) use loose::{LooseProof, LooseRevision, Typeless};
pub(crate) use outcome::{Alone, Border, Disorder};
pub use outcome::{
    Asked, By, ComputedDigest, Coverage, DigestAnswer, DigestVerdict, Position, RevisionCounts,
    State, Strand,
};
pub(crate) use printed::{has_loose_annotations, Columns, Printed};
pub(crate) use request::check_revisions;
pub use request::Request;
pub(crate) use revision::{check_revision, RevisionRecord, Standing};
pub(crate) use span::{Apart, Span};
pub(crate) use used::{Boxed, Used};
