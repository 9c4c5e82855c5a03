//! Files that were put together of objects of an export in any order: each part is read as if it had come alone.

mod common;

use common::{object, text, Form, FORMS};
use proptest::prelude::*;
use sealion::source::Memory;
use sealion::{Code, Report, Severity, Verdict, Verifier};
use sealion_testkit::agree::{engines, property, trusted};
use sealion_testkit::{Ledger, Mix, Rng};

/// Runs of blocks, first and past the last, in the order in which they stand in the file.
fn shuffled(blocks: usize, rng: &mut Rng) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    while from < blocks {
        let to = blocks.min(from + 1 + rng.index(7));
        parts.push(from..to);
        from = to;
    }
    for last in (1..parts.len()).rev() {
        parts.swap(last, rng.index(last + 1));
    }
    parts
}

fn out_of_order(report: &Report) -> usize {
    let all = report.findings().iter();
    all.filter(|found| (found.code, found.severity) == (Code::Address, Severity::Warning))
        .count()
}

proptest! {
    #![proptest_config(property(3))]

    #[test]
    fn parts_in_any_order_are_the_journal_in_its_order(seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let ledger = Ledger::new(seed, 30, Mix::Vehicle);
        let parts = shuffled(30, &mut rng);
        let descents = parts.windows(2).filter(|pair| pair[1].start < pair[0].start).count();
        let verifier = Verifier::new().against(trusted(&ledger.digest()));
        for form in FORMS {
            let each = parts.iter().map(|part| object(form, &ledger.blocks[part.clone()], &mut Rng::new(1)));
            let mut file = each.collect::<Vec<_>>().concat();
            let report = engines(&Memory::new().with("j", file.clone()), &verifier);
            prop_assert_eq!(report.verdict(), Verdict::Verified, "{:?} {}", form, report);
            let disorder = usize::from(descents > 0 && form != Form::Stream);
            prop_assert_eq!(out_of_order(&report), disorder, "{:?} {}", form, report);
            let strand = &report.strands[0];
            prop_assert_eq!((strand.blocks, strand.repeated_blocks), (30, 0));
            let whole = Memory::new().with("j", text(&ledger));
            let plain = verifier.verify(&whole).unwrap();
            prop_assert_eq!(strand.revisions, plain.strands[0].revisions);
            prop_assert_eq!(report.inputs[0].blocks, Some(30));
            // The same blocks once more, beside it.
            let twice = engines(&whole.with("other", file.clone()), &verifier);
            prop_assert_eq!(twice.verdict(), Verdict::Verified, "{:?} {}", form, twice);
            prop_assert_eq!(twice.strands[0].repeated_blocks, 30);
            // Cut off, it is no less damaged than in order; nor with something changed.
            let cut = file.len() - 2 - rng.index(40);
            let report = engines(&Memory::new().with("j", file[..cut].to_vec()), &verifier);
            prop_assert!(report.verdict() != Verdict::Verified, "{:?} {}", form, report);
            let mut forged = ledger.clone();
            let documents: Vec<_> = ledger.documents().collect();
            let (index, at) = documents[rng.index(documents.len())];
            let revision = &mut forged.blocks[index].revisions.as_mut().unwrap()[at];
            revision.metadata.as_mut().unwrap().version ^= 1;
            let each = parts.iter().map(|part| object(form, &forged.blocks[part.clone()], &mut Rng::new(1)));
            file = each.collect::<Vec<_>>().concat();
            let report = engines(&Memory::new().with("j", file), &verifier);
            prop_assert!(report.verdict() != Verdict::Verified, "{:?} {}", form, report);
        }
    }
}

#[test]
fn parts_of_a_file_of_many_pieces_are_read_as_far_as_they_go() {
    let ledger = Ledger::new(1, 1200, Mix::Tiny);
    let form = Form::Export(sealion_testkit::write::export::Format::Text);
    let parts = [800..1200, 400..800, 0..400];
    let each = parts.map(|part| object(form, &ledger.blocks[part], &mut Rng::new(1)));
    let file = each.concat();
    assert!(file.len() > 1 << 20, "{} bytes are few", file.len());
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    let report = engines(&Memory::new().with("j", file.clone()), &verifier);
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    assert_eq!(out_of_order(&report), 1);
    // What does not come to its end is no less noticed.
    let cut = file[..file.len() - 40].to_vec();
    let report = engines(&Memory::new().with("j", cut), &verifier);
    assert_ne!(report.verdict(), Verdict::Verified, "{report}");
}
