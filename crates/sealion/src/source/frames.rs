//! A file of Kinesis records, one behind the other, some or all of them aggregates of the Kinesis Producer Library.
//!
//! An aggregate does not say how long it is. It ends where its MD5 checksum fits and the next record begins (or the
//! file ends), so no border is guessed: a place where the sum does not fit is none. Plain records begin with the Ion
//! version marker and are as long as their values say. A line feed may follow each, as Firehose writes it.

use std::io::Read;

use super::cut_binary::{top, Top, VERSION_MARKER};
use super::flaw::{Flaw, FlawKind};
use super::kpl;
use crate::Limits;

/// Bytes of one record, at most. Kinesis takes 1 MB.
const RECORD_BYTES_MAX: usize = 8 << 20;

/// Places that are tried behind damage, in all of a file: each may have to be looked at over the length of a record.
const TRIES_MAX: usize = 64;

/// Bytes read at a time.
const READ_BYTES: usize = 256 << 10;

/// Whether a file starts with records of which one, as far as the head tells, is an aggregate.
pub(crate) fn has_aggregates(head: &[u8]) -> bool {
    if !begins(head) {
        return false;
    }
    let mut at = 0;
    loop {
        let rest = &head[at..];
        if rest.starts_with(&kpl::MAGIC) {
            return true;
        }
        let feed = usize::from(at > 0 && rest.first() == Some(&b'\n') && begins(&rest[1..]));
        at += match top(&rest[feed..], 0) {
            _ if feed == 1 => 1,
            Ok(Top::VersionMarker) => VERSION_MARKER.len(),
            Ok(Top::Value(length)) if length < rest.len() as u64 => length as usize,
            _ => return false,
        };
    }
}

/// Whether a record begins here.
fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(&kpl::MAGIC) || bytes.starts_with(&VERSION_MARKER)
}

/// The records of a file, each with its offset, and what is damaged between them.
pub(crate) struct Frames<R> {
    input: R,
    record_max: usize,
    buffer: Vec<u8>,
    /// Where `buffer` lies in the input.
    offset: u64,
    at_eof: bool,
    tries: usize,
    /// The input could not be read on.
    broken: Option<Flaw>,
    done: bool,
}

/// What stands at the start of some bytes.
enum Start {
    /// A record of so many bytes.
    Record(usize),
    Damaged(String),
    /// More than is at hand.
    NeedMore,
}

impl<R: Read> Frames<R> {
    pub(crate) fn new(input: R, limits: &Limits) -> Frames<R> {
        let max = usize::try_from(limits.value_bytes_max).unwrap_or(usize::MAX);
        Frames {
            input,
            record_max: max.min(RECORD_BYTES_MAX),
            buffer: Vec::new(),
            offset: 0,
            at_eof: false,
            tries: TRIES_MAX,
            broken: None,
            done: false,
        }
    }

    fn fill(&mut self, length: usize) {
        while self.buffer.len() < length && !self.at_eof {
            let before = self.buffer.len();
            let more = READ_BYTES.min(length - before);
            let read = (&mut self.input)
                .take(more as u64)
                .read_to_end(&mut self.buffer);
            let got = self.buffer.len() - before;
            self.at_eof = got < more;
            if let Err(error) = read {
                let end = self.offset + self.buffer.len() as u64;
                self.broken = Some(Flaw::new(end, FlawKind::Unreadable(error)));
                self.at_eof = true;
            }
        }
    }

    fn drop_front(&mut self, length: usize) {
        self.buffer.drain(..length);
        self.offset += length as u64;
    }

    /// What stands at `at`, with as many bytes at hand as that takes.
    fn start(&mut self, at: usize) -> Start {
        let mut wanted = READ_BYTES;
        loop {
            // What follows a record is a part of where it ends.
            self.fill(at + wanted + VERSION_MARKER.len() + 1);
            match record(&self.buffer[at..], self.at_eof, self.record_max) {
                Start::NeedMore if !self.at_eof && wanted < self.record_max => {
                    wanted = (2 * wanted).min(self.record_max);
                }
                start => return start,
            }
        }
    }

    fn try_next(&mut self) -> Result<Option<(u64, Vec<u8>)>, Flaw> {
        self.fill(VERSION_MARKER.len() + 1);
        let ended = self.at_eof && self.buffer.len() == 1;
        if self.offset > 0
            && self.buffer.first() == Some(&b'\n')
            && (ended || begins(&self.buffer[1..]))
        {
            self.drop_front(1);
            self.fill(VERSION_MARKER.len());
        }
        if self.buffer.is_empty() {
            self.done = true;
            return Ok(None);
        }
        let why = match self.start(0) {
            Start::Record(length) => {
                let at = self.offset;
                let record = self.buffer[..length].to_vec();
                self.drop_front(length);
                return Ok(Some((at, record)));
            }
            Start::Damaged(why) => why,
            Start::NeedMore if self.at_eof => "one that is cut off".to_owned(),
            Start::NeedMore => {
                self.done = true;
                let max = self.record_max as u64;
                return Err(match max < RECORD_BYTES_MAX as u64 {
                    true => Flaw::limit(self.offset, "value_bytes_max", max),
                    false => self.damage("one longer than Kinesis takes"),
                });
            }
        };
        let flaw = self.damage(&why);
        match self.find_next() {
            true => Err(flaw),
            false => Err(Flaw {
                offset: flaw.offset,
                ..self.damage(format!("{why}; too much is damaged to go on behind it"))
            }),
        }
    }

    fn damage(&self, why: impl Into<String>) -> Flaw {
        let expected = "a Kinesis record, plain or an aggregate of the Kinesis Producer Library";
        Flaw::malformed(self.offset, expected, why)
    }

    /// Goes to the next aggregate behind damage: its own checksum says that it is one. False: it was given up.
    fn find_next(&mut self) -> bool {
        let mut from = 1;
        loop {
            self.fill(from + READ_BYTES);
            let next = memchr::memmem::find(&self.buffer[from..], &kpl::MAGIC);
            let Some(next) = next.map(|at| at + from) else {
                // The mark may lie across the end of what is at hand.
                let passed = self.buffer.len().saturating_sub(kpl::MAGIC.len() - 1);
                if self.at_eof {
                    self.drop_front(self.buffer.len());
                    return true;
                }
                self.drop_front(passed);
                from = 0;
                continue;
            };
            if self.tries == 0 {
                self.done = true;
                return false;
            }
            self.tries -= 1;
            if matches!(self.start(next), Start::Record(_)) {
                self.drop_front(next);
                return true;
            }
            self.drop_front(next);
            from = 1;
        }
    }
}

fn record(bytes: &[u8], at_eof: bool, max: usize) -> Start {
    // At the end of a file that was cut, what begins may be less than its mark.
    let mark = |bytes: &[u8]| {
        let cut = |mark: &[u8]| at_eof && mark.starts_with(bytes);
        begins(bytes) || cut(&kpl::MAGIC) || cut(&VERSION_MARKER)
    };
    let ends = |behind: &[u8]| mark(behind) || behind.strip_prefix(b"\n").is_some_and(mark);
    if bytes.starts_with(&kpl::MAGIC) {
        let longest = max.min(bytes.len());
        return match kpl::frame_length(bytes, longest, ends) {
            Ok(Some(length)) => Start::Record(length),
            Ok(None) if longest < max || longest < bytes.len() => Start::NeedMore,
            // What is at hand may end within a field.
            Err(_) if !at_eof && bytes.len() < max => Start::NeedMore,
            _ => Start::Damaged("a damaged one: its MD5 checksum fits nowhere".to_owned()),
        };
    }
    if !bytes.starts_with(&VERSION_MARKER) {
        return Start::Damaged("something else".to_owned());
    }
    let mut at = VERSION_MARKER.len();
    loop {
        let rest = &bytes[at..];
        // A marker alone is a record that was cut.
        if at > VERSION_MARKER.len() && ends(rest) {
            return Start::Record(at);
        }
        match top(rest, 0) {
            Ok(Top::VersionMarker) if at == VERSION_MARKER.len() => {
                return Start::Damaged("one without a value".to_owned())
            }
            Ok(Top::Value(length)) if length <= rest.len() as u64 => at += length as usize,
            Ok(Top::Value(_) | Top::NeedMore) => return Start::NeedMore,
            Ok(Top::VersionMarker) => return Start::Record(at),
            Err(_) => return Start::Damaged("a value that is no Ion".to_owned()),
        }
    }
}

impl<R: Read> Iterator for Frames<R> {
    type Item = Result<(u64, Vec<u8>), Flaw>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match self.done {
            true => Ok(None),
            false => self.try_next(),
        };
        // What came before a place that cannot be read is given first.
        next.transpose().or_else(|| self.broken.take().map(Err))
    }
}

#[cfg(test)]
#[path = "frames/tests.rs"]
mod tests;
