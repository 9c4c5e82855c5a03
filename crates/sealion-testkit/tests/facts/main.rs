//! What is said of one tree fits together, or it is not believed: the library's table of facts, which keeps only the
//! places that something asks for, beside all places of a small tree.

mod dressed;
mod genuine;
mod joined;
mod older;
mod oracle;
mod revisions;

use sealion::source::Memory;
use sealion_reference::Hash;
use sealion_testkit::block::Address;
use sealion_testkit::write::{
    evidence,
    export::{Export, Format},
};
use sealion_testkit::{Block, Ledger};

/// The block as `get-block` answered, under another number.
fn block_at(block: &Block, number: usize, proof: Option<&[Hash]>) -> String {
    evidence::get_block(&renumbered(block, number), proof)
}

fn renumbered(block: &Block, number: usize) -> Block {
    let mut block = block.clone();
    let address = Address {
        sequence_no: number as u64,
        ..block.address.clone()
    };
    block.address = address.clone();
    for revision in block.revisions.iter_mut().flatten() {
        revision.address = revision.address.as_ref().map(|_| address.clone());
    }
    block
}

/// Blocks as one object of an export.
fn object(blocks: &[Block]) -> Vec<u8> {
    Export::new(Format::Text, 1).object(blocks).unwrap().1
}

fn memory(texts: &[String]) -> Memory {
    let named = texts.iter().enumerate();
    named.fold(Memory::new(), |memory, (index, text)| {
        memory.with(format!("file-{index}"), text.as_bytes())
    })
}

/// The hash of any run of blocks.
fn node(ledger: &Ledger, begin: usize, end: usize) -> Hash {
    sealion_reference::root(&ledger.hashes[begin..end]).unwrap()
}
