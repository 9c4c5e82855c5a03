//! Claims beside what was recomputed, rule by rule and block by block.

use super::{Block, Error, RecomputedRevision};
use crate::Hash;
use ion_rs::Element;

/// A rule that a block must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// A revision's `hash` is the pair hash of its data and metadata.
    RevisionHash,
    /// The root of the revisions' hashes is an entry.
    RevisionsRoot,
    /// The hash of `transactionInfo` is an entry.
    TransactionInfo,
    /// The hash of `redactionInfo` is an entry.
    RedactionInfo,
    /// `entriesHash` is the root of the entries.
    EntriesHash,
    /// `blockHash` is the pair hash of `entriesHash` and `previousBlockHash`.
    BlockHash,
    /// `previousBlockHash` is the `blockHash` of the block before.
    ChainLink,
}

impl Rule {
    /// The rule's name in reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::RevisionHash => "revision-hash",
            Self::RevisionsRoot => "revisions-root",
            Self::TransactionInfo => "transaction-info",
            Self::RedactionInfo => "redaction-info",
            Self::EntriesHash => "entries-hash",
            Self::BlockHash => "block-hash",
            Self::ChainLink => "chain-link",
        }
    }
}

/// Whether a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    Holds,
    /// It does not: something was changed.
    Fails,
    /// The file does not have what it takes to tell.
    NotRecomputable,
}

/// One rule applied to one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Which rule.
    pub rule: Rule,
    /// Index of the revision in the block, for [`Rule::RevisionHash`].
    pub revision: Option<usize>,
    /// Whether it holds.
    pub answer: Answer,
    /// The hash that the block claims; `None` where the claim is that a list contains it.
    pub claimed: Option<Hash>,
    /// The hash that was recomputed; `None` where none or several could be.
    pub recomputed: Option<Hash>,
}

/// All that a block alone, and its link to the block before, allow to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedBlock {
    /// Every rule that applies, in the order of [`Rule`], revisions in file order.
    pub outcomes: Vec<Outcome>,
    /// Indexes of the entries that nothing in the block explains: internal to the service.
    pub internal_entries: Vec<usize>,
}

impl CheckedBlock {
    /// The outcomes that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|o| o.answer == Answer::Fails)
    }
}

/// Checks blocks in the order of their sequence numbers, one result for each.
///
/// The link of a block is checked if the element before it in `blocks` is the block before it of the
/// same strand. Gaps, and which blocks were asked for, are for the caller to see; so is whether the
/// uncovered fields agree with the covered ones.
///
/// # Errors
///
/// In place of a result, for a block that cannot be read. It never stops the others.
pub fn check(blocks: &[Element]) -> Vec<Result<CheckedBlock, Error>> {
    let mut before: Option<Block<'_>> = None;
    let mut results = Vec::new();
    for value in blocks {
        match Block::read(value) {
            Ok(block) => {
                results.push(check_block(&block, before.as_ref()));
                before = Some(block);
            }
            Err(error) => {
                results.push(Err(error));
                before = None;
            }
        }
    }
    results
}

fn check_block(block: &Block<'_>, before: Option<&Block<'_>>) -> Result<CheckedBlock, Error> {
    let recomputed = block.recompute()?;
    let mut outcomes = Vec::new();
    for (i, (claimed, made)) in block
        .revisions
        .iter()
        .zip(&recomputed.revisions)
        .enumerate()
    {
        outcomes.push(Outcome {
            rule: Rule::RevisionHash,
            revision: Some(i),
            answer: made.answer(&claimed.hash),
            claimed: Some(claimed.hash),
            recomputed: match made {
                RecomputedRevision::Hash(hash) => Some(*hash),
                _ => None,
            },
        });
    }
    let mut explained = Vec::new();
    for (rule, made) in [
        (Rule::RevisionsRoot, recomputed.revisions_root),
        (Rule::TransactionInfo, recomputed.transaction_info),
        (Rule::RedactionInfo, recomputed.redaction_info),
    ] {
        if let Some(hash) = made {
            let contained = block.entries.contains(&hash);
            outcomes.push(outcome(rule, contained, None, Some(hash)));
            explained.push(hash);
        }
    }
    let entries = recomputed.entries_hash;
    let equal = entries == Some(block.entries_hash);
    let claimed = Some(block.entries_hash);
    outcomes.push(outcome(Rule::EntriesHash, equal, claimed, entries));

    let equal = recomputed.block_hash == block.block_hash;
    let (claimed, made) = (Some(block.block_hash), Some(recomputed.block_hash));
    outcomes.push(outcome(Rule::BlockHash, equal, claimed, made));

    if let Some(before) = before.filter(|before| follows(before, block)) {
        let (claimed, made) = (block.previous_block_hash, Some(before.block_hash));
        outcomes.push(outcome(Rule::ChainLink, claimed == made, claimed, made));
    }
    let internal_entries = (0..block.entries.len())
        .filter(|&i| !explained.contains(&block.entries[i]))
        .collect();
    Ok(CheckedBlock {
        outcomes,
        internal_entries,
    })
}

/// Whether `block` is numbered as the one right after `before`.
fn follows(before: &Block<'_>, block: &Block<'_>) -> bool {
    before.address.strand_id == block.address.strand_id
        && before.address.sequence_no.checked_add(1) == Some(block.address.sequence_no)
}

fn outcome(rule: Rule, holds: bool, claimed: Option<Hash>, recomputed: Option<Hash>) -> Outcome {
    Outcome {
        rule,
        revision: None,
        answer: if holds { Answer::Holds } else { Answer::Fails },
        claimed,
        recomputed,
    }
}
