//! Sorts a heap of evidence: which digests of which strand, and what proofs tell of
//! the trees below them.
//!
//! All of it goes into the table of facts that `verify` holds things against as well, so
//! that the two never disagree on what contradicts what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::tree::{Node, Nodes};
use super::{ComparedDigest, Contradiction, SetAside, DIGESTS_MAX};
use crate::blocks::{BlockAddress, Digest, Hash, Proof, StrandId};
use crate::findings::{
    holds, of_block, of_consistency, of_digest, of_proof, proof_shape, within_block, BlockProof,
    Candidate, CheckedBlock, Extends, Fact, FactKind, Finding, Findings, InBlock, Item, LooseProof,
    Misshape, Origin, Severity, Table,
};
use crate::merkle::Subtree;
use crate::verify::Survey;
use crate::Error;

/// All that was handed over, sorted.
pub(super) struct Heap {
    pub(super) strands: BTreeMap<StrandId, Strand>,
    pub(super) set_aside: Vec<SetAside>,
    /// Places of a strand's tree that are held against one another at most.
    places_max: usize,
}

/// What is known of one strand.
pub(super) struct Strand {
    /// From the oldest on, each once.
    pub(super) digests: Vec<ComparedDigest>,
    /// What each digest's tree is known to have: two that contradict have different ones.
    pub(super) nodes: Nodes,
    /// What all of them together say of one tree.
    table: Table,
    /// What does not fit it.
    pub(super) contradictions: Vec<Contradiction>,
}

impl Strand {
    fn new(places_max: usize) -> Strand {
        Strand {
            digests: Vec::new(),
            nodes: Nodes::default(),
            table: Table::new(places_max),
            contradictions: Vec::new(),
        }
    }

    fn write(&mut self, kind: FactKind, path: &Arc<str>, facts: &[Fact]) {
        if let Some(clash) = self.table.write(Origin::new(kind, path, None), facts) {
            self.contradictions.push(Contradiction {
                path: path.clone(),
                message: clash.message(),
            });
        }
    }
}

/// What a proof is of.
struct Subject<'a> {
    address: &'a BlockAddress,
    leaf: Hash,
    proof: &'a Proof,
    in_block: InBlock,
    path: &'a Arc<str>,
}

/// Digests of a strand, by tip and hash, and the files that each came from.
type Sources = BTreeMap<(u64, Hash), BTreeSet<Arc<str>>>;

impl Heap {
    pub(super) fn of(survey: Survey, findings: Findings, places_max: usize) -> Result<Heap, Error> {
        let mut heap = Heap {
            strands: BTreeMap::new(),
            set_aside: Vec::new(),
            places_max,
        };
        let collected = survey.collected;
        for journal in &survey.journals {
            heap.aside(
                &journal.object.name,
                "a journal: `sealion verify` compares it with digests",
                false,
            );
        }
        heap.digests(&collected.digests);
        heap.check_limit()?;
        let mut blocks: BTreeMap<&BlockAddress, Vec<&CheckedBlock>> = BTreeMap::new();
        for item in &collected.items {
            if let Item::Block(block) = item {
                heap.findings(&block.findings, &block.path);
                blocks.entry(&block.address).or_default().push(block);
            }
        }
        for (address, blocks) in &blocks {
            heap.block(address, blocks);
        }
        for candidate in &collected.digests {
            if let Some(extends) = &candidate.extends {
                heap.consistency(candidate, extends);
            }
        }
        for proof in &collected.proofs {
            heap.block_proof(proof, blocks.get(&proof.address));
        }
        for item in &collected.items {
            let Item::Loose(loose) = item else { continue };
            match (&loose.proof, loose.record.hash) {
                (LooseProof::Whole(proof, _), Some(leaf)) if !loose.failed => {
                    heap.proof(&Subject {
                        address: &loose.address,
                        leaf,
                        proof,
                        in_block: InBlock::AtLeast(usize::from(loose.address.sequence_no > 0)),
                        path: &loose.path,
                    })
                }
                (LooseProof::None, _) => {
                    heap.aside(&loose.path, "a revision without a proof", false)
                }
                // A finding says what is wrong with it.
                _ => {}
            }
        }
        let (kept, _) = findings.into_parts();
        heap.findings(&kept, &"-".into());
        if heap.strands.values().any(|strand| strand.table.full()) {
            let why = "they speak of more places in a journal's tree than can be compared (limit evidence_max): compare them in parts";
            heap.aside(&"all proofs together".into(), why, true);
        }
        Ok(heap)
    }

    fn strand(&mut self, strand_id: &StrandId) -> &mut Strand {
        let places_max = self.places_max;
        let new = || Strand::new(places_max);
        self.strands.entry(strand_id.clone()).or_insert_with(new)
    }

    fn check_limit(&self) -> Result<(), Error> {
        let mut strands = self.strands.iter();
        let Some((strand_id, strand)) = strands.find(|(_, one)| one.digests.len() > DIGESTS_MAX)
        else {
            return Ok(());
        };
        let found = strand.digests.len();
        Err(Error::Unsuitable {
            path: format!("strand {strand_id}"),
            reason: format!(
                "{found} different digests exceed the limit of {DIGESTS_MAX}: compare them in parts"
            ),
        })
    }

    fn aside(&mut self, path: &Arc<str>, why: impl Into<String>, damaged: bool) {
        let (path, why) = (path.clone(), why.into());
        self.set_aside.push(SetAside { path, why, damaged });
    }

    /// What is wrong with files by themselves, or not understood.
    fn findings(&mut self, findings: &[Finding], path: &Arc<str>) {
        for finding in findings {
            let damaged = finding.severity <= Severity::Incomplete;
            if damaged || finding.code == crate::Code::UnknownFile {
                let path = finding.source.as_ref().map_or(path, |source| &source.path);
                self.aside(
                    path,
                    format!("{}: {}", finding.code, finding.message),
                    damaged,
                );
            }
        }
    }

    /// Gives every digest its place.
    fn digests(&mut self, all: &[Candidate]) {
        let named: BTreeSet<&StrandId> = all
            .iter()
            .filter_map(|one| one.digest.strand_id.as_ref())
            .collect();
        // With one strand, a digest that names none can only be of that one.
        let only = (named.len() == 1).then(|| named.first().copied()).flatten();
        let mut placed: BTreeMap<StrandId, Sources> = BTreeMap::new();
        let mut tipless = Vec::new();
        for candidate in all {
            let Digest {
                hash,
                strand_id,
                sequence_no,
            } = &candidate.digest;
            match (strand_id.as_ref().or(only), sequence_no) {
                (None, _) => self.aside(
                    &candidate.source,
                    "a digest of unknown strand, among digests of none or of several",
                    true,
                ),
                (Some(strand), None) => tipless.push((strand.clone(), *hash, candidate)),
                (Some(strand), Some(tip)) => {
                    let sources = placed
                        .entry(strand.clone())
                        .or_default()
                        .entry((*tip, *hash));
                    sources.or_default().insert(candidate.source.clone());
                }
            }
        }
        for (strand, hash, candidate) in tipless {
            let mut known = placed.get_mut(&strand).into_iter().flatten();
            match known.find(|((_, own), _)| *own == hash) {
                Some((_, sources)) => _ = sources.insert(candidate.source.clone()),
                None => self.aside(&candidate.source, "a digest without its tip: give it as BASE64@SEQUENCENO, or as the file that has its tip address", true),
            }
        }
        for (strand, digests) in placed {
            let digest =
                |((sequence_no, digest), sources): (_, BTreeSet<Arc<str>>)| ComparedDigest {
                    digest,
                    sequence_no,
                    sources: sources.into_iter().collect(),
                    proofs: Vec::new(),
                };
            let strand = self.strand(&strand);
            strand.digests = digests.into_iter().map(digest).collect();
            for digest in strand.digests.clone() {
                let fact = of_digest(digest.digest, digest.sequence_no);
                let facts: Vec<Fact> = fact.into_iter().collect();
                let kind = FactKind::Digest(digest.sequence_no);
                strand.write(kind, &digest.sources[0], &facts);
            }
        }
    }

    /// Gives the leaf of a block that is here its place.
    fn block(&mut self, address: &BlockAddress, blocks: &[&CheckedBlock]) {
        let number = address.sequence_no;
        for block in blocks.iter().filter(|block| sound(block)) {
            let fact = block.hash.and_then(|hash| of_block(number, hash));
            let facts: Vec<Fact> = fact.into_iter().collect();
            let strand = self.strand(&address.strand_id);
            strand.write(FactKind::Block(number), &block.path, &facts);
        }
    }

    fn block_proof(&mut self, proof: &BlockProof, blocks: Option<&Vec<&CheckedBlock>>) {
        let blocks = blocks.into_iter().flatten();
        // Two different blocks may stand at one address: each is tried.
        let mut leaves: Vec<(Hash, Option<Hash>)> = blocks
            .filter(|block| sound(block))
            .filter_map(|block| Some((block.hash?, block.previous.hash)))
            .collect();
        leaves.sort_unstable();
        leaves.dedup();
        if leaves.is_empty() {
            let number = proof.address.sequence_no;
            let why = format!("a proof of block {number}, whose hash no sound block here gives: hand over what get-block answered");
            self.aside(&proof.path, why, true);
            return;
        }
        let digests = self
            .strands
            .get(&proof.address.strand_id)
            .map(|strand| &strand.digests);
        let leads = |(leaf, _): &&(Hash, Option<Hash>)| {
            let root = proof.proof.fold(leaf);
            digests.into_iter().flatten().any(|one| one.digest == root)
        };
        let (leaf, previous) = leaves.iter().find(leads).unwrap_or(&leaves[0]);
        self.proof(&Subject {
            address: &proof.address,
            leaf: *leaf,
            proof: &proof.proof,
            in_block: InBlock::None(*previous),
            path: &proof.path,
        });
    }

    /// Takes in what a proof of a block, or of a revision in it, tells of the tree.
    fn proof(&mut self, subject: &Subject<'_>) {
        let root = subject.proof.fold(&subject.leaf);
        let number = subject.address.sequence_no;
        let strand = self.strand(&subject.address.strand_id);
        let equal: Vec<usize> = (0..strand.digests.len())
            .filter(|index| strand.digests[*index].digest == root)
            .collect();
        let mut problem = Some(format!(
            "a proof of block {number} that folds to {root}, which is none of the digests here"
        ));
        for index in equal {
            let tip = strand.digests[index].sequence_no;
            match proof_shape(number, subject.proof, subject.in_block, Some(tip)) {
                Ok(within) => {
                    let (kind, facts) = said(subject, within, tip);
                    strand.write(kind, subject.path, &facts);
                    problem = strand.tell(index, &facts, subject.path).err();
                }
                Err(Misshape::Wrong(why)) => {
                    problem = Some(format!(
                        "a proof of block {number} that cannot be one at tip {tip}: {why}"
                    ));
                }
                Err(Misshape::TipUnknown) => {}
            }
            if problem.is_none() {
                break;
            }
        }
        if let Some(problem) = problem {
            self.aside(subject.path, problem, true);
        }
    }

    /// Takes in what a consistency proof tells of both trees.
    fn consistency(&mut self, newer: &Candidate, extends: &Extends) {
        let Some(strand_id) = &newer.digest.strand_id else {
            return;
        };
        let tips = match holds(newer, extends, strand_id) {
            Ok(tips) => tips,
            Err(finding) => {
                return self.aside(
                    &newer.source,
                    format!("{}: {}", finding.code, finding.message),
                    true,
                )
            }
        };
        let older = of_digest(extends.from.hash, tips.0);
        let newest = of_digest(newer.digest.hash, tips.1);
        // `holds` made sure of both.
        let Some((older, newest)) = older.zip(newest) else {
            return;
        };
        let facts = of_consistency(older, newest, &extends.proof);
        let strand = self.strand(strand_id);
        strand.write(FactKind::Consistency, &newer.source, &facts);
        // The smaller tree may be a node of the larger one, or lie across several.
        let nodes = &facts[..facts.len() - 2];
        let mut problem = None;
        for (place, hash) in [older, newest] {
            let of = |one: &ComparedDigest| one.digest == hash && one.sequence_no + 1 == place.end;
            if let Some(index) = strand.digests.iter().position(of) {
                let apart = nodes
                    .first()
                    .is_some_and(|(node, _)| node.end == older.0.end);
                let with_older = (!apart).then_some(older);
                let known: Vec<Fact> = nodes.iter().copied().chain(with_older).collect();
                problem = problem.or(strand.tell(index, &known, &newer.source).err());
            }
        }
        if let Some(problem) = problem {
            self.aside(&newer.source, problem, true);
        }
    }
}

fn sound(block: &CheckedBlock) -> bool {
    let failed = |finding: &Finding| finding.severity == Severity::Failure;
    block.hash.is_some() && !block.findings.iter().any(failed)
}

/// What a proof says: its block's leaf, that before it, and the siblings.
fn said(subject: &Subject<'_>, within: usize, tip: u64) -> (FactKind, Vec<Fact>) {
    let number = subject.address.sequence_no;
    let (kind, mut facts) = match subject.in_block {
        InBlock::None(previous) => {
            let before = number.checked_sub(1).zip(previous);
            let before = before.and_then(|(before, hash)| of_block(before, hash));
            let leaf = of_block(number, subject.leaf);
            let facts = before.into_iter().chain(leaf).collect();
            (FactKind::BlockProof(number), facts)
        }
        _ => (
            FactKind::RevisionProof(number),
            within_block(number, &subject.leaf, subject.proof, within),
        ),
    };
    facts.extend(of_proof(number, tip, &subject.proof.0[within..]));
    (kind, facts)
}

impl Strand {
    /// Adds nodes below a digest; says why not, if they do not fit.
    fn tell(&mut self, index: usize, facts: &[Fact], source: &Arc<str>) -> Result<(), String> {
        let digest = &mut self.digests[index];
        let tip = digest.sequence_no;
        let root = Node {
            range: Subtree {
                begin: 0,
                end: tip.saturating_add(1),
            },
            hash: digest.digest,
        };
        let known: BTreeMap<Subtree, Hash> = facts.iter().copied().collect();
        if !self.nodes.add(root, &known, source) {
            return Err(format!(
                "a proof that does not fold to the digest at tip {tip}"
            ));
        }
        if !digest.proofs.contains(source) {
            digest.proofs.push(source.clone());
        }
        Ok(())
    }
}
