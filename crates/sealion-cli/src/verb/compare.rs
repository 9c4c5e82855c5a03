//! `sealion compare`: what was kept of one ledger, held against one another.

use sealion::compare::compare_journals;
use sealion::{StrandId, Verifier};

use crate::args::{CompareArgs, CompareDigestsArgs, Compared, CopiesArgs, Form};
use crate::error::Error;
use crate::input::Input;
use crate::terminal::{self, Bar};

/// Compares, prints the answer, and gives its exit status.
pub fn run(args: &CompareArgs) -> Result<u8, Error> {
    match &args.what {
        Some(Compared::Digests(args)) => digests(args),
        None => copies(&args.copies),
    }
}

fn copies(args: &CopiesArgs) -> Result<u8, Error> {
    let mut verifier = Verifier::new().limits(args.limits.all()?);
    if let Some(strand) = &args.strand {
        verifier = verifier.strand(StrandId::new(strand));
    }
    if let Some(from) = args.from {
        verifier = verifier.from(from);
    }
    if let Some(to) = args.to {
        verifier = verifier.to(to);
    }
    let open = |path: &Option<_>| Input::open(path.as_slice(), &args.aws, None);
    let (first, second) = (open(&args.first)?, open(&args.second)?);
    let bar = Bar::new(false);
    let comparison = compare_journals(&verifier.progress(bar.callback()), &first, &second);
    bar.finish();
    let comparison = comparison?;
    match args.output {
        Form::Json => terminal::print_json(&format!("{}\n", comparison.to_json()))?,
        Form::Text => terminal::print(&comparison.to_string())?,
    }
    Ok(comparison.outcome.exit_status())
}

fn digests(args: &CompareDigestsArgs) -> Result<u8, Error> {
    let archive = Input::open(&args.inputs, &args.aws, None)?;
    let comparison = sealion::compare_digests(&archive, &args.limits.all()?)?;
    match args.output {
        Form::Json => terminal::print_json(&format!("{}\n", comparison.to_json()))?,
        Form::Text => terminal::print(&comparison.to_string())?,
    }
    Ok(comparison.verdict.exit_status())
}
