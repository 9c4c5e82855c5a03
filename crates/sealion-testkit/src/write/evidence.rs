//! What people kept beside exports: answers, receipts and digest files, each as its program wrote it.
//!
//! Proofs are lists of byte vectors rather than hashes, so that damaged ones can be written too.

use super::json;
use crate::block::{list, Address, Block, Revision};
use crate::ion::text;
use crate::ledger::Digest;
use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::Element;

/// A value as the service's answers hold it: compact Ion text.
#[must_use]
pub fn ion_text(value: &Element) -> String {
    let mut out = String::new();
    text::compact(value, &mut out);
    out
}

/// A proof as Ion text: a list of blobs.
#[must_use]
pub fn proof_text<H: AsRef<[u8]>>(proof: &[H]) -> String {
    ion_text(&list(proof.iter().map(|hash| Element::blob(hash.as_ref()))))
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    json::string(text, &mut out);
    out
}

/// The AWS CLI's print of a member that holds Ion text.
fn member(name: &str, ion: &str) -> String {
    format!(
        "    \"{name}\": {{\n        \"IonText\": {}\n    }}",
        quoted(ion)
    )
}

fn print(members: &[String]) -> String {
    format!("{{\n{}\n}}\n", members.join(",\n"))
}

/// `aws qldb get-digest`.
#[must_use]
pub fn get_digest(digest: &Digest) -> String {
    let bytes = format!("    \"Digest\": \"{}\"", STANDARD.encode(digest.digest));
    print(&[
        bytes,
        member("DigestTipAddress", &ion_text(&digest.tip.to_element())),
    ])
}

/// `aws qldb get-block`; without a proof, as if no tip was given.
#[must_use]
pub fn get_block<H: AsRef<[u8]>>(block: &Block, proof: Option<&[H]>) -> String {
    let proof = proof.map(|proof| member("Proof", &proof_text(proof)));
    let block = member("Block", &ion_text(&block.to_element()));
    print(
        &[Some(block), proof]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>(),
    )
}

/// `aws qldb get-revision`; without a proof, as if no tip was given.
#[must_use]
pub fn get_revision<H: AsRef<[u8]>>(revision: &Revision, proof: Option<&[H]>) -> String {
    let proof = proof.map(|proof| member("Proof", &proof_text(proof)));
    let revision = member("Revision", &ion_text(&revision.to_element()));
    print(
        &[proof, Some(revision)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>(),
    )
}

/// A receipt as programs on QLDB's API handed them out: which document, its revision's hash, a proof, and the digest
/// it belongs to.
#[must_use]
pub fn receipt<H: AsRef<[u8]>>(
    table: &str,
    address: &Address,
    revision: &Revision,
    proof: &[H],
    digest: &Digest,
) -> String {
    let id = revision
        .metadata
        .as_ref()
        .map_or("", |metadata| metadata.id.as_str());
    let ion = |value: &Element| serde_json::json!({ "IonText": ion_text(value) });
    let receipt = serde_json::json!({
        "LedgerName": "vehicle-registration",
        "TableName": table,
        "BlockAddress": ion(&address.to_element()),
        "DocumentId": id,
        "RevisionHash": STANDARD.encode(&revision.hash),
        "Proof": { "IonText": proof_text(proof) },
        "LedgerDigest": {
            "Digest": STANDARD.encode(digest.digest),
            "DigestTipAddress": ion(&digest.tip.to_element()),
        },
    });
    format!("{receipt:#}\n")
}

/// The file that the console's "Save digest" made: Ion text that is also JSON (Developer Guide, "Step 1: Requesting
/// a digest").
#[must_use]
pub fn console_digest(digest: &Digest) -> String {
    let tip = quoted(&ion_text(&digest.tip.to_element()));
    let bytes = STANDARD.encode(digest.digest);
    format!(
        "{{\n  \"digest\": \"{bytes}\",\n  \"digestTipAddress\": {tip},\n  \"ledger\": \"vehicle-registration\",\n  \
         \"date\": \"2025-07-30T22:41:07.512Z\"\n}}\n"
    )
}

/// The `.proofs.json` that AWS's migration sample saved beside each export: the digest of that time, and the proof
/// of the export's last block. One line, as Python's `json.dumps` writes it.
#[must_use]
pub fn migration_proofs<H: AsRef<[u8]>>(
    export_id: &str,
    last: &Block,
    proof: &[H],
    digest: &Digest,
) -> String {
    let proof: Vec<String> = proof
        .iter()
        .map(|hash| format!("\"{}\"", STANDARD.encode(hash)))
        .collect();
    let time = last.block_timestamp.to_string().replace("+00:00", "000Z");
    format!(
        "{{\"Ledger\": \"vehicle-registration\", \"Digest\": \"{}\", \"DigestTipAddress\": {{\"strandId\": \"{}\", \
         \"sequenceNo\": {}}}, \"Export\": \"{export_id}\", \"LastBlockNum\": {}, \"LastBlockTimestamp\": \"{time}\", \
         \"Proof\": [{}]}}",
        STANDARD.encode(digest.digest),
        digest.tip.strand_id,
        digest.tip.sequence_no,
        last.address.sequence_no,
        proof.join(", "),
    )
}
