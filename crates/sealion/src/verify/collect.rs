//! Takes in evidence: answers, receipts, digests, manifests, stream records, and
//! blocks and revisions that came one by one.

mod answers;
mod content;
mod wrapped;

use std::collections::BTreeSet;
use std::sync::Arc;

use ion_rs::IonType;

use super::bundle::Bundled;
use super::show::Viewer;
use super::stream::{is_record, record_of, Record, Records};
use crate::blocks::block::Block;
use crate::blocks::claim::repeated;
use crate::blocks::evidence;
use crate::blocks::manifest::Manifest;
use crate::blocks::pyrepr;
use crate::blocks::read::{Envelope, Node, Unfit};
use crate::engine::{given_up, read_each};
use crate::findings::{
    flaw_finding, Asked, BareDocument, BlockProof, Candidate, Code, Context, Finding, Findings,
    Item, LooseProof, Placeless,
};
use crate::source::{kpl, Encoding, Flaw, FlawKind, Piece, Pieces, REFUSED_MAX};
use crate::{Limits, State};

/// Evidence of all files.
#[derive(Default)]
pub(crate) struct Collected {
    /// Blocks and revisions that came by themselves.
    pub(crate) items: Vec<Item>,
    /// Digests that lie among the inputs: claims.
    pub(crate) digests: Vec<Candidate>,
    pub(crate) proofs: Vec<BlockProof>,
    pub(crate) manifests: Vec<(Arc<str>, Manifest)>,
    pub(crate) bundles: Vec<Bundled>,
    /// Revisions that name no block.
    pub(crate) placeless: Vec<Placeless>,
    /// What may be a document that came by itself.
    pub(crate) bare: Vec<BareDocument>,
    /// Whether there were too many of these, which was said.
    documents_cut: bool,
    /// Files with nothing else in them: that they were not used, if they are no documents.
    pub(crate) unknown: Vec<Finding>,
    /// Blocks among `items`.
    blocks: usize,
}

/// A block is held with all its hashes; it weighs as much as so many revisions.
const BLOCK_WEIGHT: usize = 16;

impl Collected {
    fn weight(&self) -> usize {
        let single = self.items.len() + self.digests.len() + self.proofs.len();
        let single = single + self.placeless.len();
        single + self.blocks * BLOCK_WEIGHT
    }
}

pub(crate) const NOTHING_OF_QLDB: &str = "it holds nothing that QLDB or its tools wrote";

/// Takes in the values of one file.
pub(crate) struct Collector<'a> {
    pub(crate) path: Arc<str>,
    pub(crate) limits: &'a Limits,
    pub(crate) asked: &'a Asked,
    pub(crate) findings: &'a mut Findings,
    pub(crate) records: &'a mut Records,
    pub(crate) collected: &'a mut Collected,
    /// Set when files are only shown: it gets what would be taken in.
    pub(crate) viewer: Option<&'a mut Viewer>,
    /// What it holds, in the words of the report.
    pub(crate) kinds: BTreeSet<&'static str>,
    /// Why a value that it also holds was not understood.
    pub(crate) unknown: Option<&'static str>,
    /// Whether a finding says what of it could not be read.
    pub(crate) flawed: bool,
    /// Whether the values that are taken in mean the same wherever they stand.
    pub(crate) by_itself: bool,
    /// How many things stand around the one that is taken in.
    pub(crate) wraps: u32,
}

impl Collector<'_> {
    /// Takes in all pieces by `take`, and what ended them early.
    pub(crate) fn each(
        &mut self,
        pieces: impl Iterator<Item = Result<Piece, Flaw>>,
        take: impl FnMut(&mut Self, Node<'_>),
    ) {
        self.each_within(pieces, None, take);
    }

    /// The same; what is refused lies `within` the value at an offset, if it does.
    fn each_within(
        &mut self,
        pieces: impl Iterator<Item = Result<Piece, Flaw>>,
        within: Option<u64>,
        mut take: impl FnMut(&mut Self, Node<'_>),
    ) {
        let mut left = REFUSED_MAX;
        for piece in pieces {
            let piece = match piece {
                Ok(piece) => piece,
                Err(flaw) => {
                    self.flaw(flaw);
                    continue;
                }
            };
            self.by_itself = piece.by_itself;
            read_each(&piece, |seen| match seen {
                // Of a file, and not of a piece: the engines do not cut alike.
                _ if left == 0 => {}
                Ok(node) => take(self, node),
                Err(unfit) => {
                    let offset = within.unwrap_or(unfit.offset);
                    self.flaw(Unfit { offset, ..unfit }.into());
                    left -= 1;
                    if left == 0 {
                        self.flaw(given_up(offset).into());
                    }
                }
            });
            if left == 0 {
                return;
            }
        }
    }

    /// Takes in the data of one Kinesis record, plain or aggregated.
    pub(crate) fn data(&mut self, bytes: &[u8], offset: u64) {
        let plain = match kpl::unwrap(bytes) {
            kpl::Unwrapped::Plain(plain) => vec![plain],
            kpl::Unwrapped::Many(many) => many,
            kpl::Unwrapped::Damaged { why } => {
                let expected = "an aggregate of the Kinesis Producer Library";
                self.flaw(Flaw::malformed(offset, expected, why));
                return;
            }
        };
        for record in plain {
            let encoding = Encoding::of(record);
            let mut pieces = Pieces::new(record, encoding, self.limits, super::PIECE_BYTES);
            pieces.allow_line_feeds();
            let pieces = pieces.map(|piece| match piece {
                Ok(piece) => Ok(Piece { offset, ..piece }),
                Err(flaw) => Err(Flaw { offset, ..flaw }),
            });
            self.each(pieces, Collector::stream_record);
        }
    }

    /// Takes in an answer that was saved as text, YAML or Python's print of it, or a
    /// digest alone; false if `text` is none.
    pub(crate) fn saved_text(&mut self, text: &str) -> bool {
        let (limits, this) = (self.limits, &mut *self);
        if let Some(read) = pyrepr::read(text, limits, |node| this.value(*node)) {
            if let Err(unfit) = read {
                self.flaw(unfit.into());
            }
            return !self.kinds.is_empty() || self.flawed;
        }
        let Some(found) = evidence::recognise_text(text, self.limits) else {
            return false;
        };
        if let Err(unfit) = self.found(found) {
            self.kinds.insert("unknown");
            self.flaw(unfit.into());
        }
        true
    }

    pub(crate) fn flaw(&mut self, flaw: Flaw) {
        self.flawed = true;
        self.findings.push(flaw_finding(flaw, &self.path));
    }

    /// What the file holds, and why some of it was not understood.
    pub(crate) fn finish(self) -> (BTreeSet<&'static str>, Option<&'static str>) {
        if self.unknown.is_some() && !self.kinds.is_empty() {
            let message = format!(
                "{}: some of its values were not understood and not used",
                self.path
            );
            let finding = Finding::new(Code::UnknownFile, message);
            self.findings.push(finding.source(&self.path, None));
        }
        (self.kinds, self.unknown)
    }

    /// Some value is nothing that is known.
    pub(super) fn strange(&mut self) {
        self.unknown.get_or_insert(NOTHING_OF_QLDB);
    }

    /// Whether no more evidence is taken in, which is then said.
    pub(super) fn full(&mut self, offset: u64) -> bool {
        let max = self.limits.evidence_max;
        let full = self.collected.weight() >= max as usize;
        if full {
            self.flaw(Flaw::limit(offset, "evidence_max", max.into()));
        }
        full
    }

    /// Takes in a value, whatever it is.
    pub(crate) fn value(&mut self, node: Node<'_>) {
        if self.full(node.offset()) {
            return;
        }
        let taken = match node.ion_type() {
            IonType::List if !node.is_null() => node.items().map(|items| {
                // History rows come as an array; arrays of arrays do not.
                for item in items {
                    match item.ion_type() {
                        IonType::List => self.strange(),
                        _ => self.value(item),
                    }
                }
            }),
            // Read to its end first: evidence is small, and what is broken in a
            // field that nobody needs is broken all the same.
            IonType::Struct if !node.is_null() => node
                .whole(self.limits)
                .and_then(|()| Envelope::open(node))
                .and_then(|envelope| self.envelope(&envelope)),
            _ => {
                self.strange();
                Ok(())
            }
        };
        if let Err(unfit) = taken {
            self.flaw(unfit.into());
        }
    }

    fn envelope(&mut self, envelope: &Envelope<'_>) -> Result<(), Unfit> {
        if self.translated(envelope)? {
            return Ok(());
        }
        if is_record(envelope) {
            return self.record(&envelope.node());
        }
        if Block::is_one(envelope) {
            return self.block(envelope).map(|_| ());
        }
        if let Some(revision) = envelope
            .get("revision")
            .filter(|_| envelope.has("tableInfo"))
        {
            self.beside(envelope, &["tableInfo", "revision"]);
            return self.revision(&revision, LooseProof::None);
        }
        if envelope.has("hash") && (envelope.has("metadata") || envelope.has("data")) {
            self.kinds.insert("history");
            return self.revision(&envelope.node(), LooseProof::None);
        }
        if State::is_one(envelope) {
            self.kinds.insert("state");
            self.findings.push(no_input(
                &self.path,
                "a state that an earlier run saved",
                "say --state, or --trust-state if you vouch for that run; `sealion state show` prints it",
            ));
            return Ok(());
        }
        match evidence::recognise(envelope, self.limits) {
            None => self.wrapped(envelope),
            Some(found) => self.found(found),
        }
    }

    /// Takes in a stream record; anything else among them is a finding.
    pub(crate) fn stream_record(&mut self, node: Node<'_>) {
        if let Err(unfit) = self.record(&node) {
            self.flaw(unfit.into());
        }
    }

    fn record(&mut self, node: &Node<'_>) -> Result<(), Unfit> {
        self.kinds.insert("stream");
        node.whole(self.limits)?;
        let envelope = Envelope::open(*node)?;
        self.repeated("", &envelope);
        let record = record_of(&envelope)?;
        let payload = Envelope::open(envelope.require("payload")?)?;
        self.repeated("payload.", &payload);
        if let Some(Ok(table)) = payload.get("tableInfo").map(Envelope::open) {
            self.repeated("payload.tableInfo.", &table);
        }
        if let Some(viewer) = self.viewer.as_deref_mut() {
            viewer.record(&record);
            return Ok(());
        }
        if let Record::Placeless(revision) = record {
            return self.revision(&revision, LooseProof::None);
        }
        let kept = self
            .records
            .add(node, &record, &self.path, self.by_itself)?;
        // Nothing is wrong with the record.
        if let Err(error) = kept {
            let words = format!("no room in a temporary file: {error}");
            let error = std::io::Error::new(error.kind(), words);
            self.flaw(Flaw::new(node.offset(), FlawKind::Unreadable(error)));
        }
        Ok(())
    }

    /// Says which fields of an envelope stand again. Blocks and revisions say so of their own.
    fn repeated(&mut self, within: &str, envelope: &Envelope<'_>) {
        let found = repeated(envelope).into_iter();
        let found: Vec<_> = found
            .map(|(name, offset)| (format!("{within}{name}"), offset))
            .collect();
        let mut findings = Vec::new();
        Context::of_file(&self.path).repeated(&found, &mut findings);
        self.findings.extend(findings);
    }
}

/// A file of this program that is handed over in another way.
pub(super) fn no_input(path: &Arc<str>, what: &str, how: &str) -> Finding {
    let message = format!("{path} is {what}, and was not used: it is no input");
    let finding = Finding::new(Code::UnknownFile, message);
    finding.remedy(how).source(path, None)
}
