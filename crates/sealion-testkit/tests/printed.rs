//! What is printed is what was hashed: whatever one of two copies says, no row and no item of a bundle is given out as
//! verified with content that the journal does not have.

mod common;

use common::{archive, object, text, Form, FORMS};
use ion_rs::Element;
use proptest::prelude::*;
use sealion::bundle::Bundle;
use sealion::extract::{extract, Row, RowState};
use sealion::prove::WantedRevisions;
use sealion::source::{Archive, Memory, Object};
use sealion::{Error, Prover, Verdict, Verifier};
use sealion_testkit::agree::{property, trusted};
use sealion_testkit::block::{Content, Revision};
use sealion_testkit::write::{evidence, export::Format, json, stream};
use sealion_testkit::{Ledger, Mix, Rng};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

fn hash(value: &Element) -> [u8; 32] {
    sealion_reference::ion_hash(value).unwrap()
}

/// Changes what a revision shows, and not the hash that it names.
fn forge(revision: &mut Revision, rng: &mut Rng) {
    let mallory = || Element::read_one("{owner:\"Mallory\"}").unwrap();
    let data = match &revision.content {
        Content::Data(data) => data.clone(),
        _ => mallory(),
    };
    match rng.below(6) {
        0 => revision.content = Content::Data(mallory()),
        1 => revision.content = Content::Data(data.with_annotations(["Mallory"])),
        2 => {
            let fields = data.as_struct().unwrap().fields();
            let fields = fields.map(|(name, value)| (name.clone(), value.clone()));
            let more = [("owner".into(), Element::string("Mallory"))];
            revision.content = Content::Data(ion_rs::Struct::from_iter(fields.chain(more)).into());
        }
        3 => revision.content = Content::Redacted(rng.hash().to_vec()),
        4 => revision.content = Content::Nothing,
        _ => {
            let metadata = revision.metadata.as_mut().unwrap();
            match rng.below(2) {
                0 => metadata.version += 1 + rng.below(3),
                _ => metadata.id = rng.id(),
            }
        }
    }
}

/// A genuine journal, and one revision told otherwise beside it or in its place, in some form.
fn forged(ledger: &Ledger, rng: &mut Rng) -> Memory {
    let documents: Vec<_> = ledger.documents().collect();
    let (index, at) = documents[rng.index(documents.len())];
    let mut other = ledger.clone();
    let victim = &mut other.blocks[index].revisions.as_mut().unwrap()[at];
    forge(victim, rng);
    let victim = victim.clone();
    let form = FORMS[rng.index(FORMS.len())];
    let genuine = |form, rng: &mut Rng| object(form, &ledger.blocks, rng);
    // Either may come first.
    let [first, second] = if rng.chance(50) {
        ["a", "z"]
    } else {
        ["z", "a"]
    };
    match rng.below(5) {
        // Two copies, whole or in part, perhaps of different forms.
        0 => {
            let form_ = FORMS[rng.index(FORMS.len())];
            let from = rng.index(index + 1);
            Memory::new()
                .with(first, genuine(form, rng))
                .with(second, object(form_, &other.blocks[from..=index], rng))
        }
        // The forged one alone.
        1 => archive(form, &other.blocks, &[rng.index(index + 1)], rng.u64()),
        // Records of both in one stream.
        2 => {
            let mut records = stream::whole(&ledger.blocks).unwrap();
            records.extend(stream::records(&other.blocks[index..=index]).unwrap());
            rng.shuffle(&mut records);
            Memory::new().with("s", stream::firehose(&records, false))
        }
        // By itself, beside the journal.
        3 => {
            let proof = ledger.revision_proof(index, at, ledger.tip());
            let answer = evidence::get_revision(&victim, Some(&proof));
            Memory::new()
                .with(first, genuine(form, rng))
                .with(second, answer.into_bytes())
        }
        // JSON that holds what JSON cannot.
        _ => {
            let form = Form::Export(Format::Json);
            let text = String::from_utf8(object(form, &ledger.blocks, rng)).unwrap();
            let forged = Memory::new().with(second, no_json(&text, index, rng).into_bytes());
            match rng.chance(50) {
                true => forged.with(first, genuine(form, rng)),
                false => forged,
            }
        }
    }
}

/// JSON Lines with something in the data of a block that only Ion can write.
fn no_json(text: &str, index: usize, rng: &mut Rng) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = &mut lines[index];
    let Some(start) = line.find("\"data\":") else {
        return lines.join("\n");
    };
    let places: Vec<usize> = line[start..]
        .match_indices("\":")
        .map(|(at, _)| start + at + 2)
        .collect();
    let at = places[rng.index(places.len())];
    let more = [
        "Mallory::",
        "'Mallory'::",
        "null.string,\"Mallory\":",
        "(Mallory),\"b\":",
        "{{TWFsbG9yeQ==}},\"b\":",
    ];
    line.insert_str(at, more[rng.index(more.len())]);
    match rng.chance(50) {
        true => lines[index..=index].join("\n"),
        false => lines.join("\n"),
    }
}

/// What the journal has for a row.
fn original<'l>(ledger: &'l Ledger, row: &Row) -> Option<&'l Revision> {
    let block = ledger
        .blocks
        .get(usize::try_from(row.address.sequence_no).ok()?)?;
    block.revisions().iter().find(|revision| {
        let metadata = revision.metadata.as_ref();
        metadata.is_some_and(|own| (&own.id, own.version) == (&row.document_id, row.version))
    })
}

fn assert_genuine(ledger: &Ledger, row: &Row) {
    let revision = original(ledger, row).unwrap_or_else(|| panic!("{row:?}"));
    let metadata = revision.metadata.as_ref().unwrap();
    assert_eq!(
        row.revision_hash.map(|hash| hash.0.to_vec()),
        Some(revision.hash.clone())
    );
    assert_eq!(row.tx_id.as_ref(), Some(&metadata.tx_id));
    let time = Element::read_one(row.tx_time.as_ref().unwrap()).unwrap();
    assert_eq!(hash(&time), hash(&metadata.tx_time.clone().into()));
    // A copy may be redacted since, which is proven as such; with data it has the genuine one.
    let (Some(text), Content::Data(data)) = (&row.data_ion, &revision.content) else {
        assert_eq!((&row.data_ion, &row.data_json), (&None, &None), "{row:?}");
        return;
    };
    let printed = Element::read_one(text).unwrap();
    assert_eq!(hash(&printed), hash(data), "{row:?}");
    // Of what is printed: its fields may stand in another order, and names may stand twice.
    let mut converted = String::new();
    json::down_convert(&printed, &mut converted);
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(parsed(row.data_json.as_ref().unwrap()), parsed(&converted));
}

proptest! {
    #![proptest_config(property(64))]

    #[test]
    fn no_row_is_verified_whose_content_the_journal_does_not_have(seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let mix = [Mix::Mixed, Mix::Vehicle, Mix::Tiny][rng.index(3)];
        let ledger = Ledger::new(rng.u64(), 3 + rng.below(12), mix);
        prop_assume!(ledger.documents().next().is_some());
        let memory = forged(&ledger, &mut rng);
        let verifier = Verifier::new().against(trusted(&ledger.digest())).threads(1 + rng.index(3));
        let mut given = Vec::new();
        let last = rng.chance(30);
        extract(&verifier, &memory, &WantedRevisions::all(), last, &mut |row: Row| {
            given.push(row);
            Ok(())
        }).unwrap();
        for row in given.iter().filter(|row| row.state <= RowState::Consistent) {
            assert_genuine(&ledger, row);
        }
    }

    #[test]
    fn no_bundle_holds_what_the_journal_does_not_have(seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let ledger = Ledger::new(rng.u64(), 3 + rng.below(12), Mix::Mixed);
        prop_assume!(ledger.documents().next().is_some());
        let memory = forged(&ledger, &mut rng);
        let digest = trusted(&ledger.digest());
        let Ok((prover, report)) = Prover::of(&Verifier::new().against(digest.clone()), &memory) else {
            return Ok(());
        };
        let mut bundle = Bundle::new(digest.clone(), report);
        if bundle.add_revisions(&prover, &memory, &WantedRevisions::all()).is_err() {
            return Ok(());
        }
        for proven in bundle.revisions() {
            let value = Element::read_one(proven.ion_text.as_ref().unwrap()).unwrap();
            let block = &ledger.blocks[usize::try_from(proven.address.sequence_no).unwrap()];
            let own = block.revisions().iter().find(|own| own.hash == proven.hash.0);
            let own = own.unwrap().to_element();
            let member = |value: &Element, name: &str| value.as_struct().unwrap().get(name).map(hash);
            assert_eq!(member(&value, "metadata"), member(&own, "metadata"));
            let data = member(&value, "data");
            assert!(data.is_none() || data == member(&own, "data"), "{value}");
        }
        let text = Memory::new().with("bundle", bundle.to_json().unwrap().into_bytes());
        let report = Verifier::new().against(digest).verify(&text).unwrap();
        assert_eq!(report.verdict(), Verdict::Verified);
    }
}

/// A file that somebody writes to while it is read: it changes when it was opened so often.
struct Swapped {
    before: Memory,
    after: Memory,
    sound: usize,
    opened: AtomicUsize,
}

impl Archive for Swapped {
    fn objects(&self) -> Result<Vec<Object>, Error> {
        // Another length would be noticed.
        Ok(vec![Object::new("j", None)])
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn io::Read + Send>> {
        match self.opened.fetch_add(1, Ordering::SeqCst) < self.sound {
            true => self.before.open(object),
            false => self.after.open(object),
        }
    }
}

#[test]
fn a_journal_that_is_exchanged_after_it_was_verified_is_not_extracted() {
    let ledger = Ledger::new(3, 20, Mix::Vehicle);
    let mut other = ledger.clone();
    let (index, at) = ledger.documents().next().unwrap();
    let revision = &mut other.blocks[index].revisions.as_mut().unwrap()[at];
    revision.content = Content::Data(Element::read_one("{owner:\"Mallory\"}").unwrap());
    let forged = revision.computed_hash().unwrap().to_vec();
    let genuine = std::mem::replace(&mut revision.hash, forged.clone());
    let entries = &mut other.blocks[index].entries;
    entries
        .iter_mut()
        .filter(|own| **own == genuine)
        .for_each(|own| own.clone_from(&forged));
    for block in index..other.blocks.len() {
        let before = block
            .checked_sub(1)
            .map(|before| other.blocks[before].block_hash.clone());
        if let Some(before) = before.filter(|_| block > index) {
            other.blocks[block].previous_block_hash = before;
        }
        let entries = other.blocks[block].entries_root().unwrap();
        other.blocks[block].entries_hash = entries.to_vec();
        other.blocks[block].rehash();
    }
    let of = |ledger| Memory::new().with("j", text(ledger));
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    let mut changed = 0;
    for sound in 0..8 {
        let archive = Swapped {
            before: of(&ledger),
            after: of(&other),
            sound,
            opened: AtomicUsize::new(0),
        };
        let mut forged = false;
        let mut each = |row: Row| {
            let mallory = row
                .data_ion
                .as_deref()
                .is_some_and(|data| data.contains("Mallory"));
            forged |= mallory && row.state == RowState::Verified;
            Ok(())
        };
        let wanted = WantedRevisions::default();
        let extraction = extract(&verifier, &archive, &wanted, false, &mut each);
        match extraction {
            Ok(extraction) => {
                assert!(!forged, "{sound}: {}", extraction.report);
                let verified = extraction.report.verdict() == Verdict::Verified;
                let opened = archive.opened.into_inner();
                assert!(!verified || opened <= sound, "{sound} of {opened}");
            }
            Err(error) => {
                assert!(
                    error.to_string().contains("changed while they were read"),
                    "{error}"
                );
                changed += 1;
            }
        }
    }
    assert!(changed > 0, "nobody looked a second time");
}
