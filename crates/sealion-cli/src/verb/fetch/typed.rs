//! Block addresses as they are typed on the command line.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::Path;

use sealion::BlockAddress;

use crate::error::Error;

/// An address as the AWS CLI takes it: Ion text, JSON, its shorthand `IonText=…`, or a file with one.
pub fn address(option: &'static str, text: &str) -> Result<BlockAddress, Error> {
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

/// The file that was typed, if it was one.
pub fn file_of(typed: &OsStr) -> &Path {
    let file = typed.to_str().and_then(|text| text.strip_prefix("file://"));
    Path::new(file.map_or(typed, OsStr::new))
}

/// That an option does not name what it should.
pub fn unfit(option: &'static str, path: &Path, why: &dyn ToString) -> Error {
    Error::Address {
        option,
        text: path.display().to_string(),
        why: why.to_string(),
    }
}

/// The text of a file, or of standard input.
pub fn text_of(path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().read_to_string(&mut text).map(|_| text),
        false => std::fs::read_to_string(path),
    };
    read.map_err(|error| super::super::cannot_read(path, error))
}
