//! Revision, block, chain of blocks and digest.
//!
//! [`Block`] and [`Revision`] are what a file claims, read and no more. [`Block::recompute`] and
//! [`Revision::recompute`] make from the covered fields what the hashes must be. [`check`] sets one
//! beside the other for a whole slice of blocks, rule by rule.
//!
//! The rules, from the Developer Guide ("Journal contents", "Verification in QLDB") and AWS's Java
//! sample; `H` is the Ion Hash ([`crate::ion_hash`]), `root` the Merkle root ([`crate::root`]):
//!
//! ```text
//! revision.hash  = dot(D, H(metadata))     D = H(data), or dataHash where the data was redacted
//! revisionsHash  = root(the hashes of the block's revisions, in file order)
//! entriesHash    = root(entriesHashList)
//! blockHash      = dot(entriesHash, previousBlockHash)
//! entriesHashList contains revisionsHash, H(transactionInfo), H(redactionInfo), each if there is one
//! previousBlockHash = blockHash of the block before
//! digest         = root(blockHash 0, blockHash 1, … blockHash of the tip)
//! ```
//!
//! No hash covers `transactionId`, `blockTimestamp`, any `blockAddress`, or the absence of
//! `transactionInfo`, `redactionInfo` or `revisions`. The entries that nothing in a block explains
//! are internal to the service, which never published what they are hashes of.

mod block;
mod check;
mod error;
mod fields;
mod revision;
mod statement;

pub use block::{Block, RecomputedBlock};
pub use check::{check, Answer, CheckedBlock, Outcome, Rule};
pub use error::Error;
pub use revision::{Content, DeletionRule, RecomputedRevision, Revision};
pub use statement::{statement_digest, statements, Statement};

pub(crate) use fields::element_at;

use crate::{root, Hash};
use fields::Fields;
use ion_rs::Element;

/// The place of a block in a ledger's journal, as recorded. No hash covers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The ledger's strand, 22 base-62 characters as the service wrote it (not checked here).
    pub strand_id: String,
    /// The number of the block, from 0.
    pub sequence_no: u64,
}

impl Address {
    /// Reads `{strandId: string, sequenceNo: int}`.
    ///
    /// # Errors
    ///
    /// If either is missing, stands twice, or has another type; if the number is negative or above
    /// 2^64 - 1.
    pub fn read(value: &Element) -> Result<Self, Error> {
        Self::at("address", value)
    }

    fn at(path: &str, value: &Element) -> Result<Self, Error> {
        let fields = Fields::read(path, value)?;
        Ok(Self {
            strand_id: fields.string("strandId")?.to_owned(),
            sequence_no: fields.number("sequenceNo")?,
        })
    }
}

/// The digest at the last of `blocks`: root of their claimed block hashes.
///
/// That the blocks have the hashes they claim is for [`check`] to say.
///
/// # Errors
///
/// If a block cannot be read, there is none, the first is not block 0, or they are not of one strand
/// and numbered without a gap. A digest can be recomputed from a whole journal only.
pub fn digest(blocks: &[Element]) -> Result<Hash, Error> {
    let mut leaves = Vec::new();
    let mut strand: Option<String> = None;
    for (expected, value) in (0..).zip(blocks) {
        let block = Block::read(value)?;
        if block.address.sequence_no != expected {
            return Err(Error::SequenceNo {
                expected,
                found: block.address.sequence_no,
            });
        }
        let strand = strand.get_or_insert_with(|| block.address.strand_id.clone());
        if *strand != block.address.strand_id {
            return Err(Error::Strand {
                expected: strand.clone(),
                found: block.address.strand_id,
            });
        }
        leaves.push(block.block_hash);
    }
    root(&leaves).ok_or(Error::NoBlocks)
}
