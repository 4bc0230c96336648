//! The words of pages, and which language a visitor gets.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use crate::model::names::{ArgName, MessageKey};
use crate::model::peer::{Language, Surface};
use crate::model::prompt::{Arg, Prompt};
use crate::text::catalog::Catalog;

/// Messages of one language, for templates.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    catalog: &'a Catalog,
    language: &'a Language,
}

impl<'a> Words<'a> {
    pub fn new(catalog: &'a Catalog, language: &'a Language) -> Self {
        Self { catalog, language }
    }

    pub fn language(&self) -> &'a Language {
        self.language
    }

    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// A message without arguments.
    pub fn say(&self, key: &'static str) -> String {
        self.prompt(Prompt::of(MessageKey::of(key)))
    }

    /// A message with arguments.
    pub fn with(&self, key: &'static str, args: &[(&'static str, &str)]) -> String {
        let args = args.iter().map(|(name, value)| (ArgName::of(name), Arg::Text((*value).to_owned()))).collect();
        self.prompt(Prompt { args, ..Prompt::of(MessageKey::of(key)) })
    }

    /// A message with one number, which may choose a plural form.
    pub fn count(&self, key: &'static str, name: &'static str, n: i64) -> String {
        self.prompt(Prompt::of(MessageKey::of(key)).with(name, Arg::Number(n)))
    }

    /// A message whose key is put together; an impossible key says nothing.
    pub fn key(&self, key: &str) -> String {
        MessageKey::parse(key).map(|key| self.prompt(Prompt::of(key))).unwrap_or_default()
    }

    /// A message as another part handed it over.
    pub fn message(&self, key: &MessageKey, args: &[(ArgName, Arg)]) -> String {
        self.prompt(Prompt { args: args.to_vec(), ..Prompt::of(key.clone()) })
    }

    fn prompt(&self, prompt: Prompt) -> String {
        self.catalog.render(self.language, Surface::Chat, &prompt, &|_| None).text
    }
}

/// The first language that the browser asks for and that is on offer, else the first on offer.
pub fn preferred(headers: &HeaderMap, offered: &[Language]) -> Language {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wishes = asked.split(',').map(|wish| wish.split(';').next().unwrap_or_default().trim());
    let found = wishes.filter(|wish| !wish.is_empty()).find_map(|wish| closest(wish, offered));
    found.or_else(|| offered.first().cloned()).unwrap_or_else(|| Language("en".to_owned()))
}

/// `ms-MY` is served by `ms`.
pub fn closest(wish: &str, offered: &[Language]) -> Option<Language> {
    let exact = offered.iter().find(|language| language.tag().eq_ignore_ascii_case(wish));
    let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    exact.or_else(|| offered.iter().find(|language| base(language.tag()) == base(wish))).cloned()
}

/// The name of a language in itself, for the switch.
pub fn own_name(language: &Language) -> String {
    match language.tag() {
        "en" => "English".to_owned(),
        "ms" => "Bahasa Melayu".to_owned(),
        "zh-Hans" => "简体中文".to_owned(),
        "ta" => "தமிழ்".to_owned(),
        "es" => "Español".to_owned(),
        "ar" => "العربية".to_owned(),
        "hi" => "हिन्दी".to_owned(),
        other => other.to_owned(),
    }
}

/// Writing direction for the `dir` attribute.
pub fn direction(language: &Language) -> &'static str {
    match language.tag().split('-').next().unwrap_or_default() {
        "ar" | "fa" | "he" | "ur" => "rtl",
        _ => "ltr",
    }
}
