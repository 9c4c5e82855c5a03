//! Runs of block numbers.

/// Runs of block numbers, first and last included: apart, and in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Runs(Vec<(u64, u64)>);

impl Runs {
    /// Adds runs, which may overlap in any way.
    pub(crate) fn add(&mut self, runs: impl IntoIterator<Item = (u64, u64)>) {
        let mut all = std::mem::take(&mut self.0);
        all.extend(runs);
        all.sort_unstable();
        for (first, last) in all {
            match self.0.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => self.0.push((first, last)),
            }
        }
    }

    pub(crate) fn all(&self) -> &[(u64, u64)] {
        &self.0
    }

    /// Whether a block is in one of them.
    pub(crate) fn covers(&self, sequence_no: u64) -> bool {
        self.cover(sequence_no, sequence_no)
    }

    /// Whether all blocks `first..=last` are in them.
    pub(crate) fn cover(&self, first: u64, last: u64) -> bool {
        let before = self.0.partition_point(|(begin, _)| *begin <= first);
        let run = before.checked_sub(1).map(|index| self.0[index]);
        run.is_some_and(|(_, end)| last <= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_touch_are_one_and_gaps_stay() {
        let mut runs = Runs::default();
        runs.add([(5, 7), (0, 2), (6, 9)]);
        runs.add([(3, 3), (12, u64::MAX)]);
        assert_eq!(runs.all(), [(0, 3), (5, 9), (12, u64::MAX)]);
        let covered: Vec<u64> = (0..14).filter(|n| runs.covers(*n)).collect();
        assert_eq!(covered, [0, 1, 2, 3, 5, 6, 7, 8, 9, 12, 13]);
        assert!(runs.cover(5, 9) && !runs.cover(3, 5) && !runs.cover(9, 10));
    }
}
