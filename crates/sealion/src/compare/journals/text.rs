//! The comparison for a person.

use std::fmt;

use super::{Difference, DifferenceKind, JournalComparison, Outcome};
use crate::escape::Lines;
use crate::report::Safe;
use crate::words::counted;

/// Differences that the text lists; JSON has more.
const SHOWN_MAX: usize = 20;

impl fmt::Display for JournalComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = &mut Lines::new(f);
        writeln!(f, "{}", self.headline())?;
        if self.outcome == Outcome::Same && !self.whole {
            writeln!(f, "Of what only one of them has this says nothing.")?;
        }
        if !self.common.is_empty() {
            writeln!(f, "Neither copy was trusted: this says whether they are the same, not which is genuine.")?;
        }
        writeln!(f)?;
        for (name, copy) in [("first", &self.first), ("second", &self.second)] {
            let runs = runs(&copy.blocks);
            let failure = copy.failure.as_deref();
            let failure = failure.map_or_else(String::new, |why| format!(": {}", Safe(why)));
            writeln!(
                f,
                "  {name:<10}  blocks {runs}; by itself {}{failure}",
                copy.verdict
            )?;
        }
        if !self.common.is_empty() {
            writeln!(f, "  {:<10}  blocks {}", "in both", runs(&self.common))?;
        }
        if let Some(alone) = self.alone() {
            writeln!(f, "  {:<10}  {alone}", "in one")?;
        }
        self.counts(f)?;
        self.list(f)
    }
}

impl JournalComparison {
    fn headline(&self) -> String {
        let strand = match &self.strand_id {
            Some(strand_id) => format!(" of strand {}", Safe(strand_id.as_str())),
            None => String::new(),
        };
        let blocks = format!("blocks {}", runs(&self.common));
        let reason = Safe(
            self.reason
                .as_deref()
                .unwrap_or("nothing in them is of one journal"),
        );
        match self.outcome {
            Outcome::Undecided if !self.common.is_empty() => format!(
                "UNDECIDED: what could be compared of {blocks}{strand} is the same in both copies, but not all could be: {reason}"
            ),
            Outcome::Undecided => {
                format!("UNDECIDED: the two copies cannot be compared: {reason}")
            }
            Outcome::Same => match self.alone() {
                None => format!("SAME: {blocks}{strand}, all that there is in either copy, are the same in both."),
                Some(alone) => format!("SAME where both have it: {blocks}{strand}; {alone}."),
            },
            Outcome::Different if self.reason.is_some() => format!(
                "DIFFERENT{strand}: nothing differs in {blocks}, which both have, but {reason}"
            ),
            Outcome::Different => match (self.first_grave(), self.first_other_hash) {
                (Some(found), _) => format!("DIFFERENT{strand} at {}", place(found)),
                (None, Some(number)) => format!("DIFFERENT{strand} at block {number}: its hash"),
                (None, None) => format!("DIFFERENT{strand}"),
            },
        }
    }

    /// What one copy has and the other has not.
    fn alone(&self) -> Option<String> {
        let mut all = Vec::new();
        let compared = self.strand_id.is_some();
        let both = [("first", &self.first), ("second", &self.second)];
        for (name, copy) in both.into_iter().filter(|_| compared) {
            if !copy.only_here.is_empty() {
                let runs = runs(&copy.only_here);
                all.push(format!("only the {name} has blocks {runs}"));
            }
            if !copy.other_strands.is_empty() {
                let ids = copy.other_strands.iter();
                let ids: Vec<_> = ids.map(|id| Safe(id.as_str()).to_string()).collect();
                let ids = ids.join(", ");
                all.push(format!(
                    "only the {name} has strand {ids}, which was not compared"
                ));
            }
            if copy.beside > 0 {
                let beside = counted(copy.beside, "revision", "revisions");
                all.push(format!(
                    "the {name} has {beside} outside of its blocks, which were not compared"
                ));
            }
        }
        use DifferenceKind::{RedactedInFirst, RedactedInSecond};
        for (kind, has, not) in [
            (RedactedInFirst, "second", "first"),
            (RedactedInSecond, "first", "second"),
        ] {
            if let Some(total) = self.totals.get(&kind) {
                all.push(format!(
                    "only the {has} has the data of {total} revisions, which are redacted in the {not}"
                ));
            }
        }
        (!all.is_empty()).then(|| all.join("; "))
    }

    fn first_grave(&self) -> Option<&Difference> {
        self.differences.iter().find(|one| one.kind.is_grave())
    }

    fn counts(&self, f: &mut Lines<'_>) -> fmt::Result {
        if let Some(number) = self.first_other_hash {
            writeln!(f, "  {:<10}  block {number} is the first whose recomputed hash is not the same in both", "parting")?;
        }
        for (kind, total) in &self.totals {
            writeln!(f, "  {:<10}  {}", total, kind.words())?;
        }
        if self.json_in_one > 0 {
            writeln!(f, "  {:<10}  revisions that are JSON in one copy and Ion in the other: their hashes were compared, and their data as JSON, where types are lost", self.json_in_one)?;
        }
        Ok(())
    }

    fn list(&self, f: &mut Lines<'_>) -> fmt::Result {
        if self.differences.is_empty() {
            return Ok(());
        }
        writeln!(f, "\ndifferences, in the order of the journal\n")?;
        for found in self.differences.iter().take(SHOWN_MAX) {
            writeln!(f, "{} at {}", found.kind.as_str(), place(found))?;
            let within = matches!(
                found.kind,
                DifferenceKind::WithinFirst | DifferenceKind::WithinSecond
            );
            let [a, b] = match within {
                true => ["one", "another"],
                false => ["first", "second"],
            };
            writeln!(f, "  {a:<10}  {}", Safe(&found.first))?;
            writeln!(f, "  {b:<10}  {}", Safe(&found.second))?;
        }
        let total: u64 = self.totals.values().sum();
        match total.saturating_sub(SHOWN_MAX as u64) {
            0 => Ok(()),
            more => writeln!(
                f,
                "and {more} more; --output json lists up to 1000 of each kind"
            ),
        }
    }
}

impl DifferenceKind {
    fn words(self) -> &'static str {
        match self {
            DifferenceKind::Covered => "differences in what hashes cover: at least one of the two is not what QLDB wrote",
            DifferenceKind::NotCovered => "differences in what is not covered by hashes: at least one of the two is not as it was written, and hashes do not tell which",
            DifferenceKind::RedactedInFirst => "revisions redacted in the first, with their data in the second; both give the same hashes",
            DifferenceKind::RedactedInSecond => "revisions redacted in the second, with their data in the first; both give the same hashes",
            DifferenceKind::LeftOutInFirst => "things that the first leaves out and the second has: it was stripped, and no hash shows it",
            DifferenceKind::LeftOutInSecond => "things that the second leaves out and the first has: it was stripped, and no hash shows it",
            DifferenceKind::NotSeenInFirst => "revisions whose stream records did not come in the first",
            DifferenceKind::NotSeenInSecond => "revisions whose stream records did not come in the second",
            DifferenceKind::WithinFirst => "differences between copies of one block within the first: not both are what QLDB wrote",
            DifferenceKind::WithinSecond => "differences between copies of one block within the second: not both are what QLDB wrote",
        }
    }
}

fn place(found: &Difference) -> String {
    let document = match (&found.document_id, found.version) {
        (Some(id), Some(version)) => format!(", document {} version {version}", Safe(id)),
        (Some(id), None) => format!(", document {}", Safe(id)),
        (None, _) => String::new(),
    };
    format!(
        "block {}{document}: {}",
        found.sequence_no,
        Safe(&found.field)
    )
}

fn runs(runs: &[(u64, u64)]) -> String {
    let run = |(first, last): &(u64, u64)| match first == last {
        true => first.to_string(),
        false => format!("{first}–{last}"),
    };
    match runs {
        [] => "none".to_owned(),
        _ => runs.iter().map(run).collect::<Vec<_>>().join(", "),
    }
}
