//! The fast engine: claims and content of blocks in one pass over borrowed bytes.
//!
//! It reads what QLDB writes, and passes on everything else: a field that is
//! missing, null, unknown or there twice, a type that is not the expected one.
//! So it can leave all words about what is wrong to the reference.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use sealion_ion::{Batch, Pass, Reader, Reason, Slot, Type, Value};

mod info;
mod revision;

use super::batched;
use crate::blocks::block::{Block, BlockContent};
use crate::blocks::claim::{RecordedAddress, RecordedHash};
use crate::blocks::revision::RevisionContent;
use crate::blocks::time::Time;
use crate::blocks::{BlockAddress, StrandId};
use crate::findings::{check_block, Asked, CheckedBlock};
use crate::source::{Encoding, Piece};
use crate::Limits;

thread_local! {
    /// One batch a thread, used again and again: it keeps what it has allocated.
    static BATCH: RefCell<Batch> = RefCell::new(Batch::default());
}

/// Reads and checks all blocks of a piece, or passes on it as a whole.
pub(crate) fn check_piece(
    piece: &Piece,
    path: &Arc<str>,
    asked: &Asked,
    limits: &Limits,
) -> Result<Vec<CheckedBlock>, Pass> {
    // The reference refuses text that is not UTF-8 anywhere, comments too.
    if Encoding::of(&piece.bytes) == Encoding::Text {
        if let Err(error) = std::str::from_utf8(&piece.bytes) {
            return Err(Pass {
                offset: error.valid_up_to(),
                reason: Reason::Utf8,
            });
        }
    }
    BATCH.with_borrow_mut(|batch| {
        batch.clear();
        let read = read_blocks(piece, asked, limits, batch)?;
        batch.run();
        let blocks: Vec<(Block, BlockContent)> = read
            .into_iter()
            .map(|(block, slots)| (block, slots.content(batch)))
            .collect();
        let hashes = batched::hashes_of(&blocks);
        let checked = blocks.iter().zip(&hashes);
        Ok(checked
            .map(|((block, content), hashes)| check_block(block, content, hashes, path))
            .collect())
    })
}

/// Places of a block's content in the batch.
#[derive(Default)]
struct Slots {
    transaction_info: Option<Slot>,
    redaction_info: Option<Slot>,
    statements: Vec<Option<Slot>>,
    /// Data and metadata of each revision.
    revisions: Vec<(Option<Slot>, Option<Slot>)>,
}

impl Slots {
    fn content(self, batch: &Batch) -> BlockContent {
        let made = |slot: Option<Slot>| slot.map(|slot| Ok(batch.get(slot)));
        BlockContent {
            transaction_info: made(self.transaction_info),
            redaction_info: made(self.redaction_info),
            statements: self.statements.into_iter().map(made).collect(),
            revisions: self
                .revisions
                .into_iter()
                .map(|(data, metadata)| RevisionContent {
                    data: made(data),
                    metadata: made(metadata),
                })
                .collect(),
        }
    }
}

fn read_blocks(
    piece: &Piece,
    asked: &Asked,
    limits: &Limits,
    batch: &mut Batch,
) -> Result<Vec<(Block, Slots)>, Pass> {
    let mut ion_limits = sealion_ion::Limits::default();
    ion_limits.depth_max = limits.depth_max;
    ion_limits.symbols_max = limits.symbols_max;
    ion_limits.value_bytes_max = limits.value_bytes_max;
    let mut decoder = Decoder {
        reader: Reader::new(&piece.bytes, &ion_limits)?,
        found: Type::Null,
        strand: None,
        shift: piece.offset.wrapping_sub(piece.context as u64),
        asked,
        limits,
    };
    let mut blocks = Vec::with_capacity(piece.ends.len());
    while let Some(start) = decoder.item()? {
        blocks.push(decoder.block(start, batch)?);
    }
    Ok(blocks)
}

struct Decoder<'a> {
    reader: Reader<'a>,
    /// The type of the value just found.
    found: Type,
    /// The strand met last.
    strand: Option<StrandId>,
    /// What is added to an index into the bytes to give the offset in the file.
    shift: u64,
    asked: &'a Asked,
    limits: &'a Limits,
}

/// A field of a struct: its name and where its value stands.
type Field<'a> = (Cow<'a, str>, usize);

impl<'a> Decoder<'a> {
    fn pass<T>(&self, offset: usize, reason: Reason) -> Result<T, Pass> {
        Err(Pass { offset, reason })
    }

    fn file_offset(&self, index: usize) -> u64 {
        self.shift.wrapping_add(index as u64)
    }

    /// A second reader at the same value, for what lies within a value that is
    /// hashed as a whole.
    fn fork(&self) -> Decoder<'a> {
        Decoder {
            reader: self.reader.clone(),
            strand: self.strand.clone(),
            ..*self
        }
    }

    /// Enters the value just found, which must be of this type.
    fn enter(&mut self, kind: Type) -> Result<(), Pass> {
        match self.found == kind {
            true => self.reader.enter(),
            false => self.pass(self.reader.offset(), Reason::Kind),
        }
    }

    /// The next value: neither null nor annotated, for those are none of QLDB's.
    fn next(&mut self) -> Result<Option<Value<'a>>, Pass> {
        let value = self.reader.next()?;
        match &value {
            Some(value) if value.null || value.annotated => self.pass(value.offset, Reason::Kind),
            Some(found) => {
                self.found = found.kind;
                Ok(value)
            }
            None => Ok(None),
        }
    }

    /// The next field of the struct entered last.
    fn field(&mut self) -> Result<Option<Field<'a>>, Pass> {
        match self.next()? {
            None => Ok(None),
            Some(value) => match value.field {
                Some(name) => Ok(Some((name, value.offset))),
                None => self.pass(value.offset, Reason::Place),
            },
        }
    }

    /// Puts a value where none may be yet: a field that comes twice is passed on.
    fn once<T>(&self, slot: &mut Option<T>, value: T, at: usize) -> Result<(), Pass> {
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => self.pass(at, Reason::Count),
        }
    }

    /// A field that must have been there.
    fn required<T>(&self, value: Option<T>, at: usize) -> Result<T, Pass> {
        value.ok_or(Pass {
            offset: at,
            reason: Reason::Count,
        })
    }

    fn text(&mut self) -> Result<String, Pass> {
        self.reader.text().map(Cow::into_owned)
    }

    fn hash(&mut self, at: usize) -> Result<RecordedHash, Pass> {
        let blob = self.reader.blob32()?;
        Ok(RecordedHash {
            offset: self.file_offset(at),
            length: blob.length,
            hash: blob.hash,
        })
    }

    fn time(&mut self) -> Result<Time, Pass> {
        let found = self.reader.timestamp()?;
        let digits = u32::from(found.fraction_digits);
        let nanoseconds = match digits {
            0..=9 => found.fraction * 10u64.pow(9 - digits),
            _ => found.fraction / 10u64.pow(digits - 9),
        };
        let date = (
            u32::from(found.year),
            u32::from(found.month),
            u32::from(found.day),
        );
        let time = (
            u32::from(found.hour),
            u32::from(found.minute),
            u32::from(found.second),
        );
        Ok(Time::from_utc(date, time, nanoseconds as u32))
    }

    /// The strand's id; it is the same in all blocks, so the last one is kept.
    fn strand(&mut self, text: &str) -> StrandId {
        match &self.strand {
            Some(last) if last.as_str() == text => last.clone(),
            _ => self.strand.insert(StrandId::new(text)).clone(),
        }
    }

    /// `{strandId, sequenceNo}` and nothing else.
    fn address(&mut self, at: usize) -> Result<RecordedAddress, Pass> {
        let (mut strand_id, mut sequence_no) = (None, None);
        self.enter(Type::Struct)?;
        while let Some((name, at)) = self.field()? {
            match &*name {
                "strandId" => {
                    let text = self.reader.text()?;
                    let found = self.strand(&text);
                    self.once(&mut strand_id, found, at)?;
                }
                "sequenceNo" => {
                    let number = self.reader.uint()?;
                    self.once(&mut sequence_no, number, at)?;
                }
                _ => return self.pass(at, Reason::Unexpected),
            }
        }
        self.reader.leave()?;
        let strand_id = self.required(strand_id, at)?;
        let sequence_no = self.required(sequence_no, at)?;
        Ok(RecordedAddress {
            offset: self.file_offset(at),
            address: BlockAddress::new(strand_id, sequence_no),
            repeated: Vec::new(),
        })
    }

    fn block(&mut self, start: usize, batch: &mut Batch) -> Result<(Block, Slots), Pass> {
        let mut slots = Slots::default();
        let (mut address, mut transaction_id, mut timestamp) = (None, None, None);
        let (mut block_hash, mut entries_hash, mut previous) = (None, None, None);
        let (mut entries, mut transaction_info, mut redaction_info) = (None, None, None);
        let mut revisions = None;
        self.enter(Type::Struct)?;
        while let Some((name, at)) = self.field()? {
            // What may be left out is known once the address is.
            let asked = address
                .as_ref()
                .map(|found: &RecordedAddress| self.asked.includes(found.address.sequence_no));
            match &*name {
                "blockAddress" => {
                    let found = self.address(at)?;
                    self.once(&mut address, found, at)?;
                }
                "transactionId" => {
                    let found = (self.text()?, self.file_offset(at));
                    self.once(&mut transaction_id, found, at)?;
                }
                "blockTimestamp" => {
                    let found = (self.time()?, self.file_offset(at));
                    self.once(&mut timestamp, found, at)?;
                }
                "blockHash" => {
                    let found = self.hash(at)?;
                    self.once(&mut block_hash, found, at)?;
                }
                "entriesHash" => {
                    let found = self.hash(at)?;
                    self.once(&mut entries_hash, found, at)?;
                }
                "previousBlockHash" => {
                    let found = self.hash(at)?;
                    self.once(&mut previous, found, at)?;
                }
                "entriesHashList" => {
                    let found = self.hashes()?;
                    self.once(&mut entries, found, at)?;
                }
                "transactionInfo" => {
                    if self.required(asked, at)? {
                        let found = self.transaction_info(at, &mut slots, batch)?;
                        self.once(&mut transaction_info, found, at)?;
                    }
                }
                "redactionInfo" => {
                    if self.required(asked, at)? {
                        let found = self.redaction_info(at, &mut slots, batch)?;
                        self.once(&mut redaction_info, found, at)?;
                    }
                }
                "revisions" => {
                    let with_content = self.required(asked, at)?;
                    let found = self.revisions(with_content, &mut slots, batch)?;
                    self.once(&mut revisions, found, at)?;
                }
                _ => return self.pass(at, Reason::Unexpected),
            }
        }
        self.reader.leave()?;
        let address = self.required(address, start)?;
        let outline = !self.asked.includes(address.address.sequence_no);
        let block = Block {
            offset: self.file_offset(start),
            transaction_id: self.required(transaction_id, start)?,
            timestamp: self.required(timestamp, start)?,
            block_hash: self.required(block_hash, start)?,
            entries_hash: self.required(entries_hash, start)?,
            previous: self.required(previous, start)?,
            entries: self.required(entries, start)?,
            transaction_info,
            redaction_info,
            revisions: revisions.unwrap_or_default(),
            repeated: Vec::new(),
            unknown: Vec::new(),
            outline,
            address,
        };
        Ok((block, slots))
    }

    fn hashes(&mut self) -> Result<Vec<RecordedHash>, Pass> {
        let mut hashes = Vec::with_capacity(8);
        self.enter(Type::List)?;
        while let Some(at) = self.item()? {
            if hashes.len() >= self.limits.hashes_max as usize {
                return self.pass(at, Reason::Count);
            }
            hashes.push(self.hash(at)?);
        }
        self.reader.leave()?;
        Ok(hashes)
    }

    /// The next item of the list entered last.
    fn item(&mut self) -> Result<Option<usize>, Pass> {
        Ok(self.next()?.map(|value| value.offset))
    }
}
