//! What belongs together, in whatever files it came: joined by hashes, and by nothing else.

use crate::object;
use ion_rs::Element;
use proptest::prelude::*;
use sealion::source::Memory;
use sealion::{Code, Report, Verdict, Verifier};
use sealion_testkit::agree::{codes, engines, property, trusted};
use sealion_testkit::block::{Content, Revision};
use sealion_testkit::write::evidence;
use sealion_testkit::{Ledger, Mix, Rng};

/// A revision with data, and all that may be kept of it.
struct Case {
    ledger: Ledger,
    index: usize,
    at: usize,
}

impl Case {
    fn new(seed: u64, n: u64, rng: &mut Rng) -> Option<Case> {
        let ledger = Ledger::new(seed, n, Mix::Vehicle);
        let user = ledger.documents().filter(|(index, at)| {
            let revision = &ledger.blocks[*index].revisions()[*at];
            matches!(revision.content, Content::Data(_))
        });
        let all: Vec<_> = user.collect();
        if all.is_empty() {
            return None;
        }
        let (index, at) = all[rng.index(all.len())];
        Some(Case { ledger, index, at })
    }

    fn revision(&self) -> &Revision {
        &self.ledger.blocks[self.index].revisions()[self.at]
    }

    fn receipt(&self) -> String {
        let proof = self
            .ledger
            .revision_proof(self.index, self.at, self.ledger.tip());
        let address = &self.ledger.blocks[self.index].address;
        evidence::receipt(
            "Vehicle",
            address,
            self.revision(),
            &proof,
            &self.ledger.digest(),
        )
    }

    /// The revision, or what is left of it.
    fn row(&self, leave_out: &[&str]) -> String {
        let element = self.revision().to_element();
        let fields = element.as_struct().unwrap().fields();
        let left: Vec<String> = fields
            .filter(|(name, _)| !leave_out.contains(&name.text().unwrap()))
            .map(|(name, value)| format!("{}:{}", name.text().unwrap(), evidence::ion_text(value)))
            .collect();
        format!("{{{}}}", left.join(","))
    }

    fn data(&self) -> &Element {
        match &self.revision().content {
            Content::Data(data) => data,
            _ => unreachable!("a revision with data"),
        }
    }

    fn verify(&self, files: &[(&str, String)]) -> Report {
        let memory = files.iter().fold(Memory::new(), |memory, (name, text)| {
            memory.with(*name, text.as_bytes())
        });
        self.verify_all(&memory)
    }

    fn verify_all(&self, memory: &Memory) -> Report {
        let verifier = Verifier::new().against(trusted(&self.ledger.digest()));
        engines(memory, &verifier)
    }
}

/// The text with one letter within its data, of those that are not its metadata's, changed.
fn forged(text: &str, rng: &mut Rng) -> String {
    let end = text.find("metadata:").unwrap_or(text.len());
    let mut bytes = text.as_bytes().to_vec();
    let inside: Vec<usize> = inside_strings(&text[..end]);
    let at = inside[rng.index(inside.len())];
    bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
    String::from_utf8(bytes).unwrap()
}

/// Places of letters in strings behind `data:` if there is any, or anywhere.
fn inside_strings(text: &str) -> Vec<usize> {
    let begin = text.find("data:").map_or(0, |at| at + 5);
    let mut inside = false;
    let mut found = Vec::new();
    for (at, byte) in text.bytes().enumerate().skip(begin) {
        match byte {
            b'"' => inside = !inside,
            letter if inside && letter.is_ascii_alphanumeric() => found.push(at),
            _ => {}
        }
    }
    found
}

proptest! {
    #![proptest_config(property(48))]

    #[test]
    fn a_revision_that_names_no_block_is_joined_with_its_receipt_or_its_block(seed: u64, n in 2u64..24) {
        let mut rng = Rng::new(seed);
        let case = Case::new(seed, n, &mut rng);
        prop_assume!(case.is_some());
        let case = case.unwrap();
        let row = case.row(&["blockAddress"]);
        let text = object(&case.ledger.blocks);
        let journal = String::from_utf8(text).unwrap();
        for beside in [("receipt.json", case.receipt()), ("journal.ion", journal)] {
            let name = beside.0;
            let report = case.verify(&[beside.clone(), ("row.ion", row.clone())]);
            prop_assert_eq!(report.verdict(), Verdict::Verified, "{}", report);
            let joined = &report.strands[0].joined;
            prop_assert_eq!(joined.len(), 1, "{}", report);
            let paths: Vec<&str> = joined[0].paths.iter().map(|path| &**path).collect();
            prop_assert!(paths.contains(&name) && paths.contains(&"row.ion"), "{}", report);
            prop_assert!(joined[0].verified && joined[0].data, "{}", report);
            if name == "receipt.json" {
                prop_assert_eq!(report.strands[0].revisions.total, 1, "{}", report);
                prop_assert_eq!(report.strands[0].revisions.recomputed, 1, "{}", report);
            }
            let inside = inside_strings(&row[..row.find("metadata:").unwrap()]);
            if !inside.is_empty() {
                let report = case.verify(&[beside, ("row.ion", forged(&row, &mut rng))]);
                prop_assert_eq!(report.verdict(), Verdict::Failed, "{}", report);
            }
        }
        let alone = case.verify(&[("row.ion", row)]);
        prop_assert_eq!(alone.verdict(), Verdict::Inconclusive, "{}", alone);
    }

    #[test]
    fn a_document_alone_is_known_by_its_hash_and_by_nothing_else(seed: u64, n in 2u64..24) {
        let mut rng = Rng::new(seed);
        let case = Case::new(seed, n, &mut rng);
        prop_assume!(case.is_some());
        let case = case.unwrap();
        let journal = String::from_utf8(object(&case.ledger.blocks)).unwrap();
        let row = case.row(&[]);
        let without_hash = case.row(&["hash", "blockAddress"]);
        for document in [evidence::ion_text(case.data()), without_hash] {
            for (beside, verified) in [
                (vec![("journal.ion", journal.clone())], true),
                (vec![("row.ion", row.clone()), ("receipt.json", case.receipt())], true),
                // Nothing leads from this one to the digest.
                (vec![("row.ion", row.clone())], false),
            ] {
                let mut files = beside.clone();
                files.push(("document.ion", document.clone()));
                let report = case.verify(&files);
                prop_assert_eq!(report.verdict() == Verdict::Verified, verified, "{}", report);
                prop_assert_eq!(report.documents.len(), 1, "{}", report);
                let found = &report.documents[0].matches;
                let here = found.iter().find(|one| one.sequence_no == case.index as u64);
                prop_assert!(here.is_some(), "{}", report);
                let here = here.unwrap();
                prop_assert_eq!(here.verified, verified, "{}", report);
                let id = &case.revision().metadata.as_ref().unwrap().id;
                prop_assert_eq!(here.document_id.as_ref(), Some(id), "{}", report);
                prop_assert!(!codes(&report).contains(&Code::UnknownFile), "{}", report);
                if inside_strings(&document).is_empty() {
                    continue;
                }
                let mut files = beside;
                files.push(("document.ion", forged(&document, &mut rng)));
                let report = case.verify(&files);
                prop_assert_eq!(report.documents[0].matches.len(), 0, "{}", report);
                prop_assert!(codes(&report).contains(&Code::UnknownFile), "{}", report);
            }
        }
    }
}

/// A redacted revision tells the hash of what was in it; and a proof without an address is not passed over.
#[test]
fn a_document_is_known_by_the_hash_that_a_redaction_left() {
    let case = Case::new(3, 20, &mut Rng::new(1)).unwrap();
    let mut redacted = case.revision().clone();
    let hash = sealion_reference::ion_hash(case.data()).unwrap();
    redacted.content = Content::Redacted(hash.to_vec());
    let proof = case
        .ledger
        .revision_proof(case.index, case.at, case.ledger.tip());
    let answer = evidence::get_revision(&redacted, Some(&proof));
    let report = case.verify(&[
        ("redacted.json", answer),
        ("document.ion", evidence::ion_text(case.data())),
    ]);
    let found = &report.documents[0].matches;
    assert_eq!(found.len(), 1, "{report}");
    assert!(found[0].redacted && found[0].verified, "{report}");

    let mut homeless = case.revision().clone();
    homeless.address = None;
    let answer = evidence::get_revision(&homeless, Some(&proof));
    let report = case.verify(&[("receipt.json", case.receipt()), ("revision.json", answer)]);
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    assert!(codes(&report).contains(&Code::Malformed), "{report}");
}
