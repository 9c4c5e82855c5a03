//! Compact ranges: the few nodes that stand for any number of leaves.

use super::Subtree;
use crate::blocks::Hash;
use crate::hashes::dot;

/// The nodes of largest perfect subtrees that cover leaves `begin..end`: at most
/// 2·log2(end) hashes of 32 bytes, whatever the number of leaves.
///
/// (Compact ranges are described in the Trillian project's documentation; the
/// node hash here is `dot`.)
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Range {
    begin: u64,
    end: u64,
    /// From the left; with `begin` and `end` the levels follow.
    nodes: Vec<Hash>,
}

/// A range as it is written: what [`Range::from_nodes`] takes.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    begin: u64,
    end: u64,
    nodes: Vec<Hash>,
}

impl From<Range> for Parts {
    fn from(Range { begin, end, nodes }: Range) -> Parts {
        Parts { begin, end, nodes }
    }
}

impl TryFrom<Parts> for Range {
    type Error = String;

    fn try_from(Parts { begin, end, nodes }: Parts) -> Result<Range, String> {
        let count = nodes.len();
        Range::from_nodes(begin, end, nodes)
            .ok_or_else(|| format!("leaves {begin}..{end} do not have {count} nodes"))
    }
}

/// Two ranges that do not touch cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a range that ends at leaf {end} cannot be followed by one that begins at leaf {begin}")]
pub struct RangeError {
    /// Where the left range ends.
    pub end: u64,
    /// Where the right range begins.
    pub begin: u64,
}

impl Range {
    /// The empty range at leaf `begin`.
    pub fn starting_at(begin: u64) -> Range {
        Range {
            begin,
            end: begin,
            nodes: Vec::new(),
        }
    }

    /// The first leaf in the range.
    pub fn begin(&self) -> u64 {
        self.begin
    }

    /// One past the last leaf in the range.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The nodes, from the left.
    pub fn nodes(&self) -> &[Hash] {
        &self.nodes
    }

    /// A range of leaves `begin..end` from its nodes, as [`Range::nodes`] gave them;
    /// `None` if their number is not the one that such a range has.
    pub fn from_nodes(begin: u64, end: u64, nodes: Vec<Hash>) -> Option<Range> {
        let fits = begin <= end && places(begin, end).count() == nodes.len();
        fits.then_some(Range { begin, end, nodes })
    }

    /// The nodes with their places in the tree, from the left.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (Subtree, Hash)> + '_ {
        places(self.begin, self.end).zip(self.nodes.iter().copied())
    }

    /// The hash of a node of the tree, if it is one of the range's own.
    pub(crate) fn node(&self, node: Subtree) -> Option<Hash> {
        let place = places(self.begin, self.end).position(|own| own == node)?;
        self.nodes.get(place).copied()
    }

    /// Adds the leaf at `end`.
    pub fn append(&mut self, leaf: Hash) {
        self.append_seen(leaf, |_, _| {});
    }

    /// Adds the leaf at `end`, and shows it and every node that it completes.
    pub(crate) fn append_seen(&mut self, leaf: Hash, see: impl FnMut(Subtree, Hash)) {
        self.append_node(leaf, 0, see);
    }

    /// Adds leaves from `end` on, as [`append`](Self::append) does one by one: perfect
    /// subtrees of them are folded level by level, many pairs at once.
    pub fn extend(&mut self, leaves: &[Hash]) {
        self.extend_seen(leaves, |_| false, |_, _| {});
    }

    /// Adds leaves from `end` on, and shows the nodes that they complete; of those within
    /// one of the perfect subtrees that are folded at once only where `inner` says so.
    pub(crate) fn extend_seen(
        &mut self,
        mut leaves: &[Hash],
        inner: impl Fn(Subtree) -> bool,
        mut see: impl FnMut(Subtree, Hash),
    ) {
        let mut nodes = Vec::with_capacity(leaves.len());
        while !leaves.is_empty() {
            let level = largest_level(self.end, self.end + leaves.len() as u64);
            let (subtree, rest) = leaves.split_at(1 << level);
            let place = Subtree {
                begin: self.end,
                end: self.end + (1 << level),
            };
            leaves = rest;
            if inner(place) {
                subtree
                    .iter()
                    .for_each(|leaf| self.append_node(*leaf, 0, &mut see));
                continue;
            }
            nodes.clear();
            nodes.extend_from_slice(subtree);
            if let Some(root) = sealion_hash::root(&mut nodes) {
                self.append_node(root, level, &mut see);
            }
        }
    }

    /// Adds the leaves of `right`, which must begin where this range ends.
    ///
    /// # Errors
    /// [`RangeError`] if it does not.
    pub fn merge(&mut self, right: &Range) -> Result<(), RangeError> {
        if right.begin != self.end {
            return Err(RangeError {
                end: self.end,
                begin: right.begin,
            });
        }
        let mut at = right.begin;
        for node in &right.nodes {
            let level = largest_level(at, right.end);
            self.append_node(*node, level, |_, _| {});
            at += 1 << level;
        }
        Ok(())
    }

    /// The root of the tree over all leaves from 0; `None` if the range does not
    /// begin at 0 or is empty.
    pub fn root(&self) -> Option<Hash> {
        let (last, rest) = self.nodes.split_last()?;
        let fold = |right: Hash, left: &Hash| dot(left, &right);
        (self.begin == 0).then(|| rest.iter().rev().fold(*last, fold))
    }

    /// The nodes of the tree over leaves `0..end` that end with its last leaf, from the
    /// lowest up, as far as they lie in the range: those that a later tree has no more.
    pub(crate) fn right_edge(&self) -> Vec<(Subtree, Hash)> {
        let mut edge = Vec::new();
        let mut right: Option<Hash> = None;
        let places: Vec<Subtree> = places(self.begin, self.end).collect();
        for (place, node) in places.into_iter().zip(&self.nodes).rev() {
            let size = place.end - place.begin;
            // The bits of `end` from this one down say where its subtree begins.
            if self.end - place.begin != self.end & (size | (size - 1)) {
                break;
            }
            let folded = right.map_or(*node, |right| dot(node, &right));
            right = Some(folded);
            let begin = place.begin;
            edge.push((
                Subtree {
                    begin,
                    end: self.end,
                },
                folded,
            ));
        }
        edge
    }

    /// Adds a perfect subtree of 2^level leaves at `end`, which is a multiple of that, and
    /// shows it and what it completes.
    fn append_node(&mut self, mut node: Hash, mut level: u32, mut see: impl FnMut(Subtree, Hash)) {
        let mut index = self.end >> level;
        self.end += 1 << level;
        let end = self.end;
        let place = |index: u64, level: u32| Subtree {
            begin: index << level,
            end,
        };
        see(place(index, level), node);
        // A right child whose left sibling lies in the range too makes their parent.
        while index & 1 == 1 && ((index - 1) << level) >= self.begin {
            let Some(left) = self.nodes.pop() else { break };
            node = dot(&left, &node);
            index >>= 1;
            level += 1;
            see(place(index, level), node);
        }
        self.nodes.push(node);
    }
}

/// The perfect subtrees that cover leaves `begin..end`, from the left.
pub(crate) fn places(begin: u64, end: u64) -> impl Iterator<Item = Subtree> {
    let mut at = begin;
    std::iter::from_fn(move || {
        let begin = at;
        (begin < end).then(|| {
            at += 1 << largest_level(begin, end);
            Subtree { begin, end: at }
        })
    })
}

/// The level of the largest perfect subtree that starts at leaf `at` and ends by `end`.
fn largest_level(at: u64, end: u64) -> u32 {
    let fits = (end - at).ilog2();
    match at {
        0 => fits,
        at => fits.min(at.trailing_zeros()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashes::root;

    fn leaves(count: u64) -> Vec<Hash> {
        let leaf = |i: u64| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        (0..count).map(leaf).collect()
    }

    fn range(leaves: &[Hash], begin: usize, end: usize) -> Range {
        let mut range = Range::starting_at(begin as u64);
        leaves[begin..end]
            .iter()
            .for_each(|leaf| range.append(*leaf));
        range
    }

    #[test]
    fn equals_the_tree_by_definition_for_all_sizes() {
        let leaves = leaves(300);
        let mut range = Range::default();
        assert_eq!(range.root(), None);
        for (index, leaf) in leaves.iter().enumerate() {
            range.append(*leaf);
            assert_eq!(range.root(), root(&leaves[..=index]), "{index}");
        }
    }

    #[test]
    fn many_leaves_at_once_are_the_same_leaves_one_by_one() {
        let leaves = leaves(70);
        for begin in [0, 1, 2, 3, 5, 8, 63] {
            for a in begin..70 {
                for b in a..70 {
                    let mut many = range(&leaves, begin, a);
                    many.extend(&leaves[a..b]);
                    assert_eq!(many, range(&leaves, begin, b), "{begin} {a} {b}");
                }
            }
        }
    }

    #[test]
    fn every_node_within_is_shown_once_however_leaves_come() {
        let leaves = leaves(70);
        for begin in [0, 1, 2, 3, 5, 8, 63] {
            let mut all = Vec::new();
            for end in begin + 1..=70 {
                let size = 1 << (end as u64).trailing_zeros().min(7);
                for size in (0..8).map(|level| 1 << level).filter(|own| *own <= size) {
                    if end >= begin + size {
                        let node = root(&leaves[end - size..end]).unwrap();
                        let (begin, end) = ((end - size) as u64, end as u64);
                        all.push((Subtree { begin, end }, node));
                    }
                }
            }
            all.sort_unstable_by_key(|(place, _)| *place);
            for cut in [1, 7, 16, 70] {
                let mut range = Range::starting_at(begin as u64);
                let mut seen = Vec::new();
                for part in leaves[begin..].chunks(cut) {
                    range.extend_seen(part, |_| true, |place, node| seen.push((place, node)));
                }
                seen.sort_unstable_by_key(|(place, _)| *place);
                assert_eq!(seen, all, "{begin} {cut}");
                // Where the inner ones are not wanted, none is wrong or missing above them.
                let mut range = Range::starting_at(begin as u64);
                let mut fewer = Vec::new();
                for part in leaves[begin..].chunks(cut) {
                    range.extend_seen(part, |_| false, |place, node| fewer.push((place, node)));
                }
                assert!(fewer.iter().all(|node| all.contains(node)));
                let large = |place: &Subtree| place.end - place.begin >= cut as u64;
                let large = |nodes: &[(Subtree, Hash)]| {
                    nodes.iter().filter(|(place, _)| large(place)).count()
                };
                assert_eq!(large(&fewer), large(&all), "{begin} {cut}");
            }
        }
    }

    #[test]
    fn the_right_edge_is_that_of_the_whole_tree() {
        let leaves = leaves(70);
        for begin in 0..70 {
            for end in begin + 1..=70 {
                let found = range(&leaves, begin, end).right_edge();
                // The last leaf's way up: all nodes over it that lie behind `begin`.
                let mut expected = Vec::new();
                let (mut place, whole) = (0, end);
                while place < end {
                    let size = 1 << (whole - place).ilog2();
                    if place >= begin {
                        let node = root(&leaves[place..end]).unwrap();
                        let (begin, end) = (place as u64, end as u64);
                        expected.push((Subtree { begin, end }, node));
                    }
                    place += size;
                }
                expected.reverse();
                assert_eq!(found, expected, "{begin} {end}");
            }
        }
    }

    #[test]
    fn any_two_cuts_merge_to_the_same() {
        let leaves = leaves(70);
        for a in 0..70 {
            for b in a..70 {
                let mut left = range(&leaves, 0, a);
                let mut middle = range(&leaves, a, b);
                middle.merge(&range(&leaves, b, 70)).unwrap();
                left.merge(&middle).unwrap();
                assert_eq!(left, range(&leaves, 0, 70), "{a} {b}");
            }
        }
    }

    #[test]
    fn ranges_apart_do_not_merge_and_have_no_root() {
        let leaves = leaves(9);
        let mut left = range(&leaves, 0, 3);
        let right = range(&leaves, 4, 9);
        assert_eq!(left.merge(&right), Err(RangeError { end: 3, begin: 4 }));
        assert_eq!(right.root(), None);
    }
}
