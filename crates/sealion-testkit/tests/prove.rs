//! Proofs made from journals: those that the service would have given, in every form
//! of the journal, and only of what verifies.

mod common;

use common::{archive, object, text, Form, FORMS};
use sealion::merkle::IndexFile;
use sealion::prove::{ProveError, ProvenRevision, WantedRevisions};
use sealion::source::Memory;
use sealion::{Digest, Hash, Prover, State, StrandId, Verdict, Verifier};
use sealion_testkit::write::evidence;
use sealion_testkit::write::export::Format;
use sealion_testkit::{Ledger, Mix, Rng};
use std::io::{Seek, Write};

fn prover(archive: &Memory) -> Prover {
    Prover::of(&Verifier::new(), archive).unwrap().0
}

fn hashes(plain: &[[u8; 32]]) -> Vec<Hash> {
    plain.iter().map(|hash| Hash(*hash)).collect()
}

fn digest(ledger: &Ledger, tip: usize) -> Digest {
    let made = ledger.digest_at(tip);
    Digest {
        hash: Hash(made.digest),
        strand_id: Some(StrandId::new(&made.tip.strand_id)),
        sequence_no: Some(made.tip.sequence_no),
    }
}

/// All revisions that can be proven, and why others cannot.
fn revisions(
    prover: &Prover,
    archive: &Memory,
    wanted: &WantedRevisions,
    tip: usize,
) -> (Vec<ProvenRevision>, Vec<String>) {
    let (mut all, mut skipped) = (Vec::new(), Vec::new());
    let count = prover
        .revisions(
            archive,
            wanted,
            tip as u64,
            &mut |one| {
                all.push(one);
                Ok(())
            },
            &mut |why| skipped.push(why),
        )
        .unwrap();
    assert_eq!(count, all.len() as u64);
    (all, skipped)
}

fn verdict(file: &str, digest: &Digest) -> Verdict {
    let archive = Memory::new().with("proof.json", file.as_bytes().to_vec());
    let report = Verifier::new().against(digest.clone()).verify(&archive);
    report.unwrap().verdict()
}

#[test]
fn every_block_at_every_tip_has_the_services_proof() {
    let ledger = Ledger::new(5, 130, Mix::Tiny);
    let archive = Memory::new().with("j", text(&ledger));
    let prover = prover(&archive);
    for tip in 0..130 {
        assert_eq!(prover.digest(tip as u64).unwrap(), digest(&ledger, tip));
        for index in 0..=tip {
            let proof = prover.block_proof(index as u64, tip as u64).unwrap();
            assert_eq!(proof.0, hashes(&ledger.block_proof(index, tip)));
            let path = sealion_reference::consistency_path(index + 1, &ledger.hashes[..=tip]);
            let proof = prover.consistency_proof(index as u64, tip as u64);
            assert_eq!(proof.unwrap().0, hashes(&path));
        }
    }
    let after = prover.block_proof(5, 4);
    assert!(matches!(after, Err(ProveError::OutOfTree { .. })));
    assert!(matches!(prover.digest(130), Err(ProveError::Tip { .. })));
}

#[test]
fn journals_of_any_length_are_proven_block_by_block() {
    for blocks in 1..=18 {
        let ledger = Ledger::new(blocks, blocks, Mix::Vehicle);
        let archive = Memory::new().with("j", text(&ledger));
        let prover = prover(&archive);
        let tip = ledger.tip();
        for index in 0..=tip {
            let proven = prover.block(&archive, index as u64, tip as u64).unwrap();
            let file = proven.to_aws_json();
            let trusted = digest(&ledger, tip);
            assert_eq!(verdict(&file, &trusted), Verdict::Verified, "{file}");
        }
    }
}

#[test]
fn answers_are_those_of_the_service_whatever_the_journal_was_kept_in() {
    let ledger = Ledger::new(11, 24, Mix::Mixed);
    let tip = ledger.tip();
    let trusted = digest(&ledger, tip);
    for form in FORMS {
        let archive = archive(form, &ledger.blocks, &[7, 15], 3);
        let prover = prover(&archive);
        let (all, skipped) = revisions(&prover, &archive, &WantedRevisions::all(), tip);
        assert!(skipped.is_empty(), "{form:?} {skipped:?}");
        let expected: Vec<_> = ledger.documents().collect();
        assert_eq!(all.len(), expected.len(), "{form:?}");
        for (proven, (index, revision)) in all.iter().zip(expected) {
            let proof = ledger.revision_proof(index, revision, tip);
            assert_eq!(proven.proof.0, hashes(&proof), "{form:?}");
            let file = proven.to_aws_json().unwrap();
            assert_eq!(verdict_of_kind(&file, &trusted), (true, true), "{file}");
            let receipt = proven.to_receipt_json();
            assert_eq!(verdict(&receipt, &trusted), Verdict::Verified, "{receipt}");
        }
        for index in [0, 7, tip] {
            let proven = prover.block(&archive, index as u64, tip as u64).unwrap();
            assert_eq!(verdict(&proven.to_aws_json(), &trusted), Verdict::Verified);
            let made = ledger.block_proof(index, tip);
            let services = evidence::get_block(&ledger.blocks[index], Some(&made));
            let (ours, services) = (value(&proven.to_aws_json()), value(&services));
            assert_eq!(ours["Proof"], services["Proof"]);
            assert_eq!(ion(&ours, "Block"), ion(&services, "Block"), "{form:?}");
        }
    }
}

fn value(json: &str) -> serde_json::Value {
    serde_json::from_str(json).unwrap()
}

fn ion(answer: &serde_json::Value, name: &str) -> ion_rs::Element {
    ion_rs::Element::read_one(answer[name]["IonText"].as_str().unwrap()).unwrap()
}

/// Whether the file verifies, and whether every change of one hash or digit of it
/// does not.
fn verdict_of_kind(file: &str, digest: &Digest) -> (bool, bool) {
    let good = verdict(file, digest) == Verdict::Verified;
    // The last character of each hash but its padding, and the first of each.
    let hashes: Vec<usize> = file.match_indices("{{").map(|(at, _)| at + 2).collect();
    let changed = hashes.iter().all(|&at| {
        let mut bytes = file.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        verdict(std::str::from_utf8(&bytes).unwrap(), digest) != Verdict::Verified
    });
    (good, changed)
}

#[test]
fn json_gives_receipts_where_its_data_could_be_restored_and_says_where_not() {
    let ledger = Ledger::new(2, 20, Mix::Vehicle);
    let form = Form::Export(Format::Json);
    let archive = archive(form, &ledger.blocks, &[], 1);
    let prover = prover(&archive);
    let tip = ledger.tip();
    let (all, skipped) = revisions(&prover, &archive, &WantedRevisions::all(), tip);
    assert_eq!(all.len() + skipped.len(), ledger.documents().count());
    assert!(!all.is_empty());
    for proven in &all {
        assert_eq!(proven.to_aws_json(), None);
        let receipt = proven.to_receipt_json();
        let trusted = digest(&ledger, tip);
        assert_eq!(verdict(&receipt, &trusted), Verdict::Verified);
    }
    let refused = prover.block(&archive, 3, tip as u64).map(|_| ());
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("JSON"), "{error}");
}

#[test]
fn documents_tables_versions_and_blocks_are_chosen() {
    let ledger = Ledger::new(9, 40, Mix::Vehicle);
    let archive = Memory::new().with("j", text(&ledger));
    let prover = prover(&archive);
    let tip = ledger.tip();
    let (all, _) = revisions(&prover, &archive, &WantedRevisions::all(), tip);
    let some = &all[all.len() / 2];
    let mut wanted = WantedRevisions::of_document(&some.document_id);
    let same = |one: &&ProvenRevision| one.document_id == some.document_id;
    let (own, _) = revisions(&prover, &archive, &wanted, tip);
    assert_eq!(own.len(), all.iter().filter(same).count());
    assert!(own.iter().all(|one| same(&one)));
    wanted.version = Some(some.version);
    wanted.sequence_no = Some(some.address.sequence_no);
    let (own, _) = revisions(&prover, &archive, &wanted, tip);
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].hash, some.hash);
    let mut wanted = WantedRevisions::all();
    wanted.table_name = some.table_name.clone();
    assert!(wanted.table_name.is_some());
    let (of_table, _) = revisions(&prover, &archive, &wanted, tip);
    assert!(!of_table.is_empty() && of_table.len() <= all.len());
    wanted.table_name = Some("no such table".to_owned());
    assert!(revisions(&prover, &archive, &wanted, tip).0.is_empty());
}

#[test]
fn what_does_not_verify_is_not_proven() {
    let mut ledger = Ledger::new(4, 12, Mix::Vehicle);
    let tip = ledger.tip();
    let trusted = digest(&ledger, tip);
    let good = Memory::new().with("j", text(&ledger));
    let other = trusted.hash.0.map(|byte| byte ^ 1);
    let wrong = Digest {
        hash: Hash(other),
        ..trusted.clone()
    };
    let refused = Prover::of(&Verifier::new().against(wrong.clone()), &good);
    assert!(matches!(refused.err(), Some(ProveError::Fails(_))));
    let refused = prover(&good).tip_of(&wrong);
    assert!(matches!(refused, Err(ProveError::OtherDigest { .. })));
    assert_eq!(prover(&good).tip_of(&trusted).unwrap(), tip as u64);
    // A gap, a missing start, a changed block.
    for left_out in [0, 5] {
        let mut blocks = ledger.blocks.clone();
        blocks.remove(left_out);
        let bytes = object(Form::Export(Format::Text), &blocks, &mut Rng::new(0));
        let archive = Memory::new().with("j", bytes);
        let refused = Prover::of(&Verifier::new(), &archive);
        assert!(
            matches!(
                refused.err(),
                Some(ProveError::Incomplete { .. } | ProveError::Strand(_))
            ),
            "{left_out}"
        );
    }
    ledger.blocks[6].block_hash[3] ^= 1;
    let changed = Memory::new().with("j", text(&ledger));
    let refused = Prover::of(&Verifier::new(), &changed);
    assert!(matches!(refused.err(), Some(ProveError::Fails(_))));
    // An index of the good journal does not prove blocks of the changed one.
    let refused = prover(&good).block(&changed, 6, tip as u64);
    assert!(refused.is_err());
}

#[test]
fn an_index_in_a_file_gives_the_same_and_a_changed_one_nothing() {
    let ledger = Ledger::new(8, 20, Mix::Vehicle);
    let archive = Memory::new().with("j", text(&ledger));
    let (index, strand_id, _) = Prover::index(&Verifier::new(), &archive).unwrap();
    let mut bytes = Vec::new();
    index.write(&strand_id, &mut bytes).unwrap();
    let open = |bytes: &[u8]| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        Prover::from_index(&Verifier::new(), IndexFile::open(file).unwrap())
    };
    let tip = ledger.tip() as u64;
    let trusted = digest(&ledger, ledger.tip());
    let whole = open(&bytes);
    let start = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for sequence_no in 0..=tip {
        let proven = whole.block(&archive, sequence_no, tip).unwrap();
        assert_eq!(
            proven.proof,
            prover(&archive).block_proof(sequence_no, tip).unwrap()
        );
    }
    for at in (start..bytes.len()).step_by(32) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let prover = open(&changed);
        for sequence_no in 0..=tip {
            let proven = prover.block(&archive, sequence_no, tip);
            // Whatever is still given out folds to the digest it names; and that is
            // the true one only if the node has no part in it.
            if let Ok(proven) = proven {
                let own = verdict(&proven.to_aws_json(), &proven.digest);
                assert_eq!(own, Verdict::Verified);
                let true_one = verdict(&proven.to_aws_json(), &trusted);
                assert_eq!(true_one == Verdict::Verified, proven.digest == trusted);
            }
        }
    }
}

/// What a run over the first blocks leaves.
fn saved(ledger: &Ledger, cut: usize) -> State {
    let archive = part(ledger, 0, cut);
    let report = Verifier::new().save_state(true).verify(&archive).unwrap();
    report.state().unwrap().clone()
}

/// Blocks `first..end` as an export.
fn part(ledger: &Ledger, first: usize, end: usize) -> Memory {
    let blocks = &ledger.blocks[first..end];
    let bytes = object(Form::Export(Format::Text), blocks, &mut Rng::new(0));
    Memory::new().with("later", bytes)
}

fn on_top_of(state: &State, verifier: &Verifier, archive: &Memory) -> Result<Prover, ProveError> {
    let (index, strand_id, _) = Prover::index_on_top_of(verifier, state, archive)?;
    Ok(Prover::with_index(verifier, index, strand_id))
}

#[test]
fn on_top_of_a_state_the_later_part_gives_the_proofs_of_the_whole_journal() {
    let ledger = Ledger::new(12, 20, Mix::Vehicle);
    let (end, tip) = (ledger.blocks.len(), ledger.tip() as u64);
    let all = part(&ledger, 0, end);
    let whole = prover(&all);
    let trusting = Verifier::new().against(digest(&ledger, ledger.tip()));
    for cut in 1..end {
        let (state, first) = (saved(&ledger, cut), cut as u64);
        let later = part(&ledger, cut, end);
        let made = on_top_of(&state, &trusting, &later).unwrap();
        for at in first..=tip {
            for tip in at..=tip {
                let proof = whole.block_proof(at, tip).unwrap();
                assert_eq!(
                    made.block_proof(at, tip).unwrap(),
                    proof,
                    "{cut} {at} {tip}"
                );
            }
            let ours = made.block(&later, at, tip).unwrap().to_aws_json();
            assert_eq!(ours, whole.block(&all, at, tip).unwrap().to_aws_json());
        }
        for from in first - 1..=tip {
            assert_eq!(made.digest(from).unwrap(), whole.digest(from).unwrap());
            let proof = whole.consistency_proof(from, tip).unwrap();
            assert_eq!(made.consistency_proof(from, tip).unwrap(), proof);
        }
        let wanted = WantedRevisions::all();
        let (mut expected, _) = revisions(&whole, &all, &wanted, ledger.tip());
        expected.retain(|one| one.address.sequence_no >= first);
        let (found, skipped) = revisions(&made, &later, &wanted, ledger.tip());
        assert!(skipped.is_empty(), "{skipped:?}");
        let texts = |all: &[ProvenRevision]| all.iter().map(|one| one.to_aws_json()).collect();
        let (found, expected): (Vec<_>, Vec<_>) = (texts(&found), texts(&expected));
        assert_eq!(found, expected, "{cut}");
        // Inputs that reach further back than the state's end are no hindrance.
        for reach in [0, cut / 2] {
            let reaching = on_top_of(&state, &trusting, &part(&ledger, reach, end)).unwrap();
            let proof = whole.block_proof(tip, tip).unwrap();
            assert_eq!(reaching.block_proof(tip, tip).unwrap(), proof);
            assert_eq!(reaching.block_proof(0, tip).is_ok(), reach == 0, "{cut}");
        }
    }
}

#[test]
fn blocks_in_the_state_are_not_proven_and_named() {
    let ledger = Ledger::new(12, 20, Mix::Vehicle);
    let (end, tip) = (ledger.blocks.len(), ledger.tip());
    let state = saved(&ledger, 11);
    let later = part(&ledger, 5, end);
    let made = on_top_of(&state, &Verifier::new(), &later).unwrap();
    let before = |error: ProveError, number: u64| {
        let typed = matches!(error, ProveError::BeforeTree { sequence_no, first: 11 } if sequence_no == number);
        assert!(typed, "{error}");
    };
    for at in 0..11 {
        before(made.block_proof(at, tip as u64).unwrap_err(), at);
        before(made.block(&later, at, tip as u64).unwrap_err(), at);
        let mut wanted = WantedRevisions::all();
        wanted.sequence_no = Some(at);
        let refused = made.revisions(&later, &wanted, tip as u64, &mut |_| Ok(()), &mut |_| {});
        before(refused.unwrap_err(), at);
    }
    // The nodes of 11 blocks stand for 8, 2 and 1: what these give is given.
    let digests = (0..11).filter(|at| made.digest(*at).is_ok());
    assert_eq!(digests.collect::<Vec<_>>(), [7, 9, 10]);
    before(made.digest(6).unwrap_err(), 6);
    before(made.consistency_proof(6, tip as u64).unwrap_err(), 6);
    // Of blocks 5 to 10, which are here, every revision is named.
    let (_, skipped) = revisions(&made, &later, &WantedRevisions::all(), tip);
    let inside = ledger.documents().filter(|(at, _)| (5..11).contains(at));
    assert_eq!(skipped.len(), inside.count());
    assert!(!skipped.is_empty() && skipped.iter().all(|why| why.contains("saved state")));
}

#[test]
fn a_changed_state_proves_nothing_under_the_journals_digest() {
    let ledger = Ledger::new(13, 24, Mix::Tiny);
    let (end, tip) = (ledger.blocks.len(), ledger.tip() as u64);
    let trusted = digest(&ledger, ledger.tip());
    let trusting = Verifier::new().against(trusted.clone());
    let mut led_elsewhere = 0;
    for cut in 1..end {
        let later = part(&ledger, cut, end);
        let honest: serde_json::Value = value(&saved(&ledger, cut).to_json());
        let nodes = honest["strands"][0]["nodes"].as_array().unwrap().len();
        let hashes = (0..nodes).map(|node| format!("/strands/0/nodes/{node}"));
        for pointer in hashes.chain(["/strands/0/last_hash".to_owned()]) {
            let other = Hash([7; 32]).to_string();
            let Some(forged) = forged(honest.clone(), &pointer, &other) else {
                continue;
            };
            let refused = on_top_of(&forged, &trusting, &later);
            assert!(
                matches!(
                    refused.err(),
                    Some(ProveError::Incomplete { .. } | ProveError::Fails(_))
                ),
                "{cut} {pointer}"
            );
            // Without a trusted digest what is given out leads to another one.
            if let Ok(prover) = on_top_of(&forged, &Verifier::new(), &later) {
                let proven = prover.block(&later, tip, tip).unwrap();
                assert_ne!(proven.digest, trusted);
                let file = proven.to_aws_json();
                assert_eq!(verdict(&file, &proven.digest), Verdict::Verified);
                assert_ne!(verdict(&file, &trusted), Verdict::Verified);
                led_elsewhere += 1;
            }
        }
    }
    assert!(led_elsewhere > 0);
    // Another journal's state, and one that starts after block 0.
    let later = part(&ledger, 12, end);
    let foreign = saved(&Ledger::new(14, 24, Mix::Tiny), 12);
    assert!(on_top_of(&foreign, &Verifier::new(), &later).is_err());
    let report = Verifier::new()
        .save_state(true)
        .verify(&part(&ledger, 5, 12));
    let middle = report.unwrap().state().unwrap().clone();
    let refused = on_top_of(&middle, &Verifier::new(), &later);
    assert!(refused.is_err());
    // A gap after the state.
    let refused = on_top_of(&saved(&ledger, 10), &Verifier::new(), &later);
    assert!(refused.is_err());
}

/// The state with one hash changed and everything that follows from it made to fit, as a forger would; `None` where
/// that cannot be done.
fn forged(mut state: serde_json::Value, pointer: &str, hash: &str) -> Option<State> {
    *state.pointer_mut(pointer).unwrap() = hash.into();
    let strand = &mut state["strands"][0];
    let nodes = strand["nodes"].as_array().unwrap().iter();
    let nodes: Vec<Hash> = nodes
        .map(|node| node.as_str().unwrap().parse().unwrap())
        .collect();
    let fold = |right: Hash, left: &Hash| Hash(sealion_reference::dot(&left.0, &right.0));
    let (last, rest) = nodes.split_last().unwrap();
    let root = rest.iter().rev().fold(*last, fold).to_string();
    strand["digest"] = root.as_str().into();
    strand["digests"] = serde_json::json!([]);
    let why = match State::from_json(state.to_string().as_bytes(), "forged") {
        Ok(state) => return Some(state),
        Err(why) => why,
    };
    let sum = why.split("its content gives ").nth(1)?;
    state["checksum"] = sum.into();
    State::from_json(state.to_string().as_bytes(), "forged").ok()
}
