//! A proof: the hashes that lead from a leaf to a digest.

use super::Hash;

/// A QLDB proof: hashes of 32 bytes from the leaf up, without left/right marks
/// (the pair hash `dot` sorts its operands).
///
/// Folding a leaf with a proof shows that the leaf is *under* the result, not
/// where: position is only bound as far as the number of hashes fits it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Proof(pub Vec<Hash>);

impl Proof {
    /// The root that `leaf` and this proof give: `dot` over all hashes in order.
    pub fn fold(&self, leaf: &Hash) -> Hash {
        let mut node = leaf.0;
        for sibling in &self.0 {
            node = sealion_reference::dot(&node, &sibling.0);
        }
        Hash(node)
    }

    /// The number of hashes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none: right only for the one block of a one-block journal.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
