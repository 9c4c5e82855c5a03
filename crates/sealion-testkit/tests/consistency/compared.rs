//! Digests compared with one another.

use crate::{files, Chain, Receipt};
use sealion::compare::{DigestComparison, Statement};
use sealion::{compare_digests, Hash, Limits, Verdict};
use sealion_reference::dot;
use sealion_testkit::write::evidence::{console_digest, get_digest};

fn compare(texts: &[String]) -> DigestComparison {
    compare_digests(&files(texts), &Limits::default()).unwrap()
}

/// The statement on the only pair.
fn statement(comparison: &DigestComparison) -> &Statement {
    assert_eq!(comparison.strands.len(), 1, "{comparison}");
    assert_eq!(comparison.strands[0].pairs.len(), 1, "{comparison}");
    &comparison.strands[0].pairs[0].statement
}

#[test]
fn a_receipt_of_the_old_tip_decides_every_pair_up_to_130() {
    let chain = Chain::new(130);
    for newer in 1..130 {
        for older in 0..newer {
            let texts = [
                get_digest(&chain.digest(older)),
                chain.receipt(older, newer, |_| {}),
            ];
            let comparison = compare(&texts);
            assert_eq!(
                comparison.verdict,
                Verdict::Consistent,
                "{older} {newer}: {comparison}"
            );
            assert!(
                matches!(statement(&comparison), Statement::Consistent { .. }),
                "{comparison}"
            );
        }
    }
}

#[test]
fn so_does_a_consistency_proof_and_nothing_less_than_either() {
    let chain = Chain::new(40);
    for newer in 1..40 {
        for older in 0..newer {
            let [old, new] = [older, newer].map(|tip| console_digest(&chain.digest(tip)));
            let with = compare(&[old.clone(), chain.consistency(older, newer).to_json()]);
            assert_eq!(with.verdict, Verdict::Consistent, "{older} {newer}: {with}");
            let without = compare(&[old, new]);
            assert_eq!(
                without.verdict,
                Verdict::Inconclusive,
                "{older} {newer}: {without}"
            );
            let Statement::NoStatement { settle, .. } = statement(&without) else {
                panic!("{without}");
            };
            assert!(
                settle.contains(&format!("block {older} for the digest at tip {newer}")),
                "{settle}"
            );
        }
    }
}

/// By brute force over all receipts of a small journal: an answer never depends on luck, and what would settle it does.
#[test]
fn any_two_receipts_say_what_their_trees_have_in_common() {
    let chain = Chain::new(12);
    for newer in 1..12 {
        for older in 0..newer {
            for of_newer in 0..=newer {
                let texts = [
                    chain.receipt(older, older, |_| {}),
                    chain.receipt(of_newer, newer, |_| {}),
                ];
                let comparison = compare(&texts);
                // The newer tree is known down to the nodes that the head of `older + 1` blocks is made of.
                let known = sealion::merkle::inclusion(of_newer as u64, newer as u64 + 1).unwrap();
                let head = older as u64 + 1;
                let mut reach: Vec<(u64, u64)> =
                    known.iter().map(|node| (node.begin, node.end)).collect();
                reach.push((of_newer as u64, of_newer as u64 + 1));
                reach.sort_unstable();
                let decided = reach
                    .iter()
                    .all(|(begin, end)| *end <= head || *begin >= head);
                let consistent = matches!(statement(&comparison), Statement::Consistent { .. });
                assert_eq!(
                    consistent, decided,
                    "{older} {newer} {of_newer}: {comparison}"
                );
                assert!(comparison.verdict != Verdict::Failed, "{comparison}");
            }
        }
    }
}

#[test]
fn every_bit_of_every_hash_counts() {
    let chain = Chain::new(40);
    for (older, newer) in [(0, 1), (4, 9), (19, 35), (35, 38)] {
        let digest = get_digest(&chain.digest(older));
        let hashes = 1 + chain.consistency(older, newer).proof.len();
        for bit in 0..256 {
            let flip = |hash: &mut [u8; 32]| hash[bit / 8] ^= 1 << (bit % 8);
            let proof = |receipt: &mut Receipt| {
                let place = bit % receipt.proof.len();
                flip(&mut receipt.proof[place]);
            };
            let changed = [
                chain.receipt(older, newer, proof),
                chain.receipt(older, newer, |receipt| flip(&mut receipt.revision)),
                chain.receipt(older, newer, |receipt| flip(&mut receipt.digest.digest)),
            ];
            for receipt in changed {
                let comparison = compare(&[digest.clone(), receipt]);
                assert_ne!(
                    comparison.verdict,
                    Verdict::Consistent,
                    "{older} {newer} {bit}: {comparison}"
                );
            }
            let mut file = chain.consistency(older, newer);
            match bit % hashes {
                0 => flip(&mut file.from.hash.0),
                place => flip(&mut file.proof.0[place - 1].0),
            }
            let comparison = compare(&[digest.clone(), file.to_json()]);
            assert_ne!(
                comparison.verdict,
                Verdict::Consistent,
                "{older} {newer} {bit}: {comparison}"
            );
        }
    }
}

#[test]
fn a_changed_older_digest_is_a_contradiction_that_names_both_hashes() {
    let chain = Chain::new(40);
    let mut digest = chain.digest(19);
    digest.digest[3] ^= 1;
    let comparison = compare(&[get_digest(&digest), chain.receipt(19, 35, |_| {})]);
    assert_eq!(comparison.verdict, Verdict::Failed, "{comparison}");
    let Statement::Contradiction(clash) = statement(&comparison) else {
        panic!("{comparison}");
    };
    assert_eq!((clash.first, clash.last), (0, 19));
    assert_eq!(clash.older.hash, Hash(digest.digest));
    assert_eq!(clash.newer.hash, Hash(chain.digest(19).digest));
    assert_eq!(
        (&*clash.older.files[0], &*clash.newer.files[0]),
        ("file-0", "file-1")
    );
}

#[test]
fn forks_contradict_at_the_lowest_node_that_both_show() {
    let chain = Chain::new(40);
    let fork = Chain::new(17).grown(40, "other");
    // Both show blocks 16 and 17 together, of which only one can have either.
    let texts = [chain.receipt(18, 20, |_| {}), fork.receipt(18, 35, |_| {})];
    let comparison = compare(&texts);
    assert_eq!(comparison.verdict, Verdict::Failed, "{comparison}");
    let Statement::Contradiction(clash) = statement(&comparison) else {
        panic!("{comparison}");
    };
    assert_eq!((clash.first, clash.last), (16, 17), "{comparison}");
    let pair = |chain: &Chain| Hash(dot(&chain.blocks[16], &chain.blocks[17]));
    assert_eq!(
        [clash.older.hash, clash.newer.hash],
        [pair(&chain), pair(&fork)]
    );
    // Blocks before the fork do not show it.
    let comparison = compare(&[chain.receipt(3, 20, |_| {}), fork.receipt(5, 35, |_| {})]);
    let Statement::NoStatement { alike, .. } = statement(&comparison) else {
        panic!("{comparison}");
    };
    assert_eq!(alike, &[[0, 15]], "{comparison}");
    // Two digests at one tip need no proof.
    let comparison = compare(&[get_digest(&chain.digest(20)), get_digest(&fork.digest(20))]);
    assert_eq!(comparison.verdict, Verdict::Failed, "{comparison}");
}

#[test]
fn tips_and_addresses_are_held_against_the_shape() {
    let chain = Chain::new(40);
    let digest = get_digest(&chain.digest(19));
    for (name, receipt) in [
        (
            "too many for this tip",
            chain.receipt(19, 35, |receipt| receipt.digest.tip.sequence_no = 1 << 40),
        ),
        (
            "parity",
            chain.receipt(19, 35, |receipt| receipt.number = 18),
        ),
        (
            "after the tip",
            chain.receipt(19, 35, |receipt| receipt.number = 36),
        ),
        (
            "larger than any journal",
            chain.receipt(19, 35, |receipt| receipt.digest.tip.sequence_no = u64::MAX),
        ),
        (
            "too short",
            chain.receipt(19, 35, |receipt| receipt.proof.truncate(3)),
        ),
        (
            "empty",
            chain.receipt(19, 35, |receipt| receipt.proof.clear()),
        ),
        (
            "foreign strand",
            chain.receipt(19, 35, |receipt| receipt.strand = "other".to_owned()),
        ),
    ] {
        let comparison = compare(&[digest.clone(), receipt]);
        assert_ne!(
            comparison.verdict,
            Verdict::Consistent,
            "{name}: {comparison}"
        );
        assert!(
            comparison.set_aside.iter().any(|one| one.damaged),
            "{name}: {comparison}"
        );
    }
    // One hash at two tips.
    let mut twice = chain.digest(19);
    twice.tip.sequence_no = 20;
    let comparison = compare(&[digest, get_digest(&twice)]);
    assert_eq!(comparison.verdict, Verdict::Failed, "{comparison}");
}

#[test]
fn what_is_missing_or_not_usable_is_named() {
    let chain = Chain::new(40);
    let alone = compare(&[get_digest(&chain.digest(19))]);
    assert_eq!(
        (alone.verdict, alone.strands[0].pairs.len()),
        (Verdict::Inconclusive, 0)
    );
    let twice = compare(&[
        get_digest(&chain.digest(19)),
        console_digest(&chain.digest(19)),
    ]);
    assert_eq!(twice.verdict, Verdict::Consistent, "{twice}");
    assert_eq!(compare(&[]).verdict, Verdict::Inconclusive);
    let bare = Hash(chain.digest(35).digest).to_string();
    let pair = [get_digest(&chain.digest(19)), chain.receipt(19, 35, |_| {})];
    // A digest without a tip is one that is known with its tip, or nothing can be said of it.
    let known = compare(&[&pair[..], &[bare]].concat());
    assert_eq!(known.verdict, Verdict::Consistent, "{known}");
    assert_eq!(known.strands[0].digests[1].sources.len(), 2, "{known}");
    let other = Hash(chain.digest(30).digest).to_string();
    let unknown = compare(&[&pair[..], &[other]].concat());
    assert_eq!(unknown.verdict, Verdict::Inconclusive, "{unknown}");
    assert!(unknown.to_string().contains("without its tip"), "{unknown}");
    let noise = compare(&[&pair[..], &["what is this".to_owned()]].concat());
    assert_eq!(noise.verdict, Verdict::Consistent, "{noise}");
    assert!(noise.to_string().contains("unknown-file"), "{noise}");
    let cut = compare(&[&pair[..], &[pair[1][..200].to_owned()]].concat());
    assert_eq!(cut.verdict, Verdict::Inconclusive, "{cut}");
}

#[test]
fn more_digests_than_can_be_compared_are_an_error_that_names_the_limit() {
    let chain = Chain::new(3);
    let digest = |tip: u64| {
        let mut digest = chain.digest(2);
        digest.tip.sequence_no = tip;
        digest.digest[..8].copy_from_slice(&tip.to_be_bytes());
        get_digest(&digest)
    };
    let texts: Vec<String> = (0..1_001).map(digest).collect();
    let error = compare_digests(&files(&texts), &Limits::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("limit of 1000"), "{error}");
}
