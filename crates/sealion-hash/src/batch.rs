//! Messages as the kernels read them: padded, and of equal length within one call.

use crate::kernel::Messages;
use crate::stream::{write_last_blocks, BLOCK};
use crate::Hash;

/// Padded messages end to end, read in place.
pub(crate) struct Arena<'a> {
    blocks: &'a [[u8; BLOCK]],
    blocks_each: usize,
}

impl<'a> Arena<'a> {
    /// `count` messages of `blocks_each` blocks, at least one; `blocks` has no more and no fewer.
    pub(crate) fn new(blocks: &'a [[u8; BLOCK]], blocks_each: usize, count: usize) -> Arena<'a> {
        assert!(blocks_each > 0, "a padded message has a block");
        let wanted = blocks_each.checked_mul(count);
        assert_eq!(
            Some(blocks.len()),
            wanted,
            "{blocks_each} blocks for each of {count} hashes"
        );
        Arena {
            blocks,
            blocks_each,
        }
    }
}

impl Messages for Arena<'_> {
    fn blocks_each(&self) -> usize {
        self.blocks_each
    }

    #[inline(always)]
    fn block(&self, index: usize, block: usize) -> &[u8; BLOCK] {
        &self.blocks[index * self.blocks_each + block]
    }
}

/// Padded messages of equal length anywhere in one run of blocks, read in place.
pub(crate) struct Placed<'a> {
    blocks: &'a [[u8; BLOCK]],
    starts: &'a [usize],
    blocks_each: usize,
}

impl<'a> Placed<'a> {
    /// Messages of `blocks_each` blocks, at least one, that begin at `starts`.
    pub(crate) fn new(
        blocks: &'a [[u8; BLOCK]],
        starts: &'a [usize],
        blocks_each: usize,
    ) -> Placed<'a> {
        assert!(blocks_each > 0, "a padded message has a block");
        Placed {
            blocks,
            starts,
            blocks_each,
        }
    }
}

impl Messages for Placed<'_> {
    fn blocks_each(&self) -> usize {
        self.blocks_each
    }

    #[inline(always)]
    fn block(&self, index: usize, block: usize) -> &[u8; BLOCK] {
        &self.blocks[self.starts[index] + block]
    }
}

/// How many messages of any length are sorted by their number of blocks at once: a multiple of
/// every backend's lanes. Their last blocks, padded, take 128 bytes of stack each.
const GROUP: usize = 96;

/// Messages of equal numbers of blocks, each somewhere else in memory and not padded there.
pub(crate) struct Scattered<'a> {
    /// A group of messages, and the padded blocks that end each of them.
    messages: &'a [&'a [u8]],
    last: &'a [[[u8; BLOCK]; 2]; GROUP],
    /// Which of the group, in the order of their hashes.
    order: &'a [u8],
    blocks_each: usize,
}

impl Messages for Scattered<'_> {
    fn blocks_each(&self) -> usize {
        self.blocks_each
    }

    #[inline(always)]
    fn block(&self, index: usize, block: usize) -> &[u8; BLOCK] {
        let index = usize::from(self.order[index]);
        let (whole, _) = self.messages[index].as_chunks();
        whole
            .get(block)
            .unwrap_or_else(|| &self.last[index][block - whole.len()])
    }
}

/// Hashes messages of any length: `hash` is called with messages of equal numbers of blocks, and
/// must fill its second argument with their hashes.
pub(crate) fn ragged(
    messages: &[&[u8]],
    out: &mut [Hash],
    mut hash: impl FnMut(&Scattered<'_>, &mut [Hash]),
) {
    for (messages, out) in messages.chunks(GROUP).zip(out.chunks_mut(GROUP)) {
        let mut last = [[[0; BLOCK]; 2]; GROUP];
        let mut blocks = [0; GROUP];
        for ((message, last), blocks) in messages.iter().zip(&mut last).zip(&mut blocks) {
            let (whole, rest) = message.as_chunks::<BLOCK>();
            *blocks = whole.len() + write_last_blocks(rest, message.len() as u64, last);
        }
        let mut order: [u8; GROUP] = core::array::from_fn(|index| index as u8);
        let order = &mut order[..messages.len()];
        let blocks_of = |index: &u8| blocks[usize::from(*index)];
        order.sort_unstable_by_key(blocks_of);

        let mut hashes = [Hash::ZERO; GROUP];
        for order in order.chunk_by(|a, b| blocks_of(a) == blocks_of(b)) {
            let blocks_each = blocks_of(&order[0]);
            let hashes = &mut hashes[..order.len()];
            hash(
                &Scattered {
                    messages,
                    last: &last,
                    order,
                    blocks_each,
                },
                hashes,
            );
            for (&index, hash) in order.iter().zip(hashes) {
                out[usize::from(index)] = *hash;
            }
        }
    }
}
