//! Takes a value apart into the messages whose hashes its own hash is made of.
//!
//! The hash of a struct's field covers the field's name and value. If no struct is in that value, all its bytes are
//! known, and it goes to the blocks at once (level 0). If there are structs in it, the bytes have a *hole* for each,
//! to be filled with the sorted hashes of that struct's fields once these are there: the message is put off to the
//! level above the highest of theirs.

use super::blocks::{Blocks, Place};
use super::stage::Stage;
use crate::hasher::{self, Sink};

/// A message that is being written, at the end of `Build::stage`.
#[derive(Clone, Copy, Default)]
struct Open {
    /// Where it starts in `stage`.
    start: usize,
    /// Where its holes start in `Build::holes`.
    holes: usize,
    /// One more than the highest level it depends on; 0 without holes.
    level: usize,
}

/// A struct that is being read.
#[derive(Clone, Copy)]
struct OpenStruct {
    /// The message the struct stands in.
    outer: Open,
    /// Where its fields start in `Build::fields`.
    fields: usize,
    /// The highest level among them.
    level: usize,
}

/// A place in a message where the field hashes of a struct belong.
#[derive(Clone, Copy)]
pub(super) struct Hole {
    /// Bytes of the message before it.
    pub(super) at: usize,
    /// The struct's fields, in `Build::members`.
    pub(super) members: (usize, usize),
}

/// A message with holes.
pub(super) struct Deferred {
    /// Its bytes, in `Build::parked`.
    pub(super) bytes: (usize, usize),
    /// Its holes, in `Build::parked_holes`.
    pub(super) holes: (usize, usize),
}

/// Everything that was asked for, in messages.
pub(crate) struct Build {
    pub(super) blocks: Blocks,
    /// The bytes of all open messages, the innermost last.
    stage: Stage,
    message: Open,
    structs: Vec<OpenStruct>,
    /// The holes of all open messages.
    holes: Vec<Hole>,
    /// The fields of all open structs, with their levels.
    fields: Vec<Place>,
    /// The fields of closed structs, those of one struct together.
    pub(super) members: Vec<Place>,
    pub(super) deferred: Vec<Deferred>,
    /// Deferred messages by level, from 1 on.
    pub(super) levels: Vec<Vec<usize>>,
    pub(super) parked: Vec<u8>,
    pub(super) parked_holes: Vec<Hole>,
}

impl Build {
    pub(super) fn new(blocks: Blocks) -> Self {
        Self {
            blocks,
            stage: Stage::default(),
            message: Open::default(),
            structs: Vec::new(),
            holes: Vec::new(),
            fields: Vec::new(),
            members: Vec::new(),
            deferred: Vec::new(),
            levels: Vec::new(),
            parked: Vec::new(),
            parked_holes: Vec::new(),
        }
    }

    /// Forgets the messages, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.blocks.clear();
        self.start();
        self.members.clear();
        self.deferred.clear();
        self.levels.iter_mut().for_each(Vec::clear);
        self.parked.clear();
        self.parked_holes.clear();
    }

    /// Begins a value, whatever was left of one before.
    pub(super) fn start(&mut self) {
        self.stage.truncate(0);
        self.message = Open::default();
        self.structs.clear();
        self.holes.clear();
        self.fields.clear();
    }

    /// The message that is open is whole.
    #[inline]
    pub(super) fn finish(&mut self) -> Place {
        let Open {
            start,
            holes,
            level,
        } = self.message;
        let place = if level > 0 {
            self.put_off(level, start, holes)
        } else if let Some(block) = self.stage.one_block(start) {
            self.blocks.push_block(block)
        } else {
            self.blocks.push(self.stage.from(start))
        };
        self.stage.truncate(start);
        place
    }

    fn put_off(&mut self, level: usize, start: usize, holes: usize) -> Place {
        let from = (self.parked.len(), self.parked_holes.len());
        self.parked.extend_from_slice(self.stage.from(start));
        self.parked_holes.extend(self.holes.drain(holes..));
        let index = self.deferred.len();
        self.deferred.push(Deferred {
            bytes: (from.0, self.parked.len()),
            holes: (from.1, self.parked_holes.len()),
        });
        if self.levels.len() < level {
            self.levels.resize_with(level, Vec::new);
        }
        self.levels[level - 1].push(index);
        Place::deferred(index)
    }
}

impl Sink for Build {
    #[inline]
    fn open(&mut self, tq: u8) {
        self.stage.open(tq);
    }

    #[inline]
    fn close(&mut self) {
        self.stage.push(0x0E);
    }

    #[inline]
    fn repr(&mut self, bytes: &[u8]) {
        self.stage.escaped(bytes);
    }

    #[inline]
    fn clean(&mut self, tq: u8, bytes: &[u8]) {
        self.stage.frame(tq, bytes);
    }

    fn open_struct(&mut self) {
        self.open(hasher::STRUCT);
        self.structs.push(OpenStruct {
            outer: self.message,
            fields: self.fields.len(),
            level: 0,
        });
    }

    fn close_struct(&mut self) {
        // Sinks are told of ends of what has begun only.
        let Some(OpenStruct {
            outer,
            fields,
            level,
        }) = self.structs.pop()
        else {
            return;
        };
        self.message = outer;
        if self.fields.len() > fields {
            let from = self.members.len();
            self.members.extend(self.fields.drain(fields..));
            self.holes.push(Hole {
                at: self.stage.len() - outer.start,
                members: (from, self.members.len()),
            });
            self.message.level = outer.level.max(level + 1);
        }
        self.close();
    }

    #[inline]
    fn field(&mut self) {
        self.message = Open {
            start: self.stage.len(),
            holes: self.holes.len(),
            level: 0,
        };
    }

    #[inline]
    fn end_field(&mut self) {
        let level = self.message.level;
        let place = self.finish();
        self.fields.push(place);
        if let Some(open) = self.structs.last_mut() {
            open.level = open.level.max(level);
        }
    }
}
