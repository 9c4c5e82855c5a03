//! Numbers and timestamps of the usual forms, straight to their bytes in Ion Hash, eight characters at a time.
//!
//! Usual are integers and decimals of up to 15 digits, before the point and behind it, without exponent, and the
//! timestamps that the service writes, `2007-02-23T12:14:33.079Z`. Everything else is read elsewhere.

use super::lexer::Lexer;
use crate::short::{self, Short};
use crate::timestamp::Timestamp;

/// A word of ones, to repeat a byte by multiplication.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The top bit of each byte.
const TOPS: u64 = 0x8080_8080_8080_8080;

/// How many of eight characters, the first in the lowest byte, are digits before one that is none.
#[inline(always)]
fn digits(word: u64) -> usize {
    let x = word ^ (ONES * u64::from(b'0'));
    // Sums run over into the byte above only from bytes that are no digit themselves.
    let others = (x.wrapping_add(ONES * 0x76) | x) & TOPS;
    others.trailing_zeros() as usize / 8
}

/// The number in the first `count` characters, 1 to 8 digits.
#[inline(always)]
fn value(word: u64, count: usize) -> u64 {
    // Other characters are shifted out, and zeros come before the digits.
    let x = (word ^ (ONES * u64::from(b'0'))) << (64 - 8 * count);
    let x = x.wrapping_mul(10).wrapping_add(x >> 8) & 0x00FF_00FF_00FF_00FF;
    let x = x.wrapping_mul(100).wrapping_add(x >> 16) & 0x0000_FFFF_0000_FFFF;
    x.wrapping_mul(10_000).wrapping_add(x >> 32) & 0xFFFF_FFFF
}

/// Powers of ten, as many as there are digits at most.
const TENS: [u64; DIGITS_MAX + 1] = tens();

const fn tens() -> [u64; DIGITS_MAX + 1] {
    let mut tens = [1; DIGITS_MAX + 1];
    let mut at = 1;
    while at < tens.len() {
        tens[at] = 10 * tens[at - 1];
        at += 1;
    }
    tens
}

/// Digits of the longest number that is read here: two words, and a character behind them.
const DIGITS_MAX: usize = 15;
/// Every number of so many digits is below 2^56.
const COEFFICIENT_DIGITS_MAX: usize = 16;

impl Lexer<'_> {
    /// The number or timestamp that begins here, if it is a usual one. If not, the lexer has not moved.
    #[inline(always)]
    pub(super) fn usual(&mut self) -> Option<Short> {
        let negative = self.peek() == b'-';
        let from = self.at + usize::from(negative);
        let (whole, count) = self.usual_digits(from)?;
        let first = self.bytes.get(from).copied();
        if count == 0 || (count > 1 && first == Some(b'0')) {
            return None;
        }
        let at = from + count;
        match self.bytes.get(at).copied() {
            Some(b'-') => self.usual_timestamp(),
            Some(b'.') => self.usual_decimal(negative, (whole, count), at + 1),
            _ if self.is_stop_at(at) => {
                self.at = at;
                Some(short::int(negative, whole))
            }
            _ => None,
        }
    }

    /// The number in the digits from here on, and how many there are: 0 to 15. `None` if there are more.
    #[inline(always)]
    fn usual_digits(&self, from: usize) -> Option<(u64, usize)> {
        let word = self.word_at(from)?;
        match digits(word) {
            0 => Some((0, 0)),
            count @ 1..=7 => Some((value(word, count), count)),
            _ => {
                let low = self.word_at(from + 8)?;
                let count = digits(low);
                let tens = TENS.get(count).filter(|_| count < 8)?;
                let low = match count {
                    0 => 0,
                    _ => value(low, count),
                };
                Some((value(word, 8) * tens + low, 8 + count))
            }
        }
    }

    /// What stands behind a decimal's point; before it, that number in so many digits.
    #[inline(always)]
    fn usual_decimal(
        &mut self,
        negative: bool,
        (whole, digits): (u64, usize),
        from: usize,
    ) -> Option<Short> {
        let (fraction, count) = self.usual_digits(from)?;
        if digits + count > COEFFICIENT_DIGITS_MAX {
            return None;
        }
        let coefficient = whole * TENS.get(count)? + fraction;
        if coefficient == 0 || !self.is_stop_at(from + count) {
            return None;
        }
        self.at = from + count;
        // A VarInt of one byte, negative but for zero.
        let exponent = match count as u8 {
            0 => 0x80,
            digits => 0xC0 | digits,
        };
        Some(short::decimal(negative, coefficient, exponent))
    }

    /// A timestamp of the usual form.
    #[inline(always)]
    fn usual_timestamp(&mut self) -> Option<Short> {
        let utc = self.utc_milliseconds()?;
        if !self.is_stop_at(self.at + UTC_LEN) {
            return None;
        }
        let short = short::utc_milliseconds(&utc)?;
        self.at += UTC_LEN;
        Some(short)
    }

    #[inline(always)]
    fn word_at(&self, at: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        Some(u64::from_le_bytes(*bytes))
    }

    /// The timestamp `2007-02-23T12:14:33.079Z` that stands here, if one does, and is one of the calendar.
    #[inline(always)]
    pub(super) fn utc_milliseconds(&self) -> Option<Timestamp> {
        utc_milliseconds(self.rest().first_chunk()?)
    }
}

/// The timestamp of the form `2007-02-23T12:14:33.079Z` that this is, if it is one, and one of the calendar.
#[inline(always)]
pub(crate) fn utc_milliseconds(text: &[u8; UTC_LEN]) -> Option<Timestamp> {
    let (words, _) = text.as_chunks::<8>();
    let mut x = [0; 3];
    let mut wrong = 0;
    for ((x, word), form) in x
        .iter_mut()
        .zip(words)
        .zip([b"0000-00-", b"00T00:00", b":00.000Z"])
    {
        // Digits become their values, and what stands between them zero.
        *x = u64::from_le_bytes(*word) ^ u64::from_le_bytes(*form);
        let most = form.map(|byte| if byte == b'0' { 0x76 } else { 0x7F });
        wrong |= x.wrapping_add(u64::from_le_bytes(most)) | *x;
    }
    if wrong & TOPS != 0 {
        return None;
    }
    // In each byte, ten times itself and the byte after it.
    let [a, b, c] = x.map(|x| (x.wrapping_mul(10).wrapping_add(x >> 8)).to_le_bytes());
    let hundreds = x[2].to_le_bytes()[4];
    let fraction = u16::from(hundreds) * 100 + u16::from(c[5]);
    let year = u16::from(a[0]) * 100 + u16::from(a[2]);
    let mut t = Timestamp::utc_milliseconds(year, fraction);
    (t.month, t.day) = (a[5], b[0]);
    (t.hour, t.minute, t.second) = (b[3], b[6], c[1]);
    t.is_valid().then_some(t)
}

/// Characters of `2007-02-23T12:14:33.079Z`.
pub(super) const UTC_LEN: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hasher::{self, Sink};

    /// Puts down what it is told of scalars.
    #[derive(Default)]
    struct Record(Vec<u8>);

    impl Sink for Record {
        fn open(&mut self, tq: u8) {
            self.0.push(tq);
        }
        fn close(&mut self) {}
        fn repr(&mut self, bytes: &[u8]) {
            self.0.extend(bytes);
        }
        fn clean(&mut self, tq: u8, rest: &[u8], len: usize) {
            self.0.push(tq);
            self.0.extend(&rest[..len]);
        }
        fn short(&mut self, short: Short) {
            self.clean(short.tq, &short.bytes.to_be_bytes(), short.len);
        }
        fn open_struct(&mut self) {}
        fn close_struct(&mut self) {}
        fn field(&mut self) {}
        fn end_field(&mut self) {}
    }

    /// TQ, representation and length of what stands at the beginning, by the way for all numbers.
    fn general(text: &str) -> Option<(Vec<u8>, usize)> {
        let mut lexer = Lexer {
            bytes: text.as_bytes(),
            at: 0,
        };
        let scalar = lexer.number().ok()?;
        let mut record = Record::default();
        hasher::scalar(&scalar, &mut record, &mut Vec::new()).ok()?;
        Some((record.0, lexer.at))
    }

    fn usual(text: &str) -> Option<(Vec<u8>, usize)> {
        let mut lexer = Lexer {
            bytes: text.as_bytes(),
            at: 0,
        };
        match lexer.usual() {
            Some(short) => {
                let bytes = [&[short.tq], &short.bytes.to_be_bytes()[..short.len]].concat();
                Some((bytes, lexer.at))
            }
            None => {
                assert_eq!(lexer.at, 0, "{text}");
                None
            }
        }
    }

    /// What is usual is read as the way for all reads it; and all of these are.
    #[test]
    fn usual_ones() {
        let mut numbers: Vec<u64> = (0..1_100).chain([9_999_999, 0x0B0C0E, 0x7F_FFFF]).collect();
        numbers.extend(
            (0..50)
                .flat_map(|bit| [(1 << bit) - 1, 1 << bit])
                .filter(|n| *n < TENS[14]),
        );
        numbers.extend(TENS[..14].iter().flat_map(|ten| [*ten, ten * 10 - 1]));
        for number in numbers {
            for text in [
                format!("{number}"),
                format!("-{number}"),
                format!("{}.", number.max(1)),
                format!("{number}.5"),
                format!("-{number}.05"),
                format!("0.{:07}", number.max(1)),
                format!("-{}.{:09}", number % TENS[7], (number % TENS[9]).max(1)),
                format!("{}.{:015}", number % 10, number.max(1)),
                format!(
                    "{}-0{}-{:02}T{:02}:{:02}:59.{:03}Z",
                    1_000 + number % 9_000,
                    number % 9 + 1,
                    number % 28 + 1,
                    number % 24,
                    number % 60,
                    number % 1_000
                ),
            ] {
                for behind in [", b: 12345678", "}}}}}}}}}", "\n        "] {
                    let text = format!("{text}{behind}");
                    let found = usual(&text);
                    assert!(found.is_some(), "{text}");
                    assert_eq!(found, general(&text), "{text}");
                }
            }
        }
    }

    /// What is not usual, or nothing at all, is left alone.
    #[test]
    fn others() {
        for text in [
            "1234567890123456",
            "12345678901234567",
            "123456789012345678901234567890",
            "01",
            "-01",
            "00.5",
            "1_000",
            "1e5",
            "1d5",
            "1.5e0",
            "1.5d0",
            "0x1F",
            "0b1",
            "-",
            "--1",
            "-a",
            "1.1234567890123456",
            "12.345678901234567",
            "1.12345678e1",
            "012345678",
            "0.0",
            "-0.",
            "1.2.3",
            "1a",
            "1:",
            "1/",
            "2007T",
            "2007-01T",
            "2007-02-23",
            "0100-01-01T00:00:00.000Z",
            "2007-02-30T00:00:00.000Z",
            "2007-13-01T00:00:00.000Z",
            "2007-01-01T24:00:00.000Z",
            "2007-01-01T00:60:00.000Z",
            "2007-01-01T00:00:60.000Z",
            "2007-01-01T00:00:00.000z",
            "2007-01-01t00:00:00.000Z",
            "2007-01-01T00:00:00.0000Z",
            "2007-01-01T00:00:00.00Z",
            "2007-01-01T00:00:00.000+00:00",
            "200:-01-01T00:00:00.000Z",
            "2007-01-0/T00:00:00.000Z",
            "2007-01-01T00:00:00.000Z1",
            "\u{430}",
            "1\u{430}",
        ] {
            assert_eq!(usual(&format!("{text}                ")), None, "{text}");
        }
        // Near the end of the input a whole word can't be read.
        assert_eq!(usual("1"), None);
        assert_eq!(
            usual("2007-01-01T00:00:00.000Z").map(|found| found.1),
            Some(24)
        );
    }

    #[test]
    fn every_character_beside_digits() {
        for place in 0..UTC_LEN {
            for byte in 0..0x80u8 {
                let mut text = *b"2007-02-23T12:14:33.079Z, ........";
                text[place] = byte;
                let text = std::str::from_utf8(&text).unwrap();
                if let Some(found) = usual(text) {
                    assert_eq!(Some(found), general(text), "{text}");
                }
            }
        }
    }
}
