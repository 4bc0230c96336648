//! Rules that look at the whole password: parts of the person's name, the guide's own example, what everybody uses.

use unicode_normalization::UnicodeNormalization;
use zxcvbn::matching::patterns::MatchPattern;

use crate::policy::password::common;

/// What the estimator is given: its cost stops growing there, and no list holds anything longer.
const ESTIMATED: usize = 100;
/// A repeated or neighbouring run that is found within so many guesses is as good as listed.
const FOUND_AT_ONCE: u64 = 10_000;

/// Whether the password holds a part of one of the names, whatever the case. Parts are runs of letters and digits; of
/// an address only what stands before `@`. Parts shorter than `min` are ignored, as Entra does below four.
pub fn holds_name_part(typed: &str, names: &[String], min: u8) -> bool {
    let typed = folded(typed);
    parts(names, min).iter().any(|part| typed.contains(part.as_str()))
}

/// The parts of the names that count, folded for comparison.
pub fn parts(names: &[String], min: u8) -> Vec<String> {
    let min = usize::from(min.max(1));
    let mut parts: Vec<String> = names
        .iter()
        .map(|name| folded(before_at(name)))
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>())
        .filter(|part| part.chars().count() >= min)
        .collect();
    parts.sort();
    parts.dedup();
    parts
}

/// Whether the password is one of the sentences, however it is spaced, cased and punctuated.
pub fn is_sentence(typed: &str, sentences: &[String]) -> bool {
    let typed = letters(typed);
    !typed.is_empty() && sentences.iter().any(|sentence| letters(sentence) == typed)
}

/// Whether the *whole* password, perhaps trivially disguised (`P@ssw0rd`, `P@ssw0rd2024!`), is in the lists of what
/// people use, a mere run (`12345678`, `aaaaaaaa`), or one of the person's own names. It is no hidden composition rule:
/// a listed word among others does no harm.
pub fn is_common(typed: &str, names: &[String]) -> bool {
    let plain = folded(typed);
    if common::is_listed(&plain) || names.iter().any(|name| folded(name) == plain || folded(before_at(name)) == plain) {
        return true;
    }
    // The shortest stem is what is left without the whole ending.
    let stem = common::stems(&plain).min_by_key(|stem| stem.len());
    is_found_at_once(typed, false) || stem.is_some_and(|stem| is_found_at_once(stem, true))
}

/// Whether the estimator sees one thing only: an entry of its lists, however disguised, or a run. With `passwords_only`
/// ordinary words do not count: "wonderful" is no good password, "wonderful2024" is not on any list.
fn is_found_at_once(typed: &str, passwords_only: bool) -> bool {
    let estimated: String = typed.chars().take(ESTIMATED).collect();
    let entropy = zxcvbn::zxcvbn(&estimated, &[]);
    match entropy.sequence() {
        [only] => match &only.pattern {
            MatchPattern::Dictionary(found) => !passwords_only || common::is_listed(&found.matched_word),
            MatchPattern::BruteForce => false,
            _ => entropy.guesses() <= FOUND_AT_ONCE,
        },
        _ => false,
    }
}

fn before_at(name: &str) -> &str {
    name.split_once('@').map_or(name, |(local, _)| local)
}

fn folded(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase()
}

fn letters(text: &str) -> String {
    folded(text).chars().filter(|c| c.is_alphanumeric()).collect()
}
