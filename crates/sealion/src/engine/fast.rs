//! The fast engine: claims and content of blocks in one pass over borrowed bytes.
//!
//! It reads what QLDB writes, and passes on everything else: a field that is
//! missing, null, unknown or there twice, a type that is not the expected one.
//! So it can leave all words about what is wrong to the reference.

use std::cell::RefCell;
use std::sync::Arc;

use sealion_ion::{Batch, Pass, Reader, Slot, SymbolTable};

mod block;
mod info;
mod plain;
mod revision;
mod source;
mod spare;
mod steps;

use self::block::Decoder;
use self::plain::Plain;
use self::source::{General, Source};
use self::spare::Spare;
use super::batched::Batched;
use crate::blocks::block::{Block, BlockContent};
use crate::blocks::revision::RevisionContent;
use crate::blocks::BlockAddress;
use crate::findings::{check_block_in, Asked, Boxed, Used};
use crate::source::Piece;
use crate::Limits;

/// What one thread needs to check pieces: memory, used again and again.
#[derive(Default)]
struct Desk {
    /// Those of the last piece: nearly always the next one's too.
    symbols: SymbolTable,
    batch: Batch,
    batched: Batched,
    blocks: Vec<Block>,
    slots: Vec<Slots>,
    contents: Vec<BlockContent>,
    spare: Spare,
    used: Vec<Boxed>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::new(Desk::default());
}

/// Reads and checks all blocks of a piece, or passes on it as a whole. `used` has memory for
/// what comes of it.
pub(crate) fn check_piece(
    piece: &Piece,
    path: &Arc<str>,
    asked: &Asked,
    limits: &Limits,
    used: &Used,
) -> Result<Vec<Boxed>, Pass> {
    DESK.with_borrow_mut(|desk| {
        let read = desk.read(piece, asked, limits);
        let checked = read.map(|()| desk.check(path, used));
        desk.clear();
        checked
    })
}

/// The address of the first block of a piece, if it holds nothing but blocks.
pub(crate) fn first_address(piece: &Piece, limits: &Limits) -> Option<BlockAddress> {
    DESK.with_borrow_mut(|desk| {
        let read = desk.read(piece, &Asked::default(), limits);
        let first = desk.blocks.first().filter(|_| read.is_ok());
        let address = first.map(|block| block.address.address.clone());
        desk.clear();
        address
    })
}

/// What the reader of Ion is to keep to.
fn reading(limits: &Limits) -> sealion_ion::Limits {
    let mut reading = sealion_ion::Limits::default();
    reading.depth_max = limits.depth_max;
    reading.symbols_max = limits.symbols_max;
    reading.value_bytes_max = limits.value_bytes_max;
    reading
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
    fn content(&self, batch: &Batch, spare: &mut Spare) -> BlockContent {
        let made = |slot: Option<Slot>| slot.map(|slot| Ok(batch.get(slot)));
        let mut content = BlockContent {
            transaction_info: made(self.transaction_info),
            redaction_info: made(self.redaction_info),
            statements: spare.made.pop().unwrap_or_default(),
            revisions: spare.contents.pop().unwrap_or_default(),
        };
        let statements = self.statements.iter().map(|slot| made(*slot));
        content.statements.extend(statements);
        let revisions = self.revisions.iter();
        content
            .revisions
            .extend(revisions.map(|(data, metadata)| RevisionContent {
                data: made(*data),
                metadata: made(*metadata),
                tried: None,
            }));
        content
    }
}

/// Blocks in a row that are not written in the plain way, before it is given up.
const ODD_MAX: u32 = 3;

impl Desk {
    /// Reads all blocks of a piece, and asks the batch for the hashes of their content.
    fn read(&mut self, piece: &Piece, asked: &Asked, limits: &Limits) -> Result<(), Pass> {
        let reading = reading(limits);
        let mut symbols = std::mem::take(&mut self.symbols);
        symbols.read(&piece.bytes, &reading);
        let reader = Reader::with_symbols(&piece.bytes, &symbols, &reading);
        let read = reader.and_then(|reader| self.read_blocks(piece, reader, asked, limits));
        self.symbols = symbols;
        read
    }

    /// The same in whichever way suits the encoding.
    fn read_blocks<'p>(
        &mut self,
        piece: &'p Piece,
        reader: Reader<'p>,
        asked: &Asked,
        limits: &Limits,
    ) -> Result<(), Pass> {
        let shift = piece.offset.wrapping_sub(piece.context as u64);
        if let Some(text) = reader.as_str() {
            return self.read_text(text, reader, shift, asked, limits);
        }
        if let Some(steps) = reader.clone().steps() {
            let read = self.read_all(&mut Decoder::new(steps, shift, asked, limits));
            if read.is_ok() {
                return read;
            }
            self.clear();
        }
        let general = General::new(reader);
        self.read_all(&mut Decoder::new(general, shift, asked, limits))
    }

    /// Text in the plain way, and what is odd in it by the general reader.
    fn read_text<'p>(
        &mut self,
        text: &'p str,
        reader: Reader<'p>,
        shift: u64,
        asked: &Asked,
        limits: &Limits,
    ) -> Result<(), Pass> {
        let general = General::new(reader.clone());
        let mut general = Decoder::new(general, shift, asked, limits);
        let mut plain = Decoder::new(Plain::new(text, reader), shift, asked, limits);
        let mut odd = 0;
        while let Some(start) = plain.source.top()?.filter(|_| odd < ODD_MAX) {
            if let Ok(block) = plain.block(start, self) {
                self.keep(block);
                odd = 0;
                continue;
            }
            odd += 1;
            general.source.seek(start)?;
            if let Some(start) = general.source.top()? {
                let block = general.block(start, self)?;
                self.keep(block);
            }
            plain.source.seek(general.source.offset());
        }
        general.source.seek(plain.source.offset())?;
        self.read_all(&mut general)
    }

    /// Everything from where the decoder stands.
    fn read_all<'p, S: Source<'p>>(&mut self, decoder: &mut Decoder<'_, S>) -> Result<(), Pass> {
        while let Some(start) = decoder.source.top()? {
            let block = decoder.block(start, self)?;
            self.keep(block);
        }
        Ok(())
    }

    fn keep(&mut self, (block, slots): (Block, Slots)) {
        self.blocks.push(block);
        self.slots.push(slots);
    }

    /// Makes all hashes, and checks the blocks by them.
    fn check(&mut self, path: &Arc<str>, used: &Used) -> Vec<Boxed> {
        self.batch.run();
        for slots in &self.slots {
            let content = slots.content(&self.batch, &mut self.spare);
            self.contents.push(content);
        }
        let hashes = self.batched.hashes_of(&self.blocks, &self.contents);
        used.take(self.blocks.len(), &mut self.used);
        let blocks = self.blocks.iter().zip(&self.contents).zip(hashes);
        blocks
            .map(|((block, content), hashes)| {
                check_block_in(self.used.pop(), block, content, hashes, path)
            })
            .collect()
    }

    fn clear(&mut self) {
        self.batch.clear();
        self.blocks
            .drain(..)
            .for_each(|block| self.spare.take_block(block));
        self.slots
            .drain(..)
            .for_each(|slots| self.spare.take_slots(slots));
        self.contents
            .drain(..)
            .for_each(|content| self.spare.take_content(content));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::StrandId;
    use crate::source::{Encoding, Pieces};

    fn checked(text: &str, used: &Used) -> Vec<Boxed> {
        let (path, limits) = (Arc::from("journal"), Limits::default());
        let pieces = Pieces::new(text.as_bytes(), Encoding::Text, &limits, 1 << 20);
        let pieces = pieces.map(|piece| piece.unwrap());
        pieces
            .flat_map(|piece| check_piece(&piece, &path, &Asked::default(), &limits, used).unwrap())
            .collect()
    }

    #[test]
    fn a_block_in_used_memory_is_the_same_block() {
        let hash =
            |last: char| format!("{{{{AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA{last}E=}}}}");
        let (one, two) = (hash('A'), hash('B'));
        let block = |number: u64, entries: &str, revisions: &str| {
            format!(
                "{{blockAddress:{{strandId:\"s\",sequenceNo:{number}}},transactionId:\"t{number}\",\
                 blockTimestamp:2021-08-01T12:01:25.956Z,blockHash:{one},entriesHash:{two},\
                 previousBlockHash:{one},entriesHashList:[{entries}],revisions:[{revisions}]}}"
            )
        };
        let rich = block(
            7,
            &format!("{one},{two},{one}"),
            &format!("{{hash:{one}}},{{hash:{two}}}"),
        );
        let poor = block(8, &two, &format!("{{hash:{two}}}"));
        let fresh = checked(&poor, &Used::default());
        let used = Used::default();
        used.give(&mut checked(&rich, &used));
        assert_eq!(checked(&poor, &used), fresh);
        // It was taken out for that.
        let mut left = Vec::new();
        used.take(1, &mut left);
        assert!(left.is_empty());
        assert_ne!(checked(&rich, &used), fresh);
    }

    #[test]
    fn a_symbol_is_no_string() {
        let hash = "{{AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=}}";
        let time = "2021-08-01T12:01:25.956Z";
        let block = format!(
            "{{blockAddress:{{strandId:\"s\",sequenceNo:7}},transactionId:\"t\",\
             blockTimestamp:{time},blockHash:{hash},entriesHash:{hash},\
             previousBlockHash:{hash},entriesHashList:[{hash}],transactionInfo:{{statements:[\
             {{statement:\"SELECT\",startTime:{time},statementDigest:{hash}}}]}},revisions:[\
             {{blockAddress:{{strandId:\"s\",sequenceNo:7}},hash:{hash},data:{{a:1}},\
             metadata:{{id:\"i\",version:0,txTime:{time},txId:\"t\"}}}}]}}"
        );
        let passes = |text: &str| {
            let elements = ion_rs::Element::read_all(text).unwrap();
            let binary = elements.encode_as(ion_rs::v1_0::Binary).unwrap();
            [text.as_bytes(), &binary].map(|bytes| {
                let piece = Piece::of_one(bytes.to_vec(), 0);
                let (path, asked) = (Arc::from("journal"), Asked::default());
                let limits = Limits::default();
                check_piece(&piece, &path, &asked, &limits, &Used::default()).is_err()
            })
        };
        assert_eq!(passes(&block), [false, false]);
        for string in ["\"s\"", "\"t\"", "\"SELECT\"", "\"i\""] {
            for (at, _) in block.match_indices(string) {
                for symbol in [
                    string.trim_matches('"').to_owned(),
                    string.replace('"', "'"),
                ] {
                    let mut odd = block.clone();
                    odd.replace_range(at..at + string.len(), &symbol);
                    assert_eq!(passes(&odd), [true, true], "{odd}");
                }
            }
        }
    }

    #[test]
    fn the_first_address_is_that_of_blocks_alone() {
        let first = |text: &str| {
            let bytes = text.as_bytes().to_vec();
            first_address(&Piece::of_one(bytes, 0), &Limits::default())
        };
        let hash = "{{AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=}}";
        let block = format!(
            "{{blockAddress:{{strandId:\"s\",sequenceNo:7}},transactionId:\"t\",\
             blockTimestamp:2021-08-01T12:01:25.956Z,blockHash:{hash},entriesHash:{hash},\
             previousBlockHash:{hash},entriesHashList:[{hash}]}}"
        );
        assert_eq!(
            first(&block),
            Some(BlockAddress::new(StrandId::new("s"), 7))
        );
        let json = block.replace("{{", "\"").replace("}}", "\"");
        let record =
            format!("{{qldbStreamArn:\"a\",recordType:\"BLOCK_SUMMARY\",payload:{block}}}");
        let revision = format!("{{blockAddress:{{strandId:\"s\",sequenceNo:7}},hash:{hash}}}");
        for other in ["", " ", "{}", "7", &json, &record, &revision, &block[1..]] {
            assert_eq!(first(other), None, "{other}");
        }
        assert_eq!(first(&format!("{block} {record}")), None);
    }
}
