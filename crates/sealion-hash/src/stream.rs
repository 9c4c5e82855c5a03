//! SHA-256 of a message that comes in pieces, and the padding every message ends with.
//!
//! Source: FIPS 180-4, sections 5.1.1 (padding) and 5.3.3 (the initial value).

use crate::{Backend, Hash};

/// The number of bytes of a SHA-256 block.
pub(crate) const BLOCK: usize = 64;

/// The state before the first block: the first 32 bits of the fractions of the square roots of
/// the first eight primes.
pub(crate) const INITIAL: [u32; 8] = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/// A state as the 32 bytes of a hash: big endian words.
pub(crate) fn hash_of_state(state: &[u32; 8]) -> Hash {
    let mut hash = Hash::ZERO;
    for (bytes, word) in hash.0.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    hash
}

/// The number of blocks that a message of `length` bytes fills with its padding: the mark `80`
/// and the length in eight bytes need nine bytes at least.
pub(crate) const fn blocks_of(length: usize) -> usize {
    (length / BLOCK) + 1 + (length % BLOCK >= BLOCK - 8) as usize
}

/// The one or two last blocks of a message of `length` bytes, whose last `rest.len()` bytes,
/// fewer than 64, fill no block. Gives the blocks and how many of them count.
pub(crate) fn last_blocks(rest: &[u8], length: u64) -> ([[u8; BLOCK]; 2], usize) {
    let mut blocks = [[0; BLOCK]; 2];
    let count = write_last_blocks(rest, length, &mut blocks);
    (blocks, count)
}

/// [`last_blocks`] into `blocks`, which are all zeros before.
pub(crate) fn write_last_blocks(rest: &[u8], length: u64, blocks: &mut [[u8; BLOCK]; 2]) -> usize {
    let count = blocks_of(rest.len());
    let bytes = blocks.as_flattened_mut();
    bytes[..rest.len()].copy_from_slice(rest);
    bytes[rest.len()] = 0x80;
    bytes[count * BLOCK - 8..count * BLOCK].copy_from_slice(&(length * 8).to_be_bytes());
    count
}

/// SHA-256 of a message in pieces: any split of the same bytes gives the same hash.
///
/// Holds at most 63 bytes of the message. The message may have up to 2^61 - 1 bytes, the limit
/// of SHA-256.
///
/// ```
/// use sealion_hash::{sha256, Sha256};
///
/// let mut hasher = Sha256::new();
/// hasher.update(b"a jour");
/// hasher.update(b"nal");
/// assert_eq!(hasher.finish(), sha256(b"a journal"));
/// ```
#[derive(Clone, Debug)]
pub struct Sha256 {
    backend: Backend,
    state: [u32; 8],
    /// The bytes of the message so far; the last `length % 64` of them wait in `waiting`.
    length: u64,
    waiting: [u8; BLOCK],
}

impl Sha256 {
    /// A hasher that has seen no byte yet, on [`Backend::best`].
    pub fn new() -> Sha256 {
        Sha256 {
            backend: Backend::best(),
            state: INITIAL,
            length: 0,
            waiting: [0; BLOCK],
        }
    }

    /// Appends `bytes` to the message.
    pub fn update(&mut self, mut bytes: &[u8]) {
        let filled = (self.length % BLOCK as u64) as usize;
        self.length += bytes.len() as u64;
        if filled > 0 {
            let (head, tail) = bytes.split_at(bytes.len().min(BLOCK - filled));
            self.waiting[filled..filled + head.len()].copy_from_slice(head);
            if filled + head.len() < BLOCK {
                return;
            }
            self.backend
                .compress(&mut self.state, core::slice::from_ref(&self.waiting));
            bytes = tail;
        }
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        self.backend.compress(&mut self.state, blocks);
        self.waiting[..rest.len()].copy_from_slice(rest);
    }

    /// The hash of the whole message.
    pub fn finish(mut self) -> Hash {
        let filled = (self.length % BLOCK as u64) as usize;
        let (blocks, count) = last_blocks(&self.waiting[..filled], self.length);
        self.backend.compress(&mut self.state, &blocks[..count]);
        hash_of_state(&self.state)
    }
}

impl Default for Sha256 {
    fn default() -> Sha256 {
        Sha256::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::bytes;

    #[test]
    fn blocks_are_counted_where_the_padding_spills_over() {
        let counts = [0, 55, 56, 63, 64, 119, 120].map(blocks_of);
        assert_eq!(counts, [1, 1, 2, 2, 2, 2, 3]);
    }

    #[test]
    fn any_two_cuts_give_the_same_hash() {
        let message = bytes(200, 1);
        for length in 0..=message.len() {
            let whole = crate::sha256(&message[..length]);
            for first in (0..=length).step_by(13) {
                for second in (first..=length).step_by(29) {
                    let mut hasher = Sha256::new();
                    hasher.update(&message[..first]);
                    hasher.update(&message[first..second]);
                    hasher.update(&message[second..length]);
                    assert_eq!(hasher.finish(), whole, "{first} {second} {length}");
                }
            }
        }
    }
}
