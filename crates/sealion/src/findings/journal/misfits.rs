//! Findings on blocks that do not fit one another: two copies of one, or a block and
//! the one before it.

use super::segment::Segment;
use crate::blocks::time::Time;
use crate::blocks::Hash;
use crate::findings::block::CheckedBlock;
use crate::findings::code::Code;
use crate::findings::finding::Finding;

/// Two copies of a block: a finding if they differ in anything but content.
pub(super) fn duplicate(lead: &CheckedBlock, other: &CheckedBlock) -> Option<Finding> {
    let field = lead.fingerprint.first_difference(&other.fingerprint)?;
    Some(
        Finding::new(
            Code::DuplicateBlock,
            format!("two different blocks at this address: {field} differs between {} and {}", lead.path, other.path),
        )
        .at(&lead.address)
        .field(field)
        .source(&other.path, Some(other.offset))
        .values(
            format!("{}: blockHash {}", other.path, show(other.fingerprint.block_hash)),
            format!("{}: blockHash {}", lead.path, show(lead.fingerprint.block_hash)),
        )
        .remedy("at least one of the two is not what QLDB wrote: verify each file alone against a trusted digest"),
    )
}

/// A block whose `previousBlockHash` is not the hash of the block before it.
pub(super) fn broken_link(block: &CheckedBlock, before: &Segment, wrong: bool) -> Finding {
    let number = block.address.sequence_no.saturating_sub(1);
    let (message, ours) = match wrong {
        true => (
            format!("previousBlockHash is not the hash of block {number}"),
            before.last_hash,
        ),
        false => (
            format!("previousBlockHash is not the blockHash recorded in block {number}, though it is what that block recomputes to"),
            before.last_recorded,
        ),
    };
    Finding::new(Code::ChainLink, message)
        .at(&block.address)
        .field("previousBlockHash")
        .source(&block.path, Some(block.previous.offset))
        .values(show(block.previous.hash), show(ours))
        .remedy(
            "at least one of the two blocks is not what QLDB wrote: compare both with another copy",
        )
}

/// A block whose time lies before that of the block before it.
pub(super) fn time_order(block: &CheckedBlock, before: Time) -> Finding {
    Finding::new(
        Code::TimeOrder,
        "blockTimestamp lies before that of the preceding block",
    )
    .at(&block.address)
    .field("blockTimestamp")
    .source(&block.path, Some(block.timestamp.1))
    .values(block.timestamp.0.to_string(), before.to_string())
    .remedy("no hash covers blockTimestamp; clocks may step, so this alone proves nothing")
}

fn show(hash: Option<Hash>) -> String {
    hash.map_or_else(|| "not a hash".to_owned(), |hash| hash.to_string())
}
