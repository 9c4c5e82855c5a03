//! What the blocks of a strand leave for the table of facts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Wanted;
use crate::blocks::claim::Id;
use crate::blocks::Hash;
use crate::findings::block::CheckedBlock;
use crate::findings::facts::{KeptNodes, Nodes};
use crate::merkle::Subtree;

/// Hashes of blocks that are kept, to find one of them at another number: where there are
/// several runs of blocks, one may be a part of another under other numbers. (One run has
/// none twice, for its blocks name one another.) Half a MiB, some
/// 20 in the table, and a MiB in a checkpoint.
const LEAVES_MAX: usize = 1 << 14;

/// What is kept of blocks that went by.
#[derive(Default)]
pub(crate) struct Seen {
    /// Nodes of the tree that something at hand speaks of.
    pub(crate) nodes: Nodes,
    rest: KeptSeen,
}

/// What a checkpoint keeps of it beside the nodes.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptSeen {
    singles: Vec<Single>,
    leaves: Vec<(u64, Hash)>,
    cut: bool,
    revisions: Vec<Met>,
}

/// A block that came by itself, that has a proof, or that begins a run.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Single {
    pub(crate) number: u64,
    pub(crate) hash: Option<Hash>,
    /// What it names as the block before it, if that block is not here.
    pub(crate) previous: Option<Hash>,
    pub(crate) path: Arc<str>,
    pub(crate) offset: u64,
}

/// A revision in a block whose hash a revision or a receipt beside the blocks has as well.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Met {
    pub(crate) number: u64,
    pub(crate) hash: Hash,
    pub(crate) document: Option<(Id, Option<u64>)>,
    pub(crate) path: Arc<str>,
    pub(crate) offset: u64,
}

impl Seen {
    pub(super) fn new(wanted: &Wanted) -> Seen {
        Seen {
            nodes: Nodes::new(&wanted.facts),
            rest: KeptSeen::default(),
        }
    }

    /// Takes in a block; `begins`: it is the first of a run.
    pub(super) fn block(&mut self, block: &CheckedBlock, begins: bool, wanted: &Wanted) {
        let number = block.address.sequence_no;
        if begins || block.alone || wanted.proven.contains(&block.address) {
            self.rest.singles.push(Single {
                number,
                hash: block.hash,
                previous: block.previous.hash.filter(|_| begins),
                path: block.path.clone(),
                offset: block.offset,
            });
        }
        if let Some(hash) = block.hash {
            match self.rest.leaves.len() < LEAVES_MAX {
                true => self.rest.leaves.push((number, hash)),
                false => self.rest.cut = true,
            }
        }
        if wanted.revisions.is_empty() {
            return;
        }
        for record in &block.revisions {
            // Twice as many as there are hashes to look for: each, and each at another place.
            let room = self.rest.revisions.len() < 2 * wanted.revisions.len();
            if let Some(hash) = record.hash.filter(|hash| wanted.revisions.contains(hash)) {
                if room {
                    self.rest.revisions.push(Met {
                        number,
                        hash,
                        document: record.document.clone(),
                        path: block.path.clone(),
                        offset: record.offset,
                    });
                }
            }
        }
    }

    /// Keeps the nodes that only the tree up to a tip has.
    pub(super) fn edge(&mut self, edge: Vec<(Subtree, Hash)>) {
        let keep = |(place, hash)| self.nodes.keep(place, hash);
        edge.into_iter().for_each(keep);
    }

    pub(crate) fn singles(&self) -> &[Single] {
        &self.rest.singles
    }

    /// Whether block 0 names a block before it, which the first of a journal may or may not.
    pub(crate) fn genesis_has_previous(&self) -> bool {
        let genesis = |single: &Single| single.number == 0 && single.previous.is_some();
        self.rest.singles.iter().any(genesis)
    }

    /// Hashes of blocks, by number.
    pub(crate) fn leaves(&self) -> &[(u64, Hash)] {
        &self.rest.leaves
    }

    /// Whether there were more blocks than [`leaves`](Self::leaves) has.
    pub(crate) fn cut(&self) -> bool {
        self.rest.cut
    }

    pub(crate) fn revisions(&self) -> &[Met] {
        &self.rest.revisions
    }

    pub(super) fn keep(&self) -> KeptSeen {
        self.rest.clone()
    }

    pub(super) fn restore(&mut self, nodes: KeptNodes, rest: KeptSeen) {
        self.nodes.restore(nodes);
        self.rest = rest;
    }
}
