//! Which fields a log line may have, and which shape their values must have to be shown.

use std::fmt::Debug;

use tracing::field::{Field, Visit};

/// What a value must look like; anything else is struck out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A number.
    Number,
    /// An id or a short word of ours: letters, digits and `_-.:`.
    Id,
    /// A few such words.
    Words,
    /// A text of ours or of the system, scrubbed of addresses, names of entries and long numbers.
    Text,
}

/// Every field that is shown. What a person typed, who they are and where they can be reached is not among them.
pub const ALLOWED: &[(&str, Shape)] = &[
    ("attempts", Shape::Number),
    ("cap", Shape::Words),
    ("channel", Shape::Id),
    ("commit_us", Shape::Number),
    ("conversation", Shape::Id),
    ("duration_us", Shape::Number),
    ("effects", Shape::Number),
    ("effects_us", Shape::Number),
    ("error", Shape::Text),
    ("flows", Shape::Id),
    ("forward", Shape::Words),
    ("hash", Shape::Id),
    ("key", Shape::Words),
    ("limit", Shape::Number),
    ("load_us", Shape::Number),
    ("method", Shape::Id),
    ("minutes", Shape::Number),
    ("missing", Shape::Text),
    ("moved_to", Shape::Text),
    ("outcome", Shape::Words),
    ("part", Shape::Words),
    ("percent", Shape::Number),
    ("place", Shape::Text),
    ("reason", Shape::Text),
    ("records", Shape::Number),
    ("resumed", Shape::Number),
    ("row", Shape::Number),
    ("settled_at", Shape::Number),
    ("state", Shape::Words),
    ("step_us", Shape::Number),
    ("template", Shape::Id),
    ("tenant", Shape::Id),
    ("total_us", Shape::Number),
    ("url", Shape::Text),
    ("used", Shape::Number),
    ("wait_us", Shape::Number),
    ("way", Shape::Text),
    ("what", Shape::Words),
    ("why", Shape::Text),
    ("window_seconds", Shape::Number),
];

/// Characters of an id or of a text; what is longer is cut or struck out.
const LONGEST_ID: usize = 96;
const LONGEST_TEXT: usize = 400;
/// What stands for a value that is not shown.
const STRUCK: &str = "…";
/// Digits in a row from which on a number might be somebody's.
const LONG_NUMBER: usize = 6;

/// Collects the message and the allowed fields of one event or span.
#[derive(Default)]
pub struct Collected {
    pub message: String,
    pub fields: Vec<(&'static str, Value)>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    Number(serde_json::Number),
    Text(String),
}

impl Collected {
    fn take(&mut self, field: &Field, text: &str) {
        if field.name() == "message" {
            self.message = scrubbed(text);
            return;
        }
        let Some((name, shape)) = ALLOWED.iter().find(|(name, _)| *name == field.name()) else { return };
        let value = match shape {
            Shape::Number => text.parse::<u64>().map_or(Value::Text(STRUCK.to_owned()), |n| Value::Number(n.into())),
            Shape::Id => shaped(text, is_id),
            Shape::Words => shaped(text, |c| is_id(c) || c == ' '),
            Shape::Text => Value::Text(scrubbed(text)),
        };
        self.fields.push((name, value));
    }
}

impl Visit for Collected {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, &value.to_string());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.take(field, &format!("{value:?}"));
    }
}

fn shaped(text: &str, fits: impl Fn(char) -> bool) -> Value {
    let fits = text.chars().count() <= LONGEST_ID && text.chars().all(fits);
    Value::Text(if fits { text.to_owned() } else { STRUCK.to_owned() })
}

fn is_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.:".contains(c)
}

/// Without words that hold an address (`@`), an attribute of an entry (`uid=ada`) or a long number; control characters
/// are escaped, so that one event stays one line.
fn scrubbed(text: &str) -> String {
    let mut out = String::new();
    for (n, word) in text.split(' ').enumerate() {
        if n > 0 {
            out.push(' ');
        }
        let digits = word.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
        if word.contains(['@', '=']) || digits >= LONG_NUMBER {
            out.push_str(STRUCK);
        } else {
            out.extend(word.chars().flat_map(escaped));
        }
        if out.chars().count() > LONGEST_TEXT {
            return out.chars().take(LONGEST_TEXT).chain(STRUCK.chars()).collect();
        }
    }
    out
}

/// Control characters, line separators and those that turn the direction of reading.
fn escaped(c: char) -> Vec<char> {
    let hidden = matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || hidden { c.escape_unicode().collect() } else { vec![c] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_names_nothing_twice() {
        assert!(ALLOWED.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn texts_lose_what_could_be_a_persons() {
        assert_eq!(scrubbed("bind as `uid=ada,ou=students` refused"), "bind as … refused");
        assert_eq!(scrubbed("no mailbox ada@uni.example here"), "no mailbox … here");
        assert_eq!(scrubbed("call +447700900123 failed"), "call … failed");
        assert_eq!(scrubbed("disk full (os error 28)"), "disk full (os error 28)");
        assert_eq!(scrubbed("a\nb\r\u{1b}[31m\u{202e}"), "a\\u{a}b\\u{d}\\u{1b}[31m\\u{202e}");
        assert!(scrubbed(&"word ".repeat(500)).chars().count() <= LONGEST_TEXT + 1);
    }
}
