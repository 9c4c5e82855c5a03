//! What an evidence bundle says of its items, against what they are; and its digest,
//! for which nobody has vouched by putting it there.

use std::sync::Arc;

use super::code::{Code, Severity};
use super::context::Context;
use super::finding::{Finding, BUNDLED_REPORT};
use super::loose::{LooseRevision, Placed};
use crate::blocks::evidence::{DigestClaim, ItemClaim, WarnedClaim};
use crate::blocks::revision::Kind;
use crate::blocks::{BlockAddress, Digest, Hash, Proof};

/// An item after its own check.
pub(crate) struct FoundItem<'a> {
    pub(crate) address: &'a BlockAddress,
    pub(crate) document: Option<(&'a str, Option<u64>)>,
    pub(crate) hash: Option<Hash>,
    /// Its proof, if that has nothing but hashes.
    pub(crate) proof: Option<&'a Proof>,
}

/// Holds the names that the bundle gives an item against the item, and the item
/// against the bundle's own digest: whoever shows one file must not contradict it.
pub(crate) fn check_bundled(
    path: &Arc<str>,
    item: &ItemClaim,
    found: &FoundItem<'_>,
    digest: &DigestClaim,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let context = Context::at(path, found.address);
    context.repeated(&item.address.repeated, &mut findings);
    let mut differ = |field: &str, claimed: String, own: String| {
        let message = format!("the bundle says {field} {claimed} of an item whose own is {own}");
        findings.push(
            context
                .finding(Code::Request, field, item.offset, message)
                .values(claimed, own)
                .remedy("the bundle names another thing than it holds: ask its maker for the one that was meant"),
        );
    };
    let claimed = &item.address.address;
    if claimed != found.address {
        let words =
            |address: &BlockAddress| format!("{}/{}", address.strand_id, address.sequence_no);
        differ("block_address", words(claimed), words(found.address));
    }
    if let (Some((id, version)), Some((own_id, own_version))) = (&item.document, found.document) {
        if id != own_id {
            differ("document_id", id.clone(), own_id.to_owned());
        }
        if Some(*version) != own_version {
            let own = own_version.map_or_else(|| "not known".to_owned(), |own| own.to_string());
            differ("version", version.to_string(), own);
        }
    }
    if let Some(tip) = &digest.tip {
        if tip.address.strand_id != found.address.strand_id {
            let strand = |address: &BlockAddress| address.strand_id.to_string();
            differ("strandId", strand(&tip.address), strand(found.address));
        }
    }
    if let (Some(hash), Some(proof), Some(digest)) = (found.hash, found.proof, digest.hash.hash) {
        let root = proof.fold(&hash);
        if root != digest {
            let message = "the proof does not fold to the digest of its own bundle";
            findings.push(
                context
                    .finding(Code::Proof, "Proof", item.proof.offset, message)
                    .values(digest.to_string(), root.to_string())
                    .remedy("something in this bundle was changed, or it was put together from several: get it anew from its maker"),
            );
        }
    }
    findings
}

/// That no trusted digest came with a bundle: it cannot vouch for itself.
pub(crate) fn nobody_vouches(path: &Arc<str>, offset: u64, digest: &Digest) -> Finding {
    let mut message = format!(
        "no digest that you trust came with this bundle, and its own is only a claim; to compare by voice, in hex: {}",
        spoken(&digest.hash)
    );
    if let (Some(strand_id), Some(tip)) = (&digest.strand_id, digest.sequence_no) {
        message += &format!("; tip: block {tip} of strand {strand_id}");
    }
    let mut finding = Finding::new(Code::NoDigest, message)
        .field("digest")
        .source(path, Some(offset))
        .remedy(
            "let whoever keeps the digest, not the bundle's maker, read theirs out, and verify again with what they said: --digest 'HEX DIGITS@TIP' or BASE64@TIP",
        );
    finding.strand_id.clone_from(&digest.strand_id);
    finding.claimed = Some(digest.to_string());
    finding
}

/// What the report in a bundle warned of, said again: whoever reads the bundle has not seen
/// that report. However grave it was there, here it is no more than somebody's word.
pub(crate) fn said_by_bundle(path: &Arc<str>, said: WarnedClaim) -> Finding {
    let known = Code::ALL.iter().find(|code| code.as_str() == said.code);
    let message = format!(
        "the bundle says of the journal that it was made from ({} {}): {}",
        said.severity, said.code, said.message
    );
    let mut finding = Finding::new(known.copied().unwrap_or(Code::UnknownFile), message)
        .severity(Severity::Warning)
        .field(BUNDLED_REPORT)
        .source(path, Some(said.offset))
        .remedy("ask the bundle's maker about it, or for the journal; nothing authenticates this report, nor that it is all of it");
    finding.sequence_no = said.sequence_no;
    if let Some((id, version)) = said.document {
        finding = finding.document(id, version);
    }
    finding
}

/// 64 hex digits in groups of four: one case, no signs, easy to keep one's place in.
fn spoken(hash: &Hash) -> String {
    let digits = format!("{hash:x}");
    let groups: Vec<&str> = (0..digits.len())
        .step_by(4)
        .filter_map(|at| digits.get(at..at + 4))
        .collect();
    groups.join(" ")
}

/// A bundled revision without data, whose block is not here to say that there never
/// was any. Bundles as they are made hold it.
pub(crate) fn block_left_out(placed: &Placed, offset: u64) -> Option<Finding> {
    let loose: &LooseRevision = &placed.loose;
    if !loose.bundled || placed.in_block {
        return None;
    }
    let (code, message) = match loose.record.kind {
        Kind::Deleting => (
            Code::DeletionRule,
            "this revision has no data, and its bundle does not hold its block: by its proof alone a deletion and a revision whose data was left out look the same",
        ),
        Kind::Redacted => (
            Code::UnrecordedRedaction,
            "this revision is redacted, and its bundle does not hold its block: by its proof alone it is not known which of its two halves is the metadata",
        ),
        _ => return None,
    };
    let finding = Finding::new(code, message)
        .severity(Severity::Incomplete)
        .remedy("ask for a bundle that holds the block, as `sealion bundle` makes it, or hand over the block");
    Some(loose.about(finding).source(&loose.path, Some(offset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_spoken_in_sixteen_groups() {
        let words = spoken(&Hash([0x0f; 32]));
        assert_eq!(words.split(' ').count(), 16);
        assert_eq!(words.replace(' ', ""), "0f".repeat(32));
    }
}
