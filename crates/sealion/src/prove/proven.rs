//! Blocks and revisions with their proofs, in the forms of QLDB's API.

use serde_json::{json, Value};

use crate::blocks::aws_json::{aws_json, digest_value, ion_text, proof_text};
use crate::blocks::{BlockAddress, Digest, Hash, Proof};

/// A block, and the proof that leads from its hash to a digest.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProvenBlock {
    /// Where it stands.
    pub address: BlockAddress,
    /// The whole block as Ion text.
    pub ion_text: String,
    /// Its hash, 32 bytes: the leaf.
    pub hash: Hash,
    /// The siblings of the leaf, bottom up, 32 bytes each.
    pub proof: Proof,
    /// The digest that the proof folds to, with its tip.
    pub digest: Digest,
    /// What the text leaves out though something at hand that a hash covers tells of it, in
    /// words: revisions of documents, `transactionInfo`. No hash notices.
    pub left_out: Vec<String>,
}

impl ProvenBlock {
    /// The answer of GetBlock.
    pub fn to_aws_value(&self) -> Value {
        json!({
            "Block": ion_text(&self.ion_text),
            "Proof": ion_text(&proof_text(&self.proof)),
        })
    }

    /// What `aws qldb get-block` printed.
    pub fn to_aws_json(&self) -> String {
        aws_json(&self.to_aws_value())
    }
}

/// A revision of a document, and the proof that leads from its hash to a digest.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProvenRevision {
    /// The block it stands in.
    pub address: BlockAddress,
    /// The document's id.
    pub document_id: String,
    /// The document's version, from 0.
    pub version: u64,
    /// The table's name, where the block's `transactionInfo` tells.
    pub table_name: Option<String>,
    /// The whole revision as Ion text; `None` where it came as JSON, which has lost
    /// the types that its hash is made of.
    pub ion_text: Option<String>,
    /// Its hash, 32 bytes: the leaf.
    pub hash: Hash,
    /// The siblings in the block, the previous block's hash, the siblings of the
    /// block; bottom up, 32 bytes each.
    pub proof: Proof,
    /// The digest that the proof folds to, with its tip.
    pub digest: Digest,
}

impl ProvenRevision {
    /// The answer of GetRevision; `None` without Ion text.
    pub fn to_aws_value(&self) -> Option<Value> {
        let text = self.ion_text.as_ref()?;
        Some(json!({
            "Proof": ion_text(&proof_text(&self.proof)),
            "Revision": ion_text(text),
        }))
    }

    /// What `aws qldb get-revision` printed; `None` without Ion text.
    pub fn to_aws_json(&self) -> Option<String> {
        self.to_aws_value().as_ref().map(aws_json)
    }

    /// A receipt: the revision's hash, its proof and the digest, and no content.
    pub fn to_receipt_value(&self) -> Value {
        let mut receipt = json!({
            "BlockAddress": ion_text(&self.address.to_string()),
            "DocumentId": self.document_id,
            "RevisionHash": self.hash.to_string(),
            "Proof": ion_text(&proof_text(&self.proof)),
            "LedgerDigest": digest_value(&self.digest),
        });
        if let Some(name) = &self.table_name {
            receipt["TableName"] = json!(name);
        }
        receipt
    }

    /// The receipt as text, indented.
    pub fn to_receipt_json(&self) -> String {
        aws_json(&self.to_receipt_value())
    }
}
