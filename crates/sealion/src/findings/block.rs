//! Checks a block by itself: every hash in it, and the fields no hash covers
//! against those that one does.

mod entries;
mod transaction;

use std::sync::Arc;

use ion_rs::Element;

use self::entries::{check_entries, check_hashes};
use self::transaction::{check_documents, check_statements};
use super::code::{Code, Severity};
use super::context::Context;
use super::finding::Finding;
use super::fingerprint::Fingerprint;
use super::loose::LooseRevision;
use super::revision::{check_revision, RevisionRecord, Standing};
use super::used::{Boxed, Lists};
use crate::blocks::block::{Block, BlockContent, RedactionOrder};
use crate::blocks::claim::{Id, RecordedHash};
use crate::blocks::revision::{json_hash, Kind, Revision};
use crate::blocks::time::Time;
use crate::blocks::uncovered::within;
use crate::blocks::{read_json, BlockAddress, Hash};
use crate::hashes::BlockHashes;

/// A block after its check: what the chain, the digests and the report need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckedBlock {
    pub(crate) path: Arc<str>,
    pub(crate) offset: u64,
    pub(crate) address: BlockAddress,
    /// The recomputed block hash: what stands in the journal's tree. `None` if
    /// the hashes it is made of are not hashes.
    pub(crate) hash: Option<Hash>,
    pub(crate) previous: RecordedHash,
    pub(crate) transaction_id: Id,
    pub(crate) timestamp: (Time, u64),
    pub(crate) revisions: Vec<RevisionRecord>,
    pub(crate) redactions: Vec<RedactionOrder>,
    /// Tables of documents with a redacted revision here, where `transactionInfo`
    /// tells: document, table id.
    pub(crate) tables: Vec<(Id, Id)>,
    pub(crate) internal_entries: u64,
    /// Statements whose digest was not recomputed, for their parameters are not in the journal.
    pub(crate) open_statements: u64,
    /// Documents that `transactionInfo` says were changed here, without a revision.
    pub(crate) hidden: Vec<Id>,
    pub(crate) fingerprint: Fingerprint,
    /// What no hash covers and QLDB does not write.
    pub(crate) unknown_fields: Vec<String>,
    /// It came by itself (an answer of GetBlock), not within a journal.
    pub(crate) alone: bool,
    pub(crate) findings: Vec<Finding>,
    /// What it says in full, where a run asked for it.
    pub(crate) captured: Option<Box<Captured>>,
}

impl CheckedBlock {
    /// Revisions of documents: number in the block, document id, version.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (usize, &str, u64)> {
        let records = self.revisions.iter().enumerate();
        records.filter_map(|(index, record)| match &record.document {
            Some((id, Some(version))) => Some((index, id.as_str(), *version)),
            _ => None,
        })
    }

    /// Documents that were changed here, as far as anything tells, and whose revision
    /// did not come.
    pub(crate) fn unseen(&self) -> impl Iterator<Item = &str> {
        let unseen = self
            .revisions
            .iter()
            .filter_map(|record| match &record.document {
                Some((id, None)) => Some(id.as_str()),
                _ => None,
            });
        unseen.chain(self.hidden.iter().map(Id::as_str))
    }

    /// Whether it holds a revision with this hash, and nothing else of it.
    pub(crate) fn knows_by_hash(&self, loose: &LooseRevision) -> bool {
        self.known_by_hash(loose).is_some()
    }

    /// The number of the revision with this hash that it recomputes.
    pub(super) fn of_hash(&self, record: &RevisionRecord) -> Option<usize> {
        self.revisions.iter().position(|own| {
            own.standing == Standing::Recomputed && own.hash.is_some() && own.hash == record.hash
        })
    }

    /// The Ion Hash of what a revision's data says once it became JSON, if the block's text was kept.
    pub(super) fn plain_json(&self, index: usize) -> Option<Hash> {
        let text = &self.captured.as_ref()?.text;
        let block = match self.revisions.get(index)?.json {
            true => read_json(text.clone()),
            false => Element::read_one(text).ok(),
        }?;
        let revisions = block.as_struct()?.get("revisions")?.as_sequence()?;
        json_hash(revisions.get(index)?.as_struct()?.get("data")?)
    }

    /// What it takes that revision for.
    pub(crate) fn known_by_hash(&self, loose: &LooseRevision) -> Option<Kind> {
        let mut own = self.revisions.iter();
        let own = own.find(|own| own.hash.is_some() && own.hash == loose.record.hash)?;
        (own.standing == Standing::HashOnly).then_some(own.kind)
    }

    /// How much it shows: the revisions that recompute, those of them with data, and
    /// whether it says what the transaction was.
    pub(crate) fn shown(&self) -> (usize, usize, usize) {
        let recomputed = |record: &&RevisionRecord| record.standing == Standing::Recomputed;
        let recomputed = self.revisions.iter().filter(recomputed);
        let infos = self.fingerprint.infos().iter().flatten().count();
        let with_data = recomputed
            .clone()
            .filter(|record| record.kind == Kind::User);
        (recomputed.count(), with_data.count(), infos)
    }
}

/// A block's content, kept for somebody who wants to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Captured {
    /// The whole block as Ion text (or JSON, as it was).
    pub(crate) text: String,
    /// Tables that stream records name beside their revisions, which no hash covers:
    /// revision hash, table name.
    pub(crate) recorded_tables: Vec<(Hash, String)>,
    /// Fields of a stream's summaries that are none of QLDB's: path in the block, text.
    pub(crate) of_summaries: Vec<(String, String)>,
}

/// Checks everything about `block` that needs no other block.
pub(crate) fn check_block(
    block: &Block,
    content: &BlockContent,
    hashes: &BlockHashes,
    path: &Arc<str>,
) -> CheckedBlock {
    check_with(Lists::default(), block, content, hashes, path)
}

/// The same, in the memory of a block that nobody needs.
pub(crate) fn check_block_in(
    used: Option<Boxed>,
    block: &Block,
    content: &BlockContent,
    hashes: &BlockHashes,
    path: &Arc<str>,
) -> Boxed {
    let Some(mut used) = used else {
        return Box::new(check_block(block, content, hashes, path));
    };
    *used = check_with(used.take_lists(), block, content, hashes, path);
    used
}

fn check_with(
    lists: Lists,
    block: &Block,
    content: &BlockContent,
    hashes: &BlockHashes,
    path: &Arc<str>,
) -> CheckedBlock {
    let mut findings = Vec::new();
    let context = Context::at(path, &block.address.address);
    context.repeated(&block.repeated, &mut findings);
    let mut revisions = lists.revisions;
    check_revisions(
        block,
        content,
        hashes,
        &context,
        &mut findings,
        &mut revisions,
    );
    let unexplained = check_entries(block, content, hashes, &context, &mut findings);
    check_halves(
        block,
        unexplained.beside_revisions,
        &context,
        &mut findings,
        &mut revisions,
    );
    check_hashes(block, hashes, &context, &mut findings);
    check_statements(block, content, &context, &mut findings);
    let hidden = check_documents(block, &context, &mut findings);
    CheckedBlock {
        path: path.clone(),
        offset: block.offset,
        address: block.address.address.clone(),
        hash: hashes.leaf,
        previous: block.previous,
        transaction_id: block.transaction_id.0.clone(),
        timestamp: block.timestamp,
        redactions: block
            .redaction_info
            .as_ref()
            .map_or_else(Vec::new, |info| info.orders.clone()),
        tables: tables(block),
        internal_entries: unexplained.count,
        open_statements: content
            .statements
            .iter()
            .filter(|made| made.is_none())
            .count() as u64,
        hidden,
        fingerprint: Fingerprint::of(block, content, &revisions, lists.hashes),
        revisions,
        unknown_fields: unknown_fields(block),
        alone: false,
        findings,
        captured: None,
    }
}

fn check_revisions(
    block: &Block,
    content: &BlockContent,
    hashes: &BlockHashes,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
    records: &mut Vec<RevisionRecord>,
) {
    let both = block.revisions.iter().zip(&content.revisions);
    let check = |(index, (revision, made))| {
        let context = revision_context(index, revision, context);
        let ours = hashes.revisions.get(index).copied().flatten();
        let record = check_revision(revision, made, ours, &context, findings);
        if record.standing != Standing::NotAsked {
            check_place(block, revision, &context, findings);
        }
        record
    };
    records.extend(both.enumerate().map(check));
}

/// Revisions that may be half of one: of the list, or its only one beside an entry.
fn check_halves(
    block: &Block,
    beside_entry: bool,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
    records: &mut [RevisionRecord],
) {
    for index in 0..records.len() {
        let alone = records.len() == 1 && records[index].deletion_rule == Some("H(metadata)");
        if !(alone && beside_entry || data_may_be_left_out(&records[index], records, index)) {
            continue;
        }
        records[index].in_doubt = true;
        let context = revision_context(index, &block.revisions[index], context);
        let offset = records[index].offset;
        findings.push(
            context
                .finding(Code::DeletionRule, "hash", offset, DATA_MAY_BE_LEFT_OUT)
                .severity(Severity::Warning)
                .remedy("look at this document in another export or in its history"),
        );
    }
}

pub(super) const DATA_MAY_BE_LEFT_OUT: &str = "this revision has no data and hashes as its metadata alone, and beside it stands a hash that nothing gives: the pair hashes like one revision whose data was left out";

/// Whether a revision that hashes as its metadata alone stands in a list of revisions beside
/// one whose hash does not follow from what is there: an internal one, one whose document no
/// more than a block summary names, one whose JSON has lost its types.
pub(super) fn data_may_be_left_out(
    own: &RevisionRecord,
    list: &[RevisionRecord],
    index: usize,
) -> bool {
    let bare = |sibling: &RevisionRecord| sibling.standing != Standing::Recomputed;
    own.deletion_rule == Some("H(metadata)") && list.get(index ^ 1).is_some_and(bare)
}

fn revision_context<'a>(index: usize, revision: &'a Revision, block: &Context<'a>) -> Context<'a> {
    Context {
        path: block.path,
        address: block.address,
        document: revision.document(),
        revision: Some(index),
    }
}

/// The fields of a revision that say where it belongs.
fn check_place(
    block: &Block,
    revision: &Revision,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    if let Some(recorded) = &revision.address {
        if recorded.address != block.address.address {
            findings.push(
                context
                    .finding(
                        Code::Address,
                        "blockAddress",
                        recorded.offset,
                        "the revision's blockAddress is not that of the block it stands in",
                    )
                    .values(
                        recorded.address.to_string(),
                        block.address.address.to_string(),
                    )
                    .remedy("no hash covers this field, so it can be edited without a trace in hashes: get another copy"),
            );
        }
    }
    let Some(metadata) = &revision.metadata else {
        return;
    };
    if metadata.tx_id.0 != block.transaction_id.0 {
        findings.push(
            context
                .finding(
                    Code::TransactionId,
                    "metadata.txId",
                    metadata.tx_id.1,
                    "metadata.txId (covered by the revision's hash) is not the block's transactionId (covered by none)",
                )
                .values(block.transaction_id.0.clone(), metadata.tx_id.0.clone())
                .remedy("the block's transactionId was changed, or the revision belongs to another block"),
        );
    }
    if block.timestamp.0 < metadata.tx_time {
        findings.push(
            context
                .finding(
                    Code::TimeOrder,
                    "metadata.txTime",
                    block.timestamp.1,
                    "blockTimestamp lies before the txTime of this revision",
                )
                .values(block.timestamp.0.to_string(), metadata.tx_time.to_string())
                .remedy("blockTimestamp is covered by no hash: rely on txTime, which is"),
        );
    }
}

/// What no hash covers and QLDB does not write, under its name from the block on.
fn unknown_fields(block: &Block) -> Vec<String> {
    let revisions = block.revisions.iter();
    let in_revisions = revisions.flat_map(|revision| within(&revision.uncovered, "revisions[]"));
    let all = block.uncovered.iter().cloned().chain(in_revisions);
    all.map(|one| one.to_string()).collect()
}

fn tables(block: &Block) -> Vec<(Id, Id)> {
    let redacted = block.revisions.iter().filter(|r| r.kind == Kind::Redacted);
    let table = |revision: &Revision| {
        let (id, _) = revision.document()?;
        let info = block.transaction_info.as_ref()?;
        let document = info.documents.iter().flatten().find(|one| one.id == *id)?;
        Some((id.clone(), document.table_id.clone()?))
    };
    redacted.filter_map(table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deletion_beside_a_hash_that_nothing_gives_is_in_doubt() {
        let record = |kind, standing, rule| RevisionRecord {
            kind,
            standing,
            json: false,
            hash: None,
            document: None,
            deletion_rule: rule,
            in_doubt: false,
            data: None,
            offset: 0,
        };
        let made = Standing::Recomputed;
        let doubt = |kind, standing, rule, index| {
            let own = record(Kind::Deleting, made, rule);
            let mut list = vec![record(Kind::User, made, None); 2];
            list.insert(index, own.clone());
            list[index ^ 1] = record(kind, standing, None);
            data_may_be_left_out(&own, &list, index)
        };
        let rule = Some("H(metadata)");
        for index in [0, 1] {
            for kind in [Kind::Internal, Kind::Unseen] {
                assert!(doubt(kind, Standing::HashOnly, rule, index));
            }
            // Its JSON does not give its hash.
            assert!(doubt(Kind::User, Standing::Undecided, rule, index));
            for sure in [Kind::User, Kind::Redacted, Kind::Deleting] {
                assert!(!doubt(sure, made, rule, index));
            }
            for other in [None, Some("dot(H(null), H(metadata))")] {
                assert!(!doubt(Kind::Unseen, Standing::HashOnly, other, index));
            }
        }
        let own = record(Kind::Deleting, made, rule);
        assert!(!data_may_be_left_out(&own, std::slice::from_ref(&own), 0));
    }
}
