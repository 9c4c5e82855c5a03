//! What a comparison comes to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Difference, DifferenceKind};
use crate::blocks::StrandId;
use crate::report::safe_json;
use crate::Verdict;

/// What the comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing differs in what both copies have but redactions that the journal orders.
    /// What only one of them has is listed; [`JournalComparison::whole`] says whether there
    /// is any of that.
    Same,
    /// Something in them differs that cannot both be what QLDB wrote; or one of them does
    /// not even hold by itself, which no copy of a journal does.
    Different,
    /// They have no block in common, or are of different strands; or what could be compared
    /// is the same, and something could not.
    Undecided,
}

impl Outcome {
    /// As in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Same => "same",
            Outcome::Different => "different",
            Outcome::Undecided => "undecided",
        }
    }

    /// 0 same, 1 different, 2 undecided.
    pub fn exit_status(self) -> u8 {
        self as u8
    }
}

/// One of the two copies.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Copy {
    /// Its own verdict, without a trusted digest.
    pub verdict: Verdict,
    /// The first thing that is wrong with it by itself.
    pub failure: Option<String>,
    /// Its blocks: runs of sequence numbers, first and last.
    pub blocks: Vec<(u64, u64)>,
    /// Those of them that the other copy does not have.
    pub only_here: Vec<(u64, u64)>,
    /// Strands of which the other copy has nothing, and which were not compared.
    pub other_strands: Vec<StrandId>,
    /// Revisions that came by themselves (answers, rows, receipts) and say what none of its
    /// blocks does: they were not compared.
    pub beside: u64,
}

/// Two copies of one journal, compared.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct JournalComparison {
    /// The version of the JSON form: 1.
    pub comparison_version: u32,
    /// What it comes to.
    pub outcome: Outcome,
    /// Whether each copy has all that the other has: no block or strand is in one alone,
    /// nothing is redacted in one alone, and neither has anything but blocks.
    pub whole: bool,
    /// The strand, if both are of one.
    pub strand_id: Option<StrandId>,
    /// Why nothing could be decided; or why they differ, though nothing does in the blocks
    /// that both have.
    pub reason: Option<String>,
    /// The first copy.
    pub first: Copy,
    /// The second copy.
    pub second: Copy,
    /// Runs of blocks that both have, first and last.
    pub common: Vec<(u64, u64)>,
    /// The first block whose recomputed hash is not the same in both, by bisection
    /// over the hashes of ranges.
    pub first_other_hash: Option<u64>,
    /// The differences in the order of the journal, at most 1,000 of each kind.
    pub differences: Vec<Difference>,
    /// How many of each kind there are.
    pub totals: BTreeMap<DifferenceKind, u64>,
    /// Revisions that came as JSON in one copy only: compared as JSON, which has lost types.
    pub json_in_one: u64,
    /// Revisions that are redacted in one copy, and no block here orders it.
    pub redactions_without_order: u64,
    /// Blocks whose fields that no hash covers could not be compared: they came by
    /// themselves (an answer, a bundle), or cannot be written as text.
    pub hashes_only: u64,
    /// Numbers and times that are equal and, one of them being JSON, perhaps not the same.
    pub perhaps_other: u64,
}

impl JournalComparison {
    /// The JSON form, version 1, one object, indented; safe to print, as
    /// [`Report::to_json`](crate::Report::to_json).
    pub fn to_json(&self) -> String {
        safe_json(self)
    }
}
