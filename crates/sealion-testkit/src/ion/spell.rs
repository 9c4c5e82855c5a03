//! One Ion value, spelled in as many ways as Ion 1.0 text allows.
//!
//! Whatever is chosen, the value and so its Ion Hash stay as they are. Spelled are: blanks and comments wherever
//! tokens may be parted, trailing commas, the order of struct fields, names in three kinds of quotes, escapes, long
//! strings in pieces, numbers in other bases, with underscores or other exponents, `Z` or `+00:00`, base64 with
//! blanks.

mod number;
mod quoted;

use super::text::{self, is_identifier};
use crate::Rng;
use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::{Element, Sequence, Struct, Symbol, Value};

/// Blanks of Ion text.
const BLANKS: [&str; 8] = [" ", "\t", "\n", "\r\n", "\u{b}", "\u{c}", "  ", "\n\n"];
/// Blanks within base64. No vertical tab: Ion allows it, ion-rs does not read it there.
const BASE_64_BLANKS: [&str; 5] = [" ", "\t", "\n", "\r\n", "  "];
/// Comments, which stand wherever blanks may.
const COMMENTS: [&str; 6] = [
    "/**/",
    "/* {a:1} */",
    "/* // \n \" ''' */",
    "// {{ ' \n",
    "//\r\n",
    "/* ** / */",
];

/// Adds the value in a random spelling.
pub fn spell(value: &Element, rng: &mut Rng, out: &mut String) {
    Speller { rng, out }.element(value, true);
}

/// The value in a random spelling.
#[must_use]
pub fn spelled(value: &Element, rng: &mut Rng) -> String {
    let mut out = String::new();
    spell(value, rng, &mut out);
    out
}

struct Speller<'a> {
    rng: &'a mut Rng,
    out: &'a mut String,
}

impl Speller<'_> {
    /// Writes a value. Long strings are `allowed` unless one stands before without a comma between: the two would
    /// be one.
    fn element(&mut self, element: &Element, allowed: bool) {
        for annotation in element.annotations() {
            self.symbol(annotation);
            self.maybe_gap();
            self.out.push_str("::");
            self.maybe_gap();
        }
        match element.value() {
            Value::List(values) => self.list(values),
            Value::SExp(values) => self.sexp(values),
            Value::Struct(fields) => self.fields(fields),
            Value::Null(ion_rs::IonType::Null) => self.either("null", "null.null"),
            Value::Int(value) => self.int(value),
            Value::Float(value) => self.float(*value),
            Value::Decimal(value) => self.decimal(value),
            Value::Timestamp(value) => self.timestamp(value),
            Value::Symbol(symbol) => self.symbol(symbol),
            Value::String(string) if allowed && self.rng.chance(30) => self.long(string.text()),
            Value::String(string) => self.quoted(string.text(), '"'),
            Value::Blob(bytes) => self.blob(bytes.as_ref()),
            Value::Clob(bytes) => self.clob(bytes.as_ref()),
            scalar => text::scalar(scalar, self.out),
        }
    }

    fn list(&mut self, values: &Sequence) {
        self.out.push('[');
        for (index, value) in values.elements().enumerate() {
            self.comma(index);
            self.element(value, true);
        }
        self.close(values.is_empty(), ']');
    }

    fn sexp(&mut self, values: &Sequence) {
        self.out.push('(');
        self.maybe_gap();
        for (index, value) in values.elements().enumerate() {
            if index > 0 {
                self.gap();
            }
            self.element(value, index % 2 == 0);
        }
        self.maybe_gap();
        self.out.push(')');
    }

    /// Fields in any order, for Ion gives the order no meaning.
    fn fields(&mut self, fields: &Struct) {
        let mut fields: Vec<_> = fields.iter().collect();
        if self.half() {
            self.rng.shuffle(&mut fields);
        }
        self.out.push('{');
        for (index, (name, value)) in fields.iter().enumerate() {
            self.comma(index);
            match name.text() {
                Some(text) if self.rng.chance(20) => self.quoted(text, '"'),
                Some(text) if self.rng.chance(10) => self.long(text),
                _ => self.symbol(name),
            }
            self.maybe_gap();
            self.out.push(':');
            self.maybe_gap();
            self.element(value, true);
        }
        self.close(fields.is_empty(), '}');
    }

    fn comma(&mut self, index: usize) {
        self.maybe_gap();
        if index > 0 {
            self.out.push(',');
            self.maybe_gap();
        }
    }

    fn close(&mut self, empty: bool, end: char) {
        self.maybe_gap();
        if !empty && self.rng.chance(20) {
            self.out.push(',');
            self.maybe_gap();
        }
        self.out.push(end);
    }

    fn half(&mut self) -> bool {
        self.rng.chance(50)
    }

    fn either(&mut self, one: &str, other: &str) {
        let text = if self.half() { one } else { other };
        self.out.push_str(text);
    }

    /// Something that parts two tokens.
    fn gap(&mut self) {
        self.out.push_str(self.rng.pick(&BLANKS));
        self.maybe_gap();
    }

    /// Blanks and comments, mostly none. No comment follows a bare token directly: a number may not end so (Ion 1.0,
    /// "numeric stop-characters"), and ion-rs does not read a keyword that does.
    fn maybe_gap(&mut self) {
        while self.rng.chance(25) {
            if self.rng.chance(75) {
                self.out.push_str(self.rng.pick(&BLANKS));
                continue;
            }
            let bare = |c: char| c.is_ascii_alphanumeric() || "_$.+-".contains(c);
            if self.out.ends_with(bare) {
                self.out.push(' ');
            }
            self.out.push_str(self.rng.pick(&COMMENTS));
        }
    }

    fn symbol(&mut self, symbol: &Symbol) {
        match symbol.text() {
            Some(text) if !is_identifier(text) || self.rng.chance(30) => self.quoted(text, '\''),
            _ => text::symbol(symbol, self.out),
        }
    }

    /// Base64 with blanks in it; comments are not allowed there. None parts the padding, which ion-rs does not read.
    fn blob(&mut self, bytes: &[u8]) {
        self.out.push_str("{{");
        let spelled = self.half();
        for c in STANDARD.encode(bytes).chars() {
            if spelled && c != '=' && self.rng.chance(10) {
                self.out.push_str(self.rng.pick(&BASE_64_BLANKS));
            }
            self.out.push(c);
        }
        if spelled {
            self.out.push_str(self.rng.pick(&BASE_64_BLANKS));
        }
        self.out.push_str("}}");
    }

    fn clob(&mut self, bytes: &[u8]) {
        self.out.push_str("{{");
        if self.half() {
            self.out.push_str(self.rng.pick(&BLANKS));
        }
        let long = self.rng.chance(30);
        let split = self.rng.index(bytes.len() + 1);
        let pieces = if long {
            [&bytes[..split], &bytes[split..]]
        } else {
            [bytes, &[]]
        };
        for piece in pieces.iter().take(if long { 2 } else { 1 }) {
            let (quotes, quote) = if long { ("'''", '\'') } else { ("\"", '"') };
            self.out.push_str(quotes);
            text::clob(piece, quote, self.out);
            self.out.push_str(quotes);
            if long {
                self.out.push_str(self.rng.pick(&BLANKS));
            }
        }
        self.out.push_str("}}");
    }
}
