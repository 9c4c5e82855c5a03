//! States: what one run leaves for the next. Cut anywhere, saved in parts and merged in any order, they are the state
//! of the whole journal; changed anywhere, they give no better verdict than without them.

use proptest::prelude::*;
use sealion::report::{By, Position, State as Covered};
use sealion::source::Memory;
use sealion::{Code, MergeError, Report, State, Verdict, Verifier};
use sealion_testkit::agree::{self, codes};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::Files;
use sealion_testkit::{Ledger, Mix};
use serde_json::{json, Value};

/// Blocks `first..end` of the ledger as an export.
fn export(ledger: &Ledger, first: usize, end: usize) -> Memory {
    let mut files = Files::new();
    let export = Export::new(Format::Text, 1);
    let blocks = &ledger.blocks[first..end];
    for part in blocks.chunks(4) {
        let (key, bytes) = export.object(part).expect("an object");
        files.push((key, bytes));
    }
    files
        .into_iter()
        .fold(Memory::new(), |memory, (name, bytes)| {
            memory.with(name, bytes)
        })
}

fn verify(verifier: &Verifier, archive: &Memory) -> Report {
    agree::steady(archive, verifier)
}

fn saved(ledger: &Ledger, first: usize, end: usize) -> State {
    let report = verify(
        &Verifier::new().save_state(true),
        &export(ledger, first, end),
    );
    report.state().expect("a state").clone()
}

fn against(ledger: &Ledger) -> Verifier {
    Verifier::new().against(agree::trusted(&ledger.digest()))
}

/// The state with the value at `pointer` replaced and its checksum made anew, as a forger would.
fn forged(state: &State, change: impl FnOnce(&mut Value)) -> Result<State, String> {
    let mut value: Value = serde_json::from_str(&state.to_json()).expect("JSON");
    change(&mut value);
    let sum = |claimed: &str| {
        let tail = claimed.split("its content gives ").nth(1)?;
        Some(tail.to_owned())
    };
    match State::from_json(value.to_string().as_bytes(), "forged") {
        Ok(state) => Ok(state),
        Err(why) => {
            let Some(sum) = sum(&why) else {
                return Err(why);
            };
            value["checksum"] = json!(sum);
            State::from_json(value.to_string().as_bytes(), "forged")
        }
    }
}

#[test]
fn a_later_part_on_top_of_a_state_reaches_the_digest_by_prefix() {
    for blocks in [2, 3, 8, 13] {
        let ledger = Ledger::new(5, blocks, Mix::Tiny);
        let end = ledger.blocks.len();
        for cut in 1..end {
            let state = saved(&ledger, 0, cut);
            let report = verify(
                &against(&ledger).on_top_of(state),
                &export(&ledger, cut, end),
            );
            assert_eq!(
                report.verdict(),
                Verdict::Verified,
                "{cut} of {end}\n{report}"
            );
            assert_eq!(report.digests[0].by, Some(By::Prefix));
            let states: Vec<_> = report.strands[0]
                .coverage
                .iter()
                .map(|c| (c.first, c.last, c.state))
                .collect();
            let (cut, last) = (cut as u64, end as u64 - 1);
            assert_eq!(
                states,
                [
                    (0, cut - 1, Covered::FromState),
                    (cut, last, Covered::Verified)
                ]
            );
            assert!(report.states[0].used && !report.states[0].vouched);
        }
    }
}

#[test]
fn a_state_on_top_of_a_state_is_the_state_of_both() {
    let ledger = Ledger::new(6, 20, Mix::Tiny);
    let verifier = Verifier::new()
        .on_top_of(saved(&ledger, 0, 9))
        .save_state(true);
    let report = verify(&verifier, &export(&ledger, 9, 20));
    assert_eq!(report.verdict(), Verdict::Consistent);
    assert_eq!(
        report.state().unwrap().to_json(),
        saved(&ledger, 0, 20).to_json()
    );
}

#[test]
fn blocks_in_the_state_that_are_here_too_are_tied_by_the_chain() {
    let ledger = Ledger::new(7, 20, Mix::Tiny);
    for from in [0, 1, 4, 9, 10] {
        let verifier = against(&ledger)
            .on_top_of(saved(&ledger, 0, 10))
            .save_state(true);
        let report = verify(&verifier, &export(&ledger, from, 20));
        assert_eq!(report.verdict(), Verdict::Verified, "{from}\n{report}");
        let verified = report.strands[0].coverage.last().unwrap();
        assert_eq!(
            (verified.first, verified.last, verified.state),
            (from as u64, 19, Covered::Verified)
        );
        assert_eq!(report.states[0].used, from > 0);
        let nodes = |state: &State| state.strands()[0].nodes().to_vec();
        assert_eq!(
            nodes(report.state().unwrap()),
            nodes(&saved(&ledger, 0, 20))
        );
    }
}

#[test]
fn what_is_not_new_or_does_not_follow_is_inconclusive() {
    let ledger = Ledger::new(8, 20, Mix::Tiny);
    let other = Ledger::new(9, 20, Mix::Tiny);
    let state = || saved(&ledger, 0, 10);
    let cases = [
        ("a gap after the state", export(&ledger, 12, 20), state()),
        (
            "blocks before its end alone",
            export(&ledger, 2, 6),
            state(),
        ),
        ("blocks up to its end", export(&ledger, 2, 10), state()),
        ("another journal", export(&other, 10, 20), state()),
        ("nothing", Memory::new(), state()),
    ];
    for (name, archive, state) in cases {
        for verifier in [Verifier::new(), against(&ledger)] {
            let report = verify(
                &verifier.on_top_of(state.clone()).save_state(true),
                &archive,
            );
            let expected = match (name, report.digests.is_empty()) {
                // Nothing but themselves was asked of them, and the state has no other last block.
                ("blocks up to its end", true) => Verdict::Consistent,
                _ => Verdict::Inconclusive,
            };
            assert_eq!(report.verdict(), expected, "{name}\n{report}");
        }
    }
    // The same blocks re-hashed on another start: only the link to the state tells.
    let mut fork = ledger.clone();
    fork.blocks[9].transaction_id.push('x');
    fork.blocks[9]
        .entries
        .push(sealion_testkit::Rng::new(3).hash().to_vec());
    fork = relinked(fork, 9);
    let report = verify(&Verifier::new().on_top_of(state()), &export(&fork, 10, 20));
    assert_eq!(
        (report.verdict(), codes(&report)[0]),
        (Verdict::Inconclusive, Code::State),
        "{report}"
    );
    assert!(!report.states[0].used);
}

/// The ledger with the chain made anew from block `from` on.
fn relinked(mut ledger: Ledger, from: usize) -> Ledger {
    let mut chain = sealion_testkit::journal::Chain::after(Some(ledger.hashes[from - 1]));
    for block in &mut ledger.blocks[from..] {
        block.entries_hash = block.entries_root().expect("entries").to_vec();
        chain.link(block);
    }
    Ledger::of(ledger.blocks)
}

#[test]
fn without_blocks_only_a_vouched_state_verifies() {
    let ledger = Ledger::new(10, 16, Mix::Tiny);
    let state = saved(&ledger, 0, 16);
    let nothing = Memory::new();
    let claim = verify(&against(&ledger).on_top_of(state.clone()), &nothing);
    assert_eq!(
        (claim.verdict(), codes(&claim)),
        (Verdict::Inconclusive, vec![Code::State]),
        "{claim}"
    );
    let vouched = verify(&against(&ledger).vouching_for(state.clone()), &nothing);
    assert_eq!(vouched.verdict(), Verdict::Verified, "{vouched}");
    // A digest that it does not give: with the caller's word for the state, that is wrong.
    let mut other = agree::trusted(&ledger.digest());
    other.hash.0[0] ^= 1;
    let wrong = verify(
        &Verifier::new()
            .against(other.clone())
            .vouching_for(state.clone()),
        &nothing,
    );
    assert_eq!(
        (wrong.verdict(), codes(&wrong)[0]),
        (Verdict::Failed, Code::Digest),
        "{wrong}"
    );
    // Without it, the two contradict one another all the same.
    let claim = verify(&Verifier::new().against(other).on_top_of(state), &nothing);
    assert_eq!(
        (claim.verdict(), codes(&claim)[0]),
        (Verdict::Failed, Code::Contradiction),
        "{claim}"
    );
}

#[test]
fn a_failed_run_or_one_with_holes_leaves_no_state() {
    let ledger = Ledger::new(11, 12, Mix::Tiny);
    let mut changed = ledger.clone();
    changed.blocks[5].block_hash[0] ^= 1;
    let saving = Verifier::new().save_state(true);
    assert!(verify(&saving, &export(&changed, 0, 12))
        .state()
        .unwrap_err()
        .contains("block-hash"));
    let holed = export(&ledger, 0, 4);
    let (key, bytes) = Export::new(Format::Text, 1)
        .object(&ledger.blocks[8..])
        .unwrap();
    let why = verify(&saving, &holed.with(key, bytes))
        .state()
        .unwrap_err()
        .to_owned();
    assert!(why.contains("blocks 4 to 7 are missing"), "{why}");
    assert!(verify(&Verifier::new(), &export(&ledger, 0, 12))
        .state()
        .is_err());
    assert!(verify(&saving, &Memory::new()).state().is_err());
}

#[test]
fn a_part_asked_for_is_the_part_saved() {
    let ledger = Ledger::new(12, 12, Mix::Tiny);
    let whole = export(&ledger, 0, 12);
    for from in 0..12 {
        for to in from..12 {
            let verifier = Verifier::new().from(from).to(to).save_state(true);
            let report = verifier.verify(&whole).unwrap();
            let state = report.state().expect("a state");
            let part = saved(&ledger, from as usize, to as usize + 1);
            assert_eq!(state.to_json(), part.to_json(), "{from} to {to}");
        }
    }
}

/// Every member changed on its own, its checksum right: refused, or no better than nothing.
#[test]
fn a_forged_member_is_refused_or_named() {
    let ledger = Ledger::new(13, 24, Mix::Tiny);
    for (first, cut) in [(0, 11), (0, 12), (5, 12)] {
        let state = saved(&ledger, first, cut);
        let later = export(&ledger, cut, 24);
        let honest = verify(&against(&ledger).on_top_of(state.clone()), &later);
        let other = json!(sealion::Hash([7; 32]).to_string());
        let strand = |name: &str| format!("/strands/0/{name}");
        let mut changes: Vec<(String, Value)> = vec![
            ("/state_version".into(), json!(1)),
            ("/state_version".into(), json!(3)),
            ("/verdict".into(), json!("failed")),
            (strand("strand_id"), json!("AAAAAAAAAAAAAAAAAAAAAA")),
            (strand("first"), json!(first + 1)),
            (strand("last"), json!(cut)),
            (strand("last"), json!(u64::MAX)),
            (strand("previous_hash"), other.clone()),
            (strand("last_hash"), other.clone()),
            (strand("last_timestamp"), json!("2099-01-01T00:00:00.000Z")),
            (strand("last_timestamp"), json!("yesterday")),
            (strand("blocks"), json!(1)),
            (strand("revisions/total"), json!(0)),
            (strand("digest"), other.clone()),
            (
                strand("digests"),
                json!([{"digest": other, "sequence_no": cut - 1, "trusted": true, "by": "journal"}]),
            ),
            (strand("nodes"), json!([])),
        ];
        let siblings = state.strands()[0].last_siblings().unwrap().len();
        changes.extend(
            (0..siblings).map(|at| (strand(&format!("last_siblings/{at}")), other.clone())),
        );
        changes.push((strand("last_siblings"), json!(null)));
        changes.push((strand("last_siblings"), json!([other])));
        let nodes = state.strands()[0].nodes().len();
        changes.extend((0..nodes).map(|node| (strand(&format!("nodes/{node}")), other.clone())));
        for (pointer, value) in changes {
            let forged = forged(&state, |state| {
                *state.pointer_mut(&pointer).expect("a member") = value.clone();
            });
            let Ok(forged) = forged else { continue };
            // These bear no weight: they are shown, and no hash covers the time.
            let weightless = ["last_timestamp", "revisions/total", "digests"]
                .iter()
                .any(|name| pointer.ends_with(name));
            // The start of a part, and its nodes, are compared when it is merged with what comes before.
            let part = first > 0 && pointer.contains("nodes");
            let start = part || pointer.ends_with("previous_hash");
            let report = verify(&against(&ledger).on_top_of(forged), &later);
            let better =
                report.verdict() == Verdict::Verified && honest.verdict() != Verdict::Verified;
            assert!(!better, "{pointer}");
            if !weightless && !start {
                assert_eq!(
                    report.verdict(),
                    Verdict::Inconclusive,
                    "{pointer} = {value}\n{report}"
                );
                assert!(
                    codes(&report).contains(&Code::State),
                    "{pointer} = {value}\n{report}"
                );
            }
        }
    }
}

/// With a digest made to fit as well, nodes that are not the journal's give another digest than the trusted one; the
/// last of them is tied to the last block's hash and refused at once.
#[test]
fn forged_nodes_with_their_own_digest_do_not_reach_the_trusted_one() {
    let ledger = Ledger::new(14, 24, Mix::Tiny);
    let other = Ledger::new(15, 24, Mix::Tiny);
    for cut in 1..24 {
        let state = saved(&ledger, 0, cut);
        let foreign = saved(&other, 0, cut);
        let all = forged(&state, |state| {
            let foreign: Value = serde_json::from_str(&foreign.to_json()).unwrap();
            for name in ["nodes", "digest"] {
                state["strands"][0][name] = foreign["strands"][0][name].clone();
            }
        });
        assert!(all.unwrap_err().contains("last node"), "{cut}");
        let mut nodes = foreign.strands()[0].nodes().to_vec();
        *nodes.last_mut().unwrap() = *state.strands()[0].nodes().last().unwrap();
        if nodes.len() == 1 {
            continue;
        }
        let fold = |right: [u8; 32], left: &sealion::Hash| sealion_reference::dot(&left.0, &right);
        let last = nodes.last().unwrap().0;
        let digest = nodes.iter().rev().skip(1).fold(last, fold);
        let forged = forged(&state, |state| {
            state["strands"][0]["nodes"] = json!(nodes);
            state["strands"][0]["digest"] = json!(sealion::Hash(digest));
        });
        let report = verify(
            &against(&ledger).on_top_of(forged.unwrap()),
            &export(&ledger, cut, 24),
        );
        assert_eq!(
            (report.verdict(), codes(&report)[0]),
            (Verdict::Failed, Code::Contradiction),
            "{report}"
        );
    }
}

/// The state without what ties its last hash to its nodes, as version 1 was.
fn of_version_1(state: &State) -> State {
    let old = forged(state, |state| {
        state["state_version"] = json!(1);
        let strand = state["strands"][0].as_object_mut().unwrap();
        strand.remove("last_siblings");
    });
    old.expect("a state of version 1")
}

#[test]
fn a_state_of_version_1_is_continued_only_by_who_vouches_for_it() {
    let ledger = Ledger::new(18, 20, Mix::Tiny);
    for cut in [7, 8, 10] {
        let (old, later) = (
            of_version_1(&saved(&ledger, 0, cut)),
            export(&ledger, cut, 20),
        );
        let refused = against(&ledger)
            .on_top_of(old.clone())
            .verify(&later)
            .unwrap_err();
        let why = refused.to_string();
        assert!(
            why.contains("version 1") && why.contains("--trust-state"),
            "{why}"
        );
        let report = verify(
            &against(&ledger).vouching_for(old.clone()).save_state(true),
            &later,
        );
        assert_eq!(report.verdict(), Verdict::Verified, "{report}");
        // What is saved on top of it is of version 2 again.
        let nodes = |state: &State| state.to_json().replace("verified", "consistent");
        let (ours, whole) = (report.state().unwrap(), saved(&ledger, 0, 20));
        assert_eq!(
            ours.strands()[0].last_siblings(),
            whole.strands()[0].last_siblings()
        );
        assert!(nodes(ours).contains("\"state_version\": 2"));
        let nothing = verify(
            &Verifier::new().vouching_for(old).save_state(true),
            &Memory::new(),
        );
        assert!(nothing.state().is_err());
    }
}

#[test]
fn numbers_are_counted_on_a_vouched_state_alone() {
    let ledger = Ledger::new(19, 20, Mix::Tiny);
    let positions = |report: &Report| -> Vec<_> {
        let runs = report.strands[0].coverage.iter();
        runs.map(|run| (run.first, run.last, run.position))
            .collect()
    };
    let (counted, claimed) = (Some(Position::Counted), Some(Position::Claimed));
    let later = export(&ledger, 10, 20);
    let state = || saved(&ledger, 0, 10);
    let vouched = verify(&against(&ledger).vouching_for(state()), &later);
    assert_eq!(positions(&vouched), [(0, 9, counted), (10, 19, counted)]);
    let unvouched = verify(&against(&ledger).on_top_of(state()), &later);
    assert_eq!(positions(&unvouched), [(0, 9, claimed), (10, 19, claimed)]);
    // Blocks that the state has as well hang on its last hash, by the chain alone.
    let overlapping = export(&ledger, 7, 20);
    let overlapping = verify(&against(&ledger).vouching_for(state()), &overlapping);
    assert_eq!(overlapping.verdict(), Verdict::Verified, "{overlapping}");
    assert_eq!(
        positions(&overlapping),
        [(0, 6, counted), (7, 9, claimed), (10, 19, counted)]
    );
    // Without a digest nothing is bound, nor with one that names no tip.
    let consistent = verify(&Verifier::new().vouching_for(state()), &later);
    assert_eq!(positions(&consistent), [(0, 9, claimed), (10, 19, claimed)]);
    let whole = export(&ledger, 0, 20);
    assert_eq!(
        positions(&verify(&against(&ledger), &whole)),
        [(0, 19, counted)]
    );
    assert_eq!(
        positions(&verify(&Verifier::new(), &whole)),
        [(0, 19, claimed)]
    );
    let mut tipless = agree::trusted(&ledger.digest());
    tipless.sequence_no = None;
    let tipless = verify(&Verifier::new().against(tipless), &whole);
    assert_eq!(positions(&tipless), [(0, 19, claimed)]);
    let gap = verify(
        &against(&ledger).on_top_of(state()),
        &export(&ledger, 12, 20),
    );
    assert_eq!(positions(&gap)[1], (10, 11, None));
}

#[test]
fn every_changed_bit_of_a_state_is_refused_or_changes_nothing() {
    let state = saved(&Ledger::new(16, 9, Mix::Tiny), 0, 9);
    let text = state.to_json().into_bytes();
    let mut refused = 0;
    for place in 0..text.len() {
        for bit in 0..8 {
            let mut changed = text.clone();
            changed[place] ^= 1 << bit;
            match State::from_json(&changed, "this run") {
                Err(_) => refused += 1,
                // A blank between members.
                Ok(same) => assert_eq!(same, state, "{place}"),
            }
        }
    }
    assert!(refused > text.len() * 4);
}

#[test]
fn states_that_do_not_adjoin_say_where() {
    let ledger = Ledger::new(17, 20, Mix::Tiny);
    let part = |first, end| saved(&ledger, first, end);
    let merged = |states: &[State]| State::merge(states).unwrap_err();
    assert!(matches!(merged(&[]), MergeError::Nothing));
    assert!(matches!(
        merged(&[part(5, 9), part(0, 7)]),
        MergeError::Overlap {
            first: 5,
            last: 6,
            ..
        }
    ));
    assert!(matches!(
        merged(&[part(0, 7), part(0, 7)]),
        MergeError::Overlap {
            first: 0,
            last: 6,
            ..
        }
    ));
    assert!(matches!(
        merged(&[part(9, 12), part(0, 7)]),
        MergeError::Gap {
            first: 7,
            last: 8,
            ..
        }
    ));
    let mut fork = ledger.clone();
    fork.blocks[6]
        .entries
        .push(sealion_testkit::Rng::new(3).hash().to_vec());
    let fork = relinked(fork, 6);
    assert!(matches!(
        merged(&[saved(&fork, 7, 12), part(0, 7)]),
        MergeError::Link { sequence_no: 7, .. }
    ));
}

proptest! {
    #[test]
    fn parts_merge_in_any_order_to_the_whole(seed in 0..1_000_u64, blocks in 1..60_usize, cuts in prop::collection::vec(0..60_usize, 0..6), turn in any::<u64>()) {
        let ledger = Ledger::new(seed, blocks as u64, Mix::Tiny);
        let blocks = ledger.blocks.len();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % blocks).chain([0, blocks]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let save = |first: usize, end: usize| {
            let report = Verifier::new().save_state(true).verify(&export(&ledger, first, end)).unwrap();
            report.state().unwrap().clone()
        };
        let mut parts: Vec<State> = cuts.windows(2).map(|cut| save(cut[0], cut[1])).collect();
        sealion_testkit::Rng::new(turn).shuffle(&mut parts);
        let merged = State::merge(&parts).unwrap();
        prop_assert_eq!(merged.to_json(), save(0, blocks).to_json());
        prop_assert_eq!(merged.strands()[0].digest().unwrap().0, ledger.digest().digest);
        // And in any grouping.
        if parts.len() > 2 {
            let rest = parts.split_off(1);
            let right = State::merge(&rest);
            if let Ok(right) = right {
                prop_assert_eq!(State::merge(&[right, parts[0].clone()]).unwrap().to_json(), merged.to_json());
            }
        }
    }
}
