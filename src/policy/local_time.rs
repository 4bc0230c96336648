//! The clock on an institution's wall, for the times that people are told.
//!
//! An offset and one of two rules for summer time cover the institutions we know; a time zone database would be one
//! more thing to keep current.

use time::{Date, Month, OffsetDateTime, Weekday};

use crate::model::time::Timestamp;

/// How far the clock is ahead of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LocalTime {
    /// Minutes in winter, negative in the west.
    pub standard: i16,
    /// Absent: the same all year.
    pub summer: Option<Summer>,
}

/// When clocks are an hour further ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summer {
    /// From the second Sunday of March to the first of November, at two o'clock by the wall.
    UnitedStates,
    /// From the last Sunday of March to the last of October, at one o'clock UTC.
    Europe,
}

impl LocalTime {
    /// Minutes ahead of UTC at this moment.
    pub fn minutes_ahead(&self, moment: Timestamp) -> i64 {
        let standard = i64::from(self.standard);
        let seconds = i64::try_from(moment.unix_seconds()).unwrap_or(i64::MAX);
        let summer = self.summer.is_some_and(|rule| match rule.span(seconds, standard * 60) {
            Some((from, to)) => (from..to).contains(&seconds),
            None => false,
        });
        standard + if summer { 60 } else { 0 }
    }
}

impl Summer {
    /// Begin and end in the year of the moment, in seconds since 1970. `None` past the calendar's end.
    fn span(self, seconds: i64, standard: i64) -> Option<(i64, i64)> {
        const HOUR: i64 = 3_600;
        let year = OffsetDateTime::from_unix_timestamp(seconds + standard).ok()?.year();
        Some(match self {
            Summer::UnitedStates => {
                let from = sunday(year, Month::March, 8)? + 2 * HOUR - standard;
                // Two o'clock of summer time is one o'clock of standard time.
                (from, sunday(year, Month::November, 1)? + HOUR - standard)
            }
            Summer::Europe => (sunday(year, Month::March, 25)? + HOUR, sunday(year, Month::October, 25)? + HOUR),
        })
    }
}

/// Midnight UTC of the first Sunday from this day on.
fn sunday(year: i32, month: Month, from: u8) -> Option<i64> {
    let day = Date::from_calendar_date(year, month, from).ok()?;
    let sunday = if day.weekday() == Weekday::Sunday { day } else { day.next_occurrence(Weekday::Sunday) };
    Some(sunday.midnight().assume_utc().unix_timestamp())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn at(moment: OffsetDateTime) -> Timestamp {
        Timestamp(u64::try_from(moment.unix_timestamp()).unwrap() * 1_000)
    }

    #[test]
    fn malaysia_has_one_time_all_year() {
        let kuala_lumpur = LocalTime { standard: 480, summer: None };
        for moment in [datetime!(2026-01-01 0:00 UTC), datetime!(2026-07-01 0:00 UTC)] {
            assert_eq!(kuala_lumpur.minutes_ahead(at(moment)), 480);
        }
    }

    #[test]
    fn atlanta_changes_at_two_by_its_own_wall() {
        let atlanta = LocalTime { standard: -300, summer: Some(Summer::UnitedStates) };
        // 8 March and 1 November 2026 are the Sundays.
        for (moment, minutes) in [
            (datetime!(2026-03-08 6:59:59 UTC), -300),
            (datetime!(2026-03-08 7:00 UTC), -240),
            (datetime!(2026-11-01 5:59:59 UTC), -240),
            (datetime!(2026-11-01 6:00 UTC), -300),
            (datetime!(2027-01-01 0:00 UTC), -300),
            // 14 March 2027, 7 November 2027.
            (datetime!(2027-03-14 6:59:59 UTC), -300),
            (datetime!(2027-03-14 7:00 UTC), -240),
            (datetime!(2027-11-07 6:00 UTC), -300),
        ] {
            assert_eq!(atlanta.minutes_ahead(at(moment)), minutes, "{moment}");
        }
    }

    #[test]
    fn berlin_changes_at_one_utc() {
        let berlin = LocalTime { standard: 60, summer: Some(Summer::Europe) };
        for (moment, minutes) in [
            (datetime!(2026-03-29 0:59:59 UTC), 60),
            (datetime!(2026-03-29 1:00 UTC), 120),
            (datetime!(2026-10-25 0:59:59 UTC), 120),
            (datetime!(2026-10-25 1:00 UTC), 60),
        ] {
            assert_eq!(berlin.minutes_ahead(at(moment)), minutes, "{moment}");
        }
    }
}
