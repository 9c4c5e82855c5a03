//! Compares digests with one another by what their proofs tell of the trees below
//! them.
//!
//! A proof of block `i` for a digest names the hash of every node beside the way from
//! that block to the root, and folding gives those on the way. Two digests of one
//! strand have most of the larger nodes in common: where both are known to have one
//! over the same blocks, its hash must be the same, and if it is, so is everything
//! below it. (RFC 6962, sections 2.1.1 and 2.1.2, with `dot` as node hash.)

mod heap;
mod pairs;
mod text;
mod tree;

use std::sync::Arc;

use serde::Serialize;

use self::heap::Heap;
use crate::blocks::{Hash, StrandId};
use crate::findings::{Asked, Findings};
use crate::report::safe_json;
use crate::source::Archive;
use crate::verify::{with_pool, Surveyor};
use crate::{Engine, Error, Limits, Verdict};

/// Digests of one strand that are compared with one another. Every pair is looked
/// at, so that twice as many take four times as long.
const DIGESTS_MAX: usize = 1_000;

/// Digests, proofs and receipts that are taken in unless the caller says
/// otherwise; a block counts as 16.
const EVIDENCE_MAX: u32 = 1 << 17;

/// Whether digests can be of one journal, as far as their proofs tell.
///
/// Rests on the tips and addresses in the files, which no hash covers, and on no
/// trust at all: see [`Statement`] for what each answer shows and does not show.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DigestComparison {
    /// The version of this form: 1.
    pub comparison_version: u32,
    /// `Consistent`: every pair is, and everything handed over was used. `Failed`: something
    /// contradicts. `Inconclusive`: a pair is not decided, there is none, or some
    /// evidence is damaged. Never `Verified`.
    pub verdict: Verdict,
    /// The strands, in the order of their ids. Digests of different strands say
    /// nothing of one another.
    pub strands: Vec<StrandDigests>,
    /// What the files say of one strand's tree that cannot all be true: places with two
    /// hashes, and hashes in two places. Pairs of digests that contradict one another are
    /// among these; others need not be of two digests.
    pub contradictions: Vec<Contradiction>,
    /// Inputs that were not used, and why.
    pub set_aside: Vec<SetAside>,
}

/// The digests of one strand.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct StrandDigests {
    /// The strand.
    pub strand_id: StrandId,
    /// Its different digests, from the oldest on, at most 1,000.
    pub digests: Vec<ComparedDigest>,
    /// Every two of them.
    pub pairs: Vec<Pair>,
}

/// A digest, and where it was met.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ComparedDigest {
    /// The 32 bytes.
    pub digest: Hash,
    /// The tip's sequence number, as its sources have it.
    pub sequence_no: u64,
    /// The files that hold it.
    pub sources: Vec<Arc<str>>,
    /// Files whose proofs fold to it.
    pub proofs: Vec<Arc<str>>,
}

/// What is known of two digests of one strand.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Pair {
    /// Index of the older one among [`StrandDigests::digests`].
    pub older: usize,
    /// Index of the newer one.
    pub newer: usize,
    /// The answer.
    pub statement: Statement,
}

/// The answer for a pair.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Statement {
    /// The older digest folds from nodes of the newer one's tree: what lies under the
    /// older lies under the newer. Whoever makes up both can make them fit.
    Consistent {
        /// The files that show it, besides those of the two digests.
        files: Vec<Arc<str>>,
    },
    /// The two cannot both be of one journal, if the files' tips and addresses are
    /// true. It does not show which file is not genuine: a forged one contradicts
    /// genuine ones.
    Contradiction(Box<Clash>),
    /// These files do not decide it.
    NoStatement {
        /// Runs of blocks, first and last, that both digests have alike.
        alike: Vec<[u64; 2]>,
        /// The files that show these.
        files: Vec<Arc<str>>,
        /// What would decide it.
        settle: String,
    },
}

/// A node of the tree that two digests have over the same blocks with different
/// hashes; or one hash that is said to be the digest at two tips.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Clash {
    /// The first block below the node.
    pub first: u64,
    /// The last block below the node.
    pub last: u64,
    /// What leads to the older digest.
    pub older: Side,
    /// What leads to the newer digest.
    pub newer: Side,
}

/// One side of a [`Clash`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Side {
    /// The node's hash.
    pub hash: Hash,
    /// The files that give it.
    pub files: Vec<Arc<str>>,
}

/// Something that does not fit what other files say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Contradiction {
    /// The input.
    pub path: Arc<str>,
    /// What it says, and what the other one says.
    pub message: String,
}

/// An input, or something in it, that was not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SetAside {
    /// The input.
    pub path: Arc<str>,
    /// Why.
    pub why: String,
    /// Whether it should have been usable: it is damaged, contradicts itself, or what it
    /// needs is not there. Then the verdict is not `consistent`.
    pub damaged: bool,
}

/// Reads everything in `archive` that [`Verifier`](crate::Verifier) reads, and compares
/// all digests in it, pair by pair, by all proofs, receipts and consistency proofs in
/// it. Journals are not used: they are for `Verifier`.
///
/// Unless `limits` say otherwise, `evidence_max` is 131,072 here, fewer than usual: what
/// is known of each node of the trees is held as well.
///
/// # Errors
/// If the archive cannot be listed or the system refuses a thread; if there are more
/// than 1,000 different digests of one strand.
pub fn compare_digests(archive: &dyn Archive, limits: &Limits) -> Result<DigestComparison, Error> {
    let heap = with_pool(1, |_| gather(archive, limits))??;
    let Heap {
        strands,
        mut set_aside,
        ..
    } = heap;
    let (mut compared, mut contradictions) = (Vec::new(), Vec::new());
    for (strand_id, mut strand) in strands {
        contradictions.append(&mut strand.contradictions);
        let pairs = pairs::compare(&strand);
        compared.push(StrandDigests {
            strand_id,
            digests: strand.digests,
            pairs,
        });
    }
    set_aside.dedup();
    Ok(DigestComparison {
        comparison_version: 1,
        verdict: match contradictions.is_empty() {
            true => verdict(&compared, &set_aside),
            false => Verdict::Failed,
        },
        strands: compared,
        contradictions,
        set_aside,
    })
}

fn gather(archive: &dyn Archive, limits: &Limits) -> Result<Heap, Error> {
    let objects = archive.objects()?;
    let mut limits = limits.clone();
    if limits.evidence_max == Limits::default().evidence_max {
        limits.evidence_max = EVIDENCE_MAX;
    }
    let mut findings = Findings::new(limits.findings_max, false);
    let mut survey = Surveyor {
        archive,
        asked: &Asked::default(),
        limits: &limits,
        findings: &mut findings,
        viewer: None,
        looking: None,
        engine: Engine::default(),
        hashes: None,
    }
    .survey(&objects);
    findings.extend(survey.collected.unknown.drain(..));
    let places_max = (limits.evidence_max as usize).saturating_mul(16);
    Heap::of(survey, findings, places_max)
}

fn verdict(strands: &[StrandDigests], set_aside: &[SetAside]) -> Verdict {
    let statements = || {
        strands
            .iter()
            .flat_map(|strand| &strand.pairs)
            .map(|pair| &pair.statement)
    };
    let contradiction = |one: &Statement| matches!(one, Statement::Contradiction(_));
    let open = |one: &Statement| matches!(one, Statement::NoStatement { .. });
    // One digest in two files: they agree.
    let met_again = |one: &ComparedDigest| one.sources.len() > 1;
    let something = statements().next().is_some()
        || strands
            .iter()
            .flat_map(|strand| &strand.digests)
            .any(met_again);
    if statements().any(contradiction) {
        Verdict::Failed
    } else if !something || statements().any(open) || set_aside.iter().any(|one| one.damaged) {
        Verdict::Inconclusive
    } else {
        Verdict::Consistent
    }
}

impl DigestComparison {
    /// The JSON form, version 1, one object, indented; safe to print, as
    /// [`Report::to_json`](crate::Report::to_json).
    pub fn to_json(&self) -> String {
        safe_json(self)
    }
}
