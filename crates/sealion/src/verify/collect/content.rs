//! Takes in blocks and revisions that came one by one.

use std::collections::BTreeSet;

use ion_rs::IonType;

use super::Collector;
use crate::blocks::block::Block;
use crate::blocks::claim::RecordedAddress;
use crate::blocks::evidence::{self, IonText, ProofClaim};
use crate::blocks::json;
use crate::blocks::read::{Envelope, Node, Unfit};
use crate::blocks::revision::{content_hash, Kind, Metadata, Revision, RevisionContent};
use crate::blocks::uncovered::{annotated, within};
use crate::blocks::BlockAddress;
use crate::engine::read_values;
use crate::findings::{
    check_block, check_revision, BareDocument, Code, Context, Finding, Item, LooseProof,
    LooseRevision, Placeless, RevisionRecord, Severity, Standing, Typeless,
};
use crate::hashes::{dot, revision_hash, BlockHashes};
use crate::source::{Flaw, Piece};

impl Collector<'_> {
    pub(super) fn block(&mut self, envelope: &Envelope<'_>) -> Result<BlockAddress, Unfit> {
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

    pub(super) fn block_answer(&mut self, text: &IonText, proof: Option<&ProofClaim>) {
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

    pub(super) fn revision_answer(&mut self, text: &IonText, proof: Option<&ProofClaim>) {
        self.ion_text(text, |collector, node| {
            let Some(address) = Envelope::open(node)?.get("blockAddress") else {
                collector.revision(&node, LooseProof::None)?;
                // Its length cannot be checked, so that it would show too little.
                let unfit =
                    || node.unfit_as("a revision with blockAddress, for its proof", "one without");
                return proof.map_or(Ok(()), |_| Err(unfit()));
            };
            let proof = collector.proof(proof, &RecordedAddress::read(&address)?.address);
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
            let node = node.within(text.offset);
            if let Err(unfit) = node.whole(self.limits).and_then(|()| each(self, node)) {
                self.flaw(unfit.into());
            }
        });
        let whole = refused.is_empty();
        for unfit in refused {
            self.flaw(unfit.into());
        }
        if values != 1 && whole {
            let found = format!("{values} values");
            self.flaw(Flaw::malformed(
                text.offset,
                "one Ion value in IonText",
                found,
            ));
        }
    }

    pub(super) fn revision(&mut self, node: &Node<'_>, proof: LooseProof) -> Result<(), Unfit> {
        let (revision, content) = Revision::read_alone(node, Some(self.limits))?;
        let Some(address) = revision.address.as_ref().map(|found| found.address.clone()) else {
            return self.placeless(node, &revision, &content);
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
        let typeless = typeless(node, &record, &mut findings);
        self.findings.extend(findings);
        let loose = LooseRevision {
            failed: record.standing == Standing::Wrong || record.hash.is_none(),
            address,
            record,
            transaction: revision.transaction(),
            proof,
            path: self.path.clone(),
            bundled: false,
            unknown_fields: unknown_fields(node, &revision),
            typeless,
        };
        self.loose(loose);
        Ok(())
    }

    /// A revision that names no block: its hash is checked like any other, and it is kept to be
    /// joined by it with whatever has the same.
    fn placeless(
        &mut self,
        node: &Node<'_>,
        revision: &Revision,
        content: &RevisionContent,
    ) -> Result<(), Unfit> {
        let expected = "a revision with blockAddress";
        if revision.kind == Kind::Internal {
            return Err(node.unfit_as(expected, "one with its hash alone"));
        }
        let mut findings = Vec::new();
        let context = Context {
            document: revision.document(),
            ..Context::of_file(&self.path)
        };
        let ours = revision_hash(revision, content);
        let record = check_revision(revision, content, ours, &context, &mut findings);
        self.findings.extend(findings);
        let recomputed = record.standing == Standing::Recomputed;
        if !recomputed || !Placeless::may_be(record.kind) || self.viewer.is_some() {
            return Err(node.unfit_as(
                expected,
                "one without, which belongs to no block: only its own hash was looked at",
            ));
        }
        if !self.kinds.contains("revision") && !self.kinds.contains("stream") {
            self.kinds.insert("history");
        }
        self.collected.placeless.push(Placeless {
            record,
            path: self.path.clone(),
            unknown_fields: unknown_fields(node, revision),
        });
        Ok(())
    }

    /// Anything else may be a document that somebody kept by itself: the data of a revision, or
    /// `{data, metadata}` without a hash. Its own hash is all that is made of it now.
    pub(super) fn document(&mut self, envelope: &Envelope<'_>) -> Result<(), Unfit> {
        if self.viewer.is_some() {
            return Ok(());
        }
        let node = envelope.node();
        // Each is less than a sixteenth of what other evidence may be worth.
        let max = (self.limits.evidence_max / 16).max(1);
        if self.collected.bare.len() >= max as usize {
            self.too_many_documents(max);
            return Ok(());
        }
        let made = |node: &Node<'_>, schema| {
            // As it stands in Ion, and as it was if JSON lost its types.
            [false, true].map(|json| content_hash(node, json, schema).ok())
        };
        let mut data: BTreeSet<[u8; 32]> = BTreeSet::new();
        data.extend(
            made(&node, json::DATA)
                .into_iter()
                .flatten()
                .map(|hash| hash.0),
        );
        let mut revision = None;
        let halves = envelope.get("data").zip(envelope.get("metadata"));
        // The pair hash does not tell the halves apart, so metadata must have its form.
        let halves = halves.filter(|(_, metadata)| Metadata::is_one(metadata));
        if let Some((own, metadata)) = halves {
            self.beside(envelope, &["data", "metadata"]);
            let json = !metadata_is_ion(&metadata);
            let halves = (
                content_hash(&own, json, json::DATA),
                content_hash(&metadata, json, json::METADATA),
            );
            if let (Ok(own), Ok(metadata)) = halves {
                revision = Some(dot(&own, &metadata));
                data.insert(own.0);
            }
        }
        self.collected.bare.push(BareDocument {
            path: self.path.clone(),
            offset: node.offset(),
            data,
            revision,
        });
        Ok(())
    }

    /// That further values are not looked for among the documents here: said once.
    fn too_many_documents(&mut self, max: u32) {
        if std::mem::replace(&mut self.collected.documents_cut, true) {
            return;
        }
        let message = format!(
            "more than {max} values may be documents; from here on they are not looked for among the revisions (a sixteenth of the limit evidence_max)"
        );
        let finding = Finding::new(Code::Limit, message).severity(Severity::Note);
        self.findings.push(
            finding
                .source(&self.path, None)
                .remedy("verify the documents with fewer other files, or raise the limit: --limit evidence_max=N"),
        );
    }

    pub(super) fn loose(&mut self, loose: LooseRevision) {
        let document = loose.record.document.as_ref().map(|(id, _)| id.as_str());
        self.requested(&loose.address, document, loose.record.offset);
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
}

/// What of a revision that stands by itself no hash covers, as the report names it.
fn unknown_fields(node: &Node<'_>, revision: &Revision) -> Vec<String> {
    let own = annotated(node, "revision").into_iter();
    let all = own.chain(within(&revision.uncovered, "revision"));
    all.map(|one| one.to_string()).collect()
}

/// Takes out what was found of data that lost its types as JSON: its block may have them.
fn typeless(
    node: &Node<'_>,
    record: &RevisionRecord,
    findings: &mut Vec<Finding>,
) -> Option<Box<Typeless>> {
    let undecided = record.json && record.standing == Standing::Undecided;
    let at = findings
        .iter()
        .position(|one| one.code == Code::DataFromJson);
    let at = at.filter(|_| undecided)?;
    let envelope = Envelope::open(*node).ok()?;
    let plain = content_hash(&envelope.get("data")?, true, json::DATA).ok()?;
    let metadata = content_hash(&envelope.get("metadata")?, true, json::METADATA).ok()?;
    let finding = findings.remove(at);
    Some(Box::new(Typeless {
        plain,
        metadata,
        finding,
    }))
}

/// Whether metadata has its Ion types: its time is no string.
fn metadata_is_ion(metadata: &Node<'_>) -> bool {
    let time = Envelope::open(*metadata).ok();
    let time = time.and_then(|metadata| metadata.get("txTime").map(|time| time.ion_type()));
    time == Some(IonType::Timestamp)
}
