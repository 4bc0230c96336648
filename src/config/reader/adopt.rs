//! Reads a section into a struct that its adapter owns, and still finds every fault in one run.
//!
//! Deserializing stops at the first fault. So each one found is put on record and taken out (or, where something is
//! missing, filled in), and the rest is tried again. What comes of a section with faults is thrown away.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeInteger, DeTable, DeValue, ValueDeserializer};

use crate::config::reader::Section;

/// More faults than anybody reads; also an end where taking out does not help.
const AT_MOST: usize = 100;
/// The place of what was filled in: outside every file.
const FILLED: Range<usize> = usize::MAX - 1..usize::MAX;

impl Section<'_> {
    /// The struct, or `None` with every fault on record.
    pub fn adopt<T: DeserializeOwned>(&self) -> Option<T> {
        let mut table = self.table.cloned().unwrap_or_default();
        let mut reported: Vec<String> = Vec::new();
        for _ in 0..AT_MOST {
            let error = match read::<T>(&table) {
                Ok(value) => return reported.is_empty().then_some(value),
                Err(error) => error,
            };
            if let Some(field) = missing_field(&error) {
                if !reported.contains(&field) {
                    self.missing(&field, "Add it; the sample configuration describes it.");
                    reported.push(field.clone());
                }
                if !fill::<T>(&mut table, &field) {
                    return None;
                }
                continue;
            }
            let line = error.span().map(|span| self.document.line_of(span.start)).or(self.line);
            let taken = error.span().and_then(|span| take_out(&mut table, span.start));
            let key = taken.as_ref().map_or_else(|| self.path.clone(), |key| self.full(key));
            let what = error.message().lines().next().unwrap_or_default().to_owned();
            self.document.fault(line, key, what, "Compare with the sample configuration.");
            reported.push(taken?);
        }
        None
    }
}

fn read<T: DeserializeOwned>(table: &DeTable<'_>) -> Result<T, toml::de::Error> {
    T::deserialize(ValueDeserializer::from(Spanned::new(0..0, DeValue::Table(table.clone()))))
}

fn missing_field(error: &toml::de::Error) -> Option<String> {
    let rest = error.message().strip_prefix("missing field `")?;
    rest.split('`').next().map(str::to_owned)
}

/// Puts something of a fitting type where a field is missing; whether it helped.
fn fill<T: DeserializeOwned>(table: &mut DeTable<'_>, field: &str) -> bool {
    let mut kinds = vec![
        DeValue::String("".into()),
        DeValue::Array(DeArray::new()),
        DeValue::Table(DeTable::new()),
        DeValue::Boolean(false),
        DeValue::Integer(DeInteger::default()),
    ];
    while !kinds.is_empty() {
        let key = Spanned::new(FILLED, field.to_owned().into());
        table.insert(key, Spanned::new(FILLED, kinds.remove(0)));
        let Err(error) = read::<T>(table) else { return true };
        let at_it = error.span().is_some_and(|span| span == FILLED) || missing_field(&error).as_deref() == Some(field);
        if !at_it {
            return true;
        }
        // An enum names the variants it knows.
        if let Some((_, known)) = error.message().split_once("unknown variant ``, expected ") {
            let first = known.split('`').nth(1).unwrap_or_default().to_owned();
            kinds = vec![DeValue::String(first.into())];
        }
    }
    false
}

/// Removes the innermost key at this place and names it.
fn take_out(table: &mut DeTable<'_>, at: usize) -> Option<String> {
    let names: Vec<String> = table.keys().map(|name| name.get_ref().to_string()).collect();
    for name in names {
        let on_key = table.keys().any(|key| key.get_ref() == name.as_str() && key.span().contains(&at));
        let value = table.get_mut(name.as_str())?;
        let on_value = value.span().contains(&at);
        if let DeValue::Table(inner) = value.get_mut()
            && let Some(path) = take_out(inner, at)
        {
            return Some(format!("{name}.{path}"));
        }
        if on_key || on_value {
            table.remove(name.as_str());
            return Some(name);
        }
    }
    None
}
