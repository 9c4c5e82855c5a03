//! Cuts an input into pieces of whole top-level values, with their offsets.
//!
//! Memory follows the largest value, never the input. A piece can be read on
//! its own: it starts with the symbol tables that are in force where it begins.

use std::io::Read;

use super::cut_binary::{self, Role, Top, VERSION_MARKER};
use super::cut_text::{skip_blanks, symbols_of, Symbols, TextScanner};
use super::flaw::{Flaw, FlawKind};
use super::guess::Guesses;
use super::rewound::Rewound;
use crate::Limits;

/// Bytes asked of the input at a time.
const READ_BYTES: usize = 128 << 10;
const READ_BYTES_MIN: usize = 16 << 10;

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
    /// Ends of the values, as indexes into `bytes`.
    pub(crate) ends: Vec<usize>,
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
            bytes,
        }
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
    encoding: Encoding,
    limits: Limits,
    /// A piece is given once it has this many bytes, and as many as it starts with.
    piece_bytes: usize,
    /// Unconsumed bytes: `buffer[start..]`, of which `..scanned` were scanned and
    /// `..end` are whole values of the piece in the making.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    scanned: usize,
    /// Where `buffer[0]` lies in the input.
    offset: u64,
    ends: Vec<usize>,
    /// Symbol tables in force at `start`, and at `end`.
    context_at_start: Vec<u8>,
    context: Vec<u8>,
    /// Commas in `context`.
    commas: usize,
    scanner: TextScanner,
    at_eof: bool,
    /// The input could not be read on from where the buffer ends.
    unreadable: Option<Flaw>,
    flaw: Option<Flaw>,
}

/// What a step of scanning found out.
enum Step {
    /// More bytes are needed, or at the end of input: nothing is left.
    NeedMore,
    /// One more whole value.
    Value,
    /// A version marker or a symbol table: no piece ends with it.
    System,
    /// Bytes between values that belong to none; the number of them.
    Skip(usize),
}

impl<R: Read> Pieces<R> {
    pub(crate) fn new(input: R, encoding: Encoding, limits: &Limits, piece_bytes: usize) -> Self {
        Pieces {
            input,
            encoding,
            limits: limits.clone(),
            piece_bytes,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            scanned: 0,
            offset: 0,
            ends: Vec::new(),
            context_at_start: Vec::new(),
            context: Vec::new(),
            commas: 0,
            scanner: TextScanner::new(),
            at_eof: false,
            unreadable: None,
            flaw: None,
        }
    }

    /// The same for an input of which bytes went before: `offset` of them, that left these
    /// symbol tables in force.
    pub(super) fn starting_at(mut self, offset: u64, symbols: Vec<u8>) -> Self {
        self.offset = offset;
        self.context_at_start.clone_from(&symbols);
        self.commas = commas(&symbols);
        self.context = symbols;
        self
    }

    /// From here on gives pieces of at least this size.
    pub(crate) fn set_piece_bytes(&mut self, piece_bytes: usize) {
        self.piece_bytes = piece_bytes;
    }

    fn try_next(&mut self) -> Result<Option<Piece>, Flaw> {
        loop {
            match self.step()? {
                step @ (Step::Value | Step::System) => {
                    let enough = match step {
                        Step::Value => self.piece_bytes,
                        _ => READ_BYTES,
                    };
                    if self.end - self.start >= enough.max(self.context_at_start.len()) {
                        return Ok(Some(self.take()));
                    }
                }
                Step::Skip(count) => {
                    let piece = (self.end > self.start).then(|| self.take());
                    self.start += count;
                    self.end = self.start;
                    if piece.is_some() {
                        return Ok(piece);
                    }
                }
                Step::NeedMore if self.unreadable.is_some() => {
                    return self.unreadable.take().map_or(Ok(None), Err);
                }
                Step::NeedMore if self.at_eof => return self.finish(),
                Step::NeedMore => self.read_more()?,
            }
        }
    }

    fn step(&mut self) -> Result<Step, Flaw> {
        match self.encoding {
            Encoding::Text => self.step_text(),
            Encoding::Binary => self.step_binary(),
        }
    }

    fn step_text(&mut self) -> Result<Step, Flaw> {
        let place = self.offset + self.scanned as u64;
        let rest = &self.buffer[self.scanned..];
        let Some(length) = self.scanner.scan(rest, place, &self.limits)? else {
            self.scanned = self.buffer.len();
            return Ok(Step::NeedMore);
        };
        let chunk_start = self.end;
        self.scanned += length;
        let chunk = &self.buffer[chunk_start..self.scanned];
        let max = self.limits.value_bytes_max;
        if chunk.len() as u64 > max {
            let value = skip_blanks(chunk).len();
            if value as u64 > max {
                let place = self.offset + (self.scanned - value) as u64;
                return Err(Flaw::limit(place, "value_bytes_max", max));
            }
        }
        self.end = self.scanned;
        self.ends.push(self.end);
        if !std::mem::take(&mut self.scanner.dollar) {
            return Ok(Step::Value);
        }
        let chunk = &self.buffer[chunk_start..self.end];
        match symbols_of(chunk) {
            Symbols::Unchanged => return Ok(Step::Value),
            Symbols::Reset => (self.context, self.commas) = (Vec::new(), 0),
            Symbols::Table { reset } => {
                if reset {
                    (self.context, self.commas) = (Vec::new(), 0);
                }
                self.context.extend_from_slice(chunk);
                self.commas += commas(chunk);
            }
        }
        self.check_context()?;
        Ok(Step::System)
    }

    fn step_binary(&mut self) -> Result<Step, Flaw> {
        let place = self.offset + self.end as u64;
        let rest = &self.buffer[self.end..];
        // Firehose can end each record with a newline, which in Ion binary reads
        // as ten bytes of padding and would swallow the next record's marker.
        if rest.first() == Some(&b'\n') {
            if rest.len() < 5 && !self.at_eof {
                return Ok(Step::NeedMore);
            }
            if rest.len() == 1 || rest[1..].starts_with(&VERSION_MARKER) {
                return Ok(Step::Skip(1));
            }
        }
        let length = match cut_binary::top(rest, place)? {
            Top::NeedMore => return Ok(Step::NeedMore),
            Top::VersionMarker => {
                self.end += VERSION_MARKER.len();
                self.ends.push(self.end);
                self.context = VERSION_MARKER.to_vec();
                return Ok(Step::System);
            }
            Top::Value(length) => length,
        };
        if length > self.limits.value_bytes_max {
            let max = self.limits.value_bytes_max;
            return Err(Flaw::limit(place, "value_bytes_max", max));
        }
        let Some(value) = rest.get(..length as usize) else {
            return Ok(Step::NeedMore);
        };
        let role = cut_binary::check(value, place, &self.limits)?;
        if let Role::SymbolTable { builds } = role {
            if !builds {
                self.context = VERSION_MARKER.to_vec();
            }
            self.context.extend_from_slice(value);
            self.check_context()?;
        }
        self.end += length as usize;
        self.ends.push(self.end);
        Ok(match role {
            Role::Plain => Step::Value,
            Role::SymbolTable { .. } => Step::System,
        })
    }

    /// Symbol tables that import each other's symbols add up: bound the sum. Each binary one
    /// was counted on its own; text has no counts to read beforehand, so commas stand for
    /// symbols.
    fn check_context(&self) -> Result<(), Flaw> {
        let place = self.offset + self.start as u64;
        let max = self.limits.symbols_max;
        let too_many = self.encoding == Encoding::Text && self.commas > max as usize;
        match too_many || self.context.len() > context_bytes_max(&self.limits) {
            true => Err(Flaw::limit(place, "symbols_max", max.into())),
            false => Ok(()),
        }
    }

    /// The whole values so far as a piece.
    fn take(&mut self) -> Piece {
        let context = self.context_at_start.len();
        let values = &self.buffer[self.start..self.end];
        let mut bytes = Vec::with_capacity(context + values.len());
        bytes.extend_from_slice(&self.context_at_start);
        bytes.extend_from_slice(values);
        let start = self.start;
        let piece = Piece {
            bytes,
            context,
            offset: self.offset + start as u64,
            ends: self.ends.drain(..).map(|e| e - start + context).collect(),
        };
        self.start = self.end;
        self.context_at_start.clone_from(&self.context);
        piece
    }

    /// The last piece: whole values, and in text whatever stands after the last
    /// container (scalars, comments).
    fn finish(&mut self) -> Result<Option<Piece>, Flaw> {
        let tail = &self.buffer[self.end..];
        let whole = match self.encoding {
            Encoding::Text => self.scanner.may_end(),
            Encoding::Binary => tail.is_empty(),
        };
        if !whole {
            let blank = match self.encoding {
                Encoding::Text => tail.len() - skip_blanks(tail).len(),
                Encoding::Binary => 0,
            };
            let place = self.offset + (self.end + blank) as u64;
            self.flaw = Some(Flaw::new(place, FlawKind::Truncated));
        } else if !tail.is_empty() {
            self.end = self.buffer.len();
            self.ends.push(self.end);
        }
        if self.end > self.start {
            return Ok(Some(self.take()));
        }
        match self.flaw.take() {
            Some(flaw) => Err(flaw),
            None => Ok(None),
        }
    }

    fn read_more(&mut self) -> Result<(), Flaw> {
        self.buffer.drain(..self.start);
        self.offset += self.start as u64;
        self.ends.iter_mut().for_each(|end| *end -= self.start);
        self.end -= self.start;
        self.scanned = self.scanned.saturating_sub(self.start);
        self.start = 0;
        let waiting = (self.buffer.len() - self.end) as u64;
        if waiting > self.limits.value_bytes_max {
            let place = self.offset + self.end as u64;
            let max = self.limits.value_bytes_max;
            return Err(Flaw::limit(place, "value_bytes_max", max));
        }
        let filled = self.buffer.len();
        // Who wants small pieces may want no more than the first. A long value is read in
        // growing steps, so that scanning stays linear.
        let step = self.piece_bytes.clamp(READ_BYTES_MIN, READ_BYTES);
        let wanted = step.max(filled / 2);
        let mut part = (&mut self.input).take(wanted as u64);
        match part.read_to_end(&mut self.buffer) {
            Ok(0) => self.at_eof = true,
            Ok(_) => {}
            Err(error) => {
                // What came before it is looked at first.
                let place = self.offset + self.buffer.len() as u64;
                self.unreadable = Some(Flaw::new(place, FlawKind::Unreadable(error)));
            }
        }
        Ok(())
    }
}

impl<R: Read> Pieces<Rewound<R>> {
    /// Whether a flaw was met that comes next.
    pub(crate) fn is_flawed(&self) -> bool {
        self.flaw.is_some()
    }

    /// Guesses from the end of the last piece on. No flaw must come next: a symbol table
    /// above the limits went out with that piece, and would not be met again.
    pub(crate) fn guess(mut self) -> Guesses<R> {
        let error = self.unreadable.take().and_then(|flaw| match flaw.kind {
            FlawKind::Unreadable(error) => Some(error),
            _ => None,
        });
        self.input.give_back([&self.buffer[self.start..]], error);
        let guesses = Guesses::new(self.input, self.encoding, &self.limits, self.piece_bytes);
        guesses.starting_at(self.offset + self.start as u64, self.context_at_start)
    }
}

impl<R: Read> Iterator for Pieces<R> {
    type Item = Result<Piece, Flaw>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(flaw) = self.flaw.take() {
            // The whole values before the flaw went out; now the flaw, and the end.
            self.stop();
            return Some(Err(flaw));
        }
        match self.try_next() {
            Ok(piece) => piece.map(Ok),
            Err(flaw) if self.end > self.start => {
                self.flaw = Some(flaw);
                Some(Ok(self.take()))
            }
            Err(flaw) => {
                self.stop();
                Some(Err(flaw))
            }
        }
    }
}

fn commas(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b',', bytes).count()
}

impl<R> Pieces<R> {
    fn stop(&mut self) {
        self.buffer.clear();
        self.ends.clear();
        self.start = 0;
        self.end = 0;
        self.scanned = 0;
        self.at_eof = true;
        self.scanner = TextScanner::new();
    }
}

#[cfg(test)]
mod tests {
    use super::super::cut_binary::table_of;
    use super::*;

    /// Gives one byte at a time: the worst an input can do.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.len().min(buffer.len()).min(1);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

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
        assert_eq!(pieces[0].context, 0);
        assert_eq!(pieces[1].context, 34);
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
        assert_eq!(pieces.len(), 1);
        assert_eq!(flaw.unwrap().offset, 5);
    }

    #[test]
    fn a_newline_between_binary_records_is_skipped() {
        let record = [0xE0, 1, 0, 0xEA, 0x21, 7];
        let bytes = [&record[..], b"\n", &record, b"\n"].concat();
        let (pieces, flaw) = pieces(&bytes, 1000);
        assert!(flaw.is_none());
        assert_eq!(pieces.iter().map(|p| p.offset).collect::<Vec<_>>(), [0, 7]);
        assert!(pieces.iter().all(|p| p.bytes.ends_with(&record)));
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
}
