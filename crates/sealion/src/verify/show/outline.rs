//! The outline of a journal file: ranges and counts, of any number of blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::access::Access;
use super::super::survey::JournalFile;
use super::super::PIECE_BYTES;
use super::Viewer;
use crate::blocks::block::Block;
use crate::blocks::read::{Envelope, Node, Unfit};
use crate::blocks::revision::Kind;
use crate::blocks::{BlockAddress, StrandId};
use crate::engine::read_values;
use crate::report::show::{time_words, Sheet};
use crate::source::{Archive, Flaw, FlawKind, Pieces};
use crate::Limits;

/// Strands of one file that are told apart. A ledger has one.
const STRANDS_MAX: usize = 8;

/// The range of block numbers of each strand.
#[derive(Default)]
pub(super) struct Strands {
    ranges: BTreeMap<StrandId, (u64, u64)>,
    /// Addresses of strands beyond the first few.
    others: u64,
}

impl Strands {
    pub(super) fn add(&mut self, address: &BlockAddress) {
        let number = address.sequence_no;
        if let Some((first, last)) = self.ranges.get_mut(&address.strand_id) {
            (*first, *last) = ((*first).min(number), (*last).max(number));
        } else if self.ranges.len() < STRANDS_MAX {
            self.ranges
                .insert(address.strand_id.clone(), (number, number));
        } else {
            self.others += 1;
        }
    }

    pub(super) fn write(&self, sheet: &mut Sheet) {
        for (strand_id, (first, last)) in &self.ranges {
            sheet.line("strand", strand_id);
            sheet.line("numbers", format!("from block {first} to block {last}"));
        }
        if self.others > 0 {
            let others = self.others;
            sheet.line(
                "strand",
                format!("… and {others} more blocks, of other strands"),
            );
        }
    }
}

/// What a journal file holds, counted as it goes by.
#[derive(Default)]
pub(super) struct Outline {
    blocks: u64,
    strands: Strands,
    /// Times of the first block and the last, in the order of the file.
    times: Option<(String, String)>,
    revisions: u64,
    /// Of those: with data, redacted, deleting, internal.
    kinds: [u64; 4],
    /// Values that are no readable block, and what the first of them is.
    others: u64,
    other: Option<Unfit>,
}

impl Outline {
    /// Reads the whole file; its first block goes to `viewer`.
    pub(super) fn read(
        &mut self,
        (archive, access): (&dyn Archive, &Arc<Access>),
        file: &JournalFile,
        limits: &Limits,
        viewer: &mut Viewer,
    ) -> Result<(), Flaw> {
        let unreadable = |error| Flaw::new(0, FlawKind::Unreadable(error));
        let input = access.open(archive, &file.object).map_err(unreadable)?;
        for piece in Pieces::new(input, file.encoding, limits, PIECE_BYTES) {
            let mut unfits = Vec::new();
            let refused = read_values(&piece?, |node| {
                if let Err(unfit) = self.value(node, limits, viewer) {
                    unfits.push(unfit);
                }
            });
            for unfit in unfits.into_iter().chain(refused) {
                self.others += 1;
                self.other.get_or_insert(unfit);
            }
        }
        Ok(())
    }

    fn value(&mut self, node: Node<'_>, limits: &Limits, viewer: &mut Viewer) -> Result<(), Unfit> {
        let envelope = Envelope::open(node)?;
        let first = self.blocks == 0;
        // Statements and documents are read of the first block only.
        let (block, _) = Block::read(&envelope, limits, |_| first)?;
        if first {
            viewer.sheet.heading("its first block");
            viewer.block(&envelope, &block);
        }
        self.blocks += 1;
        self.strands.add(&block.address.address);
        if let Some(time) = envelope.get("blockTimestamp").map(|node| time_words(&node)) {
            match &mut self.times {
                Some((_, last)) => *last = time,
                none => *none = Some((time.clone(), time)),
            }
        }
        self.revisions += block.revisions.len() as u64;
        for revision in &block.revisions {
            match revision.kind {
                Kind::User => self.kinds[0] += 1,
                Kind::Redacted => self.kinds[1] += 1,
                Kind::Deleting => self.kinds[2] += 1,
                Kind::Internal | Kind::Unseen => self.kinds[3] += 1,
            }
        }
        Ok(())
    }

    /// True if all values were read.
    pub(super) fn write(&self, sheet: &mut Sheet) -> bool {
        self.strands.write(sheet);
        sheet.line("blocks", self.blocks);
        if let Some((first, last)) = &self.times {
            sheet.line("times", format!("{first} (first block) to {last} (last)"));
        }
        let [user, redacted, deleting, internal] = self.kinds;
        let words = format!(
            "{}: {user} with data, {redacted} redacted, {deleting} deletions, {internal} internal",
            self.revisions
        );
        sheet.line("revisions", words);
        if let Some(unfit) = &self.other {
            let words = format!(
                "{} values; the first at byte {}: expected {}, found {}",
                self.others, unfit.offset, unfit.expected, unfit.found
            );
            sheet.line("not read", words);
        }
        self.other.is_none()
    }
}
