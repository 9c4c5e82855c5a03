//! What the number and the order of a proof's hashes tell: whether they can be those of
//! its address and tip (RFC 6962, section 2.1.1).

use crate::blocks::{Hash, Proof};
use crate::merkle::siblings;
use crate::words::counted;

/// How many hashes of a proof lie below the block's leaf.
#[derive(Clone, Copy)]
pub(crate) enum InBlock {
    /// None: it is a block's. And the hash that the block names as that of the block
    /// before it.
    None(Option<Hash>),
    Exactly(usize),
    AtLeast(usize),
}

pub(crate) enum Misshape {
    TipUnknown,
    Wrong(String),
}

/// Whether a proof of this many hashes can be that of block `index`, or of a revision
/// in it, for a digest at `tip`, and whether an odd block's first sibling, and no even
/// block's, is the block before it. Gives the number of hashes in the block.
pub(crate) fn proof_shape(
    index: u64,
    proof: &Proof,
    in_block: InBlock,
    tip: Option<u64>,
) -> Result<usize, Misshape> {
    let tip = tip.ok_or(Misshape::TipUnknown)?;
    let leaves = tip
        .checked_add(1)
        .ok_or_else(|| Misshape::Wrong("the tip is larger than any journal".to_owned()))?;
    let in_tree = siblings(index, leaves)
        .ok_or_else(|| Misshape::Wrong(format!("the block lies after the tip {tip}")))?;
    let found = proof.len();
    let fits = match in_block {
        InBlock::None(_) => found == in_tree,
        InBlock::Exactly(count) => found == count + in_tree,
        InBlock::AtLeast(count) => found >= count + in_tree,
    };
    if !fits {
        let expected = match in_block {
            InBlock::None(_) => in_tree.to_string(),
            InBlock::Exactly(count) => format!("{count} in the block and {in_tree} above it"),
            InBlock::AtLeast(count) => {
                format!("at least {count} in the block and {in_tree} above it")
            }
        };
        return Err(Misshape::Wrong(format!(
            "found {}, expected {expected}",
            counted(found, "hash", "hashes")
        )));
    }
    let within = found - in_tree;
    // Nobody outside AWS knows what block 0 has for the block before it.
    let previous = match in_block {
        InBlock::None(previous) => previous,
        _ => within.checked_sub(1).map(|last| proof.0[last]),
    };
    let previous = previous.filter(|_| index > 0);
    let twice = previous == proof.0.get(within).copied();
    if previous.is_some() && twice != (index % 2 == 1) {
        let why = match twice {
            false => "the first sibling of an odd block is the block before it, and must equal the previous block hash",
            true => "the first sibling of an even block is never the block before it, and cannot equal the previous block hash",
        };
        return Err(Misshape::Wrong(why.to_owned()));
    }
    Ok(within)
}
