//! Which blocks of a strand are verified, consistent, missing or wrong, as runs.

use crate::findings::digests::Anchors;
use crate::findings::journal::{Segment, StrandFold};
use crate::findings::outcome::{Asked, Coverage, State};

/// Runs of blocks that were asked for and hang under no trusted digest.
pub(super) fn uncovered(strand: &StrandFold, anchors: &Anchors, asked: &Asked) -> Vec<(u64, u64)> {
    let mut open: Vec<(u64, u64)> = Vec::new();
    for segment in &strand.segments {
        let mut next = segment.first.max(asked.from.unwrap_or(0));
        let last = segment.last.min(asked.to.unwrap_or(u64::MAX));
        let after = anchors.verified().partition_point(|(_, end)| *end < next);
        for (first, end) in &anchors.verified()[after..] {
            if *first > last || next > last {
                break;
            }
            if next < *first {
                open.push((next, *first - 1));
            }
            next = end.saturating_add(1);
        }
        if next <= last {
            open.push((next, last));
        }
    }
    open
}

/// Runs of blocks by state, gaps included.
pub(super) fn coverage(strand: &StrandFold, anchors: &Anchors, asked: &Asked) -> Vec<Coverage> {
    let mut runs: Vec<Coverage> = Vec::new();
    let mut next = asked.from.unwrap_or(0);
    let prefix = strand.prefix.as_ref();
    let prefix = prefix.map(|prefix| (prefix.span.range.begin(), prefix.span.last()));
    for segment in &strand.segments {
        let first = segment.first.max(asked.from.unwrap_or(0));
        let last = segment.last.min(asked.to.unwrap_or(u64::MAX));
        if first > last {
            continue;
        }
        if next < first {
            absent(prefix, next, first - 1, &mut runs);
        }
        states(segment, anchors, first, last, &mut runs);
        next = last.saturating_add(1);
    }
    if let Some((_, last)) = prefix {
        let last = last.min(asked.to.unwrap_or(u64::MAX));
        if next <= last {
            absent(prefix, next, last, &mut runs);
        }
    }
    runs
}

/// Blocks `first..=last`, which are not here: in the state, or missing.
fn absent(prefix: Option<(u64, u64)>, first: u64, last: u64, runs: &mut Vec<Coverage>) {
    let (begin, end) = match prefix {
        Some((begin, end)) if begin <= last && first <= end => (begin.max(first), end.min(last)),
        _ => return push(runs, first, last, State::Missing),
    };
    if first < begin {
        push(runs, first, begin - 1, State::Missing);
    }
    push(runs, begin, end, State::FromState);
    if end < last {
        push(runs, end + 1, last, State::Missing);
    }
}

/// The states of blocks `first..=last` of one segment.
fn states(segment: &Segment, anchors: &Anchors, first: u64, last: u64, runs: &mut Vec<Coverage>) {
    // Places where the state may change.
    let mut cuts: Vec<u64> = vec![first];
    let inner = segment.exceptions.iter().map(|(from, to, _)| (*from, *to));
    for (from, to) in inner.chain(anchors.verified().iter().copied()) {
        cuts.extend([from, to.saturating_add(1)]);
    }
    cuts.retain(|cut| (first..=last).contains(cut));
    cuts.sort_unstable();
    cuts.dedup();
    let mut exceptions = segment.exceptions.iter().peekable();
    for (index, cut) in cuts.iter().enumerate() {
        let end = cuts.get(index + 1).map_or(last, |next| next - 1);
        while exceptions.peek().is_some_and(|(_, to, _)| to < cut) {
            exceptions.next();
        }
        let state = match exceptions.peek() {
            Some((from, _, state)) if from <= cut => *state,
            _ if anchors.covers(*cut) => State::Verified,
            _ => State::Consistent,
        };
        push(runs, *cut, end, state);
    }
}

fn push(runs: &mut Vec<Coverage>, first: u64, last: u64, state: State) {
    match runs.last_mut() {
        Some(run) if run.state == state && run.last.checked_add(1) == Some(first) => {
            run.last = last;
        }
        _ => runs.push(Coverage { first, last, state }),
    }
}
