//! Keeping the text of blocks that somebody wants to have, not only to check.

use std::collections::HashMap;
use std::sync::Arc;

use super::read_values;
use crate::blocks::compact;
use crate::blocks::read::{Node, Unfit};
use crate::findings::{Boxed, Captured, CheckedBlock};
use crate::source::Piece;

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
            block.captured = value_text(&node, piece.by_itself).ok().map(|text| {
                Box::new(Captured {
                    text,
                    recorded_tables: Vec::new(),
                    of_summaries: Vec::new(),
                })
            });
        }
    });
}

/// A value as text that can be read by itself: as it was written, if that means the same wherever it stands
/// (`by_itself`), or else written anew.
pub(crate) fn value_text(node: &Node<'_>, by_itself: bool) -> Result<String, Unfit> {
    if let Some(text) = node.written().filter(|_| by_itself) {
        return Ok(text.to_owned());
    }
    let text = compact(&node.element()?);
    text.ok_or_else(|| node.unfit_as("a value that can be written as text", "one that cannot"))
}
