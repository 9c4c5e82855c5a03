//! Memory of parts, used again: parts are large and come and go on several threads, which
//! leaves an allocator with many holes.

use std::sync::{Mutex, PoisonError};

use crate::{HEAD_BYTES, PART_BYTES};

/// Buffers that are not in use. There are never more than parts were in memory at a time.
#[derive(Debug, Default)]
pub(crate) struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    /// An empty buffer with room for `length` bytes of a part.
    pub(crate) fn take(&self, length: usize) -> Vec<u8> {
        if length as u64 <= HEAD_BYTES {
            return Vec::with_capacity(length);
        }
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(|| Vec::with_capacity(length.max(PART_BYTES as usize)))
    }

    /// Takes a buffer back.
    pub(crate) fn give_back(&self, mut buffer: Vec<u8>) {
        if buffer.capacity() as u64 >= PART_BYTES {
            buffer.clear();
            let mut spare = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            spare.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_buffer_comes_again_and_a_small_one_does_not() {
        let buffers = Buffers::default();
        let mut large = buffers.take(HEAD_BYTES as usize + 1);
        large.push(1);
        let address = large.as_ptr();
        buffers.give_back(buffers.take(HEAD_BYTES as usize));
        buffers.give_back(large);
        let again = buffers.take(PART_BYTES as usize);
        assert!(again.is_empty() && again.capacity() as u64 >= PART_BYTES);
        assert_eq!(again.as_ptr(), address);
        let other = buffers.take(PART_BYTES as usize);
        assert_ne!(other.as_ptr(), address, "it is in use");
    }
}
