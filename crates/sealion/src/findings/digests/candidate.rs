//! A digest that was met, and how far it was reached.

use std::sync::Arc;

use crate::blocks::Digest;
use crate::findings::code::Code;
use crate::findings::consistency::Extends;
use crate::findings::finding::Finding;
use crate::findings::outcome::{By, DigestAnswer, DigestVerdict};

/// A digest that was met: trusted, or a claim among the inputs.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) digest: Digest,
    pub(crate) source: Arc<str>,
    pub(crate) offset: Option<u64>,
    pub(crate) trusted: bool,
    /// Whether it came in no file: it was computed from the blocks here.
    pub(crate) computed: bool,
    /// Whether its source names its tip; else it was looked for among the blocks.
    pub(crate) tip_given: bool,
    pub(crate) verdict: DigestVerdict,
    pub(crate) by: Option<By>,
    /// Whether it hangs under a trusted digest that extends it.
    pub(crate) under: bool,
    /// Of a trusted one without its tip: the tip that it may have, and why.
    pub(crate) hint: Option<(u64, String)>,
    /// The older digest that it extends, as far as its source can prove it.
    pub(crate) extends: Option<Arc<Extends>>,
}

impl Candidate {
    pub(crate) fn new(digest: Digest, source: Arc<str>, trusted: bool) -> Candidate {
        Candidate {
            tip_given: digest.sequence_no.is_some(),
            digest,
            source,
            offset: None,
            trusted,
            computed: false,
            verdict: DigestVerdict::Inconclusive,
            by: None,
            under: false,
            hint: None,
            extends: None,
        }
    }

    pub(crate) fn computed(digest: Digest) -> Candidate {
        Candidate {
            computed: true,
            ..Candidate::new(digest, "the blocks here".into(), false)
        }
    }

    /// Whether what hangs under it is verified. Without its tip none is known to.
    pub(crate) fn vouches(&self) -> bool {
        (self.trusted && self.digest.sequence_no.is_some()) || self.under
    }

    /// That it is trusted, and does not say how many blocks it covers.
    pub(crate) fn tip_unknown(&self) -> Option<Finding> {
        if !self.trusted || self.digest.sequence_no.is_some() {
            return None;
        }
        let (source, hash) = (&self.source, self.digest.hash);
        let (why, remedy) = match &self.hint {
            Some((tip, why)) => (
                format!("{why}, but whoever holds the files can make up blocks that do"),
                format!("if your record says tip {tip}, pass {hash}@{tip}"),
            ),
            None => (
                "nothing here gives it".to_owned(),
                format!("look up its tip where you have it from, and pass it as BASE64@N ({hash}@N), or as the file with its tip address"),
            ),
        };
        let message = format!(
            "the digest from {source} is trusted without its tip, so how many blocks it covers is not known and nothing is verified by it: {why}"
        );
        let mut finding = Finding::new(Code::TipUnknown, message)
            .claimed(hash.to_string())
            .remedy(remedy);
        finding.strand_id.clone_from(&self.digest.strand_id);
        Some(finding)
    }

    pub(crate) fn reach(&mut self, by: By) {
        // What fails once (a contradiction) stays failed; the first way counts.
        if self.verdict == DigestVerdict::Inconclusive {
            self.verdict = DigestVerdict::Verified;
            self.by = Some(by);
        }
    }

    pub(crate) fn reached(&self) -> bool {
        self.verdict == DigestVerdict::Verified
    }

    pub(crate) fn failed(&self) -> bool {
        self.verdict == DigestVerdict::Failed
    }

    /// As people name it: the file and the tip.
    pub(crate) fn name(&self) -> String {
        match self.digest.sequence_no {
            Some(tip) => format!("{} (tip {tip})", self.source),
            None => format!("{} (tip unknown)", self.source),
        }
    }

    pub(crate) fn answer(&self) -> DigestAnswer {
        DigestAnswer {
            digest: self.digest.hash,
            strand_id: self.digest.strand_id.clone(),
            sequence_no: self.digest.sequence_no,
            tip_given: self.tip_given,
            source: self.source.clone(),
            trusted: self.trusted,
            verdict: self.verdict,
            by: self.by,
        }
    }
}
