//! Published blocks, receipts, proofs and statements: each line of `vectors.json` says which rule must
//! hold of which file, or must not.

use crate::{folder, ion, read, read_text};
use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::{Element, Struct};
use sealion_reference::journal::{statement_digest, statements, Address, Answer, Block, Revision};
use sealion_reference::{dot, dot_or_empty, fold, proof, root, siblings, Hash};
use serde_json::Value;

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn every_vector() {
    let vectors = json("vectors.json");
    let vectors = vectors.as_array().unwrap();
    let mut holding = 0;
    for vector in vectors {
        let holds = holds(vector);
        assert_eq!(holds, vector["expect"].as_bool().unwrap(), "{vector}");
        holding += usize::from(holds);
    }
    println!("vectors: {} ran, {holding} hold", vectors.len());
    assert_eq!((vectors.len(), holding), (35, 29));
}

fn holds(vector: &Value) -> bool {
    let file = text(vector, "file");
    match text(vector, "check") {
        "entries-hash" => with_block(file, |b| root(&b.entries) == Some(b.entries_hash)),
        "block-hash" => with_block(file, |b| {
            dot_or_empty(Some(b.entries_hash), b.previous_block_hash) == Some(b.block_hash)
        }),
        "revisions-root" => with_block(file, |b| {
            let made = b.recompute().unwrap().revisions_root;
            b.positions(&made.unwrap()) == [index(vector, "at")]
        }),
        "transaction-info" => with_block(file, |b| {
            let made = b.recompute().unwrap().transaction_info;
            b.positions(&made.unwrap()) == [index(vector, "at")]
        }),
        "statement-digest" => with_block(file, |b| {
            let statements = statements(b.transaction_info.unwrap()).unwrap();
            statements[index(vector, "at")].answer() == Answer::Holds
        }),
        "statement-digests" => json(file)[text(vector, "rows")]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                statement_digest(text(row, "statement")).unwrap()
                    == base64(text(row, "statementDigest"))
            })
            .reduce(|a, b| {
                assert_eq!(a, b, "all rows of a list or none");
                a
            })
            .unwrap(),
        "revision-hash" => revisions(file).iter().all(revision_holds),
        "json-history" => json(file)
            .as_array()
            .unwrap()
            .iter()
            .all(|revision| revision_holds(&typed_revision(revision))),
        "block-proof" => with_block(file, |b| {
            let (digest, tip) = digest_file(text(vector, "digest"));
            let proof = proof_in(&json(file));
            proof::check_block(&b.block_hash, b.address.sequence_no, tip, &proof, &digest).is_ok()
        }),
        "revision-proof" => {
            let (digest, tip) = digest_file(text(vector, "digest"));
            let value = revisions(file).remove(0);
            let revision = Revision::read(&value).unwrap();
            let at = revision.address.unwrap().sequence_no;
            let proof = proof_in(&json(file));
            proof::check_revision(&revision.hash, at, tip, &proof, &digest).is_ok()
        }
        "proof-layout" => with_block(text(vector, "block"), |b| {
            let mut layout = vec![b.entries[0], dot(&b.entries[2], &b.entries[3])];
            layout.extend(b.previous_block_hash);
            layout.extend(proof_in(&json(text(vector, "block"))));
            proof_in(&json(file)) == layout
        }),
        "shared-node" => {
            let node = base64(text(vector, "node"));
            [file, text(vector, "other")]
                .iter()
                .all(|file| proof_in(&json(file)).contains(&node))
        }
        "same-revision" => revisions(file).iter().any(|value| {
            revision_holds(value)
                && Revision::read(value).unwrap().hash
                    == Receipt::read(text(vector, "receipt")).leaf
        }),
        "dot" => json(file).as_array().unwrap().iter().all(dot_holds),
        check => receipt_holds(check, &json(file), vector),
    }
}

/// The checks of proofs without their block.
fn receipt_holds(check: &str, value: &Value, vector: &Value) -> bool {
    let proof = proof_in(value);
    let in_block = || index(vector, "in_block");
    if check == "odd-index-repeats-previous" {
        // Also of a revision without a digest.
        return place(value) % 2 == 1 && proof[in_block() - 1] == proof[in_block()];
    }
    let receipt = Receipt::of(value);
    let Receipt { leaf, digest, tip } = receipt;
    let at = place(value);
    match check {
        "receipt" => proof::check_revision(&leaf, at, tip, &proof, &digest).is_ok(),
        "proof-to-digest" => fold(&leaf, &proof) == digest,
        "receipt-shape" => proof.len() == in_block() + siblings(at, tip + 1) as usize,
        "odd-nodes-not-duplicated" => {
            // Paired with itself, an odd node would have a sibling at every level.
            let levels = (tip + 1).next_power_of_two().trailing_zeros() as usize;
            proof.len() != in_block() + levels
        }
        other => panic!("unknown check {other}"),
    }
}

struct Receipt {
    leaf: Hash,
    digest: Hash,
    tip: u64,
}

impl Receipt {
    fn read(file: &str) -> Self {
        Self::of(&json(file))
    }

    fn of(value: &Value) -> Self {
        // One of the published files names the digest `Digest`, as an answer of the service.
        let digest = value.get("LedgerDigest").unwrap_or(&value["Digest"]);
        let tip = Address::read(&ion_text(&digest["DigestTipAddress"])).unwrap();
        Self {
            leaf: base64(text(value, "RevisionHash")),
            digest: base64(text(digest, "Digest")),
            tip: tip.sequence_no,
        }
    }
}

/// Number of the block that a receipt, or an answer with a revision, is about.
fn place(value: &Value) -> u64 {
    match value.get("BlockAddress") {
        Some(address) => Address::read(&ion_text(address)).unwrap().sequence_no,
        None => {
            let revision = ion_text(&value["Revision"]);
            let address = Revision::read(&revision).unwrap().address;
            address.unwrap().sequence_no
        }
    }
}

fn dot_holds(row: &Value) -> bool {
    if row.get("dot_hex").is_none() {
        let proof: Vec<Hash> = row["proof_base64"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hash| base64(hash.as_str().unwrap()))
            .collect();
        let leaf = base64(text(row, "leaf_base64"));
        return fold(&leaf, &proof) == base64(text(row, "digest_base64"));
    }
    let hash = |name| -> Hash { hex::decode(text(row, name)).unwrap().try_into().unwrap() };
    let (a, b, both) = (hash("a_hex"), hash("b_hex"), hash("dot_hex"));
    dot(&a, &b) == both && dot(&b, &a) == both && dot_or_empty(Some(a), None) == Some(a)
}

fn revision_holds(value: &Element) -> bool {
    let revision = Revision::read(value).unwrap();
    revision.recompute().unwrap().answer(&revision.hash) == Answer::Holds
}

/// The revisions of a file: an answer of the service, or Ion text of revisions or stream records.
fn revisions(file: &str) -> Vec<Element> {
    if file.ends_with(".json") {
        return vec![ion_text(&json(file)["Revision"])];
    }
    let values = ion(read(path(file))).unwrap();
    let revision = |value: &Element| match value.as_struct().unwrap().get("revision") {
        Some(revision) => revision.clone(),
        None => value.clone(),
    };
    let revisions: Vec<_> = values.elements().map(revision).collect();
    assert!(!revisions.is_empty());
    revisions
}

/// A revision in JSON with its strings as strings, integers as ints, and the types of the fields that
/// the journal itself defines.
fn typed_revision(value: &Value) -> Element {
    let metadata = &value["metadata"];
    let time = Element::read_one(text(metadata, "txTime")).unwrap();
    let hash = Element::blob(base64(text(value, "hash")));
    let metadata = Struct::builder()
        .with_field("id", text(metadata, "id"))
        .with_field("version", metadata["version"].as_i64().unwrap())
        .with_field("txTime", time)
        .with_field("txId", text(metadata, "txId"))
        .build();
    let builder = Struct::builder().with_field("hash", hash);
    let builder = builder.with_field("data", typed(&value["data"]));
    builder.with_field("metadata", metadata).build().into()
}

fn typed(value: &Value) -> Element {
    match value {
        Value::String(text) => Element::string(text.as_str()),
        Value::Number(number) => Element::int(number.as_i64().unwrap()),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.as_str(), typed(value)))
            .collect::<Struct>()
            .into(),
        other => panic!("not in these histories: {other}"),
    }
}

fn with_block(file: &str, rule: impl Fn(&Block<'_>) -> bool) -> bool {
    let value = if file.ends_with(".json") {
        ion_text(&json(file)["Block"])
    } else {
        Element::read_one(read(path(file))).unwrap()
    };
    rule(&Block::read(&value).unwrap())
}

fn digest_file(file: &str) -> (Hash, u64) {
    let value = json(file);
    let tip = Address::read(&ion_text(&value["DigestTipAddress"])).unwrap();
    (base64(text(&value, "Digest")), tip.sequence_no)
}

fn proof_in(value: &Value) -> Vec<Hash> {
    proof::read(&ion_text(&value["Proof"])).unwrap()
}

fn path(file: &str) -> std::path::PathBuf {
    folder("published").join(file)
}

fn json(file: &str) -> Value {
    serde_json::from_str(&read_text(path(file))).unwrap()
}

fn ion_text(value: &Value) -> Element {
    Element::read_one(text(value, "IonText")).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    let found = value[name].as_str();
    found.unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn index(value: &Value, name: &str) -> usize {
    let found = value[name].as_u64();
    found.unwrap_or_else(|| panic!("no {name} in {value}")) as usize
}

fn base64(text: &str) -> Hash {
    STANDARD.decode(text).unwrap().try_into().unwrap()
}
