//! `sealion verify`: whatever is handed over, one report.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sealion::output::{NewFile, Replaces};
use sealion::report::RunRecord;
use sealion::source::Archive;
use sealion::{escape, Report, State, StrandId, Verdict, Verifier};

use crate::args::{Output, VerifyArgs};
use crate::error::Error;
use crate::input::Input;
use crate::terminal;

/// Verifies, prints the report, and gives the exit status of its verdict.
pub fn run(args: &VerifyArgs) -> Result<u8, Error> {
    let verifier = verifier(args)?;
    let record = record();
    let started = Instant::now();
    let input = Input::open(&args.inputs, &args.aws, args.threads)?;
    if args.dry_run {
        terminal::print(&listing(&input)?)?;
        return Ok(0);
    }
    let saved = results(args)?;
    if let Some(why) = verifier.checkpoint_problem() {
        terminal::remark(&format!("no checkpoint is kept: {why}"));
    }
    let mut report = super::verify_archive(verifier, &input, args.quiet)?;
    report.run = Some(record);
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
    if let (Some(path), Some(file)) = (&args.save_state, saved) {
        save(&report, path, &file)?;
    }
    if args.require_digest && report.verdict() == Verdict::Consistent {
        terminal::remark("no trusted digest was given, and --require-digest asks for one");
        return Ok(Verdict::Inconclusive.exit_status());
    }
    Ok(report.verdict().exit_status())
}

/// What it takes to repeat this run.
fn record() -> RunRecord {
    let started = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let build = format!("{} on {}", std::env::consts::ARCH, std::env::consts::OS);
    RunRecord::new(started.to_string(), words.collect(), build)
}

/// Where the state goes, if one is to be saved. No result may be what the run reads, nor
/// another result.
fn results(args: &VerifyArgs) -> Result<Option<NewFile>, Error> {
    let digests = args.digests.iter().map(Path::new);
    let states = args.states.iter().chain(&args.trusted_states);
    let inputs = args.inputs.iter().chain(states).map(PathBuf::as_path);
    let reads: Vec<&Path> = inputs.chain(digests).collect();
    let at = |path: &PathBuf, replaces| NewFile::at(path, replaces, &reads);
    let state = args.save_state.as_ref();
    let state = state.map(|path| at(path, Replaces::State)).transpose()?;
    if let Some(path) = &args.checkpoint {
        // There it would be one more input for the next run, and that another run.
        let checkpoint = at(path, Replaces::Checkpoint)?.outside(&args.inputs)?;
        state
            .iter()
            .try_for_each(|state| checkpoint.apart_from(state))?;
    }
    Ok(state)
}

/// Saves the state, or says why there is none: then the run did not do all that was
/// asked, whatever its verdict.
fn save(report: &Report, path: &Path, file: &NewFile) -> Result<(), Error> {
    match report.state() {
        Ok(state) => Ok(file.write(state.to_json().as_bytes())?),
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
        .input_hashes(!args.no_input_digests)
        .engine(args.engine.into());
    for text in &args.digests {
        let (digest, source) = super::digest_named(text, &args.inputs)?;
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
