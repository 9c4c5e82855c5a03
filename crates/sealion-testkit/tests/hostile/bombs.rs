//! Values that are small to write and large to read.

use crate::{refused, report, MARKER};
use base64::{engine::general_purpose::STANDARD, Engine};
use sealion::source::Memory;

const LIMITED: [&str; 3] = ["limit", "malformed", "truncated"];

#[test]
fn nesting_in_text() {
    for (open, close) in [
        ("[", "]"),
        ("{a:", "}"),
        ("(", ")"),
        ("[{a:(", ")}]"),
        ("{\"a\":[", "]}"),
    ] {
        for depth in [501, 5_000, 200_000] {
            let whole = [open.repeat(depth), close.repeat(depth)].concat();
            refused(
                &format!("{depth} times {open}"),
                format!("{{b:{whole}}}").as_bytes(),
                &["limit"],
            );
            refused(
                &format!("{depth} times {open}, open"),
                open.repeat(depth).as_bytes(),
                &LIMITED,
            );
        }
    }
    refused(
        "annotations",
        format!("{}{{}}", "a::".repeat(200_000)).as_bytes(),
        &LIMITED,
    );
}

/// A container of this type code around the bytes, `depth` times.
fn nest(code: u8, depth: usize) -> Vec<u8> {
    // From the inside out, then turned around: lengths are known first that way.
    let mut reversed = vec![0x0F]; // null
    for _ in 0..depth {
        let mut length = reversed.len();
        if code == 0xD0 {
            reversed.push(0x84); // the field `name`
            length += 1;
        }
        let mut last = 0x80;
        loop {
            reversed.push(last | (length & 0x7F) as u8);
            (length, last) = (length >> 7, 0);
            if length == 0 {
                break;
            }
        }
        reversed.push(code | 0x0E);
    }
    reversed.reverse();
    reversed
}

#[test]
fn nesting_in_binary() {
    for code in [0xB0, 0xC0, 0xD0] {
        for depth in [600, 5_000, 100_000] {
            let bytes = [&MARKER[..], &nest(code, depth)].concat();
            refused(&format!("{depth} times {code:x}"), &bytes, &["limit"]);
        }
    }
}

/// Ion text in a string in JSON is read a second time.
#[test]
fn nesting_within_strings() {
    for depth in [501, 5_000, 200_000] {
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for json in [
            format!("{{\"Block\":{{\"IonText\":\"{nested}\"}}}}"),
            format!("{{\"Revision\":{{\"IonText\":\"{{a:{nested}}}\"}},\"Proof\":{{\"IonText\":\"[]\"}}}}"),
            format!("{{\"Digest\":\"AAAA\",\"DigestTipAddress\":{{\"IonText\":\"{nested}\"}}}}"),
            format!("{{\"Records\":[{{\"Data\":\"{}\"}}]}}", STANDARD.encode(&nested)),
            format!("{{\"Records\":[{{\"Data\":\"{}\"}}]}}", STANDARD.encode([&MARKER[..], &nest(0xB0, depth)].concat())),
        ] {
            let report = report(&Memory::new().with("answer.json", json.into_bytes()), "nested IonText");
            let limited = report.findings().iter().any(|found| LIMITED.contains(&found.code.as_str()));
            assert!(limited, "{depth}: {report}");
        }
    }
}

#[test]
fn lengths_that_are_lies() {
    let huge: [&[u8]; 9] = [
        &[0x8E, 0x7F, 0x7F, 0x7F, 0x7F, 0xFF], // a string
        &[
            0xDE, 0x01, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0xFF,
        ], // beyond 64 bits
        &[0x0E, 0x7F, 0x7F, 0x7F, 0x7F, 0xFF], // a pad
        &[0xDE, 0x8A, 0x84, 0x8E, 0x7F, 0x7F, 0x7F, 0xFF], // within a struct that is too short for it
        &[0xEE, 0x7F, 0x7F, 0x7F, 0xFF, 0x81, 0x84],       // annotations
        &[0xE3, 0xFF, 0x84, 0x0F], // more annotations than the wrapper holds
        &[0x2E, 0x7F, 0x7F, 0x7F, 0xFF], // an int
        &[0x6E, 0x7F, 0xFF, 0x80], // a timestamp
        &[0xBE],                   // a length that does not come
    ];
    for bytes in huge {
        refused(
            &format!("{bytes:x?}"),
            &[&MARKER[..], bytes].concat(),
            &LIMITED,
        );
    }
    refused(
        "a length without end",
        &[&MARKER[..], &[0x8E], &[0; 100_000]].concat(),
        &LIMITED,
    );
}

#[test]
fn endless_scalars_in_text() {
    let long = 5 << 20;
    for (start, piece) in [
        ("{a:\"", "x"),
        ("{a:'", "x"),
        ("{a:'''", "x"),
        ("{a:{{", "AAAA"),
        ("{a:{{\"", "x"),
        ("{a:/*", "x"),
        ("{a:", "1"),
        ("{a:0x", "f"),
        ("{a:0.", "3"),
        ("{a:1", "_1"),
        ("{a:x", "y"),
        ("{a:", " "),
        ("{", "a:1,"),
    ] {
        let text = [start, &piece.repeat(long / piece.len())].concat();
        refused(&format!("{start}{piece}…"), text.as_bytes(), &LIMITED);
    }
}

/// Numbers whose value takes more room, or time, than their text.
#[test]
fn numbers() {
    for digits in [20_000, 1_000_000] {
        let ones = "1".repeat(digits);
        for number in [
            ones.clone(),
            format!("0x{ones}"),
            format!("0.{ones}"),
            format!("{ones}d1"),
            format!("-{ones}e1"),
        ] {
            refused("a number", format!("{{a:{number}}}").as_bytes(), &["limit"]);
        }
        refused(
            "a fraction",
            format!("{{a:2020-01-01T00:00:00.{ones}Z}}").as_bytes(),
            &LIMITED,
        );
        refused("a binary int", &binary_int(digits), &LIMITED);
    }
    for number in [
        "1d99999999999999999999",
        "1e999999999",
        "1d-2147483649",
        "9999-99-99T",
        "2020-02-30",
    ] {
        refused(number, format!("{{a:{number}}}").as_bytes(), &LIMITED);
    }
}

fn binary_int(bytes: usize) -> Vec<u8> {
    let length = [
        (bytes >> 14) as u8 & 0x7F,
        (bytes >> 7) as u8 & 0x7F,
        0x80 | (bytes as u8 & 0x7F),
    ];
    [&MARKER[..], &[0x2E], &length, &vec![0xFF; bytes]].concat()
}

#[test]
fn symbol_tables() {
    let many = "\"s\",".repeat(200_000);
    let imports = "{name:\"t\",version:1,max_id:9},".repeat(50_000);
    for (name, text) in [
        ("many symbols", format!("$ion_symbol_table::{{symbols:[{many}]}} {{$10:1}}")),
        ("many imports", format!("$ion_symbol_table::{{imports:[{imports}]}} {{$10:1}}")),
        (
            "an import of everything",
            "$ion_symbol_table::{imports:[{name:\"t\",version:1,max_id:4611686018427387904}]} {$10:1}".to_owned(),
        ),
        ("a symbol that is not there", "{$1000000:1}".to_owned()),
        ("a symbol beyond 64 bits", "{$99999999999999999999999:1}".to_owned()),
        ("a table that is none", "$ion_symbol_table::{symbols:{a:1}} {$10:1}".to_owned()),
    ] {
        refused(name, text.as_bytes(), &LIMITED);
    }
}

/// Each table adds to the one before: what stands before a value grows with their number.
#[test]
fn many_symbol_tables() {
    let symbols = "\"abcdefgh\",".repeat(1_000);
    let table = format!("$ion_symbol_table::{{imports:$ion_symbol_table,symbols:[{symbols}]}} ");
    let text = table.repeat(500).into_bytes();
    // $ion_symbol_table::{imports: $ion_symbol_table, symbols: ["abcdefgh"]}
    let head = [
        0xEE, 0x92, 0x81, 0x83, 0xDE, 0x8E, 0x86, 0x71, 0x03, 0x87, 0xB9, 0x88,
    ];
    let table = [&head[..], b"abcdefgh"].concat();
    let binary = [&MARKER[..], &table.repeat(500_000)].concat();
    for bytes in [text, binary] {
        let archive = Memory::new().with("file", bytes);
        let report = sealion::Verifier::new().verify(&archive).unwrap();
        let limited = report
            .findings()
            .iter()
            .any(|found| found.message.contains("symbols_max"));
        assert!(limited, "{report}");
    }
}

#[test]
fn symbol_tables_in_binary() {
    // $ion_symbol_table::{imports:[{name:"t", max_id:2^56-1}]}, then {$10: 1}.
    let import = [
        0xDC, 0x84, 0x81, b't', 0x88, 0x27, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ];
    let table = [
        &[0xEE, 0x93, 0x81, 0x83, 0xDE, 0x8F, 0x86, 0xBD][..],
        &import,
    ]
    .concat();
    let bytes = [&MARKER[..], &table, &[0xD3, 0x8A, 0x21, 0x01]].concat();
    refused("an import of everything", &bytes, &LIMITED);
    refused(
        "a field that is not there",
        &[&MARKER[..], &[0xD4, 0x7F, 0xFF, 0x21, 0x01]].concat(),
        &LIMITED,
    );
    refused(
        "a symbol that is not there",
        &[&MARKER[..], &[0xD4, 0x84, 0x72, 0x7F, 0xFF]].concat(),
        &LIMITED,
    );
}

/// Lists of hashes that do not end.
#[test]
fn lists_of_hashes() {
    let hash = format!("{{{{{}}}}}", STANDARD.encode([1; 32]));
    let entries = format!("{hash},").repeat(5_000);
    let block = String::from_utf8(crate::sound(false)).unwrap();
    let block = block.lines().next().unwrap();
    let (head, _) = block.split_once("entriesHashList:").unwrap();
    let text = format!("{head}entriesHashList:[{entries}]}}");
    let report = report(&Memory::new().with("file", text.into_bytes()), "entries");
    assert!(
        report
            .findings()
            .iter()
            .any(|found| found.message.contains("hashes_max")),
        "{report}"
    );
}

/// Aggregates of the producer library whose lengths or checksum are wrong.
#[test]
fn aggregates() {
    let magic = [0xF3, 0x89, 0x9A, 0xC2];
    for message in [
        &[][..],
        &[0x1A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        &[
            0x1A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        ],
        &[0x0A; 200],
        &[0xFF; 200],
    ] {
        for sum in [&[0; 16][..], &[]] {
            let bytes = [&magic[..], message, sum].concat();
            let report = report(&Memory::new().with("file", bytes), "an aggregate");
            assert!(!crate::good(&report), "{message:x?}: {report}");
        }
    }
}

#[test]
fn more_values_in_one_than_are_kept() {
    let many = "a:1,".repeat(600_000);
    for text in [
        format!("{{{many}}}"),
        format!("{{hash:{{{{}}}},data:{{{many}}},metadata:{{}}}}"),
        format!("{{\"Revision\":{{\"IonText\":\"{{data:{{{many}}}}}\"}}}}"),
    ] {
        let name = text[..20].to_owned();
        let report = report(&Memory::new().with("file", text.as_bytes()), &name);
        assert!(report.to_string().contains("limit values_max"), "{report}");
    }
}
