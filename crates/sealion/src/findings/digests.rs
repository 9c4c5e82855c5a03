//! Ties strands to digests: by the whole journal, by block proofs, by revision
//! proofs. Only here is decided what is *verified*.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::bundle::block_left_out;
use super::code::{Code, Severity};
use super::consistency::Extends;
use super::finding::{Finding, Findings};
use super::journal::{unfit, Prefix, StrandFold};
use super::loose::{LooseProof, LooseRevision, Placed};
use super::outcome::{By, DigestAnswer, DigestVerdict};
use crate::blocks::{BlockAddress, Digest, Hash, Proof, StrandId};
use crate::merkle::siblings;

/// A digest that was met: trusted, or a claim among the inputs.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) digest: Digest,
    pub(crate) source: Arc<str>,
    pub(crate) offset: Option<u64>,
    pub(crate) trusted: bool,
    pub(crate) verdict: DigestVerdict,
    pub(crate) by: Option<By>,
    /// Whether it hangs under a trusted digest that extends it.
    pub(crate) under: bool,
    /// The older digest that it extends, as far as its source can prove it.
    pub(crate) extends: Option<Arc<Extends>>,
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
            under: false,
            extends: None,
        }
    }

    /// Whether what hangs under it is verified.
    pub(crate) fn vouches(&self) -> bool {
        self.trusted || self.under
    }

    pub(crate) fn reach(&mut self, by: By) {
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

impl BlockProof {
    /// The block that it proves did not come.
    pub(crate) fn of_an_unseen_block(&self) -> Finding {
        let sequence_no = self.address.sequence_no;
        let message = format!(
            "{} holds a proof of block {sequence_no}, which is not among the blocks",
            self.path
        );
        Finding::new(Code::TipOutside, message)
            .at(&self.address)
            .source(&self.path, Some(self.offset))
            .remedy("hand over the export that ends with this block")
    }
}

/// What ties one strand's blocks to trusted digests.
#[derive(Default)]
pub(crate) struct Anchors {
    /// Runs of blocks that hang under a trusted digest: apart, and in order.
    verified: Vec<(u64, u64)>,
    /// Whether incomplete findings already say why the rest does not.
    pub(crate) explained: bool,
}

impl Anchors {
    /// Adds runs, which may overlap in any way.
    fn add(&mut self, runs: Vec<(u64, u64)>) {
        let mut all = std::mem::take(&mut self.verified);
        all.extend(runs);
        all.sort_unstable();
        for (first, last) in all {
            match self.verified.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => self.verified.push((first, last)),
            }
        }
    }

    pub(crate) fn verified(&self) -> &[(u64, u64)] {
        &self.verified
    }

    pub(crate) fn covers(&self, sequence_no: u64) -> bool {
        let before = self
            .verified
            .partition_point(|(first, _)| *first <= sequence_no);
        let run = before.checked_sub(1).map(|index| self.verified[index]);
        run.is_some_and(|(_, last)| sequence_no <= last)
    }
}

/// All digests met, and where each hash stands among them.
pub(crate) struct Candidates {
    pub(crate) all: Vec<Candidate>,
    by_hash: HashMap<Hash, Vec<usize>>,
}

impl Candidates {
    pub(crate) fn new(all: Vec<Candidate>) -> Candidates {
        let mut by_hash: HashMap<Hash, Vec<usize>> = HashMap::new();
        for (index, candidate) in all.iter().enumerate() {
            by_hash
                .entry(candidate.digest.hash)
                .or_default()
                .push(index);
        }
        Candidates { all, by_hash }
    }

    /// Those that may be of `strand`, the trusted ones first.
    fn of<'a>(&'a self, strand: &'a StrandId) -> impl Iterator<Item = &'a Candidate> {
        self.all
            .iter()
            .filter(move |candidate| candidate.digest.may_be_of(strand))
    }

    pub(crate) fn equal_to(&self, hash: &Hash, strand: &StrandId) -> Vec<usize> {
        let found = self.by_hash.get(hash).into_iter().flatten().copied();
        found
            .filter(|&index| self.all[index].digest.may_be_of(strand))
            .collect()
    }
}

/// Gives digests without a tip the one at which the journal has them.
pub(crate) fn name_tips(strand_id: &StrandId, strand: &StrandFold, candidates: &mut Candidates) {
    for candidate in &mut candidates.all {
        let digest = &mut candidate.digest;
        if digest.may_be_of(strand_id) && digest.sequence_no.is_none() {
            let met = strand.found.iter().find(|(hash, _)| *hash == digest.hash);
            digest.sequence_no = met.map(|(_, tip)| *tip);
            let prefix = strand.prefix.as_ref();
            let tip = prefix.map(|prefix| prefix.span.last());
            if tip.and_then(|tip| strand.root_at(tip)) == Some(digest.hash) {
                digest.sequence_no = tip;
            }
        }
    }
}

/// Compares the strand's roots with the digests.
pub(crate) fn by_journal(
    strand_id: &StrandId,
    strand: &StrandFold,
    candidates: &mut Candidates,
    anchors: &mut Anchors,
    findings: &mut Findings,
) {
    let mut verified = Vec::new();
    for candidate in &mut candidates.all {
        if !candidate.digest.may_be_of(strand_id) {
            continue;
        }
        let Some(tip) = candidate.digest.sequence_no else {
            continue;
        };
        let met = || strand.found.contains(&(candidate.digest.hash, tip));
        let Some(root) = strand
            .root_at(tip)
            .or_else(|| met().then_some(candidate.digest.hash))
        else {
            continue;
        };
        let by = strand.reached_by(tip);
        if root == candidate.digest.hash {
            candidate.digest.strand_id = Some(strand_id.clone());
            candidate.reach(by);
            let bound = match by {
                By::Journal => Some(0),
                _ => strand.bound_from(tip),
            };
            if let Some(first) = bound.filter(|_| candidate.vouches()) {
                verified.push((first, tip));
            }
        } else if let (By::Prefix, Some(prefix)) = (by, &strand.prefix) {
            anchors.explained |= candidate.vouches();
            findings.push(prefix_differs(strand_id, prefix, candidate, root));
        } else if candidate.digest.strand_id.is_some() {
            candidate.verdict = DigestVerdict::Failed;
            anchors.explained |= candidate.vouches();
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
    anchors.add(verified);
}

/// A state and the blocks after it give another digest. Which of the two is wrong
/// cannot be said, unless the caller vouches for the state.
fn prefix_differs(
    strand_id: &StrandId,
    prefix: &Prefix,
    candidate: &mut Candidate,
    root: Hash,
) -> Finding {
    let why = format!(
        "blocks 0 to its end, {}, and the blocks here up to {} give another digest than {}",
        prefix.span.last(),
        candidate.digest.sequence_no.unwrap_or_default(),
        candidate.source
    );
    let mut finding =
        unfit(strand_id, prefix, &why).values(candidate.digest.hash.to_string(), root.to_string());
    if prefix.vouched {
        candidate.verdict = DigestVerdict::Failed;
        finding.code = Code::Digest;
        finding.severity = Severity::Failure;
    }
    finding
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

/// How many hashes of a proof lie below the block's leaf.
#[derive(Clone, Copy)]
pub(crate) enum InBlock {
    None,
    Exactly(usize),
    AtLeast(usize),
}

/// Folds block proofs; a right one carries the chain up to its block.
pub(crate) fn by_block_proofs(
    strand_id: &StrandId,
    strand: &StrandFold,
    proofs: &[BlockProof],
    candidates: &mut Candidates,
    anchors: &mut Anchors,
    findings: &mut Findings,
) {
    let mut verified = Vec::new();
    for proof in proofs {
        if proof.address.strand_id != *strand_id {
            continue;
        }
        let sequence_no = proof.address.sequence_no;
        let Some(met) = strand.proven.get(&sequence_no) else {
            findings.push(proof.of_an_unseen_block());
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
            candidates.all[index].reach(By::BlockProof);
            if candidates.all[index].vouches() {
                verified.push((met.chained_from, sequence_no));
            }
        }
    }
    anchors.add(verified);
}

/// Folds the proofs of loose revisions. True for those that hang under a trusted
/// digest, by their proof or through their block.
pub(crate) fn by_revision_proofs(
    placed: &[Placed],
    candidates: &mut Candidates,
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
        if let Some(finding) = block_left_out(one, *offset) {
            findings.push(finding);
        } else if by_proof_alone(one) {
            findings.push(data_may_be_missing(loose, *offset));
        }
        let mut by_proof = false;
        match fold(&subject, candidates, findings) {
            Fold::Nowhere => anchors.explained = true,
            Fold::Reaches(reached) => {
                for index in reached {
                    candidates.all[index].reach(By::RevisionProof);
                    by_proof |= candidates.all[index].vouches();
                }
            }
        }
        verified.push(by_block || by_proof);
    }
    verified
}

/// A deletion that hashes as its metadata alone, shown by a proof and no block.
fn by_proof_alone(placed: &Placed) -> bool {
    placed.hashes_in_block.is_none() && placed.loose.record.deletion_rule == Some("H(metadata)")
}

/// The pair hash puts no mark on its level: one more hash in the proof, and a
/// revision whose data was left out looks like this deletion.
fn data_may_be_missing(loose: &LooseRevision, offset: u64) -> Finding {
    let finding = Finding::new(
        Code::DeletionRule,
        "this revision has no data and hashes as its metadata alone; a proof that starts with the hash of its data would look the same, so this may be a deletion or a revision whose data was left out",
    )
    .severity(Severity::Warning)
    .remedy("hand over the block: with it the number of hashes tells");
    loose.about(finding).source(&loose.path, Some(offset))
}

fn fold(subject: &Subject<'_>, candidates: &mut Candidates, findings: &mut Findings) -> Fold {
    let root = subject.proof.fold(&subject.leaf);
    let strand_id = &subject.address.strand_id;
    let about = |code, message: String| {
        Finding::new(code, message)
            .at(subject.address)
            .field("Proof")
            .source(subject.path, Some(subject.offset))
    };
    let Some(first) = candidates.of(strand_id).next() else {
        let mut finding = about(
            Code::NoDigest,
            "the proof folds to a digest, but no digest of this strand was given to compare it with".to_owned(),
        )
        .remedy("compare the digest it folds to with one that you trust, or pass that with --digest");
        finding.recomputed = Some(root.to_string());
        findings.push(finding);
        return Fold::Nowhere;
    };
    let equal = candidates.equal_to(&root, strand_id);
    if equal.is_empty() {
        const NAMED_MAX: usize = 3;
        let names = candidates
            .of(strand_id)
            .take(NAMED_MAX)
            .map(Candidate::name);
        let mut names = names.collect::<Vec<_>>().join(" or ");
        let more = candidates.of(strand_id).skip(NAMED_MAX).count();
        if more > 0 {
            names = format!("{names} or {more} other digests");
        }
        findings.push(
            about(Code::Proof, format!("the proof does not fold to {names}"))
                .values(first.digest.hash.to_string(), root.to_string())
                .remedy("the proof, the hash it starts from or the digest is not the genuine one, or the proof was made for another tip: a proof holds for one digest only"),
        );
        return Fold::Nowhere;
    }
    let trusting = candidates.of(strand_id).any(|candidate| candidate.trusted);
    let candidates = &mut candidates.all;
    let mut reached = Vec::new();
    for index in equal {
        let (number, tip) = (
            subject.address.sequence_no,
            candidates[index].digest.sequence_no,
        );
        match proof_shape(number, subject.proof, subject.in_block, tip) {
            Ok(_) => {
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
    if trusting && !reached.iter().any(|&index| candidates[index].vouches()) {
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

pub(crate) enum Misshape {
    TipUnknown,
    Wrong(String),
}

/// Whether a proof of this many hashes can be that of block `index`, or of a revision
/// in it, for a digest at `tip`, and whether an odd block's first sibling, and no even
/// block's, is the block before it. Gives the number of hashes in the block.
pub(crate) fn proof_shape(
    index: u64,
    proof: &Proof,
    in_block: InBlock,
    tip: Option<u64>,
) -> Result<usize, Misshape> {
    let tip = tip.ok_or(Misshape::TipUnknown)?;
    let leaves = tip
        .checked_add(1)
        .ok_or_else(|| Misshape::Wrong("the tip is larger than any journal".to_owned()))?;
    let in_tree = siblings(index, leaves)
        .ok_or_else(|| Misshape::Wrong(format!("the block lies after the tip {tip}")))?;
    let found = proof.len();
    let fits = match in_block {
        InBlock::None => found == in_tree,
        InBlock::Exactly(count) => found == count + in_tree,
        InBlock::AtLeast(count) => found >= count + in_tree,
    };
    if !fits {
        let expected = match in_block {
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
    let within = found - in_tree;
    // The block itself may lack a previous hash that its number calls for; nobody
    // outside AWS knows what block 0 has there.
    let revision = index > 0 && !matches!(in_block, InBlock::None);
    let previous = within.checked_sub(1).map(|last| proof.0[last]);
    let twice = previous == proof.0.get(within).copied();
    if revision && twice != (index % 2 == 1) {
        let why = match twice {
            false => "the first sibling of an odd block is the block before it, and must equal the previous block hash that stands before it",
            true => "the first sibling of an even block is never the block before it, and cannot equal the previous block hash that stands before it",
        };
        return Err(Misshape::Wrong(why.to_owned()));
    }
    Ok(within)
}

/// Two digests of one strand and tip that differ, both trusted or reached.
pub(crate) fn contradictions(candidates: &mut [Candidate], findings: &mut Findings) {
    let mut by_place: BTreeMap<(StrandId, u64), Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let digest = &candidate.digest;
        let place = digest.strand_id.clone().zip(digest.sequence_no);
        if let Some(place) = place.filter(|_| candidate.trusted || candidate.reached()) {
            by_place.entry(place).or_default().push(index);
        }
    }
    for ((strand_id, tip), indexes) in by_place {
        let first = candidates[indexes[0]].clone();
        let differs = |index: &&usize| candidates[**index].digest.hash != first.digest.hash;
        let others: Vec<usize> = indexes.iter().filter(differs).copied().collect();
        for &index in &others {
            let other = &candidates[index];
            let message = format!(
                "{} and {} are different digests of one strand at one tip",
                first.source, other.source
            );
            findings.push(
                Finding::new(Code::Contradiction, message)
                    .strand(&strand_id)
                    .sequence_no(tip)
                    .values(other.digest.hash.to_string(), first.digest.hash.to_string())
                    .remedy("a journal has one digest at a tip: one of the two is not genuine"),
            );
        }
        let failed = indexes.iter().filter(|_| !others.is_empty());
        failed.for_each(|&index| {
            if !candidates[index].trusted {
                candidates[index].verdict = DigestVerdict::Failed;
            }
        });
    }
}
