//! Which blocks a copy has, and which of them both have.

use std::collections::{BTreeMap, BTreeSet};

use crate::blocks::block::RedactionOrder;
use crate::blocks::StrandId;
use crate::findings::CheckedBlock;
use crate::merkle::{first_difference, Index, Range, Tree as _};
use crate::verify::Watcher;

/// First and last.
pub(super) type Run = (u64, u64);

/// Document and version of a revision that a block orders to redact, and its block.
pub(super) type Order = (String, u64, u64);

/// The blocks of one copy, by strand: runs without a gap, each with its tree.
#[derive(Default)]
pub(super) struct Runs {
    pub(super) strands: BTreeMap<StrandId, Vec<Index>>,
    /// What its blocks order to redact.
    pub(super) orders: BTreeSet<Order>,
}

impl Watcher for Runs {
    fn start(&mut self) {
        self.strands.clear();
        self.orders.clear();
    }

    fn block(&mut self, block: &CheckedBlock) {
        let sequence_no = block.address.sequence_no;
        let order = |order: &RedactionOrder| {
            let id = order.document_id.to_string();
            (id, order.version, order.address.sequence_no)
        };
        self.orders.extend(block.redactions.iter().map(order));
        // A block without a hash parts a run: nothing can be said of its leaf.
        let Some(hash) = block.hash else { return };
        let runs = self.strands.entry(block.address.strand_id.clone());
        let runs = runs.or_default();
        if runs.last().is_none_or(|run| run.leaves() != sequence_no) {
            runs.push(Index::on_top_of(Range::starting_at(sequence_no)));
        }
        if let Some(run) = runs.last_mut() {
            run.append(hash);
        }
    }
}

impl Runs {
    pub(super) fn of(&self, strand_id: &StrandId) -> &[Index] {
        self.strands.get(strand_id).map_or(&[], Vec::as_slice)
    }

    /// Those of `asked` blocks of one strand, or of all.
    pub(super) fn told(&self, strand_id: Option<&StrandId>, asked: Run) -> Vec<Run> {
        let strands = self.strands.iter();
        let own = strands.filter(|(id, _)| strand_id.is_none_or(|own| own == *id));
        let runs = own.flat_map(|(_, runs)| runs);
        let runs = runs.map(|run| (run.begin(), run.leaves() - 1));
        runs.filter_map(|run| overlap(run, asked)).collect()
    }
}

fn overlap(a: Run, b: Run) -> Option<Run> {
    let both = (a.0.max(b.0), a.1.min(b.1));
    (both.0 <= both.1).then_some(both)
}

/// What of `runs` is in none of `others`; both rise.
pub(super) fn apart(runs: &[Run], others: &[Run]) -> Vec<Run> {
    let mut left = Vec::new();
    for &run in runs {
        // What of the run was not looked at yet.
        let mut rest = Some(run);
        for both in others.iter().filter_map(|other| overlap(run, *other)) {
            let Some((first, last)) = rest else { break };
            if first < both.0 {
                left.push((first, both.0 - 1));
            }
            let next = both.1.checked_add(1).filter(|next| *next <= last);
            rest = next.map(|next| (next, last));
        }
        left.extend(rest);
    }
    left
}

/// Runs of blocks that both have; both rise.
pub(super) fn common(first: &[Run], second: &[Run]) -> Vec<Run> {
    let (mut a, mut b) = (first.iter().peekable(), second.iter().peekable());
    let mut common = Vec::new();
    while let (Some(one), Some(other)) = (a.peek(), b.peek()) {
        common.extend(overlap(**one, **other));
        if one.1 <= other.1 {
            a.next();
        } else {
            b.next();
        }
    }
    common
}

pub(super) fn first_other_hash(first: &[Index], second: &[Index], common: &[Run]) -> Option<u64> {
    common.iter().find_map(|&(begin, last)| {
        let holds = |run: &&Index| run.begin() <= begin && run.leaves() > last;
        let (a, b) = (first.iter().find(holds)?, second.iter().find(holds)?);
        // Both keep all nodes of the run.
        first_difference(a, b, begin, last + 1).ok().flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_both_and_in_one_alone_is_all_there_is() {
        let set =
            |runs: &[Run]| -> BTreeSet<u64> { runs.iter().flat_map(|run| run.0..=run.1).collect() };
        // Every two sets of six numbers.
        let of_bits = |bits: u32| -> Vec<Run> {
            let mut runs: Vec<Run> = Vec::new();
            for number in (0..6).filter(|number| bits >> number & 1 == 1) {
                match runs.last_mut().filter(|run| run.1 + 1 == number) {
                    Some(run) => run.1 = number,
                    None => runs.push((number, number)),
                }
            }
            runs
        };
        for (a, b) in (0..64).flat_map(|a| (0..64).map(move |b| (a, b))) {
            let (a, b) = (of_bits(a), of_bits(b));
            let both = common(&a, &b);
            assert_eq!(set(&both), &set(&a) & &set(&b));
            assert_eq!(set(&apart(&a, &both)), &set(&a) - &set(&b));
        }
        assert_eq!(apart(&[(3, u64::MAX)], &[(5, u64::MAX)]), [(3, 4)]);
    }
}
