//! Two copies of one journal, in any formats: what both have, where they part, and
//! what in them differs lawfully.

mod alike;
mod blocks;
mod difference;
mod lockstep;
mod loose;
mod outcome;
mod runs;
mod side;
mod text;

pub use difference::{Difference, DifferenceKind};
pub use outcome::{Copy, JournalComparison, Outcome};

use std::collections::{BTreeMap, BTreeSet};

use crate::blocks::StrandId;
use crate::findings::{Code, Severity};
use crate::source::Archive;
use crate::{Error, Finding, Report, Verifier};
use runs::{apart, common, first_other_hash, Runs};

/// Differences that are kept of each kind; all are counted.
const KEPT_MAX: usize = 1_000;

/// Verifies both copies with the settings of `verifier`, and compares every block
/// that both have: by recomputed hashes, then field by field, those that no hash covers
/// as well. Neither is trusted more than the other, and one that fails by itself is the
/// same as nothing.
///
/// The order of fields in a struct means nothing in Ion, and is not compared.
///
/// Memory: 64 bytes a block of each copy, and an entry a redaction.
///
/// # Errors
/// As [`Verifier::verify`].
pub fn compare_journals(
    verifier: &Verifier,
    first: &dyn Archive,
    second: &dyn Archive,
) -> Result<JournalComparison, Error> {
    let verifier = verifier.clone().distrusting();
    let mut runs = [Runs::default(), Runs::default()];
    let reports = [
        verifier.verify_watched(first, &mut runs[0])?,
        verifier.verify_watched(second, &mut runs[1])?,
    ];
    let mut comparison = start(&reports, &runs);
    let Some(strand_id) = comparison.strand_id.clone() else {
        return Ok(comparison);
    };
    if comparison.common.is_empty() {
        comparison.reason = Some("they have no block in common".to_owned());
        return Ok(comparison);
    }
    let both = (runs[0].of(&strand_id), runs[1].of(&strand_id));
    comparison.first_other_hash = first_other_hash(both.0, both.1, &comparison.common);
    let orders = &runs[0].orders | &runs[1].orders;
    let asked = &reports[0].asked;
    let verifier = verifier.strand(strand_id);
    let copies = ((first, &reports[0]), (second, &reports[1]));
    lockstep::run(
        &verifier,
        copies.0,
        copies.1,
        &mut |number, first, second| {
            if asked.includes(number) {
                blocks::compare(number, first, second, &orders, &mut comparison);
            }
        },
    )?;
    conclude(&reports, &mut comparison);
    Ok(comparison)
}

/// What it all comes to: what is wrong before what is not known.
fn conclude(reports: &[Report; 2], comparison: &mut JournalComparison) {
    let has = |is: fn(DifferenceKind) -> bool| comparison.totals.keys().any(|kind| is(*kind));
    let copies = [("first", &comparison.first), ("second", &comparison.second)];
    let mut failures = copies.iter().filter_map(|(name, copy)| {
        let why = copy.failure.as_ref()?;
        Some(format!("the {name} does not hold by itself: {why}"))
    });
    let (outcome, reason) =
        if has(DifferenceKind::is_grave) || comparison.first_other_hash.is_some() {
            (Outcome::Different, None)
        } else if let Some(failure) = failures.next() {
            // Something is wrong, which is graver than something that is not known.
            (Outcome::Different, Some(failure))
        } else {
            let open = || open(comparison).or_else(|| beside(reports));
            match reports.iter().find_map(unread).or_else(open) {
                Some(open) => (Outcome::Undecided, Some(open)),
                None => (Outcome::Same, None),
            }
        };
    drop(failures);
    let alone = |copy: &Copy| {
        !copy.only_here.is_empty() || !copy.other_strands.is_empty() || copy.beside > 0
    };
    comparison.whole =
        comparison.totals.is_empty() && !alone(&comparison.first) && !alone(&comparison.second);
    comparison.outcome = outcome;
    comparison.reason = reason;
}

/// The first thing in a copy that could not be read.
fn unread(report: &Report) -> Option<String> {
    let codes = [
        Code::Unreadable,
        Code::Truncated,
        Code::Malformed,
        Code::Limit,
    ];
    let mut findings = report.findings().iter();
    // A bundle's words on what its maker could not read are no more than a warning.
    let grave = |finding: &&Finding| finding.severity <= Severity::Incomplete;
    let found = findings.find(|finding| grave(finding) && codes.contains(&finding.code))?;
    let path = found.source.as_ref().map(|source| &*source.path);
    Some(match path.filter(|path| !found.message.starts_with(path)) {
        Some(path) => format!("{path}: {}", found.message),
        None => found.message.clone(),
    })
}

/// That something beside the blocks is not the same in both.
fn beside(reports: &[Report; 2]) -> Option<String> {
    let [first, second] = reports.each_ref().map(|report| {
        let all = report.strands.iter().flat_map(|strand| &strand.beside);
        all.collect::<BTreeSet<_>>()
    });
    (first != second).then(|| {
        "there are revisions beside the blocks that only one of them has, which were not compared: hand over the blocks that hold them".to_owned()
    })
}

/// What could not be compared, though it was read.
fn open(comparison: &JournalComparison) -> Option<String> {
    let not_seen = comparison.totals.iter();
    let not_seen: u64 = not_seen
        .filter(|(kind, _)| kind.is_not_seen())
        .map(|(_, total)| total)
        .sum();
    let all = [
        (not_seen, "revisions of which one copy has no more than a stream's block summary: hand over the other records"),
        (comparison.redactions_without_order, "revisions that are redacted in one copy, and no block here orders it: hand over the later blocks"),
        (comparison.hashes_only, "blocks that came by themselves or cannot be written as text, of which only hashes could be compared: hand over the journal"),
        (comparison.perhaps_other, "numbers or times that are equal, and may have been written otherwise before they became JSON: hand over Ion"),
    ];
    let told = all.iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// What is wrong with a copy, in words: that it contradicts itself, before all else.
fn failure(report: &Report) -> Option<String> {
    let contradictions = [
        Code::DuplicateBlock,
        Code::DuplicateRevision,
        Code::SameHash,
        Code::Contradiction,
    ];
    let findings = report.findings().iter();
    let mut failures = findings.filter(|finding| finding.severity == Severity::Failure);
    let contradicts = |finding: &&Finding| contradictions.contains(&finding.code);
    let found = failures.clone().find(contradicts);
    let found = found.or_else(|| failures.next())?;
    let place = found
        .sequence_no
        .map(|number| format!(" at block {number}"));
    let place = place.unwrap_or_default();
    Some(format!("{}{place}: {}", found.code, found.message))
}

/// Why there is no one strand to compare.
fn no_strand(shared: &[StrandId], runs: &[Runs; 2]) -> Option<String> {
    let names = |ids: &mut dyn Iterator<Item = &StrandId>| {
        let names: Vec<String> = ids.map(StrandId::to_string).collect();
        names.join(", ")
    };
    let [first, second] = runs;
    match shared {
        _ if first.strands.is_empty() => Some("the first holds no block".to_owned()),
        _ if second.strands.is_empty() => Some("the second holds no block".to_owned()),
        [] => Some(format!(
            "they are of different strands: {} and {}",
            names(&mut first.strands.keys()),
            names(&mut second.strands.keys())
        )),
        [_] => None,
        _ => Some(format!(
            "they share several strands, choose one: {}",
            names(&mut shared.iter())
        )),
    }
}

fn start(reports: &[Report; 2], runs: &[Runs; 2]) -> JournalComparison {
    let [first, second] = runs;
    let shared = first.strands.keys();
    let shared: Vec<StrandId> = shared
        .filter(|id| second.strands.contains_key(*id))
        .cloned()
        .collect();
    let reason = no_strand(&shared, runs);
    let strand_id = shared.first().filter(|_| reason.is_none()).cloned();
    let asked = &reports[0].asked;
    let asked = (asked.from.unwrap_or(0), asked.to.unwrap_or(u64::MAX));
    let told = |runs: &Runs| runs.told(strand_id.as_ref(), asked);
    let both = match &strand_id {
        Some(_) => common(&told(first), &told(second)),
        None => Vec::new(),
    };
    let copy = |report: &Report, runs: &Runs| Copy {
        verdict: report.verdict(),
        failure: failure(report),
        blocks: told(runs),
        only_here: apart(&told(runs), &both),
        other_strands: runs
            .strands
            .keys()
            .filter(|id| !shared.contains(id))
            .cloned()
            .collect(),
        beside: report
            .strands
            .iter()
            .map(|strand| strand.beside.len() as u64)
            .sum(),
    };
    JournalComparison {
        comparison_version: 1,
        outcome: Outcome::Undecided,
        whole: false,
        first: copy(&reports[0], first),
        second: copy(&reports[1], second),
        strand_id,
        reason,
        common: both,
        first_other_hash: None,
        differences: Vec::new(),
        totals: BTreeMap::new(),
        json_in_one: 0,
        redactions_without_order: 0,
        hashes_only: 0,
        perhaps_other: 0,
    }
}
