//! Why bytes could not be cut into whole values.

use std::io;

/// What ended the reading of an input early, and where.
#[derive(Debug)]
pub(crate) struct Flaw {
    /// Bytes from the start of the decompressed input.
    pub(crate) offset: u64,
    pub(crate) kind: FlawKind,
}

#[derive(Debug)]
pub(crate) enum FlawKind {
    /// The system, or the decompressor, refused.
    Unreadable(io::Error),
    /// The input ends inside the value that starts at the offset.
    Truncated,
    /// A named limit is exceeded.
    Limit { name: &'static str, max: u64 },
    /// One value exceeds a named limit; what follows it can be read.
    TooMuch {
        name: &'static str,
        expected: String,
        found: String,
    },
    /// Not what it must be.
    Malformed { expected: String, found: String },
}

impl Flaw {
    pub(crate) fn new(offset: u64, kind: FlawKind) -> Flaw {
        Flaw { offset, kind }
    }

    pub(crate) fn limit(offset: u64, name: &'static str, max: u64) -> Flaw {
        Flaw::new(offset, FlawKind::Limit { name, max })
    }

    pub(crate) fn malformed(
        offset: u64,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Flaw {
        Flaw::new(
            offset,
            FlawKind::Malformed {
                expected: expected.into(),
                found: found.into(),
            },
        )
    }
}
