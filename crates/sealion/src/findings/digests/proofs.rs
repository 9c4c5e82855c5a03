//! Ties blocks and revisions to digests by the proofs that came with them.

use std::collections::HashSet;
use std::sync::Arc;

use super::fold::{Others, Subject};
use super::shape::InBlock;
use super::{Anchors, Candidates, Facts};
use crate::blocks::{BlockAddress, Hash, Proof};
use crate::findings::bundle::block_left_out;
use crate::findings::code::{Code, Severity};
use crate::findings::facts::{of_proof, within_block, Kind, Origin};
use crate::findings::finding::{Finding, Findings};
use crate::findings::journal::{ProvenBlock, StrandFold};
use crate::findings::loose::{LooseProof, LooseRevision, Placed};
use crate::findings::outcome::{Asked, By, DigestVerdict};
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

/// All proofs of a strand, folded. What each comes to depends on the digests it leads to, and
/// of these more are known to hang under a trusted one once all have said what they say.
pub(crate) struct Proofs<'a> {
    placed: &'a [Placed],
    asked: &'a Asked,
    folded: Vec<Folded<'a>>,
}

/// One of them.
struct Folded<'a> {
    subject: Subject<'a>,
    /// As in [`Fold`](super::fold::Fold).
    reached: Vec<(usize, usize)>,
    of: Of,
    /// Whether a digest that it leads to was reached by it.
    settled: bool,
}

/// What a proof is of.
#[derive(Clone, Copy)]
enum Of {
    /// A block, and the first that the chain ties to it.
    Block(u64),
    /// The loose revision of this index.
    Revision(usize),
}

impl<'a> Proofs<'a> {
    /// Folds the proofs of blocks, then those of revisions, and puts what they say into the
    /// table.
    pub(crate) fn fold(
        strand: &'a StrandFold,
        proofs: &'a [BlockProof],
        asked: &'a Asked,
        (candidates, facts): (&mut Candidates, &mut Facts<'_>),
        findings: &mut Findings,
    ) -> Proofs<'a> {
        let mut folded: Vec<Folded<'a>> = Vec::new();
        for proof in proofs {
            match strand.proven.get(&proof.address.sequence_no) {
                Some(met) => folded.push(proof.of_block(met)),
                None if asked.includes(proof.address.sequence_no) => {
                    findings.push(proof.of_an_unseen_block());
                }
                None => {}
            }
        }
        let revisions = strand.placed.iter().enumerate();
        folded.extend(revisions.filter_map(|(index, one)| of_revision(index, one)));
        let placed = &strand.placed;
        let mut others = None;
        for one in &mut folded {
            one.fold(placed, asked, (candidates, facts, &mut others), findings);
        }
        Proofs {
            placed,
            asked,
            folded,
        }
    }

    /// Ties blocks to the digests that vouch by now.
    pub(crate) fn settle(&mut self, candidates: &mut Candidates, anchors: &mut Anchors) {
        let mut verified = Vec::new();
        let strand = self
            .folded
            .first()
            .map(|one| &one.subject.address.strand_id);
        let trusting = strand.is_some_and(|strand| candidates.of(strand).any(|one| one.trusted));
        for one in self.folded.iter_mut().filter(|one| !one.settled) {
            let by = match one.of {
                Of::Block(_) => By::BlockProof,
                Of::Revision(_) => By::RevisionProof,
            };
            one.settled = one.subject.reach(&one.reached, by, trusting, candidates);
            if let (Of::Block(from), true) = (one.of, one.vouched(candidates)) {
                let number = one.subject.number();
                verified.push((from, number));
                anchors.add_proven(number);
            }
        }
        anchors.add(verified);
    }

    /// Says of those that lead to claims alone that they do. For each loose revision, whether it
    /// hangs under a trusted digest, by a proof or through its block.
    pub(crate) fn finish(
        self,
        candidates: &Candidates,
        anchors: &mut Anchors,
        findings: &mut Findings,
    ) -> Vec<bool> {
        let by_block = |one: &Placed| one.in_block && anchors.covers(one.loose.address.sequence_no);
        let mut verified: Vec<bool> = self.placed.iter().map(by_block).collect();
        for one in self.folded.iter().filter(|one| one.vouched(candidates)) {
            if let Of::Revision(index) = one.of {
                verified[index] = true;
            }
        }
        by_the_same_hash(self.placed, &mut verified);
        for one in self.folded.iter().filter(|one| !one.settled) {
            let number = one.subject.number();
            let asked = self.asked.includes(number);
            let otherwise = match one.of {
                Of::Block(_) => anchors.covers(number),
                Of::Revision(index) => verified[index],
            };
            let needed = asked && !otherwise;
            anchors.explained |= needed;
            if asked {
                findings.extend(one.subject.claims_alone(&one.reached, needed, candidates));
            }
        }
        verified
    }
}

impl Folded<'_> {
    fn fold(
        &mut self,
        placed: &[Placed],
        asked: &Asked,
        (candidates, facts, others): (&mut Candidates, &mut Facts<'_>, &mut Option<Others>),
        findings: &mut Findings,
    ) {
        let subject = &self.subject;
        let fold = subject.fold(candidates, others);
        let grave = |finding: &Finding| finding.severity == Severity::Failure;
        let asked = asked.includes(subject.number());
        findings.extend(fold.findings.into_iter().filter(|one| asked || grave(one)));
        self.reached = fold.reached;
        let takes_part = match self.of {
            // A block that stands elsewhere as well, or has another hash here, is a finding.
            Of::Block(_) => {
                let leaf = Subtree::leaf(subject.number());
                leaf.and_then(|leaf| facts.table.get(leaf)) == Some(subject.leaf)
            }
            // What failed by itself is a finding already.
            Of::Revision(index) => {
                let one = &placed[index];
                let about = block_left_out(one, subject.offset).or_else(|| {
                    by_proof_alone(one).then(|| data_may_be_missing(&one.loose, subject.offset))
                });
                findings.extend(about.filter(|_| asked));
                !one.loose.failed
            }
        };
        if takes_part {
            facts.proof(subject, &self.reached, candidates, findings);
        }
    }

    /// Whether it ties what it proves to a digest that is trusted, or hangs under one.
    fn vouched(&self, candidates: &Candidates) -> bool {
        let vouches = |&(index, _): &(usize, usize)| candidates.all[index].vouches();
        self.settled && self.reached.iter().any(vouches)
    }
}

impl BlockProof {
    fn of_block(&self, met: &ProvenBlock) -> Folded<'_> {
        let subject = Subject {
            address: &self.address,
            proof: &self.proof,
            leaf: met.hash,
            path: &self.path,
            offset: self.offset,
            in_block: InBlock::None(met.previous),
        };
        Folded::new(subject, Of::Block(met.chained_from))
    }
}

fn of_revision(index: usize, one: &Placed) -> Option<Folded<'_>> {
    let loose = &one.loose;
    let LooseProof::Whole(proof, offset) = &loose.proof else {
        return None;
    };
    let genesis = loose.address.sequence_no == 0;
    let subject = Subject {
        address: &loose.address,
        proof,
        leaf: loose.record.hash?,
        path: &loose.path,
        offset: *offset,
        in_block: match one.hashes_in_block {
            Some(count) => InBlock::Exactly(count),
            // The previous block hash; more with several entries or revisions.
            None => InBlock::AtLeast(usize::from(!genesis)),
        },
    };
    Some(Folded::new(subject, Of::Revision(index)))
}

impl<'a> Folded<'a> {
    fn new(subject: Subject<'a>, of: Of) -> Folded<'a> {
        Folded {
            subject,
            reached: Vec::new(),
            of,
            settled: false,
        }
    }
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
