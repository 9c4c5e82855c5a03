//! Writing to the terminal: results on standard output, all else on standard
//! error; colour and progress only where a person can see them.
//!
//! Nothing else in this program writes to either, and all that is written here is
//! escaped first, whether or not whoever made it saw to that: names, values and
//! messages come from data, which may be hostile.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use clap::error::{ContextValue, ErrorKind};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sealion::{escape, Progress, Report, Severity};

use crate::error::Error;

/// Work shorter than this shows no progress bar.
const SILENT: Duration = Duration::from_secs(1);

/// The library catches panics of `ion-rs`, the reader it gives broken input to, and
/// reports the value as malformed; what such a panic says of itself is of no use to
/// anybody. All other panics tell what they always do.
pub fn leave_out_panics_of_the_ion_reader() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location();
        if !place.is_some_and(|place| place.file().contains("/ion-rs-")) {
            tell(info);
        }
    }));
}

/// Writes a result for a person to standard output.
pub fn print(text: &str) -> Result<(), Error> {
    written(&mut io::stdout().lock(), &escape::page(text))
}

/// Writes a result that is JSON to standard output.
pub fn print_json(json: &str) -> Result<(), Error> {
    written(&mut io::stdout().lock(), &escape::json(json))
}

/// Writes what holds nothing but words of ours, for programs, as it is.
pub fn print_own(text: &str) -> Result<(), Error> {
    written(&mut io::stdout().lock(), text)
}

/// Results that come one by one, each a line of standard output.
pub enum Rows {
    /// JSON.
    Json(io::BufWriter<io::Stdout>),
    /// Cells, under a line of their names.
    Csv(Box<csv::Writer<io::Stdout>>),
}

impl Rows {
    /// Lines of JSON.
    pub fn json() -> Rows {
        Rows::Json(io::BufWriter::new(io::stdout()))
    }

    /// Lines of CSV, with these names.
    pub fn csv(columns: &[&str]) -> Rows {
        let mut writer = csv::Writer::from_writer(io::stdout());
        // Kept in memory until there is more to write.
        let _ = writer.write_record(columns);
        Rows::Csv(Box::new(writer))
    }

    /// Writes a row: of JSON the one value that there is, else all cells.
    pub fn write<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        match self {
            Rows::Json(out) => {
                for json in cells {
                    out.write_all(escape::json(json).as_bytes())?;
                }
                out.write_all(b"\n")
            }
            Rows::Csv(out) => {
                let cells = cells.into_iter().map(escape::line);
                let written = out.write_record(cells.map(|cell| cell.into_owned().into_bytes()));
                written.map_err(io::Error::from)
            }
        }
    }

    /// After the last.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Rows::Json(mut out) => out.flush(),
            Rows::Csv(mut out) => out.flush(),
        }
    }
}

/// Writes a report to standard output; on a terminal coloured, and no line wider than it.
pub fn print_report(report: &Report, verbose: bool) -> Result<(), Error> {
    let text = styled(report, verbose);
    let width = terminal_size::terminal_size_of(io::stdout());
    let text = match width {
        Some((terminal_size::Width(width), _)) => wrapped(&text, width.into()),
        None => text,
    };
    written(&mut anstream::stdout().lock(), &text)
}

/// Columns that a line is broken at at least: fewer hold no words.
const WIDTH_MIN: usize = 40;

/// Lines broken between words, which go on under the text of their first. Words that are longer
/// stay whole, so that hashes and paths can be copied.
fn wrapped(text: &str, width: usize) -> String {
    let mut all = String::with_capacity(text.len() + text.len() / 16);
    for line in text.lines() {
        let indent = " ".repeat(hanging(line));
        let options = textwrap::Options::new(width.max(WIDTH_MIN))
            .subsequent_indent(&indent)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        all += &textwrap::fill(line, options);
        all.push('\n');
    }
    all
}

/// Where the text of a line begins: behind its blanks, and behind a label, which at least two
/// blanks set off.
fn hanging(line: &str) -> usize {
    let blanks = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let begin = blanks(line);
    if begin == 0 {
        return 0;
    }
    let label = line[begin..].find("  ").map(|end| begin + end);
    match label {
        // Further in is a gap in the text.
        Some(end) if end <= 16 => end + blanks(&line[end..]),
        _ => begin,
    }
}

/// A paragraph in lines as wide as the terminal and of at most 100 columns, as clap prints help.
pub fn filled(paragraph: &str, indent: &str) -> String {
    const WIDTH_MAX: usize = 100;
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    let size = || {
        let (terminal_size::Width(width), _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(width))
    };
    let width = size().or(columns).unwrap_or(WIDTH_MAX);
    let options = textwrap::Options::new(width.clamp(WIDTH_MIN, WIDTH_MAX))
        .subsequent_indent(indent)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(paragraph, options)
}

/// Writes a report to standard error, where the result is something else.
pub fn explain(report: &Report) {
    // Where standard error is closed, nobody is left to tell.
    let _ = written(&mut anstream::stderr().lock(), &styled(report, false));
}

/// Writes one remark to standard error.
pub fn remark(text: &str) {
    let _ = written(
        &mut anstream::stderr().lock(),
        &format!("sealion: {}\n", escape::line(text)),
    );
}

/// Says what went wrong and what to do next.
pub fn complain(error: &Error) {
    remark(&error.to_string());
    if let Some(advice) = error.advice() {
        let _ = written(&mut anstream::stderr().lock(), &format!("  {advice}\n"));
    }
}

/// Prints what clap answers to `--help`, `--version` or wrong usage, and gives the
/// exit status.
pub fn usage(answer: &clap::Error) -> u8 {
    if !answer.use_stderr() {
        let _ = answer.print();
        return 0;
    }
    // Only the first word is clap's label; the rest may quote the user.
    let mut text = answer
        .render()
        .ansi()
        .to_string()
        .replacen("error:", "sealion:", 1);
    for (_, value) in answer.context() {
        let quoted = match value {
            ContextValue::String(one) => std::slice::from_ref(one),
            ContextValue::Strings(many) => many,
            _ => continue,
        };
        // A line feed of theirs is no line end of ours.
        for one in quoted {
            if let Cow::Owned(safe) = escape::line(one) {
                text = text.replace(one, &safe);
            }
        }
    }
    if answer.kind() == ErrorKind::MissingRequiredArgument && text.contains("INPUT") {
        text += "\nName the files or directories that were saved from QLDB; '--help' ends with examples.\n";
    }
    let _ = written(&mut anstream::stderr().lock(), &coloured(&text));
    2
}

/// Writes all of `text`. A reader that has seen enough and closed the pipe is no
/// error.
fn written(out: &mut dyn io::Write, text: &str) -> Result<(), Error> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Output(error)),
        _ => Ok(()),
    }
}

fn styled(report: &Report, verbose: bool) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = report.write_text(&mut text, verbose, &|gravity, words| {
        let style = style_of(gravity);
        format!("{style}{words}{style:#}")
    });
    coloured(&text)
}

/// Text with lines and colours of our own; everything else that is hidden is escaped.
fn coloured(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        safe += &escape::page(&rest[..at]);
        let length = colour_length(&rest[at..]);
        match length {
            Some(length) => safe += &rest[at..at + length],
            None => safe += &escape::line("\u{1b}"),
        }
        rest = &rest[at + length.unwrap_or(1)..];
    }
    safe + &escape::page(rest)
}

/// The length of a sequence that sets a weight, an underline or one of the sixteen colours of
/// letters, which is all that our styles and those of clap are made of: nothing that hides.
fn colour_length(text: &str) -> Option<usize> {
    let (numbers, _) = text.strip_prefix("\u{1b}[")?.split_once('m')?;
    let plain = |number: &str| {
        matches!(number, "0" | "1" | "4")
            || matches!(number.parse(), Ok(30..=37 | 39 | 90..=97u8)) && number.len() == 2
    };
    let own = numbers.split(';').all(plain);
    own.then_some("\u{1b}[m".len() + numbers.len())
}

/// Red is kept for what is wrong.
fn style_of(gravity: Option<Severity>) -> Style {
    let colour = match gravity {
        None => AnsiColor::Green,
        Some(Severity::Failure) => AnsiColor::Red,
        Some(Severity::Incomplete) => AnsiColor::Magenta,
        Some(Severity::Warning) => AnsiColor::Yellow,
        Some(Severity::Note) => AnsiColor::Cyan,
    };
    colour.on_default().bold()
}

/// Whether a person sees standard error.
#[cfg(feature = "aws")]
pub fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// A progress bar with rate and time left. It shows itself once work has taken a
/// second, and only where standard error is a terminal.
pub struct Bar {
    bar: ProgressBar,
    seen: bool,
}

impl Bar {
    /// A bar that nobody sees yet, or ever if `quiet`.
    pub fn new(quiet: bool) -> Bar {
        Bar {
            bar: ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden()),
            seen: !quiet && io::stderr().is_terminal(),
        }
    }

    /// How far the listing of an input in AWS is.
    #[cfg(feature = "aws")]
    pub fn listed(&self, name: &str, so_far: &str) {
        if self.seen {
            self.bar.set_style(style("{msg}"));
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            let message = format!("listing {name}: {so_far}");
            self.bar.set_message(escape::line(&message).into_owned());
            self.bar.tick();
        }
    }

    /// What the verifier calls: first it looks at files, then it checks blocks.
    pub fn callback(&self) -> impl Fn(Progress) + Send + Sync + 'static {
        let (bar, seen, started) = (self.bar.clone(), self.seen, Instant::now());
        let shown = Mutex::new(None);
        move |progress| {
            if !seen || started.elapsed() < SILENT {
                return;
            }
            let template = template(&progress);
            bar.set_length(progress.bytes_total);
            bar.set_position(progress.bytes);
            bar.set_message(message(template, &progress));
            let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
            if shown.replace(template) != Some(template) {
                bar.set_style(style(template));
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
        }
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

const LOOKING: &str = "looking at files: {msg}, {bytes} read  {bytes_per_sec}  {elapsed}";
const KNOWN: &str =
    "{bar:24} {percent:>3}%  {bytes} of {total_bytes}  {bytes_per_sec}  {msg}  {eta} left";
const UNKNOWN: &str = "{bytes} read  {bytes_per_sec}  {msg}  {elapsed}";

fn template(progress: &Progress) -> &'static str {
    if progress.objects < progress.objects_total {
        LOOKING
    } else if progress.bytes_total > 0 {
        KNOWN
    } else {
        UNKNOWN
    }
}

fn message(template: &str, progress: &Progress) -> String {
    let pass = match progress.second_pass {
        true => "second pass, by the reference: ",
        false => "",
    };
    match template {
        LOOKING => format!(
            "{pass}file {} of {}",
            progress.objects, progress.objects_total
        ),
        _ => format!("{pass}{} blocks", progress.blocks),
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_go_on_under_their_text() {
        let text = "VERIFIED: the digest covers blocks 0–23, counted from 0, of strand X.\n\n  rests on    \
             digest 6m6BMXobbJKpMhahwVthAEsN6awgnHK62Qq5McGP1Gk= from a.json, which you trust\n";
        let wrapped = wrapped(text, 50);
        assert_eq!(
            wrapped,
            "VERIFIED: the digest covers blocks 0–23, counted\nfrom 0, of strand X.\n\n  rests on    digest\n\
             \x20             6m6BMXobbJKpMhahwVthAEsN6awgnHK62Qq5McGP1Gk=\n\
             \x20             from a.json, which you trust\n"
        );
        let style = style_of(None);
        let coloured = format!("{style}VERIFIED{style:#}: and some words more, which fit\n");
        assert_eq!(super::wrapped(&coloured, 45), coloured);
    }

    #[test]
    fn colours_of_ours_are_kept_and_nothing_else() {
        let style = style_of(Some(Severity::Failure));
        let own = format!("{style}FAILED{style:#} at\n");
        assert_eq!(coloured(&own), own);
        for hostile in [
            "\u{1b}[2J",
            "\u{1b}[8m",
            "\u{1b}[38;5;201m",
            "\u{1b}[0;7m",
            "\u{1b}[m",
            "\u{1b}[+1m",
            "\u{1b}]8;;x\u{7}",
            "\u{1b}",
            "\u{9b}1m",
            "\u{202e}\r",
        ] {
            let safe = coloured(&format!("a{hostile}b{hostile}"));
            assert!(!safe.contains(escape::is_hidden), "{safe}");
        }
    }
}
