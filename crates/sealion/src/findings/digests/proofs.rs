//! Ties blocks and revisions to digests by the proofs that came with them.

use std::collections::HashSet;
use std::sync::Arc;

use super::shape::{proof_shape, InBlock, Misshape};
use super::{Anchors, Candidate, Candidates, Facts};
use crate::blocks::{BlockAddress, Hash, Proof, StrandId};
use crate::findings::bundle::block_left_out;
use crate::findings::code::{Code, Severity};
use crate::findings::facts::{of_proof, within_block, Kind, Origin};
use crate::findings::finding::{Finding, Findings};
use crate::findings::journal::StrandFold;
use crate::findings::loose::{LooseProof, LooseRevision, Placed};
use crate::findings::outcome::{By, DigestVerdict};
use crate::merkle::Subtree;

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

/// What a proof came to.
enum Fold {
    /// It leads to these candidates, and its shape is right: their indexes, and how many of
    /// its hashes lie in the block.
    Reaches(Vec<(usize, usize)>),
    /// The same, and none of them is trusted though others are; a finding says so.
    Claims(Vec<(usize, usize)>),
    /// It leads nowhere; a finding says so.
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

/// Folds block proofs; a right one carries the chain up to its block.
pub(crate) fn by_block_proofs(
    (strand_id, strand): (&StrandId, &StrandFold),
    proofs: &[BlockProof],
    candidates: &mut Candidates,
    (anchors, facts): (&mut Anchors, &mut Facts<'_>),
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
            in_block: InBlock::None(met.previous),
        };
        let (reached, claims) = match fold(&subject, candidates, findings) {
            Fold::Reaches(reached) => (reached, false),
            Fold::Claims(reached) => (reached, true),
            Fold::Nowhere => (Vec::new(), true),
        };
        anchors.explained |= claims;
        // A block that stands elsewhere as well, or has another hash here, is a finding.
        let leaf = Subtree::leaf(sequence_no);
        if leaf.and_then(|leaf| facts.table.get(leaf)) == Some(met.hash) {
            facts.proof(&subject, &reached, candidates, findings);
        }
        for (index, _) in reached.into_iter().filter(|_| !claims) {
            candidates.all[index].reach(By::BlockProof);
            if candidates.all[index].vouches() {
                verified.push((met.chained_from, sequence_no));
                anchors.add_proven(sequence_no);
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
    (anchors, facts): (&mut Anchors, &mut Facts<'_>),
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
        let (reached, claims) = match fold(&subject, candidates, findings) {
            Fold::Reaches(reached) => (reached, false),
            Fold::Claims(reached) => (reached, true),
            Fold::Nowhere => (Vec::new(), true),
        };
        anchors.explained |= claims;
        // What failed by itself is a finding already.
        if !loose.failed {
            facts.proof(&subject, &reached, candidates, findings);
        }
        let mut by_proof = false;
        for (index, _) in reached.into_iter().filter(|_| !claims) {
            candidates.all[index].reach(By::RevisionProof);
            by_proof |= candidates.all[index].vouches();
        }
        verified.push(by_block || by_proof);
    }
    by_the_same_hash(placed, &mut verified);
    verified
}

/// A revision without a proof has that of a receipt for it: the same hash in the same
/// block. (That they name one document was checked.)
fn by_the_same_hash(placed: &[Placed], verified: &mut [bool]) {
    let key = |one: &Placed| {
        one.loose
            .record
            .hash
            .map(|hash| (hash, one.loose.address.sequence_no))
    };
    let proven: HashSet<(Hash, u64)> = placed
        .iter()
        .zip(&*verified)
        .filter(|(one, verified)| **verified && !one.loose.failed)
        .filter_map(|(one, _)| key(one))
        .collect();
    for (one, verified) in placed.iter().zip(verified) {
        let bare = matches!(one.loose.proof, LooseProof::None) && !one.loose.failed;
        *verified |= bare && key(one).is_some_and(|key| proven.contains(&key));
    }
}

impl Facts<'_> {
    /// What a proof says that folds to these digests and has their shape.
    fn proof(
        &mut self,
        subject: &Subject<'_>,
        reached: &[(usize, usize)],
        candidates: &mut Candidates,
        findings: &mut Findings,
    ) {
        let number = subject.address.sequence_no;
        let kind = match subject.in_block {
            InBlock::None(_) => Kind::BlockProof(number),
            _ => Kind::RevisionProof(number),
        };
        let mut tips: Vec<(u64, usize)> = Vec::new();
        for (index, within) in reached {
            let one = &candidates.all[*index];
            // One that contradicts others is a finding already.
            let stands = one.verdict != DigestVerdict::Failed;
            let tip = one.digest.sequence_no.filter(|_| stands);
            tips.extend(tip.map(|tip| (tip, *within)));
        }
        tips.sort_unstable();
        tips.dedup();
        for (tip, within) in tips {
            let mut said = match subject.in_block {
                InBlock::None(_) => Vec::new(),
                _ => within_block(number, &subject.leaf, subject.proof, within),
            };
            said.extend(of_proof(number, tip, &subject.proof.0[within..]));
            let origin = Origin::new(kind, subject.path, Some(subject.offset));
            self.write(origin, &said, candidates, findings);
        }
    }
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
    // One of them is trusted, and does not say its tip: that is said once.
    let unknown = |index: &usize| candidates.all[*index].tip_unknown().is_some();
    let tip_unknown = equal.iter().any(unknown);
    let candidates = &mut candidates.all;
    let mut reached = Vec::new();
    for index in equal {
        let (number, tip) = (
            subject.address.sequence_no,
            candidates[index].digest.sequence_no,
        );
        match proof_shape(number, subject.proof, subject.in_block, tip) {
            Ok(within) => {
                candidates[index].digest.strand_id.get_or_insert_with(|| strand_id.clone());
                reached.push((index, within));
            }
            Err(Misshape::TipUnknown) if tip_unknown => {}
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
    let vouched = reached
        .iter()
        .any(|&(index, _)| candidates[index].vouches());
    if !trusting || vouched {
        return Fold::Reaches(reached);
    }
    if !tip_unknown {
        let claim = candidates[reached[0].0].name();
        findings.push(
            about(
                Code::NoDigest,
                format!("the proof folds to the digest in {claim}, which is only a claim, and to none that you trust"),
            )
            .remedy("pass that digest with --digest if you trust it, or get a proof for the one you trust"),
        );
    }
    Fold::Claims(reached)
}
