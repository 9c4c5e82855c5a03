//! Timestamps: the value, its order in time, its bytes in Ion Hash.

use core::cmp::Ordering;

use crate::hasher::Repr;

/// How many digits of a second are read. More are legal Ion, and left to a full reader.
pub(crate) const FRACTION_DIGITS_MAX: u8 = 18;

/// How far a timestamp goes. Precision is part of an Ion value: `2007T` is not `2007-01T`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Precision {
    Year,
    Month,
    Day,
    Minute,
    Second,
}

/// An Ion timestamp, with its fields in UTC and its local offset beside them.
///
/// `==` is equality of Ion values (Ion 1.0, "Timestamp"): one instant in two precisions, or with two offsets, is two
/// values. For the order in time there is [`instant_cmp`](Self::instant_cmp).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timestamp {
    /// How far the fields below mean something. Fields beyond are 1 (month, day) or 0.
    pub precision: Precision,
    /// 1 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31, as the month has.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59; Ion has no leap second.
    pub second: u8,
    /// Digits written behind the second's point, 0 to 18.
    pub fraction_digits: u8,
    /// Those digits as a number, below 10^`fraction_digits`.
    pub fraction: u64,
    /// Minutes that local time is ahead of UTC, -1439 to 1439; `None` where unknown (`-00:00`, or a date alone).
    pub offset_minutes: Option<i16>,
}

impl Timestamp {
    /// The first instant of a year.
    pub(crate) const fn year(year: u16) -> Self {
        Self {
            precision: Precision::Year,
            year,
            month: 1,
            day: 1,
            hour: 0,
            minute: 0,
            second: 0,
            fraction_digits: 0,
            fraction: 0,
            offset_minutes: None,
        }
    }

    /// The first second of a year and so many milliseconds, in UTC.
    pub(crate) const fn utc_milliseconds(year: u16, milliseconds: u16) -> Self {
        Self {
            precision: Precision::Second,
            fraction_digits: 3,
            fraction: milliseconds as u64,
            offset_minutes: Some(0),
            ..Self::year(year)
        }
    }

    /// Which of two instants is earlier, whatever precision or offset they are written in. A timestamp that ends
    /// with the year, month, day or minute counts as the first instant of it; a missing offset as UTC.
    #[must_use]
    pub fn instant_cmp(&self, other: &Self) -> Ordering {
        self.instant().cmp(&other.instant())
    }

    /// Something that orders as time does.
    fn instant(&self) -> (u16, [u8; 5], u64) {
        let fields = [self.month, self.day, self.hour, self.minute, self.second];
        let missing = u32::from(FRACTION_DIGITS_MAX.saturating_sub(self.fraction_digits));
        let fraction = self.fraction.saturating_mul(10u64.pow(missing));
        (self.year, fields, fraction)
    }

    /// Whether all fields are such as the calendar has.
    pub(crate) fn is_valid(&self) -> bool {
        (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            // Most days are of every month.
            && self.day >= 1
            && (self.day <= 28 || self.day <= days(self.year, self.month))
            && self.hour <= 23
            && self.minute <= 59
            && self.second <= 59
            && self.fraction_digits <= FRACTION_DIGITS_MAX
            && self.fraction < 10u64.pow(u32::from(self.fraction_digits))
            && self
                .offset_minutes
                .is_none_or(|m| (-1439..=1439).contains(&m))
    }

    /// The fields moved by so many minutes, less than two days; `None` if that leaves the years 1 to 9999.
    pub(crate) fn shifted(mut self, minutes: i32) -> Option<Self> {
        let total = i32::from(self.hour) * 60 + i32::from(self.minute) + minutes;
        let of_day = total.rem_euclid(1440);
        self.hour = (of_day / 60) as u8;
        self.minute = (of_day % 60) as u8;
        for _ in 0..total.div_euclid(1440).max(0) {
            self = self.day_after()?;
        }
        for _ in total.div_euclid(1440).min(0)..0 {
            self = self.day_before()?;
        }
        Some(self)
    }

    fn day_after(mut self) -> Option<Self> {
        self.day += 1;
        if self.day > days(self.year, self.month) {
            (self.day, self.month) = (1, self.month + 1);
        }
        if self.month > 12 {
            (self.month, self.year) = (1, self.year + 1);
        }
        (self.year <= 9999).then_some(self)
    }

    fn day_before(mut self) -> Option<Self> {
        if self.day > 1 {
            self.day -= 1;
            return Some(self);
        }
        (self.month, self.year) = match self.month {
            1 => (12, self.year - 1),
            month => (month - 1, self.year),
        };
        self.day = days(self.year.max(1), self.month);
        (self.year >= 1).then_some(self)
    }

    /// The representation that Ion Hash 1.0 takes from Ion 1.0 binary: offset (VarInt, `C0` where unknown), year
    /// (VarUInt), then month, day, hour, minute, second as far as the precision goes, then the fraction as exponent
    /// (VarInt) and coefficient (Int, absent if zero).
    pub(crate) fn repr(&self, out: &mut Repr) {
        match self.offset_minutes {
            None => out.push(0xC0),
            Some(minutes) => out.var_int(i64::from(minutes)),
        }
        out.var_uint(u64::from(self.year));
        let fields = [self.month, self.day, self.hour, self.minute, self.second];
        let count = match self.precision {
            Precision::Year => 0,
            Precision::Month => 1,
            Precision::Day => 2,
            Precision::Minute => 4,
            Precision::Second => 5,
        };
        for field in &fields[..count] {
            // All below 64: one byte each, with the end mark.
            out.push(0x80 | field);
        }
        if self.fraction_digits > 0 {
            out.var_int(-i64::from(self.fraction_digits));
            if self.fraction > 0 {
                out.int(false, self.fraction);
            }
        }
    }
}

/// Days of a month in the Gregorian calendar.
fn days(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(year: u16, month: u8, day: u8, hour: u8, minute: u8) -> Timestamp {
        let mut at = Timestamp::year(year);
        (at.month, at.day, at.hour, at.minute) = (month, day, hour, minute);
        at.precision = Precision::Minute;
        at
    }

    #[test]
    fn shifting_crosses_months_and_years() {
        let cases = [
            (
                minute(2000, 2, 28, 23, 30),
                60,
                Some(minute(2000, 2, 29, 0, 30)),
            ),
            (
                minute(1900, 2, 28, 23, 30),
                60,
                Some(minute(1900, 3, 1, 0, 30)),
            ),
            (
                minute(2024, 3, 1, 0, 0),
                -1,
                Some(minute(2024, 2, 29, 23, 59)),
            ),
            (
                minute(2024, 12, 31, 12, 0),
                1439,
                Some(minute(2025, 1, 1, 11, 59)),
            ),
            (
                minute(2025, 1, 1, 0, 0),
                -1439,
                Some(minute(2024, 12, 31, 0, 1)),
            ),
            (minute(1, 1, 1, 0, 0), -1, None),
            (minute(9999, 12, 31, 23, 59), 1, None),
        ];
        for (from, minutes, to) in cases {
            assert_eq!(from.shifted(minutes), to, "{from:?} by {minutes}");
            if let Some(to) = to {
                assert_eq!(to.shifted(-minutes), Some(from));
            }
        }
    }

    #[test]
    fn order_is_of_instants() {
        let mut half = minute(2020, 1, 1, 0, 0);
        half.precision = Precision::Second;
        (half.fraction, half.fraction_digits) = (5, 1);
        let (mut same, mut later) = (half, half);
        (same.fraction, same.fraction_digits) = (500, 3);
        (later.fraction, later.fraction_digits) = (500_000_000_000_000_001, 18);
        assert_eq!(half.instant_cmp(&same), Ordering::Equal);
        assert_ne!(half, same);
        assert_eq!(half.instant_cmp(&later), Ordering::Less);
        assert_eq!(Timestamp::year(2020).instant_cmp(&half), Ordering::Less);
    }

    #[test]
    fn the_calendar_is_checked() {
        assert!(minute(2024, 2, 29, 0, 0).is_valid());
        for bad in [
            minute(2023, 2, 29, 0, 0),
            minute(0, 1, 1, 0, 0),
            minute(2024, 13, 1, 0, 0),
            minute(2024, 4, 31, 0, 0),
            minute(2024, 1, 0, 0, 0),
            minute(2024, 1, 1, 24, 0),
            minute(2024, 1, 1, 0, 60),
        ] {
            assert!(!bad.is_valid(), "{bad:?}");
        }
    }
}
