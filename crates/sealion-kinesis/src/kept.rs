//! What came of one shard, in a temporary file that is read while it grows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// One shard's records, as far as they came.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    state: Mutex<State>,
    grown: Condvar,
}

#[derive(Debug, Default)]
struct State {
    file: Option<File>,
    bytes: u64,
    /// How it ended, once it did: whole, or why not.
    end: Option<Result<(), String>>,
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds to what was kept. If it is dropped without [`Writer::end`], readers get an error.
#[derive(Debug)]
pub(crate) struct Writer(Arc<Kept>);

impl Writer {
    pub(crate) fn new(kept: &Arc<Kept>) -> Writer {
        Writer(kept.clone())
    }

    pub(crate) fn push(&self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.0.lock();
        let at = state.bytes;
        let file = match &mut state.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)?;
        state.bytes += bytes.len() as u64;
        self.0.grown.notify_all();
        Ok(())
    }

    pub(crate) fn end(self, how: Result<(), String>) {
        self.0.lock().end = Some(how);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let broke_off = || Err("reading broke off".to_owned());
        self.0.lock().end.get_or_insert_with(broke_off);
        self.0.grown.notify_all();
    }
}

/// Reads what was kept from its first byte on, and waits for more until it ended.
#[derive(Debug)]
pub(crate) struct Reader {
    kept: Arc<Kept>,
    position: u64,
}

impl Reader {
    pub(crate) fn new(kept: &Arc<Kept>) -> Reader {
        Reader {
            kept: kept.clone(),
            position: 0,
        }
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let more = |state: &mut State| state.end.is_none() && state.bytes == self.position;
        let state = self.kept.grown.wait_while(self.kept.lock(), more);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let left = state.bytes - self.position;
        if left == 0 {
            return match &state.end {
                Some(Err(why)) => Err(io::Error::other(why.clone())),
                _ => Ok(0),
            };
        }
        let Some(file) = &mut state.file else {
            return Err(io::Error::other("bytes without a file"));
        };
        file.seek(SeekFrom::Start(self.position))?;
        let count = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = file.read(&mut buffer[..count])?;
        if count == 0 && !buffer.is_empty() {
            // Only if somebody else wrote to the file.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.position += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn every_reader_gets_all_bytes_while_they_come() {
        let kept = Arc::new(Kept::default());
        let writer = Writer::new(&kept);
        let readers = [(); 2].map(|()| {
            let mut reader = Reader::new(&kept);
            thread::spawn(move || io::read_to_string(&mut reader).unwrap())
        });
        let all: String = (0..1000).map(|number| format!("{number},")).collect();
        for part in all.as_bytes().chunks(7) {
            writer.push(part).unwrap();
        }
        writer.end(Ok(()));
        for reader in readers {
            assert!(reader.join().unwrap() == all);
        }
        assert_eq!(io::read_to_string(Reader::new(&kept)).unwrap(), all);
    }

    #[test]
    fn what_came_is_read_before_what_ended_it() {
        for (end, why) in [
            (Some(Err("cut".to_owned())), "cut"),
            (None, "reading broke off"),
        ] {
            let kept = Arc::new(Kept::default());
            let writer = Writer::new(&kept);
            writer.push(b"abc").unwrap();
            match end {
                Some(end) => writer.end(end),
                None => drop(writer),
            }
            let mut read = Vec::new();
            let error = Reader::new(&kept).read_to_end(&mut read).unwrap_err();
            assert_eq!(
                (&read[..], error.to_string()),
                (&b"abc"[..], why.to_owned())
            );
        }
    }

    #[test]
    fn nothing_is_an_end_too() {
        let kept = Arc::new(Kept::default());
        Writer::new(&kept).end(Ok(()));
        assert_eq!(io::read_to_string(Reader::new(&kept)).unwrap(), "");
    }
}
