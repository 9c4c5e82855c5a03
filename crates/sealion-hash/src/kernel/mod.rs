//! The kernels: one file each, all with the same two functions, `hash` and `pairs`.

use crate::stream::BLOCK;

pub(crate) mod portable;

/// Padded messages of equal length, as a kernel reads them.
pub(crate) trait Messages {
    /// The number of blocks of every message.
    fn blocks_each(&self) -> usize;

    /// Block `block` of message `index`.
    fn block(&self, index: usize, block: usize) -> &[u8; BLOCK];
}
