//! What files claim, with nothing verified.
//!
//! Files are recognised by the same code that recognises them for a
//! verification; a [`Viewer`] stands by and writes down what comes along.

mod outline;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::outline::{Outline, Strands};
use super::access::Access;
use super::pool::with_pool;
use super::stream::Record;
use super::survey::Surveyor;
use crate::blocks::block::Block;
use crate::blocks::evidence::{Evidence, ProofClaim};
use crate::blocks::read::{Envelope, Node};
use crate::blocks::revision::Revision;
use crate::findings::{flaw_finding, Code, Findings, Severity};
use crate::report::show::{Sheet, NOTHING_VERIFIED};
use crate::report::Asked;
use crate::source::{decompressed, Archive, Object};
use crate::{Engine, Error, Limits};

/// Files that get a page each. More are counted and not read.
const FILES_MAX: usize = 100;

/// Blocks, revisions and answers of one file that are shown in full.
const DETAILED_MAX: usize = 3;

/// What [`show`] gives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Shown {
    /// The pages, safe to print.
    pub text: String,
    /// Whether every file that got a page could be read to its end, as far as it was
    /// understood. If not, its page says what could not.
    pub whole: bool,
}

/// Says what the files in `archive` claim, for a person: a page a file, for at
/// most 100 files. **Nothing is verified**, and the first line says so.
///
/// A page has what its file is, then: of a journal the range, the counts and the
/// first block in short; of a block, a revision, a digest, a proof, a receipt, a
/// manifest what is in it; of stream records counts by type; of an unknown file
/// why it is not understood. Journals and streams are read to their end; memory
/// follows their largest value. Control characters are escaped, so that the text
/// is safe to print. What exceeds one of the `limits` is named, and not shown.
///
/// # Errors
/// If the archive cannot be listed, or holds one file only and that cannot be
/// opened; or if the system refuses a thread.
pub fn show(archive: &dyn Archive, limits: &Limits) -> Result<Shown, Error> {
    with_pool(1, |_| pages(archive, limits))?
}

fn pages(archive: &dyn Archive, limits: &Limits) -> Result<Shown, Error> {
    let objects = archive.objects()?;
    if let [only] = objects.as_slice() {
        archive.open(only).map_err(|source| Error::Io {
            path: only.name.to_string(),
            source,
        })?;
    }
    let mut shown = Shown {
        text: NOTHING_VERIFIED.to_owned(),
        whole: true,
    };
    for object in objects.iter().take(FILES_MAX) {
        let (page, whole) = page(archive, object, limits);
        shown.text += &page;
        shown.whole &= whole;
    }
    match objects.len().saturating_sub(FILES_MAX) {
        0 => {}
        more => shown.text += &format!("\n… and {more} more files, which were not read\n"),
    }
    Ok(shown)
}

/// A file's page, and whether the file could be read to its end.
fn page(archive: &dyn Archive, object: &Object, limits: &Limits) -> (String, bool) {
    let mut findings = Findings::new(limits.findings_max, false);
    let mut viewer = Viewer::default();
    let survey = Surveyor {
        archive,
        asked: &Asked::default(),
        limits,
        findings: &mut findings,
        viewer: Some(&mut viewer),
        looking: None,
        engine: Engine::default(),
        hashes: None,
    }
    .survey(std::slice::from_ref(object));
    let mut head = Sheet::default();
    let mut whole = true;
    let access = Arc::<Access>::default();
    let kind = survey.inputs.first().map_or("unknown", |input| input.kind);
    head.line("kind", kind_words(kind));
    head.line("size", size_words(archive, object));
    for file in &survey.journals {
        let mut outline = Outline::default();
        if let Err(flaw) = outline.read((archive, &access), file, limits, &mut viewer) {
            findings.push(flaw_finding(flaw, &object.name));
        }
        whole &= outline.write(&mut head);
    }
    access.unsaid(&mut findings);
    let mut foot = Sheet::default();
    for finding in findings
        .into_parts()
        .0
        .iter()
        .filter(|f| unread(f.code))
        .take(FILES_MAX)
    {
        // A file of another kind, or a member too many, is nothing that cannot be read.
        whole &= finding.severity != Severity::Incomplete;
        foot.line("not read", &finding.message);
    }
    if kind == "unknown" {
        foot.line("expected", EXPECTED);
    }
    let text = Sheet::under(&object.name, &[head, viewer.finish(), foot]);
    (text, whole)
}

const EXPECTED: &str =
    "a journal export or stream, a manifest, an answer of get-digest, get-block \
    or get-revision, the console's digest file, a receipt, a .proofs.json, a consistency proof, or an evidence bundle";

/// Findings about reading; all others are about checking, and nothing is checked.
fn unread(code: Code) -> bool {
    use Code::{DuplicateField, Limit, Malformed, Truncated, UnknownFile};
    matches!(
        code,
        DuplicateField | Limit | Malformed | Truncated | UnknownFile
    )
}

fn size_words(archive: &dyn Archive, object: &Object) -> String {
    let size = match object.size {
        Some(bytes) => format!("{bytes} bytes"),
        None => "not known".to_owned(),
    };
    match archive.open(object).and_then(decompressed) {
        Ok((_, Some(_))) => format!("{size}, compressed"),
        _ => size,
    }
}

fn kind_words(kind: &'static str) -> &'static str {
    match kind {
        "journal-ion-text" => "journal in Ion text",
        "journal-ion-binary" => "journal in Ion binary",
        "journal-json" => "journal in JSON: hashes as they were, Ion types of data lost",
        "stream" => "records of a journal stream",
        "digest" => "digest of a journal",
        "block" => "block",
        "revision" => "revision of a document",
        "receipt" => "receipt: a revision's hash, its proof and a digest",
        "block-proof" => "proof of an export's last block, and the digest it leads to",
        "consistency" => "consistency proof: that one digest extends an older one",
        "bundle" => "evidence bundle: blocks or revisions, their proofs and the digest",
        "manifest" => "manifest of a journal export",
        "history" => "revisions of documents, without proofs",
        "description" => "answer of QLDB's API about a ledger, an export or a stream",
        "state" => "state that an earlier run saved, for --state; `sealion state show` prints it",
        "checkpoint" => "checkpoint of a run, for --checkpoint",
        "mixed" => "several kinds in one file",
        "empty" => "empty",
        "unreadable" => "cannot be read",
        _ => "not understood",
    }
}

/// Writes down what is recognised in one file.
#[derive(Default)]
pub(crate) struct Viewer {
    sheet: Sheet,
    /// Values that had their turn.
    values: usize,
    /// The proof beside the block or revision that comes next.
    proof: Option<ProofClaim>,
    records: BTreeMap<&'static str, u64>,
    strands: Strands,
    /// Whether an evidence bundle has begun.
    bundled: bool,
}

impl Viewer {
    pub(crate) fn evidence(&mut self, evidence: &Evidence) {
        match evidence {
            Evidence::Block { proof, .. } | Evidence::Revision { proof, .. } => {
                self.proof.clone_from(proof);
            }
            Evidence::Records(_) => {}
            // Its items have their turns after it.
            Evidence::Bundle(_) => {
                self.sheet.evidence(evidence);
                self.bundled = true;
            }
            other => {
                if self.turn() {
                    self.sheet.evidence(other);
                }
            }
        }
    }

    pub(crate) fn block(&mut self, envelope: &Envelope<'_>, block: &Block) {
        let proof = self.proof.take();
        if self.turn() {
            self.sheet.block(envelope, block);
            self.proof(proof);
        }
    }

    pub(crate) fn revision(&mut self, node: &Node<'_>, revision: &Revision) {
        let proof = self.proof.take();
        if self.turn() {
            self.sheet.revision(node, revision);
            self.proof(proof);
        }
    }

    pub(crate) fn record(&mut self, record: &Record<'_>) {
        let (kind, address) = match record {
            Record::Control => ("control records", None),
            Record::Summary(address) => ("block summaries", Some(address)),
            Record::Details(address) => ("revision details", Some(address)),
            Record::Placeless(_) => ("revision details", None),
        };
        *self.records.entry(kind).or_default() += 1;
        if let Some(address) = address {
            self.strands.add(address);
        }
    }

    fn proof(&mut self, proof: Option<ProofClaim>) {
        if let Some(proof) = &proof {
            self.sheet.proof(proof);
        }
    }

    /// Whether the next value is shown; it is counted in either case.
    fn turn(&mut self) -> bool {
        self.values += 1;
        let shown = self.values <= DETAILED_MAX;
        if shown && (self.values > 1 || self.bundled) {
            let noun = if self.bundled { "item" } else { "value" };
            self.sheet
                .heading(&format!("{noun} {} of this file", self.values));
        }
        shown
    }

    fn finish(mut self) -> Sheet {
        for (kind, count) in &self.records {
            self.sheet.line("records", format!("{count} {kind}"));
        }
        self.strands.write(&mut self.sheet);
        // Its block or revision could not be read.
        let left = self.proof.take();
        self.proof(left);
        match self.values.saturating_sub(DETAILED_MAX) {
            0 => {}
            more => self
                .sheet
                .heading(&format!("and {more} more values that are not shown")),
        }
        self.sheet
    }
}

#[cfg(test)]
mod tests;
