//! What is not here, and why blocks hang under no trusted digest.

use super::coverage::uncovered;
use super::Conclusion;
use crate::blocks::StrandId;
use crate::findings::code::{Code, Severity};
use crate::findings::digests::{Anchors, Candidate};
use crate::findings::finding::Finding;
use crate::findings::journal::StrandFold;
use crate::words::{blocks, blocks_do};

impl Conclusion<'_> {
    /// Blocks that were asked for by number, before the first or after the last.
    pub(super) fn asked_and_missing(&mut self, strand_id: &StrandId, strand: &StrandFold) {
        let (Some(first), Some(last)) = (strand.segments.first(), strand.last()) else {
            return;
        };
        let missing = |code, from: u64, to: u64| {
            let asked = blocks_do(from, to, "was", "were");
            let missing = if from == to { "is" } else { "are" };
            Finding::new(code, format!("{asked} asked for and {missing} not here"))
                .strand(strand_id)
                .sequence_no(from)
                .remedy("hand them over, or ask only for blocks that are here (--from, --to)")
        };
        let (from, to) = (self.asked.from, self.asked.to);
        let prefix = strand
            .prefix
            .as_ref()
            .map(|prefix| prefix.span.range.begin());
        let here = prefix.map_or(first.first, |begin| begin.min(first.first));
        if let Some(from) = from.filter(|from| *from < here) {
            let end = to.map_or(here - 1, |to| to.min(here - 1));
            self.incomplete(missing(Code::MissingStart, from, end));
        }
        if let Some(to) = to.filter(|to| *to > last) {
            let start = from.map_or(last + 1, |from| from.max(last + 1));
            self.incomplete(missing(Code::TipOutside, start, to));
        }
    }

    /// Gaps between runs of a journal.
    pub(super) fn gaps(
        &mut self,
        strand_id: &StrandId,
        strand: &StrandFold,
        anchors: &mut Anchors,
        trusting: bool,
    ) {
        for pair in strand.segments.windows(2) {
            let (left, right) = (&pair[0], &pair[1]);
            let asked = self.asked.includes(left.last) || self.asked.includes(right.first);
            let anchored = anchors.covers(left.last) && anchors.covers(right.last);
            let journal = left.journal && right.journal;
            if !asked || (trusting && anchored) || (!trusting && !journal) {
                continue;
            }
            anchors.explained = true;
            let (first, last) = (left.last.saturating_add(1), right.first.saturating_sub(1));
            self.incomplete(
                Finding::new(
                    Code::Gap,
                    format!("{} missing: the chain cannot be checked across {}", blocks_do(first, last, "is", "are"), if first == last { "it" } else { "them" }),
                )
                .strand(strand_id)
                .sequence_no(first)
                .remedy("hand over the objects with these blocks, or a block proof for the last block before the gap and for the last after it"),
            );
        }
    }

    /// Trusted digests that nothing led to.
    pub(super) fn unreached(
        &mut self,
        strand_id: &StrandId,
        strand: &StrandFold,
        anchors: &mut Anchors,
    ) {
        let trusted = || self.candidates.of(strand_id).filter(|c| c.trusted);
        let unreached: Vec<Candidate> = trusted()
            .filter(|c| c.verdict == crate::findings::DigestVerdict::Inconclusive)
            .cloned()
            .collect();
        let several = trusted().any(Candidate::reached);
        for candidate in unreached {
            let name = candidate.name();
            let finding = match (candidate.digest.sequence_no, strand.last()) {
                // That is said once.
                (None, _) => {
                    self.all_verified = false;
                    anchors.explained = true;
                    continue;
                }
                // A proof that does not hold, or is none: said by its own finding.
                (Some(_), None) if !several && !strand.placed.is_empty() => {
                    self.all_verified = false;
                    continue;
                }
                (Some(tip), None) if !strand.placed.is_empty() => Finding::new(
                    Code::TipOutside,
                    format!("{name} covers {}; nothing here leads to it", blocks(0, tip)),
                )
                .remedy("hand over a proof for this digest, or a proof that it extends or is extended by another one that is reached; or leave it out"),
                (Some(tip), last) if last.is_none_or(|last| last < tip) => Finding::new(
                    Code::TipOutside,
                    match last {
                        Some(last) => format!("{name} covers {}; the last block here is {last}", blocks(0, tip)),
                        None => format!("{name} covers {}; there are no blocks here", blocks(0, tip)),
                    },
                )
                .remedy("hand over the later blocks, or a proof of the last block here for this digest"),
                (Some(tip), _) => match strand.segments.first() {
                    Some(segment) if segment.first > 0 => Finding::new(
                        Code::MissingStart,
                        format!("{name} covers {}; {} not here", blocks(0, tip), blocks_do(0, strand.start(segment) - 1, "is", "are")),
                    )
                    .sequence_no(0)
                    .remedy("hand over the earlier blocks, or a proof of the last block here for this digest"),
                    // A gap, or a block without a hash: said by its own finding.
                    _ if anchors.explained || self.findings.count_of(Severity::Failure) > 0 => {
                        self.all_verified = false;
                        continue;
                    }
                    _ => Finding::new(
                        Code::Gap,
                        format!("{name} covers {}, and not all that is here leads to it", blocks(0, tip)),
                    )
                    .remedy("hand over the missing blocks"),
                },
            };
            anchors.explained = true;
            self.incomplete(finding.strand(strand_id));
        }
    }

    /// Blocks that hang under no trusted digest.
    pub(super) fn uncovered_blocks(
        &mut self,
        strand_id: &StrandId,
        strand: &StrandFold,
        anchors: &mut Anchors,
    ) {
        let tips = self.candidates.of(strand_id).filter(|c| c.trusted);
        let last_tip = tips.map(|c| c.digest.sequence_no.unwrap_or(u64::MAX)).max();
        for (first, last) in uncovered(strand, anchors, self.asked) {
            let finding = match last_tip {
                None => Finding::new(
                    Code::NoDigest,
                    format!("no trusted digest is of this strand: {} under none", blocks_do(first, last, "hangs", "hang")),
                )
                .sequence_no(first)
                .remedy("give a digest of this strand, or leave the strand out with --strand"),
                Some(tip) if last > tip => {
                    let first = first.max(tip.saturating_add(1));
                    Finding::new(
                        Code::AfterDigest,
                        format!("{} after the tip {tip} of the last trusted digest", blocks_do(first, last, "comes", "come")),
                    )
                    .sequence_no(first)
                    .remedy(format!("give a later digest, or ask with --to {tip} for the blocks that it covers"))
                }
                // The unreached digest, the gap or the failed proof says it.
                Some(_) if anchors.explained => {
                    self.all_verified = false;
                    continue;
                }
                Some(_) => Finding::new(
                    Code::Gap,
                    format!("{} under no trusted digest: no proof and no unbroken run of blocks leads from there to one", blocks_do(first, last, "hangs", "hang")),
                )
                .sequence_no(first)
                .remedy("hand over the missing blocks, or a block proof for the last of these"),
            };
            self.incomplete(finding.strand(strand_id));
        }
    }

    /// Loose revisions that hang under no trusted digest.
    pub(super) fn uncovered_revisions(
        &mut self,
        strand: &StrandFold,
        verified: &[bool],
        anchors: &Anchors,
    ) {
        for (placed, verified) in strand.placed.iter().zip(verified) {
            let asked = self.asked.includes(placed.loose.address.sequence_no);
            if *verified || !asked {
                continue;
            }
            self.all_verified = false;
            if placed.loose.failed || placed.in_block || anchors.explained {
                continue;
            }
            let loose = &placed.loose;
            let finding = Finding::new(
                Code::Gap,
                format!("the revision in {} has no proof that leads to a trusted digest, and its block is not here", loose.path),
            )
            .remedy("hand over the export with this block, or the revision's proof for this digest (get-revision with --digest-tip-address)");
            self.incomplete(loose.about(finding));
        }
    }
}
