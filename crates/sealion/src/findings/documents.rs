//! What must be remembered of each document while the journal goes by: its last
//! version, whether it was deleted, and redactions that nothing ordered yet.
//!
//! The table has a bound in bytes. Past it, new documents are only counted, and
//! the report says for how many the checks were not made.

mod kept;

use std::collections::HashMap;
use std::sync::Arc;

pub(crate) use kept::KeptDocuments;

use super::code::{Code, Severity};
use super::finding::Finding;
use super::revision::RevisionRecord;
use crate::blocks::block::RedactionOrder;
use crate::blocks::claim::Id;
use crate::blocks::revision::Kind;
use crate::blocks::BlockAddress;

/// A document id: as it stands, with its length in the last byte, or 184 bits of its
/// SHA-256 where it is longer than those of QLDB, which have 22 characters.
type Key = [u8; 24];

/// Bytes a document takes: key, state, and the map's own share.
const DOCUMENT_BYTES: u64 = 64;
/// Bytes a redaction takes that waits for its order.
const REDACTION_BYTES: u64 = 256;

struct Document {
    version: u64,
    /// 64 bits of the last revision's hash: enough to tell a repetition.
    hash: [u8; 8],
    deleted: bool,
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Redaction {
    address: BlockAddress,
    document: Id,
    table: Option<Id>,
    path: Arc<str>,
    offset: u64,
}

/// The table.
pub(crate) struct Documents {
    documents: HashMap<Key, Document>,
    redactions: HashMap<(Key, u64), Redaction>,
    bytes_left: u64,
    /// Documents and redactions that no longer fitted.
    pub(crate) not_tracked: u64,
}

impl Documents {
    pub(crate) fn new(bytes_max: u64) -> Documents {
        Documents {
            documents: HashMap::new(),
            redactions: HashMap::new(),
            bytes_left: bytes_max,
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
        let key = key_of(id);
        if record.kind == Kind::Redacted {
            self.await_order(key, id, version, place, record.offset);
        }
        let hash = record.hash.map_or([0; 8], |hash| first_bytes(&hash.0));
        let deleted = record.kind == Kind::Deleting;
        let finding = |code, message: String| {
            let finding = Finding::new(code, message).at(place.address);
            finding
                .document(id.clone(), Some(version))
                .source(place.path, Some(record.offset))
        };
        let state = Document {
            version,
            hash,
            deleted,
        };
        let Some(last) = self.documents.get_mut(&key) else {
            self.add(key, state);
            return (whole && version != 0).then(|| {
                finding(
                    Code::VersionGap,
                    format!("the first revision of this document in a whole journal is version {version}, not 0"),
                )
                .remedy("an earlier revision was left out or stripped to its hash: see hidden-revision, or another copy")
            });
        };
        let before = std::mem::replace(last, state);
        if before.version == version && before.hash != hash {
            return Some(
                finding(
                    Code::DuplicateRevision,
                    format!("version {version} of this document was seen before with another hash"),
                )
                .remedy("QLDB writes each version once: one of the two is not genuine"),
            );
        }
        if before.deleted {
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
        let key = (key_of(&order.document_id), order.version);
        let fits = self.redactions.get(&key).is_some_and(|waiting| {
            waiting.address == order.address
                && waiting
                    .table
                    .as_ref()
                    .is_none_or(|table| *table == order.table_id)
        });
        if fits {
            self.redactions.remove(&key);
            self.bytes_left += REDACTION_BYTES;
        }
    }

    /// The redactions that nothing ordered. `later_missing`: blocks that could
    /// hold the order are known not to be there.
    pub(crate) fn finish(self, later_missing: bool) -> Vec<Finding> {
        let mut left: Vec<_> = self.redactions.into_iter().collect();
        left.sort_by(|(a, x), (b, y)| (&x.address, a).cmp(&(&y.address, b)));
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
        if self.bytes_left < REDACTION_BYTES {
            self.not_tracked += 1;
            return;
        }
        self.bytes_left -= REDACTION_BYTES;
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

    fn add(&mut self, key: Key, document: Document) {
        if self.bytes_left < DOCUMENT_BYTES {
            self.not_tracked += 1;
            return;
        }
        self.bytes_left -= DOCUMENT_BYTES;
        self.documents.insert(key, document);
    }
}

/// Where a revision stands.
pub(crate) struct Place<'a> {
    pub(crate) address: &'a BlockAddress,
    pub(crate) path: &'a Arc<str>,
    /// Document ids and the tables that `transactionInfo` puts them in.
    pub(crate) tables: &'a [(Id, Id)],
}

fn key_of(id: &str) -> Key {
    let mut key = [0; 24];
    match key.get_mut(..id.len()).filter(|_| id.len() < 24) {
        Some(place) => {
            place.copy_from_slice(id.as_bytes());
            key[23] = id.len() as u8;
        }
        None => {
            key = first_bytes(&sealion_reference::sha256(id.as_bytes()));
            key[23] = u8::MAX;
        }
    }
    key
}

fn first_bytes<const N: usize>(hash: &[u8; 32]) -> [u8; N] {
    std::array::from_fn(|index| hash[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_where_ids_do() {
        let long = "x".repeat(40);
        let mut ids: Vec<&str> = (0..=40).map(|length| &long[..length]).collect();
        ids.extend([
            "K0V3LkIPEZunLYxcrkAXsb",
            "K0V3LkIPEZunLYxcrkAXsc",
            "x\0",
            "x\0\0",
        ]);
        let mut keys: Vec<Key> = ids.iter().map(|id| key_of(id)).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), ids.len());
    }
}
