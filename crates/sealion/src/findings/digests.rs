//! Ties strands to digests: by the whole journal, by block proofs, by revision
//! proofs. Only here is decided what is *verified*.

mod by_journal;
mod candidate;
mod facts;
mod proofs;
mod shape;

use std::collections::HashMap;
use std::sync::Arc;

use super::journal::StrandFold;
use crate::blocks::{Hash, StrandId};

pub(crate) use by_journal::by_journal;
pub(crate) use candidate::Candidate;
pub(crate) use facts::Facts;
pub(crate) use proofs::{by_block_proofs, by_revision_proofs, BlockProof};
pub(crate) use shape::{proof_shape, InBlock, Misshape};

/// What ties one strand's blocks to trusted digests.
#[derive(Default)]
pub(crate) struct Anchors {
    /// Runs of blocks that hang under a trusted digest: apart, and in order.
    verified: Vec<(u64, u64)>,
    /// Those of them that were counted from block 0 on, up to a trusted digest's tip. Of
    /// all others the numbers are as claimed.
    counted: Vec<(u64, u64)>,
    /// Whether incomplete findings already say why the rest does not.
    pub(crate) explained: bool,
}

impl Anchors {
    /// Adds runs, which may overlap in any way.
    fn add(&mut self, runs: Vec<(u64, u64)>) {
        merge(&mut self.verified, runs);
    }

    /// Adds runs that were counted.
    fn count(&mut self, runs: Vec<(u64, u64)>) {
        merge(&mut self.counted, runs);
    }

    /// Proofs contradict something: only what was counted still hangs under a digest.
    pub(crate) fn keep_counted(&mut self) {
        self.verified.clone_from(&self.counted);
        self.explained = true;
    }

    pub(crate) fn verified(&self) -> &[(u64, u64)] {
        &self.verified
    }

    pub(crate) fn counted(&self) -> &[(u64, u64)] {
        &self.counted
    }

    pub(crate) fn covers(&self, sequence_no: u64) -> bool {
        holds(&self.verified, sequence_no)
    }

    pub(crate) fn counts(&self, sequence_no: u64) -> bool {
        holds(&self.counted, sequence_no)
    }
}

/// Adds `more` to runs that are apart and in order.
fn merge(runs: &mut Vec<(u64, u64)>, more: Vec<(u64, u64)>) {
    let mut all = std::mem::take(runs);
    all.extend(more);
    all.sort_unstable();
    for (first, last) in all {
        match runs.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => runs.push((first, last)),
        }
    }
}

fn holds(runs: &[(u64, u64)], sequence_no: u64) -> bool {
    let before = runs.partition_point(|(first, _)| *first <= sequence_no);
    let run = before.checked_sub(1).map(|index| runs[index]);
    run.is_some_and(|(_, last)| sequence_no <= last)
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
