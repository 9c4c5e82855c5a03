//! The built program on data that is kept outside of the repository: made cases
//! with their answers, and one small ledger in every format.
//!
//! Run by `SEALION_CONFORMANCE=<folder> cargo test -p sealion-cli --test
//! conformance -- --ignored`; fails if the folder is not there or holds less
//! than it should.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const CASES: usize = 79;
const ENGINES: [&str; 3] = ["fast", "reference", "both"];
const THREADS: [&str; 3] = ["1", "2", "7"];

fn conformance() -> PathBuf {
    let folder = std::env::var_os("SEALION_CONFORMANCE")
        .expect("SEALION_CONFORMANCE must name the conformance folder");
    let folder = PathBuf::from(folder);
    assert!(folder.is_dir(), "{} is not there", folder.display());
    folder.canonicalize().unwrap()
}

struct Answer {
    exit: i32,
    report: Option<Value>,
    stderr: String,
}

fn sealion(folder: &Path, args: &[&str]) -> Answer {
    let output = Command::new(env!("CARGO_BIN_EXE_sealion"))
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap();
    Answer {
        exit: output.status.code().expect("not killed by a signal"),
        report: serde_json::from_slice(&output.stdout).ok(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// What is wrong with the answer to one case; nothing if it is right.
fn wrong(case: &Value, answer: &Answer) -> Vec<String> {
    let mut wrong = Vec::new();
    if i64::from(answer.exit) != case["exit"].as_i64().unwrap() {
        wrong.push(format!("exit {} for {}", answer.exit, case["exit"]));
    }
    if case["verdict"].is_null() {
        if answer.report.is_none() && answer.stderr.trim().is_empty() {
            wrong.push("neither a report nor a message".to_owned());
        }
        return wrong;
    }
    let Some(report) = &answer.report else {
        wrong.push(format!("no report: {}", answer.stderr));
        return wrong;
    };
    if report["verdict"] != case["verdict"] {
        wrong.push(format!("{} for {}", report["verdict"], case["verdict"]));
    }
    let findings = report["findings"].as_array().unwrap();
    let found = |codes: &str| {
        let code = |finding: &&Value| codes.split('|').any(|code| finding["code"] == code);
        findings.iter().filter(code).collect::<Vec<_>>()
    };
    let codes = case["codes"].as_array().unwrap();
    for code in codes {
        if found(code.as_str().unwrap()).is_empty() {
            wrong.push(format!("no finding {code}"));
        }
    }
    let first = codes.first().map(|code| found(code.as_str().unwrap()));
    let members = [("at", "sequence_no"), ("doc", "document_id")];
    for (asked, member) in members {
        let Some(first) = &first else { continue };
        let met = first.iter().any(|finding| finding[member] == case[asked]);
        if !case[asked].is_null() && !met {
            wrong.push(format!("no finding with {member} {}", case[asked]));
        }
    }
    wrong
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn made_cases_come_out_as_they_must() {
    let made = conformance().join("made");
    let mut ran = 0;
    let mut failures = Vec::new();
    let mut folders: Vec<_> = std::fs::read_dir(made).unwrap().flatten().collect();
    folders.sort_by_key(|entry| entry.file_name());
    for folder in folders.iter().filter(|entry| entry.path().is_dir()) {
        let folder = folder.path();
        let case = std::fs::read(folder.join("case.json")).unwrap();
        let case: Value = serde_json::from_slice(&case).unwrap();
        let mut answers = Vec::new();
        for (engine, threads) in ENGINES.iter().flat_map(|e| THREADS.map(|t| (*e, t))) {
            let args = case["args"].as_array().unwrap().iter();
            let mut args: Vec<&str> = args.map(|arg| arg.as_str().unwrap()).collect();
            args.extend(["--output", "json", "--threads", threads, "--engine", engine]);
            let mut answer = sealion(&folder, &args);
            let wrong = wrong(&case, &answer);
            if !wrong.is_empty() {
                failures.push(format!(
                    "{} {engine}: {}",
                    folder.display(),
                    wrong.join("; ")
                ));
            }
            if let Some(Value::Object(report)) = &mut answer.report {
                report.remove("engine");
                report.remove("passed");
                report.remove("run");
            }
            answers.push(answer.report);
        }
        answers.dedup();
        if answers.len() != 1 {
            failures.push(format!("{}: engines or threads differ", folder.display()));
        }
        ran += 1;
    }
    println!("made: {ran} cases ran, by 3 engines with 1, 2 and 7 threads");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(ran >= CASES, "{ran} cases, expected {CASES}");
}

/// Every folder and file of the sample ledger, with what must come of it when
/// the ledger's digest is trusted.
const FORMATS: [(&str, &str); 22] = [
    ("export-ion-text", "verified"),
    ("export-ion-binary", "verified"),
    // Two revisions have dates and blobs, which JSON cannot tell from strings.
    ("export-json", "inconclusive"),
    ("stream/records.ion", "verified"),
    ("stream/firehose-object.10n", "verified"),
    ("stream/firehose-object-newline.10n", "verified"),
    ("stream/get-records-plain.json", "verified"),
    ("stream/get-records-aggregated.json", "verified"),
    ("stream/lambda-event.json", "verified"),
    ("cli/get-block.json", "verified"),
    ("cli/get-block-no-proof.json", "inconclusive"),
    ("cli/get-revision.json", "verified"),
    ("cli/get-revision-redacted.json", "verified"),
    ("cli/get-revision-deleted.json", "verified"),
    ("cli/describe-ledger.json", "inconclusive"),
    ("cli/describe-ledger.iso8601.json", "inconclusive"),
    ("cli/describe-journal-s3-export.json", "inconclusive"),
    (
        "cli/describe-journal-s3-export.iso8601.json",
        "inconclusive",
    ),
    ("cli/describe-journal-kinesis-stream.json", "inconclusive"),
    (
        "cli/list-journal-s3-exports-for-ledger.json",
        "inconclusive",
    ),
    ("cli/list-ledgers.json", "inconclusive"),
    ("cli/list-tags-for-resource.json", "inconclusive"),
];

/// The forms in which the ledger's digest was saved.
const DIGESTS: [&str; 4] = [
    "cli/get-digest.json",
    "cli/get-digest.text.txt",
    "console/boat-registry-digest.ion.txt",
    "migration/Jt4Hc1QvNw7ZpUe9KxRd3B.bM2c3VwkJB0gGgHONb2HCp.proofs.json",
];

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn all_formats_of_one_ledger_agree() {
    let formats = conformance().join("formats");
    let mut digests = Vec::new();
    let mut failures = Vec::new();
    for (input, verdict) in FORMATS {
        for digest in DIGESTS {
            let args = ["verify", input, "--digest", digest, "--output", "json"];
            let answer = sealion(&formats, &args);
            let Some(report) = answer.report else {
                failures.push(format!("{input}: no report: {}", answer.stderr));
                continue;
            };
            if report["verdict"] != verdict {
                failures.push(format!("{input} with {digest}: {}", report["verdict"]));
            }
            if report["inputs"][0]["kind"] == "unknown" {
                failures.push(format!("{input} is not understood"));
            }
            let computed = &report["strands"][0]["computed_digest"]["digest"];
            if computed.is_string() {
                digests.push(computed.clone());
            }
        }
    }
    // Two halves of the stream are one ledger, and so are all forms together.
    for inputs in [
        &["stream/kpl-aggregated-1.bin", "stream/kpl-aggregated-2.bin"][..],
        &[
            "export-ion-text",
            "export-ion-binary",
            "stream",
            "cli",
            "console",
            "migration",
        ],
    ] {
        let mut args = vec!["verify", "--digest", DIGESTS[0], "--output", "json"];
        args.extend(inputs);
        let report = sealion(&formats, &args).report.unwrap();
        if report["verdict"] != "verified" {
            failures.push(format!("{inputs:?}: {:#}", report["findings"]));
        }
        digests.push(report["strands"][0]["computed_digest"]["digest"].clone());
    }
    println!(
        "formats: {} inputs ran with {} digests",
        FORMATS.len(),
        DIGESTS.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(digests.len() > 30);
    digests.dedup();
    assert_eq!(digests, ["1WIxqxZUmdLZA0cqWdUY24bwa4puv44V0r4C9Na6Yhg="]);
}
