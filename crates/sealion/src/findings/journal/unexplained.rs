//! How many entries the blocks have that nothing in them explains, and which have more
//! than is usual.
//!
//! Leaving out a block's `transactionInfo`, `redactionInfo` or `revisions` changes no
//! hash; only its entries are then explained by nothing. QLDB adds entries of its own to
//! each block, as many to most of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::blocks::StrandId;
use crate::findings::block::CheckedBlock;
use crate::findings::{Code, Finding};

/// Numbers that are told apart; a block with more entries counts as one with so many.
const NUMBERS_MAX: u64 = 64;
/// Blocks with one number whose places are kept.
const PLACES_MAX: usize = 1000;

/// Blocks by the number of entries that nothing explains.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Unexplained(BTreeMap<u64, Blocks>);

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
        let blocks = self.0.entry(entries.min(NUMBERS_MAX)).or_default();
        blocks.count += 1;
        if blocks.first.len() < PLACES_MAX {
            blocks.first.push(Place {
                sequence_no: block.address.sequence_no,
                entries,
                path: block.path.clone(),
                offset: block.offset,
            });
        }
    }

    /// The number that more than half of the blocks have, if there is one.
    pub(crate) fn usual(&self) -> Option<u64> {
        let all: u64 = self.0.values().map(|blocks| blocks.count).sum();
        let most = self.0.iter().find(|(_, blocks)| blocks.count > all / 2);
        most.map(|(number, _)| *number)
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
        places.into_iter().map(finding).collect()
    }

    fn beyond(&self) -> impl Iterator<Item = (&u64, &Blocks)> {
        let usual = self.usual();
        let more = move |number: &u64| usual.is_some_and(|usual| *number > usual);
        self.0.iter().filter(move |(number, _)| more(number))
    }
}
