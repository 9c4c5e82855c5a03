//! Folds one proof, and says which digests it leads to.

use std::sync::Arc;

use super::shape::{proof_shape, InBlock, Misshape};
use super::{Candidate, Candidates};
use crate::blocks::{BlockAddress, Hash, Proof, StrandId};
use crate::findings::code::{Code, Severity};
use crate::findings::finding::Finding;
use crate::findings::outcome::By;

/// What is proven, where, and by how many hashes.
pub(super) struct Subject<'a> {
    pub(super) address: &'a BlockAddress,
    pub(super) proof: &'a Proof,
    pub(super) leaf: Hash,
    pub(super) path: &'a Arc<str>,
    pub(super) offset: u64,
    /// Hashes in the block before the tree's begin: none for a block proof, at
    /// least this many for a revision's.
    pub(super) in_block: InBlock,
}

/// The digests that a proof leads to and whose shape it has: their indexes, and how many of
/// its hashes lie in the block. If there are none, the findings say why.
#[derive(Default)]
pub(super) struct Fold {
    pub(super) reached: Vec<(usize, usize)>,
    pub(super) findings: Vec<Finding>,
}

/// The digests with which proofs of a strand that lead to none are compared, in words: made
/// once for all of these, for there may be many of both.
pub(super) struct Others {
    first: Option<Hash>,
    names: String,
}

impl Others {
    fn of(strand_id: &StrandId, candidates: &Candidates) -> Others {
        const NAMED_MAX: usize = 3;
        // Those that were computed for other proofs are not what one is compared with.
        let met = || candidates.of(strand_id).filter(|one| !one.computed);
        let names = met().take(NAMED_MAX).map(Candidate::name);
        let mut names = names.collect::<Vec<_>>().join(" or ");
        let more = met().skip(NAMED_MAX).count();
        if more > 0 {
            names = format!("{names} or {more} other digests");
        }
        Others {
            first: met().next().map(|one| one.digest.hash),
            names,
        }
    }
}

impl Subject<'_> {
    fn about(&self, code: Code, message: String) -> Finding {
        Finding::new(code, message)
            .at(self.address)
            .field("Proof")
            .source(self.path, Some(self.offset))
    }

    /// The block, as it is claimed.
    pub(super) fn number(&self) -> u64 {
        self.address.sequence_no
    }

    pub(super) fn fold(&self, candidates: &mut Candidates, others: &mut Option<Others>) -> Fold {
        let root = self.proof.fold(&self.leaf);
        let strand_id = &self.address.strand_id;
        let mut fold = Fold::default();
        let equal = candidates.equal_to(&root, strand_id);
        if equal.is_empty() {
            let others = others.get_or_insert_with(|| Others::of(strand_id, candidates));
            fold.findings.push(self.nowhere(root, others));
            return fold;
        }
        // One of them is trusted, and does not say its tip: that is said once.
        let tip_unknown = self.is_to_a_digest_without_tip(candidates);
        for index in equal {
            let candidate = &mut candidates.all[index];
            match proof_shape(
                self.number(),
                self.proof,
                self.in_block,
                candidate.digest.sequence_no,
            ) {
                Ok(within) => {
                    let strand = &mut candidate.digest.strand_id;
                    strand.get_or_insert_with(|| strand_id.clone());
                    fold.reached.push((index, within));
                }
                Err(Misshape::TipUnknown) if tip_unknown => {}
                Err(misshape) => fold.findings.push(self.misshapen(candidate, misshape)),
            }
        }
        fold
    }

    /// Whether it leads to a digest that is trusted without its tip.
    fn is_to_a_digest_without_tip(&self, candidates: &Candidates) -> bool {
        let root = self.proof.fold(&self.leaf);
        let equal = candidates.equal_to(&root, &self.address.strand_id);
        let mut equal = equal.into_iter().map(|index| &candidates.all[index]);
        equal.any(|one| one.tip_unknown().is_some())
    }

    /// It leads to no digest here.
    fn nowhere(&self, root: Hash, others: &Others) -> Finding {
        let Some(first) = others.first else {
            let message = "the proof folds to a digest, but no digest of this strand was given to compare it with, and the blocks here give none like it";
            let mut finding = self
                .about(Code::NoDigest, message.to_owned())
                .remedy("compare the digest it folds to with one that you trust, or pass that with --digest");
            finding.recomputed = Some(root.to_string());
            return finding;
        };
        self.about(
            Code::Proof,
            format!("the proof does not fold to {}", others.names),
        )
        .values(first.to_string(), root.to_string())
        .remedy("the proof, the hash it starts from or the digest is not the genuine one, or the proof was made for another tip: a proof holds for one digest only")
    }

    fn misshapen(&self, candidate: &Candidate, misshape: Misshape) -> Finding {
        match misshape {
            Misshape::TipUnknown => self
                .about(
                    Code::TipOutside,
                    format!("the proof folds to {}, but without the digest's tip its number of hashes cannot be checked", candidate.source),
                )
                .remedy("give the digest as BASE64@SEQUENCENO, or as the file that has its tip address"),
            Misshape::Wrong(why) => self
                .about(
                    Code::ProofShape,
                    format!("the proof folds to {}, but cannot be that of block {}: {why}", candidate.name(), self.number()),
                )
                .remedy("the address or the tip is not the genuine one: a proof shows membership, and its length the place"),
        }
    }

    /// Reaches the digests that it leads to, if what hangs under one of them is verified; or if
    /// nothing can be, for none of the strand is trusted. Gives whether it did.
    pub(super) fn reach(
        &self,
        reached: &[(usize, usize)],
        by: By,
        trusting: bool,
        candidates: &mut Candidates,
    ) -> bool {
        let all = &mut candidates.all;
        let vouched = reached.iter().any(|&(index, _)| all[index].vouches());
        let settled = vouched || (!trusting && !reached.is_empty());
        if settled {
            reached.iter().for_each(|&(index, _)| all[index].reach(by));
        }
        settled
    }

    /// It leads to claims alone, although some digest is trusted. `needed`: nothing else ties what
    /// it proves to that one.
    pub(super) fn claims_alone(
        &self,
        reached: &[(usize, usize)],
        needed: bool,
        candidates: &Candidates,
    ) -> Option<Finding> {
        let &(first, _) = reached.first()?;
        if self.is_to_a_digest_without_tip(candidates) {
            return None;
        }
        let claim = candidates.all[first].name();
        let message = format!(
            "the proof folds to the digest in {claim}, which is only a claim, and to none that you trust"
        );
        let finding = self.about(Code::NoDigest, message);
        Some(match needed {
            true => finding.remedy("pass that digest with --digest if you trust it, or get a proof for the one you trust"),
            false => finding.severity(Severity::Note).remedy("nothing needs to be done: what it proves hangs under a trusted digest without it"),
        })
    }
}
