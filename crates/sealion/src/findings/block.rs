//! Checks a block by itself: every hash in it, and the fields no hash covers
//! against those that one does.

use std::sync::Arc;

use super::code::{Code, Severity};
use super::context::Context;
use super::finding::Finding;
use super::fingerprint::Fingerprint;
use super::revision::{check_revision, RevisionRecord, Standing};
use super::used::{Boxed, Lists};
use crate::blocks::block::{Block, BlockContent, RedactionOrder};
use crate::blocks::claim::{Id, RecordedHash};
use crate::blocks::revision::{Kind, Made, Revision};
use crate::blocks::time::Time;
use crate::blocks::{BlockAddress, Hash};
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
    pub(crate) timestamp: (Time, u64),
    pub(crate) revisions: Vec<RevisionRecord>,
    pub(crate) redactions: Vec<RedactionOrder>,
    /// Tables of documents with a redacted revision here, where `transactionInfo`
    /// tells: document, table id.
    pub(crate) tables: Vec<(Id, Id)>,
    pub(crate) internal_entries: u64,
    pub(crate) fingerprint: Fingerprint,
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
}

/// A block's content, kept for somebody who wants to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Captured {
    /// The whole block as Ion text (or JSON, as it was).
    pub(crate) text: String,
    /// Tables that stream records name beside their revisions, which no hash covers:
    /// revision hash, table name.
    pub(crate) recorded_tables: Vec<(Hash, String)>,
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
    let internal_entries = check_entries(block, content, hashes, &context, &mut findings);
    check_hashes(block, hashes, &context, &mut findings);
    check_statements(block, content, &context, &mut findings);
    check_documents(block, &context, &mut findings);
    CheckedBlock {
        path: path.clone(),
        offset: block.offset,
        address: block.address.address.clone(),
        hash: hashes.leaf,
        previous: block.previous,
        timestamp: block.timestamp,
        redactions: block
            .redaction_info
            .as_ref()
            .map_or_else(Vec::new, |info| info.orders.clone()),
        tables: tables(block),
        internal_entries,
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
    for (index, record) in records.iter().enumerate() {
        let sibling = records.get(index ^ 1).map(|sibling| sibling.kind);
        if record.deletion_rule == Some("H(metadata)") && sibling == Some(Kind::Internal) {
            let context = revision_context(index, &block.revisions[index], context);
            findings.push(
                context
                    .finding(
                        Code::DeletionRule,
                        "hash",
                        record.offset,
                        "this revision has no data and hashes as its metadata alone, and beside it stands a hash without content: the pair hashes like one revision whose data was left out",
                    )
                    .severity(Severity::Warning)
                    .remedy("look at this document in another export or in its history"),
            );
        }
    }
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

/// `entriesHashList`: that it holds what the block's content hashes to. Gives the
/// number of entries that nothing in the block explains.
fn check_entries(
    block: &Block,
    content: &BlockContent,
    hashes: &BlockHashes,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> u64 {
    for (index, entry) in block.entries.iter().enumerate() {
        // Naming each of many entries would cost more than looking at it.
        if entry.hash.is_none_or(|hash| hash == Hash::ZERO) {
            let field = format!("entriesHashList[{index}]");
            context.hash(&field, entry, findings);
        }
    }
    let mut explained = [None; 3];
    if let Some(root) = hashes.revisions_root {
        let place = block.revisions.first().map_or(block.offset, |r| r.offset);
        let what = Member {
            code: Code::RevisionsRoot,
            field: "revisions",
            offset: place,
            what: "the tree root of the revisions' hashes",
        };
        check_member(block, &root, &what, context, findings);
        explained[0] = Some(root);
    }
    let infos = [
        (
            Code::TransactionInfo,
            "transactionInfo",
            block.transaction_info.as_ref().map(|info| info.offset),
            &content.transaction_info,
        ),
        (
            Code::RedactionInfo,
            "redactionInfo",
            block.redaction_info.as_ref().map(|info| info.offset),
            &content.redaction_info,
        ),
    ];
    for ((code, field, offset, made), explained) in infos.into_iter().zip(&mut explained[1..]) {
        let offset = offset.unwrap_or(block.offset);
        let what = "the Ion Hash of this struct";
        let what = Member {
            code,
            field,
            offset,
            what,
        };
        *explained = check_info(block, made.as_ref(), &what, context, findings);
    }
    let entries = block.entries.iter();
    let unexplained =
        entries.filter(|entry| entry.hash.is_some() && !explained.contains(&entry.hash));
    match block.outline {
        true => 0,
        false => unexplained.count() as u64,
    }
}

/// Something whose hash must be an entry.
struct Member {
    code: Code,
    field: &'static str,
    offset: u64,
    what: &'static str,
}

fn check_info(
    block: &Block,
    made: Option<&Made>,
    member: &Member,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Hash> {
    match made? {
        Ok(hash) => {
            check_member(block, hash, member, context, findings);
            Some(*hash)
        }
        Err(unfit) => {
            findings.push(context.unfit(member.field, unfit));
            None
        }
    }
}

fn check_member(
    block: &Block,
    hash: &Hash,
    member: &Member,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    if block.entries.iter().any(|entry| entry.hash == Some(*hash)) {
        return;
    }
    let message = format!(
        "{} is not among the entries of entriesHashList",
        member.what
    );
    let mut finding = context
        .finding(member.code, member.field, member.offset, message)
        .claimed(format!("one of {} entries", block.entries.len()))
        .remedy(
            "this part of the block was changed, or entriesHashList was: compare with another copy",
        );
    finding.recomputed = Some(hash.to_string());
    findings.push(finding);
}

/// `entriesHash` and `blockHash`.
fn check_hashes(
    block: &Block,
    hashes: &BlockHashes,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    if block.usable_previous() != Some(None) {
        context.hash("previousBlockHash", &block.previous, findings);
    }
    context.hash("entriesHash", &block.entries_hash, findings);
    context.hash("blockHash", &block.block_hash, findings);
    if block.entries.is_empty() {
        findings.push(context.finding(
            Code::EntriesHash,
            "entriesHashList",
            block.entries_hash.offset,
            "entriesHashList is empty: a block has at least one entry",
        ));
    }
    let differs = |recorded: &RecordedHash, ours: Option<Hash>| {
        ours.filter(|ours| recorded.hash.is_some_and(|recorded| recorded != *ours))
    };
    if let Some(ours) = differs(&block.entries_hash, hashes.entries_root) {
        findings.push(
            context
                .mismatch(
                    Code::EntriesHash,
                    "entriesHash",
                    &block.entries_hash,
                    &ours,
                    "entriesHash is not the tree root of entriesHashList",
                )
                .remedy("an entry or entriesHash was changed: compare with another copy"),
        );
    }
    if let Some(ours) = differs(&block.block_hash, hashes.from_recorded) {
        findings.push(
            context
                .mismatch(
                    Code::BlockHash,
                    "blockHash",
                    &block.block_hash,
                    &ours,
                    "blockHash is not dot(entriesHash, previousBlockHash)",
                )
                .remedy("one of the three was changed: compare with another copy"),
        );
    }
}

/// Statement digests of statements without parameters.
fn check_statements(
    block: &Block,
    content: &BlockContent,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(info) = &block.transaction_info else {
        return;
    };
    let both = info.statements.iter().zip(&content.statements);
    for (index, (statement, made)) in both.enumerate() {
        let Some(Ok(ours)) = made else { continue };
        if statement.digest.hash == Some(*ours) {
            continue;
        }
        let field = format!("transactionInfo.statements[{index}].statementDigest");
        findings.push(
            context
                .mismatch(
                    Code::StatementDigest,
                    &field,
                    &statement.digest,
                    ours,
                    "statementDigest is not the Ion Hash of the statement's text, though the text has no parameter",
                )
                .remedy("text and digest are both covered by the hash of transactionInfo: if that holds, neither was changed since"),
        );
    }
}

/// `transactionInfo.documents` beside the revisions: a revision stripped to its
/// hash looks internal, and only this tells.
fn check_documents(block: &Block, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let named = |revision| Revision::document(revision).map(|(id, _)| (revision, id));
    let mut seen = block.revisions.iter().filter_map(named);
    let Some(info) = &block.transaction_info else {
        if let Some((revision, _)) = seen.next().filter(|_| !block.outline) {
            findings.push(
                context
                    .finding(
                        Code::TransactionInfoMissing,
                        "transactionInfo",
                        revision.offset,
                        "the block has revisions of documents and no transactionInfo",
                    )
                    .remedy("no hash notices when transactionInfo is left out: look for it in another copy"),
            );
        }
        return;
    };
    for document in info.documents.iter().flatten() {
        if seen.clone().any(|(_, id)| *id == document.id) {
            continue;
        }
        let mut finding = context.finding(
            Code::HiddenRevision,
            "transactionInfo.documents",
            document.offset,
            "transactionInfo says that this document was changed here, but its revision is missing or stripped to its hash",
        );
        finding.document_id = Some(document.id.to_string());
        findings.push(finding.remedy(
            "transactionInfo is covered by the block's hashes, so the change did happen: find the revision in another copy",
        ));
    }
    for (revision, id) in seen {
        let documents = info.documents.iter().flatten();
        let Some(document) = documents.clone().find(|document| document.id == *id) else {
            findings.push(
                context
                    .finding(
                        Code::HiddenRevision,
                        "revisions",
                        revision.offset,
                        "the block has a revision of a document that transactionInfo.documents does not name",
                    )
                    .document(id.as_str(), revision.document().and_then(|(_, version)| version))
                    .remedy("revision and transactionInfo are both covered by hashes: this is odd, not proof of a change"),
            );
            continue;
        };
        check_table(revision, document, context, findings);
    }
}

/// The table a stream record names (not covered) beside that of
/// `transactionInfo` (covered).
fn check_table(
    revision: &Revision,
    document: &crate::blocks::block::Document,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(table) = &revision.table else { return };
    let covered = (document.table_name.as_deref(), document.table_id.as_deref());
    if covered.0.is_none_or(|name| name == table.name) && covered.1.is_none_or(|id| id == table.id)
    {
        return;
    }
    findings.push(
        context
            .finding(
                Code::Address,
                "tableInfo",
                table.offset,
                "the stream record's tableInfo (covered by no hash) is not the table that transactionInfo names",
            )
            .document(document.id.as_str(), revision.document().and_then(|(_, version)| version))
            .values(
                format!("{} ({})", table.name, table.id),
                format!("{} ({})", covered.0.unwrap_or("?"), covered.1.unwrap_or("?")),
            )
            .remedy("rely on transactionInfo, and get another copy of the record"),
    );
}

/// Fields that are none of QLDB's, under their names from the block on.
fn unknown_fields(block: &Block) -> Vec<String> {
    let in_revisions = block
        .revisions
        .iter()
        .flat_map(|revision| &revision.unknown);
    let in_revisions = in_revisions.map(|name| format!("revisions[].{name}"));
    block.unknown.iter().cloned().chain(in_revisions).collect()
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
