//! Takes in answers, receipts, digests and proofs.

use std::sync::Arc;

use super::Collector;
use crate::blocks::claim::RecordedHash;
use crate::blocks::evidence::{DigestClaim, Evidence, Found, ProofClaim};
use crate::blocks::read::{Envelope, Unfit};
use crate::blocks::revision::Kind;
use crate::blocks::{BlockAddress, Digest, Hash, Proof};
use crate::findings::{
    BlockProof, Candidate, Code, Context, Extends, Finding, LooseProof, LooseRevision,
    RevisionRecord, Standing,
};
use crate::source::Flaw;

impl Collector<'_> {
    pub(super) fn found(&mut self, found: Found) -> Result<(), Unfit> {
        let mut repeated = Vec::new();
        Context::of_file(&self.path).repeated(&found.repeated, &mut repeated);
        self.findings.extend(repeated);
        for (name, offset) in found.unknown {
            self.stranger(&name, offset);
        }
        self.evidence(found.evidence?)
    }

    /// Names a member of an envelope that was not used.
    fn stranger(&mut self, name: &str, offset: u64) {
        let message = format!(
            "{}: {name} does not belong there; it was not understood and not used, and no hash covers it",
            self.path
        );
        let finding = Finding::new(Code::UnknownFile, message).field(name);
        self.findings.push(finding.source(&self.path, Some(offset)));
    }

    /// Says which members of an envelope stand again, and which are none of those that are `used`.
    pub(super) fn beside(&mut self, envelope: &Envelope<'_>, used: &[&str]) {
        self.repeated("", envelope);
        let fields = envelope.fields().iter();
        let others = fields.filter(|(name, _)| !used.contains(&name.as_str()));
        let others: Vec<_> = others
            .map(|(name, field)| (name.clone(), field.offset()))
            .collect();
        for (name, offset) in others {
            self.stranger(&name, offset);
        }
    }

    pub(in crate::verify) fn evidence(&mut self, evidence: Evidence) -> Result<(), Unfit> {
        if let Some(viewer) = self.viewer.as_deref_mut() {
            viewer.evidence(&evidence);
        }
        match evidence {
            Evidence::Digest(claim) => {
                self.kinds.insert("digest");
                self.digest(&claim, "Digest");
            }
            Evidence::Block { block, proof } => {
                self.kinds.insert("block");
                self.block_answer(&block, proof.as_ref());
            }
            Evidence::Revision { revision, proof } => {
                self.kinds.insert("revision");
                self.revision_answer(&revision, proof.as_ref());
            }
            Evidence::Receipt {
                offset,
                address,
                document_id,
                revision_hash,
                proof,
                digest,
                ..
            } => {
                self.kinds.insert("receipt");
                if let Some(digest) = digest {
                    self.digest(&digest, "Digest");
                }
                let address = address.address;
                let context = Context::at(&self.path, &address);
                let mut findings = Vec::new();
                let hash = context.hash("RevisionHash", &revision_hash, &mut findings);
                let record = RevisionRecord {
                    kind: Kind::Unseen,
                    standing: Standing::HashOnly,
                    json: false,
                    hash,
                    document: Some((document_id.into(), None)),
                    deletion_rule: None,
                    in_doubt: false,
                    data: None,
                    offset,
                };
                self.findings.extend(findings);
                let proof = self.proof(Some(&proof), &address);
                self.loose(LooseRevision {
                    failed: record.hash.is_none(),
                    address,
                    record,
                    transaction: None,
                    proof,
                    path: self.path.clone(),
                    bundled: false,
                    unknown_fields: Vec::new(),
                    typeless: None,
                });
            }
            Evidence::BlockProof {
                offset,
                digest,
                last_block,
                proof,
            } => {
                self.kinds.insert("block-proof");
                let strand = digest.tip.as_ref().map(|tip| tip.address.strand_id.clone());
                self.digest(&digest, "Digest");
                let Some(strand) = strand else {
                    let expected = "a digest with its tip address";
                    self.flaw(Flaw::malformed(offset, expected, "one without"));
                    return Ok(());
                };
                let address = BlockAddress::new(strand, last_block);
                self.block_proof(&proof, address);
            }
            Evidence::Consistency {
                offset,
                from,
                to,
                proof,
            } => {
                self.kinds.insert("consistency");
                self.consistency(offset, &from, &to, &proof);
            }
            Evidence::Bundle(bundle) => self.bundle(*bundle),
            Evidence::Manifest(manifest) => {
                self.kinds.insert("manifest");
                let path = self.path.clone();
                self.collected.manifests.push((path, manifest));
            }
            Evidence::Records(records) => {
                self.kinds.insert("stream");
                // A broken one says nothing of the others.
                for record in records {
                    match record {
                        Ok((bytes, offset)) => self.data(&bytes, offset),
                        Err(unfit) => self.flaw(unfit.into()),
                    }
                }
            }
            Evidence::Description(_) => {
                self.kinds.insert("description");
            }
        }
        Ok(())
    }

    pub(super) fn digest(&mut self, claim: &DigestClaim, field: &str) {
        if let Some(candidate) = self.candidate(claim, field) {
            self.collected.digests.push(candidate);
        }
    }

    pub(in crate::verify) fn candidate(
        &mut self,
        claim: &DigestClaim,
        field: &str,
    ) -> Option<Candidate> {
        let context = Context::of_file(&self.path);
        let mut findings = Vec::new();
        context.repeated(&claim.repeated, &mut findings);
        if let Some(tip) = &claim.tip {
            context.repeated(&tip.repeated, &mut findings);
        }
        let hash = context.hash(field, &claim.hash, &mut findings);
        self.findings.extend(findings);
        let tip = claim.tip.as_ref().map(|tip| &tip.address);
        let digest = Digest {
            hash: hash?,
            strand_id: tip.map(|address| address.strand_id.clone()),
            sequence_no: tip.map(|address| address.sequence_no).or(claim.sequence_no),
        };
        let mut candidate = Candidate::new(digest, self.path.clone(), false);
        candidate.offset = Some(claim.offset);
        Some(candidate)
    }

    /// Two digests; the newer one carries the proof that it extends the other.
    pub(super) fn consistency(
        &mut self,
        offset: u64,
        from: &DigestClaim,
        to: &DigestClaim,
        proof: &ProofClaim,
    ) {
        let (from, to) = (
            self.candidate(from, "FromDigest.Digest"),
            self.candidate(to, "ToDigest.Digest"),
        );
        let context = Context::of_file(&self.path);
        let (hashes, findings) = proof_hashes(&context, "ConsistencyProof", proof, None);
        self.findings.extend(findings);
        // What is broken in any part is a finding already.
        let (Some(from), Some(mut to), Some(proof)) = (from, to, hashes) else {
            return;
        };
        to.extends = Some(Arc::new(Extends {
            from: from.digest.clone(),
            proof,
            offset,
        }));
        self.collected.digests.extend([from, to]);
    }

    pub(super) fn proof(
        &mut self,
        claim: Option<&ProofClaim>,
        address: &BlockAddress,
    ) -> LooseProof {
        let Some(claim) = claim else {
            return LooseProof::None;
        };
        let context = Context::at(&self.path, address);
        let first = address.sequence_no == 0;
        let open = claim.hashes.iter().position(is_open).filter(|_| first);
        let (hashes, findings) = proof_hashes(&context, "Proof", claim, open);
        self.findings.extend(findings);
        match hashes {
            None => LooseProof::Broken,
            Some(proof) => LooseProof::Whole(proof, claim.offset),
        }
    }

    pub(super) fn block_proof(&mut self, claim: &ProofClaim, address: BlockAddress) {
        let context = Context::at(&self.path, &address);
        let (hashes, findings) = proof_hashes(&context, "Proof", claim, None);
        self.findings.extend(findings);
        if let Some(proof) = hashes {
            self.collected.proofs.push(BlockProof {
                address,
                proof,
                path: self.path.clone(),
                offset: claim.offset,
            });
        }
    }
}

/// What a revision's proof in block 0 may have for the hash of the block before it, for
/// all that is known: nothing, or zeros.
fn is_open(recorded: &RecordedHash) -> bool {
    recorded.length == 0 || recorded.hash == Some(Hash::ZERO)
}

/// The hashes of a proof, `None` if one of them is none; and what is wrong with them.
/// The one at `open` may be that of the block before the first: nothing rests on it.
fn proof_hashes(
    context: &Context<'_>,
    name: &str,
    claim: &ProofClaim,
    open: Option<usize>,
) -> (Option<Proof>, Vec<Finding>) {
    let mut findings = Vec::new();
    // All are looked at, so that each broken one is found.
    let hashes: Vec<Option<Hash>> = claim
        .hashes
        .iter()
        .enumerate()
        .map(|(index, hash)| {
            let field = format!("{name}[{index}]");
            if open != Some(index) {
                return context.hash(&field, hash, &mut findings);
            }
            if hash.hash.is_none() {
                findings.push(not_settled(context, &field, hash));
            }
            hash.hash
        })
        .collect();
    let whole: Option<Vec<Hash>> = hashes.into_iter().collect();
    (whole.map(Proof), findings)
}

/// An empty hash where that of the block before the first may stand. It folds to nothing, so
/// the proof would lead where it leads without it; that QLDB wrote it so, nobody has shown.
fn not_settled(context: &Context<'_>, field: &str, hash: &RecordedHash) -> Finding {
    let message = format!(
        "{field} is empty; whether QLDB's proofs of block 0 have an empty hash for the block before it is not known, so this proof is not used"
    );
    let finding = context.finding(Code::Malformed, field, hash.offset, message);
    finding.remedy("hand over the journal from block 0 up to a digest that you trust")
}
