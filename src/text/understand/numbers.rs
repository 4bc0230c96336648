//! Digits as people write and say them: figures of any script, words of any shipped language, "double three".

use crate::model::digits::ascii;
use crate::text::catalog::Catalog;
use crate::text::understand::normal;
use crate::text::words::Words;

/// More digits than any code, number or card has.
const MAX_DIGITS: usize = 32;

impl Catalog {
    /// The digits that were said, in order; `None` as soon as one word is something else ("satu ratus" is a number, not
    /// digits). Words around them ("my code is") are passed over. People mix languages, so all tables count.
    pub fn digits(&self, said: &str) -> Option<String> {
        let words = self.words();
        let mut read = String::new();
        let mut times = 1;
        for token in normal::tokens(said) {
            if let Some(more) = (2..=3).find(|n| words.has(&format!("times-{n}"), &token)) {
                times = more;
                continue;
            }
            let Some(part) = one(words, &token) else {
                if words.has("digit-around", &token) || words.has("particle", &token) {
                    continue;
                }
                return None;
            };
            if times > 1 && part.len() != 1 {
                return None;
            }
            read.push_str(&part.repeat(times));
            times = 1;
            if read.len() > MAX_DIGITS {
                return None;
            }
        }
        (times == 1 && !read.is_empty()).then_some(read)
    }
}

/// The digits of one token: figures, or one digit's word.
pub(super) fn one(words: &Words, token: &str) -> Option<String> {
    if let Some(figures) = token.chars().map(ascii).collect::<Option<String>>() {
        return Some(figures);
    }
    (0..10).find(|n| words.has(&format!("digit-{n}"), token)).map(|n| n.to_string())
}
