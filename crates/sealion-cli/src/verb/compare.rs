//! `sealion compare`: what was kept of one ledger, held against one another.

use crate::args::{CompareArgs, CompareDigestsArgs, Compared, Form};
use crate::error::Error;
use crate::terminal;

/// Compares, prints the answer, and gives its exit status.
pub fn run(args: &CompareArgs) -> Result<u8, Error> {
    match &args.what {
        Compared::Digests(args) => digests(args),
    }
}

fn digests(args: &CompareDigestsArgs) -> Result<u8, Error> {
    let archive = sealion::source::Union::of_paths(&args.inputs)?;
    let comparison = sealion::compare_digests(&archive)?;
    match args.output {
        Form::Json => terminal::print(&format!("{}\n", comparison.to_json()))?,
        Form::Text => terminal::print(&comparison.to_string())?,
    }
    Ok(comparison.verdict.exit_status())
}
