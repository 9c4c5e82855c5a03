//! What is said of a verified run: what the digest covers, and what exactly that proves,
//! a sentence for each way in which something was tied to the digest.
//!
//! A fold binds contents, and neither the level of a node nor its place. So numbers, and
//! what is a block at all, are proven only where everything from block 0 on was counted.

use super::safe::Safe;
use super::words::{runs, source_words};
use super::PRINTED_MAX;
use crate::findings::Alone;
use crate::report::{By, Coverage, DigestAnswer, Position, Report, State, Strand};

/// Whether a state that the caller vouches for is all that there is.
pub(super) fn on_your_word(report: &Report) -> bool {
    let vouched = report
        .states
        .iter()
        .any(|state| state.used && state.vouched);
    let nothing = |strand: &Strand| strand.blocks == 0 && strand.revisions.total == 0;
    vouched && report.strands.iter().all(nothing)
}

/// `the digest from digest.json covers blocks 0–23, counted from 0, of strand ….`
pub(super) fn covered_by_trusted(report: &Report) -> String {
    let trusted: Vec<&DigestAnswer> = trusted(report).collect();
    if on_your_word(report) {
        let digest = match trusted.as_slice() {
            [one] => format!("the digest from {}", source_words(&one.source)),
            many => format!("the {} digests that you trust", many.len()),
        };
        return format!("the state gives {digest}; no block was read.");
    }
    let by = match trusted.as_slice() {
        [one] => format!("the digest from {} covers", source_words(&one.source)),
        many => format!("the {} digests that you trust cover", many.len()),
    };
    match report.strands.as_slice() {
        // Consistency proofs alone.
        [] => format!("{by} all that the older digests here cover."),
        [strand] => {
            let things = things(report, strand);
            let strand_id = Safe(strand.strand_id.as_str());
            format!("{by} {} of strand {strand_id}.", things.join(" and "))
        }
        _ => format!("{by} everything that was handed over."),
    }
}

/// What one strand has under the digest.
fn things(report: &Report, strand: &Strand) -> Vec<String> {
    let of = |position: Position| {
        let run = |run: &&Coverage| is_verified(run) && run.position == Some(position);
        let coverage: Vec<Coverage> = strand.coverage.iter().filter(run).cloned().collect();
        let many = coverage.iter().any(|run| run.first < run.last) || coverage.len() > 1;
        let numbers = runs(&coverage, |_| true, PRINTED_MAX);
        (!coverage.is_empty()).then_some((many, numbers))
    };
    let mut things = Vec::new();
    if let Some((many, numbers)) = of(Position::Counted) {
        let from = match rests_on_state(report, strand) {
            Some(_) => "counted on from the state",
            None => "counted from 0",
        };
        let noun = if many { "blocks" } else { "block" };
        things.push(format!("{noun} {numbers}, {from},"));
    }
    if let Some((many, numbers)) = of(Position::Claimed) {
        let (noun, number) = match many {
            true => ("blocks", "numbers"),
            false => ("block", "number"),
        };
        things.push(format!(
            "what is read here as {noun} {numbers} ({number} as claimed)"
        ));
    }
    let Alone {
        contents,
        without_data,
        hashes,
    } = strand.alone;
    things.extend(match contents {
        0 => None,
        1 => Some("the content of a revision".to_owned()),
        many => Some(format!("the content of {many} revisions")),
    });
    things.extend(match without_data {
        0 => None,
        1 => Some("a revision without data".to_owned()),
        many => Some(format!("{many} revisions without data")),
    });
    things.extend(match hashes {
        0 => None,
        1 => Some("a hash".to_owned()),
        many => Some(format!("{many} hashes")),
    });
    if things.is_empty() {
        things.push("everything that was handed over".to_owned());
    }
    things
}

/// What exactly is proven: a sentence for each way to the digest.
pub(super) fn proven(report: &Report) -> Vec<String> {
    if on_your_word(report) {
        return vec![ON_YOUR_WORD.to_owned()];
    }
    let mut sentences: Vec<String> = Vec::new();
    let mut say = |sentence: &str| {
        if !sentences.iter().any(|said| said == sentence) {
            sentences.push(sentence.to_owned());
        }
    };
    for strand in &report.strands {
        blocks(report, strand, &mut say);
    }
    let mut alone = Alone::default();
    for strand in &report.strands {
        alone.contents += strand.alone.contents;
        alone.without_data += strand.alone.without_data;
        alone.hashes += strand.alone.hashes;
    }
    match alone.contents {
        0 => {}
        1 => say(CONTENT),
        _ => say(CONTENTS),
    }
    match alone.without_data {
        0 => {}
        1 => say(NO_DATA),
        _ => say(NONE_WITH_DATA),
    }
    match alone.hashes {
        0 => {}
        1 => say(HASH),
        _ => say(HASHES),
    }
    if report
        .digests
        .iter()
        .any(|digest| digest.by == Some(By::Consistency))
    {
        say(OLDER);
    }
    sentences
}

/// What is proven of the blocks of a strand.
fn blocks(report: &Report, strand: &Strand, say: &mut impl FnMut(&str)) {
    let verified = |position: Position| {
        let mut coverage = strand.coverage.iter();
        coverage.any(|run| is_verified(run) && run.position == Some(position))
    };
    let state = rests_on_state(report, strand);
    if verified(Position::Counted) {
        say(match state {
            Some(_) => VOUCHED,
            None if part_asked(report) => COUNTED_ASKED,
            None => COUNTED,
        });
    }
    if verified(Position::Claimed) {
        let one = strand
            .coverage
            .iter()
            .filter(|run| is_verified(run))
            .count()
            == 1
            && strand
                .coverage
                .iter()
                .any(|run| is_verified(run) && run.first == run.last);
        say(match (strand.grouping_claimed, one) {
            (true, true) => GROUPED_ONE,
            (true, false) => GROUPED,
            (false, true) => ONE,
            (false, false) => RUN,
        });
        if state == Some(false) {
            say(UNVOUCHED);
        }
    }
}

/// Whether less was asked for than all blocks up to the tip of a digest.
fn part_asked(report: &Report) -> bool {
    let after = |to| trusted(report).any(|digest| digest.sequence_no > Some(to));
    report.asked.from.is_some_and(|from| from > 0) || report.asked.to.is_some_and(after)
}

/// Whether a state that was used for the strand is vouched for; `None` if none was used.
fn rests_on_state(report: &Report, strand: &Strand) -> Option<bool> {
    let mut states = report.states.iter();
    let used = states.find(|state| state.used && state.strand_id == strand.strand_id);
    used.map(|state| state.vouched)
}

fn is_verified(run: &Coverage) -> bool {
    run.state == State::Verified
}

/// The digests that you trust and that were reached.
fn trusted(report: &Report) -> impl Iterator<Item = &DigestAnswer> {
    let digests = report.digests.iter();
    digests.filter(|digest| digest.trusted && digest.by.is_some())
}

const COUNTED: &str = "\
All blocks from 0 to the digest's tip are here and hash to it: what they contain, their
order, their numbers, and that none of them is missing, is proven. That nothing was left
out within a block is not.";

const COUNTED_ASKED: &str = "\
All blocks from 0 to the digest's tip are here and hash to it: their order, their numbers,
and that none of them is missing, is proven, and of the blocks asked for what they contain.
That nothing was left out within a block is not.";

const VOUCHED: &str = "\
The blocks read here, together with the state, hash to the digest: what they contain and
their order is proven. Their numbers, and all earlier blocks, rest on the state, and that
on your word.";

const UNVOUCHED: &str = "\
Earlier blocks, and all numbers, rest on the state, for which nobody vouches.";

const ON_YOUR_WORD: &str = "\
The hashes in the state give the digest. What they are hashes of was not looked at: all
blocks rest on the state, and that on your word.";

const RUN: &str = "\
What these blocks contain lies under the digest, in this order. Their numbers are as
claimed.";

const ONE: &str = "\
What this block contains lies under the digest. Its number is as claimed.";

const GROUPED: &str = "\
What is read here lies under the digest, in this order. That it is blocks, grouped as they
are here, and under these numbers, is as claimed.";

const GROUPED_ONE: &str = "\
What is read here lies under the digest. That it is one block, and under this number, is as
claimed.";

const CONTENT: &str = "\
The content of this revision is in the ledger. In which block it stands, under what number,
and whether it is the latest version, is as claimed.";

const CONTENTS: &str = "\
The contents of these revisions are in the ledger. In which blocks they stand, under what
numbers, and whether they are the latest versions, is as claimed.";

const NO_DATA: &str = "\
The revision without data has its metadata in the ledger; it may be a document whose data
was left out. Its block, its number, and whether it is the latest, are as claimed.";

const NONE_WITH_DATA: &str = "\
The revisions without data have their metadata in the ledger; they may be documents whose
data was left out. Their blocks, numbers, and whether they are the latest, are as claimed.";

const HASH: &str = "This hash is in the ledger. Whose it is, is not shown.";

const HASHES: &str = "These hashes are in the ledger. Whose they are, is not shown.";

const OLDER: &str = "\
Everything under the older digest is under the newer one. That it comes first there, and
how many blocks it is, is as claimed.";
