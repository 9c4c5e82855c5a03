//! How many entries the blocks have that nothing in them explains, which have more than is
//! usual, and which are silent: nothing tells what was changed there.
//!
//! Leaving out a block's `transactionInfo`, `redactionInfo` or `revisions` changes no
//! hash; only its entries are then explained by nothing. QLDB adds entries of its own to
//! each block, as many to most of them. Where all content is left out, the entries may be
//! replaced by the nodes above them, or shown as revisions known by their hash alone, so that
//! their number tells nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::blocks::StrandId;
use crate::findings::block::CheckedBlock;
use crate::findings::revision::RevisionRecord;
use crate::findings::{Code, Finding};
use crate::words::counted;

/// Numbers that are told apart; a block with more entries counts as one with so many.
const NUMBERS_MAX: u64 = 64;
/// Blocks with one number whose places are kept.
const PLACES_MAX: usize = 1000;

/// What is known of entries that nothing explains.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Unexplained {
    /// Blocks by the number of them.
    numbers: BTreeMap<u64, Blocks>,
    silent: Silent,
    /// Of block 0 their number, and whether it is silent or has revisions known by their hash alone.
    genesis: Option<(u64, bool)>,
}

/// Blocks without `transactionInfo` that have no revision of any document, or some that are hashes alone.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Silent {
    count: u64,
    /// The first runs of them.
    runs: Vec<(u64, u64)>,
    first: Option<Place>,
}

/// Runs of silent blocks that are named.
const RUNS_MAX: usize = 20;

/// The blocks that have one number of them.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Blocks {
    count: u64,
    first: Vec<Place>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Place {
    sequence_no: u64,
    entries: u64,
    path: Arc<str>,
    offset: u64,
}

impl Unexplained {
    /// Takes in a block. Must be called in the order of the journal.
    pub(super) fn add(&mut self, block: &CheckedBlock) {
        let entries = block.internal_entries;
        let sequence_no = block.address.sequence_no;
        let place = || Place {
            sequence_no,
            entries,
            path: block.path.clone(),
            offset: block.offset,
        };
        let blocks = self.numbers.entry(entries.min(NUMBERS_MAX)).or_default();
        blocks.count += 1;
        if blocks.first.len() < PLACES_MAX {
            blocks.first.push(place());
        }
        let of_document = |record: &RevisionRecord| record.document.is_some();
        let infos = block.fingerprint.infos();
        let told = block.revisions.iter().any(of_document);
        let bare = !block.revisions.iter().all(of_document);
        // What is a hash alone may be a revision of any document, and no transaction tells.
        let silent = infos[0].is_none() && (bare || infos == [None; 2] && !told);
        if silent {
            self.silent.add(place());
        }
        if sequence_no == 0 {
            self.genesis = Some((entries, silent || bare));
        }
    }

    /// How many blocks say nothing of what they changed.
    pub(crate) fn silent(&self) -> u64 {
        self.silent.count
    }

    /// Whether block 0 may be a later block whose `previousBlockHash` was moved among its
    /// entries: that there is nothing before it, no hash shows.
    pub(crate) fn genesis_may_be_another(&self) -> bool {
        let other = |(entries, open)| open || self.usual().is_none_or(|usual| entries > usual);
        self.genesis.is_some_and(other)
    }

    /// The number that more than half of the blocks have, if there is one.
    pub(crate) fn usual(&self) -> Option<u64> {
        let all: u64 = self.numbers.values().map(|blocks| blocks.count).sum();
        let most = self
            .numbers
            .iter()
            .find(|(_, blocks)| blocks.count > all / 2);
        most.map(|(number, _)| *number)
    }

    /// How many there are in how many blocks, in brackets, where blocks differ: `1 in 4 blocks, 2 in 40 blocks`.
    pub(crate) fn spread(&self) -> String {
        let some = self.numbers.iter().filter(|(number, _)| **number > 0);
        let each = some.map(|(number, blocks)| {
            let more = if *number == NUMBERS_MAX {
                " or more"
            } else {
                ""
            };
            format!(
                "{number}{more} in {}",
                counted(blocks.count, "block", "blocks")
            )
        });
        let each: Vec<String> = each.collect();
        match each.len() {
            0 | 1 => String::new(),
            _ => format!(" ({})", each.join(", ")),
        }
    }

    /// How many blocks have more than the usual number.
    pub(crate) fn unusual(&self) -> u64 {
        self.beyond().map(|(_, blocks)| blocks.count).sum()
    }

    /// A finding for each of them, up to a bound.
    pub(crate) fn findings(&self, strand: &StrandId) -> Vec<Finding> {
        let mut places: Vec<&Place> = self
            .beyond()
            .flat_map(|(_, blocks)| &blocks.first)
            .collect();
        places.sort_by_key(|place| place.sequence_no);
        places.truncate(PLACES_MAX);
        let usual = self.usual().unwrap_or(0);
        let finding = |place: &Place| {
            let message = format!(
                "{} entries of entriesHashList are explained by nothing in this block, where {usual} are usual: transactionInfo, redactionInfo or revisions may have been left out, which changes no hash",
                place.entries
            );
            Finding::new(Code::InternalEntries, message)
                .strand(strand)
                .sequence_no(place.sequence_no)
                .field("entriesHashList")
                .source(&place.path, Some(place.offset))
                .remedy("look at this block in another copy of the journal; blocks that the service made for itself may differ as well")
        };
        let more = places.into_iter().map(finding);
        more.chain(self.silent.finding(strand)).collect()
    }

    fn beyond(&self) -> impl Iterator<Item = (&u64, &Blocks)> {
        let usual = self.usual();
        let more = move |number: &u64| usual.is_some_and(|usual| *number > usual);
        self.numbers.iter().filter(move |(number, _)| more(number))
    }
}

impl Silent {
    fn add(&mut self, place: Place) {
        self.count += 1;
        let number = place.sequence_no;
        let full = self.runs.len() == RUNS_MAX;
        match self.runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ if full => {}
            _ => self.runs.push((number, number)),
        }
        self.first.get_or_insert(place);
    }

    fn finding(&self, strand: &StrandId) -> Option<Finding> {
        let first = self.first.as_ref()?;
        let run = |&(first, last): &(u64, u64)| match first == last {
            true => first.to_string(),
            false => format!("{first} to {last}"),
        };
        let mut runs = self.runs.iter().map(run).collect::<Vec<_>>().join(", ");
        let named: u64 = self.runs.iter().map(|(first, last)| last - first + 1).sum();
        if named < self.count {
            let _ = write!(runs, " and {} more", self.count - named);
        }
        let (which, has) = match self.count {
            1 => ("block", "has"),
            _ => ("blocks", "have"),
        };
        let message = format!(
            "{which} {runs} {has} no transactionInfo, and no revisions or some that are hashes alone: nothing tells what was changed there, since leaving it out changes no hash"
        );
        let finding = Finding::new(Code::InternalEntries, message)
            .strand(strand)
            .field("transactionInfo")
            .source(&first.path, Some(first.offset))
            .remedy("look at them in another copy of the journal; blocks that the service made for itself look the same");
        Some(finding)
    }
}
