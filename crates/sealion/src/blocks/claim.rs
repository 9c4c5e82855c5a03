//! The small things claims are made of: recorded hashes and addresses.

use ion_rs::IonType;

use super::read::{Envelope, Node, Unfit};
use super::saved_hash;
use super::uncovered::{uncovered, Bound, Uncovered};
use super::{BlockAddress, Hash, StrandId};

/// A hash as it stands in a file. It may have any length: only 32 bytes is a
/// hash, and the empty one would change nothing where it is folded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordedHash {
    pub(crate) offset: u64,
    /// Its number of bytes.
    pub(crate) length: usize,
    /// The hash, if `length` is 32.
    pub(crate) hash: Option<Hash>,
}

impl RecordedHash {
    pub(crate) fn read(node: &Node<'_>) -> Result<RecordedHash, Unfit> {
        Ok(RecordedHash::of(&saved_hash::bytes(node)?, node.offset()))
    }

    pub(crate) fn of(bytes: &[u8], offset: u64) -> RecordedHash {
        RecordedHash {
            offset,
            length: bytes.len(),
            hash: Hash::from_slice(bytes),
        }
    }
}

/// An id or a name. Those that QLDB makes have 22 characters, and take no memory of
/// their own.
#[cfg(not(test))]
pub(crate) type Id = smol_str::SmolStr;
#[cfg(test)]
pub(crate) type Id = super::counted::Id;

/// A list of hashes, at most `max` of them; each may stand in a struct of its own, `{hash: ...}`.
pub(crate) fn hashes(node: &Node<'_>, max: u32) -> Result<Vec<RecordedHash>, Unfit> {
    let items = node.items()?;
    if items.len() > max as usize {
        return Err(node.too_many("hashes", "hashes_max", max, items.len()));
    }
    let read = |item: &Node<'_>| match alone(item)? {
        Some(inner) => RecordedHash::read(&inner),
        None => RecordedHash::read(item),
    };
    items.iter().map(read).collect()
}

/// The hash of a struct that holds nothing else.
fn alone<'a>(node: &Node<'a>) -> Result<Option<Node<'a>>, Unfit> {
    if node.ion_type() != IonType::Struct || node.is_null() {
        return Ok(None);
    }
    let envelope = Envelope::open(*node)?;
    let only = matches!(envelope.fields(), [(name, _)] if name == "hash");
    Ok(envelope.get("hash").filter(|_| only))
}

/// A block address, and the envelope fields that stand twice in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordedAddress {
    pub(crate) offset: u64,
    pub(crate) address: BlockAddress,
    pub(crate) repeated: Vec<(String, Twice)>,
    pub(crate) uncovered: Vec<Uncovered>,
}

const ADDRESS_FIELDS: [(&str, Bound); 2] = [("strandId", Bound::Read), ("sequenceNo", Bound::Read)];

impl RecordedAddress {
    /// Reads `{strandId: string, sequenceNo: int}`, in any order and spelling.
    pub(crate) fn read(node: &Node<'_>) -> Result<RecordedAddress, Unfit> {
        if node.ion_type() != IonType::Struct || node.is_null() {
            return Err(node.unfit("a struct {strandId, sequenceNo}"));
        }
        let envelope = Envelope::open(*node)?;
        let strand_id = StrandId::new(&envelope.require("strandId")?.text()?);
        let sequence_no = envelope.require("sequenceNo")?.number()?;
        Ok(RecordedAddress {
            offset: node.offset(),
            address: BlockAddress::new(strand_id, sequence_no),
            repeated: repeated(&envelope),
            uncovered: uncovered(&envelope, &ADDRESS_FIELDS)?,
        })
    }
}

/// Where a field stands that an envelope has twice: its first offset, and one behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Twice {
    pub(crate) first: u64,
    pub(crate) again: u64,
}

/// Names and places of fields that stand again in an envelope.
pub(crate) fn repeated(envelope: &Envelope<'_>) -> Vec<(String, Twice)> {
    let own = envelope.repeated().into_iter();
    own.map(|(name, first, again)| {
        let (first, again) = (first.offset(), again.offset());
        (name.to_owned(), Twice { first, again })
    })
    .collect()
}
