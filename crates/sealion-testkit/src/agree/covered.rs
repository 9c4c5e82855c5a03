//! What hashes cover of a block, and how two journals differ in it.

use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::{Element, IonData, Struct, Value};

/// How a changed journal differs from the one it was made of, by the gravest difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// In nothing but spelling, or in fields that no rule names.
    Nothing,
    /// In fields that no hash covers: the paths, and whether another field contradicts each.
    Uncovered(Vec<(&'static str, bool)>),
    /// Whole parts of blocks are not there whose absence no hash covers.
    LeftOut,
    /// In something that a hash covers.
    Covered,
}

/// Parts of a block whose absence no hash notices.
const PARTS: [&str; 3] = ["transactionInfo", "redactionInfo", "revisions"];
/// Fields of a block that are covered. The list of revisions is looked at apart.
const FIELDS: [&str; 6] = [
    "blockHash",
    "entriesHash",
    "previousBlockHash",
    "entriesHashList",
    "transactionInfo",
    "redactionInfo",
];
/// Fields of a revision that are covered.
const REVISION: [&str; 4] = ["hash", "data", "dataHash", "metadata"];

impl Difference {
    /// Between the blocks of a sound journal and what was read in their place. A block that stands twice in a row
    /// counts once.
    #[must_use]
    pub fn between(original: &[Element], found: &[Element]) -> Self {
        let mut found: Vec<&Element> = found.iter().collect();
        found.dedup_by(|a, b| IonData::eq(a, b));
        if found.len() != original.len() {
            return Self::Covered;
        }
        let pairs = original.iter().zip(found);
        pairs
            .map(|(a, b)| of_block(a, b))
            .max()
            .unwrap_or(Self::Nothing)
    }

    /// Between a revision and what was read in its place.
    #[must_use]
    pub fn of_revision(original: &Element, found: &Element) -> Self {
        match (original.as_struct(), found.as_struct()) {
            (Some(a), Some(b)) if same(a, b, &REVISION) => address(a, b),
            _ => Self::Covered,
        }
    }
}

fn of_block(original: &Element, found: &Element) -> Difference {
    let (Some(a), Some(b)) = (original.as_struct(), found.as_struct()) else {
        return Difference::Covered;
    };
    let left_out: Vec<&str> = PARTS
        .into_iter()
        .filter(|part| has(a, part) && !has(b, part))
        .collect();
    let fields: Vec<&str> = FIELDS
        .into_iter()
        .filter(|name| !left_out.contains(name))
        .collect();
    if !same(a, b, &fields) || b.get_all("revisions").count() > 1 {
        return Difference::Covered;
    }
    let revisions = match left_out.contains(&"revisions") {
        true => Difference::Nothing,
        false => of_revisions(a, b),
    };
    let uncovered = of_uncovered(a, b);
    match left_out.is_empty() {
        true => join(revisions, uncovered),
        false => revisions.max(Difference::LeftOut),
    }
}

/// Whether there is such a field. One that is null says as much as none.
fn has(fields: &Struct, name: &str) -> bool {
    fields.get_all(name).any(|value| !value.is_null())
}

fn of_revisions(original: &Struct, found: &Struct) -> Difference {
    let list = |fields: &Struct| -> Vec<Element> {
        let list = fields.get("revisions").and_then(Element::as_sequence);
        list.map_or_else(Vec::new, |list| list.elements().cloned().collect())
    };
    let (a, b) = (list(original), list(found));
    if a.len() != b.len() {
        return Difference::Covered;
    }
    let pairs = a.iter().zip(&b);
    pairs
        .map(|(a, b)| Difference::of_revision(a, b))
        .fold(Difference::Nothing, join)
}

/// Both lists of uncovered fields, or the graver of the two.
fn join(a: Difference, b: Difference) -> Difference {
    match (a, b) {
        (Difference::Uncovered(mut a), Difference::Uncovered(b)) => {
            a.extend(b);
            Difference::Uncovered(a)
        }
        (a, b) => a.max(b),
    }
}

/// The block's own address, transaction and time.
fn of_uncovered(original: &Struct, found: &Struct) -> Difference {
    let revisions = original.get("revisions").and_then(Element::as_sequence);
    let documents = revisions.is_some_and(|revisions| {
        let metadata = |one: &Element| {
            one.as_struct()
                .is_some_and(|one| one.get("metadata").is_some())
        };
        revisions.elements().any(metadata)
    });
    // A field that is gone or of another type makes the block unreadable.
    let typed =
        |name| found.get(name).map(Element::ion_type) == original.get(name).map(Element::ion_type);
    let mut changed = Vec::new();
    for (name, contradicted) in [
        ("blockAddress", true),
        ("transactionId", documents),
        ("blockTimestamp", false),
    ] {
        if !same(original, found, &[name]) {
            changed.push((name, contradicted || !typed(name)));
        }
    }
    uncovered(changed)
}

fn address(original: &Struct, found: &Struct) -> Difference {
    let same = same(original, found, &["blockAddress"]);
    // One that is not there contradicts nothing: the revision is then known by its hash.
    let contradicted = found.get("blockAddress").is_some();
    uncovered(
        (!same)
            .then_some(("revisions[].blockAddress", contradicted))
            .into_iter()
            .collect(),
    )
}

fn uncovered(changed: Vec<(&'static str, bool)>) -> Difference {
    match changed.is_empty() {
        true => Difference::Nothing,
        false => Difference::Uncovered(changed),
    }
}

/// Whether these fields are the same values, as often. An empty hash, as the first block's `previousBlockHash`, is as
/// good as none, also where it stands as JSON has it: an empty string.
fn same(a: &Struct, b: &Struct, names: &[&str]) -> bool {
    names.iter().all(|name| {
        let is_hash = *name == "previousBlockHash";
        let there = |value: &&Element| {
            let empty_blob = value.as_lob().is_some_and(<[u8]>::is_empty);
            !(empty_blob || is_hash && value.as_string() == Some(""))
        };
        let a: Vec<Element> = a.get_all(name).filter(there).map(hashes).collect();
        let b: Vec<Element> = b.get_all(name).filter(there).map(hashes).collect();
        a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| IonData::eq(a, b))
    })
}

/// The value, with base64 of 32 bytes, which JSON has for a hash, as the blob.
fn hashes(value: &Element) -> Element {
    match value.value() {
        Value::String(text) => match STANDARD.decode(text.text()) {
            Ok(bytes) if bytes.len() == 32 => Element::blob(bytes),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}
