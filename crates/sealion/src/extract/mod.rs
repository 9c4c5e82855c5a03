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
use crate::{Error, Report, StrandId, Verifier};
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

/// Verifies the journal in `archive` with the settings of `verifier`, and hands
/// every revision that is `wanted` to `each`, in the order of the journal; of each
/// document only the last one, if `last_only`. The report is that of the
/// verification.
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
) -> Result<Report, ExtractError> {
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
    };
    // The same settings, so that the same blocks go by; this run is not judged.
    verifier.pass_over(archive, &mut extracting)?;
    match extracting.stopped {
        Some(error) => Err(error.into()),
        None => Ok(report),
    }
}

/// Where the last revision of each document stands: block, number in it.
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
    }
}

/// Makes rows of wanted blocks, until nobody wants more.
struct Extracting<'a> {
    report: &'a Report,
    wanted: WantedRevisions,
    lasts: Option<HashMap<(StrandId, String), (u64, usize)>>,
    each: &'a mut (dyn FnMut(Row) -> io::Result<()> + Send),
    stopped: Option<io::Error>,
}

impl Watcher for Extracting<'_> {
    fn wanted(&self) -> Option<Wanted> {
        let wanted = self.wanted.clone();
        Some(Arc::new(move |block: &CheckedBlock| {
            let mut documents = block.documents();
            documents.any(|(_, id, version)| wanted.fits(id, version))
        }))
    }

    fn block(&mut self, block: &CheckedBlock) {
        if self.stopped.is_some() {
            return;
        }
        let own = |strand: &&Strand| strand.strand_id == block.address.strand_id;
        let strand = self.report.strands.iter().find(own);
        let rows = Rows::of(block, strand);
        for (index, id, version) in block.documents() {
            let sequence_no = block.address.sequence_no;
            let is_last = self.lasts.as_ref().is_none_or(|lasts| {
                let key = (block.address.strand_id.clone(), id.to_owned());
                lasts.get(&key) == Some(&(sequence_no, index))
            });
            if !is_last || !self.wanted.fits_in(id, version, sequence_no) {
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
