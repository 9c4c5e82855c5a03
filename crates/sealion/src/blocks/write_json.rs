//! Ion values as JSON, down-converted by the rules that QLDB's JSON exports follow
//! (Ion Cookbook, "Down-converting to JSON").

use std::fmt::Write as _;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use ion_rs::{Decimal, Element, Value};

use super::write_text::timestamp;

/// The value as JSON on one line: nulls of any type, `nan` and infinities as null,
/// blobs as base64, clobs, symbols and timestamps as strings, sexps as arrays, no
/// annotations. Numbers keep their digits. `None` for a symbol without text.
pub(crate) fn down_converted(value: &Element) -> Option<String> {
    let mut out = String::new();
    write(value, &mut out)?;
    Some(out)
}

fn write(element: &Element, out: &mut String) -> Option<()> {
    match element.value() {
        Value::Null(_) => out.push_str("null"),
        Value::Bool(found) => {
            let _ = write!(out, "{found}");
        }
        Value::Int(found) => {
            let _ = write!(out, "{found}");
        }
        Value::Float(found) if found.is_finite() => {
            let _ = write!(out, "{found:e}");
        }
        Value::Float(_) => out.push_str("null"),
        Value::Decimal(found) => decimal(found, out),
        Value::Timestamp(found) => string(&timestamp(found), out),
        Value::Symbol(found) => string(found.text()?, out),
        Value::String(found) => string(found.text(), out),
        // A character a byte: other than UTF-8, this tells every two clobs apart.
        Value::Clob(bytes) => {
            let text: String = bytes
                .as_ref()
                .iter()
                .map(|byte| char::from(*byte))
                .collect();
            string(&text, out);
        }
        Value::Blob(bytes) => string(&STANDARD.encode(bytes.as_ref()), out),
        Value::List(items) => array(items.iter(), out)?,
        Value::SExp(items) => array(items.iter(), out)?,
        Value::Struct(found) => {
            out.push('{');
            for (index, (name, value)) in found.fields().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                string(name.text()?, out);
                out.push(':');
                write(value, out)?;
            }
            out.push('}');
        }
    }
    Some(())
}

fn array<'a>(items: impl Iterator<Item = &'a Element>, out: &mut String) -> Option<()> {
    out.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out)?;
    }
    out.push(']');
    Some(())
}

/// All digits of the coefficient, the point where it belongs as long as no zeros
/// have to be made up for it.
fn decimal(value: &Decimal, out: &mut String) {
    let digits = value.coefficient().to_string();
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits.as_str()),
    };
    let exponent = value.exponent();
    out.push_str(sign);
    let point = usize::try_from(-exponent)
        .ok()
        .and_then(|after| digits.len().checked_sub(after));
    match (exponent, point) {
        (0, _) => out.push_str(digits),
        (_, Some(point)) if point > 0 => {
            let _ = write!(out, "{}.{}", &digits[..point], &digits[point..]);
        }
        (-9..=-1, _) => {
            let zeros = "0".repeat(exponent.unsigned_abs() as usize - digits.len());
            let _ = write!(out, "0.{zeros}{digits}");
        }
        _ => {
            let _ = write!(out, "{digits}e{exponent}");
        }
    }
}

fn string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_json_by_the_rules() {
        for (ion, json) in [
            ("null.struct", "null"),
            (
                "a::{b:1,c:[1.50,-0.05,1d5,12d-1,0d-3]}",
                "{\"b\":1,\"c\":[1.50,-0.05,1e5,1.2,0.000]}",
            ),
            ("1d-20", "1e-20"),
            ("-0.", "-0"),
            ("90.20", "90.20"),
            ("[1e0,-2.5e3,nan,+inf]", "[1e0,-2.5e3,null,null]"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
            ("(a 'b c' \"d\\n\")", "[\"a\",\"b c\",\"d\\n\"]"),
            ("{{aGk=}}", "\"aGk=\""),
            ("{{\"hi\"}}", "\"hi\""),
            ("{{\"\\x92\\xc3\"}}", "\"\u{92}\u{c3}\""),
            ("2007-02-23T00:00Z", "\"2007-02-23T00:00Z\""),
            ("true", "true"),
        ] {
            let value = Element::read_one(ion).unwrap();
            let written = down_converted(&value).unwrap();
            assert_eq!(written, json, "{ion}");
            assert!(
                serde_json::from_str::<serde_json::Value>(&written).is_ok(),
                "{written}"
            );
        }
    }
}
