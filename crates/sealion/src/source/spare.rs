//! Memory of pieces that were read, for others: what went back to the system comes again page by page.

use std::sync::{Mutex, PoisonError};

/// Kept at most, by all threads together.
const KEPT_MAX: usize = 32;
const BYTES_MAX: usize = 512 << 10;

static SPARE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// Bytes that may be anything, in memory that is there already.
pub(super) fn take() -> Vec<u8> {
    let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
    spare.pop().unwrap_or_default()
}

/// Keeps memory, unless there is enough of it.
pub(crate) fn keep(bytes: Vec<u8>) {
    if (1..=BYTES_MAX).contains(&bytes.capacity()) {
        let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < KEPT_MAX {
            spare.push(bytes);
        }
    }
}
