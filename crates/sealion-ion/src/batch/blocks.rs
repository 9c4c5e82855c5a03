//! Messages in padded SHA-256 blocks, shelved by their number of blocks, so that each shelf is hashed as it lies.

use sealion_hash::{Backend, Hash};

/// Blocks of the longest message that waits for company. A longer one is hashed by itself at once: the gain of
/// hashing several together is in short messages.
const SHELVES: usize = 8;

/// Bytes that padding needs at least: one of mark, eight of length (FIPS 180-4, section 5.1.1).
const PADDING_MIN: usize = 9;

/// Where a message's hash is, or will be: the shelf in the highest byte, the index below. One word, for it is copied
/// a lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u64);

const SHELF_SHIFT: u32 = 56;
/// Not a shelf: the long messages.
const LONG: usize = SHELVES;
/// Not a shelf: a message that waits for other hashes, by its index among those that do.
const DEFERRED: usize = SHELVES + 1;

impl Place {
    fn new(shelf: usize, index: usize) -> Self {
        Self((shelf as u64) << SHELF_SHIFT | index as u64)
    }

    pub(super) fn deferred(index: usize) -> Self {
        Self::new(DEFERRED, index)
    }

    /// The index of a message that waits, if it is one.
    #[inline]
    pub(super) fn as_deferred(self) -> Option<usize> {
        (self.shelf() == DEFERRED).then_some(self.index())
    }

    fn shelf(self) -> usize {
        (self.0 >> SHELF_SHIFT) as usize
    }

    fn index(self) -> usize {
        (self.0 & ((1 << SHELF_SHIFT) - 1)) as usize
    }
}

/// Messages of one number of blocks, and the hashes of the first of them.
#[derive(Default)]
struct Shelf {
    blocks: Vec<[u8; 64]>,
    hashes: Vec<Hash>,
}

/// All messages, and the hashes of those that were hashed.
pub(super) struct Blocks {
    backend: Backend,
    shelves: [Shelf; SHELVES],
    long: Vec<Hash>,
}

impl Blocks {
    pub(super) fn new(backend: Backend) -> Self {
        Self {
            backend,
            shelves: Default::default(),
            long: Vec::new(),
        }
    }

    /// Adds a message that is one block, padded.
    #[inline]
    pub(super) fn push_block(&mut self, block: &[u8; 64]) -> Place {
        let blocks = &mut self.shelves[0].blocks;
        blocks.push(*block);
        Place::new(0, blocks.len() - 1)
    }

    /// Adds a message.
    #[inline]
    pub(super) fn push(&mut self, message: &[u8]) -> Place {
        let count = (message.len() + PADDING_MIN).div_ceil(64);
        let Some(shelf) = self.shelves.get_mut(count - 1) else {
            self.long.push(self.backend.sha256(message));
            return Place::new(LONG, self.long.len() - 1);
        };
        let index = shelf.blocks.len() / count;
        // Written in its place: a block put together elsewhere would be copied before its bytes have settled.
        let from = shelf.blocks.len();
        shelf.blocks.resize(from + count, [0; 64]);
        if let Some(place) = shelf.blocks.get_mut(from..) {
            let place = place.as_flattened_mut();
            place[..message.len()].copy_from_slice(message);
            place[message.len()] = 0x80;
            let end = place.len();
            place[end - 8..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
        }
        Place::new(count - 1, index)
    }

    /// Hashes what was added since the last time.
    pub(super) fn run(&mut self) {
        for (shelf, count) in self.shelves.iter_mut().zip(1..) {
            let done = shelf.hashes.len();
            shelf.hashes.resize(shelf.blocks.len() / count, Hash::ZERO);
            let (blocks, hashes) = (&shelf.blocks[done * count..], &mut shelf.hashes[done..]);
            if !hashes.is_empty() {
                self.backend.padded_many(blocks, count, hashes);
            }
        }
    }

    /// A message's hash, if it was hashed.
    #[inline]
    pub(super) fn get(&self, place: Place) -> Option<&Hash> {
        let hashes = match self.shelves.get(place.shelf()) {
            Some(shelf) => &shelf.hashes,
            None => &self.long,
        };
        hashes.get(place.index())
    }

    pub(super) fn clear(&mut self) {
        for shelf in &mut self.shelves {
            shelf.blocks.clear();
            shelf.hashes.clear();
        }
        self.long.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length() {
        let bytes: Vec<u8> = (0..600).map(|i| i as u8).collect();
        let mut blocks = Blocks::new(Backend::best());
        for _ in 0..2 {
            let mut places = Vec::new();
            for len in 0..bytes.len() {
                places.push(blocks.push(&bytes[..len]));
                places.push(blocks.push(&bytes[bytes.len() - len..]));
                if len % 100 == 0 {
                    blocks.run();
                }
            }
            blocks.run();
            for (index, place) in places.iter().enumerate() {
                let len = index / 2;
                let message = if index % 2 == 0 {
                    &bytes[..len]
                } else {
                    &bytes[bytes.len() - len..]
                };
                assert_eq!(
                    blocks.get(*place),
                    Some(&sealion_hash::sha256(message)),
                    "{len}"
                );
            }
            blocks.clear();
        }
    }
}
