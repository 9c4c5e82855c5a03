//! A block of a QLDB journal with its parts, plain enough to be damaged in every way.
//!
//! Shapes after the QLDB Developer Guide, "Journal contents in Amazon QLDB". Hashes are byte vectors, 32 bytes in a
//! sound block, so that a test can make them too short, too long or empty.

use crate::ion_hash;
use ion_rs::{Element, Sequence, Struct, Symbol, Timestamp};
use sealion_reference::{dot, root, Hash};

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

/// A struct of these fields, in this order.
pub(crate) fn fields<I: IntoIterator<Item = (&'static str, Element)>>(fields: I) -> Element {
    let fields = fields
        .into_iter()
        .map(|(name, value)| (Symbol::static_text(name), value));
    Element::from(Struct::from_iter(fields))
}

/// A list of these values.
pub(crate) fn list<I: IntoIterator<Item = Element>>(values: I) -> Element {
    Element::from(ion_rs::Value::List(Sequence::new(values)))
}

fn blob(bytes: &[u8]) -> Element {
    Element::blob(bytes)
}

impl Address {
    /// The Ion struct.
    #[must_use]
    pub fn to_element(&self) -> Element {
        fields([
            ("strandId", Element::string(self.strand_id.as_str())),
            ("sequenceNo", Element::int(self.sequence_no)),
        ])
    }
}

impl TransactionInfo {
    /// The Ion struct, whose Ion Hash is one of the block's entries.
    #[must_use]
    pub fn to_element(&self) -> Element {
        let statements = list(self.statements.iter().map(Statement::to_element));
        let documents = self.documents.as_ref().map(|documents| {
            let documents = documents
                .iter()
                .map(|(id, document)| (Symbol::from(id), document.to_element()));
            Element::from(Struct::from_iter(documents))
        });
        fields(
            [("statements", statements)]
                .into_iter()
                .chain(documents.map(|d| ("documents", d))),
        )
    }
}

impl Statement {
    fn to_element(&self) -> Element {
        fields([
            ("statement", Element::string(self.statement.as_str())),
            ("startTime", Element::timestamp(self.start_time.clone())),
            ("statementDigest", blob(&self.statement_digest)),
        ])
    }
}

impl Document {
    fn to_element(&self) -> Element {
        fields([
            ("tableName", Element::string(self.table_name.as_str())),
            ("tableId", Element::string(self.table_id.as_str())),
            (
                "statements",
                list(self.statements.iter().map(|index| Element::int(*index))),
            ),
        ])
    }
}

/// The Ion struct of a block's redaction orders, whose Ion Hash is one of the block's entries.
#[must_use]
pub fn redaction_info(orders: &[Redaction]) -> Element {
    let orders = orders.iter().map(|order| {
        fields([
            ("blockAddress", order.address.to_element()),
            ("tableId", Element::string(order.table_id.as_str())),
            ("documentId", Element::string(order.document_id.as_str())),
            ("version", Element::int(order.version)),
        ])
    });
    fields([("revisions", list(orders))])
}

impl Metadata {
    /// The Ion struct.
    #[must_use]
    pub fn to_element(&self) -> Element {
        fields([
            ("id", Element::string(self.id.as_str())),
            ("version", Element::int(self.version)),
            ("txTime", Element::timestamp(self.tx_time.clone())),
            ("txId", Element::string(self.tx_id.as_str())),
        ])
    }
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

    /// What `hash` should be: `dot` of the document's and the metadata's Ion Hashes, and the metadata's alone where
    /// no document is. `None` for an internal revision, and for a redacted one whose `dataHash` is not 32 bytes.
    #[must_use]
    pub fn computed_hash(&self) -> Option<Hash> {
        let metadata = ion_hash(&self.metadata.as_ref()?.to_element());
        match &self.content {
            Content::Data(data) => Some(dot(&ion_hash(data), &metadata)),
            Content::Redacted(hash) => Some(dot(&hash.as_slice().try_into().ok()?, &metadata)),
            Content::Nothing => Some(metadata),
        }
    }

    /// The Ion struct.
    #[must_use]
    pub fn to_element(&self) -> Element {
        let content = match &self.content {
            Content::Data(data) => Some(("data", data.clone())),
            Content::Redacted(hash) => Some(("dataHash", blob(hash))),
            Content::Nothing => None,
        };
        let address = self
            .address
            .as_ref()
            .map(|address| ("blockAddress", address.to_element()));
        let metadata = self
            .metadata
            .as_ref()
            .map(|metadata| ("metadata", metadata.to_element()));
        fields(
            address
                .into_iter()
                .chain([("hash", blob(&self.hash))])
                .chain(content)
                .chain(metadata),
        )
    }

    /// As a stream's block summary lists it: `{hash, documentId}`, without the id if it is internal.
    fn to_summary(&self) -> Element {
        let id = self
            .metadata
            .as_ref()
            .map(|m| ("documentId", Element::string(m.id.as_str())));
        fields([("hash", blob(&self.hash))].into_iter().chain(id))
    }
}

impl Block {
    /// The Ion struct as an export has it.
    #[must_use]
    pub fn to_element(&self) -> Element {
        let revisions = self.revisions.as_ref();
        let revisions =
            revisions.map(|all| ("revisions", list(all.iter().map(Revision::to_element))));
        self.element_with(revisions)
    }

    /// The Ion struct as a journal stream has it: `revisionSummaries` in place of `revisions`.
    #[must_use]
    pub fn to_summary(&self) -> Element {
        let revisions = self.revisions.as_ref();
        let revisions = revisions.map(|all| {
            (
                "revisionSummaries",
                list(all.iter().map(Revision::to_summary)),
            )
        });
        self.element_with(revisions)
    }

    fn element_with(&self, revisions: Option<(&'static str, Element)>) -> Element {
        let entries = list(self.entries.iter().map(|entry| blob(entry)));
        let head = [
            ("blockAddress", self.address.to_element()),
            (
                "transactionId",
                Element::string(self.transaction_id.as_str()),
            ),
            (
                "blockTimestamp",
                Element::timestamp(self.block_timestamp.clone()),
            ),
            ("blockHash", blob(&self.block_hash)),
            ("entriesHash", blob(&self.entries_hash)),
            ("previousBlockHash", blob(&self.previous_block_hash)),
            ("entriesHashList", entries),
        ];
        let transaction = self
            .transaction_info
            .as_ref()
            .map(|info| ("transactionInfo", info.to_element()));
        let redaction = self
            .redaction_info
            .as_ref()
            .map(|orders| ("redactionInfo", redaction_info(orders)));
        let named = head
            .into_iter()
            .chain(transaction)
            .chain(redaction)
            .chain(revisions);
        let named = named.map(|(name, value)| (Symbol::static_text(name), value));
        let extra = self
            .extra
            .iter()
            .map(|(name, value)| (Symbol::from(name), value.clone()));
        Element::from(Struct::from_iter(named.chain(extra)))
    }

    /// The tree root of the revisions' hashes; `None` without revisions, or if one is not 32 bytes.
    #[must_use]
    pub fn revisions_root(&self) -> Option<Hash> {
        root_of(
            self.revisions
                .as_ref()?
                .iter()
                .map(|revision| revision.hash.as_slice()),
        )
    }

    /// The tree root of the entries; `None` without entries, or if one is not 32 bytes.
    #[must_use]
    pub fn entries_root(&self) -> Option<Hash> {
        root_of(self.entries.iter().map(Vec::as_slice))
    }

    /// `dot` of the two hashes that make the block hash. An empty one leaves the other as it is (the rule of AWS's
    /// sample verifiers). `None` if a hash has another length.
    #[must_use]
    pub fn computed_hash(&self) -> Option<Hash> {
        let entries = self.entries_hash.as_slice().try_into().ok()?;
        if self.previous_block_hash.is_empty() {
            return Some(entries);
        }
        Some(dot(
            &entries,
            &self.previous_block_hash.as_slice().try_into().ok()?,
        ))
    }

    /// Sets `blockHash` by the other two.
    pub fn rehash(&mut self) {
        self.block_hash = self
            .computed_hash()
            .map_or_else(Vec::new, |hash| hash.to_vec());
    }

    /// The revisions, none if the field is absent.
    #[must_use]
    pub fn revisions(&self) -> &[Revision] {
        self.revisions.as_deref().unwrap_or_default()
    }
}

fn root_of<'a, I: Iterator<Item = &'a [u8]>>(hashes: I) -> Option<Hash> {
    let hashes: Option<Vec<Hash>> = hashes.map(|hash| hash.try_into().ok()).collect();
    root(&hashes?)
}
