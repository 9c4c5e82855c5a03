//! Proofs with a bit changed, a hash too many or too few, for another place or another tip.

use crate::edit::flipped_hash;
use crate::fixture::{self, BLOCK, TIP};
use sealion_reference::journal::Block;
use sealion_reference::proof::{check_block, check_revision, read, Refusal};
use sealion_reference::{dot, Hash};

type Check = fn(&Hash, u64, u64, &[Hash], &Hash) -> Result<(), Refusal>;

/// Leaf, proof and check of the published block and of its revision.
fn published() -> [(Hash, Vec<Hash>, Check); 2] {
    let value = fixture::block();
    let block = Block::read(&value).unwrap();
    [
        (block.block_hash, fixture::block_proof(), check_block),
        (
            block.revision_hashes[0],
            fixture::revision_proof(),
            check_revision,
        ),
    ]
}

fn does_not_fold(result: Result<(), Refusal>) -> bool {
    matches!(result, Err(Refusal::Fold { .. }))
}

#[test]
fn every_bit() {
    let digest = fixture::digest();
    for (leaf, proof, check) in published() {
        for bit in 0..256 {
            let leaf_changed = flipped_hash(&leaf, bit);
            assert!(does_not_fold(check(
                &leaf_changed,
                BLOCK,
                TIP,
                &proof,
                &digest
            )));
            let digest_changed = flipped_hash(&digest, bit);
            assert!(does_not_fold(check(
                &leaf,
                BLOCK,
                TIP,
                &proof,
                &digest_changed
            )));
            for i in 0..proof.len() {
                let mut changed = proof.clone();
                changed[i] = flipped_hash(&proof[i], bit);
                assert!(
                    does_not_fold(check(&leaf, BLOCK, TIP, &changed, &digest)),
                    "bit {bit} of hash {i}"
                );
            }
        }
    }
}

#[test]
fn a_hash_more_or_less_or_elsewhere() {
    let digest = fixture::digest();
    for (leaf, proof, check) in published() {
        for i in 0..proof.len() {
            let mut shorter = proof.clone();
            let hash = shorter.remove(i);
            assert!(does_not_fold(check(&leaf, BLOCK, TIP, &shorter, &digest)));
            let mut longer = proof.clone();
            longer.insert(i, hash);
            assert!(does_not_fold(check(&leaf, BLOCK, TIP, &longer, &digest)));
            for j in 0..i {
                let mut swapped = proof.clone();
                swapped.swap(i, j);
                assert!(does_not_fold(check(&leaf, BLOCK, TIP, &swapped, &digest)));
            }
        }
        assert!(does_not_fold(check(&leaf, BLOCK, TIP, &[], &digest)));
    }
}

#[test]
fn an_inner_node_is_no_block() {
    // Every node above the block folds to the digest too, and is the hash of two hashes, as a block.
    let digest = fixture::digest();
    let (mut node, proof, _) = published()[0].clone();
    for (i, sibling) in proof.iter().enumerate() {
        node = dot(&node, sibling);
        let rest = &proof[i + 1..];
        assert_eq!(
            check_block(&node, BLOCK, TIP, rest, &digest),
            Err(Refusal::Count {
                found: rest.len(),
                expected: 7
            })
        );
    }
    // The digest itself, with nothing to fold, is the last of them.
    assert_eq!(node, digest);
}

#[test]
fn a_block_is_no_revision_of_itself() {
    let (block_hash, proof, _) = published()[0].clone();
    assert_eq!(
        check_revision(&block_hash, BLOCK, TIP, &proof, &fixture::digest()),
        Err(Refusal::TooShort {
            found: 7,
            minimum: 8
        })
    );
}

#[test]
fn another_tip_or_address() {
    let digest = fixture::digest();
    let (leaf, proof, _) = published()[0].clone();
    for (sequence_no, tip, expected) in [
        (BLOCK, 128, 8),
        (BLOCK, 100, 3),
        (123, TIP, 6),
        (120, TIP, 6),
    ] {
        assert_eq!(
            check_block(&leaf, sequence_no, tip, &proof, &digest),
            Err(Refusal::Count { found: 7, expected }),
            "{sequence_no} under {tip}"
        );
    }
    // What the number of hashes cannot tell: another place with a path as long.
    assert_eq!(check_block(&leaf, 101, TIP, &proof, &digest), Ok(()));
    for check in [check_block as Check, check_revision] {
        assert_eq!(
            check(&leaf, 124, TIP, &proof, &digest),
            Err(Refusal::AfterTip {
                sequence_no: 124,
                tip: TIP
            })
        );
    }
}

#[test]
fn parity() {
    // The published block has an even number; passed off as block 101 its proof disagrees with
    // itself on what block 100 was.
    let digest = fixture::digest();
    let (leaf, proof, _) = published()[1].clone();
    assert_eq!(
        check_revision(&leaf, 101, TIP, &proof, &digest),
        Err(Refusal::Parity)
    );
}

#[test]
fn the_last_number_there_is() {
    // No overflow, no index out of range, whatever address and tip say.
    let leaf = fixture::digest();
    for check in [check_block as Check, check_revision] {
        for sequence_no in [0, 1, u64::MAX - 1, u64::MAX] {
            assert!(check(&leaf, sequence_no, u64::MAX, &[], &leaf).is_err());
        }
    }
    assert_eq!(check_block(&leaf, 0, 0, &[], &leaf), Ok(()));
    // Block 0 may have nothing inside it but its one revision: nobody has shown that it cannot.
    assert_eq!(check_revision(&leaf, 0, 0, &[], &leaf), Ok(()));
}

#[test]
fn reading_a_proof() {
    let read =
        |text: &str| read(&ion_rs::Element::read_one(text).unwrap()).map_err(|e| e.to_string());
    assert_eq!(read("[]"), Ok(vec![]));
    for (text, error) in [
        ("null.list", "proof must be a list"),
        ("({{}})", "proof must be a list"),
        ("[{{}}]", "proof[0] has 0 bytes, a hash has 32"),
        ("[{{AAAA}}]", "proof[0] has 3 bytes, a hash has 32"),
        ("[\"AAAA\"]", "proof[0] must be a blob of 32 bytes"),
        ("[null.blob]", "proof[0] must be a blob of 32 bytes"),
    ] {
        assert_eq!(read(text), Err(error.to_owned()), "{text}");
    }
}
