//! The first parts of objects that are about to be opened.
//!
//! Every request takes some milliseconds, whatever its size. While objects are opened in the order of
//! the listing, the heads of those that follow are already on their way: first of two, then of four,
//! up to as many as there are connections and to a number of bytes. An object out of that order stops
//! it, so little is fetched in vain.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::fetch::{Fetcher, Part};
use crate::listing::Entry;
use crate::{HEAD_BYTES, PART_BYTES};

/// Bytes of heads on their way at most.
const AHEAD_BYTES: u64 = 4 * PART_BYTES;

/// Heads on their way.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    heads: Mutex<Heads>,
    /// Whether the object before was read beyond its head: then more of the next ones is asked for.
    pub(crate) read_through: AtomicBool,
}

#[derive(Debug, Default)]
struct Heads {
    /// The object that would be next in order.
    next: usize,
    window: usize,
    waiting: VecDeque<(usize, u64, Part)>,
}

impl Ahead {
    /// The head of object `index` and how many bytes it has; those of its followers are asked for.
    pub(crate) fn head(
        &self,
        fetcher: &Fetcher,
        entries: &[Arc<Entry>],
        index: usize,
    ) -> (u64, Part) {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        heads.window = match index == heads.next {
            true => (heads.window * 2).clamp(2, fetcher.connections().max(2)),
            false => 0,
        };
        heads.next = index + 1;
        let in_order = heads.window > 0;
        heads
            .waiting
            .retain(|(waiting, ..)| in_order && *waiting >= index);
        let reach = match self.read_through.load(Ordering::Relaxed) {
            true => PART_BYTES,
            false => HEAD_BYTES,
        };
        let ask = |index: usize| {
            let entry = &entries[index];
            let length = entry.size.min(reach);
            (index, length, fetcher.part(entry, 0..length))
        };
        let own = match heads.waiting.front() {
            Some((front, ..)) if *front == index => heads.waiting.pop_front(),
            _ => None,
        };
        let (_, length, part) = own.unwrap_or_else(|| ask(index));
        let asked = heads.waiting.back().map_or(index, |(last, ..)| *last);
        let until = (index + heads.window).min(entries.len().saturating_sub(1));
        let mut bytes: u64 = heads.waiting.iter().map(|(_, length, _)| length).sum();
        let followers = entries.iter().enumerate().take(until + 1);
        for (follower, entry) in followers.skip(asked + 1) {
            bytes += entry.size.min(reach);
            if bytes > AHEAD_BYTES {
                break;
            }
            if entry.size > 0 {
                heads.waiting.push_back(ask(follower));
            }
        }
        (length, part)
    }

    /// That an object of no bytes was opened: the order goes on.
    pub(crate) fn pass(&self, index: usize) {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        if index == heads.next {
            heads.next = index + 1;
        }
    }
}
