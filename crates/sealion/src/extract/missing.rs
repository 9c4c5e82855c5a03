//! What is not among the rows, though something that a hash covers tells of it.

use std::collections::{BTreeMap, HashSet};

use crate::blocks::BlockAddress;
use crate::findings::{CheckedBlock, Copies, Found};
use crate::prove::WantedRevisions;
use crate::{Code, Report, StrandId};

/// Revisions of each kind that an [`Extraction`](super::Extraction) names.
pub const UNSEEN_MAX: usize = 1000;

/// Something of which there are no rows: the first [`UNSEEN_MAX`], and the number of all.
#[derive(Clone, Debug)]
pub struct LeftOut<T> {
    /// The first of them.
    pub first: Vec<T>,
    /// How many there are.
    pub total: u64,
}

impl<T> Default for LeftOut<T> {
    fn default() -> LeftOut<T> {
        LeftOut {
            first: Vec::new(),
            total: 0,
        }
    }
}

impl<T> LeftOut<T> {
    pub(super) fn push(&mut self, one: T) {
        self.total += 1;
        if self.first.len() < UNSEEN_MAX {
            self.first.push(one);
        }
    }
}

/// A revision that a later block orders to redact: strand, document, version.
type Ordered = (StrandId, String, u64);

/// Orders to redact of wanted documents, with the address of what is to be redacted.
#[derive(Default)]
pub(super) struct Orders(BTreeMap<Ordered, BlockAddress>);

impl Orders {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn note(&mut self, block: &CheckedBlock, wanted: &WantedRevisions) {
        for order in &block.redactions {
            let (id, version) = (order.document_id.as_str(), order.version);
            if wanted.fits_in(id, version, order.address.sequence_no) {
                let strand = block.address.strand_id.clone();
                let key = (strand, id.to_owned(), version);
                self.0.insert(key, order.address.clone());
            }
        }
    }

    /// Takes note of what is there, redacted or not.
    pub(super) fn met(&mut self, copies: Copies<'_>) {
        if self.0.is_empty() {
            return;
        }
        for found in copies.documents() {
            let strand = copies.lead.address.strand_id.clone();
            self.0.remove(&(strand, found.id.to_owned(), found.version));
        }
    }

    /// What was ordered to be redacted and never met.
    pub(super) fn left(self) -> impl Iterator<Item = (BlockAddress, String)> {
        let all = self.0.into_iter();
        all.map(|((_, id, _), address)| (address, id))
    }
}

/// Versions whose predecessors are not in a whole journal, as its report has them.
pub(super) struct Gaps {
    known: HashSet<(u64, String, u64)>,
    documents: HashSet<String>,
    /// Versions of these documents that went by, in whichever copy.
    met: HashSet<(String, u64)>,
    /// How many more there are.
    pub(super) not_listed: u64,
}

impl Gaps {
    pub(super) fn of(report: &Report) -> Gaps {
        let gap = |finding: &&crate::Finding| finding.code == Code::VersionGap;
        let listed = report.findings().iter().filter(gap);
        let place = |found: &crate::Finding| {
            let id = found.document_id.clone()?;
            Some((found.sequence_no?, id, found.version?))
        };
        let known: HashSet<_> = listed.clone().filter_map(place).collect();
        let total = report.finding_totals.get(&Code::VersionGap);
        let total = total.copied().unwrap_or_default();
        Gaps {
            documents: known.iter().map(|(_, id, _)| id.clone()).collect(),
            known,
            met: HashSet::new(),
            not_listed: total.saturating_sub(listed.count() as u64),
        }
    }

    pub(super) fn clear(&mut self) {
        self.met.clear();
    }

    /// Takes note of what is there.
    pub(super) fn met(&mut self, found: &Found<'_>) {
        if self.documents.contains(found.id) {
            self.met.insert((found.id.to_owned(), found.version));
        }
    }

    /// Whether the version before this one is missing.
    pub(super) fn before(&self, found: &Found<'_>) -> bool {
        if !self.documents.contains(found.id) {
            return false;
        }
        let number = found.block.address.sequence_no;
        let key = (number, found.id.to_owned(), found.version);
        let before = found.version.checked_sub(1);
        let before = before.map(|version| (found.id.to_owned(), version));
        self.known.contains(&key) && before.is_some_and(|one| !self.met.contains(&one))
    }
}
