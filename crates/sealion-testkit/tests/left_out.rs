//! Nothing is left out in silence: what one copy was stripped of is taken from another one, in whatever order they
//! come, and what no copy has is named.

mod common;

use common::{archive, object, text, Form, FORMS};
use ion_rs::Element;
use proptest::prelude::*;
use sealion::bundle::Bundle;
use sealion::extract::{extract, Extraction, Row, RowState, TableSource};
use sealion::prove::{ProveError, WantedRevisions};
use sealion::source::Memory;
use sealion::{Code, Prover, Report, Severity, Verdict, Verifier};
use sealion_testkit::agree::{property, trusted};
use sealion_testkit::block::{Content, Metadata, Redaction, Revision};
use sealion_testkit::write::{evidence, export::Format, stream};
use sealion_testkit::{Ledger, Mix, Rng};

const JSON: Form = Form::Export(Format::Json);

/// What is told of a row: all that does not hang on the order in which fields of a form stand.
type Told = (
    String,
    u64,
    RowState,
    Option<String>,
    Option<&'static str>,
    bool,
);

fn told(row: &Row) -> Told {
    (
        row.document_id.clone(),
        row.version,
        row.state,
        row.table_name.clone(),
        row.table_source.map(TableSource::as_str),
        row.data_ion.is_some(),
    )
}

fn extracted(
    ledger: &Ledger,
    archive: &Memory,
    wanted: &WantedRevisions,
    last: bool,
) -> (Vec<Row>, Extraction) {
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    let mut rows = Vec::new();
    let found = extract(&verifier, archive, wanted, last, &mut |row| {
        rows.push(row);
        Ok(())
    });
    (rows, found.unwrap())
}

fn rows(ledger: &Ledger, archive: &Memory, last: bool) -> (Vec<Told>, Extraction) {
    let (rows, found) = extracted(ledger, archive, &WantedRevisions::all(), last);
    (rows.iter().map(told).collect(), found)
}

fn of_table(name: &str) -> WantedRevisions {
    let mut wanted = WantedRevisions::all();
    wanted.table_name = Some(name.to_owned());
    wanted
}

/// Whether nothing is said to be missing.
fn is_all(found: &Extraction) -> bool {
    let lists = found.without_table.total + found.without_earlier.total + found.gaps_not_listed;
    found.without_text.is_empty() && lists + found.without_block + found.without_revision_total == 0
}

/// Block and revision of a document with data that has a version before and one after it.
fn in_the_middle(ledger: &Ledger) -> (usize, usize) {
    let metadata = |(index, at): (usize, usize)| metadata(ledger, (index, at)).clone();
    let middle = |place: &(usize, usize)| {
        let own = metadata(*place);
        let mut all = ledger.documents();
        let data = &ledger.blocks[place.0].revisions()[place.1].content;
        own.version > 0
            && matches!(data, Content::Data(_))
            && all
                .any(|other| metadata(other).id == own.id && metadata(other).version > own.version)
    };
    ledger.documents().find(middle).unwrap()
}

fn metadata(ledger: &Ledger, (index, at): (usize, usize)) -> &Metadata {
    ledger.blocks[index].revisions()[at]
        .metadata
        .as_ref()
        .unwrap()
}

fn stripped(ledger: &Ledger, (index, at): (usize, usize)) -> Ledger {
    let mut ledger = ledger.clone();
    let revisions = ledger.blocks[index].revisions.as_mut().unwrap();
    revisions[at] = Revision::internal(revisions[at].hash.clone());
    ledger
}

fn without_info(ledger: &Ledger, index: usize) -> Ledger {
    let mut ledger = ledger.clone();
    ledger.blocks[index].transaction_info = None;
    ledger
}

/// Two copies, in both orders.
fn both_orders(first: &[u8], second: &[u8]) -> [Memory; 2] {
    let of = |names: [&str; 2]| {
        let memory = Memory::new().with(names[0], first.to_vec());
        memory.with(names[1], second.to_vec())
    };
    [of(["a", "z"]), of(["z", "a"])]
}

fn bytes(form: Form, ledger: &Ledger) -> Vec<u8> {
    object(form, &ledger.blocks, &mut Rng::new(0))
}

#[test]
fn rows_are_made_of_what_any_copy_has() {
    let ledger = Ledger::new(3, 24, Mix::Vehicle);
    let place = in_the_middle(&ledger);
    let whole = Memory::new().with("j", text(&ledger));
    let table = ledger.blocks[place.0]
        .transaction_info
        .as_ref()
        .unwrap()
        .documents
        .as_ref()
        .unwrap();
    let id = &metadata(&ledger, place).id;
    let table = &table
        .iter()
        .find(|(own, _)| own == id)
        .unwrap()
        .1
        .table_name;
    let parts = [stripped(&ledger, place), without_info(&ledger, place.0)];
    for wanted in [
        WantedRevisions::all(),
        of_table(table),
        WantedRevisions::of_document(id),
    ] {
        for last in [false, true] {
            let (expected, _) = extracted(&ledger, &whole, &wanted, last);
            let expected: Vec<Told> = expected.iter().map(told).collect();
            for (number, form) in FORMS.into_iter().chain([JSON]).enumerate() {
                // Neither is whole; of those in JSON only one.
                let other = FORMS[(number + 2) % FORMS.len()];
                let pairs = [[form, other], [other, form]];
                let pairs = pairs.iter().filter(|pair| pair[1] != JSON);
                for pair in pairs {
                    let [a, b] = [bytes(pair[0], &parts[0]), bytes(pair[1], &parts[1])];
                    for archive in both_orders(&a, &b) {
                        let (found, rest) = extracted(&ledger, &archive, &wanted, last);
                        let found: Vec<Told> = found.iter().map(told).collect();
                        assert_eq!(found, expected, "{pair:?} {last} {wanted:?}");
                        assert!(is_all(&rest), "{pair:?} {rest:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_no_copy_has_is_named_by_document_and_block() {
    let ledger = Ledger::new(3, 24, Mix::Vehicle);
    let place = in_the_middle(&ledger);
    let id = metadata(&ledger, place).id.clone();
    let less = stripped(&ledger, place);
    let without = without_info(&less, place.0);
    for form in FORMS.into_iter().chain([JSON]) {
        for archive in both_orders(&bytes(form, &less), &bytes(FORMS[0], &without)) {
            let (found, rest) = rows(&ledger, &archive, false);
            let [(address, named)] = &rest.without_revision[..] else {
                panic!("{form:?} {rest:?}");
            };
            assert_eq!((address.sequence_no, named), (place.0 as u64, &id));
            let whole = ledger.documents().count();
            assert_eq!(found.len() + 1, whole, "{form:?}");
        }
    }
}

#[test]
fn without_its_transaction_a_revision_may_be_of_any_table_and_is_named() {
    let ledger = Ledger::new(3, 24, Mix::Vehicle);
    let place = in_the_middle(&ledger);
    let (id, version) = (
        metadata(&ledger, place).id.clone(),
        metadata(&ledger, place).version,
    );
    let less = without_info(&ledger, place.0);
    for form in FORMS.into_iter().chain([JSON]) {
        let alone = archive(form, &less.blocks, &[5], 1);
        let (found, rest) = extracted(&ledger, &alone, &of_table("no such table"), false);
        assert!(found.is_empty());
        let named = |(address, own, version): &(sealion::BlockAddress, String, u64)| {
            (address.sequence_no, own.clone(), *version)
        };
        let named: Vec<_> = rest.without_table.first.iter().map(named).collect();
        assert!(
            named.contains(&(place.0 as u64, id.clone(), version)),
            "{form:?} {named:?}"
        );
        assert_eq!(named.len() as u64, rest.without_table.total);
        assert!(named.iter().all(|one| one.0 == place.0 as u64));
        // Another copy tells.
        for archive in both_orders(&bytes(form, &less), &bytes(FORMS[3], &ledger)) {
            let (_, rest) = extracted(&ledger, &archive, &of_table("no such table"), false);
            assert_eq!(rest.without_table.total, 0, "{form:?}");
        }
    }
}

#[test]
fn versions_that_only_later_blocks_tell_of_are_named() {
    let ledger = Ledger::new(3, 24, Mix::Vehicle);
    let place = in_the_middle(&ledger);
    let own = metadata(&ledger, place).clone();
    // Nothing in the block tells of it any more.
    let bare = without_info(&stripped(&ledger, place), place.0);
    for form in FORMS {
        let alone = archive(form, &bare.blocks, &[7], 1);
        let (_, rest) = rows(&ledger, &alone, false);
        let [(_, id, version)] = &rest.without_earlier.first[..] else {
            panic!("{form:?} {rest:?}");
        };
        assert_eq!((id, *version), (&own.id, own.version + 1));
        // Of the last versions that one is none.
        let (_, rest) = rows(&ledger, &alone, true);
        assert!(is_all(&rest), "{form:?} {rest:?}");
        for archive in both_orders(&bytes(form, &bare), &bytes(FORMS[0], &ledger)) {
            let (_, rest) = rows(&ledger, &archive, false);
            assert!(is_all(&rest), "{form:?} {rest:?}");
        }
    }
}

#[test]
fn a_revision_that_an_order_names_and_no_block_has_is_named() {
    let mut ledger = Ledger::new(3, 24, Mix::Vehicle);
    // The last version of its document, so that no later one tells of it.
    let place = ledger.documents().find(|place| {
        let own = metadata(&ledger, *place);
        let mut all = ledger.documents().map(|other| metadata(&ledger, other));
        (4..18).contains(&place.0)
            && own.version > 0
            && !all.any(|other| other.id == own.id && other.version > own.version)
    });
    let place = place.unwrap();
    let own = metadata(&ledger, place).clone();
    let orders = [Redaction {
        address: ledger.blocks[place.0].address.clone(),
        table_id: "0123456789012345678901".to_owned(),
        document_id: own.id.clone(),
        version: own.version,
    }];
    let later = ledger.blocks.len() - 2;
    let info =
        sealion_reference::ion_hash(&sealion_testkit::block::redaction_info(&orders)).unwrap();
    ledger.blocks[later].redaction_info = Some(orders.to_vec());
    ledger.blocks[later].entries.push(info.to_vec());
    for index in later..ledger.blocks.len() {
        let before = ledger.blocks[index - 1].block_hash.clone();
        let block = &mut ledger.blocks[index];
        block.previous_block_hash = before;
        block.entries_hash = block.entries_root().unwrap().to_vec();
        block.rehash();
    }
    let ledger = Ledger::of(ledger.blocks);
    let bare = without_info(&stripped(&ledger, place), place.0);
    for form in FORMS {
        for last in [false, true] {
            let whole = archive(form, &ledger.blocks, &[7], 1);
            assert!(is_all(&rows(&ledger, &whole, last).1), "{form:?}");
            let alone = archive(form, &bare.blocks, &[7], 1);
            let (_, rest) = rows(&ledger, &alone, last);
            let [(address, id)] = &rest.without_revision[..] else {
                panic!("{form:?} {last} {rest:?}");
            };
            assert_eq!((address.sequence_no, id), (place.0 as u64, &own.id));
        }
    }
}

proptest! {
    #![proptest_config(property(48))]

    #[test]
    fn what_is_stripped_from_one_of_two_copies_is_not_missed(seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let mix = [Mix::Mixed, Mix::Vehicle][rng.index(2)];
        let ledger = Ledger::new(rng.u64(), 6 + rng.below(20), mix);
        let mut copies = [ledger.clone(), ledger.clone()];
        let mut both = 0;
        for place in ledger.documents() {
            match rng.below(8) {
                0 => copies[0] = stripped(&copies[0], place),
                1 => copies[1] = stripped(&copies[1], place),
                2 if rng.chance(20) => {
                    copies = [stripped(&copies[0], place), stripped(&copies[1], place)];
                    both += 1;
                }
                3 => {
                    let at = rng.index(2);
                    // The other one keeps it.
                    if copies[1 - at].blocks[place.0].transaction_info.is_some() {
                        copies[at] = without_info(&copies[at], place.0);
                    }
                }
                _ => {}
            }
        }
        let forms = [FORMS[rng.index(FORMS.len())], FORMS[rng.index(FORMS.len())]];
        let [a, b] = [bytes(forms[0], &copies[0]), bytes(forms[1], &copies[1])];
        let whole = Memory::new().with("j", text(&ledger));
        let (expected, _) = rows(&ledger, &whole, false);
        let ids: Vec<&String> = expected.iter().map(|row| &row.0).collect();
        for archive in both_orders(&a, &b) {
            let (found, rest) = rows(&ledger, &archive, false);
            prop_assert_eq!(rest.report.verdict(), Verdict::Verified);
            if both == 0 {
                prop_assert_eq!(sure(&found), sure(&expected), "{:?}", forms);
                prop_assert_eq!(found.len(), expected.len());
                prop_assert!(is_all(&rest), "{:?} {:?}", forms, rest);
            } else {
                prop_assert!(!is_all(&rest), "{forms:?}");
                prop_assert!(found.len() + both == expected.len());
                prop_assert!(rest.without_revision.iter().all(|(_, id)| ids.contains(&id)));
            }
            let (prover, _) = Prover::of(&Verifier::new(), &archive).unwrap();
            let (proven, skipped) = proven(&prover, &archive, &WantedRevisions::all());
            let doubts = |why: &&String| why.ends_with("does not give its hash");
            let doubts = skipped.iter().filter(doubts).count();
            prop_assert_eq!(skipped.len() > doubts, both > 0, "{:?}", skipped);
            prop_assert_eq!(proven + doubts + both, expected.len());
        }
    }
}

/// Without deletions: beside a hash that nothing gives one may be half of a revision, in one copy or in both.
fn sure(rows: &[Told]) -> Vec<&Told> {
    rows.iter().filter(|row| row.5).collect()
}

fn proven(prover: &Prover, archive: &Memory, wanted: &WantedRevisions) -> (usize, Vec<String>) {
    let mut skipped = Vec::new();
    let mut skip = |why| skipped.push(why);
    let count = prover.revisions(archive, wanted, prover.last(), &mut |_| Ok(()), &mut skip);
    (count.unwrap() as usize, skipped)
}

#[test]
fn proofs_are_made_of_the_copy_that_has_the_revision_and_what_none_has_is_named() {
    let ledger = Ledger::new(3, 24, Mix::Vehicle);
    let place = in_the_middle(&ledger);
    let own = metadata(&ledger, place).clone();
    let parts = [stripped(&ledger, place), without_info(&ledger, place.0)];
    let bare = without_info(&parts[0], place.0);
    let wanted = WantedRevisions::of_document(&own.id);
    let versions = ledger
        .documents()
        .filter(|one| metadata(&ledger, *one).id == own.id)
        .count();
    for form in FORMS {
        for archive in both_orders(&bytes(form, &parts[0]), &bytes(FORMS[3], &parts[1])) {
            let (prover, report) = Prover::of(&Verifier::new(), &archive).unwrap();
            let (count, skipped) = proven(&prover, &archive, &wanted);
            assert_eq!((count, skipped), (versions, Vec::new()), "{form:?}");
            let mut bundle = Bundle::new(prover.digest(prover.last()).unwrap(), report);
            let count = bundle.add_revisions(&prover, &archive, &wanted).unwrap();
            assert_eq!(count, versions as u64);
            let json = Memory::new().with("bundle", bundle.to_json().unwrap().into_bytes());
            let verifier = Verifier::new().against(trusted(&ledger.digest()));
            assert_eq!(verifier.verify(&json).unwrap().verdict(), Verdict::Verified);
            // Neither block is whole.
            let block = prover
                .block(&archive, place.0 as u64, prover.last())
                .unwrap();
            assert_eq!(block.left_out.len(), 1, "{:?}", block.left_out);
            let refused = bundle.add_block(&prover, &archive, place.0 as u64);
            assert!(
                matches!(refused, Err(ProveError::NotRecomputed(_))),
                "{refused:?}"
            );
        }
        for less in [&parts[0], &bare] {
            let archive = archive(form, &less.blocks, &[6], 1);
            let (prover, report) = Prover::of(&Verifier::new(), &archive).unwrap();
            let (count, skipped) = proven(&prover, &archive, &wanted);
            assert_eq!(count, versions - 1);
            let [why, ..] = &skipped[..] else {
                panic!("{form:?}")
            };
            assert!(why.contains(&own.id), "{why}");
            let mut bundle = Bundle::new(prover.digest(prover.last()).unwrap(), report);
            let refused = bundle.add_revisions(&prover, &archive, &wanted);
            assert!(
                matches!(refused, Err(ProveError::NotRecomputed(_))),
                "{refused:?}"
            );
        }
        // A table that nothing tells of.
        let archive = archive(form, &parts[1].blocks, &[6], 1);
        let (prover, _) = Prover::of(&Verifier::new(), &archive).unwrap();
        let (_, skipped) = proven(&prover, &archive, &of_table("no such table"));
        assert!(
            skipped.iter().any(|why| why.contains(&own.id)),
            "{form:?} {skipped:?}"
        );
        // The whole copy is given out whole.
        for archive in both_orders(&bytes(form, &parts[0]), &bytes(FORMS[0], &ledger)) {
            let (prover, _) = Prover::of(&Verifier::new(), &archive).unwrap();
            let block = prover
                .block(&archive, place.0 as u64, prover.last())
                .unwrap();
            assert_eq!(block.left_out, Vec::<String>::new());
            let text = Element::read_one(&block.ion_text).unwrap();
            let genuine = ledger.blocks[place.0].to_element();
            let hash = |value| sealion_reference::ion_hash(value).unwrap();
            assert_eq!(hash(&text), hash(&genuine));
        }
    }
}

#[test]
fn an_answer_beside_a_stripped_journal_is_named_where_it_alone_has_the_revision() {
    let ledger = Ledger::new(3, 24, Mix::Vehicle);
    let place = in_the_middle(&ledger);
    let less = stripped(&ledger, place);
    let answer = evidence::get_block::<[u8; 32]>(&ledger.blocks[place.0], None);
    for archive in both_orders(&text(&less), answer.as_bytes()) {
        let (found, rest) = rows(&ledger, &archive, false);
        assert_eq!(found.len() + 1, ledger.documents().count());
        assert_eq!(rest.without_text.len(), 1, "{rest:?}");
    }
}

#[test]
fn what_the_maker_of_a_bundle_was_warned_of_its_reader_is_told() {
    let ledger = Ledger::new(3, 24, Mix::Vehicle);
    let place = in_the_middle(&ledger);
    let other = ledger
        .documents()
        .find(|one| metadata(&ledger, *one).id != metadata(&ledger, place).id);
    let id = metadata(&ledger, other.unwrap()).id.clone();
    let verify = |ledger: &Ledger, strict| -> Report {
        let archive = Memory::new().with("j", text(ledger));
        let (prover, report) = Prover::of(&Verifier::new(), &archive).unwrap();
        let mut bundle = Bundle::new(prover.digest(prover.last()).unwrap(), report);
        let wanted = WantedRevisions::of_document(&id);
        bundle.add_revisions(&prover, &archive, &wanted).unwrap();
        let json = Memory::new().with("bundle", bundle.to_json().unwrap().into_bytes());
        let verifier = Verifier::new()
            .against(trusted(&ledger.digest()))
            .strict(strict);
        sealion_testkit::agree::engines(&json, &verifier)
    };
    let said = |report: &Report| -> Vec<(Code, Option<String>, Option<u64>)> {
        let all = report.findings().iter();
        let said = all.filter(|one| one.message.starts_with("the bundle says of the journal"));
        said.inspect(|one| assert_eq!(one.severity, Severity::Warning))
            .map(|one| (one.code, one.document_id.clone(), one.sequence_no))
            .collect()
    };
    let honest = verify(&ledger, true);
    assert_eq!(honest.verdict(), Verdict::Verified, "{honest}");
    assert_eq!(said(&honest), []);
    let less = stripped(&ledger, place);
    let warned = verify(&less, false);
    assert_eq!(warned.verdict(), Verdict::Verified, "{warned}");
    let hidden = metadata(&ledger, place).id.clone();
    let found = said(&warned);
    let expected = (Code::HiddenRevision, Some(hidden), Some(place.0 as u64));
    assert!(found.contains(&expected), "{found:?}");
    assert!(
        found.iter().any(|one| one.0 == Code::VersionGap),
        "{found:?}"
    );
    assert_eq!(verify(&less, true).verdict(), Verdict::Failed);
}

/// A name that only a stream record gives is marked, also where the block is taken from another copy.
#[test]
fn a_table_that_only_a_stream_record_names_is_marked_in_each_row() {
    let ledger = Ledger::new(6, 20, Mix::Vehicle);
    let mut bare = ledger.clone();
    for block in &mut bare.blocks {
        block.transaction_info = None;
    }
    let details = |record: &Vec<u8>| record.windows(16).any(|part| part == b"REVISION_DETAILS");
    let mut records = stream::records(&bare.blocks).unwrap();
    records.retain(|record| !details(record));
    let all = stream::records(&ledger.blocks).unwrap();
    records.extend(all.into_iter().filter(details));
    let stream = stream::firehose(&records, false);
    let alone = Memory::new().with("s", stream.clone());
    let (found, _) = rows(&ledger, &alone, false);
    assert!(
        !found.is_empty()
            && found
                .iter()
                .all(|row| row.4 == Some("stream-record") && row.3.is_some())
    );
    for archive in both_orders(&stream, &bytes(FORMS[0], &bare)) {
        let (found, _) = rows(&ledger, &archive, false);
        assert!(
            found.iter().all(|row| row.4 == Some("stream-record")),
            "{found:?}"
        );
    }
    for archive in both_orders(&stream, &bytes(FORMS[0], &ledger)) {
        let (found, _) = rows(&ledger, &archive, false);
        assert!(
            found.iter().all(|row| row.4 == Some("transaction-info")),
            "{found:?}"
        );
    }
}
