//! The schema of the report: strict on names and words, and each near-miss is
//! rejected.

mod common;

use common::{misfits, schema};
use sealion::Code;
use serde_json::{json, Value};

/// A report with every member in use.
fn sample() -> Value {
    json!({
        "report_version": 1,
        "tool": {"name": "sealion", "version": "0.1.0"},
        "verdict": "failed",
        "engine": "reference",
        "passed": {"base64": 1},
        "run": {"started": "2026-01-31T12:00:00Z", "command": ["sealion", "verify"], "build": "x86_64 on linux"},
        "asked": {"from": null, "to": 18446744073709551615u64, "strand_id": null, "strict": false},
        "inputs": [
            {"path": "a.ion", "kind": "journal-ion-text", "bytes": 10, "blocks": 2, "revisions": 3, "sha256": null},
            {"path": "b", "kind": "unknown", "bytes": 0, "blocks": null, "revisions": null, "sha256": "0".repeat(64)}
        ],
        "strands": [{
            "strand_id": "JdxjkR9bSYB5jMHWcI464T",
            "coverage": [{"first": 0, "last": 1, "state": "failed", "position": "claimed"}],
            "blocks": 2,
            "repeated_blocks": 1,
            "revisions": {
                "total": 3, "recomputed": 2, "redacted": 0, "internal": 1, "deleted": 0, "from_json": 0
            },
            "deletion_rules": {"H(metadata)": 1},
            "genesis_previous": "empty",
            "silent_blocks": 1,
            "unchecked_statement_digests": 0,
            "redactions": [{
                "sequence_no": 0, "document_id": "3Qv67yjXEwB9SjmvkuG6Cp", "version": 0, "ordered_by": 1
            }],
            "joined": [{
                "sequence_no": 1, "document_id": "3Qv67yjXEwB9SjmvkuG6Cp", "version": null,
                "hash": "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A0=",
                "paths": ["a.ion", "receipt.json"], "data": true, "verified": false
            }],
            "computed_digest": {
                "digest": "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A0=", "sequence_no": 1
            }
        }],
        "states": [{
            "path": "july.state", "strand_id": "JdxjkR9bSYB5jMHWcI464T", "first": 0, "last": 1,
            "verdict": "verified", "vouched": false, "used": true
        }],
        "digests": [{
            "digest": "rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A0=",
            "strand_id": null, "sequence_no": 1, "source": "command line", "trusted": true,
            "verdict": "verified", "by": "journal"
        }],
        "documents": [{
            "path": "contract.json", "offset": 0, "other_metadata": false, "matches": [{
                "strand_id": "JdxjkR9bSYB5jMHWcI464T", "sequence_no": 1,
                "document_id": "3Qv67yjXEwB9SjmvkuG6Cp", "version": 0, "redacted": false,
                "verified": true, "path": "a.ion"
            }]
        }],
        "findings": [{
            "code": "revision-hash", "severity": "failure", "strand_id": "JdxjkR9bSYB5jMHWcI464T",
            "sequence_no": 1, "document_id": "3Qv67yjXEwB9SjmvkuG6Cp", "version": 0,
            "field": "revisions[0].hash", "source": {"path": "a.ion", "offset": 5},
            "claimed": "x", "recomputed": "y", "message": "they differ", "remedy": null
        }],
        "finding_totals": {"revision-hash": 1},
        "not_covered": [{"field": "blockTimestamp", "why": "compared with txTime"}]
    })
}

/// The sample with the value at `pointer` replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut report = sample();
    *report
        .pointer_mut(pointer)
        .expect("the sample has this member") = value;
    report
}

#[test]
fn a_report_with_every_member_fits() {
    assert_eq!(misfits(&sample()), Vec::<String>::new());
}

#[test]
fn the_schema_lists_the_codes_of_the_library() {
    let schema = schema();
    let listed: Vec<&str> = schema["$defs"]["code"]["oneOf"]
        .as_array()
        .expect("codes are a list")
        .iter()
        .map(|code| code["const"].as_str().expect("a code is a string"))
        .collect();
    let known: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(listed, known);
}

#[test]
fn another_word_or_type_is_rejected() {
    let near_misses = [
        ("/report_version", json!(2)),
        ("/verdict", json!("ok")),
        ("/engine", json!("slow")),
        ("/asked/to", json!(-1)),
        ("/asked/to", json!(1.5)),
        ("/inputs/0/kind", json!("journal")),
        ("/strands/0/coverage/0/state", json!("fine")),
        ("/strands/0/coverage/0/position", json!("counted from 0")),
        ("/strands/0/computed_digest/digest", json!("rGr7")),
        // Bits beyond the 32 bytes: not what an encoder gives.
        (
            "/digests/0/digest",
            json!("rGr7ElhEo1FExqD8SAWcWdtDIoN9cp81aozENEkW+A1="),
        ),
        ("/digests/0/trusted", json!(null)),
        ("/digests/0/by", json!("proof")),
        ("/findings/0/code", json!("revision-hashes")),
        ("/findings/0/severity", json!("error")),
        ("/findings/0/message", json!(null)),
        ("/finding_totals", json!({"revision-hashes": 1})),
        ("/finding_totals", json!({"revision-hash": 0})),
    ];
    for (pointer, value) in near_misses {
        let report = with(pointer, value);
        assert!(
            !misfits(&report).is_empty(),
            "{pointer} was not rejected: {report}"
        );
    }
}

#[test]
fn every_object_rejects_a_member_too_few_or_too_many() {
    let objects = [
        "",
        "/tool",
        "/asked",
        "/inputs/0",
        "/strands/0",
        "/strands/0/coverage/0",
        "/strands/0/revisions",
        "/strands/0/computed_digest",
        "/strands/0/redactions/0",
        "/strands/0/joined/0",
        "/digests/0",
        "/run",
        "/documents/0",
        "/documents/0/matches/0",
        "/findings/0",
        "/findings/0/source",
        "/not_covered/0",
    ];
    for pointer in objects {
        let object = sample()
            .pointer(pointer)
            .and_then(|v| v.as_object().cloned());
        let object = object.expect("the sample has this object");
        let optional = |name: &&String| pointer.is_empty() && *name == "run";
        for name in object.keys().filter(|name| !optional(name)) {
            let mut fewer = object.clone();
            fewer.remove(name);
            let report = with(pointer, Value::Object(fewer));
            assert!(
                !misfits(&report).is_empty(),
                "{pointer}/{name} may be left out"
            );
        }
        let mut more = object;
        more.insert("surprise".to_owned(), json!(1));
        let report = with(pointer, Value::Object(more));
        assert!(
            !misfits(&report).is_empty(),
            "{pointer} may have other members"
        );
    }
}

#[test]
fn the_verdict_must_follow_from_findings_and_digests() {
    let findings = |severity: &str| match severity {
        "none" => json!([]),
        severity => {
            let mut finding = sample()["findings"][0].clone();
            finding["severity"] = json!(severity);
            json!([finding])
        }
    };
    let digests = |kind: &str| {
        let mut digest = sample()["digests"][0].clone();
        match kind {
            "none" => return json!([]),
            "claim" => digest["trusted"] = json!(false),
            "unreached" => digest["verdict"] = json!("inconclusive"),
            _ => {}
        }
        json!([digest])
    };
    let cases = [
        ("verified", "warning", "trusted", true),
        ("verified", "none", "trusted", true),
        ("verified", "incomplete", "trusted", false),
        ("verified", "failure", "trusted", false),
        ("verified", "none", "claim", false),
        ("verified", "none", "none", false),
        ("verified", "none", "unreached", false),
        ("consistent", "note", "none", true),
        ("consistent", "note", "claim", true),
        ("consistent", "note", "trusted", false),
        ("consistent", "failure", "none", false),
        ("consistent", "incomplete", "none", false),
        ("failed", "failure", "none", true),
        ("failed", "incomplete", "none", false),
        ("failed", "none", "none", false),
        ("inconclusive", "incomplete", "unreached", true),
        ("inconclusive", "failure", "unreached", false),
        ("inconclusive", "warning", "unreached", false),
    ];
    for (verdict, severity, digest, fits) in cases {
        let mut report = with("/verdict", json!(verdict));
        report["findings"] = findings(severity);
        report["digests"] = digests(digest);
        let found = misfits(&report);
        assert_eq!(
            found.is_empty(),
            fits,
            "{verdict}, {severity}, {digest}: {found:?}"
        );
    }
}
