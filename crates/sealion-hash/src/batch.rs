//! Messages as the kernels read them: padded, and of equal length within one call.

use crate::kernel::Messages;
use crate::stream::{last_blocks, BLOCK};
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

/// How many messages of any length are sorted by their number of blocks at once. Their last
/// blocks, padded, take 128 bytes of stack each.
const GROUP: usize = 64;

/// A message that is not padded, and the blocks that end it.
#[derive(Clone, Copy)]
struct Loose<'a> {
    whole: &'a [[u8; BLOCK]],
    last: [[u8; BLOCK]; 2],
    blocks: usize,
}

impl<'a> Loose<'a> {
    const EMPTY: Loose<'static> = Loose {
        whole: &[],
        last: [[0; BLOCK]; 2],
        blocks: 0,
    };

    fn new(message: &'a [u8]) -> Loose<'a> {
        let (whole, rest) = message.as_chunks::<BLOCK>();
        let (last, count) = last_blocks(rest, message.len() as u64);
        Loose {
            whole,
            last,
            blocks: whole.len() + count,
        }
    }
}

/// Messages of equal numbers of blocks, each somewhere else in memory.
pub(crate) struct Scattered<'a> {
    messages: &'a [Loose<'a>; GROUP],
    /// Which of them, in the order of their hashes.
    order: &'a [u8],
    blocks_each: usize,
}

impl Messages for Scattered<'_> {
    fn blocks_each(&self) -> usize {
        self.blocks_each
    }

    #[inline(always)]
    fn block(&self, index: usize, block: usize) -> &[u8; BLOCK] {
        let message = &self.messages[usize::from(self.order[index])];
        match message.whole.get(block) {
            Some(whole) => whole,
            None => &message.last[block - message.whole.len()],
        }
    }
}

/// Hashes messages of any length: `hash` is called with messages of equal numbers of blocks, and
/// must fill its second argument with their hashes.
pub(crate) fn ragged<'a>(
    messages: &[&'a [u8]],
    out: &mut [Hash],
    mut hash: impl FnMut(&Scattered<'_>, &mut [Hash]),
) {
    for (messages, out) in messages.chunks(GROUP).zip(out.chunks_mut(GROUP)) {
        let mut loose: [Loose<'a>; GROUP] = [Loose::EMPTY; GROUP];
        let mut order: [u8; GROUP] = core::array::from_fn(|index| index as u8);
        for (loose, message) in loose.iter_mut().zip(messages) {
            *loose = Loose::new(message);
        }
        let order = &mut order[..messages.len()];
        order.sort_unstable_by_key(|&index| loose[usize::from(index)].blocks);

        let mut hashes = [Hash::ZERO; GROUP];
        let same_blocks =
            |a: &u8, b: &u8| loose[usize::from(*a)].blocks == loose[usize::from(*b)].blocks;
        for order in order.chunk_by(same_blocks) {
            let blocks_each = loose[usize::from(order[0])].blocks;
            let hashes = &mut hashes[..order.len()];
            hash(
                &Scattered {
                    messages: &loose,
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
