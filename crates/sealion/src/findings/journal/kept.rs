//! The fold in the middle of a run, as a checkpoint keeps it: everything that the
//! blocks which went by left in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::seen::KeptSeen;
use super::unexplained::Unexplained;
use super::{ByPath, Given, Item, Journal, ProvenBlock, Segment, StrandFold};
use crate::blocks::time::Time;
use crate::blocks::{BlockAddress, Hash, StrandId};
use crate::findings::documents::KeptDocuments;
use crate::findings::facts::KeptNodes;
use crate::findings::loose::Placed;
use crate::findings::outcome::RevisionCounts;
use crate::findings::span::Trail;
use crate::findings::Findings;
use crate::hashes::DELETION_RULES;

/// The fold over all strands after the block at `after`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptJournal {
    pub(crate) after: BlockAddress,
    findings: Findings,
    strands: Vec<KeptStrand>,
    by_path: Vec<(Arc<str>, Given)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptStrand {
    strand_id: StrandId,
    segments: Vec<Segment>,
    blocks: u64,
    repeated: u64,
    revisions: RevisionCounts,
    roots: Vec<(u64, Hash)>,
    found: Vec<(Hash, u64)>,
    proven: Vec<(u64, ProvenBlock)>,
    nodes: KeptNodes,
    seen: KeptSeen,
    /// Of revisions that came by themselves, in their order: whether their block
    /// holds them, and the hashes of their proof within it.
    placed: Vec<(bool, Option<usize>)>,
    internal_entries: (u64, u64),
    unexplained: Unexplained,
    open_statements: u64,
    unseen: u64,
    filled: BTreeSet<Hash>,
    unknown_fields: BTreeSet<String>,
    genesis_previous: Option<usize>,
    deletions: BTreeMap<String, u64>,
    trail: Option<Trail>,
    documents: Option<KeptDocuments>,
    last_time: Option<Time>,
}

impl KeptJournal {
    /// How many blocks it stands for.
    pub(crate) fn blocks(&self) -> u64 {
        self.strands.iter().map(|strand| strand.blocks).sum()
    }
}

impl Journal<'_> {
    /// What the blocks up to `after` left.
    pub(crate) fn keep(&self, after: &BlockAddress) -> KeptJournal {
        let strands = self.strands.iter();
        KeptJournal {
            after: after.clone(),
            findings: self.findings.clone(),
            strands: strands.map(|(id, strand)| strand.keep(id)).collect(),
            by_path: self.by_path.clone().into_all().into_iter().collect(),
        }
    }

    /// Goes on where `kept` was made. Blocks up to there that come again are not
    /// looked at.
    ///
    /// Gives false, and is as it was, if `kept` is not what [`Journal::keep`] makes.
    pub(crate) fn restore(&mut self, kept: KeptJournal) -> bool {
        let restored = kept.strands.into_iter().map(|kept| {
            let strand_id = kept.strand_id.clone();
            let mut fold = StrandFold::new(&strand_id, self.limits, self.wanted, self.plain);
            fold.restore(kept).map(|()| (strand_id, fold))
        });
        let Some(strands) = restored.collect() else {
            return false;
        };
        self.strands = strands;
        *self.findings = kept.findings;
        self.by_path = ByPath::from(kept.by_path);
        self.resumed_after = Some(kept.after);
        true
    }

    /// Things at an address that went by before the checkpoint. Revisions that came
    /// by themselves are needed for their proofs.
    pub(super) fn retake(&mut self, address: &BlockAddress, items: &mut Vec<Item>) {
        let Some(strand) = self.strands.get_mut(&address.strand_id) else {
            return items.clear();
        };
        for item in items.drain(..) {
            let Item::Loose(mut loose) = item else {
                continue;
            };
            loose.settle_types(None, self.findings);
            // Their number cannot differ, for the inputs are the same; if it does,
            // they stand beside their block unplaced, which never helps them.
            let (in_block, hashes_in_block) = strand.waiting.pop_front().unwrap_or_default();
            strand.placed.push(Placed {
                told: false,
                loose: *loose,
                in_block,
                hashes_in_block,
            });
        }
    }
}

impl StrandFold {
    fn keep(&self, strand_id: &StrandId) -> KeptStrand {
        // Segments are written without the leaves that still wait to be folded.
        let mut nodes = self.seen.nodes.clone();
        if let Some(segment) = self.segments.last() {
            segment.clone().finish(&mut nodes);
        }
        let placed = self.placed.iter();
        let deletions = self.deletions.iter();
        KeptStrand {
            strand_id: strand_id.clone(),
            segments: self.segments.clone(),
            blocks: self.blocks,
            repeated: self.repeated,
            revisions: self.revisions,
            roots: self.roots.iter().map(|(tip, root)| (*tip, *root)).collect(),
            found: self.found.clone(),
            proven: self
                .proven
                .iter()
                .map(|(number, met)| (*number, met.clone()))
                .collect(),
            nodes: nodes.into_kept(),
            seen: self.seen.keep(),
            placed: placed
                .map(|placed| (placed.in_block, placed.hashes_in_block))
                .collect(),
            internal_entries: self.internal_entries,
            unexplained: self.unexplained.clone(),
            open_statements: self.open_statements,
            unseen: self.unseen,
            filled: self.filled.clone(),
            unknown_fields: self.unknown_fields.clone(),
            genesis_previous: self.genesis_previous,
            deletions: deletions
                .map(|(rule, count)| ((*rule).to_owned(), *count))
                .collect(),
            trail: self.trail.clone(),
            documents: self.documents.as_ref().map(|documents| documents.keep()),
            last_time: self.last_time,
        }
    }

    fn restore(&mut self, kept: KeptStrand) -> Option<()> {
        let rules = DELETION_RULES.map(|(rule, _)| rule);
        let rule = |name: &str| rules.into_iter().find(|rule| *rule == name);
        for (name, count) in &kept.deletions {
            self.deletions.insert(rule(name)?, *count);
        }
        self.segments = kept.segments;
        for segment in &mut self.segments {
            for leaves in [&mut segment.leaves, &mut segment.part] {
                *leaves = leaves.take().map(|leaves| leaves.go_on(self.plain));
            }
        }
        self.blocks = kept.blocks;
        self.repeated = kept.repeated;
        self.revisions = kept.revisions;
        self.roots = kept.roots.into_iter().collect();
        self.found = kept.found;
        self.proven = kept.proven.into_iter().collect();
        self.seen.restore(kept.nodes, kept.seen);
        self.waiting = kept.placed.into();
        self.internal_entries = kept.internal_entries;
        self.unexplained = kept.unexplained;
        self.open_statements = kept.open_statements;
        self.unseen = kept.unseen;
        self.filled = kept.filled;
        self.unknown_fields = kept.unknown_fields;
        self.genesis_previous = kept.genesis_previous;
        self.trail = kept.trail;
        self.documents = Some(kept.documents?.restore()?);
        self.last_time = kept.last_time;
        Some(())
    }
}
