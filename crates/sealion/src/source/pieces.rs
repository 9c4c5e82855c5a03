//! Cuts an input into pieces of whole top-level values, with their offsets.
//!
//! The values of all pieces are those of one Ion reader over the whole input. As long as there is nothing but what
//! QLDB writes at top level, the borders are known for certain ([`exact_text`](super::exact_text),
//! [`exact_binary`](super::exact_binary)). From the first border on behind which something else stands, and from
//! the start if that is asked for, the reader itself goes over everything, and the borders are its own
//! ([`uncut`](super::uncut)). A piece can be read on its own: it starts with the symbols that are in force where it
//! begins. Memory follows the largest value, never the input.

use std::io::{self, Read};

use super::cut_binary::{is_pad, VERSION_MARKER};
use super::exact_binary::{plain, table, Plain};
use super::exact_text::{Exact, Found};
use super::flaw::{Flaw, FlawKind};
use super::spare;
use super::uncut::Uncut;
use super::walk::{walk, Seen, Walked};
use crate::Limits;

/// Bytes read at a time beyond what a piece wants.
const READ_BYTES: usize = 32 << 10;

/// Bytes of symbol tables in force that a piece may start with, for each symbol that one
/// table may have. Pieces are at least as long as what they start with, so the tables are
/// read no more often than the values, but memory follows them.
const CONTEXT_BYTES_A_SYMBOL: usize = 4;

/// Bytes of symbol tables in force that a piece may start with.
pub(super) fn context_bytes_max(limits: &Limits) -> usize {
    (limits.symbols_max as usize).saturating_mul(CONTEXT_BYTES_A_SYMBOL)
}

/// Several whole top-level values.
#[derive(Debug)]
pub(crate) struct Piece {
    /// Symbol tables in force (`context` bytes), then the values.
    pub(crate) bytes: Vec<u8>,
    /// How many bytes at the start are symbol tables from earlier in the input.
    pub(crate) context: usize,
    /// Where `bytes[context]` lies in the decompressed input.
    pub(crate) offset: u64,
    /// Ends of chunks, as indexes into `bytes`: of each value, or in text of all up to the end of a container.
    pub(crate) ends: Vec<usize>,
    pub(crate) encoding: Encoding,
    /// It holds nothing but structs and blanks, and in binary symbol tables as writers produce them.
    pub(crate) plain: bool,
    /// It is text, and no symbol table bears on it: its values mean the same wherever they stand.
    pub(crate) by_itself: bool,
    /// Limits that binary values were not held to yet.
    pub(crate) unchecked: Option<Limits>,
}

impl Piece {
    /// Where a byte of the input lies in `bytes`.
    pub(crate) fn index_of(&self, offset: u64) -> usize {
        (offset - self.offset) as usize + self.context
    }

    /// One value that was kept by itself, without symbols from elsewhere.
    pub(crate) fn of_one(bytes: Vec<u8>, offset: u64) -> Piece {
        Piece {
            context: 0,
            offset,
            ends: vec![bytes.len()],
            encoding: Encoding::of(&bytes),
            plain: false,
            by_itself: Encoding::of(&bytes) == Encoding::Text,
            unchecked: None,
            bytes,
        }
    }

    /// Where it ends in the input.
    pub(crate) fn end(&self) -> u64 {
        self.offset + (self.bytes.len() - self.context) as u64
    }

    /// Calls `each` with every value, in order, as one reader of `ion-rs` gives them, and where it refused.
    pub(crate) fn walk(&self, each: impl FnMut(Seen<'_>)) -> Walked {
        walk(self.part(), each)
    }

    fn part(&self) -> Part<'_> {
        Part {
            bytes: &self.bytes,
            context: self.context,
            offset: self.offset,
            ends: &self.ends,
            encoding: self.encoding,
            unchecked: self.unchecked.as_ref(),
        }
    }
}

/// The same, borrowed.
#[derive(Clone, Copy)]
pub(super) struct Part<'p> {
    pub(super) bytes: &'p [u8],
    pub(super) context: usize,
    pub(super) offset: u64,
    pub(super) ends: &'p [usize],
    pub(super) encoding: Encoding,
    pub(super) unchecked: Option<&'p Limits>,
}

impl Part<'_> {
    /// Where `bytes[index]` lies in the input.
    pub(super) fn offset_of(&self, index: usize) -> u64 {
        self.offset + index.saturating_sub(self.context) as u64
    }

    /// The chunk that holds the first byte from `after` on, padding of binary apart, which nobody refuses.
    pub(super) fn chunk_after(&self, after: usize) -> (usize, usize) {
        let mut start = after.max(self.context);
        let mut index = self.ends.partition_point(|&end| end <= start);
        start = match index {
            _ if index == self.ends.len() => start.min(self.bytes.len()),
            0 => self.context,
            _ => self.ends[index - 1],
        };
        let is_pad = |at| self.encoding == Encoding::Binary && is_pad(&self.bytes[at..]);
        while index + 1 < self.ends.len() && is_pad(start) {
            start = self.ends[index];
            index += 1;
        }
        let end = self.ends.get(index).copied();
        (start, end.unwrap_or(self.bytes.len()))
    }
}

/// How the values are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Ion text or JSON.
    Text,
    /// Ion binary.
    Binary,
}

impl Encoding {
    /// By the first bytes: binary starts with its version marker, always.
    pub(crate) fn of(head: &[u8]) -> Encoding {
        match head.starts_with(&VERSION_MARKER) {
            true => Encoding::Binary,
            false => Encoding::Text,
        }
    }
}

/// An iterator over the pieces of one input. After a flaw it is at its end.
pub(crate) struct Pieces<R> {
    input: R,
    pub(super) encoding: Encoding,
    pub(super) limits: Limits,
    /// A piece is given once it has this many bytes, and as many as it starts with.
    piece_bytes: usize,
    /// Line feeds may stand between records.
    line_feeds: bool,
    /// Symbol tables in force (`..context`), whole chunks of the piece in the making (`..end`), then bytes of the
    /// input up to `filled`.
    pub(super) buffer: Vec<u8>,
    pub(super) context: usize,
    pub(super) end: usize,
    pub(super) filled: usize,
    /// Where `buffer[context]` lies in the input.
    pub(super) offset: u64,
    pub(super) ends: Vec<usize>,
    /// Symbol tables in force at `end`, unless they are those at the start of the buffer.
    pub(super) tables: Option<Vec<u8>>,
    pub(super) cut: Cut,
    /// Where the first border lies behind which no other is certain, and what stands there.
    unsure: Option<(u64, &'static str)>,
    at_eof: bool,
    /// The input could not be read on from where the buffer ends.
    unreadable: Option<Flaw>,
    pub(super) flaw: Option<Flaw>,
    pub(super) done: bool,
}

/// How borders are found.
pub(super) enum Cut {
    Text(Exact),
    /// With the number of symbols in force.
    Binary(usize),
    Uncut(Uncut),
}

/// What a step came to.
pub(super) enum Step {
    /// More bytes are needed, or at the end of input: nothing is left.
    More,
    /// One more chunk, or several.
    Chunk,
    /// The same, and it holds nothing but symbols: no piece ends with it, if it can be helped.
    Symbols,
    /// No border is certain from the last one on.
    Unsure(&'static str),
}

impl<R: Read> Pieces<R> {
    pub(crate) fn new(input: R, encoding: Encoding, limits: &Limits, piece_bytes: usize) -> Self {
        Pieces {
            input,
            encoding,
            limits: limits.clone(),
            piece_bytes,
            line_feeds: false,
            buffer: spare::take(),
            context: 0,
            end: 0,
            filled: 0,
            offset: 0,
            ends: Vec::new(),
            tables: None,
            cut: match encoding {
                Encoding::Text => Cut::Text(Exact::default()),
                Encoding::Binary => Cut::Binary(0),
            },
            unsure: None,
            at_eof: false,
            unreadable: None,
            flaw: None,
            done: false,
        }
    }

    /// Takes no border for certain but those of the Ion reader.
    pub(crate) fn uncut(mut self) -> Self {
        self.cut = Cut::Uncut(Uncut::default());
        self
    }

    /// From here on line feeds may stand in binary where Firehose puts them: behind a record.
    pub(crate) fn allow_line_feeds(&mut self) {
        self.line_feeds = true;
    }

    /// From here on gives pieces of at least this size.
    pub(crate) fn set_piece_bytes(&mut self, piece_bytes: usize) {
        self.piece_bytes = piece_bytes;
    }

    /// Where borders ceased to be certain, and why.
    pub(crate) fn unsure(&self) -> Option<(u64, &'static str)> {
        self.unsure
    }

    fn try_next(&mut self) -> Result<Option<Piece>, Flaw> {
        loop {
            let step = match &self.cut {
                Cut::Text(_) => self.step_text(),
                Cut::Binary(_) => self.step_binary(),
                Cut::Uncut(_) => self.step_uncut()?,
            };
            let given = match step {
                Step::Chunk if self.is_enough(0) => self.give(false)?,
                Step::Symbols if self.is_enough(SYMBOLS_BYTES) => self.give(false)?,
                Step::Chunk | Step::Symbols => None,
                Step::Unsure(why) => self.cease(why)?,
                Step::More => self.more()?,
            };
            if given.is_some() || self.done {
                return Ok(given);
            }
        }
    }

    /// What to do when bytes are missing: read some, or say that there are none, or too many.
    fn more(&mut self) -> Result<Option<Piece>, Flaw> {
        let ended = self.at_eof || self.unreadable.is_some();
        let max = self.limits.value_bytes_max;
        let long = (self.filled - self.end) as u64 > max;
        let whole = self.is_whole();
        if matches!(self.cut, Cut::Uncut(_)) {
            if let Some(flaw) = self.too_long(&self.buffer[self.end..self.filled]) {
                return Err(flaw);
            }
        } else if long && !(ended && whole) {
            return self.cease(TOO_LONG);
        } else if ended && !whole {
            return self.cease("an end within a value");
        }
        if ended {
            return self.finish();
        }
        self.read_more();
        Ok(None)
    }

    /// Where the last chunk ends in the input.
    pub(super) fn border(&self) -> u64 {
        self.offset + (self.end - self.context) as u64
    }

    /// Whether the piece in the making is long enough.
    fn is_enough(&self, least: usize) -> bool {
        let wanted = self.piece_bytes.max(self.context).max(least);
        let wanted = match &self.cut {
            Cut::Uncut(uncut) => wanted.max(uncut.bytes_min),
            _ => wanted,
        };
        self.end - self.context >= wanted
    }

    /// From here on no border is certain but those of the Ion reader. What came before is a piece.
    fn cease(&mut self, why: &'static str) -> Result<Option<Piece>, Flaw> {
        self.unsure = Some((self.border(), why));
        let before = self.give(false);
        self.cut = Cut::Uncut(Uncut::default());
        before
    }

    /// Whether nothing is left behind the last chunk but what is known to be blank. The uncut reader tells itself
    /// what is wrong with an end.
    fn is_whole(&self) -> bool {
        match &self.cut {
            Cut::Text(exact) => exact.is_done(self.filled - self.context),
            Cut::Binary(_) => self.filled == self.end,
            Cut::Uncut(_) => true,
        }
    }

    /// The last piece, and behind it what ended the input early.
    fn finish(&mut self) -> Result<Option<Piece>, Flaw> {
        if let Some(flaw) = self.unreadable.take().or_else(|| self.uncut_end()) {
            return Err(flaw);
        }
        self.done = true;
        if self.filled > self.end {
            self.end = self.filled;
            self.ends.push(self.end);
        }
        self.give(true)
    }

    /// The chunks so far as a piece, if there are any and their end is one; that of the input is (`last`).
    fn give(&mut self, last: bool) -> Result<Option<Piece>, Flaw> {
        if self.end == self.context {
            return Ok(None);
        }
        let plain = !matches!(self.cut, Cut::Uncut(_));
        if !plain && !self.confirm(last)? {
            return Ok(None);
        }
        let own = self.end - self.context;
        if let Cut::Text(exact) = &mut self.cut {
            exact.shift(own);
        }
        Ok(Some(self.take(plain)))
    }

    /// The bytes up to `end` as a piece; those behind it begin the next buffer.
    fn take(&mut self, plain: bool) -> Piece {
        let tables_in_it = self.tables.is_some();
        let own = || &self.buffer[..self.context];
        let tables = self.tables.as_deref().unwrap_or_else(own);
        let rest = &self.buffer[self.end..self.filled];
        let (context, filled) = (tables.len(), tables.len() + rest.len());
        let mut next = spare::take();
        // What is in it is overwritten before it is looked at.
        next.resize(next.len().max(filled), 0);
        next[..context].copy_from_slice(tables);
        next[context..filled].copy_from_slice(rest);
        let mut bytes = std::mem::replace(&mut self.buffer, next);
        bytes.truncate(self.end);
        let piece = Piece {
            bytes,
            context: self.context,
            offset: self.offset,
            ends: std::mem::take(&mut self.ends),
            encoding: self.encoding,
            plain,
            by_itself: self.encoding == Encoding::Text && self.context == 0 && !tables_in_it,
            unchecked: (self.encoding == Encoding::Binary).then(|| self.limits.clone()),
        };
        self.offset = piece.end();
        (self.context, self.end, self.filled) = (context, context, filled);
        self.tables = None;
        piece
    }

    fn read_more(&mut self) {
        let small = self.piece_bytes < READ_BYTES;
        let step = if small { READ_BYTES / 2 } else { READ_BYTES };
        let usual = self.context + self.piece_bytes.max(self.context) + step;
        // A long value is read in growing steps, so that scanning stays linear.
        let wanted = match self.filled < usual {
            true => usual,
            false => self.filled + step.max(self.filled / 2),
        };
        if self.buffer.len() < wanted {
            let more = wanted - self.buffer.len();
            self.buffer.reserve_exact(more);
            self.buffer.resize(wanted, 0);
        }
        while self.filled < wanted {
            match self.input.read(&mut self.buffer[self.filled..wanted]) {
                Ok(0) => {
                    self.at_eof = true;
                    return;
                }
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    // It is asked for once. What came before it is looked at first.
                    let place = self.offset + (self.filled - self.context) as u64;
                    self.unreadable = Some(Flaw::new(place, FlawKind::Unreadable(error)));
                    return;
                }
            }
        }
    }

    fn step_text(&mut self) -> Step {
        let Cut::Text(exact) = &mut self.cut else {
            return Step::More;
        };
        let bytes = &self.buffer[self.context..self.filled];
        match exact.next(bytes, self.limits.depth_max) {
            Found::More => Step::More,
            Found::Unsure(why) => Step::Unsure(why),
            Found::End(end) => {
                let end = self.context + end;
                let most = usize::try_from(self.limits.value_bytes_max).unwrap_or(usize::MAX);
                let chunk = &self.buffer[self.end..end];
                if chunk.len() > most && chunk.trim_ascii_start().len() > most {
                    return Step::Unsure(TOO_LONG);
                }
                self.end = end;
                self.ends.push(end);
                Step::Chunk
            }
        }
    }

    fn step_binary(&mut self) -> Step {
        let at = self.end;
        if let Some(step) = self.step_line_feed() {
            return step;
        }
        let rest = &self.buffer[at..self.filled];
        let length = match plain(rest) {
            Plain::More => return Step::More,
            Plain::Unsure(why) => return Step::Unsure(why),
            Plain::VersionMarker => VERSION_MARKER.len() as u64,
            Plain::Struct(length) | Plain::Annotated(length) => length,
        };
        if length > self.limits.value_bytes_max {
            return Step::Unsure(TOO_LONG);
        }
        let Some(value) = rest.get(..length as usize) else {
            return Step::More;
        };
        if value.first().is_some_and(|first| first >> 4 == 0xD) {
            self.end += value.len();
            self.ends.push(self.end);
            return Step::Chunk;
        }
        let Cut::Binary(before) = &self.cut else {
            return Step::More;
        };
        let (mut symbols, mut builds) = (0, false);
        if value != VERSION_MARKER {
            let Some(table) = table(value) else {
                return Step::Unsure("an annotation, or a symbol table in an unusual form");
            };
            builds = table.builds;
            symbols = table.symbols + if builds { *before } else { 0 };
        }
        let in_force = match &self.tables {
            Some(tables) => tables.len(),
            None => self.context,
        };
        let room = context_bytes_max(&self.limits);
        let too_long = value.len() + if builds { in_force } else { 0 } > room;
        if symbols > self.limits.symbols_max as usize || too_long {
            return Step::Unsure("many symbols");
        }
        let context = &self.buffer[..self.context];
        let tables = self.tables.get_or_insert_with(|| context.to_vec());
        if !builds {
            tables.clear();
            tables.extend(VERSION_MARKER);
        }
        if value != VERSION_MARKER {
            tables.extend_from_slice(value);
        }
        self.end += length as usize;
        self.ends.push(self.end);
        self.cut = Cut::Binary(symbols);
        Step::Symbols
    }

    /// Firehose can end each record with a line feed, which in Ion binary reads as ten bytes of padding and would
    /// swallow the next record's version marker. It is told by what is behind: a record as writers produce it, from its
    /// first byte on.
    /// What is given has padding of one byte there. `None`: it is no such line feed.
    pub(super) fn step_line_feed(&mut self) -> Option<Step> {
        let (feed, rest) = self.buffer[self.end..self.filled].split_first()?;
        if *feed != b'\n' || !self.line_feeds {
            return None;
        }
        let ended = self.at_eof || self.unreadable.is_some();
        let record = rest.strip_prefix(&VERSION_MARKER).unwrap_or(rest);
        match plain(record) {
            Plain::Struct(_) => {}
            // What a reader that takes the line feed for padding would find in a table must
            // be what it is: text.
            Plain::Annotated(length) => match record.get(..usize::try_from(length).ok()?) {
                Some(value) => _ = table(value)?,
                None if !ended => return Some(Step::More),
                None => return None,
            },
            Plain::More if rest.is_empty() && ended => {}
            // It may go on with a version marker, or behind one.
            Plain::More if !ended => return Some(Step::More),
            _ if record.len() < VERSION_MARKER.len() && !ended => return Some(Step::More),
            _ => return None,
        }
        self.buffer[self.end] = 0;
        self.end += 1;
        self.ends.push(self.end);
        Some(Step::Chunk)
    }
}

/// Why a value is left to the Ion reader that is longer than any may be.
const TOO_LONG: &str = "a value above the limit value_bytes_max";

/// Bytes of symbols alone that are a piece.
const SYMBOLS_BYTES: usize = 128 << 10;

impl<R: Read> Iterator for Pieces<R> {
    type Item = Result<Piece, Flaw>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return self.flaw.take().map(Err);
        }
        let flaw = match self.try_next() {
            Ok(piece) => return piece.map(Ok),
            Err(flaw) => flaw,
        };
        self.done = true;
        // Whole values before the flaw go out first.
        Some(match self.give(false) {
            Ok(Some(piece)) => {
                self.flaw = Some(flaw);
                Ok(piece)
            }
            Ok(None) if self.end > self.context => {
                let expected = "values that end where their brackets say";
                Err(Flaw::malformed(self.offset, expected, "some that do not"))
            }
            Ok(None) => Err(flaw),
            Err(earlier) => Err(earlier),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::cut_binary::table_of;
    use super::super::trickle::Trickle;
    use super::*;

    fn pieces(bytes: &[u8], piece_bytes: usize) -> (Vec<Piece>, Option<Flaw>) {
        let encoding = Encoding::of(bytes);
        let mut pieces = Vec::new();
        for piece in Pieces::new(Trickle(bytes), encoding, &Limits::default(), piece_bytes) {
            match piece {
                Ok(piece) => pieces.push(piece),
                Err(flaw) => return (pieces, Some(flaw)),
            }
        }
        (pieces, None)
    }

    /// Every byte goes out once, at its offset.
    fn assert_contiguous(bytes: &[u8], pieces: &[Piece]) {
        let mut at = 0;
        for piece in pieces {
            let own = &piece.bytes[piece.context..];
            assert_eq!(piece.offset, at as u64);
            assert_eq!(own, &bytes[at..at + own.len()]);
            assert_eq!(piece.ends.last(), Some(&piece.bytes.len()));
            at += own.len();
        }
        assert_eq!(at, bytes.len());
    }

    #[test]
    fn more_paddings_than_may_be_are_refused_where_they_are_too_many() {
        let mut bytes = VERSION_MARKER.to_vec();
        // Each is a byte, or two of which the second is of no meaning.
        bytes.extend([0x00, 0x01, 0xFF, 0x00, 0xD0, 0x00, 0xD0]);
        for uncut in [false, true] {
            for (pads_max, found) in [(4, None), (3, Some(9))] {
                let limits = Limits {
                    pads_max,
                    ..Limits::default()
                };
                let pieces = Pieces::new(&bytes[..], Encoding::Binary, &limits, 1 << 10);
                let pieces = if uncut { pieces.uncut() } else { pieces };
                let flaw = pieces.filter_map(Result::err).next();
                assert_eq!(flaw.map(|flaw| flaw.offset), found);
            }
        }
    }

    #[test]
    fn every_byte_goes_out_once() {
        let text = b" {a:1}\n{b:[2]} // end\n {c:3} 4 ";
        for piece_bytes in 1..40 {
            let (pieces, flaw) = pieces(text, piece_bytes);
            assert!(flaw.is_none());
            assert_contiguous(text, &pieces);
        }
    }

    #[test]
    fn later_pieces_carry_the_symbol_tables_in_force() {
        let text = b"$ion_symbol_table::{symbols:[\"a\"]} {$10:1} {$10:2}";
        let (pieces, flaw) = pieces(text, 1);
        assert!(flaw.is_none());
        assert_contiguous(text, &pieces);
        let tables: Vec<_> = pieces
            .iter()
            .map(|piece| &piece.bytes[..piece.context])
            .collect();
        let own: &[u8] = b"$ion_symbol_table::{symbols:[\"a\",]} ";
        // The two are not as long as what they start with.
        assert_eq!(tables, [b"", own]);
        let binary = [
            &VERSION_MARKER[..],
            &[0xE7, 0x81, 0x83, 0xD4, 0x87, 0xB2, 0x81, b'a'],
            &[0xD2, 0x8A, 0x20],
            &[0xD2, 0x8A, 0x20],
        ]
        .concat();
        let (pieces, flaw) = super::tests::pieces(&binary, 1);
        assert!(flaw.is_none());
        assert_contiguous(&binary, &pieces);
        assert_eq!(
            pieces.iter().map(|p| p.context).collect::<Vec<_>>(),
            [0, 12]
        );
    }

    #[test]
    fn a_truncated_value_follows_the_whole_ones() {
        let (pieces, flaw) = pieces(b"{a:1} {b:", 1000);
        assert_eq!(pieces.len(), 1);
        let flaw = flaw.unwrap();
        assert_eq!(flaw.offset, 6);
        assert!(matches!(flaw.kind, FlawKind::Truncated));
        let (pieces, flaw) = super::tests::pieces(&[0xE0, 1, 0, 0xEA, 0x20, 0x83, b'a'], 1000);
        // The marker was cut for certain, the number was not.
        assert_eq!(pieces.len(), 2);
        assert_eq!(flaw.unwrap().offset, 5);
    }

    #[test]
    fn line_feeds_stand_between_records_and_nowhere_else() {
        let record = [0xE0, 1, 0, 0xEA, 0xD2, 0x84, 0x20];
        let cut = |bytes: &[u8], line_feeds: bool| {
            let mut pieces = Pieces::new(Trickle(bytes), Encoding::Binary, &Limits::default(), 1);
            if line_feeds {
                pieces.allow_line_feeds();
            }
            let (mut values, mut flawed) = (0, false);
            for piece in pieces.by_ref() {
                match piece {
                    Ok(piece) => drop(
                        piece.walk(|seen| values += usize::from(matches!(seen, Seen::Value(..)))),
                    ),
                    Err(_) => flawed = true,
                }
            }
            (values, flawed, pieces.unsure().map(|(at, _)| at))
        };
        let joined = [&record[..], b"\n", &record, b"\n", &record[4..], b"\n"].concat();
        assert_eq!(cut(&joined, true), (3, false, None));
        // In a journal they are padding, which here swallows a value and has no end.
        assert!(cut(&joined, false).1);
        // Before a table that no writer produces, too: what it hides from one reader is seen by another.
        let behind = |name| {
            [
                0xE7, 0x81, 0x83, 0xD4, name, 0xB2, 0x81, b'a', 0xD2, 0x8A, 0x20,
            ]
        };
        let with_table = |name| [&record[..], b"\n", &VERSION_MARKER, &behind(name)].concat();
        assert_eq!(cut(&with_table(0x87), true), (2, false, None));
        assert_eq!(cut(&with_table(0x84), true).2, Some(7));
        let padded = [&record[..], b"\n", &[0; 10], &record].concat();
        // So is one before a version marker that no record follows.
        let hidden = [&record[..], b"\n", &VERSION_MARKER, &[0; 6], &record].concat();
        for line_feeds in [true, false] {
            assert_eq!(cut(&padded, line_feeds), (2, false, Some(7)));
            assert_eq!(cut(&hidden, line_feeds), (2, false, Some(7)));
        }
    }

    #[test]
    fn a_value_over_the_limit_is_refused_before_it_is_read() {
        let limits = Limits {
            value_bytes_max: 1000,
            ..Limits::default()
        };
        // A blob that claims 2^40 bytes.
        let huge = [0xE0, 1, 0, 0xEA, 0xAE, 0x20, 0, 0, 0, 0, 0x80];
        let mut binary = Pieces::new(&huge[..], Encoding::Binary, &limits, 1);
        assert!(binary.next().unwrap().is_ok(), "the version marker");
        let flaw = binary.next().unwrap().unwrap_err();
        assert!(matches!(
            flaw.kind,
            FlawKind::Limit {
                name: "value_bytes_max",
                ..
            }
        ));
        let text = std::io::repeat(b'[').take(0).chain(std::io::repeat(b'a'));
        let mut text = Pieces::new(text, Encoding::Text, &limits, 1);
        let flaw = text.next().unwrap().unwrap_err();
        assert!(matches!(flaw.kind, FlawKind::Limit { .. }));
    }

    #[test]
    fn a_value_over_the_limit_is_refused_though_it_was_read_with_others() {
        let limits = Limits {
            value_bytes_max: 1000,
            ..Limits::default()
        };
        let value = |length: usize| format!("{{a:\"{}\"}}", "x".repeat(length - 6));
        let text = |length| [&value(10), "\n", &value(length), "\n", &value(20)].concat();
        let read = |text: &str| {
            let pieces = Pieces::new(text.as_bytes(), Encoding::Text, &limits, 1);
            let (read, flaws): (Vec<_>, Vec<_>) = pieces.partition(Result::is_ok);
            let offset = |flaw: Result<Piece, Flaw>| flaw.err().map(|flaw| flaw.offset);
            (read.len(), flaws.into_iter().filter_map(offset).collect())
        };
        assert_eq!(read(&text(1000)), (3, vec![]));
        assert_eq!(read(&text(1001)), (1, vec![11]));
        // Blanks before it do not count.
        assert_eq!(
            read(&[&" ".repeat(500), &*value(1000)].concat()),
            (1, vec![])
        );
    }

    #[test]
    fn pieces_are_as_long_as_the_symbol_tables_before_them() {
        let table = [&VERSION_MARKER[..], &table_of(150_000, false)].concat();
        assert_eq!(table.len() >> 20, 2);
        // {$10: 0}, ten million bytes of it.
        let values = [0xD2, 0x8A, 0x20].repeat(10_000_000 / 3);
        let bytes = [&table[..], &values].concat();
        let (pieces, flaw) = pieces(&bytes, 128 << 10);
        assert!(flaw.is_none());
        let all: usize = pieces.iter().map(|piece| piece.bytes.len()).sum();
        assert!(all < 2 * bytes.len() && pieces.len() > 3, "{all}");
        let own = pieces
            .iter()
            .flat_map(|piece| &piece.bytes[piece.context..]);
        assert!(own.eq(&bytes));
        assert!(pieces[1..]
            .iter()
            .all(|piece| piece.bytes.starts_with(&table)));
    }

    #[test]
    fn symbol_tables_over_the_limit_are_refused_by_a_limit_that_can_be_raised() {
        let table = table_of(250_000, false);
        let bytes = [&VERSION_MARKER[..], &table, &[0xD2, 0x8A, 0x20]].concat();
        let (pieces, flaw) = pieces(&bytes, 1);
        assert_eq!(pieces.len(), 1);
        let flaw = flaw.unwrap();
        let limit = FlawKind::Limit {
            name: "symbols_max",
            max: 1 << 20,
        };
        assert_eq!(format!("{:?}", flaw.kind), format!("{limit:?}"));
        let raised = Limits {
            symbols_max: 2 << 20,
            ..Limits::default()
        };
        let read = Pieces::new(&bytes[..], Encoding::Binary, &raised, 1);
        assert!(read.into_iter().all(|piece| piece.is_ok()));
    }

    #[test]
    fn symbols_that_add_up_are_refused_where_they_are_too_many() {
        let limits = Limits {
            symbols_max: 10,
            ..Limits::default()
        };
        let table = |imports: &str, count| {
            let symbols = "\"a\",".repeat(count);
            format!("$3::{{{imports}symbols:[{symbols}]}}")
        };
        let text = |tables: &[String]| format!("{{a:1}}{}{{b:2}}", tables.concat());
        let cut = |text: &str, piece_bytes| {
            let pieces = Pieces::new(text.as_bytes(), Encoding::Text, &limits, piece_bytes);
            let (mut values, mut flaws) = (0, Vec::new());
            for piece in pieces {
                match piece {
                    Ok(piece) => drop(
                        piece.walk(|seen| values += usize::from(matches!(seen, Seen::Value(..)))),
                    ),
                    Err(flaw) => flaws.push((flaw.offset, flaw.kind)),
                }
            }
            (values, flaws)
        };
        let append = "imports:$3,";
        for piece_bytes in [1, 40, 1_000] {
            // Each takes the place of the one before.
            let fine = text(&[table("", 7), table("", 7), table("", 10)]);
            let (values, flaws) = cut(&fine, piece_bytes);
            assert!(flaws.is_empty() && values == 2, "{flaws:?}");
            let first = table("", 7);
            let many = text(&[first.clone(), table(append, 3), table(append, 1)]);
            let place = 5 + first.len() + table(append, 3).len();
            let (values, flaws) = cut(&many, piece_bytes);
            assert_eq!(values, 1);
            let [(offset, FlawKind::Limit { name, .. })] = &flaws[..] else {
                panic!("{flaws:?}");
            };
            assert_eq!((*offset, *name), (place as u64, "symbols_max"));
        }
    }

    /// Gives an error at some byte, and must not be asked again.
    struct Broken<'a>(&'a [u8], bool);

    impl Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            assert!(!self.1, "it was asked again");
            if self.0.is_empty() {
                self.1 = true;
                return Err(io::Error::other("broken"));
            }
            let count = self.0.len().min(buffer.len()).min(3);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn an_error_of_the_input_is_met_once_and_is_the_last() {
        let binary = [
            &VERSION_MARKER[..],
            &[0xE7, 0x81, 0x83, 0xD4, 0x87, 0xB2, 0x81, b'a'],
            &[0xD2, 0x8A, 0x20].repeat(4),
        ];
        let text = b"{a:1} {a:2}\n{a:3} // {a:0}\n {a:4} ".to_vec();
        for bytes in [text, binary.concat()] {
            let encoding = Encoding::of(&bytes);
            for at in 0..=bytes.len() {
                let mut told = Vec::new();
                for (piece_bytes, uncut) in [(1, false), (1, true), (99, false), (99, true)] {
                    let input = Broken(&bytes[..at], false);
                    let mut pieces = Pieces::new(input, encoding, &Limits::default(), piece_bytes);
                    if uncut {
                        pieces = pieces.uncut();
                    }
                    let (mut values, mut flaws) = (0, Vec::new());
                    for piece in pieces.by_ref() {
                        assert!(flaws.is_empty(), "something comes behind it");
                        match piece {
                            Ok(piece) => drop(piece.walk(|seen| {
                                values += usize::from(matches!(seen, Seen::Value(..)));
                            })),
                            Err(flaw) => flaws.push(flaw),
                        }
                    }
                    assert!(pieces.next().is_none());
                    let [flaw] = &flaws[..] else {
                        panic!("{flaws:?} at {at}");
                    };
                    assert!(matches!(flaw.kind, FlawKind::Unreadable(_)), "{flaw:?}");
                    assert_eq!(flaw.offset, at as u64);
                    told.push(values);
                }
                assert!(
                    told.iter().all(|values| *values == told[0]),
                    "{told:?} at {at}"
                );
            }
        }
    }
}
