//! The table beside all places of small trees, by brute force.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::blocks::{Hash, Proof};
use crate::findings::Code;
use crate::hashes::root;
use crate::merkle::{consistency, inclusion, Range, Subtree};
use crate::StrandId;

const LEAVES: u64 = 13;

fn leaf(i: u64) -> Hash {
    Hash(sealion_reference::sha256(&i.to_be_bytes()))
}

fn genuine(place: Subtree) -> Hash {
    let below: Vec<Hash> = (place.begin..place.end).map(leaf).collect();
    root(&below).unwrap()
}

/// The nodes of all trees up to so many leaves, the lowest first.
fn all_places() -> Vec<Subtree> {
    fn below(node: Subtree, all: &mut BTreeSet<(u64, Subtree)>) {
        all.insert((node.len(), node));
        if let Some((left, right)) = node.children() {
            below(left, all);
            below(right, all);
        }
    }
    let mut all = BTreeSet::new();
    (0..LEAVES).for_each(|tip| below(Subtree::up_to(tip).unwrap(), &mut all));
    all.into_iter().map(|(_, place)| place).collect()
}

/// All hashes of all places that follow, and whether they contradict one another.
fn by_brute_force(facts: &[Fact]) -> (BTreeMap<Subtree, BTreeSet<Hash>>, bool) {
    let mut known: BTreeMap<Subtree, BTreeSet<Hash>> = BTreeMap::new();
    for (place, hash) in facts {
        known.entry(*place).or_default().insert(*hash);
    }
    for place in all_places() {
        let Some((left, right)) = place.children() else {
            continue;
        };
        let of = |place| known.get(&place).cloned().unwrap_or_default();
        let (lefts, rights) = (of(left), of(right));
        for a in &lefts {
            for b in &rights {
                let parent = Hash(sealion_reference::dot(&a.0, &b.0));
                known.entry(place).or_default().insert(parent);
            }
        }
    }
    let mut places = BTreeMap::new();
    let moved = known.iter().any(|(place, hashes)| {
        let other = |hash: &Hash| places.insert(*hash, *place).is_some();
        hashes.iter().any(other)
    });
    let clash = moved || known.values().any(|hashes| hashes.len() > 1);
    (known, clash)
}

fn origin(path: &str) -> Origin {
    Origin::new(Kind::Consistency, &Arc::from(path), None)
}

/// Numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1);
        (self.0 >> 33) as usize % most
    }
}

#[test]
fn whatever_is_written_it_finds_what_all_places_show() {
    let places = all_places();
    let mut dice = Dice(7);
    let (mut clashes, mut quiet) = (0, 0);
    for _ in 0..4_000 {
        let mut facts: Vec<Fact> = Vec::new();
        for _ in 0..dice.below(14) {
            let place = places[dice.below(places.len())];
            // One in so many is another node's, or none's.
            let hash = match dice.below(40) {
                0 => genuine(places[dice.below(places.len())]),
                1 => leaf(1_000 + dice.below(3) as u64),
                _ => genuine(place),
            };
            facts.push((place, hash));
        }
        let (known, expected) = by_brute_force(&facts);
        let mut table = Table::new(1_000);
        let unfit = facts
            .iter()
            .find_map(|fact| table.write(origin("a"), &[*fact]));
        assert_eq!(unfit.is_some(), expected, "{facts:?}");
        let mut at_once = Table::new(1_000);
        let unfit = at_once.write(origin("a"), &facts);
        assert_eq!(unfit.is_some(), expected, "{facts:?}");
        if expected {
            clashes += 1;
            continue;
        }
        quiet += 1;
        for place in &places {
            let expected = known.get(place).and_then(|hashes| hashes.first().copied());
            assert_eq!(table.get(*place), expected, "{place:?}");
            assert_eq!(at_once.get(*place), expected, "{place:?}");
            // What lies under a root is what it and the places below it are known to be.
            for root in &places {
                if table.lies_under(*place, *root) {
                    assert!(table.get(*root).is_some() || place == root);
                    assert!(root.begin <= place.begin && place.end <= root.end);
                }
            }
        }
    }
    assert!(clashes > 200 && quiet > 500, "{clashes} {quiet}");
}

#[test]
fn a_proof_and_a_consistency_proof_say_what_the_tree_is() {
    for tip in 0..LEAVES {
        for number in 0..=tip {
            let siblings = inclusion(number, tip + 1).unwrap();
            let proof: Vec<Hash> = siblings.into_iter().map(genuine).collect();
            let mut table = Table::new(1_000);
            let leaf = of_block(number, leaf(number)).unwrap();
            assert!(table.write(origin("leaf"), &[leaf]).is_none());
            assert!(table
                .write(origin("proof"), &of_proof(number, tip, &proof))
                .is_none());
            let whole = Subtree::up_to(tip).unwrap();
            assert_eq!(table.get(whole), Some(genuine(whole)));
            assert!(table.lies_under(leaf.0, whole));
            assert!(!table.lies_under(whole, leaf.0) || tip == 0);
            // Neither more nor fewer hashes say anything.
            let more = [&proof[..], &proof[..1.min(proof.len())]].concat();
            assert!(tip == 0 || of_proof(number, tip, &more).is_empty());
            assert!(proof.is_empty() || of_proof(number, tip, &proof[1..]).is_empty());
            // The head up to this block, as an older digest.
            let head = of_digest(genuine(Subtree::up_to(number).unwrap()), number).unwrap();
            let nodes = consistency(number + 1, tip + 1).unwrap();
            let links = Proof(nodes.into_iter().map(genuine).collect());
            let newer = of_digest(genuine(whole), tip).unwrap();
            let mut table = Table::new(1_000);
            let facts = of_consistency(head, newer, &links);
            assert!(table.write(origin("a"), &facts).is_none());
            assert!(table.lies_under(head.0, whole), "{number} {tip}");
        }
    }
    assert!(of_proof(0, u64::MAX, &[]).is_empty());
    assert!(of_proof(3, 2, &[]).is_empty());
}

#[test]
fn the_hashes_within_a_block_are_its_leaf_and_the_one_before() {
    let proof = Proof(vec![leaf(50), leaf(51), leaf(52)]);
    let folded = Proof(proof.0[..2].to_vec()).fold(&leaf(9));
    let facts = within_block(4, &leaf(9), &proof, 2);
    assert_eq!(
        facts,
        [of_block(3, leaf(51)).unwrap(), of_block(4, folded).unwrap()]
    );
    // Block 0 has none before it, and a proof may begin at the leaf.
    assert_eq!(
        within_block(0, &leaf(9), &proof, 2),
        [of_block(0, folded).unwrap()]
    );
    assert_eq!(
        within_block(4, &leaf(9), &proof, 0),
        [of_block(4, leaf(9)).unwrap()]
    );
}

#[test]
fn a_range_is_the_nodes_that_it_is_made_of() {
    for begin in 0..LEAVES {
        let mut range = Range::starting_at(begin);
        for end in begin + 1..=LEAVES {
            range.append(leaf(end - 1));
            let facts = range.placed().collect::<Vec<_>>();
            assert_eq!(facts.len(), range.nodes().len());
            assert!(facts.iter().all(|(place, hash)| *hash == genuine(*place)));
        }
    }
}

#[test]
fn more_places_than_it_may_hold_are_said() {
    let facts: Vec<Fact> = (0..8).filter_map(|i| of_block(i, leaf(i))).collect();
    // Eight leaves have four pairs, and eight larger nodes in trees of all sizes.
    let mut table = Table::new(20);
    assert!(table.write(origin("a"), &facts).is_none());
    assert!(!table.full());
    let mut table = Table::new(19);
    assert!(table.write(origin("a"), &facts).is_none());
    assert!(table.full());
}

/// The code, the message and the place of what two things say of one tree.
fn found(first: (Kind, Fact), second: (Kind, Fact)) -> crate::findings::Finding {
    let mut table = Table::new(1_000);
    let path = |name: &str| Arc::<str>::from(name);
    let earlier = Origin::new(first.0, &path("first"), Some(1));
    assert!(table.write(earlier, &[first.1]).is_none());
    let later = Origin::new(second.0, &path("second"), Some(2));
    let clash = table.write(later, &[second.1]).unwrap();
    let strand = StrandId::new("s");
    let finding = clash.finding(&strand);
    assert_eq!(finding.strand_id, Some(strand));
    assert_eq!(
        finding.source.as_ref().map(|source| &*source.path),
        Some("second")
    );
    assert!(finding.remedy.is_some());
    finding
}

#[test]
fn the_code_names_what_is_wrong_where_the_other_side_was_recomputed() {
    let place = |number: u64, hash: u64| of_block(number, leaf(hash)).unwrap();
    let (own, other) = (place(4, 4), place(4, 5));
    for (first, second, code) in [
        (Kind::Block(4), Kind::Digest(4), Code::Digest),
        (Kind::Digest(4), Kind::Block(4), Code::Digest),
        (Kind::Blocks, Kind::BlockProof(4), Code::Proof),
        (Kind::Blocks, Kind::RevisionProof(4), Code::Proof),
        (Kind::Blocks, Kind::Consistency, Code::Proof),
        (Kind::Block(4), Kind::Previous(5), Code::ChainLink),
        (Kind::Block(4), Kind::State, Code::Contradiction),
        (Kind::Digest(4), Kind::BlockProof(4), Code::Contradiction),
        (
            Kind::BlockProof(4),
            Kind::BlockProof(5),
            Code::Contradiction,
        ),
        (Kind::Block(4), Kind::Block(4), Code::Contradiction),
    ] {
        let finding = found((first, own), (second, other));
        assert_eq!(finding.code, code, "{first:?} {second:?}");
        assert!(
            finding
                .message
                .ends_with("give different hashes for block 4"),
            "{finding:?}"
        );
        assert_eq!(finding.claimed, Some(leaf(5).to_string()));
        assert_eq!(finding.recomputed, Some(leaf(4).to_string()));
        assert_eq!(finding.sequence_no, Some(4));
    }
    let moved = found((Kind::Block(4), own), (Kind::Block(9), place(9, 4)));
    assert_eq!(moved.code, Code::SameHash);
    let words = "block 4 in first and block 9 in second put one hash in two places of the journal's tree: block 4, and block 9";
    assert_eq!(moved.message, words);
    let pair = (Subtree { begin: 8, end: 10 }, leaf(4));
    let inner = found((Kind::Block(4), own), (Kind::BlockProof(11), pair));
    assert_eq!(inner.code, Code::Contradiction);
    assert!(
        inner.message.ends_with("block 4, and blocks 8 to 9"),
        "{inner:?}"
    );
}

/// Whether a digest with this hash and tip is one of the two.
fn concerns(clash: &clash::Clash, hash: Hash, tip: u64) -> bool {
    clash.digests().any(|digest| digest == (hash, tip))
}

#[test]
fn what_follows_from_two_names_both() {
    let mut table = Table::new(1_000);
    let pair = Subtree { begin: 4, end: 6 };
    assert!(table.write(origin("pair"), &[(pair, leaf(77))]).is_none());
    let own = |number: u64| [of_block(number, leaf(number)).unwrap()];
    assert!(table.write(origin("left"), &own(4)).is_none());
    let clash = table.write(origin("right"), &own(5)).unwrap();
    let message = clash.message();
    for name in ["pair", "left", "right", "blocks 4 to 5"] {
        assert!(message.contains(name), "{message}");
    }
    // What does not fit is not taken in: nothing else is blamed for it.
    assert_eq!(table.get(pair), Some(leaf(77)));
    assert!(concerns(&clash, leaf(77), 5) == (pair.begin == 0));
    let digest = of_digest(leaf(8), 3).unwrap();
    assert!(table.write(origin("digest"), &[digest]).is_none());
    let other = table
        .write(origin("other"), &[(digest.0, leaf(9))])
        .unwrap();
    assert!(concerns(&other, leaf(8), 3) && concerns(&other, leaf(9), 3));
    assert!(!concerns(&other, leaf(8), 4) && !concerns(&other, leaf(10), 3));
}
