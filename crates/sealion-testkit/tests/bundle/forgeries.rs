//! What a hostile maker may try, with all hashes intact.

use super::common::text;
use super::*;
use ion_rs::Element;
use sealion_testkit::Mix;
use serde_json::json;

fn ledger() -> Ledger {
    Ledger::new(11, 48, Mix::Vehicle)
}

fn all(ledger: &Ledger, tip: usize) -> (Value, Digest) {
    let archive = Memory::new().with("j", text(ledger));
    let trusted = digest(ledger, tip);
    let json = of_revisions(&archive, &trusted, &WantedRevisions::all());
    (parsed(&json), trusted)
}

fn items(bundle: &mut Value) -> &mut Vec<Value> {
    bundle["items"].as_array_mut().unwrap()
}

fn reported(bundle: &Value, trusted: &Digest) -> Report {
    verify(bundle.to_string().as_bytes(), Some(trusted))
}

/// The text of an item's revision, if it is one.
fn revision(item: &Value) -> Option<&str> {
    item["answer"]["Revision"]["IonText"].as_str()
}

#[test]
fn data_left_out_behind_a_longer_proof_is_not_verified() {
    let ledger = ledger();
    let (mut bundle, trusted) = all(&ledger, ledger.tip());
    let with_data = |item: &Value| revision(item).is_some_and(|text| text.contains(",data:"));
    let mut item = items(&mut bundle)
        .iter()
        .find(|item| with_data(item))
        .unwrap()
        .clone();
    let element = Element::read_one(revision(&item).unwrap()).unwrap();
    let field = |name: &str| element.as_struct().unwrap().get(name).unwrap();
    let hash_of = |name| Hash(sealion_reference::ion_hash(field(name)).unwrap());
    let (data, metadata) = (hash_of("data"), hash_of("metadata"));
    let written = |name| sealion_testkit::write::evidence::ion_text(field(name));
    let (address, own) = (written("blockAddress"), written("metadata"));
    let deletion = format!("{{blockAddress:{address},hash:{{{{{metadata}}}}},metadata:{own}}}");
    let proof = item["answer"]["Proof"]["IonText"].as_str().unwrap();
    let proof = proof.replacen('[', &format!("[{{{{{data}}}}},"), 1);
    item["answer"] = json!({"Revision": {"IonText": deletion}, "Proof": {"IonText": proof}});
    *items(&mut bundle) = vec![item.clone()];
    let report = reported(&bundle, &trusted);
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    assert!(
        has(&report, Code::DeletionRule, Severity::Incomplete),
        "{report}"
    );
    // With the block, which has the data, it is a lie.
    let archive = Memory::new().with("j", text(&ledger));
    let (mut block, prover) = begun(&archive, &trusted);
    let place = item["block_address"]["sequenceNo"].as_u64().unwrap();
    block.add_block(&prover, &archive, place).unwrap();
    let block = parsed(&file(&block))["items"][0].clone();
    items(&mut bundle).push(block);
    let report = reported(&bundle, &trusted);
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
}

#[test]
fn a_revision_without_data_needs_its_block() {
    let ledger = ledger();
    let (bundle, trusted) = all(&ledger, ledger.tip());
    let kinds = [
        (",dataHash:", Code::UnrecordedRedaction),
        ("", Code::DeletionRule),
    ];
    for (mark, code) in kinds {
        let of_kind = |item: &&Value| {
            revision(item).is_some_and(|text| match mark {
                "" => !text.contains(",data:") && !text.contains(",dataHash:"),
                mark => text.contains(mark),
            })
        };
        let mut bundle = bundle.clone();
        let item = items(&mut bundle)
            .iter()
            .find(of_kind)
            .expect("one of this kind")
            .clone();
        let place = item["block_address"]["sequenceNo"].clone();
        items(&mut bundle).retain(|other| {
            other["block_address"]["sequenceNo"] != place || revision(other).is_some()
        });
        let report = reported(&bundle, &trusted);
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
        assert!(has(&report, code, Severity::Incomplete), "{report}");
        // Nor will another block do.
        *items(&mut bundle) = vec![item];
        let report = reported(&bundle, &trusted);
        assert!(has(&report, code, Severity::Incomplete), "{report}");
    }
}

#[test]
fn another_name_than_the_items_own_is_a_failure() {
    let ledger = ledger();
    let (mut bundle, trusted) = all(&ledger, ledger.tip());
    let answers: Vec<Value> = items(&mut bundle)
        .iter()
        .map(|item| item["answer"].clone())
        .collect();
    let revisions = items(&mut bundle)
        .iter()
        .filter(|item| revision(item).is_some())
        .count();
    assert!(revisions > 5);
    for index in 0..revisions {
        let mut swapped = bundle.clone();
        items(&mut swapped)[index]["answer"] = answers[(index + 1) % revisions].clone();
        let report = reported(&swapped, &trusted);
        assert_eq!(report.verdict(), Verdict::Failed, "{report}");
        assert!(has(&report, Code::Request, Severity::Failure), "{report}");
    }
}

#[test]
fn contradictory_addresses_are_a_failure() {
    let ledger = ledger();
    let (bundle, trusted) = all(&ledger, ledger.tip());
    let mut moved = bundle.clone();
    // The item and its own address agree on a place that is not the one.
    let item = &mut items(&mut moved)[0];
    let place = item["block_address"]["sequenceNo"].as_u64().unwrap();
    let text = revision(item).unwrap();
    let text = text.replace(&format!("sequenceNo:{place}"), "sequenceNo:47");
    item["answer"]["Revision"]["IonText"] = json!(text);
    assert_eq!(reported(&moved, &trusted).verdict(), Verdict::Failed);
    items(&mut moved)[0]["block_address"]["sequenceNo"] = json!(47);
    let report = reported(&moved, &trusted);
    assert_eq!(report.verdict(), Verdict::Failed, "{report}");
    assert!(
        has(&report, Code::ProofShape, Severity::Failure),
        "{report}"
    );
}

#[test]
fn the_same_hash_at_another_tip_is_never_verified() {
    let ledger = ledger();
    let (bundle, trusted) = all(&ledger, ledger.tip());
    let address = bundle["digest"]["DigestTipAddress"]["IonText"]
        .as_str()
        .unwrap()
        .to_owned();
    for tip in (0..130).filter(|tip| *tip != ledger.tip()) {
        let mut moved = bundle.clone();
        let own = format!("sequenceNo:{}", ledger.tip());
        let other = address.replace(&own, &format!("sequenceNo:{tip}"));
        moved["digest"]["DigestTipAddress"]["IonText"] = json!(other);
        let report = reported(&moved, &trusted);
        assert_eq!(report.verdict(), Verdict::Failed, "{tip} {report}");
    }
}

#[test]
fn proofs_or_items_of_another_tip_or_ledger_do_not_mix() {
    let ledger = ledger();
    let (now, trusted) = all(&ledger, ledger.tip());
    let (then, _) = all(&ledger, 30);
    // An older proof, true in itself, under a digest that it does not lead to.
    let mut mixed = now.clone();
    items(&mut mixed)[0]["answer"]["Proof"] = then["items"][0]["answer"]["Proof"].clone();
    let report = reported(&mixed, &trusted);
    assert!(has(&report, Code::Proof, Severity::Failure), "{report}");
    // All of it older, but for the digest; and the digest but for the rest.
    let mut mixed = then.clone();
    mixed["digest"] = now["digest"].clone();
    assert_eq!(reported(&mixed, &trusted).verdict(), Verdict::Failed);
    let mut mixed = now.clone();
    mixed["digest"] = then["digest"].clone();
    assert_eq!(reported(&mixed, &trusted).verdict(), Verdict::Failed);
    // An item of another ledger, with and without a digest of that one.
    let (other, others) = all(&Ledger::new(12, 48, Mix::Vehicle), 47);
    let mut mixed = now.clone();
    items(&mut mixed).push(other["items"][0].clone());
    let file = mixed.to_string();
    for others in [None, Some(&others)] {
        let archive = Memory::new().with("b", file.clone().into_bytes());
        let mut verifier = Verifier::new().against(trusted.clone());
        if let Some(digest) = others {
            verifier = verifier.against(digest.clone());
        }
        let report = verifier.verify(&archive).unwrap();
        assert_eq!(report.verdict(), Verdict::Failed, "{report}");
        assert!(has(&report, Code::Proof, Severity::Failure), "{report}");
    }
}

#[test]
fn a_journal_made_anew_is_consistent_with_itself_and_nothing_more() {
    let (_, trusted) = all(&ledger(), 47);
    let mut forged = Ledger::new(11, 48, Mix::Vehicle);
    forged.blocks.truncate(47);
    let forged = Ledger::of(forged.blocks);
    let (bundle, own) = all(&forged, forged.tip());
    assert_eq!(reported(&bundle, &own).verdict(), Verdict::Verified);
    assert_ne!(reported(&bundle, &trusted).verdict(), Verdict::Verified);
    let alone = verify(bundle.to_string().as_bytes(), None);
    assert_eq!(alone.verdict(), Verdict::Inconclusive);
}

#[test]
fn what_its_maker_says_changes_nothing() {
    let ledger = ledger();
    let (mut bundle, trusted) = all(&ledger, ledger.tip());
    items(&mut bundle)[0]["version"] = json!(77);
    bundle["report"] = json!({"report_version": 1, "verdict": "verified"});
    bundle["rests_on"]["trusted_by_maker"] = json!(true);
    bundle["what_this_is"] = json!("VERIFIED: no need to check\u{1b}[2J");
    assert_eq!(reported(&bundle, &trusted).verdict(), Verdict::Failed);
    let alone = verify(bundle.to_string().as_bytes(), None);
    assert_eq!(alone.verdict(), Verdict::Failed);
    assert!(!alone.to_string().contains('\u{1b}'));
}
