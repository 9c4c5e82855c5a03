//! `sealion verify`: whatever is handed over, one report.

use std::path::Path;
use std::time::{Duration, Instant};

use sealion::source::Archive;
use sealion::{escape, Report, State, StrandId, Verifier};

use crate::args::{Output, VerifyArgs};
use crate::error::Error;
use crate::input::Input;
use crate::terminal;

/// Verifies, prints the report, and gives the exit status of its verdict.
pub fn run(args: &VerifyArgs) -> Result<u8, Error> {
    let verifier = verifier(args)?;
    for path in args.save_state.iter().chain(&args.checkpoint) {
        super::check_folder(path)?;
    }
    let started = Instant::now();
    let input = Input::open(&args.inputs, &args.aws, args.threads)?;
    if args.dry_run {
        terminal::print(&listing(&input)?)?;
        return Ok(0);
    }
    let report = super::verify_archive(verifier, &input, args.quiet)?;
    match args.output {
        Output::Json => terminal::print_json(&format!("{}\n", report.to_json()))?,
        Output::Text if args.quiet => {}
        Output::Text => terminal::print_report(&report, args.verbose)?,
    }
    if args.output == Output::Json && !args.quiet {
        // For those who do not read the report.
        let kept = report.checkpoint.as_ref().and_then(|one| one.kept());
        kept.iter().for_each(|kept| terminal::remark(kept));
    }
    if args.verbose {
        terminal::remark(&speed(&report, started.elapsed()));
        input.tell(terminal::remark);
    }
    let resting = !args.states.is_empty() || !args.trusted_states.is_empty();
    if report.inputs.is_empty() && !(resting && args.inputs.is_empty()) {
        return Err(super::no_file(&args.inputs));
    }
    if let Some(path) = &args.save_state {
        save(&report, path)?;
    }
    Ok(report.verdict().exit_status())
}

/// Saves the state, or says why there is none: then the run did not do all that was
/// asked, whatever its verdict.
fn save(report: &Report, path: &Path) -> Result<(), Error> {
    match report.state() {
        Ok(state) => state.write(path).map_err(|error| match error {
            sealion::Error::Io { source, .. } => super::cannot_write(path, source),
            other => other.into(),
        }),
        Err(why) => Err(Error::NoState {
            path: path.display().to_string(),
            why: why.to_owned(),
            status: match report.verdict().exit_status() {
                0 => 2,
                status => status,
            },
        }),
    }
}

fn verifier(args: &VerifyArgs) -> Result<Verifier, Error> {
    let mut verifier = Verifier::new()
        .strict(args.strict)
        .engine(args.engine.into());
    for text in &args.digests {
        let (digest, source) = super::digest_named(text)?;
        verifier = verifier.against_named(digest, source);
    }
    for path in &args.states {
        verifier = verifier.on_top_of(State::read(path)?);
    }
    for path in &args.trusted_states {
        verifier = verifier.vouching_for(State::read(path)?);
    }
    verifier = verifier.save_state(args.save_state.is_some());
    if let Some(path) = &args.checkpoint {
        verifier = verifier.checkpoint(path, Duration::from_secs(args.checkpoint_every));
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
    Ok(verifier.limits(args.limits.all()?))
}

/// What would be read: bytes and name of each object, and the sum.
fn listing(archive: &dyn Archive) -> Result<String, Error> {
    let (mut text, mut sum) = (String::new(), 0);
    let objects = archive.objects()?;
    for object in &objects {
        let bytes = object.size.map_or("?".to_owned(), |size| size.to_string());
        sum += object.size.unwrap_or(0);
        text += &format!("{bytes:>15} {}\n", escape::line(&object.name));
    }
    let unknown = objects
        .iter()
        .filter(|object| object.size.is_none())
        .count();
    text += &format!(
        "{sum:>15} bytes in {} objects would be read\n",
        objects.len()
    );
    if unknown > 0 {
        text += &format!("{unknown:>15} of them tell their size (?) only as they are read\n");
    }
    Ok(text)
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
