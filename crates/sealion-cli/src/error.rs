//! Why the program could not answer, and what the user can do next.

use std::io;

use sealion::blocks::ParseDigestError;

/// What stopped a verb. Whether *the data* is wrong is in the report instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The library could not start, or had to stop.
    #[error(transparent)]
    Library(#[from] sealion::Error),
    /// `--digest` names neither a file nor a digest.
    #[error("--digest {text}: as a file: {file}; as text: {parse}")]
    Digest {
        /// As it was typed.
        text: String,
        /// Why it is not a file.
        file: io::Error,
        /// Why it is not a digest.
        parse: ParseDigestError,
    },
    /// `--from` lies after `--to`.
    #[error("--from {from} is after --to {to}, so no block is asked for")]
    EmptyRange {
        /// The first block asked for.
        from: u64,
        /// The last block asked for.
        to: u64,
    },
    /// The inputs are there but hold no file.
    #[error("no file in {inputs}")]
    NoFile {
        /// As they were typed.
        inputs: String,
    },
    /// No digest of that journal can be given.
    #[error("no digest: {why}")]
    Refused {
        /// What stands against it.
        why: String,
        /// Whether something is wrong, not merely missing.
        wrong: bool,
    },
    /// States that do not make one.
    #[error(transparent)]
    Merge(#[from] sealion::MergeError),
    /// No state was saved.
    #[error("no state was saved to {path}: {why}")]
    NoState {
        /// The file that was not written.
        path: String,
        /// What stands against it.
        why: String,
        /// The exit status: that of the report, but never 0.
        status: u8,
    },
    /// `man` of a verb that is not there.
    #[error("there is no verb `{0}`")]
    NoVerb(String),
    /// The result cannot be written.
    #[error("cannot write the result: {0}")]
    Output(#[source] io::Error),
}

impl Error {
    /// What the program exits with: 1 if something is wrong, 2 if it could not be
    /// decided or done.
    pub fn status(&self) -> u8 {
        match self {
            Error::Refused { wrong: true, .. } => 1,
            Error::Merge(sealion::MergeError::Link { .. }) => 1,
            Error::NoState { status, .. } => *status,
            _ => 2,
        }
    }

    /// What the user can do next.
    pub fn advice(&self) -> Option<&'static str> {
        Some(match self {
            Error::Library(sealion::Error::Io { path, .. }) if path.starts_with("s3://") => {
                "copy the objects first, for example with `aws s3 sync s3://bucket/prefix export/`, \
                 then name that directory"
            }
            Error::Library(sealion::Error::Io { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                "check the spelling: an input is a file, a directory, or `-` for standard input"
            }
            Error::Library(sealion::Error::Io { .. }) => {
                "check that you may read it, then run again"
            }
            Error::Library(sealion::Error::NoDigest { .. }) => {
                "give another file, or the digest itself: --digest BASE64@SEQUENCENO"
            }
            Error::Digest { .. } => {
                "give the path of a digest file (what `aws qldb get-digest` printed), or the digest \
                 itself, with its tip if you know it: BASE64@SEQUENCENO"
            }
            Error::EmptyRange { .. } => "both ends are inclusive: give --from the smaller number",
            Error::NoFile { .. } => {
                "name the files or directories that were saved from QLDB, for example \
                 `sealion verify export/ --digest digest.json`"
            }
            Error::Merge(sealion::MergeError::Gap { .. }) => "hand over the state between them as well",
            Error::Merge(sealion::MergeError::Overlap { .. }) => {
                "save one of them again for the blocks that the other lacks: \
                 `sealion verify --from N --to M --save-state F`"
            }
            Error::Merge(_) => {
                "the two are of different journals, or one was changed: verify the blocks on both \
                 sides of the cut together"
            }
            Error::NoState { .. } => return None,
            Error::NoVerb(_) => "`sealion --help` lists the verbs",
            Error::Library(_) | Error::Refused { .. } | Error::Output(_) => return None,
        })
    }
}
