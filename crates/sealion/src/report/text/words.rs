//! The phrases of the text form: places, runs of blocks, digests, states.

use super::safe::Safe;
use super::PRINTED_MAX;
use crate::findings::{Finding, Severity};
use crate::report::{
    By, Coverage, DigestAnswer, DigestVerdict, DocumentAnswer, Input, Joined, Position,
    RevisionCounts, State, Verdict,
};
use crate::words::counted;

/// How grave a verdict is, its word, and what it means and does not.
pub(super) fn verdict_words(verdict: Verdict) -> (Option<Severity>, &'static str, &'static str) {
    match verdict {
        Verdict::Verified => (
            None,
            "VERIFIED",
            "Fields that no hash covers are listed at the end. All of this is worth as much as the\n\
             origin of your digest.",
        ),
        Verdict::Consistent => (
            Some(Severity::Warning),
            "CONSISTENT",
            "Consistent never means verified: whoever could rewrite a whole journal could\n\
             make its hashes agree again. To verify, give a digest that was kept apart from\n\
             these inputs (--digest).",
        ),
        Verdict::Failed => (
            Some(Severity::Failure),
            "FAILED",
            "Something that was checked does not hold. The findings say what and where; they\n\
             do not say who or why: a damaged copy looks like a changed one.",
        ),
        Verdict::Inconclusive => (
            Some(Severity::Incomplete),
            "INCONCLUSIVE",
            "This neither confirms nor accuses. The findings say what is missing and what to\n\
             do about it.",
        ),
    }
}

/// `, with 2 warnings`, if there are any.
pub(super) fn with_warnings(warnings: u64) -> String {
    match warnings {
        0 => String::new(),
        _ => format!(", with {}", counted(warnings, "warning", "warnings")),
    }
}

/// What the numbers of a run rest on, where it hangs under a trusted digest or a state.
pub(super) fn position_words(run: &Coverage) -> &'static str {
    match (run.state, run.position) {
        (State::Consistent | State::Missing | State::Failed, _) | (_, None) => "",
        (_, Some(Position::Counted)) => ", counted",
        (_, Some(Position::Claimed)) => ", numbers as claimed",
    }
}

/// `blocks 0–99`, or also the state that stands for some of them.
pub(super) fn computed_from(coverage: &[Coverage], tip: u64) -> String {
    let of_state = |state| state == State::FromState;
    if !coverage.iter().any(|one| of_state(one.state)) {
        return format!("blocks {}", run(0, tip));
    }
    let here = |state| !matches!(state, State::FromState | State::Missing);
    let state = runs(coverage, of_state, PRINTED_MAX);
    format!(
        "the state for {state}, blocks here: {}",
        runs(coverage, here, PRINTED_MAX)
    )
}

/// Where a finding is: the block and document, else the strand, else the file.
pub(super) fn place(finding: &Finding) -> String {
    let block = match (finding.sequence_no, &finding.strand_id) {
        (Some(n), Some(strand)) => format!("at block {n} of strand {}", Safe(strand.as_str())),
        (Some(n), None) => format!("at block {n}"),
        (None, Some(strand)) => format!("in strand {}", Safe(strand.as_str())),
        (None, None) => match &finding.source {
            Some(source) => format!("in {}", Safe(&source.path)),
            None => "in the inputs as a whole".to_owned(),
        },
    };
    match (&finding.document_id, finding.version) {
        (Some(id), Some(version)) => format!("{block}, document {} version {version}", Safe(id)),
        (Some(id), None) => format!("{block}, document {}", Safe(id)),
        (None, _) => block,
    }
}

/// `digest BASE64@TIP of strand … from digest.json`, as far as known.
pub(super) fn named(digest: &DigestAnswer) -> String {
    let mut words = format!("digest {}", digest.digest);
    if let Some(tip) = digest.sequence_no {
        words += &format!("@{tip}");
    }
    if let Some(strand) = &digest.strand_id {
        words += &format!(" of strand {}", Safe(strand.as_str()));
    }
    words + &format!(" from {}", source_words(&digest.source))
}

pub(super) fn source_words(source: &str) -> String {
    match source {
        "command line" => "the command line".to_owned(),
        path => Safe(path).to_string(),
    }
}

/// Whether and how a digest was reached.
pub(super) fn reached(digest: &DigestAnswer) -> &'static str {
    match (digest.verdict, digest.by) {
        (DigestVerdict::Failed, _) => "contradicted: these inputs do not give it",
        (DigestVerdict::Inconclusive, _) if digest.sequence_no.is_none() => {
            "not reached: its tip is not known, and so not how many blocks it covers"
        }
        (DigestVerdict::Inconclusive, _) => "not reached: these inputs do not lead to it",
        (DigestVerdict::Verified, Some(By::Journal | By::Prefix)) if !digest.tip_given => {
            "met among these blocks: its source names no tip, so how many it covers is not known"
        }
        (DigestVerdict::Verified, Some(By::Journal)) => {
            "reached by journal: all blocks up to its tip are here and give it"
        }
        (DigestVerdict::Verified, Some(By::BlockProof)) => {
            "reached by block-proof: a block's proof folds to it (content, not number); the chain orders the blocks before that one, if any"
        }
        (DigestVerdict::Verified, Some(By::RevisionProof)) => {
            "reached by revision-proof: for the revision or hash of that proof alone"
        }
        (DigestVerdict::Verified, Some(By::Consistency)) => {
            "reached by consistency: a proof shows that what is under the older digest is under the newer one"
        }
        (DigestVerdict::Verified, Some(By::Prefix)) => {
            "reached by prefix: the hashes in the saved state and the blocks after it give it"
        }
        (DigestVerdict::Verified, None) => "reached",
    }
}

pub(super) fn state_words(state: State) -> &'static str {
    match state {
        State::Verified => "verified",
        State::Consistent => "consistent (under no trusted digest)",
        State::RecordedOnly => "recorded-only (chained, but some data could not be recomputed)",
        State::FromState => "from-state (not here: rests on a saved state)",
        State::Missing => "missing",
        State::Failed => "failed",
    }
}

pub(super) fn gravity_of(state: State) -> Option<Severity> {
    match state {
        State::Verified => None,
        State::Consistent => Some(Severity::Warning),
        State::RecordedOnly | State::FromState | State::Missing => Some(Severity::Incomplete),
        State::Failed => Some(Severity::Failure),
    }
}

/// `6 found: 0–5`.
pub(super) fn found_words(coverage: &[Coverage], printed_max: usize) -> String {
    let is_here = |state| !matches!(state, State::Missing | State::FromState);
    let here = coverage.iter().filter(|one| is_here(one.state));
    let count = here.fold(0u64, |count, one| {
        count.saturating_add((one.last - one.first).saturating_add(1))
    });
    match count {
        0 => "none found".to_owned(),
        _ => format!("{count} found: {}", runs(coverage, is_here, printed_max)),
    }
}

/// `3 of 4 recomputed; 1 redacted, 2 internal, known by hash alone`.
pub(super) fn revisions_words(counts: &RevisionCounts) -> String {
    let kinds = [
        (counts.redacted, "redacted"),
        (counts.deleted, "deleted"),
        (counts.from_json, "restored from JSON"),
        (counts.internal, "internal, known by hash alone"),
    ];
    let there = kinds.iter().filter(|(count, _)| *count > 0);
    let there: Vec<String> = there
        .map(|(count, kind)| format!("{count} {kind}"))
        .collect();
    let own = counts.total.saturating_sub(counts.internal);
    let recomputed = (own > 0).then(|| format!("{} of {own} recomputed", counts.recomputed));
    let there = (!there.is_empty()).then(|| there.join(", "));
    let words: Vec<String> = recomputed.into_iter().chain(there).collect();
    words.join("; ")
}

pub(super) fn input_words(input: &Input) -> String {
    let mut words = format!(
        "{}: {}, {}",
        Safe(&input.path),
        input.kind,
        counted(input.bytes, "byte", "bytes")
    );
    if let Some(blocks) = input.blocks {
        words += &format!(", {}", counted(blocks, "block", "blocks"));
    }
    if let Some(revisions) = input.revisions {
        words += &format!(", {}", counted(revisions, "revision", "revisions"));
    }
    if let Some(sha256) = &input.sha256 {
        words += &format!(", SHA-256 {sha256}");
    }
    words
}

/// `a.json and b.ion: document … version 0 of block 5; from its data to a trusted digest`.
pub(super) fn joined_words(joined: &Joined) -> String {
    const NAMED_MAX: usize = 3;
    let mut paths: Vec<String> = joined
        .paths
        .iter()
        .map(|path| Safe(path).to_string())
        .collect();
    let more = paths.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        paths.truncate(NAMED_MAX);
        paths.push(format!("{more} more"));
    }
    let last = paths.pop().unwrap_or_default();
    let how = match (joined.verified, joined.data) {
        (true, true) => "one hash, recomputed from its data up to the digest",
        (true, false) => "one hash, recomputed up to the digest; none of them has its data",
        (false, true) => "one hash, recomputed from its data",
        (false, false) => "one hash; none of them has its data",
    };
    format!(
        "{} and {last}: {}: {how}",
        paths.join(", "),
        revision_words(
            joined.sequence_no,
            joined.document_id.as_deref(),
            joined.version
        )
    )
}

pub(super) fn revision_words(number: u64, document: Option<&str>, version: Option<u64>) -> String {
    match (document, version) {
        (Some(id), Some(version)) => {
            format!("document {} version {version} of block {number}", Safe(id))
        }
        (Some(id), None) => format!("document {} of block {number}", Safe(id)),
        (None, _) => format!("a revision of block {number}"),
    }
}

/// `contract.json: the document of block 4, …`, or that it is none.
pub(super) fn document_words(answer: &DocumentAnswer) -> String {
    let place = match answer.offset {
        0 => Safe(&answer.path).to_string(),
        offset => format!("{}, byte {offset}", Safe(&answer.path)),
    };
    let Some(first) = answer.matches.first() else {
        return format!("{place}: matches nothing here");
    };
    let redacted = match first.redacted {
        true => " (redacted there; its hash is left)",
        false => "",
    };
    let verified = match first.verified {
        true => "its hash, and all from there up to the digest, were recomputed",
        false => "its hash is that of the data; it hangs under no trusted digest",
    };
    let more = match answer.matches.len() {
        1 => String::new(),
        many => format!(
            "; and of {}",
            counted(many - 1, "other revision", "other revisions")
        ),
    };
    let revision = revision_words(
        first.sequence_no,
        first.document_id.as_deref(),
        first.version,
    );
    format!("{place}: the data of {revision}{redacted}: {verified}{more}")
}

/// `0–49`, or `7` for a run of one.
pub(super) fn run(first: u64, last: u64) -> String {
    match first == last {
        true => first.to_string(),
        false => format!("{first}–{last}"),
    }
}

/// The runs of blocks whose state `counts`, joined: `0–19, 30–49`.
pub(super) fn runs(coverage: &[Coverage], counts: fn(State) -> bool, printed_max: usize) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for one in coverage.iter().filter(|one| counts(one.state)) {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(one.first) => *last = one.last,
            _ => runs.push((one.first, one.last)),
        }
    }
    let cut = if runs.len() > printed_max {
        ", …"
    } else {
        ""
    };
    let words: Vec<String> = runs
        .iter()
        .take(printed_max)
        .map(|&(first, last)| run(first, last))
        .collect();
    match runs.as_slice() {
        [] => "none".to_owned(),
        _ => format!("{}{cut}", words.join(", ")),
    }
}
