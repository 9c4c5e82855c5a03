//! `sealion fetch`: the API's answers from a server that still gives them, verified at once.

mod basis;
mod typed;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use sealion::output::NewFile;
use sealion::prove::aws_json;
use sealion::{escape, BlockAddress, Verdict, Verifier};
use sealion_fetch::{verify, Agreement, Answer, Ledger};
use serde_json::json;

use crate::args::{
    AnswerArgs, ExportForm, FetchArgs, FetchBlockArgs, FetchDigestArgs, FetchExportArgs,
    FetchRevisionArgs, Fetchable,
};
use crate::error::Error;
use crate::{input, terminal};
use basis::{claimed, trusted, Basis};
use typed::{address, file_of, text_of, unfit};

/// Fetches what was asked for, hands it over, and gives the exit status of its verdict.
pub fn run(args: &FetchArgs) -> Result<u8, Error> {
    match &args.what {
        Fetchable::Digest(args) => digest(args),
        Fetchable::Block(args) => block(args),
        Fetchable::Revision(args) => revision(args),
        Fetchable::Export(args) => export(args),
    }
}

fn digest(args: &FetchDigestArgs) -> Result<u8, Error> {
    let trusted = trusted(args.digest.as_deref())?;
    let (ledger, file) = ledger(&args.answer, args.digest.as_deref())?;
    let (digest, answer) = ledger.digest()?;
    let report = verify(Verifier::new(), [&answer])?;
    hand_over(file, &answer.to_aws_json())?;
    if report.verdict() == Verdict::Failed {
        terminal::explain(&report);
        return Ok(1);
    }
    let Some((own, name)) = trusted else {
        claimed(&ledger, &digest);
        return Ok(0);
    };
    let (words, status) = match Agreement::of(&own, &digest) {
        Agreement::Same => (
            format!("VERIFIED: it is the digest {own} from {name}, which you trust"),
            0,
        ),
        Agreement::Contradiction(why) => (
            format!("FAILED: it contradicts the digest from {name}, which you trust: {why}"),
            1,
        ),
        Agreement::Undecided => (
            format!(
                "INCONCLUSIVE: it is {digest}, and that from {name} is {own}: only a proof shows \
                 whether all under one is under the other; `sealion prove consistency` makes it from an export"
            ),
            2,
        ),
    };
    terminal::remark(&words);
    Ok(status)
}

fn block(args: &FetchBlockArgs) -> Result<u8, Error> {
    let named = args.block_address.as_deref();
    let named = named.map(|text| address("--block-address", text));
    let named = named.transpose()?;
    let typed = [&args.block_address, &args.tip.digest_tip_address];
    let typed = typed.into_iter().flatten().map(OsStr::new);
    let reads = typed.chain(args.tip.digest.as_deref());
    let (ledger, file) = ledger(&args.answer, reads)?;
    let strand_id = named.as_ref().map(|address| &address.strand_id);
    let basis = Basis::of(&ledger, &args.tip, strand_id)?;
    let address = match (named, args.at) {
        (Some(address), _) => address,
        // The parser wants one of the two.
        (None, number) => basis.address(number.unwrap_or_default()),
    };
    let answer = ledger.block(&address, Some(&basis.tip))?;
    let report = basis.verify(std::slice::from_ref(&answer))?;
    hand_over(file, &answer.to_aws_json())?;
    Ok(basis.tell(&ledger, &report))
}

fn revision(args: &FetchRevisionArgs) -> Result<u8, Error> {
    let mut addresses = BTreeSet::new();
    for text in &args.block_address {
        addresses.insert(address("--block-address", text)?);
    }
    for path in &args.block_addresses {
        let found = BlockAddress::all_in(&text_of(path)?, args.all_revisions_of.as_deref());
        let found = found.map_err(|error| unfit("--block-addresses", path, &error))?;
        if found.is_empty() {
            let why = "no address of this document is in it";
            return Err(unfit("--block-addresses", path, &why));
        }
        addresses.extend(found);
    }
    let typed = args
        .block_address
        .iter()
        .chain(&args.tip.digest_tip_address);
    let files = args.block_addresses.iter().map(|path| path.as_os_str());
    let reads = typed
        .map(OsStr::new)
        .chain(files)
        .chain(args.tip.digest.as_deref());
    let (ledger, file) = ledger(&args.answer, reads)?;
    let strand_id = addresses.first().map(|address| &address.strand_id);
    let basis = Basis::of(&ledger, &args.tip, strand_id)?;
    addresses.extend(args.at.iter().map(|number| basis.address(*number)));
    let (id, many) = match (&args.document_id, &args.all_revisions_of) {
        (Some(id), _) => (id.as_str(), false),
        (None, id) => (id.as_deref().unwrap_or_default(), true),
    };
    if !many && addresses.len() > 1 {
        let why = "one revision stands in one block; of several give --all-revisions-of";
        return Err(unfit("--document-id", Path::new(id), &why));
    }
    let mut answers = Vec::new();
    for address in &addresses {
        answers.push(ledger.revision(address, id, Some(&basis.tip))?);
    }
    let report = basis.verify(&answers)?;
    let text: String = match many {
        true => answers
            .iter()
            .map(|one| format!("{}\n", one.value()))
            .collect(),
        false => answers.iter().map(Answer::to_aws_json).collect(),
    };
    hand_over(file, &text)?;
    Ok(basis.tell(&ledger, &report))
}

fn export(args: &FetchExportArgs) -> Result<u8, Error> {
    let (ledger, file) = ledger(&args.answer, [])?;
    let (exports, value) = match &args.export_id {
        Some(id) => {
            let export = ledger.export(id)?;
            let value = json!({ "ExportDescription": export.value() });
            (vec![export], value)
        }
        None => {
            let all = ledger.exports()?;
            let values: Vec<_> = all.iter().map(sealion_fetch::Export::value).collect();
            (all, json!({ "JournalS3Exports": values }))
        }
    };
    let urls = exports.iter().filter_map(sealion_fetch::Export::url);
    let text = match args.form {
        ExportForm::Json => aws_json(&value),
        ExportForm::Url => urls
            .map(|url| escape::line(&url).into_owned() + "\n")
            .collect(),
    };
    hand_over(file, &text)?;
    for export in &exports {
        let (id, status) = (export.id(), export.status());
        let place = export.url();
        let place = place.as_deref().unwrap_or("a place that is not said");
        terminal::remark(&format!("export {id} is {status}, at {place}"));
    }
    terminal::remark("check one with `sealion verify s3://… --digest D`, D from where you keep it");
    Ok(0)
}

/// The ledger, and where its answer goes if not to standard output. `reads`: what was typed
/// that may name files.
fn ledger<'a>(
    args: &AnswerArgs,
    reads: impl IntoIterator<Item = &'a OsStr>,
) -> Result<(Ledger, Option<NewFile>), Error> {
    let path = args
        .output
        .as_deref()
        .filter(|path| *path != Path::new("-"));
    let reads = reads.into_iter().map(file_of).collect();
    let file = path.map(|path| super::new_file(path, args.force, reads));
    let file = file.transpose()?;
    let connection = input::connect(&args.aws, None)?;
    Ok((Ledger::new(&connection, &args.ledger), file))
}

/// Writes the answer where it is wanted, right or wrong.
fn hand_over(file: Option<NewFile>, text: &str) -> Result<(), Error> {
    match file {
        Some(file) => Ok(file.write(escape::json(text).as_bytes())?),
        None => terminal::print_json(text),
    }
}
