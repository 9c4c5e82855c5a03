//! The last step of a run: what every strand amounts to, and why blocks that
//! hang under no trusted digest do not.

mod coverage;
mod missing;

use std::collections::BTreeSet;

use self::coverage::{alone, coverage, grouping_claimed};
use super::code::Code;
use super::consistency::{check_consistency, settle_consistency};
use super::digests::{add_computed, by_journal, name_tips};
use super::digests::{Anchors, BlockProof, Candidate, Candidates, Facts, Proofs};
use super::finding::{Finding, Findings};
use super::joined::joined;
use super::journal::StrandFold;
use super::loose::Placed;
use super::outcome::{Asked, By, ComputedDigest, Strand};
use crate::blocks::StrandId;
use crate::words::counted;

/// What is known when all blocks have gone by.
pub(crate) struct Conclusion<'a> {
    pub(crate) candidates: Candidates,
    /// By strands.
    pub(crate) proofs: &'a [BlockProof],
    pub(crate) asked: &'a Asked,
    /// Places of a strand's tree that are held against one another at most.
    pub(crate) places_max: usize,
    pub(crate) findings: &'a mut Findings,
    /// Whether everything handed over hangs under a trusted digest.
    pub(crate) all_verified: bool,
}

/// The proofs of one strand, among those of all, by strands.
fn of_strand<'a>(proofs: &'a [BlockProof], strand_id: &StrandId) -> &'a [BlockProof] {
    let from = proofs.partition_point(|proof| proof.address.strand_id < *strand_id);
    let own = &proofs[from..];
    &own[..own.partition_point(|proof| proof.address.strand_id == *strand_id)]
}

/// What the first pass found of a strand.
pub(crate) struct Tied {
    anchors: Anchors,
    loose_verified: Vec<bool>,
}

impl Conclusion<'_> {
    /// First pass over all strands: which digests are reached, and from where.
    pub(crate) fn tie(&mut self, strand_id: &StrandId, strand: &StrandFold) -> Tied {
        let mut anchors = Anchors::default();
        let candidates = &mut self.candidates;
        add_computed(strand_id, strand, candidates);
        name_tips(strand_id, strand, candidates);
        let links = check_consistency(strand_id, candidates, &mut anchors, self.findings);
        by_journal(strand_id, strand, candidates, &mut anchors, self.findings);
        let mut facts = Facts::new(strand_id, self.places_max);
        facts.blocks(strand, candidates, self.findings);
        facts.digests(candidates, self.findings);
        let mut proofs = Proofs::fold(
            strand,
            of_strand(self.proofs, strand_id),
            self.asked,
            (candidates, &mut facts),
            self.findings,
        );
        proofs.settle(candidates, &mut anchors);
        facts.links(&links, candidates, self.findings);
        facts.state(strand, candidates, self.findings);
        facts.finish(self.findings);
        facts.reach_older(candidates);
        if facts.clashed() {
            anchors.keep_counted();
        }
        // Those that older digests vouch for, now that it is known of these whether they hold.
        facts.vouch(candidates, &anchors);
        proofs.settle(candidates, &mut anchors);
        let mut loose_verified = proofs.finish(candidates, &mut anchors, self.findings);
        settle_consistency(
            strand_id,
            &links,
            candidates,
            &anchors,
            self.asked.to,
            self.findings,
        );
        if facts.clashed() {
            anchors.keep_counted();
            let counted = strand
                .placed
                .iter()
                .map(|placed| placed.in_block && anchors.covers(placed.loose.address.sequence_no));
            loose_verified = counted.collect();
        }
        Tied {
            anchors,
            loose_verified,
        }
    }

    /// Second pass: what hangs under no trusted digest, and why; and the strand's
    /// part of the report.
    pub(crate) fn strand(
        &mut self,
        strand_id: &StrandId,
        strand: &mut StrandFold,
        mut tied: Tied,
    ) -> Strand {
        let anchors = &mut tied.anchors;
        let trusting = self.candidates.trusting;
        self.asked_and_missing(strand_id, strand);
        self.resting(strand_id, strand, anchors);
        self.genesis(strand_id, strand, anchors);
        self.gaps(strand_id, strand, anchors, trusting);
        if trusting {
            self.unreached(strand_id, strand, anchors);
            self.uncovered_blocks(strand_id, strand, anchors);
            self.uncovered_revisions(strand, &tied.loose_verified, anchors);
        }
        let later_missing = self.later_missing(strand_id, strand);
        let redactions = strand.finish_documents(later_missing, self.findings);
        self.internals(strand_id, strand);
        let computed = strand.whole_root();
        let coverage = coverage(strand, anchors, self.asked);
        Strand {
            strand_id: strand_id.clone(),
            grouping_claimed: grouping_claimed(&coverage, anchors),
            alone: alone(&strand.placed, &tied.loose_verified, anchors),
            redactions,
            joined: joined(strand, &tied.loose_verified),
            loose_verified: tied.loose_verified,
            beside: strand.placed.iter().filter_map(Placed::said).collect(),
            coverage,
            under_digest: anchors.verified().to_vec(),
            blocks: strand.blocks,
            repeated_blocks: strand.repeated,
            revisions: strand.revisions,
            deletion_rules: std::mem::take(&mut strand.deletions),
            genesis_previous: strand.genesis_previous.map(|bytes| match bytes {
                0 => "empty",
                _ => "32 bytes",
            }),
            silent_blocks: strand.unexplained.silent(),
            unchecked_statement_digests: strand.open_statements,
            computed_digest: computed.map(|(digest, sequence_no)| ComputedDigest {
                digest,
                sequence_no,
            }),
        }
    }

    /// Statements that span strands, and proofs of strands without blocks.
    pub(crate) fn rest(&mut self, seen: &BTreeSet<StrandId>) {
        self.digests_alone(seen);
        self.findings.extend(self.candidates.at_too_many_tips());
        let unknown = self.candidates.all.iter();
        self.findings
            .extend(unknown.filter_map(Candidate::tip_unknown));
        for proof in self.proofs {
            let strand = &proof.address.strand_id;
            let asked = self.asked.includes(proof.address.sequence_no)
                && self
                    .asked
                    .strand_id
                    .as_ref()
                    .is_none_or(|asked| asked == strand);
            if asked && !seen.contains(strand) {
                self.findings.push(proof.of_an_unseen_block());
            }
        }
        for candidate in &self.candidates.all {
            let speaks = |strand: &StrandId| candidate.digest.may_be_of(strand);
            if candidate.trusted && !candidate.reached() && !seen.iter().any(speaks) {
                self.findings.push(
                    Finding::new(
                        Code::TipOutside,
                        format!(
                            "nothing of the strand of {} is among the inputs",
                            candidate.name()
                        ),
                    )
                    .remedy("hand over the journal or the proofs that belong to this digest"),
                );
            }
        }
    }

    /// Digests, and consistency proofs, of strands of which nothing else came.
    fn digests_alone(&mut self, seen: &BTreeSet<StrandId>) {
        let all = self.candidates.all.iter();
        let strands: BTreeSet<StrandId> = all
            .filter_map(|candidate| candidate.digest.strand_id.clone())
            .filter(|strand| !seen.contains(strand))
            .filter(|strand| {
                self.asked
                    .strand_id
                    .as_ref()
                    .is_none_or(|asked| asked == strand)
            })
            .collect();
        for strand_id in &strands {
            let mut anchors = Anchors::default();
            let candidates = &mut self.candidates;
            let links = check_consistency(strand_id, candidates, &mut anchors, self.findings);
            let mut facts = Facts::new(strand_id, self.places_max);
            facts.digests(candidates, self.findings);
            facts.links(&links, candidates, self.findings);
            facts.finish(self.findings);
            settle_consistency(
                strand_id,
                &links,
                candidates,
                &anchors,
                self.asked.to,
                self.findings,
            );
        }
    }

    /// A first block that names one before it, or may, where nothing counts from it: it may be
    /// another block under its number. A digest that is counted from block 0 on takes any.
    fn genesis(&mut self, strand_id: &StrandId, strand: &StrandFold, anchors: &mut Anchors) {
        let claimed = anchors.covers(0) && !anchors.counts(0);
        // A proof of a block says that its number is as claimed; one of consistency, that these are the first blocks.
        let by_proof = |candidate: &Candidate| {
            candidate.trusted
                && candidate.by == Some(By::BlockProof)
                && candidate.digest.strand_id.as_ref() == Some(strand_id)
        };
        let by_consistency = strand.unexplained.genesis_may_be_another()
            && !self.candidates.of(strand_id).any(by_proof);
        let (what, field) = match strand.seen.genesis_has_previous() {
            _ if !claimed => return,
            true => ("names a block before it", "previousBlockHash"),
            false if by_consistency => (
                "has entries that nothing explains, among which the hash of a block before it may be",
                "entriesHashList",
            ),
            false => return,
        };
        anchors.explained = true;
        let message = format!(
            "block 0 {what}, and nothing here shows that it is the first of the journal: proofs lead to the digest, but they do not count blocks"
        );
        self.incomplete(
            Finding::new(Code::MissingStart, message)
                .strand(strand_id)
                .sequence_no(0)
                .field(field)
                .remedy("hand over all blocks up to the digest's tip, or a digest of the last block here"),
        );
    }

    fn incomplete(&mut self, finding: Finding) {
        self.all_verified = false;
        self.findings.push(finding);
    }

    /// A state that nothing here continues.
    fn resting(&mut self, strand_id: &StrandId, strand: &StrandFold, anchors: &mut Anchors) {
        let Some(prefix) = strand.prefix.as_ref().filter(|_| !strand.rests()) else {
            return;
        };
        let (source, end) = (&prefix.source, prefix.span.range.end());
        let reaches = |c: &Candidate| {
            c.trusted && c.by == Some(By::Prefix) && c.digest.strand_id.as_ref() == Some(strand_id)
        };
        let reached = self.candidates.of(strand_id).any(reaches);
        let (why, remedy) = match (strand.segments.first(), strand.last()) {
            // The journal from block 0 on is here: the state was not needed.
            (Some(first), Some(last)) if first.first <= prefix.span.range.begin() && last.saturating_add(1) >= end => return,
            (Some(_), Some(last)) if last >= end => (
                format!("blocks {end} and on, which would continue the state {source}, are not all here"),
                "hand over the blocks between",
            ),
            (Some(_), _) => (
                format!("the blocks here end before the state {source} does, at block {}: nothing of it is confirmed", end - 1),
                "hand over the blocks that follow, or verify these without the state",
            ),
            _ if reached && prefix.vouched => return,
            _ if reached => (
                format!("the state {source} gives the digest, but no block of it is here: whoever writes a state could take it from the digest"),
                "hand over blocks, or vouch for the run that wrote the state with --trust-state",
            ),
            _ => (
                format!("no block here continues the state {source}, and no trusted digest is that of its end"),
                "hand over the blocks that follow it, or a digest of its last block",
            ),
        };
        anchors.explained = true;
        self.incomplete(
            Finding::new(Code::State, why)
                .strand(strand_id)
                .sequence_no(end)
                .source(source, None)
                .remedy(remedy),
        );
    }

    /// Whether blocks are known to be missing that could hold a redaction's order.
    fn later_missing(&self, strand_id: &StrandId, strand: &StrandFold) -> bool {
        let last = strand.last().unwrap_or(0);
        let known = |candidate: &Candidate| {
            candidate.digest.may_be_of(strand_id)
                && candidate.digest.sequence_no.is_some_and(|tip| tip > last)
        };
        strand.segments.len() > 1
            || !strand.segments.iter().any(|segment| segment.journal)
            || self.asked.to.is_some()
            || self.candidates.of(strand_id).any(known)
    }

    /// Notes with counts, one for the strand and not one for each.
    fn internals(&mut self, strand_id: &StrandId, strand: &StrandFold) {
        let (blocks, entries) = strand.internal_entries;
        if entries > 0 {
            let unusual = match strand.unexplained.unusual() {
                0 => String::new(),
                many => format!(
                    "; {} more than is usual here",
                    counted(many, "block has", "blocks have")
                ),
            };
            self.findings.push(
                Finding::new(
                    Code::InternalEntries,
                    format!(
                        "{} of entriesHashList in {}{}: hashes whose content QLDB never published, covered as they stand{unusual}",
                        counted(entries, "entry", "entries"),
                        counted(blocks, "block", "blocks"),
                        strand.unexplained.spread()
                    ),
                )
                .strand(strand_id),
            );
        }
        self.findings.extend(strand.unexplained.findings(strand_id));
        let hidden = strand.revisions.internal + strand.unseen;
        if hidden > 0 {
            let known = counted(hidden, "revision", "revisions");
            self.findings.push(
                Finding::new(
                    Code::InternalRevision,
                    match strand.unseen {
                        0 => format!("{known} known by hash alone"),
                        unseen => format!(
                            "{known} known by hash alone; of {} the content of a document did not come",
                            match unseen {
                                1 => "one of them".to_owned(),
                                many => format!("{many} of them"),
                            }
                        ),
                    },
                )
                .strand(strand_id),
            );
        }
    }
}
