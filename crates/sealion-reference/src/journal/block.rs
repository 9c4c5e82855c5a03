//! A block: what it claims, and what follows from it.

use super::fields::{element_at, Fields};
use super::{Address, Error, RecomputedRevision, Revision};
use crate::{dot_or_empty, ion_hash, root, Hash};
use ion_rs::Element;

/// What one block claims, as it was exported or returned, or as a stream summarised it.
#[derive(Debug, Clone)]
pub struct Block<'a> {
    /// `blockAddress`.
    pub address: Address,
    /// `blockHash`, 32 bytes.
    pub block_hash: Hash,
    /// `entriesHash`, 32 bytes.
    pub entries_hash: Hash,
    /// `previousBlockHash`, 32 bytes. `None` if it is empty, which only block 0 may have: what the
    /// service wrote there was never published, and AWS's samples allow for both.
    pub previous_block_hash: Option<Hash>,
    /// `entriesHashList`, 32 bytes each.
    pub entries: Vec<Hash>,
    /// `transactionInfo`, a struct. Blocks that the service made for itself have none.
    pub transaction_info: Option<&'a Element>,
    /// `redactionInfo`, a struct, in blocks that ordered redactions.
    pub redaction_info: Option<&'a Element>,
    /// The `hash` of each revision in order, from `revisions` or from a stream's
    /// `revisionSummaries`.
    pub revision_hashes: Vec<Hash>,
    /// `revisions` in order; empty in a stream's block summary, which has their hashes alone.
    pub revisions: Vec<Revision<'a>>,
}

/// What follows from the covered fields of a [`Block`].
#[derive(Debug, Clone)]
pub struct RecomputedBlock {
    /// One for each of [`Block::revisions`].
    pub revisions: Vec<RecomputedRevision>,
    /// Root of the claimed revision hashes; `None` without revisions. Must be an entry.
    pub revisions_root: Option<Hash>,
    /// Ion Hash of `transactionInfo`, if there is one. Must be an entry.
    pub transaction_info: Option<Hash>,
    /// Ion Hash of `redactionInfo`, if there is one. Must be an entry (AWS's Java sample).
    pub redaction_info: Option<Hash>,
    /// Root of the entries; `None` if the list is empty.
    pub entries_hash: Option<Hash>,
    /// Pair hash of the *claimed* entries hash and previous block hash, so that a wrong list of
    /// entries is one finding and not two.
    pub block_hash: Hash,
}

impl<'a> Block<'a> {
    /// Reads the claims of a block. Fields it does not know are left alone: no rule covers them.
    ///
    /// # Errors
    ///
    /// If a needed field is missing or has another type, a hash is not 32 bytes (the previous hash
    /// of block 0 apart), or a field of the block, of an address, of a revision or of its metadata
    /// stands twice, so that two readers could take two values from it.
    pub fn read(value: &'a Element) -> Result<Self, Error> {
        let fields = Fields::read("", value)?;
        let address = Address::at("blockAddress", fields.need("blockAddress")?)?;
        let previous_block_hash = fields.hash_or_empty("previousBlockHash")?;
        if previous_block_hash.is_none() && address.sequence_no != 0 {
            return Err(Error::HashLength {
                field: "previousBlockHash".to_owned(),
                length: 0,
            });
        }
        fields.not_both("revisions", "revisionSummaries")?;
        let revisions = fields
            .list_if_any("revisions")?
            .into_iter()
            .map(|(path, value)| Revision::at(&path, value))
            .collect::<Result<Vec<_>, _>>()?;
        let summaries = fields
            .list_if_any("revisionSummaries")?
            .into_iter()
            .map(|(path, value)| Fields::read(&path, value)?.hash("hash"))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            address,
            block_hash: fields.hash("blockHash")?,
            entries_hash: fields.hash("entriesHash")?,
            previous_block_hash,
            entries: fields
                .list("entriesHashList")?
                .into_iter()
                .map(|(path, value)| element_at::hash(path, value))
                .collect::<Result<_, _>>()?,
            transaction_info: fields.structure("transactionInfo")?,
            redaction_info: fields.structure("redactionInfo")?,
            revision_hashes: revisions.iter().map(|r| r.hash).chain(summaries).collect(),
            revisions,
        })
    }

    /// Recomputes all that a block alone allows.
    ///
    /// # Errors
    ///
    /// If an Ion value cannot be hashed.
    pub fn recompute(&self) -> Result<RecomputedBlock, Error> {
        Ok(RecomputedBlock {
            revisions: self
                .revisions
                .iter()
                .map(Revision::recompute)
                .collect::<Result<_, _>>()?,
            revisions_root: root(&self.revision_hashes),
            transaction_info: self.transaction_info.map(ion_hash).transpose()?,
            redaction_info: self.redaction_info.map(ion_hash).transpose()?,
            entries_hash: root(&self.entries),
            block_hash: dot_or_empty(Some(self.entries_hash), self.previous_block_hash)
                .unwrap_or(self.entries_hash),
        })
    }

    /// The indexes at which `hash` stands in the list of entries. The rule is that it stands there;
    /// where, only observation tells (second and last of four, in every published block).
    pub fn positions(&self, hash: &Hash) -> Vec<usize> {
        (0..self.entries.len())
            .filter(|&i| self.entries[i] == *hash)
            .collect()
    }
}
