//! All that one copy of a journal has of a block.

use std::cmp::Reverse;

use super::loose::Text;
use crate::blocks::Hash;
use crate::findings::{shows, CheckedBlock};

/// Texts of one block or revision on both sides, where there are any.
pub(super) type Texts<'a> = (Option<&'a Text>, Option<&'a Text>);

/// The leading copy of a block, then others that hold, and their texts.
pub(super) struct Side<'a> {
    pub(super) blocks: &'a [CheckedBlock],
    texts: Vec<Option<Text>>,
}

impl<'a> Side<'a> {
    pub(super) fn of(blocks: &'a [CheckedBlock]) -> Side<'a> {
        Side {
            blocks,
            texts: blocks.iter().map(Text::of).collect(),
        }
    }

    pub(super) fn lead(&self) -> Option<&'a CheckedBlock> {
        self.blocks.first()
    }

    pub(super) fn text(&self, at: usize) -> Option<&Text> {
        self.texts.get(at)?.as_ref()
    }

    pub(super) fn any_text(&self) -> Option<&Text> {
        self.texts.iter().flatten().next()
    }

    /// The hash of `transactionInfo` (0) or `redactionInfo` (1), from whichever has it.
    pub(super) fn info(&self, at: usize) -> Option<Hash> {
        let mut blocks = self.blocks.iter();
        blocks.find_map(|block| *block.fingerprint.infos().get(at)?)
    }

    /// Which of them shows most of revision `index`; the first of those that do.
    pub(super) fn best(&self, index: usize) -> usize {
        let rank = |(at, block): &(usize, &CheckedBlock)| {
            let record = block.revisions.get(index);
            (record.map(shows), self.text(*at).is_some(), Reverse(*at))
        };
        let best = self.blocks.iter().enumerate().max_by_key(rank);
        best.map_or(0, |(at, _)| at)
    }

    /// Tables that stream records name: revision hash and table.
    pub(super) fn recorded_tables(&self) -> Vec<(Hash, String)> {
        let captured = self
            .blocks
            .iter()
            .filter_map(|block| block.captured.as_ref());
        captured
            .flat_map(|captured| captured.recorded_tables.iter().cloned())
            .collect()
    }

    /// Where the records on two sides name different tables for one revision.
    pub(super) fn other_tables(
        first: &[(Hash, String)],
        second: &[(Hash, String)],
    ) -> Vec<(Hash, String, String)> {
        let other = |(hash, name): &(Hash, String)| {
            let found = second.iter().find(|(own, _)| own == hash)?;
            (found.1 != *name).then(|| (*hash, name.clone(), found.1.clone()))
        };
        first.iter().filter_map(other).collect()
    }
}
