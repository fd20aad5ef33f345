//! Points in time, in UTC, and stretches of it, as people read them.

use std::time::{SystemTime, UNIX_EPOCH};

/// The day of a second since 1970, such as `2026-01-31`.
pub(crate) fn day(second: i64) -> String {
    // Days from 1 March of year 0, in whole cycles of 400 years: leap days come last in a year.
    let days = second.div_euclid(86_400) + 719_468;
    let (cycle, day_of_cycle) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = 400 * cycle + year_of_cycle + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A moment to the millisecond, such as `2026-01-31T08:15:30.250Z`.
pub(crate) fn stamp(moment: SystemTime) -> String {
    // A clock before 1970 is shown as 1970; nothing is computed from it.
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    let second = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let (hour, minute) = (second.rem_euclid(86_400) / 3_600, second.rem_euclid(3_600) / 60);
    format!("{}T{hour:02}:{minute:02}:{:02}.{:03}Z", day(second), second % 60, since.subsec_millis())
}

/// How long something took.
pub(crate) fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 10.0 => format!("{s:.2} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s => format!("{:.0} min", s / 60.0),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let check = |second, expect| assert_eq!(day(second), expect);
        check(1, "1970-01-01");
        check(951_782_400, "2000-02-29");
        check(951_868_800, "2000-03-01");
        check(1_735_689_599, "2024-12-31");
        check(1_735_689_600, "2025-01-01");
        check(4_107_542_400, "2100-03-01");
    }

    #[test]
    fn moments_are_told_to_the_millisecond() {
        let check = |millis, expect| {
            assert_eq!(stamp(UNIX_EPOCH + Duration::from_millis(millis)), expect, "{millis}")
        };
        check(0, "1970-01-01T00:00:00.000Z");
        check(951_868_799_999, "2000-02-29T23:59:59.999Z");
        check(1_735_689_600_007, "2025-01-01T00:00:00.007Z");
    }
}
