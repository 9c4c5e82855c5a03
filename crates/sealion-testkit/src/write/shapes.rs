//! The same data as people kept it within something else: rows of the QLDB shell, replies of an API, tables of Athena
//! and Glue, items of DynamoDB, base64 by the line.

use super::json;
use crate::ion::text;
use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::{Element, Struct, Value};

/// A value as compact JSON.
#[must_use]
pub fn as_json(value: &Element) -> String {
    let mut out = String::new();
    json::down_convert(value, &mut out);
    out
}

/// A value as compact Ion text.
#[must_use]
pub fn as_text(value: &Element) -> String {
    let mut out = String::new();
    text::compact(value, &mut out);
    out
}

/// Rows as the QLDB shell printed them.
#[must_use]
pub fn shell(rows: &[String]) -> String {
    let noun = if rows.len() == 1 {
        "document"
    } else {
        "documents"
    };
    format!(
        "{}\n{} {noun} in bag (read-ios: 12, server-time: 24ms, total-time: 90ms)\n",
        rows.join(",\n"),
        rows.len()
    )
}

/// How the body of a reply stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// As it is.
    Object,
    /// As a string.
    Text,
    /// As base64 of it.
    Base64,
}

/// What a Lambda function behind an API answered: `{statusCode, headers, body}`. `body` is JSON.
#[must_use]
pub fn api_reply(body: &str, how: Body) -> String {
    let body = match how {
        Body::Object => body.to_owned(),
        Body::Text => serde_json::Value::from(body).to_string(),
        Body::Base64 => format!("\"{}\", \"isBase64Encoded\": true", STANDARD.encode(body)),
    };
    format!(
        "{{\"statusCode\": 200, \"headers\": {{\"Content-Type\": \"application/json\"}}, \"body\": {body}}}\n"
    )
}

/// The value with its own names as `name` makes them; documents, and the ids by which they are listed, stay.
#[must_use]
pub fn renamed(value: &Element, name: &dyn Fn(&str) -> String) -> Element {
    match value.value() {
        Value::Struct(fields) => {
            let fields = fields.fields().map(|(own, inner)| {
                let own = own.text().unwrap_or("$0");
                let inner = match (own, inner.as_struct()) {
                    ("data", _) => inner.clone(),
                    ("documents", Some(documents)) => of_documents(documents, name),
                    _ => renamed(inner, name),
                };
                (name(own), inner)
            });
            Element::from(Struct::from_iter(fields))
        }
        Value::List(items) => {
            let items = items.elements().map(|item| renamed(item, name));
            Element::from(ion_rs::List::from_iter(items))
        }
        _ => value.clone(),
    }
}

fn of_documents(documents: &Struct, name: &dyn Fn(&str) -> String) -> Element {
    let fields = documents.fields().map(|(id, document)| {
        let id = id.text().unwrap_or("$0").to_owned();
        (id, renamed(document, name))
    });
    Element::from(Struct::from_iter(fields))
}

/// `blockAddress` as `block_address`.
#[must_use]
pub fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The struct with columns by which a table is partitioned.
#[must_use]
pub fn partitioned(row: &Element) -> Element {
    let fields = row.as_struct().into_iter().flat_map(Struct::fields);
    let fields =
        fields.map(|(name, value)| (name.text().unwrap_or("$0").to_owned(), value.clone()));
    let columns = [("year", 2024), ("month", 5)];
    let columns = columns.map(|(name, value)| (name.to_owned(), Element::int(value)));
    Element::from(Struct::from_iter(fields.chain(columns)))
}

/// A struct as an item of DynamoDB.
#[must_use]
pub fn dynamo(row: &Element) -> String {
    let fields = row.as_struct().into_iter().flat_map(Struct::fields);
    let fields = fields.map(|(name, value)| {
        let name = serde_json::Value::from(name.text().unwrap_or("$0"));
        format!("{name}:{}", attribute(value))
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn attribute(value: &Element) -> String {
    match value.value() {
        Value::Struct(_) => format!("{{\"M\":{}}}", dynamo(value)),
        Value::List(items) | Value::SExp(items) => {
            let items: Vec<String> = items.elements().map(attribute).collect();
            format!("{{\"L\":[{}]}}", items.join(","))
        }
        _ => match as_json(value).as_str() {
            "null" => "{\"NULL\":true}".to_owned(),
            own @ ("true" | "false") => format!("{{\"BOOL\":{own}}}"),
            own if own.starts_with('"') => format!("{{\"S\":{own}}}"),
            number => format!("{{\"N\":\"{number}\"}}"),
        },
    }
}

/// Base64 of each, a line each.
#[must_use]
pub fn base64_lines<T: AsRef<[u8]>>(all: &[T]) -> String {
    let lines = all.iter().map(|one| STANDARD.encode(one) + "\n");
    lines.collect()
}
