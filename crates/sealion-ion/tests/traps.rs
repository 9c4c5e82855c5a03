//! Tables of what is easily hashed wrong, held to the reference.

use ion_rs::Element;
use sealion_ion::{ion_hash, Hash, Limits, Pass};

fn fast(text: impl AsRef<[u8]>) -> Result<Hash, Pass> {
    ion_hash(text.as_ref(), &Limits::default())
}

fn reference(text: impl AsRef<[u8]>) -> Hash {
    let value = Element::read_one(text.as_ref()).unwrap();
    Hash(sealion_reference::ion_hash(&value).unwrap())
}

/// The hash, which both agree on.
fn hash(text: &str) -> Hash {
    let hash = fast(text).unwrap_or_else(|pass| panic!("{text}: {pass}"));
    assert_eq!(hash, reference(text), "{text}");
    hash
}

fn binary(body: &[u8]) -> Hash {
    let bytes = [&[0xE0, 0x01, 0x00, 0xEA], body].concat();
    let hash = fast(&bytes).unwrap_or_else(|pass| panic!("{bytes:02x?}: {pass}"));
    assert_eq!(hash, reference(&bytes), "{bytes:02x?}");
    hash
}

#[test]
fn a_known_value() {
    let of = |bytes: &[u8]| sealion_hash::sha256(bytes);
    assert_eq!(hash("\"ab\""), of(&[0x0B, 0x80, 0x61, 0x62, 0x0E]));
    assert_eq!(hash("null"), of(&[0x0B, 0x0F, 0x0E]));
    let escaped = [
        0x0B, 0xA0, 0x0A, 0x0C, 0x0B, 0x0C, 0x0C, 0x0D, 0x0C, 0x0E, 0x0F, 0x0E,
    ];
    assert_eq!(hash("{{Cg sMDQ4P}}"), of(&escaped));
    assert_eq!(hash("{}"), of(&[0x0B, 0xD0, 0x0E]));
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
        ("-0d3", "0d3"),
        ("\"a\"", "a"),
        ("null.string", "null"),
        ("[]", "null.list"),
        ("[1,2]", "(1 2)"),
        ("[1,2]", "[2,1]"),
        ("{{\"ab\"}}", "{{YWI=}}"),
        ("a::1", "1"),
        ("a::b::1", "b::a::1"),
        ("{a:1,a:1}", "{a:1}"),
        ("{a:{b:1}}", "{a:{b:2}}"),
        ("[{},{}]", "[{}]"),
        ("[{a:1},{b:1}]", "[{b:1},{a:1}]"),
        ("\"\\u00e9\"", "\"e\\u0301\""),
    ] {
        assert_ne!(hash(a), hash(b), "{a} and {b}");
    }
}

#[test]
fn same() {
    for (a, b) in [
        ("0xff", "255"),
        ("0XF_f", "2_5_5"),
        ("1_000", "1000"),
        ("0b101", "5"),
        ("0x0", "0"),
        ("-0", "0"),
        ("-0x0", "0"),
        (
            "0x0001_0000_0000_0000_0000_0000_0000_0000_0001",
            "340282366920938463463374607431768211457",
        ),
        ("1.10", "110d-2"),
        ("1_0.1_0", "1010d-2"),
        ("0.0", "0d-1"),
        ("0d0", "0."),
        ("100e-2", "1e0"),
        ("1.e5", "100000e0"),
        ("'a'", "a"),
        ("''", "'\\\n'"),
        ("{'a':1}", "{a:1}"),
        ("{\"a\":1}", "{a:1}"),
        ("{'''a''':1}", "{a:1}"),
        ("{'''a''' /* b */ '''b''':1}", "{ab:1}"),
        ("\"\\u0061\"", "\"a\""),
        ("\"\\x61\"", "\"a\""),
        ("\"\\ud83d\\ude00\"", "\"\u{1f600}\""),
        ("\"\\U0001F600\"", "\"\u{1f600}\""),
        ("{a:1,b:2}", "{b:2,a:1}"),
        ("[1,2,]", "[1,2]"),
        ("[1 , /* not a value */2] // nor this", "[1,2]"),
        ("2007-02-23", "2007-02-23T"),
        ("2007-02-23T12:14:33Z", "2007-02-23T12:14:33+00:00"),
        ("null", "null.null"),
        ("'''ab''' '''cd'''", "\"abcd\""),
        ("'''a\r\nb'''", "\"a\\nb\""),
        ("'''a\rb'''", "\"a\\nb\""),
        ("'''a\\\nb'''", "\"ab\""),
        ("'''a\\\r\nb'''", "\"ab\""),
        ("'''it\\'s''''''s'''", "\"it'ss\""),
        ("'''a'b''c'''", "\"a'b''c\""),
        ("{{ Y W\nI = }}", "{{YWI=}}"),
        ("{{ '''a''' '''b''' }}", "{{\"ab\"}}"),
        ("{{\"\\x61\"}}", "{{\"a\"}}"),
        ("$ion_1_0 1", "1"),
        ("$ion_1_0 $ion_1_0\n[]", "[]"),
        ("$ion_1_0::1", "'$ion_1_0'::1"),
        ("a :: 'b'::/**/1", "a::b::1"),
        ("{a:$ion_symbol_table::1}", "{a:'$ion_symbol_table'::1}"),
    ] {
        assert_eq!(hash(a), hash(b), "{a} and {b}");
    }
}

#[test]
fn every_scalar() {
    for text in [
        "null.bool",
        "null.int",
        "null.float",
        "null.decimal",
        "null.timestamp",
        "null.symbol",
        "null.string",
        "null.clob",
        "null.blob",
        "null.list",
        "null.sexp",
        "null.struct",
        "true",
        "false",
        "nan",
        "+inf",
        "-inf",
        "11",
        "12",
        "14",
        "-14",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "1e-400",
        "1.7976931348623157e308",
        "11d11",
        "1d-64",
        "12345678901234567890123456789012345678901234567890.5d-7",
        "-0.00000000000000000000000000000",
        "1.5e3",
        "{{}}",
        "{{\"\"}}",
        "()",
        "[[]]",
        "([{}])",
        "{a:[{b:({c:1} {d:2})}]}",
        "a",
        "$a",
        "_",
        "$",
        "nul",
        "'null'",
        "\"\t\"",
        "\"\\v\\f\\0\\a\\b\\?\\/\"",
        "'\\x0e'",
    ] {
        hash(text);
    }
    let long = "x".repeat(1000);
    for len in 0..600 {
        hash(&format!("{{a:{:?},b:[{:?}]}}", &long[..len], &long[len..]));
    }
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
        "2007-02-23T12:14:33.123456789012345678Z",
        "2007-02-23T12:14:33-00:00",
        "2007-02-23T13:14:33+01:00",
        "2007-02-23T11:14:33-01:00",
        "2007-12-31T23:14:33-23:59",
        "2008-01-01T00:14:33+23:59",
        "2024-02-29T00:14+00:15",
    ];
    for (i, a) in distinct.iter().enumerate() {
        for b in &distinct[i + 1..] {
            assert_ne!(hash(a), hash(b), "{a} and {b}");
        }
    }
}

#[test]
fn not_hashed() {
    for text in [
        "",
        " ",
        "/**/",
        "1 2",
        "[1",
        "[1]]",
        "{a:1",
        "{a:1}}",
        "{a 1}",
        "{a:}",
        "{:1}",
        "[1 2]",
        "[,]",
        "[1,,2]",
        "{a:1,,b:2}",
        "{,}",
        "{a:1 b:2}",
        "(1,2)",
        "01",
        "-01",
        "00",
        "1__0",
        "_1x:",
        "1_",
        "1._0",
        "1.0_",
        "0x",
        "0x_1",
        "0b2",
        "0b",
        "0x1_",
        "+1",
        "--1",
        "1d",
        "1e",
        "1.0.0",
        "1a",
        "1:",
        "1d1e1",
        "0_1",
        "2007-13T",
        "2007-02-30T",
        "0000T",
        "2007-01-01T24:00Z",
        "2007-01-01T00:60Z",
        "2007-01-01T00:00:60Z",
        "2007-01-01T00:00",
        "2007-01",
        "2007-01-01T00:00:00.Z",
        "2007-01-01T00:00+24:00",
        "2007-01-01T00:00+00:60",
        "0001-01-01T00:00+00:01",
        "2007-1-01",
        "2007-01-01t",
        "2007-01-01T00:00:00.1234567890123456789Z",
        "\"",
        "\"a",
        "\"\n\"",
        "\"\\q\"",
        "\"\\x4\"",
        "\"\\u12\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83d\\u0061\"",
        "\"\\U00110000\"",
        "'''a",
        "'a",
        "{{a}}",
        "{{YWI}}",
        // A vertical tab is a blank, but the reference takes it for none in base64.
        "{{\u{b}YWI=}}",
        "{{YW\u{b}I=}}",
        "{{YWI=\u{b}}}",
        "{{YWJ=}}",
        "{{YWI=}",
        "{{\"\\u0061\"}}",
        "{{\"é\"}}",
        "{{\"a\"",
        "{{'a'}}",
        "{{/**/}}",
        "{{\"a\"/**/}}",
        "null.foo",
        "nullx.int",
        "null.int8",
        "true/**/",
        "$10",
        "$0",
        "{$10:1}",
        "$10::1",
        "(+)",
        "(a+b)",
        "a::",
        "a:::1",
        "a: :1",
        "null::1",
        "nan::1",
        "{null:1}",
        "{true:1}",
        "{1:1}",
        "$ion_1_1 1",
        "$ion_2_0",
        "$ion_symbol_table::{}",
        "'$ion_symbol_table'::{}",
        "'$ion_1_0'",
        "/",
        "/*",
        "1/*",
        "1//",
        "\0",
        "é",
        "\u{feff}1",
        "]",
        ")",
        "}",
        ",",
        ":",
        "\"\u{1}\"",
        "[1;2]",
        "{a:1:2}",
        "(\"a\"\"b\")",
        "*",
        "@",
    ] {
        let pass = fast(text).expect_err(text);
        assert!(pass.offset <= text.len(), "{text}: {pass}");
    }
    for bytes in [
        b"\"\xff\"".as_slice(),
        b"'\xc3'",
        b"'''\xc3''' '''\xa9'''",
        b"/*\xff*/1",
        b"\xe0\x01\x01\xea",
    ] {
        fast(bytes).unwrap_err();
    }
}

/// What is read the short way stands far enough from the end for it here, and what looks like it beside it.
#[test]
fn short_ways_of_text() {
    let far = "\"as much as is looked at in one piece, and more than that: two pieces and some\"";
    for value in [
        "true",
        "false ",
        "null",
        "null.int",
        "nan",
        "nulls",
        "truex",
        "a::true",
        "a::b::null",
        "a ::b:: c",
        "a:: /*c*/ 'b'::x",
        "'a'",
        "'a b'",
        "'a b' ",
        "'a b'::1",
        "'true'",
        "'\u{e9}'",
        "''",
        "''::x",
        "'''a'''",
        "'''a''' '''b'''",
        "'a\\'b'",
        "\"\\t'''b\\n\"",
        "\"''' sixteen bytes and more ''' \\\" sixteen bytes and more \\x0b\\x0c\\x0e\"",
        "'''one' two'' \\'''three\\n\r\n and more than sixteen bytes \\\\'''",
        "123456789012345",
        "1234567890123456",
        "-999999999999999",
        "12345678.12345678",
        "123456789.12345678",
        "99999999.99999999",
        "99999999.999999999",
        "999999999999999.999999999999999",
        "0.000000000000001",
        "-0.000000000000000",
        "1.50e3",
    ] {
        hash(&format!("[{value},{far}]"));
        hash(&format!("{{f:{value}, g : {far}}}"));
    }
    for name in [
        "'a'", "'a b'", "'a\\'b'", "'''a'''", "\"a\"", "''", "'null'", "nulls",
    ] {
        hash(&format!("{{{name}:1,{name} : 2 , c:{far}}}"));
    }
    for wrong in [
        "true::1",
        "null::1",
        "nan::1",
        "a::",
        "a::,1",
        "a:1",
        "'a':1",
        "'a",
        "true false",
        "1234567890123456x",
        "123456789_",
        "012345678901",
        "00000001d0",
        "12345678.123456789x",
    ] {
        assert!(fast(format!("[{wrong},{far}]")).is_err(), "{wrong}");
    }
    for wrong in [
        "{null:1}",
        "{true:1}",
        "{'a'::1}",
        "{a::b:1}",
        "{a:1,,b:2}",
        "{,a:1}",
    ] {
        assert!(fast(format!("[{wrong},{far}]")).is_err(), "{wrong}");
    }
}

/// The same of Ion binary, and what has no more bytes behind it.
#[test]
fn short_ways_of_binary() {
    let values: &[&[u8]] = &[
        &[0x10],
        &[0x11],
        &[0x0F],
        &[0x1F],
        &[0x2F],
        &[0x3F],
        &[0x4F],
        &[0x7F],
        &[0xBF],
        &[0xDF],
        &[0x20],
        &[0x21, 0],
        &[0x22, 0, 0],
        &[0x28, 0x0B, 0x0C, 0x0E, 1, 2, 3, 4, 5],
        &[0x40],
        &[0x44, 0, 0, 0, 0],
        &[0x44, 0x0B, 0x0C, 0x0E, 1],
        &[0x48, 0, 0, 0, 0, 0, 0, 0, 0],
        &[0x48, 0x80, 0, 0, 0, 0, 0, 0, 0],
        &[0x48, 0x0B, 0x0C, 0x0E, 1, 2, 3, 4, 5],
        &[0x44, 0x7F, 0xC0, 0, 0],
        &[0x71, 0x04],
        &[0x71, 10],
        &[0x71, 12],
        &[0x72, 0, 11],
        &[0xA2, 0x0B, 0x0E],
    ];
    let blob = |byte: u8| [&[0xAE, 0xA0][..], &[byte; 32]].concat();
    let (marked, plain) = (blob(0x0C), blob(0xFF));
    let values = values.iter().copied().chain([&marked[..], &plain]);
    for value in values {
        for behind in [0, 80] {
            let list = [value, &vec![0x11; behind]].concat();
            let len = 0x80 | list.len() as u8;
            binary(&with_symbols(&[&[0xBE, len][..], &list].concat()));
        }
    }
    for wrong in [
        &[0x12][..],
        &[0x31, 0],
        &[0x30],
        &[0x41, 0],
        &[0x42, 0, 0],
        &[0x71, 99],
        &[0x70],
        &[0xEF],
    ] {
        let list = [wrong, &[0x11; 40]].concat();
        let body = [&[0xBE, 0x80 | list.len() as u8][..], &list].concat();
        assert!(
            fast([&[0xE0, 0x01, 0x00, 0xEA], &body[..]].concat()).is_err(),
            "{wrong:02x?}"
        );
    }
}

#[test]
fn limits_are_kept() {
    let mut limits = Limits::default();
    limits.depth_max = 3;
    for (text, fits) in [
        ("[[[1]]]", true),
        ("[[[[1]]]]", false),
        ("{a:{b:(1)}}", true),
        ("{a:{b:({})}}", false),
    ] {
        assert_eq!(ion_hash(text.as_bytes(), &limits).is_ok(), fits, "{text}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(fast(&deep).unwrap_err().reason, sealion_ion::Reason::Depth);
    limits.value_bytes_max = 5;
    assert!(ion_hash(b" [1,2] ", &limits).is_ok());
    assert!(ion_hash(b" [1,20] ", &limits).is_err());
}

/// A symbol table with `a`, `b` and text that Ion Hash escapes, ids 10 to 12, and then the body.
fn with_symbols(body: &[u8]) -> Vec<u8> {
    let table = [
        0xEB, 0x81, 0x83, 0xD8, 0x87, 0xB6, 0x81, b'a', 0x81, b'b', 0x81, 0x0B,
    ];
    [&table[..], body].concat()
}

#[test]
fn binary_forms_are_made_minimal() {
    for (body, text) in [
        (&[0x21, 0x05][..], "5"),
        (&[0x20], "0"),
        (&[0x23, 0, 0, 5], "5"),
        (&[0x2E, 0x81, 5], "5"),
        (&[0x33, 0, 0, 5], "-5"),
        (&[0x8E, 0x00, 0x82, 0x61, 0x62], "\"ab\""),
        (&[0x44, 0x3F, 0x80, 0, 0], "1e0"),
        (&[0x40], "0e0"),
        (&[0x44, 0x80, 0, 0, 0], "-0e0"),
        (&[0x48, 0x80, 0, 0, 0, 0, 0, 0, 0], "-0e0"),
        (&[0x44, 0x7F, 0xC0, 0, 9], "nan"),
        (&[0x48, 0xFF, 0xF8, 0, 0, 0, 0, 0, 1], "nan"),
        (&[0x02, 0xFF, 0xFF, 0x21, 0x05, 0x00], "5"),
        (&[0xE0, 0x01, 0x00, 0xEA, 0x21, 0x05], "5"),
        (&[0x50], "0."),
        (&[0x51, 0x80], "0."),
        (&[0x52, 0x80, 0x00], "0."),
        (&[0x52, 0x80, 0x80], "-0."),
        (&[0x53, 0x80, 0x80, 0x00], "-0."),
        (&[0x54, 0x40, 0x82, 0x00, 0x0F], "0.15"),
        (&[0x54, 0x40, 0x82, 0x80, 0x0F], "-0.15"),
        (&[0x62, 0xC0, 0x81], "0001T"),
        (&[0x65, 0xC0, 0x0F, 0xD7, 0x82, 0x97], "2007-02-23"),
        (
            &[0x69, 0x80, 0x0F, 0xD7, 0x82, 0x97, 0x8C, 0x8E, 0xA1, 0xC1],
            "2007-02-23T12:14:33.0Z",
        ),
        (&[0x71, 0x04], "name"),
        (&[0x73, 0x00, 0x00, 0x04], "name"),
        (&[0xD0], "{}"),
        (&[0xD3, 0x80, 0x01, 0xFF], "{}"),
        (&[0xD3, 0x84, 0x21, 0x05], "{name:5}"),
        (&[0xD1, 0x83, 0x84, 0x21, 0x05], "{name:5}"),
        (&[0xDE, 0x00, 0x84, 0x00, 0x84, 0x21, 0x05], "{name:5}"),
        (&[0xB4, 0x21, 0x01, 0x00, 0xC0], "[1,()]"),
        (&[0xE4, 0x81, 0x84, 0x21, 0x05], "name::5"),
        (
            &[0xE5, 0x82, 0x84, 0x85, 0xB1, 0x00][..],
            "name::version::[]",
        ),
        (&[0xEE, 0x85, 0x82, 0x00, 0x84, 0x21, 0x05], "name::5"),
        (&[0xDF], "null.struct"),
        (&[0x3F], "null.int"),
    ] {
        assert_eq!(binary(body), hash(text), "{body:02x?} and {text}");
    }
    for (body, text) in [
        (&[0x71, 10][..], "a"),
        (&[0xD3, 0x8C, 0x21, 0x05], "{'\\v':5}"),
        (&[0xE4, 0x81, 0x8B, 0x21, 0x05], "b::5"),
    ] {
        assert_eq!(
            binary(&with_symbols(body)),
            hash(text),
            "{body:02x?} and {text}"
        );
    }
    let appended = with_symbols(&[0xE9, 0x81, 0x83, 0xD6, 0x86, 0x71, 0x03, 0x87, 0xB1, 0x80]);
    let appended = [&appended[..], &[0xB4, 0x71, 10, 0x71, 13]].concat();
    assert_eq!(binary(&appended), hash("[a,'']"));
    let replaced = with_symbols(&[
        0xE8, 0x81, 0x83, 0xD5, 0x87, 0xB3, 0x82, b'z', b'y', 0x71, 10,
    ]);
    assert_eq!(binary(&replaced[..replaced.len()]), hash("zy"));
}

#[test]
fn binary_not_hashed() {
    for body in [
        &[][..],
        &[0x00],
        &[0x21],
        &[0x21, 1, 0x21, 2],
        &[0x30],
        &[0x31, 0],
        &[0x12],
        &[0x41, 0],
        &[0x52, 0xC0, 0x05],
        &[0x60],
        &[0x4E, 0x84, 0x2C, 0x5D, 0xF3, 0xD2],
        &[0x4E, 0x88, 0x3F, 0xF0, 0, 0, 0, 0, 0, 1],
        &[
            0xCE, 0x8D, 0x40, 0x4E, 0x84, 0x2C, 0x5D, 0xF3, 0xD2, 0x40, 0x40, 0x40, 0x40, 0x40,
            0x40,
        ],
        &[0x61, 0xC0],
        &[0x62, 0xC0, 0x80],
        &[0x64, 0x80, 0x0F, 0xD7, 0x82],
        &[0x66, 0xC0, 0x0F, 0xD7, 0x82, 0x97, 0x8C],
        &[0x65, 0xC0, 0x0F, 0xD7, 0x82, 0x9E],
        &[0x69, 0x80, 0x0F, 0xD7, 0x82, 0x97, 0x8C, 0x8E, 0xA1, 0x81],
        &[
            0x6A, 0x80, 0x0F, 0xD7, 0x82, 0x97, 0x8C, 0x8E, 0xA1, 0xC1, 0x0A,
        ],
        &[
            0x6A, 0x80, 0x0F, 0xD7, 0x82, 0x97, 0x8C, 0x8E, 0xA1, 0xC1, 0x81,
        ],
        &[0x70],
        &[0x71, 0],
        &[0x71, 10],
        &[0x71, 2],
        &[0x82, 0xC3, 0x28],
        &[0x83, b'a'],
        &[0xB3, 0x82, b'a'],
        &[0xB2, 0x82, b'a', b'b'],
        &[0xD1, 0x80],
        &[0xD2, 0x84, 0x84],
        &[0xD3, 0x80, 0x21, 5],
        &[0xD1, 0x82, 0x84, 0x21],
        &[0xE0],
        &[0xE3, 0x80, 0x21, 5],
        &[0xE3, 0x81, 0x84, 0x00],
        &[0xE4, 0x81, 0x84, 0x20, 0x00],
        &[0xE7, 0x81, 0x84, 0xE4, 0x81, 0x84, 0x21, 5],
        &[0xEF],
        &[0xF0],
        &[0xB4, 0xE0, 0x01, 0x00, 0xEA],
        // A symbol table with an import, one that is annotated twice, one with a number among its symbols.
        &[0xE8, 0x81, 0x83, 0xD5, 0x86, 0xB3, 0xD2, 0x84, 0x80, 0x20],
        &[0xE4, 0x82, 0x83, 0x84, 0xD0, 0x20],
        &[0xE7, 0x81, 0x83, 0xD4, 0x87, 0xB2, 0x21, 0x01, 0x20],
    ] {
        let bytes = [&[0xE0, 0x01, 0x00, 0xEA], body].concat();
        let pass = fast(&bytes).expect_err(&format!("{body:02x?}"));
        assert!(pass.offset <= bytes.len(), "{body:02x?}: {pass}");
    }
    let mut limits = Limits::default();
    let bytes = [&[0xE0, 0x01, 0x00, 0xEA][..], &with_symbols(&[0x20])].concat();
    for (symbols_max, fits) in [(13, true), (12, false)] {
        limits.symbols_max = symbols_max;
        assert_eq!(ion_hash(&bytes, &limits).is_ok(), fits);
    }
    limits.depth_max = 2;
    assert!(ion_hash(&[0xE0, 0x01, 0x00, 0xEA, 0xB1, 0xB0], &limits).is_ok());
    assert!(ion_hash(&[0xE0, 0x01, 0x00, 0xEA, 0xB2, 0xB1, 0xB0], &limits).is_err());
}
