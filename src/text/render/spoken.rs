//! How digits, hints and addresses sound: words from the locale, because voices differ in what they make of figures.

use crate::model::peer::Language;
use crate::text::catalog::Catalog;

/// Digits in a group at most; a pause follows each.
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

/// What is read out of a text: the end of a masked number, the domain of a masked mailbox, a telephone number digit by
/// digit, an address without its scheme, and of several of these with commas between them each; else as it stands.
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
    if text.contains(", ") {
        let parts: Vec<_> = text.split(", ").map(|part| address(catalog, language, part)).collect();
        return parts.join(", ");
    }
    if is_number(text) {
        let figures: String = text.chars().filter(char::is_ascii_digit).collect();
        return groups(catalog, language, &figures);
    }
    if let Some(extension) =
        text.strip_prefix('x').filter(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let digits = groups(catalog, language, extension);
        return catalog.text(language, "voice-extension", &[("digits", &digits)]);
    }
    if let Some((name, domain)) = text.split_once('@').filter(|(name, _)| !name.is_empty() && !text.contains(' ')) {
        let (name, domain) = (dotted(catalog, language, name), dotted(catalog, language, domain));
        return catalog.text(language, "voice-at", &[("box", &name), ("domain", &domain)]);
    }
    match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        Some(rest) => dotted(catalog, language, rest.trim_end_matches('/')),
        None => text.to_owned(),
    }
}

/// A telephone number as people write it, from five digits on.
fn is_number(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    plain && text.chars().filter(char::is_ascii_digit).count() > TWICE
}

fn groups(catalog: &Catalog, language: &Language, digits: &str) -> String {
    let words: Vec<_> = digits.chars().map(|digit| catalog.words().spoken_digit(language, digit)).collect();
    let (mut said, mut rest) = (Vec::new(), words.as_slice());
    while !rest.is_empty() {
        // No digit is left alone: four are two and two.
        let size = if rest.len() == GROUP + 1 { 2 } else { GROUP.min(rest.len()) };
        let (group, more) = rest.split_at(size);
        said.push(group.join(", "));
        rest = more;
    }
    said.join("; ")
}

/// An address as it is dictated.
fn dotted(catalog: &Catalog, language: &Language, address: &str) -> String {
    let mark = |key: &str| format!(" {} ", catalog.text(language, key, &[]));
    address.replace('.', &mark("voice-dot")).replace('/', &mark("voice-slash"))
}
