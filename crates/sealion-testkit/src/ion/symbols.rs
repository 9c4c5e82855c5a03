//! Symbol ids of Ion binary, and the local symbol tables that give them.

use super::varint::var_uint;
use crate::Rng;
use ion_rs::{Element, Symbol, Value};

/// The nine symbols that every stream has, ids 1 to 9.
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

/// The symbols that a stream has at some place.
#[derive(Default)]
pub(super) struct Symbols {
    /// Texts with ids from 10 on.
    texts: Vec<String>,
}

impl Symbols {
    /// The id of a symbol that [`table_for`](Self::table_for) has seen; 0, which has no text, of any other.
    pub(super) fn id(&self, symbol: &Symbol) -> u64 {
        let Some(text) = symbol.text() else { return 0 };
        let all = SYSTEM
            .into_iter()
            .chain(self.texts.iter().map(String::as_str));
        all.zip(1..)
            .find(|(other, _)| *other == text)
            .map_or(0, |(_, id)| id)
    }

    /// A symbol table with all the value's symbols: it replaces what the stream has, or adds to it. `None` if the
    /// stream has them all.
    pub(super) fn table_for(&mut self, value: &Element, rng: &mut Rng) -> Option<Vec<u8>> {
        let mut texts = Vec::new();
        collect(value, &mut texts);
        let append = rng.chance(50);
        if append {
            texts.retain(|text| !self.texts.iter().any(|known| known == text));
        } else {
            self.texts.clear();
        }
        if append && texts.is_empty() {
            return None;
        }
        rng.shuffle(&mut texts);
        if rng.chance(30) {
            texts.insert(rng.index(texts.len() + 1), "unused".to_owned());
        }
        self.texts.extend(texts.iter().cloned());
        Some(table(append, &texts))
    }
}

/// Adds the texts of all symbols in the value that are not the system's, each once.
fn collect(element: &Element, texts: &mut Vec<String>) {
    element
        .annotations()
        .iter()
        .for_each(|symbol| add(symbol, texts));
    match element.value() {
        Value::Symbol(symbol) => add(symbol, texts),
        Value::List(values) | Value::SExp(values) => {
            values.elements().for_each(|value| collect(value, texts))
        }
        Value::Struct(fields) => {
            for (name, value) in fields.iter() {
                add(name, texts);
                collect(value, texts);
            }
        }
        _ => {}
    }
}

fn add(symbol: &Symbol, texts: &mut Vec<String>) {
    let Some(text) = symbol.text() else { return };
    if !SYSTEM.contains(&text) && texts.iter().all(|known| known != text) {
        texts.push(text.to_owned());
    }
}

/// `$ion_symbol_table::{symbols:[…]}`, with `imports:$ion_symbol_table` before it to append.
fn table(append: bool, texts: &[String]) -> Vec<u8> {
    let mut symbols = Vec::new();
    for text in texts {
        symbols.push(0x8E);
        var_uint(text.len() as u64, 0, &mut symbols);
        symbols.extend_from_slice(text.as_bytes());
    }
    let mut fields = Vec::new();
    if append {
        fields.extend([0x86, 0x71, 0x03]); // imports: $ion_symbol_table
    }
    fields.extend([0x87, 0xBE]); // symbols: a list
    var_uint(symbols.len() as u64, 0, &mut fields);
    fields.extend(symbols);
    let mut body = vec![0x81, 0x83, 0xDE]; // one annotation, $ion_symbol_table, on a struct
    var_uint(fields.len() as u64, 0, &mut body);
    body.extend(fields);
    let mut out = vec![0xEE];
    var_uint(body.len() as u64, 0, &mut out);
    out.extend(body);
    out
}
