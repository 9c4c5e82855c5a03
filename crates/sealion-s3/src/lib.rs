//! Journal exports in S3, as an [`Archive`](sealion::source::Archive) of sealion.
//!
//! ```no_run
//! use sealion::{Digest, Verifier};
//! use sealion_aws::{Connection, Settings};
//! use sealion_s3::S3;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let connection = Connection::open(&Settings::default())?;
//!     let archive = S3::open(&connection, "s3://archive/ledger/", |_| {})?;
//!     let digest = Digest::read("digest.json")?; // one that you trust
//!     println!("{}", Verifier::new().against(digest).verify(&archive)?);
//!     Ok(())
//! }
//! ```
//!
//! The listing is taken once, when the archive is opened. Each object is held to it: if its entity
//! tag or size is another when it is read, that is an error and not a mixture of two states.
//!
//! A listing is whole or an error: each page must say whether another one follows, and bring keys in rising order
//! under the prefix. No redirect is followed, and every answer has a bound on its bytes and on its time.
//!
//! Bytes are read ahead, in parts and over several connections, because one connection is slower
//! than hashing. How far is bounded: see [`PART_BYTES`], [`HEAD_BYTES`] and
//! [`Settings::connections`](sealion_aws::Settings::connections).

#![forbid(unsafe_code)]

mod ahead;
mod archive;
mod buffers;
mod credentials;
mod explain;
mod fetch;
mod http;
mod listing;
mod order;
mod page;
mod reader;
mod url;

pub use archive::S3;
pub use listing::Listed;
pub use url::{ParseUrlError, S3Url};

/// Bytes of the first part of an object. It is enough to tell what most objects are, and holds small
/// ones whole; of the objects that follow, as much is asked for ahead.
pub const HEAD_BYTES: u64 = 128 << 10;

/// Bytes of every further part. One object has as many parts under way as there are connections, at
/// most 8, so memory stays below 20 MiB for an object being read.
pub const PART_BYTES: u64 = 2 << 20;

/// Bytes that a page of a listing may have: 1,000 keys of 1,024 bytes, escaped, and what goes with them.
pub const LISTING_BYTES_MAX: u64 = 8 << 20;

/// Bytes that an error of S3 may have.
pub const ERROR_BYTES_MAX: u64 = 64 << 10;

/// Keys that a listing may have; objects are held in memory.
pub const OBJECTS_MAX: usize = 5_000_000;
