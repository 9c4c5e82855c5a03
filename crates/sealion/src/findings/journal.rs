//! Folds checked blocks, in the order of the journal, into what is known of each
//! strand: the chain, the tree, coverage, and the roots that digests ask for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::block::CheckedBlock;
use super::code::{Code, Severity};
use super::documents::{Documents, Place};
use super::finding::{Finding, Findings};
use super::leaves::Leaves;
use super::loose::{place_in_block, LooseRevision, Placed};
use super::outcome::{Asked, RevisionCounts, State};
use super::revision::{RevisionRecord, Standing};
use super::span::Trail;
use super::used::{Boxed, Used};
use crate::blocks::revision::Kind;
use crate::blocks::time::Time;
use crate::blocks::{BlockAddress, Hash, StrandId};
use crate::Limits;

mod kept;
mod resting;

pub(crate) use kept::KeptJournal;
pub(crate) use resting::{unfit, Prefix};

/// Names of unknown fields that the report lists.
const UNKNOWN_FIELDS_MAX: usize = 100;

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
    /// Digests whose tip nobody named.
    pub(crate) tipless: Vec<Hash>,
    /// Blocks of which there is a proof.
    pub(crate) proven: BTreeSet<BlockAddress>,
    /// Saved states that the run continues.
    pub(crate) prefixes: BTreeMap<StrandId, Prefix>,
    /// Whether a state is to be saved.
    pub(crate) trails: bool,
}

/// A run of blocks without a gap.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Segment {
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// Runs of blocks within it that are not plainly consistent.
    pub(crate) exceptions: Vec<(u64, u64, State)>,
    /// Whether some block came from a journal (export or stream), not alone.
    pub(crate) journal: bool,
    /// All leaves, if the segment starts at block 0 and each could be computed.
    leaves: Option<Leaves>,
    /// The last block's hash: as recomputed, and as recorded.
    last_hash: Option<Hash>,
    last_recorded: Option<Hash>,
    /// The first block from which the chain holds up to `last`.
    chained_from: u64,
    /// Where the state ends whose nodes `range` starts with, if one helped.
    rests_to: Option<u64>,
}

/// A block of which there is a proof, as it was met.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct ProvenBlock {
    pub(crate) hash: Hash,
    /// The first block that the chain ties to this one.
    pub(crate) chained_from: u64,
}

/// Everything known of a strand once its blocks have gone by.
pub(crate) struct StrandFold {
    plain: bool,
    pub(crate) segments: Vec<Segment>,
    pub(crate) blocks: u64,
    pub(crate) revisions: RevisionCounts,
    /// Roots at wanted tips, and at the end of a whole journal.
    pub(crate) roots: BTreeMap<u64, Hash>,
    /// Where a digest without a tip was met: its hash and the tip.
    pub(crate) found: Vec<(Hash, u64)>,
    pub(crate) proven: BTreeMap<u64, ProvenBlock>,
    pub(crate) placed: Vec<Placed>,
    pub(crate) internal_entries: (u64, u64),
    pub(crate) unseen: u64,
    pub(crate) unknown_fields: BTreeSet<String>,
    /// Bytes of the genesis block's previous hash.
    pub(crate) genesis_previous: Option<usize>,
    /// Deleting revisions by the rule that their hashes follow.
    pub(crate) deletions: BTreeMap<&'static str, u64>,
    /// The state that the strand continues, unless it turned out not to fit.
    pub(crate) prefix: Option<Prefix>,
    /// What a state to be saved keeps.
    pub(crate) trail: Option<Trail>,
    /// Of revisions that a checkpoint knows: how they stand in their blocks.
    waiting: VecDeque<(bool, Option<usize>)>,
    documents: Option<Documents>,
    last_time: Option<Time>,
}

/// What an input gave.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Given {
    pub(crate) blocks: u64,
    pub(crate) revisions: u64,
    /// The last block's sequence number.
    pub(crate) last: Option<u64>,
}

/// What each input gave. Blocks come in runs of one input, so the one at hand is kept apart.
#[derive(Clone, Default)]
pub(crate) struct ByPath {
    others: BTreeMap<Arc<str>, Given>,
    last: Option<(Arc<str>, Given)>,
}

impl From<Vec<(Arc<str>, Given)>> for ByPath {
    fn from(all: Vec<(Arc<str>, Given)>) -> ByPath {
        ByPath {
            others: all.into_iter().collect(),
            last: None,
        }
    }
}

impl ByPath {
    fn of(&mut self, path: &Arc<str>) -> &mut Given {
        let own = self.last.take_if(|(own, _)| !Arc::ptr_eq(own, path));
        self.others.extend(own);
        let others = &mut self.others;
        let last = || (path.clone(), others.remove(path).unwrap_or_default());
        &mut self.last.get_or_insert_with(last).1
    }

    pub(crate) fn into_all(mut self) -> BTreeMap<Arc<str>, Given> {
        self.others.extend(self.last);
        self.others
    }
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
    /// Sees the leading copy of every block, in order.
    pub(crate) watch: Option<Watch<'a>>,
    /// Where the memory of blocks goes; those that are on their way there.
    pub(crate) used: Arc<Used>,
    spent: Vec<Boxed>,
}

/// Who looks on while blocks go by.
pub(crate) type Watch<'a> = &'a mut (dyn FnMut(&CheckedBlock) + Send);

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
                    let given = self.by_path.of(&block.path);
                    given.blocks += 1;
                    given.revisions += block.revisions.len() as u64;
                    given.last = Some(address.sequence_no);
                    block.findings.retain(|f| f.severity == Severity::Failure);
                    // Of several copies one without a failure leads, whose text was kept if
                    // any was: answers that lie beside an export do not stand before it.
                    let rank = |block: &CheckedBlock| {
                        (block.findings.is_empty(), block.captured.is_some())
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
        if let Some(lead) = &mut lead {
            for other in &blocks {
                if let Some(finding) = duplicate(lead, other) {
                    self.findings.push(finding.clone());
                    lead.findings.push(finding);
                }
            }
            strand.add(lead, self.asked, self.wanted, self.findings);
            if let Some(watch) = &mut self.watch {
                watch(lead);
            }
        }
        for revision in loose {
            if lead.is_none() {
                strand.count(&revision.record);
            }
            let placed = place_in_block(*revision, lead.as_deref(), self.findings);
            strand.placed.push(placed);
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

/// Two copies of a block: a finding if they differ in anything but content.
fn duplicate(lead: &CheckedBlock, other: &CheckedBlock) -> Option<Finding> {
    let field = lead.fingerprint.first_difference(&other.fingerprint)?;
    Some(
        Finding::new(
            Code::DuplicateBlock,
            format!("two different blocks at this address: {field} differs between {} and {}", lead.path, other.path),
        )
        .at(&lead.address)
        .field(field)
        .source(&other.path, Some(other.offset))
        .values(
            format!("{}: blockHash {}", other.path, show(other.fingerprint.block_hash)),
            format!("{}: blockHash {}", lead.path, show(lead.fingerprint.block_hash)),
        )
        .remedy("one of the two is not what QLDB wrote: verify each file alone against a trusted digest"),
    )
}

/// A block whose `previousBlockHash` is not the hash of the block before it.
fn broken_link(block: &CheckedBlock, before: &Segment, wrong: bool) -> Finding {
    let number = block.address.sequence_no.saturating_sub(1);
    let (message, ours) = match wrong {
        true => (
            format!("previousBlockHash is not the hash of block {number}"),
            before.last_hash,
        ),
        false => (
            format!("previousBlockHash is not the blockHash recorded in block {number}, though it is what that block recomputes to"),
            before.last_recorded,
        ),
    };
    Finding::new(Code::ChainLink, message)
        .at(&block.address)
        .field("previousBlockHash")
        .source(&block.path, Some(block.previous.offset))
        .values(show(block.previous.hash), show(ours))
        .remedy("one of the two blocks was changed or replaced: compare both with another copy")
}

/// A block whose time lies before that of the block before it.
fn time_order(block: &CheckedBlock, before: Time) -> Finding {
    Finding::new(
        Code::TimeOrder,
        "blockTimestamp lies before that of the preceding block",
    )
    .at(&block.address)
    .field("blockTimestamp")
    .source(&block.path, Some(block.timestamp.1))
    .values(block.timestamp.0.to_string(), before.to_string())
    .remedy("no hash covers blockTimestamp; clocks may step, so this alone proves nothing")
}

fn show(hash: Option<Hash>) -> String {
    hash.map_or_else(|| "not a hash".to_owned(), |hash| hash.to_string())
}

impl StrandFold {
    fn new(strand_id: &StrandId, limits: &Limits, wanted: &Wanted, plain: bool) -> StrandFold {
        let prefix = wanted.prefixes.get(strand_id);
        let trail = wanted.trails.then(|| Trail {
            span: prefix.map(|prefix| prefix.span.clone()),
            broken: None,
        });
        StrandFold {
            plain,
            prefix: prefix.cloned(),
            trail,
            segments: Vec::new(),
            blocks: 0,
            revisions: RevisionCounts::default(),
            roots: BTreeMap::new(),
            found: Vec::new(),
            proven: BTreeMap::new(),
            placed: Vec::new(),
            internal_entries: (0, 0),
            unseen: 0,
            unknown_fields: BTreeSet::new(),
            genesis_previous: None,
            deletions: BTreeMap::new(),
            waiting: VecDeque::new(),
            documents: Some(Documents::new(limits.documents_memory_bytes_max)),
            last_time: None,
        }
    }

    fn add(
        &mut self,
        block: &CheckedBlock,
        asked: &Asked,
        wanted: &Wanted,
        findings: &mut Findings,
    ) {
        let sequence_no = block.address.sequence_no;
        let failed = self.link(block, findings) || !block.findings.is_empty();
        self.meet_before(block, findings);
        let undecided = |record: &RevisionRecord| record.standing == Standing::Undecided;
        let state = match failed {
            true => State::Failed,
            false if block.revisions.iter().any(undecided) => State::RecordedOnly,
            false => State::Consistent,
        };
        let Some(segment) = self.segments.last_mut() else {
            return;
        };
        if state != State::Consistent {
            segment.except(sequence_no, state);
        }
        if let Some(leaves) = segment.grow(block) {
            if wanted.tips.contains(&sequence_no) {
                let root = leaves.root().unwrap_or(Hash::ZERO);
                self.roots.insert(sequence_no, root);
            }
            if !wanted.tipless.is_empty() {
                let root = leaves.root_of_each().unwrap_or(Hash::ZERO);
                let met = wanted.tipless.iter().filter(|wanted| **wanted == root);
                self.found.extend(met.map(|hash| (*hash, sequence_no)));
            }
        }
        if let (Some(hash), true) = (block.hash, wanted.proven.contains(&block.address)) {
            let chained_from = segment.chained_from;
            self.proven
                .insert(sequence_no, ProvenBlock { hash, chained_from });
        }
        self.meet_after(block, findings);
        if asked.includes(sequence_no) {
            let counted = self.revisions;
            self.blocks += 1;
            if self.unknown_fields.len() < UNKNOWN_FIELDS_MAX {
                self.unknown_fields
                    .extend(block.unknown_fields.iter().cloned());
            }
            if sequence_no == 0 {
                self.genesis_previous = Some(block.previous.length);
            }
            if block.internal_entries > 0 {
                self.internal_entries.0 += 1;
                self.internal_entries.1 += block.internal_entries;
            }
            block.revisions.iter().for_each(|record| self.count(record));
            if let Some(trail) = &mut self.trail {
                trail.add(block, self.revisions - counted);
            }
            self.remember(block, findings);
        }
    }

    /// Links the block to the one before it; true if the link is wrong.
    fn link(&mut self, block: &CheckedBlock, findings: &mut Findings) -> bool {
        let sequence_no = block.address.sequence_no;
        let follows = |segment: &&mut Segment| segment.last.checked_add(1) == Some(sequence_no);
        let Some(segment) = self.segments.last_mut().filter(follows) else {
            self.segments
                .push(Segment::starting_with(block, self.plain));
            self.last_time = Some(block.timestamp.0);
            return false;
        };
        segment.last = sequence_no;
        segment.journal |= !block.alone;
        let mut wrong = false;
        if segment.last_hash.is_none() || segment.last_hash != block.previous.hash {
            segment.chained_from = sequence_no;
        }
        let off = |before: Option<Hash>| before.is_some() && before != block.previous.hash;
        wrong |= off(segment.last_hash);
        // The recorded hash counts as well: where only that was changed, this block
        // is right, and the finding points at the one before it.
        if wrong || off(segment.last_recorded) {
            findings.push(broken_link(block, segment, wrong));
        }
        if let Some(before) = self.last_time.replace(block.timestamp.0) {
            if block.timestamp.0 < before {
                findings.push(time_order(block, before));
            }
        }
        wrong
    }

    pub(crate) fn count(&mut self, record: &RevisionRecord) {
        let counts = &mut self.revisions;
        counts.total += 1;
        let recomputed = record.standing == Standing::Recomputed;
        counts.recomputed += u64::from(recomputed);
        match record.kind {
            Kind::User => counts.from_json += u64::from(recomputed && record.json),
            Kind::Redacted => counts.redacted += 1,
            Kind::Deleting => {
                counts.deleted += 1;
                if let Some(rule) = record.deletion_rule {
                    *self.deletions.entry(rule).or_default() += 1;
                }
            }
            Kind::Internal => counts.internal += 1,
            Kind::Unseen => self.unseen += 1,
        }
    }

    fn remember(&mut self, block: &CheckedBlock, findings: &mut Findings) {
        let whole = matches!(&self.segments[..], [only] if only.first == 0);
        let Some(documents) = &mut self.documents else {
            return;
        };
        let place = Place {
            address: &block.address,
            path: &block.path,
            tables: &block.tables,
        };
        for order in &block.redactions {
            documents.order(order);
        }
        for record in &block.revisions {
            findings.extend(documents.see(record, &place, whole));
        }
    }

    /// The last block seen.
    pub(crate) fn last(&self) -> Option<u64> {
        self.segments.last().map(|segment| segment.last)
    }

    /// What the table of documents still has to say.
    pub(crate) fn finish_documents(&mut self, later_missing: bool, findings: &mut Findings) {
        let Some(documents) = self.documents.take() else {
            return;
        };
        if documents.not_tracked > 0 {
            findings.push(
                Finding::new(
                    Code::Limit,
                    format!(
                        "for {} documents version-gap, unrecorded-deletion, unrecorded-redaction and duplicate-revision were not checked: the table of documents is full (limit documents_memory_bytes_max)",
                        documents.not_tracked
                    ),
                )
                .severity(Severity::Note)
                .remedy("raise the limit: --limit documents_memory_bytes_max=N; no hash check depends on this"),
            );
        }
        findings.extend(documents.finish(later_missing));
    }

    /// The digest of all blocks, if the strand is whole from block 0, a state's
    /// blocks included.
    pub(crate) fn whole_root(&self) -> Option<(Hash, u64)> {
        match (&self.segments[..], &self.prefix) {
            ([only], _) => Some((only.leaves.as_ref()?.root()?, only.last)),
            ([], Some(Prefix { span, .. })) => Some((span.range.root()?, span.last())),
            _ => None,
        }
    }

    /// The digest at a tip that was wanted, at the end, or where the state ends.
    pub(crate) fn root_at(&self, tip: u64) -> Option<Hash> {
        let whole = || self.whole_root().filter(|(_, last)| *last == tip);
        let prefix = || self.prefix.as_ref()?.root_at(tip);
        let wanted = self.roots.get(&tip).copied();
        wanted
            .or_else(|| whole().map(|(root, _)| root))
            .or_else(prefix)
    }
}

impl Segment {
    fn starting_with(block: &CheckedBlock, plain: bool) -> Segment {
        let first = block.address.sequence_no;
        Segment {
            first,
            last: first,
            exceptions: Vec::new(),
            journal: !block.alone,
            leaves: (first == 0).then(|| Leaves::new(plain)),
            last_hash: None,
            last_recorded: None,
            chained_from: first,
            rests_to: None,
        }
    }

    /// Adds the last block's leaf; gives all leaves, if they are known.
    fn grow(&mut self, block: &CheckedBlock) -> Option<&mut Leaves> {
        self.last_hash = block.hash;
        self.last_recorded = block.fingerprint.block_hash;
        match (block.hash, &mut self.leaves) {
            (Some(hash), Some(leaves)) => leaves.append(hash),
            (None, leaves) => *leaves = None,
            (Some(_), None) => {}
        }
        self.leaves.as_mut()
    }

    /// Notes that one block is not plainly consistent. Runs beyond a bound melt
    /// into the last one, in its graver state: never better than it is.
    fn except(&mut self, sequence_no: u64, state: State) {
        const RUNS_MAX: usize = 100_000;
        let full = self.exceptions.len() >= RUNS_MAX;
        match self.exceptions.last_mut() {
            Some((_, last, own)) if full => {
                *last = sequence_no;
                *own = (*own).max(state);
            }
            Some((_, last, own)) if *own == state && *last + 1 == sequence_no => {
                *last = sequence_no;
            }
            _ => self.exceptions.push((sequence_no, sequence_no, state)),
        }
    }
}
