//! An input that could not be read to its end, in the words of the report.

use std::io;
use std::sync::Arc;

use super::code::Code;
use super::finding::Finding;
use crate::source::{Flaw, FlawKind};

/// The finding that says what ended the reading of an input.
pub(crate) fn flaw_finding(flaw: Flaw, path: &Arc<str>) -> Finding {
    let offset = flaw.offset;
    let finding = match flaw.kind {
        FlawKind::Unreadable(error) if offset == 0 && !is_damage(&error) => Finding::new(
            Code::Unreadable,
            format!("{path} cannot be read: {error}"),
        )
        .remedy("make it readable, then run again; nothing of it was seen"),
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
            "nothing from this byte on was read; if the data is genuine, raise the limit: --limit {name}=N"
        )),
        FlawKind::TooMuch { name, expected, found } => Finding::new(
            Code::Limit,
            format!("{path}: expected {expected} at byte {offset}, found {found}"),
        )
        .remedy(format!(
            "this value was not used; if the data is genuine, raise the limit: --limit {name}=N"
        )),
        FlawKind::Malformed { expected, found } => Finding::new(
            Code::Malformed,
            format!("{path}: expected {expected} at byte {offset}, found {found}"),
        )
        .remedy("compare with another copy of the file; what could not be read was not checked"),
    };
    finding.source(path, Some(offset))
}

/// Whether it is the content that cannot be read: a compressed file that is cut off, or not one at all.
fn is_damage(error: &io::Error) -> bool {
    let damage = [io::ErrorKind::UnexpectedEof, io::ErrorKind::InvalidData];
    damage.contains(&error.kind())
}
