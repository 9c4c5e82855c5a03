//! Sorts more records than fit into memory.
//!
//! Records of a journal stream come in any order and have to be put into the
//! order of the journal. Up to a limit they are held and sorted in memory; past
//! it, sorted runs go one behind the other into one unnamed temporary file, and
//! are merged as they are read back.
//!
//! Own code, because what there is (`extsort`, `ext-sort`) bounds a run by its
//! number of items or asks for types to be serialised, and needs a file a run:
//! here records differ a thousandfold in size, and the promise is in bytes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;

/// Two lengths of 8 bytes, little endian: the key's, the record's.
const HEADER_BYTES: usize = 16;
/// Bytes read at a time from one run while merging.
const READ_BYTES: Range<usize> = 4 << 10..256 << 10;

/// Where one record lies in `Spool::bytes`: its key, then the record.
#[derive(Clone, Copy)]
struct Place {
    start: usize,
    key_length: usize,
    record_length: usize,
}

/// What a held record takes besides its bytes, with the room that sorting takes.
const PLACE_BYTES: usize = 2 * std::mem::size_of::<Place>();

impl Place {
    fn key<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.start..][..self.key_length]
    }

    fn record<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.start + self.key_length..][..self.record_length]
    }
}

/// A key and what was pushed with it, or why it cannot be read back.
type Record = io::Result<(Vec<u8>, Vec<u8>)>;

/// Records on their way into order.
pub(crate) struct Spool {
    memory_bytes_max: usize,
    bytes: Vec<u8>,
    places: Vec<Place>,
    file: Option<File>,
    /// The sorted runs in the file, in order of arrival.
    runs: Vec<Range<u64>>,
}

impl Spool {
    /// Holds at most about `memory_bytes_max` bytes (one record more, if a record
    /// is larger than that). While merging, 4 KiB a run are the least that is
    /// needed: with 64 MiB that keeps the promise up to a terabyte of records.
    pub(crate) fn new(memory_bytes_max: u64) -> Spool {
        Spool {
            memory_bytes_max: usize::try_from(memory_bytes_max).unwrap_or(usize::MAX),
            bytes: Vec::new(),
            places: Vec::new(),
            file: None,
            runs: Vec::new(),
        }
    }

    /// Adds a record. Keys are compared as bytes, so numbers in them must be big
    /// endian. Fails only if the temporary file does.
    pub(crate) fn push(&mut self, key: &[u8], record: &[u8]) -> io::Result<()> {
        let held = self.bytes.len() + self.places.len() * PLACE_BYTES;
        let added = key.len() + record.len() + PLACE_BYTES;
        if held.saturating_add(added) > self.memory_bytes_max {
            self.spill()?;
        }
        self.places.push(Place {
            start: self.bytes.len(),
            key_length: key.len(),
            record_length: record.len(),
        });
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(record);
        Ok(())
    }

    /// All records as (key, record), by key; those of equal keys in the order in
    /// which they came. After an error the iterator is at its end.
    pub(crate) fn into_sorted(self) -> io::Result<impl Iterator<Item = Record> + Send> {
        self.sorted()
    }

    fn sorted(mut self) -> io::Result<Sorted> {
        if self.runs.is_empty() {
            self.sort();
            return Ok(Sorted::Held {
                bytes: self.bytes,
                places: self.places.into_iter(),
            });
        }
        self.spill()?;
        let Spool { file, runs, .. } = self;
        let Some(file) = file else {
            return Err(io::Error::other("sorted runs without a file"));
        };
        let share = self.memory_bytes_max / runs.len();
        let read_bytes = share.clamp(READ_BYTES.start, READ_BYTES.end);
        Ok(Sorted::Spilled(Merge::new(file, runs, read_bytes)?))
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        // `sort_by` is stable.
        self.places.sort_by(|a, b| a.key(bytes).cmp(b.key(bytes)));
    }

    /// Writes what is held as one more sorted run.
    fn spill(&mut self) -> io::Result<()> {
        if self.places.is_empty() {
            return Ok(());
        }
        self.sort();
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let start = file.stream_position()?;
        let mut writer = BufWriter::with_capacity(READ_BYTES.end, &mut *file);
        for place in &self.places {
            writer.write_all(&(place.key_length as u64).to_le_bytes())?;
            writer.write_all(&(place.record_length as u64).to_le_bytes())?;
            writer.write_all(place.key(&self.bytes))?;
            writer.write_all(place.record(&self.bytes))?;
        }
        writer.flush()?;
        drop(writer);
        self.runs.push(start..file.stream_position()?);
        self.places.clear();
        self.bytes.clear();
        Ok(())
    }
}

/// The records of a spool in order.
enum Sorted {
    /// All fitted into memory.
    Held {
        bytes: Vec<u8>,
        places: std::vec::IntoIter<Place>,
    },
    /// They are read back from the file.
    Spilled(Merge),
}

impl Iterator for Sorted {
    type Item = Record;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Sorted::Held { bytes, places } => {
                let place = places.next()?;
                Some(Ok((
                    place.key(bytes).to_vec(),
                    place.record(bytes).to_vec(),
                )))
            }
            Sorted::Spilled(merge) => merge.next(),
        }
    }
}

/// The merge of all runs. Of each run only the next key and a buffer are in
/// memory, never a record that waits.
struct Merge {
    file: File,
    runs: Vec<Run>,
    /// The next key of each run, smallest first, then the earliest run.
    heads: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
}

/// What is left of one run.
struct Run {
    /// What was not read yet.
    rest: Range<u64>,
    buffer: Vec<u8>,
    at: usize,
    read_bytes: usize,
    /// Length of the record that follows the key that is in `heads`.
    record_length: u64,
}

impl Merge {
    fn new(mut file: File, runs: Vec<Range<u64>>, read_bytes: usize) -> io::Result<Merge> {
        let mut heads = BinaryHeap::with_capacity(runs.len());
        let mut opened = Vec::with_capacity(runs.len());
        for (index, rest) in runs.into_iter().enumerate() {
            let mut run = Run {
                rest,
                buffer: Vec::new(),
                at: 0,
                read_bytes,
                record_length: 0,
            };
            if let Some(key) = run.next_key(&mut file)? {
                heads.push(Reverse((key, index)));
            }
            opened.push(run);
        }
        Ok(Merge {
            file,
            runs: opened,
            heads,
        })
    }

    fn advance(&mut self, index: usize) -> io::Result<Vec<u8>> {
        let run = &mut self.runs[index];
        let record = run.take(&mut self.file, run.record_length)?;
        if let Some(key) = run.next_key(&mut self.file)? {
            self.heads.push(Reverse((key, index)));
        }
        Ok(record)
    }

    fn next(&mut self) -> Option<Record> {
        let Reverse((key, index)) = self.heads.pop()?;
        let record = self.advance(index);
        if record.is_err() {
            self.heads.clear();
        }
        Some(record.map(|record| (key, record)))
    }
}

impl Run {
    /// The next key, or `None` at the end of the run.
    fn next_key(&mut self, file: &mut File) -> io::Result<Option<Vec<u8>>> {
        if self.at == self.buffer.len() && self.rest.is_empty() {
            self.buffer = Vec::new();
            return Ok(None);
        }
        let header = self.take(file, HEADER_BYTES as u64)?;
        let (key_length, record_length) = header.split_at(HEADER_BYTES / 2);
        self.record_length = little_endian(record_length);
        self.take(file, little_endian(key_length)).map(Some)
    }

    /// The next `length` bytes.
    fn take(&mut self, file: &mut File, length: u64) -> io::Result<Vec<u8>> {
        let buffered = (self.buffer.len() - self.at) as u64;
        if length > buffered + (self.rest.end - self.rest.start) {
            // Only if somebody else wrote to the file.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let length = length as usize;
        let mut taken = Vec::with_capacity(length);
        while taken.len() < length {
            if self.at == self.buffer.len() {
                self.refill(file)?;
            }
            let wanted = length - taken.len();
            let part = &self.buffer[self.at..];
            let part = &part[..wanted.min(part.len())];
            taken.extend_from_slice(part);
            self.at += part.len();
        }
        Ok(taken)
    }

    fn refill(&mut self, file: &mut File) -> io::Result<()> {
        let left = self.rest.end - self.rest.start;
        let count = left.min(self.read_bytes as u64);
        self.buffer.resize(count as usize, 0);
        self.at = 0;
        file.seek(SeekFrom::Start(self.rest.start))?;
        file.read_exact(&mut self.buffer)?;
        self.rest.start += count;
        Ok(())
    }
}

fn little_endian(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().rev();
    digits.fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Records = Vec<(Vec<u8>, Vec<u8>)>;

    fn sorted(records: &Records, memory_bytes_max: u64) -> (Records, usize) {
        let mut spool = Spool::new(memory_bytes_max);
        for (key, record) in records {
            spool.push(key, record).unwrap();
        }
        let runs = spool.runs.len();
        let sorted = spool.into_sorted().unwrap();
        (sorted.map(|record| record.unwrap()).collect(), runs)
    }

    /// Numbers that look random and are the same in each run (xorshift64).
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, end: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % end
        }

        fn bytes(&mut self, length_max: u64, values: u64) -> Vec<u8> {
            let length = self.below(length_max + 1);
            (0..length).map(|_| self.below(values) as u8).collect()
        }
    }

    #[test]
    fn equals_a_plain_stable_sort_whatever_the_memory() {
        let mut numbers = Numbers(0x5EA1_1011);
        let mut spilled = 0;
        for round in 0..400 {
            let count = numbers.below(60);
            // Few distinct keys, some of them prefixes of others; each record
            // carries its place of arrival, so that the order of equals shows.
            let records: Records = (0..count)
                .map(|arrival| {
                    let mut record = (arrival as u32).to_be_bytes().to_vec();
                    record.extend(numbers.bytes(if round % 10 == 0 { 9000 } else { 40 }, 256));
                    (numbers.bytes(3, 3), record)
                })
                .collect();
            let mut expected = records.clone();
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            for memory in [0, 1, 100, 1000, 10_000, u64::MAX] {
                let (found, runs) = sorted(&records, memory);
                assert_eq!(found, expected, "round {round}, memory {memory}");
                spilled += usize::from(runs > 1);
            }
        }
        assert!(spilled > 1000, "the limits must make it spill: {spilled}");
    }

    #[test]
    fn spills_only_past_the_limit() {
        let record = || (vec![1], vec![2; 99]);
        let each = 100 + PLACE_BYTES as u64;
        let records = vec![record(), record(), record()];
        assert_eq!(sorted(&records, 3 * each).1, 0);
        assert_eq!(sorted(&records, 3 * each - 1).1, 1);
        assert_eq!(sorted(&records, 0).1, 2, "each record is a run");
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(sorted(&vec![], 0), (vec![], 0));
        let empty = vec![(vec![], vec![]), (vec![], vec![])];
        assert_eq!(sorted(&empty, 0).0, empty);
    }

    #[test]
    fn records_longer_than_the_read_buffer_come_back_whole() {
        let long = |byte, length| (vec![byte; 5000], vec![byte; length]);
        let records = vec![long(2, 10_001), long(1, 4096), long(3, 0)];
        let (found, runs) = sorted(&records, 1);
        assert_eq!(runs, 2);
        assert_eq!(found, [long(1, 4096), long(2, 10_001), long(3, 0)]);
    }

    #[test]
    fn a_file_cut_behind_our_back_is_an_error_and_the_end() {
        let mut spool = Spool::new(0);
        for byte in 0..3 {
            spool.push(&[byte], &[byte; 9000]).unwrap();
        }
        let sorted = spool.sorted().unwrap();
        let Sorted::Spilled(merge) = &sorted else {
            panic!("all in memory");
        };
        // The second record starts at 9,017 and is cut at 14,000.
        merge.file.set_len(14_000).unwrap();
        let outcome: Vec<bool> = sorted.map(|record| record.is_ok()).collect();
        assert_eq!(outcome, [true, false]);
    }

    #[test]
    fn the_iterator_may_go_to_another_thread() {
        fn assert_send<T: Send>(_: &T) {}
        let sorted = Spool::new(0).into_sorted().unwrap();
        assert_send(&sorted);
    }
}
