//! What two copies of one block say where no hash tells: their texts, value by value.

use std::collections::{BTreeMap, BTreeSet};

use ion_rs::{Element, IonType};

use super::alike::{alike, Alike, Forms};
use crate::blocks::{compact, read_json};
use crate::findings::{has_loose_annotations, CheckedBlock};

/// Characters of a value that are shown; of a longer one its hash is.
const SHOWN_MAX: usize = 100;

/// Fields of a block that are compared by what they hash to: whether there are any by
/// themselves, and beside JSON their content, whose types are known.
const INFOS: [&str; 2] = ["transactionInfo", "redactionInfo"];

/// Fields that some writers of JSON have as null where there are none.
const OFTEN_NULL: [&str; 8] = [
    "previousBlockHash",
    "transactionInfo",
    "redactionInfo",
    "revisions",
    "blockAddress",
    "data",
    "dataHash",
    "metadata",
];

/// The text of a block, read.
pub(super) struct Text {
    block: Element,
    json: bool,
    /// Of a stream's summaries, which the block's text does not have.
    of_summaries: Vec<(String, Element)>,
}

/// A field that is not the same in both.
pub(super) struct Loose {
    /// Its name, within the block or the revision.
    pub(super) field: String,
    /// What the two have: short values, or hashes.
    pub(super) values: (String, String),
    /// Whether either does not have it at all.
    pub(super) one_sided: bool,
    /// Whether it may even so be what the other became as JSON.
    pub(super) perhaps: bool,
}

impl Text {
    /// `None` if the block has no text, or one that cannot be read back.
    pub(super) fn of(block: &CheckedBlock) -> Option<Text> {
        let captured = block.captured.as_ref()?;
        let block = Element::read_one(&captured.text).ok()?;
        let hash = block.as_struct()?.get("blockHash")?;
        let json = hash.ion_type() != IonType::Blob;
        let block = match json {
            true => read_json(captured.text.clone())?,
            false => block,
        };
        let of_summaries = captured.of_summaries.iter();
        let of_summaries = of_summaries
            .map(|(path, text)| Some((path.clone(), Element::read_one(text).ok()?)))
            .collect::<Option<_>>()?;
        Some(Text {
            json,
            block,
            of_summaries,
        })
    }

    fn revisions(&self) -> Option<&Element> {
        self.block.as_struct()?.get("revisions")
    }

    fn revision(&self, index: usize) -> Option<&Element> {
        self.revisions()?.as_sequence()?.get(index)
    }

    /// What differs beside the revisions.
    pub(super) fn beside_revisions(&self, other: &Text) -> Vec<Loose> {
        let forms = Forms::of(self.json, other.json);
        let skip = |name: &str| name == "revisions" || forms.mixed() && INFOS.contains(&name);
        let mut all = fields(&self.block, &other.block, forms, &skip);
        // That one has it is told by what it hashes to, unless it is a null.
        let hashed = |text: &Text, name: &str| {
            let own = text.block.as_struct().and_then(|block| block.get(name));
            own.is_some_and(|own| !own.is_null())
        };
        all.retain(|one| {
            let name = one.field.as_str();
            let told = INFOS.contains(&name) && (hashed(self, name) || hashed(other, name));
            !one.one_sided || !told
        });
        let list = |text: &Text| {
            let lists = by_name(&text.block, forms).remove("revisions");
            nothing_in(&lists.unwrap_or_default())
        };
        if let (Some(a), Some(b)) = (list(self), list(other)) {
            if a != b {
                all.push(worded("revisions", a.to_owned(), b.to_owned()));
            }
        }
        let annotations = |text: &Text| text.revisions().map(annotations).unwrap_or_default();
        if annotations(self) != annotations(other) {
            let (a, b) = (annotations(self), annotations(other));
            all.push(worded("annotations of revisions", a, b));
        }
        // JSON has none, and loses those that there were.
        let loose = |text: &Text| has_loose_annotations(&text.block);
        if forms.mixed() && (loose(self) || loose(other)) {
            let words = |has: bool| if has { "there" } else { "not there" }.to_owned();
            let (a, b) = (words(loose(self)), words(loose(other)));
            all.push(worded("annotations", a, b));
        }
        all.extend(self.in_summaries(other, forms));
        all
    }

    fn in_summaries(&self, other: &Text, forms: Forms) -> Vec<Loose> {
        let both = [&self.of_summaries, &other.of_summaries];
        let paths: BTreeSet<&String> = both.into_iter().flatten().map(|(path, _)| path).collect();
        let each = paths.into_iter().filter_map(|path| {
            let values = both.map(|all| {
                let own = all.iter().filter(|(own, _)| own == path);
                own.map(|(_, value)| value).collect::<Vec<_>>()
            });
            loose(path, &values, forms)
        });
        each.collect()
    }

    /// What differs in a revision that both give. `settled`: its data was compared by
    /// what it hashes to.
    pub(super) fn in_revision(&self, other: &Text, index: usize, settled: bool) -> Vec<Loose> {
        let forms = Forms::of(self.json, other.json);
        let skip = |name: &str| forms.mixed() && name == "metadata" || settled && name == "data";
        match (self.revision(index), other.revision(index)) {
            (Some(a), Some(b)) => fields(a, b, forms, &skip),
            _ => Vec::new(),
        }
    }
}

/// The fields of two structs that are not the same, and their own annotations.
fn fields(a: &Element, b: &Element, forms: Forms, skip: &dyn Fn(&str) -> bool) -> Vec<Loose> {
    let mut all = Vec::new();
    if !forms.mixed() && annotations(a) != annotations(b) {
        all.push(worded("annotations", annotations(a), annotations(b)));
    }
    let (mut first, mut second) = (by_name(a, forms), by_name(b, forms));
    let names: BTreeSet<String> = first.keys().chain(second.keys()).cloned().collect();
    for name in names.into_iter().filter(|name| !skip(name)) {
        let both = [&mut first, &mut second].map(|all| all.remove(&name).unwrap_or_default());
        all.extend(loose(&name, &both, forms));
    }
    all
}

/// The fields of a struct by their names.
fn by_name(value: &Element, forms: Forms) -> BTreeMap<String, Vec<&Element>> {
    let mut all: BTreeMap<String, Vec<&Element>> = BTreeMap::new();
    let fields = value.as_struct().into_iter().flat_map(|own| own.fields());
    for (name, value) in fields {
        let name = text(name);
        let may_be_null = forms.mixed() && OFTEN_NULL.contains(&name.as_str());
        let absent = may_be_null && value.is_null() && value.annotations().is_empty();
        if !absent {
            all.entry(name).or_default().push(value);
        }
    }
    all
}

/// What the two have under one name, if it is not the same.
fn loose(field: &str, [first, second]: &[Vec<&Element>; 2], forms: Forms) -> Option<Loose> {
    let alike = alike(first, second, forms);
    (alike != Alike::Same).then(|| Loose {
        field: field.to_owned(),
        values: (show(first), show(second)),
        one_sided: first.is_empty() || second.is_empty(),
        perhaps: alike == Alike::Perhaps,
    })
}

fn text(name: &ion_rs::Symbol) -> String {
    name.text().unwrap_or("$0").to_owned()
}

fn annotations(value: &Element) -> String {
    let all: Vec<String> = value.annotations().iter().map(text).collect();
    match all.is_empty() {
        true => "not there".to_owned(),
        false => all.join("::"),
    }
}

fn worded(field: &str, first: String, second: String) -> Loose {
    Loose {
        field: field.to_owned(),
        one_sided: false,
        values: (first, second),
        perhaps: false,
    }
}

/// What stands in place of a list that has nothing in it.
fn nothing_in(lists: &[&Element]) -> Option<&'static str> {
    match lists {
        [] => Some("not there"),
        [null] if null.is_null() => Some("null"),
        [list] => {
            let empty = list.as_sequence().is_some_and(|list| list.is_empty());
            empty.then_some("an empty list")
        }
        _ => None,
    }
}

fn show(values: &[&Element]) -> String {
    let one = |value: &&Element| {
        let text = compact(value).filter(|text| text.chars().count() <= SHOWN_MAX);
        let hash = || sealion_reference::ion_hash(value).map(crate::Hash);
        let long = || match hash() {
            Ok(hash) => format!("a long value, whose Ion Hash is {hash}"),
            Err(_) => "a value that cannot be shown".to_owned(),
        };
        text.unwrap_or_else(long)
    };
    match values {
        [] => "not there".to_owned(),
        _ => values.iter().map(one).collect::<Vec<_>>().join(" and "),
    }
}
