//! Which blocks of a strand are verified, consistent, missing or wrong, as runs.

use crate::blocks::revision::Kind;
use crate::findings::digests::Anchors;
use crate::findings::joined::shown_most;
use crate::findings::journal::{Segment, StrandFold};
use crate::findings::loose::Placed;
use crate::findings::outcome::{Alone, Asked, Coverage, Position, State};

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
    let prefix = prefix.map(|prefix| {
        let position = position(anchors.counted_state);
        (prefix.span.range.begin(), prefix.span.last(), position)
    });
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
    if let Some((_, last, _)) = prefix {
        let last = last.min(asked.to.unwrap_or(u64::MAX));
        if next <= last {
            absent(prefix, next, last, &mut runs);
        }
    }
    runs
}

/// Blocks `first..=last`, which are not here: in the state, or missing.
fn absent(prefix: Option<(u64, u64, Position)>, first: u64, last: u64, runs: &mut Vec<Coverage>) {
    let missing = |first, last| (first, last, State::Missing, None);
    let (begin, end, position) = match prefix {
        Some((begin, end, position)) if begin <= last && first <= end => {
            (begin.max(first), end.min(last), position)
        }
        _ => return push(runs, missing(first, last)),
    };
    if first < begin {
        push(runs, missing(first, begin - 1));
    }
    push(runs, (begin, end, State::FromState, Some(position)));
    if end < last {
        push(runs, missing(end + 1, last));
    }
}

fn position(counted: bool) -> Position {
    match counted {
        true => Position::Counted,
        false => Position::Claimed,
    }
}

/// The states of blocks `first..=last` of one segment.
fn states(segment: &Segment, anchors: &Anchors, first: u64, last: u64, runs: &mut Vec<Coverage>) {
    // Places where the state may change.
    let mut cuts: Vec<u64> = vec![first];
    let inner = segment.exceptions.iter().map(|(from, to, _)| (*from, *to));
    let verified = anchors.verified().iter().copied();
    let counted = anchors.counted.all().iter().copied();
    for (from, to) in inner.chain(verified).chain(counted) {
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
        let counted = position(anchors.counted.covers(*cut));
        push(runs, (*cut, end, state, Some(counted)));
    }
}

fn push(
    runs: &mut Vec<Coverage>,
    (first, last, state, position): (u64, u64, State, Option<Position>),
) {
    let same = |run: &Coverage| run.state == state && run.position == position;
    match runs.last_mut() {
        Some(run) if same(run) && run.last.checked_add(1) == Some(first) => {
            run.last = last;
        }
        _ => runs.push(Coverage {
            first,
            last,
            state,
            position,
        }),
    }
}

/// Whether something under a trusted digest is read as a block that could be an inner
/// node of the tree, or the like.
pub(super) fn grouping_claimed(coverage: &[Coverage], anchors: &Anchors) -> bool {
    let mut verified = coverage.iter().filter(|run| run.state == State::Verified);
    verified.any(|run| !anchors.blocks.cover(run.first, run.last))
}

/// What its own proof alone ties to a trusted digest: `verified` says of each revision
/// whether anything does.
pub(super) fn alone(placed: &[Placed], verified: &[bool], anchors: &Anchors) -> Alone {
    let mut alone = Alone::default();
    let by_block = |one: &Placed| one.in_block && anchors.covers(one.loose.address.sequence_no);
    let counts = |index: usize| verified[index] && !by_block(&placed[index]);
    for record in shown_most(placed, counts) {
        match record.kind {
            Kind::User => alone.contents += 1,
            Kind::Redacted | Kind::Deleting => alone.without_data += 1,
            Kind::Internal | Kind::Unseen => alone.hashes += 1,
        }
    }
    alone
}
