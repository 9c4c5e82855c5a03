//! Single answers of QLDB as people kept them, known by the names of their members.
//!
//! JSON of the AWS CLI and of boto3, the console's digest file, receipts, our own
//! consistency proofs, what
//! AWS's migration sample saved, stream records as `get-records` and Lambda gave
//! them, manifests. JSON is Ion text, so one reader serves all. Sources: QLDB API
//! Reference (GetDigest, GetBlock, GetRevision, ValueHolder), Developer Guide
//! ("Verifying data in Amazon QLDB"), the sample programs named below.

mod bundle;

use ion_rs::IonType;

use super::answers::answer_name;
use super::claim::{hashes, repeated, RecordedAddress, RecordedHash, Twice};
use super::ion_text::{parse, record_bytes, written};
use super::manifest::{self, Manifest};
use super::read::{Envelope, Node, Unfit};
use super::uncovered::within;
use crate::Limits;

pub(crate) use self::bundle::{
    AttachmentClaim, AttachmentKind, BundleClaim, ItemClaim, WarnedClaim,
};
pub(crate) use super::ion_text::{checked, IonText};
pub(crate) use super::saved_text::recognise_text;

/// The hashes of a proof, from the bottom up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProofClaim {
    pub(crate) offset: u64,
    pub(crate) hashes: Vec<RecordedHash>,
}

/// A digest that a file gives. It is a claim like any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DigestClaim {
    pub(crate) offset: u64,
    pub(crate) hash: RecordedHash,
    /// The block that it was taken at.
    pub(crate) tip: Option<RecordedAddress>,
    /// The tip's number, where that is all there is: `BASE64@SEQUENCENO`.
    pub(crate) sequence_no: Option<u64>,
    /// Members that stand twice in the digest's own envelope.
    pub(crate) repeated: Vec<(String, Twice)>,
}

/// What a file, or one value in it, is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// GetDigest, or the console's digest file.
    Digest(DigestClaim),
    /// GetBlock. Without a proof if no tip was asked for.
    Block {
        block: IonText,
        proof: Option<ProofClaim>,
    },
    /// GetRevision. Without a proof if no tip was asked for.
    Revision {
        revision: IonText,
        proof: Option<ProofClaim>,
    },
    /// A revision's hash, its proof and the digest, kept beside the document.
    Receipt {
        offset: u64,
        address: RecordedAddress,
        document_id: String,
        revision_hash: RecordedHash,
        proof: ProofClaim,
        digest: Option<DigestClaim>,
        table_name: Option<String>,
        ledger_name: Option<String>,
    },
    /// `.proofs.json` of AWS's ledger migration sample: a digest, and the proof of
    /// the last block of an export. The digest mostly covers later blocks as well.
    BlockProof {
        offset: u64,
        digest: DigestClaim,
        last_block: u64,
        proof: ProofClaim,
    },
    /// Two digests, and the proof that the older one's journal is the head of the
    /// newer one's ([`Consistency`](super::Consistency)).
    Consistency {
        offset: u64,
        from: DigestClaim,
        to: DigestClaim,
        proof: ProofClaim,
    },
    /// Blocks and revisions with their proofs and the digest, in one file of ours.
    Bundle(Box<BundleClaim>),
    /// A manifest of an export.
    Manifest(Manifest),
    /// Kinesis records, aggregated or not, each with the offset of its field; or what is wrong with that one.
    Records(Vec<Result<(Vec<u8>, u64), Unfit>>),
    /// Another answer of the API: understood, and nothing in it to verify.
    Description(&'static str),
}

/// Evidence, and the members that stand twice around it: an envelope whose
/// readers disagree on which of two counts shows different things to each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// An error if a member is missing, of the wrong type, nested too deeply, or a
    /// proof has more than `limits.hashes_max` hashes.
    pub(crate) evidence: Result<Evidence, Unfit>,
    /// Paths from the outer envelope, with the offset of the later member. Those
    /// of the envelope a digest stands in are in `DigestClaim::repeated` if that
    /// is a claim's own envelope, and those of an address in the address.
    pub(crate) repeated: Vec<(String, Twice)>,
    /// Members that no answer has, by the same paths: nothing covers them, and they are not used.
    pub(crate) unknown: Vec<(String, u64)>,
}

/// Reads `envelope` as evidence. `None`: its member names are those of none.
pub(crate) fn recognise(envelope: &Envelope<'_>, limits: &Limits) -> Option<Found> {
    let mut reading = Reading {
        limits,
        repeated: Vec::new(),
        unknown: Vec::new(),
    };
    let evidence = reading.evidence(envelope)?;
    // A digest carries those of its envelope itself.
    if !matches!(evidence, Ok(Evidence::Digest(_))) {
        reading.repeated.extend(repeated(envelope));
    }
    Some(Found {
        evidence,
        repeated: reading.repeated,
        unknown: reading.unknown,
    })
}

/// Whether there is a member of that name, even if it is null.
fn names(envelope: &Envelope<'_>, name: &str) -> bool {
    envelope.fields().iter().any(|(own, _)| own == name)
}

/// Whether a value or an item of it has annotations.
fn has_annotations(node: &Node<'_>) -> bool {
    let of_items = |items: Vec<Node<'_>>| items.iter().any(Node::is_annotated);
    let is_list = node.ion_type() == IonType::List && !node.is_null();
    node.is_annotated() || is_list && node.items().is_ok_and(of_items)
}

struct Reading<'l> {
    limits: &'l Limits,
    repeated: Vec<(String, Twice)>,
    unknown: Vec<(String, u64)>,
}

/// What AWS's clients and console write around a digest; `ResponseMetadata` is boto3's.
const OF_A_DIGEST: [&str; 7] = [
    "Digest",
    "DigestTipAddress",
    "digest",
    "digestTipAddress",
    "ledger",
    "date",
    "ResponseMetadata",
];

impl Reading<'_> {
    fn evidence(&mut self, envelope: &Envelope<'_>) -> Option<Result<Evidence, Unfit>> {
        let named = |name| names(envelope, name);
        if named(bundle::MARK) {
            return Some(self.bundle(envelope));
        }
        if let Some(manifest) = manifest::recognise(envelope) {
            return Some(manifest.map(Evidence::Manifest));
        }
        if named("ConsistencyProof") {
            return Some(self.consistency(envelope));
        }
        if named("RevisionHash") && named("Proof") {
            return Some(self.receipt(envelope));
        }
        if named("LastBlockNum") && named("Proof") {
            return Some(self.block_proof(envelope));
        }
        let console = named("digest") && named("digestTipAddress");
        let digest = named("Digest") || console;
        match (digest, named("Block"), named("Revision")) {
            (true, false, false) => {
                self.note_unknown(envelope, &OF_A_DIGEST, "");
                Some(self.digest(envelope, true).map(Evidence::Digest))
            }
            (false, true, false) => Some(self.block(envelope)),
            (false, false, true) => Some(self.revision(envelope)),
            (false, false, false) => self
                .records(envelope)
                .or_else(|| answer_name(envelope).map(|name| Ok(Evidence::Description(name)))),
            // Taking one of them would leave the others unread in silence.
            _ => Some(Err(envelope.node().unfit_as(
                "one answer of QLDB",
                "the members of several in one struct",
            ))),
        }
    }

    fn block(&mut self, envelope: &Envelope<'_>) -> Result<Evidence, Unfit> {
        self.note_unknown(envelope, &["Block", "Proof", "ResponseMetadata"], "");
        Ok(Evidence::Block {
            block: self.ion_text(&envelope.require("Block")?, "Block")?,
            proof: self.proof(envelope)?,
        })
    }

    fn revision(&mut self, envelope: &Envelope<'_>) -> Result<Evidence, Unfit> {
        self.note_unknown(envelope, &["Revision", "Proof", "ResponseMetadata"], "");
        Ok(Evidence::Revision {
            revision: self.ion_text(&envelope.require("Revision")?, "Revision")?,
            proof: self.proof(envelope)?,
        })
    }

    /// `{LedgerName, TableName, BlockAddress, DocumentId, RevisionHash, Proof,
    /// LedgerDigest: {Digest, DigestTipAddress}}`.
    fn receipt(&mut self, envelope: &Envelope<'_>) -> Result<Evidence, Unfit> {
        let known = [
            "LedgerName",
            "TableName",
            "BlockAddress",
            "DocumentId",
            "RevisionHash",
            "Proof",
            "LedgerDigest",
        ];
        self.note_unknown(envelope, &known, "");
        let name = |name| envelope.get(name).map(|node| node.text()).transpose();
        let digest = match envelope.get("LedgerDigest") {
            Some(node) => Some(self.own_digest(&Envelope::open(node)?, "LedgerDigest", false)?),
            None => None,
        };
        Ok(Evidence::Receipt {
            offset: envelope.node().offset(),
            address: self.address(&envelope.require("BlockAddress")?, "BlockAddress")?,
            document_id: envelope.require("DocumentId")?.text()?,
            revision_hash: RecordedHash::read(&envelope.require("RevisionHash")?)?,
            proof: self.required_proof(envelope)?,
            digest,
            table_name: name("TableName")?,
            ledger_name: name("LedgerName")?,
        })
    }

    /// `{Ledger, Digest, DigestTipAddress, Export, LastBlockNum,
    /// LastBlockTimestamp, Proof}` (aws-samples/example-qldb-ledger-migration).
    fn block_proof(&mut self, envelope: &Envelope<'_>) -> Result<Evidence, Unfit> {
        let known = [
            "Ledger",
            "Digest",
            "DigestTipAddress",
            "Export",
            "LastBlockNum",
            "LastBlockTimestamp",
            "Proof",
        ];
        self.note_unknown(envelope, &known, "");
        Ok(Evidence::BlockProof {
            offset: envelope.node().offset(),
            digest: self.digest(envelope, false)?,
            last_block: envelope.require("LastBlockNum")?.number()?,
            proof: self.required_proof(envelope)?,
        })
    }

    /// `{FromDigest: {Digest, DigestTipAddress}, ToDigest: {…}, ConsistencyProof}`.
    fn consistency(&mut self, envelope: &Envelope<'_>) -> Result<Evidence, Unfit> {
        let others = ["Digest", "Block", "Revision", "RevisionHash", "Proof"];
        if others.into_iter().any(|name| names(envelope, name)) {
            return Err(envelope.node().unfit_as(
                "a consistency proof",
                "the members of several answers in one struct",
            ));
        }
        self.note_unknown(
            envelope,
            &["FromDigest", "ToDigest", "ConsistencyProof"],
            "",
        );
        let mut digest = |name| {
            let inner = Envelope::open(envelope.require(name)?)?;
            // No size can be compared with the proof's length without its tip.
            self.own_digest(&inner, name, true)
        };
        let (from, to) = (digest("FromDigest")?, digest("ToDigest")?);
        let proof = self.hashes(&envelope.require("ConsistencyProof")?, "ConsistencyProof")?;
        Ok(Evidence::Consistency {
            offset: envelope.node().offset(),
            from,
            to,
            proof,
        })
    }

    /// A digest in the member `name`, which is its alone.
    fn own_digest(
        &mut self,
        envelope: &Envelope<'_>,
        name: &str,
        with_tip: bool,
    ) -> Result<DigestClaim, Unfit> {
        self.note_unknown(envelope, &OF_A_DIGEST[..2], &format!("{name}."));
        let read = self.digest(envelope, true).and_then(|claim| {
            let complete = claim.tip.is_some() || !with_tip;
            let without = || {
                envelope
                    .node()
                    .unfit_as("a digest with its tip address", "one without")
            };
            complete.then_some(claim).ok_or_else(without)
        });
        if read.is_err() {
            self.note_repeated(envelope, name);
        }
        read
    }

    /// Notes members that stand twice in the struct at `path`.
    fn note_repeated(&mut self, envelope: &Envelope<'_>, path: &str) {
        let again = repeated(envelope).into_iter();
        self.repeated
            .extend(again.map(|(name, offset)| (format!("{path}.{name}"), offset)));
    }

    /// Notes members that are none of these in the struct whose members have `path` before
    /// their names.
    fn note_unknown(&mut self, envelope: &Envelope<'_>, known: &[&str], path: &str) {
        let fields = envelope.fields().iter();
        let others = fields.filter(|(name, _)| !known.contains(&name.as_str()));
        let others = others.map(|(name, node)| (format!("{path}{name}"), node.offset()));
        self.unknown.extend(others);
    }

    /// `own`: the envelope is the digest's alone, so what stands twice in it is
    /// the digest's matter.
    fn digest(&mut self, envelope: &Envelope<'_>, own: bool) -> Result<DigestClaim, Unfit> {
        let console = !names(envelope, "Digest") && names(envelope, "digest");
        let (digest, tip) = match console {
            true => ("digest", "digestTipAddress"),
            false => ("Digest", "DigestTipAddress"),
        };
        let node = envelope.require(digest)?;
        let tip = match envelope.get(tip) {
            Some(node) => Some(self.address(&node, tip)?),
            None => None,
        };
        Ok(DigestClaim {
            offset: node.offset(),
            hash: RecordedHash::read(&node)?,
            tip,
            sequence_no: None,
            repeated: if own { repeated(envelope) } else { Vec::new() },
        })
    }

    fn required_proof(&mut self, envelope: &Envelope<'_>) -> Result<ProofClaim, Unfit> {
        let node = envelope.require("Proof")?;
        self.proof(envelope)?
            .ok_or_else(|| node.unfit("a list of hashes"))
    }

    /// The hashes of `Proof`: a list already, or Ion text of one.
    fn proof(&mut self, envelope: &Envelope<'_>) -> Result<Option<ProofClaim>, Unfit> {
        let node = envelope.get("Proof");
        node.map(|node| self.hashes(&node, "Proof")).transpose()
    }

    fn hashes(&mut self, node: &Node<'_>, name: &str) -> Result<ProofClaim, Unfit> {
        let max = self.limits.hashes_max;
        let read = |node: &Node<'_>| Ok((hashes(node, max)?, has_annotations(node)));
        let (hashes, annotated) = match node.ion_type() {
            IonType::List => read(node)?,
            _ => parse(&self.ion_text(node, name)?, self.limits, read)?,
        };
        self.note_annotations(annotated, name, node);
        Ok(ProofClaim {
            offset: node.offset(),
            hashes,
        })
    }

    fn address(&mut self, node: &Node<'_>, name: &str) -> Result<RecordedAddress, Unfit> {
        let parsed = node.ion_type() == IonType::Struct && !Envelope::open(*node)?.has("IonText");
        let read = |node: &Node<'_>| Ok((RecordedAddress::read(node)?, has_annotations(node)));
        let (read, annotated) = match parsed {
            true => read(node),
            false => parse(&self.ion_text(node, name)?, self.limits, read),
        }?;
        self.note_annotations(annotated, name, node);
        let more = within(&read.uncovered, name);
        self.unknown
            .extend(more.map(|one| (one.to_string(), node.offset())));
        Ok(read)
    }

    fn note_annotations(&mut self, there: bool, name: &str, node: &Node<'_>) {
        if there {
            let what = format!("annotations of {name}");
            self.unknown.push((what, node.offset()));
        }
    }

    /// `{"IonText": "..."}`, the text alone, or the value itself.
    fn ion_text(&mut self, node: &Node<'_>, name: &str) -> Result<IonText, Unfit> {
        let text = match node.ion_type() {
            IonType::String | IonType::Symbol => *node,
            IonType::Struct => {
                let holder = Envelope::open(*node)?;
                if !names(&holder, "IonText") {
                    return written(node);
                }
                self.note_repeated(&holder, name);
                self.note_unknown(&holder, &["IonText"], &format!("{name}."));
                holder.require("IonText")?
            }
            _ => return Err(node.unfit("Ion text in a string, or a struct")),
        };
        Ok(IonText {
            text: text.text()?,
            offset: text.offset(),
        })
    }

    /// `get-records`: `Records[].Data`; Lambda's event: `Records[].kinesis.data`;
    /// the event of a Firehose transformation: `records[].data`.
    fn records(&mut self, envelope: &Envelope<'_>) -> Option<Result<Evidence, Unfit>> {
        let lists = ["Records", "records"].into_iter().filter_map(|name| {
            let node = envelope.get(name)?;
            (node.ion_type() == IonType::List).then_some((name, node))
        });
        let lists: Vec<_> = lists.collect();
        let &[(name, list)] = lists.as_slice() else {
            let two = |(_, second): &(_, Node<'_>)| {
                Err(second.unfit_as("records in one list", "`Records` and `records`"))
            };
            return lists.last().map(two);
        };
        let items = match list.items() {
            Ok(items) => items,
            Err(unfit) => return Some(Err(unfit)),
        };
        let from_kinesis = match items.first() {
            // Other services' events have `Records` as well.
            Some(_) => items.iter().any(|item| record_field(item).is_some()),
            None => envelope.has("NextShardIterator") || envelope.has("deliveryStreamArn"),
        };
        from_kinesis.then(|| {
            let mut records = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                records.push(self.record(item, &format!("{name}[{index}]")));
            }
            Ok(Evidence::Records(records))
        })
    }

    fn record(&mut self, item: &Node<'_>, path: &str) -> Result<(Vec<u8>, u64), Unfit> {
        let envelope = Envelope::open(*item)?;
        self.note_repeated(&envelope, path);
        if let Some(kinesis) = envelope.get("kinesis") {
            self.note_repeated(&Envelope::open(kinesis)?, &format!("{path}.kinesis"));
        }
        let fields = [
            envelope.has("Data"),
            envelope.has("data"),
            envelope.has("kinesis"),
        ];
        if fields.iter().filter(|there| **there).count() > 1 {
            let found = "more than one of `Data`, `data` and `kinesis`";
            return Err(item.unfit_as("a record with its bytes in one field", found));
        }
        let data = record_field(item)
            .ok_or_else(|| item.unfit_as("a record with `Data`", "one without it"))?;
        Ok((record_bytes(&data)?, data.offset()))
    }
}

/// The field that holds a record's bytes.
fn record_field<'a>(item: &Node<'a>) -> Option<Node<'a>> {
    let envelope = Envelope::open(*item).ok()?;
    let direct = envelope.get("Data").or_else(|| {
        // Firehose's records have an id each; plain `data` may be anything.
        envelope.get("data").filter(|_| envelope.has("recordId"))
    });
    direct.or_else(|| Envelope::open(envelope.get("kinesis")?).ok()?.get("data"))
}

#[cfg(test)]
mod tests;
