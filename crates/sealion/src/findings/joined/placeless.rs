//! Revisions that name no block, as stream records and rows of a query may have lost it: what
//! has their hash says where they stand.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::blocks::revision::Kind;
use crate::blocks::{BlockAddress, Hash, StrandId};
use crate::findings::code::{Code, Severity};
use crate::findings::copies::shows;
use crate::findings::finding::{Finding, Findings};
use crate::findings::journal::StrandFold;
use crate::findings::loose::{LooseProof, LooseRevision, Placed};
use crate::findings::outcome::Asked;
use crate::findings::revision::RevisionRecord;

/// A revision whose hash its content gives.
#[derive(Clone, Debug)]
pub(crate) struct Placeless {
    pub(crate) record: RevisionRecord,
    pub(crate) path: Arc<str>,
    pub(crate) unknown_fields: Vec<String>,
}

/// Puts each where a block, a receipt or another revision with its hash stands. `trusting`:
/// whether everything must hang under a digest.
pub(crate) fn join_placeless(
    mut placeless: Vec<Placeless>,
    strands: &mut BTreeMap<StrandId, StrandFold>,
    asked: &Asked,
    trusting: bool,
    findings: &mut Findings,
) {
    if placeless.is_empty() {
        return;
    }
    let places = places(strands);
    // Whichever file was first: what shows most is counted.
    placeless.sort_by_key(|one| Reverse(shows(&one.record)));
    for one in placeless {
        let place = one.record.hash.and_then(|hash| places.get(&hash));
        let Some((address, in_block, known)) = place else {
            findings.push(one.nowhere(trusting));
            continue;
        };
        if one.record.kind == Kind::Redacted && known.is_some() {
            findings.push(one.without_order(address));
        }
        let Some(strand) = strands.get_mut(&address.strand_id) else {
            continue;
        };
        match known {
            _ if !in_block => strand.recount(address, &one.record),
            Some(own) if asked.includes(address.sequence_no) => strand.fill(*own, &one.record),
            _ => {}
        }
        strand.not_written_by_qldb(&one.unknown_fields);
        strand.placed.push(one.at(address.clone(), *in_block));
    }
}

/// Where revisions of each hash stand, blocks before anything else; whether it is a block
/// that says so, and what a revision is taken for of which no more than the hash stands there.
fn places(
    strands: &BTreeMap<StrandId, StrandFold>,
) -> HashMap<Hash, (BlockAddress, bool, Option<Kind>)> {
    let mut places = HashMap::new();
    for (strand_id, strand) in strands {
        for met in strand.seen.revisions() {
            let address = BlockAddress::new(strand_id.clone(), met.number);
            let known = match (met.recomputed, &met.document) {
                (true, _) => None,
                (false, Some(_)) => Some(Kind::Unseen),
                (false, None) => Some(Kind::Internal),
            };
            places.entry(met.hash).or_insert((address, true, known));
        }
    }
    let placed = strands.values().flat_map(|strand| &strand.placed);
    for Placed { loose, .. } in placed.filter(|placed| !placed.loose.failed) {
        if let Some(hash) = loose.record.hash {
            let known = Some(loose.record.kind).filter(|kind| *kind == Kind::Unseen);
            let place = (loose.address.clone(), false, known);
            places.entry(hash).or_insert(place);
        }
    }
    places
}

impl Placeless {
    /// Whether it may be joined by its hash alone. What has no data hashes like other things.
    pub(crate) fn may_be(kind: Kind) -> bool {
        matches!(kind, Kind::User | Kind::Redacted)
    }

    fn at(self, address: BlockAddress, in_block: bool) -> Placed {
        Placed {
            loose: LooseRevision {
                address,
                record: self.record,
                transaction: None,
                proof: LooseProof::None,
                path: self.path,
                bundled: false,
                failed: false,
                unknown_fields: self.unknown_fields,
                typeless: None,
            },
            in_block,
            hashes_in_block: None,
            told: false,
        }
    }

    /// A redaction that its block does not show: whether a later one ordered it was not looked for.
    fn without_order(&self, address: &BlockAddress) -> Finding {
        let message = "a redacted revision that stands apart from its block, which knows it by its hash alone: nothing here says that its data was ordered to be redacted";
        let finding = Finding::new(Code::UnrecordedRedaction, message)
            .severity(Severity::Warning)
            .at(address)
            .source(&self.path, Some(self.record.offset))
            .remedy("hand over the whole block, and the later ones");
        match &self.record.document {
            Some((id, version)) => finding.document(id.clone(), *version),
            None => finding,
        }
    }

    fn nowhere(&self, trusting: bool) -> Finding {
        let message = "this revision names no block: its hash agrees with its content, and nothing here has that hash";
        let mut finding = Finding::new(Code::Gap, message)
            .source(&self.path, Some(self.record.offset))
            .field("blockAddress");
        if let Some((id, version)) = &self.record.document {
            finding = finding.document(id.clone(), *version);
        }
        match trusting {
            true => finding.remedy("hand over the export with its block, or a receipt or proof for it: they are joined by the hash"),
            // Nothing more was asked of it than of any revision.
            false => finding.severity(Severity::Note),
        }
    }
}
