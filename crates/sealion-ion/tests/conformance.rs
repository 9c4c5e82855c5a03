//! The public suites of Ion and Ion Hash: whatever of them is hashed is hashed right, and nothing bad is read to its
//! end. `SEALION_CONFORMANCE` names the folder that holds `suites/ion-tests` and `suites/ion-hash-test`:
//! `SEALION_CONFORMANCE=… cargo test -p sealion-ion --test conformance -- --ignored --nocapture`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ion_rs::Element;
use sealion_ion::{Batch, Hash, Limits, Pass, Reader, Reason};

/// Levels that the reference can recurse into on the stack that these tests give it.
const DEPTH_MAX: u32 = 500;

fn folder(below: &str) -> PathBuf {
    let root = std::env::var_os("SEALION_CONFORMANCE").expect("SEALION_CONFORMANCE names a folder");
    PathBuf::from(root).join(below)
}

/// Hashes of all values of a stream, or why not.
fn fast(bytes: &[u8]) -> Result<Vec<Hash>, Pass> {
    let mut limits = Limits::default();
    limits.depth_max = DEPTH_MAX;
    let mut reader = Reader::new(bytes, &limits)?;
    let (mut batch, mut slots) = (Batch::default(), Vec::new());
    while reader.next()?.is_some() {
        slots.push(reader.hash_into(&mut batch)?);
    }
    batch.run();
    Ok(slots.into_iter().map(|slot| batch.get(slot)).collect())
}

/// The same by the reference, which panics on some malformed text.
fn reference(bytes: &[u8]) -> Option<Vec<Hash>> {
    let read = || {
        let values = Element::read_all(bytes).ok()?;
        let hash = |value| sealion_reference::ion_hash(value).map(Hash).ok();
        values.elements().map(hash).collect()
    };
    std::panic::catch_unwind(read).ok().flatten()
}

fn on_deep_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    thread.spawn(run).unwrap().join().unwrap();
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "ion" || e == "10n") {
            found.push(path);
        }
    }
}

/// How many streams were hashed, and how many passed for each reason.
#[derive(Default)]
struct Tally {
    hashed: usize,
    values: usize,
    passed: BTreeMap<Reason, usize>,
}

impl Tally {
    /// Holds one stream to the reference; says whether it was hashed.
    fn take(&mut self, name: &str, bytes: &[u8]) -> bool {
        match fast(bytes) {
            Ok(hashes) => {
                assert_eq!(Some(&hashes), reference(bytes).as_ref(), "{name}");
                self.hashed += 1;
                self.values += hashes.len();
                true
            }
            Err(pass) => {
                assert!(pass.offset <= bytes.len(), "{name}: {pass}");
                *self.passed.entry(pass.reason).or_default() += 1;
                false
            }
        }
    }

    fn print(&self, what: &str) {
        let passed: usize = self.passed.values().sum();
        println!(
            "{what}: {} streams hashed ({} values), {passed} passed",
            self.hashed, self.values
        );
        for (reason, count) in &self.passed {
            println!("  {count:4} {reason}");
        }
    }
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn ion_tests() {
    on_deep_stack(|| {
        let mut good = Vec::new();
        files(&folder("suites/ion-tests/iontestdata/good"), &mut good);
        assert_eq!(good.len(), 289);
        let mut tally = Tally::default();
        for path in &good {
            tally.take(&path.display().to_string(), &std::fs::read(path).unwrap());
        }
        tally.print("ion-tests good");
        assert!(tally.hashed > 150, "{}", tally.hashed);

        let mut bad = Vec::new();
        files(&folder("suites/ion-tests/iontestdata/bad"), &mut bad);
        assert_eq!(bad.len(), 496);
        let mut tally = Tally::default();
        for path in &bad {
            let name = path.display().to_string();
            assert!(
                !tally.take(&name, &std::fs::read(path).unwrap()),
                "{name} was hashed"
            );
        }
        tally.print("ion-tests bad");
    });
}

/// Documents that are written inside others: `embedded_documents::(...)` of strings.
#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn ion_tests_value_by_value() {
    on_deep_stack(|| {
        let mut good = Vec::new();
        files(&folder("suites/ion-tests/iontestdata/good"), &mut good);
        let mut tally = Tally::default();
        for path in &good {
            let Ok(values) = Element::read_all(std::fs::read(path).unwrap()) else {
                continue;
            };
            for value in values.elements() {
                let name = path.display().to_string();
                let embedded = value.annotations().contains("embedded_documents");
                for inner in value
                    .as_sequence()
                    .iter()
                    .flat_map(|values| values.elements())
                {
                    match inner.as_text() {
                        Some(text) if embedded => tally.take(&name, text.as_bytes()),
                        _ => tally.take(&name, inner.to_string().as_bytes()),
                    };
                }
                tally.take(&name, value.to_string().as_bytes());
            }
        }
        tally.print("values of ion-tests, as ion-rs prints them");
        assert!(tally.hashed > 1_000, "{}", tally.hashed);
    });
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn ion_hash_test() {
    let path = folder("suites/ion-hash-test/ion_hash_tests.ion");
    let cases = Element::read_all(std::fs::read(path).unwrap()).unwrap();
    assert_eq!(cases.len(), 167);
    let mut tally = Tally::default();
    for case in cases.elements() {
        let case = case.as_struct().unwrap();
        if let Some(value) = case.get("ion") {
            tally.take(&value.to_string(), value.to_string().as_bytes());
        }
        if let Some(binary) = case.get("10n") {
            let values = binary.as_sequence().unwrap().elements();
            let mut bytes: Vec<u8> = values.map(|b| b.as_i64().unwrap() as u8).collect();
            if !bytes.starts_with(&[0xE0, 0x01, 0x00, 0xEA]) {
                bytes.splice(0..0, [0xE0, 0x01, 0x00, 0xEA]);
            }
            tally.take(&format!("{bytes:02x?}"), &bytes);
        }
    }
    tally.print("ion-hash-test");
    assert!(tally.hashed > 140, "{}", tally.hashed);
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn naughty_strings() {
    let path = folder("suites/ion-hash-test/big_list_of_naughty_strings.txt");
    let text = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
    let mut tally = Tally::default();
    for line in text.lines() {
        tally.take(line, line.as_bytes());
        for quoted in [
            format!("{line:?}"),
            format!("'{line}'"),
            format!("'''{line}'''::{{a:{line}}}"),
        ] {
            tally.take(&quoted, quoted.as_bytes());
        }
    }
    tally.print("naughty strings, in several quotes");
    assert!(tally.hashed > 400, "{}", tally.hashed);
}
