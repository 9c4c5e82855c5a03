//! What is known of trees: which two children a node has.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::blocks::Hash;
use crate::hashes::dot;
use crate::merkle::Subtree;

/// A node: the blocks below it, and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub(super) range: Subtree,
    pub(super) hash: Hash,
}

/// The children of nodes, from all proofs of a strand.
///
/// A node's hash is made of its children's, so that a node that two digests share
/// has the same children under both: what one proof tells of them holds for either.
#[derive(Default)]
pub(super) struct Nodes(HashMap<Node, Children>);

struct Children {
    left: Hash,
    right: Hash,
    /// The file that tells.
    source: Arc<str>,
}

/// Files that a statement rests on.
pub(super) type Files = BTreeSet<Arc<str>>;

impl Nodes {
    /// Takes in the nodes above `known` ones up to `root`. False if they do not lead there.
    ///
    /// That two files tell the children of a node the same way round, the table of facts
    /// makes sure of.
    pub(super) fn add(
        &mut self,
        root: Node,
        known: &BTreeMap<Subtree, Hash>,
        source: &Arc<str>,
    ) -> bool {
        let mut made = Vec::new();
        if fold(root.range, known, &mut made) != Some(root.hash) {
            return false;
        }
        for (node, left, right) in made {
            if let Entry::Vacant(vacant) = self.0.entry(node) {
                let source = source.clone();
                vacant.insert(Children {
                    left,
                    right,
                    source,
                });
            }
        }
        true
    }

    /// The children of `node`, if a file tells; and the file.
    pub(super) fn children(&self, node: Node) -> Option<([Node; 2], &Arc<str>)> {
        let (left, right) = node.range.children()?;
        let found = self.0.get(&node)?;
        let node = |range, hash| Node { range, hash };
        Some((
            [node(left, found.left), node(right, found.right)],
            &found.source,
        ))
    }

    /// The root over `wanted`, blocks below `node`, if the nodes that it is made of are
    /// known; files that tell are added to `files`.
    ///
    /// Descends one way, and the right edge of `wanted`: at most 128 steps.
    pub(super) fn resolve(&self, node: Node, wanted: Subtree, files: &mut Files) -> Option<Hash> {
        if node.range == wanted {
            return Some(node.hash);
        }
        let ([left, right], source) = self.children(node)?;
        files.insert(source.clone());
        let middle = right.range.begin;
        if wanted.end <= middle {
            return self.resolve(left, wanted, files);
        }
        if wanted.begin >= middle {
            return self.resolve(right, wanted, files);
        }
        // Nodes of trees of one strand split at the same place.
        let (own_left, own_right) = wanted.children()?;
        if own_right.begin != middle {
            return None;
        }
        let left = self.resolve(left, own_left, files)?;
        let right = self.resolve(right, own_right, files)?;
        Some(dot(&left, &right))
    }
}

/// The root over `range`, from known nodes; the ones between are added to `made` with
/// their children. `None` if some are missing. Descends 64 levels at most, and only
/// beside known nodes.
fn fold(
    range: Subtree,
    known: &BTreeMap<Subtree, Hash>,
    made: &mut Vec<(Node, Hash, Hash)>,
) -> Option<Hash> {
    if let Some(hash) = known.get(&range) {
        return Some(*hash);
    }
    // Nothing known below it: no need to look at every leaf.
    let from = Subtree {
        begin: range.begin,
        end: 0,
    };
    let first = known.range(from..).next()?.0;
    if first.begin >= range.end {
        return None;
    }
    let (left, right) = range.children()?;
    let left = fold(left, known, made)?;
    let right = fold(right, known, made)?;
    let hash = dot(&left, &right);
    made.push((Node { range, hash }, left, right));
    Some(hash)
}
