//! x86-64: SHA-NI, AVX2, AVX-512.

use crate::kernel::{portable, x86_avx2, x86_avx512, x86_shani, Messages};
use crate::stream::BLOCK;
use crate::Hash;

cpufeatures::new!(has_avx2, "avx2");
cpufeatures::new!(has_shani, "sha", "sse4.1");
cpufeatures::new!(has_avx512, "avx512f", "avx512bw");

/// A kind of backend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Portable,
    Avx2,
    ShaNi,
    /// Vectors for many, the portable kernel for few.
    Avx512,
    /// Vectors for many, SHA-NI for few.
    Avx512ShaNi,
}

/// What hashes a part of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kernel {
    Portable,
    Avx2,
    ShaNi,
    /// With so many vectors at once.
    Avx512x1,
    Avx512x2,
    Avx512x3,
}

impl Kind {
    /// All kinds, the preferred ones last.
    pub(crate) const ALL: &[Kind] = &[
        Kind::Portable,
        Kind::Avx2,
        Kind::ShaNi,
        Kind::Avx512,
        Kind::Avx512ShaNi,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Portable => "portable",
            Kind::Avx2 => "avx2",
            Kind::ShaNi => "sha-ni",
            Kind::Avx512 => "avx512",
            Kind::Avx512ShaNi => "avx512+sha-ni",
        }
    }

    pub(crate) fn is_available(self) -> bool {
        match self {
            Kind::Portable => true,
            Kind::Avx2 => has_avx2::get(),
            Kind::ShaNi => has_shani::get(),
            Kind::Avx512 => has_avx512::get(),
            Kind::Avx512ShaNi => has_avx512::get() && has_shani::get(),
        }
    }

    /// How many messages are hashed side by side at most.
    pub(crate) fn lanes(self) -> usize {
        match self {
            Kind::Portable => 1,
            Kind::Avx2 => x86_avx2::LANES,
            Kind::ShaNi => x86_shani::STREAMS,
            Kind::Avx512 | Kind::Avx512ShaNi => 3 * x86_avx512::LANES,
        }
    }

    /// The kernel for the next messages of a batch, `left` of which are not hashed yet, and how
    /// many of them it takes: the whole batch policy.
    fn plan(self, left: usize) -> (Kernel, usize) {
        let few = if self == Kind::Avx512ShaNi {
            Kernel::ShaNi
        } else {
            Kernel::Portable
        };
        match (self, left) {
            (Kind::Portable, _) => (Kernel::Portable, left),
            (Kind::ShaNi, _) => (Kernel::ShaNi, left),
            (Kind::Avx2, 8..) => (Kernel::Avx2, left - left % 8),
            (Kind::Avx2, 3..) => (Kernel::Avx2, left),
            (Kind::Avx2, _) => (Kernel::Portable, left),
            (_, 48..) => (Kernel::Avx512x3, left - left % 48),
            (_, 33..) => (Kernel::Avx512x3, left),
            (_, 17..) => (Kernel::Avx512x2, left),
            (_, 10..) => (Kernel::Avx512x1, left),
            (_, _) => (few, left),
        }
    }

    pub(crate) fn compress(self, state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
        match self {
            // SAFETY: a kind hashes only if it is available, so SHA-NI and SSE4.1 are there.
            // Covered by `suite::one_message_of_every_length`.
            Kind::ShaNi | Kind::Avx512ShaNi => unsafe { x86_shani::compress(state, blocks) },
            Kind::Portable | Kind::Avx2 | Kind::Avx512 => portable::compress(state, blocks),
        }
    }

    /// Hashes the first `out.len()` messages.
    pub(crate) fn hash<M: Messages>(self, messages: &M, mut out: &mut [Hash]) {
        let mut start = 0;
        while !out.is_empty() {
            let (kernel, count) = self.plan(out.len());
            let (now, later) = out.split_at_mut(count);
            // SAFETY: a kind hashes only if it is available, and plans only kernels whose
            // instructions it needs itself to be so. Covered by `suite::many_padded_messages`.
            unsafe {
                match kernel {
                    Kernel::Portable => portable::hash(messages, start, now),
                    Kernel::Avx2 => x86_avx2::hash(messages, start, now),
                    Kernel::ShaNi => x86_shani::hash(messages, start, now),
                    Kernel::Avx512x1 => x86_avx512::hash::<1, M>(messages, start, now),
                    Kernel::Avx512x2 => x86_avx512::hash::<2, M>(messages, start, now),
                    Kernel::Avx512x3 => x86_avx512::hash::<3, M>(messages, start, now),
                }
            }
            start += count;
            out = later;
        }
    }

    /// Hashes each pair; `out` is as long as `pairs`.
    pub(crate) fn pairs(self, mut pairs: &[[Hash; 2]], mut out: &mut [Hash]) {
        while !out.is_empty() {
            let (kernel, count) = self.plan(out.len());
            let (now, later) = out.split_at_mut(count);
            let (first, rest) = pairs.split_at(count);
            // SAFETY: as in `hash`. Covered by `suite::pairs_of_every_count`.
            unsafe {
                match kernel {
                    Kernel::Portable => portable::pairs(first, now),
                    Kernel::Avx2 => x86_avx2::pairs(first, now),
                    Kernel::ShaNi => x86_shani::pairs(first, now),
                    Kernel::Avx512x1 => x86_avx512::pairs::<1>(first, now),
                    Kernel::Avx512x2 => x86_avx512::pairs::<2>(first, now),
                    Kernel::Avx512x3 => x86_avx512::pairs::<3>(first, now),
                }
            }
            (pairs, out) = (rest, later);
        }
    }
}
