//! STAGE 3: what we recompute. Arithmetic on 32-byte hashes, by the rules of
//! QLDB (Developer Guide, "Verification results", and the AWS samples).

mod block;

pub(crate) use block::{revision_hash, revision_operands, BlockHashes};

use crate::blocks::Hash;

/// `dot`: the hash of a pair, the smaller first (signed bytes, last byte first).
pub(crate) fn dot(a: &Hash, b: &Hash) -> Hash {
    Hash(sealion_reference::dot(&a.0, &b.0))
}

/// The Merkle root of leaves; `None` for none. A single leaf is its own root.
pub(crate) fn root(leaves: &[Hash]) -> Option<Hash> {
    let leaves: Vec<[u8; 32]> = leaves.iter().map(|leaf| leaf.0).collect();
    sealion_reference::root(&leaves).map(Hash)
}

/// A block's hash: `dot(entriesHash, previousBlockHash)`. A genesis block whose
/// previous hash is empty has its entries hash as block hash, because the empty
/// hash is neutral.
pub(crate) fn block_hash(entries_hash: &Hash, previous: Option<&Hash>) -> Hash {
    match previous {
        Some(previous) => dot(entries_hash, previous),
        None => *entries_hash,
    }
}

/// How a deleting revision's hash might follow from that of its metadata.
type DeletionRule = (&'static str, fn(&Hash) -> Hash);

/// The rules that there might be. Nobody outside AWS has shown which one is true; each
/// binds the metadata, so a fit is sound.
pub(crate) const DELETION_RULES: [DeletionRule; 3] = [
    ("H(metadata)", |metadata| *metadata),
    ("dot(H(null), H(metadata))", |metadata| {
        dot(&NULL_HASH, metadata)
    }),
    ("dot(H({}), H(metadata))", |metadata| {
        dot(&EMPTY_STRUCT_HASH, metadata)
    }),
];

/// The name of the rule by which `recorded` follows from the metadata's hash.
pub(crate) fn deletion_rule(metadata: &Hash, recorded: &Hash) -> Option<&'static str> {
    let fit = DELETION_RULES
        .iter()
        .find(|(_, rule)| rule(metadata) == *recorded);
    fit.map(|(name, _)| *name)
}

/// Ion Hash of `null`: SHA-256 of 0B 0F 0E.
const NULL_HASH: Hash = Hash([
    0x0f, 0xb0, 0x6b, 0x61, 0x83, 0xc2, 0x13, 0x79, 0x52, 0x9f, 0xdd, 0x45, 0xd6, 0xaf, 0x4a, 0xba,
    0x73, 0x1a, 0xc6, 0xf0, 0x81, 0xef, 0x9e, 0x6c, 0x1c, 0x94, 0xb1, 0xfb, 0x26, 0x17, 0x73, 0x04,
]);

/// Ion Hash of `{}`: SHA-256 of 0B D0 0E.
const EMPTY_STRUCT_HASH: Hash = Hash([
    0xdc, 0x3f, 0xf8, 0xe5, 0x50, 0xc8, 0x33, 0x23, 0x6b, 0xbe, 0xe9, 0x2d, 0x16, 0x37, 0x62, 0x69,
    0x8b, 0x7b, 0x0b, 0x7b, 0x68, 0xa1, 0xaf, 0x1b, 0x06, 0x02, 0x43, 0x58, 0x07, 0x41, 0xb7, 0xa6,
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_hashes_they_say() {
        assert_eq!(NULL_HASH.0, sealion_reference::sha256(&[0x0B, 0x0F, 0x0E]));
        assert_eq!(
            EMPTY_STRUCT_HASH.0,
            sealion_reference::sha256(&[0x0B, 0xD0, 0x0E])
        );
    }
}
