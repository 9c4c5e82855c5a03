//! Named changes to a journal, to a proof, or to the files of an export, each with what a verifier must say to it.
//!
//! Three tables: [`journals`], [`proofs`] and [`files`]. A change picks its victim by a seed and returns `None` where
//! the ledger offers none (no redaction to hide, say): take another seed then.
//!
//! What is expected are codes of findings with the block where each must stand, and the verdict. Other findings may
//! stand beside them, for one change often breaks several rules. Some changes break no rule at all: the tables hold
//! them too, since a verifier that refuses them is wrong as well.

mod alter;
mod block;
mod chain;
mod file;
mod forge;
mod info;
mod proof;
mod uncovered;

pub use file::FileChange;
pub use proof::{Evidence, ProofChange};

use crate::{Block, Ledger, Rng};

/// What a verifier may conclude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A trusted digest covers everything, and nothing is wrong or missing.
    Verified,
    /// Without a trusted digest, nothing is wrong or missing.
    Consistent,
    /// Something is wrong.
    Failed,
    /// Something is missing.
    Inconclusive,
}

impl Verdict {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Consistent => "consistent",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// A finding that must be reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its code; `a|b` where either will do.
    pub code: &'static str,
    /// The sequence number it must name; `None` where it may name none, as when a block cannot be read.
    pub sequence_no: Option<u64>,
}

/// What must be said about a changed journal or proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Findings that must be there.
    pub findings: Vec<Expected>,
    /// The verdict when the digest of the unchanged journal at its last block is trusted.
    pub verdict: Verdict,
    /// The verdict on the same files when no digest is trusted; `None` where that is a question of taste.
    pub without_digest: Option<Verdict>,
}

impl Expectation {
    /// The findings, at blocks, make everything fail.
    fn failed(codes: &[&'static str], index: usize) -> Self {
        Self::failed_at(codes.iter().map(|code| (*code, Some(index))))
    }

    fn failed_at(findings: impl IntoIterator<Item = (&'static str, Option<usize>)>) -> Self {
        let findings = findings.into_iter().map(|(code, at)| Expected {
            code,
            sequence_no: at.map(|at| at as u64),
        });
        Self {
            findings: findings.collect(),
            verdict: Verdict::Failed,
            without_digest: Some(Verdict::Failed),
        }
    }

    /// Something is missing, whether or not a digest is trusted.
    fn inconclusive(code: &'static str, index: Option<usize>) -> Self {
        let verdict = Verdict::Inconclusive;
        Self {
            verdict,
            without_digest: Some(verdict),
            ..Self::failed_at([(code, index)])
        }
    }

    /// The finding is a warning at most.
    fn warned(code: &'static str, index: usize) -> Self {
        Self {
            findings: Self::failed(&[code], index).findings,
            ..Self::unnoticed()
        }
    }

    /// No rule is broken.
    fn unnoticed() -> Self {
        Self {
            findings: Vec::new(),
            verdict: Verdict::Verified,
            without_digest: Some(Verdict::Consistent),
        }
    }
}

/// A change to a journal.
#[derive(Clone, Copy, Debug)]
pub struct JournalChange {
    /// Its name, which stays.
    pub name: &'static str,
    /// Makes the change; `None`, and no change, where there is nothing to change.
    pub apply: fn(&mut Ledger, &mut Rng) -> Option<Expectation>,
}

/// All changes to a journal.
#[must_use]
pub fn journals() -> Vec<JournalChange> {
    [
        block::CHANGES,
        info::CHANGES,
        uncovered::CHANGES,
        chain::CHANGES,
        forge::CHANGES,
    ]
    .concat()
}

/// All changes to an answer with a proof.
#[must_use]
pub fn proofs() -> Vec<ProofChange> {
    proof::CHANGES.to_vec()
}

/// All changes to the files of an export in Ion text.
#[must_use]
pub fn files() -> Vec<FileChange> {
    file::CHANGES.to_vec()
}

/// The index of a block that suits, anywhere in the ledger.
fn pick(ledger: &Ledger, rng: &mut Rng, suits: impl Fn(&Block) -> bool) -> Option<usize> {
    let suiting: Vec<usize> = (0..ledger.blocks.len())
        .filter(|index| suits(&ledger.blocks[*index]))
        .collect();
    (!suiting.is_empty()).then(|| suiting[rng.index(suiting.len())])
}

/// Indexes of block and revision of a revision that suits.
fn pick_revision(
    ledger: &Ledger,
    rng: &mut Rng,
    suits: impl Fn(&crate::block::Revision) -> bool,
) -> Option<(usize, usize)> {
    let all = ledger.blocks.iter().enumerate();
    let all = all.flat_map(|(index, block)| {
        block
            .revisions()
            .iter()
            .enumerate()
            .map(move |r| (index, r))
    });
    let suiting: Vec<_> = all
        .filter(|(_, (_, revision))| suits(revision))
        .map(|(index, (at, _))| (index, at))
        .collect();
    (!suiting.is_empty()).then(|| suiting[rng.index(suiting.len())])
}

/// Whether it is a block after the first.
fn not_first(block: &Block) -> bool {
    block.address.sequence_no > 0
}

/// Changes one bit; nothing if there are no bytes.
fn flip(bytes: &mut [u8], rng: &mut Rng) {
    if let Some(byte) = bytes.get_mut(rng.index(bytes.len())) {
        *byte ^= 1 << rng.below(8);
    }
}
