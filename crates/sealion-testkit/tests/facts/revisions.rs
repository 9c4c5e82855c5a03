//! One revision has one place and one document; and digests are known with their tips.

use crate::{memory, object, renumbered};
use sealion::source::Memory;
use sealion::{Code, Verdict, Verifier};
use sealion_reference::Hash;
use sealion_testkit::agree::{codes, trusted};
use sealion_testkit::block::Revision;
use sealion_testkit::write::evidence;
use sealion_testkit::{Ledger, Mix};

struct Case {
    ledger: Ledger,
    index: usize,
    at: usize,
}

impl Case {
    fn new() -> Case {
        let ledger = Ledger::new(3, 20, Mix::Vehicle);
        let (index, at) = ledger.documents().nth(2).unwrap();
        Case { ledger, index, at }
    }

    fn revision(&self) -> &Revision {
        &self.ledger.blocks[self.index].revisions()[self.at]
    }

    fn receipt(&self, number: usize, id: Option<&str>) -> String {
        let proof = self
            .ledger
            .revision_proof(self.index, self.at, self.ledger.tip());
        let mut revision = self.revision().clone();
        if let (Some(id), Some(metadata)) = (id, &mut revision.metadata) {
            metadata.id = id.to_owned();
        }
        let address = renumbered(&self.ledger.blocks[self.index], number).address;
        evidence::receipt(
            "Vehicle",
            &address,
            &revision,
            &proof,
            &self.ledger.digest(),
        )
    }

    fn bare(&self, number: usize) -> String {
        let block = renumbered(&self.ledger.blocks[self.index], number);
        evidence::get_revision::<Hash>(&block.revisions()[self.at], None)
    }

    fn verify(&self, files: &Memory) -> sealion::Report {
        let verifier = Verifier::new().threads(1);
        let verifier = verifier.against(trusted(&self.ledger.digest()));
        verifier.verify(files).unwrap()
    }
}

#[test]
fn a_receipt_vouches_for_the_revision_beside_it_and_for_no_other() {
    let case = Case::new();
    let number = case.index;
    let genuine = case.verify(&memory(&[case.receipt(number, None), case.bare(number)]));
    assert_eq!(genuine.verdict(), Verdict::Verified, "{genuine}");
    let alone = case.verify(&memory(&[case.bare(number)]));
    assert_eq!(alone.verdict(), Verdict::Inconclusive, "{alone}");
    for texts in [
        [case.receipt(number, Some("another")), case.bare(number)],
        [case.bare(number), case.receipt(number, Some("another"))],
        [case.receipt(number, None), case.bare(number + 1)],
    ] {
        let report = case.verify(&memory(&texts));
        assert_eq!(report.verdict(), Verdict::Failed, "{report}");
        assert!(codes(&report).contains(&Code::Request), "{report}");
    }
    // Two receipts, or two revisions, name two things.
    for texts in [
        [
            case.receipt(number, Some("another")),
            case.receipt(number, None),
        ],
        [case.bare(number), case.bare(number + 1)],
    ] {
        let report = case.verify(&memory(&texts));
        assert_eq!(report.verdict(), Verdict::Failed, "{report}");
        assert!(codes(&report).contains(&Code::SameHash), "{report}");
    }
}

#[test]
fn a_revision_of_a_block_in_a_journal_is_of_no_other_block() {
    let case = Case::new();
    let files = |text: String| {
        let journal = object(&case.ledger.blocks);
        Memory::new()
            .with("journal", journal)
            .with("one", text.into_bytes())
    };
    let genuine = case.verify(&files(case.bare(case.index)));
    assert_eq!(genuine.verdict(), Verdict::Verified, "{genuine}");
    // A number after the journal, where no block is.
    let moved = case.verify(&files(case.bare(40)));
    assert!(codes(&moved).contains(&Code::SameHash), "{moved}");
    let receipt = case.verify(&files(case.receipt(case.index, Some("another"))));
    assert!(codes(&receipt).contains(&Code::Request), "{receipt}");
}

#[test]
fn a_revision_that_a_journal_has_twice_is_found() {
    let case = Case::new();
    let mut blocks = case.ledger.blocks.clone();
    let again = blocks[case.index].revisions()[case.at].clone();
    blocks[case.index]
        .revisions
        .get_or_insert_default()
        .push(again);
    let files = Memory::new().with("journal", object(&blocks));
    let report = Verifier::new().threads(1).verify(&files).unwrap();
    assert!(codes(&report).contains(&Code::SameHash), "{report}");
}

#[test]
fn a_part_of_a_run_under_other_numbers_is_found_behind_a_gap() {
    let ledger = Ledger::new(5, 20, Mix::Vehicle);
    let moved = ledger.blocks[4..8].iter().enumerate();
    let moved: Vec<_> = moved
        .map(|(at, block)| renumbered(block, 30 + at))
        .collect();
    let files = Memory::new()
        .with("journal", object(&ledger.blocks))
        .with("moved", object(&moved));
    let report = Verifier::new().threads(1).verify(&files).unwrap();
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
    assert!(codes(&report).contains(&Code::SameHash), "{report}");
}

#[test]
fn a_trusted_digest_without_its_tip_verifies_nothing_and_is_said_once() {
    let case = Case::new();
    let journal = Memory::new().with("journal", object(&case.ledger.blocks));
    let receipt = memory(&[case.receipt(case.index, None)]);
    for (files, hint) in [(journal, true), (receipt, true), (Memory::new(), false)] {
        let mut digest = trusted(&case.ledger.digest());
        (digest.sequence_no, digest.strand_id) = (None, None);
        let verifier = Verifier::new().threads(1).against(digest);
        let report = verifier.verify(&files).unwrap();
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
        assert_eq!(
            report.finding_totals.get(&Code::TipUnknown),
            Some(&1),
            "{report}"
        );
        let findings = report.findings().iter();
        let mut remedies = findings.filter_map(|finding| finding.remedy.as_deref());
        let named = remedies.any(|remedy| remedy.contains("if your record says tip 19"));
        assert_eq!(named, hint, "{report}");
    }
}
