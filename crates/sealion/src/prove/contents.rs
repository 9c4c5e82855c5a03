//! What a block's text holds, checked anew by the plain rules.

use std::collections::HashMap;

use ion_rs::Element;
use sealion_reference::journal::{check, Answer, Block};

use crate::blocks::{compact, BlockAddress, Hash};
use crate::findings::{has_loose_annotations, Printed, RevisionRecord};

/// A block that was read from its text and holds.
pub(super) struct Contents {
    block: Element,
    /// The block as compact Ion text, from which `block` was read.
    text: String,
    /// Of each revision, whether its hash follows from what is in that text.
    holds: Vec<bool>,
}

impl Contents {
    /// Reads the block, writes it anew, and holds what was written, read back, to every
    /// rule that it can be held to alone, and to the hash that it stands for: that is what
    /// is given out.
    pub(super) fn read(text: &str, hash: &Hash) -> Result<Contents, String> {
        let read = |text: &str| Element::read_one(text).map_err(|error| error.to_string());
        let text = text_of(&read(text)?)?;
        let block = read(&text)?;
        if has_loose_annotations(&block) {
            return Err("it has annotations that no hash covers".to_owned());
        }
        let checked = check(std::slice::from_ref(&block)).pop();
        let checked = checked
            .ok_or("no block")?
            .map_err(|error| error.to_string())?;
        if let Some(failed) = checked.failures().next() {
            return Err(format!("the rule {} does not hold", failed.rule.code()));
        }
        let claims = Block::read(&block).map_err(|error| error.to_string())?;
        if claims.block_hash != hash.0 {
            return Err("its blockHash is not the one in the journal's tree".to_owned());
        }
        let made = claims.recompute().map_err(|error| error.to_string())?;
        let revisions = claims.revisions.iter().zip(&made.revisions);
        let holds = revisions.map(|(claimed, made)| made.answer(&claimed.hash) == Answer::Holds);
        let holds = holds.collect();
        Ok(Contents { block, text, holds })
    }

    /// The block as compact Ion text.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Revision number `index` as compact Ion text, if its hash follows from what is
    /// in that text, and is the one in `record`.
    pub(super) fn revision_text(
        &self,
        index: usize,
        address: &BlockAddress,
        record: &RevisionRecord,
    ) -> Result<String, String> {
        match self.holds.get(index) {
            None => return Err("it is not in the block's text".to_owned()),
            Some(false) => return Err("its hash cannot be recomputed from what is here".to_owned()),
            Some(true) => {}
        }
        let list = self
            .block
            .as_struct()
            .and_then(|block| block.get("revisions"));
        let revision = list
            .and_then(Element::as_sequence)
            .and_then(|list| list.get(index));
        let text = text_of(revision.ok_or("it is not in the block's text")?)?;
        match Printed::of_text(&text, address).is_some_and(|printed| printed.is(record)) {
            true => Ok(text),
            false => Err("its text, read back, does not give its hash".to_owned()),
        }
    }
}

fn text_of(value: &Element) -> Result<String, String> {
    compact(value).ok_or_else(|| "it cannot be written as Ion text".to_owned())
}

/// Of a block's text, `transactionInfo.documents`: id to table name.
pub(super) fn tables(text: &str) -> HashMap<String, String> {
    let block = Element::read_one(text).ok();
    let info = block
        .as_ref()
        .and_then(|block| block.as_struct()?.get("transactionInfo"));
    info.map(tables_of).unwrap_or_default()
}

/// The same of its `transactionInfo`.
pub(crate) fn tables_of(info: &Element) -> HashMap<String, String> {
    let documents = info
        .as_struct()
        .and_then(|info| info.get("documents")?.as_struct());
    let entries = documents
        .into_iter()
        .flat_map(|documents| documents.fields());
    entries
        .filter_map(|(id, about)| {
            let name = about.as_struct()?.get("tableName")?.as_text()?;
            Some((id.text()?.to_owned(), name.to_owned()))
        })
        .collect()
}
