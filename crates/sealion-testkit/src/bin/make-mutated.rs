//! Writes one folder for every named change: the changed files, the digest to trust, and `expect.json`, what a
//! verifier must say.

use clap::Parser;
use sealion_testkit::mutate::{self, Evidence, Expectation};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::{evidence, Error, Files, Folder, Sink};
use sealion_testkit::{Ledger, Mix, Rng};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Writes a folder for each named change to a journal, a proof or an export's files.
#[derive(Parser)]
struct Arguments {
    /// Where journal and changes come from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Blocks of the journal.
    #[arg(long, default_value_t = 60)]
    blocks: u64,
    /// The folder to write to, made if it is not there.
    #[arg(long)]
    out: PathBuf,
}

/// Seeds to try for one change, until the ledger offers something to change.
const TRIES: u64 = 20;

/// The file that says what is expected. `digest` is what to trust.
fn expect(expected: &Expectation) -> Vec<u8> {
    let finding = |finding: &mutate::Expected| json!({"code": finding.code, "sequence_no": finding.sequence_no});
    let findings: Vec<_> = expected.findings.iter().map(finding).collect();
    let expect = json!({
        "verdict": expected.verdict.name(),
        "without_digest": expected.without_digest.map(mutate::Verdict::name),
        "findings": findings,
    });
    format!("{expect:#}\n").into_bytes()
}

fn export(ledger: &Ledger, seed: u64) -> Result<Files, Error> {
    let mut files = Files::new();
    Export::new(Format::Text, seed).write(&ledger.blocks, 7, &mut files)?;
    Ok(files)
}

/// Puts the files of one case, and what is expected of them.
fn put(
    folder: &mut Folder,
    case: &str,
    files: &Files,
    expected: &Expectation,
) -> Result<(), Error> {
    for (key, bytes) in files {
        folder.put(&format!("{case}/{key}"), bytes)?;
    }
    folder.put(&format!("{case}/expect.json"), &expect(expected))?;
    Ok(())
}

/// The files of an export under `export/`, beside the digest.
fn under_export(files: Files, digest: &str) -> Files {
    let files = files
        .into_iter()
        .map(|(key, bytes)| (format!("export/{key}"), bytes));
    files
        .chain([("digest.json".to_owned(), digest.as_bytes().to_vec())])
        .collect()
}

fn write_all(arguments: &Arguments, folder: &mut Folder) -> Result<usize, Error> {
    let mut written = 0;
    let ledger = Ledger::new(arguments.seed, arguments.blocks, Mix::Mixed);
    let digest = evidence::get_digest(&ledger.digest());
    let seeds = arguments.seed..arguments.seed + TRIES;
    for change in mutate::journals() {
        let mut changed = ledger.clone();
        let applied = seeds
            .clone()
            .find_map(|seed| (change.apply)(&mut changed, &mut Rng::new(seed)));
        if let Some(expected) = applied {
            let files = under_export(export(&changed, arguments.seed)?, &digest);
            put(folder, change.name, &files, &expected)?;
            written += 1;
        }
    }
    for change in mutate::files() {
        let mut files = export(&ledger, arguments.seed)?;
        if let Some(expected) = (change.apply)(&mut files, &mut Rng::new(arguments.seed)) {
            put(
                folder,
                change.name,
                &under_export(files, &digest),
                &expected,
            )?;
            written += 1;
        }
    }
    for change in mutate::proofs() {
        for (kind, mut answer) in answers(&ledger) {
            if let Some(expected) =
                (change.apply)(&mut answer, &ledger, &mut Rng::new(arguments.seed))
            {
                put(
                    folder,
                    &format!("{}-{kind}", change.name),
                    &answer.files(),
                    &expected,
                )?;
                written += 1;
            }
        }
    }
    Ok(written)
}

/// The answer for a block in the middle, and for the first document after it.
fn answers(ledger: &Ledger) -> Vec<(&'static str, Evidence)> {
    let middle = ledger.tip() / 2;
    let block = ("block", Evidence::of_block(ledger, middle, ledger.tip()));
    let document = ledger.documents().find(|(index, _)| *index >= middle);
    let document = document
        .map(|(index, revision)| Evidence::of_revision(ledger, index, revision, ledger.tip()));
    [block]
        .into_iter()
        .chain(document.map(|document| ("revision", document)))
        .collect()
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut folder = Folder(arguments.out.clone());
    match write_all(&arguments, &mut folder) {
        Ok(written) => {
            eprintln!("{written} cases");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
