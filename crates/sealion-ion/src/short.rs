//! Representations of a few bytes, made without a detour: of integers that fit a word, of usual decimals, and of
//! timestamps in UTC with milliseconds, as the service writes them.

use crate::scan::Chunk;
use crate::timestamp::Timestamp;

/// TQ of integers, of negative ones, of decimals and of timestamps.
const POSITIVE: u8 = 0x20;
const NEGATIVE: u8 = 0x30;
const DECIMAL: u8 = 0x50;
const TIMESTAMP: u8 = 0x60;

/// A scalar as Ion Hash has it: TQ, and the first `len` bytes of the representation, not yet escaped.
pub(crate) struct Short {
    pub(crate) tq: u8,
    pub(crate) bytes: Chunk,
    pub(crate) len: usize,
}

/// The magnitude, the highest byte first, without zeros before it. Zero has no bytes, and no sign.
#[inline(always)]
pub(crate) fn int(negative: bool, magnitude: u64) -> Short {
    let zeros = magnitude.leading_zeros() as usize / 8;
    let bytes = magnitude << (8 * zeros % 64);
    let tq = if negative && magnitude != 0 {
        NEGATIVE
    } else {
        POSITIVE
    };
    Short {
        tq,
        bytes: (u128::from(bytes) << 64).to_be_bytes(),
        len: 8 - zeros,
    }
}

/// The exponent, a VarInt of one byte, then the coefficient, with its sign in the top bit. Of a coefficient that is not
/// zero and below 2^56.
#[inline(always)]
pub(crate) fn decimal(negative: bool, coefficient: u64, exponent: u8) -> Short {
    let len = (64 - coefficient.leading_zeros() as usize) / 8 + 1;
    let sign = u64::from(negative) << 63;
    let bytes = coefficient << (64 - 8 * len) | sign;
    Short {
        tq: DECIMAL,
        bytes: (u128::from(exponent) << 120 | u128::from(bytes) << 56).to_be_bytes(),
        len: len + 1,
    }
}

/// What [`Timestamp::repr`] makes of milliseconds in UTC, if the year has two bytes.
#[inline]
pub(crate) fn utc_milliseconds(t: &Timestamp) -> Option<Short> {
    let year = [t.year >> 7, 0x80 | t.year & 0x7F].map(|byte| byte as u8);
    let fields = [t.month, t.day, t.hour, t.minute, t.second].map(|field| 0x80 | field);
    let [month, day, hour, minute, second] = fields;
    let fraction = t.fraction as u16;
    let [high, low] = fraction.to_be_bytes();
    let (len, first, last) = match fraction {
        0 => (9, 0, 0),
        1..=0x7F => (10, low, 0),
        _ => (11, high, low),
    };
    // Offset zero, and exponent -3.
    let bytes = [
        0x80, year[0], year[1], month, day, hour, minute, second, 0xC3, first, last, 0, 0, 0, 0, 0,
    ];
    (year[0] > 0).then_some(Short {
        tq: TIMESTAMP,
        bytes,
        len,
    })
}

/// Reads such a representation; `None` if it is another, or spelled in another way.
#[inline]
pub(crate) fn read_utc_milliseconds(body: &[u8]) -> Option<Timestamp> {
    let [0x80, year @ 1..=0x7F, low, month, day, hour, minute, second, 0xC3, fraction @ ..] = body
    else {
        return None;
    };
    if low & month & day & hour & minute & second & 0x80 == 0 {
        return None;
    }
    let fraction = match fraction {
        [] => 0,
        [low @ 1..=0x7F] => u16::from(*low),
        [high, low] if *high > 0 || *low > 0x7F => u16::from_be_bytes([*high, *low]),
        _ => return None,
    };
    let mut t =
        Timestamp::utc_milliseconds(u16::from(*year) << 7 | u16::from(low & 0x7F), fraction);
    t.month = month & 0x7F;
    t.day = day & 0x7F;
    (t.hour, t.minute, t.second) = (hour & 0x7F, minute & 0x7F, second & 0x7F);
    t.is_valid().then_some(t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hasher::Repr;

    #[test]
    fn ints_and_decimals() {
        let bits = (0..56).flat_map(|bit| [(1u64 << bit) - 1, 1 << bit, 0x0B0C0E << bit >> 8]);
        for value in bits.chain([u64::from(u32::MAX), (1 << 56) - 1]) {
            for negative in [false, true] {
                let found = int(negative, value);
                assert_eq!(
                    found.bytes[..found.len],
                    *crate::hasher::minimal(&value.to_be_bytes())
                );
                assert_eq!(found.tq, if negative && value > 0 { 0x30 } else { 0x20 });
                if value == 0 || value >= 1 << 56 {
                    continue;
                }
                let mut expected = Repr::new();
                expected.push(0xC5);
                expected.int(negative, value);
                let found = decimal(negative, value, 0xC5);
                assert_eq!(
                    &found.bytes[..found.len],
                    expected.bytes(),
                    "{negative} {value}"
                );
            }
        }
        let most = int(false, u64::MAX);
        assert_eq!(most.bytes[..most.len], [0xFF; 8]);
    }

    #[test]
    fn timestamps() {
        for number in 0..3_000u16 {
            let mut t = Timestamp::utc_milliseconds(number * 3 + 100, number % 1_000);
            (t.month, t.day) = (number as u8 % 12 + 1, number as u8 % 28 + 1);
            (t.hour, t.minute, t.second) = (number as u8 % 24, number as u8 % 60, 59);
            let mut expected = Repr::new();
            t.repr(&mut expected);
            let found = utc_milliseconds(&t);
            assert_eq!(found.is_some(), t.year >= 128);
            if let Some(found) = found {
                assert_eq!(&found.bytes[..found.len], expected.bytes());
                assert_eq!(read_utc_milliseconds(expected.bytes()), Some(t));
            }
        }
    }

    /// Whatever byte is changed: what is read is what is written so.
    #[test]
    fn only_one_spelling_is_read() {
        for body in [
            &[
                0x80, 0x0F, 0xE5, 0x88, 0x81, 0x8C, 0x81, 0x99, 0xC3, 0x03, 0xBC,
            ][..],
            &[0x80, 0x0F, 0xE5, 0x88, 0x81, 0x8C, 0x81, 0x99, 0xC3, 0x7C],
            &[0x80, 0x0F, 0xE5, 0x88, 0x81, 0x8C, 0x81, 0x99, 0xC3],
        ] {
            assert!(read_utc_milliseconds(body).is_some());
            for at in 0..body.len() {
                for byte in 0..=255 {
                    let mut changed = body.to_vec();
                    changed[at] = byte;
                    if let Some(found) = read_utc_milliseconds(&changed) {
                        let mut again = Repr::new();
                        found.repr(&mut again);
                        assert_eq!(again.bytes(), changed);
                        assert!(found.is_valid());
                    }
                }
                assert_eq!(read_utc_milliseconds(&body[..at.min(8)]), None);
            }
            let longer = [body, &[0x01, 0x01]].concat();
            assert_eq!(read_utc_milliseconds(&longer).is_some(), body.len() == 9);
        }
    }
}
