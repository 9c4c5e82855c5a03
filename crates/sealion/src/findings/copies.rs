//! The copies of one block that are at hand, hold, and do not contradict one another: what
//! one of them was stripped of another may have.

use std::collections::BTreeSet;

use super::block::CheckedBlock;
use super::revision::{RevisionRecord, Standing};
use crate::blocks::revision::Kind;

/// The leading copy and the others.
#[derive(Clone, Copy)]
pub(crate) struct Copies<'a> {
    pub(crate) lead: &'a CheckedBlock,
    others: &'a [&'a CheckedBlock],
}

/// A revision of a document.
pub(crate) struct Found<'a> {
    /// The copy that shows most of it.
    pub(crate) block: &'a CheckedBlock,
    /// Its number in the block.
    pub(crate) index: usize,
    pub(crate) id: &'a str,
    pub(crate) version: u64,
}

impl<'a> Copies<'a> {
    pub(crate) fn of(lead: &'a CheckedBlock, others: &'a [&'a CheckedBlock]) -> Copies<'a> {
        Copies { lead, others }
    }

    /// The leading one first.
    pub(crate) fn all(self) -> impl DoubleEndedIterator<Item = &'a CheckedBlock> + Clone {
        std::iter::once(self.lead).chain(self.others.iter().copied())
    }

    /// Revisions of documents, each as the copy has it that shows most of it.
    pub(crate) fn documents(self) -> impl Iterator<Item = Found<'a>> {
        (0..self.lead.revisions.len()).filter_map(move |index| {
            let block = self.best(index);
            let (id, version) = block.revisions.get(index)?.document.as_ref()?;
            Some(Found {
                block,
                index,
                id: id.as_str(),
                version: (*version)?,
            })
        })
    }

    /// Documents that were changed here, as far as anything tells, and whose revision is
    /// in none of them.
    pub(crate) fn unseen(self) -> BTreeSet<&'a str> {
        let mut unseen: BTreeSet<&str> = self.all().flat_map(CheckedBlock::unseen).collect();
        if !unseen.is_empty() {
            self.documents()
                .for_each(|found| _ = unseen.remove(found.id));
        }
        unseen
    }

    /// The one to give out whole: with its text if any has one, and of these the one that
    /// shows most.
    pub(crate) fn fullest(self) -> &'a CheckedBlock {
        let all = self.all().rev();
        all.max_by_key(|block| (block.captured.is_some(), block.shown()))
            .unwrap_or(self.lead)
    }

    /// What `block`, which is one of them, does not say and something here tells of, in
    /// words.
    pub(crate) fn left_out_of(self, block: &CheckedBlock) -> Vec<String> {
        let mut ids = self.unseen();
        let found = self.documents();
        let lacks = |found: &Found<'_>| {
            let own = block.revisions.get(found.index);
            own.is_none_or(|own| shows(own) < shows(&found.block.revisions[found.index]))
        };
        ids.extend(found.filter(lacks).map(|found| found.id));
        let documents = ids.into_iter();
        let mut all: Vec<String> = documents
            .map(|id| format!("the revision of document {id}"))
            .collect();
        for (at, name) in ["transactionInfo", "redactionInfo"].into_iter().enumerate() {
            let has = |block: &CheckedBlock| block.fingerprint.infos()[at].is_some();
            if !has(block) && self.all().any(has) {
                all.push(name.to_owned());
            }
        }
        all
    }

    /// Of those that show most of revision `index` the first, if one of these has its text
    /// that one.
    fn best(self, index: usize) -> &'a CheckedBlock {
        if self.others.is_empty() {
            return self.lead;
        }
        let rank = |block: &&CheckedBlock| {
            let record = block.revisions.get(index);
            (record.map(shows), block.captured.is_some())
        };
        self.all().rev().max_by_key(rank).unwrap_or(self.lead)
    }
}

/// How much a record shows of a revision: that it recomputes, beyond doubt, with its data.
pub(crate) fn shows(record: &RevisionRecord) -> (bool, bool, u8) {
    let content = match record.kind {
        Kind::Internal => 0,
        Kind::Unseen => 1,
        Kind::Deleting => 2,
        Kind::Redacted => 3,
        Kind::User => 4,
    };
    let recomputed = record.standing == Standing::Recomputed;
    (recomputed, !record.in_doubt, content)
}
