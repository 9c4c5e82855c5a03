//! What a run amounts to: what was seen of each strand, and what became of each
//! digest. The report shows these as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::documents::OrderedRedaction;
use super::joined::Joined;
use super::request::Requests;
use crate::blocks::{BlockAddress, Hash, StrandId};

/// Where in a file a block comes before the one in front of it: its offset and address.
pub(crate) type Border = (u64, BlockAddress);

/// Files that are out of order, with all their borders.
pub(crate) type Disorder = BTreeMap<Arc<str>, Vec<Border>>;

/// What the caller asked for.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Asked {
    /// First sequence number asked for; `None`: from the first there is.
    pub from: Option<u64>,
    /// Last sequence number asked for; `None`: to the last there is.
    pub to: Option<u64>,
    /// The one strand asked for; `None`: all.
    pub strand_id: Option<StrandId>,
    /// Whether warnings count as failures.
    pub strict: bool,
    /// Files that are answers, and the questions.
    #[serde(skip)]
    pub(crate) requests: Requests,
}

impl Asked {
    /// The sequence numbers asked for, in words, if not all are.
    pub(crate) fn range(&self) -> Option<String> {
        match (self.from, self.to) {
            (None, None) => None,
            (Some(from), None) => Some(format!("from {from} on")),
            (None, Some(to)) => Some(format!("up to {to}")),
            (Some(from), Some(to)) => Some(format!("from {from} to {to}")),
        }
    }
}

/// What was seen of one strand.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Strand {
    /// Its id.
    pub strand_id: StrandId,
    /// Runs of blocks in order, each in one state, gaps included.
    pub coverage: Vec<Coverage>,
    /// Different blocks seen.
    pub blocks: u64,
    /// Of these, the blocks that came more than once: in exports that overlap, in copies of
    /// one, or in answers beside them.
    pub repeated_blocks: u64,
    /// Revisions by what could be done with them.
    pub revisions: RevisionCounts,
    /// Deleting revisions by the rule that their hashes follow: nobody outside AWS
    /// has shown the rule, so the one that fits is named.
    pub deletion_rules: BTreeMap<&'static str, u64>,
    /// What the genesis block has for a previous hash, if that block is here:
    /// `empty` or `32 bytes`. Nobody outside AWS has shown which it is.
    pub genesis_previous: Option<&'static str>,
    /// Blocks without `transactionInfo` that have no revision of a document, or some that are hashes alone: what was
    /// changed there, nothing tells. The service made such blocks for itself; leaving things out makes others look
    /// like them.
    pub silent_blocks: u64,
    /// Statements with parameters, whose digests were not recomputed: the parameters take part in them and are not in
    /// the journal. What is recorded of them is covered by the hash of `transactionInfo`.
    pub unchecked_statement_digests: u64,
    /// The digest of all blocks from 0 to the last, if they are all there.
    pub computed_digest: Option<ComputedDigest>,
    /// Runs of blocks that hang under a trusted digest: apart, and in order.
    #[serde(skip)]
    pub(crate) under_digest: Vec<(u64, u64)>,
    /// Redactions whose orders are in these blocks: at most 1,000.
    pub redactions: Vec<OrderedRedaction>,
    /// Revisions of which several files tell.
    pub joined: Vec<Joined>,
    /// Of each revision that came by itself, whether it hangs under a trusted digest.
    #[serde(skip)]
    pub(crate) loose_verified: Vec<bool>,
    /// What these say that no block here does, in an order and words of its own.
    #[serde(skip)]
    pub(crate) beside: BTreeSet<String>,
    /// Whether something under a trusted digest is read as a block and could be another part
    /// of the tree: hashes grouped otherwise.
    pub grouping_claimed: bool,
    /// What hangs under a trusted digest by its own proof alone.
    #[serde(skip)]
    pub(crate) alone: Alone,
}

/// Revisions that their own proofs tie to a trusted digest, and no block does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Alone {
    /// With their data.
    pub(crate) contents: u64,
    /// Deleted or redacted.
    pub(crate) without_data: u64,
    /// Known by their hash alone: receipts.
    pub(crate) hashes: u64,
}

impl Strand {
    /// The state of a block.
    pub(crate) fn state(&self, sequence_no: u64) -> State {
        let after = self.coverage.partition_point(|run| run.last < sequence_no);
        match self.coverage.get(after) {
            Some(run) if run.first <= sequence_no => run.state,
            _ => State::Missing,
        }
    }

    /// Whether a block's number was counted, from block 0 on and up to a trusted digest's
    /// tip. Of other blocks that hang under a digest it is as claimed.
    pub fn is_counted(&self, sequence_no: u64) -> bool {
        let after = self.coverage.partition_point(|run| run.last < sequence_no);
        let run = self.coverage.get(after);
        run.is_some_and(|run| run.first <= sequence_no && run.position == Some(Position::Counted))
    }

    /// Whether a block hangs under a trusted digest.
    pub(crate) fn is_under_digest(&self, sequence_no: u64) -> bool {
        let after = self.under_digest.partition_point(|run| run.1 < sequence_no);
        let run = self.under_digest.get(after);
        run.is_some_and(|(first, _)| *first <= sequence_no)
    }
}

/// A run of sequence numbers in one state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// First sequence number of the run.
    pub first: u64,
    /// Last sequence number of the run, inclusive.
    pub last: u64,
    /// The state of all blocks in it.
    pub state: State,
    /// What their numbers rest on; `None` where blocks are missing.
    pub position: Option<Position>,
}

/// What the numbers of blocks rest on. No hash covers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Position {
    /// The blocks from 0 on were counted up to a trusted digest whose tip its source
    /// names: all of them are here, or a state that the caller vouches for has the rest.
    Counted,
    /// The inputs say so.
    Claimed,
}

/// The state of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Recomputed, and under a trusted digest.
    Verified,
    /// Recomputed, and chained to its neighbours; under no trusted digest.
    Consistent,
    /// Chained, but some of its data could not be recomputed (JSON).
    RecordedOnly,
    /// Not among the inputs; a saved state stands for them.
    FromState,
    /// Not among the inputs.
    Missing,
    /// Something in it is wrong.
    Failed,
}

/// Revisions of a strand by what could be done with them. Kinds overlap:
/// a redacted revision whose hash was recomputed counts in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RevisionCounts {
    /// All.
    pub total: u64,
    /// Whose hash was recomputed from content and agrees.
    pub recomputed: u64,
    /// With `dataHash` in place of data.
    pub redacted: u64,
    /// Known by their hash alone.
    pub internal: u64,
    /// With neither data nor `dataHash`: deletions.
    pub deleted: u64,
    /// Recomputed from JSON, whose fit proves the types.
    pub from_json: u64,
}

impl RevisionCounts {
    fn each(self, other: RevisionCounts, op: impl Fn(u64, u64) -> u64) -> RevisionCounts {
        RevisionCounts {
            total: op(self.total, other.total),
            recomputed: op(self.recomputed, other.recomputed),
            redacted: op(self.redacted, other.redacted),
            internal: op(self.internal, other.internal),
            deleted: op(self.deleted, other.deleted),
            from_json: op(self.from_json, other.from_json),
        }
    }
}

/// Counts of a state come from a file: they saturate.
impl std::ops::AddAssign for RevisionCounts {
    fn add_assign(&mut self, other: RevisionCounts) {
        *self = self.each(other, u64::saturating_add);
    }
}

impl std::ops::Sub for RevisionCounts {
    type Output = RevisionCounts;

    fn sub(self, other: RevisionCounts) -> RevisionCounts {
        self.each(other, u64::saturating_sub)
    }
}

/// A digest that was computed from blocks.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ComputedDigest {
    /// The 32 bytes.
    pub digest: Hash,
    /// The tip's sequence number.
    pub sequence_no: u64,
}

/// A digest that was met, and what became of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DigestAnswer {
    /// The 32 bytes.
    pub digest: Hash,
    /// The strand: as its source named it, or as it was found.
    pub strand_id: Option<StrandId>,
    /// The tip: as its source named it, or as it was found.
    pub sequence_no: Option<u64>,
    /// Whether its source named the tip.
    #[serde(skip)]
    pub(crate) tip_given: bool,
    /// Where it came from: a path, or `command line`.
    pub source: Arc<str>,
    /// Whether the caller trusts it. One that merely lies among the inputs is a
    /// claim and anchors nothing.
    pub trusted: bool,
    /// Whether it was reached.
    pub verdict: DigestVerdict,
    /// How it was reached.
    pub by: Option<By>,
}

/// Whether a digest was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DigestVerdict {
    /// It was.
    Verified,
    /// It cannot be the digest of these blocks.
    Failed,
    /// The blocks or proofs do not lead there.
    Inconclusive,
}

/// How a digest was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum By {
    /// Blocks 0 to the tip are all there and give it.
    Journal,
    /// A proof of a block folds to it; the chain carries it down to the first
    /// block of the run.
    BlockProof,
    /// A proof of one revision folds to it, and it speaks for that revision alone.
    RevisionProof,
    /// A consistency proof ties it to a newer digest, or to an older one that it
    /// extends.
    Consistency,
    /// The nodes of a saved state and the blocks that follow it give it; it speaks
    /// for these blocks, and for those in the state only as far as the state is right.
    Prefix,
}
