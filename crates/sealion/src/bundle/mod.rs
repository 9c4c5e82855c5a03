//! Evidence bundles: one text file that holds blocks or revisions, the proof of each
//! and the digest that they lead to, for somebody who has neither the journal nor the
//! service.
//!
//! A bundle vouches for nothing by itself. [`Verifier`] reads the file as it reads any
//! other: it recomputes all of it and compares the digest with one that the reader
//! trusts. The format is described in `docs/bundles.md` and, for programs, in
//! `schema/bundle-1.schema.json`.
//!
//! ```no_run
//! use sealion::bundle::Bundle;
//! use sealion::prove::WantedRevisions;
//! use sealion::{source::Directory, Digest, Prover, Verifier};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let digest = Digest::read("digest.json")?; // one that you trust
//!     let export = Directory::open("export/")?;
//!     let (prover, report) = Prover::of(&Verifier::new().against(digest.clone()), &export)?;
//!     let mut bundle = Bundle::new(prover.digest(prover.tip_of(&digest)?)?, report);
//!     let document = WantedRevisions::of_document("3Qv67yjXEwB9SjmvkuG6Cp");
//!     bundle.add_revisions(&prover, &export, &document)?;
//!     std::fs::write("evidence.sealion", bundle.to_json()?)?;
//!     Ok(())
//! }
//! ```

mod attachment;
mod file;
mod gather;

pub use attachment::Attachment;

use crate::prove::{ProveError, ProvenBlock, ProvenRevision};
use crate::source::Memory;
use crate::{Digest, Limits, Report, Severity, Verdict, Verifier};

/// A bundle in the making: what is proven under one digest, and what goes with it.
#[derive(Clone, Debug)]
pub struct Bundle {
    digest: Digest,
    report: Report,
    date: Option<String>,
    limits: Limits,
    revisions: Vec<ProvenRevision>,
    blocks: Vec<ProvenBlock>,
    attachments: Vec<Attachment>,
}

impl Bundle {
    /// An empty bundle under `digest`, which must name its strand and tip, as
    /// [`Prover::digest`](crate::Prover::digest) gives it. `report` is that of the run
    /// that verified the journal; if it has the digest as trusted, the bundle says so
    /// and from where it came.
    pub fn new(digest: Digest, report: Report) -> Bundle {
        Bundle {
            digest,
            report,
            date: None,
            limits: Limits::default(),
            revisions: Vec::new(),
            blocks: Vec::new(),
            attachments: Vec::new(),
        }
    }

    /// The digest that all in it stands under.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The revisions, in the order in which they were added.
    pub fn revisions(&self) -> &[ProvenRevision] {
        &self.revisions
    }

    /// The blocks, by rising sequence number: those that were added, and those that a
    /// revision without data needs.
    pub fn blocks(&self) -> &[ProvenBlock] {
        &self.blocks
    }

    /// What is in it, in words: `2 revisions and 1 block`.
    pub fn contents(&self) -> String {
        let count = |count: usize, noun: &str| match count {
            0 => None,
            1 => Some(format!("1 {noun}")),
            many => Some(format!("{many} {noun}s")),
        };
        let parts = [
            count(self.revisions.len(), "revision"),
            count(self.blocks.len(), "block"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        match parts.is_empty() {
            true => "nothing".to_owned(),
            false => parts.join(" and "),
        }
    }

    /// Attaches something that nothing authenticates. A reader takes at most 1,000.
    pub fn attach(&mut self, attachment: Attachment) {
        self.attachments.push(attachment);
    }

    /// Writes down when the bundle was made, in the caller's words. There is no clock
    /// in it otherwise, so that one input gives one bundle.
    pub fn dated(&mut self, date: impl Into<String>) {
        self.date = Some(date.into());
    }

    /// Other bounds on what it may hold, as the journal needed them: its reader will
    /// need the same ones.
    pub fn limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// The file, as text: JSON with a line feed at its end.
    ///
    /// # Errors
    /// [`ProveError::NotRecomputed`] if it does not verify under its own digest as it
    /// stands there, read anew: an empty bundle, one of more than 64 MiB (or what
    /// [`limits`](Bundle::limits) allow), a digest that is not the one of its proofs.
    pub fn to_json(&self) -> Result<String, ProveError> {
        let json = file::json(self);
        let archive = Memory::new().with("the bundle", json.clone().into_bytes());
        let report = Verifier::new()
            .against(self.digest.clone())
            .limits(self.limits.clone())
            .verify(&archive)?;
        if report.verdict() == Verdict::Verified {
            return Ok(json);
        }
        let grave = |severity| severity <= Severity::Incomplete;
        let mut findings = report.findings().iter();
        let why = match findings.find(|finding| grave(finding.severity)) {
            Some(finding) => format!("{}: {}", finding.code, finding.message),
            None => "not all of it hangs under its digest".to_owned(),
        };
        Err(ProveError::NotRecomputed(format!(
            "the bundle does not verify by itself: {why}"
        )))
    }
}
