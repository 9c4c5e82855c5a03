//! STAGE 5: what we tell. A [`Report`] is data; `Display` is the text for a
//! person, [`Report::to_json`] the JSON for programs (version 1).

mod not_covered;
pub(crate) mod show;
mod text;
mod verdict;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

pub(crate) use not_covered::{not_covered, Kinds};
pub(crate) use text::Safe;
pub use verdict::Verdict;

use crate::blocks::{BlockAddress, StrandId};
use crate::escape;
pub use crate::findings::{
    Asked, By, ComputedDigest, Coverage, DigestAnswer, DigestVerdict, DocumentAnswer,
    DocumentMatch, Joined, OrderedRedaction, Position, RevisionCounts, State, Strand,
};
use crate::findings::{Code, Disorder, Finding};

/// The outcome of a run, complete: verdict, what it rests on, what was seen,
/// what was found, what no hash covers.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The version of the JSON form: 1.
    pub report_version: u32,
    /// Who made it.
    pub tool: Tool,
    /// The answer.
    pub verdict: Verdict,
    /// Which engine computed the hashes.
    pub engine: &'static str,
    /// How often the fast engine stood aside and the reference read on, by reason:
    /// stretches of about 128 KiB. Empty on journals as QLDB wrote them. After a
    /// checkpoint, what was looked at again counts again.
    pub passed: BTreeMap<String, u64>,
    /// How a second person repeats the run, if the caller says: the library does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunRecord>,
    /// What was asked for.
    pub asked: Asked,
    /// Every input, understood or not.
    pub inputs: Vec<Input>,
    /// What was seen of each strand.
    pub strands: Vec<Strand>,
    /// Saved states that the run was to continue.
    pub states: Vec<StateAnswer>,
    /// Every digest met, trusted or claimed.
    pub digests: Vec<DigestAnswer>,
    /// Files that hold nothing but what may be a document, and which revision here it is of.
    pub documents: Vec<DocumentAnswer>,
    /// What became of the checkpoint, if there was to be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<CheckpointAnswer>,
    /// The findings: gravest first, at most 1,000 of each code.
    pub findings: Vec<Finding>,
    /// How many findings of each code there were.
    pub finding_totals: BTreeMap<Code, u64>,
    /// How many warnings there were.
    #[serde(skip)]
    pub(crate) warnings: u64,
    /// Fields of these inputs that no hash covers, and what was done about it.
    pub not_covered: Vec<NotCovered>,
    /// What the next run can continue from, if that was asked for.
    #[serde(skip)]
    pub(crate) state: Option<Result<crate::State, String>>,
    /// The files whose parts were put in order.
    #[serde(skip)]
    pub(crate) disorder: Disorder,
}

/// What it takes to repeat a run, beside its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RunRecord {
    /// When it began: `2026-01-31T12:00:00Z`, by the clock of the machine.
    pub started: String,
    /// The command line, word by word.
    pub command: Vec<String>,
    /// What the program was built for.
    pub build: String,
}

impl RunRecord {
    /// A record of a run that began then.
    pub fn new(started: String, command: Vec<String>, build: impl Into<String>) -> RunRecord {
        RunRecord {
            started,
            command,
            build: build.into(),
        }
    }
}

/// Name and version of the program.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Tool {
    /// `sealion`.
    pub name: &'static str,
    /// The version.
    pub version: &'static str,
}

/// One input file.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Input {
    /// As it was named or found.
    pub path: Arc<str>,
    /// What it turned out to be: `journal-ion-text`, `journal-ion-binary`,
    /// `journal-json`, `stream`, `digest`, `block`, `revision`, `receipt`,
    /// `block-proof`, `bundle`, `manifest`, `history`, `description`, `state`, `checkpoint`, `mixed`,
    /// `document`, `empty`, `unknown`, `unreadable`.
    pub kind: &'static str,
    /// Its size in bytes as stored (compressed, if it is).
    pub bytes: u64,
    /// Blocks read from it, where it holds blocks.
    pub blocks: Option<u64>,
    /// Revisions read from it, where it holds revisions.
    pub revisions: Option<u64>,
    /// The SHA-256 of its bytes as stored, 64 hex digits; `None` if it was not wanted, or not all of it was read.
    pub sha256: Option<String>,
}

/// What a saved state said of one strand, and what became of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct StateAnswer {
    /// The state, as it was named.
    pub path: Arc<str>,
    /// The strand.
    pub strand_id: StrandId,
    /// The first block in it.
    pub first: u64,
    /// The last block in it.
    pub last: u64,
    /// The verdict of the run that wrote it.
    pub verdict: Verdict,
    /// Whether the caller vouches for that run.
    pub vouched: bool,
    /// Whether anything here rests on it. If not, a finding says why, unless its
    /// blocks are all here.
    pub used: bool,
}

/// What a run with a checkpoint made of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CheckpointAnswer {
    /// The file, as it was named.
    pub path: String,
    /// The last block that an earlier, interrupted run had checked; `None` if this
    /// run began at the start.
    pub resumed_after: Option<BlockAddress>,
    /// How many blocks were taken from it and not read now. What is said of them rests
    /// on the earlier run, and on nobody having put another file in its place.
    pub blocks_from_it: u64,
    /// Journal files that the earlier run read to their end, and this one only at
    /// their start. Their name, size and time of change are as they were, and so are
    /// some of their bytes.
    pub not_read_again: Vec<Arc<str>>,
    /// The last block for which the file still stands after this run, because inputs
    /// could not be read: the same command goes on behind it. `None` if the file was
    /// removed.
    pub kept_after: Option<BlockAddress>,
    /// Why a checkpoint was not used, or none could be written.
    pub remark: Option<String>,
}

impl CheckpointAnswer {
    /// That the file stands for the next run, in a sentence for a person, safe to print;
    /// `None` if it was removed.
    pub fn kept(&self) -> Option<String> {
        let after = self.kept_after.as_ref()?;
        Some(format!(
            "{} is kept, up to block {} of strand {}; once everything can be read, the same command goes on there",
            Safe(&self.path),
            after.sequence_no,
            Safe(after.strand_id.as_str()),
        ))
    }

    /// Of a run that read everything in the end.
    pub(crate) fn unused(self) -> CheckpointAnswer {
        CheckpointAnswer {
            resumed_after: None,
            blocks_from_it: 0,
            not_read_again: Vec::new(),
            ..self
        }
    }
}

/// A field that no hash covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotCovered {
    /// The field.
    pub field: Cow<'static, str>,
    /// Why, and what was checked instead.
    pub why: &'static str,
}

impl Report {
    /// The answer.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether this is what an earlier run, maybe by the other engine, found: the same of every
    /// strand that this one was to look at, and if these are all, the same digests and flaws.
    pub(crate) fn repeats(&self, earlier: &Report) -> bool {
        let ids = |report: &Report| -> Vec<StrandId> {
            let strands = report.strands.iter();
            strands.map(|strand| strand.strand_id.clone()).collect()
        };
        let own = ids(self);
        let said = |report: &Report| {
            let strands = report.strands.iter();
            let strands: Vec<_> = strands
                .filter(|strand| own.contains(&strand.strand_id))
                .collect();
            let whole = (own == ids(earlier)).then_some((
                report.verdict,
                &report.digests,
                &report.findings,
                &report.finding_totals,
            ));
            serde_json::to_value((strands, whole)).ok()
        };
        said(self).is_some_and(|own| Some(own) == said(earlier))
    }

    /// The state that the next run can continue from
    /// ([`Verifier::on_top_of`](crate::Verifier::on_top_of)).
    ///
    /// # Errors
    /// Why there is none: it was not asked for
    /// ([`Verifier::save_state`](crate::Verifier::save_state)), something failed,
    /// or the blocks are not one run.
    pub fn state(&self) -> Result<&crate::State, &str> {
        match &self.state {
            Some(Ok(state)) => Ok(state),
            Some(Err(why)) => Err(why),
            None => Err("no state was asked for"),
        }
    }

    /// The findings, gravest first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The JSON form, version 1, one object, indented. Characters that could drive
    /// a terminal are escaped, though JSON would allow them.
    pub fn to_json(&self) -> String {
        safe_json(self)
    }
}

/// JSON, indented, without characters that could drive a terminal. `value` must be
/// made of strings, numbers, lists and maps with string keys.
pub(crate) fn safe_json(value: &impl Serialize) -> String {
    let json = serde_json::to_string_pretty(value);
    let json = json.expect("a report has no value that JSON lacks");
    escape::json(&json).into_owned()
}
