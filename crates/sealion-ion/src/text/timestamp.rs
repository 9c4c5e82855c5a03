//! Timestamps of Ion text: `2007T`, `2007-02-23`, `2007-02-23T12:14:33.079-08:00`.

use super::lexer::Lexer;
use super::usual::UTC_LEN;
use crate::pass::{pass, Pass, Reason};
use crate::scalar::Scalar;
use crate::timestamp::{Precision, Timestamp, FRACTION_DIGITS_MAX};

impl<'a> Lexer<'a> {
    /// Whether four digits and a `-` or `T` follow. Nothing else in Ion text begins so.
    #[inline]
    pub(super) fn is_timestamp(&self) -> bool {
        matches!(self.peek_at(4), b'-' | b'T') && self.rest()[..4].iter().all(u8::is_ascii_digit)
    }

    /// The timestamp that begins here.
    #[inline(never)]
    pub(super) fn timestamp(&mut self) -> Result<Scalar<'a>, Pass> {
        let start = self.at;
        let fields = match self.utc_milliseconds() {
            Some(fields) => {
                self.at += UTC_LEN;
                Some(fields)
            }
            None => self.timestamp_fields(),
        };
        let local = fields.filter(Timestamp::is_valid);
        // Fields are local time: UTC is the offset earlier.
        let utc = match local {
            Some(local) => match local.offset_minutes {
                Some(minutes) if minutes != 0 => local.shifted(-i32::from(minutes)),
                _ => Some(local),
            },
            None => None,
        };
        match utc {
            Some(utc) if self.at_stop() => Ok(Scalar::Timestamp(utc)),
            _ => pass(start, Reason::Timestamp),
        }
    }

    /// The fields as written, not yet held to the calendar.
    fn timestamp_fields(&mut self) -> Option<Timestamp> {
        let mut t = Timestamp::year(u16::from(self.two()?) * 100 + u16::from(self.two()?));
        if self.eat(b'T') {
            return Some(t);
        }
        t.month = self.two_after(b'-')?;
        t.precision = Precision::Month;
        if self.eat(b'T') {
            return Some(t);
        }
        t.day = self.two_after(b'-')?;
        t.precision = Precision::Day;
        if !self.eat(b'T') || self.at_stop() {
            return Some(t);
        }
        t.hour = self.two()?;
        t.minute = self.two_after(b':')?;
        t.precision = Precision::Minute;
        if self.peek() == b':' {
            t.second = self.two_after(b':')?;
            t.precision = Precision::Second;
            if self.eat(b'.') {
                self.timestamp_fraction(&mut t)?;
            }
        }
        t.offset_minutes = self.timestamp_offset()?;
        Some(t)
    }

    fn timestamp_fraction(&mut self, t: &mut Timestamp) -> Option<()> {
        while self.peek().is_ascii_digit() {
            if t.fraction_digits == FRACTION_DIGITS_MAX {
                return None;
            }
            t.fraction = t.fraction * 10 + u64::from(self.peek() - b'0');
            t.fraction_digits += 1;
            self.at += 1;
        }
        (t.fraction_digits > 0).then_some(())
    }

    /// `Z`, `+hh:mm` or `-hh:mm`, of which `-00:00` says that the offset is unknown.
    fn timestamp_offset(&mut self) -> Option<Option<i16>> {
        if self.eat(b'Z') {
            return Some(Some(0));
        }
        let negative = self.peek() == b'-';
        if !negative && self.peek() != b'+' {
            return None;
        }
        self.at += 1;
        let (hours, minutes) = (self.two()?, self.two_after(b':')?);
        if hours > 23 || minutes > 59 {
            return None;
        }
        let offset = i16::from(hours) * 60 + i16::from(minutes);
        Some(match (negative, offset) {
            (true, 0) => None,
            (true, offset) => Some(-offset),
            (false, offset) => Some(offset),
        })
    }

    fn two_after(&mut self, mark: u8) -> Option<u8> {
        self.eat(mark).then(|| self.two()).flatten()
    }

    /// Two digits.
    #[inline]
    fn two(&mut self) -> Option<u8> {
        let tens = self.peek().wrapping_sub(b'0');
        let ones = self.peek_at(1).wrapping_sub(b'0');
        if tens > 9 || ones > 9 {
            return None;
        }
        self.at += 2;
        Some(tens * 10 + ones)
    }
}
