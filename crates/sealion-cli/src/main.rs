//! The `sealion` program: arguments in, a report out. Every rule about hashes is in
//! the library.

#![forbid(unsafe_code)]

mod args;
mod error;
mod terminal;
mod verb;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Verb};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(usage) => return ExitCode::from(terminal::usage(&usage)),
    };
    let outcome = match &args.verb {
        Verb::Verify(args) => verb::verify::run(args),
        Verb::Digest(args) => verb::digest::run(args),
        Verb::Show(args) => verb::show::run(args),
        Verb::State(args) => verb::state::run(args),
        Verb::Completions(args) => verb::completions::run(args),
        Verb::Man(args) => verb::man::run(args),
    };
    let status = outcome.unwrap_or_else(|error| {
        terminal::complain(&error);
        error.status()
    });
    ExitCode::from(status)
}
