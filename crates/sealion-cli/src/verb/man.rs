//! `sealion man`: the manual page, in roff.

use clap::CommandFactory as _;

use crate::args::{Args, ManArgs};
use crate::error::Error;
use crate::terminal;

/// Prints the page of the program, or of one verb.
pub fn run(args: &ManArgs) -> Result<u8, Error> {
    let mut command = Args::command();
    command.build();
    if let Some(verb) = &args.verb {
        command = command
            .find_subcommand(verb)
            .ok_or_else(|| Error::NoVerb(verb.clone()))?
            .clone();
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .source(concat!("sealion ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .map_err(Error::Output)?;
    terminal::print_own(&String::from_utf8_lossy(&page))?;
    Ok(0)
}
