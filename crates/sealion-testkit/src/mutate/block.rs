//! Changes within a block's own hashes, its entries and its revisions.

use super::{alter::alter, flip, not_first, pick, pick_revision, Expectation, JournalChange};
use crate::block::{redaction_info, Content, Revision};
use crate::time::timestamp;
use crate::{ion_hash, Block, Ledger, Rng};
use ion_rs::Element;

pub(super) const CHANGES: &[JournalChange] = &[
    JournalChange {
        name: "flip-data-bit",
        apply: data_bit,
    },
    JournalChange {
        name: "flip-metadata",
        apply: metadata,
    },
    JournalChange {
        name: "revision-hash-bit",
        apply: revision_hash_bit,
    },
    JournalChange {
        name: "internal-revision-hash-bit",
        apply: internal_revision_hash_bit,
    },
    JournalChange {
        name: "deletion-hash-bit",
        apply: deletion_hash_bit,
    },
    JournalChange {
        name: "data-hash-bit",
        apply: data_hash_bit,
    },
    JournalChange {
        name: "strip-revision-to-hash",
        apply: strip_revision,
    },
    JournalChange {
        name: "drop-data",
        apply: drop_data,
    },
    JournalChange {
        name: "drop-revisions",
        apply: drop_revisions,
    },
    JournalChange {
        name: "drop-one-revision",
        apply: drop_one_revision,
    },
    JournalChange {
        name: "redact-without-order",
        apply: redact_without_order,
    },
    JournalChange {
        name: "drop-entry",
        apply: drop_entry,
    },
    JournalChange {
        name: "swap-entries",
        apply: swap_entries,
    },
    JournalChange {
        name: "swap-sibling-entries",
        apply: swap_sibling_entries,
    },
    JournalChange {
        name: "empty-hash-entry",
        apply: empty_hash_entry,
    },
    JournalChange {
        name: "short-hash",
        apply: |ledger, rng| resize_entry(ledger, rng, 31),
    },
    JournalChange {
        name: "long-hash",
        apply: |ledger, rng| resize_entry(ledger, rng, 33),
    },
    JournalChange {
        name: "entries-hash-bit",
        apply: entries_hash_bit,
    },
    JournalChange {
        name: "block-hash-bit",
        apply: block_hash_bit,
    },
    JournalChange {
        name: "previous-hash-bit",
        apply: previous_hash_bit,
    },
    JournalChange {
        name: "empty-previous-hash",
        apply: empty_previous_hash,
    },
    JournalChange {
        name: "swap-entries-hash-and-previous",
        apply: swap_entries_hash_and_previous,
    },
    JournalChange {
        name: "zero-hash",
        apply: zero_hash,
    },
    JournalChange {
        name: "duplicate-field",
        apply: duplicate_field,
    },
    JournalChange {
        name: "unknown-field",
        apply: unknown_field,
    },
];

fn has_data(revision: &Revision) -> bool {
    matches!(revision.content, Content::Data(_))
}

fn is_document(revision: &Revision) -> bool {
    revision.metadata.is_some()
}

/// The revision at a place that [`pick_revision`] gave.
fn at(ledger: &mut Ledger, (index, revision): (usize, usize)) -> &mut Revision {
    &mut ledger.blocks[index]
        .revisions
        .as_mut()
        .expect("the picked block has revisions")[revision]
}

/// One value in a document becomes another.
fn data_bit(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let place = pick_revision(ledger, rng, has_data)?;
    let revision = at(ledger, place);
    if let Content::Data(data) = &revision.content {
        revision.content = Content::Data(alter(data, rng));
    }
    Some(Expectation::failed(&["revision-hash"], place.0))
}

/// Another version, time or document. Not in a deletion, whose hash may follow a rule that nobody knows.
fn metadata(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let place = pick_revision(ledger, rng, |r| {
        is_document(r) && !matches!(r.content, Content::Nothing)
    })?;
    let metadata = at(ledger, place).metadata.as_mut()?;
    match rng.below(3) {
        0 => metadata.version += 1,
        1 => metadata.tx_time = timestamp(rng.below(1 << 40)),
        _ => metadata.id = rng.id(),
    }
    Some(Expectation::failed(&["revision-hash"], place.0))
}

fn revision_hash_bit(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let place = pick_revision(ledger, rng, |r| {
        is_document(r) && !matches!(r.content, Content::Nothing)
    })?;
    flip(&mut at(ledger, place).hash, rng);
    Some(Expectation::failed(
        &["revision-hash", "revisions-root"],
        place.0,
    ))
}

fn internal_revision_hash_bit(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let place = pick_revision(ledger, rng, |revision| !is_document(revision))?;
    flip(&mut at(ledger, place).hash, rng);
    Some(Expectation::failed(&["revisions-root"], place.0))
}

fn deletion_hash_bit(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let place = pick_revision(ledger, rng, |r| {
        is_document(r) && matches!(r.content, Content::Nothing)
    })?;
    flip(&mut at(ledger, place).hash, rng);
    Some(Expectation::failed(
        &["deletion-rule", "revisions-root"],
        place.0,
    ))
}

fn data_hash_bit(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let place = pick_revision(ledger, rng, |revision| {
        matches!(revision.content, Content::Redacted(_))
    })?;
    if let Content::Redacted(hash) = &mut at(ledger, place).content {
        flip(hash, rng);
    }
    Some(Expectation::failed(&["revision-hash"], place.0))
}

/// A document version made to look like an internal one. No hash sees it; the transaction info does.
fn strip_revision(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let place = pick_revision(ledger, rng, has_data)?;
    let revision = at(ledger, place);
    *revision = Revision::internal(std::mem::take(&mut revision.hash));
    Some(Expectation::warned("hidden-revision", place.0))
}

/// A document version made to look like a deletion.
fn drop_data(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let place = pick_revision(ledger, rng, has_data)?;
    at(ledger, place).content = Content::Nothing;
    Some(Expectation::inconclusive("deletion-rule", Some(place.0)))
}

/// The whole list left out, which no hash sees.
fn drop_revisions(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let (index, _) = pick_revision(ledger, rng, has_data)?;
    ledger.blocks[index].revisions = None;
    Some(Expectation::warned("hidden-revision", index))
}

fn drop_one_revision(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |block| block.revisions().len() > 1)?;
    let revisions = ledger.blocks[index].revisions.as_mut()?;
    revisions.remove(rng.index(revisions.len()));
    Some(Expectation::failed(&["revisions-root"], index))
}

/// A document replaced by its true hash, as a redaction does, without anyone having ordered it.
fn redact_without_order(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let place = pick_revision(ledger, rng, has_data)?;
    let revision = at(ledger, place);
    if let Content::Data(data) = &revision.content {
        revision.content = Content::Redacted(ion_hash(data).to_vec());
    }
    Some(Expectation::warned("unrecorded-redaction", place.0))
}

/// Indexes of the entries that nothing in the block explains.
fn internal_entries(block: &Block) -> Vec<usize> {
    let known = [
        block.revisions_root(),
        block
            .transaction_info
            .as_ref()
            .map(|info| ion_hash(&info.to_element())),
        block
            .redaction_info
            .as_ref()
            .map(|orders| ion_hash(&redaction_info(orders))),
    ];
    let known: Vec<Vec<u8>> = known
        .into_iter()
        .flatten()
        .map(|hash| hash.to_vec())
        .collect();
    (0..block.entries.len())
        .filter(|index| !known.contains(&block.entries[*index]))
        .collect()
}

fn drop_entry(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |block| !internal_entries(block).is_empty())?;
    let internal = internal_entries(&ledger.blocks[index]);
    ledger.blocks[index]
        .entries
        .remove(internal[rng.index(internal.len())]);
    Some(Expectation::failed(&["entries-hash"], index))
}

/// The first and the third: never siblings in the tree, so the root becomes another.
fn swap_entries(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |block| block.entries.len() > 2)?;
    ledger.blocks[index].entries.swap(0, 2);
    Some(Expectation::failed(&["entries-hash"], index))
}

/// The first two: siblings, whose pair hash does not know which was first. No hash sees it.
fn swap_sibling_entries(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |block| block.entries.len() > 1)?;
    ledger.blocks[index].entries.swap(0, 1);
    Some(Expectation::unnoticed())
}

/// The empty hash is neutral in `dot`: one more of it, read by the rule of AWS's samples, changes no root.
fn empty_hash_entry(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |_| true)?;
    ledger.blocks[index].entries.push(Vec::new());
    Some(Expectation::failed_at([("hash-length", None)]))
}

fn resize_entry(ledger: &mut Ledger, rng: &mut Rng, len: usize) -> Option<Expectation> {
    let index = pick(ledger, rng, |_| true)?;
    let entries = &mut ledger.blocks[index].entries;
    let at = rng.index(entries.len());
    entries[at].resize(len, 0);
    Some(Expectation::failed_at([("hash-length", None)]))
}

fn entries_hash_bit(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |_| true)?;
    flip(&mut ledger.blocks[index].entries_hash, rng);
    Some(Expectation::failed(&["entries-hash", "block-hash"], index))
}

fn block_hash_bit(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |_| true)?;
    flip(&mut ledger.blocks[index].block_hash, rng);
    let next = (index < ledger.tip()).then_some(("chain-link", Some(index + 1)));
    Some(Expectation::failed_at(
        [("block-hash", Some(index))].into_iter().chain(next),
    ))
}

fn previous_hash_bit(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, not_first)?;
    flip(&mut ledger.blocks[index].previous_block_hash, rng);
    Some(Expectation::failed(&["block-hash", "chain-link"], index))
}

/// As only the first block may have it.
fn empty_previous_hash(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, not_first)?;
    ledger.blocks[index].previous_block_hash.clear();
    Some(Expectation::failed_at([("hash-length", None)]))
}

/// `dot` sorts, so the block hash stays right: each of the two must be held to something of its own.
fn swap_entries_hash_and_previous(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, not_first)?;
    let block = &mut ledger.blocks[index];
    std::mem::swap(&mut block.entries_hash, &mut block.previous_block_hash);
    Some(Expectation::failed(&["entries-hash", "chain-link"], index))
}

/// What test doubles of the service answer.
fn zero_hash(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |_| true)?;
    ledger.blocks[index].block_hash = vec![0; 32];
    Some(Expectation::failed(&["emulator"], index))
}

/// A field of the block that stands twice, the second time with another value or, as harmless, with the same.
fn duplicate_field(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, not_first)?;
    let block = &mut ledger.blocks[index];
    let (name, value) = match rng.below(3) {
        0 => ("blockHash", Element::blob(&block.block_hash)),
        1 => ("previousBlockHash", Element::blob(rng.hash())),
        _ => ("transactionId", Element::string(rng.id())),
    };
    block.extra.push((name.to_owned(), value));
    Some(Expectation::failed_at([("duplicate-field", None)]))
}

/// A field that no rule names. No hash covers it, and it harms none.
fn unknown_field(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |_| true)?;
    ledger.blocks[index]
        .extra
        .push(("blockColour".to_owned(), Element::symbol("blue")));
    Some(Expectation::unnoticed())
}
