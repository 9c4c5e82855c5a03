//! Ties strands to digests: by the whole journal, by block proofs, by revision
//! proofs. Only here is decided what is *verified*.

use std::sync::Arc;

use super::code::Code;
use super::finding::{Finding, Findings};
use super::journal::StrandFold;
use super::loose::{LooseProof, Placed};
use crate::blocks::{BlockAddress, Digest, Hash, Proof, StrandId};
use crate::merkle::siblings;
use crate::report::{By, DigestAnswer, DigestVerdict};

/// A digest that was met: trusted, or a claim among the inputs.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) digest: Digest,
    pub(crate) source: Arc<str>,
    pub(crate) offset: Option<u64>,
    pub(crate) trusted: bool,
    pub(crate) verdict: DigestVerdict,
    pub(crate) by: Option<By>,
}

impl Candidate {
    pub(crate) fn new(digest: Digest, source: Arc<str>, trusted: bool) -> Candidate {
        Candidate {
            digest,
            source,
            offset: None,
            trusted,
            verdict: DigestVerdict::Inconclusive,
            by: None,
        }
    }

    fn reach(&mut self, by: By) {
        // What fails once (a contradiction) stays failed; the first way counts.
        if self.verdict == DigestVerdict::Inconclusive {
            self.verdict = DigestVerdict::Verified;
            self.by = Some(by);
        }
    }

    pub(crate) fn reached(&self) -> bool {
        self.verdict == DigestVerdict::Verified
    }

    /// As people name it: the file and the tip.
    pub(crate) fn name(&self) -> String {
        match self.digest.sequence_no {
            Some(tip) => format!("{} (tip {tip})", self.source),
            None => format!("{} (tip unknown)", self.source),
        }
    }

    pub(crate) fn answer(&self) -> DigestAnswer {
        DigestAnswer {
            digest: self.digest.hash,
            strand_id: self.digest.strand_id.clone(),
            sequence_no: self.digest.sequence_no,
            source: self.source.clone(),
            trusted: self.trusted,
            verdict: self.verdict,
            by: self.by,
        }
    }
}

/// A proof of a block: from an answer of GetBlock, or a `.proofs.json`.
#[derive(Clone, Debug)]
pub(crate) struct BlockProof {
    pub(crate) address: BlockAddress,
    pub(crate) proof: Proof,
    pub(crate) path: Arc<str>,
    pub(crate) offset: u64,
}

/// What ties one strand's blocks to trusted digests.
#[derive(Default)]
pub(crate) struct Anchors {
    /// Runs of blocks that hang under a trusted digest.
    pub(crate) verified: Vec<(u64, u64)>,
    /// Whether incomplete findings already say why the rest does not.
    pub(crate) explained: bool,
}

impl Anchors {
    pub(crate) fn covers(&self, sequence_no: u64) -> bool {
        let within = |(first, last): &(u64, u64)| (*first..=*last).contains(&sequence_no);
        self.verified.iter().any(within)
    }
}

/// Compares the strand's roots with the digests.
pub(crate) fn by_journal(
    strand_id: &StrandId,
    strand: &StrandFold,
    candidates: &mut [Candidate],
    anchors: &mut Anchors,
    findings: &mut Findings,
) {
    for candidate in candidates {
        if !candidate.digest.may_be_of(strand_id) {
            continue;
        }
        if candidate.digest.sequence_no.is_none() {
            let met = strand
                .found
                .iter()
                .find(|(hash, _)| *hash == candidate.digest.hash);
            candidate.digest.sequence_no = met.map(|(_, tip)| *tip);
        }
        let Some(tip) = candidate.digest.sequence_no else {
            continue;
        };
        let root = match (strand.roots.get(&tip), strand.whole_root()) {
            (Some(root), _) => *root,
            (None, Some((root, last))) if last == tip => root,
            _ if strand.found.contains(&(candidate.digest.hash, tip)) => candidate.digest.hash,
            _ => continue,
        };
        if root == candidate.digest.hash {
            candidate.digest.strand_id = Some(strand_id.clone());
            candidate.reach(By::Journal);
            if candidate.trusted {
                anchors.verified.push((0, tip));
            }
        } else if candidate.digest.strand_id.is_some() {
            candidate.verdict = DigestVerdict::Failed;
            anchors.explained |= candidate.trusted;
            let mut finding = Finding::new(
                Code::Digest,
                format!(
                    "blocks 0 to {tip} are all here and give another digest than {}",
                    candidate.source
                ),
            )
            .strand(strand_id)
            .values(candidate.digest.hash.to_string(), root.to_string())
            .remedy(match candidate.trusted {
                true => "if you are sure of the digest, some block up to its tip is not the one QLDB wrote: look at the other findings, or compare with another copy",
                false => "this digest came with the files and is only a claim; it and the blocks do not belong together",
            });
            if !candidate.trusted || candidate.offset.is_some() {
                finding = finding.source(&candidate.source, candidate.offset);
            }
            findings.push(finding);
        }
    }
}

/// What a proof came to.
enum Fold {
    /// It leads to these candidates, and its shape is right.
    Reaches(Vec<usize>),
    /// It leads nowhere that counts; a finding says so.
    Nowhere,
}

/// What is proven, where, and by how many hashes.
struct Subject<'a> {
    address: &'a BlockAddress,
    proof: &'a Proof,
    leaf: Hash,
    path: &'a Arc<str>,
    offset: u64,
    /// Hashes in the block before the tree's begin: none for a block proof, at
    /// least this many for a revision's.
    in_block: InBlock,
}

enum InBlock {
    None,
    Exactly(usize),
    AtLeast(usize),
}

/// Folds block proofs; a right one carries the chain up to its block.
pub(crate) fn by_block_proofs(
    strand_id: &StrandId,
    strand: &StrandFold,
    proofs: &[BlockProof],
    candidates: &mut [Candidate],
    anchors: &mut Anchors,
    findings: &mut Findings,
) {
    for proof in proofs {
        if proof.address.strand_id != *strand_id {
            continue;
        }
        let sequence_no = proof.address.sequence_no;
        let Some(met) = strand.proven.get(&sequence_no) else {
            findings.push(
                Finding::new(
                    Code::TipOutside,
                    format!(
                        "{} holds a proof of block {sequence_no}, which is not among the blocks",
                        proof.path
                    ),
                )
                .at(&proof.address)
                .source(&proof.path, Some(proof.offset))
                .remedy("hand over the export that ends with this block"),
            );
            continue;
        };
        let subject = Subject {
            address: &proof.address,
            proof: &proof.proof,
            leaf: met.hash,
            path: &proof.path,
            offset: proof.offset,
            in_block: InBlock::None,
        };
        let Fold::Reaches(reached) = fold(&subject, candidates, findings) else {
            anchors.explained = true;
            continue;
        };
        for index in reached {
            candidates[index].reach(By::BlockProof);
            if candidates[index].trusted {
                anchors.verified.push((met.chained_from, sequence_no));
            }
        }
    }
}

/// Folds the proofs of loose revisions. True for those that hang under a trusted
/// digest, by their proof or through their block.
pub(crate) fn by_revision_proofs(
    placed: &[Placed],
    candidates: &mut [Candidate],
    anchors: &mut Anchors,
    findings: &mut Findings,
) -> Vec<bool> {
    let mut verified = Vec::with_capacity(placed.len());
    for one in placed {
        let loose = &one.loose;
        let by_block = one.in_block && anchors.covers(loose.address.sequence_no);
        let (LooseProof::Whole(proof, offset), Some(leaf)) = (&loose.proof, loose.record.hash)
        else {
            verified.push(by_block);
            continue;
        };
        let genesis = loose.address.sequence_no == 0;
        let subject = Subject {
            address: &loose.address,
            proof,
            leaf,
            path: &loose.path,
            offset: *offset,
            in_block: match one.hashes_in_block {
                Some(count) => InBlock::Exactly(count),
                // The previous block hash; more with several entries or revisions.
                None => InBlock::AtLeast(usize::from(!genesis)),
            },
        };
        let mut by_proof = false;
        match fold(&subject, candidates, findings) {
            Fold::Nowhere => anchors.explained = true,
            Fold::Reaches(reached) => {
                for index in reached {
                    candidates[index].reach(By::RevisionProof);
                    by_proof |= candidates[index].trusted;
                }
            }
        }
        verified.push(by_block || by_proof);
    }
    verified
}

fn fold(subject: &Subject<'_>, candidates: &mut [Candidate], findings: &mut Findings) -> Fold {
    let root = subject.proof.fold(&subject.leaf);
    let strand_id = &subject.address.strand_id;
    let about = |code, message: String| {
        Finding::new(code, message)
            .at(subject.address)
            .field("Proof")
            .source(subject.path, Some(subject.offset))
    };
    let mine: Vec<usize> = (0..candidates.len())
        .filter(|&index| candidates[index].digest.may_be_of(strand_id))
        .collect();
    if mine.is_empty() {
        let mut finding = about(
            Code::NoDigest,
            "the proof folds to a digest, but no digest of this strand was given to compare it with".to_owned(),
        )
        .remedy("compare the digest it folds to with one that you trust, or pass that with --digest");
        finding.recomputed = Some(root.to_string());
        findings.push(finding);
        return Fold::Nowhere;
    }
    let equal: Vec<usize> = mine
        .iter()
        .copied()
        .filter(|&index| candidates[index].digest.hash == root)
        .collect();
    if equal.is_empty() {
        let against: Vec<String> = mine.iter().map(|&index| candidates[index].name()).collect();
        findings.push(
            about(
                Code::Proof,
                format!("the proof does not fold to {}", against.join(" or ")),
            )
            .values(candidates[mine[0]].digest.hash.to_string(), root.to_string())
            .remedy("the proof, the hash it starts from or the digest is not the genuine one, or the proof was made for another tip: a proof holds for one digest only"),
        );
        return Fold::Nowhere;
    }
    let mut reached = Vec::new();
    for index in equal {
        match shape(subject, candidates[index].digest.sequence_no) {
            Ok(()) => {
                candidates[index].digest.strand_id.get_or_insert_with(|| strand_id.clone());
                reached.push(index);
            }
            Err(Misshape::TipUnknown) => findings.push(
                about(
                    Code::TipOutside,
                    format!("the proof folds to {}, but without the digest's tip its number of hashes cannot be checked", candidates[index].source),
                )
                .remedy("give the digest as BASE64@SEQUENCENO, or as the file that has its tip address"),
            ),
            Err(Misshape::Wrong(why)) => findings.push(
                about(
                    Code::ProofShape,
                    format!("the proof folds to {}, but cannot be that of block {}: {why}", candidates[index].name(), subject.address.sequence_no),
                )
                .remedy("the address or the tip is not the genuine one: a proof shows membership, and its length the place"),
            ),
        }
    }
    if reached.is_empty() {
        return Fold::Nowhere;
    }
    let trusted_ones = mine.iter().any(|&index| candidates[index].trusted);
    if trusted_ones && !reached.iter().any(|&index| candidates[index].trusted) {
        let claim = candidates[reached[0]].name();
        findings.push(
            about(
                Code::NoDigest,
                format!("the proof folds to the digest in {claim}, which is only a claim, and to none that you trust"),
            )
            .remedy("pass that digest with --digest if you trust it, or get a proof for the one you trust"),
        );
        return Fold::Nowhere;
    }
    Fold::Reaches(reached)
}

enum Misshape {
    TipUnknown,
    Wrong(String),
}

/// Whether a proof of this many hashes can be that of this address and tip, and
/// whether an odd block's first sibling is the block before it.
fn shape(subject: &Subject<'_>, tip: Option<u64>) -> Result<(), Misshape> {
    let tip = tip.ok_or(Misshape::TipUnknown)?;
    let index = subject.address.sequence_no;
    let leaves = tip
        .checked_add(1)
        .ok_or_else(|| Misshape::Wrong("the tip is larger than any journal".to_owned()))?;
    let in_tree = siblings(index, leaves)
        .ok_or_else(|| Misshape::Wrong(format!("the block lies after the tip {tip}")))?;
    let found = subject.proof.len();
    let fits = match subject.in_block {
        InBlock::None => found == in_tree,
        InBlock::Exactly(count) => found == count + in_tree,
        InBlock::AtLeast(count) => found >= count + in_tree,
    };
    if !fits {
        let expected = match subject.in_block {
            InBlock::None => in_tree.to_string(),
            InBlock::Exactly(count) => format!("{count} in the block and {in_tree} above it"),
            InBlock::AtLeast(count) => {
                format!("at least {count} in the block and {in_tree} above it")
            }
        };
        return Err(Misshape::Wrong(format!(
            "found {found} hashes, expected {expected}"
        )));
    }
    let hashes = &subject.proof.0;
    let odd_revision = index % 2 == 1 && !matches!(subject.in_block, InBlock::None);
    if odd_revision && hashes[found - in_tree] != hashes[found - in_tree - 1] {
        return Err(Misshape::Wrong(
            "the first sibling of an odd block is the block before it, and must equal the previous block hash that stands before it".to_owned(),
        ));
    }
    Ok(())
}

/// Two digests of one strand and tip that differ, both trusted or reached.
pub(crate) fn contradictions(candidates: &mut [Candidate], findings: &mut Findings) {
    let counts = |candidate: &Candidate| candidate.trusted || candidate.reached();
    for a in 0..candidates.len() {
        for b in a + 1..candidates.len() {
            let (one, other) = (&candidates[a], &candidates[b]);
            let same_place = one.digest.sequence_no.is_some()
                && one.digest.sequence_no == other.digest.sequence_no
                && one.digest.strand_id.is_some()
                && one.digest.strand_id == other.digest.strand_id;
            if !same_place || one.digest.hash == other.digest.hash || !counts(one) || !counts(other)
            {
                continue;
            }
            let mut finding = Finding::new(
                Code::Contradiction,
                format!(
                    "{} and {} are different digests of one strand at one tip",
                    one.source, other.source
                ),
            )
            .values(one.digest.hash.to_string(), other.digest.hash.to_string())
            .remedy("a journal has one digest at a tip: one of the two is not genuine");
            finding.strand_id = one.digest.strand_id.clone();
            finding.sequence_no = one.digest.sequence_no;
            findings.push(finding);
            for index in [a, b] {
                if !candidates[index].trusted {
                    candidates[index].verdict = DigestVerdict::Failed;
                }
            }
        }
    }
}
