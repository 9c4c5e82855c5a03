//! Documents out of journals: every revision once, each in the state that was proven.

mod common;

use common::{archive, text, Form, FORMS};
use sealion::extract::{extract, Row, RowKind, RowState, TableSource};
use sealion::prove::WantedRevisions;
use sealion::source::Memory;
use sealion::{Code, Digest, Hash, Report, Severity, StrandId, Verdict, Verifier};
use sealion_testkit::write::export::Format;
use sealion_testkit::write::{evidence, stream};
use sealion_testkit::{Ledger, Mix};
use std::collections::BTreeMap;

fn digest(ledger: &Ledger) -> Digest {
    let made = ledger.digest();
    Digest {
        hash: Hash(made.digest),
        strand_id: Some(StrandId::new(&made.tip.strand_id)),
        sequence_no: Some(made.tip.sequence_no),
    }
}

fn rows(verifier: &Verifier, archive: &Memory, last: bool) -> (Vec<Row>, Report) {
    let mut rows = Vec::new();
    let wanted = WantedRevisions::all();
    let report = extract(verifier, archive, &wanted, last, &mut |row| {
        rows.push(row);
        Ok(())
    });
    (rows, report.unwrap().report)
}

fn states(rows: &[Row]) -> BTreeMap<&'static str, usize> {
    let mut states = BTreeMap::new();
    for row in rows {
        *states.entry(row.state.as_str()).or_default() += 1;
    }
    states
}

#[test]
fn every_revision_comes_once_with_its_data_and_its_state_from_every_form() {
    let ledger = Ledger::new(11, 24, Mix::Mixed);
    let documents = ledger.documents().count();
    let trusted = Verifier::new().against(digest(&ledger));
    for form in FORMS {
        let archive = archive(form, &ledger.blocks, &[5, 15], 3);
        let (with, report) = rows(&trusted, &archive, false);
        assert_eq!(report.verdict(), Verdict::Verified, "{form:?}");
        assert_eq!(states(&with), BTreeMap::from([("verified", documents)]));
        let (without, _) = rows(&Verifier::new(), &archive, false);
        assert_eq!(
            states(&without),
            BTreeMap::from([("consistent", documents)])
        );
        for (row, (index, revision)) in with.iter().zip(ledger.documents()) {
            let made = &ledger.blocks[index].revisions()[revision];
            let metadata = made.metadata.as_ref().unwrap();
            assert_eq!(row.document_id, metadata.id);
            assert_eq!(row.address.sequence_no, index as u64);
            assert_eq!(row.revision_hash.unwrap().0.as_slice(), made.hash);
            assert_eq!(row.tx_id.as_ref(), Some(&metadata.tx_id));
            assert!(row.tx_time.is_some());
            assert_eq!(row.kind == RowKind::Document, row.data_ion.is_some());
            assert_eq!(row.data_json.is_some(), row.data_ion.is_some());
            if let (Some(text), Some(data)) = (&row.data_ion, made.to_element().as_struct()) {
                let read = ion_rs::Element::read_one(text).unwrap();
                // Floats that are no number are equal to nothing; hashes tell.
                let hash = |value| sealion_reference::ion_hash(value).unwrap();
                assert_eq!(hash(&read), hash(data.get("data").unwrap()), "{text}");
            }
        }
    }
}

#[test]
fn the_last_revision_of_each_document_alone() {
    let ledger = Ledger::new(3, 40, Mix::Vehicle);
    let archive = Memory::new().with("j", text(&ledger));
    let (all, _) = rows(&Verifier::new(), &archive, false);
    let (last, _) = rows(&Verifier::new(), &archive, true);
    let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &all {
        expected.insert(&row.document_id, row.version);
    }
    let found: BTreeMap<&str, u64> = last
        .iter()
        .map(|row| (row.document_id.as_str(), row.version))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(last.len(), expected.len());
    assert!(last.len() < all.len());
}

#[test]
fn what_is_wrong_is_marked_and_not_left_out() {
    let mut ledger = Ledger::new(3, 40, Mix::Vehicle);
    let trusted = Verifier::new().against(digest(&ledger));
    let documents = ledger.documents().count();
    let several = |block: &sealion_testkit::Block| {
        block
            .revisions()
            .iter()
            .filter(|r| r.metadata.is_some())
            .count()
            > 1
    };
    let index = ledger.blocks.iter().position(several).unwrap();
    let revisions = ledger.blocks[index].revisions.as_mut().unwrap();
    let wrong = revisions
        .iter_mut()
        .find(|revision| revision.metadata.is_some())
        .unwrap();
    wrong.metadata.as_mut().unwrap().version += 7;
    let archive = Memory::new().with("j", text(&ledger));
    let (found, report) = rows(&trusted, &archive, false);
    assert_eq!(report.verdict(), Verdict::Failed);
    assert_eq!(found.len(), documents);
    let of_block = |row: &&Row| row.address.sequence_no == index as u64;
    let there: Vec<_> = found.iter().filter(of_block).map(|row| row.state).collect();
    assert_eq!(there.iter().filter(|s| **s == RowState::Failed).count(), 1);
    let beside = there.len() - 1;
    let block_failed = there.iter().filter(|s| **s == RowState::BlockFailed);
    assert_eq!(block_failed.count(), beside);
    // The next block's link to it holds still, and all others are as they were.
    assert_eq!(states(&found)["verified"], documents - 1 - beside);
}

#[test]
fn json_rows_are_verified_only_where_their_hash_recomputes() {
    let ledger = Ledger::new(6, 30, Mix::Vehicle);
    let trusted = Verifier::new().against(digest(&ledger));
    let archive = archive(Form::Export(Format::Json), &ledger.blocks, &[9], 1);
    let (found, report) = rows(&trusted, &archive, false);
    let counts = &report.strands[0].revisions;
    let states = states(&found);
    let verified = states.get("verified").copied().unwrap_or(0) as u64;
    // A deletion that may be half of a revision recomputes, and is not said to be verified.
    let doubts = report.findings().iter();
    let doubts = doubts.filter(|f| f.code == Code::DeletionRule && f.severity == Severity::Warning);
    assert_eq!(verified + doubts.count() as u64, counts.recomputed);
    let rest = states.get("not-recomputed").copied().unwrap_or(0) as u64;
    assert_eq!(verified + rest, ledger.documents().count() as u64);
    assert!(verified > 0 && rest > 0, "{states:?}");
}

#[test]
fn table_names_say_what_they_rest_on() {
    let mut ledger = Ledger::new(6, 30, Mix::Vehicle);
    let export = Memory::new().with("j", text(&ledger));
    let (found, _) = rows(&Verifier::new(), &export, false);
    let covered = Some(TableSource::TransactionInfo);
    assert!(found.iter().all(|row| row.table_source == covered));
    // Summaries without transactionInfo; the other records name their tables.
    let mut records = stream::records(&ledger.blocks).unwrap();
    for block in &mut ledger.blocks {
        block.transaction_info = None;
    }
    let stripped = stream::records(&ledger.blocks).unwrap();
    let summary = |record: &Vec<u8>| record.windows(13).any(|part| part == b"BLOCK_SUMMARY");
    for (record, stripped) in records.iter_mut().zip(stripped) {
        if summary(record) {
            *record = stripped;
        }
    }
    let stream = Memory::new().with("s", stream::firehose(&records, false));
    let (found, _) = rows(&Verifier::new(), &stream, false);
    let recorded = Some(TableSource::StreamRecord);
    assert!(!found.is_empty());
    assert!(found
        .iter()
        .all(|row| row.table_source == recorded && row.table_name.is_some()));
    let bare = Memory::new().with("j", text(&ledger));
    let (found, _) = rows(&Verifier::new(), &bare, false);
    assert!(found.iter().all(|row| row.table_name.is_none()));
}

#[test]
fn what_came_without_its_block_or_its_text_is_counted_and_named() {
    let ledger = Ledger::new(11, 24, Mix::Vehicle);
    let tip = ledger.tip();
    let documents: Vec<(usize, usize)> = ledger.documents().collect();
    let [(first, _), .., (index, revision)] = documents[..] else {
        panic!("more documents");
    };
    let extracted = |archive: &Memory| {
        let mut rows = Vec::new();
        let found = extract(
            &Verifier::new(),
            archive,
            &WantedRevisions::all(),
            false,
            &mut |row| {
                rows.push(row);
                Ok(())
            },
        );
        (rows.len(), found.unwrap())
    };
    let proof = ledger.revision_proof(index, revision, tip);
    let own = &ledger.blocks[index].revisions()[revision];
    let answer = evidence::get_revision(own, Some(&proof));
    let block = evidence::get_block(&ledger.blocks[first], Some(&ledger.block_proof(first, tip)));
    // By themselves neither gives a row, and both are told of.
    let (rows, alone) = extracted(
        &Memory::new()
            .with("r", answer.as_bytes())
            .with("b", block.as_bytes()),
    );
    assert_eq!((rows, alone.without_block), (0, 1));
    let [(address, path)] = &alone.without_text[..] else {
        panic!("{:?}", alone.without_text);
    };
    assert_eq!((address.sequence_no, &**path), (first as u64, "b"));
    // Beside the journal that holds them they are rows as any other.
    let beside = Memory::new()
        .with("j", text(&ledger))
        .with("r", answer.as_bytes());
    let (rows, beside) = extracted(&beside.with("b", block.as_bytes()));
    assert_eq!((rows, beside.without_block), (documents.len(), 0));
    assert!(beside.without_text.is_empty());
}
