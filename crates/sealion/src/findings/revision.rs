//! Checks a revision by itself: its hash against its content.

use super::code::{Code, Severity};
use super::context::Context;
use super::finding::Finding;
use super::joined::data_of;
use crate::blocks::claim::{Id, RecordedHash};
use crate::blocks::revision::{Kind, Made, Revision, RevisionContent};
use crate::blocks::Hash;
use crate::hashes;

/// What could be done with a revision's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Recomputed from content, and equal.
    Recomputed,
    /// Nothing to recompute it from: internal, or its content was not seen.
    HashOnly,
    /// Not decided: JSON data whose types are lost, a deletion by an unknown rule.
    Undecided,
    /// Wrong.
    Wrong,
    /// Not looked at: outside of what was asked.
    NotAsked,
}

/// What a revision is to everything that happens after its own check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RevisionRecord {
    pub(crate) kind: Kind,
    pub(crate) standing: Standing,
    pub(crate) json: bool,
    pub(crate) hash: Option<Hash>,
    pub(crate) document: Option<(Id, Option<u64>)>,
    /// The rule that a deleting revision's hash follows.
    pub(crate) deletion_rule: Option<&'static str>,
    /// It may be one whose data was left out: what stands beside it hashes like that.
    pub(crate) in_doubt: bool,
    /// The hash of its data, redacted or not, from which its own was recomputed.
    pub(crate) data: Option<Hash>,
    pub(crate) offset: u64,
}

/// Recomputes the revision's hash and says what is wrong with it.
pub(crate) fn check_revision(
    revision: &Revision,
    content: &RevisionContent,
    recomputed: Option<Hash>,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> RevisionRecord {
    context.repeated(&revision.repeated, findings);
    let hash = context.hash("hash", &revision.hash, findings);
    if let Some(recorded) = &revision.data_hash {
        context.hash("dataHash", recorded, findings);
    }
    let rule = deletion_rule(revision, content);
    let standing = match hash {
        None => Standing::Wrong,
        Some(_) => stand(revision, content, recomputed, rule, context, findings),
    };
    let document = revision.document();
    RevisionRecord {
        kind: revision.kind,
        standing,
        json: revision.json,
        hash,
        document: document.map(|(id, version)| (id.clone(), version)),
        deletion_rule: rule,
        in_doubt: false,
        data: data_of(
            revision.kind,
            standing,
            content
                .data
                .as_ref()
                .and_then(|made| made.as_ref().ok().copied()),
            revision
                .data_hash
                .as_ref()
                .and_then(|recorded| recorded.hash),
        ),
        offset: revision.offset,
    }
}

fn stand(
    revision: &Revision,
    content: &RevisionContent,
    recomputed: Option<Hash>,
    rule: Option<&'static str>,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> Standing {
    if matches!(revision.kind, Kind::Internal | Kind::Unseen) {
        return Standing::HashOnly;
    }
    let Some(metadata) = &content.metadata else {
        return Standing::NotAsked;
    };
    for (field, made) in [
        ("metadata", Some(metadata)),
        ("data", content.data.as_ref()),
    ] {
        if let Some(Err(unfit)) = made {
            findings.push(context.unfit(field, unfit));
            return Standing::Undecided;
        }
    }
    match (revision.kind, recomputed) {
        (Kind::Deleting, _) if rule.is_some() => Standing::Recomputed,
        (Kind::Deleting, _) => no_deletion_rule(revision, metadata, context, findings),
        (_, None) => Standing::Wrong,
        (Kind::Redacted, Some(ours)) => {
            let what = "dot(dataHash, H(metadata))";
            compare(&revision.hash, &ours, what, context, findings)
        }
        (_, Some(ours)) => user(revision, content, &ours, context, findings),
    }
}

fn user(
    revision: &Revision,
    content: &RevisionContent,
    ours: &Hash,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> Standing {
    if let Some(finding) = beside(revision, content, context) {
        findings.push(finding);
        return Standing::Wrong;
    }
    if revision.json && revision.hash.hash != Some(*ours) {
        findings.push(data_from_json(revision, content, ours, context));
        return Standing::Undecided;
    }
    let what = "dot(H(data), H(metadata))";
    let standing = compare(&revision.hash, ours, what, context, findings);
    if standing == Standing::Recomputed && revision.data_like_metadata {
        findings.push(
            context
                .finding(Code::RevisionHash, "data", revision.offset, EXCHANGED)
                .severity(Severity::Incomplete)
                .remedy(
                    "look for this document and for the one that its data names in another copy and \
                     in their histories",
                ),
        );
        return Standing::Undecided;
    }
    standing
}

fn data_from_json(
    revision: &Revision,
    content: &RevisionContent,
    ours: &Hash,
    context: &Context<'_>,
) -> Finding {
    let tried = content.tried.as_ref().filter(|tried| tried.numbers > 0);
    let numbers = tried.map_or_else(String::new, |tried| {
        let more = match tried.numbers - tried.first.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let all = match tried.cut {
            true => ", not all that there are (limit json_readings_max)",
            false => "",
        };
        format!(
            ", nor does it with its numbers ({}{more}) taken for decimals and floats that JavaScript, Go and Python \
             print so ({} readings{all})",
            tried.first.join(", "),
            tried.readings,
        )
    });
    let message = format!(
        "the data, read naturally from JSON, does not give the revision's hash{numbers}; JSON \
         lost its Ion types (timestamp, symbol, blob, float), so this shows nothing either way",
    );
    let remedy = match tried.is_some_and(|tried| tried.cut) {
        true => "verify an Ion text or Ion binary export of the same blocks, or raise the limit: --limit json_readings_max=N; the block's own hashes do not depend on this",
        false => "verify an Ion text or Ion binary export of the same blocks; the block's own hashes do not depend on this",
    };
    context
        .mismatch(Code::DataFromJson, "data", &revision.hash, ours, message)
        .remedy(remedy)
}

/// The pair hash sorts its two halves, so it does not say which of them is which.
const EXCHANGED: &str = "the data has the form of metadata (id, version, txTime, txId), and the \
    pair hash does not tell the two apart: this may be a revision of another document, with data \
    and metadata exchanged";

/// A `dataHash` that stands beside data: it must be the data's hash, and the revision's
/// hash must follow from it. From JSON the first is known only where the data is restored,
/// which it is if it gives the revision's hash.
fn beside(
    revision: &Revision,
    content: &RevisionContent,
    context: &Context<'_>,
) -> Option<Finding> {
    let recorded = revision.data_hash.as_ref()?;
    let (Some(Ok(data)), Some(Ok(metadata))) = (&content.data, &content.metadata) else {
        return None;
    };
    let own = hashes::dot(data, metadata);
    let restored = !revision.json || revision.hash.hash == Some(own);
    if restored && recorded.hash != Some(*data) {
        let what = "dataHash is not the hash of the data that stands beside it";
        return Some(context.mismatch(Code::RevisionHash, "dataHash", recorded, data, what));
    }
    let ours = hashes::dot(&recorded.hash?, metadata);
    (revision.hash.hash != Some(ours)).then(|| {
        let what = "the dataHash that stands beside the data does not give the recorded hash (hash is not dot(dataHash, H(metadata)))";
        context.mismatch(Code::RevisionHash, "dataHash", &revision.hash, &ours, what)
    })
}

/// Which of the possible rules a deleting revision's hash follows.
fn deletion_rule(revision: &Revision, content: &RevisionContent) -> Option<&'static str> {
    let Some(Ok(metadata)) = &content.metadata else {
        return None;
    };
    if revision.kind != Kind::Deleting {
        return None;
    }
    hashes::deletion_rule(metadata, &revision.hash.hash?)
}

fn no_deletion_rule(
    revision: &Revision,
    metadata: &Made,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> Standing {
    let Ok(metadata) = metadata else {
        return Standing::Undecided;
    };
    findings.push(
        context
            .mismatch(
                Code::DeletionRule,
                "hash",
                &revision.hash,
                metadata,
                "a revision with neither data nor dataHash, whose hash is none of H(metadata), \
                 dot(H(null), H(metadata)), dot(H({}), H(metadata)): either its data was left out, \
                 or QLDB hashed deletions by a rule that is not known",
            )
            .remedy("look at this document in another export or in its history"),
    );
    Standing::Undecided
}

fn compare(
    recorded: &RecordedHash,
    ours: &Hash,
    what: &str,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> Standing {
    if recorded.hash == Some(*ours) {
        return Standing::Recomputed;
    }
    findings.push(
        context
            .mismatch(
                Code::RevisionHash,
                "hash",
                recorded,
                ours,
                format!("the content does not give the recorded hash; the two do not belong together (hash is not {what})"),
            )
            .remedy("compare this revision with another copy of the journal or a saved receipt"),
    );
    Standing::Wrong
}
