//! Files that are no bundles but say so: an answer comes, of bounded size, and it is never `verified`.

use super::common::{panics, text};
use super::*;
use sealion::Limits;
use sealion_testkit::block::Content;
use sealion_testkit::Mix;
use serde_json::json;

fn small() -> (String, Digest) {
    let ledger = Ledger::new(4, 9, Mix::Tiny);
    let archive = Memory::new().with("j", text(&ledger));
    let trusted = digest(&ledger, ledger.tip());
    let revision = |(block, at): (usize, usize)| &ledger.blocks[block].revisions()[at];
    let id = |place| revision(place).metadata.as_ref().unwrap().id.clone();
    // A deletion may be in doubt, and is not bundled then.
    let data = |place: &(usize, usize)| {
        let mut own = ledger.documents().filter(|other| id(*other) == id(*place));
        own.all(|place| matches!(revision(place).content, Content::Data(_)))
    };
    let place = ledger.documents().find(data).unwrap();
    let wanted = WantedRevisions::of_document(id(place));
    (of_revisions(&archive, &trusted, &wanted), trusted)
}

#[test]
fn cut_off_anywhere() {
    let (json, trusted) = small();
    let before = panics();
    let value = parsed(&json);
    // Where the value ends nothing is missing.
    let end = json.trim_end().len();
    for at in (0..end).step_by(7).chain(end - 40..end) {
        let report = verify(&json.as_bytes()[..at], Some(&trusted));
        assert_ne!(report.verdict(), Verdict::Verified, "{at} {report}");
    }
    // Bytes that are no UTF-8.
    for at in (0..end).step_by(61) {
        let mut bytes = json.clone().into_bytes();
        bytes[at] = 0xff;
        let report = verify(&bytes, Some(&trusted));
        let within = json[..at].rfind("\"report\"").is_some();
        let listed = within || json[..at].rfind("\"digest\": {").is_none();
        assert!(
            listed || report.verdict() != Verdict::Verified,
            "{at} {report}"
        );
    }
    assert!(value["items"].is_array());
    assert_eq!(panics(), before);
}

#[test]
fn members_that_are_unknown_are_named_and_change_nothing() {
    let (json, trusted) = small();
    let mut value = parsed(&json);
    value["surprise"] = json!([1, {"deep": true}]);
    value["digest"]["Proof"] = json!("?");
    value["items"][0]["signature"] = json!("?");
    value["items"][0]["answer"]["Digest"] = json!("?");
    value["attachments"] = json!([
        {"authenticated": false, "kind": "hologram", "light": 1},
        {"authenticated": false, "kind": "note", "text": "", "by": "me"},
    ]);
    let report = verify(value.to_string().as_bytes(), Some(&trusted));
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    let named: Vec<&str> = report
        .findings()
        .iter()
        .filter(|finding| finding.code == Code::UnknownFile)
        .map(|finding| finding.field.as_deref().unwrap())
        .collect();
    let expected = [
        "surprise",
        "digest.Proof",
        "items[0].signature",
        "items[0].answer.Digest",
        "attachments[0]",
        "attachments[1].by",
    ];
    let mut sorted = named.clone();
    sorted.sort_unstable();
    let mut all = expected.to_vec();
    all.sort_unstable();
    assert_eq!(sorted, all);
}

#[test]
fn other_versions_and_other_shapes_are_malformed() {
    let (json, trusted) = small();
    let sound = parsed(&json);
    let mut shapes = Vec::new();
    for version in [
        json!(0),
        json!(2),
        json!("1"),
        json!(1.5),
        json!(-1),
        json!(null),
        json!(true),
    ] {
        let mut value = sound.clone();
        value["sealion_evidence"] = version;
        shapes.push(value);
    }
    let mut value = sound.clone();
    value["items"] = json!([]);
    shapes.push(value);
    // A bundle in a bundle, and both answers in one.
    let mut value = sound.clone();
    value["items"] = json!([sound]);
    shapes.push(value);
    let mut value = sound.clone();
    value["items"][0]["answer"]["Block"] = json!({"IonText": "{}"});
    shapes.push(value);
    for value in shapes {
        let report = verify(value.to_string().as_bytes(), Some(&trusted));
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
        assert!(
            has(&report, Code::Malformed, Severity::Incomplete),
            "{report}"
        );
    }
    // Beside something that verifies it must not be lost either.
    let mut broken = sound.clone();
    broken["items"] = json!([]);
    let broken = broken.to_string();
    let report = verify_with(json.as_bytes(), &[("b", broken.as_bytes())], Some(&trusted));
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
}

#[test]
fn nothing_authenticates_an_attachment_whatever_it_says() {
    let (json, trusted) = small();
    for (member, value) in [
        ("authenticated", json!(true)),
        ("authenticated", json!("false")),
        ("bytes", json!(-1)),
        ("bytes", json!(18_446_744_073_709_551_616.0)),
        ("bytes", json!("many")),
        ("sha256", json!(7)),
        ("name", json!({})),
    ] {
        let mut bundle = parsed(&json);
        let mut attachment = json!({
            "authenticated": false, "kind": "file", "name": "f", "bytes": u64::MAX, "sha256": "00".repeat(32)
        });
        bundle["attachments"] = json!([attachment.clone()]);
        let sound = verify(bundle.to_string().as_bytes(), Some(&trusted));
        assert_eq!(sound.verdict(), Verdict::Verified, "{sound}");
        attachment[member] = value;
        bundle["attachments"] = json!([attachment]);
        let report = verify(bundle.to_string().as_bytes(), Some(&trusted));
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    }
}

#[test]
fn counts_and_depths_have_limits() {
    let (json, trusted) = small();
    let sound = parsed(&json);
    let with = |limits: Limits, value: &Value| {
        let archive = Memory::new().with("b", value.to_string().into_bytes());
        let verifier = Verifier::new().against(trusted.clone()).limits(limits);
        verifier.verify(&archive).unwrap()
    };
    let mut many = sound.clone();
    let item = sound["items"][0].clone();
    many["items"] = Value::Array(vec![item; 30]);
    assert_eq!(with(Limits::default(), &many).verdict(), Verdict::Verified);
    let mut limits = Limits::default();
    limits.evidence_max = 20;
    let report = with(limits, &many);
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    assert!(has(&report, Code::Limit, Severity::Incomplete), "{report}");
    let mut limits = Limits::default();
    limits.hashes_max = 2;
    let report = with(limits, &sound);
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    assert!(has(&report, Code::Limit, Severity::Incomplete), "{report}");
    let words = [
        "at most 2 hashes (limit hashes_max)",
        "--limit hashes_max=N",
    ];
    let text = report.to_string();
    assert!(words.iter().all(|words| text.contains(words)), "{text}");
    let mut limits = Limits::default();
    limits.value_bytes_max = 200_000;
    let mut long = sound.clone();
    long["what_this_is"] = json!("x".repeat(150_000));
    assert_eq!(with(limits.clone(), &long).verdict(), Verdict::Verified);
    long["what_this_is"] = json!("x".repeat(1_000_000));
    let report = with(limits, &long);
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    assert!(has(&report, Code::Limit, Severity::Incomplete), "{report}");
    let note = json!({"authenticated": false, "kind": "note", "text": ""});
    let mut attached = sound.clone();
    attached["attachments"] = Value::Array(vec![note.clone(); 1_000]);
    assert_eq!(
        with(Limits::default(), &attached).verdict(),
        Verdict::Verified
    );
    attached["attachments"] = Value::Array(vec![note; 1_001]);
    assert_eq!(
        with(Limits::default(), &attached).verdict(),
        Verdict::Inconclusive
    );
    // In the file, and in the Ion text within its strings.
    let mut deep = sound.clone();
    deep["items"][0]["answer"]["Revision"]["IonText"] = json!("[".repeat(100_000));
    assert_eq!(
        with(Limits::default(), &deep).verdict(),
        Verdict::Inconclusive
    );
    let text = json.replacen(
        "\"attachments\": []",
        &format!("\"x\": {}", "[".repeat(100_000)),
        1,
    );
    let report = verify(text.as_bytes(), Some(&trusted));
    assert_ne!(report.verdict(), Verdict::Verified, "{report}");
}

#[test]
fn a_million_unknown_members_take_no_time_and_little_room() {
    let (json, trusted) = small();
    let members: Vec<String> = (0..300_000)
        .map(|index| format!("\"m{index}\":0"))
        .collect();
    let text = json.replacen('{', &format!("{{{},", members.join(",")), 1);
    let started = std::time::Instant::now();
    let report = verify(text.as_bytes(), Some(&trusted));
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    assert_eq!(
        report.finding_totals.get(&Code::UnknownFile),
        Some(&300_000)
    );
    assert!(report.findings().len() < 2_000);
}

/// A bundle is read anew with the limits that its journal needed, and so must its reader.
#[test]
fn a_journal_beyond_the_usual_limits_gives_a_bundle_with_its_own() {
    let ledger = Ledger::new(4, 9, Mix::Tiny);
    let trusted = digest(&ledger, ledger.tip());
    let archive = Memory::new().with("j", text(&ledger));
    let (mut bundle, prover) = begun(&archive, &trusted);
    bundle.add_block(&prover, &archive, 3).unwrap();
    let mut limits = Limits::default();
    limits.depth_max = 4;
    bundle.limits(limits.clone());
    let refused = bundle.to_json().unwrap_err().to_string();
    assert!(refused.contains("depth_max = 4"), "{refused}");
    limits.depth_max = 500;
    bundle.limits(limits);
    assert_eq!(
        verify(file(&bundle).as_bytes(), Some(&trusted)).verdict(),
        Verdict::Verified
    );
}
