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
    ///
    /// A vector kernel takes as long for one message as for all its lanes. Nanoseconds for a
    /// batch of pairs, and for a batch of messages of one block, on an EPYC of Zen 5 at 4.2 GHz:
    ///
    /// | kernel            |  1 |   2 |   4 |   8 |  12 |  16 |  32 |  48 | at its best, each |
    /// |-------------------|---:|----:|----:|----:|----:|----:|----:|----:|------------------:|
    /// | pairs: portable   | 51 | 101 | 198 | 390 | 590 |     |     |     |              50   |
    /// | SHA-NI            | 46 |  73 | 141 | 276 | 412 | 544 |     |     |              34.5 |
    /// | AVX2              |    |     |     | 534 |     |     |     |     |              66   |
    /// | AVX-512, 1 vector |    |     |     |     |     | 412 |     |     |              25.8 |
    /// | 2 vectors         |    |     |     |     |     |     | 515 |     |              16.1 |
    /// | 3 vectors         |    |     |     |     |     |     |     | 650 |              12.4 |
    /// | blocks: SHA-NI    | 24 |  36 |  70 | 135 | 203 | 268 |     |     |              16.6 |
    /// | AVX-512, 1 vector |    |     |     |     |     | 230 |     |     |              14.4 |
    /// | 2 vectors         |    |     |     |     |     |     | 345 |     |              10.8 |
    /// | 3 vectors         |    |     |     |     |     |     |     | 470 |               8.4 |
    ///
    /// Messages of more blocks scale all of it alike. The portable kernel has SHA-NI too on that
    /// machine, through sha2; where there is none it takes some 200 ns a pair, and a vector pays
    /// from three messages on.
    fn plan(self, left: usize) -> (Kernel, usize) {
        match (self, left) {
            (Kind::ShaNi, _) => (Kernel::ShaNi, left),
            (Kind::Avx512ShaNi, ..=12) => (Kernel::ShaNi, left),
            (Kind::Portable, _) | (_, ..=2) => (Kernel::Portable, left),
            (Kind::Avx2, ..=8) => (Kernel::Avx2, left),
            (Kind::Avx2, _) => (Kernel::Avx2, left - left % 8),
            (_, ..=16) => (Kernel::Avx512x1, left),
            (_, ..=32) => (Kernel::Avx512x2, left),
            (_, ..=48) => (Kernel::Avx512x3, left),
            (_, _) => (Kernel::Avx512x3, left - left % 48),
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
