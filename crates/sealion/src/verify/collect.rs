//! Takes in evidence: answers, receipts, digests, manifests, stream records, and
//! blocks and revisions that came one by one.

use std::collections::BTreeSet;
use std::sync::Arc;

use ion_rs::IonType;

use super::bundle::Bundled;
use super::show::Viewer;
use super::stream::{is_record, record_of, Records};
use crate::blocks::block::Block;
use crate::blocks::claim::RecordedAddress;
use crate::blocks::evidence::{self, DigestClaim, Evidence, Found, IonText, ProofClaim};
use crate::blocks::manifest::Manifest;
use crate::blocks::read::{Envelope, Node, Unfit};
use crate::blocks::revision::{Kind, Revision};
use crate::blocks::{BlockAddress, Digest, Hash, Proof};
use crate::engine::read_values;
use crate::findings::{
    check_block, check_revision, flaw_finding, Asked, BlockProof, Candidate, Code, Context,
    Extends, Finding, Findings, Item, LooseProof, LooseRevision, RevisionRecord, Standing,
};
use crate::hashes::{revision_hash, BlockHashes};
use crate::source::{kpl, Encoding, Flaw, Piece, Pieces};
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
    /// Blocks among `items`.
    blocks: usize,
}

/// A block is held with all its hashes; it weighs as much as so many revisions.
const BLOCK_WEIGHT: usize = 16;

impl Collected {
    fn weight(&self) -> usize {
        let single = self.items.len() + self.digests.len() + self.proofs.len();
        single + self.blocks * BLOCK_WEIGHT
    }
}

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
    /// Whether it also holds values that were not understood.
    pub(crate) unknown: bool,
}

impl Collector<'_> {
    /// Takes in all pieces by `take`, and what ended them early.
    pub(crate) fn each(
        &mut self,
        pieces: impl Iterator<Item = Result<Piece, Flaw>>,
        mut take: impl FnMut(&mut Self, &Piece),
    ) {
        for piece in pieces {
            match piece {
                Ok(piece) => take(self, &piece),
                Err(flaw) => self.flaw(flaw),
            }
        }
    }

    /// Takes in all values of a piece, whatever they are.
    pub(crate) fn values(&mut self, piece: &Piece) {
        let refused = read_values(piece, |node| self.value(node));
        self.refused(refused);
    }

    /// Takes in stream records; anything else among them is a finding.
    pub(crate) fn records(&mut self, piece: &Piece, encoding: Encoding) {
        let plain = !contains(&piece.bytes, b"$ion_symbol_table");
        let refused = read_values(piece, |node| {
            let self_contained = encoding == Encoding::Text && plain;
            if let Err(unfit) = self.record(&node, self_contained) {
                self.flaw(unfit.into());
            }
        });
        self.refused(refused);
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
            for piece in Pieces::new(record, encoding, self.limits, super::PIECE_BYTES) {
                match piece {
                    Ok(mut piece) => {
                        piece.offset = offset;
                        self.records(&piece, encoding);
                    }
                    Err(flaw) => self.flaw(Flaw { offset, ..flaw }),
                }
            }
        }
    }

    /// Takes in an answer that was saved as text or YAML, or a digest alone; false
    /// if `text` is none.
    pub(crate) fn saved_text(&mut self, text: &str) -> bool {
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
        self.findings.push(flaw_finding(flaw, &self.path));
    }

    /// What the file holds, and whether some of it was not understood.
    pub(crate) fn finish(self) -> (BTreeSet<&'static str>, bool) {
        if self.unknown && !self.kinds.is_empty() {
            let message = format!(
                "{}: some of its values were not understood and not used",
                self.path
            );
            let finding = Finding::new(Code::UnknownFile, message);
            self.findings.push(finding.source(&self.path, None));
        }
        (self.kinds, self.unknown)
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

    fn value(&mut self, node: Node<'_>) {
        if self.full(node.offset()) {
            return;
        }
        let taken = match node.ion_type() {
            IonType::List if !node.is_null() => node.items().map(|items| {
                // History rows come as an array; arrays of arrays do not.
                let flat = items.iter().filter(|item| item.ion_type() != IonType::List);
                flat.for_each(|item| self.value(*item));
            }),
            // Read to its end first: evidence is small, and what is broken in a
            // field that nobody needs is broken all the same.
            IonType::Struct if !node.is_null() => node
                .element()
                .and_then(|_| Envelope::open(node))
                .and_then(|envelope| self.envelope(&envelope)),
            _ => {
                self.unknown = true;
                Ok(())
            }
        };
        if let Err(unfit) = taken {
            self.flaw(unfit.into());
        }
    }

    fn envelope(&mut self, envelope: &Envelope<'_>) -> Result<(), Unfit> {
        if is_record(envelope) && record_of(envelope).is_ok() {
            let written = envelope.node().written();
            return self.record(&envelope.node(), written.is_some());
        }
        if Block::is_one(envelope) {
            return self.block(envelope).map(|_| ());
        }
        if let Some(revision) = envelope
            .get("revision")
            .filter(|_| envelope.has("tableInfo"))
        {
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
            None => {
                self.unknown = true;
                Ok(())
            }
            Some(found) => self.found(found),
        }
    }

    fn found(&mut self, found: Found) -> Result<(), Unfit> {
        let mut repeated = Vec::new();
        Context::of_file(&self.path).repeated(&found.repeated, &mut repeated);
        self.findings.extend(repeated);
        self.evidence(found.evidence?)
    }

    pub(super) fn evidence(&mut self, evidence: Evidence) -> Result<(), Unfit> {
        if let Some(viewer) = self.viewer.as_deref_mut() {
            viewer.evidence(&evidence);
        }
        match evidence {
            Evidence::Digest(claim) => {
                self.kinds.insert("digest");
                self.digest(&claim, "Digest");
            }
            Evidence::Block { block, proof } => {
                self.kinds.insert("block");
                self.block_answer(&block, proof.as_ref());
            }
            Evidence::Revision { revision, proof } => {
                self.kinds.insert("revision");
                self.revision_answer(&revision, proof.as_ref());
            }
            Evidence::Receipt {
                offset,
                address,
                document_id,
                revision_hash,
                proof,
                digest,
                ..
            } => {
                self.kinds.insert("receipt");
                if let Some(digest) = digest {
                    self.digest(&digest, "Digest");
                }
                let address = address.address;
                let context = Context::at(&self.path, &address);
                let mut findings = Vec::new();
                let hash = context.hash("RevisionHash", &revision_hash, &mut findings);
                let record = RevisionRecord {
                    kind: Kind::Unseen,
                    standing: Standing::HashOnly,
                    json: false,
                    hash,
                    document: Some((document_id.into(), None)),
                    deletion_rule: None,
                    offset,
                };
                self.findings.extend(findings);
                let proof = self.proof(Some(&proof), &address);
                self.loose(address, record, proof);
            }
            Evidence::BlockProof {
                offset,
                digest,
                last_block,
                proof,
            } => {
                self.kinds.insert("block-proof");
                let strand = digest.tip.as_ref().map(|tip| tip.address.strand_id.clone());
                self.digest(&digest, "Digest");
                let Some(strand) = strand else {
                    let expected = "a digest with its tip address";
                    self.flaw(Flaw::malformed(offset, expected, "one without"));
                    return Ok(());
                };
                let address = BlockAddress::new(strand, last_block);
                self.block_proof(&proof, address);
            }
            Evidence::Consistency {
                offset,
                from,
                to,
                proof,
            } => {
                self.kinds.insert("consistency");
                self.consistency(offset, &from, &to, &proof);
            }
            Evidence::Bundle(bundle) => self.bundle(*bundle),
            Evidence::Manifest(manifest) => {
                self.kinds.insert("manifest");
                let path = self.path.clone();
                self.collected.manifests.push((path, manifest));
            }
            Evidence::Records(records) => {
                self.kinds.insert("stream");
                for (bytes, offset) in records {
                    self.data(&bytes, offset);
                }
            }
            Evidence::Description(_) => {
                self.kinds.insert("description");
            }
        }
        Ok(())
    }

    fn digest(&mut self, claim: &DigestClaim, field: &str) {
        if let Some(candidate) = self.candidate(claim, field) {
            self.collected.digests.push(candidate);
        }
    }

    pub(super) fn candidate(&mut self, claim: &DigestClaim, field: &str) -> Option<Candidate> {
        let context = Context::of_file(&self.path);
        let mut findings = Vec::new();
        context.repeated(&claim.repeated, &mut findings);
        if let Some(tip) = &claim.tip {
            context.repeated(&tip.repeated, &mut findings);
        }
        let hash = context.hash(field, &claim.hash, &mut findings);
        self.findings.extend(findings);
        let tip = claim.tip.as_ref().map(|tip| &tip.address);
        let digest = Digest {
            hash: hash?,
            strand_id: tip.map(|address| address.strand_id.clone()),
            sequence_no: tip.map(|address| address.sequence_no).or(claim.sequence_no),
        };
        let mut candidate = Candidate::new(digest, self.path.clone(), false);
        candidate.offset = Some(claim.offset);
        Some(candidate)
    }

    /// Two digests; the newer one carries the proof that it extends the other.
    fn consistency(
        &mut self,
        offset: u64,
        from: &DigestClaim,
        to: &DigestClaim,
        proof: &ProofClaim,
    ) {
        let (from, to) = (
            self.candidate(from, "FromDigest.Digest"),
            self.candidate(to, "ToDigest.Digest"),
        );
        let context = Context::of_file(&self.path);
        let (hashes, findings) = proof_hashes(&context, "ConsistencyProof", proof);
        self.findings.extend(findings);
        // What is broken in any part is a finding already.
        let (Some(from), Some(mut to), Some(proof)) = (from, to, hashes) else {
            return;
        };
        to.extends = Some(Arc::new(Extends {
            from: from.digest.clone(),
            proof,
            offset,
        }));
        self.collected.digests.extend([from, to]);
    }

    fn block(&mut self, envelope: &Envelope<'_>) -> Result<BlockAddress, Unfit> {
        self.kinds.insert("block");
        let asked = self.asked;
        let with_content = |address: &BlockAddress| asked.includes(address.sequence_no);
        let (block, content) = Block::read(envelope, self.limits, with_content)?;
        if let Some(viewer) = self.viewer.as_deref_mut() {
            viewer.block(envelope, &block);
            return Ok(block.address.address);
        }
        let mut checked = check_block(
            &block,
            &content,
            &BlockHashes::of(&block, &content),
            &self.path,
        );
        checked.alone = true;
        let address = checked.address.clone();
        self.requested(&address, None, envelope.node().offset());
        self.collected.items.push(Item::Block(Box::new(checked)));
        self.collected.blocks += 1;
        Ok(address)
    }

    fn block_answer(&mut self, text: &IonText, proof: Option<&ProofClaim>) {
        let mut address = None;
        self.ion_text(text, |collector, node| {
            let envelope = Envelope::open(node)?;
            address = Some(collector.block(&envelope)?);
            Ok(())
        });
        if let (Some(address), Some(proof)) = (address, proof) {
            self.block_proof(proof, address);
        }
    }

    fn revision_answer(&mut self, text: &IonText, proof: Option<&ProofClaim>) {
        self.ion_text(text, |collector, node| {
            let address = Envelope::open(node)?.require("blockAddress")?;
            let address = RecordedAddress::read(&address)?.address;
            let proof = collector.proof(proof, &address);
            collector.revision(&node, proof)
        });
    }

    /// Reads Ion text that stood in a string: one value.
    fn ion_text(
        &mut self,
        text: &IonText,
        mut each: impl FnMut(&mut Self, Node<'_>) -> Result<(), Unfit>,
    ) {
        if let Err(flaw) = evidence::checked(text, self.limits) {
            self.flaw(flaw);
            return;
        }
        let piece = Piece::of_one(text.text.clone().into_bytes(), text.offset);
        let mut values = 0;
        let refused = read_values(&piece, |node| {
            values += 1;
            if let Err(unfit) = each(self, node.within(text.offset)) {
                self.flaw(unfit.into());
            }
        });
        let whole = refused.is_empty();
        self.refused(refused);
        if values != 1 && whole {
            let found = format!("{values} values");
            self.flaw(Flaw::malformed(
                text.offset,
                "one Ion value in IonText",
                found,
            ));
        }
    }

    fn revision(&mut self, node: &Node<'_>, proof: LooseProof) -> Result<(), Unfit> {
        let (revision, content) = Revision::read(node, true)?;
        let Some(address) = revision.address.as_ref().map(|found| found.address.clone()) else {
            return Err(node.unfit_as("a revision with blockAddress", "one with its hash alone"));
        };
        if !self.kinds.contains("revision") {
            self.kinds.insert("history");
        }
        if let Some(viewer) = self.viewer.as_deref_mut() {
            viewer.revision(node, &revision);
            return Ok(());
        }
        let mut findings = Vec::new();
        let context = Context {
            document: revision.document(),
            ..Context::at(&self.path, &address)
        };
        let record = check_revision(
            &revision,
            &content,
            revision_hash(&revision, &content),
            &context,
            &mut findings,
        );
        self.findings.extend(findings);
        self.loose(address, record, proof);
        Ok(())
    }

    fn loose(&mut self, address: BlockAddress, record: RevisionRecord, proof: LooseProof) {
        let document = record.document.as_ref().map(|(id, _)| id.as_str());
        self.requested(&address, document, record.offset);
        let loose = LooseRevision {
            failed: record.standing == Standing::Wrong || record.hash.is_none(),
            address,
            record,
            proof,
            path: self.path.clone(),
            bundled: false,
        };
        self.collected.items.push(Item::Loose(Box::new(loose)));
    }

    /// Sets what came beside what was asked for.
    fn requested(&mut self, address: &BlockAddress, document: Option<&str>, offset: u64) {
        let request = self.asked.requests.get(&self.path);
        let differs = request.and_then(|request| request.differs(address, document));
        if let Some(finding) = differs {
            self.findings.push(finding.source(&self.path, Some(offset)));
        }
    }

    fn proof(&mut self, claim: Option<&ProofClaim>, address: &BlockAddress) -> LooseProof {
        let Some(claim) = claim else {
            return LooseProof::None;
        };
        let context = Context::at(&self.path, address);
        let (hashes, findings) = proof_hashes(&context, "Proof", claim);
        self.findings.extend(findings);
        match hashes {
            None => LooseProof::Broken,
            Some(proof) => LooseProof::Whole(proof, claim.offset),
        }
    }

    fn block_proof(&mut self, claim: &ProofClaim, address: BlockAddress) {
        if let LooseProof::Whole(proof, offset) = self.proof(Some(claim), &address) {
            self.collected.proofs.push(BlockProof {
                address,
                proof,
                path: self.path.clone(),
                offset,
            });
        }
    }

    fn record(&mut self, node: &Node<'_>, self_contained: bool) -> Result<(), Unfit> {
        self.kinds.insert("stream");
        node.element()?;
        let record = record_of(&Envelope::open(*node)?)?;
        if let Some(viewer) = self.viewer.as_deref_mut() {
            viewer.record(&record);
            return Ok(());
        }
        let kept = self
            .records
            .add(node, &record, &self.path, self_contained)?;
        kept.map_err(|error| {
            let found = format!("no room for it in a temporary file: {error}");
            node.unfit_as("a stream record that can be kept", found)
        })
    }

    fn refused(&mut self, refused: Vec<Unfit>) {
        refused
            .into_iter()
            .for_each(|unfit| self.flaw(unfit.into()));
    }
}

/// A file of this program that is handed over in another way.
pub(super) fn no_input(path: &Arc<str>, what: &str, how: &str) -> Finding {
    let message = format!("{path} is {what}, and was not used: it is no input");
    let finding = Finding::new(Code::UnknownFile, message);
    finding.remedy(how).source(path, None)
}

/// The hashes of a proof, `None` if one of them is none; and what is wrong with them.
fn proof_hashes(
    context: &Context<'_>,
    name: &str,
    claim: &ProofClaim,
) -> (Option<Proof>, Vec<Finding>) {
    let mut findings = Vec::new();
    // All are looked at, so that each broken one is found.
    let hashes: Vec<Option<Hash>> = claim
        .hashes
        .iter()
        .enumerate()
        .map(|(index, hash)| context.hash(&format!("{name}[{index}]"), hash, &mut findings))
        .collect();
    let whole: Option<Vec<Hash>> = hashes.into_iter().collect();
    (whole.map(Proof), findings)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}
