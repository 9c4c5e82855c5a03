//! Hashes asked for now, computed together, read later.
//!
//! Most messages of Ion Hash are one SHA-256 block, a field's name and value, and do not depend on one another. So
//! they are kept until there are many, and hashed side by side. A struct's hash depends on its fields' hashes alone:
//! after all messages without structs come those whose structs have only such fields, then the next level, each
//! level of all values in the batch at once.

mod blocks;
mod build;
mod stage;

use sealion_hash::{Backend, Hash};

use crate::pass::Pass;
use blocks::{Blocks, Place};
use build::{Build, Hole};
use stage::Stage;

/// Hashes to be computed together.
///
/// A batch is used again and again: what it has allocated it keeps, so once it has seen the largest of its values it
/// allocates no more. It takes about three times the memory of the values in it; some hundred kilobytes of them are
/// enough to fill the lanes of any processor, and stay in its cache.
pub struct Batch {
    build: Build,
    /// Where each deferred message has gone, once its level has run.
    placed: Vec<Option<Place>>,
    /// One message with its holes filled.
    message: Stage,
    /// The field hashes of one struct: the first eight bytes as a number, to sort by, and where it is.
    sorted: Vec<(u64, Place)>,
}

/// A hash that a [`Batch`] will have. It means something to that batch only, and until it is cleared.
#[derive(Clone, Copy, Debug)]
pub struct Slot(Place);

impl Default for Batch {
    fn default() -> Self {
        Self::new(Backend::best())
    }
}

impl Batch {
    /// An empty batch that hashes by this backend.
    #[must_use]
    pub fn new(backend: Backend) -> Self {
        Self {
            build: Build::new(Blocks::new(backend)),
            placed: Vec::new(),
            message: Stage::default(),
            sorted: Vec::new(),
        }
    }

    /// Takes one value, which `read` hands over.
    pub(crate) fn add(
        &mut self,
        read: impl FnOnce(&mut Build) -> Result<(), Pass>,
    ) -> Result<Slot, Pass> {
        self.build.start();
        read(&mut self.build)?;
        Ok(Slot(self.build.finish()))
    }

    /// Computes all hashes asked for so far. More may be asked for later, and computed by another run.
    pub fn run(&mut self) {
        self.build.blocks.run();
        self.placed.resize(self.build.deferred.len(), None);
        for level in 0..self.build.levels.len() {
            let mut waiting = std::mem::take(&mut self.build.levels[level]);
            for index in waiting.drain(..) {
                self.fill(index);
                self.placed[index] = Some(self.build.blocks.push(self.message.from(0)));
            }
            self.build.levels[level] = waiting;
            self.build.blocks.run();
        }
    }

    /// The hash of a value, once [`run`](Self::run).
    ///
    /// # Panics
    /// If there was no run since the value was added, or the slot is of another batch or from before it was cleared
    /// and happens to mean nothing here.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Hash {
        let (_, hash) = find(&self.build.blocks, &self.placed, slot.0)
            .expect("a slot of this batch, and a run since it was given");
        *hash
    }

    /// Forgets all values, and keeps the memory.
    pub fn clear(&mut self) {
        self.build.clear();
        self.placed.clear();
    }

    /// Makes `message` the deferred message of this index, with its holes filled.
    fn fill(&mut self, index: usize) {
        self.message.truncate(0);
        let deferred = &self.build.deferred[index];
        let (start, end) = deferred.bytes;
        let (first, last) = deferred.holes;
        let mut done = start;
        for hole in first..last {
            let Hole { at, members } = self.build.parked_holes[hole];
            self.message.extend(&self.build.parked[done..start + at]);
            done = start + at;
            self.fill_hole(members);
        }
        self.message.extend(&self.build.parked[done..end]);
    }

    /// Appends the hashes of a struct's fields, sorted as unsigned bytes and escaped.
    fn fill_hole(&mut self, members: (usize, usize)) {
        self.sorted.clear();
        for member in &self.build.members[members.0..members.1] {
            // Fields are of lower levels, and these have run.
            if let Some((place, hash)) = find(&self.build.blocks, &self.placed, *member) {
                let head = hash.0.first_chunk().copied().unwrap_or_default();
                self.sorted.push((u64::from_be_bytes(head), place));
            }
        }
        let blocks = &self.build.blocks;
        self.sorted.sort_unstable_by(|a, b| {
            let hash = |place| blocks.get(place).map(Hash::as_bytes);
            a.0.cmp(&b.0).then_with(|| hash(a.1).cmp(&hash(b.1)))
        });
        for (_, place) in &self.sorted {
            if let Some(hash) = blocks.get(*place) {
                self.message.escaped_hash(&hash.0);
            }
        }
    }
}

/// Where a message lies in the blocks, and its hash, if it was hashed.
#[inline]
fn find<'b>(
    blocks: &'b Blocks,
    placed: &[Option<Place>],
    place: Place,
) -> Option<(Place, &'b Hash)> {
    let place = match place.as_deferred() {
        Some(index) => (*placed.get(index)?)?,
        None => place,
    };
    Some((place, blocks.get(place)?))
}
