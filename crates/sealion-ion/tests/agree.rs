//! The law of this crate: where it gives a hash, the reference gives the same. And where a value is spelled in an
//! ordinary way, it does give one.

use ion_rs::{Element, IonType};
use proptest::prelude::*;
use sealion_ion::{ion_hash, Pass, Reason};
use sealion_testkit::agree::{limits, value as agree};
use sealion_testkit::ion::{binary, spell, strategy, text, value};
use sealion_testkit::Rng;

/// Holds the fast hash of an ordinary spelling to the value's own.
fn hashes(value: &Element, bytes: &[u8]) {
    let expected = sealion_testkit::ion_hash(value);
    match ion_hash(bytes, &limits()) {
        Ok(hash) => assert_eq!(
            hash.0,
            expected,
            "{}\n{bytes:02x?}\n{value}",
            String::from_utf8_lossy(bytes)
        ),
        // At top level such a symbol may be more than itself.
        Err(pass) if pass.reason == Reason::SymbolTable && is_system_symbol(value) => {}
        Err(pass) => panic!(
            "{pass}\n{}\n{bytes:02x?}\n{value}",
            String::from_utf8_lossy(bytes)
        ),
    }
}

fn is_system_symbol(value: &Element) -> bool {
    let text = value.as_symbol().and_then(|symbol| symbol.text());
    text.is_some_and(|text| text.starts_with("$ion"))
}

fn all_spellings(value: &Element, seed: u64) {
    let (mut compact, mut pretty) = (String::new(), String::new());
    text::compact(value, &mut compact);
    text::pretty(value, &mut pretty);
    hashes(value, compact.as_bytes());
    hashes(value, pretty.as_bytes());
    let mut rng = Rng::new(seed);
    for _ in 0..4 {
        hashes(value, spell::spelled(value, &mut rng).as_bytes());
        hashes(value, &binary::spelled([value], &mut rng));
    }
    if let Ok(bytes) = binary::encode([value]) {
        hashes(value, &bytes);
    }
}

/// Flips bits, cuts, repeats, and swaps in bytes that mean something.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], rng: &mut Rng) {
    const BYTES: &[u8] = b"{}[](),:'\"\\/* \n\r\t0123456789_-+.TZdexX$abn\x00\x0b\x0c\x0e\x80\xc3\xff\xe0\x01\xea\xd1\xe3";
    for _ in 0..=rng.below(3) {
        let at = rng.index(bytes.len() + 1);
        let to = at + rng.index((bytes.len() - at).min(20) + 1);
        match rng.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.below(8),
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..to)),
            3 => drop(bytes.splice(at..at, bytes[at..to].to_vec())),
            4 if !other.is_empty() => {
                let from = rng.index(other.len());
                let end = from + rng.index((other.len() - from).min(20) + 1);
                drop(bytes.splice(at..to, other[from..end].iter().copied()));
            }
            5 if at < bytes.len() => bytes[at] = BYTES[rng.index(BYTES.len())],
            _ => bytes.insert(at, BYTES[rng.index(BYTES.len())]),
        }
    }
}

/// What may not be done with a value that the other engine would recurse into too deeply.
fn is_deep(pass: &Result<[u8; 32], Pass>) -> bool {
    matches!(pass, Err(pass) if pass.reason == Reason::Depth)
}

#[test]
fn every_type_in_every_spelling() {
    let mut rng = Rng::new(11);
    for kind in value::TYPES {
        all_spellings(&Element::null(kind), 7);
        for seed in 0..150 {
            all_spellings(&value::value_of(&mut rng, kind, 4), seed);
        }
    }
}

/// Documents as tables have them, one after another.
#[test]
fn documents() {
    let mut rng = Rng::new(12);
    for seed in 0..300 {
        all_spellings(&value::document(&mut rng, 12, 5), seed);
    }
}

/// Changed bytes mostly mean nothing, and sometimes something else. Both must occur.
#[test]
fn changed_bytes() {
    let (mut hashed, mut passed) = ([0; 2], [0; 2]);
    let mut rng = Rng::new(13);
    let mut other = Vec::new();
    for round in 0..10_000 {
        let value = value::value_of(&mut rng, value::TYPES[round % 13], 3);
        let is_binary = round % 2;
        let bytes = if is_binary == 1 {
            binary::spelled([&value], &mut rng)
        } else {
            spell::spelled(&value, &mut rng).into_bytes()
        };
        let mut changed = bytes.clone();
        mutate(&mut changed, &other, &mut rng);
        let outcome = agree(&changed);
        assert!(!is_deep(&outcome));
        match outcome {
            Ok(_) => hashed[is_binary] += 1,
            Err(pass) => {
                assert!(pass.offset <= changed.len(), "{pass}");
                passed[is_binary] += 1;
            }
        }
        other = bytes;
    }
    println!("changed text and binary: {hashed:?} hashed, {passed:?} passed");
    assert!(hashed.iter().chain(&passed).all(|count| *count > 200));
}

/// A timestamp has many fields that must be in range: more changes to its digits.
#[test]
fn changed_numbers() {
    let mut rng = Rng::new(14);
    let mut hashed = 0;
    for round in 0..6_000 {
        let kind = [
            IonType::Timestamp,
            IonType::Decimal,
            IonType::Float,
            IonType::Int,
        ][round % 4];
        let value = value::value_of(&mut rng, kind, 0);
        let mut bytes = spell::spelled(&value, &mut rng).into_bytes();
        for _ in 0..=rng.below(2) {
            let at = rng.index(bytes.len());
            bytes[at] = b"0123456789-+:.TZ_dexb"[rng.index(21)];
        }
        hashed += i32::from(agree(&bytes).is_ok());
    }
    assert!(hashed > 1_000, "{hashed}");
}

proptest! {
    // 10,000 unless PROPTEST_CASES says otherwise.
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_value_in_any_spelling(value in strategy::element(), seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        hashes(&value, spell::spelled(&value, &mut rng).as_bytes());
        hashes(&value, &binary::spelled([&value], &mut rng));
    }

    #[test]
    fn any_change(value in strategy::element(), other in strategy::element(), seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let mut text = spell::spelled(&value, &mut rng).into_bytes();
        let other_text = spell::spelled(&other, &mut rng);
        mutate(&mut text, other_text.as_bytes(), &mut rng);
        let _ = agree(&text);
        let mut bytes = binary::spelled([&value], &mut rng);
        let other_bytes = binary::spelled([&other], &mut rng);
        mutate(&mut bytes, &other_bytes, &mut rng);
        let _ = agree(&bytes);
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = agree(&bytes);
        let _ = agree(&[&[0xE0, 0x01, 0x00, 0xEA], &bytes[..]].concat());
    }

    #[test]
    fn any_text(text in "[\\[\\](){},:'\"/*\\\\ \n0-9a-f_$.TZ+-]{0,24}") {
        let _ = agree(text.as_bytes());
    }
}
