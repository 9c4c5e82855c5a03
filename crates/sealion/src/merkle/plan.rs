//! Which nodes of the tree a proof is made of. No hashing, no input.

/// A node of the tree, by the leaves below it: `begin..end`.
///
/// Its hash is the root of the tree over these leaves alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subtree {
    /// The first leaf.
    pub begin: u64,
    /// One past the last leaf.
    pub end: u64,
}

impl Subtree {
    /// A leaf; `None` for the one that no number is past.
    pub(crate) fn leaf(index: u64) -> Option<Subtree> {
        let end = index.checked_add(1)?;
        Some(Subtree { begin: index, end })
    }

    /// The tree of all leaves up to `tip`.
    pub(crate) fn up_to(tip: u64) -> Option<Subtree> {
        let end = tip.checked_add(1)?;
        Some(Subtree { begin: 0, end })
    }

    /// The number of leaves.
    pub(crate) fn len(self) -> u64 {
        self.end - self.begin
    }

    /// The only node that can be its left sibling, in a tree of any size; `None` if there
    /// is none.
    pub(crate) fn left_sibling(self) -> Option<Subtree> {
        // A tree splits at the largest power of two below its size, so that what is on the
        // right of a split begins at an odd multiple of the size of what is on the left.
        let size = self.begin & self.begin.wrapping_neg();
        (self.begin > 0 && self.len() <= size).then(|| Subtree {
            begin: self.begin - size,
            end: self.begin,
        })
    }

    /// Whether it can be a left sibling: of nodes of at most its own size.
    pub(crate) fn may_be_left(self) -> bool {
        let size = self.len();
        size.is_power_of_two() && self.begin & (size | (size - 1)) == 0
    }

    /// Its two children; `None` for a leaf, and for what is empty.
    pub(crate) fn children(self) -> Option<(Subtree, Subtree)> {
        let Subtree { begin, end } = self;
        if end.checked_sub(begin)? < 2 {
            return None;
        }
        let middle = begin + split(end - begin);
        let (left, right) = (
            Subtree { begin, end: middle },
            Subtree { begin: middle, end },
        );
        Some((left, right))
    }
}

/// The siblings of leaf `index` in the tree of `count` leaves, bottom up: an
/// inclusion proof is their hashes (RFC 6962, section 2.1.1). `None` unless
/// `index < count`.
pub fn inclusion(index: u64, count: u64) -> Option<Vec<Subtree>> {
    if index >= count {
        return None;
    }
    let mut siblings = Vec::new();
    // The root is on the first level that has one node.
    for level in 0..u64::BITS - (count - 1).leading_zeros() {
        let sibling = (index >> level) ^ 1;
        if sibling <= (count - 1) >> level {
            let begin = sibling << level;
            let end = begin.saturating_add(1 << level).min(count);
            siblings.push(Subtree { begin, end });
        }
    }
    Some(siblings)
}

/// The nodes that show that the tree of the first `first` leaves is the head of
/// the tree of `second` leaves, bottom up (RFC 6962, section 2.1.2). Empty if both
/// are the same tree; `None` unless `0 < first <= second`.
pub fn consistency(first: u64, second: u64) -> Option<Vec<Subtree>> {
    if first == 0 || first > second {
        return None;
    }
    let mut nodes = Vec::new();
    // The part of the larger tree that still holds the last leaf of the smaller.
    let (mut begin, mut end) = (0, second);
    while first < end {
        let middle = begin + split(end - begin);
        if first <= middle {
            nodes.push(Subtree { begin: middle, end });
            end = middle;
        } else {
            nodes.push(Subtree { begin, end: middle });
            begin = middle;
        }
    }
    // The verifier has the root of the smaller tree; any lesser part it is told.
    if begin > 0 {
        nodes.push(Subtree { begin, end });
    }
    nodes.reverse();
    Some(nodes)
}

/// Where a tree of `count` leaves splits: the largest power of two below `count`.
/// Requires `count > 1`.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::Hash;
    use crate::hashes::root;

    fn leaves(count: usize) -> Vec<Hash> {
        let leaf = |i: usize| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        (0..count).map(leaf).collect()
    }

    fn resolve(nodes: Option<Vec<Subtree>>, leaves: &[Hash]) -> Vec<[u8; 32]> {
        let hash = |node: Subtree| root(&leaves[node.begin as usize..node.end as usize]);
        nodes
            .unwrap()
            .into_iter()
            .map(|node| hash(node).unwrap().0)
            .collect()
    }

    #[test]
    fn both_are_those_of_the_recursive_definition() {
        let all = leaves(130);
        for count in 1..=130usize {
            let plain: Vec<[u8; 32]> = all[..count].iter().map(|leaf| leaf.0).collect();
            for other in 0..count {
                assert_eq!(
                    resolve(inclusion(other as u64, count as u64), &all),
                    sealion_reference::inclusion_path(other, &plain),
                );
                assert_eq!(
                    resolve(consistency(other as u64 + 1, count as u64), &all),
                    sealion_reference::consistency_path(other + 1, &plain),
                );
            }
        }
    }

    /// All nodes of the tree over `node`.
    fn below(node: Subtree, all: &mut Vec<(Subtree, Subtree)>) {
        if let Some((left, right)) = node.children() {
            all.push((left, right));
            below(left, all);
            below(right, all);
        }
    }

    #[test]
    fn siblings_are_those_of_some_tree() {
        let mut pairs = Vec::new();
        (0..40).for_each(|tip| below(Subtree::up_to(tip).unwrap(), &mut pairs));
        for begin in 0..40 {
            for end in begin + 1..=40 {
                let node = Subtree { begin, end };
                let found = pairs.iter().find(|(_, right)| *right == node);
                assert_eq!(
                    node.left_sibling(),
                    found.map(|(left, _)| *left),
                    "{node:?}"
                );
                // Trees that are large enough to show it.
                if end < 32 && begin + 2 * (end - begin) <= 40 {
                    let found = pairs.iter().any(|(left, _)| *left == node);
                    assert_eq!(node.may_be_left(), found, "{node:?}");
                }
            }
        }
        let most = Subtree {
            begin: 1 << 63,
            end: u64::MAX,
        };
        assert_eq!(most.left_sibling().map(|left| left.len()), Some(1 << 63));
        assert!(!most.may_be_left());
        assert_eq!(Subtree::leaf(u64::MAX), None);
        assert_eq!(Subtree::up_to(u64::MAX), None);
    }

    #[test]
    fn there_is_none_outside_of_the_tree_and_the_largest_one_has_an_end() {
        assert_eq!(inclusion(3, 3), None);
        assert_eq!(inclusion(0, 0), None);
        assert_eq!(consistency(0, 3), None);
        assert_eq!(consistency(4, 3), None);
        assert_eq!(inclusion(u64::MAX - 1, u64::MAX).unwrap().len(), 63);
        assert_eq!(inclusion(0, u64::MAX).unwrap().len(), 64);
        assert_eq!(consistency(1, u64::MAX).unwrap().len(), 64);
    }
}
