//! The form in which words are compared: one width, one case, no accents, no punctuation.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::digits;

/// Words of a text in normal form, in order.
pub fn tokens(text: &str) -> Vec<String> {
    let plain = plain(text);
    let mut tokens = vec![String::new()];
    for c in plain.chars() {
        match c {
            // "don't" is one word, whichever apostrophe is typed.
            '\'' | '’' | '‘' | '`' | '´' => {}
            c if c.is_alphanumeric() || is_combining_mark(c) => {
                if let Some(last) = tokens.last_mut() {
                    last.push(c);
                }
            }
            _ => tokens.push(String::new()),
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// One width, lower case, without Latin accents and invisible marks. Signs of other scripts carry meaning and stay.
pub fn plain(text: &str) -> String {
    let lowered = text.nfkd().flat_map(char::to_lowercase);
    lowered.filter(|c| !matches!(c, '\u{0300}'..='\u{036F}') && !digits::is_invisible(*c)).nfkc().collect()
}
