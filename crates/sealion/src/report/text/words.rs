//! The phrases of the text form: places, runs of blocks, digests, states.

use super::safe::Safe;
use super::PRINTED_MAX;
use crate::findings::{Finding, Severity};
use crate::report::{
    By, Coverage, DigestAnswer, DigestVerdict, Input, Report, State, Strand, Verdict,
};

/// How grave a verdict is, its word, and what it means and does not.
pub(super) fn verdict_words(verdict: Verdict) -> (Option<Severity>, &'static str, &'static str) {
    match verdict {
        Verdict::Verified => (
            None,
            "VERIFIED",
            "Nothing that a hash covers can have been changed since the digest was made.\n\
             The answer is worth as much as the digest's own origin.",
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

/// `the digest from digest.json covers blocks 0–23 of strand … as they are here.`
pub(super) fn covered_by_trusted(report: &Report) -> String {
    let trusted = report.digests.iter().filter(|digest| digest.trusted);
    let sources: Vec<String> = trusted.map(|digest| source_words(&digest.source)).collect();
    let by = match sources.as_slice() {
        [one] => format!("the digest from {one} covers"),
        many => format!("the {} digests that you trust cover", many.len()),
    };
    let verified = |strand: &Strand| {
        strand
            .coverage
            .iter()
            .any(|one| one.state == State::Verified)
    };
    match report.strands.as_slice() {
        // Consistency proofs alone.
        [] => format!("{by} all that the older digests here cover."),
        [strand] if verified(strand) => {
            let runs = runs(
                &strand.coverage,
                |state| state == State::Verified,
                PRINTED_MAX,
            );
            let noun = if runs.contains(['–', ',']) {
                "blocks"
            } else {
                "block"
            };
            let strand_id = Safe(strand.strand_id.as_str());
            let beside = match report.inputs.iter().any(|input| input.kind == "bundle") {
                // Its revisions need not lie in these blocks.
                true => format!(", and all {} revisions,", strand.revisions.total),
                false => String::new(),
            };
            format!("{by} {noun} {runs}{beside} of strand {strand_id}, as found here.")
        }
        [strand] if strand.blocks == 0 && strand.revisions.total == 0 => {
            let held = runs(
                &strand.coverage,
                |state| state == State::FromState,
                PRINTED_MAX,
            );
            format!("{by} blocks {held}, of which only the state is here that you vouch for.")
        }
        // Revisions alone, each with a proof of its own.
        [strand] if strand.blocks == 0 && strand.revisions.total == 1 => {
            format!("{by} the revision that was handed over.")
        }
        [strand] if strand.blocks == 0 => {
            format!(
                "{by} all {} revisions that were handed over.",
                strand.revisions.total
            )
        }
        _ => format!("{by} everything that was handed over."),
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

fn source_words(source: &str) -> String {
    match source {
        "command line" => "the command line".to_owned(),
        path => Safe(path).to_string(),
    }
}

/// Whether and how a digest was reached.
pub(super) fn reached(digest: &DigestAnswer) -> &'static str {
    match (digest.verdict, digest.by) {
        (DigestVerdict::Failed, _) => "contradicted: these inputs do not give it",
        (DigestVerdict::Inconclusive, _) => "not reached: these inputs do not lead to it",
        (DigestVerdict::Verified, Some(By::Journal)) => {
            "reached by journal: all blocks up to its tip are here and give it"
        }
        (DigestVerdict::Verified, Some(By::BlockProof)) => {
            "reached by block-proof: a block's proof leads to it, the chain ties earlier blocks to that one"
        }
        (DigestVerdict::Verified, Some(By::RevisionProof)) => {
            "reached by revision-proof: for that revision alone"
        }
        (DigestVerdict::Verified, Some(By::Consistency)) => {
            "reached by consistency: a proof ties it to another digest, the newer of the two extends the older"
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

pub(super) fn input_words(input: &Input) -> String {
    let mut words = format!(
        "{}: {}, {} bytes",
        Safe(&input.path),
        input.kind,
        input.bytes
    );
    if let Some(blocks) = input.blocks {
        words += &format!(", {blocks} blocks");
    }
    if let Some(revisions) = input.revisions {
        words += &format!(", {revisions} revisions");
    }
    words
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
