//! Evidence in files that are neither Ion nor JSON: the AWS CLI's text and YAML
//! output, and a digest written down by itself.

use super::claim::{hashes, RecordedAddress, RecordedHash, Twice};
use super::evidence::{DigestClaim, Evidence, Found, ProofClaim};
use super::ion_text::{parse, IonText};
use super::read::Unfit;
use super::{saved_hash, Digest};
use crate::source::digest_text::{digest_text, Answer};
use crate::source::yaml::Scalar;
use crate::Limits;

/// Reads a whole file as evidence. `None`: it is none of these forms.
pub(crate) fn recognise_text(text: &str, limits: &Limits) -> Option<Found> {
    if let Ok(digest) = text.trim().parse::<Digest>() {
        let offset = (text.len() - text.trim_start().len()) as u64;
        let claim = DigestClaim {
            offset,
            hash: RecordedHash::of(digest.hash.as_bytes(), offset),
            tip: None,
            sequence_no: digest.sequence_no,
            repeated: Vec::new(),
        };
        return Some(Found {
            evidence: Ok(Evidence::Digest(claim)),
            repeated: Vec::new(),
            unknown: Vec::new(),
        });
    }
    let members = Members::new(digest_text(text)?);
    let found = ["Digest", "Block", "Revision"].map(|name| members.get(name));
    let evidence = match found {
        [Some(digest), None, None] => members.digest(digest, limits),
        [None, Some(block), None] => members.proof(limits).map(|proof| Evidence::Block {
            block: ion_text(block),
            proof,
        }),
        [None, None, Some(revision)] => members.proof(limits).map(|proof| Evidence::Revision {
            revision: ion_text(revision),
            proof,
        }),
        _ => Err(Unfit {
            offset: 0,
            expected: "one answer of QLDB".to_owned(),
            found: "the members of several in one file".to_owned(),
            limit: None,
        }),
    };
    Some(members.found(evidence))
}

fn ion_text(scalar: &Scalar) -> IonText {
    IonText {
        text: scalar.text.clone(),
        offset: scalar.offset,
    }
}

struct Members {
    first: Vec<(&'static str, Scalar)>,
    repeated: Vec<(String, Twice)>,
    unknown: Vec<(String, u64)>,
}

impl Members {
    fn new(answer: Answer) -> Members {
        let mut members = Members {
            first: Vec::new(),
            repeated: Vec::new(),
            unknown: answer.unknown,
        };
        for (name, scalar) in answer.members {
            match members.get(name) {
                Some(first) => {
                    let (first, again) = (first.offset, scalar.offset);
                    members
                        .repeated
                        .push((name.to_owned(), Twice { first, again }));
                }
                None => members.first.push((name, scalar)),
            }
        }
        members
    }

    fn get(&self, name: &str) -> Option<&Scalar> {
        let found = self.first.iter().find(|(own, _)| *own == name);
        found.map(|(_, scalar)| scalar)
    }

    fn digest(&self, digest: &Scalar, limits: &Limits) -> Result<Evidence, Unfit> {
        let bytes = saved_hash::of_text(&digest.text).ok_or_else(|| Unfit {
            offset: digest.offset,
            expected: "a digest in base64 or hex".to_owned(),
            found: "another text".to_owned(),
            limit: None,
        })?;
        let tip = self.get("DigestTipAddress").map(ion_text);
        let tip = tip.map(|text| parse(&text, limits, RecordedAddress::read));
        Ok(Evidence::Digest(DigestClaim {
            offset: digest.offset,
            hash: RecordedHash::of(&bytes, digest.offset),
            tip: tip.transpose()?,
            sequence_no: None,
            repeated: self.repeated.clone(),
        }))
    }

    fn proof(&self, limits: &Limits) -> Result<Option<ProofClaim>, Unfit> {
        let Some(text) = self.get("Proof").map(ion_text) else {
            return Ok(None);
        };
        let hashes = parse(&text, limits, |node| hashes(node, limits.hashes_max))?;
        Ok(Some(ProofClaim {
            offset: text.offset,
            hashes,
        }))
    }

    fn found(&self, evidence: Result<Evidence, Unfit>) -> Found {
        let repeated = match evidence {
            // A digest carries them itself.
            Ok(Evidence::Digest(_)) => Vec::new(),
            _ => self.repeated.clone(),
        };
        Found {
            evidence,
            repeated,
            unknown: self.unknown.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "1WIxqxZUmdLZA0cqWdUY24bwa4puv44V0r4C9Na6Yhg=";

    fn read(text: &str) -> Option<Found> {
        recognise_text(&text.replace("HASH", HASH), &Limits::default())
    }

    fn digest(text: &str) -> DigestClaim {
        match read(text).unwrap().evidence.unwrap() {
            Evidence::Digest(claim) => claim,
            other => panic!("{text} gives {other:?}"),
        }
    }

    #[test]
    fn a_digest_by_itself() {
        let hash = HASH.parse().unwrap();
        let hex = format!("{hash:x}");
        for (text, offset, tip) in [
            ("HASH", 0, None),
            ("\r\nHASH\r\n", 2, None),
            (" HASH@5\n", 1, Some(5)),
            (hex.as_str(), 0, None),
            (&format!("{hex}@18446744073709551615"), 0, Some(u64::MAX)),
        ] {
            let claim = digest(text);
            assert_eq!(claim.hash.hash, Some(hash), "{text}");
            assert_eq!(
                (claim.offset, claim.hash.offset),
                (offset, offset),
                "{text}"
            );
            assert_eq!((claim.sequence_no, claim.tip), (tip, None), "{text}");
        }
        for text in [
            "",
            "HASH@",
            "HASH@x",
            "HASH HASH",
            "AAEC",
            "word",
            "HASH\nHASH",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn text_and_yaml_of_the_cli() {
        let ion = r#"{strandId:"s",sequenceNo:5}"#;
        for text in [
            format!("HASH\nDIGESTTIPADDRESS\t{ion}\n"),
            format!("Digest: HASH\nDigestTipAddress:\n  IonText: '{ion}'\n"),
            format!("DigestTipAddress:\n  IonText: '{ion}'\nDigest: \"HASH\"\n"),
        ] {
            let claim = digest(&text);
            let tip = claim.tip.unwrap();
            assert_eq!(claim.hash.hash.unwrap().to_string(), HASH);
            assert_eq!(tip.address.to_string(), ion);
            let text = text.replace("HASH", HASH);
            assert!(text[claim.offset as usize..]
                .trim_start_matches('"')
                .starts_with(HASH));
            assert!(text[tip.offset as usize..]
                .trim_start_matches('\'')
                .starts_with(ion));
        }
        for (text, hashes) in [
            ("BLOCK\t{a:1}\nPROOF\t[{{AAEC}}]\n", Some(1)),
            ("BLOCK\t{a:1}\n", None),
            (
                "Block:\n  IonText: '{a:1}'\nProof:\n  IonText: '[{{AAEC}},{{AAEC}}]'\n",
                Some(2),
            ),
            ("Block:\n  IonText: '{a:1}'\n", None),
        ] {
            let Evidence::Block { block, proof } = read(text).unwrap().evidence.unwrap() else {
                panic!("{text}");
            };
            assert_eq!(block.text, "{a:1}");
            assert_eq!(proof.map(|proof| proof.hashes.len()), hashes, "{text}");
        }
        let found = read("Revision:\n  IonText: '{b:''c''}'\n").unwrap();
        let expected = Evidence::Revision {
            revision: IonText {
                text: "{b:'c'}".to_owned(),
                offset: 21,
            },
            proof: None,
        };
        assert_eq!((found.evidence, found.repeated), (Ok(expected), vec![]));
    }

    #[test]
    fn damage_is_named_and_repetition_told() {
        for (text, offset, found) in [
            ("Digest: AAE\n", 8, "another text"),
            ("Digest: /w==\nDigestTipAddress: x\n", 31, "type symbol"),
            (
                "Digest: /w==\nDigestTipAddress:\n  IonText: '{'\n",
                42,
                "cut off",
            ),
            ("BLOCK\t{}\nPROOF\t[\n", 15, "cut off"),
            ("BLOCK\t{}\nREVISION\t{}\n", 0, "several"),
        ] {
            let unfit = read(text).unwrap().evidence.unwrap_err();
            assert!(unfit.found.contains(found), "{text}: {unfit:?}");
            assert_eq!(unfit.offset, offset, "{text}");
        }
        let claim = digest("Digest: HASH\nDigest: /w==\n");
        let twice = |first, again| Twice { first, again };
        assert_eq!(claim.repeated, [("Digest".to_owned(), twice(8, 61))]);
        let found = read("BLOCK\t{}\nBLOCK\t{a:1}\n").unwrap();
        assert_eq!(found.repeated, [("Block".to_owned(), twice(6, 15))]);
    }
}
