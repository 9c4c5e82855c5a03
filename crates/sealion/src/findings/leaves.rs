//! The leaves of a journal's tree as they come: block hashes from block 0 on.

use super::facts::Nodes;
use crate::blocks::Hash;
use crate::merkle::Range;

/// All leaves so far, as a compact range and a few that are not in it yet. Folded many
/// at a time, unless the plain rules alone are asked for.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(from = "Range", into = "Range")]
pub(super) struct Leaves {
    range: Range,
    waiting: Vec<Hash>,
    plain: bool,
}

/// Written as the range alone; whether hashing is plain, the reader knows.
impl From<Leaves> for Range {
    fn from(leaves: Leaves) -> Range {
        leaves.range()
    }
}

impl From<Range> for Leaves {
    fn from(range: Range) -> Leaves {
        Leaves::on_top_of(range, false)
    }
}

impl Leaves {
    /// No leaves. `plain`: every pair is hashed by itself, by the reference.
    pub(super) fn new(plain: bool) -> Leaves {
        Leaves {
            plain,
            ..Leaves::default()
        }
    }

    /// No leaves; the first to come is number `begin`.
    pub(super) fn starting_at(begin: u64, plain: bool) -> Leaves {
        Leaves::on_top_of(Range::starting_at(begin), plain)
    }

    /// On top of the leaves in `range`.
    pub(super) fn on_top_of(range: Range, plain: bool) -> Leaves {
        Leaves {
            range,
            plain,
            ..Leaves::default()
        }
    }

    /// The same leaves, to be gone on with.
    pub(super) fn go_on(self, plain: bool) -> Leaves {
        Leaves::on_top_of(self.range(), plain)
    }

    /// Adds a leaf. Nodes that it completes go to `nodes` if they are asked for, at the
    /// latest when [`finish`](Self::finish) is called.
    pub(super) fn append(&mut self, leaf: Hash, nodes: Option<&mut Nodes>) {
        /// A power of two, so that what is folded is one perfect subtree.
        const AT_ONCE: usize = 1024;
        if self.plain {
            return match nodes {
                Some(nodes) => self.range.append_seen(leaf, |at, hash| nodes.see(at, hash)),
                None => self.range.append(leaf),
            };
        }
        self.waiting.push(leaf);
        if self.waiting.len() == AT_ONCE {
            self.finish(nodes);
        }
    }

    /// Gives all nodes so far that are asked for.
    pub(super) fn finish(&mut self, nodes: Option<&mut Nodes>) {
        match nodes.filter(|nodes| nodes.asked()) {
            Some(nodes) => {
                let mut found = Vec::new();
                let inner = |place| nodes.within(place);
                self.range.extend_seen(&self.waiting, inner, |place, hash| {
                    found.push((place, hash))
                });
                found
                    .into_iter()
                    .for_each(|(place, hash)| nodes.see(place, hash));
            }
            None => self.range.extend(&self.waiting),
        }
        self.waiting.clear();
    }

    /// All leaves as a compact range.
    pub(super) fn range(&self) -> Range {
        let mut range = self.range.clone();
        range.extend(&self.waiting);
        range
    }

    /// The root over all leaves; `None` if there are none.
    pub(super) fn root(&self) -> Option<Hash> {
        match self.waiting.is_empty() {
            true => self.range.root(),
            false => self.range().root(),
        }
    }

    /// The same, for one who asks for it after every leaf.
    pub(super) fn root_of_each(&mut self, nodes: Option<&mut Nodes>) -> Option<Hash> {
        self.finish(nodes);
        self.range.root()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::facts::Asked;
    use super::*;

    #[test]
    fn roots_are_the_same_however_leaves_are_folded() {
        let leaf = |i: u64| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        let (mut plain, mut many, mut each) =
            (Leaves::new(true), Leaves::new(false), Leaves::new(false));
        assert_eq!(many.root(), None);
        let mut nodes = Nodes::default();
        for i in 0..3_000 {
            for leaves in [&mut plain, &mut many, &mut each] {
                leaves.append(leaf(i), Some(&mut nodes));
            }
            let root = plain.root();
            assert_eq!(each.root_of_each(Some(&mut nodes)), root);
            if i % 7 == 0 || (1_020..1_030).contains(&i) {
                assert_eq!(many.root(), root, "{i}");
            }
        }
        assert_eq!(nodes.facts().count(), 0);
    }

    #[test]
    fn nodes_beside_the_block_before_the_run_are_given() {
        let leaf = |i: u64| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        let mut asked = Asked::new(100);
        asked.leaf(1 << 40);
        let asked = Arc::new(asked);
        for plain in [true, false] {
            let (mut leaves, mut nodes) = (Leaves::starting_at(5, plain), Nodes::new(&asked));
            nodes.begin(5);
            (5..3_000).for_each(|i| leaves.append(leaf(i), Some(&mut nodes)));
            leaves.finish(Some(&mut nodes));
            let places: Vec<(u64, u64)> = nodes
                .facts()
                .map(|(place, _)| (place.begin, place.end))
                .collect();
            let mut expected = vec![(5, 6), (6, 8)];
            expected.extend((3..11).map(|level| (1 << level, 2 << level)));
            assert_eq!(places, expected);
        }
    }

    #[test]
    fn nodes_that_are_asked_for_are_given_however_leaves_are_folded() {
        let leaf = |i: u64| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        let watched = sealion_reference::dot(&leaf(1_500).0, &leaf(1_501).0);
        for begin in [0, 3, 1_024, 1_100] {
            for (numbers, hashes) in [
                (vec![], vec![Hash(watched)]),
                (vec![0], vec![]),
                (vec![1_023, 1_024, 2_500], vec![]),
                (vec![9_000], vec![]),
            ] {
                let mut asked = Asked::new(1_000);
                numbers.iter().for_each(|number| asked.leaf(*number));
                hashes.iter().for_each(|hash| asked.hash(*hash));
                asked.settle();
                let asked = Arc::new(asked);
                let found = [true, false].map(|plain| {
                    let (mut leaves, mut nodes) =
                        (Leaves::starting_at(begin, plain), Nodes::new(&asked));
                    for i in begin..3_000 {
                        leaves.append(leaf(i), Some(&mut nodes));
                    }
                    leaves.finish(Some(&mut nodes));
                    let mut found: Vec<_> = nodes.facts().collect();
                    found.sort_unstable();
                    found
                });
                assert_eq!(found[0], found[1], "{begin} {numbers:?}");
                let watched = found[0].iter().any(|(_, hash)| hash.0 == watched);
                assert_eq!(watched, !hashes.is_empty(), "{begin}");
                for (place, hash) in &found[0] {
                    let below: Vec<Hash> = (place.begin..place.end).map(leaf).collect();
                    assert_eq!(crate::hashes::root(&below), Some(*hash));
                }
                // All whole nodes on the way of a block, and all beside them.
                for number in numbers {
                    for level in 0..12 {
                        let begin_of = |index: u64| index << level;
                        for index in [number >> level, number >> level ^ 1] {
                            let (from, to) = (begin_of(index), begin_of(index + 1));
                            let here = begin <= from && to <= 3_000;
                            let given =
                                found[0].iter().any(|(p, _)| (p.begin, p.end) == (from, to));
                            assert_eq!(given, here, "{begin} {number} {level} {index}");
                        }
                    }
                }
            }
        }
    }
}
