//! The file, version 1. What a reader needs first comes first.

use serde::Serialize;
use serde_json::Value;

use super::{Attachment, Bundle};
use crate::blocks::aws_json::digest_value;
use crate::blocks::BlockAddress;
use crate::prove::{ProvenBlock, ProvenRevision};
use crate::report::{safe_json, Report, Tool};

#[derive(Serialize)]
struct File<'a> {
    sealion_evidence: u32,
    what_this_is: String,
    tool: &'a Tool,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    digest: Value,
    rests_on: RestsOn<'a>,
    items: Vec<Item<'a>>,
    attachments: &'a [Attachment],
    report: &'a Report,
}

/// Why the digest should count. It counts for a reader only if they have it from
/// elsewhere.
#[derive(Serialize)]
struct RestsOn<'a> {
    digest_from: &'a str,
    trusted_by_maker: bool,
    said_by: &'static str,
}

#[derive(Serialize)]
struct Item<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    document_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    block_address: Address<'a>,
    /// As `aws qldb get-revision` or `get-block` printed it.
    answer: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Address<'a> {
    strand_id: &'a str,
    sequence_no: u64,
}

/// The bundle as JSON.
pub(super) fn json(bundle: &Bundle) -> String {
    let revisions = bundle.revisions.iter().filter_map(revision);
    let blocks = bundle.blocks.iter().map(block);
    let file = File {
        sealion_evidence: 1,
        what_this_is: sentence(bundle),
        tool: &bundle.report.tool,
        date: bundle.date.as_deref(),
        digest: digest_value(&bundle.digest),
        rests_on: rests_on(bundle),
        items: revisions.chain(blocks).collect(),
        attachments: &bundle.attachments,
        report: &bundle.report,
    };
    safe_json(&file) + "\n"
}

fn sentence(bundle: &Bundle) -> String {
    format!(
        "Evidence from the journal of an Amazon QLDB ledger: {}, with the proofs that \
         all of it stands under the digest given here; believe nothing in it before `sealion \
         verify FILE --digest D` has agreed, where D is that digest as somebody other than the \
         maker of this file kept it.",
        bundle.contents()
    )
}

fn rests_on(bundle: &Bundle) -> RestsOn<'_> {
    let trusted = bundle.report.digests.iter().find(|own| {
        own.trusted
            && own.digest == bundle.digest.hash
            && own.sequence_no == bundle.digest.sequence_no
    });
    RestsOn {
        digest_from: trusted.map_or("the journal itself: nobody vouched for it", |own| {
            &own.source
        }),
        trusted_by_maker: trusted.is_some(),
        said_by: "whoever made this file",
    }
}

fn revision(proven: &ProvenRevision) -> Option<Item<'_>> {
    Some(Item {
        document_id: Some(&proven.document_id),
        version: Some(proven.version),
        block_address: address(&proven.address),
        answer: proven.to_aws_value()?,
    })
}

fn block(proven: &ProvenBlock) -> Item<'_> {
    Item {
        document_id: None,
        version: None,
        block_address: address(&proven.address),
        answer: proven.to_aws_value(),
    }
}

fn address(address: &BlockAddress) -> Address<'_> {
    Address {
        strand_id: address.strand_id.as_str(),
        sequence_no: address.sequence_no,
    }
}
