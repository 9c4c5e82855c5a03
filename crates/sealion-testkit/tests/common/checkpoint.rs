//! What runs with a checkpoint are held against.

use sealion::{Report, Verifier};
use sealion_testkit::{agree, Ledger};
use serde_json::{Map, Value};

/// Knows the ledger's digest, has two threads, and saves a state.
pub fn verifier(ledger: &Ledger) -> Verifier {
    Verifier::new()
        .against(agree::trusted(&ledger.digest()))
        .threads(2)
        .save_state(true)
}

/// A report without what it says of the checkpoint, and without how many values the fast engine passed on: those that
/// were looked at again are counted again.
pub fn apart(report: &Report) -> Map<String, Value> {
    let mut members: Map<String, Value> = serde_json::from_str(&report.to_json()).expect("JSON");
    members.remove("checkpoint");
    members.remove("passed");
    members
}
