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
}

/// The table, and what waits.
pub(crate) struct Documents {
    keys: Keys,
    documents: Table,
    redactions: HashMap<(Key, u64), Redaction>,
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
            self.await_order(key, id, version, place, record.offset);
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
        let before = std::mem::replace(last, state);
        if before.version == version && !before.is_same(state) {
            return Some(
                finding(
                    Code::DuplicateRevision,
                    format!("version {version} of this document was seen before with another hash"),
                )
                .remedy("QLDB writes each version once: one of the two is not genuine"),
            );
        }
        if before.version == version {
            return Some(
                finding(
                    Code::SameHash,
                    format!("version {version} of this document was seen before with this hash, and stands here again"),
                )
                .remedy("QLDB writes each version once, in one block: one of the two places is not genuine"),
            );
        }
        if before.deleted() {
            return Some(
                finding(
                    Code::UnrecordedDeletion,
                    format!("version {version} follows a deletion (version {}) of the same document", before.version),
                )
                .remedy("QLDB gives deleted documents no later versions: the deletion may be a revision whose data was left out"),
            );
        }
        (whole && version != before.version.wrapping_add(1)).then(|| {
            finding(
                Code::VersionGap,
                format!("version {version} follows version {} in a whole journal", before.version),
            )
            .remedy("a revision between them was left out or stripped to its hash: see hidden-revision, or another copy")
        })
    }

    /// Takes in an order to redact.
    pub(crate) fn order(&mut self, order: &RedactionOrder) {
        let key = (self.keys.of(&order.document_id), order.version);
        let fits = self.redactions.get(&key).is_some_and(|waiting| {
            waiting.address == order.address
                && waiting
                    .table
                    .as_ref()
                    .is_none_or(|table| *table == order.table_id)
        });
        if fits {
            self.redactions.remove(&key);
        }
    }

    /// The redactions that nothing ordered. `later_missing`: blocks that could
    /// hold the order are known not to be there.
    pub(crate) fn finish(self, later_missing: bool) -> Vec<Finding> {
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
            match later_missing {
                true => finding
                    .severity(Severity::Note)
                    .remedy("the order may stand in later blocks, which are missing here"),
                false => finding.remedy(
                    "data can be replaced by its hash offline without a trace in hashes: ask for later blocks, or for the data",
                ),
            }
        };
        left.into_iter().map(finding).collect()
    }

    fn await_order(&mut self, key: Key, id: &Id, version: u64, place: &Place<'_>, offset: u64) {
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
                offset,
            };
            documents.see(&record, &place, true);
        }
        let found = documents.finish(false);
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
}
