//! `sealion bundle` writes files: what is in them, what they never write over, and that
//! somebody else verifies them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const BOAT: &str = "QySJBkdGeSs4EmHaw7135y";

fn boats() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boats")
}

/// Runs in `folder`, with the boats' journal and digest where `GOOD` and `DIGEST` stand.
fn sealion(folder: &TempDir, words: &[&str]) -> Output {
    let words = words.iter().map(|word| match *word {
        "GOOD" => boats().join("good").into_os_string(),
        "DIGEST" => boats().join("digest.json").into_os_string(),
        word => word.into(),
    });
    Command::new(env!("CARGO_BIN_EXE_sealion"))
        .current_dir(folder.path())
        .args(words)
        .output()
        .unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn read(folder: &TempDir, name: &str) -> Value {
    let text = fs::read_to_string(folder.path().join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_file_is_written_once_unless_forced_and_then_verified() {
    let folder = tempfile::tempdir().unwrap();
    let words = [
        "bundle",
        "--document",
        BOAT,
        "--digest",
        "DIGEST",
        "-o",
        "e",
        "GOOD",
    ];
    let made = sealion(&folder, &words);
    assert_eq!(status(&made), 0, "{made:?}");
    assert!(made.stdout.is_empty());
    let before = fs::read(folder.path().join("e")).unwrap();
    let again = sealion(&folder, &words);
    assert_eq!(status(&again), 2);
    fs::write(
        folder.path().join("e"),
        "something precious, and longer".repeat(9_000),
    )
    .unwrap();
    assert_eq!(status(&sealion(&folder, &words)), 2);
    let forced = [&words[..], &["--force"]].concat();
    assert_eq!(status(&sealion(&folder, &forced)), 0);
    assert_eq!(fs::read(folder.path().join("e")).unwrap(), before);
    let printed = [&words[..5], &["-o", "-", "GOOD"]].concat();
    assert_eq!(sealion(&folder, &printed).stdout, before);
    let verified = sealion(&folder, &["verify", "e", "--digest", "DIGEST"]);
    assert_eq!(status(&verified), 0, "{verified:?}");
    assert_eq!(status(&sealion(&folder, &["verify", "e"])), 2);
    // As it was read aloud.
    let text = fs::read_to_string(boats().join("digest.json")).unwrap();
    let digest: Value = serde_json::from_str(&text).unwrap();
    let hash: sealion::Hash = digest["Digest"].as_str().unwrap().parse().unwrap();
    let hex = format!("{hash:x}");
    let groups: Vec<&str> = (0..16).map(|at| &hex[at * 4..at * 4 + 4]).collect();
    let spoken = format!("{}@5", groups.join(" "));
    let verified = sealion(&folder, &["verify", "e", "--digest", &spoken]);
    assert_eq!(status(&verified), 0, "{verified:?}");
    let misheard = spoken.replacen(|c: char| c.is_ascii_digit(), "b", 1);
    assert_ne!(
        status(&sealion(&folder, &["verify", "e", "--digest", &misheard])),
        0
    );
}

#[test]
fn what_was_asked_for_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    put(
        "ids.txt",
        format!("\u{feff}{BOAT}\r\n\n  X0wv317WWO3EGfuAzvgWVu\n").as_bytes(),
    );
    put("custody.txt", b"in a safe");
    put("token.tsr", &[0x30, 0x82, 0xff]);
    let words = [
        "bundle",
        "--all-of",
        "ids.txt",
        "--block",
        "4",
        "--digest",
        "DIGEST",
        "--output",
        "e",
        "--attach",
        "custody.txt",
        "--timestamp-token",
        "token.tsr",
        "--note",
        "a \"note\"",
        "--date",
        "3 May 2026",
        "GOOD",
    ];
    let made = sealion(&folder, &words);
    assert_eq!(status(&made), 0, "{made:?}");
    let bundle = read(&folder, "e");
    let items = bundle["items"].as_array().unwrap();
    let ids: Vec<_> = items
        .iter()
        .filter_map(|item| item["document_id"].as_str())
        .collect();
    assert_eq!(ids.len(), 4);
    assert!(ids.contains(&BOAT) && ids.contains(&"X0wv317WWO3EGfuAzvgWVu"));
    let whole = items.iter().filter(|item| item["document_id"].is_null());
    let whole: Vec<_> = whole
        .map(|item| item["block_address"]["sequenceNo"].as_u64())
        .collect();
    assert!(whole.contains(&Some(4)), "{whole:?}");
    assert_eq!(bundle["date"], "3 May 2026");
    let attached = bundle["attachments"].as_array().unwrap();
    assert_eq!(attached.len(), 3);
    assert!(attached.iter().all(|one| one["authenticated"] == false));
    assert_eq!(attached[0]["name"], "custody.txt");
    assert_eq!(attached[0]["bytes"], 9);
    assert_eq!(attached[1]["base64"], "MIL/");
    assert_eq!(attached[2]["text"], "a \"note\"");
    let with = ["verify", "e", "custody.txt", "--digest", "DIGEST"];
    assert_eq!(status(&sealion(&folder, &with)), 0);
    put("custody.txt", b"in a sofa");
    let changed = sealion(&folder, &with);
    assert_eq!(status(&changed), 1, "{changed:?}");
    // One version, and one place.
    for (option, value, version) in [("--version", "1", 1), ("--at", "2", 0)] {
        let words = [
            "bundle",
            "--document",
            BOAT,
            option,
            value,
            "--digest",
            "DIGEST",
            "--force",
            "-o",
            "e",
            "GOOD",
        ];
        assert_eq!(status(&sealion(&folder, &words)), 0);
        let items = read(&folder, "e")["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), 1);
        assert_eq!(items[0]["version"], version);
    }
}

#[test]
fn the_committed_bundle_is_what_is_made_today() {
    let folder = tempfile::tempdir().unwrap();
    let object = boats().join("good/2025/07/30/23/bM2c3VwkJB0gGgHONb2HCp.0-2.ion");
    let words = [
        "bundle",
        "--document",
        BOAT,
        "--digest",
        "DIGEST",
        "--note",
        "Handed over by the harbour office.",
        "--attach",
        object.to_str().unwrap(),
        "-o",
        "e",
        "GOOD",
    ];
    assert_eq!(status(&sealion(&folder, &words)), 0);
    let text = fs::read_to_string(boats().join("evidence.sealion")).unwrap();
    let committed: Value = serde_json::from_str(&text).unwrap();
    let made = read(&folder, "e");
    // Paths and the version differ, and the report with them.
    for member in [
        "sealion_evidence",
        "what_this_is",
        "digest",
        "items",
        "attachments",
    ] {
        assert_eq!(made[member], committed[member], "{member}");
    }
    assert_eq!(
        made.as_object().unwrap().len(),
        committed.as_object().unwrap().len()
    );
}
