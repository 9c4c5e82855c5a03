//! `sealion prove`: proofs as the service gave them, and one kind that it never gave.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sealion::merkle::IndexFile;
use sealion::output::{NewFile, Replaces};
use sealion::prove::{ProveError, ProvenRevision, WantedRevisions};
use sealion::source::Archive;
use sealion::{Consistency, Digest, Prover, State, StrandId, Verifier};

use crate::args::{
    BlockForm, ProofForm, ProofSource, ProofTip, Provable, ProveArgs, ProveBlockArgs,
    ProveConsistencyArgs, ProveRevisionArgs,
};
use crate::error::Error;
use crate::input::Input;
use crate::terminal::{self, Bar, Rows};

/// Proves what was asked for, and prints it.
pub fn run(args: &ProveArgs) -> Result<u8, Error> {
    match &args.what {
        Provable::Block(args) => block(args),
        Provable::Revision(args) => revision(args),
        Provable::Consistency(args) => consistency(args),
    }
}

fn block(args: &ProveBlockArgs) -> Result<u8, Error> {
    let (archive, prover, tip) = prepare(&args.source, &args.tip)?;
    let proven = prover.block(&archive, args.at, tip)?;
    let text = match args.output {
        BlockForm::Aws => proven.to_aws_json(),
    };
    terminal::print_json(&text)?;
    leads_to(&proven.digest, &args.source, args.tip.digest.as_ref());
    for what in &proven.left_out {
        terminal::remark(&format!(
            "block {} is proven and not whole: {what} is missing or stripped; give another copy of the block beside this one",
            args.at
        ));
    }
    Ok(if proven.left_out.is_empty() { 0 } else { 2 })
}

fn revision(args: &ProveRevisionArgs) -> Result<u8, Error> {
    let (archive, prover, tip) = prepare(&args.source, &args.tip)?;
    let mut wanted = WantedRevisions::all();
    wanted.document_id.clone_from(&args.document);
    wanted.table_name.clone_from(&args.table);
    wanted.sequence_no = args.at;
    wanted.version = args.version;
    let many = args.all || args.table.is_some();
    let mut last = None;
    let mut skipped = Vec::new();
    let mut typeless = 0;
    let mut rows = Rows::json();
    let mut each = |proven: ProvenRevision| {
        match value(&proven, args.output) {
            None => typeless += 1,
            Some(value) if many => return rows.write([value.to_string().as_str()]),
            Some(_) => last = Some(proven),
        }
        Ok(())
    };
    let mut skip = |why: String| skipped.push(why);
    let count = match prover.revisions(&archive, &wanted, tip, &mut each, &mut skip) {
        // A reader that has seen enough and closed the pipe is no error, and was not given all.
        Err(ProveError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            return Ok(2)
        }
        count => count?,
    };
    match rows.finish() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(2),
        finished => finished.map_err(Error::Output)?,
    }
    if typeless > 0 {
        skipped.push(format!("{typeless} of the revisions came as JSON, which has lost the types of their data; --output receipt needs none"));
    }
    for why in &skipped {
        terminal::remark(&format!("not proven: {why}"));
    }
    if count == typeless {
        let nothing = || "no revision here is the one asked for".to_owned();
        return Err(match skipped.pop() {
            Some(_) => ProveError::NotRecomputed("none of the revisions asked for".to_owned()),
            None => ProveError::NotFound(nothing()),
        }
        .into());
    }
    if let Some(proven) = &last {
        let text = match args.output {
            ProofForm::Aws => proven.to_aws_json().unwrap_or_default(),
            ProofForm::Receipt => proven.to_receipt_json(),
        };
        terminal::print_json(&text)?;
    }
    leads_to(&prover.digest(tip)?, &args.source, args.tip.digest.as_ref());
    Ok(if skipped.is_empty() { 0 } else { 2 })
}

fn value(proven: &ProvenRevision, form: ProofForm) -> Option<serde_json::Value> {
    match form {
        ProofForm::Aws => proven.to_aws_value(),
        ProofForm::Receipt => Some(proven.to_receipt_value()),
    }
}

fn consistency(args: &ProveConsistencyArgs) -> Result<u8, Error> {
    let end = |text| End::of(text, &args.source.inputs);
    let from = end(args.from.as_os_str())?;
    let to = args.to.as_deref().map(end).transpose()?;
    let mut verifier = limited(to.as_ref().and_then(End::tip));
    for end in [Some(&from), to.as_ref()] {
        if let Some(End::Digest(digest, name)) = end {
            verifier = verifier.against_named(digest.clone(), name.as_str());
        }
    }
    let archive = Input::open(&args.source.inputs, &args.source.aws, None)?;
    let named: Vec<&OsStr> = [Some(&args.from), args.to.as_ref()]
        .into_iter()
        .flatten()
        .map(OsString::as_os_str)
        .collect();
    let prover = prover(verifier, &archive, &args.source, &named)?;
    let from = from.within(&prover)?;
    let to_digest = matches!(to, Some(End::Digest(..)));
    let to = to.map_or_else(|| Ok(prover.last()), |to| to.within(&prover))?;
    let proven = Consistency {
        strand_id: prover.strand_id().clone(),
        from: prover.digest(from)?,
        to: prover.digest(to)?,
        proof: prover.consistency_proof(from, to)?,
    };
    terminal::print_json(&proven.to_json())?;
    let given = args.to.as_ref().filter(|_| to_digest);
    leads_to(&proven.to, &args.source, given);
    Ok(0)
}

/// An end of a consistency proof: a digest, or a tip alone.
enum End {
    /// With the name of where it came from.
    Digest(Digest, String),
    Tip(u64),
}

impl End {
    fn of(text: &OsStr, inputs: &[PathBuf]) -> Result<End, Error> {
        match text.to_string_lossy().parse() {
            Ok(_) if Path::new(text).exists() => {
                let text = text.to_string_lossy().into_owned();
                Err(Error::ValueOrFile {
                    what: "number",
                    text,
                })
            }
            Ok(tip) => Ok(End::Tip(tip)),
            Err(_) => {
                let (digest, name) = super::digest_named(text, inputs)?;
                Ok(End::Digest(digest, name))
            }
        }
    }

    fn tip(&self) -> Option<u64> {
        match self {
            End::Digest(digest, _) => digest.sequence_no,
            End::Tip(tip) => Some(*tip),
        }
    }

    fn within(&self, prover: &Prover) -> Result<u64, ProveError> {
        match self {
            End::Digest(digest, _) => prover.tip_of(digest),
            End::Tip(tip) => Ok(*tip),
        }
    }
}

/// The journal, what proves from it, and the tip.
fn prepare(source: &ProofSource, tip: &ProofTip) -> Result<(Input, Prover, u64), Error> {
    let digest = match &tip.digest {
        Some(text) => Some(super::digest_named(text, &source.inputs)?),
        None => None,
    };
    let named = digest.as_ref().and_then(|(digest, _)| digest.sequence_no);
    let mut verifier = limited(tip.tip.or(named));
    if let Some((digest, name)) = &digest {
        verifier = verifier.against_named(digest.clone(), name.as_str());
    }
    let archive = Input::open(&source.inputs, &source.aws, None)?;
    let named: Vec<&OsStr> = tip.digest.as_deref().into_iter().collect();
    let prover = prover(verifier, &archive, source, &named)?;
    let tip = match &digest {
        Some((digest, _)) => prover.tip_of(digest)?,
        None => tip.tip.unwrap_or_else(|| prover.last()),
    };
    Ok((archive, prover, tip))
}

/// Blocks after the tip take no part in a proof.
fn limited(tip: Option<u64>) -> Verifier {
    match tip {
        Some(tip) => Verifier::new().to(tip),
        None => Verifier::new(),
    }
}

/// What proves from the journal. `digests`: as they were typed, which may name files.
fn prover(
    mut verifier: Verifier,
    archive: &dyn Archive,
    source: &ProofSource,
    digests: &[&OsStr],
) -> Result<Prover, Error> {
    verifier = verifier.limits(source.limits.all()?);
    if let Some(strand) = &source.strand {
        verifier = verifier.strand(StrandId::new(strand));
    }
    if let Some(path) = &source.index {
        let file = File::open(path).map_err(|error| unusable(path, &error))?;
        let index = IndexFile::open(file).map_err(|error| unusable(path, &error))?;
        return Ok(Prover::from_index(&verifier, index));
    }
    let file = source.save_index.as_ref().map(|path| {
        let reads = source
            .inputs
            .iter()
            .chain(&source.state)
            .map(PathBuf::as_path);
        let digests = digests.iter().map(Path::new);
        NewFile::at(path, Replaces::Index, reads.chain(digests))
    });
    let file = file.transpose()?;
    let state = source.state.as_ref().map(State::read).transpose()?;
    let bar = Bar::new(false);
    let watched = verifier.clone().progress(bar.callback());
    let made = match &state {
        Some(state) => Prover::index_on_top_of(&watched, state, archive),
        None => Prover::index(&watched, archive),
    };
    bar.finish();
    let (index, strand_id, report) = made.inspect_err(super::explain)?;
    super::remark_warnings(&report);
    if let Some(file) = file {
        file.write_with(|out| index.write(&strand_id, out))?;
    }
    Ok(Prover::with_index(&verifier, index, strand_id))
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::Index {
        path: path.display().to_string(),
        why: why.to_string(),
    }
}

/// Says which digest a proof leads to: what it is worth hangs on that one. `given`: the
/// digest that was asked for, if one was.
fn leads_to(digest: &Digest, source: &ProofSource, given: Option<&OsString>) {
    terminal::remark(&format!(
        "proven under the digest {digest}; check with `sealion verify FILE --digest D`, D from where you keep it"
    ));
    if let (Some(state), None) = (&source.state, given) {
        terminal::remark(&format!(
            "that digest rests on {}, which nothing here confirms: compare it with one that you trust, or give that one with --digest",
            state.display()
        ));
    }
}
