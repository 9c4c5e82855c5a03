//! Blocks, one by one and in their chain.

use super::{steady, whole, with_deep_stack};
use ion_rs::Element;
use sealion::source::Archive;
use sealion::{Code, Finding, Report, Severity, Verdict, Verifier};
use sealion_reference::journal::{check, Answer, Block, CheckedBlock, Content, Error, Rule};
use sealion_reference::{dot_or_empty, root, Hash};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What fails: the rule's code, the block, and the revision in it if the rule is about one.
type Failure = (&'static str, u64, Option<usize>);

/// Codes for which the reference has a rule.
const RULES: [Code; 8] = [
    Code::RevisionHash,
    Code::RevisionsRoot,
    Code::TransactionInfo,
    Code::RedactionInfo,
    Code::EntriesHash,
    Code::BlockHash,
    Code::ChainLink,
    Code::DeletionRule,
];

/// The library's report on `archive`, which holds `blocks` however encoded and cut. It is the same for every number
/// of threads, the same rules fail at the same blocks as in the reference, and the digest is the same.
///
/// `blocks` must be [`rising`].
///
/// # Panics
/// If the two do not agree.
#[must_use]
pub fn journal(blocks: &[Element], archive: &dyn Archive, verifier: &Verifier) -> Report {
    assert!(rising(blocks), "blocks in their order");
    let report = steady(archive, verifier);
    let reference = with_deep_stack(|| Reference::of(blocks));
    reference.agrees(&report);
    report
}

/// Whether all blocks have addresses in one strand, each higher than the one before.
#[must_use]
pub fn rising(blocks: &[Element]) -> bool {
    let addresses = blocks.iter().map(|block| {
        let address = block.as_struct()?.get("blockAddress")?.as_struct()?;
        let number = address.get("sequenceNo")?.as_int()?.as_u64()?;
        Some((address.get("strandId")?.as_string()?.to_owned(), number))
    });
    let Some(addresses) = addresses.collect::<Option<Vec<_>>>() else {
        return false;
    };
    let follows = |pair: &[(String, u64)]| pair[0].0 == pair[1].0 && pair[0].1 < pair[1].1;
    addresses.windows(2).all(follows)
}

/// A report without what depends on the engine, and on names of objects and places in them.
#[must_use]
pub fn told(report: &Report) -> Value {
    let mut members = whole(report);
    members.remove("inputs");
    let mut value = Value::Object(members);
    for list in ["findings", "digests"] {
        for member in value[list].as_array_mut().into_iter().flatten() {
            member["source"] = Value::Null;
            if let Some(message) = member["message"].as_str().map(without_places) {
                member["message"] = message.into();
            }
        }
    }
    value
}

/// Words that name a place in a file, without its number.
fn without_places(message: &str) -> String {
    const PLACE: &str = "at byte ";
    let mut parts = message.split(PLACE);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| {
        whole + PLACE + part.trim_start_matches(|digit: char| digit.is_ascii_digit())
    })
}

/// What the reference says.
pub(super) struct Reference {
    failures: BTreeSet<Failure>,
    /// Blocks that it could read.
    read: BTreeSet<u64>,
    /// Whether it refuses a block that no reader may take: a hash of another length, a field that stands twice.
    refused: Option<String>,
    /// The digest as recomputed from entries and previous hashes, if all blocks are there and could be read.
    digest: Option<Hash>,
}

impl Reference {
    pub(super) fn of(blocks: &[Element]) -> Self {
        let mut reference = Self {
            failures: BTreeSet::new(),
            read: BTreeSet::new(),
            refused: None,
            digest: None,
        };
        let mut leaves = BTreeMap::new();
        for (element, checked) in blocks.iter().zip(check(blocks)) {
            match (Block::read(element), checked) {
                (Ok(block), Ok(checked)) => {
                    let at = block.address.sequence_no;
                    reference.read.insert(at);
                    reference.failures.extend(failures(&block, &checked));
                    leaves.insert(
                        at,
                        dot_or_empty(root(&block.entries), block.previous_block_hash),
                    );
                }
                (_, Err(error @ (Error::HashLength { .. } | Error::Duplicate { .. }))) => {
                    reference.refused = Some(error.to_string());
                }
                _ => {}
            }
        }
        let whole =
            leaves.len() == blocks.len() && leaves.keys().copied().eq(0..blocks.len() as u64);
        let leaves = leaves.into_values().collect::<Option<Vec<_>>>();
        reference.digest = leaves.filter(|_| whole).and_then(|leaves| root(&leaves));
        reference
    }

    pub(super) fn agrees(&self, report: &Report) {
        let good = matches!(report.verdict(), Verdict::Verified | Verdict::Consistent);
        if let Some(refused) = &self.refused {
            assert!(!good, "{} though {refused}: {report}", report.verdict());
        }
        let found = self.found(report);
        let missed: Vec<_> = self.failures.difference(&found).collect();
        assert!(missed.is_empty(), "not found: {missed:?}\n{report}");
        let more = found
            .difference(&self.failures)
            .filter(|more| !self.explains(more));
        let more: Vec<_> = more.collect();
        assert!(more.is_empty(), "found and not so: {more:?}\n{report}");
        assert!(self.failures.is_empty() || !good, "{report}");
        if let Some(digest) = self.digest {
            let computed = report.strands[0].computed_digest.as_ref();
            assert_eq!(
                computed.map(|computed| computed.digest.0),
                Some(digest),
                "{report}"
            );
        }
    }

    /// Failures that the library found in blocks which the reference could read.
    fn found(&self, report: &Report) -> BTreeSet<Failure> {
        // A deletion that fits a rule may still be odd: a warning, of which the reference knows nothing.
        let odd = |finding: &Finding| {
            finding.code == Code::DeletionRule && finding.severity == Severity::Warning
        };
        let rules = report
            .findings()
            .iter()
            .filter(|finding| RULES.contains(&finding.code) && !odd(finding));
        let found = rules.filter_map(|finding| {
            let at = finding.sequence_no.expect("rules are about blocks");
            let revision = finding.field.as_deref().and_then(revision_index);
            let linked = finding.code != Code::ChainLink || self.read.contains(&at.wrapping_sub(1));
            let known = self.read.contains(&at) && linked;
            known.then_some((finding.code.as_str(), at, revision))
        });
        found.collect()
    }

    /// The library also looks whether a block follows the hash that the one before it *should* have.
    fn explains(&self, (code, at, _): &Failure) -> bool {
        let before = |rule: Rule| {
            self.failures
                .contains(&(rule.code(), at.wrapping_sub(1), None))
        };
        *code == Rule::ChainLink.code() && (before(Rule::EntriesHash) || before(Rule::BlockHash))
    }
}

/// All that fails in a block, and deletions by unknown rules.
fn failures(block: &Block<'_>, checked: &CheckedBlock) -> Vec<Failure> {
    let at = block.address.sequence_no;
    let failing = checked
        .outcomes
        .iter()
        .filter_map(|outcome| match outcome.answer {
            Answer::Holds => None,
            Answer::Fails => Some((outcome.rule.code(), at, outcome.revision)),
            // The rest of what cannot be recomputed is internal.
            Answer::NotRecomputable => outcome
                .revision
                .filter(|index| matches!(block.revisions[*index].content, Content::Deleting { .. }))
                .map(|index| (Code::DeletionRule.as_str(), at, Some(index))),
        });
    failing.collect()
}

/// The index in `revisions[2].hash`.
fn revision_index(field: &str) -> Option<usize> {
    let (index, _) = field.strip_prefix("revisions[")?.split_once(']')?;
    index.parse().ok()
}
