//! Changes to an answer of the service: a block or revision with its proof and the digest that it belongs to.

use super::{alter::alter, flip, Expectation};
use crate::block::{Block, Content, Revision};
use crate::ledger::{Digest, Ledger};
use crate::write::evidence;
use crate::Rng;
use sealion_reference::{dot, siblings, Hash};

/// A block, or one of its revisions, with a proof and a digest. The digest is the one that is trusted.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The block.
    pub block: Block,
    /// Which of its revisions the proof is for; `None` for the block itself.
    pub revision: Option<usize>,
    /// The proof, each hash 32 bytes in a sound one.
    pub proof: Vec<Vec<u8>>,
    /// The digest.
    pub digest: Digest,
}

impl Evidence {
    /// What the service answered for block `index` and the digest at `tip`.
    ///
    /// # Panics
    /// If there is no block `tip`, or `index` is past it.
    #[must_use]
    pub fn of_block(ledger: &Ledger, index: usize, tip: usize) -> Self {
        let proof = bytes(&ledger.block_proof(index, tip));
        Self {
            block: ledger.blocks[index].clone(),
            revision: None,
            proof,
            digest: ledger.digest_at(tip),
        }
    }

    /// What the service answered for one revision of block `index` and the digest at `tip`.
    ///
    /// # Panics
    /// If there is no such revision, or no block `tip`, or `index` is past it.
    #[must_use]
    pub fn of_revision(ledger: &Ledger, index: usize, revision: usize, tip: usize) -> Self {
        let proof = bytes(&ledger.revision_proof(index, revision, tip));
        Self {
            revision: Some(revision),
            proof,
            ..Self::of_block(ledger, index, tip)
        }
    }

    /// As the AWS CLI's files: `block.json` or `revision.json`, and `digest.json`.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let answer = match self.revision() {
            Some(revision) => (
                "revision.json",
                evidence::get_revision(revision, Some(&self.proof)),
            ),
            None => (
                "block.json",
                evidence::get_block(&self.block, Some(&self.proof)),
            ),
        };
        let digest = ("digest.json", evidence::get_digest(&self.digest));
        [answer, digest]
            .map(|(name, text)| (name.to_owned(), text.into_bytes()))
            .into()
    }

    /// The revision that the proof is for.
    #[must_use]
    pub fn revision(&self) -> Option<&Revision> {
        self.block.revisions().get(self.revision?)
    }

    fn revision_mut(&mut self) -> Option<&mut Revision> {
        self.block.revisions.as_mut()?.get_mut(self.revision?)
    }

    fn index(&self) -> usize {
        self.block.address.sequence_no as usize
    }
}

fn bytes(hashes: &[Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.to_vec()).collect()
}

/// A change to an answer. The ledger is the one it is of.
#[derive(Clone, Copy, Debug)]
pub struct ProofChange {
    /// Its name, which stays.
    pub name: &'static str,
    /// Makes the change; `None`, and no change, where there is nothing to change.
    pub apply: fn(&mut Evidence, &Ledger, &mut Rng) -> Option<Expectation>,
}

pub(super) const CHANGES: &[ProofChange] = &[
    ProofChange {
        name: "proof-bit",
        apply: proof_bit,
    },
    ProofChange {
        name: "proof-swapped",
        apply: proof_swapped,
    },
    ProofChange {
        name: "lengthen-proof",
        apply: lengthen,
    },
    ProofChange {
        name: "shorten-proof",
        apply: shorten,
    },
    ProofChange {
        name: "cut-proof-below",
        apply: cut_below,
    },
    ProofChange {
        name: "empty-hash-in-proof",
        apply: |evidence, _, rng| odd_hash(evidence, rng, 0),
    },
    ProofChange {
        name: "short-hash-in-proof",
        apply: |evidence, _, rng| odd_hash(evidence, rng, 31),
    },
    ProofChange {
        name: "digest-bit",
        apply: digest_bit,
    },
    ProofChange {
        name: "zero-digest",
        apply: zero_digest,
    },
    ProofChange {
        name: "other-tip",
        apply: other_tip,
    },
    ProofChange {
        name: "tip-number-changed",
        apply: tip_number,
    },
    ProofChange {
        name: "proof-of-neighbour",
        apply: proof_of_neighbour,
    },
    ProofChange {
        name: "inner-node-as-block",
        apply: inner_node_as_block,
    },
    ProofChange {
        name: "block-hash-bit-in-answer",
        apply: block_hash_bit,
    },
    ProofChange {
        name: "entries-hash-bit-in-answer",
        apply: entries_hash_bit,
    },
    ProofChange {
        name: "revision-data-changed",
        apply: revision_data,
    },
    ProofChange {
        name: "revision-version-changed",
        apply: revision_version,
    },
];

/// Fails with this code; the digest is part of the answer, so there is no verdict without it.
fn failed(evidence: &Evidence, code: &'static str) -> Option<Expectation> {
    let findings = Expectation::failed(&[code], evidence.index());
    Some(Expectation {
        without_digest: None,
        ..findings
    })
}

fn proof_bit(evidence: &mut Evidence, _: &Ledger, rng: &mut Rng) -> Option<Expectation> {
    let at = rng.index(evidence.proof.len());
    flip(evidence.proof.get_mut(at)?, rng);
    failed(evidence, "proof")
}

/// Two neighbours change places.
fn proof_swapped(evidence: &mut Evidence, _: &Ledger, rng: &mut Rng) -> Option<Expectation> {
    let pairs = evidence
        .proof
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0] != pair[1]);
    let pairs: Vec<usize> = pairs.map(|(at, _)| at).collect();
    let at = *pairs.get(rng.index(pairs.len()))?;
    evidence.proof.swap(at, at + 1);
    failed(evidence, "proof")
}

fn lengthen(evidence: &mut Evidence, _: &Ledger, rng: &mut Rng) -> Option<Expectation> {
    let at = rng.index(evidence.proof.len() + 1);
    evidence.proof.insert(at, rng.hash().to_vec());
    failed(evidence, "proof|proof-shape")
}

fn shorten(evidence: &mut Evidence, _: &Ledger, _: &mut Rng) -> Option<Expectation> {
    evidence.proof.pop()?;
    failed(evidence, "proof|proof-shape")
}

fn cut_below(evidence: &mut Evidence, _: &Ledger, _: &mut Rng) -> Option<Expectation> {
    (!evidence.proof.is_empty()).then(|| evidence.proof.remove(0))?;
    failed(evidence, "proof|proof-shape")
}

/// A hash of another length; an empty one folds to nothing, by the rule of AWS's samples.
/// Not in a revision's proof of block 0, which may have one for the block before.
fn odd_hash(evidence: &mut Evidence, rng: &mut Rng, len: usize) -> Option<Expectation> {
    let open = len == 0 && evidence.index() == 0 && evidence.revision.is_some();
    (!open).then_some(())?;
    let at = rng.index(evidence.proof.len() + 1);
    evidence.proof.insert(at, rng.bytes(len));
    failed(evidence, "hash-length")
}

fn digest_bit(evidence: &mut Evidence, _: &Ledger, rng: &mut Rng) -> Option<Expectation> {
    flip(&mut evidence.digest.digest, rng);
    failed(evidence, "proof")
}

/// What test doubles of the service answer.
fn zero_digest(evidence: &mut Evidence, _: &Ledger, _: &mut Rng) -> Option<Expectation> {
    evidence.digest.digest = [0; 32];
    let findings = Expectation::failed_at([("emulator", None)]);
    Some(Expectation {
        without_digest: None,
        ..findings
    })
}

/// The true digest of another tip that covers the block too.
fn other_tip(evidence: &mut Evidence, ledger: &Ledger, rng: &mut Rng) -> Option<Expectation> {
    let (index, tip) = (evidence.index(), evidence.digest.tip.sequence_no as usize);
    let others: Vec<usize> = (index..=ledger.tip())
        .filter(|other| *other != tip)
        .collect();
    evidence.digest = ledger.digest_at(*others.get(rng.index(others.len()))?);
    failed(evidence, "proof")
}

/// The same digest said to be of a tip so far on that no proof as short as this one could lead to it.
fn tip_number(evidence: &mut Evidence, _: &Ledger, _: &mut Rng) -> Option<Expectation> {
    let sequence_no = (1 << 40) - 1;
    let needed = siblings(evidence.index() as u64, sequence_no + 1) as usize;
    (needed > evidence.proof.len()).then(|| evidence.digest.tip.sequence_no = sequence_no)?;
    failed(evidence, "proof-shape")
}

/// The proof of the block before or after, under the same digest.
fn proof_of_neighbour(
    evidence: &mut Evidence,
    ledger: &Ledger,
    _: &mut Rng,
) -> Option<Expectation> {
    let (index, tip) = (evidence.index(), evidence.digest.tip.sequence_no as usize);
    let neighbour = if index < tip {
        index + 1
    } else {
        index.checked_sub(1)?
    };
    let own = siblings(index as u64, tip as u64 + 1) as usize;
    let within = evidence.proof.len() - own;
    evidence.proof.truncate(within);
    evidence
        .proof
        .extend(bytes(&ledger.block_proof(neighbour, tip)));
    failed(evidence, "proof|proof-shape")
}

/// An inner node of the journal's tree passed off as a block: its left child as the only entry, its right child as
/// the block before. Every hash of it holds and the proof folds; only the number of hashes gives it away.
fn inner_node_as_block(
    evidence: &mut Evidence,
    ledger: &Ledger,
    _: &mut Rng,
) -> Option<Expectation> {
    let tip = evidence.digest.tip.sequence_no as usize;
    let (left, right) = (evidence.index() & !1, evidence.index() | 1);
    let fits = evidence.revision.is_none() && left > 0 && right <= tip;
    fits.then(|| {
        let block = &mut evidence.block;
        block.address.sequence_no = left as u64;
        block.entries = vec![ledger.hashes[left].to_vec()];
        block.entries_hash = ledger.hashes[left].to_vec();
        block.previous_block_hash = ledger.hashes[right].to_vec();
        block.block_hash = dot(&ledger.hashes[left], &ledger.hashes[right]).to_vec();
        block.transaction_info = None;
        block.redaction_info = None;
        block.revisions = None;
        evidence.proof.remove(0);
    })?;
    failed(evidence, "proof-shape")
}

fn block_hash_bit(evidence: &mut Evidence, _: &Ledger, rng: &mut Rng) -> Option<Expectation> {
    evidence
        .revision
        .is_none()
        .then(|| flip(&mut evidence.block.block_hash, rng))?;
    failed(evidence, "block-hash|proof")
}

fn entries_hash_bit(evidence: &mut Evidence, _: &Ledger, rng: &mut Rng) -> Option<Expectation> {
    evidence
        .revision
        .is_none()
        .then(|| flip(&mut evidence.block.entries_hash, rng))?;
    failed(evidence, "entries-hash")
}

fn revision_data(evidence: &mut Evidence, _: &Ledger, rng: &mut Rng) -> Option<Expectation> {
    let revision = evidence.revision_mut()?;
    let Content::Data(data) = &revision.content else {
        return None;
    };
    revision.content = Content::Data(alter(data, rng));
    failed(evidence, "revision-hash")
}

fn revision_version(evidence: &mut Evidence, _: &Ledger, _: &mut Rng) -> Option<Expectation> {
    let revision = evidence.revision_mut()?;
    if matches!(revision.content, Content::Nothing) {
        return None;
    }
    revision.metadata.as_mut()?.version += 1;
    failed(evidence, "revision-hash")
}
