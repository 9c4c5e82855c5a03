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
mod plain;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use capture::{value_text, Wanted};
pub(crate) use doubts::Doubts;
pub(crate) use fast::first_address;
pub(crate) use plain::read_values;

use crate::blocks::block::Block;
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

    /// The same for a piece that was cut by guessing: nothing, if it cannot be read up to
    /// just its end.
    pub(crate) fn check_guess(&self, piece: &Piece, path: &Arc<str>) -> Option<Checked> {
        let blocks = fast::check_piece(piece, path, &self.asked, &self.limits, &self.used).ok()?;
        let mut checked = match self.note(&blocks, piece, path) {
            true => Checked {
                blocks,
                findings: Vec::new(),
            },
            false => Some(self.plain(piece, path)).filter(|plain| plain.findings.is_empty())?,
        };
        if let Some(wanted) = &self.wanted {
            capture::texts(piece, &mut checked.blocks, wanted);
        }
        Some(checked)
    }

    fn check_by_engine(&self, piece: &Piece, path: &Arc<str>, json: bool) -> Checked {
        match self.engine {
            Engine::Fast if !json => self
                .fast(piece, path)
                .filter(|fast| self.note(&fast.blocks, piece, path))
                .unwrap_or_else(|| self.plain(piece, path)),
            Engine::Both if !json => {
                let mut plain = self.plain(piece, path);
                if let Some(fast) = self.fast(piece, path) {
                    plain
                        .findings
                        .extend(difference(&plain, &fast, piece, path));
                }
                plain
            }
            _ => self.plain(piece, path),
        }
    }

    fn fast(&self, piece: &Piece, path: &Arc<str>) -> Option<Checked> {
        match fast::check_piece(piece, path, &self.asked, &self.limits, &self.used) {
            Ok(blocks) => Some(Checked {
                blocks,
                findings: Vec::new(),
            }),
            Err(pass) => {
                self.passes.add(pass.reason);
                None
            }
        }
    }

    fn plain(&self, piece: &Piece, path: &Arc<str>) -> Checked {
        let mut checked = Checked::default();
        let mut unfits: Vec<Unfit> = Vec::new();
        let refused = read_values(piece, |node| match self.block(node, path) {
            Ok(block) => checked.blocks.push(block),
            Err(unfit) => unfits.push(unfit),
        });
        let context = Context::of_file(path);
        for unfit in unfits.iter().chain(&refused) {
            let mut finding = context.unfit("", unfit);
            finding.field = None;
            checked.findings.push(finding);
        }
        checked
    }

    fn block(&self, node: Node<'_>, path: &Arc<str>) -> Result<Boxed, Unfit> {
        let envelope = Envelope::open(node)?;
        if !Block::is_one(&envelope) {
            return Err(node.unfit_as(
                "a block, as all values before it",
                "a struct without blockAddress and blockHash",
            ));
        }
        let with_content = |address: &BlockAddress| self.asked.includes(address.sequence_no);
        let (block, content) = Block::read(&envelope, &self.limits, with_content)?;
        let hashes = BlockHashes::of(&block, &content);
        Ok(Box::new(check_block(&block, &content, &hashes, path)))
    }
}

/// A finding if the engines do not agree to the last member.
fn difference(plain: &Checked, fast: &Checked, piece: &Piece, path: &Arc<str>) -> Option<Finding> {
    if plain.blocks == fast.blocks && plain.findings.is_empty() {
        return None;
    }
    let both = plain.blocks.iter().zip(&fast.blocks);
    let place = both
        .into_iter()
        .find(|(a, b)| a != b)
        .map_or(piece.offset, |(a, _)| a.offset);
    Some(
        Finding::new(
            Code::Malformed,
            "the two engines do not agree on a block in this stretch: one of them has a defect, and no verdict rests on them here",
        )
        .severity(Severity::Incomplete)
        .source(path, Some(place))
        .remedy("please report this with the file; --engine reference gives the plain engine's answer"),
    )
}
