//! Opens objects, counts the bytes that come, and notices what could not be read.
//!
//! An archive that refuses is no fault of the data: the same run may succeed later. What is wrong
//! with bytes that did come, such as damaged compression, is not counted here.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use crate::source::{Archive, Object};

/// How an archive answered so far.
#[derive(Default)]
pub(super) struct Access {
    bytes: AtomicU64,
    refused: AtomicU64,
}

impl Access {
    /// Opens `object`.
    pub(super) fn open(
        self: &Arc<Self>,
        archive: &dyn Archive,
        object: &Object,
    ) -> io::Result<Box<dyn Read + Send>> {
        let inner = self.noticed(archive.open(object))?;
        let access = self.clone();
        Ok(Box::new(Reading { inner, access }))
    }

    /// Bytes read, as stored.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How often the archive gave an error in place of bytes.
    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn noticed<T>(&self, answer: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &answer {
            let again = error.kind() == io::ErrorKind::Interrupted;
            self.refused.fetch_add(u64::from(!again), Ordering::Relaxed);
        }
        answer
    }
}

struct Reading {
    inner: Box<dyn Read + Send>,
    access: Arc<Access>,
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.access.noticed(self.inner.read(buffer))?;
        self.access.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
