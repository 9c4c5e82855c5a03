//! Blocks and their parts as Ion values.

use super::{
    Address, Block, Content, Document, Metadata, Redaction, Revision, Statement, TransactionInfo,
};
use ion_rs::{Element, Sequence, Struct, Symbol};

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
}
