//! A tree whose nodes are kept: roots and proofs at any tip.

use std::io;

use super::{consistency, inclusion, Subtree};
use crate::blocks::{Hash, Proof};

/// The kept nodes of a tree over leaves 0 to [`leaves`](Tree::leaves): those of its
/// perfect subtrees. Every root and every proof up to any tip follows, each from
/// at most 64 · 64 nodes, in practice some thirty.
pub trait Tree {
    /// The number of leaves.
    fn leaves(&self) -> u64;

    /// The perfect subtree over leaves `index << level .. (index + 1) << level`;
    /// `None` if it is not kept: a subtree that lies below a compact range is not.
    ///
    /// # Errors
    /// What the system said, where nodes are kept in a file.
    fn node(&self, level: u32, index: u64) -> io::Result<Option<Hash>>;

    /// The hash of any node that a tree over these leaves, or fewer, has. `None` for
    /// what is no node, and for nodes that are not kept.
    ///
    /// # Errors
    /// As [`Tree::node`].
    fn subtree(&self, node: Subtree) -> io::Result<Option<Hash>> {
        if node.begin >= node.end || node.end > self.leaves() {
            return Ok(None);
        }
        // Perfect subtrees, from the right: one for each binary digit of the count.
        let mut folded: Option<Hash> = None;
        let mut end = node.end;
        while end > node.begin {
            let level = (end - node.begin).trailing_zeros();
            let begin = end - (1 << level);
            if begin >> level << level != begin {
                return Ok(None);
            }
            let Some(left) = self.node(level, begin >> level)? else {
                return Ok(None);
            };
            folded = Some(match folded {
                None => left,
                Some(right) => sealion_hash::dot(&left, &right),
            });
            end = begin;
        }
        Ok(folded)
    }

    /// The root over the first `count` leaves: the digest at tip `count - 1`.
    ///
    /// # Errors
    /// As [`Tree::node`].
    fn root(&self, count: u64) -> io::Result<Option<Hash>> {
        self.subtree(Subtree {
            begin: 0,
            end: count,
        })
    }

    /// The proof of leaf `index` in the tree of the first `count` leaves: as many
    /// hashes as [`siblings`](super::siblings) says. `None` if it lies outside of
    /// the tree, or before what is kept of it.
    ///
    /// # Errors
    /// As [`Tree::node`].
    fn inclusion_proof(&self, index: u64, count: u64) -> io::Result<Option<Proof>> {
        match inclusion(index, count) {
            Some(nodes) if count <= self.leaves() => self.hashes(&nodes),
            _ => Ok(None),
        }
    }

    /// The proof that the first `first` leaves are the head of the first `second`
    /// (RFC 6962, section 2.1.2). `None` unless `0 < first <= second <= leaves`, and
    /// where a node is not kept.
    ///
    /// # Errors
    /// As [`Tree::node`].
    fn consistency_proof(&self, first: u64, second: u64) -> io::Result<Option<Proof>> {
        match consistency(first, second) {
            Some(nodes) if second <= self.leaves() => self.hashes(&nodes),
            _ => Ok(None),
        }
    }

    /// The hashes of several nodes; `None` if one is not kept.
    ///
    /// # Errors
    /// As [`Tree::node`].
    fn hashes(&self, nodes: &[Subtree]) -> io::Result<Option<Proof>> {
        let mut hashes = Vec::with_capacity(nodes.len());
        for node in nodes {
            match self.subtree(*node)? {
                Some(hash) => hashes.push(hash),
                None => return Ok(None),
            }
        }
        Ok(Some(Proof(hashes)))
    }
}
