//! Flips in journals: exports by their digest, parts of exports by a proof, streams.

use crate::common::{object, Form};
use crate::{warns, Sound};
use ion_rs::{Element, Struct};
use sealion::Report;
use sealion_testkit::agree::{with_deep_stack, Decoded, Difference};
use sealion_testkit::mutate::Evidence;
use sealion_testkit::write::export::Format;
use sealion_testkit::write::{evidence, stream};
use sealion_testkit::{Block, Ledger, Mix, Rng};

fn elements(blocks: &[Block]) -> Vec<Element> {
    blocks.iter().map(Block::to_element).collect()
}

fn read(bytes: &[u8]) -> Vec<Element> {
    let values = with_deep_stack(|| Element::read_all(bytes));
    values
        .expect("what is verified can be read")
        .into_iter()
        .collect()
}

/// The same with QLDB's names in small letters; those in documents are theirs.
fn lowered(blocks: &[Element]) -> Vec<Element> {
    fn value(own: &Element) -> Element {
        let annotations = own.annotations().iter().cloned();
        let annotations: Vec<_> = annotations.collect();
        let lowered: Element = if let Some(list) = own.as_sequence().filter(|_| !own.is_null()) {
            ion_rs::List::from_iter(list.elements().map(value)).into()
        } else if let Some(fields) = own.as_struct() {
            let field = |(name, own): (&ion_rs::Symbol, &Element)| match name.text() {
                Some("data") => ("data".to_owned(), own.clone()),
                name => (name.unwrap_or_default().to_lowercase(), value(own)),
            };
            Struct::from_iter(fields.fields().map(field)).into()
        } else {
            return own.clone();
        };
        lowered.with_annotations(annotations)
    }
    blocks.iter().map(value).collect()
}

/// Why a journal that differs from the sound one may be verified.
fn excuse(difference: &Difference, report: &Report, before: &Report) {
    match difference {
        Difference::Nothing => {}
        Difference::Uncovered(changed) => {
            let contradicted = changed.iter().any(|(_, contradicted)| *contradicted);
            assert!(
                !contradicted,
                "verified, though another field contradicts {changed:?}: {report}"
            );
        }
        Difference::LeftOut => assert!(
            warns(report, before),
            "a part of a block is gone without a word: {report}"
        ),
        Difference::Covered => panic!("verified: {report}"),
    }
}

fn flip_export(format: Format, mix: Mix, blocks: u64, cases: u32) {
    let ledger = Ledger::new(7, blocks, mix);
    let original = elements(&ledger.blocks);
    let bytes = object(Form::Export(format), &ledger.blocks, &mut Rng::new(1));
    let sound = Sound {
        files: vec![("export".into(), bytes)],
        file: 0,
        digest: ledger.digest(),
    };
    sound.flip(cases, 35, |bytes, report, before| {
        let found = read(bytes);
        // Tables of Athena have all names in small letters, so these are read in any.
        if lowered(&found) != lowered(&original) {
            excuse(&Difference::between(&original, &found), report, before);
        }
    });
}

#[test]
fn exports_in_text() {
    flip_export(Format::Text, Mix::Vehicle, 8, 600);
    flip_export(Format::Pretty, Mix::Mixed, 8, 300);
    flip_export(Format::Spelled, Mix::Mixed, 8, 300);
}

#[test]
fn exports_in_binary() {
    flip_export(Format::Binary, Mix::Vehicle, 8, 600);
    flip_export(Format::Binary, Mix::Mixed, 8, 300);
    flip_export(Format::SpelledBinary, Mix::Mixed, 8, 300);
}

/// Blocks 5 to 12, tied to the digest at block 19 by a proof of block 12. Flips in the export, then in the proof.
fn partial(file: usize, format: Format) -> (Sound, Vec<Element>) {
    let ledger = Ledger::new(9, 20, Mix::Vehicle);
    let blocks = &ledger.blocks[5..=12];
    let answer = Evidence::of_block(&ledger, 12, 19).files().swap_remove(0);
    let export = object(Form::Export(format), blocks, &mut Rng::new(2));
    let sound = Sound {
        files: vec![("export".into(), export), answer],
        file,
        digest: ledger.digest(),
    };
    (sound, elements(blocks))
}

#[test]
fn parts_of_exports_by_a_block_proof() {
    for format in [Format::Text, Format::Binary] {
        let (sound, original) = partial(0, format);
        sound.flip(300, 35, |bytes, report, before| {
            excuse(
                &Difference::between(&original, &read(bytes)),
                report,
                before,
            );
        });
    }
    let (sound, _) = partial(1, Format::Text);
    let original = Decoded::read(&sound.files[1].1).unwrap();
    sound.flip(300, 35, |bytes, report, before| {
        let found = Decoded::read(bytes).expect("what is verified can be read");
        excuse(&original.difference(&found), report, before);
    });
}

/// The same with the proof that AWS's migration sample saved.
#[test]
fn parts_of_exports_by_a_migration_proof() {
    let ledger = Ledger::new(9, 20, Mix::Vehicle);
    let proof = ledger.block_proof(12, 19);
    let saved = evidence::migration_proofs("export", &ledger.blocks[12], &proof, &ledger.digest());
    let export = object(
        Form::Export(Format::Text),
        &ledger.blocks[5..=12],
        &mut Rng::new(2),
    );
    let mut sound = Sound {
        files: vec![
            ("export".into(), export),
            ("export.proofs.json".into(), saved.clone().into()),
        ],
        file: 1,
        digest: ledger.digest(),
    };
    // Half of the bytes are the ledger's and export's names, times, and a digest that is only a claim.
    let covered = |bytes: &[u8]| {
        let file = Element::read_one(String::from_utf8_lossy(bytes).as_bytes()).ok()?;
        let fields = file.as_struct()?;
        Some((
            fields.get("Proof")?.clone(),
            fields.get("LastBlockNum")?.clone(),
        ))
    };
    let original = covered(saved.as_bytes()).unwrap();
    sound.flip(300, 60, |bytes, report, _| {
        assert_eq!(covered(bytes).as_ref(), Some(&original), "{report}");
    });
    sound.file = 0;
    let original = elements(&ledger.blocks[5..=12]);
    sound.flip(300, 35, |bytes, report, before| {
        excuse(
            &Difference::between(&original, &read(bytes)),
            report,
            before,
        );
    });
}

#[test]
fn streams() {
    let ledger = Ledger::new(13, 8, Mix::Vehicle);
    let bytes = stream::firehose(&stream::records(&ledger.blocks).unwrap(), false);
    let original = read(&bytes);
    let sound = Sound {
        files: vec![("stream".into(), bytes)],
        file: 0,
        digest: ledger.digest(),
    };
    // The stream's name, eighty bytes of it, stands in every record.
    sound.flip(900, 60, |bytes, report, before| {
        let found = read(bytes);
        assert_eq!(original.len(), found.len(), "a record is gone: {report}");
        for (a, b) in original.iter().zip(&found) {
            excuse(&of_record(a, b), report, before);
        }
    });
}

fn payload(record: &Element) -> Option<&Struct> {
    record.as_struct()?.get("payload")?.as_struct()
}

/// How a record differs. `recordType` is not covered: what it makes unreadable is missed elsewhere.
fn of_record(original: &Element, found: &Element) -> Difference {
    let (Some(a), Some(b)) = (payload(original), payload(found)) else {
        return Difference::Covered;
    };
    match (a.get("revision"), b.get("revision")) {
        (Some(a), Some(b)) => return Difference::of_revision(a, b),
        (Some(_), None) => return Difference::Covered,
        _ => {}
    }
    let (a, b) = (Element::from(a.clone()), Element::from(b.clone()));
    let summaries = |block: &Element| -> Vec<Option<Element>> {
        let list = block
            .as_struct()
            .and_then(|block| block.get("revisionSummaries"));
        let list = list
            .and_then(Element::as_sequence)
            .map(|list| list.elements().cloned().collect());
        let list: Vec<Element> = list.unwrap_or_default();
        let hash = |one: &Element| one.as_struct().and_then(|one| one.get("hash")).cloned();
        list.iter().map(hash).collect()
    };
    let found = summaries(&b);
    if found.is_empty() && !summaries(&a).is_empty() {
        return Difference::LeftOut.max(Difference::between(&[a], &[b]));
    }
    match summaries(&a) == found {
        true => Difference::between(&[a], &[b]),
        false => Difference::Covered,
    }
}
