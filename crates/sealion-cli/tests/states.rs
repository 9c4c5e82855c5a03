//! Saved states as files: going on from one, merging two, and what a damaged one does.

#[path = "common/beside.rs"]
mod beside;

use std::process::Output;

use beside::sealion;

fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8(both).unwrap()
}

#[test]
fn parts_are_saved_merged_and_verified_by_another_person() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &str| sealion(folder.path(), words);
    for part in [
        "verify ledger/ledger --to 7 --save-state a.state",
        "verify ledger/ledger --from 8 --save-state b.state",
    ] {
        assert_eq!(run(part).status.code(), Some(0));
    }
    let merged = run("state merge b.state a.state -o whole.state");
    assert_eq!(merged.status.code(), Some(0), "{}", said(&merged));
    let vouched = run("verify --trust-state whole.state --digest ledger/digest.json");
    assert_eq!(vouched.status.code(), Some(0), "{}", said(&vouched));
    assert!(said(&vouched).contains("which you vouch for"));
    // Nobody vouches: its hashes could have been taken from the digest.
    let claimed = run("verify --state whole.state --digest ledger/digest.json");
    assert_eq!(claimed.status.code(), Some(2), "{}", said(&claimed));
    let twice = run("state merge a.state whole.state");
    assert_eq!(twice.status.code(), Some(2), "{}", said(&twice));
}

#[test]
fn later_blocks_hang_under_the_digest_and_a_changed_state_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &str| sealion(folder.path(), words);
    assert_eq!(
        run("verify ledger/ledger --to 7 --save-state a.state")
            .status
            .code(),
        Some(0)
    );
    let late = "ledger/ledger/2025/07/30/23/ZkyRRlsWHnPbSWRAeogs45.8-11.ion";
    let verify = format!("verify {late} --state a.state --digest ledger/digest.json");
    let good = run(&verify);
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    assert!(
        said(&good).contains("as blocks 8–11 (numbers as claimed)"),
        "{}",
        said(&good)
    );
    let path = folder.path().join("a.state");
    let state = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, state.replacen("ieCq2", "ieCq3", 1)).unwrap();
    let changed = run(&verify);
    assert_eq!(changed.status.code(), Some(2), "{}", said(&changed));
    assert!(changed.stdout.is_empty(), "{}", said(&changed));
}
