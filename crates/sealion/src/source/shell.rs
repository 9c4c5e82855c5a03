//! Rows as the QLDB shell printed them: joined by commas, and counted in a line behind the last one.
//!
//! ```text
//! {blockAddress:{…},hash:{{…}},data:{…},metadata:{…}},
//! {blockAddress:{…},hash:{{…}},data:{…},metadata:{…}}
//! 2 documents in bag (read-ios: 4, server-time: 9ms, total-time: 31ms)
//! ```
//!
//! At top level neither is Ion, so both are blanked out before the Ion reader sees them; every other byte stays
//! where it is. What the shell counted is held to what is there.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::cut_text::TextScanner;
use super::flaw::Flaw;
use crate::Limits;

/// Bytes read at a time.
const READ_BYTES: usize = 32 << 10;

/// Bytes of a line that counts rows, at most.
const COUNT_LINE_MAX: usize = 256;

/// Where rows and their count do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Miscount {
    /// The shell counted so many rows in the line at this offset, and others are there.
    Counted {
        offset: u64,
        counted: String,
        found: u64,
    },
    /// Behind the comma at this offset no row follows.
    Open { offset: u64 },
}

impl From<Miscount> for Flaw {
    fn from(miscount: Miscount) -> Flaw {
        match miscount {
            Miscount::Counted {
                offset,
                counted,
                found,
            } => {
                let expected = format!(
                    "{counted} rows before this line, in which the QLDB shell counted them"
                );
                Flaw::malformed(offset, expected, found.to_string())
            }
            Miscount::Open { offset } => {
                Flaw::malformed(offset, "a row behind this comma", "the end")
            }
        }
    }
}

/// What did not agree, known once all is read. Only the first is kept.
pub(crate) type Miscounts = Arc<Mutex<Option<Miscount>>>;

/// An input of Ion text without what the shell put between rows.
pub(crate) struct ShellRows<R> {
    input: R,
    limits: Limits,
    scanner: TextScanner,
    /// Bytes of the input that are not given yet; those up to `ready` may be.
    held: Vec<u8>,
    ready: usize,
    /// Where `held` lies in the input.
    offset: u64,
    place: Place,
    /// Rows since the last count.
    rows: u64,
    comma: Option<u64>,
    ended: bool,
    /// Something is in the text that is not scanned further: all of the rest is given as it is.
    plain: bool,
    miscounts: Miscounts,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a value, or before the first one.
    Value,
    /// Behind a row.
    Behind,
    /// Behind a row and its comma, or behind a count.
    Next,
}

impl<R: Read> ShellRows<R> {
    pub(crate) fn new(input: R, limits: &Limits) -> ShellRows<R> {
        ShellRows {
            input,
            limits: limits.clone(),
            scanner: TextScanner::new(),
            held: Vec::new(),
            ready: 0,
            offset: 0,
            place: Place::Value,
            rows: 0,
            comma: None,
            ended: false,
            plain: false,
            miscounts: Miscounts::default(),
        }
    }

    /// The input as it is.
    pub(crate) fn into_inner(self) -> R {
        self.input
    }

    /// Where it will be said what did not agree.
    pub(crate) fn miscounts(&self) -> Miscounts {
        self.miscounts.clone()
    }

    fn say(&self, miscount: Miscount) {
        let mut said = self
            .miscounts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        said.get_or_insert(miscount);
    }

    /// Looks at all bytes held that can be told by what is at hand.
    fn advance(&mut self) {
        while !self.plain && self.ready < self.held.len() {
            let at = self.offset + self.ready as u64;
            if self.place == Place::Value {
                let scanned = self
                    .scanner
                    .scan(&self.held[self.ready..], at, &self.limits);
                match scanned {
                    Ok(Some(end)) => {
                        self.ready += end;
                        self.place = Place::Behind;
                        self.rows += 1;
                    }
                    Ok(None) => self.ready = self.held.len(),
                    // Who reads behind us meets the same, and says so.
                    Err(_) => self.plain = true,
                }
            } else if !self.between(at) {
                return;
            }
        }
        if self.plain {
            self.ready = self.held.len();
        }
    }

    /// One step between rows; false if more bytes are needed.
    fn between(&mut self, at: u64) -> bool {
        match self.held[self.ready] {
            b' ' | b'\t' | b'\n' | b'\r' => self.ready += 1,
            b',' if self.place == Place::Behind => {
                self.held[self.ready] = b' ';
                self.ready += 1;
                self.place = Place::Next;
                self.comma = Some(at);
            }
            b'0'..=b'9' => return self.count_line(at),
            _ => {
                self.place = Place::Value;
                self.comma = None;
            }
        }
        true
    }

    /// Blanks out a line that counts rows, if it is one.
    fn count_line(&mut self, at: u64) -> bool {
        let rest = &self.held[self.ready..];
        let end = rest.iter().position(|byte| *byte == b'\n');
        let whole = end.is_some() || self.ended || rest.len() > COUNT_LINE_MAX;
        if !whole {
            return false;
        }
        let length = end.unwrap_or(rest.len());
        let Some(counted) = counted(&rest[..length]) else {
            self.place = Place::Value;
            self.comma = None;
            return true;
        };
        if counted.trim_start_matches('0') != self.rows.to_string().trim_start_matches('0') {
            let counted = counted.to_owned();
            let found = self.rows;
            self.say(Miscount::Counted {
                offset: at,
                counted,
                found,
            });
        }
        self.held[self.ready..self.ready + length].fill(b' ');
        self.ready += length;
        self.rows = 0;
        self.place = Place::Next;
        true
    }
}

/// The digits of `N documents in bag (…)`.
fn counted(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?.trim_end();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at(digits);
    let rest = rest
        .strip_prefix(" documents in bag")
        .or_else(|| rest.strip_prefix(" document in bag"))?;
    let rest = rest.trim();
    let told = rest.is_empty() || rest.starts_with('(') && rest.ends_with(')');
    (line.len() <= COUNT_LINE_MAX && told).then_some(number)
}

impl<R: Read> Read for ShellRows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.ready == 0 {
            if self.ended {
                if let (Place::Next, Some(offset)) = (self.place, self.comma.take()) {
                    self.say(Miscount::Open { offset });
                }
                return Ok(0);
            }
            let before = self.held.len();
            self.held.resize(before + READ_BYTES, 0);
            let count = self.input.read(&mut self.held[before..]);
            self.held.truncate(before + *count.as_ref().unwrap_or(&0));
            self.ended = count? == 0;
            self.advance();
        }
        let count = buffer.len().min(self.ready);
        buffer[..count].copy_from_slice(&self.held[..count]);
        self.held.drain(..count);
        self.ready -= count;
        self.offset += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives few bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(buffer.len()).min(self.1);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn rows(text: &str) -> (String, Option<Miscount>) {
        let mut told = Vec::new();
        for step in [1, 2, 7, 1 << 20] {
            let mut rows = ShellRows::new(Trickle(text.as_bytes(), step), &Limits::default());
            let miscounts = rows.miscounts();
            let mut out = String::new();
            rows.read_to_string(&mut out).unwrap();
            assert_eq!(out.len(), text.len());
            let miscount = miscounts.lock().unwrap().clone();
            told.push((out, miscount));
        }
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        told.swap_remove(0)
    }

    #[test]
    fn commas_and_counts_between_rows_are_blank() {
        let text = "{a:\"},{\"},\n{b:'},{',c:[1,2]}\n2 documents in bag (read-ios: 0, x: 1ms)\n{d:1}\r\n1 document in bag\r\n0 documents in bag";
        let (out, miscount) = rows(text);
        let expected = format!(
            "{{a:\"}},{{\"}} \n{{b:'}},{{',c:[1,2]}}\n{}\n{{d:1}}\r\n{}\n{}",
            " ".repeat(40),
            " ".repeat(18),
            " ".repeat(18)
        );
        assert_eq!((out, miscount), (expected, None));
    }

    #[test]
    fn all_else_stays_as_it_is() {
        for text in [
            "",
            "{a:1} {b:2}",
            "{a:1},,{b:2}",
            ",{a:1}",
            "5, {a:1}",
            "{a:1} 2 documents",
            "{a:1} 2 documents in bags",
            "{a:1} 2 documents in bag of x",
            "{a:1} 2020-01-01T {b:2}",
            "{a:1} /* , */ {b:2}",
        ] {
            let (out, _) = rows(text);
            let one = text.replacen("},,", "} ,", 1);
            assert_eq!(out, one);
        }
    }

    #[test]
    fn a_count_that_is_not_that_of_the_rows_is_told() {
        for (text, counted, found, offset) in [
            ("{a:1},\n{b:2}\n3 documents in bag", "3", 2, 13),
            ("{a:1}\n0 documents in bag", "0", 1, 6),
            ("{a:1}\n1 document in bag\n1 document in bag", "1", 0, 24),
        ] {
            let counted = counted.to_owned();
            let miscount = Miscount::Counted {
                offset,
                counted,
                found,
            };
            assert_eq!(rows(text).1, Some(miscount), "{text}");
        }
        assert_eq!(rows("{a:1},\n").1, Some(Miscount::Open { offset: 5 }));
        assert_eq!(rows("{a:1},\n{").1, None);
    }
}
