//! Reads one object, with its next parts under way.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::atomic::Ordering;
use std::sync::Arc;

use bytes::{Buf as _, Bytes};

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
    bytes: Bytes,
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
            bytes: head.wait()??,
            shared,
            entry,
            asked: length,
            parts: VecDeque::new(),
            broken: false,
            beyond_head: false,
        })
    }

    fn next_part(&mut self) -> io::Result<Bytes> {
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
            None => Ok(Bytes::new()),
        }
    }
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.broken {
            return Err(io::Error::other("the object could not be read further"));
        }
        if self.bytes.is_empty() {
            let next = self.next_part();
            self.broken = next.is_err();
            self.bytes = next?;
        }
        let count = self.bytes.len().min(buffer.len());
        self.bytes.copy_to_slice(&mut buffer[..count]);
        Ok(count)
    }
}

impl Drop for ObjectReader {
    fn drop(&mut self) {
        if !self.beyond_head && self.entry.size > HEAD_BYTES {
            self.shared
                .ahead
                .read_through
                .store(false, Ordering::Relaxed);
        }
    }
}
