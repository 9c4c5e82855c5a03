//! One ledger of six blocks in text, in binary and as stream records: made by other programs.

use crate::{folder, ion, read, read_text};
use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::Element;
use sealion_reference::journal::{check, digest, Answer, Block, Content, Revision, Rule};
use sealion_reference::{proof, Hash};
use serde_json::Value;

const DIGEST: &str = "1WIxqxZUmdLZA0cqWdUY24bwa4puv44V0r4C9Na6Yhg=";
const TIP: u64 = 5;

fn export(format: &str) -> Vec<Element> {
    let folder = folder("formats").join(format).join("boats/2025/07/30/23");
    let mut blocks = Vec::new();
    for part in ["0-2", "3-5"] {
        let file = folder.join(format!("bM2c3VwkJB0gGgHONb2HCp.{part}.ion"));
        blocks.extend(ion(read(file)).unwrap());
    }
    blocks
}

fn expected() -> Hash {
    STANDARD.decode(DIGEST).unwrap().try_into().unwrap()
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn exports_hold_and_give_the_digest() {
    for format in ["export-ion-text", "export-ion-binary"] {
        let blocks = export(format);
        assert_eq!(blocks.len(), 6, "{format}");
        assert_eq!(digest(&blocks).unwrap(), expected(), "{format}");
        for (i, result) in check(&blocks).into_iter().enumerate() {
            let checked = result.unwrap();
            assert_eq!(checked.failures().count(), 0, "{format}, block {i}");
            let linked = checked.outcomes.iter().any(|o| o.rule == Rule::ChainLink);
            assert_eq!(linked, i > 0);
        }
    }
    println!("exports: 2 ran");
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn stream_summaries_hold() {
    let records = ion(read(folder("formats/stream/records.ion"))).unwrap();
    let blocks: Vec<Element> = records
        .elements()
        .filter_map(|record| {
            let record = record.as_struct().unwrap();
            let kind = record.get("recordType").unwrap().as_string();
            (kind == Some("BLOCK_SUMMARY")).then(|| record.get("payload").unwrap().clone())
        })
        .collect();
    assert_eq!(digest(&blocks).unwrap(), expected());
    for result in check(&blocks) {
        let checked = result.unwrap();
        assert_eq!(checked.failures().count(), 0);
        assert!(checked.outcomes.iter().all(|o| o.answer == Answer::Holds));
    }
    println!("stream: {} block summaries ran", blocks.len());
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn proofs_made_elsewhere() {
    let leaves: Vec<Hash> = export("export-ion-text")
        .iter()
        .map(|value| Block::read(value).unwrap().block_hash)
        .collect();
    let blocks = export("export-ion-text");
    let answer = |file: &str| -> Value {
        serde_json::from_str(&read_text(folder("formats/cli").join(file))).unwrap()
    };
    let ion_text = |value: &Value| Element::read_one(value["IonText"].as_str().unwrap()).unwrap();

    let json = answer("get-block.json");
    let value = ion_text(&json["Block"]);
    let block = Block::read(&value).unwrap();
    let hashes = proof::read(&ion_text(&json["Proof"])).unwrap();
    let at = block.address.sequence_no;
    proof::check_block(&block.block_hash, at, TIP, &hashes, &expected()).unwrap();
    assert_eq!(hashes, proof::block_proof(at as usize, &leaves));

    let mut kinds = Vec::new();
    for file in [
        "get-revision.json",
        "get-revision-redacted.json",
        "get-revision-deleted.json",
    ] {
        let json = answer(file);
        let value = ion_text(&json["Revision"]);
        let revision = Revision::read(&value).unwrap();
        let made = revision.recompute().unwrap();
        assert_eq!(made.answer(&revision.hash), Answer::Holds, "{file}");
        let hashes = proof::read(&ion_text(&json["Proof"])).unwrap();
        let at = revision.address.as_ref().unwrap().sequence_no;
        proof::check_revision(&revision.hash, at, TIP, &hashes, &expected()).unwrap();
        // The proof that we make for it is the same.
        let block = Block::read(&blocks[at as usize]).unwrap();
        let index = block
            .revision_hashes
            .iter()
            .position(|h| *h == revision.hash);
        let ours = proof::revision_proof(&block, index.unwrap(), &leaves).unwrap();
        assert_eq!(ours, hashes, "{file}");
        kinds.push(match revision.content {
            Content::User { .. } => "user",
            Content::Redacted { .. } => "redacted",
            Content::Deleting { .. } => "deleting",
            Content::Internal => "internal",
        });
    }
    assert_eq!(kinds, ["user", "redacted", "deleting"]);
    println!("answers: 4 ran");
}
