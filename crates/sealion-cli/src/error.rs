//! Why the program could not answer, and what the user can do next.

use std::io;

use sealion::blocks::ParseDigestError;
use sealion::output::{Occupied, Replaces};
use sealion::prove::ProveError;

use crate::input::is_in_aws;

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
    /// An option names a value, and a file.
    #[error("{text} is a {what}, and a file of that name is here")]
    ValueOrFile {
        /// What it is.
        what: &'static str,
        /// As it was typed.
        text: String,
    },
    /// `-` is the digest and an input.
    #[error("standard input can be read once: it cannot be the digest and an input")]
    StandardInputTwice,
    /// `--from` lies after `--to`.
    #[error("--from {from} is after --to {to}, so no block is asked for")]
    EmptyRange {
        /// The first block asked for.
        from: u64,
        /// The last block asked for.
        to: u64,
    },
    /// A limit that cannot be set.
    #[error("--limit: {0}")]
    Limit(#[from] sealion::LimitError),
    /// The inputs are there but hold no file.
    #[error("no file in {inputs}")]
    NoFile {
        /// As they were typed.
        inputs: String,
    },
    /// `s3://…` or `kinesis://…` in a build that cannot read it.
    #[cfg(not(feature = "aws"))]
    #[error("cannot read {0}: this build of sealion does not read from AWS")]
    NotBuiltIn(String),
    /// `fetch` in a build that cannot.
    #[cfg(not(feature = "aws"))]
    #[error("this build of sealion does not fetch from servers")]
    CannotFetch,
    /// The endpoint gave no answer.
    #[cfg(feature = "aws")]
    #[error(transparent)]
    Fetch(#[from] sealion_fetch::Error),
    /// An option names no block address.
    #[cfg(feature = "aws")]
    #[error("{option} {text}: {why}")]
    Address {
        /// The option.
        option: &'static str,
        /// As it was typed.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// No digest of that journal can be given.
    #[error("no digest: {0}")]
    NoDigest(#[source] ProveError),
    /// No proof can be given.
    #[error("no proof: {0}")]
    Prove(#[from] ProveError),
    /// Nothing can be extracted.
    #[error(transparent)]
    Extract(#[from] sealion::extract::ExtractError),
    /// A file that holds an index does not.
    #[error("cannot use {path} as an index: {why}")]
    Index {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A bundle without a digest to stand under.
    #[error("no digest was given, and a bundle is worth as much as the digest it stands under")]
    NoBasis,
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
    /// `help` of what is neither a code nor a verb.
    #[error("there is no code and no verb `{name}`; {}", nearest(.near))]
    NoHelp {
        /// As it was typed.
        name: String,
        /// What may have been meant.
        near: Vec<&'static str>,
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
            Error::Prove(error) | Error::NoDigest(error) if error.is_wrong() => 1,
            Error::Merge(sealion::MergeError::Link { .. }) => 1,
            Error::NoState { status, .. } => *status,
            _ => 2,
        }
    }

    /// What the user can do next.
    pub fn advice(&self) -> Option<&'static str> {
        Some(match self {
            #[cfg(not(feature = "aws"))]
            Error::NotBuiltIn(_) => {
                "build it in: `cargo install --path crates/sealion-cli --features aws`; or copy first what \
                 is there, with `aws s3 sync s3://bucket/prefix export/` or `aws kinesis get-records`"
            }
            #[cfg(not(feature = "aws"))]
            Error::CannotFetch => {
                "build it in: `cargo install --path crates/sealion-cli --features aws`; or make the \
                 answer from an export with `sealion prove`"
            }
            #[cfg(feature = "aws")]
            Error::Fetch(error) => return error.advice(),
            #[cfg(feature = "aws")]
            Error::Address { .. } => {
                "write it as the service does, in single quotes for the shell: \
                 '{strandId:\"22 letters and digits\",sequenceNo:5}'; or name the block by --at 5"
            }
            Error::ValueOrFile { .. } => {
                "run from another folder to name the value, or write ./ before it to name the file"
            }
            // What AWS answers is told with what to do.
            Error::Library(sealion::Error::Io { path, .. }) if is_in_aws(path) => {
                return None;
            }
            Error::Library(sealion::Error::Io { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                "check the spelling: an input is a file, a directory, or `-` for standard input"
            }
            Error::Library(sealion::Error::Io { .. }) => {
                "check that you may read it, then run again"
            }
            Error::Library(sealion::Error::NoState { .. }) => {
                "give a file that `sealion verify --save-state` or `sealion state merge` wrote"
            }
            Error::Library(sealion::Error::NoDigest { .. }) => {
                "give another file, or the digest itself: --digest BASE64@SEQUENCENO"
            }
            Error::Digest { .. } => {
                "give the path of a digest file (what `aws qldb get-digest` printed), or the digest \
                 itself, with its tip if you know it: BASE64@SEQUENCENO"
            }
            Error::StandardInputTwice => "give one of the two as a file",
            Error::EmptyRange { .. } => "both ends are inclusive: give --from the smaller number",
            Error::Limit(_) => "take the name from the finding that asks for it, and a number that fits",
            Error::NoFile { .. } => {
                "name the files or directories that were saved from QLDB, for example \
                 `sealion verify export/ --digest digest.json`"
            }
            Error::Prove(error) => return proving(error),
            Error::Index { .. } => "make it anew: the same command with --save-index in place of --index",
            Error::NoBasis => {
                "give the one that you trust with --digest; or --tip N for the journal's own at \
                 block N: the file then says that nobody vouched for it"
            }
            Error::Library(sealion::Error::Occupied { why, .. }) => occupied(why),
            Error::Library(sealion::Error::Write { source, .. }) => unwritten(source),
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
            Error::NoHelp { .. } => {
                "`sealion help codes` lists the codes of findings, `sealion --help` the verbs"
            }
            Error::NoVerb(_) => "`sealion --help` lists the verbs",
            Error::Extract(_) | Error::Library(_) | Error::NoDigest(_) | Error::Output(_) => return None,
        })
    }
}

fn nearest(near: &[&str]) -> String {
    match near {
        [] => "none is like it".to_owned(),
        near => format!("nearest: {}", near.join(", ")),
    }
}

/// What to do where the system does not write a result.
fn unwritten(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::NotFound => {
            "its folder is not there: check the spelling, or make the folder"
        }
        _ => "check that you may write there and that there is room, then run again",
    }
}

/// What to do where something is in the way of a result.
fn occupied(why: &Occupied) -> &'static str {
    match why {
        Occupied::Foreign(Replaces::Nothing) => {
            "a file of that name is there already: choose another one, or give --force"
        }
        Occupied::Foreign(_) => {
            "choose another name: nothing is written over what the same option did not write"
        }
        Occupied::Read(_) => "choose another name: nothing is written over what a run reads",
        Occupied::Within(_) => {
            "choose another folder: among the inputs it would be one more of them for the next run"
        }
        Occupied::Twice => "choose another name for one of them",
        _ => "name a file, or one that is not there yet",
    }
}

/// What to do where nothing was proven.
fn proving(error: &ProveError) -> Option<&'static str> {
    Some(match error {
        ProveError::Fails(_) => {
            "the report above says where; prove from another copy of the journal"
        }
        ProveError::Incomplete { .. } | ProveError::Strand(_) => {
            "see above what is missing or was not read; it takes all blocks from 0, or from the end of --state, to the digest's tip; of several strands choose one by --strand"
        }
        ProveError::Tip { .. } => "hand over the later blocks, or choose an earlier tip",
        ProveError::OutOfTree { .. } => "choose a block up to the tip, or a later tip",
        ProveError::BeforeTree { .. } => {
            "prove earlier blocks from the journal's earlier part: hand it over as well, from block 0 on, or leave --state away"
        }
        ProveError::OtherDigest { .. } => {
            "the digest is of another journal or tip, or the journal was changed: run `sealion verify`"
        }
        ProveError::NotFound(_) => "`sealion show` lists what a file holds",
        ProveError::NotRecomputed(_) => {
            "prove from an export in Ion; from JSON only receipts can be given (`prove revision --output receipt`)"
        }
        ProveError::DamagedIndex(_) | ProveError::Index(_) => {
            "make the index anew: the same command with --save-index in place of --index"
        }
        _ => return None,
    })
}
