//! Ion to JSON by the rules of the Ion Cookbook ("Down-converting to JSON"), which the service's JSON exports follow
//! and which lose types.
//!
//! Every null, not-a-number and infinity becomes `null`; blobs become base64 strings; clobs, symbols, strings and
//! timestamps strings; s-expressions arrays; annotations vanish; repeated fields stay. Numbers keep their digits.

use crate::ion::text::{self, push};
use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::{Decimal, Element, Sequence, Struct, Value};

/// Adds the value as compact JSON.
pub fn down_convert(value: &Element, out: &mut String) {
    match value.value() {
        Value::Null(_) => out.push_str("null"),
        Value::Bool(value) => push(out, value),
        Value::Int(value) => push(out, value),
        Value::Float(value) if !value.is_finite() => out.push_str("null"),
        Value::Float(value) => push(out, format_args!("{value:e}")),
        Value::Decimal(value) => decimal(value, out),
        Value::Timestamp(value) => {
            out.push('"');
            text::timestamp(value, out);
            out.push('"');
        }
        Value::Symbol(symbol) => string(symbol.text().unwrap_or("$0"), out),
        Value::String(text) => string(text.text(), out),
        Value::Clob(bytes) => clob(bytes.as_ref(), out),
        Value::Blob(bytes) => {
            out.push('"');
            STANDARD.encode_string(bytes.as_ref(), out);
            out.push('"');
        }
        Value::List(values) | Value::SExp(values) => array(values, out),
        Value::Struct(fields) => object(fields, out),
    }
}

fn array(values: &Sequence, out: &mut String) {
    out.push('[');
    for (index, value) in values.elements().enumerate() {
        if index > 0 {
            out.push(',');
        }
        down_convert(value, out);
    }
    out.push(']');
}

fn object(fields: &Struct, out: &mut String) {
    out.push('{');
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        string(name.text().unwrap_or("$0"), out);
        out.push(':');
        down_convert(value, out);
    }
    out.push('}');
}

/// With a point where that is short, else with an exponent; JSON wants a digit behind every point.
fn decimal(value: &Decimal, out: &mut String) {
    let (sign, digits) = text::coefficient(value);
    out.push_str(sign);
    match value.exponent() {
        0 => out.push_str(&digits),
        exponent @ -12..=-1 => text::point(&digits, exponent.unsigned_abs() as usize, out),
        exponent => push(out, format_args!("{digits}e{exponent}")),
    }
}

/// Adds text as a JSON string (RFC 8259), beyond ASCII as it is.
pub fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1F => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        from = at + 1;
        if escape.is_empty() {
            push(out, format_args!("\\u{byte:04x}"));
        } else {
            out.push_str(escape);
        }
    }
    out.push_str(&text[from..]);
    out.push('"');
}

/// A clob's bytes as code points 0 to 255.
fn clob(bytes: &[u8], out: &mut String) {
    out.push('"');
    for byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => out.push(char::from(*byte)),
            _ => push(out, format_args!("\\u{byte:04x}")),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookbooks_rules() {
        for (ion, json) in [
            ("null.timestamp", "null"),
            ("nan", "null"),
            ("-inf", "null"),
            ("true", "true"),
            ("-0xff", "-255"),
            ("100000000000000000001", "100000000000000000001"),
            ("1e0", "1e0"),
            ("90.20", "90.20"),
            ("-0.0", "-0.0"),
            ("7.", "7"),
            ("7d2", "7e2"),
            ("1d-30", "1e-30"),
            ("5d-3", "0.005"),
            ("2003T", "\"2003T\""),
            ("2003-04T", "\"2003-04T\""),
            ("1988-04-02T", "\"1988-04-02\""),
            (
                "2024-05-06T07:09:00.040+00:00",
                "\"2024-05-06T07:09:00.040Z\"",
            ),
            ("'a b'", "\"a b\""),
            ("\"\\\"\\\\\\n\\x01é\"", "\"\\\"\\\\\\n\\u0001é\""),
            ("{{\"a\\\"\\xff\"}}", "\"a\\\"\\u00ff\""),
            ("{{iVBORw==}}", "\"iVBORw==\""),
            ("(1 [2,3])", "[1,[2,3]]"),
            ("{a:b::1,a:2}", "{\"a\":1,\"a\":2}"),
        ] {
            let mut out = String::new();
            down_convert(&Element::read_one(ion).unwrap(), &mut out);
            assert_eq!(out, json, "{ion}");
            serde_json::from_str::<serde_json::Value>(&out)
                .unwrap_or_else(|error| panic!("{error}: {out}"));
        }
    }
}
