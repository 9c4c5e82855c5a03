//! Two copies of one block, field by field.

use super::{Difference, DifferenceKind, JournalComparison, KEPT_MAX};
use crate::blocks::claim::Id;
use crate::blocks::revision::Kind;
use crate::blocks::Hash;
use crate::findings::{CheckedBlock, RevisionRecord};

/// Adds the differences of two blocks that stand at one address.
pub(super) fn compare(
    first: &CheckedBlock,
    second: &CheckedBlock,
    comparison: &mut JournalComparison,
) {
    let mut pair = Pair {
        first,
        second,
        comparison,
    };
    pair.hashes();
    pair.uncovered();
    pair.revisions();
    pair.infos();
}

struct Pair<'a> {
    first: &'a CheckedBlock,
    second: &'a CheckedBlock,
    comparison: &'a mut JournalComparison,
}

impl Pair<'_> {
    /// What the block's own hashes are made of. The block hash follows from them.
    fn hashes(&mut self) {
        let (a, b) = (&self.first.fingerprint, &self.second.fingerprint);
        let mut all = vec![
            ("previousBlockHash".to_owned(), a.previous, b.previous),
            ("entriesHash".to_owned(), a.entries_hash, b.entries_hash),
            ("blockHash".to_owned(), a.block_hash, b.block_hash),
        ];
        let ([first, ..], [second, ..]) = (a.parts(), b.parts());
        for index in 0..first.len().max(second.len()) {
            let at = |list: &[Option<Hash>]| list.get(index).copied().flatten();
            let name = format!("entriesHashList[{index}]");
            all.push((name, at(first), at(second)));
        }
        for (field, a, b) in all.into_iter().filter(|(_, a, b)| a != b) {
            self.add(DifferenceKind::Covered, field, None, show(a), show(b));
        }
    }

    fn uncovered(&mut self) {
        let (a, b) = (&self.first.fingerprint, &self.second.fingerprint);
        let fields = [
            (
                "blockTimestamp",
                a.timestamp.to_string(),
                b.timestamp.to_string(),
            ),
            (
                "transactionId",
                a.transaction_id.to_string(),
                b.transaction_id.to_string(),
            ),
        ];
        for (field, a, b) in fields.into_iter().filter(|(_, a, b)| a != b) {
            self.add(DifferenceKind::NotCovered, field.to_owned(), None, a, b);
        }
    }

    fn revisions(&mut self) {
        let (a, b) = (&self.first.revisions, &self.second.revisions);
        for index in 0..a.len().max(b.len()) {
            match (a.get(index), b.get(index)) {
                (Some(a), Some(b)) if a.hash == b.hash => self.revision(index, a, b),
                (Some(a), Some(b)) => {
                    let field = format!("revisions[{index}].hash");
                    let (first, second) = (show(a.hash), show(b.hash));
                    self.add(DifferenceKind::Covered, field, Some(a), first, second);
                }
                (one, other) => self.left_out_revision(index, one, other),
            }
        }
    }

    /// Two revisions with one hash: their content may still differ, where one of
    /// them does not give it.
    fn revision(&mut self, index: usize, a: &RevisionRecord, b: &RevisionRecord) {
        use DifferenceKind::{LeftOutInFirst, LeftOutInSecond, RedactedInFirst, RedactedInSecond};
        self.comparison.json_in_one += u64::from(a.json != b.json);
        let bare = |record: &RevisionRecord| matches!(record.kind, Kind::Internal | Kind::Unseen);
        let kind = match (a.kind, b.kind) {
            (Kind::User, Kind::Redacted) => Some(RedactedInSecond),
            (Kind::Redacted, Kind::User) => Some(RedactedInFirst),
            (Kind::User | Kind::Redacted, Kind::Deleting) => Some(LeftOutInSecond),
            (Kind::Deleting, Kind::User | Kind::Redacted) => Some(LeftOutInFirst),
            _ if !bare(a) && bare(b) => Some(LeftOutInSecond),
            _ if bare(a) && !bare(b) => Some(LeftOutInFirst),
            _ => None,
        };
        let known = if bare(a) { b } else { a };
        if let Some(kind) = kind {
            let field = format!("revisions[{index}]");
            self.add(kind, field, Some(known), words(a.kind), words(b.kind));
        }
        if a.standing != b.standing || a.document != b.document {
            self.content(index, a, b);
        }
        let (first, second) = (&self.first.fingerprint, &self.second.fingerprint);
        for (name, a, b) in first.content_of_revision(index, second) {
            let field = format!("revisions[{index}].{name}");
            self.add(
                DifferenceKind::Covered,
                field,
                Some(known),
                show(a),
                show(b),
            );
        }
    }

    /// A document's id or version that is not the same.
    fn content(&mut self, index: usize, a: &RevisionRecord, b: &RevisionRecord) {
        if let (Some(one), Some(other)) = (&a.document, &b.document) {
            // A stream's summary names no version.
            let version = |found: &(Id, Option<u64>)| found.1;
            let differ = one.0 != other.0
                || version(one)
                    .zip(version(other))
                    .is_some_and(|(a, b)| a != b);
            if differ {
                let words = |(id, version): &(Id, Option<u64>)| match version {
                    Some(version) => format!("{id} version {version}"),
                    None => id.to_string(),
                };
                let field = format!("revisions[{index}].metadata");
                self.add(
                    DifferenceKind::Covered,
                    field,
                    Some(a),
                    words(one),
                    words(other),
                );
            }
        }
    }

    fn left_out_revision(
        &mut self,
        index: usize,
        one: Option<&RevisionRecord>,
        other: Option<&RevisionRecord>,
    ) {
        let kind = match other {
            None => DifferenceKind::LeftOutInSecond,
            Some(_) => DifferenceKind::LeftOutInFirst,
        };
        let show = |record: Option<&RevisionRecord>| {
            record.map_or_else(|| "not there".to_owned(), |record| words(record.kind))
        };
        let field = format!("revisions[{index}]");
        self.add(kind, field, one.or(other), show(one), show(other));
    }

    fn infos(&mut self) {
        let (first, second) = (&self.first.fingerprint, &self.second.fingerprint);
        for (name, a, b) in first.infos(second) {
            let kind = match (a, b) {
                (Some(_), Some(_)) => DifferenceKind::Covered,
                (Some(_), None) => DifferenceKind::LeftOutInSecond,
                _ => DifferenceKind::LeftOutInFirst,
            };
            self.add(kind, name.to_owned(), None, show(a), show(b));
        }
    }

    fn add(
        &mut self,
        kind: DifferenceKind,
        field: String,
        revision: Option<&RevisionRecord>,
        first: String,
        second: String,
    ) {
        let total = self.comparison.totals.entry(kind).or_default();
        *total += 1;
        if *total > KEPT_MAX as u64 {
            return;
        }
        let document = revision.and_then(|record| record.document.as_ref());
        self.comparison.differences.push(Difference {
            kind,
            sequence_no: self.first.address.sequence_no,
            field,
            document_id: document.map(|(id, _)| id.to_string()),
            version: document.and_then(|(_, version)| *version),
            first,
            second,
        });
    }
}

fn show(hash: Option<Hash>) -> String {
    hash.map_or_else(|| "not there".to_owned(), |hash| hash.to_string())
}

fn words(kind: Kind) -> String {
    match kind {
        Kind::User => "with data",
        Kind::Redacted => "redacted: the hash of the data",
        Kind::Deleting => "without data",
        Kind::Internal => "a hash alone",
        Kind::Unseen => "a hash and a document id alone",
    }
    .to_owned()
}
