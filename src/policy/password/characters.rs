//! Kinds of characters, exactly as the guides list them: `a-z`, `A-Z`, `0-9`, symbols.

use unicode_normalization::char::is_combining_mark;

use crate::policy::password::CharacterClass;

impl CharacterClass {
    pub const ALL: [CharacterClass; 4] =
        [CharacterClass::Lower, CharacterClass::Upper, CharacterClass::Digit, CharacterClass::Symbol];

    /// Letters and digits are the ASCII ones: directories disagree about all others, so none is promised to count.
    /// Space is allowed everywhere and counts as no class. Symbols are the 32 ASCII punctuation marks, and whatever
    /// else (`£`, `€`) is no letter, number, mark, space or control character.
    pub fn holds(self, c: char) -> bool {
        match self {
            CharacterClass::Lower => c.is_ascii_lowercase(),
            CharacterClass::Upper => c.is_ascii_uppercase(),
            CharacterClass::Digit => c.is_ascii_digit(),
            CharacterClass::Symbol if c.is_ascii() => c.is_ascii_punctuation(),
            CharacterClass::Symbol => {
                !(c.is_alphanumeric() || c.is_whitespace() || c.is_control() || is_combining_mark(c))
            }
        }
    }
}

/// How many of the four kinds are there.
pub fn classes(typed: &str) -> usize {
    CharacterClass::ALL.iter().filter(|class| typed.chars().any(|c| class.holds(c))).count()
}

/// The first character that is neither letter, digit, one of the 32 punctuation marks nor space of ASCII.
pub fn first_not_ascii(typed: &str) -> Option<char> {
    typed.chars().find(|c| !matches!(c, ' '..='~'))
}

/// A character as a person can recognise it: itself, or its number where it shows nothing of its own.
pub fn shown(c: char) -> String {
    let visible = !(c.is_control() || c.is_whitespace() || is_combining_mark(c) || is_format(c));
    if visible { c.to_string() } else { format!("U+{:04X}", u32::from(c)) }
}

/// Invisible and direction-changing characters, which would upset the line that names them.
fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
