//! How a strand rests on a saved state: blocks 0 to some block are not here, but
//! an earlier run left what later blocks and digests can be tied to.
//!
//! The nodes of the state and the leaves of the blocks here fold to the root of
//! a tree. If that is a trusted digest, every leaf here is under it, whoever
//! wrote the state: its nodes then are the siblings of a proof. Of the blocks in
//! the state this shows nothing, for they are not here.

use std::sync::Arc;

use super::misfits::time_order;
use super::{Segment, StrandFold};
use crate::blocks::{Hash, StrandId};
use crate::findings::block::CheckedBlock;
use crate::findings::leaves::Leaves;
use crate::findings::outcome::By;
use crate::findings::span::Span;
use crate::findings::{Code, Finding, Findings};

/// What a saved state says of one strand.
#[derive(Clone, Debug)]
pub(crate) struct Prefix {
    /// The state's name in reports.
    pub(crate) source: Arc<str>,
    /// Whether the caller vouches for the run that wrote it.
    pub(crate) vouched: bool,
    pub(crate) span: Span,
}

impl Prefix {
    /// The digest of its blocks, if they start at block 0.
    pub(crate) fn root_at(&self, tip: u64) -> Option<Hash> {
        let root = self.span.range.root();
        root.filter(|_| self.span.last() == tip)
    }
}

/// That a state and what is here do not belong together.
pub(crate) fn unfit(strand_id: &StrandId, prefix: &Prefix, why: &str) -> Finding {
    Finding::new(
        Code::State,
        format!("the state {} does not fit: {why}", prefix.source),
    )
    .strand(strand_id)
    .source(&prefix.source, None)
    .remedy("verify the journal from block 0 without the state, or find the state of the run that ended before these blocks")
}

impl StrandFold {
    /// Before the block's leaf is added: if it is the first after the state, and
    /// the block before it is not here, it must name the state's last block.
    pub(super) fn meet_before(&mut self, block: &CheckedBlock, findings: &mut Findings) {
        let number = block.address.sequence_no;
        let Some(prefix) = &self.prefix else { return };
        let Some(segment) = self.segments.last_mut() else {
            return;
        };
        if number != prefix.span.range.end() || segment.first != number {
            return;
        }
        if block.previous.hash == Some(prefix.span.last_hash) {
            let early = block.timestamp.0 < prefix.span.last_time;
            let before = prefix.span.last_time;
            segment.rest_on(prefix, self.plain);
            if early {
                findings.push(time_order(block, before));
            }
            return;
        }
        let shown = |hash: Option<Hash>| hash.map_or_else(|| "none".to_owned(), |h| h.to_string());
        let last = prefix.span.last();
        let why = format!("block {number} does not follow its last block, {last}");
        let finding = unfit(&block.address.strand_id, prefix, &why)
            .sequence_no(number)
            .field("previousBlockHash")
            .values(
                shown(block.previous.hash),
                prefix.span.last_hash.to_string(),
            );
        findings.push(finding);
        self.prefix = None;
    }

    /// After the block's leaf was added: if it is the state's last block, it must
    /// be the same; blocks from 0 on must give the state's nodes.
    pub(super) fn meet_after(&mut self, block: &CheckedBlock, findings: &mut Findings) {
        let Some(prefix) = &self.prefix else { return };
        let Some(segment) = self.segments.last_mut() else {
            return;
        };
        let number = block.address.sequence_no;
        if number != prefix.span.last() {
            return;
        }
        let own = segment.leaves.as_ref();
        let same_tree = own
            .is_none_or(|own| prefix.span.range.begin() != 0 || own.range() == prefix.span.range);
        if block.hash == Some(prefix.span.last_hash) && same_tree {
            if own.is_none() {
                segment.rest_on(prefix, self.plain);
            }
            return;
        }
        let why =
            format!("block {number}, its last, is here, and is another one or stands on others");
        let mut finding = unfit(&block.address.strand_id, prefix, &why).sequence_no(number);
        if let Some(hash) = block.hash {
            finding = finding.values(prefix.span.last_hash.to_string(), hash.to_string());
        }
        findings.push(finding);
        self.prefix = None;
    }

    /// Whether a digest at `tip` is reached by the blocks here alone or also by
    /// the state.
    pub(crate) fn reached_by(&self, tip: u64) -> By {
        let whole = |segment: &Segment| segment.first == 0 && segment.last >= tip;
        match self.segments.iter().any(whole) {
            true => By::Journal,
            false => By::Prefix,
        }
    }

    /// Whether a state of all blocks from 0 on, which the caller vouches for, stands for
    /// those that are not here.
    pub(crate) fn is_vouched_from_0(&self) -> bool {
        let prefix = self.prefix.as_ref();
        prefix.is_some_and(|prefix| prefix.vouched && prefix.span.range.begin() == 0)
    }

    /// The first block here that a digest at `tip` binds, if it was reached with
    /// the help of the state. The leaf of the first block after the state is in
    /// the tree, and by the chain it binds those before it.
    pub(crate) fn bound_from(&self, tip: u64) -> Option<u64> {
        let (segment, end) = self.resting(tip)?;
        Some(segment.chained_from.min(end))
    }

    /// The first block after the state, if a digest at `tip` was reached with its help.
    pub(crate) fn rests_to(&self, tip: u64) -> Option<u64> {
        self.resting(tip).map(|(_, end)| end)
    }

    /// The blocks up to `tip` that continue the state, and where it ends.
    fn resting(&self, tip: u64) -> Option<(&Segment, u64)> {
        self.segments.iter().find_map(|segment| {
            let end = segment.rests_to?;
            (end..=segment.last)
                .contains(&tip)
                .then_some((segment, end))
        })
    }

    /// The first block of the segment, or of the state under it unless that is 0.
    pub(crate) fn start(&self, segment: &Segment) -> u64 {
        let begin = self.prefix.as_ref().map(|prefix| prefix.span.range.begin());
        let begin = begin.filter(|begin| (1..segment.first).contains(begin));
        begin.unwrap_or(segment.first)
    }

    /// Whether some block here continues the state.
    pub(crate) fn rests(&self) -> bool {
        self.segments.iter().any(|s| s.rests_to.is_some())
    }
}

impl Segment {
    fn rest_on(&mut self, prefix: &Prefix, plain: bool) {
        let range = &prefix.span.range;
        self.rests_to = Some(range.end());
        let whole = range.begin() == 0;
        self.leaves = whole.then(|| Leaves::on_top_of(range.clone(), plain));
    }
}
