//! The program on S3 and on QLDB's API, in builds with the feature `aws`.

use std::path::Path;
use std::process::{Command, Output};

use sealion_stubs::qldb::{Fault, Ledger, Qldb};
use sealion_stubs::{s3, url, KEY_ID, SECRET};
use sealion_testkit::write::{Folder, Sink as _};

/// Runs the program with this secret against the folder `tests`, whose bucket is `boats`.
fn sealion(secret: &str, arguments: &[&str]) -> Output {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let server = url(s3::serve(&tests, 0));
    Command::new(env!("CARGO_BIN_EXE_sealion"))
        .args(arguments)
        .args(["--endpoint-url", &server, "--region", "us-east-1"])
        .current_dir(tests)
        .env_remove("AWS_PROFILE")
        .env("AWS_ACCESS_KEY_ID", KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .output()
        .unwrap()
}

#[test]
fn every_verb_reads_from_s3() {
    let good = "s3://boats/good/";
    let verify = [
        "verify",
        good,
        "--digest",
        "boats/digest.json",
        "--threads",
        "2",
    ];
    let verified = sealion(SECRET, &verify);
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    assert!(String::from_utf8_lossy(&verified.stdout).starts_with("VERIFIED"));
    let digest = sealion(SECRET, &["digest", good]);
    let saved = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/boats/digest.json"
    ));
    assert_eq!(digest.stdout, saved.unwrap(), "{digest:?}");
    let show = sealion(SECRET, &["show", good]);
    assert_eq!(show.status.code(), Some(0), "{show:?}");
    assert!(String::from_utf8_lossy(&show.stdout).contains(good));
}

#[test]
fn what_was_tampered_with_fails_from_s3_too() {
    let tampered = [
        "verify",
        "s3://boats/tampered",
        "--digest",
        "boats/digest.json",
    ];
    assert_eq!(sealion(SECRET, &tampered).status.code(), Some(1));
}

#[test]
fn a_dry_run_lists_and_verifies_nothing() {
    let listed = sealion(SECRET, &["verify", "s3://boats/tampered", "--dry-run"]);
    assert_eq!(listed.status.code(), Some(0), "{listed:?}");
    let text = String::from_utf8_lossy(&listed.stdout);
    assert!(text.contains(" bytes in 4 objects would be read"), "{text}");
}

#[test]
fn a_wrong_key_is_exit_2_and_no_secret_is_told() {
    let refused = sealion("another", &["verify", "s3://boats/good"]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let text = String::from_utf8_lossy(&refused.stderr);
    assert!(
        text.contains("SignatureDoesNotMatch") && text.contains("AWS_PROFILE"),
        "{text}"
    );
    assert!(
        !text.contains(KEY_ID) && !text.contains("another"),
        "{text}"
    );
}

/// Runs `sealion fetch` in `folder`, on the server at `endpoint` or on none.
fn fetch(folder: &Path, endpoint: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealion"));
    command.arg("fetch").args(arguments).current_dir(folder);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .env("AWS_CONFIG_FILE", "no such file")
        .env("AWS_ACCESS_KEY_ID", KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_EC2_METADATA_DISABLED", "true");
    if let Some(url) = endpoint {
        command.env("AWS_ENDPOINT_URL_QLDB", url);
    }
    let output = command.output().unwrap();
    let told = [&output.stdout[..], &output.stderr[..]].concat();
    assert!(!String::from_utf8_lossy(&told).contains(SECRET));
    output
}

/// A server, its URL, and a folder with the ledger's export and digest.
fn ledger() -> (Qldb, String, tempfile::TempDir, Vec<(u64, String, u64)>) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::made("boats", 6, 16);
    let mut export = Folder(folder.path().join("export"));
    for (name, bytes) in &ledger.files {
        export.put(name, bytes).unwrap();
    }
    let digest = ledger.digest(ledger.last()).to_aws_json();
    std::fs::write(folder.path().join("digest.json"), digest).unwrap();
    let documents = ledger.documents();
    let server = Qldb::serve(ledger, 0);
    let url = url(server.address);
    (server, url, folder, documents)
}

/// Runs another verb in `folder` and gives what it prints.
fn printed(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealion"));
    let output = command.args(arguments).current_dir(folder).output();
    output.unwrap().stdout
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_is_fetched_is_what_prove_makes() {
    let (_server, url, folder, documents) = ledger();
    let (folder, url) = (folder.path(), Some(url.as_str()));
    let (number, id, _) = &documents[documents.len() / 2];
    let number = &number.to_string();
    let trust = ["--digest", "digest.json"];
    let digest = fetch(
        folder,
        url,
        &[&["digest", "--ledger", "boats"], &trust[..]].concat(),
    );
    assert_eq!(digest.status.code(), Some(0), "{digest:?}");
    assert!(words(&digest).contains("VERIFIED"), "{digest:?}");
    assert_eq!(
        digest.stdout,
        std::fs::read(folder.join("digest.json")).unwrap()
    );
    let block = ["block", "--name", "boats", "--at", number];
    let block = fetch(folder, url, &[&block, &trust[..]].concat());
    assert_eq!(block.status.code(), Some(0), "{block:?}");
    assert!(words(&block).starts_with("sealion: VERIFIED"), "{block:?}");
    let proven = ["prove", "block", "--at", number, "export"];
    assert_eq!(
        block.stdout,
        printed(folder, &[&proven, &trust[..]].concat())
    );
    let what = ["--at", number, "--document-id", id];
    let revision = [&["revision", "--ledger", "boats"], &what[..], &trust[..]].concat();
    let revision = fetch(folder, url, &revision);
    assert_eq!(revision.status.code(), Some(0), "{revision:?}");
    let proven = [
        "prove",
        "revision",
        "--at",
        number,
        "--document",
        id,
        "export",
    ];
    assert_eq!(
        revision.stdout,
        printed(folder, &[&proven, &trust[..]].concat())
    );
}

#[test]
fn a_history_is_fetched_by_the_addresses_of_its_blocks() {
    let (_server, url, folder, documents) = ledger();
    let folder = folder.path();
    let versions = |id: &str| documents.iter().filter(|(_, own, _)| own == id).count();
    let (_, id, _) = documents
        .iter()
        .max_by_key(|(_, id, _)| versions(id))
        .unwrap();
    assert!(versions(id) > 1);
    let digest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("digest.json")).unwrap()).unwrap();
    let tip = digest["DigestTipAddress"]["IonText"].as_str().unwrap();
    let (strand, _) = tip.split_once(",sequenceNo:").unwrap();
    let row = |(number, own, version): &(u64, String, u64)| {
        format!(
            "{{blockAddress:{strand},sequenceNo:{number}}},metadata:{{id:\"{own}\",version:{version}}}}}\n"
        )
    };
    // Rows of other documents are passed over.
    let rows: String = documents.iter().map(row).collect();
    std::fs::write(folder.join("history.ion"), rows).unwrap();
    let arguments = [
        "revision",
        "--ledger",
        "boats",
        "--block-addresses",
        "history.ion",
        "--all-revisions-of",
        id,
        "--digest",
        "digest.json",
        "-o",
        "history.jsonl",
    ];
    let fetched = fetch(folder, Some(&url), &arguments);
    assert_eq!(fetched.status.code(), Some(0), "{fetched:?}");
    let lines = std::fs::read_to_string(folder.join("history.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), versions(id));
    let verify = ["verify", "history.jsonl", "--digest", "digest.json"];
    assert!(printed(folder, &verify).starts_with(b"VERIFIED"));
    // A file that is there is not written over.
    let again = fetch(folder, Some(&url), &arguments);
    assert_eq!(again.status.code(), Some(2), "{again:?}");
    assert!(words(&again).contains("--force"), "{again:?}");
}

#[test]
fn a_wrong_answer_is_kept_and_called_wrong() {
    let (server, url, folder, documents) = ledger();
    let (folder, url) = (folder.path(), Some(url.as_str()));
    let (number, id, _) = &documents[0];
    let number = &number.to_string();
    for member in ["Revision", "Proof", "Digest"] {
        let (hash, bit) = (1, 9);
        server.set_fault(Some(Fault::FlipBit { member, hash, bit }));
        let name = format!("{member}.json");
        let out = ["--ledger", "boats", "--digest", "digest.json", "-o", &name];
        let what = ["revision", "--at", number, "--document-id", id];
        let what = match member {
            "Digest" => &["digest"][..],
            _ => &what[..],
        };
        let fetched = fetch(folder, url, &[what, &out[..]].concat());
        assert_eq!(fetched.status.code(), Some(1), "{member}: {fetched:?}");
        assert!(words(&fetched).contains("FAILED"), "{member}: {fetched:?}");
        assert!(folder.join(&name).exists(), "{member}");
    }
    server.set_fault(Some(Fault::OtherBlock));
    let other = [
        "block",
        "--ledger",
        "boats",
        "--at",
        number,
        "--digest",
        "digest.json",
    ];
    let other = fetch(folder, url, &other);
    assert_eq!(other.status.code(), Some(1), "{other:?}");
    assert!(words(&other).contains("asked for block"), "{other:?}");
}

#[test]
fn without_a_trusted_digest_nothing_is_verified() {
    let (server, url, folder, _) = ledger();
    let (folder, url) = (folder.path(), Some(url.as_str()));
    let digest = fetch(folder, url, &["digest", "--ledger", "boats"]);
    assert_eq!(digest.status.code(), Some(0), "{digest:?}");
    assert!(words(&digest).contains("vouches for nothing"), "{digest:?}");
    let block = fetch(folder, url, &["block", "--ledger", "boats", "--at", "3"]);
    assert_eq!(block.status.code(), Some(0), "{block:?}");
    assert!(
        words(&block).contains("CONSISTENT, not verified"),
        "{block:?}"
    );
    assert!(words(&block).contains("vouches for nothing"), "{block:?}");
    let tip = std::fs::read_to_string(folder.join("digest.json")).unwrap();
    let tip: serde_json::Value = serde_json::from_str(&tip).unwrap();
    let tip = tip["DigestTipAddress"].to_string();
    let named = [
        "block",
        "--ledger",
        "boats",
        "--at",
        "3",
        "--digest-tip-address",
        &tip,
    ];
    let block = fetch(folder, url, &named);
    assert_eq!(block.status.code(), Some(2), "{block:?}");
    assert!(words(&block).contains("no-digest"), "{block:?}");
    // An older digest of the user's: only a proof could tell.
    server.set_fault(None);
    let older = ["digest", "--ledger", "boats", "--digest"];
    let hash = "1WIxqxZUmdLZA0cqWdUY24bwa4puv44V0r4C9Na6Yhg=@5";
    let older = fetch(folder, url, &[&older, &[hash][..]].concat());
    assert_eq!(older.status.code(), Some(2), "{older:?}");
    assert!(words(&older).contains("INCONCLUSIVE"), "{older:?}");
}

#[test]
fn what_is_not_there_is_exit_2_with_the_services_own_words() {
    let (_server, url, folder, _) = ledger();
    let (folder, url) = (folder.path(), Some(url.as_str()));
    let trust = ["--digest", "digest.json"];
    let id = "0000000000000000000000";
    for (arguments, expected) in [
        (
            &["digest", "--ledger", "other"][..],
            "ResourceNotFoundException",
        ),
        (
            &["block", "--ledger", "boats", "--at", "99"][..],
            "ParameterName BlockAddress",
        ),
        (
            &[
                "revision",
                "--ledger",
                "boats",
                "--at",
                "3",
                "--document-id",
                id,
            ][..],
            "ParameterName DocumentId",
        ),
        (
            &[
                "block",
                "--ledger",
                "boats",
                "--block-address",
                "{strandId:3}",
            ][..],
            "--block-address {strandId:3}: expected a block address",
        ),
    ] {
        let refused = fetch(folder, url, &[arguments, &trust[..]].concat());
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        assert!(words(&refused).contains(expected), "{refused:?}");
        assert!(refused.stdout.is_empty(), "{refused:?}");
    }
    let exports = fetch(
        folder,
        url,
        &["export", "--ledger", "boats", "--format", "url"],
    );
    assert_eq!(exports.status.code(), Some(0), "{exports:?}");
    assert_eq!(String::from_utf8_lossy(&exports.stdout).lines().count(), 5);
}

#[test]
fn without_an_endpoint_the_service_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    // No such region, so that no name server knows the host.
    let nowhere = ["digest", "--ledger", "boats", "--region", "nowhere-1"];
    let answer = fetch(folder.path(), None, &nowhere);
    assert_eq!(answer.status.code(), Some(2), "{answer:?}");
    for expected in [
        "no answer from https://qldb.nowhere-1.amazonaws.com",
        "AWS ended Amazon QLDB on 2025-07-31",
        "sealion prove",
        "--endpoint-url",
    ] {
        assert!(words(&answer).contains(expected), "{answer:?}");
    }
}

#[test]
fn without_credentials_it_says_where_they_are_looked_for() {
    let (server, url, folder, _) = ledger();
    let digest = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealion"));
        command
            .args(["fetch", "digest", "--ledger", "boats"])
            .args(arguments)
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", &url);
        command.output().unwrap()
    };
    let refused = digest(&[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(words(&refused).contains("AWS_PROFILE"), "{refused:?}");
    assert!(words(&refused).contains("--no-sign-request"), "{refused:?}");
    let unsigned = digest(&["--no-sign-request"]);
    assert_eq!(unsigned.status.code(), Some(0), "{unsigned:?}");
    assert!(server.seen().iter().all(|seen| !seen.signed));
}

/// The rest of the table in `written.rs`: no answer takes the place of what it is verified against, whatever is forced,
/// and none goes through a link.
#[test]
fn no_answer_is_written_over_what_it_was_not_to_replace() {
    let (_server, url, folder, documents) = ledger();
    let (folder, url) = (folder.path(), Some(url.as_str()));
    let (number, id, _) = &documents[0];
    let number = &number.to_string();
    let path = |name: &str| folder.join(name);
    std::fs::write(path("notes"), "the only copy").unwrap();
    std::fs::hard_link(path("digest.json"), path("hard")).unwrap();
    std::os::unix::fs::symlink("digest.json", path("link")).unwrap();
    std::os::unix::fs::symlink("notes", path("other-link")).unwrap();
    std::os::unix::fs::symlink("nowhere", path("dangling")).unwrap();
    let verbs: [&[&str]; 4] = [
        &["digest", "--digest", "digest.json"],
        &["block", "--at", number, "--digest", "digest.json"],
        &[
            "revision",
            "--at",
            number,
            "--document-id",
            id,
            "--digest",
            "digest.json",
        ],
        &["export"],
    ];
    let everything = || {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut all: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        all.sort();
        all.into_iter()
            .map(|path| (std::fs::read(&path).ok(), path))
            .collect::<Vec<_>>()
    };
    let before = everything();
    for verb in verbs {
        for name in [
            "notes",
            "digest.json",
            "./digest.json",
            "hard",
            "link",
            "other-link",
            "dangling",
            "export",
            "none/x",
        ] {
            for force in [&[][..], &["--force"]] {
                let read = verb.contains(&"--digest");
                let replaced = ["notes", "digest.json", "./digest.json", "hard"];
                if !force.is_empty() && replaced.contains(&name) && !(read && name != "notes") {
                    continue;
                }
                let rest = ["--ledger", "boats", "-o", name];
                let run = fetch(folder, url, &[verb, &rest, force].concat());
                assert_eq!(
                    run.status.code(),
                    Some(2),
                    "{verb:?} {name} {force:?}: {run:?}"
                );
                assert!(words(&run).starts_with("sealion: cannot write "), "{run:?}");
                assert_eq!(everything(), before, "{verb:?} {name} {force:?}");
            }
        }
    }
    let forced = ["digest", "--ledger", "boats", "-o", "notes", "--force"];
    let forced = fetch(folder, url, &forced);
    assert_eq!(forced.status.code(), Some(0), "{forced:?}");
    assert_eq!(
        std::fs::read(path("notes")).unwrap(),
        std::fs::read(path("digest.json")).unwrap()
    );
}
