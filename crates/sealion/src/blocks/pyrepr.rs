//! What Python prints for a whole object: `{'Digest': b'\x1f...', 'DigestTipAddress': {...}}`.
//!
//! `print(response)` and `str(response)` of boto3's answers went into files as they were. The notation is turned into
//! Ion text token by token, and that is read like any other: strings stay strings, bytes become base64, a tuple a
//! list. What a constructor prints (`datetime.datetime(2024, 5, 6)`) is kept as a string, which is no timestamp:
//! how many digits of it QLDB wrote, Python does not say. (Python Language Reference, "Lexical analysis".)

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

use super::ion_text::{parse, IonText};
use super::pylit;
use super::read::{Node, Unfit};
use crate::Limits;

/// Reads an object as Python prints it. `None`: it is none, or could as well be Ion or JSON.
pub(crate) fn read(
    text: &str,
    limits: &Limits,
    each: impl FnOnce(&Node<'_>),
) -> Option<Result<(), Unfit>> {
    let text = as_ion(text)?;
    let text = IonText { text, offset: 0 };
    Some(parse(&text, limits, |node| {
        each(node);
        Ok(())
    }))
}

/// The object as Ion text. Only with bytes or a constructor in it is it Python beyond doubt.
fn as_ion(text: &str) -> Option<String> {
    let mut rest = text.trim();
    rest.starts_with(['{', '[']).then_some(())?;
    let mut ion = String::with_capacity(rest.len());
    let mut certain = false;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '{' | '}' | '[' | ']' | ',' | ':' | ' ' | '\t' | '\r' | '\n' => {
                ion.push(first);
                1
            }
            '(' | ')' => {
                ion.push(if first == '(' { '[' } else { ']' });
                1
            }
            '\'' | '"' => string(rest, &mut ion)?,
            'b' if pylit::is_like(rest) => {
                certain = true;
                bytes(rest, &mut ion)?
            }
            '-' | '0'..='9' => number(rest, &mut ion)?,
            _ => name(rest, &mut ion, &mut certain)?,
        };
        rest = &rest[length..];
    }
    certain.then_some(ion)
}

/// The length of a literal that starts with a quote, with both of its quotes.
fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A string, whose escapes are Ion's as well as far as Python prints them.
fn string(text: &str, ion: &mut String) -> Option<usize> {
    let length = quoted(text)?;
    ion.push('"');
    let mut inner = text[1..length - 1].chars();
    while let Some(c) = inner.next() {
        match c {
            '"' => ion.push_str("\\\""),
            '\\' => {
                let escaped = inner.next()?;
                "\\'\"nrtxuU".contains(escaped).then_some(())?;
                ion.extend(['\\', escaped]);
            }
            _ => ion.push(c),
        }
    }
    ion.push('"');
    Some(length)
}

fn bytes(text: &str, ion: &mut String) -> Option<usize> {
    let length = 1 + quoted(&text[1..])?;
    let bytes = pylit::bytes(&text[..length])?;
    ion.push('"');
    STANDARD.encode_string(bytes, ion);
    ion.push('"');
    Some(length)
}

fn number(text: &str, ion: &mut String) -> Option<usize> {
    let inside = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
    let number = &text[..text.find(|c| !inside(c)).unwrap_or(text.len())];
    // Only what JSON has, too: nothing like a date of Ion.
    serde_json::from_str::<serde_json::Number>(number).ok()?;
    ion.push_str(number);
    Some(number.len())
}

/// `True`, `False`, `None`, or the call of a constructor.
fn name(text: &str, ion: &mut String, certain: &mut bool) -> Option<usize> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let length = text.find(|c| !inside(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(length);
    if let Some(arguments) = rest.strip_prefix('(').filter(|_| !name.is_empty()) {
        let end = length + 1 + end_of_call(arguments)?;
        *certain = true;
        ion.push_str(&serde_json::to_string(&text[..end]).ok()?);
        return Some(end);
    }
    ion.push_str(match name {
        "True" => "true",
        "False" => "false",
        "None" => "null",
        _ => return None,
    });
    Some(length)
}

/// How far it is to behind the parenthesis that closes a call.
fn end_of_call(arguments: &str) -> Option<usize> {
    let mut depth = 1u32;
    let mut at = 0;
    while depth > 0 {
        let rest = &arguments[at..];
        let c = rest.chars().next()?;
        at += match c {
            '\'' | '"' => quoted(rest)?,
            _ => c.len_utf8(),
        };
        depth = match c {
            '(' => depth.checked_add(1)?,
            ')' => depth - 1,
            _ => depth,
        };
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_become_ion() {
        for (python, ion) in [
            (r"{'a': b'\x00\x01'}", r#"{"a": "AAE="}"#),
            (r#"[{'a': b"it's"}, None]"#, r#"[{"a": "aXQncw=="}, null]"#),
            (
                r#"{'a': "it's", 'b': 'say "x"', 'c': 'it\'s', 'd': b''}"#,
                r#"{"a": "it's", "b": "say \"x\"", "c": "it\'s", "d": ""}"#,
            ),
            (
                r"{'a': ('x', 1, -2.5, 1e-07), 'b': True, 'c': f.D(1, tz=u('(', g())), 'd': 'ü\n'}",
                r#"{"a": ["x", 1, -2.5, 1e-07], "b": true, "c": "f.D(1, tz=u('(', g()))", "d": "ü\n"}"#,
            ),
        ] {
            assert_eq!(as_ion(python).as_deref(), Some(ion), "{python}");
        }
    }

    #[test]
    fn what_may_be_something_else_is_not_touched() {
        for text in [
            "",
            "b'a'",
            r#"{"a": "b"}"#,
            "{'a': 'b'}",
            "{'a': 2024-05-06, 'b': b'a'}",
            "{'a': {{AAEC}}, 'b': b'a'}",
            "{'a': b'a'",
            "{'a': b'a",
            "{'a': b'\\x0'}",
            "{'a': b'a', 'c': '\\a'}",
            "{'a': b'a', 'c': x}",
            "{'a': f(b'a'}",
            "{'a': 0x1, 'b': b'a'}",
            "{'a': nan, 'b': b'a'}",
        ] {
            let ion = as_ion(text);
            // What is cut is noticed by the reader of Ion.
            let cut = text == "{'a': b'a'";
            assert_eq!(ion.is_some(), cut, "{text}: {ion:?}");
            let read = read(text, &Limits::default(), |_| {});
            assert!(read.is_none_or(|read| read.is_err()), "{text}");
        }
    }
}
