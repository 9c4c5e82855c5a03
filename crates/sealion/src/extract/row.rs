//! One revision of a document, with what was proven of it.

use std::collections::HashMap;

use ion_rs::{Element, Struct};
use serde::Serialize;

use crate::blocks::revision::Kind;
use crate::blocks::{compact, down_converted, BlockAddress, Hash};
use crate::findings::{CheckedBlock, Severity, Standing};
use crate::report::{State, Strand};

/// What was proven of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RowState {
    /// The revision recomputes, and its block hangs under a trusted digest.
    Verified,
    /// The revision recomputes and its block agrees with its neighbours; no trusted
    /// digest covers it.
    Consistent,
    /// Nothing is known to be wrong, and the revision's hash could not be recomputed
    /// (data from JSON whose types are lost, a deletion by an unknown rule).
    NotRecomputed,
    /// The revision recomputes, and something else in its block is wrong.
    BlockFailed,
    /// The revision does not give its hash.
    Failed,
}

impl RowState {
    /// As in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            RowState::Verified => "verified",
            RowState::Consistent => "consistent",
            RowState::NotRecomputed => "not-recomputed",
            RowState::BlockFailed => "block-failed",
            RowState::Failed => "failed",
        }
    }
}

/// What a revision is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RowKind {
    /// With its data.
    Document,
    /// Its data was redacted; only the hash of it is left.
    Redacted,
    /// Its data is not there: a deletion, or data that was left out.
    Deleted,
}

impl RowKind {
    /// As in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            RowKind::Document => "document",
            RowKind::Redacted => "redacted",
            RowKind::Deleted => "deleted",
        }
    }
}

/// Where a table's name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TableSource {
    /// The block's `transactionInfo`, which a hash covers.
    TransactionInfo,
    /// A stream record, in which no hash covers it.
    StreamRecord,
}

impl TableSource {
    /// As in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            TableSource::TransactionInfo => "transaction-info",
            TableSource::StreamRecord => "stream-record",
        }
    }
}

/// One revision of a document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Row {
    /// What was proven of it.
    pub state: RowState,
    /// The document's id.
    pub document_id: String,
    /// The document's version, from 0.
    pub version: u64,
    /// What it is.
    pub kind: RowKind,
    /// The table's name, if anything tells.
    pub table_name: Option<String>,
    /// What tells the table's name.
    pub table_source: Option<TableSource>,
    /// The block it stands in.
    pub address: BlockAddress,
    /// The revision's hash as recorded, 32 bytes; `None` if that is no hash.
    pub revision_hash: Option<Hash>,
    /// When the transaction was made, as recorded in the metadata.
    pub tx_time: Option<String>,
    /// The transaction's id, as recorded in the metadata.
    pub tx_id: Option<String>,
    /// The document as compact Ion text; `None` if it has no data.
    pub data_ion: Option<String>,
    /// The document down-converted to JSON; `None` if it has no data.
    pub data_json: Option<String>,
}

/// The rows of one block.
pub(super) struct Rows<'a> {
    block: &'a CheckedBlock,
    strand: Option<&'a Strand>,
    content: Option<Element>,
    tables: HashMap<String, String>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(block: &'a CheckedBlock, strand: Option<&'a Strand>) -> Rows<'a> {
        let text = block.captured.as_ref().map(|captured| &captured.text);
        let content = text.and_then(|text| Element::read_one(text).ok());
        let tables = content.as_ref().map(crate::prove::tables);
        Rows {
            block,
            strand,
            content,
            tables: tables.unwrap_or_default(),
        }
    }

    pub(super) fn row(&self, index: usize, id: &str, version: u64) -> Row {
        let record = &self.block.revisions[index];
        let revision = self.revision(index);
        let metadata = revision.and_then(|revision| revision.get("metadata")?.as_struct());
        let text = |name| {
            let value = metadata?.get(name)?;
            let text = value.as_text().map(str::to_owned);
            text.or_else(|| compact(value))
        };
        let data = revision.and_then(|revision| revision.get("data"));
        let (table_name, table_source) = self.table(id, record.hash);
        Row {
            state: self.state(index),
            document_id: id.to_owned(),
            version,
            kind: match record.kind {
                Kind::Redacted => RowKind::Redacted,
                Kind::Deleting => RowKind::Deleted,
                _ => RowKind::Document,
            },
            table_name,
            table_source,
            address: self.block.address.clone(),
            revision_hash: record.hash,
            tx_time: text("txTime"),
            tx_id: text("txId"),
            data_ion: data.and_then(compact),
            data_json: data.and_then(down_converted),
        }
    }

    fn revision(&self, index: usize) -> Option<&Struct> {
        let list = self.content.as_ref()?.as_struct()?.get("revisions")?;
        list.as_sequence()?.get(index)?.as_struct()
    }

    fn table(&self, id: &str, hash: Option<Hash>) -> (Option<String>, Option<TableSource>) {
        if let Some(name) = self.tables.get(id) {
            return (Some(name.clone()), Some(TableSource::TransactionInfo));
        }
        let captured = self.block.captured.iter();
        let mut recorded = captured.flat_map(|captured| &captured.recorded_tables);
        match recorded.find(|(own, _)| Some(*own) == hash) {
            Some((_, name)) => (Some(name.clone()), Some(TableSource::StreamRecord)),
            None => (None, None),
        }
    }

    fn state(&self, index: usize) -> RowState {
        let sequence_no = self.block.address.sequence_no;
        let block = self
            .strand
            .map_or(State::Failed, |strand| strand.state(sequence_no));
        let covered = self
            .strand
            .is_some_and(|strand| strand.is_under_digest(sequence_no));
        let failed = |finding: &crate::Finding| finding.severity == Severity::Failure;
        match self.block.revisions[index].standing {
            Standing::Wrong => RowState::Failed,
            Standing::Undecided | Standing::HashOnly | Standing::NotAsked => {
                RowState::NotRecomputed
            }
            Standing::Recomputed => match block {
                // What this pass found must not be better than it is, if a file
                // changed in between.
                _ if self.block.findings.iter().any(failed) => RowState::BlockFailed,
                State::Failed | State::Missing | State::FromState => RowState::BlockFailed,
                _ if covered => RowState::Verified,
                State::Verified | State::Consistent | State::RecordedOnly => RowState::Consistent,
            },
        }
    }
}
