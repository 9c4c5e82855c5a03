//! Sorts a heap of evidence: which digests of which strand, and what proofs tell of
//! the trees below them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::tree::{Node, Nodes};
use super::{ComparedDigest, SetAside, DIGESTS_MAX};
use crate::blocks::{BlockAddress, Digest, Hash, Proof, StrandId};
use crate::findings::{
    holds, proof_shape, BlockProof, Candidate, CheckedBlock, Extends, Finding, Findings, InBlock,
    Item, LooseProof, Misshape, Severity,
};
use crate::merkle::{consistency, inclusion, Subtree};
use crate::verify::Survey;
use crate::Error;

/// All that was handed over, sorted.
#[derive(Default)]
pub(super) struct Heap {
    pub(super) strands: BTreeMap<StrandId, Strand>,
    pub(super) set_aside: Vec<SetAside>,
}

/// What is known of one strand.
#[derive(Default)]
pub(super) struct Strand {
    /// From the oldest on, each once.
    pub(super) digests: Vec<ComparedDigest>,
    pub(super) nodes: Nodes,
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
    pub(super) fn of(survey: Survey, findings: Findings) -> Result<Heap, Error> {
        let mut heap = Heap::default();
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
        for candidate in &collected.digests {
            if let Some(extends) = &candidate.extends {
                heap.consistency(candidate, extends);
            }
        }
        let mut blocks: BTreeMap<&BlockAddress, Vec<&CheckedBlock>> = BTreeMap::new();
        for item in &collected.items {
            if let Item::Block(block) = item {
                heap.findings(&block.findings, &block.path);
                blocks.entry(&block.address).or_default().push(block);
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
        Ok(heap)
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
            self.strands.entry(strand).or_default().digests =
                digests.into_iter().map(digest).collect();
        }
    }

    fn block_proof(&mut self, proof: &BlockProof, blocks: Option<&Vec<&CheckedBlock>>) {
        let sound = |block: &&&CheckedBlock| {
            let failed = |finding: &Finding| finding.severity == Severity::Failure;
            block.hash.is_some() && !block.findings.iter().any(failed)
        };
        let blocks = blocks.into_iter().flatten();
        // Two different blocks may stand at one address: each is tried.
        let mut leaves: Vec<Hash> = blocks
            .filter(sound)
            .filter_map(|block| block.hash)
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
        let leads = |leaf: &Hash| {
            let root = proof.proof.fold(leaf);
            digests.into_iter().flatten().any(|one| one.digest == root)
        };
        let leaf = leaves.iter().find(|leaf| leads(leaf)).unwrap_or(&leaves[0]);
        self.proof(&Subject {
            address: &proof.address,
            leaf: *leaf,
            proof: &proof.proof,
            in_block: InBlock::None,
            path: &proof.path,
        });
    }

    /// Takes in what a proof of a block, or of a revision in it, tells of the tree.
    fn proof(&mut self, subject: &Subject<'_>) {
        let root = subject.proof.fold(&subject.leaf);
        let number = subject.address.sequence_no;
        let strand = self
            .strands
            .entry(subject.address.strand_id.clone())
            .or_default();
        let equal = strand.digests.iter_mut().filter(|one| one.digest == root);
        let mut problem = Some(format!(
            "a proof of block {number} that folds to {root}, which is none of the digests here"
        ));
        for digest in equal {
            let wrong = match proof_shape(
                number,
                subject.proof,
                subject.in_block,
                Some(digest.sequence_no),
            ) {
                Ok(within) => above(subject, within, digest.sequence_no)
                    .and_then(|known| tell(&mut strand.nodes, digest, &known, subject.path).err()),
                Err(Misshape::Wrong(why)) => Some(format!(
                    "a proof of block {number} that cannot be one at tip {}: {why}",
                    digest.sequence_no
                )),
                Err(Misshape::TipUnknown) => None,
            };
            match wrong {
                Some(wrong) => problem = Some(wrong),
                None => {
                    problem = None;
                    break;
                }
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
        // `holds` made sure of all of these.
        let Some(nodes) = consistency(tips.0 + 1, tips.1 + 1) else {
            return;
        };
        let strand = self.strands.entry(strand_id.clone()).or_default();
        let older = Subtree {
            begin: 0,
            end: tips.0 + 1,
        };
        let mut known: BTreeMap<Subtree, Hash> = nodes
            .iter()
            .copied()
            .zip(extends.proof.0.iter().copied())
            .collect();
        let apart = nodes.first().is_some_and(|lowest| lowest.end == older.end);
        if !apart {
            // The smaller tree is a node of the larger one.
            known.insert(older, extends.from.hash);
        }
        let mut problem = None;
        for (tip, hash) in [(tips.0, extends.from.hash), (tips.1, newer.digest.hash)] {
            let digest = strand
                .digests
                .iter_mut()
                .find(|one| one.sequence_no == tip && one.digest == hash);
            if let Some(digest) = digest {
                problem = problem.or(tell(&mut strand.nodes, digest, &known, &newer.source).err());
            }
        }
        if let Some(problem) = problem {
            self.aside(&newer.source, problem, true);
        }
    }
}

/// The nodes that a proof names: its block's leaf, and the siblings.
fn above(subject: &Subject<'_>, within: usize, tip: u64) -> Option<BTreeMap<Subtree, Hash>> {
    let number = subject.address.sequence_no;
    let (in_block, in_tree) = subject.proof.0.split_at(within);
    let leaf = Proof(in_block.to_vec()).fold(&subject.leaf);
    let siblings = inclusion(number, tip.checked_add(1)?)?;
    let mut known: BTreeMap<Subtree, Hash> =
        siblings.into_iter().zip(in_tree.iter().copied()).collect();
    known.insert(
        Subtree {
            begin: number,
            end: number + 1,
        },
        leaf,
    );
    Some(known)
}

/// Adds nodes below a digest; says why not, if they do not fit.
fn tell(
    nodes: &mut Nodes,
    digest: &mut ComparedDigest,
    known: &BTreeMap<Subtree, Hash>,
    source: &Arc<str>,
) -> Result<(), String> {
    let root = Node {
        range: Subtree {
            begin: 0,
            end: digest.sequence_no.saturating_add(1),
        },
        hash: digest.digest,
    };
    match nodes.add(root, known, source) {
        Ok(()) => {
            if !digest.proofs.contains(source) {
                digest.proofs.push(source.clone());
            }
            Ok(())
        }
        Err(None) => Err(format!("a proof that does not fold to the digest at tip {}", digest.sequence_no)),
        Err(Some(swapped)) => Err(format!(
            "its addresses contradict those of {}: the two halves of blocks {} to {} stand the other way round",
            swapped.earlier,
            swapped.range.begin,
            swapped.range.end - 1
        )),
    }
}
