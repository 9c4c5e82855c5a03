//! A point in time, for comparing the order of things.

use std::fmt;

use ion_rs::Timestamp;

/// Seconds and nanoseconds since 1970 in UTC. No hash is made from this: Ion
/// timestamps are hashed as they stand, with precision and offset.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub(crate) struct Time {
    pub(crate) seconds: i64,
    pub(crate) nanoseconds: u32,
}

impl Time {
    /// From the fields of a timestamp in UTC.
    pub(crate) fn from_utc(date: (u32, u32, u32), time: (u32, u32, u32), nanoseconds: u32) -> Time {
        let (hour, minute, second) = time;
        let of_day = i64::from(hour * 3600 + minute * 60 + second);
        Time {
            seconds: days_from_civil(date) * 86_400 + of_day,
            nanoseconds,
        }
    }
}

impl Time {
    /// The inverse of `Display`: only what that prints.
    pub(crate) fn parse(text: &str) -> Option<Time> {
        const LENGTH_MAX: usize = 40;
        let element = ion_rs::Element::read_one(text.get(..text.len().min(LENGTH_MAX))?).ok()?;
        let time = Time::from(&element.as_timestamp()?);
        (time.to_string() == text).then_some(time)
    }
}

impl From<&Timestamp> for Time {
    fn from(timestamp: &Timestamp) -> Time {
        let utc = timestamp.to_utc();
        Time::from_utc(
            (utc.year(), utc.month(), utc.day()),
            (utc.hour(), utc.minute(), utc.second()),
            utc.nanoseconds(),
        )
    }
}

/// As ISO 8601 in UTC, with milliseconds, or nanoseconds where there are some.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(86_400));
        let of_day = self.seconds.rem_euclid(86_400);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        match self.nanoseconds % 1_000_000 {
            0 => write!(f, ".{:03}Z", self.nanoseconds / 1_000_000),
            _ => write!(f, ".{:09}Z", self.nanoseconds),
        }
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years are
/// counted from March, so that the leap day is the last of its year.
fn days_from_civil((year, month, day): (u32, u32, u32)) -> i64 {
    let month = i64::from(month);
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ion_rs::Element;

    fn time(text: &str) -> Time {
        let element = Element::read_one(text).unwrap();
        Time::from(&element.as_timestamp().unwrap())
    }

    #[test]
    fn prints_what_it_was_made_from() {
        for text in [
            "2019-09-16T19:37:05.344Z",
            "1970-01-01T00:00:00.000Z",
            "2000-02-29T23:59:59.999Z",
            "1900-03-01T00:00:00.000Z",
            "0001-01-01T00:00:00.000Z",
            "9999-12-31T23:59:59.000000001Z",
        ] {
            assert_eq!(time(text).to_string(), text);
            assert_eq!(Time::parse(text), Some(time(text)));
        }
    }

    #[test]
    fn reads_back_only_what_it_prints() {
        for text in [
            "",
            "2020T",
            "2020-01-01T00:00:00Z",
            "2020-01-01T00:00:00.000+01:00",
            "{",
            "2020-01-01T00:00:00.000Z 1",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut last = days_from_civil((1899, 12, 31));
        for year in 1900..2105u32 {
            for month in 1..=12 {
                let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
                let days = [
                    31,
                    28 + u32::from(leap),
                    31,
                    30,
                    31,
                    30,
                    31,
                    31,
                    30,
                    31,
                    30,
                    31,
                ];
                for day in 1..=days[month as usize - 1] {
                    let number = days_from_civil((year, month, day));
                    assert_eq!(number, last + 1);
                    let back = (i64::from(year), i64::from(month), i64::from(day));
                    assert_eq!(civil_from_days(number), back);
                    last = number;
                }
            }
        }
    }

    #[test]
    fn offsets_and_precisions_are_one_instant() {
        assert_eq!(time("2020-01-01T00:00:00+01:00"), time("2019-12-31T23:00Z"));
        assert_eq!(time("2020T"), time("2020-01-01T00:00:00.000Z"));
        assert!(time("2020-01-01T00:00:00.001Z") > time("2020-01-01T00:00:00Z"));
    }
}
