//! States of every length from every start, and each change of what ties their last hash
//! to their nodes, with the checksum made anew as a forger would.

use super::{MergeError, ReachedDigest, State, StrandState};
use crate::blocks::time::Time;
use crate::blocks::{Hash, StrandId};
use crate::findings::{RevisionCounts, Span};
use crate::merkle::{Edge, Range, Subtree};
use crate::report::{By, Verdict};

fn leaf(number: u64) -> Hash {
    Hash(sealion_reference::sha256(&number.to_be_bytes()))
}

fn block(number: u64) -> Span {
    let mut range = Range::starting_at(number);
    range.append(leaf(number));
    Span {
        range,
        previous: number.checked_sub(1).map(leaf),
        last_hash: leaf(number),
        edge: Some(Edge::default()),
        last_time: Time::parse("2022-03-01T09:03:55.567Z").unwrap(),
        revisions: RevisionCounts::default(),
    }
}

fn run(first: u64, end: u64) -> Span {
    let mut span = block(first);
    for number in first + 1..end {
        span.append(&block(number)).unwrap();
    }
    span
}

fn state(span: Span) -> State {
    State {
        source: "a.state".into(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        verdict: Verdict::Consistent,
        strands: vec![StrandState {
            strand_id: StrandId::new("JdxjkR9bSYB5jMHWcI464T"),
            span,
            digests: Vec::new(),
        }],
    }
}

/// What reading the state gives that was written with a right checksum.
fn read(span: &Span) -> Result<State, String> {
    State::from_json(state(span.clone()).to_json().as_bytes(), "a.state")
}

fn root(place: Subtree) -> Hash {
    let leaves: Vec<Hash> = (place.begin..place.end).map(leaf).collect();
    crate::hashes::root(&leaves).unwrap()
}

#[test]
fn every_length_from_every_start_is_read_as_it_was_written() {
    for first in 0..130 {
        let mut span = block(first);
        for end in first + 1..=130 {
            assert_eq!(read(&span).unwrap(), state(span.clone()), "{first} {end}");
            // The whole journal's digest comes of it, wherever it was cut.
            if first == 0 {
                let whole = Subtree { begin: 0, end };
                assert_eq!(span.range.root(), Some(root(whole)));
            }
            span.append(&block(end)).unwrap();
        }
    }
}

#[test]
fn all_that_a_state_says_of_the_tree_is_so() {
    for first in 0..34 {
        for end in first + 1..=34 {
            let facts = run(first, end).facts();
            for (place, hash) in &facts {
                assert_eq!(*hash, root(*place), "{first} {end} {place:?}");
            }
            let has = |begin, end| facts.iter().any(|(own, _)| *own == Subtree { begin, end });
            assert!(has(end - 1, end), "{first} {end}");
            assert_eq!(has(first.wrapping_sub(1), first), first > 0);
            assert!(first > 0 || has(0, end));
            // An odd last block brings the one before it.
            assert!(end % 2 == 1 || end - first < 2 || has(end - 2, end - 1));
        }
    }
}

#[test]
fn no_digest_that_was_reached_contradicts_a_node() {
    for end in 1..=40u64 {
        let mut tips = Vec::new();
        for tip in 0..end {
            let mut whole = state(run(0, end));
            let of = |digest| ReachedDigest {
                digest,
                sequence_no: tip,
                trusted: true,
                by: By::Journal,
            };
            let genuine = root(Subtree {
                begin: 0,
                end: tip + 1,
            });
            whole.strands[0].digests = vec![of(genuine)];
            let read = |state: &State| State::from_json(state.to_json().as_bytes(), "a.state");
            assert_eq!(read(&whole).unwrap(), whole);
            whole.strands[0].digests.push(of(leaf(tip + 1_000)));
            tips.extend(read(&whole).is_err().then_some(tip + 1));
        }
        // Where a node ends; between, only blocks would tell.
        let ends = (0..64)
            .rev()
            .map(|bit| end >> bit << bit)
            .filter(|at| *at > 0);
        let ends: std::collections::BTreeSet<u64> = ends.collect();
        assert_eq!(tips, ends.into_iter().collect::<Vec<_>>(), "{end}");
    }
}

#[test]
fn merged_anywhere_it_is_the_state_of_the_whole() {
    for first in 0..20 {
        for end in first + 2..=40 {
            let whole = state(run(first, end));
            for cut in first + 1..end {
                let parts = [state(run(cut, end)), state(run(first, cut))];
                assert_eq!(State::merge(&parts).unwrap(), whole, "{first} {cut} {end}");
            }
        }
    }
}

#[test]
fn every_bit_of_the_right_edge_counts() {
    for (first, end) in [
        (0, 1),
        (0, 6),
        (0, 8),
        (0, 48),
        (3, 8),
        (5, 6),
        (4, 7),
        (16, 32),
    ] {
        let honest = run(first, end);
        let refused = |change: &mut dyn FnMut(&mut Span)| {
            let mut forged = honest.clone();
            change(&mut forged);
            assert!(read(&forged).is_err(), "{first} {end} {forged:?}");
        };
        let siblings = honest.edge.as_ref().unwrap().siblings().to_vec();
        for bit in 0..256 {
            let flip = |hash: &mut Hash| hash.0[bit / 8] ^= 1 << (bit % 8);
            refused(&mut |span| flip(&mut span.last_hash));
            for place in 0..siblings.len() {
                refused(&mut |span| {
                    let mut changed = siblings.clone();
                    flip(&mut changed[place]);
                    span.edge = Some(Edge::of(changed));
                });
            }
            refused(&mut |span| {
                let mut nodes = span.range.nodes().to_vec();
                nodes.iter_mut().last().into_iter().for_each(flip);
                span.range = Range::from_nodes(first, end, nodes).unwrap();
            });
        }
        for place in 0..siblings.len() {
            refused(&mut |span| {
                let mut fewer = siblings.clone();
                fewer.remove(place);
                span.edge = Some(Edge::of(fewer));
            });
            for other in 0..place {
                refused(&mut |span| {
                    let mut swapped = siblings.clone();
                    swapped.swap(place, other);
                    span.edge = Some(Edge::of(swapped));
                });
            }
        }
        refused(&mut |span| span.edge = Some(Edge::of([&siblings[..], &[leaf(0)]].concat())));
    }
}

/// The attack: the last node is exchanged for another one of the tree, so that blocks
/// which follow some other block pose as those that follow this one.
#[test]
fn the_last_node_cannot_be_exchanged_for_another_of_the_tree() {
    for end in 2..=32_u64 {
        let honest = run(0, end);
        let last = honest.range.placed().last().unwrap().0;
        let size = last.end - last.begin;
        for begin in (0..32).step_by(size as usize) {
            let other = Subtree {
                begin,
                end: begin + size,
            };
            if other == last {
                continue;
            }
            let mut nodes = honest.range.nodes().to_vec();
            *nodes.last_mut().unwrap() = root(other);
            let mut forged = honest.clone();
            forged.range = Range::from_nodes(0, end, nodes).unwrap();
            // Every block's hash as the last one, with the siblings that this state has,
            // those of the other node, and those where the blocks really stand.
            for number in 0..32 {
                if number + 1 == other.end {
                    // The whole of a run elsewhere is what the numbers of a state claim.
                    continue;
                }
                forged.last_hash = leaf(number);
                for real in [end, other.end, number + 1] {
                    let places = Edge::places(0, real).into_iter().map(root);
                    forged.edge = Some(Edge::of(places.take(size.ilog2() as usize).collect()));
                    assert!(read(&forged).is_err(), "{end} {begin} {number}");
                }
            }
        }
    }
}

#[test]
fn one_hash_in_two_places_is_refused() {
    let mut twice = run(5, 6);
    twice.previous = Some(twice.last_hash);
    assert!(read(&twice).unwrap_err().contains("one hash stands for"));
    let mut nodes = run(0, 6).range.nodes().to_vec();
    nodes[0] = nodes[1];
    let mut twice = run(0, 6);
    twice.range = Range::from_nodes(0, 6, nodes).unwrap();
    assert!(read(&twice).unwrap_err().contains("one hash stands for"));
}

#[test]
fn version_1_is_read_and_not_merged() {
    for (first, end) in [(0, 5), (0, 6), (3, 8)] {
        let mut untied = run(first, end);
        untied.edge = None;
        let old = read(&untied).unwrap();
        assert_eq!(old, state(untied.clone()));
        assert!(!old.strands()[0].is_tied());
        let text = old.to_json();
        assert!(text.contains("\"state_version\": 1,") && !text.contains("last_siblings"));
        // Neither version passes for the other.
        for text in [
            text.replace("\"state_version\": 1", "\"state_version\": 2"),
            state(run(first, end))
                .to_json()
                .replace("\"state_version\": 2", "\"state_version\": 1"),
        ] {
            assert!(State::from_json(text.as_bytes(), "a.state").is_err());
        }
        let next = state(run(end, end + 3));
        for parts in [vec![old.clone()], vec![old, next]] {
            let refused = State::merge(&parts).unwrap_err();
            assert!(matches!(refused, MergeError::Untied { .. }), "{refused}");
        }
        // Blocks that follow tie what comes of it.
        untied.append(&block(end)).unwrap();
        assert_eq!(untied, run(first, end + 1));
    }
}
