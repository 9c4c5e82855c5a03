//! What an evidence bundle claims: version 1 of the file that
//! [`bundle`](crate::bundle) writes. Every member is looked at or named as unknown.

use super::{names, Reading};
use crate::blocks::claim::{RecordedAddress, RecordedHash};
use crate::blocks::ion_text::IonText;
use crate::blocks::read::{Envelope, Node, Unfit};

use super::{DigestClaim, Evidence, ProofClaim};

/// The member that makes a file a bundle, and the version that is read.
pub(super) const MARK: &str = "sealion_evidence";
const VERSION: u64 = 1;

/// Each is looked for among all inputs, so there is a bound.
const ATTACHMENTS_MAX: usize = 1_000;

/// A bundle, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BundleClaim {
    pub(crate) offset: u64,
    pub(crate) digest: DigestClaim,
    pub(crate) items: Vec<ItemClaim>,
    pub(crate) attachments: Vec<AttachmentClaim>,
    /// What its maker says of it, label and words; nothing of it is checked.
    pub(crate) said: Vec<(&'static str, String)>,
    /// What the report in it warns of, or worse.
    pub(crate) warned: Vec<WarnedClaim>,
}

/// A revision or a block, with what the bundle says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ItemClaim {
    pub(crate) offset: u64,
    pub(crate) address: RecordedAddress,
    /// Id and version; `None` for a block.
    pub(crate) document: Option<(String, u64)>,
    pub(crate) content: IonText,
    pub(crate) proof: ProofClaim,
}

/// A finding of the report in a bundle, in its maker's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WarnedClaim {
    pub(crate) offset: u64,
    pub(crate) code: String,
    pub(crate) severity: String,
    pub(crate) message: String,
    pub(crate) sequence_no: Option<u64>,
    pub(crate) document: Option<(String, Option<u64>)>,
}

/// Something that lies beside the evidence, which nothing authenticates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AttachmentClaim {
    pub(crate) offset: u64,
    pub(crate) kind: AttachmentKind,
}

/// What is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttachmentKind {
    /// A file that is elsewhere, by its size in bytes and the SHA-256 of these.
    File {
        name: String,
        bytes: u64,
        sha256: RecordedHash,
    },
    /// A time-stamp token (RFC 3161), of so many bytes.
    TimeStampToken { bytes: u64 },
    /// Somebody's words.
    Note(String),
}

impl Reading<'_> {
    /// Reads the bundle; see `docs/bundles.md` for its members.
    pub(super) fn bundle(&mut self, envelope: &Envelope<'_>) -> Result<Evidence, Unfit> {
        let version = envelope.require(MARK)?;
        if version.number()? != VERSION {
            return Err(version.unfit_as(
                "an evidence bundle of version 1",
                "another version, which this release does not read",
            ));
        }
        let known = [
            MARK,
            "what_this_is",
            "tool",
            "date",
            "digest",
            "rests_on",
            "items",
            "attachments",
            "report",
        ];
        self.note_unknown(envelope, &known, "");
        let digest = Envelope::open(envelope.require("digest")?)?;
        let digest = self.own_digest(&digest, "digest", true)?;
        let list = envelope.require("items")?;
        let mut items = Vec::new();
        for (index, item) in list.items()?.into_iter().enumerate() {
            items.push(self.item(item, &format!("items[{index}]"))?);
        }
        if items.is_empty() {
            return Err(list.unfit_as("at least one block or revision", "none"));
        }
        let mut attachments = Vec::new();
        if let Some(list) = envelope.get("attachments") {
            let nodes = list.items()?;
            if nodes.len() > ATTACHMENTS_MAX {
                let expected = format!("at most {ATTACHMENTS_MAX} attachments");
                return Err(list.unfit_as(expected, nodes.len().to_string()));
            }
            for (index, node) in nodes.into_iter().enumerate() {
                let path = format!("attachments[{index}]");
                attachments.extend(self.attachment(node, &path)?);
            }
        }
        Ok(Evidence::Bundle(Box::new(BundleClaim {
            offset: envelope.node().offset(),
            digest,
            items,
            attachments,
            said: said(envelope),
            warned: warned(envelope),
        })))
    }

    /// `{document_id, version, block_address, answer: {Revision, Proof}}`, or
    /// `{block_address, answer: {Block, Proof}}`.
    fn item(&mut self, node: Node<'_>, path: &str) -> Result<ItemClaim, Unfit> {
        let envelope = Envelope::open(node)?;
        self.note_repeated(&envelope, path);
        let answer = Envelope::open(envelope.require("answer")?)?;
        self.note_repeated(&answer, &format!("{path}.answer"));
        let content = match (names(&answer, "Revision"), names(&answer, "Block")) {
            (true, false) => "Revision",
            (false, true) => "Block",
            _ => {
                return Err(answer.node().unfit_as(
                    "the answer of GetRevision or of GetBlock",
                    "the members of both, or of neither",
                ))
            }
        };
        let document = match content {
            "Revision" => Some((
                envelope.require("document_id")?.text()?,
                envelope.require("version")?.number()?,
            )),
            _ => None,
        };
        let known: &[&str] = match document {
            Some(_) => &["document_id", "version", "block_address", "answer"],
            None => &["block_address", "answer"],
        };
        self.note_unknown(&envelope, known, &format!("{path}."));
        let of_answer = format!("{path}.answer.");
        self.note_unknown(&answer, &[content, "Proof"], &of_answer);
        Ok(ItemClaim {
            offset: node.offset(),
            address: self.address(
                &envelope.require("block_address")?,
                &format!("{path}.block_address"),
            )?,
            document,
            content: self.ion_text(&answer.require(content)?, content)?,
            proof: self.required_proof(&answer)?,
        })
    }

    fn attachment(&mut self, node: Node<'_>, path: &str) -> Result<Option<AttachmentClaim>, Unfit> {
        let envelope = Envelope::open(node)?;
        self.note_repeated(&envelope, path);
        let mark = envelope.require("authenticated")?;
        if mark.element()?.as_bool() != Some(false) {
            return Err(mark.unfit_as(
                "`false`: nothing authenticates an attachment",
                "another value",
            ));
        }
        let kind = envelope.require("kind")?.text()?;
        let (kind, members): (_, &[&str]) = match kind.as_str() {
            "file" => {
                let sha256 = envelope.require("sha256")?;
                let kind = AttachmentKind::File {
                    name: envelope.require("name")?.text()?,
                    bytes: envelope.require("bytes")?.number()?,
                    sha256: RecordedHash::read(&sha256)?,
                };
                (kind, &["name", "bytes", "sha256"])
            }
            "time-stamp-token" => {
                let bytes = envelope.require("base64")?.bytes()?.len() as u64;
                (AttachmentKind::TimeStampToken { bytes }, &["base64"])
            }
            "note" => {
                let text = envelope.require("text")?.text()?;
                (AttachmentKind::Note(text), &["text"])
            }
            _ => {
                self.unknown.push((path.to_owned(), node.offset()));
                return Ok(None);
            }
        };
        let known: Vec<&str> = members
            .iter()
            .copied()
            .chain(["authenticated", "kind"])
            .collect();
        self.note_unknown(&envelope, &known, &format!("{path}."));
        let offset = node.offset();
        Ok(Some(AttachmentClaim { offset, kind }))
    }
}

/// What the report in it found that is graver than a note. What cannot be read of it is
/// left out: it counts for nothing, and whoever forges a bundle leaves out all of it.
fn warned(envelope: &Envelope<'_>) -> Vec<WarnedClaim> {
    let report = envelope
        .get("report")
        .and_then(|node| Envelope::open(node).ok());
    let list = report.and_then(|report| report.get("findings")?.items().ok());
    let one = |node: Node<'_>| {
        let finding = Envelope::open(node).ok()?;
        let text = |name| finding.get(name)?.text().ok();
        let number = |name| finding.get(name)?.number().ok();
        Some(WarnedClaim {
            offset: node.offset(),
            code: text("code")?,
            severity: text("severity").filter(|severity| severity != "note")?,
            message: text("message")?,
            sequence_no: number("sequence_no"),
            document: text("document_id").map(|id| (id, number("version"))),
        })
    };
    list.into_iter().flatten().filter_map(one).collect()
}

/// What the maker says. What is not as it should be is left out: it counts for
/// nothing in either case.
fn said(envelope: &Envelope<'_>) -> Vec<(&'static str, String)> {
    let within = |node: &Node<'_>, name| Envelope::open(*node).ok()?.get(name)?.text().ok();
    let member = |outer, inner| within(&envelope.get(outer)?, inner);
    let text = |name| envelope.get(name)?.text().ok();
    let trusted = envelope
        .get("rests_on")
        .and_then(|node| Envelope::open(node).ok()?.get("trusted_by_maker"))
        .and_then(|node| node.element().ok()?.as_bool());
    let trusted = trusted.map(|trusted| match trusted {
        true => "its maker says to trust the digest".to_owned(),
        false => "its maker vouches for no digest".to_owned(),
    });
    let tool = member("tool", "name").zip(member("tool", "version"));
    [
        ("it says", text("what_this_is")),
        (
            "made by",
            tool.map(|(name, version)| format!("{name} {version}")),
        ),
        ("made on", text("date")),
        ("digest from", member("rests_on", "digest_from")),
        ("", trusted),
        ("its report", member("report", "verdict")),
    ]
    .into_iter()
    .filter_map(|(label, words)| Some((label, words?)))
    .collect()
}
