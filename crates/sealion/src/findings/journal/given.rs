//! How many blocks and revisions each input gave.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blocks::time::Time;
use crate::findings::block::CheckedBlock;

/// What an input gave.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Given {
    pub(crate) blocks: u64,
    pub(crate) revisions: u64,
    /// The last block's sequence number.
    pub(crate) last: Option<u64>,
    /// The earliest and the latest of their timestamps.
    pub(crate) times: Option<(Time, Time)>,
}

impl Given {
    /// One more block.
    pub(super) fn add(&mut self, block: &CheckedBlock) {
        let time = block.timestamp.0;
        let (first, last) = self.times.unwrap_or((time, time));
        self.blocks += 1;
        self.revisions += block.revisions.len() as u64;
        self.last = Some(block.address.sequence_no);
        self.times = Some((first.min(time), last.max(time)));
    }
}

/// What each input gave. Blocks come in runs of one input, so the one at hand is kept apart.
#[derive(Clone, Default)]
pub(crate) struct ByPath {
    pub(super) others: BTreeMap<Arc<str>, Given>,
    pub(super) last: Option<(Arc<str>, Given)>,
}

impl From<Vec<(Arc<str>, Given)>> for ByPath {
    fn from(all: Vec<(Arc<str>, Given)>) -> ByPath {
        ByPath {
            others: all.into_iter().collect(),
            last: None,
        }
    }
}

impl ByPath {
    pub(super) fn of(&mut self, path: &Arc<str>) -> &mut Given {
        let own = self.last.take_if(|(own, _)| !Arc::ptr_eq(own, path));
        self.others.extend(own);
        let others = &mut self.others;
        let last = || (path.clone(), others.remove(path).unwrap_or_default());
        &mut self.last.get_or_insert_with(last).1
    }

    pub(crate) fn into_all(mut self) -> BTreeMap<Arc<str>, Given> {
        self.others.extend(self.last);
        self.others
    }
}
