//! The symbols of a binary stream: nine of the system, and those that its symbol tables add (Ion 1.0, "Symbols").

use std::sync::Arc;

use super::header::{Container, Cursor};
use super::value::Head;
use crate::pass::{pass, Pass, Reason};
use crate::scalar::{Form, Scalar, Text};
use crate::scan;

/// Symbols 1 to 9, with zeros behind each, for what is copied in one piece.
static SYSTEM: [([u8; 64], usize); 9] = [
    padded("$ion"),
    padded("$ion_1_0"),
    padded("$ion_symbol_table"),
    padded("name"),
    padded("version"),
    padded("imports"),
    padded("symbols"),
    padded("max_id"),
    padded("$ion_shared_symbol_table"),
];

const fn padded(text: &str) -> ([u8; 64], usize) {
    let mut bytes = [0; 64];
    let mut at = 0;
    while at < text.len() {
        bytes[at] = text.as_bytes()[at];
        at += 1;
    }
    (bytes, text.len())
}

/// A symbol's text.
#[derive(Clone, Copy)]
pub(super) struct Symbol<'a> {
    pub(super) text: &'a str,
    /// Its bytes, and what stands behind them.
    pub(super) rest: &'a [u8],
    /// Whether none of its bytes is escaped by Ion Hash. Symbols are hashed many times: this is found out once.
    pub(super) clean: bool,
}

impl<'a> Symbol<'a> {
    /// Of the first `len` bytes, if they are UTF-8.
    fn new(rest: &'a [u8], len: usize) -> Option<Self> {
        let bytes = rest.get(..len)?;
        Some(Self {
            text: core::str::from_utf8(bytes).ok()?,
            rest,
            clean: scan::is_plain(rest, len) || !scan::has_markers(bytes),
        })
    }

    /// As it is handed over as a name, value or annotation that stands at `offset`.
    #[inline]
    pub(super) fn as_text(&self, offset: usize) -> Text<'a> {
        Text {
            bytes: self.text.as_bytes(),
            offset,
            form: if self.clean { Form::Clean } else { Form::Plain },
        }
    }
}

/// `$ion_symbol_table`: as an annotation it makes a struct a symbol table, as the imports of one it appends to the
/// symbols so far.
pub(super) const SYMBOL_TABLE: u64 = 3;
const IMPORTS: u64 = 6;
const SYMBOLS: u64 = 7;

/// The symbols in force. Copies share them, until one reads another table.
#[derive(Clone)]
pub(super) struct Symbols<'a> {
    /// Text by number, from 0 on; `None` where there is none.
    texts: Arc<Vec<Option<Symbol<'a>>>>,
    symbols_max: usize,
}

impl<'a> Symbols<'a> {
    pub(super) fn new(symbols_max: u32) -> Self {
        let mut symbols = Self {
            texts: Arc::default(),
            symbols_max: symbols_max as usize,
        };
        symbols.reset();
        symbols
    }

    /// Only the system's symbols, as behind a version marker.
    pub(super) fn reset(&mut self) {
        let texts = Arc::make_mut(&mut self.texts);
        texts.clear();
        texts.push(None);
        let system = SYSTEM.iter().map(|(bytes, len)| Symbol::new(bytes, *len));
        texts.extend(system);
    }

    /// Whether there are only the system's.
    pub(super) fn are_of_system(&self) -> bool {
        self.texts.len() == SYSTEM.len() + 1
    }

    /// These and no others.
    pub(super) fn set(&mut self, texts: Vec<Option<Symbol<'a>>>) {
        self.texts = Arc::new(texts);
    }

    /// All of them, by number.
    pub(super) fn texts(&self) -> &[Option<Symbol<'a>>] {
        &self.texts
    }

    /// The symbol of a number that stands at `offset`.
    #[inline(always)]
    pub(super) fn get(&self, id: u64, offset: usize) -> Result<&Symbol<'a>, Pass> {
        let symbol = usize::try_from(id).ok().and_then(|id| self.texts.get(id));
        match symbol {
            Some(Some(symbol)) => Ok(symbol),
            _ => pass(offset, Reason::Symbol),
        }
    }

    /// Its text, as a value or annotation.
    pub(super) fn text(&self, id: u64, offset: usize) -> Result<Text<'a>, Pass> {
        self.get(id, offset).map(|symbol| symbol.as_text(offset))
    }

    /// Reads a symbol table, the cursor standing in its struct: `{imports: $ion_symbol_table, symbols: ["…", …]}`,
    /// the imports left out if it is to replace the symbols so far.
    pub(super) fn read_table(&mut self, cursor: &mut Cursor<'a>, end: usize) -> Result<(), Pass> {
        let start = cursor.at;
        let (mut append, mut list) = (false, None);
        while cursor.at < end {
            let at = cursor.at;
            let field = cursor.var_uint(end)?;
            match cursor.head(end, self)? {
                Head::Scalar(Scalar::Symbol(text))
                    if field == IMPORTS && !append && text.bytes == b"$ion_symbol_table" =>
                {
                    append = true;
                }
                Head::Container(Container::List, to) if field == SYMBOLS && list.is_none() => {
                    list = Some(cursor.at..to);
                    cursor.at = to;
                }
                _ => return pass(at, Reason::SymbolTable),
            }
        }
        if !append {
            self.reset();
        }
        let Some(list) = list else {
            return Ok(());
        };
        let mut items = Cursor {
            bytes: cursor.bytes,
            at: list.start,
        };
        let texts = Arc::make_mut(&mut self.texts);
        while items.at < list.end {
            let header = items.header(list.end)?;
            if header.code != 8 || header.low == 15 {
                return pass(start, Reason::SymbolTable);
            }
            if texts.len() >= self.symbols_max {
                return pass(items.at, Reason::Symbols);
            }
            let (rest, len) = items.run(header.end);
            let offset = items.at;
            items.at = header.end;
            match Symbol::new(rest, len) {
                None => return pass(offset, Reason::Utf8),
                symbol => texts.push(symbol),
            }
        }
        Ok(())
    }
}
