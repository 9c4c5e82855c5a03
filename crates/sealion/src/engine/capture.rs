//! Keeping the text of blocks that somebody wants to have, not only to check.

use std::collections::HashMap;
use std::sync::Arc;

use memchr::memmem;

use super::read_values;
use crate::blocks::compact;
use crate::blocks::read::{Node, Unfit};
use crate::findings::{Boxed, Captured, CheckedBlock};
use crate::source::{Encoding, Piece};

/// Says of a checked block whether its text is to be kept.
pub(crate) type Wanted = Arc<dyn Fn(&CheckedBlock) -> bool + Send + Sync>;

/// Gives the wanted among `blocks`, which were read from `piece`, their text. One
/// that cannot be written as text stays without.
pub(super) fn texts(piece: &Piece, blocks: &mut [Boxed], wanted: &Wanted) {
    let mut by_offset: HashMap<u64, &mut Boxed> = blocks
        .iter_mut()
        .filter(|block| wanted(block))
        .map(|block| (block.offset, block))
        .collect();
    if by_offset.is_empty() {
        return;
    }
    // Whatever the reader refuses was reported when the piece was checked.
    read_values(piece, |node| {
        if let Some(block) = by_offset.get_mut(&node.offset()) {
            block.captured = value_text(&node, &piece.bytes).ok().map(|text| {
                Box::new(Captured {
                    text,
                    recorded_tables: Vec::new(),
                })
            });
        }
    });
}

/// A value, found in `bytes`, as text that can be read by itself: as it was
/// written, or written anew from binary and from text with symbols of its own.
pub(crate) fn value_text(node: &Node<'_>, bytes: &[u8]) -> Result<String, Unfit> {
    let self_contained =
        Encoding::of(bytes) == Encoding::Text && memmem::find(bytes, b"$ion").is_none();
    if let Some(text) = node.written().filter(|_| self_contained) {
        return Ok(text.to_owned());
    }
    let text = compact(&node.element()?);
    text.ok_or_else(|| node.unfit_as("a value that can be written as text", "one that cannot"))
}
