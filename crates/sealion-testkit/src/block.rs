//! A block of a QLDB journal with its parts, plain enough to be damaged in every way.
//!
//! Shapes after the QLDB Developer Guide, "Journal contents in Amazon QLDB". Hashes are byte vectors, 32 bytes in a
//! sound block, so that a test can make them too short, too long or empty.

mod element;
mod hash;

pub use element::redaction_info;
pub(crate) use element::{fields, list};

use ion_rs::{Element, Timestamp};

/// Where a block is: `{strandId, sequenceNo}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The strand, 22 base-62 characters.
    pub strand_id: String,
    /// The block's place in the strand, from 0.
    pub sequence_no: u64,
}

/// One block, the outcome of one transaction.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its place. No hash covers it.
    pub address: Address,
    /// The transaction, 22 base-62 characters. No hash covers it.
    pub transaction_id: String,
    /// When it was committed. No hash covers it.
    pub block_timestamp: Timestamp,
    /// `dot(entriesHash, previousBlockHash)`.
    pub block_hash: Vec<u8>,
    /// The tree root of [`entries`](Self::entries).
    pub entries_hash: Vec<u8>,
    /// The hash of the block before; empty in the first.
    pub previous_block_hash: Vec<u8>,
    /// Hashes of the block's parts: revisions root, info hashes, and internal ones without preimage.
    pub entries: Vec<Vec<u8>>,
    /// The statements; absent in system blocks.
    pub transaction_info: Option<TransactionInfo>,
    /// The redactions that the transaction ordered.
    pub redaction_info: Option<Vec<Redaction>>,
    /// The document versions written; absent if the transaction only read.
    pub revisions: Option<Vec<Revision>>,
    /// Fields to write after all others, for tests of repeated and unknown fields.
    pub extra: Vec<(String, Element)>,
}

/// What a transaction ran.
#[derive(Clone, Debug)]
pub struct TransactionInfo {
    /// Its statements in order.
    pub statements: Vec<Statement>,
    /// The documents it changed, by id; absent if none.
    pub documents: Option<Vec<(String, Document)>>,
}

/// One PartiQL statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its text.
    pub statement: String,
    /// When it began.
    pub start_time: Timestamp,
    /// The Ion Hash of the text if it has no parameters; of text and parameters otherwise, by a rule that was never
    /// published.
    pub statement_digest: Vec<u8>,
}

/// A document that a transaction changed.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its table's name.
    pub table_name: String,
    /// Its table's id, 22 base-62 characters.
    pub table_id: String,
    /// Indexes of the statements that changed it.
    pub statements: Vec<u64>,
}

/// One redaction order: which revision loses its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// The block of the revision.
    pub address: Address,
    /// The table's id.
    pub table_id: String,
    /// The document's id.
    pub document_id: String,
    /// The document's version.
    pub version: u64,
}

/// One document version, or the bare hash of an internal one.
#[derive(Clone, Debug)]
pub struct Revision {
    /// The block's address again; absent in internal revisions.
    pub address: Option<Address>,
    /// `dot(H(data), H(metadata))`; `H(metadata)` for a deletion.
    pub hash: Vec<u8>,
    /// The document, or what is left of it.
    pub content: Content,
    /// Absent in internal revisions.
    pub metadata: Option<Metadata>,
}

/// What a revision holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// The document.
    Data(Element),
    /// The Ion Hash of a redacted document.
    Redacted(Vec<u8>),
    /// Nothing: a deletion, or an internal revision.
    Nothing,
}

/// What QLDB says about a document version.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// The document, 22 base-62 characters.
    pub id: String,
    /// Its version, from 0.
    pub version: u64,
    /// When the transaction was committed to the document, in milliseconds.
    pub tx_time: Timestamp,
    /// The transaction.
    pub tx_id: String,
}

impl Revision {
    /// The revision that shows nothing but its hash.
    #[must_use]
    pub fn internal(hash: Vec<u8>) -> Self {
        Self {
            address: None,
            hash,
            content: Content::Nothing,
            metadata: None,
        }
    }
}

impl Block {
    /// The revisions, none if the field is absent.
    #[must_use]
    pub fn revisions(&self) -> &[Revision] {
        self.revisions.as_deref().unwrap_or_default()
    }
}
