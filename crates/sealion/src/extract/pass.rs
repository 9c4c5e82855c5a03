//! The two passes over the blocks: which revisions are the last ones, then the rows.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use super::missing::{Gaps, LeftOut, Orders};
use super::row::Rows;
use super::{Row, TableSource};
use crate::engine::Wanted;
use crate::findings::{Asked, CheckedBlock, Copies, Found};
use crate::prove::WantedRevisions;
use crate::report::Strand;
use crate::verify::Watcher;
use crate::{BlockAddress, Report, StrandId};

/// The number of a revision in its block, if it is not there to be seen.
const UNSEEN: usize = usize::MAX;

/// Where the last revision of each document stands, and what later blocks tell of earlier
/// ones.
#[derive(Default)]
pub(super) struct Lasts {
    pub(super) wanted: WantedRevisions,
    pub(super) asked: Asked,
    /// Block, and number in it; `None` if all revisions are wanted.
    pub(super) of: Option<HashMap<(StrandId, String), (u64, usize)>>,
    pub(super) orders: Orders,
}

impl Lasts {
    /// Whether revision `index` of its block is to be given, where only the last one is.
    fn is_last(&self, address: &BlockAddress, id: &str, index: usize) -> bool {
        let last = self.last(address, id);
        self.of.is_none() || last == Some((address.sequence_no, index))
    }

    fn last(&self, address: &BlockAddress, id: &str) -> Option<(u64, usize)> {
        let key = (address.strand_id.clone(), id.to_owned());
        self.of.as_ref()?.get(&key).copied()
    }
}

impl Watcher for Lasts {
    fn start(&mut self) {
        self.orders.clear();
        if let Some(lasts) = &mut self.of {
            lasts.clear();
        }
    }

    fn block(&mut self, block: &CheckedBlock) {
        self.copies(block, &[]);
    }

    fn copies(&mut self, block: &CheckedBlock, others: &[&CheckedBlock]) {
        let copies = Copies::of(block, others);
        for block in copies.all() {
            self.orders.note(block, &self.wanted);
        }
        let Some(lasts) = &mut self.of else { return };
        let number = block.address.sequence_no;
        // Up to a digest's tip more blocks go by than were asked for.
        if !self.asked.includes(number) {
            return;
        }
        let key = |id: &str| (block.address.strand_id.clone(), id.to_owned());
        for found in copies.documents() {
            if self.wanted.fits(found.id, found.version) {
                lasts.insert(key(found.id), (number, found.index));
            }
        }
        for id in copies.unseen() {
            if self.wanted.fits_id(id) {
                lasts.insert(key(id), (number, UNSEEN));
            }
        }
    }
}

/// Makes rows of wanted blocks, until nobody wants more.
pub(super) struct Extracting<'a> {
    pub(super) report: &'a Report,
    pub(super) wanted: WantedRevisions,
    pub(super) lasts: Lasts,
    pub(super) gaps: Gaps,
    pub(super) each: &'a mut (dyn FnMut(Row) -> io::Result<()> + Send),
    pub(super) stopped: Option<io::Error>,
    /// Revisions of blocks so far.
    pub(super) revisions: u64,
    pub(super) without_text: Vec<(BlockAddress, Arc<str>)>,
    /// Documents without their revision.
    pub(super) unseen: LeftOut<(BlockAddress, String)>,
    pub(super) without_table: LeftOut<(BlockAddress, String, u64)>,
    pub(super) without_earlier: LeftOut<(BlockAddress, String, u64)>,
}

impl Extracting<'_> {
    /// All blocks went by: what was ordered to be redacted, and was not among them?
    pub(super) fn finish(&mut self) {
        for (address, id) in std::mem::take(&mut self.lasts.orders).left() {
            let later = self.lasts.last(&address, &id);
            let later = later.is_some_and(|(last, _)| last >= address.sequence_no);
            let asked = self.report.asked.includes(address.sequence_no);
            let place = (address, id);
            if asked && !later && !self.unseen.first.contains(&place) {
                self.unseen.push(place);
            }
        }
    }

    /// Takes note of documents whose revision is not there.
    fn note_unseen(&mut self, copies: Copies<'_>, rows: &[Rows<'_>]) {
        let address = &copies.lead.address;
        for id in copies.unseen() {
            let table = rows.iter().find_map(|rows| rows.covered_table(id));
            let asked = self.wanted.table_name.as_deref();
            let other = asked.is_some() && table.is_some() && asked != table;
            if other || !self.wanted.fits_id(id) || !self.lasts.is_last(address, id, UNSEEN) {
                continue;
            }
            self.unseen.push((address.clone(), id.to_owned()));
        }
    }

    /// The row of a revision that is wanted, if its table is.
    fn row(&mut self, found: &Found<'_>, rows: &[Rows<'_>]) -> Option<Row> {
        let own = rows.iter().find(|rows| rows.is_of(found.block))?;
        let mut row = own.row(found.index, found.id, found.version);
        // Another copy may have what this one was stripped of.
        let claimed = row.table_source != Some(TableSource::TransactionInfo);
        let covered = rows.iter().find_map(|rows| rows.covered_table(found.id));
        if let Some(name) = covered.filter(|_| claimed) {
            row.table_name = Some(name.to_owned());
            row.table_source = Some(TableSource::TransactionInfo);
        } else if row.table_name.is_none() {
            let mut recorded = rows
                .iter()
                .filter_map(|rows| rows.recorded_table(row.revision_hash));
            if let Some(name) = recorded.next() {
                row.table_name = Some(name);
                row.table_source = Some(TableSource::StreamRecord);
            }
        }
        let asked = &self.wanted.table_name;
        if asked.is_none() || *asked == row.table_name {
            return Some(row);
        }
        if row.table_source != Some(TableSource::TransactionInfo) {
            let place = found.block.address.clone();
            let one = (place, found.id.to_owned(), found.version);
            self.without_table.push(one);
        }
        None
    }

    /// Hands over the row, and takes note of what is missing before it.
    fn give(&mut self, found: &Found<'_>, row: Row) {
        let address = &found.block.address;
        let named = |(place, id): &(BlockAddress, String)| {
            *id == found.id && place.strand_id == address.strand_id
        };
        if self.lasts.of.is_none()
            && self.gaps.before(found)
            && !self.unseen.first.iter().any(named)
        {
            let one = (address.clone(), found.id.to_owned(), found.version);
            self.without_earlier.push(one);
        }
        if let Err(error) = (self.each)(row) {
            self.stopped = Some(error);
        }
    }
}

impl Watcher for Extracting<'_> {
    fn start(&mut self) {
        self.revisions = 0;
        self.gaps.clear();
        self.without_text.clear();
        self.unseen = LeftOut::default();
        self.without_table = LeftOut::default();
        self.without_earlier = LeftOut::default();
    }

    fn wanted(&self) -> Option<Wanted> {
        let wanted = self.wanted.clone();
        Some(Arc::new(move |block: &CheckedBlock| {
            let mut documents = block.documents();
            documents.any(|(_, id, version)| wanted.fits(id, version))
                || block.unseen().any(|id| wanted.fits_id(id))
        }))
    }

    fn block(&mut self, block: &CheckedBlock) {
        self.copies(block, &[]);
    }

    fn copies(&mut self, block: &CheckedBlock, others: &[&CheckedBlock]) {
        // Blocks up to a digest's tip go by as well.
        let number = block.address.sequence_no;
        if self.stopped.is_some() || !self.report.asked.includes(number) {
            return;
        }
        self.revisions += block.revisions.len() as u64;
        let copies = Copies::of(block, others);
        self.lasts.orders.met(copies);
        let own = |strand: &&Strand| strand.strand_id == block.address.strand_id;
        let strand = self.report.strands.iter().find(own);
        let with_text = copies.all().filter(|copy| copy.captured.is_some());
        let rows: Vec<Rows<'_>> = with_text.map(|copy| Rows::of(copy, strand)).collect();
        self.note_unseen(copies, &rows);
        let mut without_text = None;
        for found in copies.documents() {
            self.gaps.met(&found);
            if self.stopped.is_some()
                || !self.lasts.is_last(&block.address, found.id, found.index)
                || !self.wanted.fits_in(found.id, found.version, number)
            {
                continue;
            }
            if found.block.captured.is_none() {
                without_text = Some(found.block.path.clone());
            } else if let Some(row) = self.row(&found, &rows) {
                self.give(&found, row);
            }
        }
        let place = without_text.map(|path| (block.address.clone(), path));
        self.without_text.extend(place);
    }
}
