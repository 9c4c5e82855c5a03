//! Receipts of the service itself, of three digests of one strand.

use sealion::compare::Statement;
use sealion::source::Memory;
use sealion::{compare_digests, Limits, Verdict};

/// The receipts, as `fixtures/README.md` describes them.
const RECEIPTS: [(&str, &str); 3] = [
    (
        "19 under 19",
        include_str!("../../../../fixtures/published/rest-api-invoices/receipt-19-tip19.json"),
    ),
    (
        "19 under 35",
        include_str!("../../../../fixtures/published/rest-api-invoices/receipt-19-tip35.json"),
    ),
    (
        "30 under 38",
        include_str!("../../../../fixtures/published/rest-api-invoices/receipt-30-tip38.json"),
    ),
];

fn heap(receipts: &[(&str, String)]) -> Memory {
    receipts.iter().fold(Memory::new(), |memory, (name, text)| {
        memory.with(*name, text.as_bytes())
    })
}

fn published() -> Vec<(&'static str, String)> {
    let owned = |(name, text): (&'static str, &str)| (name, text.to_owned());
    RECEIPTS.map(owned).to_vec()
}

#[test]
fn the_newer_digests_continue_the_one_at_tip_19_and_agree_on_the_tree_over_32_blocks() {
    let comparison = compare_digests(&heap(&published()), &Limits::default()).unwrap();
    assert_eq!(comparison.verdict, Verdict::Inconclusive, "{comparison}");
    let [strand] = &comparison.strands[..] else {
        panic!("{comparison}");
    };
    let tips: Vec<u64> = strand.digests.iter().map(|one| one.sequence_no).collect();
    assert_eq!(tips, [19, 35, 38]);
    let statement = |older, newer| {
        let mut pairs = strand.pairs.iter();
        let pair = pairs.find(|pair| (pair.older, pair.newer) == (older, newer));
        &pair.unwrap().statement
    };
    // The node over blocks 0 to 31 is in both larger trees, and so what the receipt of block 19
    // tells of the one holds for the other.
    for (older, newer, by) in [(0, 1, 1), (0, 2, 2)] {
        let Statement::Consistent { files } = statement(older, newer) else {
            panic!("{comparison}");
        };
        assert_eq!(files.len(), by, "{comparison}");
    }
    let Statement::NoStatement { alike, .. } = statement(1, 2) else {
        panic!("{comparison}");
    };
    assert_eq!(alike, &[[0, 31]], "{comparison}");
}

#[test]
fn a_changed_character_of_any_hash_takes_the_statement_away() {
    let pair = published()[..2].to_vec();
    let verdict = |pair: &[(&str, String)]| {
        compare_digests(&heap(pair), &Limits::default())
            .unwrap()
            .verdict
    };
    assert_eq!(verdict(&pair), Verdict::Consistent);
    let mut changes = 0;
    for receipt in 0..2 {
        let text = &pair[receipt].1;
        let blobs = text.match_indices("{{").map(|(at, _)| at + 2);
        let strings = ["\"RevisionHash\": \"", "\"Digest\": \""]
            .iter()
            .map(|member| text.find(member).unwrap() + member.len());
        for start in blobs.chain(strings) {
            // The last of 43 characters carries four bits only.
            for at in start..start + 42 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
                let mut changed = pair.clone();
                changed[receipt].1 = String::from_utf8(bytes).unwrap();
                assert_ne!(verdict(&changed), Verdict::Consistent, "{receipt} {at}");
                changes += 1;
            }
        }
    }
    assert_eq!(changes, 42 * (6 + 2 + 9 + 2));
}
