//! Empty lists that have memory: what blocks had, for blocks to come. A list and its
//! memory take longer to get from the system than a block to read.

use sealion_ion::Slot;

use super::Slots;
use crate::blocks::block::{Block, BlockContent, Document, Statement};
use crate::blocks::claim::RecordedHash;
use crate::blocks::revision::{Made, Revision, RevisionContent};

/// Lists of each kind.
#[derive(Default)]
pub(super) struct Spare {
    pub(super) hashes: Vec<Vec<RecordedHash>>,
    pub(super) revisions: Vec<Vec<Revision>>,
    pub(super) statements: Vec<Vec<Statement>>,
    pub(super) documents: Vec<Vec<Document>>,
    pub(super) slots: Vec<Vec<Option<Slot>>>,
    pub(super) revision_slots: Vec<Vec<(Option<Slot>, Option<Slot>)>>,
    pub(super) made: Vec<Vec<Option<Made>>>,
    pub(super) contents: Vec<Vec<RevisionContent>>,
}

impl Spare {
    pub(super) fn slots(&mut self) -> Slots {
        Slots {
            statements: self.slots.pop().unwrap_or_default(),
            revisions: self.revision_slots.pop().unwrap_or_default(),
            ..Slots::default()
        }
    }

    pub(super) fn take_block(&mut self, block: Block) {
        keep(&mut self.hashes, block.entries);
        keep(&mut self.revisions, block.revisions);
        if let Some(info) = block.transaction_info {
            keep(&mut self.statements, info.statements);
            keep(&mut self.documents, info.documents.unwrap_or_default());
        }
    }

    pub(super) fn take_slots(&mut self, slots: Slots) {
        keep(&mut self.slots, slots.statements);
        keep(&mut self.revision_slots, slots.revisions);
    }

    pub(super) fn take_content(&mut self, content: BlockContent) {
        keep(&mut self.made, content.statements);
        keep(&mut self.contents, content.revisions);
    }
}

/// Keeps a list without what is in it. One of unusual length goes, and so do more
/// than the blocks of a piece have: what is kept has a bound.
fn keep<T>(kept: &mut Vec<Vec<T>>, mut list: Vec<T>) {
    const LENGTH_MAX: usize = 32;
    const LISTS_MAX: usize = 256;
    if (1..=LENGTH_MAX).contains(&list.capacity()) && kept.len() < LISTS_MAX {
        list.clear();
        kept.push(list);
    }
}
