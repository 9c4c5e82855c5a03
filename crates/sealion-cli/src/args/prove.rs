//! Arguments of `prove`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::examples::*;
use super::{number, AwsArgs, LimitArgs};

/// Arguments of `prove`.
#[derive(Debug, clap::Args)]
pub struct ProveArgs {
    /// What to prove.
    #[command(subcommand)]
    pub what: Provable,
}

/// What can be proven.
#[derive(Debug, Subcommand)]
pub enum Provable {
    /// Print a block with its proof, as `aws qldb get-block` did
    #[command(after_help = PROVE_BLOCK_EXAMPLES)]
    Block(ProveBlockArgs),
    /// Print a document's revision with its proof, as `aws qldb get-revision` did, or its receipt
    #[command(after_help = PROVE_REVISION_EXAMPLES)]
    Revision(ProveRevisionArgs),
    /// Print the proof that everything under one digest is under another
    ///
    /// QLDB never gave such proofs. `sealion verify` checks the file without the journal.
    #[command(after_help = PROVE_CONSISTENCY_EXAMPLES)]
    Consistency(ProveConsistencyArgs),
}

/// Where proofs come from, and the digest that they lead to.
#[derive(Debug, clap::Args)]
pub struct ProofSource {
    /// Files and directories that hold the journal, from block 0 or from the end of --state on; `-`
    /// is standard input
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// The strand, where the inputs hold several
    #[arg(long, value_name = "ID")]
    pub strand: Option<String>,
    /// Take the tree of block hashes from this file instead of verifying the journal
    ///
    /// What is proven must still recompute and be the block that was indexed. Give --digest, so
    /// that no content rests on the file: only the numbers of blocks do then, for they were
    /// counted when it was made.
    #[arg(long, value_name = "FILE", conflicts_with = "save_index")]
    pub index: Option<PathBuf>,
    /// Keep the tree of block hashes in this file, new or an older index: 64 bytes a block
    #[arg(long, value_name = "FILE")]
    pub save_index: Option<PathBuf>,
    /// Continue from this saved state: the inputs need only hold the blocks after it
    ///
    /// Only those can be proven. The state is a claim: with --digest its hashes must lead there, and
    /// the numbers of blocks still rest on it.
    #[arg(long, value_name = "FILE", conflicts_with = "index")]
    pub state: Option<PathBuf>,
    /// Bounds on input.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// How to reach AWS.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// The digest that a proof leads to.
#[derive(Debug, clap::Args)]
pub struct ProofTip {
    /// The digest's tip: its last block [default: the journal's last]
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = number,
        conflicts_with = "digest"
    )]
    pub tip: Option<u64>,
    /// The digest that the proof is to lead to: a file, BASE64@SEQUENCENO or 64 hex digits
    ///
    /// The journal must give this very digest.
    #[arg(long, value_name = "D")]
    pub digest: Option<OsString>,
}

/// Arguments of `prove block`.
#[derive(Debug, clap::Args)]
pub struct ProveBlockArgs {
    /// The block's sequence number
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub at: u64,
    /// The form of the proof
    #[arg(long, value_name = "FORM", value_enum, default_value_t = BlockForm::Aws)]
    pub output: BlockForm,
    /// The digest.
    #[command(flatten)]
    pub tip: ProofTip,
    /// The journal.
    #[command(flatten)]
    pub source: ProofSource,
}

/// Arguments of `prove revision`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["document", "table", "all"]))]
pub struct ProveRevisionArgs {
    /// The document's id
    #[arg(long, value_name = "ID")]
    pub document: Option<String>,
    /// Every revision that fits, a line of JSON each
    #[arg(long)]
    pub all: bool,
    /// Only documents of the table with this name; implies --all
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
    /// Only in the block with this sequence number
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub at: Option<u64>,
    /// Only this version, from 0 [default: the last that there is]
    #[arg(long, value_name = "V", allow_negative_numbers = true, value_parser = number)]
    pub version: Option<u64>,
    /// The form of the proof
    #[arg(long, value_name = "FORM", value_enum, default_value_t = ProofForm::Aws)]
    pub output: ProofForm,
    /// The digest.
    #[command(flatten)]
    pub tip: ProofTip,
    /// The journal.
    #[command(flatten)]
    pub source: ProofSource,
}

/// The forms of a block's proof. Receipts there were of revisions only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BlockForm {
    /// The block and its proof, as the AWS CLI printed them
    Aws,
}

/// The forms of a revision's proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProofForm {
    /// The revision and its proof, as the AWS CLI printed them
    Aws,
    /// Hash, proof and digest, without the document's content
    Receipt,
}

/// Arguments of `prove consistency`.
#[derive(Debug, clap::Args)]
pub struct ProveConsistencyArgs {
    /// The older digest: a file, BASE64@SEQUENCENO, or the sequence number of its tip alone
    #[arg(long, value_name = "D")]
    pub from: OsString,
    /// The newer digest, likewise [default: that of the whole journal]
    #[arg(long, value_name = "D")]
    pub to: Option<OsString>,
    /// The journal.
    #[command(flatten)]
    pub source: ProofSource,
}
