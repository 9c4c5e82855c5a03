//! Which kernel hashes: a value that can only be had where the processor has what it needs.

use core::sync::atomic::{AtomicU8, Ordering};

use crate::arch::Kind;
use crate::batch::{self, Arena, Placed};
use crate::stream::{hash_of_state, last_blocks, BLOCK, INITIAL};
use crate::Hash;

/// A way to hash on this processor. All backends give the same hashes; they differ in speed.
///
/// The free functions of this crate use [`Backend::best`]. A `Backend` exists only where the
/// processor has the instructions it is made of, so its methods are safe to call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Backend(Kind);

impl Backend {
    /// The backend that is fastest on this processor, found once and kept.
    ///
    /// With the feature `std`, the environment variable `SEALION_BACKEND` can name another one
    /// (as [`Backend::name`] gives it); it is read once, at the first call, and does nothing if
    /// it names none that is available here.
    pub fn best() -> Backend {
        /// One more than the index in `Kind::ALL`; zero before the first call.
        static BEST: AtomicU8 = AtomicU8::new(0);
        let known = BEST.load(Ordering::Relaxed);
        if let Some(kind) = usize::from(known)
            .checked_sub(1)
            .and_then(|index| Kind::ALL.get(index))
        {
            return Backend(*kind);
        }
        // Two threads may both come here: they find the same.
        let index = Backend::find_best();
        BEST.store(index as u8 + 1, Ordering::Relaxed);
        Backend(Kind::ALL[index])
    }

    /// The index in `Kind::ALL` of the backend to prefer.
    fn find_best() -> usize {
        #[cfg(feature = "std")]
        if let Ok(name) = std::env::var("SEALION_BACKEND") {
            let named = |kind: &Kind| kind.name() == name && kind.is_available();
            if let Some(index) = Kind::ALL.iter().position(named) {
                return index;
            }
        }
        Kind::ALL
            .iter()
            .rposition(|kind| kind.is_available())
            .unwrap_or(0)
    }

    /// Every backend that this processor can run; `portable` first, always there.
    pub fn available() -> impl Iterator<Item = Backend> {
        Kind::ALL
            .iter()
            .filter(|kind| kind.is_available())
            .map(|kind| Backend(*kind))
    }

    /// The available backend with this name.
    pub fn by_name(name: &str) -> Option<Backend> {
        Backend::available().find(|backend| backend.name() == name)
    }

    /// The name of this backend: `portable`, and on x86-64 `avx2`, `sha-ni`, `avx512` or
    /// `avx512+sha-ni`, on AArch64 `sha2`.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// How many messages this backend hashes side by side at most: batches of a multiple of it
    /// are the fastest.
    pub fn lanes(&self) -> usize {
        self.0.lanes()
    }

    /// As [`sha256`](crate::sha256).
    pub fn sha256(&self, message: &[u8]) -> Hash {
        let (blocks, rest) = message.as_chunks::<BLOCK>();
        let (last, count) = last_blocks(rest, message.len() as u64);
        let mut state = INITIAL;
        self.compress(&mut state, blocks);
        self.compress(&mut state, &last[..count]);
        hash_of_state(&state)
    }

    /// As [`dot`](crate::dot).
    pub fn dot(&self, a: &Hash, b: &Hash) -> Hash {
        let mut out = [Hash::ZERO];
        self.dot_many(&[[*a, *b]], &mut out);
        out[0]
    }

    /// As [`dot_many`](crate::dot_many).
    ///
    /// # Panics
    ///
    /// If `pairs` and `out` differ in length.
    pub fn dot_many(&self, pairs: &[[Hash; 2]], out: &mut [Hash]) {
        assert_eq!(pairs.len(), out.len(), "as many hashes as pairs");
        self.0.pairs(pairs, out);
    }

    /// As [`sha256_many`](crate::sha256_many).
    ///
    /// # Panics
    ///
    /// If `messages` and `out` differ in length.
    pub fn sha256_many(&self, messages: &[&[u8]], out: &mut [Hash]) {
        assert_eq!(messages.len(), out.len(), "as many hashes as messages");
        batch::ragged(messages, out, |messages, out| self.0.hash(messages, out));
    }

    /// As [`padded_many`](crate::padded_many).
    ///
    /// # Panics
    ///
    /// If `blocks_each` is zero, or there are not exactly `blocks_each` blocks for each hash of
    /// `out`.
    pub fn padded_many(&self, blocks: &[[u8; BLOCK]], blocks_each: usize, out: &mut [Hash]) {
        self.0
            .hash(&Arena::new(blocks, blocks_each, out.len()), out);
    }

    /// As [`padded_at`](crate::padded_at).
    ///
    /// # Panics
    ///
    /// If `blocks_each` is zero, `starts` and `out` differ in length, or a message does not lie in
    /// `blocks` as a whole.
    pub fn padded_at(
        &self,
        blocks: &[[u8; BLOCK]],
        starts: &[usize],
        blocks_each: usize,
        out: &mut [Hash],
    ) {
        assert_eq!(starts.len(), out.len(), "as many hashes as messages");
        self.0.hash(&Placed::new(blocks, starts, blocks_each), out);
    }

    /// As [`padded_one`](crate::padded_one).
    pub fn padded_one(&self, blocks: &[[u8; BLOCK]]) -> Hash {
        let mut state = INITIAL;
        self.compress(&mut state, blocks);
        hash_of_state(&state)
    }

    /// As [`fold_level`](crate::fold_level).
    pub fn fold_level(&self, nodes: &mut [Hash]) -> usize {
        crate::tree::fold_level(*self, nodes)
    }

    /// As [`root`](crate::root).
    pub fn root(&self, nodes: &mut [Hash]) -> Option<Hash> {
        crate::tree::root(*self, nodes)
    }

    /// Carries `state` over `blocks`.
    pub(crate) fn compress(&self, state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
        self.0.compress(state, blocks);
    }
}
