//! Where a message's hash is, or will be.

/// Blocks of the longest message that is shelved with others of its length.
pub(super) const SHELVES: usize = 16;

/// The shelf in the highest byte, the index below. One word, for it is copied a lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u64);

const SHELF_SHIFT: u32 = 56;
/// Behind the shelves: the long messages.
pub(super) const LONG: usize = SHELVES;
/// Behind the shelves: messages that wait for other hashes, by their index among those that do.
pub(super) const DEFERRED: usize = SHELVES + 1;
/// All of these together.
pub(super) const KINDS: usize = SHELVES + 2;

impl Place {
    #[inline(always)]
    pub(super) fn new(shelf: usize, index: usize) -> Self {
        Self((shelf as u64) << SHELF_SHIFT | index as u64)
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
