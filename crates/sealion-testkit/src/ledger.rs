//! A journal in memory, with the digests and proofs that the service would have given.

use crate::block::Address;
use crate::journal::{Config, Journal, Mix};
use crate::Block;
use sealion_reference::{inclusion_path, root, Hash};

/// A journal from block 0 on.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Its blocks, in order, as they were made. Change them at will: digests and proofs stay those of `hashes`.
    pub blocks: Vec<Block>,
    /// The block hashes, which are the leaves of the digest's tree.
    pub hashes: Vec<Hash>,
}

/// A digest with its tip: what `GetDigest` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The root of the tree of block hashes 0 to the tip. 32 bytes.
    pub digest: Hash,
    /// The last block it covers.
    pub tip: Address,
}

impl Ledger {
    /// A journal of `blocks` blocks, at least one, in memory.
    #[must_use]
    pub fn new(seed: u64, blocks: u64, mix: Mix) -> Self {
        Self::of(
            Journal::new(Config {
                seed,
                mix,
                blocks: Some(blocks.max(1)),
            })
            .collect(),
        )
    }

    /// The journal of these blocks.
    ///
    /// # Panics
    /// If a block hash is not 32 bytes.
    #[must_use]
    pub fn of(blocks: Vec<Block>) -> Self {
        let hashes = blocks
            .iter()
            .map(|block| block.block_hash.as_slice().try_into());
        let hashes = hashes
            .collect::<Result<_, _>>()
            .expect("block hashes of 32 bytes");
        Self { blocks, hashes }
    }

    /// The sequence number of the last block.
    #[must_use]
    pub fn tip(&self) -> usize {
        self.hashes.len() - 1
    }

    /// The digest that covers blocks 0 to `tip`.
    ///
    /// # Panics
    /// If there is no block `tip`.
    #[must_use]
    pub fn digest_at(&self, tip: usize) -> Digest {
        digest(&self.blocks[0].address.strand_id, &self.hashes[..=tip])
    }

    /// The digest that covers the whole journal.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest_at(self.tip())
    }

    /// The proof of block `index` under the digest at `tip`: the siblings of its leaf, from the bottom up.
    ///
    /// # Panics
    /// If there is no block `tip`, or `index` is past it.
    #[must_use]
    pub fn block_proof(&self, index: usize, tip: usize) -> Vec<Hash> {
        inclusion_path(index, &self.hashes[..=tip])
    }

    /// The proof of one revision of block `index` under the digest at `tip`: see [`revision_proof`].
    ///
    /// # Panics
    /// If there is no such block or revision, or the block was changed.
    #[must_use]
    pub fn revision_proof(&self, index: usize, revision: usize, tip: usize) -> Vec<Hash> {
        revision_proof(&self.blocks[index], revision, &self.hashes[..=tip])
    }

    /// Every revision of a document: block index, index among the block's revisions.
    pub fn documents(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.blocks.iter().enumerate().flat_map(|(index, block)| {
            let user = block
                .revisions()
                .iter()
                .enumerate()
                .filter(|(_, revision)| revision.metadata.is_some());
            user.map(move |(revision, _)| (index, revision))
        })
    }
}

/// The digest of the journal with these block hashes, from block 0 on.
///
/// # Panics
/// If there are none.
#[must_use]
pub fn digest(strand_id: &str, hashes: &[Hash]) -> Digest {
    let digest = root(hashes).expect("at least one block");
    let tip = Address {
        strand_id: strand_id.to_owned(),
        sequence_no: hashes.len() as u64 - 1,
    };
    Digest { digest, tip }
}

/// The proof of one revision of `block` under the digest of the journal with these block hashes: the revision's
/// siblings among the block's revisions, the siblings of the revisions root among the entries, the previous block's
/// hash (none in block 0), then the block's proof.
///
/// # Panics
/// If there is no such block or revision, or the block is not sound.
#[must_use]
pub fn revision_proof(block: &Block, revision: usize, hashes: &[Hash]) -> Vec<Hash> {
    let sound = |hash: &Vec<u8>| {
        Hash::try_from(hash.as_slice()).expect("a sound block's hashes are 32 bytes")
    };
    let revisions: Vec<Hash> = block
        .revisions()
        .iter()
        .map(|revision| sound(&revision.hash))
        .collect();
    let entries: Vec<Hash> = block.entries.iter().map(sound).collect();
    let revisions_root = root(&revisions).expect("a block with this revision");
    let entry = entries.iter().position(|entry| *entry == revisions_root);
    let index = block.address.sequence_no as usize;
    let mut proof = inclusion_path(revision, &revisions);
    proof.extend(inclusion_path(
        entry.expect("the revisions root is an entry"),
        &entries,
    ));
    if index > 0 {
        proof.push(hashes[index - 1]);
    }
    proof.extend(inclusion_path(index, hashes));
    proof
}
