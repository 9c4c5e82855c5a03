//! One difference between two copies, and what kind it is.

use serde::Serialize;

/// What kind of difference it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DifferenceKind {
    /// In something that a hash covers: at least one of the two is not what QLDB wrote.
    Covered,
    /// In something that no hash covers (`blockTimestamp`, `transactionId`, a revision's
    /// `blockAddress`, annotations, fields that are none of QLDB's): one of the two was
    /// changed, and hashes do not tell which.
    NotCovered,
    /// The first copy has the hash of the data in place of the data: redacted since.
    RedactedInFirst,
    /// The second copy has.
    RedactedInSecond,
    /// The first copy lacks something that leaves all hashes as they are: it was stripped.
    LeftOutInFirst,
    /// The second copy lacks it.
    LeftOutInSecond,
    /// A revision whose document only a stream's block summary names in the first copy: the
    /// record with its content did not come.
    NotSeenInFirst,
    /// The same in the second copy.
    NotSeenInSecond,
    /// The first copy has the block more than once, and not with the same content.
    WithinFirst,
    /// The second copy has.
    WithinSecond,
}

impl DifferenceKind {
    /// As in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            DifferenceKind::Covered => "covered",
            DifferenceKind::NotCovered => "not-covered",
            DifferenceKind::RedactedInFirst => "redacted-in-first",
            DifferenceKind::RedactedInSecond => "redacted-in-second",
            DifferenceKind::LeftOutInFirst => "left-out-in-first",
            DifferenceKind::LeftOutInSecond => "left-out-in-second",
            DifferenceKind::NotSeenInFirst => "not-seen-in-first",
            DifferenceKind::NotSeenInSecond => "not-seen-in-second",
            DifferenceKind::WithinFirst => "within-first",
            DifferenceKind::WithinSecond => "within-second",
        }
    }

    /// Whether it cannot be in two copies that QLDB wrote, however long ago.
    pub(super) fn is_grave(self) -> bool {
        !matches!(
            self,
            DifferenceKind::RedactedInFirst
                | DifferenceKind::RedactedInSecond
                | DifferenceKind::NotSeenInFirst
                | DifferenceKind::NotSeenInSecond
        )
    }

    pub(super) fn is_not_seen(self) -> bool {
        matches!(
            self,
            DifferenceKind::NotSeenInFirst | DifferenceKind::NotSeenInSecond
        )
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// What it is.
    pub kind: DifferenceKind,
    /// The block.
    pub sequence_no: u64,
    /// The field, as a path: `revisions[2].data`.
    pub field: String,
    /// The document, inside a revision.
    pub document_id: Option<String>,
    /// Its version.
    pub version: Option<u64>,
    /// What the first copy has: a hash, a short value, or words.
    pub first: String,
    /// What the second copy has. Of two within one copy: what each of them has.
    pub second: String,
}
