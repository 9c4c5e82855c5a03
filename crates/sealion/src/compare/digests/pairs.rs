//! What the known nodes say of two digests.

use std::sync::Arc;

use super::heap::Strand;
use super::tree::{Files, Node, Nodes};
use super::{Clash, ComparedDigest, Pair, Side, Statement};
use crate::merkle::Subtree;

/// Every two digests of a strand.
pub(super) fn compare(strand: &Strand) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (newer, new) in strand.digests.iter().enumerate() {
        for (older, old) in strand.digests[..newer].iter().enumerate() {
            let statement = state(&strand.nodes, old, new);
            pairs.push(Pair {
                older,
                newer,
                statement,
            });
        }
    }
    pairs.sort_by_key(|pair| (pair.older, pair.newer));
    pairs
}

fn root(digest: &ComparedDigest) -> Node {
    Node {
        range: Subtree {
            begin: 0,
            end: digest.sequence_no.saturating_add(1),
        },
        hash: digest.digest,
    }
}

fn state(nodes: &Nodes, older: &ComparedDigest, newer: &ComparedDigest) -> Statement {
    let (old, new) = (root(older), root(newer));
    if old.hash == new.hash {
        // They are different digests: of different tips.
        let side = |digest: &ComparedDigest| Side {
            hash: digest.digest,
            files: digest.sources.clone(),
        };
        return Statement::Contradiction(Box::new(Clash {
            first: 0,
            last: newer.sequence_no,
            older: side(older),
            newer: side(newer),
        }));
    }
    let mut walk = Walk {
        nodes,
        newer,
        whole: old.range,
        alike: Vec::new(),
        files: Files::new(),
    };
    if let Some(clash) = walk.walk(old, &older.sources) {
        return Statement::Contradiction(Box::new(clash));
    }
    let Walk {
        mut alike, files, ..
    } = walk;
    let files = files.into_iter().collect();
    if alike == [old.range] {
        return Statement::Consistent { files };
    }
    let mut runs: Vec<[u64; 2]> = Vec::new();
    alike.sort_unstable();
    for node in alike {
        match runs.last_mut() {
            Some([_, last]) if last.checked_add(1) == Some(node.begin) => *last = node.end - 1,
            _ => runs.push([node.begin, node.end - 1]),
        }
    }
    Statement::NoStatement {
        alike: runs,
        files,
        settle: settle(older.sequence_no, newer.sequence_no),
    }
}

fn settle(older: u64, newer: u64) -> String {
    format!(
        "a proof of block {older} for the digest at tip {newer} (what get-block or get-revision answered, or a receipt), or a consistency proof from tip {older} to {newer}"
    )
}

/// A walk down the older digest's tree, as far as it is known, to nodes that the newer
/// digest's tree is known to have over the same blocks.
struct Walk<'a> {
    nodes: &'a Nodes,
    newer: &'a ComparedDigest,
    /// The older digest's blocks.
    whole: Subtree,
    /// Nodes that both have.
    alike: Vec<Subtree>,
    files: Files,
}

impl Walk<'_> {
    /// The lowest clash at or below `node`, the first from the left. `from`: the files
    /// that give this node.
    fn walk(&mut self, node: Node, from: &[Arc<str>]) -> Option<Clash> {
        let mut files = Files::new();
        let found = self.nodes.resolve(root(self.newer), node.range, &mut files);
        if found == Some(node.hash) {
            self.alike.push(node.range);
            self.files.extend(files);
            if node.range != self.whole {
                self.files.extend(from.iter().cloned());
            }
            return None;
        }
        let below = self.nodes.children(node).and_then(|(children, source)| {
            let from = [source.clone()];
            children
                .into_iter()
                .find_map(|child| self.walk(child, &from))
        });
        let here = found.map(|hash| Clash {
            first: node.range.begin,
            last: node.range.end - 1,
            older: Side {
                hash: node.hash,
                files: from.to_vec(),
            },
            newer: Side {
                hash,
                files: match files.is_empty() {
                    true => self.newer.sources.clone(),
                    false => files.into_iter().collect(),
                },
            },
        });
        below.or(here)
    }
}
