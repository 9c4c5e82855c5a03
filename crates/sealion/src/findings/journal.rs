//! Folds checked blocks, in the order of the journal, into what is known of each
//! strand: the chain, the tree, coverage, and the roots that digests ask for.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::block::CheckedBlock;
use super::code::Severity;
use super::copies::shows;
use super::facts::Asked as AskedFacts;
use super::finding::Findings;
use super::joined::once_each;
use super::loose::{place_in_block, LooseRevision};
use super::outcome::Asked;
use super::used::{Boxed, Used};
use crate::blocks::claim::Id;
use crate::blocks::{BlockAddress, Hash, StrandId};
use crate::Limits;

mod given;
mod kept;
mod misfits;
mod resting;
mod seen;
mod segment;
mod strand;
mod unexplained;

use given::ByPath;
pub(crate) use given::Given;
pub(crate) use kept::KeptJournal;
use misfits::duplicate;
pub(crate) use resting::{unfit, Prefix};
pub(crate) use seen::Met;
pub(crate) use segment::Segment;
pub(crate) use strand::{ProvenBlock, StrandFold};

/// What stands at an address.
pub(crate) enum Item {
    Block(Boxed),
    Loose(Box<LooseRevision>),
}

impl Item {
    pub(crate) fn address(&self) -> &BlockAddress {
        match self {
            Item::Block(block) => &block.address,
            Item::Loose(loose) => &loose.address,
        }
    }
}

/// What the fold must look out for.
#[derive(Default)]
pub(crate) struct Wanted {
    /// Tips at which a digest is to be compared, by sequence number; whose strand
    /// it is, is looked at later.
    pub(crate) tips: BTreeSet<u64>,
    /// Digests whose tip nobody named, and what proofs fold to that is no digest here.
    pub(crate) tipless: HashSet<Hash>,
    /// Blocks of which there is a proof.
    pub(crate) proven: BTreeSet<BlockAddress>,
    /// Nodes of the tree that something at hand speaks of.
    pub(crate) facts: Arc<AskedFacts>,
    /// Hashes of revisions and receipts that came by themselves.
    pub(crate) revisions: HashSet<Hash>,
    /// Hashes of documents that came by themselves.
    pub(crate) documents: HashSet<Hash>,
    /// Saved states that the run continues.
    pub(crate) prefixes: BTreeMap<StrandId, Prefix>,
    /// Whether a state is to be saved.
    pub(crate) trails: bool,
}

/// Documents of which a revision lies beside the block that knows it by its hash alone.
fn beside(block: &CheckedBlock, loose: &[Box<LooseRevision>]) -> Vec<Id> {
    let known = loose.iter().filter(|one| block.knows_by_hash(one));
    let ids = known.filter_map(|one| one.record.document.as_ref());
    ids.map(|(id, _)| id.clone()).collect()
}

/// The fold over all strands.
pub(crate) struct Journal<'a> {
    pub(crate) strands: BTreeMap<StrandId, StrandFold>,
    pub(crate) findings: &'a mut Findings,
    /// What each input gave.
    pub(crate) by_path: ByPath,
    /// Up to where a checkpoint stands for what went by.
    resumed_after: Option<BlockAddress>,
    asked: &'a Asked,
    limits: &'a Limits,
    wanted: &'a Wanted,
    /// Every pair of the tree is hashed by itself, by the reference.
    plain: bool,
    /// Sees every block, in order: the leading copy, and the others that hold and do not
    /// contradict it.
    pub(crate) watch: Option<Watch<'a>>,
    /// Where the memory of blocks goes; those that are on their way there.
    pub(crate) used: Arc<Used>,
    spent: Vec<Boxed>,
}

/// Who looks on while blocks go by.
pub(crate) type Watch<'a> = &'a mut (dyn FnMut(&CheckedBlock, &[&CheckedBlock]) + Send);

impl Asked {
    pub(crate) fn includes(&self, sequence_no: u64) -> bool {
        self.from.is_none_or(|from| from <= sequence_no)
            && self.to.is_none_or(|to| sequence_no <= to)
    }
}

impl<'a> Journal<'a> {
    pub(crate) fn new(
        findings: &'a mut Findings,
        asked: &'a Asked,
        limits: &'a Limits,
        wanted: &'a Wanted,
        plain: bool,
    ) -> Journal<'a> {
        let resting = wanted.prefixes.keys();
        let strands = resting.map(|id| (id.clone(), StrandFold::new(id, limits, wanted, plain)));
        Journal {
            strands: strands.collect(),
            findings,
            by_path: ByPath::default(),
            resumed_after: None,
            plain,
            asked,
            limits,
            wanted,
            watch: None,
            used: Arc::default(),
            spent: Vec::new(),
        }
    }

    /// Whether blocks are missing between some that are here.
    pub(crate) fn has_gap(&self) -> bool {
        self.strands
            .values()
            .any(|strand| strand.segments.len() > 1)
    }

    /// Whether a checkpoint stands for what is at `address`.
    fn is_behind(&self, address: &BlockAddress) -> bool {
        let after = self.resumed_after.as_ref();
        after.is_some_and(|after| address <= after)
    }

    /// Takes in everything that stands at one address. Addresses must rise.
    pub(crate) fn take(&mut self, address: &BlockAddress, items: &mut Vec<Item>) {
        if self.is_behind(address) {
            return self.retake(address, items);
        }
        let mut blocks: Vec<Boxed> = Vec::new();
        let mut loose = Vec::new();
        let mut lead: Option<Boxed> = None;
        for item in items.drain(..) {
            match item {
                Item::Block(mut block) => {
                    self.findings.extend(block.findings.iter().cloned());
                    self.by_path.of(&block.path).add(&block);
                    block.findings.retain(|f| f.severity == Severity::Failure);
                    // Of several copies one without a failure leads, and of these the one that
                    // has most to show; answers that lie beside an export do not stand before it,
                    // for they have no text. Whether texts are kept must not matter: passes differ in that.
                    let rank = |block: &CheckedBlock| {
                        (block.findings.is_empty(), block.shown(), !block.alone)
                    };
                    match &mut lead {
                        None => lead = Some(block),
                        Some(lead) if rank(lead) < rank(&block) => {
                            blocks.insert(0, std::mem::replace(lead, block));
                        }
                        Some(_) => blocks.push(block),
                    }
                }
                Item::Loose(revision) => {
                    self.by_path.of(&revision.path).revisions += 1;
                    loose.push(revision);
                }
            }
        }
        if !self.strands.contains_key(&address.strand_id) {
            let strand = StrandFold::new(&address.strand_id, self.limits, self.wanted, self.plain);
            self.strands.insert(address.strand_id.clone(), strand);
        }
        let Some(strand) = self.strands.get_mut(&address.strand_id) else {
            return;
        };
        for block in &blocks {
            strand.not_written_by_qldb(&block.unknown_fields);
        }
        for revision in &loose {
            strand.not_written_by_qldb(&revision.unknown_fields);
        }
        if let Some(lead) = &mut lead {
            let mut others: Vec<&CheckedBlock> = Vec::new();
            for other in &blocks {
                if let Some(finding) = duplicate(lead, other) {
                    self.findings.push(finding.clone());
                    lead.findings.push(finding);
                } else if other.findings.is_empty() {
                    others.push(other);
                }
            }
            if !blocks.is_empty() && self.asked.includes(address.sequence_no) {
                strand.repeated += 1;
            }
            strand.add(lead, self.asked, self.wanted, self.findings);
            lead.hidden.extend(beside(lead, &loose));
            if let Some(watch) = &mut self.watch {
                watch(lead, &others);
            }
        }
        if lead.is_none() && self.asked.includes(address.sequence_no) {
            for record in once_each(&loose) {
                strand.count(record);
            }
        }
        let mut filling = Vec::new();
        for mut revision in loose {
            revision.settle_types(lead.as_deref(), self.findings);
            let known_by_hash = lead
                .as_ref()
                .is_none_or(|lead| lead.knows_by_hash(&revision));
            let known = lead.as_ref().and_then(|lead| lead.known_by_hash(&revision));
            let placed = place_in_block(*revision, lead.as_deref(), self.findings);
            if let Some(own) = known.filter(|_| self.asked.includes(address.sequence_no)) {
                filling.push((own, placed.loose.record.clone()));
            }
            // Of those in a bundle more is said already.
            if known_by_hash && !placed.loose.bundled {
                strand.see_alone(&placed.loose);
            }
            strand.placed.push(placed);
        }
        // Whichever file was first: what shows most is counted.
        filling.sort_by_key(|(_, record)| Reverse(shows(record)));
        for (own, record) in &filling {
            strand.fill(*own, record);
        }
        self.spend(blocks.into_iter().chain(lead));
    }

    /// Gives away the memory of blocks that are done with: so many at a time, because
    /// every time another thread may have to wait.
    fn spend(&mut self, blocks: impl Iterator<Item = Boxed>) {
        const AT_ONCE: usize = 64;
        self.spent.extend(blocks);
        if self.spent.len() >= AT_ONCE {
            self.used.give(&mut self.spent);
        }
    }
}
