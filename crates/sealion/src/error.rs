//! Could not check. Whether something *is wrong* is a finding, never an error.

use std::io;

use crate::output::Occupied;

/// Why a check could not even start, or had to stop.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An input that was named cannot be opened or listed.
    #[error("cannot read {path}: {source}")]
    Io {
        /// The input, as it was named.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A result cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file, as it was named.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A result is not written, because of what is there.
    #[error("cannot write {path}: {why}")]
    Occupied {
        /// The file, as it was named.
        path: String,
        /// What was expected, what was found.
        why: Occupied,
    },
    /// A file that should hold a digest holds none.
    #[error("{path} holds no digest: {reason}")]
    NoDigest {
        /// The file, as it was named.
        path: String,
        /// What was found instead.
        reason: String,
    },
    /// A file that should hold a state holds none, or a damaged one.
    #[error("{path} holds no state: {reason}")]
    NoState {
        /// The file, as it was named.
        path: String,
        /// What was expected, what was found.
        reason: String,
    },
    /// Inputs are read twice, and were not the same the second time.
    #[error("the inputs changed while they were read, so what was handed over is not what was verified: do not rely on it, and run again on files that nobody writes to")]
    Changed,
    /// A file does not hold what was asked of it.
    #[error("{path}: {reason}")]
    Unsuitable {
        /// The file, as it was named.
        path: String,
        /// What was expected, what was found.
        reason: String,
    },
    /// The system refused a thread or a temporary file.
    #[error("cannot {what}: {source}")]
    System {
        /// What was asked of the system.
        what: &'static str,
        /// What it said.
        #[source]
        source: io::Error,
    },
}
