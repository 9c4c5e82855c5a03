//! What is recomputed from one block, by QLDB's rules (Developer Guide, "Journal
//! contents" and "Verification results"; AWS's verification samples).

use super::{block_hash, dot, root};
use crate::blocks::block::{Block, BlockContent};
use crate::blocks::claim::RecordedHash;
use crate::blocks::revision::{Kind, Revision, RevisionContent};
use crate::blocks::Hash;

/// Recomputed hashes of one block. `None` where what they are made of is missing
/// or is no hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BlockHashes {
    /// Each revision's hash, from its data (or `dataHash`) and metadata.
    pub(crate) revisions: Vec<Option<Hash>>,
    /// The tree root of the revisions' recorded hashes.
    pub(crate) revisions_root: Option<Hash>,
    /// The tree root of `entriesHashList`.
    pub(crate) entries_root: Option<Hash>,
    /// `dot(entriesHash, previousBlockHash)`, of the recorded two.
    pub(crate) from_recorded: Option<Hash>,
    /// `dot(entries_root, previousBlockHash)`: the leaf in the journal's tree.
    pub(crate) leaf: Option<Hash>,
}

impl BlockHashes {
    /// Makes them one by one, plainly.
    pub(crate) fn of(block: &Block, content: &BlockContent) -> BlockHashes {
        let both = block.revisions.iter().zip(&content.revisions);
        let entries_root = all(&block.entries).and_then(|entries| root(&entries));
        let recorded = block.revisions.iter().map(|revision| &revision.hash);
        let from_recorded = BlockHashes::leaf_of(block, block.entries_hash.hash);
        BlockHashes {
            revisions: both.map(|(r, content)| revision_hash(r, content)).collect(),
            revisions_root: all(recorded).and_then(|hashes| root(&hashes)),
            entries_root,
            from_recorded,
            leaf: match entries_root == block.entries_hash.hash {
                true => from_recorded,
                false => BlockHashes::leaf_of(block, entries_root),
            },
        }
    }

    /// `dot(entries, previousBlockHash)`.
    pub(crate) fn leaf_of(block: &Block, entries: Option<Hash>) -> Option<Hash> {
        let previous = block.usable_previous()?;
        Some(block_hash(&entries?, previous.as_ref()))
    }
}

impl Block {
    /// The previous block's hash: `Some(None)` where the genesis block has an empty
    /// one, `None` where it is not a hash at all.
    pub(crate) fn usable_previous(&self) -> Option<Option<Hash>> {
        match self.address.address.sequence_no == 0 && self.previous.length == 0 {
            true => Some(None),
            false => self.previous.hash.map(Some),
        }
    }
}

/// `dot(D, H(metadata))`: D is `H(data)`, or `dataHash` once the data is redacted.
/// `None` for kinds that are not made so, and where content was not hashed.
pub(crate) fn revision_hash(revision: &Revision, content: &RevisionContent) -> Option<Hash> {
    let (data, metadata) = revision_operands(revision, content)?;
    Some(dot(&data, &metadata))
}

/// The two hashes that a revision's hash is made of: D and `H(metadata)`.
pub(crate) fn revision_operands(
    revision: &Revision,
    content: &RevisionContent,
) -> Option<(Hash, Hash)> {
    let metadata = *content.metadata.as_ref()?.as_ref().ok()?;
    let data = match revision.kind {
        Kind::User => *content.data.as_ref()?.as_ref().ok()?,
        Kind::Redacted => revision.data_hash?.hash?,
        Kind::Deleting | Kind::Internal | Kind::Unseen => return None,
    };
    Some((data, metadata))
}

/// The hashes of a list, if all of them are hashes.
fn all<'a>(list: impl IntoIterator<Item = &'a RecordedHash>) -> Option<Vec<Hash>> {
    list.into_iter().map(|recorded| recorded.hash).collect()
}
