//! The leaves of a journal's tree as they come: block hashes from block 0 on.

use crate::blocks::Hash;
use crate::merkle::Range;

/// All leaves so far, as a compact range and a few that are not in it yet. Folded many
/// at a time, unless the plain rules alone are asked for.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(from = "Range", into = "Range")]
pub(super) struct Leaves {
    range: Range,
    waiting: Vec<Hash>,
    plain: bool,
}

/// Written as the range alone; whether hashing is plain, the reader knows.
impl From<Leaves> for Range {
    fn from(leaves: Leaves) -> Range {
        leaves.range()
    }
}

impl From<Range> for Leaves {
    fn from(range: Range) -> Leaves {
        Leaves::on_top_of(range, false)
    }
}

impl Leaves {
    /// No leaves. `plain`: every pair is hashed by itself, by the reference.
    pub(super) fn new(plain: bool) -> Leaves {
        Leaves {
            plain,
            ..Leaves::default()
        }
    }

    /// On top of the leaves in `range`, which starts at leaf 0.
    pub(super) fn on_top_of(range: Range, plain: bool) -> Leaves {
        Leaves {
            range,
            plain,
            ..Leaves::default()
        }
    }

    /// The same leaves, to be gone on with.
    pub(super) fn go_on(self, plain: bool) -> Leaves {
        Leaves::on_top_of(self.range(), plain)
    }

    pub(super) fn append(&mut self, leaf: Hash) {
        /// A power of two, so that what is folded is one perfect subtree.
        const AT_ONCE: usize = 1024;
        if self.plain {
            return self.range.append(leaf);
        }
        self.waiting.push(leaf);
        if self.waiting.len() == AT_ONCE {
            self.fold();
        }
    }

    fn fold(&mut self) {
        self.range.extend(&self.waiting);
        self.waiting.clear();
    }

    /// All leaves as a compact range.
    pub(super) fn range(&self) -> Range {
        let mut range = self.range.clone();
        range.extend(&self.waiting);
        range
    }

    /// The root over all leaves; `None` if there are none.
    pub(super) fn root(&self) -> Option<Hash> {
        match self.waiting.is_empty() {
            true => self.range.root(),
            false => self.range().root(),
        }
    }

    /// The same, for one who asks for it after every leaf.
    pub(super) fn root_of_each(&mut self) -> Option<Hash> {
        self.fold();
        self.range.root()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_the_same_however_leaves_are_folded() {
        let leaf = |i: u64| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        let (mut plain, mut many, mut each) =
            (Leaves::new(true), Leaves::new(false), Leaves::new(false));
        assert_eq!(many.root(), None);
        for i in 0..3_000 {
            for leaves in [&mut plain, &mut many, &mut each] {
                leaves.append(leaf(i));
            }
            let root = plain.root();
            assert_eq!(each.root_of_each(), root);
            if i % 7 == 0 || (1_020..1_030).contains(&i) {
                assert_eq!(many.root(), root, "{i}");
            }
        }
    }
}
