//! Digests, proofs, receipts and manifests on a page.

use super::{hash_words, Sheet, LISTED_MAX};
use crate::blocks::evidence::{DigestClaim, Evidence, ProofClaim};
use crate::blocks::manifest::Manifest;

/// Hashes that are printed of a proof: more than a journal of 2^48 blocks needs.
const PROOF_MAX: usize = 64;

impl Sheet {
    /// Evidence. Of a block or a revision nothing: it is shown for itself.
    pub(crate) fn evidence(&mut self, evidence: &Evidence) {
        match evidence {
            Evidence::Digest(claim) => self.digest(claim),
            Evidence::Block { .. } | Evidence::Revision { .. } | Evidence::Records(_) => {}
            Evidence::Receipt {
                address,
                document_id,
                revision_hash,
                proof,
                digest,
                table_name,
                ledger_name,
                ..
            } => {
                self.named("ledger", ledger_name.as_deref());
                self.named("table", table_name.as_deref());
                self.line("document", document_id);
                self.address(address);
                self.line("revision hash", hash_words(revision_hash));
                if let Some(digest) = digest {
                    self.digest(digest);
                }
                self.proof(proof);
            }
            Evidence::BlockProof {
                digest,
                last_block,
                proof,
                ..
            } => {
                self.line("proof of", format!("block {last_block}, the export's last"));
                self.digest(digest);
                self.proof(proof);
            }
            Evidence::Consistency {
                from, to, proof, ..
            } => {
                self.heading("the older digest");
                self.digest(from);
                self.heading("the newer digest, which extends it if the proof holds");
                self.digest(to);
                self.proof(proof);
            }
            Evidence::Bundle(bundle) => self.bundle(bundle),
            Evidence::Manifest(manifest) => self.manifest(manifest),
            Evidence::Description(name) => self.line(
                "describes",
                format!("{name}: an answer of QLDB's API with no hash in it, nothing to verify"),
            ),
        }
    }

    pub(super) fn digest(&mut self, claim: &DigestClaim) {
        self.line("digest", hash_words(&claim.hash));
        if let Some(hash) = claim.hash.hash {
            self.line("in hex", format!("{hash:x}"));
        }
        match (&claim.tip, claim.sequence_no) {
            (Some(tip), _) => {
                self.line("strand", &tip.address.strand_id);
                let number = tip.address.sequence_no;
                self.line(
                    "tip",
                    format!("block {number}: it covers blocks 0 to {number}"),
                );
            }
            (None, Some(number)) => {
                self.line(
                    "tip",
                    format!("block {number}: it covers blocks 0 to {number}"),
                );
            }
            (None, None) => self.line("tip", "not named"),
        }
    }

    /// The hashes of a proof, from the bottom up.
    pub(crate) fn proof(&mut self, proof: &ProofClaim) {
        self.line(
            "proof",
            format!("{} hashes, from the bottom up", proof.hashes.len()),
        );
        let hashes = proof.hashes.iter().map(hash_words);
        self.list("", hashes, PROOF_MAX);
    }

    fn manifest(&mut self, manifest: &Manifest) {
        match manifest {
            Manifest::Started {
                export_id,
                ledger_name,
                prefix,
                from,
                to,
                format,
            } => {
                self.line(
                    "manifest",
                    "of an export that was started: what was asked for",
                );
                self.line("export", export_id);
                self.named("ledger", ledger_name.as_deref());
                self.named("prefix", prefix.as_deref());
                self.named("from", from.map(|time| time.to_string()).as_deref());
                self.named("to before", to.map(|time| time.to_string()).as_deref());
                self.named("format", format.as_deref());
            }
            Manifest::Completed { keys } => {
                self.line("manifest", "of an export that was completed: its objects");
                self.line("keys", keys.len());
                self.list("", keys.iter().map(|(key, _)| key.clone()), LISTED_MAX);
            }
        }
    }

    fn named(&mut self, label: &str, name: Option<&str>) {
        if let Some(name) = name {
            self.line(label, name);
        }
    }
}
