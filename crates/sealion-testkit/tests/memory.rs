//! Memory follows the largest value, never the journal: 200 MB are verified within 64 MiB.
//!
//! Alone in its file, since what is measured is this whole process. The journal is made by another. Takes a minute or
//! two: `cargo test -p sealion-testkit --test memory -- --ignored --nocapture`.
#![cfg(target_os = "linux")]

use sealion::source::Directory;
use sealion::{Digest, Engine, Verdict, Verifier};
use std::fs;
use std::path::Path;
use std::process::Command;

const JOURNAL_BYTES: u64 = 200_000_000;
const PEAK_MAX: u64 = 64 << 20;

/// A member of `/proc/self/status` in bytes.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap();
    let kilobytes = line.trim_start_matches(':').trim_end_matches("kB").trim();
    kilobytes.parse::<u64>().unwrap() * 1024
}

fn make(folder: &Path, format: &str) {
    let bytes = JOURNAL_BYTES.to_string();
    let made = Command::new(env!("CARGO_BIN_EXE_make-journal"))
        .args([
            "--seed",
            "3",
            "--format",
            format,
            "--bytes",
            &bytes,
            "--threads",
            "2",
            "--out",
        ])
        .arg(folder)
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
}

#[test]
#[ignore = "makes and verifies 400 MB"]
fn memory_does_not_grow_with_the_journal() {
    for format in ["text", "binary"] {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), format);
        let digest = Digest::read(folder.path().join("digest.json")).unwrap();
        let journal = Directory::open(folder.path().join("ledger")).unwrap();
        for (engine, threads) in [(Engine::Fast, 1), (Engine::Fast, 2), (Engine::Reference, 2)] {
            fs::write("/proc/self/clear_refs", "5").unwrap(); // the peak starts anew
            let before = status("VmRSS");
            let verifier = Verifier::new()
                .against(digest.clone())
                .engine(engine)
                .threads(threads);
            let report = verifier.verify(&journal).unwrap();
            assert_eq!(report.verdict(), Verdict::Verified, "{report}");
            let bytes: u64 = report.inputs.iter().map(|input| input.bytes).sum();
            assert!(bytes >= JOURNAL_BYTES, "{bytes} bytes");
            let peak = status("VmHWM");
            println!(
                "{format}, {engine}, {threads} threads: {} MiB at first, {} MiB at most",
                before >> 20,
                peak >> 20
            );
            assert!(
                peak < PEAK_MAX,
                "{format}, {engine}, {threads} threads: {} MiB",
                peak >> 20
            );
        }
    }
}
