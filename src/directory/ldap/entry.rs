//! One entry of a search answer, read without trusting its shape.

use ldap3::ResultEntry;
use ldap3::asn1::{PL, StructureTag};
use time::{Date, Month, Time, UtcDateTime};

use crate::model::time::Timestamp;

/// A distinguished name and the attributes that were asked for. Values that are not UTF-8 are left out.
pub struct Entry {
    pub dn: String,
    attributes: Vec<(String, Vec<String>)>,
}

impl Entry {
    /// `None` when the server sent something else than `SearchResultEntry ::= SEQUENCE { DN, attributes }`.
    pub fn read(entry: ResultEntry) -> Option<Self> {
        let [dn, attributes] = children(entry.0)?.try_into().ok()?;
        let read = |attribute: StructureTag| {
            let [name, values] = children(attribute)?.try_into().ok()?;
            Some((text(name)?, children(values)?.into_iter().filter_map(text).collect()))
        };
        let attributes = children(attributes)?.into_iter().map(read).collect::<Option<_>>()?;
        Some(Self { dn: text(dn)?, attributes })
    }

    /// All values of an attribute; names are compared without case.
    pub fn all(&self, attribute: &str) -> &[String] {
        let named = |(name, _): &&(String, Vec<String>)| name.eq_ignore_ascii_case(attribute);
        self.attributes.iter().find(named).map_or(&[], |(_, values)| values)
    }

    pub fn first(&self, attribute: &str) -> Option<&str> {
        self.all(attribute).first().map(String::as_str)
    }

    pub fn time(&self, attribute: &str) -> Option<Timestamp> {
        generalized_time(self.first(attribute)?)
    }
}

/// `20260131235959Z`, with or without a fraction. Servers write operational times in UTC; anything else is `None`.
fn generalized_time(value: &str) -> Option<Timestamp> {
    let (digits, fraction) = value.strip_suffix('Z')?.split_at_checked(14)?;
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u16>().ok();
    let small = |from: usize| u8::try_from(number(from, from + 2)?).ok();
    let date = Date::from_calendar_date(i32::from(number(0, 4)?), Month::try_from(small(4)?).ok()?, small(6)?).ok()?;
    // A leap second is the end of its minute.
    let time = Time::from_hms(small(8)?, small(10)?, small(12)?.min(59)).ok()?;
    let seconds = u64::try_from(UtcDateTime::new(date, time).unix_timestamp()).ok()?;
    let millis = match fraction.strip_prefix(['.', ',']) {
        Some(fraction) => format!("{fraction:0<3}").get(..3)?.parse().ok()?,
        None if fraction.is_empty() => 0,
        None => return None,
    };
    Some(Timestamp(seconds * 1000 + millis))
}

fn children(tag: StructureTag) -> Option<Vec<StructureTag>> {
    match tag.payload {
        PL::C(children) => Some(children),
        PL::P(_) => None,
    }
}

fn text(tag: StructureTag) -> Option<String> {
    match tag.payload {
        PL::P(bytes) => String::from_utf8(bytes).ok(),
        PL::C(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_servers_are_read() {
        assert_eq!(generalized_time("19700101000001Z"), Some(Timestamp(1_000)));
        assert_eq!(generalized_time("20260131235959Z"), Some(Timestamp(1_769_903_999_000)));
        assert_eq!(generalized_time("20260131235959.25Z"), Some(Timestamp(1_769_903_999_250)));
        for odd in ["", "Z", "2026", "20260131235959", "20261331235959Z", "20260131235959+0100", "2026013123595é"] {
            assert_eq!(generalized_time(odd), None, "{odd}");
        }
        // OpenLDAP's mark for "locked by an administrator" lies before 1970.
        assert_eq!(generalized_time("000001010000Z"), None);
    }
}
