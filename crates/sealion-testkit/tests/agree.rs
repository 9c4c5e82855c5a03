//! The library and the reference agree: on journals however written and cut, on trees and on proofs.

mod common;

use common::{archive, Form, FORMS};
use ion_rs::Element;
use proptest::prelude::*;
use sealion::{Verdict, Verifier};
use sealion_reference::{sha256, Hash};
use sealion_testkit::agree::{self, told, trusted};
use sealion_testkit::mutate::{self, Evidence};
use sealion_testkit::write::export::Format;
use sealion_testkit::{Ledger, Mix, Rng};
use serde_json::Value;

fn elements(ledger: &Ledger) -> Vec<Element> {
    ledger
        .blocks
        .iter()
        .map(|block| block.to_element())
        .collect()
}

/// Two reports that must say the same, compared member by member so that a difference can be read.
fn same(a: &Value, b: &Value, what: &str) {
    for (name, member) in a.as_object().unwrap() {
        let (Some(a), Some(b)) = (member.as_array(), b[name].as_array()) else {
            assert_eq!(member, &b[name], "{what}: {name}");
            continue;
        };
        for (a, b) in a.iter().zip(b) {
            assert_eq!(a, b, "{what}: {name}");
        }
        assert_eq!(a.len(), b.len(), "{what}: {name}");
    }
}

fn sort_findings(told: &mut Value) {
    let findings = told["findings"].as_array_mut().unwrap();
    findings.sort_by_key(Value::to_string);
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count)
        .map(|index| sha256(&index.to_be_bytes()))
        .collect()
}

#[test]
fn roots_of_trees_of_all_small_sizes_and_cuts() {
    let leaves = leaves(300);
    let mut rng = Rng::new(5);
    for count in 0..=leaves.len() {
        agree::tree(&leaves[..count], &[]);
        for _ in 0..4 {
            let cuts: Vec<usize> = (0..rng.below(6)).map(|_| rng.index(count + 1)).collect();
            agree::tree(&leaves[..count], &cuts);
        }
        for index in 0..=count {
            agree::path(index, &leaves[..count]);
        }
    }
    for count in 0..=17 {
        for cut in 0..=count {
            agree::tree(&leaves[..count], &[cut]);
        }
    }
}

/// What one object of Ion text says, every cut and form says too.
#[test]
fn every_form_and_cut_of_a_journal_gives_the_same_report() {
    for (seed, mix) in [
        (1, Mix::Mixed),
        (2, Mix::Vehicle),
        (3, Mix::Tiny),
        (4, Mix::Deep),
    ] {
        let ledger = Ledger::new(seed, 50, mix);
        let blocks = elements(&ledger);
        let verifier = Verifier::new().against(trusted(&ledger.digest()));
        let one = archive(Form::Export(Format::Text), &ledger.blocks, &[], 0);
        let whole = agree::journal(&blocks, &one, &verifier);
        assert_eq!(whole.verdict(), Verdict::Verified, "{whole}");
        let whole = told(&whole);
        for form in FORMS {
            for cuts in [
                &[][..],
                &[1],
                &[25],
                &[1, 2, 3, 49],
                &[7, 14, 21, 28, 35, 42],
            ] {
                let archive = archive(form, &ledger.blocks, cuts, seed);
                let report = agree::journal(&blocks, &archive, &verifier);
                let mut told = told(&report);
                if form == Form::Stream {
                    told["not_covered"] = whole["not_covered"].clone(); // a stream has more such fields
                }
                same(&told, &whole, &format!("{mix:?} {form:?} {cuts:?}"));
            }
        }
    }
}

/// The same of journals in which something is wrong: the same rules fail at the same blocks.
#[test]
fn changed_journals_fail_where_the_reference_says() {
    let mut compared = 0;
    for seed in 0..8 {
        let ledger = Ledger::new(seed, 40, Mix::Mixed);
        let verifier = Verifier::new().against(trusted(&ledger.digest()));
        for change in mutate::journals() {
            let mut changed = ledger.clone();
            let mut rng = Rng::new(seed);
            let mut applied = 0;
            // Several changes at once, too.
            for _ in 0..=seed / 3 {
                applied += usize::from((change.apply)(&mut changed, &mut rng).is_some());
            }
            let blocks = elements(&changed);
            if applied == 0 || !agree::rising(&blocks) {
                continue; // Copies and odd addresses are none of the reference's business.
            }
            let format = Format::ALL[rng.index(5)];
            let cuts: Vec<usize> = (0..rng.below(5)).map(|_| rng.index(40)).collect();
            let one = archive(Form::Export(Format::Text), &changed.blocks, &[], seed);
            let cut = archive(Form::Export(format), &changed.blocks, &cuts, seed);
            let [mut one, mut cut] =
                [one, cut].map(|archive| told(&agree::journal(&blocks, &archive, &verifier)));
            if matches!(format, Format::Spelled | Format::SpelledBinary) {
                // Findings on fields of one struct come in the order of the fields, which spelling changes.
                sort_findings(&mut one);
                sort_findings(&mut cut);
            }
            same(&one, &cut, change.name);
            compared += 1;
        }
    }
    assert!(compared > 250, "{compared} compared");
}

/// Any mixture of changes, in any form, cut anywhere.
#[test]
fn mixtures_of_changes() {
    let strategy = (
        any::<u64>(),
        1..30u64,
        0..5usize,
        prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    );
    proptest!(agree::property(60), |((seed, length, form, picks) in strategy)| {
        let ledger = Ledger::new(seed % 64, length, Mix::Mixed);
        let mut changed = ledger.clone();
        let mut rng = Rng::new(seed);
        let changes = mutate::journals();
        for pick in &picks {
            let before = changed.clone();
            let change = &changes[pick.index(changes.len())];
            if changed.blocks.len() != changed.hashes.len() || (change.apply)(&mut changed, &mut rng).is_none() {
                changed = before; // most changes count on whole journals
            }
        }
        let blocks = elements(&changed);
        prop_assume!(agree::rising(&blocks));
        let cuts: Vec<usize> = (0..rng.below(5)).map(|_| rng.index(30)).collect();
        let archive = archive(Form::Export(Format::ALL[form]), &changed.blocks, &cuts, seed);
        let _ = agree::journal(&blocks, &archive, &Verifier::new().against(trusted(&ledger.digest())));
    });
}

#[test]
fn answers_for_all_blocks_and_tips_hold() {
    let ledger = Ledger::new(8, 41, Mix::Tiny);
    let mut revisions = 0;
    for tip in 0..=40 {
        let documents: Vec<_> = ledger
            .documents()
            .filter(|(index, _)| *index <= tip)
            .collect();
        for index in 0..=tip {
            holds(&Evidence::of_block(&ledger, index, tip));
        }
        for (index, revision) in documents {
            holds(&Evidence::of_revision(&ledger, index, revision, tip));
            revisions += 1;
        }
    }
    assert!(revisions > 400, "{revisions} revisions");
}

fn holds(evidence: &Evidence) {
    let (_, file) = &evidence.files()[0];
    let report = agree::answer(file, &evidence.digest);
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
}

#[test]
fn changed_answers_are_refused_as_by_the_reference() {
    for (seed, blocks) in [(3, 23), (4, 8), (5, 33)] {
        let ledger = Ledger::new(seed, blocks, Mix::Mixed);
        let mut refused = 0;
        for change in mutate::proofs() {
            for tip in [ledger.tip(), ledger.tip() - 1, ledger.tip() / 2] {
                for index in 0..=tip {
                    let block = Evidence::of_block(&ledger, index, tip);
                    let documents = ledger.documents().filter(|(own, _)| *own == index);
                    let revision = |(index, at)| Evidence::of_revision(&ledger, index, at, tip);
                    for mut evidence in documents.map(revision).chain([block]) {
                        let mut rng = Rng::new(index as u64);
                        if (change.apply)(&mut evidence, &ledger, &mut rng).is_some() {
                            let (_, file) = &evidence.files()[0];
                            let report = agree::answer(file, &evidence.digest);
                            assert_eq!(
                                report.verdict(),
                                Verdict::Failed,
                                "{}: {report}",
                                change.name
                            );
                            refused += 1;
                        }
                    }
                }
            }
        }
        assert!(refused > 100, "{refused} refused");
    }
}
