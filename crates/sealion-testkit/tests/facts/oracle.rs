//! All places of the trees over a few leaves, and everything that follows from what is said of some: by brute force.

use sealion::merkle::{inclusion, Subtree};
use sealion_reference::{dot, Hash};
use std::collections::{BTreeMap, BTreeSet};

/// What things at hand say, under the numbers and tips that they claim.
#[derive(Clone, Default)]
pub struct Said {
    known: BTreeMap<(u64, u64), BTreeSet<Hash>>,
}

/// The two nodes that a tree over these leaves is made of.
fn halves(begin: u64, end: u64) -> Option<u64> {
    let count = end - begin;
    (count > 1).then(|| begin + (1 << (count - 1).ilog2()))
}

/// The nodes of all trees of up to so many leaves, the lowest first.
pub fn places(leaves: u64) -> Vec<(u64, u64)> {
    fn below(begin: u64, end: u64, all: &mut BTreeSet<(u64, u64)>) {
        if let Some(middle) = halves(begin, end).filter(|_| all.insert((begin, end))) {
            below(begin, middle, all);
            below(middle, end, all);
        }
        all.insert((begin, end));
    }
    let mut all = BTreeSet::new();
    (1..=leaves).for_each(|end| below(0, end, &mut all));
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|(begin, end)| (end - begin, *begin));
    all
}

impl Said {
    pub fn node(&mut self, begin: u64, end: u64, hash: Hash) {
        self.known.entry((begin, end)).or_default().insert(hash);
    }

    /// A block: its hash, and the one that it names before it.
    pub fn block(&mut self, number: u64, hash: Hash, previous: Option<Hash>) {
        self.node(number, number + 1, hash);
        if let (Some(before), Some(previous)) = (number.checked_sub(1), previous) {
            self.node(before, number, previous);
        }
    }

    /// The siblings of a proof. Its number of hashes must fit.
    pub fn proof(&mut self, number: u64, leaves: u64, above: &[Hash]) {
        let siblings = inclusion(number, leaves).unwrap();
        assert_eq!(siblings.len(), above.len());
        for (Subtree { begin, end, .. }, hash) in siblings.into_iter().zip(above) {
            self.node(begin, end, *hash);
        }
    }

    /// Whether two hashes stand at one place of the trees of up to so many leaves, or one at two.
    pub fn contradicts(mut self, places: &[(u64, u64)]) -> bool {
        for (begin, end) in places {
            let Some(middle) = halves(*begin, *end) else {
                continue;
            };
            let of = |begin, end| self.known.get(&(begin, end)).cloned().unwrap_or_default();
            let (left, right) = (of(*begin, middle), of(middle, *end));
            let made = left.iter().flat_map(|a| right.iter().map(|b| dot(a, b)));
            let made: Vec<Hash> = made.collect();
            made.into_iter()
                .for_each(|hash| self.node(*begin, *end, hash));
        }
        let mut seen = BTreeSet::new();
        let hashes = self.known.values();
        let twice = hashes.clone().any(|hashes| hashes.len() > 1);
        twice || hashes.flatten().any(|hash| !seen.insert(*hash))
    }
}
