//! Made by one, verified by another.

use super::common::{archive, text, Form, FORMS};
use super::*;
use sealion_testkit::write::export::Format;
use sealion_testkit::Mix;

/// A journal that has deletions, redactions, and blocks with several revisions.
fn ledger() -> Ledger {
    Ledger::new(11, 48, Mix::Mixed)
}

#[test]
fn every_kind_of_revision_from_every_form_of_the_journal() {
    let ledger = ledger();
    for form in FORMS {
        let archive = archive(form, &ledger.blocks, &[9, 30], 4);
        let trusted = digest(&ledger, ledger.tip());
        let json = of_revisions(&archive, &trusted, &WantedRevisions::all());
        let report = verify(json.as_bytes(), Some(&trusted));
        assert_eq!(report.verdict(), Verdict::Verified, "{form:?} {report}");
        let items = parsed(&json)["items"].as_array().unwrap().clone();
        let with = |member: &str| {
            let text = |item: &&Value| {
                item["answer"]["Revision"]["IonText"]
                    .as_str()
                    .is_some_and(|t| t.contains(member))
            };
            items.iter().filter(text).count()
        };
        let all = ledger.documents().count();
        let (data, redacted) = (with(",data:"), with(",dataHash:"));
        // The test is worth nothing on a journal without one of the three.
        assert!(
            redacted > 0 && all > data + redacted,
            "{form:?}: {all} {data} {redacted}"
        );
        let whole = report.strands[0].revisions;
        assert!(whole.redacted >= redacted as u64 && whole.deleted > 0);
        // Who ordered the redactions came along, so nobody has to be warned.
        let odd = |finding: &&sealion::Finding| finding.severity < Severity::Note;
        assert_eq!(report.findings().iter().find(odd), None, "{report}");
        let alone = verify(json.as_bytes(), None);
        assert_eq!(alone.verdict(), Verdict::Inconclusive);
        assert!(has(&alone, Code::NoDigest, Severity::Incomplete));
    }
}

#[test]
fn each_revision_alone_at_each_tip() {
    let ledger = Ledger::new(3, 14, Mix::Vehicle);
    let archive = Memory::new().with("j", text(&ledger));
    for tip in 0..=ledger.tip() {
        let trusted = digest(&ledger, tip);
        let (empty, prover) = begun(&archive, &trusted);
        for (index, revision) in ledger.documents().filter(|(index, _)| *index <= tip) {
            let metadata = ledger.blocks[index].revisions()[revision].metadata.clone();
            let metadata = metadata.unwrap();
            let mut wanted = WantedRevisions::of_document(&metadata.id);
            wanted.version = Some(metadata.version);
            let mut bundle = empty.clone();
            let count = bundle.add_revisions(&prover, &archive, &wanted).unwrap();
            assert_eq!(count, 1);
            let json = file(&bundle);
            let report = verify(json.as_bytes(), Some(&trusted));
            assert_eq!(report.verdict(), Verdict::Verified, "{tip} {report}");
            // A digest of another tip is another one: nothing hangs under it.
            let other = digest(&ledger, (tip + 1) % ledger.blocks.len());
            let report = verify(json.as_bytes(), Some(&other));
            assert_ne!(report.verdict(), Verdict::Verified, "{tip} {report}");
        }
    }
}

#[test]
fn each_block_of_journals_from_one_block_on() {
    for blocks in 1..=9 {
        let ledger = Ledger::new(blocks, blocks, Mix::Vehicle);
        let archive = Memory::new().with("j", text(&ledger));
        let trusted = digest(&ledger, ledger.tip());
        let (empty, prover) = begun(&archive, &trusted);
        let mut all = empty.clone();
        for index in 0..blocks {
            let mut bundle = empty.clone();
            bundle.add_block(&prover, &archive, index).unwrap();
            let report = verify(file(&bundle).as_bytes(), Some(&trusted));
            assert_eq!(report.verdict(), Verdict::Verified, "{report}");
            // Twice the same is once.
            all.add_block(&prover, &archive, blocks - 1 - index)
                .unwrap();
            all.add_block(&prover, &archive, blocks - 1 - index)
                .unwrap();
        }
        let numbers: Vec<u64> = all.blocks().iter().map(|b| b.address.sequence_no).collect();
        assert_eq!(numbers, (0..blocks).collect::<Vec<_>>());
        let report = verify(file(&all).as_bytes(), Some(&trusted));
        assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    }
}

#[test]
fn answers_that_lie_beside_the_export_do_not_stand_before_it() {
    use sealion_testkit::write::evidence::get_block;
    let ledger = ledger();
    let trusted = digest(&ledger, ledger.tip());
    let mut archive = Memory::new().with("j", text(&ledger));
    for index in 0..=ledger.tip() {
        let proof = ledger.block_proof(index, ledger.tip());
        for name in ["a", "z"] {
            let answer = get_block(&ledger.blocks[index], Some(&proof));
            archive = archive.with(format!("{name}{index}"), answer.into_bytes());
        }
    }
    let json = of_revisions(&archive, &trusted, &WantedRevisions::all());
    let alone = Memory::new().with("j", text(&ledger));
    let same = of_revisions(&alone, &trusted, &WantedRevisions::all());
    assert_eq!(parsed(&json)["items"], parsed(&same)["items"]);
}

#[test]
fn several_documents_in_one_pass() {
    let ledger = ledger();
    let archive = Memory::new().with("j", text(&ledger));
    let trusted = digest(&ledger, ledger.tip());
    let ids: Vec<String> = ledger
        .documents()
        .map(|(block, revision)| {
            ledger.blocks[block].revisions()[revision]
                .metadata
                .clone()
                .unwrap()
                .id
        })
        .collect();
    let mut wanted = WantedRevisions::all();
    wanted.document_ids = ids.iter().step_by(3).cloned().collect();
    let json = of_revisions(&archive, &trusted, &wanted);
    let expected = ids
        .iter()
        .filter(|id| wanted.document_ids.contains(*id))
        .count();
    assert!(expected < ids.len());
    let items = parsed(&json)["items"].as_array().unwrap().clone();
    let revisions = items.iter().filter(|item| item["document_id"].is_string());
    assert_eq!(revisions.count(), expected);
    let report = verify(json.as_bytes(), Some(&trusted));
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
}

#[test]
fn what_its_maker_says_is_in_it_and_one_input_gives_one_file() {
    let ledger = ledger();
    let archive = Memory::new().with("j", text(&ledger));
    let trusted = digest(&ledger, ledger.tip());
    let (mut bundle, prover) = begun(&archive, &trusted);
    let wanted = WantedRevisions::of_document(first_document(&ledger));
    bundle.add_revisions(&prover, &archive, &wanted).unwrap();
    assert_eq!(file(&bundle), of_revisions(&archive, &trusted, &wanted));
    assert_eq!(parsed(&file(&bundle)).get("date"), None);
    bundle.dated("the 3rd of May");
    let value = parsed(&file(&bundle));
    assert_eq!(value["date"], "the 3rd of May");
    assert_eq!(value["rests_on"]["digest_from"], "digest.json");
    assert_eq!(value["rests_on"]["trusted_by_maker"], true);
    assert_eq!(value["report"]["verdict"], "verified");
    // Nobody vouched for this one.
    let (prover, report) = Prover::of(&Verifier::new(), &archive).unwrap();
    let mut bundle = Bundle::new(prover.digest(7).unwrap(), report);
    bundle.add_block(&prover, &archive, 5).unwrap();
    let value = parsed(&file(&bundle));
    assert_eq!(value["rests_on"]["trusted_by_maker"], false);
    assert_eq!(value["report"]["verdict"], "consistent");
}

#[test]
fn the_digest_is_shown_to_be_compared_by_voice() {
    let ledger = ledger();
    let archive = Memory::new().with("j", text(&ledger));
    let trusted = digest(&ledger, ledger.tip());
    let wanted = WantedRevisions::of_document(first_document(&ledger));
    let json = of_revisions(&archive, &trusted, &wanted);
    let report = verify(json.as_bytes(), None);
    let findings = report.findings();
    let finding = findings.iter().find(|f| f.code == Code::NoDigest).unwrap();
    let hex = format!("{:x}", trusted.hash);
    assert!(finding.message.replace(' ', "").contains(&hex), "{report}");
    assert!(finding.message.contains(&hex[..4]) && !finding.message.contains(&hex[..8]));
    let tip = format!("tip: block {} of strand", ledger.tip());
    assert!(finding.message.contains(&tip), "{report}");
    assert_eq!(finding.claimed, Some(trusted.to_string()));
    // Somebody vouches for another ledger only.
    let other = digest(&Ledger::new(99, 48, Mix::Vehicle), 47);
    let other = Digest {
        strand_id: Some(StrandId::new("another strand")),
        ..other
    };
    let report = verify(json.as_bytes(), Some(&other));
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report}");
    assert!(has(&report, Code::NoDigest, Severity::Incomplete));
}

#[test]
fn what_cannot_be_proven_makes_no_bundle() {
    let ledger = ledger();
    let trusted = digest(&ledger, ledger.tip());
    // JSON has lost types: of blocks always, of some revisions.
    let json = archive(Form::Export(Format::Json), &ledger.blocks, &[], 1);
    let (mut bundle, prover) = begun(&json, &trusted);
    let refused = bundle.add_revisions(&prover, &json, &WantedRevisions::all());
    assert!(refused.unwrap_err().to_string().contains("JSON"));
    assert!(bundle.add_block(&prover, &json, 3).is_err());
    assert!(bundle.revisions().is_empty() && bundle.blocks().is_empty());
    // Nothing in it.
    assert!(bundle
        .to_json()
        .unwrap_err()
        .to_string()
        .contains("at least one"));
    // Another digest than the journal's.
    let archive = Memory::new().with("j", text(&ledger));
    let (bundle, prover) = begun(&archive, &trusted);
    let mut wrong = Bundle::new(
        digest(&Ledger::new(5, 48, Mix::Tiny), 47),
        verify(b"", None),
    );
    assert!(wrong.add_block(&prover, &archive, 3).is_err());
    let mut late = bundle.clone();
    assert!(late.add_block(&prover, &archive, 48).is_err());
}

fn first_document(ledger: &Ledger) -> String {
    let (block, revision) = ledger.documents().next().unwrap();
    let revision = &ledger.blocks[block].revisions()[revision];
    revision.metadata.clone().unwrap().id
}
