//! Consistency of digests: proofs of it through the library, and digests compared by what their proofs tell.

mod compared;
mod forged;
mod oracles;
mod partial;
mod published;
mod verified;

use sealion::source::Memory;
use sealion::{Consistency, Hash, Proof, StrandId};
use sealion_reference::{consistency_path, dot, inclusion_path, root, sha256};
use sealion_testkit::agree::trusted;
use sealion_testkit::block::Address;
use sealion_testkit::ledger::{digest, Digest};
use sealion_testkit::write::evidence;

/// The strand of all chains here.
const STRAND: &str = "KmA3ZZca7vAIiJAK9S5Iwl";

/// A journal as far as receipts tell of it: every block has one revision, and nothing else.
#[derive(Clone)]
struct Chain {
    revisions: Vec<[u8; 32]>,
    blocks: Vec<[u8; 32]>,
}

impl Chain {
    fn new(blocks: usize) -> Chain {
        Chain {
            revisions: Vec::new(),
            blocks: Vec::new(),
        }
        .grown(blocks, "one")
    }

    /// With further blocks, others for every `word`.
    fn grown(mut self, blocks: usize, word: &str) -> Chain {
        for number in self.blocks.len()..blocks {
            let revision = sha256(format!("{word} {number}").as_bytes());
            let block = self
                .blocks
                .last()
                .map_or(revision, |previous| dot(&revision, previous));
            self.revisions.push(revision);
            self.blocks.push(block);
        }
        self
    }

    fn digest(&self, tip: usize) -> Digest {
        digest(STRAND, &self.blocks[..=tip])
    }

    fn trusted(&self, tip: usize) -> sealion::Digest {
        trusted(&self.digest(tip))
    }

    /// A receipt for the revision of block `index`, as its maker would change it.
    fn receipt(&self, index: usize, tip: usize, change: impl FnOnce(&mut Receipt)) -> String {
        let mut proof: Vec<[u8; 32]> = index
            .checked_sub(1)
            .map(|previous| self.blocks[previous])
            .into_iter()
            .collect();
        proof.extend(inclusion_path(index, &self.blocks[..=tip]));
        let mut receipt = Receipt {
            number: index as u64,
            strand: STRAND.to_owned(),
            revision: self.revisions[index],
            proof,
            digest: self.digest(tip),
        };
        change(&mut receipt);
        receipt.write()
    }

    fn consistency(&self, older: usize, newer: usize) -> Consistency {
        let path = consistency_path(older + 1, &self.blocks[..=newer]);
        Consistency {
            strand_id: StrandId::new(STRAND),
            from: self.trusted(older),
            to: self.trusted(newer),
            proof: Proof(path.into_iter().map(Hash).collect()),
        }
    }
}

struct Receipt {
    number: u64,
    strand: String,
    revision: [u8; 32],
    proof: Vec<[u8; 32]>,
    digest: Digest,
}

impl Receipt {
    fn write(&self) -> String {
        let address = Address {
            strand_id: self.strand.clone(),
            sequence_no: self.number,
        };
        let revision = sealion_testkit::block::Revision {
            address: None,
            hash: self.revision.to_vec(),
            content: sealion_testkit::block::Content::Nothing,
            metadata: None,
        };
        evidence::receipt("Vehicle", &address, &revision, &self.proof, &self.digest)
    }
}

/// Files with numbers for names.
fn files(texts: &[String]) -> Memory {
    texts
        .iter()
        .enumerate()
        .fold(Memory::new(), |memory, (index, text)| {
            memory.with(format!("file-{index}"), text.as_bytes())
        })
}

/// The older digest of a chain is the root that the reference gives: what all tests here rest on.
#[test]
fn digests_are_the_references_roots() {
    let chain = Chain::new(9);
    assert_eq!(Some(chain.digest(8).digest), root(&chain.blocks));
    assert_eq!(chain.digest(0).digest, chain.blocks[0]);
}
