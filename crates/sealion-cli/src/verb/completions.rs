//! `sealion completions`: a completion script for a shell.

use clap::CommandFactory as _;

use crate::args::{Args, CompletionsArgs};
use crate::error::Error;
use crate::terminal;

/// Prints the script.
pub fn run(args: &CompletionsArgs) -> Result<u8, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "sealion", &mut script);
    terminal::print_own(&String::from_utf8_lossy(&script))?;
    Ok(0)
}
