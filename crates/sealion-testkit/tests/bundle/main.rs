//! Evidence bundles: what one person makes from a journal, another verifies without it; and of what was changed on the
//! way nothing passes that the format does not list as not authenticated.

#[path = "../common/mod.rs"]
mod common;

mod attachments;
mod changes;
mod forgeries;
mod hostile;
mod round;

use sealion::bundle::Bundle;
use sealion::prove::WantedRevisions;
use sealion::source::Memory;
use sealion::{Code, Digest, Hash, Prover, Report, Severity, StrandId, Verdict, Verifier};
use sealion_testkit::Ledger;
use serde_json::Value;

/// The digest of a journal at a tip.
fn digest(ledger: &Ledger, tip: usize) -> Digest {
    let made = ledger.digest_at(tip);
    Digest {
        hash: Hash(made.digest),
        strand_id: Some(StrandId::new(&made.tip.strand_id)),
        sequence_no: Some(made.tip.sequence_no),
    }
}

/// An empty bundle under the digest at `tip`, which its maker trusts, and what proves.
fn begun(archive: &Memory, trusted: &Digest) -> (Bundle, Prover) {
    let mut verifier = Verifier::new().against_named(trusted.clone(), "digest.json");
    if let Some(tip) = trusted.sequence_no {
        verifier = verifier.to(tip);
    }
    let (prover, report) = Prover::of(&verifier, archive).unwrap();
    (Bundle::new(trusted.clone(), report), prover)
}

/// The file of a bundle, held to its schema.
fn file(bundle: &Bundle) -> String {
    let json = bundle.to_json().unwrap();
    let value: Value = serde_json::from_str(&json).unwrap();
    let schema = include_str!("../../../sealion/schema/bundle-1.schema.json");
    assert_eq!(misfits(schema, &value), Vec::<String>::new(), "{json}");
    let schema = include_str!("../../../sealion/schema/report-1.schema.json");
    assert_eq!(misfits(schema, &value["report"]), Vec::<String>::new());
    json
}

fn misfits(schema: &str, value: &Value) -> Vec<String> {
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors = validator.iter_errors(value);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// A bundle of all revisions that are wanted.
fn of_revisions(archive: &Memory, trusted: &Digest, wanted: &WantedRevisions) -> String {
    let (mut bundle, prover) = begun(archive, trusted);
    bundle.add_revisions(&prover, archive, wanted).unwrap();
    file(&bundle)
}

/// What a second person finds who has only the file and, it may be, a digest.
fn verify(json: &[u8], trusted: Option<&Digest>) -> Report {
    verify_with(json, &[], trusted)
}

fn verify_with(json: &[u8], others: &[(&str, &[u8])], trusted: Option<&Digest>) -> Report {
    let mut archive = Memory::new().with("evidence.sealion", json.to_vec());
    for (name, bytes) in others {
        archive = archive.with(*name, bytes.to_vec());
    }
    let mut verifier = Verifier::new().threads(1);
    if let Some(digest) = trusted {
        verifier = verifier.against_named(digest.clone(), "the trusted one");
    }
    verifier.verify(&archive).unwrap()
}

fn has(report: &Report, code: Code, severity: Severity) -> bool {
    let same = |finding: &&sealion::Finding| finding.code == code && finding.severity == severity;
    report.findings().iter().any(|finding| same(&finding))
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}
