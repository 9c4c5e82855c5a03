//! Ion text, plainly: compact as exports have it, or indented.

use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::{
    Decimal, Element, IonType, Sequence, Struct, Symbol, Timestamp, TimestampPrecision, Value,
};
use std::fmt::Write;

/// One blank level of indented text.
const INDENT: &str = "    ";

/// Adds the value without any blanks: `{a:1,b:[2,3]}`.
pub fn compact(value: &Element, out: &mut String) {
    Plain { depth: None }.element(value, out);
}

/// Adds the value over several lines, four blanks a level.
pub fn pretty(value: &Element, out: &mut String) {
    Plain { depth: Some(0) }.element(value, out);
}

/// A writer of plain text; `depth` is `None` for compact text.
struct Plain {
    depth: Option<usize>,
}

impl Plain {
    fn element(&mut self, element: &Element, out: &mut String) {
        for annotation in element.annotations() {
            symbol(annotation, out);
            out.push_str("::");
        }
        match element.value() {
            Value::List(values) => self.sequence(values, ['[', ']'], ",", out),
            Value::SExp(values) => self.sequence(values, ['(', ')'], "", out),
            Value::Struct(fields) => self.fields(fields, out),
            scalar => self::scalar(scalar, out),
        }
    }

    fn sequence(&mut self, values: &Sequence, frame: [char; 2], comma: &str, out: &mut String) {
        out.push(frame[0]);
        self.enter();
        for (index, value) in values.elements().enumerate() {
            if index > 0 {
                out.push_str(comma);
                if comma.is_empty() && self.depth.is_none() {
                    out.push(' ');
                }
            }
            self.line(out);
            self.element(value, out);
        }
        self.leave(values.is_empty(), out);
        out.push(frame[1]);
    }

    fn fields(&mut self, fields: &Struct, out: &mut String) {
        out.push('{');
        self.enter();
        for (index, (name, value)) in fields.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            self.line(out);
            symbol(name, out);
            out.push_str(if self.depth.is_some() { ": " } else { ":" });
            self.element(value, out);
        }
        self.leave(fields.is_empty(), out);
        out.push('}');
    }

    fn enter(&mut self) {
        self.depth = self.depth.map(|depth| depth + 1);
    }

    fn leave(&mut self, empty: bool, out: &mut String) {
        self.depth = self.depth.map(|depth| depth - 1);
        if !empty {
            self.line(out);
        }
    }

    fn line(&self, out: &mut String) {
        if let Some(depth) = self.depth {
            out.push('\n');
            for _ in 0..depth {
                out.push_str(INDENT);
            }
        }
    }
}

/// Adds a value that is not a container, without annotations.
pub(super) fn scalar(value: &Value, out: &mut String) {
    match value {
        Value::Null(kind) => out.push_str(null(*kind)),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => push(out, value),
        Value::Float(value) => float(*value, out),
        Value::Decimal(value) => decimal(value, out),
        Value::Timestamp(value) => timestamp(value, out),
        Value::Symbol(value) => symbol(value, out),
        Value::String(value) => {
            out.push('"');
            escape(value.text(), '"', out);
            out.push('"');
        }
        Value::Blob(bytes) => {
            out.push_str("{{");
            STANDARD.encode_string(bytes.as_ref(), out);
            out.push_str("}}");
        }
        Value::Clob(bytes) => {
            out.push_str("{{\"");
            clob(bytes.as_ref(), '"', out);
            out.push_str("\"}}");
        }
        Value::List(_) | Value::SExp(_) | Value::Struct(_) => {
            unreachable!("containers are written by their caller")
        }
    }
}

/// Adds what a value displays. Writing to a string cannot fail.
pub(crate) fn push(out: &mut String, value: impl std::fmt::Display) {
    let _ = write!(out, "{value}");
}

/// The keyword of a null of this type.
pub(super) fn null(kind: IonType) -> &'static str {
    match kind {
        IonType::Null => "null",
        IonType::Bool => "null.bool",
        IonType::Int => "null.int",
        IonType::Float => "null.float",
        IonType::Decimal => "null.decimal",
        IonType::Timestamp => "null.timestamp",
        IonType::Symbol => "null.symbol",
        IonType::String => "null.string",
        IonType::Clob => "null.clob",
        IonType::Blob => "null.blob",
        IonType::List => "null.list",
        IonType::SExp => "null.sexp",
        IonType::Struct => "null.struct",
    }
}

/// Adds a float: the fewest digits that read back as the same number, always with an exponent.
pub(super) fn float(value: f64, out: &mut String) {
    if value.is_nan() {
        out.push_str("nan");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "+inf" } else { "-inf" });
    } else {
        let _ = write!(out, "{value:e}");
    }
}

/// The digits of a decimal's coefficient without sign, and the sign.
pub(crate) fn coefficient(value: &Decimal) -> (&'static str, String) {
    let coefficient = value.coefficient();
    let sign = if coefficient.is_negative() { "-" } else { "" };
    (sign, coefficient.magnitude().to_string())
}

/// Adds a decimal, with a point where that is short, with `d` otherwise. The number of digits is part of the value.
fn decimal(value: &Decimal, out: &mut String) {
    let (sign, digits) = coefficient(value);
    let exponent = value.exponent();
    out.push_str(sign);
    if (-12..=0).contains(&exponent) {
        point(&digits, exponent.unsigned_abs() as usize, out);
    } else {
        out.push_str(&digits);
        let _ = write!(out, "d{exponent}");
    }
}

/// Adds digits with a point that has `after` of them behind it, with leading zeros as needed.
pub(crate) fn point(digits: &str, after: usize, out: &mut String) {
    let before = digits.len().saturating_sub(after);
    out.push_str(if before == 0 { "0" } else { &digits[..before] });
    out.push('.');
    for _ in digits.len()..after {
        out.push('0');
    }
    out.push_str(&digits[before..]);
}

/// Adds a timestamp as Ion Java prints it, the library that QLDB was built on: `Z` for a zero offset, no `T` behind
/// a day.
pub fn timestamp(value: &Timestamp, out: &mut String) {
    match (value.precision(), value.offset()) {
        // What display writes for these two differs from Ion Java in the last characters only.
        (TimestampPrecision::Day, _) => {
            push(out, value);
            out.truncate(out.len() - "T".len());
        }
        (TimestampPrecision::HourAndMinute | TimestampPrecision::Second, Some(0)) => {
            push(out, value);
            out.truncate(out.len() - "+00:00".len());
            out.push('Z');
        }
        _ => push(out, value),
    }
}

/// Adds a symbol, field name or annotation, quoted only if it must be.
pub(crate) fn symbol(symbol: &Symbol, out: &mut String) {
    // Unknown text, written as symbol zero. No generator here makes it.
    let Some(text) = symbol.text() else {
        return out.push_str("$0");
    };
    if is_identifier(text) {
        out.push_str(text);
    } else {
        out.push('\'');
        escape(text, '\'', out);
        out.push('\'');
    }
}

/// Whether text can stand as a symbol without quotes: an identifier that is no keyword and does not begin like the
/// symbol number `$7` or a version marker. (`$7a` is an identifier too, but ion-rs reads it as two symbols in an s-expression.)
pub(super) fn is_identifier(text: &str) -> bool {
    let letter = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'_' | b'$');
    let [first, rest @ ..] = text.as_bytes() else {
        return false;
    };
    let like_id = *first == b'$' && rest.first().is_some_and(u8::is_ascii_digit);
    let marker = text.starts_with("$ion_");
    let all = letter(first) && rest.iter().all(|b| letter(b) || b.is_ascii_digit());
    all && !like_id && !marker && !matches!(text, "null" | "true" | "false" | "nan")
}

/// Adds text with escapes for the quote, the backslash and control characters.
pub(super) fn escape(text: &str, quote: char, out: &mut String) {
    // Stretches without escapes, nearly all text, are copied whole.
    let mut from = 0;
    for (at, c) in text.char_indices() {
        if c != quote && c != '\\' && !c.is_ascii_control() {
            continue;
        }
        out.push_str(&text[from..at]);
        from = at + c.len_utf8();
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_ascii_control() => push(out, format_args!("\\x{:02x}", u32::from(c))),
            c => out.extend(['\\', c]),
        }
    }
    out.push_str(&text[from..]);
}

/// Adds a clob's bytes: printable ASCII as it is, all else as `\xHH`.
pub(super) fn clob(bytes: &[u8], quote: char, out: &mut String) {
    for byte in bytes {
        let c = char::from(*byte);
        match c {
            ' '..='~' if c != quote && c != '\\' => out.push(c),
            _ if c == quote || c == '\\' => out.extend(['\\', c]),
            _ => push(out, format_args!("\\x{byte:02x}")),
        }
    }
}
