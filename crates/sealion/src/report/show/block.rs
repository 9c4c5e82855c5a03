//! Blocks and revisions on a page.

use ion_rs::TextFormat;

use super::{hash_words, in_line, ion_text, short, time_words, Sheet, LISTED_MAX};
use crate::blocks::block::{Block, Document, RedactionOrder, Statement};
use crate::blocks::claim::RecordedAddress;
use crate::blocks::read::{Envelope, Node};
use crate::blocks::revision::{Kind, Revision};
use crate::blocks::uncovered::Uncovered;

impl Sheet {
    /// A block: its own fields, then what its transaction did, in short.
    pub(crate) fn block(&mut self, envelope: &Envelope<'_>, block: &Block) {
        self.address(&block.address);
        self.line("transaction", &block.transaction_id.0);
        if let Some(timestamp) = envelope.get("blockTimestamp") {
            self.line("time", time_words(&timestamp));
        }
        self.line("block hash", hash_words(&block.block_hash));
        self.line("entries hash", hash_words(&block.entries_hash));
        self.line("previous", hash_words(&block.previous));
        self.line("entries", format!("{} hashes", block.entries.len()));
        match &block.transaction_info {
            None => self.line("statements", "none: the block has no transactionInfo"),
            Some(info) => {
                let statements = info.statements.iter();
                self.list("statements", statements.map(statement_words), LISTED_MAX);
                let documents = info.documents.as_deref().unwrap_or_default();
                self.list(
                    "documents",
                    documents.iter().map(document_words),
                    LISTED_MAX,
                );
            }
        }
        if let Some(info) = &block.redaction_info {
            self.list("redacts", info.orders.iter().map(order_words), LISTED_MAX);
        }
        self.revisions(envelope, block);
        let other: Vec<&str> = block
            .uncovered
            .iter()
            .filter_map(Uncovered::unknown_field)
            .collect();
        if !other.is_empty() {
            let names = other.into_iter().map(str::to_owned);
            self.list("other fields", names, LISTED_MAX);
        }
    }

    fn revisions(&mut self, envelope: &Envelope<'_>, block: &Block) {
        let items = envelope.get("revisions").map(|list| list.items());
        let items = items.and_then(Result::ok).unwrap_or_default();
        self.line("revisions", block.revisions.len());
        for (index, revision) in block.revisions.iter().enumerate().take(LISTED_MAX) {
            self.line("", revision_words(revision));
            // A block summary of a stream has no content to show.
            let data = items.get(index).and_then(data_of);
            if let Some(data) = data {
                self.line("", short(&in_line(&data)));
            }
        }
        match block.revisions.len().saturating_sub(LISTED_MAX) {
            0 => {}
            more => self.line("", format!("… and {more} more")),
        }
    }

    /// A revision by itself, with its data in full as far as it fits.
    pub(crate) fn revision(&mut self, node: &Node<'_>, revision: &Revision) {
        if let Some(address) = &revision.address {
            self.address(address);
        }
        self.line("revision", revision_words(revision));
        self.line("hash", hash_words(&revision.hash));
        if let Some(metadata) = Envelope::open(*node)
            .ok()
            .and_then(|own| own.get("metadata"))
        {
            self.line("metadata", in_line(&metadata));
        }
        if let Some(hash) = &revision.data_hash {
            self.line("data hash", hash_words(hash));
        }
        if let Some(data) = data_of(node) {
            if revision.json {
                self.line("data", "as JSON has it; its Ion types are lost");
            }
            let label = if revision.json { "" } else { "data" };
            self.lines(label, &ion_text(&data, TextFormat::Pretty));
        }
    }

    pub(super) fn address(&mut self, recorded: &RecordedAddress) {
        let address = &recorded.address;
        self.line(
            "block",
            format!("{} of strand {}", address.sequence_no, address.strand_id),
        );
    }
}

fn data_of<'a>(revision: &Node<'a>) -> Option<Node<'a>> {
    Envelope::open(*revision).ok()?.get("data")
}

fn revision_words(revision: &Revision) -> String {
    let kind = match revision.kind {
        Kind::User => "with data",
        Kind::Redacted => "redacted: its data's hash in place of data",
        Kind::Deleting => "with metadata alone: a deletion",
        Kind::Internal => return "internal: a hash alone".to_owned(),
        Kind::Unseen => "its hash alone, as a stream's block summary has it",
    };
    match revision.document() {
        Some((id, Some(version))) => format!("document {id} version {version}, {kind}"),
        Some((id, None)) => format!("document {id}, {kind}"),
        None => kind.to_owned(),
    }
}

fn statement_words(statement: &Statement) -> String {
    short(&statement.text)
}

fn document_words(document: &Document) -> String {
    let table = match (&document.table_name, &document.table_id) {
        (Some(name), Some(id)) => format!(" in table {name} ({id})"),
        (Some(name), None) => format!(" in table {name}"),
        (None, Some(id)) => format!(" in table {id}"),
        (None, None) => String::new(),
    };
    format!("{}{table}", document.id)
}

fn order_words(order: &RedactionOrder) -> String {
    format!(
        "document {} version {} in table {}, at block {}",
        order.document_id, order.version, order.table_id, order.address.sequence_no
    )
}
