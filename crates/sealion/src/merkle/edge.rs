//! The right edge of a compact range: what ties its last leaf to its last node.

use super::range::places;
use super::{Range, RangeError, Subtree};
use crate::blocks::Hash;
use crate::hashes::dot;

/// The siblings of a range's last leaf within its last node, from the lowest up: one for
/// each level of that node, so at most 63 hashes of 32 bytes. All are left siblings, for
/// what lies to the right of a last leaf is not in the range.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Edge(Vec<Hash>);

impl Edge {
    /// Of siblings that came from elsewhere; whether they fit, [`Edge::fold`] tells.
    pub(crate) fn of(siblings: Vec<Hash>) -> Edge {
        Edge(siblings)
    }

    /// The siblings, from the lowest up.
    pub(crate) fn siblings(&self) -> &[Hash] {
        &self.0
    }

    /// Where the siblings of the last leaf of `begin..end` stand, from the lowest up.
    /// Requires `begin < end`; gives none otherwise.
    pub(crate) fn places(begin: u64, end: u64) -> Vec<Subtree> {
        (0..last_level(begin, end))
            .map(|level| Subtree {
                begin: end - (2 << level),
                end: end - (1 << level),
            })
            .collect()
    }

    /// The nodes from the leaf up to the range's last node, both included, if the edge has
    /// as many siblings as that of the leaves `begin..end` has.
    pub(crate) fn fold(&self, begin: u64, end: u64, leaf: Hash) -> Option<Vec<(Subtree, Hash)>> {
        // The count is compared before anything is hashed.
        if begin >= end || self.0.len() as u64 != u64::from(last_level(begin, end)) {
            return None;
        }
        let mut place = Subtree {
            begin: end - 1,
            end,
        };
        let mut path = vec![(place, leaf)];
        let mut node = leaf;
        for (sibling, at) in self.0.iter().zip(Edge::places(begin, end)) {
            node = dot(sibling, &node);
            place.begin = at.begin;
            path.push((place, node));
        }
        Some(path)
    }

    /// Adds the leaves of `next`, whose edge is `own`, to `range`, and gives the edge of
    /// both. The edge that `range` had is not asked for.
    ///
    /// # Errors
    /// [`RangeError`] if `next` does not begin where `range` ends; then `range` is as it was.
    pub(crate) fn append(range: &mut Range, next: &Range, own: &Edge) -> Result<Edge, RangeError> {
        let apart = RangeError {
            end: range.end(),
            begin: next.begin(),
        };
        let (Some(last), true) = (
            places(next.begin(), next.end()).last(),
            next.begin() == range.end(),
        ) else {
            return Err(apart);
        };
        // Everything before the last node of `next`: what that node is folded with.
        let (_, body) = next.nodes().split_last().ok_or(apart)?;
        let body = Range::from_nodes(next.begin(), last.begin, body.to_vec()).ok_or(apart)?;
        let mut whole = range.clone();
        whole.merge(&body)?;
        let from = (last.end - last.begin).ilog2();
        let above = last_level(range.begin(), next.end()).saturating_sub(from);
        let mut edge = own.clone();
        let lefts = whole.nodes().iter().rev();
        edge.0.extend(lefts.take(above as usize));
        range.merge(next)?;
        Ok(edge)
    }
}

/// The level of the last node over leaves `begin..end`; 0 where there is none.
fn last_level(begin: u64, end: u64) -> u32 {
    let last = places(begin, end).last();
    last.map_or(0, |last| (last.end - last.begin).ilog2())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashes::root;

    fn leaves(count: u64) -> Vec<Hash> {
        let leaf = |i: u64| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        (0..count).map(leaf).collect()
    }

    fn of(leaves: &[Hash], begin: usize, end: usize) -> (Range, Edge) {
        let mut range = Range::starting_at(begin as u64);
        range.extend(&leaves[begin..end]);
        let over = |place: Subtree| root(&leaves[place.begin as usize..place.end as usize]);
        let siblings = Edge::places(begin as u64, end as u64).into_iter().map(over);
        (range, Edge(siblings.map(Option::unwrap).collect()))
    }

    /// Leaf by leaf from every start to every end, against the tree by definition.
    #[test]
    fn it_ties_the_last_leaf_to_the_last_node_and_every_change_breaks_it() {
        let leaves = leaves(131);
        for begin in 0..131 {
            let mut range = Range::starting_at(begin as u64);
            for end in begin + 1..=131 {
                let mut one = Range::starting_at(end as u64 - 1);
                one.append(leaves[end - 1]);
                let edge = Edge::append(&mut range, &one, &Edge::default()).unwrap();
                assert_eq!((range.clone(), edge.clone()), of(&leaves, begin, end));
                let (first, past) = (begin as u64, end as u64);
                let node = |edge: &Edge, leaf| {
                    edge.fold(first, past, leaf)
                        .and_then(|path| path.last().map(|(_, hash)| *hash))
                };
                let last = range.nodes().last().copied();
                assert_eq!(node(&edge, leaves[end - 1]), last, "{begin} {end}");
                assert_ne!(node(&edge, Hash([7; 32])), last, "{begin} {end}");
                for place in 0..edge.0.len() {
                    let mut changed = edge.clone();
                    changed.0[place].0[31] ^= 1;
                    assert_ne!(node(&changed, leaves[end - 1]), last);
                    changed.0.remove(place);
                    assert_eq!(node(&changed, leaves[end - 1]), None);
                    changed = edge.clone();
                    changed.0.swap(place, 0);
                    let same = changed == edge;
                    assert_eq!(node(&changed, leaves[end - 1]) == last, same);
                }
                let mut longer = edge;
                longer.0.push(leaves[0]);
                assert_eq!(node(&longer, leaves[end - 1]), None);
            }
        }
    }

    #[test]
    fn the_path_is_made_of_nodes_of_the_tree() {
        let leaves = leaves(48);
        for begin in 0..48 {
            for end in begin + 1..=48 {
                let (_, edge) = of(&leaves, begin, end);
                let path = edge.fold(begin as u64, end as u64, leaves[end - 1]);
                for (place, hash) in path.unwrap() {
                    let under = &leaves[place.begin as usize..place.end as usize];
                    assert_eq!(Some(hash), root(under), "{begin} {end}");
                }
            }
        }
    }

    #[test]
    fn any_cuts_give_the_edge_of_the_whole() {
        let leaves = leaves(40);
        for begin in 0..38 {
            for a in begin + 1..39 {
                for b in a + 1..40 {
                    let (mut left, _) = of(&leaves, begin, a);
                    let (mut middle, middle_edge) = of(&leaves, a, b);
                    let (right, right_edge) = of(&leaves, b, 40);
                    let whole = of(&leaves, begin, 40);
                    let edge = Edge::append(&mut middle, &right, &right_edge).unwrap();
                    let edge = Edge::append(&mut left, &middle, &edge).unwrap();
                    assert_eq!((left, edge), whole, "{begin} {a} {b}");
                    let (mut left, _) = of(&leaves, begin, a);
                    let (middle, _) = of(&leaves, a, b);
                    Edge::append(&mut left, &middle, &middle_edge).unwrap();
                    let edge = Edge::append(&mut left, &right, &right_edge).unwrap();
                    assert_eq!((left, edge), whole, "{begin} {a} {b}");
                }
            }
        }
    }

    #[test]
    fn what_does_not_adjoin_is_refused_and_changes_nothing() {
        let leaves = leaves(12);
        let (mut left, _) = of(&leaves, 0, 5);
        let before = left.clone();
        for (begin, end) in [(4, 8), (6, 8), (5, 5)] {
            let (right, edge) = of(&leaves, begin, end);
            assert!(Edge::append(&mut left, &right, &edge).is_err());
            assert_eq!(left, before);
        }
        assert_eq!(Edge::default().fold(3, 3, leaves[0]), None);
        assert_eq!(Edge::places(0, 1 << 63).len(), 63);
        assert_eq!(Edge::places(0, u64::MAX).len(), 0);
        assert_eq!(last_level(u64::MAX - 1, u64::MAX), 0);
    }
}
