//! Journal streams in Kinesis, as an [`Archive`](sealion::source::Archive) of sealion.
//!
//! ```no_run
//! use sealion::{Digest, Verifier};
//! use sealion_aws::{Connection, Settings};
//! use sealion_kinesis::Kinesis;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let connection = Connection::open(&Settings::default())?;
//!     let archive = Kinesis::open(&connection, "kinesis://ledger", |_| {})?;
//!     let digest = Digest::read("digest.json")?; // one that you trust
//!     println!("{}", Verifier::new().against(digest).verify(&archive)?);
//!     Ok(())
//! }
//! ```
//!
//! Every shard is an object: its records from the oldest that Kinesis still has (`TRIM_HORIZON`) to
//! the end of the shard, or to the tip of the stream. It has the form that `aws kinesis get-records`
//! prints, one record a line, in which a KPL aggregate stays as it was. What Kinesis dropped, because
//! its retention period was over, is not there; the blocks it held are then missing from the journal,
//! which a verification says.
//!
//! Each shard is read once, into a temporary file that vanishes with the archive: Kinesis gives two
//! megabytes a second of a shard, so all are read at the same time, and a second look must see the same
//! records. Memory holds one answer, at most 10 MiB of records, for each connection.
//!
//! What is answered must go on: a record, an iterator or a page that comes again is an error, and so is an answer
//! that lacks what tells whether more follows. No redirect is followed, and every answer has a bound on its bytes
//! and on its time.
//!
//! Sources: Kinesis Data Streams API reference, "GetRecords", "GetShardIterator", "ListShards"; Kinesis
//! Data Streams Developer Guide, "Quotas and limits", "Resharding a stream".

#![forbid(unsafe_code)]

mod archive;
mod client;
mod explain;
mod kept;
mod listing;
mod name;
mod read;

pub use archive::{Kinesis, Received};
pub use name::{ParseStreamError, Stream};

/// Seconds without any answer but "too many requests" after which reading is given up. Others may be
/// reading the same stream: a shard answers five requests and two megabytes a second, to all together.
pub const THROTTLED_SECONDS: u64 = 300;

/// How often in a row an iterator that expired is asked for anew.
pub const RENEWALS_MAX: u32 = 5;

/// Answers in a row without any record, and not at the tip, after which a shard is given up. Where
/// records are rare Kinesis answers without some, and each answer moves on.
pub const EMPTY_MAX: u32 = 10_000;

/// Bytes that an answer may have: 10 MiB of records in base64, and what goes with 10,000 of them.
pub const ANSWER_BYTES_MAX: u64 = 32 << 20;
