//! One file a verb. None holds a rule about hashes.

pub mod bundle;
pub mod compare;
pub mod completions;
pub mod digest;
pub mod extract;
#[cfg(feature = "aws")]
pub mod fetch;
pub mod help;
pub mod man;
pub mod prove;
pub mod show;
pub mod state;
pub mod verify;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use sealion::output::{NewFile, Replaces};
use sealion::prove::ProveError;
use sealion::source::Archive;
use sealion::{Digest, Report, Severity, Verifier};

use crate::error::Error;
use crate::terminal::{self, Bar};

/// Verifies an archive, showing progress.
fn verify_archive(verifier: Verifier, archive: &dyn Archive, quiet: bool) -> Result<Report, Error> {
    let bar = Bar::new(quiet);
    let report = verifier.progress(bar.callback()).verify(archive);
    bar.finish();
    Ok(report?)
}

/// Shows the report that says why nothing is proven, where there is one.
fn explain(error: &ProveError) {
    if let ProveError::Fails(report) | ProveError::Incomplete { report, .. } = error {
        terminal::explain(report);
    }
}

/// Says what the report warns of, which bears on what is given out: something may have been left out or hidden.
fn remark_warnings(report: &Report) {
    let findings = report.findings().iter();
    let warnings = findings.filter(|finding| finding.severity == Severity::Warning);
    let codes: BTreeSet<&str> = warnings.map(|finding| finding.code.as_str()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    if !codes.is_empty() {
        terminal::remark(&format!(
            "the journal has warnings ({}): read them in the report of `sealion verify` before you rely on this",
            codes.join(", ")
        ));
    }
    remark_silent(report);
}

/// Says that there are blocks of which nothing tells what they changed: it may be of what was asked for.
fn remark_silent(report: &Report) {
    let silent: u64 = report
        .strands
        .iter()
        .map(|strand| strand.silent_blocks)
        .sum();
    let which = match silent {
        0 => return,
        1 => "1 block has".to_owned(),
        many => format!("{many} blocks have"),
    };
    terminal::remark(&format!(
        "{which} no transactionInfo, and no revisions or some that are hashes alone: the service made some so for itself, and what is left out looks the same; what was changed there nothing tells, and `sealion verify` says where"
    ));
}

/// That there was nothing at all to read.
fn no_file(inputs: &[PathBuf]) -> Error {
    let names: Vec<_> = inputs
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    Error::NoFile {
        inputs: names.join(", "),
    }
}

/// The digest that an option names, and the name of where it came from: standard input, which
/// then is none of the inputs. A text that is a digest is none but that: whoever hands over a
/// folder could lay a file of that name in it.
fn digest_named(text: &OsStr, inputs: &[PathBuf]) -> Result<(Digest, String), Error> {
    let name = text.to_string_lossy();
    if name == "-" {
        return match inputs.iter().any(|input| input.as_os_str() == "-") {
            true => Err(Error::StandardInputTwice),
            false => Ok((Digest::read_stdin()?, "standard input".to_owned())),
        };
    }
    let file = std::fs::metadata(Path::new(text));
    match (name.parse(), file) {
        (Ok(digest), Err(_)) => Ok((digest, "command line".to_owned())),
        (Ok(_), Ok(_)) => Err(Error::ValueOrFile {
            what: "digest",
            text: name.into_owned(),
        }),
        (Err(_), Ok(_)) => Ok((Digest::read(text)?, name.into_owned())),
        (Err(parse), Err(file)) => Err(Error::Digest {
            text: name.into_owned(),
            file,
            parse,
        }),
    }
}

/// The file that an option names, before long work and not after it. It may be none that
/// the run reads, and none that is there already, unless `force` says so.
fn new_file(path: &Path, force: bool, reads: Vec<&Path>) -> Result<NewFile, Error> {
    let replaces = match force {
        true => Replaces::Anything,
        false => Replaces::Nothing,
    };
    Ok(NewFile::at(path, replaces, reads)?)
}

fn cannot_read(path: &Path, source: io::Error) -> Error {
    let path = path.display().to_string();
    Error::Library(sealion::Error::Io { path, source })
}

/// What a build says that cannot fetch.
#[cfg(not(feature = "aws"))]
pub mod fetch {
    use crate::args::FetchArgs;
    use crate::error::Error;

    pub fn run(_: &FetchArgs) -> Result<u8, Error> {
        Err(Error::CannotFetch)
    }
}
