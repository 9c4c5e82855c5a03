//! Numbers of Ion text: integers in three bases, decimals, floats.

use super::lexer::Lexer;
use crate::pass::{pass, Pass, Reason};
use crate::scalar::{Magnitude, Scalar};

/// Characters of the longest number that is read: no real one comes near, and turning digits into bytes takes
/// quadratic time.
const LENGTH_MAX: usize = 1000;
/// Digits that always fit a `u64`.
const SMALL_DIGITS: usize = 19;
/// Digits of the longest exponent that is read.
const EXPONENT_DIGITS_MAX: usize = 9;

/// A stretch of decimal digits.
struct Digits {
    count: usize,
    /// Their value, after that of the digits before them; wraps if there are more than [`SMALL_DIGITS`] in all.
    value: u64,
}

impl<'a> Lexer<'a> {
    /// A number or timestamp: the lexer stands before a digit or a sign.
    #[inline]
    pub(super) fn number(&mut self) -> Result<Scalar<'a>, Pass> {
        let start = self.at;
        let negative = self.eat(b'-');
        if !self.peek().is_ascii_digit() {
            return self.infinity(start, negative);
        }
        if !negative && self.is_timestamp() {
            return self.timestamp();
        }
        if self.peek() == b'0' {
            match self.peek_at(1) | 0x20 {
                b'x' => return self.bits(start, negative, 4),
                b'b' => return self.bits(start, negative, 1),
                _ => {}
            }
        }
        let from = self.at;
        let whole = self.digits(0)?;
        if whole.count > 1 && self.bytes[from] == b'0' {
            return pass(from, Reason::Number);
        }
        if matches!(self.peek(), b'.' | b'd' | b'D' | b'e' | b'E') {
            return self.fraction(start, from, negative, &whole);
        }
        self.end_of_number(start)?;
        Ok(Scalar::Int {
            negative,
            magnitude: self.magnitude(from, &whole, whole.count),
        })
    }

    /// What follows the whole digits: a point, more digits, an exponent.
    fn fraction(
        &mut self,
        start: usize,
        from: usize,
        negative: bool,
        whole: &Digits,
    ) -> Result<Scalar<'a>, Pass> {
        let mut digits = Digits {
            count: 0,
            value: whole.value,
        };
        if self.eat(b'.') && self.peek().is_ascii_digit() {
            digits = self.digits(whole.value)?;
        }
        let coefficient = self.magnitude(from, &digits, whole.count + digits.count);
        let mark = self.peek() | 0x20;
        let exponent = match mark {
            b'd' | b'e' => {
                self.at += 1;
                self.exponent()?
            }
            _ => 0,
        };
        self.end_of_number(start)?;
        if mark == b'e' {
            return self.float(start);
        }
        Ok(Scalar::Decimal {
            negative,
            coefficient,
            exponent: exponent - digits.count as i64,
        })
    }

    fn magnitude(&self, from: usize, digits: &Digits, count: usize) -> Magnitude<'a> {
        if count <= SMALL_DIGITS {
            Magnitude::Small(digits.value)
        } else {
            Magnitude::Digits(&self.bytes[from..self.at])
        }
    }

    /// One digit or more, with single underscores between two digits.
    #[inline]
    fn digits(&mut self, before: u64) -> Result<Digits, Pass> {
        let mut digits = Digits {
            count: 0,
            value: before,
        };
        loop {
            let byte = self.peek();
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                digits.value = digits.value.wrapping_mul(10).wrapping_add(u64::from(digit));
                digits.count += 1;
                self.at += 1;
            } else if byte == b'_' {
                if digits.count == 0 || !self.peek_at(1).is_ascii_digit() {
                    return pass(self.at, Reason::Number);
                }
                self.at += 1;
            } else {
                return Ok(digits);
            }
        }
    }

    /// A sign and digits, without underscores.
    fn exponent(&mut self) -> Result<i64, Pass> {
        let negative = self.peek() == b'-';
        if matches!(self.peek(), b'-' | b'+') {
            self.at += 1;
        }
        let from = self.at;
        let mut value = 0i64;
        while self.peek().is_ascii_digit() {
            if self.at - from == EXPONENT_DIGITS_MAX {
                return pass(from, Reason::Number);
            }
            value = value * 10 + i64::from(self.peek() - b'0');
            self.at += 1;
        }
        if self.at == from {
            return pass(from, Reason::Number);
        }
        Ok(if negative { -value } else { value })
    }

    /// The float from `start` to here. Its text without underscores is one that Rust reads too, to the nearest.
    fn float(&self, start: usize) -> Result<Scalar<'a>, Pass> {
        let text = &self.bytes[start..self.at];
        match core::str::from_utf8(text).map(str::parse) {
            Ok(Ok(value)) => Ok(Scalar::Float(value)),
            _ => pass(start, Reason::Number),
        }
    }

    /// `0x…` or `0b…`.
    fn bits(&mut self, start: usize, negative: bool, bits_each: u32) -> Result<Scalar<'a>, Pass> {
        self.at += 2;
        let from = self.at;
        let is_digit = |byte: u8| match bits_each {
            1 => matches!(byte, b'0' | b'1'),
            _ => byte.is_ascii_hexdigit(),
        };
        while is_digit(self.peek())
            || (self.peek() == b'_' && self.at > from && is_digit(self.peek_at(1)))
        {
            self.at += 1;
        }
        if self.at == from {
            return pass(from, Reason::Number);
        }
        let magnitude = Magnitude::Bits(&self.bytes[from..self.at], bits_each);
        self.end_of_number(start)?;
        Ok(Scalar::Int {
            negative,
            magnitude,
        })
    }

    /// `+inf` or `-inf`; any other sign is an operator.
    fn infinity(&mut self, start: usize, negative: bool) -> Result<Scalar<'a>, Pass> {
        if !negative && !self.eat(b'+') {
            return pass(start, Reason::Unexpected);
        }
        if !self.rest().starts_with(b"inf") {
            return pass(start, Reason::Symbol);
        }
        self.at += 3;
        self.end_of_number(start)?;
        Ok(Scalar::Float(if negative {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        }))
    }

    /// A number must be followed by one of a few characters, and have a sane length.
    #[inline]
    pub(super) fn end_of_number(&self, start: usize) -> Result<(), Pass> {
        if !self.at_stop() || self.at - start > LENGTH_MAX {
            return pass(start, Reason::Number);
        }
        Ok(())
    }
}

/// The bytes of a number from its decimal digits, the highest first, into `out`, perhaps with zeros before them. Whatever
/// is no digit is left out.
pub(crate) fn from_digits(digits: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut digits = digits.iter().filter(|byte| byte.is_ascii_digit());
    loop {
        // As many digits as a word has room for, then all words so far times a power of ten and this more.
        let (mut value, mut power) = (0u64, 1u64);
        for digit in digits.by_ref().take(SMALL_DIGITS) {
            value = value * 10 + u64::from(digit - b'0');
            power *= 10;
        }
        if power == 1 {
            break;
        }
        let mut carry = u128::from(value);
        for word in out.as_chunks_mut::<8>().0 {
            carry += u128::from(u64::from_le_bytes(*word)) * u128::from(power);
            *word = (carry as u64).to_le_bytes();
            carry >>= 64;
        }
        out.extend_from_slice(&(carry as u64).to_le_bytes());
    }
    out.reverse();
}

/// The bytes of a number from its hexadecimal or binary digits, the highest first, into `out`.
pub(crate) fn from_bits(digits: &[u8], bits_each: u32, out: &mut Vec<u8>) {
    out.clear();
    let (mut pending, mut count) = (0u32, 0);
    for byte in digits.iter().rev() {
        let Some(digit) = char::from(*byte).to_digit(16) else {
            continue; // an underscore
        };
        pending |= digit << count;
        count += bits_each;
        if count == 8 {
            out.push(pending as u8);
            (pending, count) = (0, 0);
        }
    }
    out.push(pending as u8);
    out.reverse();
}
