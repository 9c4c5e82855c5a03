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
mod shelves;

use sealion_hash::{Backend, Hash};

use crate::pass::Pass;
use arena::Arena;
use build::{Build, Hole};
use order::{Keyed, FEW};
use place::Place;
use shelves::Shelves;

/// Hashes to be computed together.
///
/// A batch is used again and again: what it has allocated it keeps, so once it has seen the largest of its values it
/// allocates no more. It takes about three times the memory of the values in it; some hundred kilobytes of them are
/// enough to fill the lanes of any processor, and stay in its cache.
pub struct Batch {
    build: Build,
    /// Where each deferred message of a level has gone.
    placed: Vec<(usize, Place)>,
    /// The field hashes of one struct that has many.
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
            build: Build::new(backend),
            placed: Vec::new(),
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
        let build = &mut self.build;
        build.shelves.run(build.arena.blocks());
        build.shelves.expect(build.deferred.len());
        // As many as are looked at together can be read behind the last.
        let members = build.members.len();
        build.members.resize(members + FEW, Place::new(0, 0));
        for level in 0..self.build.levels.len() {
            let mut waiting = std::mem::take(&mut self.build.levels[level]);
            for index in waiting.drain(..) {
                let place = self.fill(index);
                self.placed.push((index, place));
            }
            let build = &mut self.build;
            build.levels[level] = waiting;
            build.shelves.run(build.arena.blocks());
            for (index, place) in self.placed.drain(..) {
                build.shelves.settle(index, place);
            }
        }
        self.build.members.truncate(members);
    }

    /// The hash of a value, once [`run`](Self::run).
    ///
    /// # Panics
    /// If there was no run since the value was added, or the slot is of another batch or from before it was cleared
    /// and happens to mean nothing here.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Hash {
        *self
            .build
            .shelves
            .get(slot.0)
            .expect("a slot of this batch, and a run since it was given")
    }

    /// Forgets all values, and keeps the memory.
    pub fn clear(&mut self) {
        self.build.clear();
    }

    /// Writes the deferred message of this index, with its holes filled, behind all others.
    fn fill(&mut self, index: usize) -> Place {
        let Build {
            arena,
            shelves,
            members,
            deferred,
            parked,
            parked_holes,
            ..
        } = &mut self.build;
        let unpark = |arena: &mut Arena, (from, to): (usize, usize)| {
            arena.extend(parked.get(from..).unwrap_or(&[]), to - from);
        };
        let start = arena.align();
        let deferred = deferred[index];
        for hole in &parked_holes[deferred.holes.0..deferred.holes.1] {
            let Hole {
                before,
                members: (from, to),
            } = *hole;
            unpark(arena, before);
            fill_hole(
                arena,
                shelves,
                (&members[from..], to - from),
                &mut self.sorted,
            );
        }
        unpark(arena, deferred.rest);
        let (start, count) = arena.finish(start);
        shelves.put(start, count)
    }
}

/// Appends the hashes of a struct's first `count` members, its fields, sorted as unsigned bytes and escaped.
#[inline(always)]
fn fill_hole(
    arena: &mut Arena,
    shelves: &Shelves,
    (members, count): (&[Place], usize),
    sorted: &mut Vec<Keyed>,
) {
    match count {
        0 => {}
        1 => arena.escaped_hash(find(shelves, members[0])),
        2..=4 => fill_few::<4>(arena, shelves, members, count),
        5..=8 => fill_few::<8>(arena, shelves, members, count),
        9..=FEW => fill_few::<FEW>(arena, shelves, members, count),
        _ => {
            let hashes = members.iter().take(count);
            let hashes = hashes.map(|member| find(shelves, *member));
            sorted.clear();
            sorted.extend(hashes.map(order::keyed));
            sorted.sort_unstable();
            for (_, hash) in sorted {
                arena.escaped_hash(hash);
            }
        }
    }
}

/// The same of at most `N` fields, and at least one. There are as many places, and those behind the fields' mean
/// nothing.
#[inline(always)]
fn fill_few<const N: usize>(arena: &mut Arena, shelves: &Shelves, members: &[Place], count: usize) {
    let members = members.first_chunk::<N>();
    let members = members.expect("places behind the last field's");
    let sorted = order::of_few(members.map(|member| find(shelves, member)), count);
    for hash in sorted.iter().take(count) {
        arena.escaped_hash(hash);
    }
}

/// The hash of a field. Fields are of lower levels, and these have run: all of them are found.
#[inline(always)]
fn find(shelves: &Shelves, place: Place) -> &[u8; 32] {
    shelves.get(place).map_or(&[0; 32], |hash| &hash.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Reader};
    use sealion_hash::sha256;

    /// Ion Hash's rule for a struct, written down plainly: `0B D0`, the sorted hashes of the fields, escaped, `0E`.
    fn of_struct(mut fields: Vec<Vec<u8>>) -> Vec<u8> {
        fields.sort();
        let escaped = fields.iter().flatten().flat_map(|byte| {
            let is_marker = [0x0B, 0x0C, 0x0E].contains(byte);
            is_marker.then_some(0x0C).into_iter().chain([*byte])
        });
        [0x0B, 0xD0]
            .into_iter()
            .chain(escaped)
            .chain([0x0E])
            .collect()
    }

    /// A field's hash: of its name and its value's serialisation.
    fn of_field(name: &str, value: &[u8]) -> Vec<u8> {
        let message = [&[0x0B, 0x70], name.as_bytes(), &[0x0E], value].concat();
        sha256(&message).0.to_vec()
    }

    /// Structs of every number of fields, a struct among the fields of every other, two of them equal in some.
    #[test]
    fn every_number_of_fields() {
        let mut batch = Batch::default();
        for round in 0..20 {
            let mut expected = Vec::new();
            for count in 0..40 {
                let inner = of_struct(vec![of_field("x", &[0x0B, 0x0F, 0x0E])]);
                let mut fields = vec![of_field("nested", &inner); count % 2];
                let mut text = ["", "nested: {x: null}, "][count % 2].to_string();
                for index in 0..count {
                    let name = format!("f{round}_{}", index / if round % 5 == 0 { 2 } else { 1 });
                    fields.push(of_field(&name, &[0x0B, 0x11, 0x0E]));
                    text += &format!("{name}: true, ");
                }
                let text = format!("{{{text}}}");
                let mut reader = Reader::new(text.as_bytes(), &Limits::default()).unwrap();
                reader.next().unwrap();
                let slot = reader.hash_into(&mut batch).unwrap();
                expected.push((slot, sha256(&of_struct(fields))));
                if count % 7 == 0 {
                    batch.run();
                }
            }
            batch.run();
            for (slot, hash) in expected {
                assert_eq!(batch.get(slot), hash);
            }
            batch.clear();
        }
    }

    #[test]
    #[should_panic(expected = "a run since")]
    fn no_hash_before_a_run() {
        let mut batch = Batch::default();
        let add = |batch: &mut Batch| {
            let mut reader = Reader::new(b"{a: 1}", &Limits::default()).unwrap();
            reader.next().unwrap();
            reader.hash_into(batch).unwrap()
        };
        let first = add(&mut batch);
        batch.run();
        let second = add(&mut batch);
        assert_ne!(batch.get(first), batch.get(second));
    }
}
