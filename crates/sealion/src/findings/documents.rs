//! What must be remembered of each document while the journal goes by: its last
//! version, whether it was deleted, and redactions that nothing ordered yet.
//!
//! The table has a bound in bytes. Past it, new documents are only counted, and
//! the report says for how many the checks were not made.

mod kept;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

pub(crate) use kept::KeptDocuments;
use table::{Document, Key, Keys, Table};

use super::code::{Code, Severity};
use super::finding::Finding;
use super::revision::RevisionRecord;
use crate::blocks::block::RedactionOrder;
use crate::blocks::claim::Id;
use crate::blocks::revision::Kind;
use crate::blocks::BlockAddress;

/// Bytes a redaction takes that waits for its order.
const REDACTION_BYTES: u64 = 256;

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Redaction {
    address: BlockAddress,
    document: Id,
    table: Option<Id>,
    path: Arc<str>,
    offset: u64,
    /// It came without its block.
    alone: bool,
}

/// A redaction, and the block that holds the order for it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct OrderedRedaction {
    /// The block with the redacted revision.
    pub sequence_no: u64,
    /// Its document.
    pub document_id: String,
    /// Its version.
    pub version: u64,
    /// The block whose `redactionInfo`, which its hash covers, names it.
    pub ordered_by: u64,
}

/// Redactions whose orders are named.
const ORDERED_MAX: usize = 1000;

/// The table, and what waits.
pub(crate) struct Documents {
    keys: Keys,
    documents: Table,
    redactions: HashMap<(Key, u64), Redaction>,
    ordered: Vec<OrderedRedaction>,
    bytes_max: u64,
    /// Revisions of documents, and redactions, that no longer fitted.
    pub(crate) not_tracked: u64,
}

impl Documents {
    pub(crate) fn new(bytes_max: u64) -> Documents {
        Documents {
            keys: Keys::random(),
            documents: Table::default(),
            redactions: HashMap::new(),
            ordered: Vec::new(),
            bytes_max,
            not_tracked: 0,
        }
    }

    /// Takes in one revision of a document; `whole` says that all blocks before
    /// it were seen. Must be called in the order of the journal.
    pub(crate) fn see(
        &mut self,
        record: &RevisionRecord,
        place: &Place<'_>,
        whole: bool,
    ) -> Option<Finding> {
        let (id, version) = record.document.as_ref()?;
        let version = (*version)?;
        let key = self.keys.of(id);
        if record.kind == Kind::Redacted {
            self.await_order(key, id, version, place, record.offset, false);
        }
        let state = Document::new(version, record.hash, record.kind == Kind::Deleting);
        let finding = |code, message: String| {
            let finding = Finding::new(code, message).at(place.address);
            finding
                .document(id.clone(), Some(version))
                .source(place.path, Some(record.offset))
        };
        let Some(last) = self.documents.get_mut(key) else {
            let others = self.redactions.len() as u64 * REDACTION_BYTES;
            let room = self.bytes_max.saturating_sub(others);
            // Past the bound one that is not there may have been seen all the same.
            let is_first = whole && self.not_tracked == 0;
            self.not_tracked += u64::from(!self.documents.add(key, state, room));
            return (is_first && version != 0).then(|| {
                finding(
                    Code::VersionGap,
                    format!("the first revision of this document in a whole journal is version {version}, not 0"),
                )
                .remedy("an earlier revision was left out or stripped to its hash: see hidden-revision, or another copy")
            });
        };
        let before = *last;
        if before.has_seen(version) {
            // What came first stays the last that is known, so that a repetition in the middle
            // hides nothing of what follows.
            if before.version == version && before.is_same(state) {
                return Some(
                    finding(
                        Code::SameHash,
                        format!("version {version} of this document was seen before with this hash, and stands here again"),
                    )
                    .remedy("QLDB writes each version once, in one block: at least one of the two places is not genuine"),
                );
            }
            let how = match before.version == version {
                true => "with another hash",
                false => "and later versions after it",
            };
            return Some(
                finding(
                    Code::DuplicateRevision,
                    format!("version {version} of this document was seen before, {how}"),
                )
                .remedy("QLDB writes each version once: at least one of the two is not genuine"),
            );
        }
        *last = state.after(before);
        if before.deleted() {
            return Some(
                finding(
                    Code::UnrecordedDeletion,
                    format!("version {version} follows a deletion (version {}) of the same document", before.version),
                )
                .remedy("QLDB gives deleted documents no later versions: the deletion may be a revision whose data was left out"),
            );
        }
        // Versions only rise, whatever is missing between them.
        let falls = version < before.version;
        (falls || whole && version != before.version.wrapping_add(1)).then(|| {
            finding(
                Code::VersionGap,
                match falls {
                    true => format!("version {version} follows version {}", before.version),
                    false => format!("version {version} follows version {} in a whole journal", before.version),
                },
            )
            .remedy(match falls {
                true => "QLDB writes the versions of a document in order: at least one of the two is not genuine",
                false => "a revision between them was left out or stripped to its hash: see hidden-revision, or another copy",
            })
        })
    }

    /// Takes in a revision that came without its block, of which nothing is known but
    /// itself: if it is redacted, it waits for its order like any other.
    pub(crate) fn see_alone(&mut self, record: &RevisionRecord, place: &Place<'_>) {
        let document = record.document.as_ref();
        let document = document.filter(|_| record.kind == Kind::Redacted);
        if let Some((id, Some(version))) = document {
            let key = self.keys.of(id);
            self.await_order(key, id, *version, place, record.offset, true);
        }
    }

    /// Whether this version of the document went by in a block.
    pub(crate) fn has_seen(&self, id: &Id, version: u64) -> bool {
        let document = self.documents.get(self.keys.of(id));
        document.is_some_and(|document| document.has_seen(version))
    }

    /// Takes in an order to redact, of block `by`.
    pub(crate) fn order(&mut self, order: &RedactionOrder, by: u64) {
        let key = (self.keys.of(&order.document_id), order.version);
        let fits = self.redactions.get(&key).is_some_and(|waiting| {
            waiting.address == order.address
                && waiting
                    .table
                    .as_ref()
                    .is_none_or(|table| *table == order.table_id)
        });
        if !fits {
            return;
        }
        if let Some(waiting) = self.redactions.remove(&key) {
            if self.ordered.len() < ORDERED_MAX {
                self.ordered.push(OrderedRedaction {
                    sequence_no: waiting.address.sequence_no,
                    document_id: waiting.document.to_string(),
                    version: order.version,
                    ordered_by: by,
                });
            }
        }
    }

    /// The redactions that nothing ordered. `later_missing`: blocks that could
    /// hold the order are known not to be there, which excuses those in a journal. What
    /// came without any block is not excused: nothing at all speaks for it.
    pub(crate) fn finish(self, later_missing: bool) -> (Vec<Finding>, Vec<OrderedRedaction>) {
        let mut left: Vec<_> = self.redactions.into_iter().collect();
        // Keys are random, and must not show.
        left.sort_by(|((_, v), x), ((_, w), y)| {
            (&x.address, x.offset, &x.document, v).cmp(&(&y.address, y.offset, &y.document, w))
        });
        let finding = |((_, version), waiting): ((Key, u64), Redaction)| {
            let finding = Finding::new(
                Code::UnrecordedRedaction,
                "this revision is redacted, and no later block seen holds the order to redact it",
            )
            .at(&waiting.address)
            .document(waiting.document, Some(version))
            .source(&waiting.path, Some(waiting.offset));
            match later_missing && !waiting.alone {
                true => finding
                    .severity(Severity::Note)
                    .remedy("the order may stand in later blocks, which are missing here"),
                false => finding.remedy(
                    "data can be replaced by its hash offline without a trace in hashes: ask for later blocks, or for the data",
                ),
            }
        };
        (left.into_iter().map(finding).collect(), self.ordered)
    }

    fn await_order(
        &mut self,
        key: Key,
        id: &Id,
        version: u64,
        place: &Place<'_>,
        offset: u64,
        alone: bool,
    ) {
        let redactions = (self.redactions.len() as u64 + 1) * REDACTION_BYTES;
        if self.documents.bytes() + redactions > self.bytes_max {
            self.not_tracked += 1;
            return;
        }
        let table = place.tables.iter().find(|(document, _)| document == id);
        let waiting = Redaction {
            address: place.address.clone(),
            document: id.clone(),
            table: table.map(|(_, table)| table.clone()),
            path: place.path.clone(),
            offset,
            alone,
        };
        self.redactions.insert((key, version), waiting);
    }
}

/// Where a revision stands.
pub(crate) struct Place<'a> {
    pub(crate) address: &'a BlockAddress,
    pub(crate) path: &'a Arc<str>,
    /// Document ids and the tables that `transactionInfo` puts them in.
    pub(crate) tables: &'a [(Id, Id)],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::{Hash, StrandId};
    use crate::findings::revision::Standing;

    #[test]
    fn redactions_that_nothing_ordered_come_in_the_order_of_the_journal() {
        let mut documents = Documents::new(1 << 20);
        let address = BlockAddress::new(StrandId::new("s"), 7);
        let place = Place {
            address: &address,
            path: &Arc::from("journal"),
            tables: &[],
        };
        for offset in 0..40u64 {
            let record = RevisionRecord {
                kind: Kind::Redacted,
                standing: Standing::HashOnly,
                json: false,
                hash: Some(Hash([offset as u8; 32])),
                document: Some((format!("document {offset}").into(), Some(0))),
                deletion_rule: None,
                in_doubt: false,
                data: None,
                offset,
            };
            documents.see(&record, &place, true);
        }
        let (found, _) = documents.finish(false);
        let places = found.iter().map(|finding| finding.source.as_ref());
        let offsets = places.map(|place| place.and_then(|place| place.offset));
        assert!(offsets.eq((0..40).map(Some)));
    }

    #[test]
    fn a_full_table_raises_no_doubt_about_documents_that_did_not_fit() {
        let address = BlockAddress::new(StrandId::new("s"), 7);
        let place = Place {
            address: &address,
            path: &Arc::from("journal"),
            tables: &[],
        };
        let record = |document: u64, version| RevisionRecord {
            kind: Kind::User,
            standing: Standing::Recomputed,
            json: false,
            hash: Some(Hash([document as u8; 32])),
            document: Some((format!("document {document}").into(), Some(version))),
            deletion_rule: None,
            in_doubt: false,
            data: None,
            offset: document,
        };
        // With room for all of them, the first that is not version 0 is a gap; with little, some did not fit, and
        // of those nothing is said.
        for (bytes_max, gaps) in [(1 << 20, 1), (4 << 10, 0)] {
            let mut documents = Documents::new(bytes_max);
            for document in 0..200 {
                assert_eq!(documents.see(&record(document, 0), &place, true), None);
            }
            let fitted = 200 - documents.not_tracked;
            assert_eq!(fitted == 200, gaps == 1, "{fitted}");
            for document in 0..200 {
                assert_eq!(documents.see(&record(document, 1), &place, true), None);
            }
            assert_eq!(documents.not_tracked, 2 * (200 - fitted));
            let found = documents.see(&record(200, 1), &place, true);
            assert_eq!(found.iter().count(), gaps);
            // Of those that fitted all is known, as ever.
            let found = documents.see(&record(0, 3), &place, true);
            assert_eq!(found.map(|found| found.code), Some(Code::VersionGap));
        }
    }

    #[test]
    fn a_version_that_comes_again_is_a_failure_however_late() {
        let address = BlockAddress::new(StrandId::new("s"), 7);
        let place = Place {
            address: &address,
            path: &Arc::from("journal"),
            tables: &[],
        };
        let record = |version, hash| RevisionRecord {
            kind: Kind::User,
            standing: Standing::Recomputed,
            json: false,
            hash: Some(Hash([hash; 32])),
            document: Some(("document".into(), Some(version))),
            deletion_rule: None,
            in_doubt: false,
            data: None,
            offset: 0,
        };
        for whole in [false, true] {
            let (other, same) = (Code::DuplicateRevision, Code::SameHash);
            for (again, hash, code) in [
                (0, 0xF0, other),
                (1, 0x10, other),
                (2, 0xF0, other),
                (2, 0x20, same),
            ] {
                let mut documents = Documents::new(1 << 20);
                for version in 0..3 {
                    let own = record(version, version as u8 * 0x10);
                    assert_eq!(documents.see(&own, &place, whole), None);
                }
                let found = documents.see(&record(again, hash), &place, whole);
                assert_eq!(found.map(|found| found.code), Some(code));
                // And hides nothing of what follows.
                assert_eq!(documents.see(&record(3, 0x30), &place, whole), None);
            }
            // Of one that was not seen from its start on it is only known that it falls.
            let mut documents = Documents::new(1 << 20);
            documents.see(&record(4, 0), &place, whole);
            let found = documents.see(&record(2, 1), &place, whole);
            assert_eq!(found.map(|found| found.code), Some(Code::VersionGap));
        }
    }
}
