//! The frame of every page: one column, the institution's name on top, no third-party anything.

use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::http::assets::{Asset, logo_path};
use crate::http::words::{Words, direction};
use crate::policy::tenant::{ServiceDesk, Tenant};

/// What differs between pages around their content.
#[derive(Default)]
pub struct Frame<'a> {
    pub title: &'a str,
    /// `None` on pages that belong to no institution (errors, the demo's start).
    pub tenant: Option<&'a Tenant>,
    /// What the page is, as a class of `body`.
    pub kind: &'static str,
    pub scripts: &'a [Asset],
    pub styles: &'a [Asset],
    /// Reload after so many seconds.
    pub refresh: Option<u16>,
    /// Shown at the end of the header line: the language switch.
    pub aside: Option<Markup>,
    /// Whether the service desk is named at the end.
    pub desk: bool,
}

/// A whole page.
pub fn frame(words: &Words<'_>, frame: Frame<'_>, content: &Markup) -> Page {
    let language = words.language();
    let name = frame.tenant.map_or_else(|| words.say("page-product"), |tenant| tenant.name.clone());
    Page(html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(direction(language)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (frame.title) " · " (name) }
                link rel="icon" href=(Asset::Icon.path()) type="image/svg+xml";
                link rel="stylesheet" href=(Asset::Style.path());
                @for style in frame.styles { link rel="stylesheet" href=(style.path()); }
                @if let Some(tenant) = frame.tenant {
                    link rel="stylesheet" href={ "/assets/brand/" (tenant.id) ".css" };
                }
                @for script in frame.scripts { script src=(script.path()) defer {} }
                @if let Some(seconds) = frame.refresh {
                    meta http-equiv="refresh" content=(seconds);
                }
            }
            body class=(frame.kind) {
                a class="skip" href="#main" { (words.say("page-skip")) }
                header class="top" {
                    div class="brand" {
                        @match frame.tenant {
                            Some(tenant) => (mark(words, tenant)),
                            None => (initials(&name)),
                        }
                        span class="name" { (name) }
                    }
                    @if let Some(aside) = &frame.aside { (aside) }
                }
                main id="main" tabindex="-1" { (content) }
                @if let Some(tenant) = frame.tenant.filter(|_| frame.desk) {
                    footer class="bottom" { (desk(words, &tenant.desk)) }
                }
            }
        }
    })
}

/// The picture of an institution, or its initials when it has none.
pub fn mark(words: &Words<'_>, tenant: &Tenant) -> Markup {
    html! {
        @if let Some(path) = logo_path(tenant) {
            img class="logo" src=(path) alt=(words.with("page-logo", &[("institution", &tenant.name)]));
        } @else { (initials(&tenant.name)) }
    }
}

/// They only repeat the name that stands beside them.
fn initials(name: &str) -> Markup {
    html! { span class="mark" aria-hidden="true" { (monogram(name)) } }
}

/// A rendered page, ready to be an answer.
pub struct Page(pub Markup);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.0.into_string()).into_response()
    }
}

/// Text of a message, each line a paragraph, so that the question at the end stands alone; addresses become links.
pub fn prose(text: &str) -> Markup {
    html! { @for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) { p { (linked(line)) } } }
}

/// How to reach people, one line each.
pub fn desk(words: &Words<'_>, desk: &ServiceDesk) -> Markup {
    html! {
        p class="desk-name" { (words.with("page-desk", &[("desk", &desk.name)])) }
        ul class="desk" {
            @if let Some(phone) = &desk.phone { li { a href={ "tel:" (dialled(phone)) } dir="ltr" { (phone) } } }
            @if let Some(mail) = &desk.mail { li { a href={ "mailto:" (mail) } dir="ltr" { (mail) } } }
            @if let Some(url) = &desk.url { li { (address(url)) } }
            @if let Some(hours) = &desk.hours { li { (hours) } }
        }
    }
}

/// A link to an `https` address; anything else stays text.
pub fn address(url: &str) -> Markup {
    let shown = url.trim_start_matches("https://").trim_end_matches('/');
    html! {
        @if url.starts_with("https://") { a href=(url) target="_blank" rel="noopener noreferrer" dir="ltr" { (shown) } }
        @else { span dir="ltr" { (url) } }
    }
}

fn linked(line: &str) -> Markup {
    let ends = |c: char| c.is_whitespace() || matches!(c, '\u{2066}'..='\u{2069}' | '<' | '>' | '"' | ')');
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("https://") {
        let (before, link) = rest.split_at(at);
        let end = link.find(ends).unwrap_or(link.len());
        let end = link[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']).len();
        out.push_str(&html! { (before) (address(&link[..end])) }.into_string());
        rest = &link[end..];
    }
    out.push_str(&html! { (rest) }.into_string());
    PreEscaped(out)
}

fn dialled(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// Up to two initials of a name; small words in between do not count.
fn monogram(name: &str) -> String {
    let initials = name.split_whitespace().filter_map(|word| word.chars().next()).filter(|c| c.is_alphanumeric());
    initials.filter(|c| !c.is_lowercase()).take(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links_and_nothing_else_does() {
        let html = prose("Sign in at \u{2068}https://portal.uni.example/a?b=1&c\u{2069}. <b>\n\nBye").into_string();
        assert!(html.contains(r#"href="https://portal.uni.example/a?b=1&amp;c""#), "{html}");
        assert!(html.contains("&lt;b&gt;"), "{html}");
        assert_eq!(html.matches("<p>").count(), 2);
        assert!(!prose("javascript:alert(1) http://plain.example").into_string().contains("<a"));
    }
}
