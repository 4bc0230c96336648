//! Temporary passwords that can be read out: a few plain words and two digits.

use crate::model::peer::Language;
use crate::model::secrets::Password;
use crate::policy::password::{CharacterClass, PasswordRules};

/// Our own lists of plain words that sound unlike one another; under the licence of this program.
const ENGLISH: &str = include_str!("words/en.txt");
const MALAY: &str = include_str!("words/ms.txt");
/// At 9 bits and more a word, four of them and two digits are more than 42 bits; tried at the directory's own pace.
const WORDS: usize = 4;
const FEWEST: usize = 3;

/// A made password in its parts.
pub struct Made {
    pub password: Password,
    pub words: Vec<&'static str>,
    /// Two digits at the end.
    pub digits: String,
}

/// The words of a language, or English ones.
pub fn list(language: &Language) -> Vec<&'static str> {
    let text = if language.tag() == "ms" { MALAY } else { ENGLISH };
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

/// Whether the first letter must be a capital: only where the rules ask for one.
pub fn capital(rules: &PasswordRules) -> bool {
    rules.require.contains(&CharacterClass::Upper) || rules.classes_of_four > 3
}

/// Words in small letters, hyphens, two digits, from 32 random bytes; as many words as the rules have room for. `None`
/// where not even the fewest fit.
pub fn make(language: &Language, rules: &PasswordRules, random: &[u8; 32]) -> Option<Made> {
    let list = list(language);
    let draw = |n: usize| {
        let bytes: [u8; 4] = random.get(n * 4..n * 4 + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(bytes)).ok()
    };
    let digits = format!("{:02}", draw(WORDS)? % 100);
    for count in (FEWEST..=WORDS).rev() {
        let words: Option<Vec<_>> = (0..count).map(|n| list.get(draw(n)? % list.len()).copied()).collect();
        let words = words?;
        let mut text = format!("{}-{digits}", words.join("-"));
        if capital(rules) {
            text[..1].make_ascii_uppercase();
        }
        if text.chars().count() <= usize::from(rules.max) {
            return Some(Made { password: Password::new(text), words, digits });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn language(tag: &str) -> Language {
        Language(tag.to_owned())
    }

    /// How a word sounds, roughly: vowels and letters that are said alike become one.
    fn sound(word: &str) -> String {
        let mut plain = word.to_owned();
        for (from, to) in [("ck", "k"), ("ph", "f"), ("gh", ""), ("wh", "w"), ("kn", "n"), ("wr", "r"), ("qu", "kw")] {
            plain = plain.replace(from, to);
        }
        let mut sound = String::new();
        for c in plain.chars() {
            let c = match c {
                'c' | 'q' => 'k',
                'z' => 's',
                'y' => 'i',
                'e' if sound.is_empty() => 'e',
                other => other,
            };
            if !sound.ends_with(c) {
                sound.push(c);
            }
        }
        sound.trim_end_matches('e').to_owned()
    }

    #[test]
    fn every_list_has_words_enough_that_sound_unlike() {
        for tag in ["en", "ms"] {
            let list = list(&language(tag));
            let words: BTreeSet<_> = list.iter().collect();
            println!("{tag}: {} words, {:.1} bits each", list.len(), (list.len() as f64).log2());
            let twice: Vec<_> =
                list.iter().filter(|word| list.iter().filter(|other| other == word).count() > 1).collect();
            assert_eq!(words.len(), list.len(), "{tag}: {twice:?}");
            assert!(list.len() >= 512, "{tag}");
            let plain = |word: &&&str| (3..=9).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
            assert_eq!(list.iter().filter(|word| !plain(word)).count(), 0, "{tag}");
            let mut sounds = std::collections::BTreeMap::new();
            for word in &list {
                if let Some(other) = sounds.insert(sound(word), word) {
                    panic!("{tag}: `{word}` sounds like `{other}`");
                }
            }
        }
    }

    #[test]
    fn a_made_password_takes_the_shape_that_rules_ask_for() {
        let mut rules: PasswordRules = toml::from_str("min = 8").unwrap();
        let random: [u8; 32] = std::array::from_fn(|n| n as u8);
        let made = make(&language("en"), &rules, &random).unwrap();
        assert_eq!(made.words.len(), 4);
        assert_eq!(made.password.reveal(), format!("{}-{}", made.words.join("-"), made.digits));
        rules.require = vec![CharacterClass::Upper];
        let made = make(&language("en"), &rules, &random).unwrap();
        assert!(made.password.reveal().starts_with(|c: char| c.is_ascii_uppercase()));
        rules.max = made.password.reveal().len() as u16 - 1;
        assert_eq!(make(&language("en"), &rules, &random).unwrap().words.len(), 3);
        rules.max = 8;
        assert!(make(&language("en"), &rules, &random).is_none());
    }
}
