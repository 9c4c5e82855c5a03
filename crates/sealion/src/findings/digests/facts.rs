//! What is known of one strand's tree, as it is put together once its blocks have gone
//! by: first what was recomputed, then digests, then proofs.

use super::{Anchors, Candidate, Candidates};
use crate::blocks::StrandId;
use crate::findings::code::Code;
use crate::findings::consistency::Link;
use crate::findings::facts::{of_block, of_consistency, of_digest, Fact, Kind, Origin, Table};
use crate::findings::finding::{Finding, Findings};
use crate::findings::journal::StrandFold;
use crate::findings::outcome::{By, DigestVerdict};
use crate::findings::Severity;
use crate::merkle::Subtree;

/// The table of a strand, and whether something in it contradicts something else.
pub(crate) struct Facts<'a> {
    strand_id: &'a StrandId,
    pub(super) table: Table,
    clashed: bool,
}

impl<'a> Facts<'a> {
    /// Of a strand without blocks.
    pub(crate) fn new(strand_id: &'a StrandId, places_max: usize) -> Facts<'a> {
        Facts {
            strand_id,
            table: Table::new(places_max),
            clashed: false,
        }
    }

    /// Whether things that were handed over contradict one another. Nothing hangs under a
    /// digest by a proof then: which of two proofs is genuine is not known.
    pub(crate) fn clashed(&self) -> bool {
        self.clashed
    }

    /// What the blocks say.
    pub(crate) fn blocks(
        &mut self,
        strand: &StrandFold,
        candidates: &mut Candidates,
        findings: &mut Findings,
    ) {
        let seen = &strand.seen;
        let mut write = |origin: Origin, facts: &[Fact]| {
            self.write(origin, facts, candidates, findings);
        };
        for single in seen.singles() {
            let origin = |kind| Origin::new(kind, &single.path, Some(single.offset));
            let leaf = single.hash.and_then(|hash| of_block(single.number, hash));
            if let Some(leaf) = leaf {
                write(origin(Kind::Block(single.number)), &[leaf]);
            }
        }
        // In an order that does not follow from how leaves were folded.
        let mut nodes: Vec<Fact> = seen.nodes.facts().collect();
        nodes.sort_unstable_by_key(|(place, hash)| (place.len(), place.begin, hash.0));
        write(Origin::blocks(), &nodes);
        let last = |segment: &crate::findings::journal::Segment| {
            segment
                .end_hash()
                .and_then(|hash| of_block(segment.last, hash))
        };
        write(
            Origin::blocks(),
            &strand.segments.iter().filter_map(last).collect::<Vec<_>>(),
        );
        if strand.segments.len() > 1 {
            let leaves = seen.leaves().iter();
            let leaves = leaves.filter_map(|(number, hash)| of_block(*number, *hash));
            write(Origin::blocks(), &leaves.collect::<Vec<_>>());
        }
        for single in seen.singles() {
            let before = single.number.checked_sub(1).zip(single.previous);
            let before = before.and_then(|(before, hash)| of_block(before, hash));
            if let Some(before) = before {
                let kind = Kind::Previous(single.number);
                let origin = Origin::new(kind, &single.path, Some(single.offset));
                write(origin, &[before]);
            }
        }
        if strand.segments.len() > 1 && seen.cut() {
            findings.push(not_all_compared(self.strand_id, seen.leaves().len()));
        }
        if seen.nodes.cut() {
            findings.push(too_much(self.strand_id));
        }
    }

    /// What digests say, trusted ones first. Those that are known to be wrong say nothing.
    pub(crate) fn digests(&mut self, candidates: &mut Candidates, findings: &mut Findings) {
        let indexes = candidates.indexes(self.strand_id);
        for trusted in [true, false] {
            for &index in &indexes {
                let one = &candidates.all[index];
                let own = one.digest.strand_id.as_ref() == Some(self.strand_id);
                let stands = own && one.verdict != DigestVerdict::Failed;
                let Some(tip) = one.digest.sequence_no else {
                    continue;
                };
                if !stands || one.trusted != trusted {
                    continue;
                }
                let facts: Vec<Fact> = of_digest(one.digest.hash, tip).into_iter().collect();
                let origin = match one.computed {
                    true => Origin::blocks(),
                    false => Origin::new(Kind::Digest(tip), &one.source, one.offset),
                };
                self.write(origin, &facts, candidates, findings);
            }
        }
    }

    /// What consistency proofs say that hold.
    pub(crate) fn links(
        &mut self,
        links: &[Link],
        candidates: &mut Candidates,
        findings: &mut Findings,
    ) {
        for link in links {
            let failed = |index: &usize| candidates.all[*index].verdict == DigestVerdict::Failed;
            if link.older.iter().chain(&link.newer).any(failed) {
                continue;
            }
            let facts = of_consistency(link.ends.0, link.ends.1, &link.extends.proof);
            let offset = Some(link.extends.offset);
            let origin = Origin::new(Kind::Consistency, &link.source, offset);
            self.write(origin, &facts, candidates, findings);
        }
    }

    /// What the state says that the blocks continue.
    pub(crate) fn state(
        &mut self,
        strand: &StrandFold,
        candidates: &mut Candidates,
        findings: &mut Findings,
    ) {
        let Some(prefix) = &strand.prefix else { return };
        // The lowest places first, its right edge among them.
        let mut facts = prefix.span.facts();
        facts.sort_unstable_by_key(|(place, _)| (place.len(), place.begin));
        let origin = Origin::new(Kind::State, &prefix.source, None);
        self.write(origin, &facts, candidates, findings);
    }

    /// Takes in what one thing says; a finding if it does not fit.
    pub(super) fn write(
        &mut self,
        origin: Origin,
        facts: &[Fact],
        candidates: &mut Candidates,
        findings: &mut Findings,
    ) {
        let Some(clash) = self.table.write(origin, facts) else {
            return;
        };
        self.clashed = true;
        findings.push(clash.finding(self.strand_id));
        for digest in clash.digests() {
            candidates.fail(digest, self.strand_id);
        }
    }

    /// Where a digest that is trusted stands.
    fn place(&self, one: &Candidate) -> Option<Subtree> {
        let own = one.trusted && one.digest.strand_id.as_ref() == Some(self.strand_id);
        let tip = one.digest.sequence_no.filter(|_| own);
        tip.and_then(Subtree::up_to)
    }

    /// Trusted digests that were reached.
    fn reached_roots(&self, candidates: &Candidates) -> Vec<Subtree> {
        let reached = candidates.of(self.strand_id).filter(|one| one.reached());
        reached.filter_map(|one| self.place(one)).collect()
    }

    /// Trusted digests that follow from nodes under another one that was reached.
    pub(crate) fn reach_older(&self, candidates: &mut Candidates) {
        if self.clashed {
            return;
        }
        let reached = self.reached_roots(candidates);
        for index in candidates.indexes(self.strand_id) {
            let one = &mut candidates.all[index];
            let Some(own) = self.place(one).filter(|_| !one.reached()) else {
                continue;
            };
            if reached.iter().any(|root| self.table.lies_under(own, *root)) {
                one.reach(By::Consistency);
            }
        }
    }

    /// Finds the claims that hang under a trusted digest, which then are as good as it: because
    /// the blocks that give them hang under it, or because they follow from nodes under it.
    pub(crate) fn vouch(&self, candidates: &mut Candidates, anchors: &Anchors) {
        let roots = self.reached_roots(candidates);
        for index in candidates.indexes(self.strand_id) {
            let one = &mut candidates.all[index];
            let own = one.digest.strand_id.as_ref() == Some(self.strand_id);
            let tip = one.digest.sequence_no.filter(|_| own && !one.failed());
            let Some(place) = tip.and_then(Subtree::up_to) else {
                continue;
            };
            let given = one.by == Some(By::Journal) && anchors.cover(place.begin, place.end - 1);
            let same = self.table.get(place) == Some(one.digest.hash);
            let under = |root: &Subtree| self.table.lies_under(place, *root);
            if given {
                one.under = true;
            } else if !self.clashed && same && roots.iter().any(under) {
                one.under = true;
                one.reach(By::Consistency);
            }
        }
    }

    /// That the table was too small.
    pub(crate) fn finish(&self, findings: &mut Findings) {
        if self.table.full() {
            findings.push(too_much(self.strand_id));
        }
    }
}

fn too_much(strand_id: &StrandId) -> Finding {
    Finding::new(
        Code::Limit,
        "the proofs and digests here speak of more places in the journal's tree than can be compared with one another (limit evidence_max)",
    )
    .strand(strand_id)
    .remedy("verify with fewer proofs at a time, or raise the limit: --limit evidence_max=N")
}

fn not_all_compared(strand_id: &StrandId, compared: usize) -> Finding {
    Finding::new(
        Code::Limit,
        format!("of the several runs of blocks here, only the first {compared} blocks were looked at for one that stands at two numbers"),
    )
    .severity(Severity::Note)
    .strand(strand_id)
    .remedy("verify each run by itself as well; what hangs under a digest does not depend on this")
}
