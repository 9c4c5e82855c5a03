//! Text as Windows tools saved it: with a byte order mark, or in UTF-16.
//!
//! `aws qldb get-digest > digest.json` in Windows PowerShell 5 writes UTF-16.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read};

type Input = Box<dyn Read + Send>;

/// The input as UTF-8 without a byte order mark, if it starts with one; else as
/// it is. Offsets then count bytes of the UTF-8 text.
pub(crate) fn utf8(mut input: Input) -> io::Result<Input> {
    let mut head = Vec::with_capacity(3);
    (&mut input).take(3).read_to_end(&mut head)?;
    let rest = |from: usize| Cursor::new(head[from..].to_vec());
    Ok(match &head[..] {
        [0xEF, 0xBB, 0xBF] => input,
        [0xFF, 0xFE, ..] => Box::new(Utf16::new(rest(2).chain(input), u16::from_le_bytes)),
        [0xFE, 0xFF, ..] => Box::new(Utf16::new(rest(2).chain(input), u16::from_be_bytes)),
        _ => Box::new(rest(0).chain(input)),
    })
}

/// An input that starts like UTF-16 and is none.
#[derive(Debug, thiserror::Error)]
#[error("it is not valid UTF-16")]
pub(crate) struct NotUtf16;

/// Reads UTF-16 as UTF-8.
struct Utf16<R> {
    input: io::BufReader<R>,
    unit_of: fn([u8; 2]) -> u16,
    /// UTF-8 bytes not yet given.
    ready: VecDeque<u8>,
    /// A high surrogate that waits for its other half.
    half: Option<u16>,
    /// What went wrong behind the bytes that are ready.
    failed: Option<io::Error>,
}

impl<R: Read> Utf16<R> {
    fn new(input: R, unit_of: fn([u8; 2]) -> u16) -> Utf16<R> {
        Utf16 {
            input: io::BufReader::new(input),
            unit_of,
            ready: VecDeque::new(),
            half: None,
            failed: None,
        }
    }

    /// One more unit; false at the end.
    fn step(&mut self) -> io::Result<bool> {
        let mut unit = Vec::with_capacity(2);
        (&mut self.input).take(2).read_to_end(&mut unit)?;
        let broken = || io::Error::new(io::ErrorKind::InvalidData, NotUtf16);
        let unit = match <[u8; 2]>::try_from(&unit[..]) {
            Ok(unit) => (self.unit_of)(unit),
            Err(_) if unit.is_empty() && self.half.is_none() => return Ok(false),
            Err(_) => return Err(broken()),
        };
        let units = match self.half.take() {
            Some(high) => vec![high, unit],
            None if (0xD800..0xDC00).contains(&unit) => {
                self.half = Some(unit);
                return Ok(true);
            }
            None => vec![unit],
        };
        for decoded in char::decode_utf16(units) {
            let decoded = decoded.map_err(|_| broken())?;
            let mut bytes = [0; 4];
            self.ready
                .extend(decoded.encode_utf8(&mut bytes).as_bytes());
        }
        Ok(true)
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.failed.is_none() && self.ready.len() < buffer.len() {
            match self.step() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => self.failed = Some(error),
            }
        }
        match self.failed.take_if(|_| self.ready.is_empty()) {
            Some(error) => Err(error),
            None => self.ready.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\"Digest\": \"é😀\"}";

    fn read(bytes: Vec<u8>) -> io::Result<String> {
        let mut text = String::new();
        utf8(Box::new(Cursor::new(bytes)))?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn all_marks_lead_to_the_same_text() {
        let units = |to: fn(u16) -> [u8; 2]| -> Vec<u8> {
            format!("\u{FEFF}{TEXT}")
                .encode_utf16()
                .flat_map(to)
                .collect()
        };
        let marked = [&[0xEF, 0xBB, 0xBF], TEXT.as_bytes()].concat();
        let plain = TEXT.as_bytes().to_vec();
        for bytes in [
            plain,
            marked,
            units(u16::to_le_bytes),
            units(u16::to_be_bytes),
        ] {
            assert_eq!(read(bytes).unwrap(), TEXT);
        }
        assert_eq!(read(b"{}".to_vec()).unwrap(), "{}");
        assert_eq!(read(Vec::new()).unwrap(), "");
    }

    #[test]
    fn broken_utf16_is_an_error() {
        for bytes in [
            &[0xFF, 0xFE, b'a'][..],
            &[0xFF, 0xFE, 0, 0xD8],
            &[0xFF, 0xFE, 0, 0xDC],
        ] {
            assert!(read(bytes.to_vec()).is_err(), "{bytes:?}");
        }
    }
}
