//! Pieces hold what one Ion reader reads: any bytes, and any of a grammar of what could lead a cutter astray.

use super::with_deep_stack;
use crate::ion::binary::VERSION_MARKER;
use ion_rs::{v1_0, AnyEncoding, Element, HasRange, Reader};
use sealion::source::probe::{self, Cut, Cutting};
use std::io::{self, Read};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// What stands in Ion text, or nearly does.
const TEXT: &[&str] = &[
    "{a:1}",
    "{b:[{c:2},{}]}\n",
    "{$10:$11}",
    "{'$10':\"}\"}",
    "{d:\"\\\"{\"}",
    "{e:'}{'}",
    "{f:{{YQ==}}}",
    "{g:{{ \"}}\\\"\" }}}",
    "{h:'''} '' ''' '''{'''}",
    "{i:(1 - {} [2])}",
    "{j:2021-01-01T00:00Z,k:-1.5d3}",
    "{l:\"//\",m:'/*'}",
    "{n:{{//8=}}}",
    "{o:1,}",
    " ",
    "\n",
    "\t\r\n",
    "$ion_1_0 ",
    "$ion_1_0",
    "$ion_1_1 ",
    "$ion_symbol_table::{symbols:[\"x\",\"y\",\"z\"]}",
    "$3::{symbols:[\"p\",\"q\"]}",
    "'$ion_symbol_table'::{symbols:[\"u\"]}",
    "'\\x24ion_symbol_table'::{symbols:[\"v\"]}",
    "$ion_symbol_table::{imports:$ion_symbol_table,symbols:[\"w\"]}",
    "$3 :: {imports:$3,symbols:[null,\"w\"]}",
    "$ion_symbol_table::{imports:'$ion_symbol_table',symbols:['''r''' '''s''']}",
    "$ion_symbol_table::{imports:[{name:\"t\",version:1,max_id:3}]}",
    "a::$ion_symbol_table::{symbols:[\"no\"]}",
    "$ion_symbol_table::{symbols:[],symbols:[]}",
    "$ion_symbol_table /*}*/ :: {$7:[\"by\",\"id\"]}",
    "$ion_symbol_table::a::{symbols:[\"two\"]}",
    "$10::{symbols:[\"ten\"]}",
    "$ion_symbol_table",
    "$ion_symbol_table::[]",
    "// }\n",
    "// {\r",
    "//",
    "/* {a:1} */",
    "/* ' \" { */",
    "/*",
    "*/",
    "1 ",
    "null ",
    "null.struct ",
    "true",
    "\"s\" ",
    "'q'",
    "'''long'''",
    "''' }\n",
    "a",
    "::",
    ",",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "[{a:1}]",
    "({a:1})",
    "a::{b:1}",
    "{{YQ==}}",
    "{a:{{YQ\"=}}}",
    "{a:{{YQ'=}}}",
    "{{\"clob\"}}",
    "{{'''}}'''}}",
    "{{",
    "}}",
    "\"",
    "'",
    "'''",
    "\\",
    "\"{",
    "}\"",
    "\u{1}",
    "é",
    "\u{b}",
    "{a:\"\n\"}",
    "{\"é\":\"é\"}",
    "{a:1 // }\n}",
    "{a:/*}*/1}",
    "{s:'''a''' // }\n '''b'''}",
    "{a:1]",
    "[1}",
    "{t:\"0123456789012345678901234567890123456789012345678901234567890123456789\"}",
    "{u:\\u0041}",
    "{v:\"\\u0041\\x7d\"}",
    "{x:\"\\\\\",y:\"\\\\\\\"\"}",
    "{w:0x7,z:1_0}",
];

/// The same of Ion binary.
const BINARY: &[&[u8]] = &[
    &VERSION_MARKER,
    &[0xE0, 1, 1, 0xEA],
    &[0xD2, 0x84, 0x20],
    &[0xD3, 0x8A, 0x21, 7],
    &[0xD2, 0x8B, 0x0F],
    &[
        0xDE, 0x8E, 0x8A, 0x8E, 0x8B, b'a', b'b', b'c', b'd', b'e', b'f', b'g', b'h', b'i', b'j',
        b'k',
    ],
    &[0xD4, 0x8A, 0x72, 0x00, 0x0A],
    &[0xD3, 0x84, 0x71, 0x0B],
    &[0xD0],
    &[0xD1, 0x83, 0x84, 0x21, 7],
    &[0xDF],
    &[0xDE, 0x83, 0x84, 0x21, 7],
    &[0xDE, 0x00, 0x83, 0x84, 0x21, 7],
    &[0x20],
    &[0x21, 5],
    &[0x0F],
    &[0x11],
    &[0x81, b'a'],
    &[0xB3, 0x20, 0x21, 1],
    &[0x71, 0x0A],
    &[0xE4, 0x81, 0x8A, 0xD0, 0x20],
    &[0xE3, 0x81, 0x8A, 0x20],
    &[0xE5, 0x81, 0x8B, 0xD2, 0x84, 0x20],
    // Symbol tables: as writers produce them,
    &[0xE7, 0x81, 0x83, 0xD4, 0x87, 0xB2, 0x81, b'x'],
    &[0xE9, 0x81, 0x83, 0xD6, 0x87, 0xB4, 0x81, b'p', 0x81, b'q'],
    &[
        0xEA, 0x81, 0x83, 0xD7, 0x86, 0x71, 0x03, 0x87, 0xB2, 0x81, b'w',
    ],
    &[
        0xEA, 0x81, 0x83, 0xD7, 0x87, 0xB2, 0x81, b'v', 0x86, 0x71, 0x03,
    ],
    // with the import, a name or the annotation in more bytes,
    &[
        0xEB, 0x81, 0x83, 0xD8, 0x86, 0x72, 0x00, 0x03, 0x87, 0xB2, 0x81, b'o',
    ],
    &[
        0xEB, 0x81, 0x83, 0xD8, 0x00, 0x86, 0x71, 0x03, 0x87, 0xB2, 0x81, b'n',
    ],
    &[0xE8, 0x82, 0x00, 0x83, 0xD4, 0x87, 0xB2, 0x81, b'a'],
    &[0xE8, 0x00, 0x81, 0x83, 0xD4, 0x87, 0xB2, 0x81, b'l'],
    &[0xEE, 0x87, 0x81, 0x83, 0xD4, 0x87, 0xB2, 0x81, b'e'],
    &[0xE8, 0x81, 0x83, 0xDE, 0x84, 0x87, 0xB2, 0x81, b'd'],
    &[0xE8, 0x81, 0x83, 0xD5, 0x87, 0xBE, 0x82, 0x81, b'c'],
    // with padding, or a field more, or one twice,
    &[0xE9, 0x81, 0x83, 0xD6, 0x84, 0x00, 0x87, 0xB2, 0x81, b'b'],
    &[0xE9, 0x81, 0x83, 0xD6, 0x84, 0x20, 0x87, 0xB2, 0x81, b'g'],
    &[
        0xEB, 0x81, 0x83, 0xD8, 0x87, 0xB2, 0x81, b'h', 0x87, 0xB2, 0x81, b'i',
    ],
    &[0xE6, 0x81, 0x83, 0xD3, 0x86, 0x71, 0x03],
    // with imports of another kind, annotations more, a null, or by a name that is one only by a table before it.
    &[0xE8, 0x81, 0x83, 0xD5, 0x86, 0xB0, 0x87, 0xB1, 0x80],
    &[0xE8, 0x82, 0x83, 0x8A, 0xD4, 0x87, 0xB2, 0x81, b'j'],
    &[0xE8, 0x82, 0x8A, 0x83, 0xD4, 0x87, 0xB2, 0x81, b'k'],
    &[0xE6, 0x81, 0x83, 0xD3, 0x87, 0xB1, 0x8F],
    &[
        0xEE, 0x98, 0x81, 0x83, 0xDE, 0x94, 0x87, 0xBE, 0x91, 0x8E, 0x8F, b'$', b'i', b'o', b'n',
        b'_', b's', b'y', b'm', b'b', b'o', b'l', b'_', b't', b'a', b'b',
    ],
    &[
        0xEE, 0x99, 0x81, 0x83, 0xDE, 0x95, 0x87, 0xBE, 0x92, 0x8E, 0x90, b'$', b'i', b'o', b'n',
        b'_', b's', b'y', b'm', b'b', b'o', b'l', b'_', b't', b'a', b'b', b'l', b'e',
    ],
    &[0xE7, 0x81, 0x8A, 0xD4, 0x87, 0xB2, 0x81, b'm'],
    // Padding.
    &[0x00],
    &[0x01, 0xFF],
    &[0x0A, 0xE0, 1, 0, 0xEA, 0x05, 0, 0, 0, 0, 0],
    b"\n",
    &[0x0E, 0x83, 1, 2, 3],
    &[0x0E, 0x00, 0x81, 9],
    // Damage.
    &[0xFF],
    &[0x13],
    &[0xD3],
    &[0xE3],
    &[0xDE],
    &[0x8E],
    &[0xE0],
    &[0xE0, 1],
    &[0x87],
    &[0xD2, 0x84, 0x31],
];

/// Bytes that are no input but choose one: by tokens, or what follows as it is. Then as [`pieces`].
///
/// # Panics
/// As [`pieces`].
pub fn cut(choice: &[u8]) {
    let Some((first, rest)) = choice.split_first() else {
        return;
    };
    let seed = usize::from(first >> 2);
    match first & 3 {
        0 => pieces(rest, seed),
        1 => pieces(&[&VERSION_MARKER, rest].concat(), seed),
        2 => pieces(
            &tokens(rest, |token| TEXT[token % TEXT.len()].as_bytes()),
            seed,
        ),
        _ => {
            let tokens = tokens(rest, |token| BINARY[token % BINARY.len()]);
            pieces(&[&VERSION_MARKER[..], &tokens].concat(), seed);
        }
    }
}

/// A token for each byte, and some damage.
fn tokens<'t>(choice: &[u8], token: impl Fn(usize) -> &'t [u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, byte) in choice.iter().enumerate() {
        let token = token(usize::from(*byte) + usize::from(choice.len() > 40 && index % 3 == 0));
        bytes.extend_from_slice(token);
        if byte % 20 == 19 && choice.len().is_multiple_of(5) {
            bytes.pop();
        }
    }
    // One byte damaged, in every third input.
    if let ([.., place, bit], 1) = (choice, choice.len() % 3) {
        let at = usize::from(*place) * bytes.len() / 256;
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << (bit % 8);
        }
    }
    bytes
}

/// Reads of odd sizes.
struct Odd<'b>(&'b [u8], usize);

impl Read for Odd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1.wrapping_mul(31).wrapping_add(17);
        let count = self.0.len().min(buffer.len()).min(1 + self.1 % 97);
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// However the bytes are cut, the pieces hold just the values of one Ion reader over all of them, under the same
/// symbols; or there is a flaw, behind which alone they may hold others. And however they are cut, these are the same.
///
/// # Panics
/// If that is not so.
pub fn pieces(bytes: &[u8], seed: usize) {
    with_deep_stack(|| {
        let binary = bytes.starts_with(&VERSION_MARKER);
        let (whole, clean) = whole(bytes);
        let mut other: Option<Cut> = None;
        for (index, uncut) in [(0, false), (1, false), (2, true), (3, true)] {
            let piece_bytes = match index % 2 {
                0 => 1 + seed,
                _ => [65, 100, 1 << 10, 128 << 10][seed % 4],
            };
            let how = Cutting { piece_bytes, uncut };
            let cut = probe::cut(Odd(bytes, seed), binary, how);
            hold(bytes, &cut, &whole, clean, how);
            if let Some(other) = &other {
                assert_eq!(cut, *other, "{how:?} of {}", Shown(bytes));
            }
            other = Some(cut);
        }
    });
}

type Values = Vec<(u64, Option<String>)>;

fn hold(bytes: &[u8], cut: &Cut, whole: &Values, clean: bool, how: Cutting) {
    let shown = Shown(bytes);
    let Some((flaw, why)) = cut.flaws.first() else {
        assert_eq!(cut.values, *whole, "{how:?} of {shown}");
        assert!(clean, "{how:?} finds nothing wrong with {shown}");
        return;
    };
    // Lengths that cannot be and bytes that are not UTF-8 are looked for where a reader may not come to them.
    let readable = !bytes.starts_with(&VERSION_MARKER) && std::str::from_utf8(bytes).is_ok();
    assert!(!clean || !readable, "{how:?} of {shown}: {why} at {flaw}");
    let before = cut.values.iter().filter(|(offset, _)| offset < flaw);
    for (index, value) in before.enumerate() {
        // One reader gives no value before it has seen what is behind it.
        let other = whole.get(index).or(if clean { None } else { Some(value) });
        assert_eq!(
            Some(value),
            other,
            "{how:?} of {shown}, before {why} at {flaw}"
        );
    }
}

/// The values of one reader, up to the first that it refuses, and whether there is none.
fn whole(bytes: &[u8]) -> (Values, bool) {
    let mut values = Values::new();
    let read = catch_unwind(AssertUnwindSafe(|| {
        let mut reader = Reader::new(AnyEncoding, bytes).expect("there is always a reader");
        loop {
            match reader.next() {
                Ok(None) => return true,
                Err(_) => return false,
                Ok(Some(value)) => {
                    let offset = value.raw().map_or(0, |raw| raw.range().start);
                    let element = Element::try_from(value).ok();
                    let text = element.and_then(|element| element.encode_as(v1_0::Text).ok());
                    values.push((offset as u64, text));
                }
            }
        }
    }));
    (values, read.unwrap_or(false))
}

struct Shown<'b>(&'b [u8]);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match std::str::from_utf8(self.0) {
            Ok(text) => write!(f, "{text:?}"),
            Err(_) => write!(f, "{:02X?}", self.0),
        }
    }
}
