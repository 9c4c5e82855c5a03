//! Takes a value apart into the messages whose hashes its own hash is made of.
//!
//! The hash of a struct's field covers the field's name and value. If no struct is in that value, all its bytes are
//! known, and it is hashed as it stands in the arena (level 0). If there are structs in it, its bytes have a *hole* for
//! each, to be filled with the sorted hashes of that struct's fields once these are there: the message is put off to
//! the level above the highest of theirs.

use sealion_hash::Backend;

use super::arena::Arena;
use super::place::{Place, DEFERRED};
use super::shelves::Shelves;
use crate::hasher::{self, Sink};
use crate::short::Short;

/// A message that is being written, at the end of the arena.
#[derive(Clone, Copy, Default)]
struct Open {
    /// Where the bytes behind its last hole start in the arena.
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
    /// The bytes of that message before this struct's hole, back to the hole before, in `Build::parked`.
    before: (usize, usize),
    /// Where its fields start in `Build::fields`.
    fields: usize,
    /// The highest level among them.
    level: usize,
}

/// A place in a message where the field hashes of a struct belong.
#[derive(Clone, Copy)]
pub(super) struct Hole {
    /// The bytes of the message before it, back to the hole before, in `Build::parked`.
    pub(super) before: (usize, usize),
    /// The struct's fields, in `Build::members`.
    pub(super) members: (usize, usize),
}

/// A message with holes.
#[derive(Clone, Copy)]
pub(super) struct Deferred {
    /// Its holes, in `Build::parked_holes`.
    pub(super) holes: (usize, usize),
    /// The bytes behind the last of them, in `Build::parked`.
    pub(super) rest: (usize, usize),
}

/// Everything that was asked for, in messages.
pub(crate) struct Build {
    pub(super) arena: Arena,
    pub(super) shelves: Shelves,
    message: Open,
    structs: Vec<OpenStruct>,
    /// The holes of all open messages.
    holes: Vec<Hole>,
    /// The fields of all open structs.
    fields: Vec<Place>,
    /// The fields of closed structs, those of one struct together.
    pub(super) members: Vec<Place>,
    pub(super) deferred: Vec<Deferred>,
    /// Deferred messages by level, from 1 on.
    pub(super) levels: Vec<Vec<usize>>,
    /// The bytes of messages with holes: they can't stay in the arena, for the messages in the holes come between.
    pub(super) parked: Vec<u8>,
    pub(super) parked_holes: Vec<Hole>,
}

impl Build {
    pub(super) fn new(backend: Backend) -> Self {
        Self {
            arena: Arena::default(),
            shelves: Shelves::new(backend),
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
        self.arena.clear();
        self.shelves.clear();
        self.start();
        self.members.clear();
        self.deferred.clear();
        self.levels.iter_mut().for_each(Vec::clear);
        self.parked.clear();
        self.parked_holes.clear();
    }

    /// Begins a value, whatever was left of one before.
    pub(super) fn start(&mut self) {
        self.message = Open {
            start: self.arena.align(),
            ..Open::default()
        };
        self.structs.clear();
        self.holes.clear();
        self.fields.clear();
    }

    /// The message that is open is whole.
    #[inline(always)]
    pub(super) fn finish(&mut self) -> Place {
        if self.message.level == 0 {
            let (start, count) = self.arena.finish(self.message.start);
            self.shelves.put(start, count)
        } else {
            self.put_off()
        }
    }

    /// Moves the open message's bytes out of the arena.
    #[inline(always)]
    fn park(&mut self) -> (usize, usize) {
        /// Copied at once, if so many can be read: more than nearly all such pieces have.
        const PIECE: usize = 32;
        let (bytes, len) = self.arena.written(self.message.start);
        let from = self.parked.len();
        match bytes.first_chunk::<PIECE>() {
            Some(piece) if len <= PIECE => {
                self.parked.extend_from_slice(piece);
                self.parked.truncate(from + len);
            }
            _ => self
                .parked
                .extend_from_slice(bytes.get(..len).unwrap_or(bytes)),
        }
        self.arena.rewind(self.message.start);
        (from, self.parked.len())
    }

    fn put_off(&mut self) -> Place {
        let rest = self.park();
        let from = self.parked_holes.len();
        self.parked_holes
            .extend_from_slice(&self.holes[self.message.holes..]);
        self.holes.truncate(self.message.holes);
        let index = self.deferred.len();
        self.deferred.push(Deferred {
            holes: (from, self.parked_holes.len()),
            rest,
        });
        let level = self.message.level;
        if self.levels.len() < level {
            self.levels.resize_with(level, Vec::new);
        }
        self.levels[level - 1].push(index);
        Place::new(DEFERRED, index)
    }
}

impl Sink for Build {
    #[inline(always)]
    fn open(&mut self, tq: u8) {
        self.arena.open(tq);
    }

    #[inline(always)]
    fn close(&mut self) {
        self.arena.close();
    }

    #[inline]
    fn repr(&mut self, bytes: &[u8]) {
        self.arena.escaped(bytes);
    }

    #[inline(always)]
    fn clean(&mut self, tq: u8, rest: &[u8], len: usize) {
        self.arena.frame(tq, rest, len);
    }

    #[inline(always)]
    fn whole(&mut self, tq: u8, rest: &[u8], len: usize) {
        self.arena.open(tq);
        match rest.first_chunk() {
            Some(hash) if len == 32 => self.arena.escaped_hash(hash),
            _ => self.repr(rest.get(..len).unwrap_or(rest)),
        }
        self.arena.close();
    }

    #[inline(always)]
    fn short(&mut self, short: Short) {
        self.arena.short(short);
    }

    #[inline]
    fn open_struct(&mut self) {
        self.open(hasher::STRUCT);
        self.structs.push(OpenStruct {
            outer: self.message,
            before: (0, 0),
            fields: self.fields.len(),
            level: 0,
        });
    }

    #[inline]
    fn close_struct(&mut self) {
        // Sinks are told of ends of what has begun only.
        let Some(closed) = self.structs.pop() else {
            return;
        };
        self.message = closed.outer;
        if self.fields.len() > closed.fields {
            let from = self.members.len();
            self.members
                .extend_from_slice(&self.fields[closed.fields..]);
            self.fields.truncate(closed.fields);
            self.holes.push(Hole {
                before: closed.before,
                members: (from, self.members.len()),
            });
            self.message.start = self.arena.at();
            self.message.level = closed.outer.level.max(closed.level + 1);
        }
        self.close();
    }

    #[inline(always)]
    fn field(&mut self) {
        if self.arena.at() != self.message.start {
            // The struct's first: its hole begins here.
            let before = self.park();
            if let Some(open) = self.structs.last_mut() {
                open.before = before;
            }
        }
        self.message = Open {
            start: self.arena.at(),
            holes: self.holes.len(),
            level: 0,
        };
    }

    #[inline(always)]
    fn end_field(&mut self) {
        let level = self.message.level;
        let place = self.finish();
        self.fields.push(place);
        // The next one, of the same struct, finds nothing written.
        self.message.start = self.arena.at();
        if let Some(open) = self.structs.last_mut() {
            open.level = open.level.max(level);
        }
    }
}
