//! What was sent and what was recorded, newest on top.

use maud::{Markup, html};

use crate::audit::AuditEvent;
use crate::channels::demo::Sent;
use crate::channels::demo::audit::{Tone, sentence};
use crate::http::site::Site;
use crate::http::words::Words;
use crate::model::contacts::PhoneNumber;
use crate::model::time::Timestamp;

/// So many lines of the record are shown.
pub const LINES: usize = 60;
/// So many messages are shown.
const MESSAGES: usize = 30;

/// Both lists as HTML, with counts by which the page sees that something is new.
pub struct Feed {
    pub sent: Markup,
    pub n_sent: usize,
    pub happened: Markup,
    pub n_happened: u64,
}

impl Feed {
    pub fn new(words: &Words<'_>, site: &Site, sent: &[Sent], events: &[AuditEvent]) -> Self {
        Self {
            sent: html! {
                @if sent.is_empty() { p class="empty" { (words.say("demo-sent-empty")) } }
                @for one in sent.iter().rev().take(MESSAGES) { (message(words, site, one)) }
            },
            n_sent: sent.len(),
            happened: html! {
                @if events.is_empty() { p class="empty" { (words.say("demo-happened-empty")) } }
                @else { ol class="events" { @for event in events.iter().rev() { (line(words, event)) } } }
            },
            // The newest moment tells a full list from the same list a line later.
            n_happened: events.last().map_or(0, |event| event.at.0) + events.len() as u64,
        }
    }
}

fn message(words: &Words<'_>, site: &Site, sent: &Sent) -> Markup {
    let kind = if sent.subject.is_some() { "demo-mail" } else { "demo-text" };
    html! {
        article class="message" {
            header {
                span class="kind" { (words.say(kind)) }
                span class="to" { (figures(&sent.to)) }
                time { (clock(sent.at)) }
            }
            @if let Some(subject) = &sent.subject { h3 { (subject) } }
            @if let Some(code) = code(&sent.text) {
                p class="found" { strong class="code" dir="ltr" { (code) } " " (copy(words, code)) }
            }
            div class="body" {
                @for paragraph in sent.text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
                    p { @for (n, line) in paragraph.lines().enumerate() { @if n > 0 { br; } (linked(site, line)) } }
                }
            }
        }
    }
}

/// A telephone number or another row of digits: in groups for eyes, one by one for ears. Anything else as it stands.
pub fn figures(text: &str) -> Markup {
    let (shown, said) = (readable(text), one_by_one(&readable(text)));
    let rows = text.bytes().all(|byte| byte.is_ascii_digit() || b" +-()".contains(&byte));
    html! {
        @if rows { span dir="ltr" aria-hidden="true" { (shown) } span class="unseen" dir="ltr" { (said) } }
        @else { span dir="ltr" { (text) } }
    }
}

/// `+441632960001` as `+44 1632 960001`; what is no such number as it stands.
pub fn readable(text: &str) -> String {
    let number = text.starts_with('+').then(|| PhoneNumber::parse(text, "").ok()).flatten();
    number.map_or_else(|| text.to_owned(), |number| number.grouped())
}

/// `+44 1632` as `+ 4 4, 1 6 3 2`: a voice says digit by digit what has blanks between, and pauses at a comma.
pub fn one_by_one(text: &str) -> String {
    let apart = |group: &str| group.chars().map(String::from).collect::<Vec<_>>().join(" ");
    text.split([' ', '-']).filter(|group| !group.is_empty()).map(apart).collect::<Vec<_>>().join(", ")
}

/// A button that puts a value into the clipboard; only scripts can, so it is hidden without.
pub fn copy(words: &Words<'_>, value: &str) -> Markup {
    html! {
        button type="button" class="copy" hidden data-copy=(value) data-copied=(words.say("demo-copied")) {
            (words.say("demo-copy")) span class="unseen" { " " (value) }
        }
    }
}

fn line(words: &Words<'_>, event: &AuditEvent) -> Markup {
    let (tone, sentence) = sentence(words, &event.kind);
    let (class, sign) = match tone {
        Tone::Good => ("good", "✓"),
        Tone::Bad => ("bad", "!"),
        Tone::Plain => ("plain", "·"),
    };
    html! {
        li class=(class) {
            time { (clock(event.at)) }
            span class="sign" aria-hidden="true" { (sign) }
            span class="what" { (sentence) }
            span class="where" { (event.tenant) @if let Some(channel) = event.channel { " · " (channel.name()) } }
        }
    }
}

/// The first run of 6 to 8 digits: a code, as no other number in our messages is that long without a plus.
fn code(text: &str) -> Option<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '/' | '_' | '.' | ':')));
    words
        .map(|word| word.trim_end_matches(['.', ':']))
        .find(|word| (6..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()))
}

/// Addresses of this demo become links.
fn linked(site: &Site, line: &str) -> Markup {
    html! {
        @for (n, word) in line.split(' ').enumerate() {
            @if n > 0 { " " }
            @if word.starts_with(&format!("{}/", site.origin)) {
                a href=(word) target="_blank" rel="noopener" { (shortened(word)) }
            } @else { (word) }
        }
    }
}

/// A token of sixty characters says nothing to the eye.
fn shortened(address: &str) -> String {
    let start: String = address.chars().take(40).collect();
    if start.len() < address.len() { format!("{start}…") } else { start }
}

/// Hours, minutes and seconds in UTC; the page's script puts them into local time.
fn clock(at: Timestamp) -> Markup {
    let s = at.unix_seconds() % 86_400;
    html! { span data-at=(at.0) { (format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_found_and_nothing_that_only_looks_like_one() {
        assert_eq!(code("Your code is 48291375. It works for 5 minutes."), Some("48291375"));
        assert_eq!(code("482913 is your code"), Some("482913"));
        assert_eq!(code("Call +447700900100 or see http://localhost:8080/not-me/12345678"), None);
        assert_eq!(code("At 14:02 on 2026-11-21"), None);
    }

    #[test]
    fn numbers_are_grouped_for_eyes_and_said_one_by_one() {
        let told = |text: &str| figures(text).into_string();
        let spans = |shown: &str, said: &str| {
            format!(
                "<span dir=\"ltr\" aria-hidden=\"true\">{shown}</span><span class=\"unseen\" dir=\"ltr\">{said}</span>"
            )
        };
        let known = spans("+44 1632 960001", "+ 4 4, 1 6 3 2, 9 6 0 0 0 1");
        assert_eq!((told("+441632960001"), told("+44 1632 960001")), (known.clone(), known));
        assert_eq!(told("+14045550116"), spans("+1 404-555-0116", "+ 1, 4 0 4, 5 5 5, 0 1 1 6"));
        assert_eq!(told("10002301"), spans("10002301", "1 0 0 0 2 3 0 1"));
        assert_eq!(told("a.b@mail.example"), "<span dir=\"ltr\">a.b@mail.example</span>");
    }
}
