//! Blocks taken out of a journal, or added to it.

use super::{pick, Expectation, JournalChange, Verdict};
use crate::{Ledger, Rng};

pub(super) const CHANGES: &[JournalChange] = &[
    JournalChange {
        name: "remove-block",
        apply: remove_block,
    },
    JournalChange {
        name: "cut-tail",
        apply: cut_tail,
    },
    JournalChange {
        name: "cut-head",
        apply: cut_head,
    },
    JournalChange {
        name: "duplicate-block-different",
        apply: duplicate_block_different,
    },
    JournalChange {
        name: "duplicate-block-same",
        apply: duplicate_block_same,
    },
];

/// One block out of the middle: a gap.
fn remove_block(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let tip = ledger.tip() as u64;
    let index = pick(ledger, rng, |block| {
        (1..tip).contains(&block.address.sequence_no)
    })?;
    ledger.blocks.remove(index);
    Some(Expectation::inconclusive("gap", None))
}

/// The last blocks gone: what is left is a journal, but not up to the digest's tip.
fn cut_tail(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let tip = ledger.tip() as u64;
    let keep = rng.range(1, tip.max(1)) as usize;
    (keep < ledger.blocks.len()).then(|| {
        ledger.blocks.truncate(keep);
        let without_digest = Some(Verdict::Consistent);
        Expectation {
            without_digest,
            ..Expectation::inconclusive("tip-outside", None)
        }
    })
}

/// The first blocks gone: no digest can be computed. Whether that counts as missing when nobody asked for a digest
/// is left open.
fn cut_head(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let cut = rng.range(1, ledger.tip().max(1) as u64) as usize;
    (cut < ledger.blocks.len()).then(|| {
        ledger.blocks.drain(..cut);
        Expectation {
            without_digest: None,
            ..Expectation::inconclusive("missing-start", None)
        }
    })
}

/// A second block with an address that is taken. It differs in a field that no hash covers, so that all its own
/// hashes hold.
fn duplicate_block_different(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |block| block.revisions.is_none())?;
    let mut again = ledger.blocks[index].clone();
    again.transaction_id = rng.id();
    ledger.blocks.insert(index + 1, again);
    Some(Expectation::failed(&["duplicate-block"], index))
}

/// A block that stands twice, as where two exports overlap.
fn duplicate_block_same(ledger: &mut Ledger, rng: &mut Rng) -> Option<Expectation> {
    let index = pick(ledger, rng, |_| true)?;
    let again = ledger.blocks[index].clone();
    ledger.blocks.insert(index + 1, again);
    Some(Expectation::unnoticed())
}
