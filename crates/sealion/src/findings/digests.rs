//! Ties strands to digests: by the whole journal, by block proofs, by revision
//! proofs. Only here is decided what is *verified*.

mod by_journal;
mod candidate;
mod facts;
mod fold;
mod proofs;
mod shape;

use std::collections::HashMap;
use std::sync::Arc;

use super::journal::StrandFold;
use super::runs::Runs;
use crate::blocks::{Digest, Hash, StrandId};

pub(crate) use by_journal::by_journal;
pub(crate) use candidate::Candidate;
pub(crate) use facts::Facts;
pub(crate) use proofs::{BlockProof, Proofs};
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

    /// Proofs contradict something: only what was counted still hangs under a digest.
    pub(crate) fn keep_counted(&mut self) {
        self.verified.clone_from(&self.counted);
        self.explained = true;
    }

    pub(crate) fn verified(&self) -> &[(u64, u64)] {
        self.verified.all()
    }

    /// Whether all blocks `first..=last` do.
    pub(crate) fn cover(&self, first: u64, last: u64) -> bool {
        self.verified.cover(first, last)
    }

    pub(crate) fn covers(&self, sequence_no: u64) -> bool {
        self.verified.covers(sequence_no)
    }

    /// A block with a proof is a block if it has an odd number: its first sibling is what it
    /// names as the block before it, and no inner node contains its own sibling. Of those
    /// before it the chain shows no more than hashes: the pair hash sorts, so that any of them
    /// may be shown with its two halves exchanged, behind a part of itself.
    pub(crate) fn add_proven(&mut self, number: u64) {
        let odd = (number % 2 == 1).then_some((number, number));
        self.blocks.add(odd);
    }

    pub(crate) fn counts(&self, sequence_no: u64) -> bool {
        self.counted.covers(sequence_no)
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

    fn push(&mut self, candidate: Candidate) {
        let at = self.by_hash.entry(candidate.digest.hash).or_default();
        at.push(self.all.len());
        self.all.push(candidate);
    }

    pub(crate) fn equal_to(&self, hash: &Hash, strand: &StrandId) -> Vec<usize> {
        let found = self.by_hash.get(hash).into_iter().flatten().copied();
        found
            .filter(|&index| self.all[index].digest.may_be_of(strand))
            .collect()
    }
}

/// Adds the digests of the blocks here at those tips that proofs lead to and of which no file
/// came: they were recomputed, and are as good as the blocks.
pub(crate) fn add_computed(strand_id: &StrandId, strand: &StrandFold, candidates: &mut Candidates) {
    for (hash, tip) in &strand.found {
        if candidates.equal_to(hash, strand_id).is_empty() {
            let digest = Digest {
                hash: *hash,
                strand_id: Some(strand_id.clone()),
                sequence_no: Some(*tip),
            };
            candidates.push(Candidate::computed(digest));
        }
    }
}

/// Gives claims without a tip the one at which the journal has them; of trusted digests
/// that tip is only said, for it must come from where they come from.
pub(crate) fn name_tips(strand_id: &StrandId, strand: &StrandFold, candidates: &mut Candidates) {
    let claimed: HashMap<Hash, (u64, Arc<str>)> = candidates
        .of(strand_id)
        .filter_map(|one| {
            Some((
                one.digest.hash,
                (one.digest.sequence_no?, one.source.clone()),
            ))
        })
        .collect();
    for candidate in &mut candidates.all {
        let digest = &mut candidate.digest;
        if !digest.may_be_of(strand_id) || digest.sequence_no.is_some() {
            continue;
        }
        let met = strand.found.iter().find(|(hash, _)| *hash == digest.hash);
        let mut found = met.map(|(_, tip)| *tip);
        let prefix = strand.prefix.as_ref();
        let tip = prefix.map(|prefix| prefix.span.last());
        if tip.and_then(|tip| strand.root_at(tip)) == Some(digest.hash) {
            found = tip;
        }
        if !candidate.trusted {
            digest.sequence_no = found;
            continue;
        }
        let by_blocks = found.map(|tip| (tip, format!("blocks 0 to {tip} here give it")));
        let by_claim = || {
            let (tip, source) = claimed.get(&digest.hash)?;
            Some((*tip, format!("{source} puts it at tip {tip}")))
        };
        let hint = by_blocks.or_else(by_claim);
        candidate.hint = candidate.hint.take().or(hint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_blocks_with_proofs_odd_ones_alone_are_blocks() {
        let mut anchors = Anchors::default();
        (4..8).for_each(|number| anchors.add_proven(number));
        assert_eq!(anchors.blocks.all(), [(5, 5), (7, 7)]);
    }
}
