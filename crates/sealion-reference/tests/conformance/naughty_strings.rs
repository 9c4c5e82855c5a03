//! The big list of naughty strings, of ion-hash-test: each line as a string, symbol, clob, field name
//! and annotation; text and binary forms agree with the value and with the plain serialiser.

use crate::serialise::hash_with;
use crate::{folder, read_text};
use ion_rs::{v1_0, Element, Struct};
use sealion_reference::{ion_hash, sha256};

/// Lines that `ion_rs` 1.2 writes as text that it refuses to read, because it leaves control
/// characters unescaped. Each by its first characters.
const UNREADABLE_AS_WRITTEN: [&str; 3] = ["\u{1}\u{2}\u{3}", "Roses are ", "But now..."];

#[test]
#[ignore = "needs SEALION_CONFORMANCE"]
fn every_line_in_every_place() {
    let text = read_text(folder(
        "suites/ion-hash-test/big_list_of_naughty_strings.txt",
    ));
    let lines: Vec<&str> = text
        .split('\n')
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert_eq!(lines.len(), 495);
    let (mut forms, mut unreadable) = (0, Vec::new());
    for line in &lines {
        // The marks say what a line is as Ion text; here each is a string like the others.
        let string = line.strip_prefix("invalid_").unwrap_or(line);
        let string = string.strip_prefix("ion::").unwrap_or(string);
        let hashes = places(string).map(|(value, text)| {
            let hash = ion_hash(&value).unwrap();
            let plain = hash_with(&value, &|bytes| sha256(bytes).to_vec());
            assert_eq!(plain, hash, "{text}");
            let binary = value.encode_as(v1_0::Binary).unwrap();
            for form in [text.as_bytes(), &binary] {
                let back = Element::read_one(form).unwrap_or_else(|e| panic!("{text}: {e}"));
                assert_eq!(ion_hash(&back).unwrap(), hash, "{text}");
                forms += 1;
            }
            match Element::read_one(value.encode_as(v1_0::Text).unwrap()) {
                Ok(back) => assert_eq!(ion_hash(&back).unwrap(), hash, "{text}"),
                Err(_) => unreadable.push(string),
            }
            hash
        });
        for (i, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..i].contains(hash), "{line:?}, place {i}");
        }
    }
    println!("naughty strings: {} lines, {forms} forms ran", lines.len());
    unreadable.dedup();
    assert_eq!(unreadable.len(), UNREADABLE_AS_WRITTEN.len());
    for (line, start) in unreadable.iter().zip(UNREADABLE_AS_WRITTEN) {
        assert!(line.starts_with(start), "{line:?}");
    }
}

/// `string` as a string, a symbol, a clob, a field name and an annotation: the value, and a text of it.
fn places(string: &str) -> [(Element, String); 5] {
    let escaped: String = string.chars().map(escape_character).collect();
    let bytes: String = string.bytes().map(escape_byte).collect();
    let field: Struct = [(string, Element::int(1))].into_iter().collect();
    [
        (Element::string(string), format!("\"{escaped}\"")),
        (Element::symbol(string), format!("'{escaped}'")),
        (Element::clob(string), format!("{{{{\"{bytes}\"}}}}")),
        (field.into(), format!("{{'{escaped}':1}}")),
        (
            Element::int(1).with_annotations([string]),
            format!("'{escaped}'::1"),
        ),
    ]
}

fn escape_character(c: char) -> String {
    match c {
        '"' | '\'' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    }
}

fn escape_byte(byte: u8) -> String {
    match byte {
        b' '..=b'~' if !b"\"\\".contains(&byte) => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    }
}
