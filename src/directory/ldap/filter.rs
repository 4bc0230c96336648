//! Search filters: equality, and parts for names on the keys of a telephone; every value is escaped in one place (RFC 4515).

use std::fmt::Write;

use crate::model::keypad::on_key;

/// `(attribute=value)`. The attribute comes from a checked configuration, the value from anybody.
pub fn equals(attribute: &str, value: &str) -> String {
    format!("({attribute}={})", escaped(value))
}

/// One of several; of none, nothing matches.
pub fn any(filters: &[String]) -> String {
    format!("(|{})", filters.concat())
}

/// `(attribute=*value*)`: what holds it anywhere.
pub fn holds(attribute: &str, value: &str) -> String {
    format!("({attribute}=*{}*)", escaped(value))
}

/// `(attribute=abc*)` for everything that the first three keys may mean: at most 125.
pub fn beginnings(attribute: &str, keys: &str) -> Vec<String> {
    let mut beginnings = vec![String::new()];
    for key in keys.chars().take(3) {
        let longer = |begun: &String| on_key(key).chars().map(|c| format!("{begun}{c}")).collect::<Vec<_>>();
        beginnings = beginnings.iter().flat_map(longer).collect();
    }
    beginnings.iter().map(|begun| format!("({attribute}={}*)", escaped(begun))).collect()
}

/// Letters, digits and `.`, `-`, `_`, `@` stand as they are; every other byte as `\xx`. More than RFC 4515 asks for:
/// nothing has to be known about what is special.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@') {
            out.push(char::from(byte));
        } else {
            write!(out, "\\{byte:02x}").expect("writing to a string does not fail");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_special_is_escaped() {
        assert_eq!(equals("uid", "csmith_1@uni.example"), "(uid=csmith_1@uni.example)");
        assert_eq!(equals("uid", "*"), r"(uid=\2a)");
        assert_eq!(equals("uid", ")(uid=*"), r"(uid=\29\28uid\3d\2a)");
        assert_eq!(equals("uid", "a\0b\\c"), r"(uid=a\00b\5cc)");
        assert_eq!(equals("cn", "Zoë"), r"(cn=Zo\c3\ab)");
    }
}
