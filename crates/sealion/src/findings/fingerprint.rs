//! What a block says, in hashes, to hold two copies of it against each other.

use super::revision::{RevisionRecord, Standing};
use crate::blocks::block::{Block, BlockContent};
use crate::blocks::claim::Id;
use crate::blocks::revision::Made;
use crate::blocks::time::Time;
use crate::blocks::Hash;

/// What two copies of one block must have in common, whatever their format.
/// Content is compared by the hashes made from it, where both copies have it:
/// one may be redacted since, or come from a stream whose content was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) block_hash: Option<Hash>,
    pub(crate) entries_hash: Option<Hash>,
    pub(crate) previous: Option<Hash>,
    pub(crate) transaction_id: Id,
    pub(crate) timestamp: Time,
    /// How many entries and revisions there are.
    lengths: (usize, usize),
    /// The entries, the revisions' hashes, and what was made from content: of
    /// `transactionInfo` and `redactionInfo`, then of each revision's data and metadata.
    hashes: Vec<Option<Hash>>,
}

/// A member of the content, and its hash in either copy.
pub(crate) type ContentPair = (&'static str, Option<Hash>, Option<Hash>);

impl Fingerprint {
    /// `hashes` is an empty list.
    pub(super) fn of(
        block: &Block,
        content: &BlockContent,
        records: &[RevisionRecord],
        mut hashes: Vec<Option<Hash>>,
    ) -> Fingerprint {
        let made = |made: &Option<Made>| made.as_ref().and_then(|made| made.as_ref().ok().copied());
        let lengths = (block.entries.len(), block.revisions.len());
        hashes.reserve(lengths.0 + 3 * lengths.1 + 2);
        hashes.extend(block.entries.iter().map(|entry| entry.hash));
        hashes.extend(block.revisions.iter().map(|revision| revision.hash.hash));
        hashes.push(made(&content.transaction_info));
        hashes.push(made(&content.redaction_info));
        for (index, revision) in block.revisions.iter().enumerate() {
            let content = content.revisions.get(index);
            let data = content.and_then(|content| made(&content.data));
            let kept = revision.data_hash.and_then(|recorded| recorded.hash);
            // What JSON lost cannot be compared.
            let guessed = revision.json
                && records.get(index).map(|r| r.standing) != Some(Standing::Recomputed);
            hashes.push(data.or(kept).filter(|_| !guessed));
            hashes.push(content.and_then(|content| made(&content.metadata)));
        }
        Fingerprint {
            lengths,
            hashes,
            block_hash: block.block_hash.hash,
            entries_hash: block.entries_hash.hash,
            previous: block.previous.hash,
            transaction_id: block.transaction_id.0.clone(),
            timestamp: block.timestamp.0,
        }
    }

    pub(super) fn capacity(&self) -> usize {
        self.hashes.capacity()
    }

    pub(super) fn take_hashes(&mut self) -> Vec<Option<Hash>> {
        std::mem::take(&mut self.hashes)
    }

    /// Data and metadata of a revision, by their hashes, where both copies have them
    /// and they differ.
    pub(crate) fn content_of_revision(
        &self,
        index: usize,
        other: &Fingerprint,
    ) -> Vec<ContentPair> {
        let ([_, _, own], [_, _, others]) = (self.parts(), other.parts());
        let both = own.iter().zip(others).enumerate();
        let both = both.skip(2 + 2 * index).take(2);
        both.filter(|(_, (a, b))| a.is_some() && b.is_some() && a != b)
            .map(|(index, (a, b))| (member(index), *a, *b))
            .collect()
    }

    /// The hashes of `transactionInfo` and of `redactionInfo`, where they are there.
    pub(crate) fn infos(&self) -> [Option<Hash>; 2] {
        let [_, _, content] = self.parts();
        content.first_chunk().copied().unwrap_or_default()
    }

    /// The hashes of entries, of revisions, and of content.
    pub(crate) fn parts(&self) -> [&[Option<Hash>]; 3] {
        let (entries, rest) = self.hashes.split_at(self.lengths.0);
        let (revisions, content) = rest.split_at(self.lengths.1);
        [entries, revisions, content]
    }

    /// The first field in which two copies differ.
    pub(crate) fn first_difference(&self, other: &Fingerprint) -> Option<&'static str> {
        let [entries, revisions, content] = self.parts();
        let theirs = other.parts();
        let differs = [
            ("blockHash", self.block_hash != other.block_hash),
            ("entriesHash", self.entries_hash != other.entries_hash),
            ("previousBlockHash", self.previous != other.previous),
            ("entriesHashList", entries != theirs[0]),
            ("revisions", revisions != theirs[1]),
            ("transactionId", self.transaction_id != other.transaction_id),
            ("blockTimestamp", self.timestamp != other.timestamp),
        ];
        if let Some((name, _)) = differs.iter().find(|(_, differs)| *differs) {
            return Some(name);
        }
        // The lists of revisions are equal by now, so these stand side by side.
        let both = content.iter().zip(theirs[2]);
        let differs = |(a, b): (&Option<Hash>, &Option<Hash>)| a.is_some() && b.is_some() && a != b;
        let found = both.into_iter().position(differs)?;
        Some(member(found))
    }
}

/// The name of a hash of content by its place in a fingerprint.
fn member(index: usize) -> &'static str {
    match index {
        0 => "transactionInfo",
        1 => "redactionInfo",
        index if index % 2 == 0 => "data",
        _ => "metadata",
    }
}
