//! What S3 did not give is read by the same command later, which goes on before it.

mod common;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sealion_stubs::proxy::{self, Fault};
use sealion_stubs::{s3, url, KEY_ID, SECRET};
use sealion_testkit::write::evidence::get_digest;
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::{Folder, Sink as _};
use sealion_testkit::{Ledger, Mix};
use serde_json::Value;

/// A part of the name of the object that is in trouble, and its first block.
const OBJECT: &str = ".3000-4499.";
const FIRST: u64 = 3_000;

const TROUBLES: [Fault; 3] = [
    Fault::RefuseObject {
        name: OBJECT,
        status: "403 Forbidden",
        code: "AccessDenied",
    },
    Fault::RefuseObject {
        name: OBJECT,
        status: "404 Not Found",
        code: "NoSuchKey",
    },
    // More than is needed to tell what it is; less than a fifth of it.
    Fault::CutObject {
        name: OBJECT,
        after: 150_000,
    },
];

/// The bucket `archive` with four objects of a made ledger, its digest, a place for a checkpoint.
struct Bucket {
    folder: tempfile::TempDir,
    server: SocketAddr,
}

impl Bucket {
    fn new() -> Bucket {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::new(5, 6_000, Mix::Tiny);
        let mut sink = Folder(folder.path().join("buckets/archive/ledger"));
        Export::new(Format::Text, 1)
            .write(&ledger.blocks, 1_500, &mut sink)
            .unwrap();
        let digest = get_digest(&ledger.digest());
        Folder(folder.path().to_owned())
            .put("digest.json", digest.as_bytes())
            .unwrap();
        Bucket {
            server: s3::serve(&folder.path().join("buckets"), 0),
            folder,
        }
    }

    fn checkpoint(&self) -> PathBuf {
        self.folder.path().join("check")
    }

    /// Runs the program, and gives its report too.
    fn verify(&self, at: SocketAddr, words: &[&str]) -> (Output, Value) {
        let output = Command::new(env!("CARGO_BIN_EXE_sealion"))
            .args(["verify", "s3://archive/ledger/", "--digest", "digest.json"])
            .args(["--output", "json", "--endpoint-url", &url(at)])
            .args(["--region", "us-east-1"])
            .args(words)
            .current_dir(self.folder.path())
            .env_remove("AWS_PROFILE")
            .env("AWS_ACCESS_KEY_ID", KEY_ID)
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(common::misfits(&report), Vec::<String>::new());
        (output, report)
    }

    /// Changes one character of the hash of a block.
    fn tamper(&self, block: u64) {
        let holds = |path: &Path| {
            let text = std::fs::read_to_string(path).unwrap();
            let at = text.find(&format!("sequenceNo:{block}}}"))?;
            let hash = at + text[at..].find("blockHash:{{")? + 14;
            let other = if &text[hash..=hash] == "A" { "B" } else { "A" };
            Some([&text[..hash], other, &text[hash + 1..]].concat())
        };
        let found = walk(&self.folder.path().join("buckets"));
        let mut changed = found
            .iter()
            .filter(|path| path.to_string_lossy().ends_with(".ion"))
            .filter_map(|path| Some((path, holds(path)?)));
        let (path, text) = changed.next().unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    let below = |path: PathBuf| match path.is_dir() {
        true => walk(&path),
        false => vec![path],
    };
    entries.flat_map(below).collect()
}

#[test]
fn whatever_s3_did_the_same_command_goes_on_before_it() {
    let bucket = Bucket::new();
    let (_, mut whole) = bucket.verify(bucket.server, &[]);
    assert_eq!(whole["verdict"], "verified");
    for trouble in TROUBLES {
        let proxy = proxy::serve(bucket.server, trouble);
        let (output, report) = bucket.verify(proxy.address, &["--checkpoint", "check"]);
        assert_eq!(output.status.code(), Some(2), "{trouble:?}: {output:?}");
        // What was checked is told, before and behind the object.
        assert!(report["strands"][0]["blocks"].as_u64().unwrap() >= 4_500);
        let kept = report["checkpoint"]["kept_after"]["sequence_no"].as_u64();
        let kept = kept.unwrap_or_else(|| panic!("{trouble:?}: {:#}", report["checkpoint"]));
        match trouble {
            Fault::RefuseObject { .. } => assert_eq!(kept, FIRST - 1),
            _ => assert!(kept < 4_499, "{kept}"),
        }
        let told = String::from_utf8_lossy(&output.stderr);
        let said = format!("sealion: check is kept, up to block {kept} of strand ");
        assert!(told.contains(&said), "{told}");
        assert!(bucket.checkpoint().exists());

        let (output, mut report) = bucket.verify(bucket.server, &["--checkpoint", "check"]);
        assert_eq!(output.status.code(), Some(0), "{trouble:?}: {output:?}");
        let checkpoint = report["checkpoint"].take();
        assert_eq!(checkpoint["resumed_after"]["sequence_no"], kept);
        assert_eq!(checkpoint["kept_after"], Value::Null);
        assert!(!bucket.checkpoint().exists());
        for report in [&mut report, &mut whole] {
            for member in ["checkpoint", "passed", "run"] {
                report.as_object_mut().unwrap().remove(member);
            }
        }
        assert_eq!(report, whole, "{trouble:?}");
    }
}

#[test]
fn what_was_tampered_with_behind_a_checkpoint_fails_when_it_is_read() {
    let bucket = Bucket::new();
    bucket.tamper(FIRST + 100);
    let proxy = proxy::serve(bucket.server, TROUBLES[0]);
    let (output, _) = bucket.verify(proxy.address, &["--checkpoint", "check"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(bucket.checkpoint().exists());
    let (output, report) = bucket.verify(bucket.server, &["--checkpoint", "check"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(report["finding_totals"]["block-hash"], 1);
    assert!(!bucket.checkpoint().exists());
}

#[test]
fn a_run_that_fails_leaves_no_checkpoint_whatever_could_not_be_read() {
    let bucket = Bucket::new();
    bucket.tamper(100);
    let proxy = proxy::serve(bucket.server, TROUBLES[0]);
    let (output, report) = bucket.verify(proxy.address, &["--checkpoint", "check"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(report["checkpoint"]["kept_after"], Value::Null);
    assert!(!bucket.checkpoint().exists());
}
