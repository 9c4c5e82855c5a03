//! The symbols of a binary stream: nine of the system, and those that its symbol tables add (Ion 1.0, "Symbols").

use std::sync::Arc;

use super::header::{Container, Cursor};
use super::value::Head;
use crate::hasher::is_marker;
use crate::pass::{pass, Pass, Reason};
use crate::scalar::{Form, Scalar, Text};

/// Symbols 1 to 9.
const SYSTEM: [&str; 9] = [
    "$ion",
    "$ion_1_0",
    "$ion_symbol_table",
    "name",
    "version",
    "imports",
    "symbols",
    "max_id",
    "$ion_shared_symbol_table",
];

/// `$ion_symbol_table`: as an annotation it makes a struct a symbol table, as the imports of one it appends to the
/// symbols so far.
pub(super) const SYMBOL_TABLE: u64 = 3;
const IMPORTS: u64 = 6;
const SYMBOLS: u64 = 7;

/// The symbols in force. Copies share them, until one reads another table.
#[derive(Clone)]
pub(super) struct Symbols<'a> {
    /// Text by number, from 0 on; `None` where there is none.
    texts: Arc<Vec<Option<Text<'a>>>>,
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
        let system = SYSTEM.iter().map(|text| Some(clean(text.as_bytes(), 0)));
        texts.extend(system);
    }

    /// The text of a symbol that stands at `offset`.
    #[inline]
    pub(super) fn text(&self, id: u64, offset: usize) -> Result<Text<'a>, Pass> {
        let text = usize::try_from(id).ok().and_then(|id| self.texts.get(id));
        match text {
            Some(Some(text)) => Ok(*text),
            _ => pass(offset, Reason::Symbol),
        }
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
                    if field == IMPORTS && !append && text.bytes == SYSTEM[2].as_bytes() =>
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
        while items.at < list.end {
            let Head::Scalar(Scalar::String(text)) = items.head(list.end, self)? else {
                return pass(start, Reason::SymbolTable);
            };
            if self.texts.len() >= self.symbols_max {
                return pass(text.offset, Reason::Symbols);
            }
            Arc::make_mut(&mut self.texts).push(Some(clean(text.bytes, text.offset)));
        }
        Ok(())
    }
}

/// Symbols are hashed many times: whether one must be escaped is found out once.
fn clean(bytes: &[u8], offset: usize) -> Text<'_> {
    let dirty = bytes.iter().any(|byte| is_marker(*byte));
    Text {
        bytes,
        offset,
        form: if dirty { Form::Plain } else { Form::Clean },
    }
}
