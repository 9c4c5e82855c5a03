//! The state that a run leaves, or why it leaves none.

use std::collections::BTreeMap;

use super::{ReachedDigest, State, StrandState};
use crate::blocks::StrandId;
use crate::findings::{Candidate, Code, Finding, Severity, StrandFold};
use crate::report::Verdict;

/// Incomplete findings that leave every block's hash recomputed and every block
/// asked for read: what is missing is evidence or content beside the hashes.
/// Blocks that are missing break the run of blocks, and are named by that.
const BESIDE_THE_HASHES: [Code; 8] = [
    Code::NoDigest,
    Code::AfterDigest,
    Code::TipOutside,
    Code::TipUnknown,
    Code::MissingStart,
    Code::Gap,
    Code::DataFromJson,
    Code::DeletionRule,
];

/// The lesser of two verdicts on parts of one journal.
pub(crate) fn worse(a: Verdict, b: Verdict) -> Verdict {
    let order = |verdict| match verdict {
        Verdict::Failed => 0,
        Verdict::Inconclusive => 1,
        Verdict::Consistent => 2,
        Verdict::Verified => 3,
    };
    if order(a) <= order(b) {
        a
    } else {
        b
    }
}

/// The state after a run with this verdict; else what stands against one.
/// `before` is the least verdict of the states that the run continued.
pub(crate) fn of_run(
    strands: &BTreeMap<StrandId, StrandFold>,
    candidates: &[Candidate],
    findings: &[Finding],
    verdict: Verdict,
    before: Option<Verdict>,
) -> Result<State, String> {
    let stands = |finding: &&Finding| match finding.severity {
        Severity::Failure => true,
        Severity::Incomplete => !BESIDE_THE_HASHES.contains(&finding.code),
        Severity::Warning | Severity::Note => false,
    };
    if let Some(finding) = findings.iter().find(stands) {
        return Err(format!("{}: {}", finding.code, finding.message));
    }
    let mut kept = Vec::new();
    for (strand_id, strand) in strands {
        let Some(trail) = &strand.trail else { continue };
        if let Some(why) = &trail.broken {
            return Err(format!(
                "the blocks of strand {strand_id} are not one run: {why}"
            ));
        }
        if let Some(span) = trail
            .span
            .clone()
            .filter(|_| strand.blocks > 0 || strand.prefix.is_some())
        {
            if span.edge.is_none() {
                return Err(format!(
                    "the state of strand {strand_id} is of version 1, and no block here continues it"
                ));
            }
            let reached = candidates
                .iter()
                .filter(|c| c.digest.strand_id.as_ref() == Some(strand_id));
            kept.push(StrandState {
                strand_id: strand_id.clone(),
                digests: reached
                    .filter_map(reached_digest)
                    .filter(|d| d.sequence_no >= span.range.begin())
                    .collect(),
                span,
            });
        }
    }
    if kept.is_empty() {
        return Err("there is no block to keep the hash of".to_owned());
    }
    Ok(State {
        source: "this run".into(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        // What was undecided in the blocks before stays so; else this run's word
        // counts: a digest that it reached binds the blocks before as well.
        verdict: match before {
            Some(Verdict::Inconclusive) => Verdict::Inconclusive,
            _ => verdict,
        },
        strands: kept,
    })
}

fn reached_digest(candidate: &Candidate) -> Option<ReachedDigest> {
    let by = candidate.by.filter(|_| candidate.reached())?;
    Some(ReachedDigest {
        digest: candidate.digest.hash,
        sequence_no: candidate.digest.sequence_no?,
        trusted: candidate.trusted,
        by,
    })
}
