//! A changed document, and the traces removed level by level. Each level moves the contradiction one step up, until
//! only a digest is left to see it.

use super::{alter::alter, pick_revision, Expectation, Expected, JournalChange, Verdict};
use crate::block::{Block, Content, Revision};
use crate::journal::Chain;
use crate::{Ledger, Rng};
use sealion_reference::Hash;

/// What a forger repairs, in this order: nothing; the revision's hash; the entry of the revisions root; the entries
/// hash; the block hash; every block after it.
pub(super) const CHANGES: &[JournalChange] = &[
    JournalChange {
        name: "forged-0",
        apply: |ledger, rng| forge(ledger, rng, 0),
    },
    JournalChange {
        name: "forged-1",
        apply: |ledger, rng| forge(ledger, rng, 1),
    },
    JournalChange {
        name: "forged-2",
        apply: |ledger, rng| forge(ledger, rng, 2),
    },
    JournalChange {
        name: "forged-3",
        apply: |ledger, rng| forge(ledger, rng, 3),
    },
    JournalChange {
        name: "forged-4",
        apply: |ledger, rng| forge(ledger, rng, 4),
    },
    JournalChange {
        name: "forge-and-rebuild-chain",
        apply: |ledger, rng| forge(ledger, rng, 5),
    },
];

fn forge(ledger: &mut Ledger, rng: &mut Rng, level: u8) -> Option<Expectation> {
    let tip = ledger.tip();
    // A block after the forged one must be there to contradict it.
    let data = |revision: &Revision| {
        let last = revision
            .address
            .as_ref()
            .is_some_and(|address| address.sequence_no == tip as u64);
        matches!(revision.content, Content::Data(_)) && !last
    };
    let (index, revision) = pick_revision(ledger, rng, data)?;
    let block = &mut ledger.blocks[index];
    let before = block.revisions_root()?;
    let revision = block.revisions.as_mut()?.get_mut(revision)?;
    if let Content::Data(data) = &revision.content {
        revision.content = Content::Data(alter(data, rng));
    }
    if level >= 1 {
        revision.hash = revision.computed_hash()?.to_vec();
    }
    repair(block, &before, level)?;
    if level >= 5 {
        relink(&mut ledger.blocks[index..]);
    }
    Some(match level {
        0 => Expectation::failed(&["revision-hash"], index),
        1 => Expectation::failed(&["revisions-root"], index),
        2 => Expectation::failed(&["entries-hash"], index),
        3 => Expectation::failed(&["block-hash"], index),
        4 => Expectation::failed(&["chain-link"], index + 1),
        _ => Expectation {
            findings: vec![Expected {
                code: "digest",
                sequence_no: None,
            }],
            verdict: Verdict::Failed,
            without_digest: Some(Verdict::Consistent),
        },
    })
}

/// Repairs what lies within the block.
fn repair(block: &mut Block, revisions_root: &Hash, level: u8) -> Option<()> {
    if level >= 2 {
        let root = block.revisions_root()?;
        for entry in block
            .entries
            .iter_mut()
            .filter(|entry| entry.as_slice() == revisions_root)
        {
            *entry = root.to_vec();
        }
    }
    if level >= 3 {
        block.entries_hash = block.entries_root()?.to_vec();
    }
    if level >= 4 {
        block.rehash();
    }
    Some(())
}

/// Links every block to the one before, from the second on.
fn relink(blocks: &mut [Block]) {
    let Some((first, rest)) = blocks.split_first_mut() else {
        return;
    };
    let mut chain = Chain::after(first.computed_hash());
    for block in rest {
        chain.link(block);
    }
}
