//! A run of blocks without a gap, and what its last block leaves for the next one.

use crate::blocks::Hash;
use crate::findings::block::CheckedBlock;
use crate::findings::facts::Nodes;
use crate::findings::leaves::Leaves;
use crate::findings::outcome::State;

/// A run of blocks without a gap.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Segment {
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// Runs of blocks within it that are not plainly consistent.
    pub(crate) exceptions: Vec<(u64, u64, State)>,
    /// Whether some block came from a journal (export or stream), not alone.
    pub(crate) journal: bool,
    /// All leaves, if the segment starts at block 0 and each could be computed.
    pub(super) leaves: Option<Leaves>,
    /// The leaves since the last block without a hash, where something is asked of their
    /// tree and `leaves` does not tell it.
    pub(super) part: Option<Leaves>,
    /// The last block's hash: as recomputed, and as recorded.
    pub(super) last_hash: Option<Hash>,
    pub(super) last_recorded: Option<Hash>,
    /// The first block from which the chain holds up to `last`.
    pub(super) chained_from: u64,
    /// Where the state ends whose nodes `range` starts with, if one helped.
    pub(super) rests_to: Option<u64>,
}

impl Segment {
    pub(super) fn starting_with(block: &CheckedBlock, plain: bool) -> Segment {
        let first = block.address.sequence_no;
        Segment {
            first,
            last: first,
            exceptions: Vec::new(),
            journal: !block.alone,
            leaves: (first == 0).then(|| Leaves::new(plain)),
            part: None,
            last_hash: None,
            last_recorded: None,
            chained_from: first,
            rests_to: None,
        }
    }

    /// Adds the last block's leaf. Nodes of the run that are asked for go to `nodes`.
    pub(super) fn grow(&mut self, block: &CheckedBlock, plain: bool, nodes: &mut Nodes) {
        self.last_hash = block.hash;
        self.last_recorded = block.fingerprint.block_hash;
        let Some(hash) = block.hash else {
            self.finish(nodes);
            (self.leaves, self.part) = (None, None);
            return;
        };
        let own = self.has_own_leaves();
        if !own && nodes.asked() {
            let number = block.address.sequence_no;
            if self.part.is_none() {
                nodes.begin(number);
            }
            let begin = || Leaves::starting_at(number, plain);
            let part = self.part.get_or_insert_with(begin);
            part.append(hash, Some(nodes));
        }
        if let Some(leaves) = &mut self.leaves {
            leaves.append(hash, own.then_some(nodes));
        }
    }

    /// Whether `leaves` are those of blocks here: on top of a state, they have nodes of
    /// others.
    fn has_own_leaves(&self) -> bool {
        self.leaves.is_some() && self.rests_to.is_none()
    }

    /// The root over all leaves so far, for one who asks for it after every leaf.
    pub(super) fn root_of_each(&mut self, nodes: &mut Nodes) -> Option<Hash> {
        let own = self.has_own_leaves();
        let leaves = self.leaves.as_mut()?;
        leaves.root_of_each(own.then_some(nodes))
    }

    /// The root over all leaves so far, if they are known.
    pub(super) fn root(&self) -> Option<Hash> {
        self.leaves.as_ref()?.root()
    }

    /// The leaves of blocks that are here.
    pub(super) fn own_leaves(&self) -> Option<&Leaves> {
        let whole = self.leaves.as_ref().filter(|_| self.has_own_leaves());
        whole.or(self.part.as_ref())
    }

    /// Gives the nodes of the run that are asked for and were not given yet.
    pub(super) fn finish(&mut self, nodes: &mut Nodes) {
        let leaves = match self.has_own_leaves() {
            true => self.leaves.as_mut(),
            false => self.part.as_mut(),
        };
        if let Some(leaves) = leaves {
            leaves.finish(Some(nodes));
        }
    }

    /// The last block's hash, recomputed.
    pub(crate) fn end_hash(&self) -> Option<Hash> {
        self.last_hash
    }

    /// Notes that one block is not plainly consistent. Runs beyond a bound melt
    /// into the last one, in its graver state: never better than it is.
    pub(super) fn except(&mut self, sequence_no: u64, state: State) {
        const RUNS_MAX: usize = 100_000;
        let full = self.exceptions.len() >= RUNS_MAX;
        match self.exceptions.last_mut() {
            Some((_, last, own)) if full => {
                *last = sequence_no;
                *own = (*own).max(state);
            }
            Some((_, last, own)) if *own == state && *last + 1 == sequence_no => {
                *last = sequence_no;
            }
            _ => self.exceptions.push((sequence_no, sequence_no, state)),
        }
    }
}
