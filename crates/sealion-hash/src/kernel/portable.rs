//! The plain kernel: one message after the other through sha2's block function, no unsafe code
//! here. (sha2 itself uses the processor's SHA instructions where it finds them.)

use super::Messages;
use crate::order::less;
use crate::stream::{hash_of_state, BLOCK, INITIAL};
use crate::Hash;

/// Carries `state` over `blocks`.
pub(crate) fn compress(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
    sha2::block_api::compress256(state, blocks);
}

/// The hashes of as many messages as `out` has room for, from message `start` on.
pub(crate) fn hash<M: Messages>(messages: &M, start: usize, out: &mut [Hash]) {
    for (index, out) in out.iter_mut().enumerate() {
        let mut state = INITIAL;
        for block in 0..messages.blocks_each() {
            compress(
                &mut state,
                core::slice::from_ref(messages.block(start + index, block)),
            );
        }
        *out = hash_of_state(&state);
    }
}

/// The padding of a 64-byte message: the mark, then its length in bits, 512.
const PADDING: [u8; BLOCK] = {
    let mut block = [0; BLOCK];
    block[0] = 0x80;
    block[62] = 2;
    block
};

/// The pair hash of each pair.
pub(crate) fn pairs(pairs: &[[Hash; 2]], out: &mut [Hash]) {
    for ([a, b], out) in pairs.iter().zip(out) {
        let (first, second) = if less(a, b) { (a, b) } else { (b, a) };
        let mut blocks = [[0; BLOCK], PADDING];
        blocks[0][..32].copy_from_slice(&first.0);
        blocks[0][32..].copy_from_slice(&second.0);
        let mut state = INITIAL;
        compress(&mut state, &blocks);
        *out = hash_of_state(&state);
    }
}
