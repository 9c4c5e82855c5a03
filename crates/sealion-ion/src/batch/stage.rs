//! The bytes of messages that are being written, the innermost last.
//!
//! Nearly all writes are of a few bytes, for which a call to copy memory costs more than the copy. So there is always
//! room behind the end, and pieces of fixed size are copied: the compiler makes a load and a store of each.

use crate::hasher::is_marker;

/// Bytes of room behind the end, whatever is written next.
const ROOM: usize = 128;

/// A growing run of bytes.
#[derive(Default)]
pub(super) struct Stage {
    /// What is behind `len` means nothing.
    bytes: Vec<u8>,
    len: usize,
}

impl Stage {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    pub(super) fn from(&self, start: usize) -> &[u8] {
        &self.bytes[start..self.len]
    }

    /// The message from `start` on as one padded block (FIPS 180-4, section 5.1.1), if it fits one: up to 55 bytes.
    #[inline]
    pub(super) fn one_block(&mut self, start: usize) -> Option<&[u8; 64]> {
        let len = self.len.checked_sub(start).filter(|len| *len <= 55)?;
        let message: &mut [u8; ROOM] = self.bytes.get_mut(start..)?.first_chunk_mut()?;
        message[len] = 0x80;
        *message[len + 1..].first_chunk_mut::<64>()? = [0; 64];
        message[56..64].copy_from_slice(&(len as u64 * 8).to_be_bytes());
        message.first_chunk()
    }

    /// Makes room for so many bytes and some more.
    #[inline]
    fn reserve(&mut self, more: usize) {
        if self.bytes.len() - self.len < more + ROOM {
            self.bytes.resize((self.len + more + ROOM) * 2, 0);
        }
    }

    #[inline]
    pub(super) fn push(&mut self, byte: u8) {
        self.reserve(1);
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    /// The beginning of a frame.
    #[inline]
    pub(super) fn open(&mut self, tq: u8) {
        self.reserve(2);
        self.bytes[self.len..self.len + 2].copy_from_slice(&[0x0B, tq]);
        self.len += 2;
    }

    /// A whole frame around bytes that need no escape.
    #[inline]
    pub(super) fn frame(&mut self, tq: u8, bytes: &[u8]) {
        self.reserve(bytes.len() + 3);
        let end = self.len + bytes.len() + 3;
        let frame = &mut self.bytes[self.len..end];
        if let [begin, code, inside @ .., last] = frame {
            (*begin, *code, *last) = (0x0B, tq, 0x0E);
            copy(inside, bytes);
        }
        self.len = end;
    }

    /// Bytes that need no escape, or have been escaped.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        let end = self.len + bytes.len();
        copy(&mut self.bytes[self.len..end], bytes);
        self.len = end;
    }

    /// A hash with `0C` before each byte that Ion Hash escapes. Hashes are random: two in three have none, most
    /// others one. So the hash is copied whole, and for each such byte once more from there on, a place further.
    #[inline]
    pub(super) fn escaped_hash(&mut self, hash: &[u8; 32]) {
        self.reserve(64);
        let Some(out) = self.bytes[self.len..].first_chunk_mut::<ROOM>() else {
            return;
        };
        let mut source = [0; 64];
        *source.first_chunk_mut().unwrap_or(&mut [0; 32]) = *hash;
        let mut markers = [0u8; 32];
        for (marker, byte) in markers.iter_mut().zip(hash) {
            *marker = u8::from(*byte == 0x0B) | u8::from(*byte == 0x0C) | u8::from(*byte == 0x0E);
        }
        out[..32].copy_from_slice(hash);
        let mut count = 0;
        if markers != [0; 32] {
            for (word, eight) in markers.as_chunks::<8>().0.iter().enumerate() {
                let mut left = u64::from_le_bytes(*eight);
                while left != 0 {
                    let at = word * 8 + left.trailing_zeros() as usize / 8;
                    out[at + count] = 0x0C;
                    count += 1;
                    out[at + count..at + count + 32].copy_from_slice(&source[at..at + 32]);
                    left &= left - 1;
                }
            }
        }
        self.len += 32 + count;
    }

    /// Bytes with `0C` before each that Ion Hash escapes.
    #[inline]
    pub(super) fn escaped(&mut self, bytes: &[u8]) {
        if !bytes.iter().fold(false, |any, byte| any | is_marker(*byte)) {
            return self.extend(bytes);
        }
        for byte in bytes {
            if is_marker(*byte) {
                self.push(0x0C);
            }
            self.push(*byte);
        }
    }
}

/// Copies between slices of one length: up to 32 bytes as two pieces that overlap in the middle.
#[inline]
fn copy(to: &mut [u8], from: &[u8]) {
    match from.len() {
        4..=8 => ends::<4>(to, from),
        9..=16 => ends::<8>(to, from),
        17..=32 => ends::<16>(to, from),
        0..=3 => to.iter_mut().zip(from).for_each(|(to, from)| *to = *from),
        _ => to.copy_from_slice(from),
    }
}

#[inline]
fn ends<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(to), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (to.last_chunk_mut::<N>(), from.last_chunk()) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length() {
        let bytes: Vec<u8> = (0x10..0x70).collect();
        let mut stage = Stage::default();
        for len in 0..bytes.len() {
            stage.truncate(3);
            stage.push(7);
            let start = stage.len();
            stage.frame(0x80, &bytes[..len]);
            let expected = [&[0x0B, 0x80], &bytes[..len], &[0x0E]].concat();
            assert_eq!(stage.from(start), expected);
            stage.escaped(&bytes[..len]);
            assert_eq!(stage.from(start + len + 3), &bytes[..len]);
            stage.truncate(start + len + 3);
            let block = stage.one_block(start).copied();
            assert_eq!(block.is_some(), expected.len() <= 55);
            if let Some(block) = block {
                let hash = sealion_hash::padded_one(&[block]);
                assert_eq!(hash, sealion_hash::sha256(&expected), "{len}");
            }
        }
    }

    #[test]
    fn escapes_in_hashes() {
        let mut hash = [0x11; 32];
        for (i, mask) in (0..32u32)
            .map(|i| (i as usize, 0x8000_0001u32.rotate_left(i) | i))
            .chain([(0, 0), (1, !0)])
        {
            for (at, byte) in hash.iter_mut().enumerate() {
                let marker = [0x0B, 0x0C, 0x0E][(at + i) % 3];
                *byte = if mask >> at & 1 == 1 {
                    marker
                } else {
                    0x11 + at as u8
                };
            }
            let (mut one, mut other) = (Stage::default(), Stage::default());
            one.escaped_hash(&hash);
            other.escaped(&hash);
            assert_eq!(one.from(0), other.from(0), "{mask:x}");
            assert_eq!(one.len(), 32 + mask.count_ones() as usize);
        }
    }

    #[test]
    fn escapes() {
        let mut stage = Stage::default();
        stage.escaped(&[0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F]);
        assert_eq!(
            stage.from(0),
            [0x0A, 0x0C, 0x0B, 0x0C, 0x0C, 0x0D, 0x0C, 0x0E, 0x0F]
        );
    }
}
