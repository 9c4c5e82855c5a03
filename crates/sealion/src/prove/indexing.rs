//! Verifies a journal and keeps its tree.

use std::collections::BTreeMap;

use super::ProveError;
use crate::blocks::StrandId;
use crate::findings::CheckedBlock;
use crate::merkle::{Index, Tree as _};
use crate::source::Archive;
use crate::verify::Watcher;
use crate::{Code, Report, Severity, Verdict, Verifier};

/// Incomplete findings about content or evidence beside the blocks. A tree is made
/// of block hashes alone, and those recompute.
const BESIDE_THE_TREE: [Code; 3] = [Code::DataFromJson, Code::DeletionRule, Code::NoDigest];

/// Verifies, and gives the tree of the one strand that there is.
pub(super) fn index(
    verifier: &Verifier,
    archive: &dyn Archive,
) -> Result<(Index, StrandId, Report), ProveError> {
    let mut indexing = Indexing::default();
    let report = verifier.verify_watched(archive, &mut indexing)?;
    if report.verdict() == Verdict::Failed {
        return Err(ProveError::Fails(Box::new(report)));
    }
    let missing = report.findings().iter().find(|finding| {
        finding.severity == Severity::Incomplete && !BESIDE_THE_TREE.contains(&finding.code)
    });
    if let Some(finding) = missing {
        return Err(ProveError::Incomplete {
            why: format!("{}: {}", finding.code, finding.message),
            report: Box::new(report),
        });
    }
    let (index, strand_id) = indexing.only()?;
    Ok((index, strand_id, report))
}

#[derive(Default)]
struct Indexing {
    /// A tree for each strand; `None` where blocks are missing.
    strands: BTreeMap<StrandId, Option<Index>>,
}

impl Watcher for Indexing {
    fn start(&mut self) {
        self.strands.clear();
    }

    fn block(&mut self, block: &CheckedBlock) {
        let own = self.strands.entry(block.address.strand_id.clone());
        let slot = own.or_insert_with(|| Some(Index::new()));
        match (slot.as_mut(), block.hash) {
            (Some(index), Some(hash)) if index.leaves() == block.address.sequence_no => {
                index.append(hash);
            }
            _ => *slot = None,
        }
    }
}

impl Indexing {
    fn only(mut self) -> Result<(Index, StrandId), ProveError> {
        if self.strands.len() > 1 {
            let ids: Vec<_> = self.strands.keys().map(StrandId::as_str).collect();
            let why = format!("several strands, choose one: {}", ids.join(", "));
            return Err(ProveError::Strand(why));
        }
        match self.strands.pop_first() {
            None => Err(ProveError::Strand(
                "no block was found: name the journal's blocks, from 0 on".to_owned(),
            )),
            Some((_, None)) => Err(ProveError::Strand(
                "proofs take all blocks from 0 on, and they are not all here".to_owned(),
            )),
            Some((strand_id, Some(index))) => Ok((index, strand_id)),
        }
    }
}
