//! A consistency proof in a file of its own.
//!
//! QLDB never gave such proofs. The file has the manner of its answers as the AWS
//! CLI printed them (hashes in base64, addresses and proofs as Ion text), so that
//! whatever reads those can read it.

use serde::Serialize;
use serde_json::Value;

use super::aws_json::{aws_json, digest_value, ion_text, proof_text};
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
        aws_json(&File {
            from_digest: self.digest(&self.from),
            to_digest: self.digest(&self.to),
            consistency_proof: ion_text(&proof_text(&self.proof)),
        })
    }

    fn digest(&self, digest: &Digest) -> Value {
        digest_value(&Digest {
            strand_id: Some(self.strand_id.clone()),
            ..digest.clone()
        })
    }
}

/// The members in the order in which they are read.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    from_digest: Value,
    to_digest: Value,
    consistency_proof: Value,
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
