//! `transactionInfo` against the block it stands in: statements and documents.

use std::collections::{HashMap, HashSet};

use crate::blocks::block::{Block, BlockContent, Document};
use crate::blocks::claim::Id;
use crate::blocks::revision::Revision;
use crate::findings::code::Code;
use crate::findings::context::Context;
use crate::findings::finding::Finding;

/// Statement digests of statements without parameters.
pub(super) fn check_statements(
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
/// hash looks internal, and only this tells. Gives the documents without a revision.
pub(super) fn check_documents(
    block: &Block,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Id> {
    let mut hidden = Vec::new();
    let of_document = |revision| Revision::document(revision).map(|(id, _)| (revision, id));
    let mut seen = block.revisions.iter().filter_map(of_document);
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
        return hidden;
    };
    let mut shown: HashSet<&Id> = HashSet::new();
    shown.extend(seen.clone().map(|(_, id)| id));
    let mut named: HashMap<&Id, &Document> = HashMap::new();
    for document in info.documents.iter().flatten() {
        named.entry(&document.id).or_insert(document);
        if shown.contains(&document.id) {
            continue;
        }
        let mut finding = context.finding(
            Code::HiddenRevision,
            "transactionInfo.documents",
            document.offset,
            "transactionInfo says that this document was changed here, but its revision is missing or stripped to its hash",
        );
        finding.document_id = Some(document.id.to_string());
        hidden.push(document.id.clone());
        findings.push(finding.remedy(
            "transactionInfo is covered by the block's hashes, so if this block is genuine, the change did happen: find the revision in another copy",
        ));
    }
    for (revision, id) in seen {
        let Some(document) = named.get(id) else {
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
    hidden
}

/// The table a stream record names (not covered) beside that of
/// `transactionInfo` (covered).
fn check_table(
    revision: &Revision,
    document: &Document,
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
