//! Forgeries that keep every hash intact, built from a real block and revision
//! of the service (the AWS CLI's published examples).

use ion_rs::Element;
use sealion::source::Memory;
use sealion::{Code, Digest, Hash, Report, Severity, Verdict, Verifier};

const BLOCK: &str = include_str!("../../../fixtures/published/aws-cli/get-block.json");
const REVISION: &str = include_str!("../../../fixtures/published/aws-cli/get-revision.json");
const DIGEST: &str = "6m6BMXobbJKpMhahwVthAEsN6awgnHK62Qq5McGP1Gk=@123";

fn verify(files: &[(&str, String)]) -> Report {
    let digest: Digest = DIGEST.parse().unwrap();
    let archive = files.iter().fold(Memory::new(), |archive, (name, text)| {
        archive.with(*name, text.clone().into_bytes())
    });
    Verifier::new().against(digest).verify(&archive).unwrap()
}

fn has(report: &Report, code: Code, severity: Severity) -> bool {
    let same = |f: &&sealion::Finding| f.code == code && f.severity == severity;
    report.findings().iter().any(|finding| same(&finding))
}

/// The published revision's parts: `H(data)`, `H(metadata)`, its hash, and the
/// text of its metadata.
struct Parts {
    data: Hash,
    metadata: Hash,
    hash: Hash,
    metadata_text: String,
}

fn parts() -> Parts {
    let answer: serde_json::Value = serde_json::from_str(REVISION).unwrap();
    let text = answer["Revision"]["IonText"].as_str().unwrap();
    let revision = Element::read_one(text).unwrap();
    let revision = revision.as_struct().unwrap();
    let field = |name: &str| revision.get(name).unwrap();
    let hash_of = |name| Hash(sealion_reference::ion_hash(field(name)).unwrap());
    let recorded = field("hash").as_lob().unwrap();
    let at = text.find("metadata:").unwrap() + "metadata:".len();
    Parts {
        data: hash_of("data"),
        metadata: hash_of("metadata"),
        hash: Hash::from_slice(recorded).unwrap(),
        metadata_text: text[at..text.len() - 1].to_owned(),
    }
}

const ADDRESS: &str = r#"{strandId:"KmA3ZZca7vAIiJAK9S5Iwl",sequenceNo:100}"#;

/// The revision as if it were a deletion, its data's hash moved into the proof.
fn deletion_with_longer_proof() -> String {
    let parts = parts();
    let answer: serde_json::Value = serde_json::from_str(REVISION).unwrap();
    let proof = answer["Proof"]["IonText"].as_str().unwrap();
    let proof = proof.replacen('[', &format!("[{{{{{}}}}},", parts.data), 1);
    let revision = format!(
        "{{blockAddress:{ADDRESS},hash:{{{{{}}}}},metadata:{}}}",
        parts.metadata, parts.metadata_text
    );
    serde_json::json!({"Revision": {"IonText": revision}, "Proof": {"IonText": proof}}).to_string()
}

#[test]
fn the_genuine_answers_verify_without_a_warning() {
    let report = verify(&[
        ("block.json", BLOCK.to_owned()),
        ("revision.json", REVISION.to_owned()),
    ]);
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    assert!(!report
        .findings()
        .iter()
        .any(|f| f.severity < Severity::Note));
}

#[test]
fn data_left_out_behind_a_longer_proof_is_warned_of() {
    let report = verify(&[("revision.json", deletion_with_longer_proof())]);
    assert!(
        has(&report, Code::DeletionRule, Severity::Warning),
        "{report}"
    );
}

#[test]
fn the_block_unmasks_data_left_out_behind_a_longer_proof() {
    let report = verify(&[
        ("block.json", BLOCK.to_owned()),
        ("revision.json", deletion_with_longer_proof()),
    ]);
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
    assert!(
        has(&report, Code::DuplicateRevision, Severity::Failure),
        "{report}"
    );
}

#[test]
fn a_revision_split_into_a_deletion_and_an_internal_hash_is_warned_of() {
    let parts = parts();
    let answer: serde_json::Value = serde_json::from_str(BLOCK).unwrap();
    let text = answer["Block"]["IonText"].as_str().unwrap();
    let at = text.find("revisions:").unwrap();
    let split = format!(
        "{}revisions:[{{blockAddress:{ADDRESS},hash:{{{{{}}}}},metadata:{}}},{{hash:{{{{{}}}}}}}]}}",
        &text[..at],
        parts.metadata,
        parts.metadata_text,
        parts.data
    );
    // The two hash to the one that was there: no hash notices.
    assert_eq!(
        sealion_reference::dot(&parts.data.0, &parts.metadata.0),
        parts.hash.0
    );
    let proof = answer["Proof"].clone();
    let forged = serde_json::json!({"Block": {"IonText": split}, "Proof": proof}).to_string();
    let report = verify(&[("block.json", forged)]);
    assert!(
        has(&report, Code::DeletionRule, Severity::Warning),
        "{report}"
    );
}

#[test]
fn an_inner_node_is_no_block() {
    // The two nodes below the parent of block 100 and its sibling, dressed up as a
    // block: entriesHash and previousBlockHash are the children.
    let answer: serde_json::Value = serde_json::from_str(BLOCK).unwrap();
    let text = answer["Block"]["IonText"].as_str().unwrap();
    let block = Element::read_one(text).unwrap();
    let own = block.as_struct().unwrap().get("blockHash").unwrap();
    let own = Hash::from_slice(own.as_lob().unwrap()).unwrap();
    let proof = answer["Proof"]["IonText"].as_str().unwrap();
    let sibling = &proof[proof.find("{{").unwrap() + 2..proof.find("}}").unwrap()];
    let sibling: Hash = sibling.parse().unwrap();
    let node = Hash(sealion_reference::dot(&own.0, &sibling.0));
    let forged = format!(
        "{{blockAddress:{ADDRESS},transactionId:\"x\",blockTimestamp:2019-09-16T19:37:05.360Z,\
         blockHash:{{{{{node}}}}},entriesHash:{{{{{own}}}}},previousBlockHash:{{{{{sibling}}}}},\
         entriesHashList:[{{{{{own}}}}}]}}"
    );
    let shorter = format!("[{}", &proof[proof.find("}},").unwrap() + 3..]);
    let forged = serde_json::json!({"Block": {"IonText": forged}, "Proof": {"IonText": shorter}})
        .to_string();
    let report = verify(&[("block.json", forged)]);
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
    assert!(
        has(&report, Code::ProofShape, Severity::Failure),
        "{report}"
    );
}

/// The published revision as a record of a journal stream, with fields written again.
fn record_with(twice: &str, in_payload: &str, in_table: &str) -> Report {
    let answer: serde_json::Value = serde_json::from_str(REVISION).unwrap();
    let revision = answer["Revision"]["IonText"].as_str().unwrap();
    let record = format!(
        "{{qldbStreamArn:\"arn\",recordType:\"REVISION_DETAILS\",payload:{{tableInfo:{{tableName:\"T\",\
         tableId:\"t\"{in_table}}},revision:{revision}{in_payload}}}{twice}}}"
    );
    verify(&[("stream.ion", record)])
}

#[test]
fn a_field_of_a_stream_record_that_stands_twice_is_wrong() {
    let genuine = record_with("", "", "");
    assert!(!has(&genuine, Code::DuplicateField, Severity::Failure));
    for (twice, in_payload, in_table) in [
        (",qldbStreamArn:\"arn\"", "", ""),
        (",recordType:\"CONTROL\"", "", ""),
        (",payload:{}", "", ""),
        ("", ",revision:{}", ""),
        ("", ",tableInfo:{}", ""),
        ("", "", ",tableName:\"U\""),
    ] {
        let report = record_with(twice, in_payload, in_table);
        assert_eq!(
            report.verdict(),
            Verdict::Failed,
            "{twice}{in_payload}{in_table}"
        );
        assert!(has(&report, Code::DuplicateField, Severity::Failure));
    }
}

#[test]
fn what_stands_beside_evidence_and_is_not_understood_is_named() {
    let answer: serde_json::Value = serde_json::from_str(REVISION).unwrap();
    let revision = answer["Revision"]["IonText"].as_str().unwrap();
    for (beside, named) in [("", false), (",[{a:1}]", true), (",7", true)] {
        let report = verify(&[("rows.ion", format!("[{revision}{beside}]"))]);
        let found = has(&report, Code::UnknownFile, Severity::Note);
        assert_eq!(found, named, "{beside}: {report}");
    }
}

#[test]
fn annotations_of_what_no_hash_covers_are_named() {
    let answer: serde_json::Value = serde_json::from_str(REVISION).unwrap();
    let revision = answer["Revision"]["IonText"].as_str().unwrap();
    let proof = answer["Proof"]["IonText"].as_str().unwrap();
    let with = |revision: &str, proof: &str| {
        let answer =
            serde_json::json!({"Revision": {"IonText": revision}, "Proof": {"IonText": proof}});
        let report = verify(&[("a.json", answer.to_string())]);
        let covered = report.not_covered.iter();
        let covered = covered
            .filter(|one| one.field == "annotations of revision")
            .count();
        let note = report
            .findings()
            .iter()
            .filter(|one| one.code == Code::UnknownFile);
        (covered, note.count())
    };
    assert_eq!(with(revision, proof), (0, 0));
    assert_eq!(with(&format!("a::{revision}"), proof), (1, 0));
    assert_eq!(with(revision, &format!("a::{proof}")), (0, 1));
    assert_eq!(with(revision, &proof.replacen("[{{", "[a::{{", 1)), (0, 1));
}
