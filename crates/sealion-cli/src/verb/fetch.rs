//! `sealion fetch`: the API's answers from a server that still gives them, verified at once.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::Path;

use sealion::prove::aws_json;
use sealion::{BlockAddress, Digest, Report, StrandId, Verdict, Verifier};
use sealion_fetch::{verify, Agreement, Answer, Ledger};
use serde_json::json;

use crate::args::{
    AnswerArgs, ExportForm, FetchArgs, FetchBlockArgs, FetchDigestArgs, FetchExportArgs,
    FetchRevisionArgs, Fetchable, TipArgs,
};
use crate::error::Error;
use crate::{input, terminal};

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
    let ledger = ledger(&args.answer)?;
    let (digest, answer) = ledger.digest()?;
    let report = verify(Verifier::new(), [&answer])?;
    hand_over(&args.answer, &answer.to_aws_json())?;
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
                 whether one continues the other; `sealion prove consistency` makes it from an export"
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
    let ledger = ledger(&args.answer)?;
    let strand_id = named.as_ref().map(|address| &address.strand_id);
    let basis = Basis::of(&ledger, &args.tip, strand_id)?;
    let address = match (named, args.at) {
        (Some(address), _) => address,
        // The parser wants one of the two.
        (None, number) => basis.address(number.unwrap_or_default()),
    };
    let answer = ledger.block(&address, Some(&basis.tip))?;
    let report = basis.verify(std::slice::from_ref(&answer))?;
    hand_over(&args.answer, &answer.to_aws_json())?;
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
    let ledger = ledger(&args.answer)?;
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
    hand_over(&args.answer, &text)?;
    Ok(basis.tell(&ledger, &report))
}

fn export(args: &FetchExportArgs) -> Result<u8, Error> {
    let ledger = ledger(&args.answer)?;
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
        ExportForm::Url => urls.map(|url| terminal::harmless(&url) + "\n").collect(),
    };
    hand_over(&args.answer, &text)?;
    for export in &exports {
        let (id, status) = (export.id(), export.status());
        terminal::remark(&match export.url() {
            Some(url) => format!(
                "export {id} is {status}, at {url}; check it with `sealion verify {url} --digest D`"
            ),
            None => format!("export {id} is {status}; where it lies is not said"),
        });
    }
    Ok(0)
}

/// What an answer is verified against.
struct Basis {
    /// The tip of the digest that proofs are to lead to.
    tip: BlockAddress,
    /// What the user trusts, and its name.
    trusted: Option<(Digest, String)>,
    /// What the endpoint says, if it had to be asked because the user trusts nothing.
    claimed: Option<(Digest, Answer)>,
}

impl Basis {
    /// The tip that the user named, else that of the trusted digest, else that of the ledger's own
    /// digest. That is asked for only if needed, also where nothing else tells the strand.
    fn of(ledger: &Ledger, args: &TipArgs, strand_id: Option<&StrandId>) -> Result<Basis, Error> {
        let trusted = trusted(args.digest.as_deref())?;
        let named = args.digest_tip_address.as_deref();
        let mut tip = named
            .map(|text| address("--digest-tip-address", text))
            .transpose()?;
        if let (None, Some((digest, _))) = (&tip, &trusted) {
            let strand_id = digest.strand_id.as_ref().or(strand_id);
            tip = strand_id
                .zip(digest.sequence_no)
                .map(|(strand_id, number)| BlockAddress::new(strand_id.clone(), number));
        }
        if let Some(tip) = tip {
            return Ok(Basis {
                tip,
                trusted,
                claimed: None,
            });
        }
        let (digest, answer) = ledger.digest()?;
        let own = trusted.as_ref().and_then(|(digest, _)| digest.sequence_no);
        let (strand_id, number) = (digest.strand_id.clone(), own.or(digest.sequence_no));
        let tip = strand_id
            .zip(number)
            .map(|(id, number)| BlockAddress::new(id, number));
        Ok(Basis {
            // A fetched digest always has its tip.
            tip: tip.unwrap_or_else(|| BlockAddress::new(StrandId::new(""), 0)),
            claimed: trusted.is_none().then_some((digest, answer)),
            trusted,
        })
    }

    /// The block with this number in the tip's strand.
    fn address(&self, sequence_no: u64) -> BlockAddress {
        BlockAddress::new(self.tip.strand_id.clone(), sequence_no)
    }

    fn verify(&self, answers: &[Answer]) -> Result<Report, Error> {
        let mut verifier = Verifier::new();
        if let Some((digest, name)) = &self.trusted {
            verifier = verifier.against_named(digest.clone(), name.as_str());
        }
        let claimed = self.claimed.iter().map(|(_, answer)| answer);
        Ok(verify(verifier, answers.iter().chain(claimed))?)
    }

    /// Says what came of it: in a line if all is well, else in full.
    fn tell(&self, ledger: &Ledger, report: &Report) -> u8 {
        match report.verdict() {
            Verdict::Verified | Verdict::Consistent => {
                let text = report.to_string();
                terminal::remark(text.lines().next().unwrap_or_default());
            }
            Verdict::Failed | Verdict::Inconclusive => terminal::explain(report),
        }
        if let Some((digest, _)) = &self.claimed {
            claimed(ledger, digest);
        }
        report.verdict().exit_status()
    }
}

/// Says what a digest is worth that merely came from the endpoint.
fn claimed(ledger: &Ledger, digest: &Digest) {
    terminal::remark(&format!(
        "the digest {digest} is only what {} says: it vouches for nothing before you compare it with \
         one that was kept elsewhere (--digest)",
        ledger.endpoint()
    ));
}

fn ledger(args: &AnswerArgs) -> Result<Ledger, Error> {
    if let Some(path) = &args.output {
        super::check_free(path, args.force)?;
    }
    let connection = input::connect(&args.aws, None)?;
    Ok(Ledger::new(&connection, &args.ledger))
}

fn trusted(digest: Option<&OsStr>) -> Result<Option<(Digest, String)>, Error> {
    digest.map(super::digest_named).transpose()
}

/// Writes the answer where it is wanted, right or wrong.
fn hand_over(args: &AnswerArgs, text: &str) -> Result<(), Error> {
    match &args.output {
        Some(path) if path != Path::new("-") => super::write(path, text, args.force),
        _ => terminal::print(text),
    }
}

/// An address as the AWS CLI takes it: Ion text, JSON, its shorthand `IonText=…`, or a file with one.
fn address(option: &'static str, text: &str) -> Result<BlockAddress, Error> {
    let read = match text.strip_prefix("file://") {
        Some(path) => text_of(Path::new(path))?,
        None => text.to_owned(),
    };
    let ion = read.trim();
    let parsed = ion.strip_prefix("IonText=").unwrap_or(ion).parse();
    parsed.map_err(|error: sealion::ParseAddressError| Error::Address {
        option,
        text: text.to_owned(),
        why: error.to_string(),
    })
}

fn unfit(option: &'static str, path: &Path, why: &dyn ToString) -> Error {
    Error::Address {
        option,
        text: path.display().to_string(),
        why: why.to_string(),
    }
}

/// The text of a file, or of standard input.
fn text_of(path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().read_to_string(&mut text).map(|_| text),
        false => std::fs::read_to_string(path),
    };
    read.map_err(|error| super::cannot_read(path, error))
}
