//! Symbols in force, written as a symbol table: what a piece begins with that was cut amid a file.

use ion_rs::SymbolTable;

use super::cut_binary::VERSION_MARKER;
use super::pieces::Encoding;

/// Bytes that leave just these symbols in force, read by themselves. None, in text, if these are what every
/// reader begins with.
pub(super) fn context_of(encoding: Encoding, symbols: &SymbolTable) -> Vec<u8> {
    let own = symbols.application_symbols();
    let texts = own.iter().map(|symbol| symbol.text());
    match encoding {
        Encoding::Text if own.is_empty() => Vec::new(),
        Encoding::Text => text_table(texts).into_bytes(),
        Encoding::Binary if own.is_empty() => VERSION_MARKER.to_vec(),
        Encoding::Binary => binary_table(texts),
    }
}

/// A symbol without text has a place in the table all the same.
fn text_table<'t>(texts: impl Iterator<Item = Option<&'t str>>) -> String {
    let mut table = String::from("$ion_symbol_table::{symbols:[");
    for text in texts {
        let Some(text) = text else {
            table.push_str("null,");
            continue;
        };
        table.push('"');
        for char in text.chars() {
            match char {
                '"' | '\\' => table.extend(['\\', char]),
                '\0'..' ' | '\x7F' => table.push_str(&format!("\\x{:02x}", char as u32)),
                char => table.push(char),
            }
        }
        table.push_str("\",");
    }
    table.push_str("]} ");
    table
}

fn binary_table<'t>(texts: impl Iterator<Item = Option<&'t str>>) -> Vec<u8> {
    const NULL_STRING: u8 = 0x8F;
    const SYMBOLS: u8 = 0x87;
    let mut list = Vec::new();
    for text in texts {
        match text {
            None => list.push(NULL_STRING),
            Some(text) => sized(&mut list, 0x80, text.as_bytes()),
        }
    }
    let mut fields = vec![SYMBOLS];
    sized(&mut fields, 0xB0, &list);
    // One annotation, `$ion_symbol_table`.
    let mut wrapped = vec![0x81, 0x83];
    sized(&mut wrapped, 0xD0, &fields);
    let mut table = VERSION_MARKER.to_vec();
    sized(&mut table, 0xE0, &wrapped);
    table
}

/// A value of this type, with its length in as many bytes as it takes.
fn sized(out: &mut Vec<u8>, kind: u8, body: &[u8]) {
    let length = body.len();
    // A struct of one byte would be one with sorted fields.
    if length < 14 && (kind, length) != (0xD0, 1) {
        out.push(kind | length as u8);
    } else {
        out.push(kind | 14);
        let groups = (0..10)
            .rev()
            .map(|group| (length as u64 >> (7 * group)) as u8 & 0x7F);
        let mut groups: Vec<u8> = groups.skip_while(|group| *group == 0).collect();
        if let Some(last) = groups.last_mut() {
            *last |= 0x80;
        }
        out.extend(groups);
    }
    out.extend_from_slice(body);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ion_rs::{AnyEncoding, Reader};

    fn symbols(bytes: &[u8]) -> Vec<Option<String>> {
        let mut reader = Reader::new(AnyEncoding, bytes).unwrap();
        assert!(reader.next().unwrap().is_none());
        let symbols = reader.symbol_table().application_symbols().iter();
        symbols
            .map(|symbol| symbol.text().map(str::to_owned))
            .collect()
    }

    #[test]
    fn what_is_written_leaves_the_same_symbols_in_force() {
        let long = "x".repeat(200);
        let texts = ["a", "", "\"\\'", "\0\t\n\x7f", "é😀", "$10", "name", &long];
        for count in 0..=texts.len() {
            for gap in [None, Some(0), Some(count / 2)] {
                let mut table: Vec<Option<&str>> =
                    texts[..count].iter().copied().map(Some).collect();
                if let Some(gap) = gap {
                    table.insert(gap, None);
                }
                let owned: Vec<_> = table.iter().map(|text| text.map(str::to_owned)).collect();
                assert_eq!(symbols(text_table(table.iter().copied()).as_bytes()), owned);
                let binary = binary_table(table.iter().copied());
                assert_eq!(symbols(&binary), owned);
                let mut reader = Reader::new(AnyEncoding, &binary[..]).unwrap();
                assert!(reader.next().unwrap().is_none());
                for encoding in [Encoding::Text, Encoding::Binary] {
                    assert_eq!(symbols(&context_of(encoding, reader.symbol_table())), owned);
                }
            }
        }
    }
}
