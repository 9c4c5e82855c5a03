//! The `sealion` program: arguments in, a report out. Every rule about hashes is in
//! the library.

#![forbid(unsafe_code)]

mod args;
mod error;
mod input;
mod terminal;
mod verb;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Verb};

fn main() -> ExitCode {
    terminal::leave_out_panics_of_the_ion_reader();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(usage) => return ExitCode::from(terminal::usage(&usage)),
    };
    let outcome = match &args.verb {
        Verb::Verify(args) => verb::verify::run(args),
        Verb::Digest(args) => verb::digest::run(args),
        Verb::Prove(args) => verb::prove::run(args),
        Verb::Extract(args) => verb::extract::run(args),
        Verb::Bundle(args) => verb::bundle::run(args),
        Verb::Show(args) => verb::show::run(args),
        Verb::Compare(args) => verb::compare::run(args),
        Verb::State(args) => verb::state::run(args),
        Verb::Fetch(args) => verb::fetch::run(args),
        Verb::Completions(args) => verb::completions::run(args),
        Verb::Man(args) => verb::man::run(args),
        Verb::Help(args) => verb::help::run(args),
    };
    let status = outcome.unwrap_or_else(|error| {
        terminal::complain(&error);
        error.status()
    });
    ExitCode::from(status)
}
