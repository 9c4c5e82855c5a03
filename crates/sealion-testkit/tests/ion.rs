//! However one value is spelled, text or binary, it reads back as itself and has one Ion Hash.

use ion_rs::{Element, IonData};
use proptest::prelude::*;
use sealion_testkit::ion::{binary, spell, strategy, text, value};
use sealion_testkit::{ion_hash, Rng};

/// Reads the text back and holds it to the value: by Ion's equality, and by its hash.
fn same(value: &Element, text: &str) {
    let read = Element::read_one(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(IonData::eq(&read, value), "{text}\nread as {read}");
    assert_eq!(ion_hash(&read), ion_hash(value), "{text}");
}

fn all_spellings(value: &Element, seed: u64) {
    let (mut compact, mut pretty) = (String::new(), String::new());
    text::compact(value, &mut compact);
    text::pretty(value, &mut pretty);
    same(value, &compact);
    same(value, &pretty);
    let mut rng = Rng::new(seed);
    for _ in 0..8 {
        same(value, &spell::spelled(value, &mut rng));
    }
    for _ in 0..8 {
        same_binary(value, &binary::spelled([value], &mut rng));
    }
    same_binary(
        value,
        &binary::encode([value]).expect("a value that can be written"),
    );
}

/// As [`same`], for binary.
fn same_binary(value: &Element, bytes: &[u8]) {
    let read =
        Element::read_one(bytes).unwrap_or_else(|error| panic!("{error}\n{value}\n{bytes:02x?}"));
    assert!(IonData::eq(&read, value), "{value}\n{bytes:02x?}");
    assert_eq!(ion_hash(&read), ion_hash(value), "{value}");
}

#[test]
fn every_type_in_every_spelling() {
    let mut rng = Rng::new(1);
    for kind in value::TYPES {
        all_spellings(&Element::null(kind), 7);
        for seed in 0..150 {
            all_spellings(&value::value_of(&mut rng, kind, 3), seed);
        }
    }
}

/// The point of spelling: the texts do differ.
#[test]
fn spellings_differ() {
    let document = value::document(&mut Rng::new(4), 8, 3);
    let spelled = |seed| spell::spelled(&document, &mut Rng::new(seed));
    assert_ne!(spelled(1), spelled(2));
    assert_eq!(spelled(1), spelled(1));
}

/// Several values in one stream: symbol tables that add to others or replace them, markers between values.
#[test]
fn binary_streams_read_back() {
    let mut tables = 0;
    for seed in 0..200 {
        let mut rng = Rng::new(seed);
        let values: Vec<Element> = (0..12).map(|_| value::value(&mut rng, 3)).collect();
        let bytes = binary::spelled(&values, &mut rng);
        let read = Element::read_all(&bytes).unwrap();
        assert_eq!(read.len(), values.len());
        for (read, value) in read.iter().zip(&values) {
            assert!(IonData::eq(read, value), "{value}\n{bytes:02x?}");
        }
        assert_ne!(bytes, binary::spelled(&values, &mut rng));
        let appended = [0x86, 0x71, 0x03];
        tables += bytes
            .windows(3)
            .filter(|window| *window == appended)
            .count();
    }
    assert!(tables > 100, "{tables} tables that add to another");
}

/// Every kind of spelling occurs, so none can fall out of the tests unseen.
#[test]
fn every_trick_occurs() {
    let mut rng = Rng::new(5);
    let mut all = String::new();
    for _ in 0..8_000 {
        let value = value::value(&mut rng, 3);
        spell::spell(&value, &mut rng, &mut all);
        all.push('\n');
    }
    let tricks = [
        "'''",
        "/*",
        "//",
        "0x",
        "0X",
        "0b",
        "\\u",
        "\\U",
        "\\x",
        "\\\n",
        "\r\n",
        "null.null",
        "+00:00",
        "-00:00",
        ",]",
        ",}",
        "::",
        "{{",
        "nan",
        "+inf",
        "-inf",
        "-0e0",
        "e+",
        "E",
        "D",
        "\\ud83d",
        "\\?",
        "\\/",
        "_",
        "$",
    ];
    for trick in tricks {
        assert!(all.contains(trick), "no {trick:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn proptest_values_too(value in strategy::element(), seed in any::<u64>()) {
        all_spellings(&value, seed);
    }

    #[test]
    fn documents_are_structs(document in strategy::document()) {
        prop_assert!(document.as_struct().is_some() && document.annotations().is_empty());
    }
}
