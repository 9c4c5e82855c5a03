//! stub
#![forbid(unsafe_code)]

pub mod blocks;
mod error;
pub mod findings;
mod limits;
pub mod report;
pub mod source;
mod verify;

pub use blocks::{BlockAddress, Digest, Hash, Proof, StrandId};
pub use error::Error;
pub use findings::{Code, Finding, Location, Severity};
pub use limits::Limits;
pub use report::{Report, Verdict};
pub use verify::{Progress, Verifier};
