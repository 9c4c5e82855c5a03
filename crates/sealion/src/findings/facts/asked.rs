//! Which nodes of a run of blocks are kept. Its tree may be of any size; the table needs
//! those that something at hand speaks of, and these are known before blocks go by.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::table::Fact;
use crate::blocks::{Hash, Proof};
use crate::merkle::Subtree;

/// What to look out for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// Numbers of blocks: all nodes on their ways to the root are asked for, and all beside
    /// these. In order once [`Asked::settle`] was called.
    leaves: Vec<u64>,
    /// Hashes that something claims to be a node. Another place where one stands tells that
    /// it was moved.
    hashes: HashSet<Hash>,
    /// Nodes that are kept at most, of each strand.
    nodes_max: usize,
}

impl Asked {
    pub(crate) fn new(nodes_max: usize) -> Asked {
        Asked {
            nodes_max,
            ..Asked::default()
        }
    }

    /// Asks for the ways of a block.
    pub(crate) fn leaf(&mut self, number: u64) {
        self.leaves.push(number);
    }

    /// Asks for wherever a hash stands.
    pub(crate) fn hash(&mut self, hash: Hash) {
        self.hashes.insert(hash);
    }

    /// Asks for what a proof of a block, or of a revision in it, speaks of: both blocks whose
    /// hashes it has, and all nodes beside them. `from`: what it is to be folded from.
    pub(crate) fn proof(&mut self, number: u64, from: Option<Hash>, proof: &Proof) {
        self.leaf(number);
        self.leaf(number.saturating_sub(1));
        self.hashes.extend(&proof.0);
        let mut folded = from;
        for hash in &proof.0 {
            folded = folded.map(|own| crate::hashes::dot(&own, hash));
            self.hashes.extend(folded);
        }
        self.hashes.extend(from);
    }

    /// Puts what was asked for in order.
    pub(crate) fn settle(&mut self) {
        self.leaves.sort_unstable();
        self.leaves.dedup();
    }

    fn anything(&self) -> bool {
        !self.leaves.is_empty() || !self.hashes.is_empty()
    }

    /// Whether something within a perfect subtree may be asked for.
    fn within(&self, place: Subtree) -> bool {
        !self.hashes.is_empty() || self.touches(place.begin, place.end)
    }

    /// Whether a node of a perfect subtree is asked for: it or its sibling is on a way.
    fn wants(&self, place: Subtree, hash: &Hash) -> bool {
        let parent = Asked::parent(place);
        self.touches(parent.start, parent.end) || self.hashes.contains(hash)
    }

    /// The leaves of a perfect subtree and its sibling.
    fn parent(place: Subtree) -> Range<u64> {
        let size = place.len();
        let begin = place.begin & !(size | (size - 1));
        begin..begin.saturating_add(size.saturating_mul(2))
    }

    fn touches(&self, begin: u64, end: u64) -> bool {
        let at = self.leaves.partition_point(|leaf| *leaf < begin);
        self.leaves.get(at).is_some_and(|leaf| *leaf < end)
    }
}

/// Nodes of runs of blocks that were asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nodes {
    asked: Arc<Asked>,
    kept: KeptNodes,
}

/// Them alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptNodes {
    /// Begin, end, hash.
    known: Vec<(u64, u64, Hash)>,
    /// Whether some were left out, because there were too many.
    cut: bool,
    /// The block before the run that grows, whose hash the first of the run names.
    before: Option<u64>,
}

impl Nodes {
    pub(crate) fn new(asked: &Arc<Asked>) -> Nodes {
        let asked = asked.clone();
        let kept = KeptNodes::default();
        Nodes { asked, kept }
    }

    /// A run begins with this block.
    pub(crate) fn begin(&mut self, number: u64) {
        self.kept.before = number.checked_sub(1);
    }

    /// Whether anything is asked for.
    pub(crate) fn asked(&self) -> bool {
        self.asked.anything()
    }

    /// Whether something within a perfect subtree may be asked for.
    pub(crate) fn within(&self, place: Subtree) -> bool {
        self.asked.within(place)
    }

    /// Keeps a node that a run completed, if it is asked for.
    pub(crate) fn see(&mut self, place: Subtree, hash: Hash) {
        let beside = |before: u64| Asked::parent(place).contains(&before);
        if self.kept.before.is_some_and(beside) || self.asked.wants(place, &hash) {
            self.keep(place, hash);
        }
    }

    /// Keeps a node.
    pub(crate) fn keep(&mut self, place: Subtree, hash: Hash) {
        let kept = &mut self.kept;
        match kept.known.len() < self.asked.nodes_max {
            true => kept.known.push((place.begin, place.end, hash)),
            false => kept.cut = true,
        }
    }

    /// Whether some were left out, because there were too many.
    pub(crate) fn cut(&self) -> bool {
        self.kept.cut
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = Fact> + '_ {
        let node = |&(begin, end, hash): &(u64, u64, Hash)| (Subtree { begin, end }, hash);
        self.kept.known.iter().map(node)
    }

    pub(crate) fn into_kept(self) -> KeptNodes {
        self.kept
    }

    /// Goes on with what was kept.
    pub(crate) fn restore(&mut self, kept: KeptNodes) {
        self.kept = kept;
    }
}
