//! Progress while files are looked at: to find out what each is, and to take in all that is no journal.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use super::{Progress, ProgressCallback};

/// Bytes of one file between two calls.
const TELL_BYTES: u64 = 1 << 20;

/// Tells how far it is.
pub(crate) struct Looking {
    tell: ProgressCallback,
    bytes: AtomicU64,
    objects: AtomicU64,
    objects_total: u64,
}

impl Looking {
    pub(crate) fn new(tell: ProgressCallback, objects_total: usize) -> Arc<Looking> {
        Arc::new(Looking {
            tell,
            bytes: AtomicU64::new(0),
            objects: AtomicU64::new(0),
            objects_total: objects_total as u64,
        })
    }

    /// One more file was looked at.
    pub(crate) fn looked(&self) {
        self.objects.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    fn tell(&self) {
        (self.tell)(Progress {
            bytes: self.bytes.load(Ordering::Relaxed),
            bytes_total: 0,
            blocks: 0,
            objects: self.objects.load(Ordering::Relaxed),
            objects_total: self.objects_total,
            second_pass: false,
        });
    }

    /// The same bytes, counted.
    pub(crate) fn at(self: &Arc<Self>, inner: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(Looked {
            inner,
            looking: self.clone(),
        })
    }
}

struct Looked {
    inner: Box<dyn Read + Send>,
    looking: Arc<Looking>,
}

impl Read for Looked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let before = self
            .looking
            .bytes
            .fetch_add(count as u64, Ordering::Relaxed);
        if before / TELL_BYTES != (before + count as u64) / TELL_BYTES {
            self.looking.tell();
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;
    use crate::Verifier;
    use std::sync::Mutex;

    #[test]
    fn files_and_bytes_are_told_as_they_are_looked_at() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let told = seen.clone();
        let verifier = Verifier::new().progress(move |at: Progress| {
            told.lock()
                .unwrap()
                .push((at.objects, at.objects_total, at.bytes));
        });
        let large = "{a:1}\n".repeat(3 << 20 >> 2);
        let files = Memory::new()
            .with("a", large.clone().into_bytes())
            .with("b", *b"{}");
        verifier.verify(&files).unwrap();
        let seen = seen.lock().unwrap();
        let early = seen.iter().filter(|(objects, ..)| *objects == 0);
        assert_eq!(early.count() as u64, large.len() as u64 / TELL_BYTES);
        assert!(seen.contains(&(1, 2, large.len() as u64)));
        assert!(seen.contains(&(2, 2, large.len() as u64 + 2)), "{seen:?}");
    }
}
