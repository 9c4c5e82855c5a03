//! Text that a terminal, a spreadsheet or a hasty reader would obey, in every place where a value has text.

use crate::block::{Block, Content, Revision};
use crate::Ledger;
use ion_rs::{Element, List, SExp, Struct, Value};

/// Clears a screen, links, begins a line with a verdict, goes back on it, turns text round, hides it.
pub const TEXT: &str = "\u{1b}[2J\u{1b}[H\u{1b}[8m\u{1b}[38;5;201m\u{1b}]8;;http://x\u{7}\nVERIFIED: all good\n\r\t\u{8}\
    \u{7f}\u{9b}2J\u{85}\u{202e}\u{2066}\u{200e}\u{200f}\u{2028}VERIFIED: all good\u{2029}\u{200b}\u{feff}\u{e0041}\0";

/// What a spreadsheet would run.
pub const FORMULA: &str = "=cmd|' /C calc'!A0";

/// Says of each text whether it is to be hostile.
type Pick<'a> = &'a mut dyn FnMut() -> bool;

fn changed(text: &str, pick: Pick<'_>) -> String {
    match pick() {
        true => format!("{FORMULA}{text}{TEXT}"),
        false => text.to_owned(),
    }
}

/// The value with hostile text in every string, symbol, field name and annotation.
#[must_use]
pub fn everywhere(value: &Element) -> Element {
    ion(value, &mut || true)
}

/// The values that have hostile text in one place each.
pub fn each(value: &Element) -> impl Iterator<Item = Element> + '_ {
    (0..).map_while(|place| {
        let mut at = 0;
        let mut met = false;
        let changed = ion(value, &mut || {
            at += 1;
            let here = at - 1 == place;
            met |= here;
            here
        });
        met.then_some(changed)
    })
}

/// The same of JSON. Text that is Ion itself (`IonText`) is changed within as well.
pub fn each_json(value: &serde_json::Value) -> impl Iterator<Item = serde_json::Value> + '_ {
    (0..).map_while(|place| {
        let mut at = 0;
        let mut met = false;
        let changed = json(value, &mut || {
            at += 1;
            let here = at - 1 == place;
            met |= here;
            here
        });
        met.then_some(changed)
    })
}

fn ion(value: &Element, pick: Pick<'_>) -> Element {
    let annotations: Vec<String> = value
        .annotations()
        .iter()
        .map(|one| changed(one.text().unwrap_or_default(), pick))
        .collect();
    let inner: Element = match value.value() {
        Value::String(text) => Element::string(changed(text.text(), pick)),
        Value::Symbol(symbol) => Element::symbol(changed(symbol.text().unwrap_or_default(), pick)),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|item| ion(item, pick)).collect();
            List::from(items).into()
        }
        Value::SExp(items) => {
            let items: Vec<_> = items.iter().map(|item| ion(item, pick)).collect();
            SExp::from(items).into()
        }
        Value::Struct(fields) => {
            let mut made = Struct::builder();
            for (name, field) in fields.fields() {
                let name = changed(name.text().unwrap_or_default(), pick);
                made = made.with_field(name, ion(field, pick));
            }
            made.build().into()
        }
        other => other.clone().into(),
    };
    inner.with_annotations(annotations)
}

fn json(value: &serde_json::Value, pick: Pick<'_>) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => match Element::read_one(text) {
            Ok(inner) if text.starts_with(['{', '[']) && holds_values(&inner) => {
                let mut out = String::new();
                crate::ion::text::compact(&ion(&inner, pick), &mut out);
                Value::String(out)
            }
            _ => Value::String(changed(text, pick)),
        },
        Value::Array(items) => items.iter().map(|item| json(item, pick)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (changed(name, pick), json(member, pick)))
            .collect(),
        other => other.clone(),
    }
}

/// Whether a value may have text somewhere within.
fn holds_values(value: &Element) -> bool {
    value.as_struct().is_some() || value.as_sequence().is_some()
}

/// Makes text hostile that QLDB's users choose, or that the forger of a whole journal may, in the blocks of a ledger,
/// which then hold by new hashes.
///
/// # Panics
/// If the ledger was not sound.
pub fn sound(ledger: &mut Ledger) {
    let mut previous = Vec::new();
    for block in &mut ledger.blocks {
        let before = known(block);
        block.address.strand_id += TEXT;
        block.transaction_id += TEXT;
        for revision in block.revisions.iter_mut().flatten() {
            name(revision);
        }
        if let Some(info) = &mut block.transaction_info {
            for (id, document) in info.documents.iter_mut().flatten() {
                *id += TEXT;
                document.table_name += TEXT;
            }
            for statement in &mut info.statements {
                // Of those with parameters the rule of the digest is not known.
                let own = crate::ion_hash(&Element::string(&*statement.statement)).to_vec();
                if statement.statement_digest == own {
                    statement.statement += TEXT;
                    let text = Element::string(&*statement.statement);
                    statement.statement_digest = crate::ion_hash(&text).to_vec();
                }
            }
        }
        let after = known(block);
        for entry in &mut block.entries {
            let place = before.iter().position(|one| one.as_ref() == Some(entry));
            if let Some(new) = place.and_then(|place| after[place].clone()) {
                *entry = new;
            }
        }
        block.entries_hash = block.entries_root().expect("entries").to_vec();
        block.previous_block_hash = previous;
        block.rehash();
        previous = block.block_hash.clone();
    }
    *ledger = Ledger::of(std::mem::take(&mut ledger.blocks));
}

fn name(revision: &mut Revision) {
    if let Some(address) = &mut revision.address {
        address.strand_id += TEXT;
    }
    if let Some(metadata) = &mut revision.metadata {
        metadata.id += TEXT;
        metadata.tx_id += TEXT;
    }
    if let Content::Data(data) = &revision.content {
        revision.content = Content::Data(everywhere(data));
    }
    if let Some(hash) = revision.computed_hash() {
        revision.hash = hash.to_vec();
    }
}

/// The entries of which it is known what they are hashes of.
fn known(block: &Block) -> [Option<Vec<u8>>; 2] {
    let info = block.transaction_info.as_ref();
    let info = info.map(|info| crate::ion_hash(&info.to_element()).to_vec());
    [block.revisions_root().map(|root| root.to_vec()), info]
}
