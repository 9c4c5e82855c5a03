//! Heaps of receipts, each of which draws a part of a tree: whatever part it is, no statement on two digests is wrong,
//! and the evidence that is said to settle them does.

use crate::{files, Chain};
use sealion::compare::Statement;
use sealion::{compare_digests, Limits};
use sealion_testkit::write::evidence::get_digest;
use sealion_testkit::Rng;

/// What is said of the one pair of digests in the heap: `None` if nothing can be said.
fn said(heap: &[String]) -> Option<bool> {
    let comparison = compare_digests(&files(heap), &Limits::default()).unwrap();
    assert!(comparison.set_aside.is_empty(), "{comparison}");
    assert_eq!(comparison.strands[0].pairs.len(), 1, "{comparison}");
    match comparison.strands[0].pairs[0].statement {
        Statement::Consistent { .. } => Some(true),
        Statement::Contradiction(_) => Some(false),
        _ => None,
    }
}

#[test]
fn no_part_of_two_trees_leads_to_a_wrong_statement() {
    let mut rng = Rng::new(23);
    let mut undecided = 0;
    for newer in 1..40 {
        for older in 0..newer {
            // Two journals that are the same up to some block.
            let common = rng.index(newer + 1);
            let (one, other) = (
                Chain::new(newer + 1),
                Chain::new(common).grown(newer + 1, "other"),
            );
            for (x, y, same) in [
                (&one, &one, true),
                (&one, &other, older < common),
                (&other, &one, older < common),
            ] {
                let mut heap = vec![get_digest(&x.digest(older))];
                for _ in 0..rng.below(3) {
                    let index = rng.index(older + 1);
                    heap.push(x.receipt(index, older, |_| {}));
                }
                for _ in 0..=rng.below(2) {
                    let index = rng.index(newer + 1);
                    heap.push(y.receipt(index, newer, |_| {}));
                }
                let place = format!("{older} {newer}, alike up to {common}");
                match said(&heap) {
                    Some(said) => assert_eq!(said, same, "{place}"),
                    None => undecided += 1,
                }
                heap.push(y.receipt(older, newer, |_| {}));
                assert_eq!(said(&heap), Some(same), "{place}");
            }
        }
    }
    assert!(
        undecided > 100,
        "hardly anything was left open: {undecided}"
    );
}
