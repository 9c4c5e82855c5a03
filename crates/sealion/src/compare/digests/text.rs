//! The comparison for a person: the answer, what it rests on, then every pair.

use std::fmt;
use std::sync::Arc;

use super::{Clash, ComparedDigest, DigestComparison, Pair, SetAside, Statement, StrandDigests};
use crate::escape::Lines;
use crate::report::Safe;
use crate::Verdict;

/// Pairs and digests of a strand, files of a list and things set aside that are
/// printed. The JSON form has all.
const PRINTED_MAX: usize = 40;

/// What every answer rests on.
const BASIS: &str = "\
This rests on the tips and addresses that the files name, which no hash covers, and on no trust:
whoever makes up one digest can make up others that fit it, and a forged file contradicts genuine
ones. To verify something, use `sealion verify` with a digest that was kept elsewhere.
";

impl fmt::Display for DigestComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = &mut Lines::new(f);
        writeln!(f, "{}", self.answer())?;
        f.own(BASIS)?;
        f.own("\n")?;
        for strand in &self.strands {
            write_strand(f, strand)?;
        }
        // What no pair shows.
        if self.first_clash().is_none() && !self.contradictions.is_empty() {
            writeln!(f, "\ncontradictions")?;
            for one in self.contradictions.iter().take(PRINTED_MAX) {
                writeln!(f, "  {}: {}", Safe(&one.path), Safe(&one.message))?;
            }
            more(f, self.contradictions.len())?;
        }
        if !self.set_aside.is_empty() {
            writeln!(f, "\nnot used")?;
            // What matters first.
            let (damaged, other): (Vec<_>, Vec<_>) =
                self.set_aside.iter().partition(|one| one.damaged);
            let all = damaged.into_iter().chain(other);
            for SetAside { path, why, .. } in all.take(PRINTED_MAX) {
                writeln!(f, "  {}: {}", Safe(path), Safe(why))?;
            }
            more(f, self.set_aside.len())?;
        }
        Ok(())
    }
}

impl DigestComparison {
    /// The first pair of digests that contradict one another.
    fn first_clash(&self) -> Option<(&StrandDigests, &Pair, &Clash)> {
        let mut pairs = self
            .strands
            .iter()
            .flat_map(|strand| strand.pairs.iter().map(move |pair| (strand, pair)));
        pairs.find_map(|(strand, pair)| match &pair.statement {
            Statement::Contradiction(clash) => Some((strand, pair, &**clash)),
            _ => None,
        })
    }

    /// The first line: the answer in a sentence.
    fn answer(&self) -> String {
        let pairs = || {
            self.strands
                .iter()
                .flat_map(|strand| strand.pairs.iter().map(move |pair| (strand, pair)))
        };
        let clash = self.first_clash();
        let open = pairs()
            .filter(|(_, pair)| matches!(pair.statement, Statement::NoStatement { .. }))
            .count();
        let total = pairs().count();
        let damaged = self.set_aside.iter().filter(|one| one.damaged).count();
        match (self.verdict, clash) {
            (Verdict::Failed, Some((strand, pair, clash))) => format!(
                "CONTRADICTION: {} and {} cannot both be of one journal: {}.",
                named(&strand.digests[pair.older]),
                named(&strand.digests[pair.newer]),
                clash_words(clash)
            ),
            (Verdict::Failed, None) => "CONTRADICTION: what the files say of one journal cannot all be true.".to_owned(),
            (Verdict::Consistent, _) if total == 0 => "CONSISTENT: all files hold the same digest.".to_owned(),
            (Verdict::Consistent, _) => format!("CONSISTENT: all {} digests can be of one journal: each is the head of every later one.", self.strands.iter().map(|strand| strand.digests.len()).sum::<usize>()),
            _ if open > 0 => format!("UNDECIDED: nothing here contradicts, but for {open} of {total} pairs of digests these files do not tell."),
            _ if damaged > 0 => format!("UNDECIDED: what could be used agrees, but some files could not be ({damaged} remarks below)."),
            _ => "UNDECIDED: there are no two digests of one strand to compare.".to_owned(),
        }
    }
}

fn named(digest: &ComparedDigest) -> String {
    format!(
        "the digest at tip {} ({})",
        digest.sequence_no,
        list(&digest.sources)
    )
}

fn clash_words(clash: &Clash) -> String {
    if clash.older.hash == clash.newer.hash {
        return "one hash cannot be the digest at two tips".to_owned();
    }
    let Clash { first, last, .. } = clash;
    match first == last {
        true => format!("they have different hashes for block {first}"),
        false => format!("they have different hashes for blocks {first}–{last}"),
    }
}

fn list(files: &[Arc<str>]) -> String {
    let mut words: Vec<String> = files
        .iter()
        .take(PRINTED_MAX)
        .map(|file| Safe(file).to_string())
        .collect();
    match files.len().saturating_sub(PRINTED_MAX) {
        0 => {}
        more => words.push(format!("and {more} more")),
    }
    words.join(", ")
}

fn more(f: &mut Lines<'_>, total: usize) -> fmt::Result {
    match total.saturating_sub(PRINTED_MAX) {
        0 => Ok(()),
        more => writeln!(f, "  … and {more} more; --output json has them"),
    }
}

fn write_strand(f: &mut Lines<'_>, strand: &StrandDigests) -> fmt::Result {
    writeln!(f, "  strand         {}", Safe(strand.strand_id.as_str()))?;
    for digest in strand.digests.iter().take(PRINTED_MAX) {
        writeln!(
            f,
            "  digest         {}@{} from {}",
            digest.digest,
            digest.sequence_no,
            list(&digest.sources)
        )?;
    }
    more(f, strand.digests.len())?;
    // The gravest first.
    let rank = |pair: &&Pair| match pair.statement {
        Statement::Contradiction(_) => 0,
        Statement::NoStatement { .. } => 1,
        Statement::Consistent { .. } => 2,
    };
    let mut pairs: Vec<&Pair> = strand.pairs.iter().collect();
    pairs.sort_by_key(rank);
    for pair in pairs.into_iter().take(PRINTED_MAX) {
        let [older, newer] =
            [pair.older, pair.newer].map(|index| strand.digests[index].sequence_no);
        write_pair(f, &pair.statement, older, newer)?;
    }
    more(f, strand.pairs.len())
}

fn write_pair(f: &mut Lines<'_>, statement: &Statement, older: u64, newer: u64) -> fmt::Result {
    match statement {
        Statement::Consistent { files } => {
            writeln!(f, "\nconsistent       tips {older} and {newer}: what lies under the older digest lies under the newer one")?;
            writeln!(f, "  shown by       {}", list(files))
        }
        Statement::Contradiction(clash) => {
            writeln!(
                f,
                "\ncontradiction    tips {older} and {newer}: {}",
                clash_words(clash)
            )?;
            for side in [&clash.older, &clash.newer] {
                writeln!(f, "  given          {} by {}", side.hash, list(&side.files))?;
            }
            Ok(())
        }
        Statement::NoStatement {
            alike,
            files,
            settle,
        } => {
            writeln!(
                f,
                "\nno statement     tips {older} and {newer}: these files do not decide it"
            )?;
            if !alike.is_empty() {
                let runs =
                    alike
                        .iter()
                        .take(PRINTED_MAX)
                        .map(|[first, last]| match first == last {
                            true => first.to_string(),
                            false => format!("{first}–{last}"),
                        });
                let runs = runs.collect::<Vec<_>>().join(", ");
                writeln!(
                    f,
                    "  they agree     on the tree over blocks {runs}, by {}",
                    list(files)
                )?;
            }
            writeln!(f, "  would settle   {}", Safe(settle))
        }
    }
}
