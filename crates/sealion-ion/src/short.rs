//! Representations of a few bytes, made without a detour: of integers that fit a word, of floats, of usual decimals, and
//! of timestamps in UTC with milliseconds, as the service writes them.

use crate::timestamp::Timestamp;

/// TQ of integers, of negative ones, of floats, decimals and timestamps.
const POSITIVE: u8 = 0x20;
const NEGATIVE: u8 = 0x30;
const FLOAT: u8 = 0x40;
const DECIMAL: u8 = 0x50;
const TIMESTAMP: u8 = 0x60;

/// A scalar as Ion Hash has it: TQ and representation, not yet escaped.
///
/// The bytes are a number, so that they are handed over in registers. In memory they would be written in small pieces
/// and read in one, for which a processor has to wait until all of them have got there.
#[derive(Clone, Copy)]
pub(crate) struct Short {
    pub(crate) tq: u8,
    /// The representation's bytes, the first the highest, and zeros behind them.
    pub(crate) bytes: u128,
    /// How many of them it has, at most 15.
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
        bytes: u128::from(bytes) << 64,
        len: 8 - zeros,
    }
}

/// Eight bytes of IEEE 754. `None` of zero and of what is not a number.
#[inline(always)]
pub(crate) fn float(value: f64) -> Option<Short> {
    let is_usual = value.to_bits() != 0 && !value.is_nan();
    is_usual.then_some(Short {
        tq: FLOAT,
        bytes: u128::from(value.to_bits()) << 64,
        len: 8,
    })
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
        bytes: u128::from(exponent) << 120 | u128::from(bytes) << 56,
        len: len + 1,
    }
}

/// What [`Timestamp::repr`] makes of milliseconds in UTC, if the year has two bytes.
#[inline]
pub(crate) fn utc_milliseconds(t: &Timestamp) -> Option<Short> {
    // Offset zero, the year in two bytes, the other fields with the end mark, exponent -3.
    let year = u64::from(t.year >> 7) << 8 | u64::from(0x80 | t.year & 0x7F);
    let fields = [t.month, t.day, t.hour, t.minute, t.second];
    let fields = fields
        .iter()
        .fold(0, |all, field| all << 8 | u64::from(0x80 | field));
    let high = 0x80 << 56 | year << 40 | fields;
    let fraction = t.fraction & 0xFFFF;
    let (len, low) = match fraction {
        0 => (9, 0),
        1..=0x7F => (10, fraction << 48),
        _ => (11, fraction << 40),
    };
    (t.year > 0x7F).then_some(Short {
        tq: TIMESTAMP,
        bytes: u128::from(high) << 64 | u128::from(0xC3 << 56 | low),
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

    fn bytes(short: &Short) -> Vec<u8> {
        short.bytes.to_be_bytes()[..short.len].to_vec()
    }

    #[test]
    fn ints_and_decimals() {
        let bits = (0..56).flat_map(|bit| [(1u64 << bit) - 1, 1 << bit, 0x0B0C0E << bit >> 8]);
        for value in bits.chain([u64::from(u32::MAX), (1 << 56) - 1]) {
            for negative in [false, true] {
                let found = int(negative, value);
                assert_eq!(bytes(&found), *crate::hasher::minimal(&value.to_be_bytes()));
                assert_eq!(found.tq, if negative && value > 0 { 0x30 } else { 0x20 });
                if value == 0 || value >= 1 << 56 {
                    continue;
                }
                let mut expected = Repr::new();
                expected.push(0xC5);
                expected.int(negative, value);
                let found = decimal(negative, value, 0xC5);
                assert_eq!(bytes(&found), expected.bytes(), "{negative} {value}");
            }
        }
        let most = int(false, u64::MAX);
        assert_eq!(bytes(&most), [0xFF; 8]);
    }

    #[test]
    fn floats() {
        for value in [1.5, -0.0, f64::MIN_POSITIVE, f64::INFINITY, -1e300] {
            let found = float(value).unwrap();
            assert_eq!(
                (found.tq, bytes(&found)),
                (0x40, value.to_be_bytes().to_vec())
            );
        }
        assert!(float(0.0).is_none() && float(f64::NAN).is_none() && float(-f64::NAN).is_none());
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
                assert_eq!(bytes(&found), expected.bytes());
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
