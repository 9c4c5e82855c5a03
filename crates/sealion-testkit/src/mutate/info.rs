//! Changes to `transactionInfo` and `redactionInfo`, each covered whole by one entry, and by nothing when left out.

use super::{flip, pick, Expectation, JournalChange};
use crate::block::{Block, Document, Statement};
use crate::time::timestamp;
use crate::{Ledger, Rng};

pub(super) const CHANGES: &[JournalChange] = &[
    JournalChange {
        name: "statement-changed",
        apply: statement,
    },
    JournalChange {
        name: "start-time-changed",
        apply: start_time,
    },
    JournalChange {
        name: "statement-digest-bit",
        apply: statement_digest,
    },
    JournalChange {
        name: "statement-dropped",
        apply: statement_dropped,
    },
    JournalChange {
        name: "document-table-changed",
        apply: document_table,
    },
    JournalChange {
        name: "document-dropped",
        apply: document_dropped,
    },
    JournalChange {
        name: "drop-transaction-info",
        apply: drop_transaction_info,
    },
    JournalChange {
        name: "redaction-info-changed",
        apply: redaction_info,
    },
    JournalChange {
        name: "drop-redaction-info",
        apply: drop_redaction_info,
    },
];

/// Changes one statement of some block.
fn with_statement(
    ledger: &mut Ledger,
    rng: &mut Rng,
    change: impl Fn(&mut Statement, &mut Rng),
) -> Option<Expectation> {
    let index = pick(ledger, rng, |block| {
        let info = block.transaction_info.as_ref();
        info.is_some_and(|info| !info.statements.is_empty())
    })?;
    let statements = &mut ledger.blocks[index].transaction_info.as_mut()?.statements;
    let at = rng.index(statements.len());
    change(&mut statements[at], rng);
    Some(Expectation::failed(&["transaction-info"], index))
}

/// Changes the list of documents of some block.
fn with_documents(
    ledger: &mut Ledger,
    rng: &mut Rng,
    change: impl Fn(&mut Vec<(String, Document)>, usize),
) -> Option<Expectation> {
    let index = pick(ledger, rng, has_documents)?;
    let documents = ledger.blocks[index]
        .transaction_info
        .as_mut()?
        .documents
        .as_mut()?;
    change(documents, rng.index(documents.len()));
    Some(Expectation::failed(&["transaction-info"], index))
}

fn has_documents(block: &Block) -> bool {
    block
        .transaction_info
        .as_ref()
        .and_then(|info| info.documents.as_ref())
        .is_some_and(|documents| !documents.is_empty())
}

fn statement(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    with_statement(ledger, rng, |statement, _| statement.statement.push(' '))
}

fn start_time(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    with_statement(ledger, rng, |statement, rng| {
        statement.start_time = timestamp(rng.below(1 << 40))
    })
}

fn statement_digest(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    with_statement(ledger, rng, |statement, rng| {
        flip(&mut statement.statement_digest, rng)
    })
}

fn statement_dropped(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |block| block.transaction_info.is_some())?;
    ledger.blocks[index]
        .transaction_info
        .as_mut()?
        .statements
        .pop();
    Some(Expectation::failed(&["transaction-info"], index))
}

fn document_table(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    with_documents(ledger, rng, |documents, at| {
        documents[at].1.table_name.push('s')
    })
}

fn document_dropped(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    with_documents(ledger, rng, |documents, at| drop(documents.remove(at)))
}

/// No hash sees it; only that documents changed and nobody did it.
fn drop_transaction_info(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, has_documents)?;
    ledger.blocks[index].transaction_info = None;
    Some(Expectation::warned("transaction-info-missing", index))
}

fn redaction_info(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |block| block.redaction_info.is_some())?;
    ledger.blocks[index]
        .redaction_info
        .as_mut()?
        .first_mut()?
        .version += 1;
    Some(Expectation::failed(&["redaction-info"], index))
}

/// The redacted revision is then one that nobody ordered.
fn drop_redaction_info(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |block| block.redaction_info.is_some())?;
    let orders = ledger.blocks[index].redaction_info.take()?;
    let redacted = orders.first()?.address.sequence_no as usize;
    Some(Expectation::warned("unrecorded-redaction", redacted))
}
