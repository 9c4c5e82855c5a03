//! Messages by their number of blocks, and the hashes of all that were hashed.

use sealion_hash::{Backend, Hash};

use super::place::{Place, DEFERRED, KINDS, LONG, SHELVES};

/// A message of more blocks than there are shelves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Long {
    count: usize,
    start: usize,
    index: usize,
}

pub(super) struct Shelves {
    backend: Backend,
    /// The first block of each message of one, two, three… blocks.
    starts: [Vec<usize>; SHELVES],
    /// Long messages that are not hashed yet.
    long: Vec<Long>,
    /// Hashes by place: of the first messages of each shelf, of long ones, and of those that waited.
    hashes: [Vec<Hash>; KINDS],
}

impl Shelves {
    pub(super) fn new(backend: Backend) -> Self {
        Self {
            backend,
            starts: Default::default(),
            long: Vec::new(),
            hashes: Default::default(),
        }
    }

    /// Forgets the messages, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.starts.iter_mut().for_each(Vec::clear);
        self.long.clear();
        self.hashes.iter_mut().for_each(Vec::clear);
    }

    /// A message of `count` blocks, the first of which has this number.
    #[inline(always)]
    pub(super) fn put(&mut self, start: usize, count: usize) -> Place {
        match self.starts.get_mut(count - 1) {
            Some(starts) => {
                starts.push(start);
                Place::new(count - 1, starts.len() - 1)
            }
            None => self.put_long(start, count),
        }
    }

    #[cold]
    fn put_long(&mut self, start: usize, count: usize) -> Place {
        let index = self.hashes[LONG].len();
        self.long.push(Long {
            count,
            start,
            index,
        });
        self.hashes[LONG].push(Hash::ZERO);
        Place::new(LONG, index)
    }

    /// Hashes what was put here since the last time. `blocks` are those of all messages.
    pub(super) fn run(&mut self, blocks: &[[u8; 64]]) {
        let shelves = self.starts.iter().zip(&mut self.hashes);
        for ((starts, hashes), count) in shelves.zip(1..) {
            let done = hashes.len();
            if starts.len() > done {
                hashes.resize(starts.len(), Hash::ZERO);
                let (starts, hashes) = (&starts[done..], &mut hashes[done..]);
                self.backend.padded_at(blocks, starts, count, hashes);
            }
        }
        self.long.sort_unstable();
        for equal in self.long.chunk_by(|a, b| a.count == b.count) {
            let starts: Vec<usize> = equal.iter().map(|long| long.start).collect();
            let mut hashes = vec![Hash::ZERO; equal.len()];
            self.backend
                .padded_at(blocks, &starts, equal[0].count, &mut hashes);
            for (long, hash) in equal.iter().zip(hashes) {
                self.hashes[LONG][long.index] = hash;
            }
        }
        self.long.clear();
    }

    /// Makes room for the hashes of so many messages that wait.
    pub(super) fn expect(&mut self, deferred: usize) {
        self.hashes[DEFERRED].resize(deferred, Hash::ZERO);
    }

    /// Puts the hash of a message that waited, and has been hashed at this place, where it is looked for.
    pub(super) fn settle(&mut self, index: usize, place: Place) {
        let hash = self.get(place).copied();
        if let (Some(settled), Some(hash)) = (self.hashes[DEFERRED].get_mut(index), hash) {
            *settled = hash;
        }
    }

    /// A message's hash, if it was hashed.
    #[inline(always)]
    pub(super) fn get(&self, place: Place) -> Option<&Hash> {
        self.hashes.get(place.shelf())?.get(place.index())
    }
}
