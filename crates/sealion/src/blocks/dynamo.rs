//! Items as DynamoDB has them: `{"hash":{"S":"…"},"metadata":{"M":{"version":{"N":"0"},…}},…}`.
//!
//! (Amazon DynamoDB API Reference, "AttributeValue".) Each value becomes the JSON that it stands for, with the digits
//! of its numbers as they are. DynamoDB drops zeros at their ends, which the hash of a document does not forgive.

use ion_rs::IonType;

use super::read::{Envelope, Node, Unfit};

const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

/// The item as JSON; `None` if it is none.
///
/// # Errors
/// If a value is not of the type that it says.
pub(crate) fn item(envelope: &Envelope<'_>) -> Result<Option<String>, Unfit> {
    let fields = envelope.fields();
    if fields.is_empty() || !fields.iter().all(|(_, field)| is_value(field)) {
        return Ok(None);
    }
    let mut out = String::new();
    map(&envelope.node(), &mut out)?;
    Ok(Some(out))
}

fn is_value(node: &Node<'_>) -> bool {
    let is_struct = node.ion_type() == IonType::Struct && !node.is_null();
    let fields = is_struct.then(|| node.fields().ok()).flatten();
    matches!(fields.as_deref(), Some([(name, _)]) if TYPES.contains(&name.as_str()))
}

fn map(node: &Node<'_>, out: &mut String) -> Result<(), Unfit> {
    out.push('{');
    for (index, (name, field)) in node.fields()?.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        string(&name, out);
        out.push(':');
        value(&field, out)?;
    }
    out.push('}');
    Ok(())
}

fn value(node: &Node<'_>, out: &mut String) -> Result<(), Unfit> {
    const EXPECTED: &str = "a value of DynamoDB, in a struct with its type";
    let fields = node.fields()?;
    let [(kind, inner)] = fields.as_slice() else {
        return Err(node.unfit_as(EXPECTED, format!("{} fields", fields.len())));
    };
    match kind.as_str() {
        "S" | "B" => string(&inner.text()?, out),
        "N" => number(inner, out)?,
        "BOOL" if inner.ion_type() == IonType::Bool && !inner.is_null() => {
            let written = inner.written();
            out.push_str(written.ok_or_else(|| inner.unfit("true or false"))?);
        }
        "NULL" => out.push_str("null"),
        "M" => map(inner, out)?,
        "L" => list(inner, out, value)?,
        "SS" | "BS" => list(inner, out, |item, out| {
            string(&item.text()?, out);
            Ok(())
        })?,
        "NS" => list(inner, out, number)?,
        _ => return Err(node.unfit_as(EXPECTED, format!("one of type `{kind}`"))),
    }
    Ok(())
}

fn list(
    node: &Node<'_>,
    out: &mut String,
    each: impl Fn(&Node<'_>, &mut String) -> Result<(), Unfit>,
) -> Result<(), Unfit> {
    out.push('[');
    for (index, item) in node.items()?.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        each(item, out)?;
    }
    out.push(']');
    Ok(())
}

fn string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// A number in a string: what JSON takes for one, and nothing else that Ion would.
fn number(node: &Node<'_>, out: &mut String) -> Result<(), Unfit> {
    let text = node.text()?;
    match serde_json::from_str::<&serde_json::value::RawValue>(&text) {
        Ok(_) if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            out.push_str(&text);
            Ok(())
        }
        _ => Err(node.unfit_as("a number as a string", "another string")),
    }
}
