//! When a service desk takes calls: days and hours of the tenant's own clock.

use crate::model::time::Timestamp;
use crate::policy::local_time::LocalTime;

const MINUTES_A_DAY: i64 = 24 * 60;
/// 1 January 1970 was a Thursday; days count from Monday.
const FIRST_WEEKDAY: i64 = 3;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Hours on some days of the week, in minutes after midnight; the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    days: [bool; 7],
    from: i64,
    to: i64,
}

impl Opening {
    /// Reads `mon-fri 08:30-17:30` or `sat 09:00-12:00`.
    ///
    /// # Errors
    /// Says the shape.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const SHAPE: &str = "not of the form mon-fri 08:30-17:30";
        let (days, hours) = text.trim().split_once(' ').ok_or(SHAPE)?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let day = |name: &str| DAYS.iter().position(|day| day.eq_ignore_ascii_case(name)).ok_or(SHAPE);
        let (first, last) = (day(first)?, day(last)?);
        let (from, to) = hours.trim().split_once('-').ok_or(SHAPE)?;
        let minutes = |clock: &str| {
            let (hour, minute) = clock.split_once(':')?;
            let (hour, minute) = (hour.parse::<i64>().ok()?, minute.parse::<i64>().ok()?);
            ((0..=24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
        };
        let (from, to) = (minutes(from).ok_or(SHAPE)?, minutes(to).ok_or(SHAPE)?);
        if first > last || from >= to || to > MINUTES_A_DAY {
            return Err(SHAPE);
        }
        Ok(Self { days: std::array::from_fn(|day| (first..=last).contains(&day)), from, to })
    }

    /// Whether it is open at this moment.
    pub fn holds(&self, now: Timestamp, clock: &LocalTime) -> bool {
        let minutes = i64::try_from(now.unix_seconds() / 60).unwrap_or(i64::MAX / 2) + clock.minutes_ahead(now);
        let day = usize::try_from((minutes.div_euclid(MINUTES_A_DAY) + FIRST_WEEKDAY).rem_euclid(7)).unwrap_or(0);
        self.days[day] && (self.from..self.to).contains(&minutes.rem_euclid(MINUTES_A_DAY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Seconds;

    /// Monday, 5 January 2026, 01:00 UTC.
    const MONDAY: Timestamp = Timestamp(1_767_574_800_000);

    #[test]
    fn hours_are_those_of_the_institution() {
        let malaysia = LocalTime { standard: 8 * 60, summer: None };
        let weekdays = Opening::parse("mon-fri 08:30-17:30").unwrap();
        let at = |hours: u32| weekdays.holds(MONDAY + Seconds::hours(hours), &malaysia);
        // 09:00 there; 17:00; 18:00; Saturday, 09:00.
        assert_eq!([at(0), at(8), at(9), at(5 * 24)], [true, true, false, false]);
        assert!(
            !weekdays.holds(MONDAY, &LocalTime { standard: 0, summer: None }),
            "it is one in the morning in London"
        );
        for odd in ["", "mon", "fri-mon 08:00-09:00", "mon 09:00-08:00", "mon 8-9", "every 08:00-09:00"] {
            assert!(Opening::parse(odd).is_err(), "{odd}");
        }
    }
}
