//! The published block and revision, each changed a little: every accept of `published.rs` has its
//! rejects here, and what no hash covers is named by a test that shows it.

use crate::edit::{change_place, flip, places, set, without};
use crate::fixture;
use ion_rs::Element;
use proptest::prelude::*;
use sealion_reference::journal::{check, statements, Answer, CheckedBlock, Revision, Rule};

fn checked(block: &Element) -> CheckedBlock {
    check(std::slice::from_ref(block)).remove(0).unwrap()
}

fn failures(block: &Element) -> Vec<Rule> {
    checked(block).failures().map(|o| o.rule).collect()
}

/// The value at a path of field names and list indexes.
fn at<'a>(value: &'a Element, path: &[&str]) -> &'a Element {
    path.iter()
        .fold(value, |value, name| match value.as_list() {
            Some(list) => list.get(name.parse().unwrap()).unwrap(),
            None => value.as_struct().unwrap().get(name).unwrap(),
        })
}

#[test]
fn every_bit_of_every_hash_of_the_block() {
    use Rule::*;
    let block = fixture::block();
    let cases: [(&[&str], &[Rule]); 9] = [
        (&["blockHash"], &[BlockHash]),
        (&["previousBlockHash"], &[BlockHash]),
        (&["entriesHash"], &[EntriesHash, BlockHash]),
        (&["entriesHashList", "0"], &[EntriesHash]),
        (&["entriesHashList", "1"], &[RevisionsRoot, EntriesHash]),
        (&["entriesHashList", "2"], &[EntriesHash]),
        (&["entriesHashList", "3"], &[TransactionInfo, EntriesHash]),
        (&["revisions", "0", "hash"], &[RevisionHash, RevisionsRoot]),
        (
            &["transactionInfo", "statements", "0", "statementDigest"],
            &[TransactionInfo],
        ),
    ];
    for (path, expected) in cases {
        for bit in 0..256 {
            let failed = failures(&flip(&block, path, bit));
            assert_eq!(failed, expected, "bit {bit} of {path:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// Any string, number, time, blob or field name of what the revision's hash covers.
    #[test]
    fn data_and_metadata_are_covered(
        part in prop::sample::select(vec!["data", "metadata"]),
        place in any::<prop::sample::Index>(),
        bit in 0usize..4096,
    ) {
        let block = fixture::block();
        let path = ["revisions", "0", part];
        let content = at(&block, &path);
        let changed = change_place(content, place.index(places(content)), bit);
        prop_assume!(&changed != content);
        let changed = set(&block, &path, changed);
        match check(std::slice::from_ref(&changed)).remove(0) {
            Ok(checked) => {
                let failed: Vec<_> = checked.failures().map(|o| o.rule).collect();
                prop_assert_eq!(failed, [Rule::RevisionHash]);
            }
            Err(error) => prop_assert!(error.to_string().ends_with("stands twice"), "{}", error),
        }
    }

    /// Any string, number, time, blob or field name of `transactionInfo`.
    #[test]
    fn transaction_info_is_covered(place in any::<prop::sample::Index>(), bit in 0usize..4096) {
        let block = fixture::block();
        let info = at(&block, &["transactionInfo"]);
        let changed = change_place(info, place.index(places(info)), bit);
        let changed = set(&block, &["transactionInfo"], changed);
        prop_assert_eq!(failures(&changed), [Rule::TransactionInfo]);
    }
}

#[test]
fn every_place_changes() {
    // The two properties above would be idle if a change could leave the value as it is.
    let block = fixture::block();
    for part in ["transactionInfo", "revisions"] {
        let part = at(&block, &[part]);
        for place in 0..places(part) {
            for bit in 0..64 {
                assert_ne!(
                    sealion_reference::ion_hash(&change_place(part, place, bit)).unwrap(),
                    sealion_reference::ion_hash(part).unwrap(),
                    "place {place}, bit {bit}"
                );
            }
        }
    }
    assert_eq!(places(at(&block, &["transactionInfo", "documents"])), 7);
}

#[test]
fn a_decimal_keeps_its_zeros_and_a_time_its_milliseconds() {
    let block = fixture::block();
    for (path, text) in [
        (
            &["revisions", "0", "data", "PendingPenaltyTicketAmount"][..],
            "90.250",
        ),
        (
            &["revisions", "0", "data", "PendingPenaltyTicketAmount"],
            "90.25e0",
        ),
        (
            &["revisions", "0", "data", "ValidFromDate"],
            "\"2017-08-21\"",
        ),
        (
            &["revisions", "0", "metadata", "txTime"],
            "2019-09-16T19:37:05.3440Z",
        ),
        (
            &["revisions", "0", "metadata", "txTime"],
            "2019-09-16T19:37:05.344-00:00",
        ),
        (&["revisions", "0", "metadata", "version"], "3."),
        (&["revisions", "0", "data", "City"], "Everett"),
        (&["revisions", "0", "data", "City"], "a::\"Everett\""),
    ] {
        let changed = set(&block, path, Element::read_one(text).unwrap());
        assert_eq!(failures(&changed), [Rule::RevisionHash], "{text}");
    }
}

#[test]
fn a_field_more_or_less() {
    let block = fixture::block();
    for (path, rule) in [
        (&["revisions", "0", "data", "City"][..], Rule::RevisionHash),
        (&["revisions", "0", "metadata", "txId"], Rule::RevisionHash),
        (
            &["revisions", "0", "data", "Owners", "SecondaryOwners", "0"],
            Rule::RevisionHash,
        ),
        (
            &["transactionInfo", "statements", "0"],
            Rule::TransactionInfo,
        ),
        (&["transactionInfo", "documents"], Rule::TransactionInfo),
    ] {
        assert_eq!(failures(&without(&block, path)), [rule], "{path:?}");
    }
    for i in ["0", "1", "2", "3"] {
        let less = without(&block, &["entriesHashList", i]);
        assert!(failures(&less).contains(&Rule::EntriesHash), "entry {i}");
    }
}

#[test]
fn data_passed_off_as_a_deletion_fits_no_rule() {
    let block = fixture::block();
    let changed = without(&block, &["revisions", "0", "data"]);
    let outcome = checked(&changed).outcomes[0];
    assert_eq!(outcome.rule, Rule::RevisionHash);
    assert_eq!(outcome.answer, Answer::NotRecomputable);
}

#[test]
fn entries_hash_and_previous_swapped_keep_the_block_hash() {
    let block = fixture::block();
    let (entries, previous) = (
        at(&block, &["entriesHash"]),
        at(&block, &["previousBlockHash"]),
    );
    let swapped = set(&block, &["entriesHash"], previous.clone());
    let swapped = set(&swapped, &["previousBlockHash"], entries.clone());
    assert_eq!(failures(&swapped), [Rule::EntriesHash]);
}

#[test]
fn order_of_entries_is_covered_in_part() {
    let block = fixture::block();
    let swap = |a: &str, b: &str| {
        let (x, y) = (
            at(&block, &["entriesHashList", a]).clone(),
            at(&block, &["entriesHashList", b]).clone(),
        );
        let half = set(&block, &["entriesHashList", a], y);
        set(&half, &["entriesHashList", b], x)
    };
    assert_eq!(failures(&swap("0", "1")), [], "the two of a pair");
    assert_eq!(failures(&swap("1", "2")), [Rule::EntriesHash]);
    assert_eq!(failures(&swap("0", "3")), [Rule::EntriesHash]);
}

#[test]
fn what_no_hash_covers() {
    let block = fixture::block();
    for (path, text) in [
        (&["transactionId"][..], "\"0000000000000000000000\""),
        (&["blockTimestamp"], "2020-01-01T00:00:00.000Z"),
        (&["blockAddress", "sequenceNo"], "99"),
        (&["blockAddress", "strandId"], "\"another\""),
        (&["revisions", "0", "blockAddress", "sequenceNo"], "99"),
    ] {
        let changed = set(&block, path, Element::read_one(text).unwrap());
        assert_eq!(failures(&changed), [], "{path:?}");
    }
    // Left out as a whole, these only leave more entries without an explanation.
    for (path, internal) in [
        (&["transactionInfo"][..], &[0, 2, 3][..]),
        (&["revisions"], &[0, 1, 2]),
    ] {
        let changed = checked(&without(&block, path));
        assert_eq!(changed.failures().count(), 0, "{path:?}");
        assert_eq!(changed.internal_entries, internal);
    }
}

#[test]
fn a_statement_with_another_text() {
    let block = fixture::block();
    let info = at(&block, &["transactionInfo"]);
    let path = ["statements", "0", "statement"];
    let answer = |text: &str| {
        let changed = set(info, &path, Element::string(text));
        statements(&changed).unwrap()[0].answer()
    };
    assert_eq!(answer("DELETE FROM VehicleRegistration"), Answer::Fails);
    assert_eq!(
        answer("DELETE FROM VehicleRegistration WHERE VIN = ?"),
        Answer::NotRecomputable,
        "its parameters may have taken part"
    );
}

#[test]
fn a_revision_alone() {
    let revision = fixture::revision();
    for bit in 0..256 {
        let changed = flip(&revision, &["hash"], bit);
        let read = Revision::read(&changed).unwrap();
        assert_eq!(read.recompute().unwrap().answer(&read.hash), Answer::Fails);
    }
}
