//! Moments as operators read and write them: in UTC.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use crate::model::time::Timestamp;

/// `2026-11-21T09:30:00Z`.
pub fn written(at: Timestamp) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(i64::try_from(at.0 / 1000).unwrap_or(i64::MAX));
    moment.ok().and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_else(|| at.0.to_string())
}

/// A day (its first moment) or a moment.
pub fn read(text: &str) -> Result<Timestamp, String> {
    let day = || Some(Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?.midnight().assume_utc());
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok().or_else(day);
    let ms = moment.and_then(|moment| u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok());
    ms.map(Timestamp).ok_or_else(|| "write a day like 2026-11-21, or a moment like 2026-11-21T09:30:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_come_back_as_they_were_written() {
        for text in ["2026-11-21T09:30:00Z", "1970-01-01T00:00:00Z"] {
            assert_eq!(written(read(text).unwrap()), text);
        }
        assert_eq!(read("2026-11-21").unwrap(), read("2026-11-21T00:00:00Z").unwrap());
        assert_eq!(read("2026-11-21T08:00:00+08:00").unwrap(), read("2026-11-21").unwrap());
        for text in ["", "yesterday", "2026-13-01", "1969-01-01", "2026-11-21 09:30"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
