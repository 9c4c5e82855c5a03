//! Two engines that read blocks and make their hashes.
//!
//! The *reference* engine is plain: the Ion reader and hasher of `ion-rs`, and the
//! rules of `sealion-reference`. The *fast* engine reads borrowed bytes in one
//! pass and hashes in batches. It may say "this is the hash" or pass; only the
//! reference may say that something is wrong: a stretch in which the fast engine
//! finds anything, or does not understand everything, goes to the reference.

mod batched;
mod capture;
mod doubts;
mod fast;
mod old_timestamp;
mod plain;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use capture::{value_text, Wanted};
pub(crate) use doubts::Doubts;
pub(crate) use fast::first_address;
pub(crate) use plain::{given_up, read_each, read_values};

use crate::blocks::block::Block;
use crate::blocks::claim::RecordedAddress;
use crate::blocks::read::{Envelope, Node, Unfit};
use crate::blocks::BlockAddress;
use crate::findings::{check_block, Asked, Boxed, Code, Context, Finding, Severity, Used};
use crate::hashes::BlockHashes;
use crate::source::Piece;
use crate::Limits;

/// Which engine makes the hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Engine {
    /// One pass and batches, where that is enough; the reference for the rest.
    #[default]
    Fast,
    /// The plain rules alone.
    Reference,
    /// Both, on every block; any difference between them is an error of this tool.
    Both,
}

impl Engine {
    /// The name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Engine::Fast => "fast",
            Engine::Reference => "reference",
            Engine::Both => "both",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How often the fast engine stood aside, by reason.
#[derive(Default)]
pub(crate) struct Passes(Mutex<BTreeMap<String, u64>>);

impl From<BTreeMap<String, u64>> for Passes {
    fn from(counts: BTreeMap<String, u64>) -> Passes {
        Passes(Mutex::new(counts))
    }
}

impl Passes {
    fn add(&self, reason: impl fmt::Display) {
        let mut passes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *passes.entry(reason.to_string()).or_default() += 1;
    }

    /// Notes from where on the rest of a file was read by one reader that nobody cut for. Of many files only
    /// reasons are kept.
    pub(crate) fn uncut(&self, offset: u64, why: &str) {
        const PLACES_MAX: usize = 100;
        let places = self.counts().len();
        match places < PLACES_MAX {
            true => self.add(format_args!("{why}: not cut from byte {offset} on")),
            false => self.add(format_args!("{why}: not cut from there on")),
        }
    }

    /// Reasons and how many stretches each sent to the reference.
    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        let passes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        passes.clone()
    }
}

/// What checking a stretch needs to know.
pub(crate) struct Checker {
    pub(crate) engine: Engine,
    pub(crate) asked: Asked,
    pub(crate) limits: Limits,
    pub(crate) passes: Passes,
    pub(crate) doubts: Doubts,
    /// Blocks whose text is to be kept.
    pub(crate) wanted: Option<Wanted>,
    /// Memory for checked blocks.
    pub(crate) used: Arc<Used>,
}

/// The blocks of a stretch, checked, and what could not be read.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Checked {
    pub(crate) blocks: Vec<Boxed>,
    pub(crate) findings: Vec<Finding>,
    /// What the Ion reader refused, in order.
    pub(crate) refused: Vec<Refusal>,
}

/// That the Ion reader refused something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) offset: u64,
    /// The blocks before it, and the findings up to the one that tells of it.
    pub(crate) blocks: usize,
    pub(crate) findings: usize,
}

/// Limits so low that the fast engine reads more than they allow are left to the reference, which names them.
/// (It reads numbers of up to 1,000 characters.)
fn usual(limits: &Limits) -> bool {
    limits.number_length_max >= 1_000
}

/// The place that a block which cannot be read says it has.
fn claimed_address(node: Node<'_>) -> Option<BlockAddress> {
    let address = Envelope::open(node).ok()?.get("blockAddress")?;
    Some(RecordedAddress::read(&address).ok()?.address)
}

/// A finding about what of a journal file could not be read.
pub(crate) fn unread(unfit: &Unfit, path: &Arc<str>) -> Finding {
    let mut finding = Context::of_file(path).unfit("", unfit);
    finding.field = None;
    finding
}

/// A finding that says where the two engines do not agree.
pub(crate) fn difference(path: &Arc<str>, offset: u64) -> Finding {
    Finding::new(
        Code::Malformed,
        "the two engines do not agree on a block in this stretch: one of them has a defect, and no verdict rests on them here",
    )
    .severity(Severity::Incomplete)
    .source(path, Some(offset))
    .remedy("please report this with the file; --engine reference gives the plain engine's answer")
}

impl Checker {
    /// Reads and checks all blocks of a piece of a journal file. `json` says that
    /// the file is down-converted, which only the reference reads.
    pub(crate) fn check(&self, piece: &Piece, path: &Arc<str>, json: bool) -> Checked {
        let mut checked = self.check_by_engine(piece, path, json);
        if let Some(wanted) = &self.wanted {
            capture::texts(piece, &mut checked.blocks, wanted);
        }
        checked
    }

    /// The fast engine reads what was cut for certain, and so was told to hold nothing but what QLDB writes.
    fn check_by_engine(&self, piece: &Piece, path: &Arc<str>, json: bool) -> Checked {
        let fast = self.engine != Engine::Reference && !json && piece.plain && usual(&self.limits);
        fast.then(|| self.fast(piece, path))
            .flatten()
            .filter(|fast| self.engine == Engine::Both || self.note(&fast.blocks, piece, path))
            .unwrap_or_else(|| self.plain(piece, path))
    }

    fn fast(&self, piece: &Piece, path: &Arc<str>) -> Option<Checked> {
        match fast::check_piece(piece, path, &self.asked, &self.limits, &self.used) {
            Ok(blocks) => Some(Checked {
                blocks,
                ..Checked::default()
            }),
            Err(pass) => {
                self.passes.add(pass.reason);
                None
            }
        }
    }

    fn plain(&self, piece: &Piece, path: &Arc<str>) -> Checked {
        let mut checked = Checked::default();
        read_each(piece, |seen| {
            let node = match seen {
                Ok(node) => node,
                Err(unfit) => {
                    checked.findings.push(unread(&unfit, path));
                    checked.refused.push(Refusal {
                        offset: unfit.offset,
                        blocks: checked.blocks.len(),
                        findings: checked.findings.len(),
                    });
                    return;
                }
            };
            match self.block(node, path) {
                Ok(block) => checked.blocks.push(block),
                Err(unfit) => {
                    let finding = unread(&unfit, path);
                    let address = claimed_address(node);
                    checked.findings.push(match &address {
                        Some(address) => finding.at(address),
                        None => finding,
                    });
                }
            }
        });
        checked
    }

    fn block(&self, node: Node<'_>, path: &Arc<str>) -> Result<Boxed, Unfit> {
        let envelope = Envelope::open(node)?;
        if !Block::is_one(&envelope) {
            return Err(node.unfit_as(
                "a block, as all values before it",
                "a struct without blockAddress or blockHash",
            ));
        }
        let with_content = |address: &BlockAddress| self.asked.includes(address.sequence_no);
        let (block, content) = Block::read(&envelope, &self.limits, with_content)?;
        let hashes = BlockHashes::of(&block, &content);
        Ok(Box::new(check_block(&block, &content, &hashes, path)))
    }
}
