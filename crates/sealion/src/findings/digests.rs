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

use super::code::Code;
use super::finding::Finding;
use super::journal::StrandFold;
use super::outcome::DigestVerdict;
use super::runs::Runs;
use crate::blocks::{Digest, Hash, StrandId};

pub(crate) use by_journal::by_journal;
pub(crate) use candidate::{digest_answers, Candidate};
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

/// All digests met, and where each hash and each strand stands among them.
pub(crate) struct Candidates {
    pub(crate) all: Vec<Candidate>,
    by_hash: HashMap<Hash, Vec<usize>>,
    /// Those with a tip, their own or one that was found.
    by_tip: HashMap<(Hash, u64), Vec<usize>>,
    /// Those that named a strand when they came.
    by_strand: HashMap<StrandId, Vec<usize>>,
    /// Those that named none.
    of_any: Vec<usize>,
    /// Whether some digest is trusted.
    pub(crate) trusting: bool,
}

/// Tips that are claimed for one hash, with which proofs are compared. No two of them are right.
const TIPS_MAX: usize = 64;

impl Candidates {
    /// Claims that say the very same are one from here on, so that many copies of an answer cost no more than one.
    pub(crate) fn new(met: Vec<Candidate>) -> Candidates {
        let mut candidates = Candidates {
            trusting: met.iter().any(|one| one.trusted),
            all: Vec::with_capacity(met.len()),
            by_hash: HashMap::new(),
            by_tip: HashMap::new(),
            by_strand: HashMap::new(),
            of_any: Vec::new(),
        };
        let mut first: HashMap<(Digest, bool), usize> = HashMap::new();
        for (place, mut candidate) in met.into_iter().enumerate() {
            candidate.met_at(place);
            let key = (candidate.digest.clone(), candidate.tip_given);
            let known = first.get(&key).filter(|_| candidate.is_plain());
            match known {
                Some(&index) => candidates.all[index].take(candidate),
                None => {
                    if candidate.is_plain() {
                        first.insert(key, candidates.all.len());
                    }
                    candidates.push(candidate);
                }
            }
        }
        candidates
    }

    /// Hashes that are claimed for more tips than proofs are compared with.
    pub(crate) fn at_too_many_tips(&self) -> Vec<Finding> {
        let many = self.by_hash.iter().filter(|(_, all)| all.len() > TIPS_MAX);
        let mut many: Vec<_> = many.collect();
        many.sort_by_key(|(_, all)| all[TIPS_MAX]);
        let finding = |(hash, all): (&Hash, &Vec<usize>)| {
            let message = format!(
                "one digest is claimed for {} tips, of which at most one is right: proofs were compared with {TIPS_MAX} of these claims",
                all.len()
            );
            let source = &self.all[all[TIPS_MAX]].source;
            Finding::new(Code::Limit, message)
                .claimed(hash.to_string())
                .source(source, None)
                .remedy("verify without the files that give this digest another tip than the one you trust")
        };
        many.into_iter().map(finding).collect()
    }

    /// Indexes of those that may be of `strand`, the trusted ones first.
    pub(crate) fn indexes(&self, strand: &StrandId) -> Vec<usize> {
        let own = self.by_strand.get(strand).into_iter().flatten();
        let of_any = self.of_any.iter();
        let of_any = of_any.filter(|&&index| self.all[index].digest.may_be_of(strand));
        let mut indexes: Vec<usize> = own.chain(of_any).copied().collect();
        indexes.sort_unstable();
        indexes
    }

    /// Those that may be of `strand`, the trusted ones first.
    pub(crate) fn of(&self, strand: &StrandId) -> impl Iterator<Item = &Candidate> {
        let indexes = self.indexes(strand).into_iter();
        indexes.map(|index| &self.all[index])
    }

    fn push(&mut self, candidate: Candidate) {
        let index = self.all.len();
        let Digest {
            hash,
            strand_id,
            sequence_no,
        } = &candidate.digest;
        self.by_hash.entry(*hash).or_default().push(index);
        if let Some(tip) = sequence_no {
            self.by_tip.entry((*hash, *tip)).or_default().push(index);
        }
        match strand_id {
            Some(strand) => self.by_strand.entry(strand.clone()).or_default(),
            None => &mut self.of_any,
        }
        .push(index);
        self.all.push(candidate);
    }

    /// Claims of this digest, hash and tip, are wrong.
    fn fail(&mut self, digest: (Hash, u64), strand: &StrandId) {
        for &index in self.by_tip.get(&digest).into_iter().flatten() {
            let one = &mut self.all[index];
            if !one.trusted && one.digest.strand_id.as_ref() == Some(strand) {
                one.verdict = DigestVerdict::Failed;
            }
        }
    }

    /// Those with this hash: of many tips that are claimed for it, the first [`TIPS_MAX`].
    pub(crate) fn equal_to(&self, hash: &Hash, strand: &StrandId) -> Vec<usize> {
        let found = self.by_hash.get(hash).into_iter().flatten().copied();
        found
            .filter(|&index| self.all[index].digest.may_be_of(strand))
            .take(TIPS_MAX)
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
    for index in candidates.indexes(strand_id) {
        let candidate = &mut candidates.all[index];
        let digest = &mut candidate.digest;
        if digest.sequence_no.is_some() {
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
            if let Some(tip) = found {
                let key = (digest.hash, tip);
                candidates.by_tip.entry(key).or_default().push(index);
            }
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

    #[test]
    fn many_copies_of_a_digest_cost_no_more_than_one_and_are_all_answered() {
        let hash = |byte: u8| Hash([byte; 32]);
        let digest = |byte: u8, tip: u64| Digest {
            hash: hash(byte),
            strand_id: Some(StrandId::new("s")),
            sequence_no: Some(tip),
        };
        let name = |index: usize| Arc::from(index.to_string());
        let met = (0..3000).map(|index| {
            // A trusted one is never a copy; nor is one at another tip.
            let tip = if index < 2000 { 7 } else { index as u64 };
            Candidate::new(digest(1, tip), name(index), index % 1000 == 0)
        });
        let mut candidates = Candidates::new(met.collect());
        assert_eq!(candidates.all.len(), 3 + 1 + 999);
        let strand = StrandId::new("s");
        assert_eq!(candidates.equal_to(&hash(1), &strand).len(), TIPS_MAX);
        assert_eq!(candidates.at_too_many_tips().len(), 1);
        assert!(candidates.equal_to(&hash(2), &strand).is_empty());
        candidates.fail((hash(1), 7), &strand);
        let answers = digest_answers(&candidates.all);
        assert_eq!(answers.len(), 3000);
        for (index, answer) in answers.iter().enumerate() {
            assert_eq!(*answer.source, *index.to_string());
            let failed = index < 2000 && index % 1000 != 0;
            assert_eq!(answer.verdict == DigestVerdict::Failed, failed, "{index}");
        }
    }
}
