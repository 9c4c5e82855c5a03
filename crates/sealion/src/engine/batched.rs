//! The tree arithmetic of many blocks at once: every level of every tree, and
//! every pair that waits for nothing, in one batch of pair hashes.

use sealion_hash::dot_many;

use crate::blocks::block::{Block, BlockContent};
use crate::blocks::Hash;
use crate::hashes::{all, revision_operands, BlockHashes};

/// What [`BlockHashes::of`] makes of each block, made together.
pub(crate) fn hashes_of(blocks: &[(Block, BlockContent)]) -> Vec<BlockHashes> {
    let mut made: Vec<BlockHashes> = Vec::with_capacity(blocks.len());
    let mut pairs = Pairs::default();
    let mut trees = Vec::with_capacity(blocks.len());
    for (index, (block, content)) in blocks.iter().enumerate() {
        made.push(BlockHashes {
            revisions: vec![None; block.revisions.len()],
            ..BlockHashes::default()
        });
        let both = block.revisions.iter().zip(&content.revisions);
        for (number, (revision, content)) in both.enumerate() {
            if let Some((data, metadata)) = revision_operands(revision, content) {
                pairs.push(data, metadata, Goal::Revision(index, number));
            }
        }
        match (block.entries_hash.hash, block.usable_previous()) {
            (Some(entries), Some(Some(previous))) => {
                pairs.push(entries, previous, Goal::FromRecorded(index));
            }
            (Some(entries), Some(None)) => made[index].from_recorded = Some(entries),
            _ => {}
        }
        let recorded = block.revisions.iter().map(|revision| &revision.hash);
        trees.extend(all(recorded).map(|nodes| (Goal::RevisionsRoot(index), nodes)));
        trees.extend(all(&block.entries).map(|nodes| (Goal::EntriesRoot(index), nodes)));
    }
    pairs.run(&mut made);
    fold(trees, &mut made);
    for (made, (block, _)) in made.iter_mut().zip(blocks) {
        made.leaf = match made.entries_root == block.entries_hash.hash {
            true => made.from_recorded,
            // Only a tampered block comes here: one at a time will do.
            false => BlockHashes::leaf_of(block, made.entries_root),
        };
    }
    made
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

#[derive(Default)]
struct Pairs {
    pairs: Vec<[Hash; 2]>,
    goals: Vec<Goal>,
}

impl Pairs {
    fn push(&mut self, a: Hash, b: Hash, goal: Goal) {
        self.pairs.push([a, b]);
        self.goals.push(goal);
    }

    fn run(self, made: &mut [BlockHashes]) {
        let mut out = vec![Hash::ZERO; self.pairs.len()];
        dot_many(&self.pairs, &mut out);
        for (goal, hash) in self.goals.into_iter().zip(out) {
            goal.set(made, hash);
        }
    }
}

/// Folds many trees side by side, a level of all of them at a time.
fn fold(mut trees: Vec<(Goal, Vec<Hash>)>, made: &mut [BlockHashes]) {
    let mut pairs = Vec::new();
    let mut out = Vec::new();
    while !trees.is_empty() {
        pairs.clear();
        trees.retain(|(goal, nodes)| match nodes[..] {
            [] => false,
            [root] => {
                goal.set(made, root);
                false
            }
            _ => {
                pairs.extend(nodes.chunks_exact(2).map(|pair| [pair[0], pair[1]]));
                true
            }
        });
        out.resize(pairs.len(), Hash::ZERO);
        dot_many(&pairs, &mut out);
        let mut done = out.iter();
        for (_, nodes) in &mut trees {
            let last = (nodes.len() % 2 == 1).then(|| nodes[nodes.len() - 1]);
            let half = nodes.len() / 2;
            nodes.clear();
            nodes.extend(done.by_ref().take(half));
            nodes.extend(last);
        }
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
        let mut made = vec![BlockHashes::default(); leaves.len()];
        let trees = leaves.iter().enumerate();
        fold(
            trees
                .map(|(index, leaves)| (Goal::EntriesRoot(index), leaves.clone()))
                .collect(),
            &mut made,
        );
        for (made, leaves) in made.iter().zip(&leaves) {
            assert_eq!(made.entries_root, crate::hashes::root(leaves));
        }
    }
}
