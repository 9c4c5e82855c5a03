//! Answers of the service with their proofs.

use super::{engines, trusted, with_deep_stack, Difference};
use crate::ledger::Digest;
use ion_rs::Element;
use sealion::source::Memory;
use sealion::{Code, Report, Verdict, Verifier};
use sealion_reference::journal::{check, Answer, Block, Revision};
use sealion_reference::{proof, Hash};

/// What the reference reads in a file of `get-block` or `get-revision`.
#[derive(Clone, Debug)]
pub enum Decoded {
    /// A block and its proof.
    Block(Element, Vec<Hash>),
    /// A revision and its proof.
    Revision(Element, Vec<Hash>),
}

impl Decoded {
    /// Reads `{Block, Proof}` or `{Revision, Proof}`, each `{IonText}`; `None` if a part is missing, or not what it
    /// must be.
    #[must_use]
    pub fn read(file: &[u8]) -> Option<Self> {
        let file = Element::read_one(file).ok()?;
        let text = |name: &str| {
            let member = file.as_struct()?.get(name)?.as_struct()?.get("IonText")?;
            Element::read_one(member.as_string()?).ok()
        };
        let proof = proof::read(&text("Proof")?).ok()?;
        match (text("Block"), text("Revision")) {
            (Some(block), None) => Some(Self::Block(block, proof)),
            (None, Some(revision)) => Some(Self::Revision(revision, proof)),
            _ => None,
        }
    }

    /// How it differs from what was read in its place; a proof is covered.
    #[must_use]
    pub fn difference(&self, found: &Self) -> Difference {
        let one = std::slice::from_ref::<Element>;
        match (self, found) {
            (Self::Block(a, p), Self::Block(b, q)) if p == q => Difference::between(one(a), one(b)),
            (Self::Revision(a, p), Self::Revision(b, q)) if p == q => Difference::of_revision(a, b),
            _ => Difference::Covered,
        }
    }

    /// What the reference says to it: `holds`, `undecided`, or the code of what does not hold.
    #[must_use]
    pub fn judged(&self, digest: &Digest) -> &'static str {
        let (tip, digest) = (digest.tip.sequence_no, &digest.digest);
        let folded = match self {
            Self::Block(element, proof) => {
                let results = check(std::slice::from_ref(element));
                let (Ok(block), Some(Ok(checked))) = (Block::read(element), results.first()) else {
                    return "malformed";
                };
                if let Some(failure) = checked.failures().next() {
                    return failure.rule.code();
                }
                proof::check_block(
                    &block.block_hash,
                    block.address.sequence_no,
                    tip,
                    proof,
                    digest,
                )
            }
            Self::Revision(element, proof) => {
                let Ok(revision) = Revision::read(element) else {
                    return "malformed";
                };
                let Some(address) = &revision.address else {
                    return "malformed";
                };
                match revision.recompute().map(|made| made.answer(&revision.hash)) {
                    Ok(Answer::Holds) => {}
                    Ok(Answer::Fails) => return "revision-hash",
                    Ok(Answer::NotRecomputable) => return "undecided",
                    Err(_) => return "malformed",
                }
                proof::check_revision(&revision.hash, address.sequence_no, tip, proof, digest)
            }
        };
        match folded {
            Ok(()) => "holds",
            Err(proof::Refusal::Fold { .. } | proof::Refusal::AfterTip { .. }) => "proof",
            Err(_) => "proof-shape",
        }
    }
}

/// The library's report on a file of `get-block` or `get-revision` under this trusted digest. It says `verified` if
/// and only if the reference finds that all holds, and names the same rule if not.
///
/// # Panics
/// If the two do not agree.
#[must_use]
pub fn answer(file: &[u8], digest: &Digest) -> Report {
    let archive = Memory::new().with("answer.json", file);
    let report = engines(&archive, &Verifier::new().against(trusted(digest)));
    let judged = with_deep_stack(|| Decoded::read(file).map(|decoded| decoded.judged(digest)));
    let judged = judged.unwrap_or("malformed");
    let verified = report.verdict() == Verdict::Verified;
    assert_eq!(verified, judged == "holds", "{judged}: {report}");
    let named = report
        .findings()
        .iter()
        .any(|finding| finding.code.as_str() == judged);
    let unnamed = ["holds", "malformed", "undecided"].contains(&judged);
    // A block that lies after the tip has a proof that folds nowhere, or anywhere.
    let either = report
        .findings()
        .iter()
        .any(|finding| finding.code == Code::ProofShape);
    assert!(named || unnamed || either, "{judged}: {report}");
    report
}
