//! What the blocks of a strand leave for the table of facts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Wanted;
use crate::blocks::claim::Id;
use crate::blocks::revision::Kind;
use crate::blocks::Hash;
use crate::findings::block::CheckedBlock;
use crate::findings::facts::{KeptNodes, Nodes};
use crate::findings::joined::has_data;
use crate::findings::revision::{RevisionRecord, Standing};
use crate::merkle::Subtree;

/// Hashes of blocks that are kept, to find one of them at another number: where there are
/// several runs of blocks, one may be a part of another under other numbers. (One run has
/// none twice, for its blocks name one another.) Half a MiB, some
/// 20 in the table, and a MiB in a checkpoint.
const LEAVES_MAX: usize = 1 << 14;

/// Revisions that are kept at least, whose data is that of documents which came by themselves.
const DOCUMENTS_MAX: usize = 1000;

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
    documents: Vec<Met>,
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
    /// Whether its hash was recomputed, and whether from data.
    pub(crate) recomputed: bool,
    pub(crate) data: bool,
    pub(crate) redacted: bool,
    /// The hash of that data, redacted or not.
    pub(crate) data_hash: Option<Hash>,
}

impl Met {
    fn of(record: &RevisionRecord, hash: Hash, block: &CheckedBlock) -> Met {
        Met {
            number: block.address.sequence_no,
            hash,
            document: record.document.clone(),
            path: block.path.clone(),
            offset: record.offset,
            recomputed: record.standing == Standing::Recomputed,
            data: has_data(record),
            redacted: record.kind == Kind::Redacted,
            data_hash: record.data,
        }
    }
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
        if wanted.revisions.is_empty() && wanted.documents.is_empty() {
            return;
        }
        for record in &block.revisions {
            let Some(hash) = record.hash else { continue };
            // Twice as many as there are hashes to look for: each, and each at another place.
            let room = self.rest.revisions.len() < 2 * wanted.revisions.len();
            if room && wanted.revisions.contains(&hash) {
                self.rest.revisions.push(Met::of(record, hash, block));
            }
            // One document may be that of many revisions.
            let room = self.rest.documents.len() < DOCUMENTS_MAX + 10 * wanted.documents.len();
            if room && record.is_of(&wanted.documents) {
                self.rest.documents.push(Met::of(record, hash, block));
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

    /// Revisions whose data somebody may have kept by itself.
    pub(crate) fn documents(&self) -> &[Met] {
        &self.rest.documents
    }

    pub(super) fn keep(&self) -> KeptSeen {
        self.rest.clone()
    }

    pub(super) fn restore(&mut self, nodes: KeptNodes, rest: KeptSeen) {
        self.nodes.restore(nodes);
        self.rest = rest;
    }
}
