//! Cuts a well-behaved input into stretches by guessing where values end.
//!
//! Cutting for certain ([`Pieces`](super::Pieces)) means looking at every byte, which takes as long as
//! reading a journal does. Here only the bytes near the wanted end of a stretch are looked at: in text a
//! brace that closes, then one that opens; in binary the lengths of values. A guess is borne out when all
//! of the stretch could be read, up to just its end: as each stretch begins where the one before ended,
//! the beginnings are then right, too. Where it could not, cutting begins anew, for certain.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;

use super::cut_binary::{self, Role, Top, VERSION_MARKER};
use super::pieces::{context_bytes_max, Encoding, Piece, Pieces};
use super::rewound::Rewound;
use crate::Limits;

/// Bytes read at a time beyond what a stretch wants.
const READ_BYTES: usize = 32 << 10;

/// An iterator of guessed pieces, each to be borne out in turn.
pub(crate) struct Guesses<R> {
    input: Rewound<R>,
    encoding: Encoding,
    limits: Limits,
    piece_bytes: usize,
    /// `context` bytes of symbol tables, then bytes of the input up to `filled`.
    buffer: Vec<u8>,
    context: usize,
    filled: usize,
    /// Where `buffer[context]` lies in the input.
    offset: u64,
    /// Symbol tables in force where the next piece will begin, unless they are those at the
    /// start of the buffer.
    symbols: Option<Vec<u8>>,
    at_eof: bool,
    error: Option<io::Error>,
    /// Where the values of the piece in the making end, in binary.
    ends: Vec<usize>,
    /// Pieces that were given and not yet borne out, in order.
    open: VecDeque<Arc<Piece>>,
}

thread_local! {
    /// Memory of pieces that were borne out, for others of this file and of the next: memory
    /// that went back to the system comes again page by page.
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Bytes that may be anything, in memory that is there already.
fn spare() -> Vec<u8> {
    SPARE.with_borrow_mut(Vec::pop).unwrap_or_default()
}

/// Keeps memory, unless there is enough of it.
fn keep(bytes: Vec<u8>) {
    const KEPT_MAX: usize = 16;
    const BYTES_MAX: usize = 512 << 10;
    SPARE.with_borrow_mut(|spare| {
        if spare.len() < KEPT_MAX && bytes.capacity() <= BYTES_MAX {
            spare.push(bytes);
        }
    });
}

/// What comes next.
pub(crate) enum Guess {
    Piece(Arc<Piece>),
    /// Nothing: all bytes were given.
    End,
    /// Something that only cutting for certain can tell, once all pieces were borne out.
    Unsure,
}

/// How an attempt to find the end of a piece ended.
enum Cut {
    /// The index in the buffer where the piece ends.
    At(usize),
    NeedMore,
    Unsure,
}

impl<R: Read> Guesses<R> {
    pub(crate) fn new(
        input: Rewound<R>,
        encoding: Encoding,
        limits: &Limits,
        piece_bytes: usize,
    ) -> Self {
        Guesses {
            input,
            encoding,
            limits: limits.clone(),
            piece_bytes,
            buffer: spare(),
            context: 0,
            filled: 0,
            offset: 0,
            symbols: None,
            at_eof: false,
            error: None,
            ends: Vec::new(),
            open: VecDeque::new(),
        }
    }

    /// The next piece. Pieces may be asked for before earlier ones were borne out.
    pub(crate) fn next(&mut self) -> Guess {
        loop {
            let cut = match self.encoding {
                Encoding::Text => self.cut_text(),
                Encoding::Binary => self.cut_binary(),
            };
            match cut {
                Cut::At(end) if end - self.context > self.bytes_max() => return Guess::Unsure,
                // The file is not what it was when its encoding was looked up.
                Cut::At(end) if self.is_other(end) => return Guess::Unsure,
                Cut::At(end) if end > self.context => return Guess::Piece(self.give(end)),
                Cut::At(_) => {
                    // Nothing is in it but symbols, which stand elsewhere too.
                    keep(std::mem::take(&mut self.buffer));
                    (self.context, self.filled) = (0, 0);
                    return Guess::End;
                }
                Cut::Unsure => return Guess::Unsure,
                Cut::NeedMore if self.filled - self.context > self.bytes_max() => {
                    return Guess::Unsure;
                }
                Cut::NeedMore => {
                    if let Err(error) = self.read_more() {
                        self.error = Some(error);
                        return Guess::Unsure;
                    }
                }
            }
        }
    }

    /// The oldest open piece was read up to its end.
    pub(crate) fn borne_out(&mut self) {
        if let Some(piece) = self.open.pop_front().and_then(Arc::into_inner) {
            keep(piece.bytes);
        }
    }

    /// The same for an input of which `offset` bytes went before, that left these symbol
    /// tables in force.
    pub(super) fn starting_at(mut self, offset: u64, symbols: Vec<u8>) -> Self {
        self.offset = offset;
        self.context = symbols.len();
        self.filled = symbols.len();
        self.buffer = symbols;
        self
    }

    /// Cuts for certain from the oldest open piece on.
    pub(crate) fn for_certain(mut self) -> Pieces<Rewound<R>> {
        let own = &self.buffer[self.context..self.filled];
        let (mut symbols, mut offset) = (&self.buffer[..self.context], self.offset);
        if let Some(first) = self.open.front() {
            (symbols, offset) = (&first.bytes[..first.context], first.offset);
        }
        let symbols = symbols.to_vec();
        let open = self.open.iter().map(|piece| &piece.bytes[piece.context..]);
        self.input.give_back(open.chain([own]), self.error);
        let pieces = Pieces::new(self.input, self.encoding, &self.limits, self.piece_bytes);
        pieces.starting_at(offset, symbols)
    }

    /// Whether the pieces that are open take much memory: then the next had better wait.
    pub(crate) fn is_far_ahead(&self) -> bool {
        const BYTES_MAX: usize = 16 << 20;
        let bytes: usize = self.open.iter().map(|piece| piece.bytes.len()).sum();
        bytes > BYTES_MAX
    }

    /// Whether all pieces given so far were borne out.
    pub(crate) fn settled(&self) -> bool {
        self.open.is_empty()
    }

    fn is_other(&self, end: usize) -> bool {
        end > 0 && Encoding::of(&self.buffer[..end]) != self.encoding
    }

    /// Bytes of a piece at least: as many as it starts with, so that symbol tables are read no
    /// more often than values.
    fn piece_min(&self) -> usize {
        self.piece_bytes.max(self.context)
    }

    /// A value longer than this is refused, and so is what might be one.
    fn bytes_max(&self) -> usize {
        usize::try_from(self.limits.value_bytes_max).unwrap_or(usize::MAX)
    }

    fn cut_text(&self) -> Cut {
        let from = self.context + self.piece_min();
        if self.filled < from {
            return self.all();
        }
        let bytes = &self.buffer[..self.filled];
        // Structs stand side by side in S-expressions of a document, too. Where blocks begin as
        // QLDB writes them, the next one surely will, and only a very long one is not waited for.
        let usual = follows(&bytes[self.context..]) == Follows::Block;
        let strict = usual && self.filled < from + self.piece_min();
        let mut other = None;
        for at in memchr::memchr_iter(b'}', &bytes[from..]) {
            let end = from + at + 1;
            match follows(&bytes[end..]) {
                Follows::Block => return Cut::At(end),
                Follows::Struct if strict => {}
                Follows::Struct => other = other.or(Some(end)),
                Follows::Else => {}
                Follows::Unknown => break,
            }
        }
        other.map_or_else(|| self.all(), Cut::At)
    }

    /// No end of a value is in sight: more bytes, or all there are.
    fn all(&self) -> Cut {
        match self.at_eof {
            true => Cut::At(self.filled),
            false => Cut::NeedMore,
        }
    }

    fn cut_binary(&mut self) -> Cut {
        let mut at = self.context;
        self.symbols = None;
        self.ends.clear();
        while at - self.context < self.piece_min() {
            let rest = &self.buffer[at..self.filled];
            let length = match cut_binary::top(rest, 0) {
                Ok(Top::VersionMarker) => {
                    self.symbols = Some(VERSION_MARKER.to_vec());
                    VERSION_MARKER.len()
                }
                // A line feed is no padding, but stands between records of a stream.
                Ok(Top::Value(_)) if rest.first() == Some(&b'\n') => return self.before(at),
                Ok(Top::Value(length)) => match rest.get(..length as usize) {
                    None if self.at_eof => return self.before(at),
                    None => return Cut::NeedMore,
                    Some(value) => {
                        let (length, annotated) = (value.len(), value[0] >> 4 == 0xE);
                        if annotated && !self.take_symbols(at, length) {
                            return self.before(at);
                        }
                        length
                    }
                },
                Ok(Top::NeedMore) if self.at_eof && rest.is_empty() => return Cut::At(at),
                Ok(Top::NeedMore) if !self.at_eof => return Cut::NeedMore,
                Ok(Top::NeedMore) | Err(_) => return self.before(at),
            };
            at += length;
            self.ends.push(at);
        }
        Cut::At(at)
    }

    /// Something unusual stands at `at`: first comes a piece of what is before it.
    fn before(&self, at: usize) -> Cut {
        match at > self.context {
            true => Cut::At(at),
            false => Cut::Unsure,
        }
    }

    /// Takes in a symbol table; false if it cannot be told what the value is.
    fn take_symbols(&mut self, at: usize, length: usize) -> bool {
        let value = &self.buffer[at..at + length];
        match cut_binary::check(value, 0, &self.limits) {
            Ok(Role::SymbolTable { builds }) => {
                let before = match (builds, self.symbols.take()) {
                    (true, Some(symbols)) => symbols,
                    (true, None) => self.buffer[..self.context].to_vec(),
                    (false, _) => VERSION_MARKER.to_vec(),
                };
                let symbols = self.symbols.insert(before);
                let fits = symbols.len() + value.len() <= context_bytes_max(&self.limits) / 2;
                if fits {
                    symbols.extend_from_slice(value);
                }
                fits
            }
            Ok(Role::Plain) => true,
            Err(_) => false,
        }
    }

    fn read_more(&mut self) -> io::Result<()> {
        let usual = self.context + self.piece_min() + READ_BYTES;
        let wanted = match self.filled < usual {
            true => usual,
            false => self.filled + READ_BYTES.max(self.filled / 2),
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
                    return Ok(());
                }
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The bytes up to `end` as a piece; those behind it begin the next buffer.
    fn give(&mut self, end: usize) -> Arc<Piece> {
        let mut next = spare();
        let own = || &self.buffer[..self.context];
        let symbols = self.symbols.as_deref().unwrap_or_else(own);
        let rest = &self.buffer[end..self.filled];
        let (context, filled) = (symbols.len(), symbols.len() + rest.len());
        // What is in it is overwritten before it is looked at.
        next.resize(next.len().max(filled), 0);
        next[..context].copy_from_slice(symbols);
        next[context..filled].copy_from_slice(rest);
        let mut bytes = std::mem::replace(&mut self.buffer, next);
        bytes.truncate(end);
        let piece = Arc::new(Piece {
            bytes,
            context: self.context,
            offset: self.offset,
            ends: std::mem::take(&mut self.ends),
        });
        self.offset += (end - self.context) as u64;
        self.context = context;
        self.symbols = None;
        self.filled = filled;
        self.open.push_back(piece.clone());
        piece
    }
}

/// What the bytes behind a value begin with, blanks apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    /// A struct whose first field is `blockAddress`.
    Block,
    /// Another struct.
    Struct,
    Else,
    /// That takes more bytes to tell.
    Unknown,
}

fn follows(bytes: &[u8]) -> Follows {
    const FIRST_FIELD: &[u8] = b"blockAddress:";
    match bytes.trim_ascii_start() {
        [] => Follows::Unknown,
        [b'{', field @ ..] => {
            let field = field.trim_ascii_start();
            match field.get(..FIRST_FIELD.len()) {
                Some(FIRST_FIELD) => Follows::Block,
                None if FIRST_FIELD.starts_with(field) => Follows::Unknown,
                _ => Follows::Struct,
            }
        }
        _ => Follows::Else,
    }
}

#[cfg(test)]
mod tests {
    use super::super::cut_binary::table_of;
    use super::*;

    #[test]
    fn a_block_is_told_from_other_structs() {
        for (bytes, told) in [
            ("{blockAddress:{", Follows::Block),
            (" \n{ blockAddress:{", Follows::Block),
            ("{blockAddres:{", Follows::Struct),
            ("{\"blockAddress\":{", Follows::Struct),
            ("{}", Follows::Struct),
            ("{blockAddress", Follows::Unknown),
            ("{ ", Follows::Unknown),
            (" ", Follows::Unknown),
            (",{blockAddress:{", Follows::Else),
        ] {
            assert_eq!(follows(bytes.as_bytes()), told, "{bytes}");
        }
    }

    #[test]
    fn structs_side_by_side_in_a_block_are_passed_by() {
        let block = "{blockAddress:{},data:({a:1} {b:2} {c:3})}\n";
        for count in 2..6 {
            let text = block.repeat(count);
            let (given, ended, _) = guesses(text.as_bytes(), 24);
            assert!(ended);
            let starts: Vec<usize> = given.iter().map(|piece| piece.offset as usize).collect();
            let ends = (0..count).map(|n| (n * block.len()).saturating_sub(1));
            assert_eq!(starts, ends.collect::<Vec<_>>());
        }
    }

    /// All guesses, none borne out until the end; then the rest for certain.
    fn guesses(bytes: &[u8], piece_bytes: usize) -> (Vec<Arc<Piece>>, bool, Vec<Piece>) {
        let encoding = Encoding::of(bytes);
        let mut guesses = Guesses::new(
            Rewound::new(bytes),
            encoding,
            &Limits::default(),
            piece_bytes,
        );
        let mut given = Vec::new();
        let ended = loop {
            match guesses.next() {
                Guess::Piece(piece) => given.push(piece),
                Guess::End => break true,
                Guess::Unsure => break false,
            }
        };
        let certain = guesses.for_certain().flatten().collect();
        (given, ended, certain)
    }

    fn own(piece: &Piece) -> &[u8] {
        &piece.bytes[piece.context..]
    }

    #[test]
    fn every_byte_is_given_once_at_its_place() {
        let text = " {a:1}\n{b:[{}, {}]} // end\n {c:'}{'} {d:4} ".repeat(9);
        for piece_bytes in 1..200 {
            let (given, ended, certain) = guesses(text.as_bytes(), piece_bytes);
            assert!(ended);
            let mut at = 0;
            for piece in &given {
                assert_eq!(piece.offset, at as u64);
                at += own(piece).len();
            }
            let all: Vec<u8> = given.iter().flat_map(|piece| own(piece)).copied().collect();
            assert_eq!(all, text.as_bytes());
            let certain: Vec<u8> = certain.iter().flat_map(own).copied().collect();
            assert_eq!(certain, text.as_bytes());
        }
    }

    #[test]
    fn binary_is_cut_by_length_and_keeps_its_symbols() {
        let value = [0xD2, 0x8A, 0x20];
        let table = [0xE7, 0x81, 0x83, 0xD4, 0x87, 0xB2, 0x81, b'a'];
        let bytes = [&VERSION_MARKER[..], &table, &value.repeat(8)].concat();
        let (given, ended, certain) = guesses(&bytes, 1);
        assert!(ended);
        // The marker and the table are values too, as far as cutting goes.
        let contexts: Vec<usize> = given.iter().map(|piece| piece.context).collect();
        // Four values are as long as what they start with.
        assert_eq!(contexts, [0, 4, 12, 12]);
        assert_eq!(certain.first().map(|piece| piece.offset), Some(0));
        for odd in [&b"\n"[..], &[0xE0, 1, 1, 0xEA], &[0xD9, 0x8A], &[0xF0]] {
            let (given, ended, _) = guesses(&[&bytes, odd].concat(), 1);
            assert_eq!((given.len(), ended), (4, false), "{odd:?}");
        }
    }

    #[test]
    fn what_was_borne_out_is_not_cut_again() {
        let text = b"{a:1} {b:2} {c:3}";
        let mut guesses = Guesses::new(
            Rewound::new(&text[..]),
            Encoding::Text,
            &Limits::default(),
            1,
        );
        for _ in 0..3 {
            assert!(matches!(guesses.next(), Guess::Piece(_)));
        }
        guesses.borne_out();
        assert!(!guesses.settled());
        let certain: Vec<Piece> = guesses.for_certain().flatten().collect();
        assert_eq!(certain.first().map(|piece| piece.offset), Some(5));
        let certain: Vec<u8> = certain.iter().flat_map(own).copied().collect();
        assert_eq!(certain, &text[5..]);
    }

    #[test]
    fn an_error_of_the_input_is_met_again() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        let input = (&b"{a:1} {b:2} {c:"[..]).chain(Broken);
        let mut guesses =
            Guesses::new(Rewound::new(input), Encoding::Text, &Limits::default(), 100);
        assert!(matches!(guesses.next(), Guess::Unsure));
        let certain: Vec<_> = guesses.for_certain().collect();
        assert_eq!(certain.len(), 2);
        assert!(certain[0].is_ok() && certain[1].is_err());
    }

    #[test]
    fn a_value_over_the_limit_is_left_to_certain_cutting() {
        let limits = Limits {
            value_bytes_max: 1000,
            ..Limits::default()
        };
        let long = [b'{'; 100_000];
        let mut guesses = Guesses::new(Rewound::new(&long[..]), Encoding::Text, &limits, 100);
        assert!(matches!(guesses.next(), Guess::Unsure));
        // Claims 2^40 bytes, and has none.
        let huge = [0xE0, 1, 0, 0xEA, 0xAE, 0x20, 0, 0, 0, 0, 0x80];
        let mut guesses = Guesses::new(Rewound::new(&huge[..]), Encoding::Binary, &limits, 100);
        assert!(matches!(guesses.next(), Guess::Piece(_)));
        assert!(matches!(guesses.next(), Guess::Unsure));
    }

    #[test]
    fn symbols_too_long_to_guess_with_are_taken_in_once() {
        let (small, large) = (table_of(10, false), table_of(120_000, true));
        let value = [0xD2, 0x8A, 0x20].repeat(20);
        let before = [&VERSION_MARKER[..], &small].concat();
        let bytes = [&before[..], &value, &large, &value, &large[..2]].concat();
        let (given, ended, certain) = guesses(&bytes, 1);
        assert!(!ended);
        let last = given.last().unwrap();
        assert_eq!(
            last.offset as usize + own(last).len(),
            before.len() + value.len()
        );
        // None was borne out, so all is cut again.
        assert_eq!(certain.first().map(|piece| piece.offset), Some(0));
        let mut guesses = Guesses::new(
            Rewound::new(&bytes[..]),
            Encoding::Binary,
            &Limits::default(),
            1,
        );
        while let Guess::Piece(_) = guesses.next() {
            guesses.borne_out();
        }
        let certain: Vec<Piece> = guesses.for_certain().flatten().collect();
        // Not compared by `assert_eq`, which would print all of it.
        let starts = |piece: &Piece, with: &[&[u8]]| {
            let with = with.concat();
            piece.context == with.len() && piece.bytes.starts_with(&with)
        };
        assert!(starts(&certain[0], &[&before]) && own(&certain[0]) == large);
        assert!(starts(&certain[1], &[&before, &large]) && own(&certain[1]) == value);
    }
}
