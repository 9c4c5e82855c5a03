//! One revision of a document, with what was proven of it.

use std::collections::HashMap;

use ion_rs::Element;
use serde::Serialize;

use crate::blocks::json::{restored, DATA, METADATA};
use crate::blocks::read::{Envelope, Node, Unfit};
use crate::blocks::revision::{content_hash, restored_for, Kind};
use crate::blocks::saved_hash;
use crate::blocks::{compact, down_converted, BlockAddress, Hash};
use crate::engine::read_values;
use crate::findings::{CheckedBlock, Columns, Printed, RevisionRecord, Severity, Standing};
use crate::report::{State, Strand};
use crate::source::Piece;

/// What was proven of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RowState {
    /// The revision's hash is recomputed from what stands in this row, and its block hangs
    /// under a trusted digest.
    Verified,
    /// The same, and its block agrees with its neighbours; no trusted
    /// digest covers it.
    Consistent,
    /// Nothing is known to be wrong, and the revision's hash could not be recomputed from
    /// what stands here (data from JSON whose types are lost, a deletion by an unknown
    /// rule, something that a row cannot show), or it has no data, and nothing that a hash
    /// covers tells of its document.
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

impl Row {
    /// Whether it is what `record` was recomputed from.
    fn is(&self, record: &RevisionRecord, data_hash: Option<Hash>) -> bool {
        let columns = Columns {
            revision_hash: self.revision_hash,
            document_id: &self.document_id,
            version: self.version,
            tx_time: self.tx_time.as_deref(),
            tx_id: self.tx_id.as_deref(),
            data_ion: self.data_ion.as_deref(),
            data_json: self.data_json.as_deref(),
            data_hash,
        };
        Printed::of_row(&columns).is_some_and(|printed| printed.is(record))
    }
}

impl Shown {
    fn read(node: &Node<'_>, record: &RevisionRecord) -> Result<Shown, Unfit> {
        let envelope = Envelope::open(*node)?;
        let hash = envelope
            .get("dataHash")
            .map(|hash| saved_hash::bytes(&hash))
            .transpose()?;
        let mut shown = Shown {
            data_hash: hash.and_then(|hash| Hash::from_slice(&hash)),
            ..Shown::default()
        };
        if let Some(data) = envelope.get("data") {
            let restored = restored_data(&envelope, &data, record);
            shown.data = Some(restored.map_or_else(|| data.element(), Ok)?);
        }
        let metadata = envelope.get("metadata").map(Envelope::open).transpose()?;
        let text = |name| {
            let value = metadata.as_ref()?.get(name)?.element().ok()?;
            let text = value.as_text().map(str::to_owned);
            text.or_else(|| compact(&value))
        };
        (shown.tx_time, shown.tx_id) = (text("txTime"), text("txId"));
        Ok(shown)
    }
}

/// Data from JSON in the reading that gave the revision's hash, if one did.
fn restored_data(
    envelope: &Envelope<'_>,
    data: &Node<'_>,
    record: &RevisionRecord,
) -> Option<Element> {
    if !record.json {
        return None;
    }
    let fit = || {
        let hash = record
            .hash
            .filter(|_| record.standing == Standing::Recomputed)?;
        let metadata = content_hash(&envelope.get("metadata")?, true, METADATA).ok()?;
        // There is one, within the bound that was kept when it was found.
        restored_for(data, &metadata, &hash, u32::MAX).ok()
    };
    match fit() {
        Some(restored) => Some(restored.data),
        None => restored(data, DATA).ok(),
    }
}

/// The rows of one block.
pub(super) struct Rows<'a> {
    block: &'a CheckedBlock,
    strand: Option<&'a Strand>,
    shown: Vec<Shown>,
    tables: HashMap<String, String>,
}

/// What is shown of a revision, as its text has it; from JSON with its types restored.
#[derive(Default)]
struct Shown {
    data: Option<Element>,
    data_hash: Option<Hash>,
    tx_time: Option<String>,
    tx_id: Option<String>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(block: &'a CheckedBlock, strand: Option<&'a Strand>) -> Rows<'a> {
        let mut rows = Rows {
            block,
            strand,
            shown: Vec::new(),
            tables: HashMap::new(),
        };
        if let Some(captured) = &block.captured {
            let piece = Piece::of_one(captured.text.clone().into_bytes(), block.offset);
            // What the reader refuses was reported when the block was checked.
            read_values(&piece, |node| {
                let _ = rows.read(node);
            });
        }
        rows
    }

    fn read(&mut self, node: Node<'_>) -> Result<(), Unfit> {
        let envelope = Envelope::open(node)?;
        if let Some(info) = envelope.get("transactionInfo") {
            self.tables = crate::prove::tables_of(&info.element()?);
        }
        let revisions = envelope.get("revisions");
        let revisions = revisions.map_or_else(|| Ok(Vec::new()), |list| list.items())?;
        let both = revisions.iter().zip(&self.block.revisions);
        self.shown = both
            .map(|(revision, record)| Shown::read(revision, record).unwrap_or_default())
            .collect();
        Ok(())
    }

    /// Whether these are the rows of this copy of the block.
    pub(super) fn is_of(&self, block: &CheckedBlock) -> bool {
        std::ptr::eq(self.block, block)
    }

    /// The name of the table that a document here is in, if `transactionInfo` tells.
    pub(super) fn covered_table(&self, id: &str) -> Option<&str> {
        self.tables.get(id).map(String::as_str)
    }

    /// The row of revision number `index`, whose state is worse than that of the revision
    /// where what is printed is not what was hashed.
    pub(super) fn row(&self, index: usize, id: &str, version: u64) -> Row {
        let record = &self.block.revisions[index];
        let none = Shown::default();
        let shown = self.shown.get(index).unwrap_or(&none);
        let (table_name, table_source) = self.table(id, record.hash);
        let mut row = Row {
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
            tx_time: shown.tx_time.clone(),
            tx_id: shown.tx_id.clone(),
            data_ion: shown.data.as_ref().and_then(compact),
            data_json: shown.data.as_ref().and_then(down_converted),
        };
        if record.standing == Standing::Recomputed && !row.is(record, shown.data_hash) {
            row.state = row.state.max(RowState::NotRecomputed);
        }
        row
    }

    fn table(&self, id: &str, hash: Option<Hash>) -> (Option<String>, Option<TableSource>) {
        if let Some(name) = self.tables.get(id) {
            return (Some(name.clone()), Some(TableSource::TransactionInfo));
        }
        let name = self.recorded_table(hash);
        let source = name.as_ref().map(|_| TableSource::StreamRecord);
        (name, source)
    }

    /// The name of the table that a stream record has for the revision with this hash.
    pub(super) fn recorded_table(&self, hash: Option<Hash>) -> Option<String> {
        let captured = self.block.captured.iter();
        let mut recorded = captured.flat_map(|captured| &captured.recorded_tables);
        let (_, name) = recorded.find(|(own, _)| Some(*own) == hash)?;
        Some(name.clone())
    }

    /// Whether a revision without data is told of by something that a hash covers: its document in `transactionInfo`,
    /// or an order to redact it. The pair hash has no mark of its halves, so that without any the half that is shown
    /// as metadata may be another document's data, or its data may have been left out.
    fn is_told(&self, index: usize) -> bool {
        let record = &self.block.revisions[index];
        let Some((id, Some(version))) = &record.document else {
            return true;
        };
        let number = self.block.address.sequence_no;
        let orders = self.strand.map_or(&[][..], |strand| &strand.redactions);
        let ordered = || {
            orders.iter().any(|order| {
                (order.sequence_no, order.version) == (number, *version)
                    && order.document_id == id.as_str()
            })
        };
        match record.kind {
            Kind::Redacted => self.tables.contains_key(id.as_str()) || ordered(),
            Kind::Deleting => !record.in_doubt && self.tables.contains_key(id.as_str()),
            _ => true,
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
            Standing::Recomputed if !self.is_told(index) => RowState::NotRecomputed,
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
