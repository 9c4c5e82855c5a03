//! Restoring Ion types from JSON, where they can be.
//!
//! QLDB's JSON exports are down-converted: blobs, symbols, timestamps and
//! strings are all strings. Where the schema is known (metadata, transaction
//! info) the types come back exactly. In `data` only the natural reading can be
//! tried: if its hash fits, that is a proof of the types and of the content; if
//! not, it shows nothing. (Ion Cookbook, "Down-converting to JSON".)

use ion_rs::{Element, IonType, Timestamp};

use super::read::{Node, Unfit};
use super::saved_hash;

/// What the value of a field of a known name was before down-conversion.
pub(crate) type Schema = &'static [(&'static str, Was)];

/// A type that JSON has no values of.
#[derive(Clone, Copy)]
pub(crate) enum Was {
    Timestamp,
    Hash,
}

/// Nothing known: strings are strings.
pub(crate) const DATA: Schema = &[];
/// `metadata {id, version, txTime, txId}`.
pub(crate) const METADATA: Schema = &[("txTime", Was::Timestamp)];
/// `transactionInfo {statements: [{statement, startTime, statementDigest}], documents}`.
pub(crate) const TRANSACTION_INFO: Schema = &[
    ("startTime", Was::Timestamp),
    ("statementDigest", Was::Hash),
];
/// `redactionInfo {revisions: [{blockAddress, tableId, documentId, version}]}`.
pub(crate) const REDACTION_INFO: Schema = &[];

/// The Ion value that JSON value `node` was, read naturally: strings as strings
/// but for the fields in `schema`, whole numbers as ints, all other numbers as
/// decimals with their digits kept.
///
/// What only Ion can write (annotations, typed nulls, symbols, sexps and so on) is taken
/// as it stands. It is no JSON, but whatever is not part of the hash could be put there
/// by anybody.
pub(crate) fn restored(node: &Node<'_>, schema: Schema) -> Result<Element, Unfit> {
    restored_with(node, schema, &mut natural)
}

/// The same, with each number as `number` reads it.
pub(super) fn restored_with(
    node: &Node<'_>,
    schema: Schema,
    number: Number<'_>,
) -> Result<Element, Unfit> {
    restored_as(node, schema, None, number)
}

type Number<'n> = &'n mut dyn FnMut(&Node<'_>) -> Result<Element, Unfit>;

fn restored_as(
    node: &Node<'_>,
    schema: Schema,
    was: Option<Was>,
    number: Number<'_>,
) -> Result<Element, Unfit> {
    let value = value_as(node, schema, was, number)?;
    match node.annotations()? {
        none if none.is_empty() => Ok(value),
        all => Ok(value.with_annotations(all)),
    }
}

/// The value without its annotations, unless it has them already.
fn value_as(
    node: &Node<'_>,
    schema: Schema,
    was: Option<Was>,
    number: Number<'_>,
) -> Result<Element, Unfit> {
    if node.is_null() {
        return node.element();
    }
    if let (Some(Was::Hash), true) = (was, node.ion_type() != IonType::Blob) {
        return saved_hash::bytes(node).map(Element::blob);
    }
    match node.ion_type() {
        IonType::Struct => {
            let mut fields = Vec::new();
            for (name, value) in node.fields()? {
                let known = schema.iter().find(|(field, _)| *field == name);
                let was = known.map(|(_, was)| *was);
                fields.push((name, restored_as(&value, schema, was, number)?));
            }
            Ok(Element::from(ion_rs::Struct::from_iter(fields)))
        }
        IonType::List => {
            let items = node.items()?;
            let items: Result<Vec<Element>, Unfit> = items
                .iter()
                .map(|item| restored_as(item, schema, None, number))
                .collect();
            Ok(ion_rs::List::from_iter(items?).into())
        }
        IonType::String => string(node.text()?, was, node),
        IonType::Int | IonType::Float | IonType::Decimal => number(node),
        _ => node.element(),
    }
}

fn string(text: String, was: Option<Was>, node: &Node<'_>) -> Result<Element, Unfit> {
    match was {
        None | Some(Was::Hash) => Ok(Element::string(text)),
        Some(Was::Timestamp) => match timestamp(&text) {
            Some(timestamp) => Ok(timestamp.into()),
            None => Err(node.unfit_as("a timestamp as a string", "another string")),
        },
    }
}

/// A number with a point or an exponent as the decimal of just these digits:
/// `9.750` is not `9.75`, and nothing goes through a binary float.
pub(super) fn natural(node: &Node<'_>) -> Result<Element, Unfit> {
    let written = match (node.ion_type(), node.written()) {
        (IonType::Float | IonType::Decimal, Some(written)) => written,
        _ => return node.element(),
    };
    let decimal = written.replace(['e', 'E'], "d");
    match Element::read_one(decimal.as_bytes()) {
        Ok(element) if element.ion_type() == IonType::Decimal => Ok(element),
        // `nan` and the infinities are Ion text, not JSON.
        _ => node.element(),
    }
}

/// The timestamp that `text` is, in Ion text form.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    let looks_right = text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"-:.+TZ".contains(&b));
    if !looks_right {
        return None;
    }
    let element = Element::read_one(text.as_bytes()).ok()?;
    element.as_timestamp()
}
