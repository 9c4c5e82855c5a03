//! Documents out of a journal, each row with what was proven of it.
//!
//! The journal is verified first; then its blocks go by once more, and every
//! revision of a document becomes a [`Row`] that says in which state it is. Nothing
//! is left out because it is wrong, and nothing is given without its mark.

mod missing;
mod pass;
mod row;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

pub use missing::{LeftOut, UNSEEN_MAX};
pub use row::{Row, RowKind, RowState, TableSource};

use crate::prove::WantedRevisions;
use crate::source::Archive;
use crate::{BlockAddress, Error, Report, Verifier};
use missing::Gaps;
use pass::{Extracting, Lasts};

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
    /// Wanted documents that were changed in a block, as something there or a later order
    /// to redact says, and whose revision is missing or stripped to its hash in every copy:
    /// the first [`UNSEEN_MAX`] of them.
    pub without_revision: Vec<(BlockAddress, String)>,
    /// The number of them all.
    pub without_revision_total: u64,
    /// Revisions that may be of the table that was asked for: no `transactionInfo` says of
    /// which they are, and of stream records, which no hash covers, none names that table.
    pub without_table: LeftOut<(BlockAddress, String, u64)>,
    /// Revisions whose document has earlier versions that are missing in a whole journal,
    /// and of which nothing else tells.
    pub without_earlier: LeftOut<(BlockAddress, String, u64)>,
    /// Versions that are missing in the same way and that the report does not list, of
    /// wanted documents or of others.
    pub gaps_not_listed: u64,
}

/// Verifies the journal in `archive` with the settings of `verifier`, and hands
/// every revision that is `wanted` to `each`, in the order of the journal; of each
/// document only the last one, if `last_only`. Rows are made of blocks of journals
/// and streams; what else lies among the inputs is verified, and counted. Of several
/// copies of a block each row is made of the one that shows most of its revision.
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
        asked: verifier.asked.clone(),
        of: last_only.then(HashMap::new),
        ..Lasts::default()
    };
    let report = verifier.verify_watched(archive, &mut lasts)?;
    let mut extracting = Extracting {
        report: &report,
        wanted: wanted.clone(),
        lasts,
        gaps: Gaps::of(&report),
        each,
        stopped: None,
        revisions: 0,
        without_text: Vec::new(),
        unseen: LeftOut::default(),
        without_table: LeftOut::default(),
        without_earlier: LeftOut::default(),
    };
    // The same settings, so that the same blocks go by and the same is found.
    verifier.pass_over(archive, &report, &mut extracting)?;
    extracting.finish();
    let Extracting {
        stopped,
        revisions,
        without_text,
        unseen,
        without_table,
        without_earlier,
        gaps,
        ..
    } = extracting;
    if let Some(error) = stopped {
        return Err(error.into());
    }
    let total: u64 = report.strands.iter().map(|one| one.revisions.total).sum();
    Ok(Extraction {
        without_block: total.saturating_sub(revisions),
        without_text,
        without_revision: unseen.first,
        without_revision_total: unseen.total,
        without_table,
        without_earlier,
        // The last version is that whatever is missing before it.
        gaps_not_listed: if last_only { 0 } else { gaps.not_listed },
        report,
    })
}
