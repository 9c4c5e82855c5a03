use super::*;

/// Distinct made-up leaves.
fn leaves(count: usize) -> Vec<Hash> {
    (0..count as u64)
        .map(|i| sha256(&i.to_le_bytes()))
        .collect()
}

/// The root by the definition of RFC 6962, section 2.1.
fn root_by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            dot(&root_by_definition(left), &root_by_definition(right))
        }
    }
}

fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut hash = *hash;
    hash[bit / 8] ^= 1 << (bit % 8);
    hash
}

#[test]
fn sha256_known() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hex::encode(sha256(b"abc")), abc);
}

#[test]
fn dot_of_the_rust_driver() {
    // Published in awslabs/amazon-qldb-driver-rust, there compared with the Java implementation.
    let a = sha256(b"1");
    let b = sha256(b"2");
    let both = "940ed9abddfb5ef28004408546bc5043cda391232b6afe07267f9f8ed2b500c9";
    assert_eq!(hex::encode(dot(&a, &b)), both);
    assert_eq!(hex::encode(dot(&b, &a)), both);
}

#[test]
fn order_is_signed_at_every_place() {
    let signed = [0x80, 0xff, 0x00, 0x01, 0x7f]; // rising
    for place in 0..32 {
        for (i, low) in signed.iter().enumerate() {
            for high in &signed[i + 1..] {
                // What follows the place ties; what goes before says the opposite, and must not count.
                let (mut a, mut b) = ([0x55; 32], [0x55; 32]);
                a[..place].fill(0x7f);
                b[..place].fill(0x80);
                a[place] = *low;
                b[place] = *high;
                assert!(less(&a, &b), "{low:02x} before {high:02x} at {place}");
                assert!(!less(&b, &a), "{high:02x} after {low:02x} at {place}");
                assert_eq!(dot(&a, &b), sha256(&[a, b].concat()));
                assert_eq!(dot(&b, &a), sha256(&[a, b].concat()));
            }
        }
    }
}

#[test]
fn a_tie_in_the_last_byte_goes_to_the_byte_before() {
    let (mut a, mut b) = ([0; 32], [0; 32]);
    (a[30], b[30]) = (0x80, 0x7f);
    (a[31], b[31]) = (0x42, 0x42);
    assert!(less(&a, &b));
    (a[31], b[31]) = (0x43, 0x42);
    assert!(less(&b, &a));
}

#[test]
fn dot_of_equals_and_of_empty() {
    let a = sha256(b"a");
    let b = sha256(b"b");
    assert!(!less(&a, &a));
    assert_eq!(dot(&a, &a), sha256(&[a, a].concat()));
    assert_eq!(dot_or_empty(Some(a), Some(b)), Some(dot(&a, &b)));
    assert_eq!(dot_or_empty(Some(a), None), Some(a));
    assert_eq!(dot_or_empty(None, Some(b)), Some(b));
    assert_eq!(dot_or_empty(None, None), None);
    let c = sha256(b"c");
    assert_ne!(
        dot(&dot(&a, &b), &c),
        dot(&a, &dot(&b, &c)),
        "not associative"
    );
}

#[test]
fn small_roots() {
    let l = leaves(5);
    assert_eq!(root(&[]), None);
    assert_eq!(root(&l[..1]), Some(l[0]));
    assert_eq!(root(&l[..2]), Some(dot(&l[0], &l[1])));
    assert_eq!(root(&l[..3]), Some(dot(&dot(&l[0], &l[1]), &l[2])));
    let four = dot(&dot(&l[0], &l[1]), &dot(&l[2], &l[3]));
    assert_eq!(root(&l), Some(dot(&four, &l[4])));
    for count in 1..=300 {
        let l = leaves(count);
        assert_eq!(root(&l), Some(root_by_definition(&l)), "{count} leaves");
    }
}

#[test]
fn every_inclusion_path() {
    for count in 1..=130 {
        let leaves = leaves(count);
        let whole = root(&leaves).unwrap();
        for (index, leaf) in leaves.iter().enumerate() {
            let path = inclusion_path(index, &leaves);
            assert_eq!(fold(leaf, &path), whole, "{index} of {count}");
            let hashes = siblings(index as u64, count as u64) as usize;
            assert_eq!(path.len(), hashes, "{index} of {count}");
        }
    }
}

#[test]
fn inclusion_paths_reject() {
    for count in [1, 2, 3, 7, 8, 13, 20] {
        let leaves = leaves(count);
        let whole = root(&leaves).unwrap();
        for (index, leaf) in leaves.iter().enumerate() {
            let path = inclusion_path(index, &leaves);
            for i in 0..path.len() {
                let mut changed = path.clone();
                changed[i] = flipped(&path[i], (index * 37 + i) % 256);
                assert_ne!(fold(leaf, &changed), whole);
                changed.remove(i);
                assert_ne!(fold(leaf, &changed), whole);
            }
            let mut longer = path.clone();
            longer.push(whole);
            assert_ne!(fold(leaf, &longer), whole);
            assert_ne!(fold(&flipped(leaf, index % 256), &path), whole);
        }
    }
}

#[test]
fn no_such_leaf() {
    assert!(inclusion_path(0, &[]).is_empty());
    assert!(inclusion_path(5, &leaves(5)).is_empty());
    assert!(consistency_path(0, &leaves(5)).is_empty());
    assert!(consistency_path(6, &leaves(5)).is_empty());
    assert!(consistency_path(1, &[]).is_empty());
    assert_eq!(siblings(0, 0), 0);
    assert_eq!(siblings(0, 1), 0);
    assert_eq!(
        siblings(u64::MAX - 1, u64::MAX),
        32 + 31,
        "last of 2^64 - 1 leaves"
    );
    assert_eq!(siblings(0, u64::MAX), 64);
    assert_eq!(siblings_to(u64::MAX, u64::MAX), 64);
}

#[test]
fn every_consistency_path() {
    for second in 1..=64 {
        let leaves = leaves(second);
        let new = root(&leaves).unwrap();
        for first in 1..=second {
            let old = root(&leaves[..first]).unwrap();
            let path = consistency_path(first, &leaves);
            let verify = |old: &Hash, new: &Hash, path: &[Hash]| {
                verify_consistency(first as u64, second as u64, old, new, path)
            };
            assert!(verify(&old, &new, &path), "{first} of {second}");

            let bit = (first * 64 + second) % 256;
            assert!(
                !verify(&flipped(&old, bit), &new, &path),
                "{first} of {second}"
            );
            assert!(
                !verify(&old, &flipped(&new, bit), &path),
                "{first} of {second}"
            );
            for i in 0..path.len() {
                let mut changed = path.clone();
                changed[i] = flipped(&path[i], bit);
                assert!(
                    !verify(&old, &new, &changed),
                    "{first} of {second}, bit of {i}"
                );
                let mut shorter = path.clone();
                shorter.remove(i);
                assert!(
                    !verify(&old, &new, &shorter),
                    "{first} of {second}, without {i}"
                );
            }
            for i in 0..=path.len() {
                let mut longer = path.clone();
                longer.insert(i, new);
                assert!(
                    !verify(&old, &new, &longer),
                    "{first} of {second}, one more at {i}"
                );
            }
            for i in 1..path.len() {
                let mut swapped = path.clone();
                swapped.swap(i - 1, i);
                // The first two hashes of a path can be the two children of one node: `dot` sorts,
                // so the smaller tree does not notice, but then the larger one is another.
                assert!(
                    !verify(&old, &new, &swapped),
                    "{first} of {second}, {i} swapped"
                );
            }
        }
    }
}

#[test]
fn consistency_of_other_sizes() {
    let leaves = leaves(40);
    let old = root(&leaves[..20]).unwrap();
    let new = root(&leaves[..36]).unwrap();
    let path = consistency_path(20, &leaves[..36]);
    assert!(verify_consistency(20, 36, &old, &new, &path));
    for (first, second) in [
        (0, 36),
        (36, 20),
        (20, 20),
        (36, 36),
        (21, 36),
        (16, 36),
        (20, 65),
    ] {
        assert!(
            !verify_consistency(first, second, &old, &new, &path),
            "{first}, {second}"
        );
    }
    // A path of the same shape does for sizes 33 to 64: sizes are the digests' word, not the path's.
    assert!(verify_consistency(20, 64, &old, &new, &path));
    assert!(verify_consistency(20, 20, &old, &old, &[]));
    assert!(!verify_consistency(20, 20, &old, &new, &[]));
    assert!(!verify_consistency(20, 20, &old, &old, &[old]));
    assert!(!verify_consistency(
        u64::MAX - 1,
        u64::MAX,
        &old,
        &new,
        &path
    ));
    assert!(!verify_consistency(1 << 63, u64::MAX, &old, &new, &path));
    assert!(!verify_consistency(1, u64::MAX, &old, &new, &[]));
}

#[test]
fn consistency_stops_at_the_roots() {
    let leaves = leaves(36);
    let old = root(&leaves[..20]).unwrap();
    let new = root(&leaves).unwrap();
    let mut path = consistency_path(20, &leaves);
    // One hash above both roots: every step of the fold is right, but no tree of 36 is that high.
    let above = sha256(b"above");
    path.push(above);
    let (older, newer) = (dot(&above, &old), dot(&above, &new));
    assert!(!verify_consistency(20, 36, &older, &newer, &path));

    // A larger tree before a smaller one, with roots made to fit.
    let (a, b, c) = (leaves[0], leaves[1], leaves[2]);
    let folded = dot(&dot(&a, &b), &c);
    assert!(!verify_consistency(5, 3, &a, &folded, &[a, b, c]));
}
