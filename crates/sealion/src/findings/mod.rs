//! STAGE 4: the only place where what a file claims meets what we recomputed.

mod code;
mod finding;

pub use code::{Code, Severity};
pub(crate) use finding::Findings;
pub use finding::{Finding, Location};
