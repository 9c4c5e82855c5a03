//! Joins the states of adjoining runs: two custodians, one state.

use std::collections::BTreeMap;

use super::{worse, State, StrandState};
use crate::blocks::StrandId;
use crate::findings::Apart;
use crate::words::blocks_do;

/// Why states do not make one. Each names the strand, the states and the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// There was none.
    #[error("no state to merge")]
    Nothing,
    /// A block is in two of them.
    #[error(
        "strand {strand_id}: {left} and {right} overlap: {} in both", blocks_do(*.first, *.last, "is", "are")
    )]
    Overlap {
        /// The strand.
        strand_id: StrandId,
        /// The state that starts first.
        left: String,
        /// The other.
        right: String,
        /// The first block in both.
        first: u64,
        /// The last block in both.
        last: u64,
    },
    /// Blocks are in none of them.
    #[error("strand {strand_id}: {left} and {right} do not touch: {} in neither", blocks_do(*.first, *.last, "is", "are"))]
    Gap {
        /// The strand.
        strand_id: StrandId,
        /// The state before the gap.
        left: String,
        /// The state after the gap.
        right: String,
        /// The first block in neither.
        first: u64,
        /// The last block in neither.
        last: u64,
    },
    /// Together they are no state that could be read.
    #[error(
        "these are not parts of one run: what they say together is refused as a state: {reason}"
    )]
    Unsound {
        /// What is wrong with it.
        reason: String,
    },
    /// Its last hash is tied to nothing in it: a state of version 1.
    #[error("{source_name} is a state of version 1, whose last hash nothing ties to its nodes: save it anew from the journal, or go on from it with `verify --trust-state {source_name} --save-state NEW` and the blocks that follow")]
    Untied {
        /// The state.
        source_name: String,
    },
    /// The chain does not hold from one to the next.
    #[error("strand {strand_id}: {right} does not follow {left}: its first block, {sequence_no}, names another hash than that of the block before it")]
    Link {
        /// The strand.
        strand_id: StrandId,
        /// The state before the cut.
        left: String,
        /// The state after the cut.
        right: String,
        /// The first block after the cut.
        sequence_no: u64,
    },
}

impl State {
    /// One state of all, given in any order. Strands that only one of them has are
    /// taken as they are.
    ///
    /// The digest of the result is computed from the nodes of all: if it is one
    /// that you trust, all of them are right.
    ///
    /// # Errors
    /// [`MergeError`] with the place where two do not adjoin.
    pub fn merge(states: &[State]) -> Result<State, MergeError> {
        let first = states.first().ok_or(MergeError::Nothing)?;
        let mut whole = first.clone();
        let mut parts: BTreeMap<&StrandId, Vec<(&str, &StrandState)>> = BTreeMap::new();
        for state in states {
            whole.verdict = worse(whole.verdict, state.verdict);
            for strand in &state.strands {
                if !strand.is_tied() {
                    let source_name = state.source.to_string();
                    return Err(MergeError::Untied { source_name });
                }
                let parts = parts.entry(&strand.strand_id).or_default();
                parts.push((&state.source, strand));
            }
        }
        let strands: Result<Vec<_>, _> = parts.into_values().map(join).collect();
        whole.strands = strands?;
        whole.tool_version = env!("CARGO_PKG_VERSION").to_owned();
        // What each says may be well, and all of it together not.
        match State::from_json(whole.to_json().as_bytes(), &whole.source) {
            Ok(_) => Ok(whole),
            Err(reason) => Err(MergeError::Unsound { reason }),
        }
    }
}

/// The parts of one strand, of which there is at least one.
fn join(mut parts: Vec<(&str, &StrandState)>) -> Result<StrandState, MergeError> {
    parts.sort_by_key(|(_, part)| (part.first(), part.last()));
    let mut parts = parts.into_iter();
    let (mut left, mut whole) = match parts.next() {
        Some((source, part)) => (source, part.clone()),
        None => return Err(MergeError::Nothing),
    };
    for (right, part) in parts {
        let names = |left: &str| (whole.strand_id.clone(), left.to_owned(), right.to_owned());
        let (last, first) = (whole.last(), part.first());
        if first <= last {
            let (strand_id, left, right) = names(left);
            return Err(MergeError::Overlap {
                strand_id,
                left,
                right,
                first,
                last: last.min(part.last()),
            });
        }
        let (strand_id, named_left, right_name) = names(left);
        whole.span.append(&part.span).map_err(|apart| match apart {
            Apart::Range => MergeError::Gap {
                strand_id: strand_id.clone(),
                left: named_left.clone(),
                right: right_name.clone(),
                first: last.saturating_add(1),
                last: first.saturating_sub(1),
            },
            Apart::Link => MergeError::Link {
                strand_id: strand_id.clone(),
                left: named_left.clone(),
                right: right_name.clone(),
                sequence_no: first,
            },
        })?;
        for digest in &part.digests {
            if !whole.digests.contains(digest) {
                whole.digests.push(digest.clone());
            }
        }
        left = right;
    }
    Ok(whole)
}
