//! Synonym tables: what people call things, read from `locales/<tag>/words.ftl`.
//!
//! A table is a message `words-<meaning>` with lists as attributes, one phrase a line: `.any` phrases may stand among
//! other words, `.alone` phrases count only when nothing else is said. People mix languages in one sentence, so the
//! tables of all languages are searched together.

use std::collections::BTreeMap;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Pattern, PatternElement};

use crate::model::peer::Language;
use crate::text::catalog::TextFault;
use crate::text::understand::normal;

/// Prefix of the keys of synonym tables.
const PREFIX: &str = "words-";

/// All tables of all languages.
#[derive(Default)]
pub struct Words {
    tables: BTreeMap<String, Vec<Phrase>>,
    /// What each language's digits are called when they are spoken, by tag.
    spoken: BTreeMap<String, Vec<String>>,
}

/// One way to say something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phrase {
    /// As it stands in the file.
    pub text: String,
    /// Its words in the normal form that utterances are compared in.
    pub stems: Vec<String>,
    /// Counts only when nothing else is said.
    pub alone: bool,
    pub language: Language,
}

/// Whether a key names a synonym table.
pub fn is_table(key: &str) -> bool {
    key.starts_with(PREFIX)
}

impl Words {
    /// The phrases of one meaning: `yes`, `command-help`, `option-sms`.
    pub fn table(&self, meaning: &str) -> &[Phrase] {
        self.tables.get(meaning).map_or(&[], Vec::as_slice)
    }

    /// Every table by its meaning.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &[Phrase])> {
        self.tables.iter().map(|(meaning, phrases)| (meaning.as_str(), phrases.as_slice()))
    }

    /// The word for a digit as it is read out in a language; the digit itself where the language has none.
    pub fn spoken_digit(&self, language: &Language, digit: char) -> String {
        let index = digit.to_digit(10).map(|n| n as usize);
        let words = self.spoken.get(language.tag());
        words.zip(index).and_then(|(words, n)| words.get(n)).cloned().unwrap_or_else(|| digit.to_string())
    }

    /// Takes the tables of one file in.
    pub(crate) fn read(
        &mut self,
        language: &Language,
        file: &str,
        resource: &FluentResource,
        faults: &mut Vec<TextFault>,
    ) {
        for entry in resource.entries() {
            let Entry::Message(message) = entry else { continue };
            let Some(meaning) = message.id.name.strip_prefix(PREFIX) else { continue };
            for attribute in &message.attributes {
                let alone = match attribute.id.name {
                    "any" => false,
                    "alone" => true,
                    other => {
                        let message = format!("`{PREFIX}{meaning}.{other}`: only `.any` and `.alone` are known");
                        faults.push(TextFault { file: file.to_owned(), line: 1, column: 1, message });
                        continue;
                    }
                };
                let table = self.tables.entry(meaning.to_owned()).or_default();
                for text in lines(&attribute.value) {
                    let stems = normal::tokens(&text);
                    table.push(Phrase { text, stems, alone, language: language.clone() });
                }
            }
        }
    }

    /// Derives what is asked for often, once all files are in.
    pub(crate) fn finish(&mut self) {
        for n in 0..10 {
            for phrase in self.tables.get(&format!("digit-{n}")).into_iter().flatten() {
                let spoken = self.spoken.entry(phrase.language.tag().to_owned()).or_default();
                if spoken.len() == n {
                    spoken.push(phrase.text.clone());
                }
            }
        }
    }
}

/// The lines of a list; placeables have no place in one and are passed over.
fn lines(pattern: &Pattern<&str>) -> Vec<String> {
    let text: String = pattern
        .elements
        .iter()
        .map(|element| match element {
            PatternElement::TextElement { value } => value,
            PatternElement::Placeable { .. } => "",
        })
        .collect();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
