//! The tree arithmetic of many blocks at once: every level of every tree, and
//! every pair that waits for nothing, in one batch of pair hashes.

use sealion_hash::dot_many;

use crate::blocks::block::{Block, BlockContent};
use crate::blocks::claim::RecordedHash;
use crate::blocks::Hash;
use crate::hashes::{revision_operands, BlockHashes};

/// Makes the hashes of blocks, and keeps the memory that it takes.
#[derive(Default)]
pub(crate) struct Batched {
    made: Vec<BlockHashes>,
    pairs: Vec<[Hash; 2]>,
    goals: Vec<Goal>,
    /// The nodes of all trees, one tree after the other.
    nodes: Vec<Hash>,
    trees: Vec<Tree>,
    out: Vec<Hash>,
}

/// A tree that is being folded: its nodes are `nodes[start..start + length]`.
struct Tree {
    goal: Goal,
    start: usize,
    length: usize,
}

/// Where a result belongs.
#[derive(Clone, Copy)]
enum Goal {
    Revision(usize, usize),
    FromRecorded(usize),
    RevisionsRoot(usize),
    EntriesRoot(usize),
}

impl Goal {
    fn set(self, made: &mut [BlockHashes], hash: Hash) {
        match self {
            Goal::Revision(block, number) => made[block].revisions[number] = Some(hash),
            Goal::FromRecorded(block) => made[block].from_recorded = Some(hash),
            Goal::RevisionsRoot(block) => made[block].revisions_root = Some(hash),
            Goal::EntriesRoot(block) => made[block].entries_root = Some(hash),
        }
    }
}

impl Batched {
    /// What [`BlockHashes::of`] makes of each block, made together.
    pub(crate) fn hashes_of(
        &mut self,
        blocks: &[Block],
        contents: &[BlockContent],
    ) -> &[BlockHashes] {
        self.made.resize_with(blocks.len(), BlockHashes::default);
        for (index, (block, content)) in blocks.iter().zip(contents).enumerate() {
            self.ask(index, block, content);
        }
        self.run();
        self.fold();
        for (made, block) in self.made.iter_mut().zip(blocks) {
            made.leaf = match made.entries_root == block.entries_hash.hash {
                true => made.from_recorded,
                // Only a tampered block comes here: one at a time will do.
                false => BlockHashes::leaf_of(block, made.entries_root),
            };
        }
        &self.made
    }

    /// Takes in the pairs and trees of one block.
    fn ask(&mut self, index: usize, block: &Block, content: &BlockContent) {
        let made = &mut self.made[index];
        let mut revisions = std::mem::take(&mut made.revisions);
        revisions.clear();
        revisions.resize(block.revisions.len(), None);
        *made = BlockHashes {
            revisions,
            ..BlockHashes::default()
        };
        match (block.entries_hash.hash, block.usable_previous()) {
            (Some(entries), Some(Some(previous))) => {
                self.pair(entries, previous, Goal::FromRecorded(index));
            }
            (Some(entries), Some(None)) => made.from_recorded = Some(entries),
            _ => {}
        }
        let both = block.revisions.iter().zip(&content.revisions);
        for (number, (revision, content)) in both.enumerate() {
            if let Some((data, metadata)) = revision_operands(revision, content) {
                self.pair(data, metadata, Goal::Revision(index, number));
            }
        }
        let recorded = block.revisions.iter().map(|revision| &revision.hash);
        self.tree(Goal::RevisionsRoot(index), recorded);
        self.tree(Goal::EntriesRoot(index), &block.entries);
    }

    fn pair(&mut self, a: Hash, b: Hash, goal: Goal) {
        self.pairs.push([a, b]);
        self.goals.push(goal);
    }

    /// Takes in a tree, if all its leaves are hashes.
    fn tree<'h>(&mut self, goal: Goal, leaves: impl IntoIterator<Item = &'h RecordedHash>) {
        let start = self.nodes.len();
        for leaf in leaves {
            match leaf.hash {
                Some(hash) => self.nodes.push(hash),
                None => return self.nodes.truncate(start),
            }
        }
        let length = self.nodes.len() - start;
        self.trees.push(Tree {
            goal,
            start,
            length,
        });
    }

    fn run(&mut self) {
        self.out.resize(self.pairs.len(), Hash::ZERO);
        dot_many(&self.pairs, &mut self.out);
        for (goal, hash) in self.goals.iter().zip(&self.out) {
            goal.set(&mut self.made, *hash);
        }
        self.goals.clear();
    }

    /// Folds all trees side by side, a level of each at a time.
    fn fold(&mut self) {
        while !self.trees.is_empty() {
            self.pairs.clear();
            self.trees.retain(|tree| {
                let nodes = &self.nodes[tree.start..][..tree.length];
                if let [root] = nodes {
                    tree.goal.set(&mut self.made, *root);
                }
                let (pairs, _) = nodes.as_chunks::<2>();
                self.pairs.extend_from_slice(pairs);
                nodes.len() > 1
            });
            self.out.resize(self.pairs.len(), Hash::ZERO);
            dot_many(&self.pairs, &mut self.out);
            let mut done = &self.out[..];
            for tree in &mut self.trees {
                let nodes = &mut self.nodes[tree.start..][..tree.length];
                let (parents, rest) = done.split_at(tree.length / 2);
                if tree.length % 2 == 1 {
                    nodes[parents.len()] = nodes[tree.length - 1];
                }
                nodes[..parents.len()].copy_from_slice(parents);
                tree.length = tree.length.div_ceil(2);
                done = rest;
            }
        }
        self.pairs.clear();
        self.nodes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_trees_at_once_are_the_trees_one_by_one() {
        let leaf = |i: usize| Hash(sealion_reference::sha256(&i.to_be_bytes()));
        let leaves: Vec<Vec<Hash>> = (0..40)
            .map(|n| (0..n).map(|i| leaf(i * n)).collect())
            .collect();
        let mut batched = Batched::default();
        for _ in 0..2 {
            batched.made = vec![BlockHashes::default(); leaves.len()];
            for (index, leaves) in leaves.iter().enumerate() {
                let recorded: Vec<_> = leaves
                    .iter()
                    .map(|leaf| RecordedHash::of(&leaf.0, 0))
                    .collect();
                batched.tree(Goal::EntriesRoot(index), &recorded);
            }
            batched.fold();
            for (made, leaves) in batched.made.iter().zip(&leaves) {
                assert_eq!(made.entries_root, crate::hashes::root(leaves));
            }
        }
    }

    #[test]
    fn a_tree_with_a_leaf_that_is_no_hash_has_no_root() {
        let mut batched = Batched {
            made: vec![BlockHashes::default(); 2],
            ..Batched::default()
        };
        let (good, bad) = (RecordedHash::of(&[1; 32], 0), RecordedHash::of(&[1; 31], 0));
        batched.tree(Goal::EntriesRoot(0), &[good, bad, good]);
        batched.tree(Goal::EntriesRoot(1), &[good]);
        batched.fold();
        assert_eq!(batched.made[0].entries_root, None);
        assert_eq!(batched.made[1].entries_root, good.hash);
    }
}
