//! A run of blocks without a gap, and what its last block leaves for the next one.

use crate::blocks::Hash;
use crate::findings::block::CheckedBlock;
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
            last_hash: None,
            last_recorded: None,
            chained_from: first,
            rests_to: None,
        }
    }

    /// Adds the last block's leaf; gives all leaves, if they are known.
    pub(super) fn grow(&mut self, block: &CheckedBlock) -> Option<&mut Leaves> {
        self.last_hash = block.hash;
        self.last_recorded = block.fingerprint.block_hash;
        match (block.hash, &mut self.leaves) {
            (Some(hash), Some(leaves)) => leaves.append(hash),
            (None, leaves) => *leaves = None,
            (Some(_), None) => {}
        }
        self.leaves.as_mut()
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
