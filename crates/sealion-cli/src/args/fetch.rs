//! Arguments of `fetch`. Names are those of `aws qldb`, so that old commands need few changes.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgGroup, Subcommand, ValueEnum};

use super::{number, AwsArgs};

/// Arguments of `fetch`.
#[derive(Debug, clap::Args)]
pub struct FetchArgs {
    /// What to fetch.
    #[command(subcommand)]
    pub what: Fetchable,
}

/// What can be fetched.
#[derive(Debug, Subcommand)]
pub enum Fetchable {
    /// Fetch the ledger's digest, as `aws qldb get-digest` did
    ///
    /// With --digest it is held against one that you trust: the same at the same tip, or wrong; of two
    /// tips nothing follows without a proof. Without, it is only what the endpoint says.
    Digest(FetchDigestArgs),
    /// Fetch a block with its proof, as `aws qldb get-block` did, and verify it
    ///
    /// The tip that the proof leads to is that of --digest-tip-address, else of --digest; without
    /// either, the endpoint is asked for its digest first, which vouches for nothing.
    #[command(after_help = BLOCK_EXAMPLES)]
    Block(FetchBlockArgs),
    /// Fetch a revision with its proof, as `aws qldb get-revision` did, and verify it
    ///
    /// The tip is found as for `fetch block`. With --all-revisions-of, every revision of a document by
    /// the addresses of its blocks, a line of JSON each: as many as there are addresses.
    #[command(after_help = REVISION_EXAMPLES)]
    Revision(FetchRevisionArgs),
    /// Say where the ledger's exports lie, as `aws qldb describe-journal-s3-export` did
    ///
    /// Without --export-id all of them, as `aws qldb list-journal-s3-exports-for-ledger`. Nothing is
    /// read from there and none is started; hand the s3:// address to `sealion verify`.
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(FetchExportArgs),
}

/// Which ledger, and where the answer goes.
#[derive(Debug, clap::Args)]
pub struct AnswerArgs {
    /// The ledger's name
    #[arg(long, visible_alias = "name", value_name = "NAME")]
    pub ledger: String,
    /// The file to write, also if what came is wrong: that is evidence [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write over a file that is there already, but for what is read here
    #[arg(long)]
    pub force: bool,
    /// How to reach the endpoint.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// What an answer is verified against.
#[derive(Debug, clap::Args)]
pub struct TipArgs {
    /// The tip of the digest that the proof is to lead to, as Ion text
    #[arg(long, value_name = "ADDRESS")]
    pub digest_tip_address: Option<String>,
    /// A digest that you trust: a file, BASE64, BASE64@SEQUENCENO or 64 hex digits
    #[arg(long, value_name = "D")]
    pub digest: Option<OsString>,
}

/// Arguments of `fetch digest`.
#[derive(Debug, clap::Args)]
pub struct FetchDigestArgs {
    /// A digest that you trust: a file, BASE64, BASE64@SEQUENCENO or 64 hex digits
    #[arg(long, value_name = "D")]
    pub digest: Option<OsString>,
    /// The ledger.
    #[command(flatten)]
    pub answer: AnswerArgs,
}

/// Arguments of `fetch block`.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("block").required(true).args(["block_address", "at"]))]
pub struct FetchBlockArgs {
    /// The block, as Ion text {strandId:"...",sequenceNo:3}, as {"IonText":"..."}, or file://PATH
    #[arg(long, value_name = "ADDRESS")]
    pub block_address: Option<String>,
    /// The block's sequence number
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub at: Option<u64>,
    /// The digest.
    #[command(flatten)]
    pub tip: TipArgs,
    /// The ledger.
    #[command(flatten)]
    pub answer: AnswerArgs,
}

/// Arguments of `fetch revision`.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("block").required(true).multiple(true).args(["block_address", "at", "block_addresses"]))]
#[command(group = ArgGroup::new("document").required(true).args(["document_id", "all_revisions_of"]))]
pub struct FetchRevisionArgs {
    /// The block, as Ion text {strandId:"...",sequenceNo:3}, as {"IonText":"..."}, or file://PATH
    ///
    /// With --all-revisions-of it may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub block_address: Vec<String>,
    /// The block's sequence number
    ///
    /// With --all-revisions-of it may be repeated.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub at: Vec<u64>,
    /// With --all-revisions-of: all addresses in this file; `-` is standard input
    ///
    /// Ion or JSON: addresses, or rows of PartiQL's history() or of a committed view, which have one.
    #[arg(long, value_name = "FILE", conflicts_with = "document_id")]
    pub block_addresses: Vec<PathBuf>,
    /// The document's id
    #[arg(long, value_name = "ID")]
    pub document_id: Option<String>,
    /// Every revision of the document with this id that stands in the blocks named
    #[arg(long, value_name = "ID")]
    pub all_revisions_of: Option<String>,
    /// The digest.
    #[command(flatten)]
    pub tip: TipArgs,
    /// The ledger.
    #[command(flatten)]
    pub answer: AnswerArgs,
}

/// Arguments of `fetch export`.
#[derive(Debug, clap::Args)]
pub struct FetchExportArgs {
    /// Only the export with this id
    #[arg(long, value_name = "ID")]
    pub export_id: Option<String>,
    /// The form of the answer
    #[arg(long = "format", value_name = "FORM", value_enum, default_value_t = ExportForm::Json)]
    pub form: ExportForm,
    /// The ledger.
    #[command(flatten)]
    pub answer: AnswerArgs,
}

/// The forms in which exports are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportForm {
    /// What the AWS CLI printed
    Json,
    /// A line s3://BUCKET/PREFIX for each
    Url,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  sealion fetch digest --ledger NAME --endpoint-url http://localhost:8000
  sealion fetch block --ledger NAME --at 7 --digest digest.json -o block-7.json
  sealion fetch revision --ledger NAME --at 7 --document-id ID --digest digest.json
  sealion fetch export --ledger NAME

AWS ended Amazon QLDB on 2025-07-31. The endpoint is a server that still speaks its API, given by
--endpoint-url, AWS_ENDPOINT_URL_QLDB, AWS_ENDPOINT_URL or the profile.

Exit status, as of `verify` over the answer:
  0  verified, or consistent where no digest was given
  1  wrong: the answer is handed over all the same, the report is on standard error
  2  it could not be decided or done (no answer, no such block, a proof and no digest for it)";

const BLOCK_EXAMPLES: &str = "\
Examples:
  sealion fetch block --ledger NAME --at 7 --digest digest.json > block-7.json
  sealion fetch block --name NAME --block-address '{strandId:\"ID\",sequenceNo:7}' \\
      --digest-tip-address '{strandId:\"ID\",sequenceNo:9}' --digest digest.json";

const REVISION_EXAMPLES: &str = "\
Examples:
  sealion fetch revision --ledger NAME --at 7 --document-id ID --digest digest.json
  sealion fetch revision --ledger NAME --at 3 --at 7 --all-revisions-of ID --digest digest.json
  sealion fetch revision --ledger NAME --block-addresses history.ion --all-revisions-of ID \\
      --digest digest.json -o history.jsonl";

const EXPORT_EXAMPLES: &str = "\
Examples:
  sealion fetch export --ledger NAME
  sealion verify $(sealion fetch export --ledger NAME --export-id ID --format url) --digest digest.json";
