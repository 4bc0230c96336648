//! How words stand on a terminal: wrapped, indented, numbered, and coloured only where that is wanted.

use std::fmt::Write;

/// Columns that a line fills at most; addresses may be longer, because a broken one cannot be clicked.
const WIDTH: usize = 78;
/// Direction marks that a chat needs and a terminal shows as rubbish.
const MARKS: [char; 4] = ['\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'];

/// What the terminal can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Escape sequences are understood and wanted (`NO_COLOR` is not set).
    pub colour: bool,
}

impl Style {
    /// What stands before the person's line.
    pub fn invitation(self) -> &'static str {
        if self.colour { "\x1b[1m>\x1b[0m " } else { "> " }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// One message of the bot: its words, lines that belong to it, and its choices with their numbers.
pub fn speech(style: &Style, text: &str, below: &[String], choices: &[String]) -> String {
    let mut shown = String::from("\n");
    for line in wrap(text, 2) {
        let _ = writeln!(shown, "  {line}");
    }
    for text in below {
        for line in wrap(text, 2) {
            let _ = writeln!(shown, "  {}", style.paint("36", &line));
        }
    }
    for (n, label) in choices.iter().enumerate() {
        let number = style.paint("1", &format!("{:>4}", n + 1));
        let mut lines = wrap(label, 6).into_iter();
        let _ = writeln!(shown, "{number}  {}", lines.next().unwrap_or_default());
        for line in lines {
            let _ = writeln!(shown, "      {line}");
        }
    }
    shown
}

/// Something beside the conversation, set apart by a bar.
pub fn block(style: &Style, title: &str, body: &str) -> String {
    let bar = style.paint("33", "|");
    let mut shown = format!("\n      {bar} {}\n", style.paint("1", &plain(title)));
    for line in wrap(body, 8) {
        let _ = writeln!(shown, "      {bar} {line}");
    }
    shown
}

/// Lines of at most [`WIDTH`] columns less the indent; line ends of the text stay.
fn wrap(text: &str, indent: usize) -> Vec<String> {
    let room = WIDTH - indent;
    let mut lines = Vec::new();
    for paragraph in plain(text).lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let longer = line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && longer > room {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// Without direction marks and control characters: a terminal would obey the latter.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !MARKS.contains(c) && (!c.is_control() || *c == '\n')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { colour: false };

    #[test]
    fn choices_are_numbered_below_the_words() {
        let shown = speech(&PLAIN, "How shall we check?", &[], &["Text ••45".into(), "E-mail".into()]);
        assert_eq!(shown, "\n  How shall we check?\n   1  Text ••45\n   2  E-mail\n");
    }

    #[test]
    fn long_lines_wrap_and_addresses_stay_whole() {
        let address = format!("http://127.0.0.1:8080/p/{}", "0123456789abcdef".repeat(5));
        let text = format!("{} {address} and more", "word ".repeat(20).trim());
        let lines = wrap(&text, 2);
        assert!(lines.contains(&address));
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH - 2 || *line == address));
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn no_escape_reaches_the_terminal_from_a_text_and_none_is_written_without_colour() {
        let shown = speech(&PLAIN, "a\x1b[2Jb \u{2068}c\u{2069}", &[], &[]);
        assert_eq!(shown, "\n  a[2Jb c\n");
        assert!(speech(&Style { colour: true }, "a", &["b".into()], &[]).contains("\x1b[36mb"));
    }
}
