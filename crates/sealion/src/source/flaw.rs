//! Why bytes could not be cut into whole values.

use std::io;
use std::sync::Arc;

use crate::findings::{Code, Finding};

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

    /// The same flaw in the words of the report.
    pub(crate) fn into_finding(self, path: &Arc<str>) -> Finding {
        let offset = self.offset;
        let finding = match self.kind {
            FlawKind::Unreadable(error) => Finding::new(
                Code::Truncated,
                format!("{path} cannot be read beyond byte {offset}: {error}"),
            )
            .remedy("make the file readable and whole, then run again; nothing after this byte was seen"),
            FlawKind::Truncated => Finding::new(
                Code::Truncated,
                format!("{path} ends inside the value that starts at byte {offset}"),
            )
            .remedy("get a whole copy of the file; everything before this byte was used"),
            FlawKind::Limit { name, max } => Finding::new(
                Code::Limit,
                format!("{path}: the value at byte {offset} exceeds the limit {name} = {max}"),
            )
            .remedy(format!(
                "nothing from this byte on was read; if the data is genuine, raise {name} through the library"
            )),
            FlawKind::Malformed { expected, found } => Finding::new(
                Code::Malformed,
                format!("{path}: expected {expected} at byte {offset}, found {found}"),
            )
            .remedy("compare with another copy of the file; what could not be read was not checked"),
        };
        finding.source(path, Some(offset))
    }
}
