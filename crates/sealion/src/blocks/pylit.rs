//! Python's notation of bytes: `b'...'`.
//!
//! boto3 gives a digest as `bytes`, which JSON does not know, so people wrote
//! `json.dump(response, default=str)`: the file then holds what Python prints
//! for the object. (Python Language Reference, "String and Bytes literals".)

/// Whether `text` starts like bytes in Python's notation.
pub(crate) fn is_like(text: &str) -> bool {
    text.starts_with("b'") || text.starts_with("b\"")
}

/// The bytes that `b'...'` or `b"..."` means; `None` if Python would not take it.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    let literal = text.strip_prefix('b')?.as_bytes();
    let (&quote, rest) = literal.split_first()?;
    let (&last, body) = rest.split_last()?;
    if last != quote || !matches!(quote, b'\'' | b'"') {
        return None;
    }
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b'\\' => escape(after, &mut bytes)?,
            b'\n' | b'\r' | 0x80.. => return None,
            _ if byte == quote => return None,
            _ => {
                bytes.push(byte);
                after
            }
        };
    }
    Some(bytes)
}

/// Takes what follows a backslash; gives what is behind it.
fn escape<'a>(after: &'a [u8], bytes: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (&kind, rest) = after.split_first()?;
    let byte = match kind {
        b'\\' | b'\'' | b'"' => kind,
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0B,
        b'\n' => return Some(rest),
        b'x' => {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            // `from_str_radix` alone would take a sign.
            digits
                .chars()
                .all(|c| c.is_ascii_hexdigit())
                .then_some(())?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            return Some(&rest[2..]);
        }
        b'0'..=b'7' => {
            let octal = |b: &&u8| matches!(b, b'0'..=b'7');
            let length = after.iter().take(3).take_while(octal).count();
            let digits = std::str::from_utf8(&after[..length]).ok()?;
            bytes.push(u8::from_str_radix(digits, 8).ok()?);
            return Some(&after[length..]);
        }
        // Python keeps the backslash before what it does not know.
        0x20..=0x7E => {
            bytes.push(b'\\');
            kind
        }
        _ => return None,
    };
    bytes.push(byte);
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_python_prints() {
        for (text, expected) in [
            (r"b''", &b""[..]),
            (r"b'abc'", b"abc"),
            (r#"b"it's""#, b"it's"),
            (r#"b'"\''"#, b"\"'"),
            (r"b'\x00\xff\\\n\r\t'", &[0, 255, b'\\', 10, 13, 9]),
            (r"b'\a\b\f\v'", &[7, 8, 12, 11]),
            (r"b'\0\12\1234\377'", &[0, 10, 0o123, b'4', 255]),
            ("b'a\\\nb'", b"ab"),
            (r"b'\q'", br"\q"),
            (r"b'\xAf'", &[0xAF]),
        ] {
            assert_eq!(bytes(text).as_deref(), Some(expected), "{text}");
            assert!(is_like(text));
        }
    }

    #[test]
    fn every_byte_goes_there_and_back() {
        let all: Vec<u8> = (0..=255).collect();
        let text: String = all.iter().map(|b| format!("\\x{b:02x}")).collect();
        assert_eq!(bytes(&format!("b'{text}'")), Some(all));
    }

    #[test]
    fn refuses_what_python_refuses() {
        for text in [
            "", "b", "b'", "'a'", "b'a", "b'a\"", "b'a'b'", "b'\\'", "b'\\x'", "b'\\x1'",
            "b'\\x+1'", "b'\\400'", "b'é'", "b'a\nb'", "b'a' ", "b`a`", "b'\\é'",
        ] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
