//! One Ion value, spelled in as many ways as Ion 1.0 text allows.
//!
//! Whatever is chosen, the value and so its Ion Hash stay as they are. Spelled are: blanks and comments wherever
//! tokens may be parted, trailing commas, the order of struct fields, names in three kinds of quotes, escapes, long
//! strings in pieces, numbers in other bases, with underscores or other exponents, `Z` or `+00:00`, base64 with
//! blanks.

use super::text::{self, coefficient, is_identifier, point, push};
use crate::Rng;
use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::{
    Decimal, Element, Int, Sequence, Struct, Symbol, Timestamp, TimestampPrecision, Value,
};

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

    fn quoted(&mut self, text: &str, quote: char) {
        self.out.push(quote);
        for c in text.chars() {
            self.character(c, &[quote], false);
        }
        self.out.push(quote);
    }

    /// A long string, in one to three pieces with blanks or comments between.
    fn long(&mut self, text: &str) {
        let pieces = self.rng.range(1, 3);
        let chars: Vec<char> = text.chars().collect();
        let mut from = 0;
        for piece in 0..pieces {
            let left = chars.len() - from;
            let len = if piece + 1 == pieces {
                left
            } else {
                self.rng.index(left + 1)
            };
            self.out.push_str("'''");
            for c in &chars[from..from + len] {
                self.character(*c, &['\''], true);
            }
            self.out.push_str("'''");
            from += len;
            if piece + 1 < pieces {
                self.maybe_gap();
            }
        }
    }

    /// One character of text, as it is where that is allowed, or as one of its escapes. In a long string a line
    /// feed may stand as it is, and as CR LF or CR too, which Ion reads as a line feed.
    fn character(&mut self, c: char, quotes: &[char], long: bool) {
        if self.rng.chance(2) {
            self.out.push_str(["\\\n", "\\\r\n"][self.rng.index(2)]); // an escaped line end is nothing
        }
        if c == '\n' && long && self.half() {
            return self.out.push_str(self.rng.pick(&["\n", "\r\n", "\r"]));
        }
        let must = quotes.contains(&c) || c == '\\' || (c.is_control() && c.is_ascii());
        if !must && !self.rng.chance(if c.is_ascii() { 6 } else { 40 }) {
            return self.out.push(c);
        }
        let short = "0\0a\u{7}b\u{8}t\tn\nv\u{b}f\u{c}r\r''\"\"??//\\\\";
        let short = short.chars().collect::<Vec<_>>();
        let short = short
            .chunks_exact(2)
            .find(|pair| pair[1] == c)
            .map(|pair| pair[0]);
        match short {
            Some(letter) if self.half() => self.out.extend(['\\', letter]),
            _ => self.code_point(c),
        }
    }

    /// A character as the number of its code point, in a surrogate pair where it needs one and is so spelled.
    fn code_point(&mut self, c: char) {
        let code = u32::from(c);
        let upper = self.half();
        let hex = |code: u32, width: usize| {
            if upper {
                format!("{code:0width$X}")
            } else {
                format!("{code:0width$x}")
            }
        };
        match self.rng.below(3) {
            0 if code < 0x100 => push(self.out, format_args!("\\x{}", hex(code, 2))),
            1 if code < 0x1_0000 => push(self.out, format_args!("\\u{}", hex(code, 4))),
            1 => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    push(self.out, format_args!("\\u{}", hex(u32::from(*unit), 4)));
                }
            }
            _ => push(self.out, format_args!("\\U{}", hex(code, 8))),
        }
    }

    fn int(&mut self, value: &Int) {
        let small = value.as_i128().map(i128::unsigned_abs);
        if value.is_negative() || (value.is_zero() && self.rng.chance(20)) {
            self.out.push('-');
        }
        match (self.rng.below(4), small) {
            (0, Some(magnitude)) => {
                let zeros = "0".repeat(self.rng.index(4));
                let digits = if self.half() {
                    format!("{magnitude:x}")
                } else {
                    format!("{magnitude:X}")
                };
                self.either("0x", "0X");
                self.digits(&format!("{zeros}{digits}"));
            }
            (1, Some(magnitude)) => {
                self.either("0b", "0B");
                self.digits(&format!("{magnitude:b}"));
            }
            _ => self.digits(&value.unsigned_abs().to_string()),
        }
    }

    /// Digits with an underscore here and there; two never meet and none stands at an end.
    fn digits(&mut self, digits: &str) {
        let spelled = self.rng.chance(30);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && spelled && self.rng.chance(30) {
                self.out.push('_');
            }
            self.out.push(digit);
        }
    }

    fn float(&mut self, value: f64) {
        if !value.is_finite() || self.half() {
            return text::float(value, self.out);
        }
        // Seventeen significant digits name one double; more precisely written is still the same one.
        let written = if self.half() {
            format!("{value:e}")
        } else {
            format!("{value:.17e}")
        };
        let Some((mantissa, exponent)) = written.split_once('e') else {
            return self.out.push_str(&written);
        };
        let (sign, exponent) = exponent
            .strip_prefix('-')
            .map_or(("+", exponent), |digits| ("-", digits));
        let sign = if sign == "+" && self.half() { "" } else { sign };
        let zeros = "0".repeat(self.rng.index(3));
        let e = if self.half() { 'e' } else { 'E' };
        push(
            self.out,
            format_args!("{mantissa}{e}{sign}{zeros}{exponent}"),
        );
    }

    /// A decimal with its point anywhere and the exponent that makes up for it. The number of digits stays.
    fn decimal(&mut self, value: &Decimal) {
        let (sign, digits) = coefficient(value);
        let after = self.rng.index(digits.len() + 3);
        let exponent = value.exponent() + after as i64;
        self.out.push_str(sign);
        if after == 0 {
            self.digits(&digits);
        } else {
            point(&digits, after, self.out);
        }
        if after == 0 && exponent == 0 && self.half() {
            return self.out.push('.');
        }
        if exponent != 0 || after == 0 || self.half() {
            let plus = if exponent >= 0 && self.rng.chance(30) {
                "+"
            } else {
                ""
            };
            let d = if self.half() { 'd' } else { 'D' };
            push(self.out, format_args!("{d}{plus}{exponent}"));
        }
    }

    fn timestamp(&mut self, value: &Timestamp) {
        let from = self.out.len();
        text::timestamp(value, self.out);
        if value.precision() == TimestampPrecision::Day && self.half() {
            self.out.push('T');
        }
        if self.out[from..].ends_with('Z') && self.half() {
            self.out.pop();
            self.out.push_str("+00:00");
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
