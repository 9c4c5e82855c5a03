//! What two copies have of one block, field by field.

use std::collections::BTreeSet;

use super::loose::Loose;
use super::runs::Order;
use super::side::Side;
use super::{Difference, DifferenceKind, JournalComparison, KEPT_MAX};
use crate::blocks::claim::Id;
use crate::blocks::revision::Kind;
use crate::blocks::Hash;
use crate::findings::{CheckedBlock, RevisionRecord, Standing};

/// Adds the differences of what stands at one address in either copy, and of what one of
/// them has more than once.
pub(super) fn compare(
    number: u64,
    first: &[CheckedBlock],
    second: &[CheckedBlock],
    orders: &BTreeSet<Order>,
    comparison: &mut JournalComparison,
) {
    // Most blocks of most copies.
    if matches!((first, second), ([one], [other]) if is_the_same_text(one, other)) {
        return;
    }
    let mut pair = Pair {
        number,
        orders,
        reported: BTreeSet::new(),
        hashes_only: false,
        comparison,
    };
    let (first, second) = (Side::of(first), Side::of(second));
    pair.within(&first, DifferenceKind::WithinFirst);
    pair.within(&second, DifferenceKind::WithinSecond);
    let (Some(one), Some(other)) = (first.lead(), second.lead()) else {
        return;
    };
    pair.reported.clear();
    pair.hashes(one, other);
    pair.uncovered(one, other);
    pair.infos(&first, &second);
    pair.loose(&first, &second);
    for index in 0..one.revisions.len().max(other.revisions.len()) {
        pair.revisions(index, &first, &second);
    }
    pair.comparison.hashes_only += u64::from(pair.hashes_only);
}

/// Whether two blocks are written alike to the last byte. A stream's summary names
/// documents beside that.
fn is_the_same_text(one: &CheckedBlock, other: &CheckedBlock) -> bool {
    let named = |block: &CheckedBlock| -> Vec<Option<(Id, Option<u64>)>> {
        let records = block.revisions.iter();
        records.map(|record| record.document.clone()).collect()
    };
    one.captured.is_some() && one.captured == other.captured && named(one) == named(other)
}

struct Pair<'a> {
    number: u64,
    orders: &'a BTreeSet<Order>,
    /// Fields that were named as different.
    reported: BTreeSet<String>,
    /// Whether something has no text.
    hashes_only: bool,
    comparison: &'a mut JournalComparison,
}

impl Pair<'_> {
    /// What the block's own hashes are made of. The block hash follows from them.
    fn hashes(&mut self, first: &CheckedBlock, second: &CheckedBlock) {
        let (a, b) = (&first.fingerprint, &second.fingerprint);
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
            if field.starts_with("entriesHashList") {
                self.reported.insert("entriesHashList".to_owned());
            }
            self.add(DifferenceKind::Covered, field, None, (show(a), show(b)));
        }
    }

    fn uncovered(&mut self, first: &CheckedBlock, second: &CheckedBlock) {
        let (a, b) = (&first.fingerprint, &second.fingerprint);
        let time = (a.timestamp.to_string(), b.timestamp.to_string());
        let id = (a.transaction_id.to_string(), b.transaction_id.to_string());
        for (field, values) in [("blockTimestamp", time), ("transactionId", id)] {
            if values.0 != values.1 {
                self.add(DifferenceKind::NotCovered, field.to_owned(), None, values);
            }
        }
    }

    fn infos(&mut self, first: &Side<'_>, second: &Side<'_>) {
        for (at, name) in ["transactionInfo", "redactionInfo"].into_iter().enumerate() {
            let (a, b) = (first.info(at), second.info(at));
            let kind = match (a, b) {
                (a, b) if a == b => continue,
                (Some(_), Some(_)) => DifferenceKind::Covered,
                (Some(_), None) => DifferenceKind::LeftOutInSecond,
                _ => DifferenceKind::LeftOutInFirst,
            };
            self.add(kind, name.to_owned(), None, (show(a), show(b)));
        }
    }

    /// Revision `index`, as whichever copy on either side shows most of it has it.
    fn revisions(&mut self, index: usize, first: &Side<'_>, second: &Side<'_>) {
        let (at, there) = (first.best(index), second.best(index));
        let record = |side: &Side<'_>, at: usize| {
            let block = side.blocks.get(at)?;
            block.revisions.get(index).cloned()
        };
        let field = format!("revisions[{index}]");
        match (record(first, at), record(second, there)) {
            (Some(a), Some(b)) if a.hash == b.hash => {
                let kind = lack(a.kind, b.kind);
                let known = if is_bare(a.kind) { &b } else { &a };
                if let Some(kind) = kind {
                    self.count_redaction(kind, known);
                    let values = (words(a.kind), words(b.kind));
                    self.add(kind, field.clone(), Some(known), values);
                }
                self.comparison.json_in_one += u64::from(a.json != b.json);
                self.named(&field, &a, &b);
                let (one, other) = (&first.blocks[at], &second.blocks[there]);
                self.content(index, (one, &a), (other, &b));
                let texts = (first.text(at), second.text(there));
                self.loose_in_revision(index, texts, &a, &b);
            }
            (Some(a), Some(b)) => {
                let values = (show(a.hash), show(b.hash));
                self.add(DifferenceKind::Covered, field + ".hash", Some(&a), values);
            }
            (one, other) => {
                let kind = match other {
                    None => DifferenceKind::LeftOutInSecond,
                    Some(_) => DifferenceKind::LeftOutInFirst,
                };
                let show = |record: &Option<RevisionRecord>| {
                    let there = record.as_ref().map(|record| words(record.kind));
                    there.unwrap_or_else(|| "not there".to_owned())
                };
                let values = (show(&one), show(&other));
                self.add(kind, field, one.as_ref().or(other.as_ref()), values);
            }
        }
    }

    /// Whether what is redacted in one copy was ordered to be.
    fn count_redaction(&mut self, kind: DifferenceKind, known: &RevisionRecord) {
        use DifferenceKind::{RedactedInFirst, RedactedInSecond};
        let order = known.document.as_ref().and_then(|(id, version)| {
            let version = (*version)?;
            Some((id.to_string(), version, self.number))
        });
        let ordered = order.is_some_and(|order| self.orders.contains(&order));
        if matches!(kind, RedactedInFirst | RedactedInSecond) && !ordered {
            self.comparison.redactions_without_order += 1;
        }
    }

    /// Hashes of data and metadata, where both have them.
    fn content(
        &mut self,
        index: usize,
        (first, a): (&CheckedBlock, &RevisionRecord),
        (second, b): (&CheckedBlock, &RevisionRecord),
    ) {
        let known = if is_bare(a.kind) { b } else { a };
        let both = first
            .fingerprint
            .content_of_revision(index, &second.fingerprint);
        for (name, a, b) in both {
            let field = format!("revisions[{index}].{name}");
            let values = (show(a), show(b));
            self.add(DifferenceKind::Covered, field, Some(known), values);
        }
    }

    /// A document's id or version that is not the same.
    fn named(&mut self, field: &str, a: &RevisionRecord, b: &RevisionRecord) {
        let (Some(one), Some(other)) = (&a.document, &b.document) else {
            return;
        };
        // A stream's summary names no version.
        let versions = one.1.zip(other.1);
        if one.0 != other.0 || versions.is_some_and(|(a, b)| a != b) {
            let words = |(id, version): &(Id, Option<u64>)| match version {
                Some(version) => format!("{id} version {version}"),
                None => id.to_string(),
            };
            let (field, values) = (format!("{field}.metadata"), (words(one), words(other)));
            self.add(DifferenceKind::Covered, field, Some(a), values);
        }
    }

    /// What no hash covers, beside the revisions.
    fn loose(&mut self, first: &Side<'_>, second: &Side<'_>) {
        let (Some(a), Some(b)) = (first.any_text(), second.any_text()) else {
            self.hashes_only = true;
            return;
        };
        for found in a.beside_revisions(b) {
            self.add_loose(String::new(), found, DifferenceKind::NotCovered, None);
        }
        let tables = (first.recorded_tables(), second.recorded_tables());
        for (hash, a, b) in Side::other_tables(&tables.0, &tables.1) {
            let field = format!("tableInfo of the revision {hash}");
            self.add(DifferenceKind::NotCovered, field, None, (a, b));
        }
    }

    fn loose_in_revision(
        &mut self,
        index: usize,
        (first, second): super::side::Texts<'_>,
        a: &RevisionRecord,
        b: &RevisionRecord,
    ) {
        let (Some(first), Some(second)) = (first, second) else {
            self.hashes_only = true;
            return;
        };
        let place = format!("revisions[{index}].");
        for found in first.in_revision(second, index, settled(a, b)) {
            if is_said(&found.field, a.kind, b.kind) {
                continue;
            }
            let kind = match &*found.field {
                "data" | "metadata" => DifferenceKind::Covered,
                _ => DifferenceKind::NotCovered,
            };
            self.add_loose(place.clone(), found, kind, Some(a));
        }
    }

    /// What copies within one side do not have in common, but for what some were stripped of.
    fn within(&mut self, side: &Side<'_>, kind: DifferenceKind) {
        let Some((lead, others)) = side.blocks.split_first() else {
            return;
        };
        for (at, other) in others.iter().enumerate() {
            self.reported.clear();
            let (Some(a), Some(b)) = (side.text(0), side.text(at + 1)) else {
                continue;
            };
            for found in a.beside_revisions(b) {
                self.add_loose(String::new(), found, kind, None);
            }
            for (index, both) in lead.revisions.iter().zip(&other.revisions).enumerate() {
                for found in a.in_revision(b, index, settled(both.0, both.1)) {
                    if is_said(&found.field, both.0.kind, both.1.kind) {
                        continue;
                    }
                    let place = format!("revisions[{index}].");
                    self.add_loose(place, found, kind, Some(both.0));
                }
            }
        }
    }

    fn add_loose(
        &mut self,
        place: String,
        found: Loose,
        kind: DifferenceKind,
        revision: Option<&RevisionRecord>,
    ) {
        let field = place + &found.field;
        if self.reported.contains(&field) {
            return;
        }
        if found.perhaps {
            self.comparison.perhaps_other += 1;
            return;
        }
        self.add(kind, field, revision, found.values);
    }

    fn add(
        &mut self,
        kind: DifferenceKind,
        field: String,
        revision: Option<&RevisionRecord>,
        (first, second): (String, String),
    ) {
        self.reported.insert(field.clone());
        let total = self.comparison.totals.entry(kind).or_default();
        *total += 1;
        if *total > KEPT_MAX as u64 {
            return;
        }
        let document = revision.and_then(|record| record.document.as_ref());
        self.comparison.differences.push(Difference {
            kind,
            sequence_no: self.number,
            field,
            document_id: document.map(|(id, _)| id.to_string()),
            version: document.and_then(|(_, version)| *version),
            first,
            second,
        });
    }
}

/// Which of two revisions with one hash lacks something, and how.
fn lack(first: Kind, second: Kind) -> Option<DifferenceKind> {
    use DifferenceKind as Is;
    Some(match (first, second) {
        (Kind::User, Kind::Redacted) => Is::RedactedInSecond,
        (Kind::Redacted, Kind::User) => Is::RedactedInFirst,
        (Kind::User | Kind::Redacted, Kind::Deleting) => Is::LeftOutInSecond,
        (Kind::Deleting, Kind::User | Kind::Redacted) => Is::LeftOutInFirst,
        // A summary that names no document says that there is none.
        (a, Kind::Internal) if a != Kind::Internal => Is::LeftOutInSecond,
        (Kind::Internal, b) if b != Kind::Internal => Is::LeftOutInFirst,
        (a, Kind::Unseen) if a != Kind::Unseen => Is::NotSeenInSecond,
        (Kind::Unseen, b) if b != Kind::Unseen => Is::NotSeenInFirst,
        _ => return None,
    })
}

/// Whether the data of both was compared by what it hashes to.
fn settled(a: &RevisionRecord, b: &RevisionRecord) -> bool {
    let recomputed = |one: &RevisionRecord| one.standing == Standing::Recomputed;
    recomputed(a) && recomputed(b)
}

/// Whether a field of a revision differs because one of the two was redacted, or left
/// out but for its hash, which is said of the revision.
fn is_said(field: &str, a: Kind, b: Kind) -> bool {
    let content = ["data", "dataHash"].contains(&field);
    let envelope = ["blockAddress", "metadata"].contains(&field);
    a != b && (content || envelope && is_bare(a) != is_bare(b))
}

fn is_bare(kind: Kind) -> bool {
    matches!(kind, Kind::Internal | Kind::Unseen)
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
