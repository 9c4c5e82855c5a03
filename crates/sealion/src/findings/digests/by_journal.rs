//! Ties a strand to digests by its blocks: all up to the tip are here and recompute to
//! it, or continue a saved state.

use super::{Anchors, Candidate, Candidates};
use crate::blocks::{Hash, StrandId};
use crate::findings::code::{Code, Severity};
use crate::findings::finding::{Finding, Findings};
use crate::findings::journal::{unfit, Prefix, StrandFold};
use crate::findings::outcome::{By, DigestVerdict};
use crate::words::blocks_do;

/// Compares the strand's roots with the digests.
pub(crate) fn by_journal(
    strand_id: &StrandId,
    strand: &StrandFold,
    candidates: &mut Candidates,
    anchors: &mut Anchors,
    findings: &mut Findings,
) {
    let mut verified = Vec::new();
    for index in candidates.indexes(strand_id) {
        let candidate = &mut candidates.all[index];
        let Some(tip) = candidate.digest.sequence_no else {
            continue;
        };
        let met = || strand.found.contains(&(candidate.digest.hash, tip));
        let Some(root) = strand
            .root_at(tip)
            .or_else(|| met().then_some(candidate.digest.hash))
        else {
            continue;
        };
        let by = strand.reached_by(tip);
        if root == candidate.digest.hash {
            candidate.digest.strand_id = Some(strand_id.clone());
            candidate.reach(by);
            let bound = match by {
                By::Journal => Some(0),
                _ => strand.bound_from(tip),
            };
            if let Some(first) = bound.filter(|_| candidate.vouches()) {
                verified.push((first, tip));
            }
            let from_0 = by == By::Journal || strand.is_vouched_from_0();
            if candidate.trusted && candidate.tip_given && from_0 {
                // Blocks that the state has as well are tied to it by the hash of its last one,
                // and so by the chain alone.
                let first = match by {
                    By::Journal => Some(0),
                    _ => strand.rests_to(tip),
                };
                let run = first.map(|first| (first, tip));
                anchors.counted.add(run);
                anchors.blocks.add(run);
                anchors.counted_state |= by == By::Prefix;
            }
        } else if let (By::Prefix, Some(prefix)) = (by, &strand.prefix) {
            anchors.explained |= candidate.vouches();
            findings.push(prefix_differs(strand_id, prefix, candidate, root));
        } else if candidate.digest.strand_id.is_some() {
            candidate.verdict = DigestVerdict::Failed;
            anchors.explained |= candidate.vouches();
            let mut finding = Finding::new(
                Code::Digest,
                format!(
                    "{} here and {} another digest than {}",
                    blocks_do(0, tip, "is", "are all"),
                    if tip == 0 { "gives" } else { "give" },
                    candidate.source
                ),
            )
            .strand(strand_id)
            .values(candidate.digest.hash.to_string(), root.to_string())
            .remedy(match candidate.trusted {
                true => "if you are sure of the digest, some block up to its tip is not the one QLDB wrote: look at the other findings, or compare with another copy",
                false => "this digest came with the files and is only a claim; it and the blocks do not belong together",
            });
            for (source, offset) in candidate.elsewhere() {
                findings.push(finding.clone().source(source, offset));
            }
            if !candidate.trusted || candidate.offset.is_some() {
                finding = finding.source(&candidate.source, candidate.offset);
            }
            findings.push(finding);
        }
    }
    anchors.add(verified);
}

/// A state and the blocks after it give another digest. Which of the two is wrong
/// cannot be said, unless the caller vouches for the state.
fn prefix_differs(
    strand_id: &StrandId,
    prefix: &Prefix,
    candidate: &mut Candidate,
    root: Hash,
) -> Finding {
    let why = format!(
        "blocks 0 to its end, {}, and the blocks here up to {} give another digest than {}",
        prefix.span.last(),
        candidate.digest.sequence_no.unwrap_or_default(),
        candidate.source
    );
    let mut finding =
        unfit(strand_id, prefix, &why).values(candidate.digest.hash.to_string(), root.to_string());
    if prefix.vouched {
        candidate.verdict = DigestVerdict::Failed;
        finding.code = Code::Digest;
        finding.severity = Severity::Failure;
    }
    finding
}
