//! Servers to test against. Unpublished.
//!
//! - [`qldb`]: QLDB's API over a made ledger, which may be told to answer wrongly;
//! - [`s3`]: S3 over a folder, whose sub-folders are buckets; signatures are checked;
//! - [`kinesis`]: a stream of made shards, with the troubles of a real one;
//! - [`hostile`]: any answer that a test says, as no honest server gives it;
//! - [`proxy`]: a connection that is slow, or breaks, or counts.
//!
//! Each runs on threads of its own until the process ends.

#![forbid(unsafe_code)]

pub mod hostile;
pub mod kinesis;
pub mod proxy;
pub mod qldb;
pub mod s3;

use std::net::SocketAddr;

/// The access key that servers here accept.
pub const KEY_ID: &str = "AKIDSEALIONTEST";
/// Its secret.
pub const SECRET: &str = "a/secret+that+no+output+may+show";

/// `http://127.0.0.1:PORT`.
#[must_use]
pub fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// A runtime for one server, and the port it listens on: `port`, or a free one for 0.
fn listen(port: u16) -> std::io::Result<(tokio::runtime::Runtime, tokio::net::TcpListener)> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", port)))?;
    Ok((runtime, listener))
}
