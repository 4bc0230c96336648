//! From prompts to a message as platforms know them: text, numbered buttons, links.

use crate::channels::messaging::platform::Limits;
use crate::model::names::MessageKey;
use crate::model::peer::{Language, Surface};
use crate::model::prompt::{Arg, Input, Prompt};
use crate::text::catalog::Catalog;

/// One message, before a platform's own form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drawn {
    pub text: String,
    pub language: Language,
    /// What may be picked; every one by its number or its words as well.
    pub choices: Vec<Button>,
    pub links: Vec<Link>,
    /// What kind of answer is expected.
    pub input: Input,
    /// Words of the button that hands over the person's own number, where a number is asked for.
    pub share_number: Option<String>,
}

/// One choice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Button {
    /// From 1; typing it does the same.
    pub number: usize,
    pub label: String,
    /// What comes back; it works once, for its owner, at its step.
    pub token: String,
}

/// A button that opens an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    pub label: String,
    pub url: String,
}

/// Addresses that belong to a prompt.
pub struct Addresses<'a> {
    /// Of the private page.
    pub page: &'a (dyn Fn(&crate::model::prompt::PageLink) -> String + Send + Sync),
    /// Where the characters of a human check are seen and heard.
    pub challenge: Option<String>,
    /// Opens a private chat, for a place that others read.
    pub private_chat: Option<String>,
}

impl Button {
    /// Number and words, cut to what a button carries.
    pub fn words(&self, limits: Limits) -> String {
        cut(&format!("{}. {}", self.number, self.label), limits.label)
    }
}

/// Draws what one step said as one message.
pub fn draw(catalog: &Catalog, language: &Language, prompts: &[Prompt], at: &Addresses<'_>) -> Drawn {
    let say = |prompt: &Prompt| catalog.render(language, Surface::Chat, prompt, &|_| None);
    let words = |key: &'static str| say(&Prompt::of(MessageKey::of(key))).text;
    let mut drawn = Drawn {
        text: String::new(),
        language: language.clone(),
        choices: Vec::new(),
        links: Vec::new(),
        input: Input::Nothing,
        share_number: None,
    };
    let mut paragraphs = Vec::new();
    for prompt in prompts {
        let rendered = say(prompt);
        paragraphs.push(rendered.text);
        let buttons = prompt.choices.iter().zip(rendered.choices).enumerate();
        // Of two questions in one step the later one is the one that is asked.
        if !prompt.choices.is_empty() {
            drawn.choices.clear();
        }
        drawn.choices.extend(buttons.map(|(n, (choice, label))| Button {
            number: n + 1,
            label,
            token: choice.token.clone(),
        }));
        if prompt.input != Input::Nothing {
            drawn.input = prompt.input;
        }
        if let Some(page) = &prompt.page {
            drawn.links.push(Link { label: words("messaging-open-page"), url: (at.page)(page) });
            let code = Arg::Digits(page.short_code.clone());
            paragraphs.push(say(&Prompt::of(MessageKey::of("messaging-page-code")).with("code", code)).text);
        }
        if prompt.challenge.is_some()
            && let Some(url) = &at.challenge
        {
            drawn.links.push(Link { label: words("messaging-challenge"), url: url.clone() });
        }
    }
    if let Some(url) = &at.private_chat {
        drawn.links.push(Link { label: words("messaging-private-chat"), url: url.clone() });
    }
    if drawn.input == Input::Phone {
        drawn.share_number = Some(words("messaging-share-number"));
    }
    drawn.text = paragraphs.join("\n\n");
    drawn
}

/// The same in messages that each keep the limit of the text. Buttons stand below the last one.
pub fn pieces(drawn: Drawn, limits: Limits) -> Vec<Drawn> {
    let mut texts = split(&drawn.text, limits.text);
    let last = texts.pop().unwrap_or_default();
    let bare = |text: String| Drawn {
        text,
        choices: Vec::new(),
        links: Vec::new(),
        input: Input::Nothing,
        share_number: None,
        language: drawn.language.clone(),
    };
    let mut pieces: Vec<Drawn> = texts.into_iter().map(bare).collect();
    pieces.push(Drawn { text: last, ..drawn });
    pieces
}

/// Parts of at most so many UTF-16 units, cut at an empty line, a line, a space, or where there is none of these anywhere.
fn split(text: &str, most: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while rest.encode_utf16().count() > most {
        let mut units = 0;
        let fits = rest.char_indices().find(|(_, c)| {
            units += c.len_utf16();
            units > most
        });
        let end = fits.map_or(rest.len(), |(at, _)| at);
        let window = &rest[..end];
        let at = ["\n\n", "\n", " "].iter().find_map(|mark| window.rfind(mark).filter(|at| *at > 0)).unwrap_or(end);
        parts.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start();
    }
    parts.push(rest.to_owned());
    parts
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_where_it_breathes_and_loses_no_word() {
        let text = format!("{}\n\n{}", "one two three. ".repeat(20).trim(), "𝄞𝄞 four five. ".repeat(20).trim());
        let parts = split(&text, 100);
        assert!(parts.iter().all(|part| (1..=100).contains(&part.encode_utf16().count())), "{parts:?}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&parts.join(" ")), words(&text));
        assert_eq!(split("short", 100), ["short"]);
        let solid = "x".repeat(250);
        assert_eq!(split(&solid, 100).concat(), solid);
    }

    #[test]
    fn a_label_keeps_its_number_and_its_length() {
        let button = Button { number: 3, label: "ß".repeat(100), token: String::new() };
        let words = button.words(Limits { text: 1, label: 80, token: 1, choices: 1 });
        assert_eq!(words.chars().count(), 80);
        assert!(words.starts_with("3. ß") && words.ends_with('…'));
    }
}
