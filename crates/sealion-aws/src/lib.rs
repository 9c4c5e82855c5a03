//! How sealion reaches AWS: credentials, region and endpoints, resolved as the `aws` command
//! resolves them, and a private runtime on which requests run.
//!
//! Whoever calls it needs no async code: a [`Connection`] keeps its threads to itself.
//!
//! Whoever answers may be anybody, and mean harm. No redirect is followed, because credentials would go along;
//! every answer has a bound on its bytes and on its time. What is beyond that is [`Unfit`].

#![forbid(unsafe_code)]

mod background;
mod connection;
mod guarded;
mod nesting;
mod patience;
mod said;
mod unfit;
mod watched;

pub use background::Task;
pub use connection::{Connection, Settings};
pub use guarded::{Final, Guarded};
pub use patience::Patience;
pub use said::{among, said, shortened, NO_CREDENTIALS};
pub use unfit::Unfit;
pub use watched::Watched;

/// How often a request is sent at most: once, and four times more after a lost connection, a time-out,
/// throttling or an error of the server.
pub const ATTEMPTS_MAX: u32 = 5;

/// Seconds to wait for a connection before it counts as failed.
pub const CONNECT_SECONDS: u64 = 5;

/// Seconds without a single byte before a connection counts as lost.
pub const SILENT_SECONDS: u64 = 30;

/// Bytes a second that an answer must bring, in every [`SILENT_SECONDS`] of it.
pub const RATE_BYTES_MIN: u64 = 1024;

/// Seconds that an answer may take in all.
pub const ANSWER_SECONDS: u64 = 900;

/// Bytes that an answer of a source of credentials may have.
pub const CREDENTIALS_BYTES_MAX: u64 = 1 << 20;

/// Levels of lists and structs that an answer in JSON may have.
pub const NESTING_MAX: usize = 64;

/// Characters of a server's words that are repeated.
pub const WORDS_CHARACTERS_MAX: usize = 1_000;

/// Requests under way at a time, unless [`Settings::connections`] says otherwise.
pub const CONNECTIONS: usize = 8;
