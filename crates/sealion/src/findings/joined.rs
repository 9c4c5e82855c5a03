//! What belongs together though it came in several files: whatever has the hash of one
//! revision, revisions that name no block, and documents that somebody kept with nothing beside
//! them. All of it is joined by hashes that were recomputed, and by nothing else.

mod bare;
mod placeless;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Serialize;

pub(crate) use bare::{answers, data_of, BareDocument};
pub use bare::{DocumentAnswer, DocumentMatch};
pub(crate) use placeless::{join_placeless, Placeless};

use super::copies::shows;
use super::journal::StrandFold;
use super::loose::{LooseRevision, Placed};
use super::revision::{RevisionRecord, Standing};
use crate::blocks::revision::Kind;
use crate::blocks::Hash;

/// Several files that tell of one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Joined {
    /// The block that all of them name, or that holds it.
    pub sequence_no: u64,
    /// Its document, if any of them says.
    pub document_id: Option<String>,
    /// Its version, if any of them says.
    pub version: Option<u64>,
    /// Its hash, which all of them have.
    pub hash: Hash,
    /// The files.
    pub paths: Vec<Arc<str>>,
    /// Whether one of them has the data, from which the hash was recomputed.
    pub data: bool,
    /// Whether the hash hangs under a trusted digest.
    pub verified: bool,
}

/// Files that are named of one revision.
const PATHS_MAX: usize = 20;

impl Joined {
    fn add(&mut self, path: &Arc<str>, document: Option<(&str, Option<u64>)>, data: bool) {
        if self.paths.len() < PATHS_MAX && !self.paths.contains(path) {
            self.paths.push(path.clone());
        }
        self.data |= data;
        if let Some((id, version)) = document {
            self.document_id.get_or_insert_with(|| id.to_owned());
            self.version = self.version.or(version);
        }
    }
}

/// All that is told of one revision by more than one file, in the order of the journal.
/// `verified` says of each revision that came by itself whether it hangs under a trusted digest.
pub(super) fn joined(strand: &StrandFold, verified: &[bool]) -> Vec<Joined> {
    let mut groups: BTreeMap<(u64, [u8; 32]), Joined> = BTreeMap::new();
    for (placed, verified) in strand.placed.iter().zip(verified) {
        let loose = &placed.loose;
        // What does not give the hash that it names is joined to nothing by it.
        let undecided = loose.record.standing == Standing::Undecided;
        let Some(hash) = loose.record.hash.filter(|_| !loose.failed && !undecided) else {
            continue;
        };
        let number = loose.address.sequence_no;
        let group = groups.entry((number, hash.0)).or_insert_with(|| Joined {
            sequence_no: number,
            document_id: None,
            version: None,
            hash,
            paths: Vec::new(),
            data: false,
            verified: false,
        });
        let document = loose.record.document.as_ref();
        let document = document.map(|(id, version)| (id.as_str(), *version));
        group.add(&loose.path, document, has_data(&loose.record));
        group.verified |= verified;
    }
    for met in strand.seen.revisions() {
        if let Some(group) = groups.get_mut(&(met.number, met.hash.0)) {
            let document = met.document.as_ref();
            let document = document.map(|(id, version)| (id.as_str(), *version));
            group.add(&met.path, document, met.data);
        }
    }
    groups.retain(|_, group| group.paths.len() > 1);
    groups.into_values().collect()
}

/// Whether its hash was recomputed from data.
pub(super) fn has_data(record: &RevisionRecord) -> bool {
    record.kind == Kind::User && record.standing == Standing::Recomputed
}

/// Each revision once, as the one has it that shows most: a receipt for one that is here itself
/// is no further revision.
pub(super) fn once_each(loose: &[Box<LooseRevision>]) -> Vec<&RevisionRecord> {
    let mut best: HashMap<Hash, usize> = HashMap::new();
    let mut all: Vec<&RevisionRecord> = Vec::new();
    for record in loose.iter().map(|one| &one.record) {
        let Some(hash) = record.hash else {
            all.push(record);
            continue;
        };
        let at = *best.entry(hash).or_insert(all.len());
        match all.get_mut(at) {
            Some(own) if shows(own) < shows(record) => *own = record,
            Some(_) => {}
            None => all.push(record),
        }
    }
    all
}

/// Of revisions that came by themselves the first of each hash that shows most, among those that
/// `counts`.
pub(super) fn shown_most(
    placed: &[Placed],
    mut counts: impl FnMut(usize) -> bool,
) -> impl Iterator<Item = &RevisionRecord> {
    let mut best: BTreeMap<(u64, Option<[u8; 32]>), &RevisionRecord> = BTreeMap::new();
    for (_, one) in placed
        .iter()
        .enumerate()
        .filter(|(index, _)| counts(*index))
    {
        let record = &one.loose.record;
        let key = (
            one.loose.address.sequence_no,
            record.hash.map(|hash| hash.0),
        );
        let own = best.entry(key).or_insert(record);
        if shows(own) < shows(record) {
            *own = record;
        }
    }
    best.into_values()
}
