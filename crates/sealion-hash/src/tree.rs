//! The root of QLDB's Merkle tree, level by level and in place.
//!
//! Source: the Amazon QLDB Developer Guide's verification samples: neighbours are paired from the
//! left with `dot`, a last one without neighbour moves up unchanged, until one is left. That is
//! the shape of RFC 6962's tree, without its prefixes, and a single leaf is its own root.

use crate::{Backend, Hash};

/// Pairs are hashed into a buffer of this many hashes (4608 bytes), because the parents take the
/// place of their children. A multiple of every backend's lanes.
const BUFFER: usize = 144;

/// Replaces `nodes` by the level above it: its length is returned, what follows means nothing.
pub(crate) fn fold_level(backend: Backend, nodes: &mut [Hash]) -> usize {
    let pairs = nodes.len() / 2;
    let mut buffer = [Hash::ZERO; BUFFER];
    for first in (0..pairs).step_by(BUFFER) {
        let parents = &mut buffer[..BUFFER.min(pairs - first)];
        let (children, _) = nodes[2 * first..2 * (first + parents.len())].as_chunks::<2>();
        backend.dot_many(children, parents);
        nodes[first..first + parents.len()].copy_from_slice(parents);
    }
    if nodes.len() % 2 == 1 {
        nodes[pairs] = nodes[nodes.len() - 1];
    }
    nodes.len().div_ceil(2)
}

/// The root over `nodes`, which are overwritten.
pub(crate) fn root(backend: Backend, mut nodes: &mut [Hash]) -> Option<Hash> {
    while nodes.len() > 1 {
        let length = fold_level(backend, nodes);
        nodes = &mut nodes[..length];
    }
    nodes.first().copied()
}
