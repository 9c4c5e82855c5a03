//! The values of a piece, as one reader of `ion-rs` gives them, and the symbols that it leaves in force.
//!
//! Something that the reader refuses does not hide what stands behind it: reading goes on at the end of the
//! chunk that holds it, under the symbols that were in force before it. All of that stands behind a finding.

use std::panic::{catch_unwind, AssertUnwindSafe};

use ion_rs::{AnyEncoding, HasRange, LazyValue, SystemReader, SystemStreamItem};

use super::context::context_of;
use super::cut_binary;
use super::flaw::Flaw;
use super::pieces::{Encoding, Part};

/// Refused chunks of one file after which the rest of it is not read.
pub(crate) const REFUSED_MAX: usize = 16;

/// A chunk with something in it that was refused.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Where the chunk begins in the input.
    pub(crate) offset: u64,
    pub(crate) why: Why,
}

#[derive(Debug)]
pub(crate) enum Why {
    /// The reader refused it, in these words.
    Reader(String),
    /// It holds this, which no reader takes.
    Holds(&'static str),
    /// It was not handed to the reader: a limit, or lengths that do not nest.
    Before(Flaw),
}

/// What came of reading a piece.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// How many chunks were refused: at most [`REFUSED_MAX`], and if it is as many, what is behind was not read.
    pub(crate) refused: usize,
    /// What leaves the symbols in force that are so behind the piece, unless they are those at its start.
    pub(crate) context: Option<Vec<u8>>,
    /// Where the symbol table lies in the piece with which symbols become more than there is room for.
    pub(super) excess: Option<usize>,
    /// The last item ends with the last byte, and is one that bytes behind it cannot change.
    pub(crate) closed: bool,
}

/// Where bytes lie that the reader was given: its `at` is `index` in the piece.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) at: usize,
    pub(crate) index: usize,
}

/// How many symbols may be in force, those of Ion itself apart, and how many bytes of them.
#[derive(Clone, Copy)]
pub(super) struct Room {
    pub(super) symbols: usize,
    pub(super) bytes: usize,
}

/// One thing that comes up while a piece is read.
pub(crate) enum Seen<'v> {
    Value(LazyValue<'v, AnyEncoding>, Place),
    Refused(Refused),
}

/// Calls `each` with every value of a piece and everything that is refused, in order. A panic of it counts as one of
/// the reader.
pub(super) fn walk(piece: Part<'_>, each: impl FnMut(Seen<'_>)) -> Walked {
    walk_within(piece, None, each)
}

/// The same, and looks at how many symbols there are.
pub(super) fn walk_within(
    piece: Part<'_>,
    room: Option<Room>,
    mut each: impl FnMut(Seen<'_>),
) -> Walked {
    let mut walked = Walked::default();
    let bytes = piece.bytes;
    // The symbol tables behind which reading goes on after something was refused.
    let mut tables = bytes[..piece.context].to_vec();
    let mut from = 0;
    loop {
        let barred = barred(piece, from.max(piece.context));
        let end = barred.as_ref().map_or(bytes.len(), |(start, _)| *start);
        let own = match from {
            0 => bytes[..end].into(),
            _ if tables.is_empty() => bytes[from..end].into(),
            _ => std::borrow::Cow::from([&tables, &bytes[from..end]].concat()),
        };
        let place = match from {
            0 => Place { at: 0, index: 0 },
            _ => Place {
                at: tables.len(),
                index: from,
            },
        };
        let before = if from == 0 { piece.context } else { place.at };
        let mut read = Read {
            end: before,
            room,
            ..Read::default()
        };
        let why = read.all(&own, before, piece.encoding, |value| {
            each(Seen::Value(value, place))
        });
        if let Some(context) = read.context {
            tables.clone_from(&context);
            walked.context = Some(context);
        }
        let in_piece = |at| at - place.at + place.index;
        walked.excess = walked.excess.or(read.excess.map(in_piece));
        // Binary may end with padding, which the reader passed over.
        walked.closed = read.end == own.len() && read.closed || piece.encoding == Encoding::Binary;
        let (after, why) = match (why, barred) {
            (Some(why), _) => (read.end - place.at + place.index, why),
            (None, Some((start, why))) => (start, why),
            (None, None) => return walked,
        };
        let (start, end) = piece.chunk_after(after);
        let offset = piece.offset_of(start);
        let why = match why {
            Why::Reader(_) => of_chunk(&bytes[start..end], &tables, piece.encoding).unwrap_or(why),
            _ => why,
        };
        each(Seen::Refused(Refused { offset, why }));
        walked.refused += 1;
        // One reader would not have come so far.
        walked.closed = true;
        if walked.refused == REFUSED_MAX || end <= from || end == bytes.len() {
            return walked;
        }
        from = end;
    }
}

/// Why the reader refuses a chunk that stands alone behind these symbol tables. What it says of a chunk that others
/// follow depends on how many these are, and so on how the file was cut.
fn of_chunk(chunk: &[u8], tables: &[u8], encoding: Encoding) -> Option<Why> {
    let alone = [tables, chunk].concat();
    Read::default().all(&alone, tables.len(), encoding, |_| {})
}

/// The reader's words for a refusal, without its dump of the input and without places in the bytes that it was
/// given, which depend on how a file was cut.
pub(crate) fn words(error: &str) -> String {
    let line = error.lines().next().unwrap_or_default();
    let mut words = String::with_capacity(line.len());
    for (index, part) in line.split(" at offset ").enumerate() {
        let part = match index {
            0 => part,
            _ => part.trim_start_matches(|char: char| char.is_ascii_digit()),
        };
        words.push_str(part);
    }
    match words.as_str() {
        // It says either of the same bytes.
        "found unrecognized syntax" | "stream is incomplete; ran out of data" => {
            "unrecognized syntax, or a value without an end".to_owned()
        }
        _ => words,
    }
}

/// Where the first chunk from `from` on begins that the reader must not see, and why: in text it takes bytes
/// amiss that are not UTF-8; in binary it goes as deep as values are nested.
fn barred(piece: Part<'_>, from: usize) -> Option<(usize, Why)> {
    match piece.encoding {
        Encoding::Text => {
            let valid = std::str::from_utf8(&piece.bytes[from..])
                .err()?
                .valid_up_to();
            let why = Why::Holds("bytes that are not UTF-8");
            Some((piece.chunk_after(from + valid).0, why))
        }
        Encoding::Binary => {
            let limits = piece.unchecked?;
            let mut start = from;
            for &end in piece.ends.iter().filter(|end| **end > from) {
                let place = piece.offset_of(start);
                if let Err(flaw) = cut_binary::check(&piece.bytes[start..end], place, limits) {
                    return Some((start, Why::Before(flaw)));
                }
                start = end;
            }
            None
        }
    }
}

/// How far one reader came.
#[derive(Default)]
struct Read {
    /// Behind the last item.
    end: usize,
    closed: bool,
    context: Option<Vec<u8>>,
    room: Option<Room>,
    excess: Option<usize>,
}

impl Read {
    /// Reads all of `bytes`, of which `..own` are symbol tables from before; why not, if something is refused.
    fn all(
        &mut self,
        bytes: &[u8],
        own: usize,
        encoding: Encoding,
        each: impl FnMut(LazyValue<'_, AnyEncoding>),
    ) -> Option<Why> {
        // The reader is careful, but it is fed by strangers: a panic in it must not be ours.
        let attempt = catch_unwind(AssertUnwindSafe(|| self.items(bytes, own, encoding, each)));
        attempt.unwrap_or_else(|_| {
            // The symbols in force before that, by a reader that comes to no harm.
            let before = &bytes[..self.end];
            let mut again = Read::default();
            let read = || again.items(before, own, encoding, |_| {});
            if catch_unwind(AssertUnwindSafe(read)).is_ok() {
                self.context = again.context;
            }
            Some(Why::Holds("something at which the Ion reader breaks off"))
        })
    }

    /// Whether symbols became more than there is room for with the last table.
    fn look(
        &mut self,
        held: &mut Held,
        reader: &mut SystemReader<AnyEncoding, &[u8]>,
        table: Option<usize>,
    ) {
        let Some(room) = self.room else {
            return;
        };
        let last = held.look(reader, table);
        if held.symbols > room.symbols || held.bytes > room.bytes {
            self.excess = self.excess.or(last);
        }
    }

    fn items(
        &mut self,
        bytes: &[u8],
        own: usize,
        encoding: Encoding,
        mut each: impl FnMut(LazyValue<'_, AnyEncoding>),
    ) -> Option<Why> {
        use SystemStreamItem as Item;
        let mut reader = SystemReader::new(AnyEncoding, bytes);
        let mut changed = false;
        let mut held = Held::default();
        let refused = loop {
            let (range, system, marker) = match reader.next_item() {
                Ok(Item::EndOfStream(_)) => break None,
                Ok(Item::Value(value)) => {
                    let range = value.raw().map(|raw| raw.range());
                    each(value);
                    (range, false, false)
                }
                Ok(Item::SymbolTable(table)) => {
                    (table.as_value().raw().map(|raw| raw.range()), true, false)
                }
                Ok(Item::VersionMarker(marker)) => (Some(marker.range()), true, true),
                Ok(_) => (None, true, false),
                Err(error) => break Some(Why::Reader(words(&error.to_string()))),
            };
            let range = range.unwrap_or(self.end..self.end);
            let table = (system && !marker).then_some(range.start);
            self.look(&mut held, &mut reader, table);
            // In text a marker changes nothing where nothing was in force.
            let nothing = encoding == Encoding::Text && marker && own == 0 && !changed;
            changed |= system && range.end > own && !nothing;
            self.end = range.end.max(own);
            let last = self.end.checked_sub(1).and_then(|at| bytes.get(at));
            // All that ends with such a byte is a container or a lob, to its end.
            self.closed = encoding == Encoding::Binary || matches!(last, Some(b'}' | b']' | b')'));
        };
        self.look(&mut held, &mut reader, None);
        let symbols = reader.symbol_table();
        self.context = changed.then(|| context_of(encoding, symbols));
        refused
    }
}

/// Symbols in force, as far as they were counted.
#[derive(Default)]
struct Held {
    symbols: usize,
    bytes: usize,
    /// A table that comes to be in force with the next item: where it lies, its symbols and their bytes.
    pending: Option<(usize, usize, usize)>,
}

impl Held {
    /// Counts the table that came to be in force with the last item, gives its place, and takes note of the one
    /// that this item is.
    fn look(
        &mut self,
        reader: &mut SystemReader<AnyEncoding, &[u8]>,
        table: Option<usize>,
    ) -> Option<usize> {
        let symbols = reader.symbol_table().application_symbols().len();
        let counted = self.pending.take().map(|(start, own, bytes)| {
            // Else it took the place of the others.
            let goes_on = symbols == self.symbols + own;
            self.bytes = bytes + if goes_on { self.bytes } else { 0 };
            start
        });
        self.bytes = if symbols == 0 { 0 } else { self.bytes };
        self.symbols = symbols;
        self.pending = table.map(|start| {
            let own = reader.pending_context_changes().local_symbols();
            let bytes = own
                .iter()
                .map(|symbol| 1 + symbol.text().map_or(0, str::len));
            (start, own.len(), bytes.sum())
        });
        counted
    }
}
