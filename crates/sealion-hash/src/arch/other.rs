//! Processors without a kernel of their own, and builds with `--cfg sealion_portable`.

use crate::kernel::{portable, Messages};
use crate::stream::BLOCK;
use crate::Hash;

/// A kind of backend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Portable,
}

impl Kind {
    /// All kinds, the preferred ones last.
    pub(crate) const ALL: &[Kind] = &[Kind::Portable];

    pub(crate) fn name(self) -> &'static str {
        "portable"
    }

    pub(crate) fn is_available(self) -> bool {
        true
    }

    /// How many messages are hashed side by side.
    pub(crate) fn lanes(self) -> usize {
        1
    }

    pub(crate) fn compress(self, state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
        portable::compress(state, blocks);
    }

    pub(crate) fn hash<M: Messages>(self, messages: &M, out: &mut [Hash]) {
        portable::hash(messages, 0, out);
    }

    pub(crate) fn pairs(self, pairs: &[[Hash; 2]], out: &mut [Hash]) {
        portable::pairs(pairs, out);
    }
}
