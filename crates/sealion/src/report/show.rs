//! What files claim, as pages for a person. Nothing here is recomputed.
//!
//! A page fits on a screen or two, whatever the file's size: lists show their
//! first items and say how many more there are, long texts are cut and say so.
//! All text from the inputs goes through [`Safe`].

mod block;
mod bundle;
mod evidence;

use std::fmt::{Display, Write as _};

use ion_rs::{v1_0, IonType, TextFormat};

use super::text::Safe;
use crate::blocks::claim::RecordedHash;
use crate::blocks::read::Node;
use crate::escape::Lines;

/// The first line of all that is shown.
pub(crate) const NOTHING_VERIFIED: &str =
    "NOTHING WAS VERIFIED. This is what the input says of itself; `sealion verify` checks it.\n";

/// Items that are printed of one list.
const LISTED_MAX: usize = 8;

/// Characters printed of a statement, or of data in one line.
const SHORT_MAX: usize = 160;

/// Lines printed of data that is written over several.
const LINES_MAX: usize = 40;

/// The width of the column of labels, in characters.
const LABEL_WIDTH: usize = 14;

/// Labelled lines about one file.
#[derive(Default)]
pub(crate) struct Sheet(String);

impl Sheet {
    /// The lines, under the name of the file.
    pub(crate) fn under(name: &str, sheets: &[Sheet]) -> String {
        let mut page = format!("\n{}\n", Safe(name));
        page.extend(sheets.iter().map(|sheet| sheet.0.as_str()));
        page
    }

    /// One line; without a label it goes on from the line before.
    pub(crate) fn line(&mut self, label: &str, text: impl Display) {
        let text = text.to_string();
        // Writing to a string cannot fail.
        let _ = writeln!(
            Lines::new(&mut self.0),
            "  {label:<LABEL_WIDTH$}{}",
            Safe(&text)
        );
    }

    /// A line above the ones that belong together.
    pub(crate) fn heading(&mut self, words: &str) {
        let _ = writeln!(Lines::new(&mut self.0), "\n  {words}");
    }

    /// The first `max` items, each on a line, and how many more there are.
    fn list(&mut self, label: &str, items: impl ExactSizeIterator<Item = String>, max: usize) {
        let more = items.len().saturating_sub(max);
        for (index, item) in items.take(max).enumerate() {
            self.line(if index == 0 { label } else { "" }, item);
        }
        if more > 0 {
            self.line("", format!("… and {more} more"));
        }
    }

    /// Text that has lines of its own, cut after the first of them.
    fn lines(&mut self, label: &str, text: &str) {
        for (index, line) in text.lines().take(LINES_MAX).enumerate() {
            self.line(if index == 0 { label } else { "" }, line);
        }
        match text.lines().count().saturating_sub(LINES_MAX) {
            0 => {}
            more => self.line("", format!("… and {more} more lines")),
        }
    }
}

/// A hash as recorded, or why it is none.
fn hash_words(recorded: &RecordedHash) -> String {
    match (recorded.hash, recorded.length) {
        (Some(hash), _) => hash.to_string(),
        (None, 0) => "empty".to_owned(),
        (None, length) => format!("{length} bytes, and a hash has 32"),
    }
}

/// The start of a text that may be long, on one line.
fn short(text: &str) -> String {
    let mut characters = text.chars();
    let mut start: String = characters.by_ref().take(SHORT_MAX).collect();
    match characters.count() {
        0 => start,
        more => {
            let _ = write!(start, "… ({more} characters more)");
            start
        }
    }
}

/// A value on one line: as it was written, if that is one line of text.
fn in_line(node: &Node<'_>) -> String {
    if let (IonType::String, Ok(text)) = (node.ion_type(), node.text()) {
        return text;
    }
    let written = node
        .written()
        .filter(|text| !text.contains(char::is_control));
    match written {
        Some(text) => text.to_owned(),
        None => ion_text(node, TextFormat::Compact),
    }
}

/// A timestamp as it was written; in binary, in the usual spelling.
pub(crate) fn time_words(node: &Node<'_>) -> String {
    let words = in_line(node);
    match words.strip_suffix("+00:00") {
        Some(start) => format!("{start}Z"),
        None => words,
    }
}

/// A value as Ion text.
fn ion_text(node: &Node<'_>, format: TextFormat) -> String {
    let written = node.element().map(|element| {
        let config = v1_0::Text.with_format(format);
        element.encode_as(config).map_err(|error| error.to_string())
    });
    match written {
        Ok(Ok(text)) => text.trim_end().to_owned(),
        Ok(Err(error)) => format!("cannot be written as text: {error}"),
        Err(unfit) => format!("expected {}, found {}", unfit.expected, unfit.found),
    }
}
