//! Checked blocks that were taken in, kept for their memory.
//!
//! Some thread asks the system for a block's memory and another one gives it back, which
//! takes longer than most of the checks. So blocks go round: from whoever checks them to
//! whoever puts the journal together, and back.

use std::sync::{Mutex, PoisonError};

use super::block::CheckedBlock;
use super::revision::RevisionRecord;
use crate::blocks::Hash;

/// A block on its way from thread to thread.
pub(crate) type Boxed = Box<CheckedBlock>;

/// Blocks of which nothing is wanted but their memory: at most [`KEPT_MAX`], none with
/// lists of more than [`LENGTH_MAX`].
#[derive(Default)]
pub(crate) struct Used(Mutex<Vec<Boxed>>);

/// Some more than are under way between the threads of a small machine: about a MiB.
const KEPT_MAX: usize = 1024;
const LENGTH_MAX: usize = 256;

impl Used {
    /// Keeps the memory of blocks that were taken in.
    pub(crate) fn give(&self, blocks: &mut Vec<Boxed>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = KEPT_MAX.saturating_sub(kept.len());
        kept.extend(blocks.drain(..).filter(|block| block.is_small()).take(room));
    }

    /// Moves the memory of up to `count` blocks to the end of `blocks`.
    pub(crate) fn take(&self, count: usize, blocks: &mut Vec<Boxed>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = kept.len().saturating_sub(count);
        blocks.extend(kept.drain(rest..));
    }
}

/// The lists that every block has, empty.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) revisions: Vec<RevisionRecord>,
    pub(super) hashes: Vec<Option<Hash>>,
}

impl CheckedBlock {
    fn is_small(&self) -> bool {
        self.revisions.capacity().max(self.fingerprint.capacity()) <= LENGTH_MAX
    }

    /// Its lists, without what is in them.
    pub(super) fn take_lists(&mut self) -> Lists {
        let mut lists = Lists {
            revisions: std::mem::take(&mut self.revisions),
            hashes: self.fingerprint.take_hashes(),
        };
        lists.revisions.clear();
        lists.hashes.clear();
        lists
    }
}
