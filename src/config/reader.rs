//! Reads TOML key by key, so that every fault is found in one run, each with its line, and no key goes unnoticed.
//!
//! Deriving the structs would be shorter and stop at the first fault.

mod adopt;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::fault::{ConfigFault, Origin};

/// What is collected while a file is read.
#[derive(Default)]
pub struct Findings {
    pub faults: Vec<ConfigFault>,
    pub warnings: Vec<ConfigFault>,
    /// Every key that was asked for, with where its value came from.
    pub origins: BTreeMap<String, Origin>,
}

/// One file under reading.
pub struct Document<'a> {
    file: &'a Path,
    text: &'a str,
    findings: RefCell<Findings>,
}

/// A table of the file. Keys that were never asked for are faults when it is closed.
pub struct Section<'a> {
    document: &'a Document<'a>,
    /// `tenants.apu`, or nothing for the file itself.
    path: String,
    table: Option<&'a DeTable<'a>>,
    line: Option<usize>,
    asked: BTreeSet<&'static str>,
}

impl<'a> Document<'a> {
    pub fn new(file: &'a Path, text: &'a str) -> Self {
        Self { file, text, findings: RefCell::default() }
    }

    /// Parses the text; syntax errors are faults, and what could be understood is read all the same.
    pub fn parse(&self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let line = error.span().map(|span| self.line_of(span.start));
            let what = error.message().lines().collect::<Vec<_>>().join("; ");
            self.fault(line, String::new(), format!("not TOML: {what}"), "Mend the line; values need quotes.");
        }
        table.into_inner()
    }

    pub fn root(&'a self, table: &'a DeTable<'a>) -> Section<'a> {
        Section { document: self, path: String::new(), table: Some(table), line: None, asked: BTreeSet::new() }
    }

    pub fn findings(self) -> Findings {
        self.findings.into_inner()
    }

    fn line_of(&self, offset: usize) -> usize {
        self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
    }

    fn fault(&self, line: Option<usize>, key: String, what: impl Into<String>, remedy: impl Into<String>) {
        let fault = ConfigFault { file: self.file.to_owned(), line, key, what: what.into(), remedy: remedy.into() };
        self.findings.borrow_mut().faults.push(fault);
    }
}

impl<'a> Section<'a> {
    /// Whether the section is written at all.
    pub fn is_there(&self) -> bool {
        self.table.is_some()
    }

    /// A fault at one of this section's keys.
    pub fn fault(&self, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.document.fault(self.line(key), self.full(key), what, remedy);
    }

    /// Something that works but should not stay.
    pub fn warn(&self, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        let warning = ConfigFault {
            file: self.document.file.to_owned(),
            line: self.line(key),
            key: self.full(key),
            what: what.into(),
            remedy: remedy.into(),
        };
        self.document.findings.borrow_mut().warnings.push(warning);
    }

    /// A text that must be there; empty when it is not, which is then a fault.
    pub fn text(&mut self, key: &'static str, remedy: &str) -> String {
        let value = self.optional_text(key);
        if value.is_none() && !self.has(key) {
            self.missing(key, remedy);
        }
        value.unwrap_or_default()
    }

    pub fn optional_text(&mut self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        let Some(text) = value.as_str() else {
            self.fault(key, format!("is {}, not a text", kind(value)), "Write it in quotes.");
            return None;
        };
        match plain(text) {
            Ok(()) => Some(text.to_owned()),
            Err(what) => {
                self.fault(key, what, "Write one line of visible characters, at most 300.");
                None
            }
        }
    }

    /// A text that `parse` understands.
    pub fn optional_parsed<T, E: Display>(
        &mut self,
        key: &'static str,
        remedy: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.optional_text(key)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(key, format!("`{text}`: {error}"), remedy);
                None
            }
        }
    }

    /// Likewise, and it must be there.
    pub fn parsed<T, E: Display>(
        &mut self,
        key: &'static str,
        remedy: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if self.value(key).is_none() {
            self.missing(key, remedy);
            return None;
        }
        self.optional_parsed(key, remedy, parse)
    }

    /// A whole number in a range; the default when nothing is written.
    pub fn number(&mut self, key: &'static str, range: RangeInclusive<u32>, default: u32) -> u32 {
        let Some(value) = self.value(key) else { return default };
        let number = value.as_integer().and_then(|n| u32::from_str_radix(n.as_str(), n.radix()).ok());
        match number {
            Some(number) if range.contains(&number) => number,
            Some(_) | None => {
                let (low, high) = (range.start(), range.end());
                self.fault(key, "is out of range", format!("Write a whole number from {low} to {high}."));
                default
            }
        }
    }

    pub fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.value(key) else { return default };
        value.as_bool().unwrap_or_else(|| {
            self.fault(key, format!("is {}", kind(value)), "Write true or false, without quotes.");
            default
        })
    }

    /// A list of texts, each understood by `parse`; faults name the entry. Empty when nothing is written.
    pub fn list<T, E: Display>(
        &mut self,
        key: &'static str,
        remedy: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(entries) = value.as_array() else {
            self.fault(key, format!("is {}, not a list", kind(value)), "Write it in brackets: [\"..\", \"..\"].");
            return Vec::new();
        };
        let mut list = Vec::new();
        for entry in entries.iter() {
            let line = Some(self.document.line_of(entry.span().start));
            let parsed = match entry.get_ref().as_str() {
                Some(text) => parse(text).map_err(|error| format!("`{text}`: {error}")),
                None => Err(format!("holds {}, not a text", kind(entry.get_ref()))),
            };
            match parsed {
                Ok(value) => list.push(value),
                Err(what) => self.document.fault(line, self.full(key), what, remedy),
            }
        }
        list
    }

    /// A table inside this one; reading an absent one gives defaults and faults of what must be there.
    pub fn section(&mut self, key: &'static str) -> Section<'a> {
        let table = self.value(key).and_then(|value| {
            let table = value.as_table();
            if table.is_none() {
                self.fault(key, format!("is {}, not a section", kind(value)), format!("Write [{}].", self.full(key)));
            }
            table
        });
        self.inner(self.full(key), self.line(key), table)
    }

    /// The tables of an array, `[[populations]]`, counted from 1 in the keys of faults.
    pub fn sections(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let tables: Option<Vec<_>> = value
            .as_array()
            .and_then(|array| array.iter().map(|v| v.get_ref().as_table().map(|table| (v.span(), table))).collect());
        let Some(tables) = tables else {
            self.fault(key, format!("is {}", kind(value)), format!("Write [[{}]] before each.", self.full(key)));
            return Vec::new();
        };
        let inner = |(place, (span, table)): (usize, (std::ops::Range<usize>, _))| {
            let path = format!("{}[{}]", self.full(key), place + 1);
            self.inner(path, Some(self.document.line_of(span.start)), Some(table))
        };
        tables.into_iter().enumerate().map(inner).collect()
    }

    /// The tables of a table whose keys are names of the operator's choice: `[tenants.apu]`.
    pub fn named_sections(&mut self, key: &'static str) -> Vec<(String, Section<'a>)> {
        let Some(table) = self.section(key).table else { return Vec::new() };
        let mut sections = Vec::new();
        for (name, value) in table {
            let path = format!("{}.{}", self.full(key), name.get_ref());
            let line = Some(self.document.line_of(name.span().start));
            match value.get_ref().as_table() {
                Some(inner) => sections.push((name.get_ref().to_string(), self.inner(path, line, Some(inner)))),
                None => {
                    let what = format!("is {}, not a section", kind(value.get_ref()));
                    self.document.fault(line, path.clone(), what, format!("Write [{path}]."));
                }
            }
        }
        sections
    }

    /// All keys of this table, for tables whose keys are names; nothing in it counts as unknown afterwards.
    pub fn names(&self) -> Vec<(String, &'a DeValue<'a>)> {
        let table = self.table.into_iter().flatten();
        table.map(|(name, value)| (name.get_ref().to_string(), value.get_ref())).collect()
    }

    /// A file name, taken from the folder of the file that names it.
    pub fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        self.optional_text(key).map(|text| self.beside(Path::new(&text)))
    }

    /// A relative path, taken from the folder of this file.
    pub fn beside(&self, path: &Path) -> PathBuf {
        self.document.file.parent().unwrap_or(Path::new("")).join(path)
    }

    pub fn missing(&self, key: &str, remedy: &str) {
        self.document.fault(self.line, self.full(key), "is missing", remedy);
    }

    pub fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Reports keys that nobody asked for. Every section ends with this, except those of free names.
    pub fn close(self) {
        for (name, _) in self.table.into_iter().flatten() {
            if self.asked.contains(name.get_ref().as_ref()) {
                continue;
            }
            let line = Some(self.document.line_of(name.span().start));
            let near = self.asked.iter().min_by_key(|known| strsim::damerau_levenshtein(known, name.get_ref()));
            let near = near.filter(|known| strsim::damerau_levenshtein(known, name.get_ref()) <= 3);
            let remedy = match near {
                Some(known) => format!("Did you mean `{known}`? Otherwise delete it."),
                None => {
                    let known: Vec<&str> = self.asked.iter().copied().collect();
                    format!("Delete it. Known here: {}.", known.join(", "))
                }
            };
            self.document.fault(line, self.full(name.get_ref()), "is not a key", remedy);
        }
    }

    fn inner(&self, path: String, line: Option<usize>, table: Option<&'a DeTable<'a>>) -> Section<'a> {
        Section { document: self.document, path, table, line: line.or(self.line), asked: BTreeSet::new() }
    }

    fn value(&mut self, key: &'static str) -> Option<&'a DeValue<'a>> {
        self.asked.insert(key);
        let origin = self.line_if_there(key).map_or(Origin::Default, Origin::Line);
        self.document.findings.borrow_mut().origins.insert(self.full(key), origin);
        self.entry(key).map(|(_, value)| value.get_ref())
    }

    fn entry(&self, key: &str) -> Option<(&'a Spanned<std::borrow::Cow<'a, str>>, &'a Spanned<DeValue<'a>>)> {
        self.table?.iter().find(|(name, _)| name.get_ref() == key)
    }

    fn line_if_there(&self, key: &str) -> Option<usize> {
        self.entry(key).map(|(name, _)| self.document.line_of(name.span().start))
    }

    fn line(&self, key: &str) -> Option<usize> {
        self.line_if_there(key).or(self.line)
    }

    fn full(&self, key: &str) -> String {
        match (self.path.as_str(), key) {
            ("", key) => key.to_owned(),
            (path, "") => path.to_owned(),
            (path, key) => format!("{path}.{key}"),
        }
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

/// Texts end up in chats, mails and headers: one line, nothing that changes direction or hides.
fn plain(text: &str) -> Result<(), &'static str> {
    let odd = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    match text {
        "" => Err("is empty"),
        text if text.chars().count() > 300 => Err("is too long"),
        text if text.chars().any(odd) => Err("holds an invisible character"),
        _ => Ok(()),
    }
}
