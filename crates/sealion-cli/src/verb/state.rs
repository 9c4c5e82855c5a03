//! `sealion state`: shows and merges what `verify --save-state` writes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sealion::output::{NewFile, Replaces};
use sealion::{escape, State, StrandState};

use crate::args::{StateArgs, StateVerb};
use crate::error::Error;
use crate::terminal;

/// Does what was asked.
pub fn run(args: &StateArgs) -> Result<u8, Error> {
    match &args.verb {
        StateVerb::Show { state } => show(state),
        StateVerb::Merge { states, output } => merge(states, output.as_deref()),
    }
}

fn show(path: &Path) -> Result<u8, Error> {
    let state = State::read(path)?;
    let mut page = format!(
        "A state of sealion {}, whose run said {}. Nothing of this was verified now.\n",
        escape::line(state.tool_version()),
        state.verdict()
    );
    for strand in state.strands() {
        page += "\n";
        page += &page_of(strand);
    }
    terminal::print(&page)?;
    Ok(0)
}

fn page_of(strand: &StrandState) -> String {
    let mut page = String::new();
    let counts = strand.revisions();
    let or_none = |hash: Option<sealion::Hash>| hash.map_or("none".to_owned(), |h| h.to_string());
    let mut line = |label: &str, text: String| {
        // Writing to a string does not fail.
        let _ = writeln!(page, "  {label:<12}{}", escape::line(&text));
    };
    line("strand", strand.strand_id().to_string());
    line(
        "blocks",
        format!("{}\u{2013}{}", strand.first(), strand.last()),
    );
    line(
        "revisions",
        format!(
            "{}, {} of them recomputed; {} redacted, {} deleted, {} internal",
            counts.total, counts.recomputed, counts.redacted, counts.deleted, counts.internal
        ),
    );
    match strand.digest() {
        Some(digest) => line("digest", format!("{digest}@{}", strand.last())),
        None => line("digest", "none: it does not start at block 0".to_owned()),
    }
    line("follows", or_none(strand.previous_hash()));
    line("last hash", strand.last_hash().to_string());
    line(
        "last time",
        format!("{}, which no hash covers", strand.last_timestamp()),
    );
    line("nodes", strand.nodes().len().to_string());
    line(
        "tied",
        match strand.last_siblings() {
            Some(siblings) => format!("last hash to last node, by {} siblings", siblings.len()),
            None => "no: a state of version 1, to be vouched for".to_owned(),
        },
    );
    for reached in strand.digests() {
        let trust = match reached.trusted {
            true => "trusted then",
            false => "not trusted then",
        };
        line(
            "reached",
            format!("{}@{}, {trust}", reached.digest, reached.sequence_no),
        );
    }
    page
}

fn merge(paths: &[PathBuf], output: Option<&Path>) -> Result<u8, Error> {
    let output = output.filter(|path| *path != Path::new("-"));
    let file = output.map(|path| NewFile::at(path, Replaces::State, paths));
    let file = file.transpose()?;
    let states: Result<Vec<State>, _> = paths.iter().map(State::read).collect();
    let whole = State::merge(&states?)?;
    match file {
        Some(file) => file.write(whole.to_json().as_bytes())?,
        None => terminal::print_json(&whole.to_json())?,
    }
    Ok(0)
}
