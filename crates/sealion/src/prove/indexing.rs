//! Verifies a journal, and keeps its tree or its digest alone.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use super::ProveError;
use crate::blocks::{BlockAddress, Digest, StrandId};
use crate::findings::CheckedBlock;
use crate::merkle::{Index, Range, Tree as _};
use crate::source::Archive;
use crate::verify::Watcher;
use crate::{Code, Report, Severity, State, StrandState, Verdict, Verifier};

/// Incomplete findings about content or evidence beside the blocks. A tree is made
/// of block hashes alone, and those recompute.
const BESIDE_THE_TREE: [Code; 3] = [Code::DataFromJson, Code::DeletionRule, Code::NoDigest];

/// Verifies the journal in `archive` with the settings of `verifier`, and gives its
/// digest at the last block asked for. No tree is kept: memory is that of a
/// verification.
///
/// # Errors
/// [`ProveError`] as of [`Prover::of`](super::Prover::of).
pub fn digest_of(
    verifier: &Verifier,
    archive: &dyn Archive,
) -> Result<(Digest, Report), ProveError> {
    let report = whole(verifier.verify(archive)?)?;
    let strands = report.strands.iter();
    let (_, strand) = only(strands.map(|strand| (&strand.strand_id, strand)))?;
    let computed = strand.computed_digest.as_ref().ok_or_else(not_from_0)?;
    let (tip, asked) = (computed.sequence_no, report.asked.to);
    if let Some(asked) = asked.filter(|asked| *asked != tip) {
        let (tip, last) = (asked, tip);
        return Err(ProveError::Tip { tip, last });
    }
    let digest = Digest {
        hash: computed.digest,
        strand_id: Some(strand.strand_id.clone()),
        sequence_no: Some(tip),
    };
    Ok((digest, report))
}

/// Verifies, and gives the tree of the one strand that there is; on top of `state`, if
/// there is one.
pub(super) fn index(
    verifier: &Verifier,
    state: Option<&State>,
    archive: &dyn Archive,
) -> Result<(Index, StrandId, Report), ProveError> {
    let mut indexing = Indexing::default();
    let mut verifier = verifier.clone();
    if let Some(state) = state {
        verifier = verifier.on_top_of(state.clone());
        let before = |strand: &StrandState| (strand.strand_id().clone(), strand.span.range.clone());
        indexing.before = state.strands().iter().map(before).collect();
    }
    let report = whole(verifier.verify_watched(archive, &mut indexing)?)?;
    let (strand_id, index) = only(indexing.strands.into_iter())?;
    let index = index.ok_or_else(not_from_0)?;
    Ok((index, strand_id, report))
}

/// The report, if all blocks asked for are there and hold.
fn whole(report: Report) -> Result<Report, ProveError> {
    if report.verdict() == Verdict::Failed {
        return Err(ProveError::Fails(Box::new(report)));
    }
    let missing = report.findings().iter().find(|finding| {
        finding.severity == Severity::Incomplete && !BESIDE_THE_TREE.contains(&finding.code)
    });
    match missing.map(|finding| format!("{}: {}", finding.code, finding.message)) {
        None => Ok(report),
        Some(why) => Err(ProveError::Incomplete {
            why,
            report: Box::new(report),
        }),
    }
}

/// What there is of the one strand that there is.
fn only<Id: Borrow<StrandId>, T>(
    mut strands: impl Iterator<Item = (Id, T)>,
) -> Result<(Id, T), ProveError> {
    let nothing = "no block was found: name the journal's blocks, from 0 on";
    let first = strands
        .next()
        .ok_or_else(|| ProveError::Strand(nothing.to_owned()))?;
    let others: Vec<Id> = strands.map(|(id, _)| id).collect();
    if others.is_empty() {
        return Ok(first);
    }
    let ids: Vec<&str> = std::iter::once(&first.0)
        .chain(&others)
        .map(|id| id.borrow().as_str())
        .collect();
    let why = format!("several strands, choose one: {}", ids.join(", "));
    Err(ProveError::Strand(why))
}

fn not_from_0() -> ProveError {
    let why = "it takes all blocks from 0 on, and they are not all here";
    ProveError::Strand(why.to_owned())
}

#[derive(Default)]
struct Indexing {
    /// What a state says of the blocks before.
    before: BTreeMap<StrandId, Range>,
    /// A tree for each strand; `None` where blocks are missing.
    strands: BTreeMap<StrandId, Option<Index>>,
}

impl Watcher for Indexing {
    fn start(&mut self) {
        self.strands.clear();
    }

    fn block(&mut self, block: &CheckedBlock) {
        let BlockAddress {
            strand_id,
            sequence_no,
        } = &block.address;
        let slot = self.strands.entry(strand_id.clone()).or_default();
        let follows = |index: &Index| index.leaves() == *sequence_no;
        // What is there does not lead here, but something else may.
        if !slot.as_ref().is_some_and(follows) {
            let before = self.before.get(strand_id).cloned();
            let from_0 = before
                .filter(|range| range.begin() == 0)
                .unwrap_or_default();
            *slot = [Range::default(), from_0]
                .into_iter()
                .map(Index::on_top_of)
                .find(follows);
        }
        match (slot.as_mut(), block.hash) {
            (Some(index), Some(hash)) => index.append(hash),
            _ => *slot = None,
        }
    }
}
