//! Why nothing is written to a place.

use super::Replaces;

/// Why nothing is written to a place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Occupied {
    /// Another file than what may be replaced is there.
    #[error("expected {}, found another file", .0.expected())]
    Foreign(Replaces),
    /// A symbolic link is there; nothing is written through one.
    #[error("expected a file, found a symbolic link")]
    Link,
    /// What is there is no file.
    #[error("expected a file, found {0}")]
    NoFile(&'static str),
    /// It is this one, which the run reads, be it by another name.
    #[error("it is what this run reads: {0}")]
    Read(String),
    /// It lies in this directory, all of which the run reads.
    #[error("it lies in {0}, which this run reads")]
    Within(String),
    /// Another result of the run goes there.
    #[error("another result of this run goes there")]
    Twice,
}
