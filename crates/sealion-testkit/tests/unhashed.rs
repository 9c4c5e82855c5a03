//! What hashes alone do not show is said: content that is told twice, told beside its hash, told without a place, or
//! left out.

mod common;

use common::{object, text, FORMS};
use ion_rs::Element;
use sealion::extract::{extract, Extraction, Row, RowKind, RowState};
use sealion::prove::WantedRevisions;
use sealion::source::Memory;
use sealion::{Code, Report, Severity, Verdict, Verifier};
use sealion_testkit::agree::trusted;
use sealion_testkit::block::{Content, Revision};
use sealion_testkit::write::{
    evidence,
    export::Format,
    shapes::{as_json, as_text},
    stream,
};
use sealion_testkit::{Ledger, Mix, Rng};

fn verify(ledger: &Ledger, archive: &Memory) -> Report {
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    sealion_testkit::agree::engines(archive, &verifier)
}

fn count(report: &Report, code: Code, severity: Severity) -> usize {
    let all = report.findings().iter();
    all.filter(|found| (found.code, found.severity) == (code, severity))
        .count()
}

/// Block and revision of the first document with data.
fn with_data(ledger: &Ledger) -> (usize, usize) {
    let mut documents = ledger.documents();
    let data = |(index, at): &(usize, usize)| {
        matches!(
            ledger.blocks[*index].revisions()[*at].content,
            Content::Data(_)
        )
    };
    documents.find(data).unwrap()
}

#[test]
fn a_data_hash_beside_data_must_be_the_hash_of_the_data() {
    let ledger = Ledger::new(6, 8, Mix::Tiny);
    let (index, at) = with_data(&ledger);
    let revision = &ledger.blocks[index].revisions()[at];
    let Content::Data(data) = &revision.content else {
        panic!("it has data");
    };
    let genuine = sealion_reference::ion_hash(data).unwrap();
    for format in [Format::Text, Format::Binary, Format::Json] {
        for bit in [None, Some(0), Some(77), Some(255)] {
            let mut hash = genuine;
            if let Some(bit) = bit {
                hash[bit / 8] ^= 1 << (bit % 8);
            }
            let blocks: Vec<Element> = ledger
                .blocks
                .iter()
                .enumerate()
                .map(|(number, block)| {
                    let block = block.to_element();
                    if number != index {
                        return block;
                    }
                    with_more(&block, at, &hash)
                })
                .collect();
            let bytes = format.encode(&blocks, &Rng::new(0)).unwrap();
            let report = verify(&ledger, &Memory::new().with("j", bytes));
            let wrong = count(&report, Code::RevisionHash, Severity::Failure);
            assert_eq!(wrong, usize::from(bit.is_some()), "{format:?} {report}");
            assert_eq!(
                report.verdict() == Verdict::Verified,
                bit.is_none(),
                "{format:?} {report}"
            );
        }
    }
}

/// The block with a `dataHash` in one of its revisions.
fn with_more(block: &Element, at: usize, hash: &[u8]) -> Element {
    let fields = block.as_struct().unwrap().fields().map(|(name, value)| {
        let name = name.text().unwrap().to_owned();
        if name != "revisions" {
            return (name, value.clone());
        }
        let list = value.as_sequence().unwrap().elements().enumerate();
        let list = list.map(|(index, revision)| match index == at {
            true => {
                let fields = revision.as_struct().unwrap().fields();
                let fields =
                    fields.map(|(name, value)| (name.text().unwrap().to_owned(), value.clone()));
                let more = ("dataHash".to_owned(), Element::blob(hash));
                ion_rs::Struct::from_iter(fields.chain([more])).into()
            }
            false => revision.clone(),
        });
        (name, ion_rs::List::from_iter(list).into())
    });
    ion_rs::Struct::from_iter(fields).into()
}

#[test]
fn details_without_a_place_are_checked_and_placed_by_their_hash() {
    let ledger = Ledger::new(6, 8, Mix::Vehicle);
    let (index, at) = with_data(&ledger);
    let journal = text(&ledger);
    for forged in [false, true] {
        let mut revision = ledger.blocks[index].revisions()[at].clone();
        revision.address = None;
        if forged {
            revision.metadata.as_mut().unwrap().version ^= 1;
        }
        let element = revision.to_element();
        let details = [("revision", element.clone())];
        let details: Element = ion_rs::Struct::from_iter(details).into();
        let record = stream::record("REVISION_DETAILS", details).unwrap();
        let row = evidence::ion_text(&element);
        let answer = evidence::get_revision::<[u8; 32]>(&revision, None);
        for (name, bytes) in [
            ("record", record),
            ("row", row.into_bytes()),
            ("answer", answer.into_bytes()),
        ] {
            let beside = Memory::new().with("j", journal.clone());
            for (memory, placed) in [(Memory::new(), false), (beside, true)] {
                let report = verify(&ledger, &memory.with("details", bytes.clone()));
                let wrong = count(&report, Code::RevisionHash, Severity::Failure);
                assert_eq!(wrong, usize::from(forged), "{name} {report}");
                // Its hash is its place, where a block has it.
                let verified = report.verdict() == Verdict::Verified;
                assert_eq!(verified, placed && !forged, "{name} {report}");
                let open = count(&report, Code::Gap, Severity::Incomplete);
                assert_eq!(open, usize::from(!placed && !forged), "{name} {report}");
            }
        }
    }
}

#[test]
fn of_two_details_the_genuine_one_is_joined_in_any_order() {
    let ledger = Ledger::new(6, 8, Mix::Vehicle);
    let (index, at) = with_data(&ledger);
    let mut other = ledger.clone();
    let victim = &mut other.blocks[index].revisions.as_mut().unwrap()[at];
    victim.content = Content::Data(Element::read_one("{owner:\"Mallory\"}").unwrap());
    let genuine = stream::whole(&ledger.blocks).unwrap();
    let forged = stream::records(&other.blocks[index..=index]).unwrap();
    for order in [[&genuine[..], &forged[..]], [&forged[..], &genuine[..]]] {
        let archive = Memory::new().with("s", stream::firehose(&order.concat(), false));
        let report = verify(&ledger, &archive);
        assert_eq!(report.verdict(), Verdict::Failed);
        assert_eq!(
            count(&report, Code::DuplicateRevision, Severity::Failure),
            1,
            "{report}"
        );
        assert_eq!(
            count(&report, Code::RevisionHash, Severity::Failure),
            1,
            "{report}"
        );
        let (rows, _) = rows(&ledger, &archive, false);
        assert_eq!(rows.len(), ledger.documents().count());
        let mallory = |row: &&Row| {
            row.data_json
                .as_ref()
                .is_some_and(|data| data.contains("Mallory"))
        };
        assert_eq!(rows.iter().find(mallory).map(|row| row.state), None);
        // A deletion beside an internal revision may be half of one, in this copy as in any.
        let sure = |row: &&Row| row.kind != RowKind::Deleted;
        assert!(rows
            .iter()
            .filter(sure)
            .all(|row| row.state == RowState::Verified));
        assert!(rows.iter().all(|row| row.state <= RowState::NotRecomputed));
    }
    // Delivered twice, it is one.
    let twice = [&genuine[..], &genuine[..]].concat();
    let report = verify(
        &ledger,
        &Memory::new().with("s", stream::firehose(&twice, false)),
    );
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
}

#[test]
fn of_two_details_that_name_different_tables_one_is_wrong_in_any_order() {
    let ledger = Ledger::new(6, 8, Mix::Vehicle);
    let genuine = stream::whole(&ledger.blocks).unwrap();
    let (index, _) = with_data(&ledger);
    let records = stream::records(&ledger.blocks[index..=index]).unwrap();
    let details = as_text(&Element::read_one(&records[1]).unwrap());
    let other = details.replacen("tableName:\"", "tableName:\"Other", 1);
    assert_ne!(other, details);
    for (name, text, wrong) in [("a", &other, 2), ("z", &other, 1), ("z", &details, 0)] {
        let archive = Memory::new().with("s", stream::firehose(&genuine, false));
        let report = verify(&ledger, &archive.with(name, text.as_bytes()));
        assert_eq!(
            count(&report, Code::Address, Severity::Failure),
            wrong,
            "{name} {report}"
        );
    }
}

fn rows(ledger: &Ledger, archive: &Memory, last: bool) -> (Vec<Row>, Extraction) {
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    let mut rows = Vec::new();
    let found = extract(
        &verifier,
        archive,
        &WantedRevisions::all(),
        last,
        &mut |row| {
            rows.push(row);
            Ok(())
        },
    );
    (rows, found.unwrap())
}

#[test]
fn one_version_told_twice_without_its_block_is_a_failure() {
    let ledger = Ledger::new(6, 12, Mix::Vehicle);
    let documents: Vec<_> = ledger.documents().collect();
    let (index, at) = documents[0];
    let (elsewhere, _) = documents[documents.len() - 1];
    let revision = &ledger.blocks[index].revisions()[at];
    let mut other = revision.clone();
    other.content = Content::Data(Element::read_one("{owner:\"Mallory\"}").unwrap());
    other.hash = other.computed_hash().unwrap().to_vec();
    let mut moved = revision.clone();
    moved.address = Some(ledger.blocks[elsewhere].address.clone());
    let row =
        |revision: &sealion_testkit::block::Revision| evidence::ion_text(&revision.to_element());
    let genuine = Memory::new().with("a", row(revision).into_bytes());
    let found = |archive: &Memory| {
        let report = sealion_testkit::agree::engines(archive, &Verifier::new());
        let count = |code| count(&report, code, Severity::Failure);
        count(Code::DuplicateRevision) + count(Code::SameHash)
    };
    assert_eq!(found(&genuine), 0);
    assert_eq!(
        found(&genuine.clone().with("b", row(revision).into_bytes())),
        0
    );
    assert_eq!(
        found(&genuine.clone().with("b", row(&other).into_bytes())),
        1
    );
    assert_eq!(found(&genuine.with("0", row(&other).into_bytes())), 1);
    // Beside a journal without the block that is named.
    let form = common::Form::Export(Format::Text);
    let journal = object(form, &ledger.blocks[..elsewhere], &mut Rng::new(0));
    let beside = |revision| {
        Memory::new()
            .with("j", journal.clone())
            .with("r", row(revision).into_bytes())
    };
    assert_eq!(found(&beside(revision)), 0);
    assert_eq!(found(&beside(&moved)), 1);
}

#[test]
fn a_redacted_or_deleted_revision_alone_is_warned_of() {
    let ledger = Ledger::new(11, 48, Mix::Mixed);
    let tip = ledger.tip();
    let mut seen = [0; 3];
    for (index, at) in ledger.documents() {
        let revision = &ledger.blocks[index].revisions()[at];
        let proof = ledger.revision_proof(index, at, tip);
        let answer = evidence::get_revision(revision, Some(&proof));
        let alone = Memory::new().with("r", answer.as_bytes());
        let report = verify(&ledger, &alone);
        let warnings = [
            count(&report, Code::UnrecordedRedaction, Severity::Warning),
            count(&report, Code::DeletionRule, Severity::Warning),
        ];
        let (kind, expected) = match &revision.content {
            Content::Data(_) => (0, [0, 0]),
            Content::Redacted(_) => (1, [1, 0]),
            Content::Nothing => (2, [0, 1]),
        };
        seen[kind] += 1;
        assert_eq!(warnings, expected, "{report}");
        assert_eq!(report.verdict(), Verdict::Verified, "{report}");
        let verifier = Verifier::new()
            .against(trusted(&ledger.digest()))
            .strict(true);
        let strict = verifier.verify(&alone).unwrap();
        assert_eq!(strict.verdict() == Verdict::Failed, kind > 0, "{strict}");
        // In its journal, where the order is, nothing is odd about it.
        let within = alone.with("j", text(&ledger));
        let report = verify(&ledger, &within);
        let odd = report
            .findings()
            .iter()
            .find(|found| found.severity < Severity::Note);
        assert_eq!(odd, None, "{report}");
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

#[test]
fn asked_for_from_any_block_on_nothing_is_odd_about_an_honest_journal() {
    let ledger = Ledger::new(5, 24, Mix::Vehicle);
    for from in 0..=ledger.tip() as u64 {
        let verifier = Verifier::new()
            .against(trusted(&ledger.digest()))
            .strict(true)
            .from(from);
        let archive = Memory::new().with("j", text(&ledger));
        let report = sealion_testkit::agree::engines(&archive, &verifier);
        assert_eq!(report.verdict(), Verdict::Verified, "{from} {report}");
    }
}

#[test]
fn a_block_without_its_transaction_is_named_with_the_number_of_its_entries() {
    let ledger = Ledger::new(5, 24, Mix::Tiny);
    let named = |report: &Report| -> Vec<u64> {
        let all = report.findings().iter();
        let all = all.filter(|found| found.code == Code::InternalEntries);
        all.filter_map(|found| found.sequence_no).collect()
    };
    let mut rng = Rng::new(0);
    for form in FORMS {
        let archive = |blocks| Memory::new().with("j", object(form, blocks, &mut Rng::new(0)));
        let before = named(&verify(&ledger, &archive(&ledger.blocks)));
        let index = rng.index(ledger.blocks.len());
        let mut other = ledger.clone();
        let block = &mut other.blocks[index];
        let stripped = block.revisions.take().is_some() || block.transaction_info.is_some();
        block.transaction_info = None;
        let report = verify(&ledger, &archive(&other.blocks));
        let after = named(&report);
        let number = index as u64;
        assert!(
            !stripped || after.contains(&number),
            "{form:?} {index} {report}"
        );
        assert!(before.iter().all(|number| after.contains(number)));
    }
}

#[test]
fn a_block_stripped_of_all_is_named_however_its_entries_are_grouped() {
    let ledger = Ledger::new(5, 24, Mix::Vehicle);
    let silent = |report: &Report| -> u64 {
        let told = report
            .strands
            .iter()
            .map(|strand| strand.silent_blocks)
            .sum();
        let named = report.findings().iter().filter(|found| {
            found.code == Code::InternalEntries && found.field.as_deref() == Some("transactionInfo")
        });
        assert_eq!(named.count(), usize::from(told > 0), "{report}");
        told
    };
    let of = |ledger: &Ledger, form| {
        let bytes = object(form, &ledger.blocks, &mut Rng::new(0));
        silent(&verify(ledger, &Memory::new().with("j", bytes)))
    };
    let (index, _) = with_data(&ledger);
    let whole = ledger.blocks[index].entries.clone();
    let over = |entries: &[Vec<u8>]| {
        let hashes: Vec<[u8; 32]> = entries
            .iter()
            .map(|entry| entry.as_slice().try_into().unwrap())
            .collect();
        sealion_reference::root(&hashes).unwrap().to_vec()
    };
    let nodes = whole.chunks(2).map(over).collect();
    let internal = |hash: &Vec<u8>| Some(vec![Revision::internal(hash.clone())]);
    for (entries, revisions) in [
        (vec![over(&whole)], None),
        (nodes, None),
        (whole.clone(), None),
        (whole.clone(), internal(&whole[0])),
        (vec![over(&whole)], internal(&over(&whole))),
    ] {
        let mut stripped = ledger.clone();
        let block = &mut stripped.blocks[index];
        (block.transaction_info, block.redaction_info) = (None, None);
        block.revisions = revisions;
        block.entries = entries;
        assert_eq!(block.entries_root().unwrap().as_slice(), block.entries_hash);
        for form in FORMS {
            assert_eq!(of(&stripped, form), of(&ledger, form) + 1, "{form:?}");
        }
    }
}

#[test]
fn the_last_revision_is_the_last_of_all_copies_and_one_left_out_is_named() {
    let ledger = Ledger::new(3, 30, Mix::Vehicle);
    let (index, at) = ledger.documents().last().unwrap();
    let id = ledger.blocks[index].revisions()[at]
        .metadata
        .clone()
        .unwrap()
        .id;
    let mut stripped = ledger.clone();
    let revisions = stripped.blocks[index].revisions.as_mut().unwrap();
    revisions[at] = sealion_testkit::block::Revision::internal(revisions[at].hash.clone());
    let whole = rows(&ledger, &Memory::new().with("j", text(&ledger)), true).0;
    for names in [["a", "z"], ["z", "a"]] {
        for form in FORMS {
            let other = object(form, &stripped.blocks, &mut Rng::new(0));
            let both = Memory::new()
                .with(names[0], text(&ledger))
                .with(names[1], other);
            let (found, extraction) = rows(&ledger, &both, true);
            let of = |rows: &[Row]| {
                rows.iter()
                    .map(|row| (row.document_id.clone(), row.version))
                    .collect::<Vec<_>>()
            };
            assert_eq!(of(&found), of(&whole), "{form:?}");
            assert_eq!(extraction.without_revision_total, 0);
        }
    }
    for last in [false, true] {
        let alone = Memory::new().with("j", text(&stripped));
        let (found, extraction) = rows(&ledger, &alone, last);
        let [(address, named)] = &extraction.without_revision[..] else {
            panic!("{:?}", extraction.without_revision);
        };
        assert_eq!((address.sequence_no, named), (index as u64, &id));
        assert!(!last || found.iter().all(|row| row.document_id != id));
    }
}

/// The ledger with a block that shows nothing of this revision but its hash, and nothing of its transaction.
fn hidden(ledger: &Ledger, (index, at): (usize, usize)) -> Ledger {
    let mut ledger = ledger.clone();
    let block = &mut ledger.blocks[index];
    block.transaction_info = None;
    let revisions = block.revisions.as_mut().unwrap();
    revisions[at] = Revision::internal(revisions[at].hash.clone());
    ledger
}

#[test]
fn what_lies_beside_a_block_that_knows_it_by_its_hash_is_no_less_checked_and_no_row() {
    let ledger = Ledger::new(3, 30, Mix::Vehicle);
    let (index, at) = with_data(&ledger);
    let stripped = hidden(&ledger, (index, at));
    let own = ledger.blocks[index].revisions()[at].clone();
    let id = own.metadata.as_ref().unwrap().id.clone();
    let beside = |ledger: &Ledger, revision: &Revision| {
        let row = evidence::ion_text(&revision.to_element());
        Memory::new()
            .with("j", text(ledger))
            .with("row", row.into_bytes())
    };
    let genuine = beside(&stripped, &own);
    assert_eq!(verify(&ledger, &genuine).verdict(), Verdict::Verified);
    for last in [false, true] {
        let (rows, found) = rows(&ledger, &genuine, last);
        assert!(rows
            .iter()
            .all(|row| row.document_id != id || row.address.sequence_no != index as u64));
        let told = found
            .without_revision
            .iter()
            .any(|(address, own)| (address.sequence_no, own) == (index as u64, &id));
        assert_eq!(
            told,
            rows.iter().all(|row| row.document_id != id) || !last,
            "{found:?}"
        );
    }
    let codes = |archive: &Memory, code, severity| count(&verify(&ledger, archive), code, severity);
    // A redaction that nothing ordered.
    let mut redacted = own.clone();
    let Content::Data(data) = &own.content else {
        panic!("it has data")
    };
    redacted.content = Content::Redacted(sealion_reference::ion_hash(data).unwrap().to_vec());
    let warned = |archive: &Memory| codes(archive, Code::UnrecordedRedaction, Severity::Warning);
    assert_eq!(
        (warned(&genuine), warned(&beside(&stripped, &redacted))),
        (0, 1)
    );
    let mut placeless = redacted.clone();
    placeless.address = None;
    assert_eq!(warned(&beside(&stripped, &placeless)), 1);
    // A block that no hash keeps from naming another transaction, or another time.
    let mut other = stripped.clone();
    other.blocks[index].transaction_id = "0123456789ABCDEFGHIJKL".to_owned();
    // The revisions that the block shows say so of themselves.
    let wrong = |archive: &Memory| codes(archive, Code::TransactionId, Severity::Failure);
    let shown = wrong(&Memory::new().with("j", text(&other)));
    assert_eq!(wrong(&beside(&other, &own)), shown + 1);
    assert_eq!(wrong(&genuine), 0);
    let mut early = stripped.clone();
    early.blocks[index].block_timestamp = ledger.blocks[0].block_timestamp.clone();
    let odd = |ledger: &Ledger| codes(&beside(ledger, &own), Code::TimeOrder, Severity::Warning);
    assert!(odd(&early) > odd(&stripped));
}

#[test]
fn up_to_any_block_the_last_rows_are_the_same_with_and_without_a_later_digest() {
    let ledger = Ledger::new(3, 30, Mix::Vehicle);
    let archive = Memory::new().with("j", text(&ledger));
    let last = |verifier: Verifier| {
        let mut rows = Vec::new();
        let all = WantedRevisions::all();
        let each = &mut |row: Row| {
            rows.push((row.document_id, row.version));
            Ok(())
        };
        extract(&verifier, &archive, &all, true, each).unwrap();
        rows
    };
    for to in [5, 14, 29] {
        let without = last(Verifier::new().to(to));
        let with = last(Verifier::new().to(to).against(trusted(&ledger.digest())));
        assert!(!without.is_empty());
        assert_eq!(with, without, "{to}");
    }
}

#[test]
fn a_row_in_json_is_its_blocks_if_that_becomes_the_same_json() {
    let ledger = Ledger::new(11, 48, Mix::Mixed);
    let mut settled = 0;
    for (index, at) in ledger.documents() {
        let revision = &ledger.blocks[index].revisions()[at];
        let Content::Data(data) = &revision.content else {
            continue;
        };
        let row = |revision: &Revision| as_json(&revision.to_element()).into_bytes();
        let alone = verify(&ledger, &Memory::new().with("row", row(revision)));
        if count(&alone, Code::DataFromJson, Severity::Incomplete) == 0 {
            continue;
        }
        settled += 1;
        let form = FORMS[settled % FORMS.len()];
        let journal = object(form, &ledger.blocks, &mut Rng::new(0));
        let beside = |row| Memory::new().with("j", journal.clone()).with("row", row);
        let report = verify(&ledger, &beside(row(revision)));
        assert_eq!(report.verdict(), Verdict::Verified, "{form:?} {report}");
        // With one value more, it is not.
        let mut other = revision.clone();
        let fields = data.as_struct().into_iter().flat_map(|data| data.fields());
        let fields = fields.map(|(name, value)| (name.text().unwrap().to_owned(), value.clone()));
        let more = fields.chain([("more".to_owned(), Element::string("x"))]);
        other.content = Content::Data(ion_rs::Struct::from_iter(more).into());
        let report = verify(&ledger, &beside(row(&other)));
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{form:?} {report}");
        let open = count(&report, Code::DataFromJson, Severity::Incomplete);
        assert_eq!(open, 1, "{form:?} {report}");
        if settled == 12 {
            return;
        }
    }
    panic!("{settled} rows have lost their types");
}
