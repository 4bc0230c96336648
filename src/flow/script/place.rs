//! Words of a script together with the place where they stand.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::StrDeserializer;
use serde::de::{self, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_saphyr::Spanned;

use crate::flow::set::Predicate;
use crate::model::time::Seconds;

/// A place in a file; both count from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// A value and where it was written. Compares and serializes as the value alone.
#[derive(Clone, Debug)]
pub struct At<T> {
    pub value: T,
    pub place: Place,
}

/// A word that should come from a closed list; `value` is `None` when it does not.
#[derive(Clone, Debug)]
pub struct Named<T> {
    pub text: String,
    pub place: Place,
    pub value: Option<T>,
    /// The words that would have been right.
    pub expected: &'static [&'static str],
}

/// `tenant.unlock`, or `not gate.hint_confirmed`.
#[derive(Clone, Debug)]
pub struct When {
    pub predicate: Named<Predicate>,
    pub negated: bool,
}

/// A length of time as written: `90s`, `5m`, `1h`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Duration(pub Seconds);

impl<T> Deref for At<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for At<T> {}

impl<T: Ord> PartialOrd for At<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for At<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T> PartialEq for Named<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for Named<T> {}

impl<T> PartialOrd for Named<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Named<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

/// Lets a map that is keyed by placed names be asked by the name alone.
impl<T> std::borrow::Borrow<T> for At<T> {
    fn borrow(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        Ok(Self { value: spanned.value, place: place(&spanned.referenced) })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(deserializer)?;
        Ok(Self::read(&spanned.value, place(&spanned.referenced)))
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(deserializer)?;
        let (negated, word) = match spanned.value.strip_prefix("not ") {
            Some(word) => (true, word.trim()),
            None => (false, spanned.value.as_str()),
        };
        Ok(Self { predicate: Named::read(word, place(&spanned.referenced)), negated })
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || de::Error::custom(format!("`{text}` is not a length of time: write `90s`, `5m` or `1h`"));
        let unit = match text.chars().last() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            _ => return Err(wrong()),
        };
        let count: u32 = text[..text.len() - 1].parse().ok().filter(|n| (1..=9999).contains(n)).ok_or_else(wrong)?;
        Ok(Self(Seconds(count * unit)))
    }
}

impl<T> Named<T> {
    fn read<'de>(text: &str, place: Place) -> Self
    where
        T: Deserialize<'de>,
    {
        let reader: StrDeserializer<'_, NotListed> = text.into_deserializer();
        match T::deserialize(reader) {
            Ok(value) => Self { text: text.to_owned(), place, value: Some(value), expected: &[] },
            Err(NotListed(expected)) => Self { text: text.to_owned(), place, value: None, expected },
        }
    }
}

impl<T: Serialize> Serialize for At<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let not = if self.negated { "not " } else { "" };
        serializer.collect_str(&format_args!("{not}{}", self.predicate.text))
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}s", self.0.0))
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

impl JsonSchema for When {
    fn schema_name() -> Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // Every predicate twice, so that editors offer both; the list is the one that serde knows.
        let known = Named::<Predicate>::read("", Place::default()).expected;
        let words: Vec<String> = known.iter().flat_map(|word| [(*word).to_owned(), format!("not {word}")]).collect();
        json_schema!({ "type": "string", "enum": words })
    }
}

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[1-9][0-9]{0,3}[smh]$" })
    }
}

/// Keeps the list of right words that serde knows.
#[derive(Debug)]
struct NotListed(&'static [&'static str]);

impl fmt::Display for NotListed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl std::error::Error for NotListed {}

impl de::Error for NotListed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(expected)
    }
}

fn place(location: &serde_saphyr::Location) -> Place {
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    Place { line: count(location.line()), column: count(location.column()) }
}
