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
    /// How many digests were met before it.
    place: usize,
    /// Further places that claim the very same.
    copies: Vec<Copy>,
}

/// Where a digest stands once more.
#[derive(Clone, Debug)]
struct Copy {
    place: usize,
    source: Arc<str>,
    offset: Option<u64>,
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
            place: 0,
            copies: Vec::new(),
        }
    }

    /// It is number `place` of those that were met.
    pub(super) fn met_at(&mut self, place: usize) {
        self.place = place;
    }

    /// Whether what is known of it is known of all that claim the same: it is not trusted, and proves nothing.
    pub(super) fn is_plain(&self) -> bool {
        !self.trusted && !self.computed && self.extends.is_none()
    }

    /// Takes in one that claims the very same.
    pub(super) fn take(&mut self, copy: Candidate) {
        self.copies.push(Copy {
            place: copy.place,
            source: copy.source,
            offset: copy.offset,
        });
    }

    /// Where it stands besides its first place.
    pub(super) fn elsewhere(&self) -> impl Iterator<Item = (&Arc<str>, Option<u64>)> {
        self.copies.iter().map(|copy| (&copy.source, copy.offset))
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

    fn answer(&self, source: &Arc<str>) -> DigestAnswer {
        DigestAnswer {
            digest: self.digest.hash,
            strand_id: self.digest.strand_id.clone(),
            sequence_no: self.digest.sequence_no,
            tip_given: self.tip_given,
            source: source.clone(),
            trusted: self.trusted,
            verdict: self.verdict,
            by: self.by,
        }
    }
}

/// What became of all of them, in the order in which they were met.
pub(crate) fn digest_answers(candidates: &[Candidate]) -> Vec<DigestAnswer> {
    let each = candidates.iter().flat_map(|one| {
        let copies = one.copies.iter().map(|copy| (copy.place, &copy.source));
        let all = copies.chain([(one.place, &one.source)]);
        all.map(move |(place, source)| (place, one.answer(source)))
    });
    let mut all: Vec<_> = each.collect();
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, answer)| answer).collect()
}
