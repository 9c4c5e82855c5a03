//! Whole QLDB journals from a seed, one block at a time in constant memory.
//!
//! A block is made in three steps, of which only the last needs the block before it, so that two of them can run on
//! several threads: [`Planner`] decides what happens (sequential, cheap), [`Draft::fill`] makes documents and hashes
//! them (independent, dear), [`Chain::link`] sets `previousBlockHash` and `blockHash` (sequential, two hashes).
//! [`Journal`] does all three in order.
//!
//! What happens in a journal: inserts, updates and deletions in transactions of one to four statements, reads,
//! system blocks without `transactionInfo`, tables and indexes with their internal revisions, and redactions: the
//! redacted revision keeps its hash and shows `dataHash`; a later version of the document and then the order, in a
//! block with `redactionInfo`, follow further on. Entries of a block that the service never explained are random.

mod draft;
mod mix;
mod plan;

pub use draft::Draft;
pub use mix::Mix;
pub use plan::Planner;

use crate::Block;
use sealion_reference::Hash;

/// What kind of journal to make.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The same seed gives the same journal.
    pub seed: u64,
    /// What documents it holds.
    pub mix: Mix,
    /// How many blocks; `None` for a journal that goes on until [`Planner::settle`].
    pub blocks: Option<u64>,
}

/// A journal's blocks from block 0 on, complete with all hashes.
#[derive(Clone, Debug)]
pub struct Journal {
    planner: Planner,
    chain: Chain,
}

impl Journal {
    /// The journal of this configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            planner: Planner::new(config),
            chain: Chain::default(),
        }
    }
}

impl Iterator for Journal {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        let mut block = self.planner.next()?.fill();
        self.chain.link(&mut block);
        Some(block)
    }
}

/// The end of a chain of blocks, to which the next is linked.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    last: Option<Hash>,
}

impl Chain {
    /// The end of a chain whose last block has this hash, if it has any.
    #[must_use]
    pub fn after(last: Option<Hash>) -> Self {
        Self { last }
    }

    /// Sets the block's `previousBlockHash`, empty for the first, and its `blockHash`. Returns the latter.
    ///
    /// # Panics
    /// If `entriesHash` is not 32 bytes, which a filled block's is.
    pub fn link(&mut self, block: &mut Block) -> Hash {
        block.previous_block_hash = self.last.map_or_else(Vec::new, |hash| hash.to_vec());
        let hash = block
            .computed_hash()
            .expect("a filled block has an entries hash");
        block.block_hash = hash.to_vec();
        self.last = Some(hash);
        hash
    }
}
