//! One file a verb. None holds a rule about hashes.

pub mod completions;
pub mod digest;
pub mod man;
pub mod show;
pub mod state;
pub mod verify;

use std::path::PathBuf;

use sealion::{Report, Verifier};

use crate::error::Error;
use crate::terminal::Bar;

/// Verifies the files and directories at `inputs`, showing progress.
fn verify_paths(verifier: Verifier, inputs: &[PathBuf], quiet: bool) -> Result<Report, Error> {
    let archive = sealion::source::Union::of_paths(inputs)?;
    let bar = Bar::new(quiet);
    let report = verifier.progress(bar.callback()).verify(&archive);
    bar.finish();
    Ok(report?)
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
