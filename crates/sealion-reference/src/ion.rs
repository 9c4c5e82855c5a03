//! The hash of an Ion value.
//!
//! Ion Hash 1.0 gives every Ion *value* one hash, whatever the text or binary it was written in:
//! `H(v) = SHA-256(s(v))`, where `s` frames each value between the bytes `0B` and `0E`, writes its
//! type and a minimal representation, escapes `0B`, `0C` and `0E` with `0C`, and sorts the fields of
//! a struct by their hashes. Hashed is the value, so `0xff` and `255` agree; but all of the value,
//! so `1.0` and `1.00` differ, as do a symbol and a string of the same letters, and one instant
//! written with two precisions or two offsets. The tests below are the table of such pairs.

use crate::Hash;
use ion_rs::{Element, IonError};

/// The Ion Hash of `value` with SHA-256, 32 bytes (Ion Hash Specification 1.0).
///
/// # Errors
///
/// If `ion_rs` cannot represent the value for hashing. No value that it read is known to do so.
pub fn ion_hash(value: &Element) -> Result<Hash, IonError> {
    Ok(ion_rs::ion_hash::sha256(value)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> Hash {
        let value = Element::read_one(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        ion_hash(&value).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    fn binary(body: &[u8]) -> Hash {
        let mut bytes = vec![0xe0, 0x01, 0x00, 0xea];
        bytes.extend(body);
        ion_hash(&Element::read_one(bytes).unwrap()).unwrap()
    }

    #[test]
    fn a_known_value() {
        // s("ab") is 0B 80 61 62 0E
        assert_eq!(
            hash("\"ab\""),
            crate::sha256(&[0x0b, 0x80, 0x61, 0x62, 0x0e])
        );
        assert_eq!(hash("null"), crate::sha256(&[0x0b, 0x0f, 0x0e]));
        // The three bytes of the frame are escaped inside it, and only they.
        assert_eq!(
            hash("{{Cg sMDQ4P}}"), // 0a 0b 0c 0d 0e 0f
            crate::sha256(&[
                0x0b, 0xa0, 0x0a, 0x0c, 0x0b, 0x0c, 0x0c, 0x0d, 0x0c, 0x0e, 0x0f, 0x0e
            ])
        );
    }

    #[test]
    fn different() {
        for (a, b) in [
            ("1.0", "1.00"),
            ("1d1", "10."),
            ("1", "1."),
            ("1e0", "1.0"),
            ("-0.", "0."),
            ("-0e0", "0e0"),
            ("\"a\"", "a"),
            ("null.string", "null"),
            ("[]", "null.list"),
            ("[1,2]", "(1 2)"),
            ("[1,2]", "[2,1]"),
            ("{{\"ab\"}}", "{{YWI=}}"),
            ("a::1", "1"),
            ("a::b::1", "b::a::1"),
            ("{a:1,a:1}", "{a:1}"),
            ("\"\\u00e9\"", "\"e\\u0301\""),
        ] {
            assert_ne!(hash(a), hash(b), "{a} and {b}");
        }
    }

    #[test]
    fn same() {
        for (a, b) in [
            ("0xff", "255"),
            ("1_000", "1000"),
            ("0b101", "5"),
            ("-0", "0"),
            ("1.10", "110d-2"),
            ("0.0", "0d-1"),
            ("100e-2", "1e0"),
            ("'a'", "a"),
            ("{'a':1}", "{a:1}"),
            ("{\"a\":1}", "{a:1}"),
            ("{'''a''':1}", "{a:1}"),
            ("\"\\u0061\"", "\"a\""),
            ("\"\\x61\"", "\"a\""),
            ("\"\\ud83d\\ude00\"", "\"\u{1f600}\""),
            ("\"\\U0001F600\"", "\"\u{1f600}\""),
            ("{a:1,b:2}", "{b:2,a:1}"),
            ("[1,2,]", "[1,2]"),
            ("[1,/* not a value */2] // nor this", "[1,2]"),
            ("2007-02-23", "2007-02-23T"),
            ("null", "null.null"),
            ("'''ab''' '''cd'''", "\"abcd\""),
            ("'''a\r\nb'''", "\"a\\nb\""),
            ("'''a\\\nb'''", "\"ab\""),
            ("{{ Y W\nI = }}", "{{YWI=}}"),
            ("{{ '''a''' '''b''' }}", "{{\"ab\"}}"),
            ("$4", "name"),
        ] {
            assert_eq!(hash(a), hash(b), "{a} and {b}");
        }
    }

    #[test]
    fn any_nan() {
        let nan = hash("nan");
        assert_eq!(binary(&[0x48, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]), nan);
        assert_eq!(binary(&[0x48, 0xff, 0xf8, 0, 0, 0, 0, 0, 1]), nan);
        assert_eq!(binary(&[0x44, 0x7f, 0xc0, 0, 9]), nan);
    }

    #[test]
    fn timestamps_hash_precision_and_offset() {
        let distinct = [
            "2007T",
            "2007-01T",
            "2007-01-01T",
            "2007-01-01T00:00Z",
            "2007-02-23T12:14Z",
            "2007-02-23T12:14:00Z",
            "2007-02-23T12:14:33Z",
            "2007-02-23T12:14:33.0Z",
            "2007-02-23T12:14:33.07Z",
            "2007-02-23T12:14:33.070Z",
            "2007-02-23T12:14:33-00:00",
            "2007-02-23T13:14:33+01:00",
            "2007-02-23T11:14:33-01:00",
        ];
        for (i, a) in distinct.iter().enumerate() {
            for b in &distinct[i + 1..] {
                assert_ne!(hash(a), hash(b), "{a} and {b}");
            }
        }
        assert_eq!(
            hash("2007-02-23T12:14:33Z"),
            hash("2007-02-23T12:14:33+00:00")
        );
    }

    #[test]
    fn binary_forms_are_made_minimal() {
        // A padded magnitude, an over-long VarUInt length, a 32-bit float, a padding value before.
        assert_eq!(binary(&[0x23, 0, 0, 5]), hash("5"));
        assert_eq!(binary(&[0x8e, 0x00, 0x82, 0x61, 0x62]), hash("\"ab\""));
        assert_eq!(binary(&[0x44, 0x3f, 0x80, 0, 0]), hash("1e0"));
        assert_eq!(binary(&[0x02, 0xff, 0xff, 0x21, 0x05]), hash("5"));
    }

    #[test]
    fn symbol_tables_are_resolved_and_are_no_values() {
        let table = "$ion_1_0 $ion_symbol_table::{symbols:[\"dog\"]} $10";
        assert_eq!(hash(table), hash("dog"));
        assert_eq!(
            hash("$ion_1_0 $ion_symbol_table::{symbols:[\"dog\"]} {$10:1}"),
            hash("{dog:1}")
        );
    }
}
