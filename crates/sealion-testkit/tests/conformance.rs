//! The ion-tests suite (amazon-ion, Ion 1.0) through the library's own reading: good values as data of revisions, in
//! the suite's spelling and in ours, and bad ones where they must spoil the block.
//!
//! Run by `SEALION_CONFORMANCE=<folder> cargo test -p sealion-testkit --test conformance -- --ignored --nocapture`;
//! fails if the folder is not there or holds less than it should.

mod common;

use common::{object, panics, Form, FORMS};
use ion_rs::{Element, Struct, Value};
use sealion::source::Memory;
use sealion::{Report, Verdict, Verifier};
use sealion_testkit::agree::{engines, trusted, with_deep_stack};
use sealion_testkit::block::{Content, Revision};
use sealion_testkit::journal::Chain;
use sealion_testkit::write::export::Format;
use sealion_testkit::{Ledger, Mix, Rng};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Good files that `ion_rs` refuses. The tests of `sealion-reference` have them by name, each with the reason.
const REFUSED: usize = 12;

fn base() -> PathBuf {
    let folder = std::env::var_os("SEALION_CONFORMANCE")
        .expect("SEALION_CONFORMANCE must name the conformance folder");
    Path::new(&folder).join("suites/ion-tests/iontestdata")
}

/// The suite's files below a folder: their names and bytes.
fn files(below: &str, count: usize) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path
                .extension()
                .is_some_and(|end| end == "ion" || end == "10n")
            {
                let name = path
                    .strip_prefix(base())
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&base().join(below), &mut found);
    assert_eq!(found.len(), count, "files below {below}");
    found
}

fn read(bytes: &[u8]) -> Result<Vec<Element>, String> {
    let values = with_deep_stack(|| Element::read_all(bytes));
    values
        .map(|values| values.into_iter().collect())
        .map_err(|error| error.to_string())
}

/// A journal of three blocks, of which one holds a revision for each of these values, `{value: …}` as data.
fn journal(values: &[Element]) -> Ledger {
    static SOUND: OnceLock<Ledger> = OnceLock::new();
    let mut ledger = SOUND
        .get_or_init(|| Ledger::new(5, 3, Mix::Vehicle))
        .clone();
    let user = |one: &&Revision| matches!(one.content, Content::Data(_));
    let has_data = |block: &sealion_testkit::Block| block.revisions().iter().any(|one| user(&one));
    let index = ledger
        .blocks
        .iter()
        .position(has_data)
        .expect("a block with data");
    let block = &mut ledger.blocks[index];
    let model = block
        .revisions()
        .iter()
        .find(user)
        .expect("a revision with data")
        .clone();
    let before = block.revisions_root().expect("revisions").to_vec();
    let mut rng = Rng::new(1);
    let revision = |value: &Element| {
        let mut revision = model.clone();
        let fields = [("value", value.clone())];
        revision.content = Content::Data(Element::from(Struct::from_iter(fields)));
        let metadata = revision
            .metadata
            .as_mut()
            .expect("a revision with data has metadata");
        (metadata.id, metadata.version) = (rng.id(), 0);
        revision.hash = revision.computed_hash().expect("data has a hash").to_vec();
        revision
    };
    block.revisions = Some(values.iter().map(revision).collect());
    let root = block.revisions_root().expect("revisions").to_vec();
    let entry = block.entries.iter().position(|entry| *entry == before);
    block.entries[entry.expect("the revisions root is an entry")] = root;
    block.entries_hash = block.entries_root().expect("entries").to_vec();
    let mut chain = Chain::default();
    ledger.blocks.iter_mut().for_each(|block| {
        let _ = chain.link(block);
    });
    Ledger::of(ledger.blocks)
}

fn report(bytes: Vec<u8>, ledger: &Ledger) -> Report {
    let before = panics();
    let verifier = Verifier::new().against(trusted(&ledger.digest()));
    let report = engines(&Memory::new().with("file", bytes), &verifier);
    assert_eq!(panics(), before, "panics in the library: {report}");
    report
}

/// The journal with `{value: …}` of its only revision in this spelling.
fn spliced(ledger: &Ledger, spelling: &[u8]) -> Vec<u8> {
    const PLACE: &str = "\"the value stands here\"";
    let text = object(Form::Export(Format::Text), &ledger.blocks, &mut Rng::new(0));
    let text = String::from_utf8(text).unwrap();
    let (head, tail) = text.split_once(PLACE).expect("one place for the value");
    [head.as_bytes(), spelling, tail.as_bytes()].concat()
}

/// A journal with text in the place of a value; `sound` says what the value is, if it is one.
fn with_spelling(spelling: &[u8], sound: Option<&Element>) -> (Vec<u8>, Ledger) {
    let place = Element::string("the value stands here");
    let with_place = journal(std::slice::from_ref(&place));
    let mut ledger = match sound {
        Some(value) => journal(std::slice::from_ref(value)),
        None => with_place.clone(),
    };
    // The hashes of the one and the text of the other.
    for block in &mut ledger.blocks {
        for revision in block.revisions.iter_mut().flatten() {
            if sound.is_some() && matches!(revision.content, Content::Data(_)) {
                let fields = [("value", place.clone())];
                revision.content = Content::Data(Element::from(Struct::from_iter(fields)));
            }
        }
    }
    (spliced(&ledger, spelling), ledger)
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn good_values_are_verified_as_data() {
    let (mut values, mut refused, mut spelled) = (0, Vec::new(), 0);
    let mut refused_by_writer = Vec::new();
    let sound = journal(&[Element::int(1)]);
    for (name, bytes) in files("good", 289) {
        let alone = report(bytes.clone(), &sound);
        assert_eq!(
            alone.verdict(),
            Verdict::Inconclusive,
            "{name}: no block in it"
        );
        let found = match read(&bytes) {
            Ok(found) => found,
            Err(error) => {
                refused.push(format!(
                    "{name}: {}",
                    error.lines().next().unwrap_or_default()
                ));
                continue;
            }
        };
        values += found.len();
        if !found.is_empty() {
            let ledger = journal(&found);
            let writable = sealion_testkit::ion::binary::encode(&found).is_ok();
            for form in FORMS {
                // Ours is written by ion-rs, which has no room for decimals of many digits.
                if !writable && matches!(form, Form::Export(Format::Binary) | Form::Stream) {
                    refused_by_writer.push(format!("{name} in {form:?}"));
                    continue;
                }
                let report = report(object(form, &ledger.blocks, &mut Rng::new(2)), &ledger);
                assert_eq!(
                    report.verdict(),
                    Verdict::Verified,
                    "{name} in {form:?}: {report}"
                );
            }
        }
        spelled += usize::from(good_spelling(&name, &bytes));
    }
    println!("ion-tests good: {values} values as data in {} forms; {spelled} files in their own spelling", FORMS.len());
    refused
        .iter()
        .for_each(|refused| println!("  refused by ion-rs: {refused}"));
    refused_by_writer
        .iter()
        .for_each(|name| println!("  not written by ion-rs: {name}"));
    assert_eq!(refused.len(), REFUSED);
    assert!(refused_by_writer.len() <= 4, "{refused_by_writer:?}");
    assert!(
        values > 1_000 && spelled > 150,
        "{values} values, {spelled} files"
    );
}

/// The whole file in its own spelling, as an s-expression. False for binary files, and for what is no value there.
fn good_spelling(name: &str, bytes: &[u8]) -> bool {
    let spelling = [b"(", bytes, b"\n)"].concat();
    let Ok(value) = read(&spelling) else {
        return false;
    };
    let [value] = &value[..] else { return false };
    if sealion_reference::ion_hash(value).is_err() {
        return false; // symbols without text, where no symbol table counts
    }
    let (text, ledger) = with_spelling(&spelling, Some(value));
    let report = report(text, &ledger);
    assert_eq!(
        report.verdict(),
        Verdict::Verified,
        "{name} in its own spelling: {report}"
    );
    true
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn bad_values_spoil_the_block() {
    let (mut spoiled, mut harmless) = (0, Vec::new());
    let sound = journal(&[Element::int(1)]);
    for (name, bytes) in files("bad", 496) {
        // As a file, and behind a sound journal of the same encoding.
        let binary = bytes.starts_with(&[0xE0, 0x01, 0x00, 0xEA]);
        let form = if binary { Format::Binary } else { Format::Text };
        let before = object(Form::Export(form), &sound.blocks, &mut Rng::new(0));
        for bytes in [bytes.clone(), [before, bytes.clone()].concat()] {
            let report = report(bytes, &sound);
            let good = matches!(report.verdict(), Verdict::Verified | Verdict::Consistent);
            assert!(!good, "{name}: {report}");
        }
        if binary {
            continue;
        }
        // In an s-expression, where operators are good; or as a field's value. Symbol tables and version markers that
        // are bad are good values in either.
        let spellings = [
            [b"(", &bytes[..], b"\n)"].concat(),
            [&bytes[..], b"\n"].concat(),
        ];
        let bad = |spelling: &&Vec<u8>| {
            let field = [b"{a:", &spelling[..], b"}"].concat();
            std::str::from_utf8(&field).is_err() || read(&field).is_err()
        };
        let Some(spelling) = spellings.iter().find(bad) else {
            harmless.push(name);
            continue;
        };
        let (text, ledger) = with_spelling(spelling, None);
        let report = report(text, &ledger);
        let good = matches!(report.verdict(), Verdict::Verified | Verdict::Consistent);
        let codes = ["malformed", "truncated", "limit"];
        let told = report
            .findings()
            .iter()
            .any(|found| codes.contains(&found.code.as_str()));
        assert!(!good && told, "{name} as data: {report}");
        spoiled += 1;
    }
    println!("ion-tests bad: 496 as files and behind a journal, {spoiled} as data");
    harmless
        .iter()
        .for_each(|name| println!("  good within a value: {name}"));
    assert!(spoiled > 300, "{spoiled} as data");
}

/// The first of a group's values is hashed, another is read in its place.
fn pairs(below: &str, count: usize, verdict: Verdict) {
    let (mut compared, mut left_out) = (0, Vec::new());
    for (name, bytes) in files(below, count) {
        let Ok(groups) = read(&bytes) else {
            left_out.push(format!("{name}: refused by ion-rs"));
            continue;
        };
        for group in &groups {
            let members: Vec<Element> = match group.value() {
                _ if group.annotations().contains("embedded_documents") => Vec::new(),
                Value::List(values) | Value::SExp(values) => values.elements().cloned().collect(),
                Value::Struct(fields) => fields.fields().map(|(_, value)| value.clone()).collect(),
                _ => Vec::new(),
            };
            if members.len() < 2 {
                left_out.push(format!("{name}: a group of documents"));
                continue;
            }
            let hashed = sealion_reference::ion_hash(&members[0]).is_ok();
            for other in members[1..].iter().filter(|_| hashed) {
                if sealion_reference::ion_hash(other).is_err() {
                    continue; // a symbol without text has no hash
                }
                compared += 1;
                swapped(&members[0], other, verdict, &name);
            }
        }
    }
    println!("ion-tests {below}: {compared} pairs");
    left_out.dedup();
    left_out
        .iter()
        .for_each(|name| println!("  left out: {name}"));
    assert!(compared > 50, "{compared} pairs");
}

fn swapped(hashed: &Element, written: &Element, verdict: Verdict, name: &str) {
    let sound = journal(std::slice::from_ref(hashed));
    let mut changed = sound.clone();
    for revision in changed
        .blocks
        .iter_mut()
        .flat_map(|block| block.revisions.iter_mut().flatten())
    {
        if matches!(revision.content, Content::Data(_)) {
            let fields = [("value", written.clone())];
            revision.content = Content::Data(Element::from(Struct::from_iter(fields)));
        }
    }
    for format in [Format::Text, Format::Binary] {
        let bytes = object(Form::Export(format), &changed.blocks, &mut Rng::new(0));
        let report = report(bytes, &sound);
        assert_eq!(
            report.verdict(),
            verdict,
            "{name}: {hashed} and {written}: {report}"
        );
    }
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn equal_values_verify_in_each_others_place() {
    pairs("good/equivs", 60, Verdict::Verified);
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn different_values_fail_in_each_others_place() {
    pairs("good/non-equivs", 21, Verdict::Failed);
}
