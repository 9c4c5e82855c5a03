//! Verifies Amazon QLDB journals offline.
//!
//! QLDB was a ledger database whose journal could be verified with hashes. The
//! service ended on 31 July 2025; what is left is what people saved. This
//! library reads those files, recomputes every hash that can be recomputed, and
//! says what is proven, against which digest, what is not covered, and where it
//! breaks if it does.
//!
//! ```no_run
//! use sealion::{source::Directory, Digest, Verdict, Verifier};
//!
//! fn main() -> Result<(), sealion::Error> {
//!     let digest = Digest::read("digest.json")?; // one that you trust
//!     let export = Directory::open("export/")?;
//!     let report = Verifier::new().against(digest).verify(&export)?;
//!     println!("{report}");
//!     assert_eq!(report.verdict(), Verdict::Verified);
//!     Ok(())
//! }
//! ```
//!
//! Data goes one way, and so do the modules:
//!
//! ```text
//! source ────▶ blocks ────▶ hashes ────▶ findings ────▶ report
//! bytes,       what a file  what we      claimed ≠      verdict, basis,
//! cut          CLAIMS       RECOMPUTE    recomputed     coverage, findings
//! ```
//!
//! # What a verdict means
//!
//! [`Verdict::Consistent`] says that all hashes agree with one another. Whoever
//! can rebuild a whole journal can make it consistent. Only a digest that you
//! had from elsewhere makes it [`Verdict::Verified`]. What no hash covers is
//! listed in every report ([`Report::not_covered`]).

#![forbid(unsafe_code)]

pub mod blocks;
pub mod bundle;
pub mod compare;
mod engine;
mod error;
pub mod escape;
pub mod extract;
pub mod findings;
mod hashes;
mod limits;
pub mod merkle;
pub mod output;
pub mod prove;
pub mod report;
pub mod source;
mod state;
mod verify;
mod words;

pub use blocks::{BlockAddress, Consistency, Digest, Hash, Proof, StrandId};
pub use compare::{compare_digests, DigestComparison};
pub use engine::Engine;
pub use error::Error;
pub use findings::{Code, Finding, Location, Request, Severity};
pub use limits::{LimitError, Limits};
pub use prove::Prover;
pub use report::{Report, Verdict};
pub use state::{MergeError, ReachedDigest, State, StrandState};
pub use verify::{show, ParseAddressError, Progress, Shown, Verifier};
