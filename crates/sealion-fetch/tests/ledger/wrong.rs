//! Wrong answers, each by one change: none is ever verified.

use crate::stub::Stub;
use sealion::{Code, Report, Verdict};
use sealion_fetch::{Agreement, Answer, Error, ANSWER_BYTES_MAX};
use sealion_stubs::qldb::Fault;

/// Bits of a hash that are flipped one by one: the first, the last, and some between.
const BITS: [u8; 4] = [0, 7, 130, 255];

fn blobs(answer: &Answer, member: &str) -> usize {
    let text = answer.value()[member]["IonText"].as_str().unwrap();
    text.matches("{{").count()
}

/// The block and the document of a revision in the middle.
fn middle(stub: &Stub) -> (u64, String) {
    stub.documents[stub.documents.len() / 2].clone()
}

fn failed_by(report: &Report, code: Code) {
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
    let found = report.findings().iter().any(|finding| finding.code == code);
    assert!(found, "{code} is not in {report}");
}

#[test]
fn no_flipped_bit_of_any_hash_verifies() {
    let stub = Stub::new();
    let ledger = stub.ledger();
    let (number, id) = middle(&stub);
    let fetch = |member: &str| match member {
        "Block" => ledger.block(&stub.at(number), Some(&stub.tip)).unwrap(),
        _ => ledger
            .revision(&stub.at(number), &id, Some(&stub.tip))
            .unwrap(),
    };
    for member in ["Block", "Revision", "Proof"] {
        stub.server.set_fault(None);
        let count = blobs(&fetch(member), member);
        assert!(count > 0, "{member}");
        for hash in 0..count {
            for bit in BITS {
                stub.server
                    .set_fault(Some(Fault::FlipBit { member, hash, bit }));
                let report = stub.verified(&fetch(member));
                assert_ne!(
                    report.verdict().exit_status(),
                    0,
                    "{member} {hash} {bit}: {report}"
                );
            }
        }
    }
}

#[test]
fn a_flipped_bit_of_a_digest_contradicts() {
    let stub = Stub::new();
    for bit in BITS {
        let (member, hash) = ("Digest", 0);
        stub.server
            .set_fault(Some(Fault::FlipBit { member, hash, bit }));
        let (digest, _) = stub.ledger().digest().unwrap();
        let agreement = Agreement::of(&stub.digest, &digest);
        assert!(matches!(agreement, Agreement::Contradiction(_)), "{bit}");
    }
}

#[test]
fn changed_data_fails() {
    let stub = Stub::new();
    let (number, id) = middle(&stub);
    stub.server.set_fault(Some(Fault::OtherData));
    let answer = stub
        .ledger()
        .revision(&stub.at(number), &id, Some(&stub.tip));
    failed_by(&stub.verified(&answer.unwrap()), Code::RevisionHash);
}

#[test]
fn a_genuine_answer_to_another_question_fails() {
    let stub = Stub::new();
    let (number, id) = middle(&stub);
    stub.server.set_fault(Some(Fault::OtherBlock));
    let block = stub.ledger().block(&stub.at(number), Some(&stub.tip));
    failed_by(&stub.verified(&block.unwrap()), Code::Request);
    stub.server.set_fault(Some(Fault::OtherDocument));
    let revision = stub
        .ledger()
        .revision(&stub.at(number), &id, Some(&stub.tip));
    failed_by(&stub.verified(&revision.unwrap()), Code::Request);
}

#[test]
fn a_proof_that_is_short_or_missing_does_not_verify() {
    let stub = Stub::new();
    let (number, id) = middle(&stub);
    for (fault, verdict) in [
        (Fault::ShortProof, Verdict::Failed),
        (Fault::Without("Proof"), Verdict::Inconclusive),
    ] {
        stub.server.set_fault(Some(fault));
        let block = stub.ledger().block(&stub.at(number), Some(&stub.tip));
        assert_eq!(
            stub.verified(&block.unwrap()).verdict(),
            verdict,
            "{fault:?}"
        );
        let revision = stub
            .ledger()
            .revision(&stub.at(number), &id, Some(&stub.tip));
        assert_eq!(
            stub.verified(&revision.unwrap()).verdict(),
            verdict,
            "{fault:?}"
        );
    }
}

#[test]
fn what_is_no_answer_is_an_error() {
    let stub = Stub::new();
    for fault in [
        Fault::Without("Digest"),
        Fault::Without("DigestTipAddress"),
        Fault::Page(200),
    ] {
        stub.server.set_fault(Some(fault));
        let error = stub.ledger().digest().unwrap_err();
        assert!(
            matches!(error, Error::Malformed { .. }),
            "{fault:?}: {error:?}"
        );
    }
    stub.server.set_fault(Some(Fault::Without("Block")));
    let error = stub.ledger().block(&stub.at(0), None).unwrap_err();
    assert!(error.to_string().contains("expected a Block"), "{error}");
    stub.server
        .set_fault(Some(Fault::Without("JournalS3Exports")));
    let error = stub.ledger().exports().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("expected JournalS3Exports, found none"),
        "{error}"
    );
    stub.server
        .set_fault(Some(Fault::Blanks(ANSWER_BYTES_MAX + 1)));
    let error = stub.ledger().digest().unwrap_err();
    assert!(matches!(error, Error::Unfit { .. }), "{error:?}");
    assert_eq!(stub.server.seen().len(), 6, "it is not asked for again");
    // A long one is no wrong one.
    stub.server.set_fault(Some(Fault::Blanks(1 << 20)));
    assert_eq!(stub.ledger().digest().unwrap().0, stub.digest);
}
