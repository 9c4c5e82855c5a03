//! Trees of two crates by others, with `dot` as node hash.

use crate::Chain;
use malt::{ConsistencyProof, Log, TreeHasher};
use rs_merkle::{Hasher, MerkleTree};
use sealion::merkle::{verify_consistency, Index, Tree};
use sealion::Hash;
use sealion_reference::{consistency_path, dot};

const BLOCKS: usize = 130;

#[derive(Clone)]
struct Dot;

impl TreeHasher for Dot {
    type Digest = [u8; 32];

    fn leaf(&self, data: &[u8]) -> [u8; 32] {
        data.try_into().unwrap()
    }

    fn node(&self, left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
        dot(left, right)
    }

    fn empty(&self) -> [u8; 32] {
        [0; 32]
    }
}

impl Hasher for Dot {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> [u8; 32] {
        data.try_into().unwrap()
    }

    fn concat_and_hash(left: &[u8; 32], right: Option<&[u8; 32]>) -> [u8; 32] {
        right.map_or(*left, |right| dot(left, right))
    }
}

#[test]
fn malt_makes_the_same_proofs_and_accepts_and_rejects_the_same() {
    let chain = Chain::new(BLOCKS);
    let mut log = Log::new(Dot);
    for newer in 1..=BLOCKS {
        log.append(&chain.blocks[newer - 1]);
        assert_eq!(log.root(), chain.digest(newer - 1).digest);
        for older in 1..newer {
            let proof = log.consistency_proof(older as u64).unwrap();
            assert_eq!(
                proof.path,
                consistency_path(older, &chain.blocks[..newer]),
                "{older} {newer}"
            );
            let roots = [older, newer].map(|count| chain.digest(count - 1).digest);
            assert!(both(&proof, &roots), "{older} {newer}");
            for place in 0..proof.path.len() {
                let mut changed = proof.clone();
                changed.path[place][0] ^= 1;
                assert!(!both(&changed, &roots), "{older} {newer} {place}");
                let mut shorter = proof.clone();
                shorter.path.remove(place);
                assert!(!both(&shorter, &roots), "{older} {newer} {place}");
            }
        }
    }
}

/// Our answer, which must be theirs.
fn both(proof: &ConsistencyProof<[u8; 32]>, roots: &[[u8; 32]; 2]) -> bool {
    let theirs = malt::verify_consistency(&Dot, proof, &roots[0], &roots[1]);
    let path: Vec<Hash> = proof.path.iter().copied().map(Hash).collect();
    let (older, newer) = (Hash(roots[0]), Hash(roots[1]));
    let ours = verify_consistency(proof.old_size, proof.new_size, &older, &newer, &path);
    assert_eq!(ours, theirs, "{} {}", proof.old_size, proof.new_size);
    ours
}

#[test]
fn rs_merkle_has_the_same_roots_and_inclusion_proofs() {
    let chain = Chain::new(BLOCKS);
    let mut index = Index::new();
    for count in 1..=BLOCKS {
        index.append(Hash(chain.blocks[count - 1]));
        let tree = MerkleTree::<Dot>::from_leaves(&chain.blocks[..count]);
        let size = count as u64;
        assert_eq!(index.root(size).unwrap().map(|root| root.0), tree.root());
        for leaf in 0..count {
            let ours = index.inclusion_proof(leaf as u64, size).unwrap().unwrap();
            let ours: Vec<[u8; 32]> = ours.0.iter().map(|hash| hash.0).collect();
            assert_eq!(
                ours,
                tree.proof(&[leaf]).proof_hashes(),
                "{leaf} of {count}"
            );
        }
    }
}
