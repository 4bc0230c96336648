//! How digits, hints and addresses sound: words from the locale, because voices differ in what they make of figures.

use crate::model::peer::Language;
use crate::text::catalog::Catalog;

/// Digits in a group; a pause follows each.
const GROUP: usize = 3;
/// From so many digits on, a number is said twice.
const TWICE: usize = 4;

/// Digits one by one, in groups, a code twice.
pub(super) fn digits(catalog: &Catalog, language: &Language, digits: &str) -> String {
    let once = groups(catalog, language, digits);
    if digits.chars().filter(char::is_ascii_digit).count() < TWICE {
        return once;
    }
    catalog.text(language, "voice-digits-twice", &[("digits", &once)])
}

/// What a key of the telephone is called.
pub(super) fn key(catalog: &Catalog, language: &Language, key: char) -> String {
    match key {
        '*' => catalog.text(language, "voice-key-star", &[]),
        '#' => catalog.text(language, "voice-key-hash", &[]),
        digit => catalog.words().spoken_digit(language, digit),
    }
}

/// What is read out of a text: the end of a masked number, the domain of a masked mailbox, an address without its
/// scheme, anything else as it stands.
pub(super) fn address(catalog: &Catalog, language: &Language, text: &str) -> String {
    if let (true, Some((_, domain))) = (text.contains('•'), text.rsplit_once('@')) {
        let domain = dotted(catalog, language, domain);
        return catalog.text(language, "voice-hint-mail", &[("domain", &domain)]);
    }
    if text.contains('•') {
        let tail: String = text.chars().filter(char::is_ascii_digit).collect();
        let digits = groups(catalog, language, &tail);
        return catalog.text(language, "voice-hint-phone", &[("digits", &digits)]);
    }
    match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        Some(rest) => dotted(catalog, language, rest.trim_end_matches('/')),
        None => text.to_owned(),
    }
}

fn groups(catalog: &Catalog, language: &Language, digits: &str) -> String {
    let words: Vec<_> = digits.chars().map(|digit| catalog.words().spoken_digit(language, digit)).collect();
    words.chunks(GROUP).map(|group| group.join(", ")).collect::<Vec<_>>().join("; ")
}

fn dotted(catalog: &Catalog, language: &Language, address: &str) -> String {
    let dot = catalog.text(language, "voice-dot", &[]);
    address.split('.').collect::<Vec<_>>().join(&format!(" {dot} "))
}
