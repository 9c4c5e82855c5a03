//! Where a message's hash is, or will be.

/// Blocks of the longest message that is shelved with others of its length.
pub(super) const SHELVES: usize = 16;

/// The shelf in the highest byte, the index below. One word, for it is copied a lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u64);

const SHELF_SHIFT: u32 = 56;
/// Not a shelf: the long messages.
const LONG: usize = SHELVES;
/// Not a shelf: a message that waits for other hashes, by its index among those that do.
const DEFERRED: usize = SHELVES + 1;

impl Place {
    #[inline(always)]
    pub(super) fn new(shelf: usize, index: usize) -> Self {
        Self((shelf as u64) << SHELF_SHIFT | index as u64)
    }

    pub(super) fn long(index: usize) -> Self {
        Self::new(LONG, index)
    }

    pub(super) fn deferred(index: usize) -> Self {
        Self::new(DEFERRED, index)
    }

    /// The index of a message that waits, if it is one.
    #[inline(always)]
    pub(super) fn as_deferred(self) -> Option<usize> {
        (self.shelf() == DEFERRED).then_some(self.index())
    }

    #[inline(always)]
    pub(super) fn shelf(self) -> usize {
        (self.0 >> SHELF_SHIFT) as usize
    }

    #[inline(always)]
    pub(super) fn index(self) -> usize {
        (self.0 & ((1 << SHELF_SHIFT) - 1)) as usize
    }
}
