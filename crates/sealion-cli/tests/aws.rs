//! The program on S3, in builds with the feature `aws`.

use std::path::Path;
use std::process::{Command, Output};

use sealion_stubs::{s3, url, KEY_ID, SECRET};

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
