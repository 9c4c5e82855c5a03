//! Times as a journal has them: UTC, milliseconds with three digits.

use ion_rs::Timestamp;

/// Days from 1970-01-01 to the first day of an era of 400 years that starts in March, after Howard Hinnant's
/// public "chrono-compatible low-level date algorithms".
const DAYS_TO_EPOCH: u64 = 719_468;
const DAYS_IN_ERA: u64 = 146_097;

/// Year, month and day of a day counted from 1970-01-01.
fn civil(days: u64) -> (u32, u32, u32) {
    let days = days + DAYS_TO_EPOCH;
    let (era, day_of_era) = (days / DAYS_IN_ERA, days % DAYS_IN_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year as u32, month as u32, day as u32)
}

/// The timestamp of a time in milliseconds since 1970-01-01T00:00:00Z: millisecond precision, offset Z.
///
/// # Panics
/// After the year 9999, which Ion cannot write.
#[must_use]
pub fn timestamp(milliseconds: u64) -> Timestamp {
    let (seconds, millisecond) = (milliseconds / 1_000, milliseconds % 1_000);
    let (days, second_of_day) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (
        second_of_day / 3_600,
        second_of_day / 60 % 60,
        second_of_day % 60,
    );
    Timestamp::with_ymd(year, month, day)
        .with_hms(hour as u32, minute as u32, second as u32)
        .with_milliseconds(millisecond as u32)
        .with_offset(0)
        .build()
        .expect("a time before the year 10000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000+00:00"),
            (951_782_400_010, "2000-02-29T00:00:00.010+00:00"),
            (1_627_819_200_230, "2021-08-01T12:00:00.230+00:00"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999+00:00"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000+00:00"),
        ] {
            assert_eq!(timestamp(milliseconds).to_string(), text);
        }
    }
}
