//! Synonym tables: what people call things, read from `locales/<tag>/words.ftl`.
//!
//! A table is a message `words-<meaning>` with lists as attributes, one phrase a line: `.any` phrases may stand among
//! other words, `.alone` phrases count only when nothing else is said. `forgot/lost password` stands for two phrases.
//! People mix languages in one sentence, so the tables of all languages are searched together.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Pattern, PatternElement};

use crate::model::peer::Language;
use crate::text::catalog::TextFault;
use crate::text::understand::{matching, normal};

/// Prefix of the keys of synonym tables.
const PREFIX: &str = "words-";

/// All tables of all languages.
#[derive(Default)]
pub struct Words {
    tables: BTreeMap<String, Vec<Phrase>>,
    /// Words and pairs of words that mean one of the words that phrases are made of; longest first.
    likes: Vec<(Vec<String>, String)>,
    /// Every word of every table.
    known: BTreeSet<String>,
    /// What each language's digits are called when they are spoken, by tag.
    spoken: BTreeMap<String, Vec<String>>,
}

/// Prefix of the tables of words that mean the same: `words-like-password`.
const LIKE: &str = "like-";

/// Tables of single words, by the beginning of their name.
const SINGLE: [&str; 10] =
    ["particle", "negator", "suffix", "number", "ordinal-", "digit-", "times-", "other", "behalf", "own"];

/// One way to say something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phrase {
    /// As it stands in the file.
    pub text: String,
    /// Its words in the normal form that utterances are compared in, each with its alternatives.
    pub stems: Vec<Vec<String>>,
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

    /// Whether a word stands in a table of single words.
    pub fn has(&self, meaning: &str, word: &str) -> bool {
        let is = |phrase: &Phrase| matches!(phrase.stems.as_slice(), [stem] if stem.iter().any(|known| known == word));
        self.table(meaning).iter().any(is)
    }

    /// What means the same as one of the words that phrases are made of, longest sequences first.
    pub(crate) fn likes(&self) -> &[(Vec<String>, String)] {
        &self.likes
    }

    /// Whether a word stands in any table: then it is no slip of the finger for another.
    pub fn is_known(&self, word: &str) -> bool {
        self.known.contains(word)
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
                    let stems: Vec<_> = text.split_whitespace().map(alternatives).collect();
                    self.known.extend(stems.iter().flatten().cloned());
                    table.push(Phrase { text, stems, alone, language: language.clone() });
                }
            }
        }
    }

    /// Derives what is asked for often, once all files are in.
    pub(crate) fn finish(&mut self) {
        for (meaning, phrases) in &self.tables {
            let Some(word) = meaning.strip_prefix(LIKE) else { continue };
            for phrase in phrases {
                let sequence = phrase.stems.iter().filter_map(|stem| stem.first().cloned()).collect();
                self.likes.push((sequence, word.to_owned()));
            }
        }
        self.likes.sort_by_key(|(sequence, _)| std::cmp::Reverse(sequence.len()));
        // Utterances are read with these words, so phrases are too.
        let mut tables = std::mem::take(&mut self.tables);
        for (meaning, phrases) in tables.iter_mut().filter(|(meaning, _)| !meaning.starts_with(LIKE)) {
            let single = SINGLE.iter().any(|class| meaning.starts_with(class));
            for phrase in phrases {
                let read = self.canonical(&phrase.stems);
                match (single, phrase.stems.as_mut_slice(), read.as_slice()) {
                    // Looked up before and after reading.
                    (true, [stem], [canonical]) => stem.extend(canonical.iter().cloned()),
                    _ => phrase.stems = read,
                }
            }
        }
        self.tables = tables;
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

impl Words {
    /// Stems as an utterance would be read: pairs of words first, then each alternative by itself.
    fn canonical(&self, stems: &[Vec<String>]) -> Vec<Vec<String>> {
        let plain: Option<Vec<String>> =
            stems.iter().map(|stem| <[String; 1]>::try_from(stem.clone()).ok().map(|[word]| word)).collect();
        if let Some(plain) = plain {
            return matching::canonical(self, plain).into_iter().map(|word| vec![word]).collect();
        }
        let one = |word: &String| matching::canonical(self, vec![word.clone()]);
        stems.iter().map(|stem| stem.iter().flat_map(one).collect()).collect()
    }
}

/// `forgot/lost` as its normal forms.
fn alternatives(word: &str) -> Vec<String> {
    word.split('/').flat_map(normal::tokens).collect()
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
