//! What the user trusts is what was typed, whatever lies in the folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sealion::Digest;

fn published(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/published/aws-cli");
    root.join(name)
}

fn sealion(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealion"));
    command.current_dir(folder).args(args).output().unwrap()
}

/// The published digest, in hexadecimal.
fn digest() -> String {
    let digest = Digest::read(published("get-digest.json")).unwrap();
    format!("{:x}@{}", digest.hash, digest.sequence_no.unwrap())
}

#[test]
fn a_file_with_the_name_of_the_digest_is_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name);
    std::fs::copy(published("get-block.json"), inside("block.json")).unwrap();
    let digest = digest();
    let args = ["verify", "block.json", "--digest", &digest];
    let sound = sealion(folder.path(), &args);
    assert_eq!(sound.status.code(), Some(0), "{sound:?}");
    // What is trusted now would be another digest, or even the same.
    let (hash, tip) = digest.split_once('@').unwrap();
    let other = format!(
        "{}{}@{tip}",
        if hash.starts_with('0') { "1" } else { "0" },
        &hash[1..]
    );
    for content in [&other, &digest] {
        std::fs::write(inside(&digest), content).unwrap();
        for verb in ["verify", "extract", "bundle", "prove"] {
            let args: &[&str] = match verb {
                "bundle" => &[
                    verb,
                    "block.json",
                    "--block",
                    "1",
                    "--digest",
                    &digest,
                    "-o",
                    "out.json",
                ],
                "prove" => &[verb, "revision", "block.json", "--all", "--digest", &digest],
                "extract" => &[verb, "block.json", "--all", "--digest", &digest],
                _ => &[verb, "block.json", "--digest", &digest],
            };
            let refused = sealion(folder.path(), args);
            let said = String::from_utf8(refused.stderr).unwrap();
            assert_eq!(refused.status.code(), Some(2), "{verb}: {said}");
            assert!(refused.stdout.is_empty(), "{verb}");
            assert!(
                said.contains("a file of that name is here"),
                "{verb}: {said}"
            );
        }
    }
    // By its path it is a file.
    let path = format!("./{digest}");
    let named = sealion(folder.path(), &["verify", "block.json", "--digest", &path]);
    assert_eq!(named.status.code(), Some(0), "{named:?}");
    // A number of a block as well.
    std::fs::write(inside("3"), &digest).unwrap();
    let args = ["prove", "consistency", "block.json", "--from", "3"];
    let refused = sealion(folder.path(), &args);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("3 is a number, and a file"), "{said}");
}

#[test]
fn a_range_in_which_nothing_lies_is_not_verified() {
    let folder = tempfile::tempdir().unwrap();
    let digest = digest();
    for (name, first) in [("get-block.json", "999"), ("get-revision.json", "999")] {
        std::fs::copy(published(name), folder.path().join(name)).unwrap();
        for range in [["--from", first], ["--to", "0"]] {
            let args = ["verify", name, "--digest", &digest, range[0], range[1]];
            let answer = sealion(folder.path(), &args);
            let said = String::from_utf8(answer.stdout).unwrap();
            assert_eq!(answer.status.code(), Some(2), "{name} {range:?}: {said}");
            assert!(said.contains("which was asked for"), "{said}");
        }
        let args = ["verify", name, "--digest", &digest];
        assert_eq!(
            sealion(folder.path(), &args).status.code(),
            Some(0),
            "{name}"
        );
    }
}
