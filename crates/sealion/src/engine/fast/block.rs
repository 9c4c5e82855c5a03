//! A block: its claims, and where its content lies in the batch.

use sealion_ion::{Batch, Pass, Reason, Slot, Type};

use super::source::{pass, Source};
use super::spare::Spare;
use super::{Desk, Slots};
use crate::blocks::block::Block;
use crate::blocks::claim::{Id, RecordedAddress, RecordedHash};
use crate::blocks::{BlockAddress, StrandId};
use crate::findings::Asked;
use crate::Limits;

/// Reads blocks from a source.
pub(super) struct Decoder<'p, S> {
    pub(super) source: S,
    /// The strand met last.
    strand: Option<StrandId>,
    /// What is added to an index into the bytes to give the offset in the file.
    shift: u64,
    asked: &'p Asked,
    pub(super) limits: &'p Limits,
}

impl<'p, 'a, S: Source<'a>> Decoder<'p, S> {
    pub(super) fn new(source: S, shift: u64, asked: &'p Asked, limits: &'p Limits) -> Self {
        Decoder {
            source,
            strand: None,
            shift,
            asked,
            limits,
        }
    }

    pub(super) fn file_offset(&self, index: usize) -> u64 {
        self.shift.wrapping_add(index as u64)
    }

    /// Puts a value where none may be yet: a field that comes twice is passed on.
    pub(super) fn once<T>(&self, slot: &mut Option<T>, value: T, at: usize) -> Result<(), Pass> {
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => pass(at, Reason::Count),
        }
    }

    /// A field that must have been there.
    pub(super) fn required<T>(&self, value: Option<T>, at: usize) -> Result<T, Pass> {
        value.ok_or(Pass {
            offset: at,
            reason: Reason::Count,
        })
    }

    pub(super) fn id(&mut self) -> Result<Id, Pass> {
        self.source.text().map(Id::from)
    }

    pub(super) fn hash(&mut self, at: usize) -> Result<RecordedHash, Pass> {
        let blob = self.source.blob32()?;
        Ok(RecordedHash {
            offset: self.file_offset(at),
            length: blob.length,
            hash: blob.hash,
        })
    }

    /// Asks for the hash of the value just found, and stands before it again, for the
    /// claims in it; gives the value's end.
    pub(super) fn hash_first(
        &mut self,
        batch: &mut Batch,
        slot: &mut Option<Slot>,
    ) -> Result<usize, Pass> {
        let mark = self.source.mark();
        *slot = Some(self.source.hash_into(batch)?);
        let end = self.source.offset();
        self.source.rewind(mark)?;
        Ok(end)
    }

    /// Claims are read from just the bytes that were hashed.
    pub(super) fn read_to(&self, end: usize) -> Result<(), Pass> {
        match self.source.offset() == end {
            true => Ok(()),
            false => pass(end, Reason::Place),
        }
    }

    /// The strand's id; it is the same in all blocks, so the last one is kept.
    fn strand(&mut self, text: &str) -> StrandId {
        match &self.strand {
            Some(last) if last.as_str() == text => last.clone(),
            _ => self.strand.insert(StrandId::new(text)).clone(),
        }
    }

    /// `{strandId, sequenceNo}` and nothing else.
    pub(super) fn address(&mut self, at: usize) -> Result<RecordedAddress, Pass> {
        let (mut strand_id, mut sequence_no) = (None, None);
        self.source.enter(Type::Struct)?;
        while let Some((name, at)) = self.source.field()? {
            match &*name {
                "strandId" => {
                    let text = self.source.text()?;
                    let found = self.strand(&text);
                    self.once(&mut strand_id, found, at)?;
                }
                "sequenceNo" => {
                    let number = self.source.uint()?;
                    self.once(&mut sequence_no, number, at)?;
                }
                _ => return pass(at, Reason::Unexpected),
            }
        }
        let strand_id = self.required(strand_id, at)?;
        let sequence_no = self.required(sequence_no, at)?;
        Ok(RecordedAddress {
            offset: self.file_offset(at),
            address: BlockAddress::new(strand_id, sequence_no),
            repeated: Vec::new(),
            uncovered: Vec::new(),
        })
    }

    pub(super) fn block(&mut self, start: usize, desk: &mut Desk) -> Result<(Block, Slots), Pass> {
        let mut slots = desk.spare.slots();
        let (mut address, mut transaction_id, mut timestamp) = (None, None, None);
        let (mut block_hash, mut entries_hash, mut previous) = (None, None, None);
        let (mut entries, mut transaction_info, mut redaction_info) = (None, None, None);
        let mut revisions = None;
        self.source.enter(Type::Struct)?;
        while let Some((name, at)) = self.source.field()? {
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
                    let found = (self.id()?, self.file_offset(at));
                    self.once(&mut transaction_id, found, at)?;
                }
                "blockTimestamp" => {
                    let found = (self.source.time()?, self.file_offset(at));
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
                    let found = self.hashes(&mut desk.spare)?;
                    self.once(&mut entries, found, at)?;
                }
                "transactionInfo" => {
                    let found = match self.required(asked, at)? {
                        true => Some(self.transaction_info(at, &mut slots, desk)?),
                        false => self.source.skip().map(|()| None)?,
                    };
                    self.once(&mut transaction_info, found, at)?;
                }
                "redactionInfo" => {
                    let found = match self.required(asked, at)? {
                        true => Some(self.redaction_info(at, &mut slots, desk)?),
                        false => self.source.skip().map(|()| None)?,
                    };
                    self.once(&mut redaction_info, found, at)?;
                }
                "revisions" => {
                    let with_content = self.required(asked, at)?;
                    let found = self.revisions(with_content, &mut slots, desk)?;
                    self.once(&mut revisions, found, at)?;
                }
                _ => return pass(at, Reason::Unexpected),
            }
        }
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
            transaction_info: transaction_info.flatten(),
            redaction_info: redaction_info.flatten(),
            revisions: revisions.unwrap_or_default(),
            repeated: Vec::new(),
            uncovered: Vec::new(),
            outline,
            address,
        };
        Ok((block, slots))
    }

    fn hashes(&mut self, spare: &mut Spare) -> Result<Vec<RecordedHash>, Pass> {
        let mut hashes = spare.hashes.pop().unwrap_or_default();
        self.source.enter(Type::List)?;
        while let Some(at) = self.source.item()? {
            if hashes.len() >= self.limits.hashes_max as usize {
                return pass(at, Reason::Count);
            }
            hashes.push(self.hash(at)?);
        }
        Ok(hashes)
    }
}
