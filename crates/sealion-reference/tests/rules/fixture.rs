//! The examples of the AWS CLI's help: one block with its one revision, their proofs, a digest.

use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::Element;
use sealion_reference::{proof, Hash};
use serde_json::Value;

/// Number of the published block, and the tip of the published digest.
pub const BLOCK: u64 = 100;
pub const TIP: u64 = 123;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn ion(value: &Value) -> Element {
    Element::read_one(value["IonText"].as_str().unwrap()).unwrap()
}

fn get_block() -> Value {
    json(include_str!(
        "../../../../fixtures/published/aws-cli/get-block.json"
    ))
}

fn get_revision() -> Value {
    json(include_str!(
        "../../../../fixtures/published/aws-cli/get-revision.json"
    ))
}

fn get_digest() -> Value {
    json(include_str!(
        "../../../../fixtures/published/aws-cli/get-digest.json"
    ))
}

pub fn block() -> Element {
    ion(&get_block()["Block"])
}

pub fn block_proof() -> Vec<Hash> {
    proof::read(&ion(&get_block()["Proof"])).unwrap()
}

pub fn revision() -> Element {
    ion(&get_revision()["Revision"])
}

pub fn revision_proof() -> Vec<Hash> {
    proof::read(&ion(&get_revision()["Proof"])).unwrap()
}

pub fn digest() -> Hash {
    base64(get_digest()["Digest"].as_str().unwrap())
}

pub fn tip_address() -> Element {
    ion(&get_digest()["DigestTipAddress"])
}

pub fn base64(text: &str) -> Hash {
    STANDARD.decode(text).unwrap().try_into().unwrap()
}
