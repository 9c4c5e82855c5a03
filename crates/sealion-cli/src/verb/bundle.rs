//! `sealion bundle`: one evidence file that verifies without the journal.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sealion::bundle::{Attachment, Bundle};
use sealion::prove::{ProveError, WantedRevisions};
use sealion::{Prover, StrandId, Verifier};

use crate::args::BundleArgs;
use crate::error::Error;
use crate::input::Input;
use crate::terminal::{self, Bar};

/// Proves what was asked for, and writes the file.
pub fn run(args: &BundleArgs) -> Result<u8, Error> {
    let written = Some(args.output.as_path()).filter(|path| *path != Path::new("-"));
    let file = written.map(|path| super::new_file(path, args.force, reads(args)));
    let file = file.transpose()?;
    if args.digest.is_none() && args.tip.is_none() {
        return Err(Error::NoBasis);
    }
    let ids = documents(args)?;
    let attachments = attachments(args)?;
    let archive = Input::open(&args.inputs, &args.aws, None)?;
    let (mut bundle, prover) = begin(args, &archive)?;
    add_documents(&mut bundle, &prover, &archive, args, ids)?;
    for sequence_no in &args.blocks {
        bundle.add_block(&prover, &archive, *sequence_no)?;
    }
    attachments.into_iter().for_each(|one| bundle.attach(one));
    if let Some(date) = &args.date {
        bundle.dated(date);
    }
    let json = bundle.to_json()?;
    match file {
        None => terminal::print_json(&json)?,
        Some(file) => file.write(json.as_bytes())?,
    }
    remark(&bundle, args);
    Ok(0)
}

/// All that is read on the way to the bundle.
fn reads(args: &BundleArgs) -> Vec<&Path> {
    let beside = args.attach.iter().chain(&args.timestamp_tokens);
    let files = args.inputs.iter().chain(&args.all_of).chain(beside);
    let digest = args.digest.as_deref().map(Path::new);
    files.map(PathBuf::as_path).chain(digest).collect()
}

/// Verifies the journal, and begins a bundle under the digest.
fn begin(args: &BundleArgs, archive: &Input) -> Result<(Bundle, Prover), Error> {
    let mut verifier = Verifier::new().limits(args.limits.all()?);
    if let Some(strand) = &args.strand {
        verifier = verifier.strand(StrandId::new(strand));
    }
    let digest = match &args.digest {
        Some(text) => Some(super::digest_named(text, &args.inputs)?),
        None => None,
    };
    let named = digest.as_ref().and_then(|(digest, _)| digest.sequence_no);
    // Blocks after the tip take no part in it.
    if let Some(tip) = args.tip.or(named) {
        verifier = verifier.to(tip);
    }
    if let Some((digest, name)) = &digest {
        verifier = verifier.against_named(digest.clone(), name.as_str());
    }
    let bar = Bar::new(false);
    let made = Prover::of(&verifier.progress(bar.callback()), archive);
    bar.finish();
    let (prover, report) = made.inspect_err(super::explain)?;
    let tip = match &digest {
        Some((digest, _)) => prover.tip_of(digest)?,
        None => args.tip.unwrap_or_else(|| prover.last()),
    };
    super::remark_warnings(&report);
    let mut bundle = Bundle::new(prover.digest(tip)?, report);
    bundle.limits(args.limits.all()?);
    Ok((bundle, prover))
}

/// Adds the revisions asked for; every document that was named must have one.
fn add_documents(
    bundle: &mut Bundle,
    prover: &Prover,
    archive: &Input,
    args: &BundleArgs,
    ids: BTreeSet<String>,
) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut wanted = WantedRevisions::all();
    wanted.document_ids.clone_from(&ids);
    wanted.version = args.version;
    wanted.sequence_no = args.at;
    bundle.add_revisions(prover, archive, &wanted)?;
    let found = bundle.revisions().iter().map(|one| &one.document_id);
    let found: BTreeSet<&String> = found.collect();
    match ids.iter().find(|id| !found.contains(id)) {
        None => Ok(()),
        Some(id) => Err(ProveError::NotFound(format!(
            "no revision of document {id} here is the one asked for"
        ))
        .into()),
    }
}

/// The ids named one by one, and those in files, one a line.
fn documents(args: &BundleArgs) -> Result<BTreeSet<String>, Error> {
    let mut ids: BTreeSet<String> = args.documents.iter().cloned().collect();
    for path in &args.all_of {
        let text = fs::read_to_string(path).map_err(|error| super::cannot_read(path, error))?;
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        let before = ids.len();
        ids.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
        if ids.len() == before {
            let error = io::Error::new(io::ErrorKind::InvalidData, "no document id in it");
            return Err(super::cannot_read(path, error));
        }
    }
    Ok(ids)
}

fn attachments(args: &BundleArgs) -> Result<Vec<Attachment>, Error> {
    let mut all = Vec::new();
    for path in &args.attach {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let file = File::open(path).map_err(|error| super::cannot_read(path, error))?;
        let attached = Attachment::file(name.to_string_lossy(), file);
        all.push(attached.map_err(|error| super::cannot_read(path, error))?);
    }
    for path in &args.timestamp_tokens {
        let token = fs::read(path).map_err(|error| super::cannot_read(path, error))?;
        all.push(Attachment::time_stamp_token(&token));
    }
    all.extend(args.notes.iter().map(Attachment::note));
    Ok(all)
}

/// Says what is in it, what it gives away, and what makes it worth something.
fn remark(bundle: &Bundle, args: &BundleArgs) {
    let file = match args.output.to_string_lossy() {
        name if name == "-" => "FILE".into(),
        name => name,
    };
    terminal::remark(&format!(
        "{} under the digest {}; check with `sealion verify {file} --digest D`, D from where it is kept",
        bundle.contents(),
        bundle.digest()
    ));
    for block in bundle.blocks() {
        let number = block.address.sequence_no;
        if !args.blocks.contains(&number) {
            terminal::remark(&format!(
                "block {number} is in it whole, with all its statements and documents: a revision without data is worth nothing without it"
            ));
        }
    }
    if args.digest.is_none() {
        terminal::remark(
            "no --digest was given: the bundle says that nobody vouched for its digest",
        );
    }
}
