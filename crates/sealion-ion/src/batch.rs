//! Hashes asked for now, computed together, read later.
//!
//! Most messages of Ion Hash are one SHA-256 block, a field's name and value, and do not depend on one another. So
//! they are kept until there are many, and hashed side by side. A struct's hash depends on its fields' hashes alone:
//! after all messages without structs come those whose structs have only such fields, then the next level, each
//! level of all values in the batch at once.

mod arena;
mod build;
mod order;
mod place;

use sealion_hash::{Backend, Hash};

use crate::pass::Pass;
use arena::Arena;
use build::{Build, Hole};
use order::{Few, Keyed, FEW};
use place::Place;

/// Hashes to be computed together.
///
/// A batch is used again and again: what it has allocated it keeps, so once it has seen the largest of its values it
/// allocates no more. It takes about three times the memory of the values in it; some hundred kilobytes of them are
/// enough to fill the lanes of any processor, and stay in its cache.
pub struct Batch {
    build: Build,
    /// Where each deferred message has gone, once its level has run.
    placed: Vec<Option<Place>>,
    /// The field hashes of one struct, if there are few, to be sorted; and whatever was left of others.
    few: Few,
    /// The same, if there are many.
    sorted: Vec<Keyed>,
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
            build: Build::new(Arena::new(backend)),
            placed: Vec::new(),
            few: Few::default(),
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
        self.build.arena.run();
        self.placed.resize(self.build.deferred.len(), None);
        for level in 0..self.build.levels.len() {
            let mut waiting = std::mem::take(&mut self.build.levels[level]);
            for index in waiting.drain(..) {
                self.placed[index] = Some(self.fill(index));
            }
            self.build.levels[level] = waiting;
            self.build.arena.run();
        }
    }

    /// The hash of a value, once [`run`](Self::run).
    ///
    /// # Panics
    /// If there was no run since the value was added, or the slot is of another batch or from before it was cleared
    /// and happens to mean nothing here.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Hash {
        *find(&self.build.arena, &self.placed, slot.0)
            .expect("a slot of this batch, and a run since it was given")
    }

    /// Forgets all values, and keeps the memory.
    pub fn clear(&mut self) {
        self.build.clear();
        self.placed.clear();
    }

    /// Writes the deferred message of this index, with its holes filled, behind all others.
    fn fill(&mut self, index: usize) -> Place {
        let start = self.build.arena.align();
        let deferred = self.build.deferred[index];
        for hole in deferred.holes.0..deferred.holes.1 {
            let Hole { before, members } = self.build.parked_holes[hole];
            self.unpark(before);
            self.fill_hole(members);
        }
        self.unpark(deferred.rest);
        self.build.arena.finish(start)
    }

    #[inline]
    fn unpark(&mut self, (from, to): (usize, usize)) {
        let parked = self.build.parked.get(from..).unwrap_or(&[]);
        self.build.arena.extend(parked, to - from);
    }

    /// Appends the hashes of a struct's fields, sorted as unsigned bytes and escaped.
    fn fill_hole(&mut self, members: (usize, usize)) {
        let Build {
            arena,
            members: all,
            ..
        } = &mut self.build;
        let members = &all[members.0..members.1];
        // Fields are of lower levels, and these have run: all of them are found.
        if members.len() <= FEW {
            for (hash, member) in self.few.iter_mut().zip(members) {
                *hash = find(arena, &self.placed, *member).map_or([0; 32], |hash| hash.0);
            }
            let order = order::of_few(&self.few, members.len());
            for index in order.iter().take(members.len()) {
                let from = usize::from(*index) % FEW * 32;
                if let Some(hash) = self.few.as_flattened()[from..].first_chunk() {
                    arena.escaped_hash(hash);
                }
            }
            return;
        }
        let hashes = members
            .iter()
            .filter_map(|member| find(arena, &self.placed, *member));
        self.sorted.clear();
        self.sorted.extend(hashes.map(|hash| order::keyed(&hash.0)));
        self.sorted.sort_unstable();
        for (_, hash) in &self.sorted {
            arena.escaped(hash);
        }
    }
}

/// The hash of a message, if it was hashed.
#[inline(always)]
fn find<'b>(arena: &'b Arena, placed: &[Option<Place>], place: Place) -> Option<&'b Hash> {
    match place.as_deferred() {
        Some(index) => arena.get((*placed.get(index)?)?),
        None => arena.get(place),
    }
}
