//! Gathers what goes into a bundle, and what that needs beside it.
//!
//! A revision with data is shown by its proof alone. One without data is not: the pair
//! hash puts no mark on its two halves nor on its level, so that by a proof alone a
//! revision whose data was left out looks like a deletion, and one whose halves were
//! exchanged like a redaction. Its whole block goes with it, which has the statements,
//! the documents' names and the exact number of hashes; with a redaction also the block
//! that ordered it.

use std::collections::BTreeSet;
use std::sync::Arc;

use ion_rs::Element;

use super::Bundle;
use crate::engine::Wanted;
use crate::findings::CheckedBlock;
use crate::prove::{ProveError, ProvenBlock, ProvenRevision, WantedRevisions};
use crate::source::Archive;
use crate::Prover;

impl Bundle {
    /// Adds all revisions that are `wanted`, up to the digest's tip; gives their
    /// number. With those without data (deletions, redactions) go their blocks, whole.
    ///
    /// # Errors
    /// [`ProveError`]; among others [`ProveError::NotRecomputed`] if one of them cannot
    /// be proven. A bundle that leaves out what was asked for would mislead, so it is
    /// then unchanged.
    pub fn add_revisions(
        &mut self,
        prover: &Prover,
        archive: &dyn Archive,
        wanted: &WantedRevisions,
    ) -> Result<u64, ProveError> {
        let tip = self.tip(prover)?;
        let mut found = Vec::new();
        let mut refused = None;
        prover.revisions(
            archive,
            wanted,
            tip,
            &mut |proven| {
                found.push(proven);
                Ok(())
            },
            &mut |why| {
                refused.get_or_insert(why);
            },
        )?;
        let json = |proven: &ProvenRevision| {
            format!(
                "document {} version {} came as JSON, which has lost the types of its data",
                proven.document_id, proven.version
            )
        };
        let mut typeless = found.iter().filter(|proven| proven.ion_text.is_none());
        if let Some(why) = refused.or_else(|| typeless.next().map(json)) {
            return Err(ProveError::NotRecomputed(why));
        }
        let dataless: Vec<&ProvenRevision> = found.iter().filter(|one| !has_data(one)).collect();
        if !dataless.is_empty() {
            self.add_blocks(prover, archive, needed_by(&dataless))?;
        }
        let count = found.len() as u64;
        self.revisions.extend(found);
        Ok(count)
    }

    /// Adds one block, whole.
    ///
    /// # Errors
    /// [`ProveError`]; [`ProveError::NotRecomputed`] if it is known to be stripped of
    /// something, as [`ProvenBlock::left_out`] tells.
    pub fn add_block(
        &mut self,
        prover: &Prover,
        archive: &dyn Archive,
        sequence_no: u64,
    ) -> Result<(), ProveError> {
        let tip = self.tip(prover)?;
        let block = prover.block(archive, sequence_no, tip)?;
        if let [first, ..] = &block.left_out[..] {
            return Err(ProveError::NotRecomputed(format!(
                "block {sequence_no} is not whole: {first} is missing or stripped; give another copy of the block beside this one"
            )));
        }
        self.take(block);
        Ok(())
    }

    fn add_blocks(
        &mut self,
        prover: &Prover,
        archive: &dyn Archive,
        needed: Wanted,
    ) -> Result<(), ProveError> {
        let tip = self.tip(prover)?;
        let mut found = Vec::new();
        prover.blocks(archive, (0, tip), needed, tip, &mut |block| {
            found.push(block);
        })?;
        found.into_iter().for_each(|block| self.take(block));
        Ok(())
    }

    /// Puts a block in its place, once.
    fn take(&mut self, block: ProvenBlock) {
        let place = |own: &ProvenBlock| own.address.sequence_no;
        if let Err(at) = self.blocks.binary_search_by_key(&place(&block), place) {
            self.blocks.insert(at, block);
        }
    }

    fn tip(&self, prover: &Prover) -> Result<u64, ProveError> {
        prover.tip_of(&self.digest)
    }
}

fn has_data(proven: &ProvenRevision) -> bool {
    let text = proven.ion_text.as_deref().unwrap_or_default();
    let revision = Element::read_one(text).ok();
    revision.is_some_and(|revision| {
        let fields = revision.as_struct();
        fields.is_some_and(|fields| fields.get("data").is_some())
    })
}

/// The blocks of these revisions, and those that ordered to redact them.
fn needed_by(dataless: &[&ProvenRevision]) -> Wanted {
    let own: BTreeSet<u64> = dataless.iter().map(|one| one.address.sequence_no).collect();
    let versions: BTreeSet<(String, u64)> = dataless
        .iter()
        .map(|one| (one.document_id.clone(), one.version))
        .collect();
    Arc::new(move |block: &CheckedBlock| {
        let ordered = |order: &crate::blocks::block::RedactionOrder| {
            versions.contains(&(order.document_id.to_string(), order.version))
        };
        own.contains(&block.address.sequence_no) || block.redactions.iter().any(ordered)
    })
}
