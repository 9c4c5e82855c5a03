//! What stands at top level in Ion binary, where it is what QLDB writes.
//!
//! Lengths tell where each value ends, so that a border is certain at no cost. What needs care is symbol tables:
//! only those in the one form that writers produce are told from their bytes. Everything else (padding, other
//! annotations, scalars, tables in other forms) is left to one Ion reader that nobody cut for.

use super::cut_binary::VERSION_MARKER;

/// What stands at the start of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    /// More bytes are needed to tell.
    More,
    /// A version marker: 4 bytes.
    VersionMarker,
    /// A struct of this many bytes in all.
    Struct(u64),
    /// Something annotated, of this many bytes in all: a symbol table, if [`table`] says so.
    Annotated(u64),
    Unsure(&'static str),
}

/// Tells what stands at the start of `bytes`.
pub(super) fn plain(bytes: &[u8]) -> Plain {
    let Some(&first) = bytes.first() else {
        return Plain::More;
    };
    match first {
        0xE0 => match bytes.get(..4) {
            None => Plain::More,
            Some(marker) if marker == VERSION_MARKER => Plain::VersionMarker,
            Some(_) => Plain::Unsure("a version marker of another version"),
        },
        0xD2..=0xDE | 0xE3..=0xEE => match sized(bytes) {
            Sized::More => Plain::More,
            Sized::Odd => Plain::Unsure("a length that is written in more bytes than it takes"),
            Sized::Is { own, body } if first < 0xE0 => Plain::Struct(own as u64 + body),
            Sized::Is { own, body } => Plain::Annotated(own as u64 + body),
        },
        0x00..=0x0F => Plain::Unsure("padding"),
        _ => Plain::Unsure("something else than structs between blocks"),
    }
}

/// A symbol table as writers produce it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// It goes on with the symbols in force, and does not replace them.
    pub(super) builds: bool,
    pub(super) symbols: usize,
}

/// Tells whether a whole annotated value is one, and which: `$ion_symbol_table::{imports: $ion_symbol_table,
/// symbols: ["…", …]}`, either field first, the former or not at all, no length longer than it must be.
pub(super) fn table(value: &[u8]) -> Option<Table> {
    const ONE_ANNOTATION: u8 = 0x81;
    const SYMBOL_TABLE: u8 = 0x83;
    const IMPORTS: u8 = 0x86;
    const SYMBOLS: u8 = 0x87;
    let (inner, []) = take(value, 0xE0)? else {
        return None;
    };
    let fields = inner.strip_prefix(&[ONE_ANNOTATION, SYMBOL_TABLE])?;
    let (mut fields, []) = take(fields, 0xD0).filter(|(_, rest)| rest.is_empty())? else {
        return None;
    };
    let mut builds = false;
    let mut symbols = None;
    while let Some((&name, value)) = fields.split_first() {
        fields = match name {
            // The symbol 3.
            IMPORTS if !builds => value.strip_prefix(&[0x71, 0x03])?,
            SYMBOLS if symbols.is_none() => {
                let (list, rest) = take(value, 0xB0)?;
                symbols = Some(strings(list)?);
                rest
            }
            _ => return None,
        };
        builds |= name == IMPORTS;
    }
    let symbols = symbols?;
    Some(Table { builds, symbols })
}

/// How many strings these are, if they are nothing else.
fn strings(mut list: &[u8]) -> Option<usize> {
    let mut count = 0;
    while !list.is_empty() {
        let (text, rest) = take(list, 0x80)?;
        std::str::from_utf8(text).ok()?;
        (list, count) = (rest, count + 1);
    }
    Some(count)
}

/// The content of a value of this type that is not null, and what is behind it.
fn take(bytes: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let first = bytes.first()?;
    let Sized::Is { own, body } = sized(bytes) else {
        return None;
    };
    let end = own.checked_add(usize::try_from(body).ok()?)?;
    let fits = first & 0xF0 == kind && end <= bytes.len();
    // One byte in a struct says that its fields are sorted.
    let usual = (kind, first & 15) != (0xD0, 1) && first & 15 != 15;
    (fits && usual).then(|| (&bytes[own..end], &bytes[end..]))
}

enum Sized {
    More,
    Is {
        own: usize,
        body: u64,
    },
    /// More bytes than the length takes, or than any takes.
    Odd,
}

/// A type descriptor, and its length.
fn sized(bytes: &[u8]) -> Sized {
    const LENGTH_BYTES_MAX: usize = 8;
    let Some((first, rest)) = bytes.split_first() else {
        return Sized::More;
    };
    if first & 15 != 14 {
        return Sized::Is {
            own: 1,
            body: u64::from(first & 15),
        };
    }
    let mut body = 0;
    for (index, byte) in rest.iter().take(LENGTH_BYTES_MAX).enumerate() {
        body = body << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 != 0 {
            let least = if index == 0 { 14 } else { 1 << (7 * index) };
            return match body >= least {
                true => Sized::Is {
                    own: index + 2,
                    body,
                },
                false => Sized::Odd,
            };
        }
    }
    match rest.len() < LENGTH_BYTES_MAX {
        true => Sized::More,
        false => Sized::Odd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_and_markers_are_told_and_little_else() {
        assert_eq!(plain(&VERSION_MARKER), Plain::VersionMarker);
        assert_eq!(plain(&[0xD2, 0x84, 0x20]), Plain::Struct(3));
        assert_eq!(plain(&[0xDE, 0x8E]), Plain::Struct(16));
        assert_eq!(plain(&[0xDE, 0x01, 0x80]), Plain::Struct(131));
        assert_eq!(plain(&[0xE4, 0x81]), Plain::Annotated(5));
        for more in [&[][..], &[0xE0], &[0xE0, 1, 0], &[0xDE], &[0xDE, 0x01]] {
            assert_eq!(plain(more), Plain::More, "{more:X?}");
        }
        let none = [
            0x00, 0x0A, 0x0F, 0x11, 0x20, 0x81, 0xB0, 0xC0, 0xD0, 0xD1, 0xDF, 0xE1, 0xE2, 0xEF,
            0xF0,
        ];
        for first in none {
            assert!(
                matches!(plain(&[first, 0x80, 0x80]), Plain::Unsure(_)),
                "{first:X}"
            );
        }
        assert!(matches!(plain(&[0xE0, 1, 1, 0xEA]), Plain::Unsure(_)));
        // Lengths in more bytes than they take.
        for odd in [
            &[0xDE, 0x8D][..],
            &[0xDE, 0x00, 0x8E],
            &[0xDE, 0x00, 0x01, 0x80],
            &[0xDE, 1, 1, 1, 1, 1, 1, 1, 1],
        ] {
            assert!(matches!(plain(odd), Plain::Unsure(_)), "{odd:X?}");
        }
    }

    #[test]
    fn tables_are_told_in_the_form_that_writers_produce() {
        let told = |inner: &[u8]| {
            let head = [
                0xE3 + inner.len() as u8,
                0x81,
                0x83,
                0xD0 | inner.len() as u8,
            ];
            table(&[&head, inner].concat()).map(|table| (table.builds, table.symbols))
        };
        assert_eq!(
            told(&[0x87, 0xB4, 0x81, b'a', 0x81, b'b']),
            Some((false, 2))
        );
        assert_eq!(
            told(&[0x86, 0x71, 0x03, 0x87, 0xB2, 0x81, b'a']),
            Some((true, 1))
        );
        assert_eq!(
            told(&[0x87, 0xB2, 0x81, b'a', 0x86, 0x71, 0x03]),
            Some((true, 1))
        );
        assert_eq!(told(&[0x87, 0xB0]), Some((false, 0)));
        for (odd, what) in [
            (
                &[0x86, 0x72, 0x00, 0x03, 0x87, 0xB2, 0x81, b'a'][..],
                "a symbol in two bytes",
            ),
            (
                &[0x86, 0x71, 0x04, 0x87, 0xB2, 0x81, b'a'],
                "another symbol",
            ),
            (&[0x86, 0xB0, 0x87, 0xB2, 0x81, b'a'], "a list of imports"),
            (&[0x86, 0x71, 0x03], "no symbols"),
            (
                &[0x00, 0x86, 0x71, 0x03, 0x87, 0xB0],
                "a field name in two bytes",
            ),
            (&[0x87, 0xB1, 0x20], "a number"),
            (&[0x87, 0xB1, 0x8F], "null"),
            (&[0x87, 0xBF], "a null list"),
            (&[0x87, 0xB2, 0x81, 0xFF], "no UTF-8"),
            (
                &[0x87, 0xBE, 0x82, 0x81, b'a'],
                "a length in more bytes than it takes",
            ),
            (&[0x87, 0xB0, 0x87, 0xB0], "symbols twice"),
            (
                &[0x86, 0x71, 0x03, 0x86, 0x71, 0x03, 0x87, 0xB0],
                "imports twice",
            ),
            (&[0x84, 0x20, 0x87, 0xB0], "another field"),
            (&[0x87, 0xB3, 0x81, b'a'], "a list beyond its end"),
        ] {
            assert_eq!(told(odd), None, "{what}");
        }
        let good = [0xE7, 0x81, 0x83, 0xD4, 0x87, 0xB2, 0x81, b'a'];
        assert!(table(&good).is_some());
        assert_eq!(table(&good[..7]), None);
        assert_eq!(table(&[&good[..], &[0]].concat()), None);
        for (at, byte) in [(1, 0x82), (2, 0x84), (2, 0x03), (3, 0xD3), (3, 0xB4)] {
            let mut odd = good;
            odd[at] = byte;
            assert_eq!(table(&odd), None, "{byte:X} at {at}");
        }
    }
}
