//! Folds the blocks of one strand, in order: chain, tree, counts and documents.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::misfits::{broken_link, time_order};
use super::resting::Prefix;
use super::seen::Seen;
use super::segment::Segment;
use super::unexplained::Unexplained;
use super::Wanted;
use crate::blocks::claim::Id;
use crate::blocks::revision::Kind;
use crate::blocks::time::Time;
use crate::blocks::{BlockAddress, Hash, StrandId};
use crate::findings::block::CheckedBlock;
use crate::findings::code::{Code, Severity};
use crate::findings::documents::{Documents, OrderedRedaction, Place};
use crate::findings::finding::{Finding, Findings};
use crate::findings::loose::{told_again, LooseRevision, Placed};
use crate::findings::outcome::{Asked, RevisionCounts, State};
use crate::findings::revision::{RevisionRecord, Standing};
use crate::findings::span::Trail;
use crate::words::counted;
use crate::Limits;

/// Names of unknown fields that the report lists.
const UNKNOWN_FIELDS_MAX: usize = 100;
const UNKNOWN_FIELDS_MORE: &str = "more of them than are listed";

/// A block of which there is a proof, as it was met.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct ProvenBlock {
    pub(crate) hash: Hash,
    /// The first block that the chain ties to this one.
    pub(crate) chained_from: u64,
    /// The hash that it names as that of the block before it.
    pub(crate) previous: Option<Hash>,
}

/// Everything known of a strand once its blocks have gone by.
pub(crate) struct StrandFold {
    pub(super) plain: bool,
    pub(crate) segments: Vec<Segment>,
    pub(crate) blocks: u64,
    /// Of these, the blocks that came more than once.
    pub(crate) repeated: u64,
    pub(crate) revisions: RevisionCounts,
    /// Roots at wanted tips, and at the end of a whole journal.
    pub(crate) roots: BTreeMap<u64, Hash>,
    /// Where a digest without a tip was met: its hash and the tip.
    pub(crate) found: Vec<(Hash, u64)>,
    pub(crate) proven: BTreeMap<u64, ProvenBlock>,
    pub(crate) placed: Vec<Placed>,
    /// Blocks with entries that nothing explains, and the number of these entries.
    pub(crate) internal_entries: (u64, u64),
    pub(crate) unexplained: Unexplained,
    pub(crate) open_statements: u64,
    pub(crate) unseen: u64,
    /// Revisions that blocks know by their hashes alone, and that came by themselves.
    pub(super) filled: BTreeSet<Hash>,
    pub(crate) unknown_fields: BTreeSet<String>,
    /// Bytes of the genesis block's previous hash.
    pub(crate) genesis_previous: Option<usize>,
    /// Deleting revisions by the rule that their hashes follow.
    pub(crate) deletions: BTreeMap<&'static str, u64>,
    /// What the table of facts is to know.
    pub(crate) seen: Seen,
    /// The state that the strand continues, unless it turned out not to fit.
    pub(crate) prefix: Option<Prefix>,
    /// What a state to be saved keeps.
    pub(crate) trail: Option<Trail>,
    /// Of revisions that a checkpoint knows: how they stand in their blocks.
    pub(super) waiting: VecDeque<(bool, Option<usize>)>,
    pub(super) documents: Option<Documents>,
    pub(super) last_time: Option<Time>,
}

impl StrandFold {
    pub(super) fn new(
        strand_id: &StrandId,
        limits: &Limits,
        wanted: &Wanted,
        plain: bool,
    ) -> StrandFold {
        let prefix = wanted.prefixes.get(strand_id);
        let trail = wanted.trails.then(|| Trail {
            span: prefix.map(|prefix| prefix.span.clone()),
            broken: None,
        });
        StrandFold {
            plain,
            prefix: prefix.cloned(),
            trail,
            seen: Seen::new(wanted),
            segments: Vec::new(),
            blocks: 0,
            repeated: 0,
            revisions: RevisionCounts::default(),
            roots: BTreeMap::new(),
            found: Vec::new(),
            proven: BTreeMap::new(),
            placed: Vec::new(),
            internal_entries: (0, 0),
            unexplained: Unexplained::default(),
            open_statements: 0,
            unseen: 0,
            filled: BTreeSet::new(),
            unknown_fields: BTreeSet::new(),
            genesis_previous: None,
            deletions: BTreeMap::new(),
            waiting: VecDeque::new(),
            documents: Some(Documents::new(limits.documents_memory_bytes_max)),
            last_time: None,
        }
    }

    pub(super) fn add(
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
        self.seen.block(block, segment.first == sequence_no, wanted);
        segment.grow(block, self.plain, &mut self.seen.nodes);
        if wanted.tips.contains(&sequence_no) {
            if let Some(leaves) = segment.own_leaves() {
                self.seen.edge(leaves.range().right_edge());
            }
            self.roots
                .extend(segment.root().map(|root| (sequence_no, root)));
        }
        if !wanted.tipless.is_empty() {
            let root = segment.root_of_each(&mut self.seen.nodes);
            let met = root.filter(|root| wanted.tipless.contains(root));
            self.found.extend(met.map(|hash| (hash, sequence_no)));
        }
        if let (Some(hash), true) = (block.hash, wanted.proven.contains(&block.address)) {
            let proven = ProvenBlock {
                hash,
                chained_from: segment.chained_from,
                previous: block.previous.hash,
            };
            self.proven.insert(sequence_no, proven);
        }
        self.meet_after(block, findings);
        if asked.includes(sequence_no) {
            let counted = self.revisions;
            self.blocks += 1;
            self.not_written_by_qldb(&block.unknown_fields);
            if sequence_no == 0 {
                self.genesis_previous = Some(block.previous.length);
            }
            self.unexplained.add(block);
            self.open_statements += block.open_statements;
            if block.internal_entries > 0 {
                self.internal_entries.0 += 1;
                self.internal_entries.1 += block.internal_entries;
            }
            block.revisions.iter().for_each(|record| self.count(record));
            if let Some(trail) = &mut self.trail {
                trail.add(block, self.revisions - counted);
            }
            self.remember(block, asked, findings);
        }
    }

    /// Links the block to the one before it; true if the link is wrong.
    fn link(&mut self, block: &CheckedBlock, findings: &mut Findings) -> bool {
        let sequence_no = block.address.sequence_no;
        let follows = |segment: &&mut Segment| segment.last.checked_add(1) == Some(sequence_no);
        let Some(segment) = self.segments.last_mut().filter(follows) else {
            self.finish_nodes();
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

    /// A revision that was known by its hash alone, at an address without a block, has come
    /// itself.
    pub(crate) fn recount(&mut self, address: &BlockAddress, record: &RevisionRecord) {
        let same = |placed: &&Placed| {
            placed.loose.address == *address && placed.loose.record.hash == record.hash
        };
        let hashes_only = |placed: &Placed| placed.loose.record.kind == Kind::Unseen;
        if self.placed.iter().filter(same).all(hashes_only) {
            self.revisions.total = self.revisions.total.saturating_sub(1);
            self.unseen = self.unseen.saturating_sub(1);
            self.count(record);
        }
    }

    /// A revision that its block knows by its hash alone, and takes for this, has come by itself.
    pub(crate) fn fill(&mut self, own: Kind, record: &RevisionRecord) {
        let hash = record
            .hash
            .filter(|_| record.standing == Standing::Recomputed);
        if hash.is_none_or(|hash| !self.filled.insert(hash)) {
            return;
        }
        let known = match own {
            Kind::Unseen => &mut self.unseen,
            _ => &mut self.revisions.internal,
        };
        *known = known.saturating_sub(1);
        self.revisions.total = self.revisions.total.saturating_sub(1);
        self.count(record);
    }

    /// Names of what no hash covers; that there were more than are kept is one of them.
    pub(crate) fn not_written_by_qldb(&mut self, names: &[String]) {
        for name in names {
            if self.unknown_fields.len() < UNKNOWN_FIELDS_MAX {
                self.unknown_fields.insert(name.clone());
            } else if !self.unknown_fields.contains(name) {
                self.unknown_fields.insert(UNKNOWN_FIELDS_MORE.to_owned());
            }
        }
    }

    /// Takes in a revision whose block is not here.
    pub(super) fn see_alone(&mut self, loose: &LooseRevision) {
        if let Some(documents) = &mut self.documents {
            let place = Place {
                address: &loose.address,
                path: &loose.path,
                tables: &[],
            };
            documents.see_alone(&loose.record, &place);
        }
    }

    fn remember(&mut self, block: &CheckedBlock, asked: &Asked, findings: &mut Findings) {
        // Into blocks before those that were asked for nobody looked.
        let from_0 = asked.from.is_none_or(|from| from == 0);
        let whole = from_0 && matches!(&self.segments[..], [only] if only.first == 0);
        let Some(documents) = &mut self.documents else {
            return;
        };
        let place = Place {
            address: &block.address,
            path: &block.path,
            tables: &block.tables,
        };
        for order in &block.redactions {
            documents.order(order, block.address.sequence_no);
        }
        for record in &block.revisions {
            findings.extend(documents.see(record, &place, whole));
        }
    }

    /// Gives the table of facts the nodes of the last run.
    pub(crate) fn finish_nodes(&mut self) {
        if let Some(segment) = self.segments.last_mut() {
            segment.finish(&mut self.seen.nodes);
        }
    }

    /// The last block seen.
    pub(crate) fn last(&self) -> Option<u64> {
        self.segments.last().map(|segment| segment.last)
    }

    /// What the table of documents still has to say.
    /// Gives the redactions whose orders were seen.
    pub(crate) fn finish_documents(
        &mut self,
        later_missing: bool,
        findings: &mut Findings,
    ) -> Vec<OrderedRedaction> {
        let Some(documents) = self.documents.take() else {
            return Vec::new();
        };
        if documents.not_tracked > 0 {
            findings.push(
                Finding::new(
                    Code::Limit,
                    format!(
                        "for {} version-gap, unrecorded-deletion, unrecorded-redaction and duplicate-revision were not checked: the table of documents is full (limit documents_memory_bytes_max)",
                        counted(documents.not_tracked, "document", "documents")
                    ),
                )
                .severity(Severity::Note)
                .remedy("raise the limit: --limit documents_memory_bytes_max=N; no hash check depends on this"),
            );
        }
        let seen = |id: &Id, version| documents.has_seen(id, version);
        findings.extend(told_again(&self.placed, seen));
        let (unrecorded, ordered) = documents.finish(later_missing);
        findings.extend(unrecorded);
        ordered
    }

    /// The digest of all blocks, if the strand is whole from block 0, a state's
    /// blocks included.
    pub(crate) fn whole_root(&self) -> Option<(Hash, u64)> {
        match (&self.segments[..], &self.prefix) {
            ([only], _) => Some((only.root()?, only.last)),
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
