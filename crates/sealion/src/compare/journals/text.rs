//! The comparison for a person.

use std::fmt;

use super::{Difference, DifferenceKind, JournalComparison, Outcome};
use crate::escape::Lines;
use crate::report::Safe;

/// Differences that the text lists; JSON has more.
const SHOWN_MAX: usize = 20;

impl fmt::Display for JournalComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = &mut Lines::new(f);
        writeln!(f, "{}", self.headline())?;
        if !self.common.is_empty() {
            writeln!(f, "Neither copy was trusted: this says whether they are the same, not which is genuine.")?;
        }
        writeln!(f)?;
        for (name, copy) in [("first", &self.first), ("second", &self.second)] {
            let runs = runs(&copy.blocks);
            writeln!(f, "  {name:<10}  blocks {runs}; by itself {}", copy.verdict)?;
        }
        if !self.common.is_empty() {
            writeln!(f, "  {:<10}  blocks {}", "in both", runs(&self.common))?;
        }
        if let Some(number) = self.first_other_hash {
            writeln!(f, "  {:<10}  block {number} is the first whose recomputed hash is not the same in both", "parting")?;
        }
        for (kind, total) in &self.totals {
            writeln!(f, "  {:<10}  {}", total, kind.words())?;
        }
        if self.json_in_one > 0 {
            writeln!(f, "  {:<10}  revisions that are JSON in one copy and Ion in the other: their hashes were compared, their data as far as it recomputes", self.json_in_one)?;
        }
        self.list(f)
    }
}

impl JournalComparison {
    fn headline(&self) -> String {
        let strand = match &self.strand_id {
            Some(strand_id) => format!(" of strand {}", Safe(strand_id.as_str())),
            None => String::new(),
        };
        match self.outcome {
            Outcome::Undecided if !self.common.is_empty() => format!(
                "UNDECIDED: what could be read of blocks {}{strand} is the same in both copies, but not all could be read: {}",
                runs(&self.common),
                Safe(self.reason.as_deref().unwrap_or_default()),
            ),
            Outcome::Undecided => format!(
                "UNDECIDED: the two copies cannot be compared: {}",
                Safe(
                    self.reason
                        .as_deref()
                        .unwrap_or("nothing in them is of one journal")
                )
            ),
            Outcome::Same => format!(
                "SAME: everything that both copies have of blocks {}{strand} is the same.",
                runs(&self.common)
            ),
            Outcome::Different => match self.first_grave() {
                Some(found) => format!("DIFFERENT{strand} at {}", place(found)),
                None => format!("DIFFERENT{strand}"),
            },
        }
    }

    fn first_grave(&self) -> Option<&Difference> {
        self.differences.iter().find(|one| one.kind.is_grave())
    }

    fn list(&self, f: &mut Lines<'_>) -> fmt::Result {
        if self.differences.is_empty() {
            return Ok(());
        }
        writeln!(f, "\ndifferences, in the order of the journal\n")?;
        for found in self.differences.iter().take(SHOWN_MAX) {
            writeln!(f, "{} at {}", found.kind.as_str(), place(found))?;
            writeln!(f, "  {:<10}  {}", "first", Safe(&found.first))?;
            writeln!(f, "  {:<10}  {}", "second", Safe(&found.second))?;
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
            DifferenceKind::Covered => "differences in what hashes cover: one of the two is not what QLDB wrote",
            DifferenceKind::NotCovered => "differences in what no hash covers: one of the two was changed, and hashes do not tell which",
            DifferenceKind::RedactedInFirst => "revisions redacted in the first, with their data in the second; both give the same hashes",
            DifferenceKind::RedactedInSecond => "revisions redacted in the second, with their data in the first; both give the same hashes",
            DifferenceKind::LeftOutInFirst => "things that the first leaves out and the second has; no hash shows it",
            DifferenceKind::LeftOutInSecond => "things that the second leaves out and the first has; no hash shows it",
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
