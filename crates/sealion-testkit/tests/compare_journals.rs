//! Two copies of a journal: the same in every form, and every change found at its
//! place and called what it is.

mod common;

use common::{archive, text, Form, FORMS};
use sealion::compare::{compare_journals, DifferenceKind, JournalComparison, Outcome};
use sealion::source::Memory;
use sealion::Verifier;
use sealion_testkit::block::{Content, Revision};
use sealion_testkit::write::{evidence, export::Format};
use sealion_testkit::{Block, Ledger, Mix};

fn compare(first: &Memory, second: &Memory) -> JournalComparison {
    compare_journals(&Verifier::new(), first, second).unwrap()
}

fn of(blocks: &[Block]) -> Memory {
    archive(Form::Export(Format::Text), blocks, &[], 0)
}

/// One place, and the kinds that the two orders must give.
fn both_ways(ledger: &Ledger, other: &Ledger, kinds: [DifferenceKind; 2], place: (usize, &str)) {
    let (a, b) = (of(&ledger.blocks), of(&other.blocks));
    for (comparison, kind) in [(compare(&a, &b), kinds[0]), (compare(&b, &a), kinds[1])] {
        let found = comparison.differences.iter().find(|one| {
            one.kind == kind && one.sequence_no == place.0 as u64 && one.field.ends_with(place.1)
        });
        assert!(found.is_some(), "{kind:?} {place:?}\n{comparison}");
        // Nothing here orders the redaction, so it may be one or not.
        let outcome = match kind {
            DifferenceKind::RedactedInFirst | DifferenceKind::RedactedInSecond => {
                Outcome::Undecided
            }
            _ => Outcome::Different,
        };
        assert_eq!(comparison.outcome, outcome, "{comparison}");
        let one = [DifferenceKind::Covered, DifferenceKind::NotCovered];
        if !one.contains(&kind) {
            assert_eq!(comparison.totals.len(), 1, "{comparison}");
            assert_eq!(comparison.totals[&kind], 1, "{comparison}");
        }
        assert!(comparison.to_json().contains(kind.as_str()));
    }
}

/// A block with a user revision, and the revision's number in it.
fn user_revision(ledger: &Ledger) -> (usize, usize) {
    let user = |(index, revision): &(usize, usize)| {
        *index > 5
            && matches!(
                ledger.blocks[*index].revisions()[*revision].content,
                Content::Data(_)
            )
    };
    ledger.documents().find(user).unwrap()
}

fn revision_mut(ledger: &mut Ledger, place: (usize, usize)) -> &mut Revision {
    &mut ledger.blocks[place.0].revisions.as_mut().unwrap()[place.1]
}

#[test]
fn one_journal_in_any_two_forms_and_cuts_is_the_same() {
    let ledger = Ledger::new(11, 24, Mix::Mixed);
    let mut forms = FORMS.to_vec();
    forms.push(Form::Export(Format::Json));
    for (number, form) in forms.iter().enumerate() {
        let first = archive(Form::Export(Format::Text), &ledger.blocks, &[3, 11], 1);
        let second = archive(*form, &ledger.blocks, &[number], 5);
        for (a, b) in [(&first, &second), (&second, &first)] {
            let comparison = compare(a, b);
            // JSON has numbers of which it cannot be told what they were.
            let outcome = match comparison.perhaps_other {
                0 => Outcome::Same,
                _ => Outcome::Undecided,
            };
            assert_eq!(comparison.outcome, outcome, "{form:?}\n{comparison}");
            assert!(comparison.totals.is_empty(), "{form:?}\n{comparison}");
            assert_eq!(comparison.common, [(0, 23)]);
            let json = *form == Form::Export(Format::Json);
            assert_eq!(comparison.json_in_one > 0, json);
            assert!(comparison.perhaps_other == 0 || json);
        }
    }
}

#[test]
fn lawful_and_unlawful_differences_are_told_apart() {
    use DifferenceKind::{
        Covered, LeftOutInFirst, LeftOutInSecond, NotCovered, RedactedInFirst, RedactedInSecond,
    };
    let ledger = Ledger::new(3, 40, Mix::Vehicle);
    let place = user_revision(&ledger);
    let field = format!("revisions[{}]", place.1);
    let data_field = format!("revisions[{}].data", place.1);

    let mut other = ledger.clone();
    let revision = revision_mut(&mut other, place);
    if let Content::Data(data) = &revision.content {
        let hash = sealion_reference::ion_hash(data).unwrap();
        revision.content = Content::Redacted(hash.to_vec());
    }
    both_ways(
        &ledger,
        &other,
        [RedactedInSecond, RedactedInFirst],
        (place.0, &field),
    );

    let mut other = ledger.clone();
    let revision = revision_mut(&mut other, place);
    *revision = Revision::internal(revision.hash.clone());
    both_ways(
        &ledger,
        &other,
        [LeftOutInSecond, LeftOutInFirst],
        (place.0, &field),
    );

    let mut other = ledger.clone();
    other.blocks[place.0].transaction_info = None;
    let kinds = [LeftOutInSecond, LeftOutInFirst];
    both_ways(&ledger, &other, kinds, (place.0, "transactionInfo"));

    let mut other = ledger.clone();
    other.blocks[place.0].transaction_id = "AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    both_ways(&ledger, &other, [NotCovered; 2], (place.0, "transactionId"));

    let mut other = ledger.clone();
    other.blocks[place.0].block_timestamp = ledger.blocks[place.0 - 1].block_timestamp.clone();
    both_ways(
        &ledger,
        &other,
        [NotCovered; 2],
        (place.0, "blockTimestamp"),
    );

    let mut other = ledger.clone();
    revision_mut(&mut other, place).content = Content::Data(ion_rs::Element::from(7));
    both_ways(&ledger, &other, [Covered; 2], (place.0, &data_field));

    let mut other = ledger.clone();
    revision_mut(&mut other, place)
        .metadata
        .as_mut()
        .unwrap()
        .version += 1;
    let metadata = format!("revisions[{}].metadata", place.1);
    both_ways(&ledger, &other, [Covered; 2], (place.0, &metadata));
}

#[test]
fn the_first_block_with_another_hash_is_found_wherever_it_is() {
    let ledger = Ledger::new(3, 30, Mix::Tiny);
    let first = of(&ledger.blocks);
    for changed in 0..30 {
        let mut other = ledger.clone();
        other.blocks[changed].entries[0][5] ^= 1;
        let comparison = compare(&first, &of(&other.blocks));
        assert_eq!(comparison.first_other_hash, Some(changed as u64));
        assert_eq!(comparison.outcome, Outcome::Different);
        let found = &comparison.differences[0];
        assert_eq!(found.field, "entriesHashList[0]");
        assert_eq!(found.sequence_no, changed as u64);
    }
}

#[test]
fn parts_are_compared_where_they_overlap() {
    let ledger = Ledger::new(3, 30, Mix::Tiny);
    let part = |range: std::ops::Range<usize>| of(&ledger.blocks[range]);
    let comparison = compare(&part(3..20), &part(7..30));
    assert_eq!(comparison.common, [(7, 19)]);
    assert_eq!(comparison.outcome, Outcome::Same);
    assert_eq!(comparison.first.blocks, [(3, 19)]);
    assert_eq!(comparison.first.only_here, [(3, 6)]);
    assert_eq!(comparison.second.only_here, [(20, 29)]);
    assert!(!comparison.whole);
    let headline = "; only the first has blocks 3–6; only the second has blocks 20–29.";
    let said = comparison.to_string();
    let first = said.lines().next().unwrap();
    assert!(
        first.starts_with("SAME where both have it: blocks 7–19 of strand "),
        "{first}"
    );
    assert!(first.ends_with(headline), "{first}");
    let apart = compare(&part(0..10), &part(10..30));
    assert_eq!(apart.outcome, Outcome::Undecided, "{apart}");
    let mut holes = ledger.blocks.clone();
    holes.drain(12..15);
    let comparison = compare(&of(&holes), &part(5..28));
    assert_eq!(comparison.common, [(5, 11), (15, 27)]);
    assert_eq!(comparison.outcome, Outcome::Same);
}

#[test]
fn other_strands_and_empty_copies_are_undecided() {
    let ledger = Ledger::new(3, 5, Mix::Tiny);
    let other = Ledger::new(4, 5, Mix::Tiny);
    let first = Memory::new().with("j", text(&ledger));
    for second in [Memory::new().with("j", text(&other)), Memory::new()] {
        let comparison = compare(&first, &second);
        assert_eq!(comparison.outcome, Outcome::Undecided);
        assert!(
            comparison.to_string().starts_with("UNDECIDED"),
            "{comparison}"
        );
    }
}

#[test]
fn what_could_not_be_read_leaves_it_open() {
    let ledger = Ledger::new(11, 24, Mix::Mixed);
    let whole = text(&ledger);
    let cut = Memory::new().with("journal", whole[..whole.len() - 300].to_vec());
    let whole = Memory::new().with("journal", whole);
    for (a, b) in [(&cut, &whole), (&whole, &cut), (&cut, &cut)] {
        let comparison = compare(a, b);
        assert_eq!(comparison.outcome, Outcome::Undecided, "{comparison}");
        assert_eq!(comparison.common, [(0, 22)]);
        let reason = comparison.reason.as_deref().unwrap();
        assert!(reason.starts_with("journal ends inside "), "{reason}");
        assert!(comparison
            .to_string()
            .starts_with("UNDECIDED: what could be compared of blocks 0–22 "));
    }
    // A difference is one, whatever else could not be read.
    let mut other = Ledger::new(11, 24, Mix::Mixed);
    let place = user_revision(&other);
    revision_mut(&mut other, place).content = Content::Data(ion_rs::Element::from(7));
    let comparison = compare(&cut, &of(&other.blocks));
    assert_eq!(comparison.outcome, Outcome::Different, "{comparison}");
}

#[test]
fn a_revision_that_only_one_copy_has_beside_its_blocks_is_named() {
    let ledger = Ledger::new(3, 30, Mix::Vehicle);
    let place = user_revision(&ledger);
    let own = ledger.blocks[place.0].revisions()[place.1].clone();
    let mut forged = own.clone();
    forged.content = Content::Data(ion_rs::Element::read_one("{owner:\"Mallory\"}").unwrap());
    forged.metadata.as_mut().unwrap().version += 7;
    forged.hash = forged.computed_hash().unwrap().to_vec();
    let plain = of(&ledger.blocks);
    let row = |revision: &Revision| evidence::ion_text(&revision.to_element()).into_bytes();
    // What a block holds as well is no more than it.
    let twice = compare(&plain.clone().with("row", row(&own)), &plain);
    assert!(twice.whole && twice.first.beside == 0, "{twice}");
    // Where the forged one says that it is of a block which is here, that fails by itself.
    forged.address.as_mut().unwrap().sequence_no = 99;
    let beside = plain.clone().with("row", row(&forged));
    for (a, b) in [(&beside, &plain), (&plain, &beside)] {
        let comparison = compare(a, b);
        assert!(!comparison.whole, "{comparison}");
        assert_eq!(comparison.outcome, Outcome::Undecided, "{comparison}");
        assert_eq!(comparison.first.beside + comparison.second.beside, 1);
        let said = comparison.to_string();
        let first = said.lines().next().unwrap();
        assert!(!first.contains("all that there is"), "{first}");
        assert!(first.contains("revisions beside the blocks"), "{first}");
    }
    assert_eq!(compare(&beside, &beside).outcome, Outcome::Same);
}
