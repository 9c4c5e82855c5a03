//! Where top-level values of Ion binary end, and whether one may be read.
//!
//! Lengths and nesting are walked without recursion before the Ion reader sees
//! a value, because the reader recurses once a level. Formats: Ion 1.0 binary
//! encoding, "Typed value formats".

use super::flaw::Flaw;
use crate::Limits;

/// The version marker every Ion 1.0 binary stream starts with.
pub(crate) const VERSION_MARKER: [u8; 4] = [0xE0, 0x01, 0x00, 0xEA];

/// What stands at the start of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Top {
    /// More bytes are needed to tell.
    NeedMore,
    /// A version marker: 4 bytes.
    VersionMarker,
    /// A value (or padding) of this many bytes in all, header included.
    Value(u64),
}

/// Whether a whole value is padding: of the type of null, and not null.
pub(crate) fn is_pad(value: &[u8]) -> bool {
    value.first().is_some_and(|first| *first < 0x0F)
}

/// A type descriptor with its length, decoded.
struct Header {
    kind: u8,
    low: u8,
    /// Bytes of the header itself.
    own: usize,
    /// Bytes that follow it.
    body: u64,
}

/// Tells what stands at the start of `bytes`, which lie at `offset` in the file.
pub(crate) fn top(bytes: &[u8], offset: u64) -> Result<Top, Flaw> {
    let Some(&first) = bytes.first() else {
        return Ok(Top::NeedMore);
    };
    if first == VERSION_MARKER[0] {
        return match bytes.get(..4) {
            None => Ok(Top::NeedMore),
            Some(marker) if marker == VERSION_MARKER => Ok(Top::VersionMarker),
            Some(other) => Err(Flaw::malformed(
                offset,
                "the Ion version marker E0 01 00 EA",
                hex_of(other),
            )),
        };
    }
    match header(bytes, offset)? {
        None => Ok(Top::NeedMore),
        Some(found) => Ok(Top::Value((found.own as u64).saturating_add(found.body))),
    }
}

/// Walks one whole value: that lengths nest, and that limits hold. Whatever is annotated may be a symbol table.
pub(crate) fn check(value: &[u8], offset: u64, limits: &Limits) -> Result<(), Flaw> {
    let mut walk = Walk {
        value,
        offset,
        at: 0,
        ends: Vec::new(),
        in_struct: Vec::new(),
    };
    if value == VERSION_MARKER {
        return Ok(());
    }
    let annotated = value.first().is_some_and(|first| first >> 4 == 0xE);
    let mut values = 0u32;
    while walk.at < value.len() {
        walk.step(limits)?;
        values += 1;
        if annotated && values > limits.symbols_max {
            let max = limits.symbols_max.into();
            return Err(Flaw::limit(offset, "symbols_max", max));
        }
    }
    match walk.ends.iter().all(|&end| end == value.len()) {
        true => Ok(()),
        false => Err(walk.misfit("values that fill their container")),
    }
}

struct Walk<'a> {
    value: &'a [u8],
    offset: u64,
    at: usize,
    /// Where the open containers end, the outermost first.
    ends: Vec<usize>,
    in_struct: Vec<bool>,
}

impl Walk<'_> {
    /// Moves past one header (and scalar body, or into a container).
    fn step(&mut self, limits: &Limits) -> Result<(), Flaw> {
        while self.ends.last() == Some(&self.at) {
            self.ends.pop();
            self.in_struct.pop();
        }
        let end = self.ends.last().copied().unwrap_or(self.value.len());
        if self.in_struct.last() == Some(&true) {
            let name = var_uint(&self.value[self.at..end]);
            let (_, length) = name.ok_or_else(|| self.misfit("a field name"))?;
            self.at += length;
        }
        let here = self.offset + self.at as u64;
        let found = header(&self.value[self.at..end], here)?;
        let found = found.ok_or_else(|| self.misfit("a value"))?;
        let body = usize::try_from(found.body).ok();
        let after = body.and_then(|body| self.at.checked_add(found.own)?.checked_add(body));
        let after = after
            .filter(|&after| after <= end)
            .ok_or_else(|| self.misfit("a value that ends within its container"))?;
        self.at += found.own;
        let container = matches!(found.kind, 0xB..=0xE) && found.low != 15;
        if !container {
            self.at = after;
            return Ok(());
        }
        if found.kind == 0xE {
            let annotations = var_uint(&self.value[self.at..after])
                .and_then(|(count, own)| usize::try_from(count).ok()?.checked_add(own))
                .filter(|&length| length > 1 && length < after - self.at)
                .ok_or_else(|| self.misfit("annotations and a value"))?;
            self.at += annotations;
        }
        self.ends.push(after);
        self.in_struct.push(found.kind == 0xD);
        if self.ends.len() > limits.depth_max as usize {
            return Err(Flaw::limit(here, "depth_max", limits.depth_max.into()));
        }
        Ok(())
    }

    fn misfit(&self, expected: &str) -> Flaw {
        let rest = &self.value[self.at.min(self.value.len())..];
        Flaw::malformed(
            self.offset + self.at as u64,
            expected,
            hex_of(&rest[..rest.len().min(4)]),
        )
    }
}

/// Decodes a type descriptor and its length; `None` if bytes are missing.
fn header(bytes: &[u8], offset: u64) -> Result<Option<Header>, Flaw> {
    let Some(&first) = bytes.first() else {
        return Ok(None);
    };
    let (kind, low) = (first >> 4, first & 15);
    let refused = || Flaw::malformed(offset, "an Ion type descriptor", hex_of(&[first]));
    let fixed = match (kind, low) {
        (0xF, _) | (0xE, 0..=2 | 15) => return Err(refused()),
        (0x1, 0 | 1) => Some(0),
        (0x1, 2..=14) => return Err(refused()),
        (_, 15) => Some(0),
        (0xD, 1) | (_, 14) => None,
        (_, length) => Some(u64::from(length)),
    };
    if let Some(body) = fixed {
        return Ok(Some(Header {
            kind,
            low,
            own: 1,
            body,
        }));
    }
    if let Some((body, length)) = var_uint(&bytes[1..]) {
        let own = 1 + length;
        return Ok(Some(Header {
            kind,
            low,
            own,
            body,
        }));
    }
    match bytes.len() > 10 {
        true => Err(Flaw::malformed(
            offset,
            "a length of at most 64 bits",
            hex_of(&bytes[..11]),
        )),
        false => Ok(None),
    }
}

/// A VarUInt and the number of its bytes; `None` if it does not end or fit.
fn var_uint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (index, &byte) in bytes.iter().enumerate().take(10) {
        value = value.checked_mul(128)? | u64::from(byte & 0x7F);
        if byte & 0x80 != 0 {
            return Some((value, index + 1));
        }
    }
    None
}

fn hex_of(bytes: &[u8]) -> String {
    match bytes {
        [] => "the end".to_owned(),
        _ => bytes
            .iter()
            .map(|b| format!("{b:02X}"))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// A symbol table of so many symbols of 20 bytes each, which appends to the one in force if
/// it `builds`.
#[cfg(test)]
pub(super) fn table_of(symbols: usize, builds: bool) -> Vec<u8> {
    let sized = |descriptor: &[u8], body: &[u8]| {
        let groups = [21, 14, 7, 0].map(|shift| (body.len() >> shift) as u8 & 0x7F);
        let length = [groups[0], groups[1], groups[2], groups[3] | 0x80];
        [descriptor, &length, body].concat()
    };
    let symbol = |number| [&[0x8E, 0x92][..], format!("{number:018}").as_bytes()].concat();
    let list: Vec<u8> = (0..symbols).flat_map(symbol).collect();
    let imports: &[u8] = if builds { &[0x86, 0x71, 0x03] } else { &[] };
    let fields = [imports, &sized(&[0x87, 0xBE], &list)].concat();
    sized(
        &[0xEE],
        &[&[0x81, 0x83][..], &sized(&[0xDE], &fields)].concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_top_level_values() {
        let value = |bytes: &[u8]| top(bytes, 0).unwrap();
        assert_eq!(value(&[0x21, 5]), Top::Value(2));
        assert_eq!(value(&[0x11]), Top::Value(1));
        assert_eq!(value(&[0x2F]), Top::Value(1));
        assert_eq!(value(&[0x8E, 0x90]), Top::Value(18));
        assert_eq!(value(&[0x8E, 0x01]), Top::NeedMore);
        assert_eq!(value(&[0xD1, 0x82]), Top::Value(4));
        assert_eq!(value(&[0x0A]), Top::Value(11));
        assert_eq!(value(&VERSION_MARKER), Top::VersionMarker);
        assert_eq!(value(&[0xE0, 0x01]), Top::NeedMore);
        assert!(top(&[0xE0, 1, 0, 0xE0], 0).is_err());
        assert!(top(&[0xF1], 0).is_err());
        assert!(top(&[0x13, 0, 0, 0], 0).is_err());
        assert!(top(&[0x8E, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 0).is_err());
    }

    #[test]
    fn nesting_is_walked_and_bounded() {
        let limits = Limits {
            depth_max: 3,
            ..Limits::default()
        };
        let check = |bytes: &[u8]| check(bytes, 0, &limits);
        assert!(check(&[0xB2, 0xB1, 0xB0]).is_ok());
        assert!(check(&VERSION_MARKER).is_ok());
        assert!(check(&[0xB3, 0xB2, 0xB1, 0xB0]).is_err(), "four levels");
        assert!(
            check(&[0xB2, 0xB2, 0xB0]).is_err(),
            "child longer than parent"
        );
        assert!(check(&[0xD2, 0x84, 0x20]).is_ok());
        assert!(
            check(&[0xD1, 0x81, 0x84]).is_err(),
            "field name without value"
        );
        assert!(check(&[0xE3, 0x81, 0x84, 0x20]).is_ok());
        assert!(
            check(&[0xE3, 0x83, 0x84, 0x20]).is_err(),
            "annotations only"
        );
    }

    #[test]
    fn symbol_tables_are_counted() {
        let limits = Limits {
            symbols_max: 4,
            ..Limits::default()
        };
        // $ion_symbol_table::{symbols:["a","b"]}: four values and the wrapper
        let table = [0xE9, 0x81, 0x83, 0xD6, 0x87, 0xB4, 0x81, b'a', 0x81, b'b'];
        assert!(check(&table, 0, &limits).is_err());
        assert!(check(&table, 0, &Limits::default()).is_ok());
        // So are those of any other annotation, which may mean the same.
        let other = [0xE9, 0x81, 0x8A, 0xD6, 0x87, 0xB4, 0x81, b'a', 0x81, b'b'];
        assert!(check(&other, 0, &limits).is_err());
    }
}
