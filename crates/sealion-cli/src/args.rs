//! The command line, as clap types. The doc comments are what `--help` prints.

mod fetch;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub use fetch::*;

/// Verify Amazon QLDB journals offline
///
/// Recomputes the hashes of whatever was saved from QLDB (journal exports, streams, blocks,
/// revisions, proofs, digests, receipts), ties them to a digest that you trust, and says what is
/// proven, what is wrong and where, and what no hash covers.
#[derive(Debug, Parser)]
#[command(name = "sealion", version, arg_required_else_help = true, after_help = MAIN_EXAMPLES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// One verb each.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Verify whatever was saved from QLDB
    ///
    /// Finds out by itself what each file is, recomputes every hash that can be recomputed, checks
    /// the chain of blocks, and ties it to the digests given with --digest. Reports every finding
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
    /// as `aws qldb get-block` and `get-revision` printed it, a receipt, or the proof that one
    /// digest continues another. The journal is verified first, and everything that is given out is
    /// checked once more by itself: what does not verify is not proven.
    #[command(subcommand_required = true, arg_required_else_help = true, after_help = PROVE_EXAMPLES)]
    Prove(ProveArgs),
    /// Print documents out of a journal, each with what was proven of it
    ///
    /// Verifies the journal as `verify` does, then prints a row for every revision of the documents
    /// that are asked for: its state (verified, consistent, not-recomputed, block-failed, failed),
    /// where it stands, its hash, and its data. Nothing is left out because it is wrong.
    #[command(after_help = EXTRACT_EXAMPLES)]
    Extract(ExtractArgs),
    /// Write one evidence file that verifies by itself
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
    /// same, and in it the revision and the field. What was redacted since or left out in one of them,
    /// and what hashes do not cover, is told apart. Neither copy is trusted: the answer is whether
    /// they are the same, not which is genuine.
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
    /// A digest that you trust: a file, BASE64, BASE64@SEQUENCENO or 64 hex digits; may be repeated
    ///
    /// Take it from where nobody could change it together with the journal. A digest that merely
    /// lies among the inputs is checked, but vouches for nothing.
    #[arg(long = "digest", value_name = "D")]
    pub digests: Vec<OsString>,
    /// A state that an earlier run saved, to go on from it: the blocks in it need not be here
    ///
    /// May be repeated for other strands. The state is a claim: blocks after it are verified only
    /// if they and its hashes together give a digest that you trust. The report says what rests on
    /// it.
    #[arg(long = "state", value_name = "F")]
    pub states: Vec<PathBuf>,
    /// The same, for a state that you vouch for: written by an honest run, and not changed since
    ///
    /// Then a digest that the state gives counts as verified though none of its blocks is here.
    #[arg(long = "trust-state", value_name = "F")]
    pub trusted_states: Vec<PathBuf>,
    /// Save what a later run needs to go on after these blocks, or to merge with other states
    ///
    /// Written only if nothing failed and the blocks asked for are one run without a gap.
    #[arg(long, value_name = "F")]
    pub save_state: Option<PathBuf>,
    /// Keep in F how far the run is; the same command goes on from there if it was interrupted
    ///
    /// Files read to their end before are not read again, and the report lists them. F is removed
    /// at the end of the run. Put it where only you can write, not among the inputs.
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
    /// Only blocks from sequence number N on
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub from: Option<u64>,
    /// Only blocks up to sequence number N, inclusive
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
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
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub at: Option<u64>,
    /// The strand, where the inputs hold several
    #[arg(long, value_name = "ID")]
    pub strand: Option<String>,
    /// How to reach AWS.
    #[command(flatten)]
    pub aws: AwsArgs,
}

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
    /// Print the proof that the journal under one digest is the head of that under another
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
    /// that nothing rests on the file.
    #[arg(long, value_name = "FILE", conflicts_with = "save_index")]
    pub index: Option<PathBuf>,
    /// Keep the tree of block hashes in this file: 64 bytes a block
    #[arg(long, value_name = "FILE")]
    pub save_index: Option<PathBuf>,
    /// Continue from this saved state: the inputs need only hold the blocks after it
    ///
    /// Only those can be proven. The state is a claim: give --digest, so that nothing rests on it.
    #[arg(long, value_name = "FILE", conflicts_with = "index")]
    pub state: Option<PathBuf>,
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
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
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
pub struct ProveRevisionArgs {
    /// The document's id
    #[arg(long, value_name = "ID", required_unless_present_any = ["all", "table"])]
    pub document: Option<String>,
    /// Every revision that fits, a line of JSON each
    #[arg(long)]
    pub all: bool,
    /// Only documents of the table with this name; implies --all
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
    /// Only in the block with this sequence number
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub at: Option<u64>,
    /// Only this version, from 0 [default: the last that there is]
    #[arg(long, value_name = "V", allow_negative_numbers = true)]
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

/// Arguments of `extract`.
#[derive(Debug, clap::Args)]
pub struct ExtractArgs {
    /// Files and directories that hold the journal; `-` is standard input
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Only the document with this id
    #[arg(long, value_name = "ID", required_unless_present_any = ["all", "table"])]
    pub document: Option<String>,
    /// Only documents of the table with this name
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
    /// All documents
    #[arg(long)]
    pub all: bool,
    /// Only the last revision of each document, not its history
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
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub to: Option<u64>,
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
    #[arg(long = "block", value_name = "N", allow_negative_numbers = true)]
    pub blocks: Vec<u64>,
    /// Of the documents only this version, from 0
    #[arg(long, value_name = "V", allow_negative_numbers = true)]
    pub version: Option<u64>,
    /// Of the documents only what is in the block with this sequence number
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
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
        conflicts_with = "digest"
    )]
    pub tip: Option<u64>,
    /// The file to write; `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Write over a file that is there already
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
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub from: Option<u64>,
    /// Only blocks up to sequence number N, inclusive
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub to: Option<u64>,
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
        /// The file to write [default: standard output]
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

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// The verb whose page is wanted
    #[arg(value_name = "VERB")]
    pub verb: Option<String>,
}

const MAIN_EXAMPLES: &str = "\
Examples:
  sealion verify export/ --digest digest.json
  sealion digest export/ --at 1000

`sealion VERB --help` says more about each. Exit status: 0 it holds, 1 something is wrong, 2 it
could not be decided or done.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  sealion verify export/ --digest digest.json       a journal export, against a saved digest
  sealion verify revision.json --digest digest.json what `aws qldb get-revision` printed
  sealion verify export/ --digest 'BASE64@1000' --to 1000
  sealion verify export/ --output json > report.json
  zcat blocks.ion.gz | sealion verify -
  sealion verify july/ --digest july.json --save-state july.state
  sealion verify august/ --state july.state --digest august.json

Exit status:
  0  verified, or consistent where no digest was given
  1  failed: something is wrong
  2  inconclusive, or it could not be done (usage, unreadable input)";

const DIGEST_EXAMPLES: &str = "\
Examples:
  sealion digest export/
  sealion digest export/ --at 1000 > digest-1000.json

Exit status:
  0  the digest was printed
  1  the journal does not hold
  2  it could not be decided or done (blocks missing, unreadable input)";

const PROVE_EXAMPLES: &str = "\
Examples:
  sealion prove block --at 7 export/ > block-7.json
  sealion prove revision --document ID --digest digest.json export/ > revision.json
  sealion verify revision.json --digest digest.json

Exit status:
  0  the proof was printed
  1  the journal does not hold, or gives another digest
  2  it could not be decided or done (blocks missing, no such document, unreadable input)";

const PROVE_BLOCK_EXAMPLES: &str = "\
Examples:
  sealion prove block --at 7 export/ > block-7.json
  sealion prove block --at 7 --digest digest.json export/ > block-7.json";

const PROVE_REVISION_EXAMPLES: &str = "\
Examples:
  sealion prove revision --document ID export/              its last version
  sealion prove revision --document ID --version 0 export/
  sealion prove revision --document ID --output receipt --digest digest.json export/
  sealion prove revision --all --table Vehicle export/ > proofs.jsonl";

const PROVE_CONSISTENCY_EXAMPLES: &str = "\
Examples:
  sealion prove consistency --from old.json --to new.json export/ > consistency.json
  sealion prove consistency --from 19 --to 35 export/";

const EXTRACT_EXAMPLES: &str = "\
Examples:
  sealion extract export/ --document ID --digest digest.json     its history
  sealion extract export/ --table Vehicle --last --output csv > vehicles.csv
  sealion extract export/ --all > journal.ndjson

Exit status, as of `verify`:
  0  all of the journal holds
  1  something is wrong: some rows may say failed or block-failed
  2  something could not be decided or done";

const BUNDLE_EXAMPLES: &str = "\
Examples:
  sealion bundle --document ID --digest digest.json -o evidence.sealion export/
  sealion bundle --document ID --version 0 --digest digest.json -o evidence.sealion export/
  sealion bundle --all-of ids.txt --block 7 --digest digest.json -o evidence.sealion export/
  sealion verify evidence.sealion --digest digest.json

Exit status:
  0  the file was written
  1  the journal does not hold, or gives another digest
  2  it could not be decided or done (blocks missing, no such document, the file is there already)";

const SHOW_EXAMPLES: &str = "\
Examples:
  sealion show export/2025/07/30/23/STRAND.0-999.ion
  sealion show digest.json

Exit status:
  0  the pages were printed, also of files that are not understood
  2  there is no such file, or it cannot be read";

const COMPARE_EXAMPLES: &str = "\
Examples:
  sealion compare export-2021/ export-2025/
  sealion compare export.ion s3://archive/ledger/ --output json
  sealion compare digests receipts/

Exit status:
  0  the same: whatever one of them has less of is listed
  1  different, or digests that contradict one another
  2  undecided (nothing in common), or it could not be done";

const COMPARE_DIGESTS_EXAMPLES: &str = "\
Examples:
  sealion compare digests digest-2019.json digest-2025.json consistency.json
  sealion compare digests receipts/ --output json

Exit status:
  0  all digests of each strand are consistent with one another
  1  two contradict
  2  it could not be decided or done (no proof between two of them, damaged evidence)";
const STATE_EXAMPLES: &str = "\
Examples:
  sealion verify export/ --to 4999 --save-state a.state        one custodian
  sealion verify export/ --from 5000 --save-state b.state      another
  sealion state merge b.state a.state -o whole.state
  sealion verify --trust-state whole.state --digest digest.json

Exit status:
  0  it was done
  1  states do not follow one another
  2  it could not be done (a damaged state, a gap, an overlap)";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  sealion completions bash > ~/.local/share/bash-completion/completions/sealion
  sealion completions fish > ~/.config/fish/completions/sealion.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  sealion man > sealion.1
  sealion man verify > sealion-verify.1 && man ./sealion-verify.1";
