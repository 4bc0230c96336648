//! What a call hears and what is asked of it, whoever carries the call: the one thing that the renderers know.
//!
//! A document has one end, and a gather is an end: two gathers, or anything said after one, cannot be written down.

use crate::model::contacts::PhoneNumber;
use crate::model::time::Seconds;

/// The answer to one request of a provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// In order. Keys that are pressed meanwhile do nothing.
    pub steps: Vec<Step>,
    pub end: End,
}

/// Something that passes by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    Say(Speech),
    /// A recording, by its address.
    Play(String),
    Pause(Seconds),
    /// Keys that we press, for a switchboard.
    Press(String),
}

/// Words and the voice that says them. Digits and names of keys are words already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Speech {
    pub text: String,
    pub voice: Voice,
    /// The caller asked for more time: said slowly where a voice can, else with pauses.
    pub slow: bool,
}

/// How a provider says a language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Voice {
    /// As the provider writes it: `en-GB`.
    pub language: String,
    /// The provider's own name of a voice; its default for the language without one.
    pub name: Option<String>,
    /// Who makes the speech, where a provider offers several (jambonz).
    pub vendor: Option<String>,
}

/// How a document ends; there is always one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    Gather(Gather),
    /// Asks us again, at this address, after so long.
    Redirect {
        after: Seconds,
        to: String,
    },
    Transfer(Transfer),
    HangUp,
    /// Nothing more from us: the note to whoever takes a transferred call, who is connected then.
    Done,
}

/// Waits for keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gather {
    /// What a key cuts short. Prompts that must be heard to their end stand before the gather.
    pub prompt: Vec<Step>,
    /// At most so many keys, from 1 on; then they are submitted at once. With 1 every key is one, `#` too.
    pub most: u8,
    /// `#` ends the entry early and is not part of it.
    pub ends: bool,
    /// Silence after the prompt, before the first key.
    pub first: Seconds,
    /// Silence after each key.
    pub between: Seconds,
    /// Where keys go.
    pub keyed: String,
    /// Where silence goes. Providers that always answer to one address use the other one.
    pub silent: String,
}

/// Connects the caller with somebody else, for good if they take it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    pub to: PhoneNumber,
    /// The number that is shown there: ours, never the caller's.
    pub shown: Option<PhoneNumber>,
    /// How long it may ring.
    pub ring: Seconds,
    /// Asked for a document that only the called person hears before both are connected.
    pub note: Option<String>,
    /// Told what became of it, and asked what the caller hears when nobody took it.
    pub through: String,
}

/// A text in pieces of at most `most` characters, cut after a sentence, else between words, else anywhere. No piece is
/// empty, and none holds characters that a voice cannot say and XML forbids.
pub fn pieces(text: &str, most: usize) -> Vec<String> {
    let text = clean(text);
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (piece, more) = cut(rest, most.max(1));
        pieces.push(piece.trim_end().to_owned());
        rest = more.trim_start();
    }
    pieces
}

/// A text in its sentences, for a voice that cannot be slowed down: a pause goes between them.
pub fn sentences(text: &str, most: usize) -> Vec<String> {
    let ends = |at: usize| text[..at].ends_with(['.', '?', '!', ';', ':', '。']);
    let cuts = text.char_indices().filter(|(at, c)| c.is_whitespace() && ends(*at)).map(|(at, _)| at);
    let cuts: Vec<usize> = std::iter::once(0).chain(cuts).chain([text.len()]).collect();
    cuts.windows(2).flat_map(|cut| pieces(&text[cut[0]..cut[1]], most)).collect()
}

/// A text as speech markup that is said slowly. Whatever could be markup in it is none any more.
pub fn slowly(text: &str) -> String {
    let plain = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<speak><prosody rate=\"slow\">{plain}</prosody></speak>")
}

/// A text without what a provider could take for markup of speech, for formats that carry it as it stands.
pub fn unmarked(text: &str) -> String {
    text.replace(['<', '>'], " ")
}

fn clean(text: &str) -> String {
    let kept = text.chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'));
    kept.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn cut(text: &str, most: usize) -> (&str, &str) {
    let Some((limit, _)) = text.char_indices().nth(most) else { return (text, "") };
    let head = &text[..limit];
    let after = |found: usize| found + text[found..].chars().next().map_or(0, char::len_utf8);
    let sentence = head.rfind(['.', '?', '!', ';', '。', '？', '！']).map(after);
    // A cut in the first half would make many short pieces of one long sentence.
    let at = sentence.filter(|at| *at > limit / 2).or_else(|| head.rfind(char::is_whitespace).map(after));
    text.split_at(at.filter(|at| *at > 0).unwrap_or(limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_where_a_voice_would_breathe() {
        let text = "Your account is unlocked. Sign in with the password that you know. Goodbye.";
        assert_eq!(pieces(text, 1_000), [text]);
        assert_eq!(
            pieces(text, 45),
            ["Your account is unlocked.", "Sign in with the password that you know.", "Goodbye."]
        );
        assert_eq!(pieces("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(pieces("ab cdefgh", 4), ["ab", "cdef", "gh"]);
        assert_eq!(pieces("学生学生", 3), ["学生学", "生"]);
        assert!(pieces(" \u{7f}\u{0} ", 3).is_empty());
    }

    #[test]
    fn sentences_are_told_apart_for_pauses() {
        assert_eq!(sentences("One. Two? Three: four 1.5 five", 1_000), ["One.", "Two?", "Three:", "four 1.5 five"]);
        assert!(sentences("  ", 9).is_empty());
        assert_eq!(slowly("a <b> & c"), "<speak><prosody rate=\"slow\">a &lt;b&gt; &amp; c</prosody></speak>");
    }
}
