//! How sealion reaches AWS: credentials, region and endpoints, resolved as the `aws` command
//! resolves them, and a private runtime on which requests run.
//!
//! Whoever calls it needs no async code: a [`Connection`] keeps its threads to itself.

#![forbid(unsafe_code)]

mod background;
mod connection;
mod said;

pub use background::Task;
pub use connection::{Connection, Settings};
pub use said::{said, NO_CREDENTIALS};

/// How often a request is sent at most: once, and four times more after a lost connection, a time-out,
/// throttling or an error of the server.
pub const ATTEMPTS_MAX: u32 = 5;

/// Seconds to wait for a connection before it counts as failed.
pub const CONNECT_SECONDS: u64 = 5;

/// Seconds without a single byte before a connection counts as lost.
pub const SILENT_SECONDS: u64 = 30;

/// Requests under way at a time, unless [`Settings::connections`] says otherwise.
pub const CONNECTIONS: usize = 8;
