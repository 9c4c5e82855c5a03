//! `compare` says that two copies are the same only where nothing in them differs: not what a hash covers, not what
//! none does, not what one of them contradicts by itself.

mod common;

use common::{archive, object, text, Form, FORMS};
use ion_rs::{Element, Sequence, Struct, Value};
use proptest::prelude::*;
use sealion::compare::{compare_journals, DifferenceKind, JournalComparison, Outcome};
use sealion::source::Memory;
use sealion::{Verdict, Verifier};
use sealion_testkit::agree::property;
use sealion_testkit::block::{Address, Content, Redaction, Revision};
use sealion_testkit::write::{evidence, export::Format, stream};
use sealion_testkit::{mutate, Block, Ledger, Mix, Rng};

fn compare(first: &Memory, second: &Memory) -> JournalComparison {
    compare_journals(&Verifier::new(), first, second).unwrap()
}

fn headline(comparison: &JournalComparison) -> String {
    comparison.to_string().lines().next().unwrap().to_owned()
}

fn hash(value: &Element) -> [u8; 32] {
    sealion_reference::ion_hash(value).unwrap()
}

/// What the blocks say, in order, and each once.
fn said(blocks: &[Block]) -> Vec<[u8; 32]> {
    let mut all: Vec<_> = blocks
        .iter()
        .map(|block| hash(&block.to_element()))
        .collect();
    all.dedup();
    all
}

fn fails(archive: &Memory) -> bool {
    Verifier::new().verify(archive).unwrap().verdict() == Verdict::Failed
}

/// Both orders.
fn each_way(first: &Memory, second: &Memory, check: impl Fn(&JournalComparison)) {
    check(&compare(first, second));
    check(&compare(second, first));
}

/// The block's place and the revision's, of the first one with data that is not in the first blocks.
fn with_data(ledger: &Ledger) -> (usize, usize) {
    let data = |(index, at): &(usize, usize)| {
        let revision = &ledger.blocks[*index].revisions()[*at];
        *index > 3 && matches!(revision.content, Content::Data(_))
    };
    ledger.documents().find(data).unwrap()
}

/// The value with something in it changed, added, dropped or put elsewhere.
fn touched(value: &Element, rng: &mut Rng, top: bool) -> Element {
    let inner = match value.value() {
        Value::Struct(fields) => fields.len(),
        Value::List(items) | Value::SExp(items) => items.len(),
        _ => 0,
    };
    if inner > 0 && (top || rng.chance(60)) {
        return within(value, rng);
    }
    let annotated = |value: Element| {
        let all = value
            .annotations()
            .iter()
            .cloned()
            .chain(["Mallory".into()]);
        let all: Vec<ion_rs::Symbol> = all.collect();
        value.with_annotations(all)
    };
    match rng.below(4) {
        0 => annotated(value.clone()),
        1 => Element::string("Mallory"),
        2 => Element::null(value.ion_type()),
        _ => match value.as_string() {
            Some(text) => Element::string(format!("{text} ")),
            None => annotated(value.clone()),
        },
    }
}

/// The same, of something inside.
fn within(value: &Element, rng: &mut Rng) -> Element {
    let items = |items: &Sequence, rng: &mut Rng| {
        let mut items: Vec<Element> = items.elements().cloned().collect();
        let at = rng.index(items.len());
        match rng.below(8) {
            0 => _ = items.remove(at),
            1 => items.push(items[at].clone()),
            _ => items[at] = touched(&items[at], rng, false),
        }
        items
    };
    let new: Element = match value.value() {
        Value::Struct(fields) => {
            let all = fields.iter();
            let mut all: Vec<_> = all.map(|(name, own)| (name.clone(), own.clone())).collect();
            let at = rng.index(all.len());
            match rng.below(12) {
                0 => _ = all.remove(at),
                1 => all.push(("extra".into(), Element::string("Mallory"))),
                2 => all.push(("extra".into(), Element::null(ion_rs::IonType::Null))),
                3 => all.push(all[at].clone()),
                // Means nothing.
                4 => rng.shuffle(&mut all),
                _ => all[at].1 = touched(&all[at].1, rng, false),
            }
            Struct::from_iter(all).into()
        }
        Value::List(found) => ion_rs::List::from_iter(items(found, rng)).into(),
        Value::SExp(found) => ion_rs::SExp::from_iter(items(found, rng)).into(),
        _ => value.clone(),
    };
    new.with_annotations(value.annotations().iter().cloned().collect::<Vec<_>>())
}

const FORMATS: [Format; 4] = [Format::Text, Format::Spelled, Format::Binary, Format::Json];

proptest! {
    #![proptest_config(property(192))]

    #[test]
    fn whatever_is_changed_in_one_copy_it_is_not_the_same(seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let mix = [Mix::Mixed, Mix::Vehicle, Mix::Tiny][rng.index(3)];
        let ledger = Ledger::new(rng.u64(), 3 + rng.below(9), mix);
        let blocks: Vec<Element> = ledger.blocks.iter().map(Block::to_element).collect();
        let mut changed = blocks.clone();
        let at = rng.index(changed.len());
        changed[at] = touched(&changed[at], &mut rng, true);
        let formats = [FORMATS[rng.index(4)], FORMATS[rng.index(4)]];
        let encode = |format: Format, blocks: &[Element]| format.encode(blocks, &Rng::new(seed)).unwrap();
        let of = |format, blocks: &[Element]| Memory::new().with("j", encode(format, blocks));
        let (first, second) = (of(formats[0], &blocks), of(formats[1], &changed));
        let read = |block: &Element| {
            let text = encode(Format::Json, std::slice::from_ref(block));
            hash(&Element::read_one(text).unwrap())
        };
        // JSON loses much: what it cannot tell is not held against a copy.
        let same = match formats.contains(&Format::Json) {
            true => read(&blocks[at]) == read(&changed[at]),
            false => hash(&blocks[at]) == hash(&changed[at]),
        };
        let failed = fails(&second);
        for comparison in [compare(&first, &second), compare(&second, &first)] {
            prop_assert!(same || comparison.outcome != Outcome::Same, "{at} {}\n{}\n{comparison}", blocks[at], changed[at]);
            prop_assert!(!failed || comparison.outcome != Outcome::Same, "{comparison}");
            let ion = !formats.contains(&Format::Json);
            prop_assert!(!(same && ion && !failed) || comparison.outcome == Outcome::Same, "{comparison}");
        }
    }

    #[test]
    fn no_named_change_makes_a_copy_that_is_the_same(seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let ledger = Ledger::new(rng.u64(), 8 + rng.below(40), Mix::Mixed);
        let changes = mutate::journals();
        let mut other = ledger.clone();
        let change = &changes[rng.index(changes.len())];
        prop_assume!((change.apply)(&mut other, &mut rng).is_some());
        let forms = [FORMS[rng.index(FORMS.len())], FORMS[rng.index(FORMS.len())]];
        let first = archive(forms[0], &ledger.blocks, &[rng.index(8)], seed);
        let second = archive(forms[1], &other.blocks, &[rng.index(8)], seed);
        let failed = fails(&second);
        for comparison in [compare(&first, &second), compare(&second, &first)] {
            let exit = comparison.outcome.exit_status();
            prop_assert!(!failed || exit != 0, "{}\n{comparison}", change.name);
            if comparison.outcome != Outcome::Same {
                continue;
            }
            let line = headline(&comparison);
            prop_assert_eq!(comparison.whole, line.starts_with("SAME: "), "{}", comparison);
            if comparison.whole {
                prop_assert_eq!(said(&ledger.blocks), said(&other.blocks), "{}\n{}", change.name, comparison);
                continue;
            }
            // What both have is what the first has there.
            for (number, block) in (0..).zip(&ledger.blocks) {
                let both = comparison.common.iter().any(|run| (run.0..=run.1).contains(&number));
                // A block of another strand, which the first line names, is not compared.
                let compared = |address: &Address| comparison.strand_id.as_ref().is_some_and(|id| id.as_str() == address.strand_id);
                let own = other.blocks.iter().find(|own| own.address.sequence_no == number && compared(&own.address));
                prop_assert_eq!(both, own.is_some(), "{} {}\n{}", change.name, number, comparison);
                if let Some(own) = own {
                    prop_assert_eq!(hash(&own.to_element()), hash(&block.to_element()), "{}\n{}", change.name, comparison);
                }
            }
        }
    }
}

#[test]
fn a_copy_that_contradicts_itself_is_different_wherever_the_forged_block_lies() {
    let ledger = Ledger::new(3, 20, Mix::Vehicle);
    let (index, at) = with_data(&ledger);
    let mut other = ledger.clone();
    let revision = &mut other.blocks[index].revisions.as_mut().unwrap()[at];
    revision.content = Content::Data(Element::read_one("{owner:\"Mallory\"}").unwrap());
    revision.hash = revision.computed_hash().unwrap().to_vec();
    other.blocks[index].rehash();
    let genuine = Memory::new().with("j", text(&ledger));
    for form in FORMS {
        let forged = object(form, &other.blocks[index..=index], &mut Rng::new(0));
        for name in ["a", "z"] {
            let both = genuine.clone().with(name, forged.clone());
            each_way(&both, &genuine, |comparison| {
                assert_eq!(comparison.outcome, Outcome::Different, "{comparison}");
                let line = headline(comparison);
                assert!(line.starts_with("DIFFERENT of strand "), "{line}");
                let place = format!("block {index}");
                assert!(
                    line.contains("does not hold by itself") || line.contains(&place),
                    "{line}"
                );
                let failures =
                    [&comparison.first, &comparison.second].map(|copy| copy.failure.clone());
                let failures: Vec<String> = failures.into_iter().flatten().collect();
                assert_eq!(failures.len(), 1, "{comparison}");
                assert!(failures[0].contains(&place), "{failures:?}");
                assert!(
                    comparison.to_string().contains(&failures[0]),
                    "{comparison}"
                );
            });
        }
    }
}

#[test]
fn two_copies_that_fail_alike_are_not_the_same() {
    let mut ledger = Ledger::new(3, 20, Mix::Vehicle);
    ledger.blocks[7].block_hash[3] ^= 1;
    let copy = Memory::new().with("j", text(&ledger));
    let comparison = compare(&copy, &copy);
    assert_eq!(comparison.outcome, Outcome::Different);
    assert!(comparison.totals.is_empty(), "{comparison}");
    let line = headline(&comparison);
    assert!(line.contains("nothing differs in blocks 0–19"), "{line}");
    assert!(
        line.contains("the first does not hold by itself: block-hash at block 7"),
        "{line}"
    );
}

#[test]
fn what_no_hash_covers_is_compared_within_a_copy_as_well() {
    let ledger = Ledger::new(3, 20, Mix::Vehicle);
    let genuine = Memory::new().with("j", text(&ledger));
    let mut other = ledger.clone();
    other.blocks[6]
        .extra
        .push(("more".to_owned(), Element::from(1)));
    let copy = object(
        Form::Export(Format::Binary),
        &other.blocks[6..=6],
        &mut Rng::new(0),
    );
    for name in ["a", "z"] {
        let both = genuine.clone().with(name, copy.clone());
        for (comparison, kind) in [
            (compare(&both, &genuine), DifferenceKind::WithinFirst),
            (compare(&genuine, &both), DifferenceKind::WithinSecond),
        ] {
            assert_eq!(comparison.outcome, Outcome::Different, "{comparison}");
            let found = comparison
                .differences
                .iter()
                .find(|one| one.kind == kind)
                .unwrap();
            assert_eq!((found.sequence_no, &*found.field), (6, "more"));
        }
    }
}

#[test]
fn what_no_hash_covers_is_named_with_what_each_has() {
    let ledger = Ledger::new(3, 20, Mix::Vehicle);
    let (index, at) = with_data(&ledger);
    let whole = |change: &dyn Fn(&mut Ledger)| {
        let mut other = ledger.clone();
        change(&mut other);
        other
    };
    let address = whole(&|other| {
        let revision = &mut other.blocks[index].revisions.as_mut().unwrap()[at];
        revision.address.as_mut().unwrap().sequence_no += 1;
    });
    let extra = whole(&|other| {
        other.blocks[index]
            .extra
            .push(("more".to_owned(), Element::from(1)))
    });
    let time = whole(&|other| {
        let own = &mut other.blocks[index].block_timestamp;
        *own = sealion_testkit::time::timestamp(1_900_000_000_000);
    });
    for (other, field, shown) in [
        (
            address,
            format!("revisions[{at}].blockAddress"),
            format!("sequenceNo:{}", index + 1),
        ),
        (extra, "more".to_owned(), "1".to_owned()),
        (time, "blockTimestamp".to_owned(), "2030-03-17".to_owned()),
    ] {
        for form in [
            Form::Export(Format::Text),
            Form::Export(Format::Binary),
            Form::Export(Format::Json),
        ] {
            let first = archive(form, &ledger.blocks, &[], 0);
            let second = archive(Form::Export(Format::Text), &other.blocks, &[], 0);
            let comparison = compare(&first, &second);
            assert_eq!(comparison.outcome, Outcome::Different, "{comparison}");
            let found = comparison.differences.iter().find(|one| one.field == field);
            let found = found.unwrap_or_else(|| panic!("{field}\n{comparison}"));
            assert_eq!(found.kind, DifferenceKind::NotCovered);
            assert!(found.second.contains(&shown), "{found:?}");
            assert!(
                comparison.to_string().contains("not covered by hashes"),
                "{comparison}"
            );
        }
    }
}

/// A block's struct with a further field in entry `at` of its list of that name.
fn with_extra(block: Element, list: &str, at: usize) -> Element {
    let extra = [("extra".into(), Element::string("Mallory"))];
    let fields = block.as_struct().unwrap().iter().map(|(name, value)| {
        let items = value.as_sequence().filter(|_| name.text() == Some(list));
        let items = items.map(|items| {
            let items = items.elements().enumerate().map(|(index, item)| {
                let own = item.as_struct().unwrap().iter();
                let own = own.map(|(name, value)| (name.clone(), value.clone()));
                let extra = extra.clone().into_iter().filter(|_| index == at);
                Element::from(Struct::from_iter(own.chain(extra)))
            });
            Element::from(ion_rs::List::from_iter(items))
        });
        (name.clone(), items.unwrap_or_else(|| value.clone()))
    });
    Struct::from_iter(fields).into()
}

#[test]
fn a_field_beside_a_hash_that_stands_alone_is_a_difference() {
    let mut ledger = Ledger::new(3, 20, Mix::Vehicle);
    let (index, at) = with_data(&ledger);
    let stub = &mut ledger.blocks[index].revisions.as_mut().unwrap()[at];
    *stub = Revision::internal(stub.hash.clone());
    let genuine: Vec<Element> = ledger.blocks.iter().map(Block::to_element).collect();
    let mut changed = genuine.clone();
    changed[index] = with_extra(changed[index].clone(), "revisions", at);
    let field = format!("revisions[{at}].extra");
    for formats in FORMATS.iter().flat_map(|a| FORMATS.map(|b| [*a, b])) {
        let encode =
            |format: Format, blocks: &[Element]| format.encode(blocks, &Rng::new(0)).unwrap();
        let first = Memory::new().with("j", encode(formats[0], &genuine));
        let second = Memory::new().with("j", encode(formats[1], &changed));
        each_way(&first, &second, |comparison| {
            assert_eq!(comparison.outcome, Outcome::Different, "{comparison}");
            assert!(
                comparison.differences.iter().any(|one| one.field == field),
                "{comparison}"
            );
        });
        let again = encode(formats[1], &changed[index..=index]);
        let both = first.clone().with("z", again);
        each_way(&first, &both, |comparison| {
            assert_eq!(comparison.outcome, Outcome::Different, "{comparison}");
        });
    }
}

#[test]
fn a_field_of_a_streams_summary_is_a_difference() {
    let ledger = Ledger::new(3, 20, Mix::Vehicle);
    let (index, at) = with_data(&ledger);
    let block = &ledger.blocks[index];
    let records = stream::whole(&ledger.blocks).unwrap();
    let summary = stream::record("BLOCK_SUMMARY", block.to_summary()).unwrap();
    let changed = with_extra(block.to_summary(), "revisionSummaries", at);
    let changed = stream::record("BLOCK_SUMMARY", changed).unwrap();
    let replaced = records.iter().map(|record| match *record == summary {
        true => changed.clone(),
        false => record.clone(),
    });
    let replaced: Vec<_> = replaced.collect();
    assert_ne!(replaced, records);
    let of = |records: &[Vec<u8>]| Memory::new().with("s", stream::firehose(records, false));
    let export = Memory::new().with("j", text(&ledger));
    for first in [&of(&records), &export] {
        each_way(first, &of(&replaced), |comparison| {
            assert_eq!(comparison.outcome, Outcome::Different, "{comparison}");
            let field = format!("revisionSummaries[{at}].extra");
            let [found] = &comparison.differences[..] else {
                panic!("{comparison}")
            };
            assert_eq!(
                (&*found.field, found.kind),
                (&*field, DifferenceKind::NotCovered)
            );
        });
    }
}

#[test]
fn strands_that_one_copy_has_alone_are_named_in_the_first_line() {
    let ledger = Ledger::new(3, 6, Mix::Tiny);
    let other = Ledger::new(4, 6, Mix::Tiny);
    let one = Memory::new().with("j", text(&ledger));
    let two = one.clone().with("k", text(&other));
    each_way(&one, &two, |comparison| {
        assert_eq!(comparison.outcome, Outcome::Same, "{comparison}");
        assert!(!comparison.whole);
        let line = headline(comparison);
        assert!(line.starts_with("SAME where both have it: "), "{line}");
        let strand = &other.blocks[0].address.strand_id;
        assert!(
            line.contains(&format!("has strand {strand}, which was not compared")),
            "{line}"
        );
    });
    let comparison = compare(&two, &two);
    assert_eq!(comparison.outcome, Outcome::Undecided);
    for ledger in [&ledger, &other] {
        let strand = &ledger.blocks[0].address.strand_id;
        assert!(headline(&comparison).contains(strand), "{comparison}");
    }
}

#[test]
fn blocks_that_nobody_asked_for_are_not_said_to_be_the_same() {
    let ledger = Ledger::new(3, 20, Mix::Vehicle);
    let copy = Memory::new().with("j", text(&ledger));
    let verifier = Verifier::new().from(5).to(9);
    let comparison = compare_journals(&verifier, &copy, &copy).unwrap();
    assert_eq!(comparison.common, [(5, 9)], "{comparison}");
    assert_eq!(comparison.outcome, Outcome::Same);
}

#[test]
fn a_redaction_is_lawful_where_the_journal_orders_it() {
    let mut ledger = Ledger::new(3, 30, Mix::Vehicle);
    let (index, at) = with_data(&ledger);
    let metadata = ledger.blocks[index].revisions()[at]
        .metadata
        .clone()
        .unwrap();
    let order = Redaction {
        address: ledger.blocks[index].address.clone(),
        table_id: "0123456789012345678901".to_owned(),
        document_id: metadata.id,
        version: metadata.version,
    };
    let orders = [order];
    let later = ledger.blocks.len() - 2;
    let info = hash(&sealion_testkit::block::redaction_info(&orders)).to_vec();
    ledger.blocks[later].redaction_info = Some(orders.to_vec());
    ledger.blocks[later].entries.push(info);
    for block in later..ledger.blocks.len() {
        let before = ledger.blocks[block - 1].block_hash.clone();
        ledger.blocks[block].previous_block_hash = before;
        let entries = ledger.blocks[block].entries_root().unwrap();
        ledger.blocks[block].entries_hash = entries.to_vec();
        ledger.blocks[block].rehash();
    }
    let mut redacted = ledger.clone();
    let revision = &mut redacted.blocks[index].revisions.as_mut().unwrap()[at];
    if let Content::Data(data) = &revision.content {
        revision.content = Content::Redacted(hash(data).to_vec());
    }
    let of = |blocks: &[Block]| archive(Form::Export(Format::Text), blocks, &[], 0);
    each_way(&of(&ledger.blocks), &of(&redacted.blocks), |comparison| {
        assert_eq!(comparison.outcome, Outcome::Same, "{comparison}");
        assert!(!comparison.whole);
        let line = headline(comparison);
        assert!(
            line.contains("has the data of 1 revisions, which are redacted"),
            "{line}"
        );
    });
    // The order is in one of them only; then in none.
    each_way(
        &of(&ledger.blocks[..later]),
        &of(&redacted.blocks),
        |comparison| {
            assert_eq!(comparison.outcome, Outcome::Same, "{comparison}");
        },
    );
    let parts = [of(&ledger.blocks[..later]), of(&redacted.blocks[..later])];
    each_way(&parts[0], &parts[1], |comparison| {
        assert_eq!(comparison.outcome, Outcome::Undecided, "{comparison}");
        assert_eq!(comparison.redactions_without_order, 1);
    });
}

#[test]
fn what_a_stream_did_not_bring_leaves_it_open() {
    let ledger = Ledger::new(3, 20, Mix::Vehicle);
    let records = stream::whole(&ledger.blocks).unwrap();
    let details = |record: &[u8]| record.windows(16).any(|part| part == b"REVISION_DETAILS");
    let lost = records.iter().position(|record| details(record)).unwrap();
    let mut less = records.clone();
    less.remove(lost);
    let less = Memory::new().with("s", stream::firehose(&less, false));
    for form in FORMS {
        let whole = archive(form, &ledger.blocks, &[], 0);
        each_way(&whole, &less, |comparison| {
            assert_eq!(
                comparison.outcome,
                Outcome::Undecided,
                "{form:?}\n{comparison}"
            );
            assert!(
                headline(comparison).contains("block summary"),
                "{comparison}"
            );
        });
    }
    let comparison = compare(&less, &less);
    assert_eq!(comparison.outcome, Outcome::Same, "{comparison}");
}

#[test]
fn blocks_that_came_by_themselves_are_compared_by_hashes_and_leave_the_rest_open() {
    let ledger = Ledger::new(3, 20, Mix::Vehicle);
    let whole = Memory::new().with("j", text(&ledger));
    let answer = |index: usize| evidence::get_block::<[u8; 32]>(&ledger.blocks[index], None);
    let alone = Memory::new().with("b", answer(7).into_bytes());
    each_way(&whole, &alone, |comparison| {
        assert_eq!(comparison.outcome, Outcome::Undecided, "{comparison}");
        assert_eq!(comparison.hashes_only, 1);
        assert_eq!(comparison.common, [(7, 7)]);
    });
    let beside = whole.clone().with("b", answer(7).into_bytes());
    each_way(&whole, &beside, |comparison| {
        assert_eq!(comparison.outcome, Outcome::Same, "{comparison}");
    });
}

/// Two copies, each stripped of something else, are as good as a whole one, in any order.
#[test]
fn what_one_copy_on_a_side_lacks_another_one_there_may_have() {
    let ledger = Ledger::new(3, 20, Mix::Vehicle);
    let (index, at) = with_data(&ledger);
    let mut stripped = ledger.clone();
    let revisions = stripped.blocks[index].revisions.as_mut().unwrap();
    revisions[at] = Revision::internal(revisions[at].hash.clone());
    let mut bare = ledger.clone();
    bare.blocks[index].transaction_info = None;
    let whole = Memory::new().with("j", text(&ledger));
    for form in FORMS {
        let [a, b] = [&stripped, &bare].map(|own| object(form, &own.blocks, &mut Rng::new(0)));
        for names in [["a", "z"], ["z", "a"]] {
            let both = Memory::new()
                .with(names[0], a.clone())
                .with(names[1], b.clone());
            each_way(&whole, &both, |comparison| {
                assert_eq!(comparison.outcome, Outcome::Same, "{form:?}\n{comparison}");
                assert!(comparison.whole, "{comparison}");
            });
            let one = Memory::new().with("a", a.clone());
            each_way(&whole, &one, |comparison| {
                assert_eq!(
                    comparison.outcome,
                    Outcome::Different,
                    "{form:?}\n{comparison}"
                );
            });
        }
    }
}
