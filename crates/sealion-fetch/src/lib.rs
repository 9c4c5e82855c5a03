//! Digests, blocks and revisions from an endpoint that speaks QLDB's API, each in the JSON that the
//! AWS CLI printed, and verified by [`verify`].
//!
//! AWS ended Amazon QLDB on 31 July 2025. What still speaks its API are private emulations and servers
//! over archives: nothing that they say is trusted here, only a digest that the caller had before.
//!
//! ```no_run
//! use sealion::{Digest, Verifier};
//! use sealion_aws::{Connection, Settings};
//! use sealion_fetch::{verify, Ledger};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let settings = Settings {
//!         endpoint_url: Some("http://localhost:8000".to_owned()),
//!         ..Settings::default()
//!     };
//!     let ledger = Ledger::new(&Connection::open(&settings)?, "boat-registry");
//!     let address = r#"{strandId:"bM2c3VwkJB0gGgHONb2HCp",sequenceNo:3}"#.parse()?;
//!     let tip = r#"{strandId:"bM2c3VwkJB0gGgHONb2HCp",sequenceNo:5}"#.parse()?;
//!     let block = ledger.block(&address, Some(&tip))?;
//!     let digest = Digest::read("digest.json")?; // one that you trust
//!     println!("{}", verify(Verifier::new().against(digest), [&block])?);
//!     Ok(())
//! }
//! ```
//!
//! Shapes, names and errors are those of AWS's service model of QLDB (API version 2019-01-02).

#![forbid(unsafe_code)]

mod agreement;
mod answer;
mod client;
mod error;
mod explain;
mod export;
mod ledger;

pub use agreement::Agreement;
pub use answer::{verify, Answer};
pub use error::Error;
pub use export::Export;
pub use ledger::Ledger;

/// Bytes that an answer may have. The service gave at most 1 MiB of Ion text in one.
pub const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Pages of a listing, of up to 100 entries each, that are read before it counts as endless.
pub const PAGES_MAX: usize = 10_000;

/// The service, as AWS's clients look up its settings.
const SERVICE_ID: &str = "QLDB";
