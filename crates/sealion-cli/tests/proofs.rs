//! Proofs on top of a saved state: those of the whole journal, word for word, and none of what the state hides.

#[path = "common/beside.rs"]
mod beside;

use beside::sealion;

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Blocks 8 to 11.
const LATE: &str = "ledger/ledger/2025/07/30/23/ZkyRRlsWHnPbSWRAeogs45.8-11.ion";

#[test]
fn the_later_part_and_a_state_give_what_the_whole_journal_gives() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &str| sealion(folder.path(), words);
    let saved = run("verify ledger/ledger --to 7 --save-state a.state");
    assert_eq!(saved.status.code(), Some(0));
    for what in [
        "block --at 8",
        "block --at 11 --tip 11",
        "block --at 9 --digest ledger/digest.json",
        "consistency --from 7 --to ledger/digest.json",
        "consistency --from 9",
        "revision --all --at 10",
        "revision --all --at 8 --output receipt",
    ] {
        let whole = run(&format!("prove {what} ledger/ledger"));
        let later = run(&format!("prove {what} --state a.state {LATE}"));
        assert_eq!(text(&later.stdout), text(&whole.stdout), "{what}");
        let codes = (later.status.code(), whole.status.code());
        assert_eq!(codes, (Some(0), Some(0)), "{what}: {}", text(&later.stderr));
        // Where no digest was given, what it rests on is said.
        let rests = text(&later.stderr).contains("that digest rests on a.state");
        assert_eq!(rests, !what.contains("digest.json"), "{what}");
        assert!(!text(&whole.stderr).contains("rests on"), "{what}");
    }
    // An index keeps what was made of both.
    let kept = run(&format!(
        "prove block --at 8 --state a.state --save-index i {LATE}"
    ));
    let again = run(&format!("prove block --at 8 --index i {LATE}"));
    assert_eq!(text(&again.stdout), text(&kept.stdout));
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
}

#[test]
fn blocks_in_the_state_are_refused_and_so_is_a_state_that_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &str| sealion(folder.path(), words);
    run("verify ledger/ledger --to 7 --save-state a.state");
    let refused = |words: &str, why: &str| {
        let output = run(&format!("prove {words} {LATE}"));
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(output.stdout.is_empty(), "{words}");
        assert!(
            text(&output.stderr).contains(why),
            "{words}: {}",
            text(&output.stderr)
        );
    };
    let inside = "lies in the saved state";
    refused("block --at 7 --state a.state", inside);
    refused("revision --all --at 3 --state a.state", inside);
    refused("consistency --from 5 --state a.state", inside);
    refused("block --at 8", "takes all blocks from 0 on");
    refused(
        "block --at 8 --state nothing-here",
        "cannot read nothing-here",
    );
    refused(
        "block --at 8 --state ledger/digest.json",
        "found no state_version",
    );
    let path = folder.path().join("a.state");
    let state = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, state.replacen("\"last\": 7", "\"last\": 6", 1)).unwrap();
    refused("block --at 8 --state a.state", "its content gives");
}
