//! The bytes of messages, each written where it is hashed: from the border of a SHA-256 block on, padded when it ends.
//!
//! Nearly all writes are of a few bytes, for which a call to copy memory costs more than the copy. So there is always
//! room behind the end, and pieces of fixed size are copied, of which the length that counts is kept.

use crate::hasher::is_marker;
use crate::scan;
use crate::short::Short;

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;
/// Bytes of room behind the end, whatever is written next.
const ROOM: usize = 128;
/// Bytes that are copied at once, if so many can be read: more than most names, strings and numbers have.
const PIECE: usize = 32;
/// Bytes that padding needs at least: one of mark, eight of length (FIPS 180-4, section 5.1.1).
const PADDING_MIN: usize = 9;

/// The bytes of all messages.
#[derive(Default)]
pub(super) struct Arena {
    /// What is behind `at` means nothing.
    bytes: Vec<u8>,
    at: usize,
}

impl Arena {
    /// Forgets the messages, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.at = 0;
    }

    /// What was written, in blocks.
    pub(super) fn blocks(&self) -> &[[u8; BLOCK]] {
        self.bytes.as_chunks().0
    }

    /// Where the next byte goes.
    #[inline(always)]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes on to where a message may begin, behind whatever was left of one.
    pub(super) fn align(&mut self) -> usize {
        self.at = self.at.next_multiple_of(BLOCK);
        self.at
    }

    /// What was written from `start` on, as the beginning of a slice, and its length.
    #[inline(always)]
    pub(super) fn written(&self, start: usize) -> (&[u8], usize) {
        (self.bytes.get(start..).unwrap_or(&[]), self.at - start)
    }

    /// Takes back what was written from `start` on.
    #[inline(always)]
    pub(super) fn rewind(&mut self, start: usize) {
        self.at = start;
    }

    /// The room behind the end.
    #[inline(always)]
    fn tail(&mut self) -> &mut [u8; ROOM] {
        // Asked in the words of the slices below, so that this is the only check.
        let room = self.bytes.len().checked_sub(self.at);
        if room.is_none_or(|room| room < ROOM) {
            return self.new_tail();
        }
        let tail = self.bytes.get_mut(self.at..);
        tail.and_then(<[u8]>::first_chunk_mut)
            .expect("there is room")
    }

    #[cold]
    #[inline(never)]
    fn new_tail(&mut self) -> &mut [u8; ROOM] {
        self.grow(0);
        let tail = self.bytes.get_mut(self.at..);
        tail.and_then(<[u8]>::first_chunk_mut)
            .expect("room was made")
    }

    /// Makes room for so many bytes and some more.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, more: usize) {
        let len = (self.at + more + ROOM) * 2;
        self.bytes.resize(len.next_multiple_of(BLOCK), 0);
    }

    /// The beginning of a frame.
    #[inline(always)]
    pub(super) fn open(&mut self, tq: u8) {
        *self.tail().first_chunk_mut().unwrap_or(&mut [0; 2]) = [0x0B, tq];
        self.at += 2;
    }

    /// The end of a frame.
    #[inline(always)]
    pub(super) fn close(&mut self) {
        self.tail()[0] = 0x0E;
        self.at += 1;
    }

    /// A frame around the first `len` bytes of `rest`, which need no escape.
    #[inline(always)]
    pub(super) fn frame(&mut self, tq: u8, rest: &[u8], len: usize) {
        if let (true, Some(piece)) = (len <= PIECE, rest.first_chunk::<PIECE>()) {
            let out = self.tail();
            (out[0], out[1]) = (0x0B, tq);
            out[2..2 + PIECE].copy_from_slice(piece);
            out[2 + len] = 0x0E;
            self.at += len + 3;
        } else {
            self.open(tq);
            self.extend(rest, len);
            self.close();
        }
    }

    /// A frame around a few bytes, escaped.
    #[inline(always)]
    pub(super) fn short(&mut self, Short { tq, bytes, len }: Short) {
        let bytes = bytes.to_be_bytes();
        // Behind the length there are zeros.
        if scan::markers(&bytes) == 0 {
            let out = self.tail();
            (out[0], out[1]) = (0x0B, tq);
            out[2..18].copy_from_slice(&bytes);
            out[2 + len % 16] = 0x0E;
            self.at += len + 3;
        } else {
            self.open(tq);
            self.escaped(&bytes[..len]);
            self.close();
        }
    }

    /// The first `len` bytes of `rest`, which need no escape, or have been escaped.
    #[inline(always)]
    pub(super) fn extend(&mut self, rest: &[u8], len: usize) {
        if let (true, Some(piece)) = (len <= PIECE, rest.first_chunk::<PIECE>()) {
            self.tail()[..PIECE].copy_from_slice(piece);
            self.at += len;
        } else {
            self.extend_long(rest.get(..len).unwrap_or(rest));
        }
    }

    fn extend_long(&mut self, bytes: &[u8]) {
        if self.bytes.len() < self.at + bytes.len() + ROOM {
            self.grow(bytes.len());
        }
        self.bytes[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    /// Bytes with `0C` before each that Ion Hash escapes.
    #[inline]
    pub(super) fn escaped(&mut self, bytes: &[u8]) {
        if let Ok(hash) = bytes.try_into() {
            return self.escaped_hash(hash);
        }
        if !scan::has_markers(bytes) {
            return self.extend(bytes, bytes.len());
        }
        let (chunks, rest) = bytes.as_chunks();
        for chunk in chunks {
            if scan::markers(chunk) == 0 {
                self.extend(chunk, chunk.len());
            } else {
                self.escape_each(chunk);
            }
        }
        self.escape_each(rest);
    }

    fn escape_each(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let marker = usize::from(is_marker(*byte));
            let out = self.tail();
            out[0] = 0x0C;
            out[marker] = *byte;
            self.at += 1 + marker;
        }
    }

    /// A hash, with `0C` before each byte that Ion Hash escapes.
    ///
    /// Hashes are random: two in three have none of these bytes, most others one. A branch between these two would be
    /// guessed wrong every third time, so there is none: the first half is written where it belongs if the byte comes
    /// behind it, the second where it belongs if the byte comes before it, and then whatever half is wrong in part is
    /// put right by sixteen bytes that are right. Without such a byte, it is as if one stood behind the hash.
    #[inline(always)]
    pub(super) fn escaped_hash(&mut self, hash: &[u8; 32]) {
        let found = scan::markers_of_hash(hash);
        if found & found.wrapping_sub(1) != 0 {
            return self.escaped_often(hash, found);
        }
        let out = self.tail();
        // Neither is ever above; that they are not is plain to the compiler now.
        let marker = (found.trailing_zeros() as usize).min(32);
        let is_early = marker < 16;
        let from = if is_early { marker } else { marker - 16 }.min(16);
        let to = from + usize::from(is_early);
        out[..16].copy_from_slice(&hash[..16]);
        out[17..33].copy_from_slice(&hash[16..]);
        out[to..to + 16].copy_from_slice(&hash[from..from + 16]);
        out[marker] = 0x0C;
        self.at += 32 + usize::from(found != 0);
    }

    /// The same of a hash in which several bytes are found, a bit each: from each of them on, the hash is copied once
    /// more, a place further.
    #[cold]
    #[inline(never)]
    fn escaped_often(&mut self, hash: &[u8; 32], mut found: u32) {
        let mut source = [0; 64];
        source[..32].copy_from_slice(hash);
        let out = self.tail();
        out[..32].copy_from_slice(hash);
        let mut count = 0;
        while found != 0 {
            let from = found.trailing_zeros() as usize % 32;
            let to = (from + count) % 64;
            out[to] = 0x0C;
            out[to + 1..to + 33].copy_from_slice(&source[from..from + 32]);
            count += 1;
            found &= found - 1;
        }
        self.at += 32 + count;
    }

    /// Pads the message from `start` on (FIPS 180-4, section 5.1.1). Gives the number of its first block, and how many
    /// it has.
    #[inline(always)]
    pub(super) fn finish(&mut self, start: usize) -> (usize, usize) {
        let len = self.at - start;
        let count = (len + PADDING_MIN).div_ceil(BLOCK);
        let end = start + count * BLOCK;
        let tail = self.tail();
        // At most 72 bytes of padding: the mark, up to 63 of zeros, the length.
        tail[0] = 0x80;
        tail[1..1 + BLOCK].copy_from_slice(&[0; BLOCK]);
        if let Some(last) = self.bytes.get_mut(end - 8..end) {
            last.copy_from_slice(&(len as u64 * 8).to_be_bytes());
        }
        self.at = end;
        (start / BLOCK, count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::shelves::Shelves;
    use super::*;
    use sealion_hash::Backend;

    /// Bytes of which none is escaped.
    fn plain(len: usize) -> Vec<u8> {
        (0..len).map(|i| (i % 200) as u8 | 0x20).collect()
    }

    #[test]
    fn every_length() {
        let bytes = plain(2_000);
        let mut arena = Arena::default();
        let mut shelves = Shelves::new(Backend::best());
        for _ in 0..2 {
            let mut places = Vec::new();
            for len in (0..600).chain((600..1_950).step_by(37)) {
                for message in [&bytes[..len], &bytes[bytes.len() - len..]] {
                    let start = arena.align();
                    arena.extend(message, message.len());
                    // What is taken back leaves nothing behind.
                    arena.rewind(start);
                    arena.extend(message, message.len());
                    let (start, count) = arena.finish(start);
                    places.push((shelves.put(start, count), message));
                }
                if len % 100 == 0 {
                    shelves.run(arena.blocks());
                }
            }
            shelves.run(arena.blocks());
            for (place, message) in &places {
                let expected = sealion_hash::sha256(message);
                assert_eq!(shelves.get(*place), Some(&expected), "{}", message.len());
            }
            arena.clear();
            shelves.clear();
        }
    }

    #[test]
    fn frames() {
        let bytes = plain(100);
        for len in 0..100 {
            let expected = [&[0x0B, 0x80], &bytes[..len], &[0x0E]].concat();
            for rest in [&bytes[..], &bytes[..len]] {
                let mut arena = Arena::default();
                arena.frame(0x80, rest, len);
                assert_eq!(arena.written(0).0[..arena.at()], expected, "{len}");
            }
        }
    }

    /// A frame around bytes with `0C` before the three that are escaped, one after the other.
    fn expected(bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![0x0B, 0x20];
        for byte in bytes {
            out.extend([0x0B, 0x0C, 0x0E].contains(byte).then_some(0x0C));
            out.push(*byte);
        }
        out.push(0x0E);
        out
    }

    #[test]
    fn escapes() {
        for len in 0..70 {
            for marked in (0..len)
                .map(|i| 1u128 << i)
                .chain([0, !0, 0x5555, 0x8_0001])
            {
                let bytes: Vec<u8> = (0..len)
                    .map(|at| match marked >> at & 1 {
                        1 => [0x0B, 0x0C, 0x0E][at % 3],
                        _ => 0x11 + at as u8,
                    })
                    .collect();
                let mut arena = Arena::default();
                arena.open(0x20);
                arena.escaped(&bytes);
                arena.close();
                assert_eq!(arena.written(0).0[..arena.at()], expected(&bytes));
                if len <= 15 {
                    let mut chunk = [0; 16];
                    chunk[..len].copy_from_slice(&bytes);
                    arena.rewind(0);
                    arena.short(Short {
                        tq: 0x20,
                        bytes: u128::from_be_bytes(chunk),
                        len,
                    });
                    assert_eq!(arena.written(0).0[..arena.at()], expected(&bytes));
                }
            }
        }
    }
}
