//! Borders by the Ion reader itself, where no others are certain.
//!
//! Brackets and lengths only propose where a piece may end. Then the reader goes over the piece, under the symbols
//! that it had when it came there, and says whether the last item ends with the last byte and is closed, so that
//! no byte behind it could change it: then a reader of the whole input ends an item there, too. If not, the piece
//! grows. Whatever it takes for a symbol table, however that is spelled, is in force for the next piece, because
//! that begins with what the reader's own table holds. (So every byte is read twice: once for borders, once for
//! values.)

use std::io::Read;

use super::cut_binary::{self, Top, VERSION_MARKER};
use super::cut_text::{skip_blanks, TextScanner};
use super::flaw::{Flaw, FlawKind};
use super::pieces::{context_bytes_max, Cut, Encoding, Part, Pieces, Step};
use super::walk::{walk_within, Room, REFUSED_MAX};
use crate::Limits;

/// How far proposing is.
pub(super) struct Uncut {
    scanner: TextScanner,
    /// Bytes behind the last chunk that were scanned.
    ahead: usize,
    /// Paddings that went by.
    pads: u32,
    /// The piece must be so long, or it would end where no item does.
    pub(super) bytes_min: usize,
}

impl Default for Uncut {
    fn default() -> Uncut {
        Uncut {
            scanner: TextScanner::new(),
            ahead: 0,
            pads: 0,
            bytes_min: 0,
        }
    }
}

impl<R: Read> Pieces<R> {
    pub(super) fn step_uncut(&mut self) -> Result<Step, Flaw> {
        if self.encoding == Encoding::Binary {
            if let Some(step) = self.step_line_feed() {
                return Ok(step);
            }
        }
        let Cut::Uncut(uncut) = &mut self.cut else {
            return Ok(Step::More);
        };
        let limits = &self.limits;
        let place = self.offset + (self.end - self.context) as u64;
        let rest = &self.buffer[self.end..self.filled];
        let found = match self.encoding {
            Encoding::Text => uncut.chunk_of_text(rest, place, limits)?,
            Encoding::Binary => chunk_of_binary(rest, place, limits)?,
        };
        let Some(length) = found else {
            return Ok(Step::More);
        };
        let chunk = &rest[..length];
        if let Some(flaw) = too_long(chunk, self.encoding, place, limits) {
            return Err(flaw);
        }
        // Text has no counts to read beforehand: commas stand for symbols.
        if self.encoding == Encoding::Text && may_be_table(chunk) {
            let commas = memchr::memchr_iter(b',', chunk).count();
            if commas > limits.symbols_max as usize {
                return Err(Flaw::limit(place, "symbols_max", limits.symbols_max.into()));
            }
        }
        if self.encoding == Encoding::Binary && cut_binary::is_pad(chunk) {
            uncut.pads = uncut.pads.saturating_add(1);
            if uncut.pads > limits.pads_max {
                return Err(Flaw::limit(place, "pads_max", limits.pads_max.into()));
            }
        }
        uncut.ahead = 0;
        self.end += length;
        self.ends.push(self.end);
        Ok(Step::Chunk)
    }

    /// What is behind the last chunk is more than a value may be.
    pub(super) fn too_long(&self, rest: &[u8]) -> Option<Flaw> {
        too_long(rest, self.encoding, self.border(), &self.limits)
    }

    /// Whether the chunks so far are a piece: the reader goes over it.
    pub(super) fn confirm(&mut self, last: bool) -> Result<bool, Flaw> {
        let part = Part {
            bytes: &self.buffer[..self.end],
            context: self.context,
            offset: self.offset,
            ends: &self.ends,
            encoding: self.encoding,
            unchecked: Some(&self.limits),
        };
        let room = Room {
            symbols: self.limits.symbols_max as usize,
            bytes: context_bytes_max(&self.limits),
        };
        let walked = walk_within(part, Some(room), |_| {});
        let own = self.end - self.context;
        let Cut::Uncut(uncut) = &mut self.cut else {
            return Ok(true);
        };
        let limits = &self.limits;
        if !walked.closed && !last {
            uncut.bytes_min = own.saturating_mul(2);
            return match own as u64 > limits.value_bytes_max {
                true => Err(Flaw::limit(
                    self.offset,
                    "value_bytes_max",
                    limits.value_bytes_max,
                )),
                false => Ok(false),
            };
        }
        uncut.bytes_min = 0;
        if let Some(excess) = walked.excess {
            // What is before the table that has too many goes out.
            let keep = self.ends.partition_point(|&end| end <= excess);
            self.ends.truncate(keep);
            self.end = self.ends.last().copied().unwrap_or(self.context);
            let max = limits.symbols_max.into();
            let flaw = Flaw::limit(self.border(), "symbols_max", max);
            if self.end == self.context {
                return Err(flaw);
            }
            self.flaw = Some(flaw);
            self.done = true;
            return Ok(true);
        }
        if walked.context.is_some() {
            self.tables = walked.context;
        }
        // Nobody reads on behind so many.
        self.done |= walked.refused >= REFUSED_MAX;
        Ok(true)
    }

    /// What is wrong with the end of the input.
    pub(super) fn uncut_end(&self) -> Option<Flaw> {
        let Cut::Uncut(uncut) = &self.cut else {
            return None;
        };
        let rest = &self.buffer[self.end..self.filled];
        let (whole, blank) = match self.encoding {
            Encoding::Text => (
                uncut.scanner.may_end(),
                rest.len() - skip_blanks(rest).len(),
            ),
            Encoding::Binary => (rest.is_empty(), 0),
        };
        (!whole).then(|| Flaw::new(self.border() + blank as u64, FlawKind::Truncated))
    }
}

impl Uncut {
    /// The length of the chunk that begins there, if all of it does.
    fn chunk_of_text(
        &mut self,
        rest: &[u8],
        place: u64,
        limits: &Limits,
    ) -> Result<Option<usize>, Flaw> {
        let place = place + self.ahead as u64;
        let found = self.scanner.scan(&rest[self.ahead..], place, limits)?;
        let length = found.map(|length| self.ahead + length);
        self.ahead = length.unwrap_or(rest.len());
        Ok(length)
    }
}

fn chunk_of_binary(rest: &[u8], place: u64, limits: &Limits) -> Result<Option<usize>, Flaw> {
    let length = match cut_binary::top(rest, place)? {
        Top::NeedMore => return Ok(None),
        Top::VersionMarker => VERSION_MARKER.len() as u64,
        Top::Value(length) => length,
    };
    let max = limits.value_bytes_max;
    if length > max {
        return Err(Flaw::limit(place, "value_bytes_max", max));
    }
    let length = length as usize;
    Ok((length <= rest.len()).then_some(length))
}

/// Whether a chunk, or the beginning of one, is longer than any may be; blanks and comments before a value have as
/// much room again.
fn too_long(chunk: &[u8], encoding: Encoding, place: u64, limits: &Limits) -> Option<Flaw> {
    let max = limits.value_bytes_max;
    if chunk.len() as u64 <= max || encoding == Encoding::Binary {
        return None;
    }
    let value = skip_blanks(chunk);
    let place = match value {
        [] => place,
        value => place + (chunk.len() - value.len()) as u64,
    };
    let long = value.len() as u64 > max || chunk.len() as u64 > max.saturating_mul(2);
    long.then(|| Flaw::limit(place, "value_bytes_max", max))
}

/// Whether a chunk of text may be a symbol table: only what has an annotation is one, or stands behind a scalar.
fn may_be_table(chunk: &[u8]) -> bool {
    !matches!(skip_blanks(chunk).first(), None | Some(b'{' | b'[' | b'('))
}
