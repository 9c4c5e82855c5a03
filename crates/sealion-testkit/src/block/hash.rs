//! What the hashes of a block must be (Developer Guide, "Verification in Amazon QLDB"; AWS's sample verifiers).

use super::{Block, Content, Revision};
use crate::ion_hash;
use sealion_reference::{dot, root, Hash};

impl Revision {
    /// What `hash` should be: `dot` of the document's and the metadata's Ion Hashes, and the metadata's alone where
    /// no document is. `None` for an internal revision, and for a redacted one whose `dataHash` is not 32 bytes.
    #[must_use]
    pub fn computed_hash(&self) -> Option<Hash> {
        let metadata = ion_hash(&self.metadata.as_ref()?.to_element());
        match &self.content {
            Content::Data(data) => Some(dot(&ion_hash(data), &metadata)),
            Content::Redacted(hash) => Some(dot(&hash.as_slice().try_into().ok()?, &metadata)),
            Content::Nothing => Some(metadata),
        }
    }
}

impl Block {
    /// The tree root of the revisions' hashes; `None` without revisions, or if one is not 32 bytes.
    #[must_use]
    pub fn revisions_root(&self) -> Option<Hash> {
        root_of(
            self.revisions
                .as_ref()?
                .iter()
                .map(|revision| revision.hash.as_slice()),
        )
    }

    /// The tree root of the entries; `None` without entries, or if one is not 32 bytes.
    #[must_use]
    pub fn entries_root(&self) -> Option<Hash> {
        root_of(self.entries.iter().map(Vec::as_slice))
    }

    /// `dot` of the two hashes that make the block hash. An empty one leaves the other as it is (the rule of AWS's
    /// sample verifiers). `None` if a hash has another length.
    #[must_use]
    pub fn computed_hash(&self) -> Option<Hash> {
        let entries = self.entries_hash.as_slice().try_into().ok()?;
        if self.previous_block_hash.is_empty() {
            return Some(entries);
        }
        Some(dot(
            &entries,
            &self.previous_block_hash.as_slice().try_into().ok()?,
        ))
    }

    /// Sets `blockHash` by the other two.
    pub fn rehash(&mut self) {
        self.block_hash = self
            .computed_hash()
            .map_or_else(Vec::new, |hash| hash.to_vec());
    }
}

fn root_of<'a, I: Iterator<Item = &'a [u8]>>(hashes: I) -> Option<Hash> {
    let hashes: Option<Vec<Hash>> = hashes.map(|hash| hash.try_into().ok()).collect();
    root(&hashes?)
}
