//! The shapes in which QLDB's API and the AWS CLI give digests, addresses and proofs.

use serde::Serialize;
use serde_json::{json, Value};

use super::{BlockAddress, Digest, Proof};
use crate::escape;

/// `{"IonText": "..."}`.
pub(crate) fn ion_text(text: &str) -> Value {
    json!({ "IonText": text })
}

/// A proof as Ion text: a list of blobs.
pub(crate) fn proof_text(proof: &Proof) -> String {
    let hashes: Vec<String> = proof
        .0
        .iter()
        .map(|hash| format!("{{{{{hash}}}}}"))
        .collect();
    format!("[{}]", hashes.join(","))
}

/// A digest as `get-digest` has it. Its tip is written only if it names both the
/// strand and the number.
pub(crate) fn digest_value(digest: &Digest) -> Value {
    let mut value = json!({ "Digest": digest.hash.to_string() });
    if let (Some(strand_id), Some(tip)) = (&digest.strand_id, digest.sequence_no) {
        let tip = BlockAddress::new(strand_id.clone(), tip);
        value["DigestTipAddress"] = ion_text(&tip.to_string());
    }
    value
}

/// An answer of QLDB's API as the AWS CLI printed it: four blanks a level, a line feed
/// at the end. Characters that could drive a terminal are escaped, though JSON would allow them.
pub fn aws_json(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, format);
    // Strings and maps of them always serialise, and into memory.
    if value.serialize(&mut serializer).is_err() {
        bytes.clear();
    }
    bytes.push(b'\n');
    let json = String::from_utf8(bytes).unwrap_or_default();
    escape::json(&json).into_owned()
}

impl Digest {
    /// What `aws qldb get-digest` printed for this digest.
    pub fn to_aws_json(&self) -> String {
        aws_json(&digest_value(self))
    }
}
