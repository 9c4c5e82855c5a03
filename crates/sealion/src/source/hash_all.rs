//! Size and SHA-256 of bytes that come one after another.

use std::io::{self, ErrorKind, Read};

use sealion_hash::{Hash, Sha256};

/// Bytes read at a time.
const BUFFER_BYTES: usize = 64 << 10;

/// Reads to the end; gives the number of bytes, and their hash.
pub(crate) fn hash_all(mut input: impl Read) -> io::Result<(u64, Hash)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut size = 0;
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return Ok((size, hasher.finish())),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                size += count as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
