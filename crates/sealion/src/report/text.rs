//! The report for a person who must decide: the verdict first, then what it
//! rests on, what was asked and found, each finding, and what no hash covers.
//!
//! Names, statements and values come from the inputs, which may be hostile: they
//! are printed through [`Safe`], so that none of them can bury the rest of it; and
//! all lines are written by [`Lines`], so that none can move a terminal's cursor,
//! change its colours or fake a line of the report, even one that was forgotten.

mod proven;
mod safe;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::fmt;

use proven::{covered_by_trusted, on_your_word, proven};
pub(crate) use safe::Safe;
use words::{
    computed_from, document_words, found_words, gravity_of, input_words, joined_words, named,
    place, position_words, reached, revision_words, revisions_words, run, state_words,
    verdict_words, with_warnings,
};

use super::{Coverage, NotCovered, Report, State, Strand, Verdict};
use crate::escape::Lines;
use crate::findings::{Code, Finding, Severity};
use crate::words::counted;

/// Findings of each code, digests, inputs and runs of blocks that are printed
/// unless all are wanted: what fits on a few screens.
const PRINTED_MAX: usize = 20;

/// The width of the column of labels, in characters.
const LABEL_WIDTH: usize = 12;

type Paint<'a> = &'a dyn Fn(Option<Severity>, &str) -> String;

/// Plain text: no colour, at most 20 findings of each code.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_text(f, false, &|_, words| words.to_owned())
    }
}

impl Report {
    /// Writes the text form.
    ///
    /// With `verbose`, every input is listed, and every finding kept, not just
    /// the first 20 of each code. `paint` gets the few words that say how grave
    /// something is, with that severity (`None`: all is well), and returns them
    /// with colour or without. Everything else holds no control characters but
    /// line ends, whatever the inputs hold.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_text(
        &self,
        out: &mut dyn fmt::Write,
        verbose: bool,
        paint: &dyn Fn(Option<Severity>, &str) -> String,
    ) -> fmt::Result {
        let mut text = Text {
            report: self,
            out: Lines::new(out),
            printed_max: if verbose { usize::MAX } else { PRINTED_MAX },
            paint,
        };
        text.verdict()?;
        text.basis()?;
        text.asked_and_found()?;
        text.inputs(verbose)?;
        text.documents()?;
        text.checkpoint(verbose)?;
        text.findings()?;
        text.totals()?;
        text.not_covered(verbose)
    }
}

/// One writing of a report.
struct Text<'a> {
    report: &'a Report,
    out: Lines<'a>,
    printed_max: usize,
    paint: Paint<'a>,
}

impl Text<'_> {
    /// The verdict, where and why, and what such a verdict means and does not.
    fn verdict(&mut self) -> fmt::Result {
        let report = self.report;
        let (gravity, word, meaning) = verdict_words(report.verdict);
        let by_word = report.verdict == Verdict::Verified && on_your_word(report);
        let word = (self.paint)(
            gravity,
            if by_word {
                "VERIFIED ON YOUR WORD"
            } else {
                word
            },
        );
        let warned = with_warnings(report.warnings);
        let why = match report.verdict {
            Verdict::Verified => format!("{warned}: {}", covered_by_trusted(report)),
            Verdict::Consistent => {
                format!(
                    ", not verified{warned}: all hashes that can be recomputed agree, but no \
                     trusted digest was given."
                )
            }
            Verdict::Failed => self.first_of(Severity::Failure, " "),
            Verdict::Inconclusive => {
                self.first_of(Severity::Incomplete, ": nothing is known to be wrong, but ")
            }
        };
        self.out.own(&word)?;
        writeln!(self.out, "{why}")?;
        self.rests_on_checkpoint()?;
        if report.verdict == Verdict::Verified {
            for sentence in proven(report) {
                self.out.own(&sentence)?;
                self.out.own("\n")?;
            }
        }
        if report.warnings > 0 && report.verdict.exit_status() == 0 {
            writeln!(self.out, "Read the warnings before you rely on this.")?;
        }
        self.out.own(meaning)?;
        self.out.own("\n\n")
    }

    /// How much of it was not read now.
    fn rests_on_checkpoint(&mut self) -> fmt::Result {
        let checkpoint = self.report.checkpoint.as_ref();
        let Some(checkpoint) = checkpoint.filter(|one| one.resumed_after.is_some()) else {
            return Ok(());
        };
        let all: u64 = self.report.strands.iter().map(|one| one.blocks).sum();
        writeln!(
            self.out,
            "{} of {} not read now: of them it is what an interrupted run found, and left in {}.",
            checkpoint.blocks_from_it,
            match all {
                1 => "1 block was".to_owned(),
                _ => format!("these {all} blocks were"),
            },
            Safe(&checkpoint.path)
        )
    }

    /// `at block 5 of strand …: what was found`, after `lead`.
    fn first_of(&self, severity: Severity, lead: &str) -> String {
        let found = self.report.findings.iter().find(|f| f.severity == severity);
        match found {
            Some(finding) => {
                let (place, message) = (place(finding), Safe(&finding.message).to_string());
                // What is said of a file as a whole begins with its name.
                let path = place.strip_prefix("in ");
                let rest = path.and_then(|path| message.strip_prefix(path));
                let message = rest.map_or(&*message, |rest| rest.trim_start_matches([':', ' ']));
                format!("{lead}{place}: {message}")
            }
            None => ".".to_owned(),
        }
    }

    /// Which digests the verdict rests on, and which are mere claims.
    fn basis(&mut self) -> fmt::Result {
        let (trusted, claims): (Vec<_>, Vec<_>) = self
            .report
            .digests
            .iter()
            .partition(|digest| digest.trusted);
        if trusted.is_empty() {
            self.line(
                "rests on",
                "nothing outside these inputs: no trusted digest was given",
            )?;
        }
        // However many: the answer rests on each of them.
        for digest in trusted {
            let line = format!("{}, which you trust", named(digest));
            self.line("rests on", &line)?;
            self.line("", reached(digest))?;
        }
        self.states()?;
        for digest in claims.iter().take(self.printed_max) {
            self.line("claimed", &named(digest))?;
            let line = format!(
                "{}; a claim among the inputs vouches for nothing",
                reached(digest)
            );
            self.line("", &line)?;
        }
        self.more("claimed", claims.len())
    }

    /// The saved states that stand for blocks which are not here.
    fn states(&mut self) -> fmt::Result {
        for state in &self.report.states {
            let line = format!(
                "state {}, blocks {} of strand {}, {}",
                Safe(&state.path),
                run(state.first, state.last),
                Safe(state.strand_id.as_str()),
                match state.vouched {
                    true => "which you vouch for",
                    false => "a claim that nobody vouches for",
                }
            );
            match state.used {
                true => self.line("rests on", &line)?,
                false => self.line("not used", &line)?,
            }
            let line = format!(
                "its run said {}; these blocks were not looked at now",
                state.verdict
            );
            self.line("", &line)?;
        }
        Ok(())
    }

    /// What was asked for, and for each strand what was found of it.
    fn asked_and_found(&mut self) -> fmt::Result {
        let report = self.report;
        if let Some(strand_id) = &report.asked.strand_id {
            self.line(
                "asked",
                &format!("strand {} alone", Safe(strand_id.as_str())),
            )?;
        }
        if report.asked.strict {
            self.line("asked", "strict: warnings count as failures")?;
        }
        if report.strands.is_empty() {
            self.line("found", "no block, and no revision with an address")?;
        }
        for strand in report.strands.iter().take(self.printed_max) {
            self.strand(strand)?;
        }
        self.more("strand", report.strands.len())
    }

    fn strand(&mut self, strand: &Strand) -> fmt::Result {
        self.line("strand", &Safe(strand.strand_id.as_str()).to_string())?;
        let asked = match (self.report.asked.from, self.report.asked.to) {
            (None, None) => "all asked".to_owned(),
            (from, Some(to)) => format!("{} asked", run(from.unwrap_or(0), to)),
            (Some(from), None) => format!("from {from} on asked"),
        };
        let counts = &strand.revisions;
        let found = found_words(&strand.coverage, self.printed_max);
        self.line("blocks", &format!("{asked}; {found}"))?;
        if strand.repeated_blocks > 0 {
            let came = counted(strand.repeated_blocks, "block", "blocks");
            self.line("", &format!("{came} came more than once"))?;
        }
        if counts.total > 0 {
            self.line("revisions", &revisions_words(counts))?;
        }
        for (rule, revisions) in &strand.deletion_rules {
            let line = match revisions {
                1 => format!("1 deletion fits {rule}, which binds its metadata"),
                many => format!("{many} deletions fit {rule}, which binds their metadata"),
            };
            self.line("", &line)?;
        }
        if strand.unchecked_statement_digests > 0 {
            let digests = strand.unchecked_statement_digests;
            let open = counted(digests, "statement digest was", "statement digests were");
            let line =
                format!("{open} not recomputed: parameters take part, and are not in the journal");
            self.line("statements", &line)?;
        }
        if let Some(previous) = strand.genesis_previous {
            self.line("block 0", &format!("its previous hash: {previous}"))?;
        }
        if let Some(digest) = &strand.computed_digest {
            let line = format!(
                "{}@{} computed from {}",
                digest.digest,
                digest.sequence_no,
                computed_from(&strand.coverage, digest.sequence_no)
            );
            self.line("digest", &line)?;
        }
        for one in strand.redactions.iter().take(self.printed_max) {
            let (number, by) = (one.sequence_no, one.ordered_by);
            let revision = revision_words(number, Some(&one.document_id), Some(one.version));
            self.line("redaction", &format!("{revision}: ordered by block {by}"))?;
        }
        self.more("redaction", strand.redactions.len())?;
        for joined in strand.joined.iter().take(self.printed_max) {
            self.line("joined", &joined_words(joined))?;
        }
        self.more("joined", strand.joined.len())?;
        // One run is what `blocks` says already.
        if strand.coverage.len() > 1 {
            self.coverage(&strand.coverage)?;
        }
        Ok(())
    }

    fn is_sound(&self) -> bool {
        matches!(
            self.report.verdict(),
            Verdict::Verified | Verdict::Consistent
        )
    }

    /// Each run of blocks with its state.
    fn coverage(&mut self, coverage: &[Coverage]) -> fmt::Result {
        for one in coverage.iter().take(self.printed_max) {
            // What a verdict can do without is no lack.
            let spared = one.state == State::Missing && self.is_sound();
            let (gravity, words) = match spared {
                true => (None, "not here, and not needed"),
                false => (gravity_of(one.state), state_words(one.state)),
            };
            let state = (self.paint)(gravity, words);
            let run = run(one.first, one.last);
            write!(self.out, "  {:<LABEL_WIDTH$}{run} ", "coverage")?;
            self.out.own(&state)?;
            writeln!(self.out, "{}", position_words(one))?;
        }
        self.more("coverage", coverage.len())
    }

    /// How a second person repeats the run.
    fn run(&mut self) -> fmt::Result {
        let (report, tool) = (self.report, &self.report.tool);
        let Some(run) = &report.run else {
            return Ok(());
        };
        let line = format!(
            "{}, {} {} for {}",
            run.started, tool.name, tool.version, run.build
        );
        self.line("run", &line)?;
        let words: Vec<String> = run
            .command
            .iter()
            .map(|word| Safe(word).to_string())
            .collect();
        self.line("", &words.join(" "))
    }

    /// How many inputs of each kind there were; each one, if `all` are wanted.
    fn inputs(&mut self, all: bool) -> fmt::Result {
        let inputs = &self.report.inputs;
        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        for input in inputs {
            *kinds.entry(input.kind).or_default() += 1;
        }
        let kinds: Vec<_> = kinds
            .iter()
            .map(|(kind, n)| format!("{n} {kind}"))
            .collect();
        let kinds = kinds.join(", ");
        let line = match inputs.len() {
            0 => "none".to_owned(),
            1 => format!("1 file ({kinds})"),
            n => format!("{n} files ({kinds})"),
        };
        self.line("inputs", &line)?;
        if all {
            for input in inputs {
                self.line("", &input_words(input))?;
            }
            self.run()?;
        }
        Ok(())
    }

    /// What files with nothing but a document in them are.
    fn documents(&mut self) -> fmt::Result {
        let documents = &self.report.documents;
        for document in documents.iter().take(self.printed_max) {
            self.line("document", &document_words(document))?;
        }
        self.more("document", documents.len())
    }

    /// What an interrupted run before this one had done.
    fn checkpoint(&mut self, all: bool) -> fmt::Result {
        let Some(checkpoint) = &self.report.checkpoint else {
            return Ok(());
        };
        if let Some(after) = &checkpoint.resumed_after {
            let line = format!(
                "{}: goes on after block {} of strand {}; the interrupted run had read {}, not read again",
                Safe(&checkpoint.path),
                after.sequence_no,
                Safe(after.strand_id.as_str()),
                counted(checkpoint.not_read_again.len(), "file", "files")
            );
            self.line("checkpoint", &line)?;
            for path in checkpoint.not_read_again.iter().filter(|_| all) {
                self.line("", &Safe(path).to_string())?;
            }
        }
        if let Some(kept) = checkpoint.kept() {
            self.line("checkpoint", &kept)?;
        }
        if let Some(remark) = &checkpoint.remark {
            let line = format!("{}: {}", Safe(&checkpoint.path), Safe(remark));
            self.line("checkpoint", &line)?;
        }
        Ok(())
    }

    /// Each finding with its place, values and remedy, the gravest first.
    fn findings(&mut self) -> fmt::Result {
        if self.report.findings.is_empty() {
            return self.line("findings", "none");
        }
        writeln!(self.out, "\nfindings, the gravest first")?;
        let mut printed: BTreeMap<Code, usize> = BTreeMap::new();
        for finding in &self.report.findings {
            let count = printed.entry(finding.code).or_default();
            *count += 1;
            if *count <= self.printed_max {
                self.finding(finding)?;
            }
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> fmt::Result {
        let severity = (self.paint)(Some(finding.severity), &finding.severity.to_string());
        let by_strict = match finding.severity {
            Severity::Failure if finding.code.severity() == Severity::Warning => {
                " (a warning, but for strict)"
            }
            _ => "",
        };
        let (code, place) = (finding.code, place(finding));
        self.out.own("\n")?;
        self.out.own(&severity)?;
        writeln!(self.out, " {code} {place}{by_strict}")?;
        writeln!(self.out, "  {}", Safe(&finding.message))?;
        self.given("field", finding.field.as_deref())?;
        if let Some(source) = &finding.source {
            let offset = source.offset.map(|at| format!(", byte {at}"));
            let line = format!("{}{}", Safe(&source.path), offset.unwrap_or_default());
            self.line("in", &line)?;
        }
        self.given("claimed", finding.claimed.as_deref())?;
        self.given("recomputed", finding.recomputed.as_deref())?;
        self.given("what to do", finding.remedy.as_deref())
    }

    /// How many findings of each code there were, and where to read about them.
    fn totals(&mut self) -> fmt::Result {
        let totals = &self.report.finding_totals;
        if totals.is_empty() {
            return Ok(());
        }
        writeln!(
            self.out,
            "\ntotals; `sealion help CODE` says what a code means and does not mean"
        )?;
        for (code, total) in totals {
            let kept = self
                .report
                .findings
                .iter()
                .filter(|f| f.code == *code)
                .count();
            let printed = kept.min(self.printed_max) as u64;
            write!(self.out, "  {total:>9} {code}")?;
            match printed < *total {
                true => writeln!(self.out, "  ({printed} printed, {kept} in --output json)")?,
                false => writeln!(self.out)?,
            }
        }
        Ok(())
    }

    /// Fields that a forger could change without any hash noticing.
    /// With what was checked instead if `all` is wanted, else their names alone.
    fn not_covered(&mut self, all: bool) -> fmt::Result {
        let uncovered = &self.report.not_covered;
        if uncovered.is_empty() {
            return Ok(());
        }
        if all {
            writeln!(self.out, "\nno hash covers")?;
            for uncovered in uncovered {
                writeln!(self.out, "  {}: {}", Safe(&uncovered.field), uncovered.why)?;
            }
            return Ok(());
        }
        let names = named_in_lines(uncovered);
        writeln!(
            self.out,
            "\nno hash covers (-v says what was checked instead)"
        )?;
        names
            .iter()
            .try_for_each(|line| writeln!(self.out, "  {line}"))
    }

    fn line(&mut self, label: &str, text: &str) -> fmt::Result {
        writeln!(self.out, "  {label:<LABEL_WIDTH$}{text}")
    }

    /// A line for a text from the inputs, if there is one.
    fn given(&mut self, label: &str, text: Option<&str>) -> fmt::Result {
        text.map_or(Ok(()), |text| self.line(label, &Safe(text).to_string()))
    }

    /// That a list was cut short, if it was.
    fn more(&mut self, label: &str, total: usize) -> fmt::Result {
        match total.saturating_sub(self.printed_max) {
            0 => Ok(()),
            more => self.line(label, &format!("… and {more} more; --output json has them")),
        }
    }
}

/// Names in at most three lines, those of this run before those of every run.
fn named_in_lines(uncovered: &[NotCovered]) -> Vec<String> {
    const LINES_MAX: usize = 3;
    const WIDTH_MAX: usize = 96;
    let (always, own): (Vec<_>, Vec<_>) = uncovered.iter().partition(|one| one.is_always());
    let mut lines: Vec<String> = Vec::new();
    let mut left = uncovered.len();
    for one in own.into_iter().chain(always) {
        let name = Safe(&one.field).to_string();
        let last = lines.len() == LINES_MAX;
        match lines.last_mut() {
            Some(line) if line.chars().count() + name.chars().count() + 2 <= WIDTH_MAX => {
                *line += &format!(", {name}");
            }
            Some(line) if last => {
                *line += &format!(", and {left} more");
                break;
            }
            Some(line) => {
                line.push(',');
                lines.push(name);
            }
            None => lines.push(name),
        }
        left -= 1;
    }
    lines
}
