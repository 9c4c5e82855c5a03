//! The shapes in which QLDB's API and the AWS CLI give digests, addresses and proofs.

use serde::Serialize;
use serde_json::{json, Value};

use super::{BlockAddress, Digest, Proof};

/// `{"IonText": "..."}`.
pub(crate) fn ion_text(text: &str) -> Value {
    json!({ "IonText": text })
}

/// An address as Ion text. JSON's escapes mean the same in Ion, so one quoting
/// serves an id in both.
pub(crate) fn address_text(address: &BlockAddress) -> String {
    let strand_id = Value::from(address.strand_id.as_str());
    format!(
        "{{strandId:{strand_id},sequenceNo:{}}}",
        address.sequence_no
    )
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
        value["DigestTipAddress"] = ion_text(&address_text(&tip));
    }
    value
}

/// The AWS CLI's print: four blanks a level, a line feed at the end.
pub(crate) fn printed(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, format);
    // Strings and maps of them always serialise, and into memory.
    if value.serialize(&mut serializer).is_err() {
        bytes.clear();
    }
    bytes.push(b'\n');
    String::from_utf8(bytes).unwrap_or_default()
}

impl Digest {
    /// What `aws qldb get-digest` printed for this digest.
    pub fn to_aws_json(&self) -> String {
        printed(&digest_value(self))
    }
}
