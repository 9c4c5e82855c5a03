//! Where a block stands: strand and sequence number.

use std::fmt;
use std::sync::Arc;

/// The id of a journal strand: 22 base-62 characters. A ledger has one strand.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StrandId(Arc<str>);

impl StrandId {
    /// Wraps an id as it was recorded. Nothing is checked: no hash covers the
    /// id, so it can only be compared with itself elsewhere.
    pub fn new(id: &str) -> StrandId {
        StrandId(id.into())
    }

    /// The id as recorded.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StrandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StrandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for StrandId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for StrandId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(StrandId(<Arc<str>>::deserialize(deserializer)?))
    }
}

/// A block's place: `{strandId, sequenceNo}`. No hash covers either; the order
/// of blocks is bound by the chain, absolute numbers by counting from block 0.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct BlockAddress {
    /// The strand.
    pub strand_id: StrandId,
    /// The block's number in it, from 0. May exceed 2^53.
    pub sequence_no: u64,
}

impl BlockAddress {
    /// An address from its two parts.
    pub fn new(strand_id: StrandId, sequence_no: u64) -> BlockAddress {
        BlockAddress {
            strand_id,
            sequence_no,
        }
    }
}

/// As Ion text, the way the service writes it: `{strandId:"…",sequenceNo:5}`.
impl fmt::Display for BlockAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An id is a claim and may hold anything. JSON's escapes mean the same in Ion text.
        let strand_id = serde_json::Value::from(self.strand_id.as_str());
        write!(
            f,
            "{{strandId:{strand_id},sequenceNo:{}}}",
            self.sequence_no
        )
    }
}
