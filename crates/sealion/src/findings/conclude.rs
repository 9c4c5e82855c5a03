//! The last step of a run: what every strand amounts to, and why blocks that
//! hang under no trusted digest do not.

use std::collections::BTreeSet;

use super::bundle::one_hash_two_tips;
use super::code::{Code, Severity};
use super::consistency::{check_consistency, settle_consistency};
use super::digests::{by_block_proofs, by_journal, by_revision_proofs, contradictions, name_tips};
use super::digests::{Anchors, BlockProof, Candidate, Candidates};
use super::finding::{Finding, Findings};
use super::journal::{Segment, StrandFold};
use super::outcome::{Asked, By, ComputedDigest, Coverage, State, Strand};
use crate::blocks::StrandId;

/// What is known when all blocks have gone by.
pub(crate) struct Conclusion<'a> {
    pub(crate) candidates: Candidates,
    pub(crate) proofs: &'a [BlockProof],
    pub(crate) asked: &'a Asked,
    pub(crate) findings: &'a mut Findings,
    /// Whether everything handed over hangs under a trusted digest.
    pub(crate) all_verified: bool,
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
        name_tips(strand_id, strand, candidates);
        let links = check_consistency(strand_id, candidates, &mut anchors, self.findings);
        by_journal(strand_id, strand, candidates, &mut anchors, self.findings);
        by_block_proofs(
            strand_id,
            strand,
            self.proofs,
            candidates,
            &mut anchors,
            self.findings,
        );
        let loose_verified =
            by_revision_proofs(&strand.placed, candidates, &mut anchors, self.findings);
        settle_consistency(strand_id, &links, candidates, &anchors, self.findings);
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
        let trusting = self
            .candidates
            .all
            .iter()
            .any(|candidate| candidate.trusted);
        self.asked_and_missing(strand_id, strand);
        self.resting(strand_id, strand, anchors);
        self.gaps(strand_id, strand, anchors, trusting);
        if trusting {
            self.unreached(strand_id, strand, anchors);
            self.uncovered_blocks(strand_id, strand, anchors);
            self.uncovered_revisions(strand, &tied.loose_verified, anchors);
        }
        let later_missing = self.later_missing(strand_id, strand);
        strand.finish_documents(later_missing, self.findings);
        self.internals(strand_id, strand);
        let computed = strand.whole_root();
        Strand {
            strand_id: strand_id.clone(),
            coverage: coverage(strand, anchors, self.asked),
            under_digest: anchors.verified().to_vec(),
            blocks: strand.blocks,
            revisions: strand.revisions,
            deletion_rules: std::mem::take(&mut strand.deletions),
            genesis_previous: strand.genesis_previous.map(|bytes| match bytes {
                0 => "empty",
                _ => "32 bytes",
            }),
            computed_digest: computed.map(|(digest, sequence_no)| ComputedDigest {
                digest,
                sequence_no,
            }),
        }
    }

    /// Statements that span strands, and proofs of strands without blocks.
    pub(crate) fn rest(&mut self, seen: &[StrandId]) {
        self.digests_alone(seen);
        contradictions(&mut self.candidates.all, self.findings);
        self.findings
            .extend(one_hash_two_tips(&self.candidates.all));
        for proof in self.proofs {
            if !seen.contains(&proof.address.strand_id) {
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

    /// Consistency proofs of strands of which nothing else came.
    fn digests_alone(&mut self, seen: &[StrandId]) {
        let all = self.candidates.all.iter();
        let strands: BTreeSet<StrandId> = all
            .filter(|candidate| candidate.extends.is_some())
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
            settle_consistency(strand_id, &links, candidates, &anchors, self.findings);
        }
    }

    fn incomplete(&mut self, finding: Finding) {
        self.all_verified = false;
        self.findings.push(finding);
    }

    /// Blocks that were asked for by number, before the first or after the last.
    fn asked_and_missing(&mut self, strand_id: &StrandId, strand: &StrandFold) {
        let (Some(first), Some(last)) = (strand.segments.first(), strand.last()) else {
            return;
        };
        let missing = |code, from: u64, to: u64| {
            let message = match from == to {
                true => format!("block {from} was asked for and is not here"),
                false => format!("blocks {from} to {to} were asked for and are not here"),
            };
            Finding::new(code, message)
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

    /// A state that nothing here continues.
    fn resting(&mut self, strand_id: &StrandId, strand: &StrandFold, anchors: &mut Anchors) {
        let Some(prefix) = strand.prefix.as_ref().filter(|_| !strand.rests()) else {
            return;
        };
        let (source, end) = (&prefix.source, prefix.span.range.end());
        let reaches = |c: &Candidate| {
            c.trusted && c.by == Some(By::Prefix) && c.digest.strand_id.as_ref() == Some(strand_id)
        };
        let reached = self.candidates.all.iter().any(reaches);
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

    /// Gaps between runs of a journal.
    fn gaps(
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
                    format!("blocks {first} to {last} are missing: the chain cannot be checked across them"),
                )
                .strand(strand_id)
                .sequence_no(first)
                .remedy("hand over the objects with these blocks, or a block proof for the last block before the gap and for the last after it"),
            );
        }
    }

    /// Trusted digests that nothing led to.
    fn unreached(&mut self, strand_id: &StrandId, strand: &StrandFold, anchors: &mut Anchors) {
        let unreached: Vec<Candidate> = self
            .candidates
            .all
            .iter()
            .filter(|c| c.trusted && c.verdict == crate::findings::DigestVerdict::Inconclusive)
            .filter(|c| c.digest.may_be_of(strand_id))
            .cloned()
            .collect();
        for candidate in unreached {
            let name = candidate.name();
            let finding = match (candidate.digest.sequence_no, strand.last()) {
                (None, _) => Finding::new(
                    Code::TipOutside,
                    format!("no block from 0 on gives {name}: its tip is not among the blocks, or a block was changed"),
                )
                .remedy("give the digest's tip as BASE64@SEQUENCENO, or as the file with its tip address"),
                (Some(_), None) if !strand.placed.is_empty() => continue,
                (Some(tip), last) if last.is_none_or(|last| last < tip) => Finding::new(
                    Code::TipOutside,
                    match last {
                        Some(last) => format!("{name} covers blocks 0 to {tip}; the last block here is {last}"),
                        None => format!("{name} covers blocks 0 to {tip}; there are no blocks here"),
                    },
                )
                .remedy("hand over the later blocks, or a proof of the last block here for this digest"),
                (Some(tip), _) => match strand.segments.first() {
                    Some(segment) if segment.first > 0 => Finding::new(
                        Code::MissingStart,
                        format!("{name} covers blocks 0 to {tip}; blocks 0 to {} are not here", strand.start(segment) - 1),
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
                        format!("{name} covers blocks 0 to {tip}, and they do not all lead to it"),
                    )
                    .remedy("hand over the missing blocks"),
                },
            };
            anchors.explained = true;
            self.incomplete(finding.strand(strand_id));
        }
    }

    /// Blocks that hang under no trusted digest.
    fn uncovered_blocks(
        &mut self,
        strand_id: &StrandId,
        strand: &StrandFold,
        anchors: &mut Anchors,
    ) {
        let tips = self
            .candidates
            .all
            .iter()
            .filter(|c| c.trusted && c.digest.may_be_of(strand_id));
        let last_tip = tips.map(|c| c.digest.sequence_no.unwrap_or(u64::MAX)).max();
        for (first, last) in uncovered(strand, anchors, self.asked) {
            let finding = match last_tip {
                None => Finding::new(
                    Code::NoDigest,
                    format!("no trusted digest is of this strand: blocks {first} to {last} hang under none"),
                )
                .sequence_no(first)
                .remedy("give a digest of this strand, or leave the strand out with --strand"),
                Some(tip) if last > tip => {
                    let first = first.max(tip.saturating_add(1));
                    Finding::new(
                        Code::AfterDigest,
                        format!("blocks {first} to {last} come after the tip {tip} of the last trusted digest"),
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
                    format!("blocks {first} to {last} hang under no trusted digest: no proof and no unbroken run of blocks leads from them to one"),
                )
                .sequence_no(first)
                .remedy("hand over the missing blocks, or a block proof for the last of these"),
            };
            self.incomplete(finding.strand(strand_id));
        }
    }

    /// Loose revisions that hang under no trusted digest.
    fn uncovered_revisions(&mut self, strand: &StrandFold, verified: &[bool], anchors: &Anchors) {
        for (placed, verified) in strand.placed.iter().zip(verified) {
            if *verified {
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
            || self.candidates.all.iter().any(known)
    }

    /// Notes with counts, one for the strand and not one for each.
    fn internals(&mut self, strand_id: &StrandId, strand: &StrandFold) {
        let (blocks, entries) = strand.internal_entries;
        if entries > 0 {
            self.findings.push(
                Finding::new(
                    Code::InternalEntries,
                    format!(
                        "{} of entriesHashList in {}: hashes whose content QLDB never published, covered as they stand",
                        counted(entries, "entry", "entries"),
                        counted(blocks, "block", "blocks")
                    ),
                )
                .strand(strand_id),
            );
        }
        let hidden = strand.revisions.internal + strand.unseen;
        if hidden > 0 {
            self.findings.push(
                Finding::new(
                    Code::InternalRevision,
                    format!(
                        "{} known by hash alone, {} of them of documents whose content did not come",
                        counted(hidden, "revision", "revisions"),
                        strand.unseen
                    ),
                )
                .strand(strand_id),
            );
        }
    }
}

/// A number with the word for one or for many.
fn counted(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}

/// Runs of blocks that were asked for and hang under no trusted digest.
fn uncovered(strand: &StrandFold, anchors: &Anchors, asked: &Asked) -> Vec<(u64, u64)> {
    let mut open: Vec<(u64, u64)> = Vec::new();
    for segment in &strand.segments {
        let mut next = segment.first.max(asked.from.unwrap_or(0));
        let last = segment.last.min(asked.to.unwrap_or(u64::MAX));
        let after = anchors.verified().partition_point(|(_, end)| *end < next);
        for (first, end) in &anchors.verified()[after..] {
            if *first > last || next > last {
                break;
            }
            if next < *first {
                open.push((next, *first - 1));
            }
            next = end.saturating_add(1);
        }
        if next <= last {
            open.push((next, last));
        }
    }
    open
}

/// Runs of blocks by state, gaps included.
fn coverage(strand: &StrandFold, anchors: &Anchors, asked: &Asked) -> Vec<Coverage> {
    let mut runs: Vec<Coverage> = Vec::new();
    let mut next = asked.from.unwrap_or(0);
    let prefix = strand.prefix.as_ref();
    let prefix = prefix.map(|prefix| (prefix.span.range.begin(), prefix.span.last()));
    for segment in &strand.segments {
        let first = segment.first.max(asked.from.unwrap_or(0));
        let last = segment.last.min(asked.to.unwrap_or(u64::MAX));
        if first > last {
            continue;
        }
        if next < first {
            absent(prefix, next, first - 1, &mut runs);
        }
        states(segment, anchors, first, last, &mut runs);
        next = last.saturating_add(1);
    }
    if let Some((_, last)) = prefix {
        let last = last.min(asked.to.unwrap_or(u64::MAX));
        if next <= last {
            absent(prefix, next, last, &mut runs);
        }
    }
    runs
}

/// Blocks `first..=last`, which are not here: in the state, or missing.
fn absent(prefix: Option<(u64, u64)>, first: u64, last: u64, runs: &mut Vec<Coverage>) {
    let (begin, end) = match prefix {
        Some((begin, end)) if begin <= last && first <= end => (begin.max(first), end.min(last)),
        _ => return push(runs, first, last, State::Missing),
    };
    if first < begin {
        push(runs, first, begin - 1, State::Missing);
    }
    push(runs, begin, end, State::FromState);
    if end < last {
        push(runs, end + 1, last, State::Missing);
    }
}

/// The states of blocks `first..=last` of one segment.
fn states(segment: &Segment, anchors: &Anchors, first: u64, last: u64, runs: &mut Vec<Coverage>) {
    // Places where the state may change.
    let mut cuts: Vec<u64> = vec![first];
    let inner = segment.exceptions.iter().map(|(from, to, _)| (*from, *to));
    for (from, to) in inner.chain(anchors.verified().iter().copied()) {
        cuts.extend([from, to.saturating_add(1)]);
    }
    cuts.retain(|cut| (first..=last).contains(cut));
    cuts.sort_unstable();
    cuts.dedup();
    let mut exceptions = segment.exceptions.iter().peekable();
    for (index, cut) in cuts.iter().enumerate() {
        let end = cuts.get(index + 1).map_or(last, |next| next - 1);
        while exceptions.peek().is_some_and(|(_, to, _)| to < cut) {
            exceptions.next();
        }
        let state = match exceptions.peek() {
            Some((from, _, state)) if from <= cut => *state,
            _ if anchors.covers(*cut) => State::Verified,
            _ => State::Consistent,
        };
        push(runs, *cut, end, state);
    }
}

fn push(runs: &mut Vec<Coverage>, first: u64, last: u64, state: State) {
    match runs.last_mut() {
        Some(run) if run.state == state && run.last.checked_add(1) == Some(first) => {
            run.last = last;
        }
        _ => runs.push(Coverage { first, last, state }),
    }
}
