//! Flips in answers of the service and in receipts.

use crate::{warns, Sound};
use base64::{engine::general_purpose::STANDARD, Engine};
use ion_rs::Element;
use sealion::report::DigestVerdict;
use sealion_reference::journal::Address;
use sealion_reference::{proof, Hash};
use sealion_testkit::agree::{Decoded, Difference};
use sealion_testkit::block::{Content, Revision};
use sealion_testkit::mutate::Evidence;
use sealion_testkit::write::evidence;
use sealion_testkit::{Ledger, Mix};

/// Flips in the answer alone, under the digest that is trusted.
fn flip_answer(evidence: &Evidence, cases: u32) {
    let file = evidence.files().swap_remove(0);
    let original = Decoded::read(&file.1).unwrap();
    let sound = Sound {
        files: vec![file],
        file: 0,
        digest: evidence.digest.clone(),
    };
    sound.flip(cases, 35, |bytes, report, before| {
        let found = Decoded::read(bytes).expect("what is verified can be read");
        assert_eq!(found.judged(&sound.digest), "holds", "{report}");
        match original.difference(&found) {
            Difference::Nothing => {}
            Difference::LeftOut => assert!(warns(report, before), "{report}"),
            Difference::Covered => panic!("verified: {report}"),
            Difference::Uncovered(changed) => {
                let own = |name: &str| match &found {
                    Decoded::Block(..) => name == "blockAddress",
                    Decoded::Revision(..) => name == "revisions[].blockAddress",
                };
                // A proof shows membership. Its length, which was looked at, is all that speaks of the number.
                let odd = changed
                    .iter()
                    .any(|(name, contradicted)| *contradicted && !own(name));
                assert!(
                    !odd,
                    "verified, though another field contradicts {changed:?}: {report}"
                );
                assert_eq!(strand(&original), strand(&found), "{report}");
            }
        }
    });
}

fn strand(decoded: &Decoded) -> Option<String> {
    let (Decoded::Block(value, _) | Decoded::Revision(value, _)) = decoded;
    let address = value.as_struct()?.get("blockAddress")?;
    Some(Address::read(address).ok()?.strand_id)
}

#[test]
fn blocks() {
    let ledger = Ledger::new(17, 23, Mix::Vehicle);
    for (index, tip) in [(1, 22), (9, 22), (22, 22), (13, 16)] {
        flip_answer(&Evidence::of_block(&ledger, index, tip), 150);
    }
}

/// The first revisions of this kind with their proofs, at most two.
fn revisions(ledger: &Ledger, suits: impl Fn(&Revision) -> bool) -> Vec<Evidence> {
    let suits = |(index, at): &(usize, usize)| suits(&ledger.blocks[*index].revisions()[*at]);
    let found: Vec<_> = ledger.documents().filter(suits).take(2).collect();
    assert!(!found.is_empty(), "no such revision in the ledger");
    let evidence = |(index, at)| Evidence::of_revision(ledger, index, at, ledger.tip());
    found.into_iter().map(evidence).collect()
}

fn big_ledger() -> Ledger {
    Ledger::new(19, 120, Mix::Mixed)
}

#[test]
fn revisions_of_documents() {
    for evidence in revisions(&big_ledger(), |one| matches!(one.content, Content::Data(_))) {
        flip_answer(&evidence, 300);
    }
}

#[test]
fn redacted_revisions() {
    for evidence in revisions(&big_ledger(), |one| {
        matches!(one.content, Content::Redacted(_))
    }) {
        flip_answer(&evidence, 300);
    }
}

#[test]
fn deleting_revisions() {
    for evidence in revisions(&big_ledger(), |one| matches!(one.content, Content::Nothing)) {
        flip_answer(&evidence, 300);
    }
}

/// What a receipt shows: a revision's hash and its proof.
fn receipt(bytes: &[u8]) -> Option<(Hash, Vec<Hash>, Address)> {
    let file = Element::read_one(bytes).ok()?;
    let fields = file.as_struct()?;
    let text = |name: &str| {
        let text = fields.get(name)?.as_struct()?.get("IonText")?;
        Element::read_one(text.as_string()?).ok()
    };
    let hash = STANDARD
        .decode(fields.get("RevisionHash")?.as_string()?)
        .ok()?;
    Some((
        hash.try_into().ok()?,
        proof::read(&text("Proof")?).ok()?,
        Address::read(&text("BlockAddress")?).ok()?,
    ))
}

#[test]
fn receipts() {
    let ledger = Ledger::new(23, 23, Mix::Vehicle);
    let (index, at) = ledger.documents().nth(5).unwrap();
    let block = &ledger.blocks[index];
    let proof = ledger.revision_proof(index, at, 22);
    let digest = ledger.digest();
    let text = evidence::receipt(
        "Vehicle",
        &block.address,
        &block.revisions()[at],
        &proof,
        &digest,
    );
    let original = receipt(text.as_bytes()).unwrap();
    let sound = Sound {
        files: vec![("receipt".into(), text.into())],
        file: 0,
        digest,
    };
    // Not covered are names of ledger, table and document, blanks, and the digest in it, which is only a claim.
    sound.flip(600, 60, |bytes, report, _| {
        let (hash, proof, address) = receipt(bytes).expect("what is verified can be read");
        assert_eq!((hash, &proof), (original.0, &original.1), "{report}");
        assert_eq!(address.strand_id, original.2.strand_id, "{report}");
        let (tip, digest) = (sound.digest.tip.sequence_no, &sound.digest.digest);
        let checked = proof::check_revision(&hash, address.sequence_no, tip, &proof, digest);
        assert_eq!(checked, Ok(()), "{report}");
        for claim in report.digests.iter().filter(|one| one.digest.0 != *digest) {
            assert_ne!(claim.verdict, DigestVerdict::Verified, "{report}");
        }
    });
}
