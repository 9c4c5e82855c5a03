//! Changes to fields that no hash covers: only another field can contradict them.

use super::{pick, pick_revision, Expectation, JournalChange};
use crate::block::{Block, Revision};
use crate::time::timestamp;
use crate::{Ledger, Rng};

pub(super) const CHANGES: &[JournalChange] = &[
    JournalChange {
        name: "change-transaction-id",
        apply: transaction_id,
    },
    JournalChange {
        name: "change-block-timestamp-before-tx",
        apply: block_timestamp,
    },
    JournalChange {
        name: "change-block-timestamp-after",
        apply: block_timestamp_after,
    },
    JournalChange {
        name: "change-revision-address",
        apply: revision_address,
    },
    JournalChange {
        name: "change-revision-strand",
        apply: revision_strand,
    },
    JournalChange {
        name: "change-strand",
        apply: strand,
    },
    JournalChange {
        name: "change-sequence-number",
        apply: sequence_number,
    },
];

fn is_document(revision: &Revision) -> bool {
    revision.metadata.is_some()
}

fn has_documents(block: &Block) -> bool {
    block.revisions().iter().any(is_document)
}

fn transaction_id(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, has_documents)?;
    ledger.blocks[index].transaction_id = rng.id();
    Some(Expectation::failed(&["transaction-id"], index))
}

/// Before the ledger was born, and so before its own transaction.
fn block_timestamp(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, has_documents)?;
    ledger.blocks[index].block_timestamp = timestamp(rng.below(1_600_000_000_000));
    Some(Expectation::warned("time-order", index))
}

/// The last block, to any later time: nothing can contradict it.
fn block_timestamp_after(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let last = ledger.blocks.last_mut()?;
    last.block_timestamp = timestamp(1_900_000_000_000 + rng.below(1_000_000));
    Some(Expectation::unnoticed())
}

/// Changes the address that one revision of some block repeats.
fn with_address(
    ledger: &mut Ledger,
    rng: &mut Rng,
    change: impl Fn(&mut crate::block::Address, &mut Rng),
) -> Option<Expectation> {
    let (index, revision) = pick_revision(ledger, rng, is_document)?;
    let revision = ledger.blocks[index].revisions.as_mut()?.get_mut(revision)?;
    change(revision.address.as_mut()?, rng);
    Some(Expectation::failed(&["address"], index))
}

fn revision_address(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    with_address(ledger, rng, |address, rng| {
        address.sequence_no += rng.range(1, 9)
    })
}

fn revision_strand(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    with_address(ledger, rng, |address, rng| address.strand_id = rng.id())
}

fn strand(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, has_documents)?;
    ledger.blocks[index].address.strand_id = rng.id();
    Some(Expectation::failed(&["address"], index))
}

/// Far beyond the journal's end. The revisions still name the old number.
fn sequence_number(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, has_documents)?;
    ledger.blocks[index].address.sequence_no += 1_000_000;
    Some(Expectation::failed_at([("address", None)]))
}
