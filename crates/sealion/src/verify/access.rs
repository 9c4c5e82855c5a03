//! Opens objects, counts the bytes that come, and remembers what could not be read.
//!
//! All that reads an object's content opens it here. Whoever reads is told of a failure, every time
//! he asks; and it is remembered here, so that the report has it even if he forgot.
//!
//! An archive that refuses is no fault of the data: the same run may succeed later. What is wrong
//! with bytes that did come, such as damaged compression, is remembered and not counted.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::looking::Looking;
use super::stored_hash::{Head, Reading, StoredHashes};
use crate::findings::{flaw_finding, Code, Finding, Findings};
use crate::source::{decompressed, Archive, Failure, Flaw, FlawKind, Lasting, Object, Zeros};

/// How an archive answered so far.
#[derive(Default)]
pub(crate) struct Access {
    bytes: AtomicU64,
    refused: AtomicU64,
    unended: Mutex<BTreeMap<Arc<str>, Unended>>,
    /// Compressed objects, and what was passed over behind the data of each.
    padded: Mutex<BTreeMap<Arc<str>, Zeros>>,
    /// Hashes of what is read, if they are wanted.
    hashes: Option<Arc<StoredHashes>>,
}

/// An object that was not read to its end, and the byte up to which it was.
#[derive(Clone, Debug)]
pub(crate) enum Unended {
    Failed(u64, Failure),
    /// Nobody asked for more.
    LeftOff(u64),
}

type Input = Box<dyn Read + Send>;

impl Access {
    /// One that makes hashes of what is read, if they are wanted.
    pub(super) fn new(hashes: Option<Arc<StoredHashes>>) -> Access {
        Access {
            hashes,
            ..Access::default()
        }
    }

    /// Opens `object`: its bytes decompressed, text as UTF-8.
    pub(crate) fn open(
        self: &Arc<Self>,
        archive: &dyn Archive,
        object: &Object,
    ) -> io::Result<Input> {
        self.open_as(archive, object, None, true)
    }

    /// The same, to be read up to some byte: the part of a file behind which another one begins.
    pub(super) fn open_part(
        self: &Arc<Self>,
        archive: &dyn Archive,
        object: &Object,
    ) -> io::Result<Input> {
        self.open_as(archive, object, None, false)
    }

    /// The same, while somebody is told how many bytes came.
    pub(super) fn open_told(
        self: &Arc<Self>,
        archive: &dyn Archive,
        object: &Object,
        looking: Option<&Arc<Looking>>,
    ) -> io::Result<Input> {
        self.open_as(archive, object, looking, true)
    }

    fn open_as(
        self: &Arc<Self>,
        archive: &dyn Archive,
        object: &Object,
        looking: Option<&Arc<Looking>>,
        to_end: bool,
    ) -> io::Result<Input> {
        let mut stored = self.stored(archive, object)?;
        if let Some(looking) = looking {
            stored = looking.at(stored);
        }
        let (input, zeros) = self.noted(&object.name, decompressed(stored))?;
        if let Some(zeros) = zeros {
            let padded = self.padded.lock();
            let mut padded = padded.unwrap_or_else(PoisonError::into_inner);
            padded.insert(object.name.clone(), zeros);
        }
        Ok(self.watched(object, input, to_end))
    }

    /// Opens `object`: its bytes as stored.
    pub(super) fn open_stored(
        self: &Arc<Self>,
        archive: &dyn Archive,
        object: &Object,
    ) -> io::Result<Input> {
        let stored = self.stored(archive, object)?;
        Ok(self.watched(object, Lasting::new(stored), true))
    }

    fn stored(self: &Arc<Self>, archive: &dyn Archive, object: &Object) -> io::Result<Input> {
        let inner = self.noticed(archive.open(object));
        let hashes = self.hashes.as_ref();
        let hashed = hashes.filter(|hashes| !hashes.has_all_of(&object.name));
        Ok(Box::new(Stored {
            inner: self.noted(&object.name, inner)?,
            name: object.name.clone(),
            size: object.size,
            count: 0,
            access: self.clone(),
            reading: hashed.map(|_| Reading::new()),
        }))
    }

    fn watched(self: &Arc<Self>, object: &Object, input: Lasting<Input>, to_end: bool) -> Input {
        Box::new(Watched {
            input,
            name: object.name.clone(),
            access: self.clone(),
            to_end,
        })
    }

    /// How much of an object was read, from its first byte on, if hashes are made.
    pub(super) fn read_so_far(&self, name: &str) -> Option<Head> {
        self.hashes.as_ref()?.so_far(name)
    }

    /// That an earlier run read all of an object.
    pub(super) fn know(&self, name: &Arc<str>, head: &Head) {
        if let Some(hashes) = &self.hashes {
            hashes.know(name, head.hash);
        }
    }

    /// Bytes read, as stored.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How often the archive gave an error in place of bytes.
    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// How the reading of an object ended, if not at its end.
    pub(super) fn unended(&self, name: &str) -> Option<Unended> {
        let unended = self.unended.lock();
        unended
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    /// A finding for every object that was not read to its end and of which no finding says so.
    pub(super) fn unsaid(&self, findings: &mut Findings) {
        let unended = self.unended.lock();
        let unended = unended.unwrap_or_else(PoisonError::into_inner);
        for (name, how) in unended.iter() {
            how.say(name, findings);
        }
    }

    /// Notes about objects behind whose compressed data zeros were passed over. Each is said once.
    pub(super) fn padding(&self, findings: &mut Findings) {
        let padded = self.padded.lock();
        let padded = std::mem::take(&mut *padded.unwrap_or_else(PoisonError::into_inner));
        for (name, zeros) in padded {
            let zeros = zeros.load(Ordering::Relaxed);
            if zeros > 0 {
                let message = format!(
                    "{name}: {zeros} zero bytes behind its compressed data were passed over; gzip does so, too"
                );
                let finding = Finding::new(Code::UnknownFile, message).source(&name, None);
                findings.push(finding.remedy(
                    "tapes and disks fill files up so, but so does a crash before the end was written: compare with another copy",
                ));
            }
        }
    }

    /// What failed is remembered before what was only left off, and the first failure for good.
    fn remember(&self, name: &Arc<str>, how: Unended) {
        let unended = self.unended.lock();
        let mut unended = unended.unwrap_or_else(PoisonError::into_inner);
        match unended.get(name) {
            Some(Unended::Failed(..)) => {}
            _ => _ = unended.insert(name.clone(), how),
        }
    }

    fn noticed<T>(&self, answer: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &answer {
            let again = error.kind() == io::ErrorKind::Interrupted;
            self.refused.fetch_add(u64::from(!again), Ordering::Relaxed);
        }
        answer
    }

    fn noted<T>(&self, name: &Arc<str>, opened: io::Result<T>) -> io::Result<T> {
        opened.map_err(|error| {
            let failure = Failure::of(error);
            self.remember(name, Unended::Failed(0, failure.clone()));
            failure.again()
        })
    }
}

/// What is said of a file whose end was not read.
const UNREAD: [Code; 4] = [
    Code::Unreadable,
    Code::Truncated,
    Code::Limit,
    Code::Malformed,
];

impl Unended {
    /// A finding that says so, unless there is one.
    pub(super) fn say(&self, name: &Arc<str>, findings: &mut Findings) {
        let (codes, finding) = match self {
            Unended::Failed(offset, failure) => {
                let flaw = Flaw::new(*offset, FlawKind::Unreadable(failure.again()));
                (&UNREAD[..2], flaw_finding(flaw, name))
            }
            Unended::LeftOff(offset) => {
                let message =
                    format!("{name} was not read beyond byte {offset}, and nothing says why");
                let finding = Finding::new(Code::Truncated, message)
                    .remedy("this is a defect of this tool: please report it with the file")
                    .source(name, Some(*offset));
                (&UNREAD[..], finding)
            }
        };
        if !findings.leave_open(name, codes) {
            findings.push(finding);
        }
    }
}

/// The bytes as stored, counted.
struct Stored {
    inner: Input,
    name: Arc<str>,
    /// How many there must be, if the listing told.
    size: Option<u64>,
    count: u64,
    access: Arc<Access>,
    reading: Option<Reading>,
}

impl Stored {
    fn next(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count += count as u64;
        if let (Some(reading), Some(hashes)) = (&mut self.reading, &self.access.hashes) {
            if !buffer.is_empty() {
                reading.take(&buffer[..count]);
                hashes.publish(&self.name, reading);
            }
        }
        match self.size {
            Some(size) if count == 0 && !buffer.is_empty() && size != self.count => {
                Err(io::Error::other(format!(
                    "it was listed with {size} bytes, and {} came",
                    self.count
                )))
            }
            _ => Ok(count),
        }
    }
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let answer = self.next(buffer);
        let count = self.access.clone().noticed(answer)?;
        self.access.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Remembers how the reading of an object ended.
struct Watched {
    input: Lasting<Input>,
    name: Arc<str>,
    access: Arc<Access>,
    /// Whether it is to be read to its end.
    to_end: bool,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let given = self.input.given();
        let how = match self.input.end() {
            Some(Ok(())) => return,
            Some(Err(failure)) => Unended::Failed(given, failure.clone()),
            None if !self.to_end => return,
            None => Unended::LeftOff(given),
        };
        self.access.remember(&self.name, how);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;

    /// What is said of one object, after it was read by `read`.
    fn said(listed: u64, read: impl FnOnce(Input)) -> Vec<Finding> {
        let archive = Memory::new().with("file", *b"{a:1}");
        let access = Arc::<Access>::default();
        let object = Object::new("file", Some(listed));
        read(access.open(&archive, &object).unwrap());
        let mut findings = Findings::new(9, false);
        // However often it is asked.
        access.unsaid(&mut findings);
        access.unsaid(&mut findings);
        findings.into_parts().0
    }

    fn all(mut input: Input) {
        // Whoever reads forgets what he was told.
        let _ = input.read_to_end(&mut Vec::new());
    }

    #[test]
    fn what_was_read_to_its_end_is_not_spoken_of() {
        assert!(said(5, all).is_empty());
    }

    #[test]
    fn a_failure_that_nobody_passed_on_is_said_once() {
        for listed in [4, 6] {
            let found = said(listed, all);
            let [finding] = &found[..] else {
                panic!("{found:?}");
            };
            assert_eq!(finding.code, Code::Truncated);
            let words = format!("listed with {listed} bytes, and 5 came");
            assert!(finding.message.ends_with(&words), "{}", finding.message);
            let source = finding.source.as_ref().unwrap();
            assert_eq!((&*source.path, source.offset), ("file", Some(5)));
        }
    }

    #[test]
    fn what_was_left_off_is_said() {
        let found = said(5, |mut input| {
            assert_eq!(input.read(&mut [0; 2]).unwrap(), 2)
        });
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("beyond byte 2"), "{found:?}");
    }
}
