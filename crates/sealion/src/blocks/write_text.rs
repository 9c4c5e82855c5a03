//! Ion values as compact text, the way the service wrote them into its answers.
//!
//! `ion-rs` writes numbers and timestamps here. Strings and symbols are written by
//! hand, because its writer (1.2) leaves control characters in field names as they
//! are, and no reader takes those.

use std::fmt::Write as _;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use ion_rs::{v1_0, Element, Symbol, Timestamp, Value};

/// The value as Ion text on one line, without blanks; `None` if it has a symbol
/// without text, or a number that `ion-rs` cannot write.
pub(crate) fn compact(value: &Element) -> Option<String> {
    let mut out = String::new();
    write(value, &mut out)?;
    Some(out)
}

fn write(element: &Element, out: &mut String) -> Option<()> {
    for annotation in element.annotations() {
        symbol(annotation, out)?;
        out.push_str("::");
    }
    match element.value() {
        Value::Symbol(found) => symbol(found, out)?,
        Value::String(text) => quoted(text.text(), '"', out),
        Value::Blob(bytes) => {
            let _ = write!(out, "{{{{{}}}}}", STANDARD.encode(bytes.as_ref()));
        }
        Value::Clob(bytes) => clob(bytes.as_ref(), out),
        Value::List(items) => sequence(items.iter(), ["[", ",", "]"], out)?,
        Value::SExp(items) => sequence(items.iter(), ["(", " ", ")"], out)?,
        Value::Struct(found) => {
            out.push('{');
            for (index, (name, value)) in found.fields().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                symbol(name, out)?;
                out.push(':');
                write(value, out)?;
            }
            out.push('}');
        }
        Value::Timestamp(found) => out.push_str(&timestamp(found)),
        // An unannotated scalar.
        other => {
            let text = Element::from(other.clone()).encode_as(v1_0::Text).ok()?;
            out.push_str(text.trim());
        }
    }
    Some(())
}

/// A timestamp as Ion Java wrote it, the library that QLDB was built on: `Z` for the
/// offset zero, and no `T` behind a day.
pub(super) fn timestamp(timestamp: &Timestamp) -> String {
    let text = timestamp.to_string();
    match text.strip_suffix("+00:00") {
        Some(time) => format!("{time}Z"),
        None if text.len() == "2007-02-23T".len() => text.trim_end_matches('T').to_owned(),
        None => text,
    }
}

fn sequence<'a>(
    items: impl Iterator<Item = &'a Element>,
    [open, between, close]: [&str; 3],
    out: &mut String,
) -> Option<()> {
    out.push_str(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        write(item, out)?;
    }
    out.push_str(close);
    Some(())
}

/// A symbol, quoted unless it is an identifier.
fn symbol(symbol: &Symbol, out: &mut String) -> Option<()> {
    let text = symbol.text()?;
    let start = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    let identifier =
        text.starts_with(start) && text.chars().all(|c| start(c) || c.is_ascii_digit());
    let keyword = matches!(text, "null" | "true" | "false" | "nan");
    // `$10` would be read as the number of a symbol, and by `ion-rs` the head of `$10a`, too.
    let mut head = text.chars();
    let number = head.next() == Some('$') && head.next().is_some_and(|c| c.is_ascii_digit());
    match identifier && !keyword && !number {
        true => out.push_str(text),
        false => quoted(text, '\'', out),
    }
    Some(())
}

fn quoted(text: &str, quote: char, out: &mut String) {
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote || c == '\\' => out.extend(['\\', c]),
            c if u32::from(c) < 0x20 || u32::from(c) == 0x7F => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
}

fn clob(bytes: &[u8], out: &mut String) {
    out.push_str("{{\"");
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend(['\\', byte as char]),
            0x20..=0x7E => out.push(byte as char),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push_str("\"}}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_text_reads_back_as_the_same_value() {
        for (given, expected) in [
            ("{ a : 1 , 'b c' : \"x\\ny\" }", "{a:1,'b c':\"x\\ny\"}"),
            (
                "a::b::[ 1.50, 1e0, (x + '+') ]",
                "a::b::[1.50,1e0,(x '+' '+')]",
            ),
            ("null.list", "null.list"),
            ("'null'", "'null'"),
            ("'$10'", "'$10'"),
            ("{'$10a':('$1_')}", "{'$10a':('$1_')}"),
            ("$a", "$a"),
            ("'$'", "$"),
            ("''", "''"),
            ("{'\\x0e':1}", "{'\\x0e':1}"),
            ("{{ \"a\\x80\\\"\" }}", "{{\"a\\x80\\\"\"}}"),
            ("{{ AAEC }}", "{{AAEC}}"),
            ("2019-09-16T19:37:05.360Z", "2019-09-16T19:37:05.360Z"),
            ("2007-02-23T", "2007-02-23"),
            ("2007-02T", "2007-02T"),
            ("2007-02-23T12:14-08:00", "2007-02-23T12:14-08:00"),
            ("\"\u{e4}\\x7f'\"", "\"\u{e4}\\x7f'\""),
        ] {
            let value = Element::read_one(given).unwrap();
            let text = compact(&value).unwrap();
            assert_eq!(Element::read_one(&text).unwrap(), value, "{given}");
            assert_eq!(text, expected);
        }
        let nameless = Element::symbol(Symbol::unknown_text());
        assert_eq!(compact(&nameless), None);
    }
}
