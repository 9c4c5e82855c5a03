//! A consistency proof in a file of its own.
//!
//! QLDB never gave such proofs. The file has the manner of its answers as the AWS
//! CLI printed them (hashes in base64, addresses and proofs as Ion text), so that
//! whatever reads those can read it.

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::{Digest, Proof, StrandId};

/// A proof that the journal under one digest is the head of the journal under a
/// later one: the hashes of the nodes that
/// `merkle::consistency` names, at most 64 and one,
/// each of 32 bytes, bottom up (RFC 6962, section 2.1.2, with `dot` as node hash).
///
/// Nothing is checked here: [`Verifier`](crate::Verifier) reads the file and does, or
/// `merkle::verify_consistency` the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// The strand that both digests are of.
    pub strand_id: StrandId,
    /// The older digest. Without a tip its address is left out of the file, which
    /// then proves nothing.
    pub from: Digest,
    /// The newer digest; as `from`.
    pub to: Digest,
    /// The proof.
    pub proof: Proof,
}

impl Consistency {
    /// The file: JSON with four blanks, and a line feed at its end.
    pub fn to_json(&self) -> String {
        let hashes = self.proof.0.iter().map(|hash| format!("{{{{{hash}}}}}"));
        let file = File {
            from_digest: self.digest(&self.from),
            to_digest: self.digest(&self.to),
            consistency_proof: IonText {
                ion_text: format!("[{}]", hashes.collect::<Vec<_>>().join(",")),
            },
        };
        let mut json = Vec::new();
        let formatter = PrettyFormatter::with_indent(b"    ");
        // Writing strings to memory cannot fail.
        let _ = file.serialize(&mut Serializer::with_formatter(&mut json, formatter));
        json.push(b'\n');
        String::from_utf8_lossy(&json).into_owned()
    }

    fn digest(&self, digest: &Digest) -> DigestMember {
        // JSON's escapes mean the same in Ion text: no id can break out of its quotes.
        let strand_id = serde_json::Value::from(self.strand_id.as_str());
        let address = |tip| IonText {
            ion_text: format!("{{strandId:{strand_id},sequenceNo:{tip}}}"),
        };
        DigestMember {
            digest: digest.hash.to_string(),
            digest_tip_address: digest.sequence_no.map(address),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    from_digest: DigestMember,
    to_digest: DigestMember,
    consistency_proof: IonText,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DigestMember {
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest_tip_address: Option<IonText>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct IonText {
    ion_text: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::Hash;

    #[test]
    fn the_file_is_as_the_cli_prints_and_without_a_tip_has_no_address() {
        let digest = |byte, tip| Digest {
            hash: Hash([byte; 32]),
            strand_id: None,
            sequence_no: tip,
        };
        let file = Consistency {
            strand_id: StrandId::new("s"),
            from: digest(0, Some(19)),
            to: digest(1, None),
            proof: Proof(vec![Hash([2; 32]), Hash([3; 32])]),
        };
        let expected = r#"{
    "FromDigest": {
        "Digest": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "DigestTipAddress": {
            "IonText": "{strandId:\"s\",sequenceNo:19}"
        }
    },
    "ToDigest": {
        "Digest": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
    },
    "ConsistencyProof": {
        "IonText": "[{{AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=}},{{AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=}}]"
    }
}
"#;
        assert_eq!(file.to_json(), expected);
    }
}
