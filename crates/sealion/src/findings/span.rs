//! What must be kept of a run of blocks so that later blocks and digests can be
//! tied to it: about 32·2·log2(n) bytes, whatever the number of blocks.

use super::block::CheckedBlock;
use super::outcome::RevisionCounts;
use crate::blocks::time::Time;
use crate::blocks::Hash;
use crate::merkle::{Edge, Range, Subtree};
use crate::words::blocks_do;

/// A run of blocks, folded.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Span {
    /// The leaves. Never empty.
    pub(crate) range: Range,
    /// The hash that the first block names as that of the block before it; `None`
    /// only where the run starts at block 0 and that block names none.
    pub(crate) previous: Option<Hash>,
    /// The last block's hash, recomputed.
    pub(crate) last_hash: Hash,
    /// What ties that hash to the last node; `None` in a state of version 1, which has
    /// nothing of the kind.
    pub(crate) edge: Option<Edge>,
    /// The last block's time, which no hash covers.
    pub(crate) last_time: Time,
    pub(crate) revisions: RevisionCounts,
}

/// Why one run does not continue another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Apart {
    /// Blocks between them are missing, or in both.
    Range,
    /// The first block names another hash than that of the last block before it.
    Link,
}

impl Span {
    /// The last block in it.
    pub(crate) fn last(&self) -> u64 {
        self.range.end().saturating_sub(1)
    }

    /// What it says of places in the strand's tree: its nodes, the way from the last leaf
    /// up to the last node with the siblings beside it, the leaf before the first, and the
    /// root if it starts at block 0.
    pub(crate) fn facts(&self) -> Vec<(Subtree, Hash)> {
        let (begin, end) = (self.range.begin(), self.range.end());
        let leaf = |place: u64, hash| {
            let end = place.checked_add(1)?;
            Some((Subtree { begin: place, end }, hash))
        };
        let mut facts: Vec<(Subtree, Hash)> = self.range.placed().collect();
        // The last block's hash is where it says, tied or not.
        facts.extend(leaf(self.last(), self.last_hash));
        if let Some(edge) = &self.edge {
            let siblings = edge.siblings().iter().copied();
            facts.extend(Edge::places(begin, end).into_iter().zip(siblings));
            facts.extend(edge.fold(begin, end, self.last_hash).unwrap_or_default());
        }
        let before = begin.checked_sub(1).zip(self.previous);
        facts.extend(before.and_then(|(place, hash)| leaf(place, hash)));
        facts.extend(self.range.root().map(|root| (Subtree { begin, end }, root)));
        facts.sort_unstable_by_key(|(place, _)| *place);
        facts.dedup();
        facts
    }

    /// Adds the run that follows.
    pub(crate) fn append(&mut self, next: &Span) -> Result<(), Apart> {
        if next.range.begin() != self.range.end() {
            return Err(Apart::Range);
        }
        if next.previous != Some(self.last_hash) {
            return Err(Apart::Link);
        }
        let edge = next.edge.clone().unwrap_or_default();
        let edge = Edge::append(&mut self.range, &next.range, &edge);
        let edge = edge.map_err(|_| Apart::Range)?;
        self.edge = next.edge.as_ref().map(|_| edge);
        self.last_hash = next.last_hash;
        self.last_time = next.last_time;
        self.revisions += next.revisions;
        Ok(())
    }
}

/// The run of blocks that goes into a state, as it grows; or why there is none.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Trail {
    pub(crate) span: Option<Span>,
    /// Why the blocks that went by are not one run.
    pub(crate) broken: Option<String>,
}

impl Trail {
    /// Adds the block, with its revisions as they were counted. One that lies in
    /// the run that is there from the start is part of it already.
    pub(crate) fn add(&mut self, block: &CheckedBlock, revisions: RevisionCounts) {
        let number = block.address.sequence_no;
        let within = |span: &Span| number < span.range.end();
        if self.broken.is_some() || self.span.as_ref().is_some_and(within) {
            return;
        }
        let Some(hash) = block.hash else {
            self.broken = Some(format!("block {number} has no hash"));
            return;
        };
        if block.previous.hash.is_none() && number > 0 {
            self.broken = Some(format!("block {number} names no block before it"));
            return;
        }
        let mut range = Range::starting_at(number);
        range.append(hash);
        let own = Span {
            range,
            previous: block.previous.hash,
            last_hash: hash,
            edge: Some(Edge::default()),
            last_time: block.timestamp.0,
            revisions,
        };
        let Some(span) = &mut self.span else {
            self.span = Some(own);
            return;
        };
        let end = span.range.end();
        self.broken = span.append(&own).err().map(|apart| match apart {
            Apart::Range => {
                let missing = blocks_do(end, number.saturating_sub(1), "is", "are");
                format!("{missing} missing")
            }
            Apart::Link => format!("block {number} does not follow the block before it"),
        });
    }
}
