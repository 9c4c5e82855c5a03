//! Two copies of one journal, in any formats: what both have, where they part, and
//! what in them differs lawfully.

mod blocks;
mod lockstep;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::blocks::StrandId;
use crate::findings::{CheckedBlock, Code};
use crate::merkle::{first_difference, Index, Range, Tree as _};
use crate::report::safe_json;
use crate::source::Archive;
use crate::verify::Watcher;
use crate::{Error, Report, Verdict, Verifier};

/// Differences that are kept of each kind; all are counted.
const KEPT_MAX: usize = 1_000;

/// What the comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All that both copies have is the same; what one of them has less of is listed.
    Same,
    /// Something in them differs that cannot both be what QLDB wrote.
    Different,
    /// They have no block in common, or are of different strands; or what could be read
    /// is the same, and something could not.
    Undecided,
}

impl Outcome {
    /// As in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Same => "same",
            Outcome::Different => "different",
            Outcome::Undecided => "undecided",
        }
    }

    /// 0 same, 1 different, 2 undecided.
    pub fn exit_status(self) -> u8 {
        self as u8
    }
}

/// One of the two copies.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Copy {
    /// Its own verdict, without a trusted digest.
    pub verdict: Verdict,
    /// Its blocks: runs of sequence numbers, first and last.
    pub blocks: Vec<(u64, u64)>,
}

/// What kind of difference it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DifferenceKind {
    /// In something that a hash covers: one of the two is not what QLDB wrote.
    Covered,
    /// In something that no hash covers (`blockTimestamp`, `transactionId`): one of
    /// the two was changed, and hashes do not tell which.
    NotCovered,
    /// The first copy has the hash of the data in place of the data: redacted since.
    RedactedInFirst,
    /// The second copy has.
    RedactedInSecond,
    /// The first copy lacks something that leaves all hashes as they are.
    LeftOutInFirst,
    /// The second copy lacks it.
    LeftOutInSecond,
}

impl DifferenceKind {
    /// As in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            DifferenceKind::Covered => "covered",
            DifferenceKind::NotCovered => "not-covered",
            DifferenceKind::RedactedInFirst => "redacted-in-first",
            DifferenceKind::RedactedInSecond => "redacted-in-second",
            DifferenceKind::LeftOutInFirst => "left-out-in-first",
            DifferenceKind::LeftOutInSecond => "left-out-in-second",
        }
    }

    fn is_grave(self) -> bool {
        matches!(self, DifferenceKind::Covered | DifferenceKind::NotCovered)
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// What it is.
    pub kind: DifferenceKind,
    /// The block.
    pub sequence_no: u64,
    /// The field, as a path: `revisions[2].data`.
    pub field: String,
    /// The document, inside a revision.
    pub document_id: Option<String>,
    /// Its version.
    pub version: Option<u64>,
    /// What the first copy has: a hash, or words.
    pub first: String,
    /// What the second copy has.
    pub second: String,
}

/// Two copies of one journal, compared.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct JournalComparison {
    /// The version of the JSON form: 1.
    pub comparison_version: u32,
    /// What it comes to.
    pub outcome: Outcome,
    /// The strand, if both are of one.
    pub strand_id: Option<StrandId>,
    /// Why nothing could be decided.
    pub reason: Option<String>,
    /// The first copy.
    pub first: Copy,
    /// The second copy.
    pub second: Copy,
    /// Runs of blocks that both have, first and last.
    pub common: Vec<(u64, u64)>,
    /// The first block whose recomputed hash is not the same in both, by bisection
    /// over the hashes of ranges.
    pub first_other_hash: Option<u64>,
    /// The differences in the order of the journal, at most 1,000 of each kind.
    pub differences: Vec<Difference>,
    /// How many of each kind there are.
    pub totals: BTreeMap<DifferenceKind, u64>,
    /// Revisions that came as JSON in one copy only, where data cannot always be
    /// compared.
    pub json_in_one: u64,
}

impl JournalComparison {
    /// The JSON form, version 1, one object, indented; safe to print, as
    /// [`Report::to_json`](crate::Report::to_json).
    pub fn to_json(&self) -> String {
        safe_json(self)
    }
}

/// Verifies both copies with the settings of `verifier`, and compares every block
/// that both have: by recomputed hashes, then field by field. Neither is trusted
/// more than the other.
///
/// Memory: 64 bytes a block of each copy.
///
/// # Errors
/// As [`Verifier::verify`].
pub fn compare_journals(
    verifier: &Verifier,
    first: &dyn Archive,
    second: &dyn Archive,
) -> Result<JournalComparison, Error> {
    let verifier = verifier.clone().distrusting();
    let (mut first_runs, second_runs) = (Runs::default(), Runs::default());
    let mut second_runs = second_runs;
    let reports = [
        verifier.verify_watched(first, &mut first_runs)?,
        verifier.verify_watched(second, &mut second_runs)?,
    ];
    let mut comparison = start(&reports, &first_runs, &second_runs);
    let Some(strand_id) = comparison.strand_id.clone() else {
        return Ok(comparison);
    };
    let verifier = verifier.strand(strand_id.clone());
    let both = (first_runs.of(&strand_id), second_runs.of(&strand_id));
    comparison.common = common(both.0, both.1);
    if comparison.common.is_empty() {
        comparison.reason = Some("they have no block in common".to_owned());
        return Ok(comparison);
    }
    comparison.first_other_hash = first_other_hash(both.0, both.1, &comparison.common);
    comparison.outcome = Outcome::Same;
    let copies = ((first, &reports[0]), (second, &reports[1]));
    lockstep::run(&verifier, copies.0, copies.1, &mut |first, second| {
        blocks::compare(first, second, &mut comparison);
    })?;
    let grave = |kind: &DifferenceKind| kind.is_grave();
    if comparison.totals.keys().any(grave) || comparison.first_other_hash.is_some() {
        comparison.outcome = Outcome::Different;
    } else if let Some(unread) = reports.iter().find_map(unread) {
        comparison.outcome = Outcome::Undecided;
        comparison.reason = Some(unread);
    }
    Ok(comparison)
}

/// The first thing in a copy that could not be read.
fn unread(report: &Report) -> Option<String> {
    let codes = [Code::Truncated, Code::Malformed, Code::Limit];
    let mut findings = report.findings().iter();
    let found = findings.find(|finding| codes.contains(&finding.code))?;
    let path = found.source.as_ref().map(|source| &*source.path);
    Some(match path.filter(|path| !found.message.starts_with(path)) {
        Some(path) => format!("{path}: {}", found.message),
        None => found.message.clone(),
    })
}

fn start(reports: &[Report; 2], first: &Runs, second: &Runs) -> JournalComparison {
    let copy = |report: &Report, runs: &Runs| Copy {
        verdict: report.verdict(),
        blocks: runs.all(),
    };
    let ids = |runs: &Runs| runs.strands.keys().cloned().collect::<Vec<_>>();
    let shared: Vec<StrandId> = ids(first)
        .into_iter()
        .filter(|id| second.strands.contains_key(id))
        .collect();
    let reason = match (&shared[..], first.strands.len(), second.strands.len()) {
        (_, 0, _) => Some("the first holds no block".to_owned()),
        (_, _, 0) => Some("the second holds no block".to_owned()),
        ([], ..) => {
            let names = |runs| {
                ids(runs)
                    .iter()
                    .map(StrandId::to_string)
                    .collect::<Vec<_>>()
            };
            Some(format!(
                "they are of different strands: {} and {}",
                names(first).join(", "),
                names(second).join(", ")
            ))
        }
        ([_], ..) => None,
        _ => Some("they share several strands: choose one".to_owned()),
    };
    JournalComparison {
        comparison_version: 1,
        outcome: Outcome::Undecided,
        strand_id: match &reason {
            None => shared.into_iter().next(),
            Some(_) => None,
        },
        reason,
        first: copy(&reports[0], first),
        second: copy(&reports[1], second),
        common: Vec::new(),
        first_other_hash: None,
        differences: Vec::new(),
        totals: BTreeMap::new(),
        json_in_one: 0,
    }
}

/// The blocks of one copy, by strand: runs without a gap, each with its tree.
#[derive(Default)]
struct Runs {
    strands: BTreeMap<StrandId, Vec<Index>>,
}

impl Watcher for Runs {
    fn start(&mut self) {
        self.strands.clear();
    }

    fn block(&mut self, block: &CheckedBlock) {
        let sequence_no = block.address.sequence_no;
        // A block without a hash parts a run: nothing can be said of its leaf.
        let Some(hash) = block.hash else { return };
        let runs = self.strands.entry(block.address.strand_id.clone());
        let runs = runs.or_default();
        if runs.last().is_none_or(|run| run.leaves() != sequence_no) {
            runs.push(Index::on_top_of(Range::starting_at(sequence_no)));
        }
        if let Some(run) = runs.last_mut() {
            run.append(hash);
        }
    }
}

impl Runs {
    fn of(&self, strand_id: &StrandId) -> &[Index] {
        self.strands.get(strand_id).map_or(&[], Vec::as_slice)
    }

    fn all(&self) -> Vec<(u64, u64)> {
        let runs = self.strands.values().flatten();
        runs.map(|run| (run.begin(), run.leaves() - 1)).collect()
    }
}

/// Runs of blocks that both have.
fn common(first: &[Index], second: &[Index]) -> Vec<(u64, u64)> {
    let mut common = Vec::new();
    let (mut a, mut b) = (first.iter().peekable(), second.iter().peekable());
    while let (Some(one), Some(other)) = (a.peek(), b.peek()) {
        let begin = one.begin().max(other.begin());
        let end = one.leaves().min(other.leaves());
        if begin < end {
            common.push((begin, end - 1));
        }
        if one.leaves() <= other.leaves() {
            a.next();
        } else {
            b.next();
        }
    }
    common
}

fn first_other_hash(first: &[Index], second: &[Index], common: &[(u64, u64)]) -> Option<u64> {
    common.iter().find_map(|&(begin, last)| {
        let holds = |run: &&Index| run.begin() <= begin && run.leaves() > last;
        let (a, b) = (first.iter().find(holds)?, second.iter().find(holds)?);
        // Both keep all nodes of the run.
        first_difference(a, b, begin, last + 1).ok().flatten()
    })
}
