//! A block of the journal: what is recorded of it, and the hashes made from its
//! content. (Developer Guide, "Journal contents".)

use ion_rs::Element;

use super::claim::{hashes, repeated, Id, RecordedAddress, RecordedHash, Twice};
use super::json;
use super::read::{Envelope, Node, Unfit};
use super::revision::{content_hash, ion_hash, is_json, Kind, Made, Revision, RevisionContent};
use super::time::Time;
use super::uncovered::{annotated, uncovered, within, Bound, Uncovered};
use super::{saved_hash, BlockAddress};
use crate::Limits;

/// A block as recorded.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) offset: u64,
    pub(crate) address: RecordedAddress,
    pub(crate) transaction_id: (Id, u64),
    pub(crate) timestamp: (Time, u64),
    pub(crate) block_hash: RecordedHash,
    pub(crate) entries_hash: RecordedHash,
    pub(crate) previous: RecordedHash,
    pub(crate) entries: Vec<RecordedHash>,
    pub(crate) transaction_info: Option<TransactionInfo>,
    pub(crate) redaction_info: Option<RedactionInfo>,
    pub(crate) revisions: Vec<Revision>,
    pub(crate) repeated: Vec<(String, Twice)>,
    /// What no hash covers, by its path from the block; what is in revisions is with them.
    pub(crate) uncovered: Vec<Uncovered>,
    /// Only hashes were read: the block lies outside of what was asked.
    pub(crate) outline: bool,
}

/// What was made from a block's content; revisions in the order of the block's.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockContent {
    pub(crate) transaction_info: Option<Made>,
    pub(crate) redaction_info: Option<Made>,
    /// For each statement its Ion Hash as a string, where it has no parameter.
    pub(crate) statements: Vec<Option<Made>>,
    pub(crate) revisions: Vec<RevisionContent>,
}

/// `{statements, documents}`, as far as cross-checks need it.
#[derive(Clone, Debug)]
pub(crate) struct TransactionInfo {
    pub(crate) offset: u64,
    pub(crate) statements: Vec<Statement>,
    /// `None` if there is no such field: no document changed.
    pub(crate) documents: Option<Vec<Document>>,
}

/// `{statement, startTime, statementDigest}`.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// Its text, for `show`; the fast engine leaves it empty.
    pub(crate) text: String,
    pub(crate) digest: RecordedHash,
}

/// An entry of `documents`: a document that the transaction changed.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) offset: u64,
    pub(crate) id: Id,
    /// Beside stream records and for `show`; the fast engine leaves it out.
    pub(crate) table_name: Option<Id>,
    pub(crate) table_id: Option<Id>,
}

/// Orders to redact.
#[derive(Clone, Debug)]
pub(crate) struct RedactionInfo {
    pub(crate) offset: u64,
    pub(crate) orders: Vec<RedactionOrder>,
}

/// `{blockAddress, tableId, documentId, version}` of the revision to redact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedactionOrder {
    pub(crate) address: BlockAddress,
    pub(crate) table_id: Id,
    pub(crate) document_id: Id,
    pub(crate) version: u64,
}

const FIELDS: [(&str, Bound); 10] = [
    ("blockAddress", Bound::Read),
    ("transactionId", Bound::Read),
    ("blockTimestamp", Bound::Read),
    ("blockHash", Bound::Read),
    ("entriesHash", Bound::Read),
    ("previousBlockHash", Bound::Read),
    ("entriesHashList", Bound::Read),
    ("transactionInfo", Bound::Hashed),
    ("redactionInfo", Bound::Hashed),
    ("revisions", Bound::Read),
];

impl Block {
    /// Whether a struct with these fields is a block.
    pub(crate) fn is_one(envelope: &Envelope<'_>) -> bool {
        envelope.has("blockAddress") && envelope.has("blockHash")
    }

    /// Reads a block, or a stream's block summary; content is hashed only if
    /// `with_content` says so for its address.
    pub(crate) fn read(
        envelope: &Envelope<'_>,
        limits: &Limits,
        with_content: impl Fn(&BlockAddress) -> bool,
    ) -> Result<(Block, BlockContent), Unfit> {
        let address = RecordedAddress::read(&envelope.require("blockAddress")?)?;
        let with_content = with_content(&address.address);
        let hash_node = envelope.require("blockHash")?;
        let json = is_json(&hash_node);
        let transaction_id = envelope.require("transactionId")?;
        let timestamp = envelope.require("blockTimestamp")?;
        let mut block = Block {
            offset: envelope.node().offset(),
            transaction_id: (transaction_id.text()?.into(), transaction_id.offset()),
            timestamp: (timestamp.timestamp()?, timestamp.offset()),
            block_hash: RecordedHash::read(&hash_node)?,
            entries_hash: RecordedHash::read(&envelope.require("entriesHash")?)?,
            previous: previous(envelope, &address)?,
            entries: hashes(&envelope.require("entriesHashList")?, limits.hashes_max)?,
            transaction_info: None,
            redaction_info: None,
            revisions: Vec::new(),
            repeated: repeated(envelope),
            uncovered: Vec::new(),
            outline: !with_content,
            address,
        };
        let nested = block.address.repeated.iter();
        let nested = nested.map(|(name, at)| (format!("blockAddress.{name}"), *at));
        block.repeated.extend(nested.collect::<Vec<_>>());
        block.uncovered = annotated(&envelope.node(), "the block");
        block.uncovered.extend(uncovered(envelope, &FIELDS)?);
        let of_address = within(&block.address.uncovered, "blockAddress");
        block.uncovered.extend(of_address);
        envelope.require("entriesHashList")?.each_item(|item| {
            let found = annotated(&item, "entriesHashList[]");
            block.uncovered.extend(found);
            Ok(())
        })?;
        let mut content = BlockContent::default();
        if with_content {
            block.read_info(envelope, json, &mut content)?;
        }
        block.read_revisions(envelope, limits, with_content, &mut content)?;
        Ok((block, content))
    }

    fn read_info(
        &mut self,
        envelope: &Envelope<'_>,
        json: bool,
        content: &mut BlockContent,
    ) -> Result<(), Unfit> {
        if let Some(node) = envelope.get("transactionInfo") {
            content.transaction_info = Some(content_hash(&node, json, json::TRANSACTION_INFO));
            let info = TransactionInfo::read(&node)?;
            let texts = info.statements.iter().map(|statement| &statement.text);
            // A `?` may stand for a parameter, which takes part in the digest and
            // is not in the journal.
            let made = |text: &String| ion_hash(&Element::string(text.as_str()), &node);
            content.statements = texts
                .map(|text| (!text.contains('?')).then(|| made(text)))
                .collect();
            self.transaction_info = Some(info);
        }
        if let Some(node) = envelope.get("redactionInfo") {
            content.redaction_info = Some(content_hash(&node, json, json::REDACTION_INFO));
            self.redaction_info = Some(RedactionInfo::read(&node)?);
        }
        Ok(())
    }

    fn read_revisions(
        &mut self,
        envelope: &Envelope<'_>,
        limits: &Limits,
        with_content: bool,
        content: &mut BlockContent,
    ) -> Result<(), Unfit> {
        let (node, summaries) = match (envelope.get("revisions"), envelope.get("revisionSummaries"))
        {
            (Some(node), _) => (node, false),
            (None, Some(node)) => (node, true),
            (None, None) => return Ok(()),
        };
        let items = node.items()?;
        let max = limits.hashes_max;
        if items.len() > max as usize {
            return Err(node.too_many("revisions", "hashes_max", max, items.len()));
        }
        for item in &items {
            let (mut revision, made) = match summaries {
                true => (summary(item)?, RevisionContent::default()),
                false => Revision::read(item, with_content.then_some(limits))?,
            };
            revision.uncovered.extend(annotated(item, ""));
            self.revisions.push(revision);
            content.revisions.push(made);
        }
        Ok(())
    }
}

/// `previousBlockHash`; at the genesis block it may be empty, null or absent.
fn previous(envelope: &Envelope<'_>, address: &RecordedAddress) -> Result<RecordedHash, Unfit> {
    let genesis = address.address.sequence_no == 0;
    match envelope.get("previousBlockHash") {
        None if genesis => Ok(RecordedHash::of(&[], envelope.node().offset())),
        Some(node) if genesis && saved_hash::is_empty(&node) => {
            Ok(RecordedHash::of(&[], node.offset()))
        }
        None => envelope
            .require("previousBlockHash")
            .and_then(|node| RecordedHash::read(&node)),
        Some(node) => RecordedHash::read(&node),
    }
}

/// What QLDB writes in a stream's block summary for a revision.
pub(crate) const SUMMARY_FIELDS: [(&str, Bound); 2] =
    [("hash", Bound::Read), ("documentId", Bound::Read)];

/// `{hash, documentId?}` of a stream's block summary.
fn summary(node: &Node<'_>) -> Result<Revision, Unfit> {
    let envelope = Envelope::open(*node)?;
    let hash_node = envelope.require("hash")?;
    let id = envelope.get("documentId");
    let summary_id: Option<Id> = id.map(|id| id.text().map(Id::from)).transpose()?;
    Ok(Revision {
        offset: node.offset(),
        kind: match summary_id {
            Some(_) => Kind::Unseen,
            None => Kind::Internal,
        },
        address: None,
        hash: RecordedHash::read(&hash_node)?,
        data_hash: None,
        metadata: None,
        summary_id,
        table: None,
        json: is_json(&hash_node),
        repeated: repeated(&envelope),
        uncovered: uncovered(&envelope, &SUMMARY_FIELDS)?,
        data_like_metadata: false,
    })
}

impl TransactionInfo {
    fn read(node: &Node<'_>) -> Result<TransactionInfo, Unfit> {
        let envelope = Envelope::open(*node)?;
        // Its hash is an entry, as those of the two halves of a revision may be: what has not the form of one is
        // none, be it hashed or not.
        let mut statements = Vec::new();
        for item in envelope.require("statements")?.items()? {
            let statement = Envelope::open(item)?;
            statement.require("startTime")?;
            statements.push(Statement {
                text: statement.require("statement")?.text()?,
                digest: RecordedHash::read(&statement.require("statementDigest")?)?,
            });
        }
        let documents = match envelope.get("documents") {
            None => None,
            Some(node) => {
                let fields = node.fields()?;
                let read = fields.iter().map(|(id, node)| Document::read(id, node));
                Some(read.collect::<Result<Vec<_>, _>>()?)
            }
        };
        Ok(TransactionInfo {
            offset: node.offset(),
            statements,
            documents,
        })
    }
}

impl Document {
    fn read(id: &str, node: &Node<'_>) -> Result<Document, Unfit> {
        let envelope = Envelope::open(*node)?;
        let text = |name| {
            envelope
                .get(name)
                .map(|node| node.text().map(Id::from))
                .transpose()
        };
        Ok(Document {
            offset: node.offset(),
            id: id.into(),
            table_name: text("tableName")?,
            table_id: text("tableId")?,
        })
    }
}

impl RedactionInfo {
    fn read(node: &Node<'_>) -> Result<RedactionInfo, Unfit> {
        let envelope = Envelope::open(*node)?;
        let mut orders = Vec::new();
        for item in envelope.require("revisions")?.items()? {
            let order = Envelope::open(item)?;
            orders.push(RedactionOrder {
                address: RecordedAddress::read(&order.require("blockAddress")?)?.address,
                table_id: order.require("tableId")?.text()?.into(),
                document_id: order.require("documentId")?.text()?.into(),
                version: order.require("version")?.number()?,
            });
        }
        Ok(RedactionInfo {
            offset: node.offset(),
            orders,
        })
    }
}
