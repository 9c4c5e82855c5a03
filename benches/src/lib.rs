//! What several benches share.

#![forbid(unsafe_code)]

use sealion_hash::Hash;

/// `dot` as the hasher of rs_merkle's tree.
#[derive(Clone)]
pub struct DotHasher;

impl rs_merkle::Hasher for DotHasher {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> [u8; 32] {
        sealion_hash::sha256(data).0
    }

    fn concat_and_hash(left: &[u8; 32], right: Option<&[u8; 32]>) -> [u8; 32] {
        right.map_or(*left, |right| {
            sealion_hash::dot(&Hash(*left), &Hash(*right)).0
        })
    }
}
