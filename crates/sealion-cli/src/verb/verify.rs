//! `sealion verify`: whatever is handed over, one report.

use std::time::{Duration, Instant};

use sealion::{Report, StrandId, Verifier};

use crate::args::{Output, VerifyArgs};
use crate::error::Error;
use crate::terminal;

/// Verifies, prints the report, and gives the exit status of its verdict.
pub fn run(args: &VerifyArgs) -> Result<u8, Error> {
    let verifier = verifier(args)?;
    let started = Instant::now();
    let report = super::verify_paths(verifier, &args.inputs, args.quiet)?;
    match args.output {
        Output::Json => terminal::print(&format!("{}\n", report.to_json()))?,
        Output::Text if args.quiet => {}
        Output::Text => terminal::print_report(&report, args.verbose)?,
    }
    if args.verbose {
        terminal::remark(&speed(&report, started.elapsed()));
    }
    if report.inputs.is_empty() {
        return Err(super::no_file(&args.inputs));
    }
    Ok(report.verdict().exit_status())
}

fn verifier(args: &VerifyArgs) -> Result<Verifier, Error> {
    let mut verifier = Verifier::new()
        .strict(args.strict)
        .engine(args.engine.into());
    for text in &args.digests {
        let (digest, source) = super::digest_named(text)?;
        verifier = verifier.against_named(digest, source);
    }
    if let (Some(from), Some(to)) = (args.from, args.to) {
        if from > to {
            return Err(Error::EmptyRange { from, to });
        }
    }
    if let Some(from) = args.from {
        verifier = verifier.from(from);
    }
    if let Some(to) = args.to {
        verifier = verifier.to(to);
    }
    if let Some(strand) = &args.strand {
        verifier = verifier.strand(StrandId::new(strand));
    }
    if let Some(threads) = args.threads {
        verifier = verifier.threads(threads.get());
    }
    Ok(verifier)
}

fn speed(report: &Report, taken: Duration) -> String {
    let bytes: u64 = report.inputs.iter().map(|input| input.bytes).sum();
    let megabytes = bytes as f64 / 1e6;
    let seconds = taken.as_secs_f64();
    format!(
        "{megabytes:.1} MB in {seconds:.2} s, {:.1} MB/s",
        megabytes / seconds.max(1e-6)
    )
}
