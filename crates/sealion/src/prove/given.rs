//! Which revisions were met and proven, so that one that is missing between them is named.

use std::collections::hash_map::RandomState;
use std::collections::HashSet;
use std::hash::BuildHasher;

use crate::findings::Found;
use crate::{Code, Report};

/// Sixteen bytes a revision: hashes of document and version, under keys of this run.
#[derive(Default)]
pub(super) struct Given {
    keys: RandomState,
    met: HashSet<u64>,
    given: HashSet<u64>,
}

impl Given {
    fn key(&self, id: &str, version: u64) -> u64 {
        self.keys.hash_one((id, version))
    }

    /// It is in one of the copies.
    pub(super) fn met(&mut self, found: &Found<'_>) {
        let key = self.key(found.id, found.version);
        self.met.insert(key);
    }

    /// It was proven.
    pub(super) fn give(&mut self, found: &Found<'_>) {
        let key = self.key(found.id, found.version);
        self.given.insert(key);
    }

    /// What is missing before those that were given, as the report of a whole journal
    /// tells: a sentence for each.
    pub(super) fn gaps(&self, report: &Report) -> Vec<String> {
        let gaps = report.findings().iter();
        let gaps = gaps.filter(|finding| finding.code == Code::VersionGap);
        let mut listed = 0;
        let mut all: Vec<String> = gaps
            .inspect(|_| listed += 1)
            .filter_map(|found| {
                let (id, version) = (found.document_id.as_deref()?, found.version?);
                let before = version.checked_sub(1)?;
                let given = self.given.contains(&self.key(id, version));
                let missing = given && !self.met.contains(&self.key(id, before));
                missing.then(|| format!("document {id} version {before}, and perhaps earlier ones, are not here, though version {version} is"))
            })
            .collect();
        let total = report.finding_totals.get(&Code::VersionGap).copied();
        let more = total.unwrap_or_default().saturating_sub(listed);
        if more > 0 {
            all.push(format!("{more} more versions are missing in the journal, perhaps of documents asked for: raise the limit findings_max"));
        }
        all
    }
}
