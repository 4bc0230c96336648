//! Digits of the world's scripts as ASCII, and characters that cannot be seen.

/// The zero of every script that a shipped or planned language writes; nine more digits follow each.
const ZEROS: [char; 8] = ['0', '\u{0660}', '\u{06F0}', '\u{0966}', '\u{09E6}', '\u{0BE6}', '\u{0E50}', '\u{FF10}'];

/// The ASCII digit of the same value; `None` for everything that is not a decimal digit.
pub fn ascii(c: char) -> Option<char> {
    let value = |zero: &char| (c as u32).checked_sub(*zero as u32).filter(|value| *value < 10);
    char::from_digit(ZEROS.iter().find_map(value)?, 10)
}

/// Soft hyphens, zero-width marks and marks of direction: pasted along with numbers, and good for look-alikes.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_have_one_value() {
        let read = |text: &str| text.chars().map(ascii).collect::<Option<String>>();
        assert_eq!(read("٤٨۲१২௩๔９0").as_deref(), Some("482123490"));
        assert_eq!(read("4x"), None);
        assert_eq!(ascii('½'), None);
    }
}
