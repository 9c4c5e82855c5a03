//! The built program over made journals: each JSON report fits the schema, and its
//! verdict is the exit status and the first word of the text form.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::misfits;
use sealion_testkit::write::evidence::{get_block, get_digest, get_revision};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::Folder;
use sealion_testkit::{Ledger, Mix};
use serde_json::Value;
use tempfile::TempDir;

const SEED: u64 = 20_250_731;

/// A journal of 12 blocks, written as an export of 4 blocks an object, with its
/// digest beside it.
struct Made {
    ledger: Ledger,
    folder: TempDir,
}

impl Made {
    fn new(format: Format) -> Made {
        Made::changed(format, |_| ())
    }

    /// With the blocks changed after their digest was taken.
    fn changed(format: Format, change: impl FnOnce(&mut Ledger)) -> Made {
        let mut ledger = Ledger::new(SEED, 12, Mix::Vehicle);
        let digest = get_digest(&ledger.digest());
        change(&mut ledger);
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("digest.json"), digest).expect("a digest file");
        let mut sink = Folder(folder.path().join("export"));
        let export = Export::new(format, SEED);
        export
            .write(&ledger.blocks, 4, &mut sink)
            .expect("an export");
        Made { ledger, folder }
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect("a file");
    }

    /// The object with block `first` and three more.
    fn object(&self, first: usize) -> PathBuf {
        let part = format!(".{first}-{}.", first + 3);
        let found = files(&self.folder.path().join("export"));
        let mut found = found
            .into_iter()
            .filter(|path| path.to_string_lossy().contains(&part));
        found.next().expect("an object with this block")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealion"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("CLICOLOR_FORCE");
        command.output().expect("the program starts")
    }

    /// Runs `verify` in both forms, holds them to each other and to the schema, and
    /// returns the JSON report.
    fn verify(&self, arguments: &[&str]) -> Value {
        let arguments = [&["verify"], arguments].concat();
        let json = self.run(&[&arguments[..], &["--output", "json"]].concat());
        let report: Value = serde_json::from_slice(&json.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {json:?}"));
        assert_eq!(
            misfits(&report),
            Vec::<String>::new(),
            "{arguments:?}: {report:#}"
        );
        let verdict = report["verdict"].as_str().expect("a verdict");
        let status = match verdict {
            "verified" | "consistent" => 0,
            "failed" => 1,
            _ => 2,
        };
        assert_eq!(json.status.code(), Some(status), "{arguments:?}: {verdict}");
        let text = self.run(&arguments);
        assert_eq!(text.status.code(), Some(status), "{arguments:?}: {verdict}");
        let text = String::from_utf8(text.stdout).expect("text is UTF-8");
        assert!(
            text.starts_with(&verdict.to_uppercase()),
            "{arguments:?}: {text}"
        );
        report
    }

    /// The same, held to a verdict and to codes that must be among the findings.
    fn expect(&self, arguments: &[&str], verdict: &str, codes: &[&str]) -> Value {
        let report = self.verify(arguments);
        assert_eq!(report["verdict"], verdict, "{arguments:?}: {report:#}");
        for code in codes {
            assert!(
                report["finding_totals"][code].is_u64(),
                "no {code}: {report:#}"
            );
        }
        report
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn a_whole_journal_is_verified_in_each_format_and_consistent_without_digest() {
    for format in [Format::Text, Format::Pretty, Format::Binary] {
        let made = Made::new(format);
        let report = made.expect(&["export", "--digest", "digest.json"], "verified", &[]);
        assert_eq!(report["digests"][0]["by"], "journal");
        assert_eq!(report["strands"][0]["blocks"], 12);
        made.expect(&["export"], "consistent", &[]);
        // Beside the journal the digest is a claim.
        let report = made.expect(&["export", "digest.json"], "consistent", &[]);
        assert_eq!(report["digests"][0]["trusted"], false);
    }
    let made = Made::new(Format::Json);
    let report = made.verify(&["export", "--digest", "digest.json"]);
    assert_eq!(report["inputs"][0]["kind"], "journal-json");
}

#[test]
fn a_changed_hash_fails_at_its_block() {
    let change = |ledger: &mut Ledger| ledger.blocks[5].block_hash[0] ^= 1;
    let made = Made::changed(Format::Text, change);
    let report = made.expect(
        &["export", "--digest", "digest.json"],
        "failed",
        &["block-hash", "chain-link"],
    );
    assert_eq!(report["findings"][0]["severity"], "failure");
    assert_eq!(report["findings"][0]["sequence_no"], 5);
}

#[test]
fn each_named_input_is_read_and_not_the_first_one_twice() {
    let change = |ledger: &mut Ledger| ledger.blocks[5].block_hash[0] ^= 1;
    let made = Made::changed(Format::Text, change);
    let objects: Vec<String> = [0, 4, 8]
        .map(|first| made.object(first).display().to_string())
        .to_vec();
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    let report = made.expect(&objects, "failed", &["block-hash"]);
    assert_eq!(report["strands"][0]["blocks"], 12);
}

#[test]
fn missing_and_broken_objects_are_inconclusive() {
    let digest = ["export", "--digest", "digest.json"];
    let made = Made::new(Format::Text);
    fs::remove_file(made.object(4)).expect("the object was there");
    made.expect(&digest, "inconclusive", &["gap", "manifest"]);

    let made = Made::new(Format::Text);
    fs::remove_file(made.object(0)).expect("the object was there");
    made.expect(&digest, "inconclusive", &["missing-start"]);

    let made = Made::new(Format::Binary);
    let last = made.object(8);
    let bytes = fs::read(&last).expect("the object is there");
    fs::write(&last, &bytes[..bytes.len() - 40]).expect("the object can be written");
    made.expect(&digest, "inconclusive", &["truncated"]);

    let made = Made::new(Format::Text);
    let tip = made.ledger.digest_at(6);
    made.put("older.json", &get_digest(&tip));
    made.expect(
        &["export", "--digest", "older.json"],
        "inconclusive",
        &["after-digest"],
    );
    let report = made.expect(
        &["export", "--digest", "older.json", "--to", "6"],
        "verified",
        &[],
    );
    // Block 7 stands in the object with block 6, and was not asked for.
    assert!(report["finding_totals"]["manifest"].is_null(), "{report:#}");
}

#[test]
fn proofs_are_held_to_digests() {
    let made = Made::new(Format::Text);
    let ledger = &made.ledger;
    let tip = ledger.tip();
    let (block, revision) = ledger.documents().next().expect("a document");
    let proof = ledger.revision_proof(block, revision, tip);
    made.put(
        "revision.json",
        &get_revision(&ledger.blocks[block].revisions()[revision], Some(&proof)),
    );
    made.put(
        "block.json",
        &get_block(&ledger.blocks[7], Some(&ledger.block_proof(7, tip))),
    );
    let older = ledger.block_proof(7, tip - 1);
    made.put("older.json", &get_block(&ledger.blocks[7], Some(&older)));

    let report = made.expect(
        &["revision.json", "--digest", "digest.json"],
        "verified",
        &[],
    );
    assert_eq!(report["digests"][0]["by"], "revision-proof");
    let report = made.expect(&["block.json", "--digest", "digest.json"], "verified", &[]);
    assert_eq!(report["digests"][0]["by"], "block-proof");
    made.expect(&["revision.json"], "inconclusive", &["no-digest"]);
    made.expect(
        &["older.json", "--digest", "digest.json"],
        "failed",
        &["proof"],
    );
}

#[test]
fn strict_makes_warnings_failures() {
    let change = |ledger: &mut Ledger| {
        let user = ledger.blocks.iter_mut().find(|block| {
            block
                .revisions()
                .iter()
                .any(|revision| revision.metadata.is_some())
        });
        user.expect("a block with documents").transaction_info = None;
    };
    let made = Made::changed(Format::Text, change);
    let digest = ["export", "--digest", "digest.json"];
    made.expect(&digest, "verified", &["transaction-info-missing"]);
    let strict = [&digest[..], &["--strict"]].concat();
    let report = made.expect(&strict, "failed", &["transaction-info-missing"]);
    assert_eq!(report["asked"]["strict"], true);
}

#[test]
fn no_usable_input_is_status_2_with_advice() {
    let made = Made::new(Format::Text);
    made.put("notes.txt", "bought milk\n");
    made.put("empty.ion", "");
    let report = made.expect(
        &["notes.txt", "empty.ion"],
        "inconclusive",
        &["unknown-file"],
    );
    assert_eq!(report["inputs"].as_array().map(Vec::len), Some(2));

    fs::create_dir(made.folder.path().join("nothing")).expect("a folder");
    for verb in ["verify", "digest"] {
        let output = made.run(&[verb, "nothing"]);
        assert_eq!(output.status.code(), Some(2), "{verb}");
        let complaint = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(
            complaint.contains("sealion: no file in nothing\n  name the files"),
            "{complaint}"
        );
    }
}

#[test]
fn quiet_prints_only_a_report_that_was_asked_for() {
    let made = Made::new(Format::Text);
    let quiet = made.run(&["verify", "export", "--quiet"]);
    assert_eq!(
        (quiet.status.code(), quiet.stdout.len(), quiet.stderr.len()),
        (Some(0), 0, 0)
    );
    let json = made.run(&["verify", "export", "--quiet", "--output", "json"]);
    let report: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(report["verdict"], "consistent");
}

#[test]
fn a_hostile_file_name_cannot_drive_the_terminal() {
    let made = Made::new(Format::Text);
    let name = "a\u{1b}[2J\rVERIFIED\u{202e}.txt";
    made.put(name, "bought milk\n");
    made.verify(&["export", name]);
    for arguments in [
        &["verify", "export", name] as &[&str],
        &["verify", "export", name, "-v"],
    ] {
        let text = String::from_utf8(made.run(arguments).stdout).expect("UTF-8");
        assert!(
            text.contains("a\\u{1b}[2J\\rVERIFIED\\u{202e}.txt"),
            "{text:?}"
        );
        assert!(!text.contains(['\u{1b}', '\r', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn colour_marks_the_verdict_only_where_it_is_wanted() {
    let made = Made::new(Format::Text);
    let coloured = |set: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealion"));
        command
            .args(["verify", "export"])
            .current_dir(made.folder.path());
        command
            .env_remove("CLICOLOR_FORCE")
            .env_remove("NO_COLOR")
            .envs(set.iter().copied());
        let output = command.output().expect("the program starts").stdout;
        String::from_utf8(output)
            .expect("UTF-8")
            .contains("\u{1b}[33mCONSISTENT\u{1b}[0m")
    };
    assert!(!coloured(&[]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn digest_prints_what_the_service_would_have_and_verify_takes_it() {
    for format in [Format::Text, Format::Binary, Format::Json] {
        let made = Made::new(format);
        for tip in [0, 6, 11] {
            let output = made.run(&["digest", "export", "--at", &tip.to_string()]);
            let printed = String::from_utf8(output.stdout).expect("UTF-8");
            assert_eq!(
                printed,
                get_digest(&made.ledger.digest_at(tip)),
                "{format:?} at {tip}"
            );
            assert_eq!(output.status.code(), Some(0));
        }
        let whole = made.run(&["digest", "export"]);
        assert_eq!(
            String::from_utf8(whole.stdout).ok(),
            Some(get_digest(&made.ledger.digest()))
        );
    }
}

#[test]
fn digest_refuses_a_journal_that_does_not_hold_or_is_not_whole() {
    let refused = |made: &Made, arguments: &[&str], status: i32, why: &str| {
        let output = made.run(&[&["digest"], arguments].concat());
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let complaint = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(complaint.contains(why), "{complaint}");
    };
    let change = |ledger: &mut Ledger| ledger.blocks[5].block_hash[0] ^= 1;
    let made = Made::changed(Format::Text, change);
    refused(&made, &["export"], 1, "block-hash at block 5");
    refused(&made, &["export", "--at", "7"], 1, "block-hash at block 5");

    let made = Made::new(Format::Text);
    refused(
        &made,
        &["export", "--at", "12"],
        2,
        "block 12 was asked for and is not here",
    );
    fs::remove_file(made.object(4)).expect("the object was there");
    refused(&made, &["export"], 2, "gap");
    fs::remove_file(made.object(0)).expect("the object was there");
    refused(&made, &["export"], 2, "it takes all blocks from 0 on");
}
