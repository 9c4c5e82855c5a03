//! The command line, as clap types. The doc comments are what `--help` prints.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

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
    /// Show what files claim, without verifying anything
    ///
    /// Prints a page a file: what it is, and what it says of itself. Nothing is recomputed or
    /// compared, so none of it is evidence; use `verify` for that.
    #[command(after_help = SHOW_EXAMPLES)]
    Show(ShowArgs),
    /// Show and merge the states that `verify --save-state` writes
    ///
    /// A state holds the few hashes that later blocks and digests are tied to. States of adjoining
    /// runs, made by different people on different machines, merge into one; `sealion verify
    /// --state F --digest D` compares it with a digest.
    #[command(after_help = STATE_EXAMPLES)]
    State(StateArgs),
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
    /// Files and directories to verify; `-` is standard input
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
}

/// Arguments of `show`.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// A file, or a directory of at most 100 files; `-` is standard input
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
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

const SHOW_EXAMPLES: &str = "\
Examples:
  sealion show export/2025/07/30/23/STRAND.0-999.ion
  sealion show digest.json

Exit status:
  0  the pages were printed, also of files that are not understood
  2  there is no such file, or it cannot be read";

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
