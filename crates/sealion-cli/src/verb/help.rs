//! `sealion help`: what a code means, out of the page that documents all of them; or the help of a
//! verb.

use clap::{CommandFactory as _, Parser as _};
use sealion::{Code, Severity};

use crate::args::{Args, HelpArgs};
use crate::error::Error;
use crate::terminal;

/// The page, built in: whoever has the program alone has no other.
const FINDINGS: &str = include_str!("../../../../docs/findings.md");

/// Names that are given for one that does not exist.
const NEAR_MAX: usize = 3;

/// Prints the section of a code, the list of codes, or the help of a verb.
pub fn run(args: &HelpArgs) -> Result<u8, Error> {
    match args.what.as_slice() {
        [] => Ok(of_verb(&[])),
        [one] if one == "codes" => terminal::print(&codes()).map(|()| 0),
        [one, ..] if Args::command().find_subcommand(one).is_some() => Ok(of_verb(&args.what)),
        [one] => {
            // As it stands in a report, or as somebody remembers it.
            let name = one.to_lowercase().replace(['_', ' '], "-");
            let known = Code::ALL.iter().find(|code| code.as_str() == name);
            let code = known.ok_or_else(|| no_such(one))?;
            terminal::print(&page(*code))?;
            Ok(0)
        }
        many => Err(no_such(&many.join(" "))),
    }
}

/// The same as `--help` of that verb.
fn of_verb(words: &[String]) -> u8 {
    let words = words.iter().map(String::as_str);
    let line = ["sealion"].into_iter().chain(words).chain(["--help"]);
    match Args::try_parse_from(line) {
        Ok(_) => 0,
        Err(answer) => terminal::usage(&answer),
    }
}

/// A code, how grave it is, and its section, as wide as the terminal.
fn page(code: Code) -> String {
    let gravity = gravity(code.severity());
    let mut text = format!("{code}: {gravity}\n\n");
    for paragraph in paragraphs(section(code).unwrap_or_default()) {
        text += &terminal::filled(&paragraph, "");
        text += "\n\n";
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// What stands under the heading of a code.
fn section(code: Code) -> Option<&'static str> {
    let heading = format!("\n### {code}\n");
    let (_, rest) = FINDINGS.split_once(heading.as_str())?;
    let ends = ["\n### ", "\n## "]
        .into_iter()
        .filter_map(|end| rest.find(end));
    let end = ends.min().unwrap_or(rest.len());
    Some(rest[..end].trim())
}

/// Each on one line, without the marks of Markdown that stand for nothing on a terminal.
fn paragraphs(section: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in section.lines() {
        match line.strip_prefix("- ") {
            Some(item) => all.push(item.to_owned()),
            None if line.is_empty() => all.push(String::new()),
            None => match all.last_mut() {
                Some(last) if !last.is_empty() => *last += &format!(" {}", line.trim_start()),
                _ => all.push(line.to_owned()),
            },
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    let plain = |paragraph: String| paragraph.replace("**", "");
    all.into_iter().map(plain).collect()
}

/// All codes, the gravest first.
fn codes() -> String {
    let mut text = String::new();
    let mut before = None;
    for code in Code::ALL {
        let severity = code.severity();
        if before.replace(severity) != Some(severity) {
            text += &format!(
                "{}{}\n",
                if text.is_empty() { "" } else { "\n" },
                gravity(severity)
            );
        }
        text += &format!("  {code}\n");
    }
    text
}

fn gravity(severity: Severity) -> &'static str {
    match severity {
        Severity::Failure => "a failure: something is wrong",
        Severity::Incomplete => "incomplete: something could not be decided",
        Severity::Warning => "a warning: hashes hold, but something is odd",
        Severity::Note => "a note: worth knowing",
    }
}

fn no_such(name: &str) -> Error {
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let mut near: Vec<(usize, &'static str)> = codes
        .map(|code| {
            (
                strsim::damerau_levenshtein(&name.to_lowercase(), code),
                code,
            )
        })
        // More than that is another word.
        .filter(|(steps, code)| *steps <= code.len() / 2 || code.contains(name))
        .collect();
    near.sort_unstable();
    near.truncate(NEAR_MAX);
    Error::NoHelp {
        name: name.to_owned(),
        near: near.into_iter().map(|(_, code)| code).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_that_answers_the_four_questions() {
        for code in Code::ALL {
            let page = page(*code);
            assert!(page.starts_with(&format!("{code}: ")), "{page}");
            for question in ["Means. ", "Innocent causes. ", "Does not show. ", "Next. "] {
                let starts = |line: &str| line.starts_with(question);
                assert!(page.lines().any(starts), "{question}: {page}");
            }
            assert!(!page.contains("###") && !page.contains("**"), "{page}");
            assert!(codes().contains(&format!("  {code}\n")));
        }
    }

    #[test]
    fn what_was_meant_is_named() {
        for (typed, meant) in [
            ("revision-hsah", "revision-hash"),
            ("chainlink", "chain-link"),
            ("digest-unknown", "tip-unknown"),
        ] {
            let Error::NoHelp { near, .. } = no_such(typed) else {
                panic!("another error");
            };
            assert!(near.contains(&meant), "{typed}: {near:?}");
            assert!(near.len() <= NEAR_MAX);
        }
        let Error::NoHelp { near, .. } = no_such("xyzzyxyzzyxyzzyxyzzy") else {
            panic!("another error");
        };
        assert!(near.is_empty(), "{near:?}");
    }
}
