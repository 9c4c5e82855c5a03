//! Whether an answer is the one that was asked for. A server that answers with
//! another block or revision answers with a genuine one: its proof holds, and only
//! the question tells that it is the wrong one.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::code::Code;
use super::finding::{Finding, Findings};
use super::journal::{Met, StrandFold};
use super::loose::LooseRevision;
use crate::blocks::claim::Id;
use crate::blocks::revision::Kind;
use crate::blocks::{BlockAddress, Hash, StrandId};

/// What GetBlock or GetRevision was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The block.
    pub address: BlockAddress,
    /// The document whose revision in that block is wanted; `None`: the block itself.
    pub document_id: Option<String>,
}

/// Requests by the names of the files that must answer them.
pub(crate) type Requests = BTreeMap<Arc<str>, Request>;

impl Request {
    /// What is wrong with an answer that says it is of `address`, and of `document`.
    pub(crate) fn differs(
        &self,
        address: &BlockAddress,
        document: Option<&str>,
    ) -> Option<Finding> {
        let other_document = self.document_id.is_some() && self.document_id.as_deref() != document;
        if *address == self.address && !other_document {
            return None;
        }
        let document = document.filter(|_| self.document_id.is_some());
        let message = format!(
            "asked for {}, got {}",
            name(&self.address, self.document_id.as_deref()),
            name(address, document)
        );
        Some(
            Finding::new(Code::Request, message)
                .at(address)
                .claimed(name(address, document))
                .remedy("do not use it for what was asked: ask again, or ask another server"),
        )
    }
}

/// Where a revision's hash was met: in a block, by itself, or in a receipt.
struct Named<'a> {
    address: BlockAddress,
    document: Option<&'a (Id, Option<u64>)>,
    receipt: bool,
    path: &'a Arc<str>,
}

/// Holds everything that has one revision hash against each other, in whatever file it is.
/// The hash is made of the document's id, its version and its time, so that there is one
/// revision with it, in one block.
pub(crate) fn check_revisions(
    strands: &mut BTreeMap<StrandId, StrandFold>,
    findings: &mut Findings,
) {
    let mut failed: Vec<(StrandId, usize)> = Vec::new();
    let mut first: HashMap<Hash, Named<'_>> = HashMap::new();
    for (strand_id, strand) in strands.iter() {
        for met in strand.seen.revisions() {
            first
                .entry(met.hash)
                .or_insert_with(|| in_block(strand_id, met));
        }
    }
    for (strand_id, strand) in strands.iter() {
        for (index, placed) in strand.placed.iter().enumerate() {
            let loose = &placed.loose;
            let Some(hash) = loose.record.hash.filter(|_| !loose.failed) else {
                continue;
            };
            let own = by_itself(loose);
            match first.entry(hash) {
                Entry::Vacant(vacant) => _ = vacant.insert(own),
                Entry::Occupied(before) => {
                    if let Some(finding) = before.get().contradicts(&own, &hash) {
                        findings.push(loose.about(finding));
                        failed.push((strand_id.clone(), index));
                    }
                }
            }
        }
    }
    for (strand_id, index) in failed {
        let strand = strands.get_mut(&strand_id);
        if let Some(placed) = strand.and_then(|strand| strand.placed.get_mut(index)) {
            placed.loose.failed = true;
        }
    }
}

fn in_block<'a>(strand_id: &StrandId, met: &'a Met) -> Named<'a> {
    Named {
        address: BlockAddress::new(strand_id.clone(), met.number),
        document: met.document.as_ref(),
        receipt: false,
        path: &met.path,
    }
}

fn by_itself(loose: &LooseRevision) -> Named<'_> {
    Named {
        address: loose.address.clone(),
        document: loose.record.document.as_ref(),
        receipt: loose.record.kind == Kind::Unseen,
        path: &loose.path,
    }
}

impl Named<'_> {
    /// What is wrong if both have the same hash.
    fn contradicts(&self, other: &Named<'_>, hash: &Hash) -> Option<Finding> {
        let same_document = match (self.document, other.document) {
            (Some((id, version)), Some((other_id, other_version))) => {
                let versions = version.zip(*other_version);
                id == other_id && versions.is_none_or(|(a, b)| a == b)
            }
            _ => true,
        };
        if same_document && self.address == other.address {
            return None;
        }
        let (own, others) = (self.words(), other.words());
        let (code, remedy) = match self.receipt == other.receipt {
            true => (
                Code::SameHash,
                "the hash is made of the document's id, version and time, so only one of the two names what it is of: ask for the block itself",
            ),
            false => (
                Code::Request,
                "the receipt names another thing than the revision that its hash is of: do not use it for what it names",
            ),
        };
        let message = format!(
            "{} and {} have one revision hash, for {own} and for {others}",
            self.path, other.path
        );
        Some(
            Finding::new(code, message)
                .values(format!("{hash}: {others}"), format!("{hash}: {own}"))
                .remedy(remedy),
        )
    }

    fn words(&self) -> String {
        let block = format!("block {}", self.address);
        match self.document {
            Some((id, Some(version))) => format!("document {id} version {version} in {block}"),
            Some((id, None)) => format!("document {id} in {block}"),
            None => block,
        }
    }
}

fn name(address: &BlockAddress, document: Option<&str>) -> String {
    match document {
        Some(id) => format!("document {id} in block {address}"),
        None => format!("block {address}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StrandId;

    fn at(strand: &str, sequence_no: u64) -> BlockAddress {
        BlockAddress::new(StrandId::new(strand), sequence_no)
    }

    #[test]
    fn every_part_of_a_request_counts() {
        let block = Request {
            address: at("s", 3),
            document_id: None,
        };
        assert_eq!(block.differs(&at("s", 3), None), None);
        assert!(block.differs(&at("s", 4), None).is_some());
        assert!(block.differs(&at("t", 3), None).is_some());
        let revision = Request {
            document_id: Some("d".to_owned()),
            ..block
        };
        assert_eq!(revision.differs(&at("s", 3), Some("d")), None);
        for (address, document) in [(at("s", 3), "e"), (at("s", 2), "d"), (at("t", 3), "d")] {
            let finding = revision.differs(&address, Some(document)).unwrap();
            assert_eq!(finding.code, Code::Request);
        }
        assert!(revision.differs(&at("s", 3), None).is_some());
    }
}
