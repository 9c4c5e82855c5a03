//! The order in which QLDB puts two hashes before it hashes them.
//!
//! Source: the Amazon QLDB Developer Guide's verification samples, whose comparator walks both
//! hashes from the last byte to the first and compares the first two that differ as signed bytes.

use crate::Hash;

/// Whether `a` stands before `b` when QLDB hashes the pair.
///
/// Bytes are compared as signed numbers, from the last (31) to the first (0); the first two that
/// differ decide. So `80` is the least byte and `7f` the greatest. Equal hashes are not less.
///
/// ```
/// use sealion_hash::{less, Hash};
///
/// let (mut a, mut b) = (Hash::ZERO, Hash::ZERO);
/// (a.0[31], b.0[31]) = (0x80, 0x7f);
/// assert!(less(&a, &b));
/// ```
pub fn less(a: &Hash, b: &Hash) -> bool {
    key(a) < key(b)
}

/// A number pair that orders as the hash does: the bytes reversed, and each XOR 80, which turns
/// the order of signed bytes into that of unsigned ones.
fn key(hash: &Hash) -> (u128, u128) {
    const SIGNS: u128 = u128::from_ne_bytes([0x80; 16]);
    let (low, high) = hash.0.split_at(16);
    let number = |half: &[u8]| {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(half);
        // Little endian: the last byte is the most significant one.
        u128::from_le_bytes(bytes) ^ SIGNS
    };
    (number(high), number(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule as the samples state it.
    fn less_by_definition(a: &Hash, b: &Hash) -> bool {
        for i in (0..32).rev() {
            if a.0[i] != b.0[i] {
                return (a.0[i] as i8) < (b.0[i] as i8);
            }
        }
        false
    }

    #[test]
    fn every_byte_place_and_sign_decides_as_defined() {
        let values = [0x00, 0x01, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff];
        for place in 0..32 {
            for (x, y) in values.iter().flat_map(|x| values.map(|y| (*x, y))) {
                // Lower bytes say the opposite, upper bytes tie.
                let mut a = Hash([0x55; 32]);
                let mut b = a;
                (a.0[place], b.0[place]) = (x, y);
                if place > 0 {
                    (a.0[place - 1], b.0[place - 1]) = (y, x);
                }
                assert_eq!(
                    less(&a, &b),
                    less_by_definition(&a, &b),
                    "{place} {x:02x} {y:02x}"
                );
            }
        }
    }
}
