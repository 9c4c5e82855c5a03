//! Reads one object, with its next parts under way.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read};
use std::sync::atomic::Ordering;
use std::sync::Arc;

use crate::archive::Shared;
use crate::fetch::Part;
use crate::listing::Entry;
use crate::{HEAD_BYTES, PART_BYTES};

/// Parts of one object under way at most.
const PARTS_MAX: usize = 8;

/// An object from its first byte on.
pub(crate) struct ObjectReader {
    shared: Arc<Shared>,
    entry: Arc<Entry>,
    /// What came and was not read yet.
    bytes: Cursor<Vec<u8>>,
    /// The first byte that was not asked for yet.
    asked: u64,
    parts: VecDeque<Part>,
    /// Set once something went wrong: what follows is not the object.
    broken: bool,
    beyond_head: bool,
}

impl ObjectReader {
    /// Opens the object by its head, which has so many bytes.
    pub(crate) fn open(
        shared: Arc<Shared>,
        entry: Arc<Entry>,
        (length, head): (u64, Part),
    ) -> io::Result<ObjectReader> {
        Ok(ObjectReader {
            bytes: Cursor::new(head.wait()??),
            shared,
            entry,
            asked: length,
            parts: VecDeque::new(),
            broken: false,
            beyond_head: false,
        })
    }

    fn next_part(&mut self) -> io::Result<Vec<u8>> {
        self.beyond_head = true;
        self.shared
            .ahead
            .read_through
            .store(true, Ordering::Relaxed);
        let under_way = self.shared.fetcher.connections().min(PARTS_MAX);
        while self.parts.len() < under_way && self.asked < self.entry.size {
            let end = self.entry.size.min(self.asked + PART_BYTES);
            let part = self.shared.fetcher.part(&self.entry, self.asked..end);
            self.parts.push_back(part);
            self.asked = end;
        }
        match self.parts.pop_front() {
            Some(part) => part.wait()?,
            None => Ok(Vec::new()),
        }
    }
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.broken {
            return Err(io::Error::other("the object could not be read further"));
        }
        if self.bytes.position() == self.bytes.get_ref().len() as u64 {
            let next = self.next_part();
            self.broken = next.is_err();
            let read = std::mem::replace(&mut self.bytes, Cursor::new(next?));
            self.shared.fetcher.give_back(read.into_inner());
        }
        self.bytes.read(buffer)
    }
}

impl Drop for ObjectReader {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes).into_inner();
        self.shared.fetcher.give_back(bytes);
        if !self.beyond_head && self.entry.size > HEAD_BYTES {
            self.shared
                .ahead
                .read_through
                .store(false, Ordering::Relaxed);
        }
    }
}
