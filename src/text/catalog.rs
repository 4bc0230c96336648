//! All messages and words of all languages, loaded once from one folder a language (`locales/en/*.ftl`).

mod escapes;
mod inspect;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use unic_langid::{CharacterDirection, LanguageIdentifier};

use crate::model::peer::Language;
use crate::text::words::Words;

/// The language that every key is looked up in when its own language does not have it.
const FALLBACK: &str = "en";

/// The messages and synonym tables of every language. Cheap to share, never changes after loading.
pub struct Catalog {
    languages: Vec<Language>,
    tongues: Vec<Tongue>,
    words: Words,
}

/// What a lint may ask about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageInfo {
    pub key: String,
    /// As it was handed to `load`: `en/reset.ftl`.
    pub file: String,
    /// From 1.
    pub line: usize,
    pub has_value: bool,
    /// Has words of its own for the telephone.
    pub voice: bool,
    /// Has words of its own for a text message.
    pub short: bool,
    /// All words of the value, of every attribute and every variant, as they stand in the file.
    pub literals: String,
    /// Arguments of the value and of all attributes together.
    pub args: BTreeSet<String>,
}

/// Something wrong in a locale file. Line and column count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextFault {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
}

/// One language, ready to format.
pub(crate) struct Tongue {
    pub(crate) tag: Language,
    pub(crate) right_to_left: bool,
    /// With isolation marks around arguments, for surfaces that show text.
    pub(crate) shown: FluentBundle<Arc<FluentResource>>,
    /// Without marks: a voice would read them, and one of them halves a text message.
    pub(crate) plain: FluentBundle<Arc<FluentResource>>,
    messages: Vec<MessageInfo>,
}

#[derive(rust_embed::Embed)]
#[folder = "locales/"]
struct Shipped;

impl Catalog {
    /// Reads all files at once and reports every fault. A path is `<language tag>/<name>.ftl`.
    pub fn load(files: &[(String, String)]) -> Result<Catalog, Vec<TextFault>> {
        let mut by_tag: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        let mut faults = Vec::new();
        for (path, source) in files {
            match path.split_once('/') {
                Some((tag, _)) => by_tag.entry(tag).or_default().push((path, source)),
                None => faults.push(TextFault::at_top(path, "lies in no language's folder; expected `en/name.ftl`")),
            }
        }
        if by_tag.is_empty() {
            faults.push(TextFault::at_top(
                "locales",
                "holds no language; expected folders such as `en` with `.ftl` files",
            ));
        }
        let mut tongues = Vec::new();
        let mut words = Words::default();
        for (tag, files) in by_tag {
            match Tongue::load(tag, &files, &mut words, &mut faults) {
                Some(tongue) => tongues.push(tongue),
                None => continue,
            }
        }
        if !faults.is_empty() {
            faults.sort();
            return Err(faults);
        }
        words.finish();
        let languages = tongues.iter().map(|tongue| tongue.tag.clone()).collect();
        Ok(Catalog { languages, tongues, words })
    }

    /// The languages in the binary.
    pub fn shipped() -> Result<Catalog, Vec<TextFault>> {
        Catalog::load(&shipped_files())
    }

    /// Languages in the order in which a person is offered them.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// Messages of one language in file order; synonym tables are not messages.
    pub fn messages(&self, language: &Language) -> impl Iterator<Item = &MessageInfo> {
        self.tongues.iter().filter(move |tongue| tongue.tag == *language).flat_map(|tongue| tongue.messages.iter())
    }

    pub fn has(&self, language: &Language, key: &str) -> bool {
        self.messages(language).any(|message| message.key == key)
    }

    /// Keys that one language has and another lacks, and keys whose arguments differ between languages.
    pub fn uneven(&self) -> Vec<TextFault> {
        let mut faults = Vec::new();
        for here in &self.tongues {
            for there in self.tongues.iter().filter(|there| there.tag != here.tag) {
                for message in &here.messages {
                    let fault = match there.messages.iter().find(|other| other.key == message.key) {
                        None => format!("`{}` is missing in `{}`", message.key, there.tag),
                        Some(other) if !other.args.is_superset(&message.args) => {
                            let lacking: Vec<_> = message.args.difference(&other.args).map(String::as_str).collect();
                            format!("`{}` has no ${} in `{}`", message.key, lacking.join(", $"), there.tag)
                        }
                        Some(other) if message.short && !other.short => {
                            format!("`{}` has no `.short` in `{}`", message.key, there.tag)
                        }
                        Some(_) => continue,
                    };
                    faults.push(TextFault {
                        file: message.file.clone(),
                        line: message.line,
                        column: 1,
                        message: fault,
                    });
                }
            }
        }
        faults.sort();
        faults
    }

    /// The tongue of a language: the tag itself, its base (`ms` for `ms-MY`), or the fallback.
    pub(crate) fn tongue(&self, language: &Language) -> &Tongue {
        let base = language.tag().split('-').next().unwrap_or_default();
        let find = |tag: &str| self.tongues.iter().find(|tongue| tongue.tag.tag() == tag);
        find(language.tag()).or_else(|| find(base)).unwrap_or_else(|| self.fallback())
    }

    pub(crate) fn fallback(&self) -> &Tongue {
        let fallback = self.tongues.iter().find(|tongue| tongue.tag.tag() == FALLBACK);
        fallback.or(self.tongues.first()).expect("a catalog without a language does not load")
    }

    pub(crate) fn words(&self) -> &Words {
        &self.words
    }
}

/// Path and content of every locale file in the binary, as `Catalog::load` takes them.
pub fn shipped_files() -> Vec<(String, String)> {
    let read = |path: std::borrow::Cow<'static, str>| {
        let file = Shipped::get(&path)?;
        Some((path.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
    };
    let is_locale = |path: &std::borrow::Cow<'static, str>| path.ends_with(".ftl");
    let mut files: Vec<_> = Shipped::iter().filter(is_locale).filter_map(read).collect();
    files.sort();
    files
}

impl Tongue {
    fn load(tag: &str, files: &[(&str, &str)], words: &mut Words, faults: &mut Vec<TextFault>) -> Option<Tongue> {
        let Ok(id) = tag.parse::<LanguageIdentifier>() else {
            faults.push(TextFault::at_top(
                files[0].0,
                &format!("`{tag}` is not a language tag such as `en` or `zh-Hans`"),
            ));
            return None;
        };
        let right_to_left = id.character_direction() == CharacterDirection::RTL;
        let language = Language(tag.to_owned());
        let mut shown = FluentBundle::new_concurrent(vec![id.clone()]);
        let mut plain = FluentBundle::new_concurrent(vec![id]);
        plain.set_use_isolating(false);
        let mut messages: Vec<MessageInfo> = Vec::new();
        for (path, source) in files {
            if let Some(fault) = escapes::broken(path, source) {
                faults.push(fault);
                continue;
            }
            let resource = match FluentResource::try_new((*source).to_owned()) {
                Ok(resource) => resource,
                Err((rest, errors)) => {
                    faults.extend(errors.iter().map(|error| inspect::fault(path, source, error)));
                    rest
                }
            };
            words.read(&language, path, &resource, faults);
            for message in inspect::messages(path, &resource, faults) {
                match messages.iter().find(|earlier| earlier.key == message.key) {
                    Some(earlier) => faults.push(TextFault {
                        file: message.file,
                        line: message.line,
                        column: 1,
                        message: format!("`{}` stands in {}:{} already", message.key, earlier.file, earlier.line),
                    }),
                    None => messages.push(message),
                }
            }
            let resource = Arc::new(resource);
            shown.add_resource_overriding(Arc::clone(&resource));
            plain.add_resource_overriding(resource);
        }
        Some(Tongue { tag: language, right_to_left, shown, plain, messages })
    }
}

impl TextFault {
    fn at_top(file: &str, message: &str) -> Self {
        Self { file: file.to_owned(), line: 1, column: 1, message: message.to_owned() }
    }
}
