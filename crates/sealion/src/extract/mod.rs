//! Documents out of a journal, each row with what was proven of it.
//!
//! The journal is verified first; then its blocks go by once more, and every
//! revision of a document becomes a [`Row`] that says in which state it is. Nothing
//! is left out because it is wrong, and nothing is given without its mark.

mod row;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

pub use row::{Row, RowKind, RowState, TableSource};

use crate::engine::Wanted;
use crate::findings::CheckedBlock;
use crate::prove::WantedRevisions;
use crate::report::Strand;
use crate::source::Archive;
use crate::verify::Watcher;
use crate::{BlockAddress, Error, Report, StrandId, Verifier};
use row::Rows;

/// What came of an extraction.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// The check could not be made.
    #[error(transparent)]
    Verify(#[from] Error),
    /// Whoever takes the rows takes no more.
    #[error("cannot hand over the rows: {0}")]
    Output(#[from] io::Error),
}

/// What came out beside the rows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Extraction {
    /// The report of the verification.
    pub report: Report,
    /// Blocks with documents that are wanted, or would be if their table is the one, that
    /// gave no rows because their text is not at hand: one that came by itself (an answer
    /// of GetBlock, an evidence bundle), or that cannot be written as text.
    pub without_text: Vec<(BlockAddress, Arc<str>)>,
    /// The number of revisions that came without their block, as answers, receipts,
    /// history rows or stream records do. They gave no rows.
    pub without_block: u64,
    /// Wanted documents that were changed in a block, as something there says, and whose
    /// revision is missing or stripped to its hash: the first [`UNSEEN_MAX`] of them.
    pub without_revision: Vec<(BlockAddress, String)>,
    /// The number of them all.
    pub without_revision_total: u64,
}

/// Documents without their revision that an [`Extraction`] names.
pub const UNSEEN_MAX: usize = 1000;

/// Verifies the journal in `archive` with the settings of `verifier`, and hands
/// every revision that is `wanted` to `each`, in the order of the journal; of each
/// document only the last one, if `last_only`. Rows are made of blocks of journals
/// and streams; what else lies among the inputs is verified, and counted.
///
/// Memory is that of a verification, and with `last_only` an entry a document.
///
/// # Errors
/// [`ExtractError`]; whatever is wrong with the data is in the report and the rows.
pub fn extract(
    verifier: &Verifier,
    archive: &dyn Archive,
    wanted: &WantedRevisions,
    last_only: bool,
    each: &mut (dyn FnMut(Row) -> io::Result<()> + Send),
) -> Result<Extraction, ExtractError> {
    let mut lasts = Lasts {
        wanted: wanted.clone(),
        of: last_only.then(HashMap::new),
    };
    let report = verifier.verify_watched(archive, &mut lasts)?;
    let mut extracting = Extracting {
        report: &report,
        wanted: wanted.clone(),
        lasts: lasts.of,
        each,
        stopped: None,
        revisions: 0,
        without_text: Vec::new(),
        unseen: (Vec::new(), 0),
    };
    // The same settings, so that the same blocks go by; this run is not judged.
    verifier.pass_over(archive, &report, &mut extracting)?;
    let Extracting {
        stopped,
        revisions,
        without_text,
        unseen,
        ..
    } = extracting;
    if let Some(error) = stopped {
        return Err(error.into());
    }
    let total: u64 = report.strands.iter().map(|one| one.revisions.total).sum();
    Ok(Extraction {
        without_block: total.saturating_sub(revisions),
        without_text,
        without_revision: unseen.0,
        without_revision_total: unseen.1,
        report,
    })
}

/// Where the last revision of each document stands: block, number in it, or this if it is
/// not there to be seen.
const UNSEEN: usize = usize::MAX;

struct Lasts {
    wanted: WantedRevisions,
    of: Option<HashMap<(StrandId, String), (u64, usize)>>,
}

impl Watcher for Lasts {
    fn start(&mut self) {
        if let Some(lasts) = &mut self.of {
            lasts.clear();
        }
    }

    fn block(&mut self, block: &CheckedBlock) {
        let Some(lasts) = &mut self.of else { return };
        for (index, id, version) in block.documents() {
            if self.wanted.fits(id, version) {
                let key = (block.address.strand_id.clone(), id.to_owned());
                lasts.insert(key, (block.address.sequence_no, index));
            }
        }
        for id in block.unseen().filter(|id| self.wanted.fits_id(id)) {
            let key = (block.address.strand_id.clone(), id.to_owned());
            lasts.insert(key, (block.address.sequence_no, UNSEEN));
        }
    }
}

/// Makes rows of wanted blocks, until nobody wants more.
struct Extracting<'a> {
    report: &'a Report,
    wanted: WantedRevisions,
    lasts: Option<HashMap<(StrandId, String), (u64, usize)>>,
    each: &'a mut (dyn FnMut(Row) -> io::Result<()> + Send),
    stopped: Option<io::Error>,
    /// Revisions of blocks so far.
    revisions: u64,
    without_text: Vec<(BlockAddress, Arc<str>)>,
    /// Documents without their revision: the first, and the number of all.
    unseen: (Vec<(BlockAddress, String)>, u64),
}

impl Extracting<'_> {
    /// Whether revision `index` of its block is to be given, where only the last one is.
    fn is_last(&self, address: &BlockAddress, id: &str, index: usize) -> bool {
        self.lasts.as_ref().is_none_or(|lasts| {
            let key = (address.strand_id.clone(), id.to_owned());
            lasts.get(&key) == Some(&(address.sequence_no, index))
        })
    }

    /// Takes note of documents whose revision is not there.
    fn note_unseen(&mut self, block: &CheckedBlock, rows: Option<&Rows<'_>>) {
        for id in block.unseen().filter(|id| self.wanted.fits_id(id)) {
            let table = rows.and_then(|rows| rows.covered_table(id));
            let asked = self.wanted.table_name.as_deref();
            let other = asked.is_some() && table.is_some() && asked != table;
            if other || !self.is_last(&block.address, id, UNSEEN) {
                continue;
            }
            self.unseen.1 += 1;
            if self.unseen.0.len() < UNSEEN_MAX {
                let place = (block.address.clone(), id.to_owned());
                self.unseen.0.push(place);
            }
        }
    }

    fn is_wanted(&self, block: &CheckedBlock) -> bool {
        let mut documents = block.documents();
        let sequence_no = block.address.sequence_no;
        documents.any(|(_, id, version)| self.wanted.fits_in(id, version, sequence_no))
    }
}

impl Watcher for Extracting<'_> {
    fn start(&mut self) {
        self.revisions = 0;
        self.without_text.clear();
        self.unseen = (Vec::new(), 0);
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
        // Blocks up to a digest's tip go by as well.
        if self.stopped.is_some() || !self.report.asked.includes(block.address.sequence_no) {
            return;
        }
        self.revisions += block.revisions.len() as u64;
        if block.captured.is_none() {
            self.note_unseen(block, None);
            if self.is_wanted(block) {
                let place = (block.address.clone(), block.path.clone());
                self.without_text.push(place);
            }
            return;
        }
        let own = |strand: &&Strand| strand.strand_id == block.address.strand_id;
        let strand = self.report.strands.iter().find(own);
        let rows = Rows::of(block, strand);
        self.note_unseen(block, Some(&rows));
        for (index, id, version) in block.documents() {
            let sequence_no = block.address.sequence_no;
            if !self.is_last(&block.address, id, index)
                || !self.wanted.fits_in(id, version, sequence_no)
            {
                continue;
            }
            let row = rows.row(index, id, version);
            let table = &self.wanted.table_name;
            if table.is_some() && *table != row.table_name {
                continue;
            }
            if let Err(error) = (self.each)(row) {
                self.stopped = Some(error);
                return;
            }
        }
    }
}
