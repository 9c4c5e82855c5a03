//! A symbol table that is read once, for all pieces of a file.

use std::ops::Range;

use super::reader::BinaryReader;
use super::symbols::Symbol;
use crate::sniff::{self, Encoding};
use crate::Limits;

/// Bytes behind the last text, for what is copied in one piece.
const ROOM: usize = 64;

/// The symbol table of an Ion binary stream, kept to be used again: the pieces of a large file all begin with the same
/// one, and to read its names again for each costs more than to see that its bytes are the same.
///
/// It takes about as much memory as the table's bytes twice, and 16 bytes a symbol.
///
/// ```
/// use sealion_ion::{Limits, Reader, SymbolTable};
/// // A table of one symbol, "a"; a struct with that for a name.
/// let mut piece = b"\xE0\x01\x00\xEA\xE7\x81\x83\xD4\x87\xB2\x81a\xD2\x8A\x20".to_vec();
/// let (mut symbols, limits) = (SymbolTable::default(), Limits::default());
/// for value in [0x20, 0x11] {
///     *piece.last_mut().unwrap() = value;
///     symbols.read(&piece, &limits);
///     let mut reader = Reader::with_symbols(&piece, &symbols, &limits)?;
///     reader.next()?;
///     reader.enter()?;
///     assert_eq!(reader.next()?.and_then(|value| value.field).as_deref(), Some("a"));
/// }
/// # Ok::<(), sealion_ion::Pass>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct SymbolTable {
    /// Its bytes in the stream, annotation and all; none of an empty one.
    bytes: Vec<u8>,
    /// The limit it was read by.
    symbols_max: u32,
    /// The texts of all symbols, one after the other.
    texts: String,
    /// The symbols by number.
    symbols: Vec<Option<Known>>,
}

/// Where a symbol stands in [`SymbolTable::texts`].
#[derive(Clone, Debug)]
struct Known {
    start: usize,
    len: u32,
    clean: bool,
}

impl SymbolTable {
    /// Reads the table that stands right behind the version marker of this stream, unless it is the one that was read last.
    /// Where there is none that a reader takes, nothing is kept; then it is the reader who says so.
    pub fn read(&mut self, stream: &[u8], limits: &Limits) {
        let is_here = |from: &[u8]| !self.bytes.is_empty() && from.starts_with(&self.bytes);
        let behind_marker = match sniff::encoding(stream) {
            Ok(Encoding::Binary) => stream.get(sniff::VERSION_MARKER.len()..),
            _ => None,
        };
        if self.symbols_max == limits.symbols_max && behind_marker.is_some_and(is_here) {
            return;
        }
        self.bytes.clear();
        self.symbols.clear();
        self.texts.clear();
        if behind_marker.is_some() {
            self.keep(stream, limits);
        }
    }

    fn keep(&mut self, stream: &[u8], limits: &Limits) {
        let mut reader = BinaryReader::new(stream, limits);
        let Some((symbols, end)) = reader.first_table() else {
            return;
        };
        for symbol in symbols.texts() {
            let known = symbol.and_then(|symbol| {
                let known = Known {
                    start: self.texts.len(),
                    len: u32::try_from(symbol.text.len()).ok()?,
                    clean: symbol.clean,
                };
                self.texts.push_str(symbol.text);
                Some(known)
            });
            // Only number 0 has no text. A text of 4 GiB is left to the reader.
            if known.is_none() && !self.symbols.is_empty() {
                return;
            }
            self.symbols.push(known);
        }
        self.texts.extend([' '; ROOM]);
        self.symbols_max = limits.symbols_max;
        let table = stream.get(sniff::VERSION_MARKER.len()..end);
        self.bytes.extend_from_slice(table.unwrap_or(&[]));
    }

    /// The symbols by number, if this is the table that stands there in the stream.
    pub(super) fn symbols(
        &self,
        stream: &[u8],
        place: Range<usize>,
    ) -> Option<Vec<Option<Symbol<'_>>>> {
        if self.bytes.is_empty() || stream.get(place)? != self.bytes {
            return None;
        }
        let symbol = |known: &Option<Known>| {
            let known = known.as_ref()?;
            let (text, rest) = (self.texts.get(known.start..)?, self.texts.as_bytes());
            Some(Symbol {
                text: text.get(..known.len as usize)?,
                rest: rest.get(known.start..)?,
                clean: known.clean,
            })
        };
        Some(self.symbols.iter().map(symbol).collect())
    }

    /// The most symbols that it was allowed to have.
    pub(crate) fn symbols_max(&self) -> u32 {
        self.symbols_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Batch, Hash, Pass, Reader};

    const MARKER: [u8; 4] = sniff::VERSION_MARKER;
    /// `a`, `b`, and a text that Ion Hash escapes: symbols 10 to 12.
    const TABLE: &[u8] = b"\xEB\x81\x83\xD8\x87\xB6\x81a\x81b\x81\x0B";
    /// A struct with the three for names, and `b` for a value.
    const VALUE: &[u8] = b"\xD8\x8A\x20\x8B\x71\x0B\x8C\x21\x07";

    fn stream(parts: &[&[u8]]) -> Vec<u8> {
        [&[&MARKER[..]], parts].concat().concat()
    }

    fn known(stream: &[u8], limits: &Limits) -> SymbolTable {
        let mut table = SymbolTable::default();
        table.read(stream, limits);
        table
    }

    /// The names of all fields, and the hashes of all values.
    fn read(mut reader: Reader<'_>) -> Result<(Vec<String>, Vec<Hash>), Pass> {
        let (mut names, mut slots, mut batch) = (Vec::new(), Vec::new(), Batch::default());
        while let Some(value) = reader.next()? {
            let mark = reader.mark();
            slots.push(reader.hash_into(&mut batch)?);
            if value.kind == crate::Type::Struct && !value.null && !value.annotated {
                reader.back(mark)?;
                reader.enter()?;
                while let Some(value) = reader.next()? {
                    names.extend(value.field.map(|name| name.to_string()));
                }
                reader.leave()?;
            }
        }
        batch.run();
        Ok((names, slots.iter().map(|slot| batch.get(*slot)).collect()))
    }

    /// What is read with the table is what is read without.
    fn agree(table: &SymbolTable, stream: &[u8], limits: &Limits) -> bool {
        let alone = Reader::new(stream, limits).and_then(read);
        let with = Reader::with_symbols(stream, table, limits).and_then(read);
        assert_eq!(with, alone, "{stream:02x?}");
        alone.is_ok()
    }

    #[test]
    fn the_same_table_and_any_change_of_it() {
        let limits = Limits::default();
        let first = stream(&[TABLE, VALUE]);
        let table = known(&first, &limits);
        assert_eq!(table.bytes, TABLE);
        assert!(agree(&table, &first, &limits));
        assert_eq!(
            read(Reader::with_symbols(&first, &table, &limits).unwrap())
                .unwrap()
                .0,
            ["a", "b", "\u{b}"]
        );
        for at in 0..first.len() {
            for bit in 0..8 {
                let mut other = first.clone();
                other[at] ^= 1 << bit;
                agree(&table, &other, &limits);
            }
            agree(&table, &first[..at], &limits);
        }
    }

    #[test]
    fn other_tables_in_the_stream() {
        let limits = Limits::default();
        let table = known(&stream(&[TABLE]), &limits);
        let appended = b"\xEA\x81\x83\xD7\x86\x71\x03\x87\xB2\x81d";
        let uses = b"\xD2\x8D\x20";
        for (parts, is_read) in [
            (&[TABLE, appended, uses, VALUE][..], true),
            (&[appended, b"\xD2\x8A\x20"], true),
            (&[appended, TABLE, VALUE], true),
            (&[appended, TABLE, uses], false),
            (&[TABLE, VALUE, &MARKER, VALUE], false),
            (&[VALUE, TABLE], false),
        ] {
            let stream = stream(parts);
            assert_eq!(agree(&table, &stream, &limits), is_read, "{stream:02x?}");
        }
    }

    /// A writer may make its first table one that appends to the system's.
    #[test]
    fn a_table_that_appends() {
        let limits = Limits::default();
        let appends = b"\xEA\x81\x83\xD7\x86\x71\x03\x87\xB2\x81d";
        let table = known(&stream(&[appends]), &limits);
        assert_eq!(table.bytes, appends);
        // The same bytes say something else behind another table.
        for (parts, is_read) in [
            (&[&appends[..], b"\xD2\x8A\x20"][..], true),
            (&[appends, b"\xD2\x8B\x20"], false),
            (&[appends, appends, b"\xD4\x8A\x20\x8B\x20"], true),
            (&[TABLE, appends, VALUE, b"\xD2\x8D\x20"], true),
            (&[TABLE, &MARKER, appends, b"\xD2\x8B\x20"], false),
        ] {
            let stream = stream(parts);
            assert_eq!(agree(&table, &stream, &limits), is_read, "{stream:02x?}");
        }
    }

    #[test]
    fn what_is_kept_and_when() {
        let mut limits = Limits::default();
        let whole = stream(&[TABLE, VALUE]);
        let mut table = known(&whole, &limits);
        // By a lower limit the table is not taken, whoever read it.
        limits.symbols_max = 12;
        assert!(!agree(&table, &whole, &limits));
        table.read(&whole, &limits);
        assert_eq!(table.bytes, b"");
        assert!(!agree(&table, &whole, &limits));
        limits.symbols_max = 13;
        table.read(&whole, &limits);
        assert_eq!(table.bytes, TABLE);
        assert!(agree(&table, &whole, &limits));
        for none in [b"{a: 1}", &whole[4..], &whole[..12], &stream(&[VALUE]), b""] {
            let mut table = table.clone();
            table.read(none, &limits);
            assert_eq!(table.bytes, b"", "{none:02x?}");
        }
    }
}
