//! STAGE 5: what we tell. A [`Report`] is data; `Display` is the text for a
//! person, [`Report::to_json`] the JSON for programs (version 1).

mod not_covered;
mod text;
mod verdict;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

pub(crate) use not_covered::not_covered;
pub use verdict::Verdict;

use crate::blocks::{Hash, StrandId};
use crate::findings::{Code, Finding};

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
    /// stretches of about 128 KiB. Empty on journals as QLDB wrote them.
    pub passed: BTreeMap<String, u64>,
    /// What was asked for.
    pub asked: Asked,
    /// Every input, understood or not.
    pub inputs: Vec<Input>,
    /// What was seen of each strand.
    pub strands: Vec<Strand>,
    /// Every digest met, trusted or claimed.
    pub digests: Vec<DigestAnswer>,
    /// The findings: gravest first, at most 1,000 of each code.
    pub findings: Vec<Finding>,
    /// How many findings of each code there were.
    pub finding_totals: BTreeMap<Code, u64>,
    /// Fields of these inputs that no hash covers, and what was done about it.
    pub not_covered: Vec<NotCovered>,
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

/// What the caller asked for.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Asked {
    /// First sequence number asked for; `None`: from the first there is.
    pub from: Option<u64>,
    /// Last sequence number asked for; `None`: to the last there is.
    pub to: Option<u64>,
    /// The one strand asked for; `None`: all.
    pub strand_id: Option<StrandId>,
    /// Whether warnings count as failures.
    pub strict: bool,
}

/// One input file.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Input {
    /// As it was named or found.
    pub path: Arc<str>,
    /// What it turned out to be: `journal-ion-text`, `journal-ion-binary`,
    /// `journal-json`, `stream`, `digest`, `block`, `revision`, `receipt`,
    /// `block-proof`, `manifest`, `history`, `description`, `mixed`, `empty`, `unknown`,
    /// `unreadable`.
    pub kind: &'static str,
    /// Its size in bytes as stored (compressed, if it is).
    pub bytes: u64,
    /// Blocks read from it, where it holds blocks.
    pub blocks: Option<u64>,
    /// Revisions read from it, where it holds revisions.
    pub revisions: Option<u64>,
}

/// What was seen of one strand.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Strand {
    /// Its id.
    pub strand_id: StrandId,
    /// Runs of blocks in order, each in one state, gaps included.
    pub coverage: Vec<Coverage>,
    /// Different blocks seen.
    pub blocks: u64,
    /// Revisions by what could be done with them.
    pub revisions: RevisionCounts,
    /// Deleting revisions by the rule that their hashes follow: nobody outside AWS
    /// has shown the rule, so the one that fits is named.
    pub deletion_rules: BTreeMap<&'static str, u64>,
    /// What the genesis block has for a previous hash, if that block is here:
    /// `empty` or `32 bytes`. Nobody outside AWS has shown which it is.
    pub genesis_previous: Option<&'static str>,
    /// The digest of all blocks from 0 to the last, if they are all there.
    pub computed_digest: Option<ComputedDigest>,
}

/// A run of sequence numbers in one state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// First sequence number of the run.
    pub first: u64,
    /// Last sequence number of the run, inclusive.
    pub last: u64,
    /// The state of all blocks in it.
    pub state: State,
}

/// The state of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Recomputed, and under a trusted digest.
    Verified,
    /// Recomputed, and chained to its neighbours; under no trusted digest.
    Consistent,
    /// Chained, but some of its data could not be recomputed (JSON).
    RecordedOnly,
    /// Not among the inputs.
    Missing,
    /// Something in it is wrong.
    Failed,
}

/// Revisions of a strand by what could be done with them. Kinds overlap:
/// a redacted revision whose hash was recomputed counts in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RevisionCounts {
    /// All.
    pub total: u64,
    /// Whose hash was recomputed from content and agrees.
    pub recomputed: u64,
    /// With `dataHash` in place of data.
    pub redacted: u64,
    /// Known by their hash alone.
    pub internal: u64,
    /// With neither data nor `dataHash`: deletions.
    pub deleted: u64,
    /// Recomputed from JSON, whose fit proves the types.
    pub from_json: u64,
}

/// A digest that was computed from blocks.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ComputedDigest {
    /// The 32 bytes.
    pub digest: Hash,
    /// The tip's sequence number.
    pub sequence_no: u64,
}

/// A digest that was met, and what became of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DigestAnswer {
    /// The 32 bytes.
    pub digest: Hash,
    /// The strand: as its source named it, or as it was found.
    pub strand_id: Option<StrandId>,
    /// The tip: as its source named it, or as it was found.
    pub sequence_no: Option<u64>,
    /// Where it came from: a path, or `command line`.
    pub source: Arc<str>,
    /// Whether the caller trusts it. One that merely lies among the inputs is a
    /// claim and anchors nothing.
    pub trusted: bool,
    /// Whether it was reached.
    pub verdict: DigestVerdict,
    /// How it was reached.
    pub by: Option<By>,
}

/// Whether a digest was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DigestVerdict {
    /// It was.
    Verified,
    /// It cannot be the digest of these blocks.
    Failed,
    /// The blocks or proofs do not lead there.
    Inconclusive,
}

/// How a digest was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum By {
    /// Blocks 0 to the tip are all there and give it.
    Journal,
    /// A proof of a block folds to it; the chain carries it down to the first
    /// block of the run.
    BlockProof,
    /// A proof of one revision folds to it, and it speaks for that revision alone.
    RevisionProof,
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

    /// The findings, gravest first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The JSON form, version 1, one object, indented. Characters that could drive
    /// a terminal are escaped, though JSON would allow them.
    pub fn to_json(&self) -> String {
        // Every member is a string, number, list or map with string keys.
        let json = serde_json::to_string_pretty(self);
        let json = json.expect("a report has no value that JSON lacks");
        let mut safe = String::with_capacity(json.len());
        for c in json.chars() {
            match c {
                '\u{7f}'..='\u{9f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}' => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
                _ => safe.push(c),
            }
        }
        safe
    }
}
