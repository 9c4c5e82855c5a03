//! AArch64: the SHA-2 instructions of ARMv8.

use crate::kernel::{aarch64_sha2, portable, Messages};
use crate::stream::BLOCK;
use crate::Hash;

cpufeatures::new!(has_sha2, "sha2");

/// A kind of backend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Portable,
    Sha2,
}

impl Kind {
    /// All kinds, the preferred ones last.
    pub(crate) const ALL: &[Kind] = &[Kind::Portable, Kind::Sha2];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Portable => "portable",
            Kind::Sha2 => "sha2",
        }
    }

    pub(crate) fn is_available(self) -> bool {
        match self {
            Kind::Portable => true,
            Kind::Sha2 => cfg!(target_feature = "neon") && has_sha2::get(),
        }
    }

    /// How many messages are hashed side by side at most.
    pub(crate) fn lanes(self) -> usize {
        match self {
            Kind::Portable => 1,
            Kind::Sha2 => aarch64_sha2::STREAMS,
        }
    }

    pub(crate) fn compress(self, state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
        match self {
            Kind::Portable => portable::compress(state, blocks),
            // SAFETY: a kind hashes only if it is available, so the instructions are there.
            // Covered by `suite::one_message_of_every_length`.
            Kind::Sha2 => unsafe { aarch64_sha2::compress(state, blocks) },
        }
    }

    /// Hashes the first `out.len()` messages.
    pub(crate) fn hash<M: Messages>(self, messages: &M, out: &mut [Hash]) {
        match self {
            Kind::Portable => portable::hash(messages, 0, out),
            // SAFETY: as in `compress`. Covered by `suite::many_padded_messages`.
            Kind::Sha2 => unsafe { aarch64_sha2::hash(messages, 0, out) },
        }
    }

    /// Hashes each pair; `out` is as long as `pairs`.
    pub(crate) fn pairs(self, pairs: &[[Hash; 2]], out: &mut [Hash]) {
        match self {
            Kind::Portable => portable::pairs(pairs, out),
            // SAFETY: as in `compress`. Covered by `suite::pairs_of_every_count`.
            Kind::Sha2 => unsafe { aarch64_sha2::pairs(pairs, out) },
        }
    }
}
