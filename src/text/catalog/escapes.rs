//! `\u` and `\U` that break off at a letter of more than one byte: fluent-syntax 0.12 cuts the letter in two and panics
//! while it words its complaint, so they are found before it reads a file.

use crate::text::catalog::TextFault;

/// The first of them, if there is one.
pub fn broken(file: &str, source: &str) -> Option<TextFault> {
    // Two backslashes are one that is shown.
    let slashes = |at: usize| source[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
    let escapes = source.match_indices(['u', 'U']).filter(|(at, _)| slashes(*at) % 2 == 1);
    for (at, letter) in escapes {
        let digits = if letter == "u" { 4 } else { 6 };
        let mut after = source[at + 1..].chars().take(digits).skip_while(char::is_ascii_hexdigit);
        if after.next().is_some_and(|c| !c.is_ascii()) {
            let before = &source[..at];
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            return Some(TextFault {
                file: file.to_owned(),
                line: before.matches('\n').count() + 1,
                column: before[start..].chars().count(),
                message: format!("`\\{letter}` needs {digits} hexadecimal digits after it"),
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::broken;

    #[test]
    fn an_escape_that_breaks_off_at_a_long_letter_is_found_at_its_place() {
        for (source, at) in [
            ("ea= {\"\\uҳov", Some((1, 7))),
            ("one = x\ntwo = { \"\\u00é\" }", Some((2, 10))),
            ("a = {\"\\U01F60é\"}", Some((1, 7))),
            // Whole ones, those that end in another way, and none at all.
            ("a = {\"\\u00e9é\"}", None),
            ("a = {\"\\u00\"} é", None),
            ("a = {\"\\\\ué\"}", None),
            ("u = ué \\\\ û", None),
        ] {
            let found = broken("en/x.ftl", source).map(|fault| (fault.line, fault.column));
            assert_eq!(found, at, "{source}");
        }
    }
}
