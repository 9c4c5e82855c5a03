//! Documents that somebody kept with nothing beside them: the data of a revision, or its data and
//! metadata without a hash. Their hash tells which revision here they are of, if any.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::Serialize;

use crate::blocks::revision::Kind;
use crate::blocks::{BlockAddress, Hash, StrandId};
use crate::findings::code::{Code, Severity};
use crate::findings::finding::Finding;
use crate::findings::journal::StrandFold;
use crate::findings::outcome::{State, Strand};
use crate::findings::revision::{RevisionRecord, Standing};

/// A value that may be a document.
#[derive(Clone, Debug)]
pub(crate) struct BareDocument {
    pub(crate) path: Arc<str>,
    pub(crate) offset: u64,
    /// Its hash as data, in each way to read it.
    pub(crate) data: BTreeSet<[u8; 32]>,
    /// The revision's hash, if it has data and metadata.
    pub(crate) revision: Option<Hash>,
}

/// What a file that holds a document and nothing else turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DocumentAnswer {
    /// The file.
    pub path: Arc<str>,
    /// Where in it the document begins.
    pub offset: u64,
    /// The revisions here that it is the document of, in the order of the journal: at most ten.
    /// Empty: it matches nothing here.
    pub matches: Vec<DocumentMatch>,
    /// Whether metadata stands beside the data, and is that of none of these revisions.
    pub other_metadata: bool,
}

impl DocumentAnswer {
    /// That nothing speaks for what stands beside the document.
    pub(crate) fn warning(&self) -> Option<Finding> {
        let first = self.matches.first().filter(|_| self.other_metadata)?;
        let message = "the metadata beside this document is not that of the revision whose data it is: the document is in the ledger, and not with this id, version, time or transaction";
        let finding = Finding::new(Code::Request, message)
            .severity(Severity::Warning)
            .at(&BlockAddress::new(
                first.strand_id.clone(),
                first.sequence_no,
            ))
            .field("metadata")
            .source(&self.path, Some(self.offset))
            .remedy("rely on the metadata of the revision in its block");
        Some(match &first.document_id {
            Some(id) => finding.document(id.as_str(), first.version),
            None => finding,
        })
    }
}

/// A revision whose data is a document that came by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct DocumentMatch {
    /// The strand.
    pub strand_id: StrandId,
    /// The block.
    pub sequence_no: u64,
    /// The id of the document.
    pub document_id: Option<String>,
    /// Its version.
    pub version: Option<u64>,
    /// Whether the data was redacted there, and only its hash is left.
    pub redacted: bool,
    /// Whether the hashes from the document to a trusted digest were recomputed.
    pub verified: bool,
    /// The file that has the revision.
    pub path: Arc<str>,
}

/// Revisions that are named of one document.
const MATCHES_MAX: usize = 10;

/// Revisions by the hash of their data, and by their own.
#[derive(Default)]
struct Known {
    by_data: HashMap<[u8; 32], BTreeSet<DocumentMatch>>,
    by_hash: HashMap<Hash, BTreeSet<DocumentMatch>>,
}

/// What each document is. `told` and `verified` say what hangs under a trusted digest: blocks, and
/// of each strand the revisions that came by themselves.
pub(crate) fn answers(
    bare: &[BareDocument],
    strands: &BTreeMap<StrandId, StrandFold>,
    told: &[Strand],
) -> Vec<DocumentAnswer> {
    if bare.is_empty() {
        return Vec::new();
    }
    let mut known = Known::default();
    for told in told {
        if let Some(fold) = strands.get(&told.strand_id) {
            known.add(fold, told);
        }
    }
    let mut answers: Vec<DocumentAnswer> = bare.iter().map(|one| known.answer(one)).collect();
    let found = answers.iter().filter(|one| !one.matches.is_empty());
    let mut named: BTreeSet<Arc<str>> = found.map(|one| one.path.clone()).collect();
    let matched = named.clone();
    // Of files in which nothing was found it is said once.
    answers.retain(|one| matched.contains(&one.path) || named.insert(one.path.clone()));
    answers
}

impl Known {
    fn add(&mut self, fold: &StrandFold, told: &Strand) {
        for met in fold.seen.documents().iter().chain(fold.seen.revisions()) {
            let number = met.number;
            let under = told.is_under_digest(number) && told.state(number) != State::Failed;
            let found = DocumentMatch {
                strand_id: told.strand_id.clone(),
                sequence_no: number,
                document_id: met.document.as_ref().map(|(id, _)| id.to_string()),
                version: met.document.as_ref().and_then(|(_, version)| *version),
                redacted: met.redacted,
                verified: under,
                path: met.path.clone(),
            };
            if let Some(data) = met.data_hash {
                insert(self.by_data.entry(data.0).or_default(), found.clone());
            }
            insert(self.by_hash.entry(met.hash).or_default(), found);
        }
        for (placed, verified) in fold.placed.iter().zip(&told.loose_verified) {
            let loose = &placed.loose;
            let Some(hash) = loose.record.hash.filter(|_| !loose.failed) else {
                continue;
            };
            let document = loose.record.document.as_ref();
            let found = DocumentMatch {
                strand_id: told.strand_id.clone(),
                sequence_no: loose.address.sequence_no,
                document_id: document.map(|(id, _)| id.to_string()),
                version: document.and_then(|(_, version)| *version),
                redacted: loose.record.kind == Kind::Redacted,
                verified: *verified,
                path: loose.path.clone(),
            };
            if let Some(data) = loose.record.data {
                insert(self.by_data.entry(data.0).or_default(), found.clone());
            }
            insert(self.by_hash.entry(hash).or_default(), found);
        }
    }

    fn answer(&self, bare: &BareDocument) -> DocumentAnswer {
        let by_data = bare.data.iter().filter_map(|data| self.by_data.get(data));
        let by_hash = bare.revision.and_then(|hash| self.by_hash.get(&hash));
        let other_metadata = bare.revision.is_some() && by_hash.is_none();
        let mut matches: Vec<DocumentMatch> = Vec::new();
        for found in by_data.chain(by_hash).flatten() {
            let same = |own: &&mut DocumentMatch| {
                (&own.strand_id, own.sequence_no, &own.document_id)
                    == (&found.strand_id, found.sequence_no, &found.document_id)
            };
            // One revision may be told of by several files, some of which know more.
            match matches.iter_mut().find(same) {
                Some(own) => {
                    own.verified |= found.verified;
                    own.version = own.version.or(found.version);
                }
                None => matches.push(found.clone()),
            }
        }
        matches.sort();
        matches.truncate(MATCHES_MAX);
        DocumentAnswer {
            path: bare.path.clone(),
            offset: bare.offset,
            other_metadata: other_metadata && !matches.is_empty(),
            matches,
        }
    }
}

/// As many as are named, and some for files that tell of one revision.
fn insert(all: &mut BTreeSet<DocumentMatch>, found: DocumentMatch) {
    if all.len() < 4 * MATCHES_MAX {
        all.insert(found);
    }
}

/// The hash of a revision's data, of one that was recomputed from it.
pub(crate) fn data_of(
    kind: Kind,
    standing: Standing,
    data: Option<Hash>,
    data_hash: Option<Hash>,
) -> Option<Hash> {
    let recomputed = standing == Standing::Recomputed;
    match kind {
        Kind::User => data.filter(|_| recomputed),
        Kind::Redacted => data_hash.filter(|_| recomputed),
        _ => None,
    }
}

impl RevisionRecord {
    /// Whether it is the revision of a document that somebody may have kept by itself.
    pub(crate) fn is_of(&self, documents: &std::collections::HashSet<Hash>) -> bool {
        self.data.is_some_and(|data| documents.contains(&data))
    }
}
