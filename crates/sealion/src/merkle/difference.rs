//! Where two trees part.

use std::io;

use super::range::places;
use super::{Subtree, Tree};

/// The first of the leaves `begin..end` in which two trees differ, by bisection:
/// about 4·log2(end) nodes are looked at, whatever the number of leaves. `None` if
/// they agree in all of them.
///
/// # Errors
/// What the system said; and if a node within `begin..end` is not kept by both.
pub fn first_difference(
    a: &dyn Tree,
    b: &dyn Tree,
    begin: u64,
    end: u64,
) -> io::Result<Option<u64>> {
    for whole in places(begin, end) {
        let mut place = whole;
        if same(a, b, place)? {
            continue;
        }
        while place.end - place.begin > 1 {
            let middle = place.begin + (place.end - place.begin) / 2;
            let left = Subtree {
                end: middle,
                ..place
            };
            place = match same(a, b, left)? {
                false => left,
                true => Subtree {
                    begin: middle,
                    ..place
                },
            };
        }
        return Ok(Some(place.begin));
    }
    Ok(None)
}

fn same(a: &dyn Tree, b: &dyn Tree, node: Subtree) -> io::Result<bool> {
    match (a.subtree(node)?, b.subtree(node)?) {
        (Some(a), Some(b)) => Ok(a == b),
        _ => Err(io::Error::other(format!(
            "leaves {} to {} are not all kept",
            node.begin,
            node.end - 1
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::Hash;
    use crate::merkle::{Index, Range};

    fn index(leaves: &[Hash], begin: usize) -> Index {
        let mut index = Index::on_top_of(Range::starting_at(begin as u64));
        leaves[begin..].iter().for_each(|leaf| index.append(*leaf));
        index
    }

    #[test]
    fn bisection_finds_what_brute_force_finds() {
        let leaf = |i: u64| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        let leaves: Vec<Hash> = (0..41).map(leaf).collect();
        for changed in 0..41 {
            let mut other = leaves.clone();
            other[changed..].iter_mut().for_each(|leaf| leaf.0[0] ^= 1);
            for begin in 0..41 {
                for end in begin..=41 {
                    let (a, b) = (index(&leaves, begin), index(&other, begin));
                    let (begin, end) = (begin as u64, end as u64);
                    let brute = (begin..end).find(|at| *at >= changed as u64);
                    assert_eq!(first_difference(&a, &b, begin, end).unwrap(), brute);
                }
            }
        }
        let (a, b) = (index(&leaves, 3), index(&leaves, 5));
        assert_eq!(first_difference(&a, &b, 5, 41).unwrap(), None);
        assert!(first_difference(&a, &b, 4, 41).is_err());
        assert!(first_difference(&a, &b, 5, 42).is_err());
    }
}
