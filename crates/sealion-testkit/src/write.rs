//! What the service, its clients and AWS's samples wrote, made from blocks.
//!
//! - [`export`]: an export to S3 with its manifests, in every encoding;
//! - [`json`]: the down-conversion of Ion to JSON that JSON exports use;
//! - [`stream`]: records of a journal stream, and the files people kept them in; [`kpl`] packs several into one;
//! - [`shapes`]: all of that within something else: rows of the shell, replies, tables;
//! - [`evidence`]: the answers of the AWS CLI, receipts, the console's digest file, the migration sample's proofs.

pub mod evidence;
pub mod export;
pub mod json;
pub mod kpl;
pub mod shapes;
pub mod sink;
pub mod stream;

pub use sink::{Files, Folder, Sink};

use ion_rs::IonError;

/// Something could not be written.
#[derive(Debug)]
pub enum Error {
    /// A file could not be written.
    Io(std::io::Error),
    /// A value could not be encoded as Ion binary.
    Ion(IonError),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Ion(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<IonError> for Error {
    fn from(error: IonError) -> Self {
        Self::Ion(error)
    }
}
