//! Ties strands to digests: by the whole journal, by block proofs, by revision
//! proofs. Only here is decided what is *verified*.

mod by_journal;
mod candidate;
mod proofs;
mod shape;

use std::collections::{BTreeMap, HashMap};

use super::code::Code;
use super::finding::{Finding, Findings};
use super::journal::StrandFold;
use super::outcome::DigestVerdict;
use super::runs::Runs;
use crate::blocks::{Hash, StrandId};

pub(crate) use by_journal::by_journal;
pub(crate) use candidate::Candidate;
pub(crate) use proofs::{by_block_proofs, by_revision_proofs, BlockProof};
pub(crate) use shape::{proof_shape, InBlock, Misshape};

/// What ties one strand's blocks to trusted digests.
#[derive(Default)]
pub(crate) struct Anchors {
    /// Blocks that hang under a trusted digest.
    verified: Runs,
    /// Of these, the blocks whose numbers were counted up to it from block 0.
    pub(crate) counted: Runs,
    /// Of these, the blocks that can be nothing else, no inner node of the tree either.
    pub(crate) blocks: Runs,
    /// Whether the blocks of a state were counted, on the word of who vouches for it.
    pub(crate) counted_state: bool,
    /// Whether incomplete findings already say why the rest does not.
    pub(crate) explained: bool,
}

impl Anchors {
    /// Adds runs, which may overlap in any way.
    fn add(&mut self, runs: Vec<(u64, u64)>) {
        self.verified.add(runs);
    }

    pub(crate) fn verified(&self) -> &[(u64, u64)] {
        self.verified.all()
    }

    pub(crate) fn covers(&self, sequence_no: u64) -> bool {
        self.verified.covers(sequence_no)
    }

    /// The blocks of a run up to `last` are blocks if that one has an odd number: its first
    /// sibling is what it names as the block before it, and no inner node contains its own
    /// sibling. The chain shows those before it.
    pub(crate) fn add_blocks(&mut self, first: u64, last: u64) {
        let odd = last.checked_sub(1 - last % 2).filter(|odd| first <= *odd);
        self.blocks.add(odd.map(|odd| (first, odd)));
    }
}

/// All digests met, and where each hash stands among them.
pub(crate) struct Candidates {
    pub(crate) all: Vec<Candidate>,
    by_hash: HashMap<Hash, Vec<usize>>,
}

impl Candidates {
    pub(crate) fn new(all: Vec<Candidate>) -> Candidates {
        let mut by_hash: HashMap<Hash, Vec<usize>> = HashMap::new();
        for (index, candidate) in all.iter().enumerate() {
            by_hash
                .entry(candidate.digest.hash)
                .or_default()
                .push(index);
        }
        Candidates { all, by_hash }
    }

    /// Those that may be of `strand`, the trusted ones first.
    fn of<'a>(&'a self, strand: &'a StrandId) -> impl Iterator<Item = &'a Candidate> {
        self.all
            .iter()
            .filter(move |candidate| candidate.digest.may_be_of(strand))
    }

    pub(crate) fn equal_to(&self, hash: &Hash, strand: &StrandId) -> Vec<usize> {
        let found = self.by_hash.get(hash).into_iter().flatten().copied();
        found
            .filter(|&index| self.all[index].digest.may_be_of(strand))
            .collect()
    }
}

/// Gives digests without a tip the one at which the journal has them.
pub(crate) fn name_tips(strand_id: &StrandId, strand: &StrandFold, candidates: &mut Candidates) {
    for candidate in &mut candidates.all {
        let digest = &mut candidate.digest;
        if digest.may_be_of(strand_id) && digest.sequence_no.is_none() {
            let met = strand.found.iter().find(|(hash, _)| *hash == digest.hash);
            digest.sequence_no = met.map(|(_, tip)| *tip);
            let prefix = strand.prefix.as_ref();
            let tip = prefix.map(|prefix| prefix.span.last());
            if tip.and_then(|tip| strand.root_at(tip)) == Some(digest.hash) {
                digest.sequence_no = tip;
            }
        }
    }
}

/// Two digests of one strand and tip that differ, both trusted or reached.
pub(crate) fn contradictions(candidates: &mut [Candidate], findings: &mut Findings) {
    let mut by_place: BTreeMap<(StrandId, u64), Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let digest = &candidate.digest;
        let place = digest.strand_id.clone().zip(digest.sequence_no);
        if let Some(place) = place.filter(|_| candidate.trusted || candidate.reached()) {
            by_place.entry(place).or_default().push(index);
        }
    }
    for ((strand_id, tip), indexes) in by_place {
        let first = candidates[indexes[0]].clone();
        let differs = |index: &&usize| candidates[**index].digest.hash != first.digest.hash;
        let others: Vec<usize> = indexes.iter().filter(differs).copied().collect();
        for &index in &others {
            let other = &candidates[index];
            let message = format!(
                "{} and {} are different digests of one strand at one tip",
                first.source, other.source
            );
            findings.push(
                Finding::new(Code::Contradiction, message)
                    .strand(&strand_id)
                    .sequence_no(tip)
                    .values(other.digest.hash.to_string(), first.digest.hash.to_string())
                    .remedy("a journal has one digest at a tip: one of the two is not genuine"),
            );
        }
        let failed = indexes.iter().filter(|_| !others.is_empty());
        failed.for_each(|&index| {
            if !candidates[index].trusted {
                candidates[index].verdict = DigestVerdict::Failed;
            }
        });
    }
}
