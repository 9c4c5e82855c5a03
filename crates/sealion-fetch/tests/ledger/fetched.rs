//! What is fetched by AWS's own client is what the service printed, and verifies.

use crate::stub::{connection, Stub, NAME};
use sealion::{Verdict, Verifier};
use sealion_fetch::{verify, Agreement, Ledger};
use sealion_stubs::proxy::{self, Fault};

#[test]
fn the_digest_is_as_the_service_printed_it() {
    let stub = Stub::new();
    let (digest, answer) = stub.ledger().digest().unwrap();
    assert_eq!(digest, stub.digest);
    assert_eq!(answer.to_aws_json(), stub.digest.to_aws_json());
    assert_eq!(Agreement::of(&stub.digest, &digest), Agreement::Same);
}

#[test]
fn every_block_verifies_at_every_tip() {
    let stub = Stub::new();
    let ledger = stub.ledger();
    for number in 0..=stub.tip.sequence_no {
        let block = ledger.block(&stub.at(number), Some(&stub.tip)).unwrap();
        assert_eq!(
            stub.verified(&block).verdict(),
            Verdict::Verified,
            "{number}"
        );
        // Under its own tip the proof leads to another digest, but for the last one.
        let own = ledger.block(&stub.at(number), Some(&stub.at(number)));
        let verdict = stub.verified(&own.unwrap()).verdict();
        let is_last = number == stub.tip.sequence_no;
        assert_eq!(verdict == Verdict::Verified, is_last, "{number}: {verdict}");
    }
}

#[test]
fn every_revision_verifies_and_all_of_them_together() {
    let stub = Stub::new();
    let ledger = stub.ledger();
    let fetch = |(number, id): &(u64, String)| {
        let answer = ledger.revision(&stub.at(*number), id, Some(&stub.tip));
        answer.unwrap()
    };
    assert!(stub.documents.len() > 5);
    let answers: Vec<_> = stub.documents.iter().map(fetch).collect();
    for answer in &answers {
        let report = stub.verified(answer);
        assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    }
    let verifier = Verifier::new().against(stub.digest.clone());
    let report = verify(verifier, &answers).unwrap();
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    assert_eq!(report.inputs.len(), answers.len());
}

#[test]
fn without_a_tip_there_is_no_proof_and_nothing_verifies() {
    let stub = Stub::new();
    let (number, id) = &stub.documents[0];
    let block = stub.ledger().block(&stub.at(*number), None).unwrap();
    let revision = stub.ledger().revision(&stub.at(*number), id, None).unwrap();
    for answer in [block, revision] {
        assert!(answer.value().get("Proof").is_none());
        assert_eq!(stub.verified(&answer).verdict(), Verdict::Inconclusive);
    }
}

#[test]
fn exports_are_read_over_all_pages() {
    let stub = Stub::new();
    let exports = stub.ledger().exports().unwrap();
    assert_eq!(exports.len(), 5);
    let lines: Vec<_> = stub
        .server
        .seen()
        .into_iter()
        .map(|seen| seen.line)
        .collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[2].ends_with("next_token=page4"), "{lines:?}");
    let one = stub.ledger().export(exports[3].id()).unwrap();
    assert_eq!(one.value(), exports[3].value());
    assert_eq!(one.status(), "COMPLETED");
    assert_eq!(
        one.url().unwrap(),
        format!("s3://example-ledger-archive/boats/{}/", one.id())
    );
    assert_eq!(
        one.value()["ExportCreationTime"].to_string(),
        "1753916400.101"
    );
    assert_eq!(one.value()["ExclusiveEndTime"].to_string(), "1753916400");
}

#[test]
fn requests_are_signed_unless_told_otherwise() {
    let stub = Stub::new();
    for anonymous in [false, true] {
        let ledger = Ledger::new(&connection(stub.server.address, anonymous), NAME);
        ledger.digest().unwrap();
        let seen = stub.server.seen();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].signed, !anonymous);
    }
}

#[test]
fn a_lost_connection_is_tried_again() {
    let stub = Stub::new();
    let fault = Fault::CutFirst {
        connections: 1,
        after: 100,
    };
    let proxy = proxy::serve(stub.server.address, fault);
    let ledger = Ledger::new(&connection(proxy.address, false), NAME);
    assert_eq!(ledger.digest().unwrap().0, stub.digest);
    assert!(proxy.accepted() > 1);
}
