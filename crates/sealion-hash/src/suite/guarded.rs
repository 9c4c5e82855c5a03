//! Input that ends, or begins, where memory does: a kernel that reads one byte too many dies here.

#![allow(unsafe_code)]

use alloc::vec::Vec;

use super::{bytes, expected, expected_dot, for_each_backend, hashes};
use crate::{Backend, Hash};

/// Three pages of memory, of which only the middle one may be touched.
struct Guarded {
    pages: *mut u8,
    page: usize,
}

impl Guarded {
    fn new() -> Guarded {
        // SAFETY: asks for memory of its own, at any address, and gives up what it may do with
        // two of its three pages; nothing else refers to it.
        unsafe {
            let page = libc::sysconf(libc::_SC_PAGESIZE) as usize;
            let (read_write, kind) = (
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANON,
            );
            let pages = libc::mmap(core::ptr::null_mut(), 3 * page, read_write, kind, -1, 0);
            assert_ne!(pages, libc::MAP_FAILED);
            for guard in [pages, pages.add(2 * page)] {
                assert_eq!(libc::mprotect(guard, page, libc::PROT_NONE), 0);
            }
            Guarded {
                pages: pages.cast(),
                page,
            }
        }
    }

    /// The middle page.
    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the page is readable, writable and zeroed, and lives as long as `self`, which
        // is borrowed for as long as the slice is.
        unsafe { core::slice::from_raw_parts_mut(self.pages.add(self.page), self.page) }
    }

    /// The middle page as hashes.
    fn hashes(&mut self) -> &mut [Hash] {
        let count = self.page / Hash::LENGTH;
        // SAFETY: as in `bytes`; a hash is 32 bytes of any value, at any alignment.
        unsafe { core::slice::from_raw_parts_mut(self.pages.add(self.page).cast(), count) }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: these are the pages that `new` mapped, and no slice of them outlives `self`.
        let unmapped = unsafe { libc::munmap(self.pages.cast(), 3 * self.page) };
        assert_eq!(unmapped, 0);
    }
}

/// `count` of `page` at its start, and at its end.
fn both_ends<T>(page: &mut [T], count: usize, mut check: impl FnMut(&mut [T])) {
    let room = page.len() - count;
    check(&mut page[..count]);
    check(&mut page[room..]);
}

/// A page of 4 KiB holds 64 blocks or pairs, more than any kernel takes at once.
const COUNTS: core::ops::RangeInclusive<usize> = 1..=64;

#[test]
fn reads_stop_where_the_input_does() {
    let mut memory = Guarded::new();
    let portable = Backend::by_name("portable").unwrap();
    for count in COUNTS {
        both_ends(memory.bytes(), count * 64, |place| {
            place.copy_from_slice(&bytes(count * 64, 6));
            let (blocks, _) = place.as_chunks::<64>();
            let messages: Vec<&[u8]> = blocks.iter().map(|block| &block[..]).collect();
            let mut out = alloc::vec![Hash::ZERO; count];
            for_each_backend(|backend| {
                // These blocks are no padded messages, but the portable kernel hashes them too.
                backend.padded_many(blocks, 1, &mut out);
                for (block, out) in blocks.iter().zip(&out) {
                    assert_eq!(*out, portable.padded_one(core::slice::from_ref(block)));
                }
                backend.sha256_many(&messages, &mut out);
                for (message, out) in messages.iter().zip(&out) {
                    assert_eq!(*out, expected(message));
                }
            });
        });
    }
    for length in 0..=130 {
        both_ends(memory.bytes(), length, |message| {
            message.copy_from_slice(&bytes(length, 7));
            for_each_backend(|backend| assert_eq!(backend.sha256(message), expected(message)));
        });
    }
}

#[test]
fn pairs_and_hashes_stay_within_their_memory() {
    let (mut input, mut output) = (Guarded::new(), Guarded::new());
    for count in COUNTS {
        both_ends(input.hashes(), 2 * count, |nodes| {
            nodes.copy_from_slice(&hashes(2 * count, 8));
            let (pairs, _) = nodes.as_chunks::<2>();
            both_ends(output.hashes(), count, |out| {
                for_each_backend(|backend| {
                    out.fill(Hash::ZERO);
                    backend.dot_many(pairs, out);
                    for ([a, b], out) in pairs.iter().zip(&*out) {
                        assert_eq!(*out, expected_dot(a, b));
                    }
                });
            });
        });
    }
}
