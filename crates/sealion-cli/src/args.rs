//! The command line, as clap types. The doc comments are what `--help` prints.

mod examples;
mod fetch;
mod limits;
mod prove;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use examples::*;
pub use fetch::*;
pub use limits::LimitArgs;
pub use prove::*;

/// Verify Amazon QLDB journals offline
///
/// Recomputes the hashes of what was saved from QLDB (journal exports, streams, blocks,
/// revisions, proofs, digests, receipts), ties them to a digest that you trust, and says what is
/// proven, what is wrong and where, and what no hash covers.
#[derive(Debug, Parser)]
#[command(name = "sealion", version, arg_required_else_help = true, disable_help_subcommand = true, after_help = MAIN_EXAMPLES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// One verb each.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Verify exports, streams, digests, proofs and documents saved from QLDB
    ///
    /// Finds out by itself what each file is, recomputes the hashes of blocks and documents,
    /// checks the chain, and ties it to the digests given with --digest (digests of statements that
    /// took parameters cannot be recomputed, and are counted). Reports every finding
    /// with its place, the claimed and the recomputed value, and what to do.
    ///
    /// Without --digest the best verdict is "consistent", which does not mean verified: whoever
    /// could rewrite a whole journal could make it consistent.
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(VerifyArgs),
    /// Print the digest of a journal
    ///
    /// Prints the digest of blocks 0 to the last (or to --at) in the JSON shape of `aws qldb
    /// get-digest`. The journal is verified first; if it does not hold, or does not start at block
    /// 0, nothing is printed but the reasons. A digest computed from a journal cannot vouch for
    /// that journal: compare it with one that was kept elsewhere.
    #[command(after_help = DIGEST_EXAMPLES)]
    Digest(DigestArgs),
    /// Make proofs that the service no longer gives
    ///
    /// From a journal that is whole from block 0 up to the tip: the proof of a block or a revision
    /// as `aws qldb get-block` and `get-revision` printed it, a receipt, or the proof that everything
    /// under one digest is under another. The journal is verified first, and everything that is given out is
    /// checked once more by itself: what does not verify is not proven.
    #[command(subcommand_required = true, arg_required_else_help = true, after_help = PROVE_EXAMPLES)]
    Prove(ProveArgs),
    /// Print documents out of a journal, and whether their data and metadata were verified
    ///
    /// Verifies the journal as `verify` does, then prints a row for every revision of the documents
    /// that are asked for: its state (verified, consistent, not-recomputed, block-failed, failed),
    /// where it stands, its hash, and its data. Nothing is left out because it is wrong.
    #[command(after_help = EXTRACT_EXAMPLES)]
    Extract(ExtractArgs),
    /// Write one evidence file that verifies without the journal, against a digest you have
    ///
    /// From a journal that is whole from block 0 up to the digest's tip: revisions or blocks, the
    /// proof of each, the digest, and the report of this run, in one text file. `sealion verify`
    /// checks it without the journal and trusts nothing in it; whoever does so needs the digest from
    /// elsewhere. Nothing goes in that does not verify, and nothing that was asked for is left out:
    /// then no file is written.
    ///
    /// A revision without data (a deletion, a redaction) brings its whole block along, with what
    /// else that transaction did, because by its proof alone it would show too little.
    #[command(after_help = BUNDLE_EXAMPLES)]
    Bundle(BundleArgs),
    /// Show what files claim, without verifying anything
    ///
    /// Prints a page a file: what it is, and what it says of itself. Nothing is recomputed or
    /// compared, so none of it is evidence; use `verify` for that.
    #[command(after_help = SHOW_EXAMPLES)]
    Show(ShowArgs),
    /// Compare two copies of a journal, or digests with one another
    ///
    /// Two copies, A and B, in any formats and cuts: what both have, the first block that is not the
    /// same, and in it the revision and the field, those that no hash covers as well. What was redacted
    /// since or left out in one of them is told apart. Neither copy is trusted: the answer is whether
    /// they are the same, not which is genuine; but one that fails by itself is never the same.
    #[command(after_help = COMPARE_EXAMPLES, arg_required_else_help = true)]
    Compare(CompareArgs),
    /// Show and merge the states that `verify --save-state` writes
    ///
    /// A state holds the few hashes that later blocks and digests are tied to. States of adjoining
    /// runs, made by different people on different machines, merge into one; `sealion verify
    /// --state F --digest D` compares it with a digest.
    #[command(after_help = STATE_EXAMPLES)]
    State(StateArgs),
    /// Fetch digests, blocks and revisions from a server that speaks QLDB's API
    ///
    /// Prints the JSON that `aws qldb` printed, and verifies it at once: against a digest that you
    /// trust, or, without one, only for its own consistency. Nothing is changed on the server. Only in
    /// builds with the feature aws.
    #[command(subcommand_required = true, arg_required_else_help = true, after_help = fetch::EXAMPLES)]
    Fetch(FetchArgs),
    /// Print a completion script for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArgs),
    /// Print the manual page, or the one of a verb
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManArgs),
    /// Say what the code of a finding means, or how to use a verb
    ///
    /// Of a code: what it means, what can cause it innocently, what it does not show, and what to do
    /// next. `sealion help codes` lists all of them.
    #[command(after_help = HELP_EXAMPLES)]
    Help(HelpArgs),
}

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// Files, directories, s3://BUCKET/PREFIX and kinesis://STREAM to verify; `-` is standard input
    ///
    /// Formats are known by content: journal exports (Ion text, Ion binary, JSON Lines) with their
    /// manifests, journal streams, JSON of the AWS CLI and of boto3, digests, receipts and proofs;
    /// plain, gzip or zstd. What is not understood is named in the report.
    #[arg(value_name = "INPUT", required_unless_present_any = ["states", "trusted_states"])]
    pub inputs: Vec<PathBuf>,
    /// A digest that you trust: a file, `-`, BASE64, BASE64@SEQUENCENO or 64 hex digits; may be repeated
    ///
    /// Take it from where nobody could change it together with the journal. A digest that merely
    /// lies among the inputs is checked, but vouches for nothing.
    #[arg(long = "digest", value_name = "D")]
    pub digests: Vec<OsString>,
    /// A state that an earlier run saved, to go on from it: the blocks in it need not be here
    ///
    /// May be repeated for other strands. The state is a claim: blocks after it are verified only
    /// if they and its hashes together give a digest that you trust, and even then their numbers
    /// rest on it. A state of version 1 is refused, for it does not show what its last block is.
    #[arg(long = "state", value_name = "F")]
    pub states: Vec<PathBuf>,
    /// The same, for a state that you vouch for: written by an honest run, and not changed since
    ///
    /// Then the numbers of later blocks are counted on from it, and a digest that it gives counts as
    /// verified though none of its blocks is here.
    #[arg(long = "trust-state", value_name = "F")]
    pub trusted_states: Vec<PathBuf>,
    /// Save what a later run needs to go on after these blocks, or to merge with other states
    ///
    /// Written only if nothing failed and the blocks asked for are one run without a gap; over an
    /// older state, and over nothing else.
    #[arg(long, value_name = "F")]
    pub save_state: Option<PathBuf>,
    /// Keep in F how far the run is; the same command goes on from there if it was interrupted
    ///
    /// Files read to their end before are not read again, and the report lists them. F is removed
    /// at the end of the run, unless something could not be read: then the same command goes on
    /// before it. Nothing but an older checkpoint is replaced. It is used only if nobody else can
    /// have put it there: yours, no link, and neither it nor its folder open to writing by others.
    /// It may not lie among the inputs.
    #[arg(long, value_name = "F", requires = "inputs")]
    pub checkpoint: Option<PathBuf>,
    /// Seconds between two checkpoints
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        requires = "checkpoint",
        hide = true
    )]
    pub checkpoint_every: u64,
    /// The form of the report
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// Count warnings as failures
    #[arg(long)]
    pub strict: bool,
    /// Exit with 2 unless the verdict is "verified" or "failed": "consistent" rests on no digest
    ///
    /// For scripts, in which a --digest that was forgotten would pass.
    #[arg(long)]
    pub require_digest: bool,
    /// Leave the SHA-256 of each input out of the report, and save the time it takes
    ///
    /// It is made along with the reading, and takes what `sha256sum` would without reading.
    #[arg(long)]
    pub no_input_digests: bool,
    /// Only blocks from sequence number N on
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub from: Option<u64>,
    /// Only blocks up to sequence number N, inclusive
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub to: Option<u64>,
    /// Only the strand with this id
    #[arg(long, value_name = "ID")]
    pub strand: Option<String>,
    /// What makes the hashes: the fast engine, the plain reference, or both against each other
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t = EngineName::Fast)]
    pub engine: EngineName,
    /// Threads that check blocks [default: one for each core]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub threads: Option<NonZeroUsize>,
    /// Bounds on input.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// No progress and no text report: the exit status is the answer
    ///
    /// With --output json the report is printed all the same.
    #[arg(long, short)]
    pub quiet: bool,
    /// List every input, all findings and the time taken
    #[arg(long, short, conflicts_with = "quiet")]
    pub verbose: bool,
    /// List what would be read and its bytes, and read nothing of it
    #[arg(long)]
    pub dry_run: bool,
    /// How to reach AWS.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// A whole number, of blocks or versions.
fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("expected a whole number of at most {}", u64::MAX))
}

/// The engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EngineName {
    /// One pass and batched hashing; whatever it doubts goes to the reference
    Fast,
    /// The rules written down plainly
    Reference,
    /// Both on every block; a difference is an error
    Both,
}

impl From<EngineName> for sealion::Engine {
    fn from(name: EngineName) -> sealion::Engine {
        match name {
            EngineName::Fast => sealion::Engine::Fast,
            EngineName::Reference => sealion::Engine::Reference,
            EngineName::Both => sealion::Engine::Both,
        }
    }
}

/// The forms of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For a person
    Text,
    /// For a program: report version 1, described by report-1.schema.json
    Json,
}

/// Arguments of `digest`.
#[derive(Debug, clap::Args)]
pub struct DigestArgs {
    /// Files and directories that hold the journal from block 0 on; `-` is standard input
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// The tip: the last block that the digest covers [default: the last there is]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub at: Option<u64>,
    /// The strand, where the inputs hold several
    #[arg(long, value_name = "ID")]
    pub strand: Option<String>,
    /// Bounds on input.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// How to reach AWS.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// Arguments of `extract`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["document", "table", "all"]))]
pub struct ExtractArgs {
    /// Files and directories that hold the journal; `-` is standard input
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Only the document with this id
    #[arg(long, value_name = "ID")]
    pub document: Option<String>,
    /// Only documents of the table with this name
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
    /// All documents
    #[arg(long)]
    pub all: bool,
    /// Only the last revision of each document among those read, not its history
    #[arg(long)]
    pub last: bool,
    /// A digest that you trust, as for `verify`; may be repeated
    #[arg(long = "digest", value_name = "D")]
    pub digests: Vec<OsString>,
    /// The form of the rows
    #[arg(long, value_name = "FORM", value_enum, default_value_t = RowForm::Ndjson)]
    pub output: RowForm,
    /// The strand, where the inputs hold several
    #[arg(long, value_name = "ID")]
    pub strand: Option<String>,
    /// Only blocks up to sequence number N, inclusive
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub to: Option<u64>,
    /// Bounds on input.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// How to reach AWS.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// The forms of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RowForm {
    /// A line of JSON each, with the data as JSON and as Ion text
    Ndjson,
    /// Comma-separated values under a line of names, with the data as JSON
    Csv,
}

/// Arguments of `bundle`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["documents", "all_of", "blocks"]))]
pub struct BundleArgs {
    /// Files and directories that hold the journal from block 0 on; `-` is standard input
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// All revisions of the document with this id, up to the digest's tip; may be repeated
    #[arg(long = "document", value_name = "ID")]
    pub documents: Vec<String>,
    /// The same for each id in this file, one a line; may be repeated
    #[arg(long, value_name = "FILE")]
    pub all_of: Vec<PathBuf>,
    /// The block with this sequence number, whole; may be repeated
    #[arg(long = "block", value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub blocks: Vec<u64>,
    /// Of the documents only this version, from 0
    #[arg(long, value_name = "V", allow_negative_numbers = true, value_parser = number)]
    pub version: Option<u64>,
    /// Of the documents only what is in the block with this sequence number
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub at: Option<u64>,
    /// The digest that you trust: a file, BASE64@SEQUENCENO or 64 hex digits
    ///
    /// The journal must give this very digest. The file says that you trust it, and from where it
    /// came; its reader needs the same digest from elsewhere.
    #[arg(long, value_name = "D")]
    pub digest: Option<OsString>,
    /// Without a digest that you trust: that of the journal itself at block N
    ///
    /// The file then says that nobody vouched for its digest.
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = number,
        conflicts_with = "digest"
    )]
    pub tip: Option<u64>,
    /// The file to write; `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Write over a file that is there already, but for what is read here
    #[arg(long)]
    pub force: bool,
    /// Name this file, its size and its SHA-256 in the bundle; may be repeated
    ///
    /// Nothing authenticates an attachment. If it is handed over with the bundle, `verify` compares
    /// it.
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Put this time-stamp token (RFC 3161) into the bundle, as it is; may be repeated
    #[arg(long = "timestamp-token", value_name = "FILE")]
    pub timestamp_tokens: Vec<PathBuf>,
    /// Put these words into the bundle; may be repeated
    #[arg(long = "note", value_name = "TEXT")]
    pub notes: Vec<String>,
    /// When the bundle was made, in your words [default: not said]
    #[arg(long, value_name = "TEXT")]
    pub date: Option<String>,
    /// The strand, where the inputs hold several
    #[arg(long, value_name = "ID")]
    pub strand: Option<String>,
    /// Bounds on input.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// How to reach AWS.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// Arguments of `show`.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// A file, or a directory of at most 100 files; `-` is standard input
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    /// Bounds on input.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// How to reach AWS.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// How to reach AWS; what is left out is resolved as the `aws` command resolves it.
#[derive(Debug, Default, clap::Args)]
#[command(
    next_help_heading = "Reaching AWS, or what speaks its protocols (in builds with the feature aws)"
)]
pub struct AwsArgs {
    /// The server to ask instead of AWS, as http://localhost:9000
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// The region, instead of AWS_REGION
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The profile in ~/.aws/config, instead of AWS_PROFILE
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Sign nothing: for what anybody may read
    #[arg(long)]
    pub no_sign_request: bool,
}

/// Arguments of `compare`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct CompareArgs {
    /// The two copies.
    #[command(flatten)]
    pub copies: CopiesArgs,
    /// What else is compared.
    #[command(subcommand)]
    pub what: Option<Compared>,
}

/// Arguments of `compare` with two copies of a journal.
#[derive(Debug, clap::Args)]
pub struct CopiesArgs {
    /// One copy of a journal: a file or a directory
    #[arg(value_name = "A", required = true)]
    pub first: Option<PathBuf>,
    /// The other copy, in whatever format
    #[arg(value_name = "B", required = true)]
    pub second: Option<PathBuf>,
    /// The form of the answer
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Form::Text)]
    pub output: Form,
    /// Only the strand with this id
    #[arg(long, value_name = "ID")]
    pub strand: Option<String>,
    /// Only blocks from sequence number N on
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub from: Option<u64>,
    /// Only blocks up to sequence number N, inclusive
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number)]
    pub to: Option<u64>,
    /// Bounds on input.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// How to reach AWS.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// What `compare` compares.
#[derive(Debug, Subcommand)]
pub enum Compared {
    /// Digests with one another, by the proofs, receipts and blocks that came with them
    ///
    /// Builds the part of the journal's tree that the proofs tell of, and says for each two digests
    /// of a strand whether they can be of one journal, cannot, or what would decide it. Takes
    /// everything that `verify` reads, but for journals.
    ///
    /// Rests on the tips and addresses in the files and on no trust: "consistent" is not "verified".
    #[command(after_help = COMPARE_DIGESTS_EXAMPLES)]
    Digests(CompareDigestsArgs),
}

/// Arguments of `compare digests`.
#[derive(Debug, clap::Args)]
pub struct CompareDigestsArgs {
    /// Files and directories with digests, receipts and proofs; `-` is standard input
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// The form of the answer
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Form::Text)]
    pub output: Form,
    /// Bounds on input.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// How to reach AWS.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// The forms of an answer that is no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For a person
    Text,
    /// For a program: one JSON object, described in docs/consistency.md
    Json,
}

/// Arguments of `state`.
#[derive(Debug, clap::Args)]
pub struct StateArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: StateVerb,
}

/// What can be done with states.
#[derive(Debug, Subcommand)]
pub enum StateVerb {
    /// Show what a state says, without verifying it
    Show {
        /// A state
        #[arg(value_name = "F")]
        state: PathBuf,
    },
    /// Merge states of adjoining runs of blocks, in any order
    ///
    /// Checks that they touch without overlap and that the chain holds from one to the next.
    Merge {
        /// States
        #[arg(value_name = "F", required = true)]
        states: Vec<PathBuf>,
        /// The file to write, or an older state to replace [default: standard output]
        #[arg(long, short, value_name = "F")]
        output: Option<PathBuf>,
    },
}

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `help`.
#[derive(Debug, clap::Args)]
pub struct HelpArgs {
    /// A code, as it stands in a report; `codes`; or a verb, with what follows it
    #[arg(value_name = "CODE|VERB")]
    pub what: Vec<String>,
}

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// The verb whose page is wanted
    #[arg(value_name = "VERB")]
    pub verb: Option<String>,
}
