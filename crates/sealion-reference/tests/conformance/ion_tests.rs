//! ion-tests, Ion 1.0: what must be read, what must be refused, what is one value, what is not.

use crate::serialise::hash_with;
use crate::{folder, ion, read, with_deep_stack};
use ion_rs::{Element, Sequence, Value};
use sealion_reference::{ion_hash, sha256, Hash};
use std::path::{Path, PathBuf};

const IMPORT: &str = "imports a shared symbol table that is in no catalog, though max_id is given";
const FRACTION: &str = "timestamps have at most 18 digits of a second";
const ENCODING: &str = "UTF-8 is the only encoding of text";

/// Good files that `ion_rs` 1.2 refuses, each with the reason: legal Ion all the same, so a refusal
/// of such a value must never be taken to say that it is wrong.
const GOOD_REFUSED: [(&str, &str); 12] = [
    (
        "good/equivs/timestampsLargeFractionalPrecision.ion",
        FRACTION,
    ),
    ("good/item1.10n", IMPORT),
    ("good/localSymbolTableImportZeroMaxId.ion", IMPORT),
    ("good/subfieldVarUInt.ion", IMPORT),
    ("good/subfieldVarUInt15bit.ion", IMPORT),
    ("good/subfieldVarUInt16bit.ion", IMPORT),
    ("good/subfieldVarUInt32bit.ion", IMPORT),
    ("good/testfile35.ion", IMPORT),
    ("good/typecodes/T6-large.10n", FRACTION),
    (
        "good/typecodes/T7-large.10n",
        "a symbol identifier has at most 64 bits",
    ),
    ("good/utf16.ion", ENCODING),
    ("good/utf32.ion", ENCODING),
];

/// Bad files that `ion_rs` 1.2 accepts: none.
const BAD_ACCEPTED: [(&str, &str); 0] = [];

/// Files of equal values that `ion_rs` 1.2 refuses or reads as different.
const EQUIVS_UNEQUAL: [(&str, &str); 4] = [
    ("good/equivs/localSymbolTableAppend.ion", IMPORT),
    ("good/equivs/localSymbolTableNullSlots.ion", IMPORT),
    (
        "good/equivs/nonIVMNoOps.ion",
        "a symbol '$ion_1_0' at top level that is no version marker counts as a value",
    ),
    (
        "good/equivs/timestampsLargeFractionalPrecision.ion",
        FRACTION,
    ),
];

/// Files of different values that `ion_rs` 1.2 refuses or reads as equal.
const NON_EQUIVS_EQUAL: [(&str, &str); 1] =
    [("good/non-equivs/symbolTablesUnknownText.ion", IMPORT)];

fn base() -> PathBuf {
    folder("suites/ion-tests/iontestdata")
}

/// All Ion files below a folder of the suite, sorted, as paths from the suite's root.
fn files(below: &str) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "ion" || e == "10n") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&base().join(below), &mut found);
    found.sort();
    let relative = |path: &PathBuf| {
        let path = path.strip_prefix(base()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    found.iter().map(relative).collect()
}

/// Runs `holds` on each file and compares the ones it does not hold of with the list.
fn run(
    what: &str,
    below: &str,
    count: usize,
    listed: &[(&str, &str)],
    holds: fn(&str) -> Result<(), String>,
) {
    let files = files(below);
    assert_eq!(files.len(), count, "{what} files");
    let outcomes: Vec<(String, Result<(), String>)> = with_deep_stack(move || {
        files
            .into_iter()
            .map(|file| {
                let outcome = holds(&file);
                (file, outcome)
            })
            .collect()
    });
    let wrong: Vec<String> = outcomes
        .iter()
        .filter_map(|(file, outcome)| outcome.as_ref().err().map(|why| format!("{file}: {why}")))
        .collect();
    println!(
        "ion-tests {what}: {count} ran, {} not as the suite says",
        wrong.len()
    );
    for (file, reason) in listed {
        println!("  known of ion-rs: {file}: {reason}");
    }
    let names: Vec<_> = outcomes
        .iter()
        .filter(|(_, outcome)| outcome.is_err())
        .map(|(file, _)| file.as_str())
        .collect();
    let expected: Vec<_> = listed.iter().map(|(file, _)| *file).collect();
    assert_eq!(names, expected, "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn good_files_are_read_and_hashed() {
    run("good", "good", 289, &GOOD_REFUSED, |file| {
        let values = ion(read(base().join(file))).map_err(|e| e.to_string())?;
        for value in values.elements() {
            let plain = hash_with(value, &|bytes| sha256(bytes).to_vec());
            if ion_hash(value).map_err(|e| e.to_string())?.as_slice() != plain {
                return Err(format!("another hash of {value}"));
            }
        }
        Ok(())
    });
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn bad_files_are_refused() {
    run("bad", "bad", 496, &BAD_ACCEPTED, |file| {
        match ion(read(base().join(file))) {
            Err(_) => Ok(()),
            Ok(values) => Err(format!("read as {} values", values.len())),
        }
    });
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn equal_values_have_one_hash() {
    run("equivs", "good/equivs", 60, &EQUIVS_UNEQUAL, |file| {
        pairs(file, |same| same)
    });
}

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn different_values_have_different_hashes() {
    run(
        "non-equivs",
        "good/non-equivs",
        21,
        &NON_EQUIVS_EQUAL,
        |file| pairs(file, |same| !same),
    );
}

/// Whether every pair within each group of a file is as it should be.
fn pairs(file: &str, right: fn(bool) -> bool) -> Result<(), String> {
    let groups = ion(read(base().join(file))).map_err(|e| e.to_string())?;
    let mut compared = 0;
    for group in groups.elements() {
        let members = members(group)?;
        for (i, a) in members.iter().enumerate() {
            for b in &members[i + 1..] {
                compared += 1;
                if !right(a == b) {
                    return Err(format!("member {i} of {group}"));
                }
            }
        }
    }
    if compared == 0 {
        return Err("nothing to compare".to_owned());
    }
    Ok(())
}

/// The members of a group, each as the hashes of its values: one, or those of a whole document.
fn members(group: &Element) -> Result<Vec<Vec<Hash>>, String> {
    let documents = group.annotations().contains("embedded_documents");
    let values: Vec<&Element> = match group.value() {
        Value::List(values) | Value::SExp(values) => values.elements().collect(),
        Value::Struct(fields) => fields.fields().map(|(_, value)| value).collect(),
        _ => return Err(format!("no group: {group}")),
    };
    let hashes = |values: &Sequence| -> Result<Vec<Hash>, String> {
        values
            .elements()
            .map(|value| ion_hash(value).map_err(|e| e.to_string()))
            .collect()
    };
    values
        .into_iter()
        .map(|value| match value.value() {
            Value::String(text) if documents => {
                hashes(&ion(text.text()).map_err(|e| e.to_string())?)
            }
            Value::Blob(bytes) if documents => hashes(&ion(bytes).map_err(|e| e.to_string())?),
            _ if documents => Err(format!("no document: {value}")),
            _ => hashes(&Sequence::new([value.clone()])),
        })
        .collect()
}
