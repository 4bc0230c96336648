//! The demo's start page as HTML: a chooser on top, then panels side by side, or as tabs on a phone.

use std::sync::Arc;

use maud::{Markup, html};

use crate::channels::demo::feed::{Feed, copy, figures};
use crate::channels::demo::{Actor, SignedIn};
use crate::http::layout::mark;
use crate::http::words::Words;
use crate::policy::tenant::Tenant;

pub struct View<'a> {
    pub words: Words<'a>,
    pub tenants: &'a [Arc<Tenant>],
    pub tenant: Option<&'a Tenant>,
    pub people: &'a [Actor],
    pub actor: Option<&'a Actor>,
    /// What the person's authenticator shows.
    pub code: Option<String>,
    /// The telephone of the institution, where it has one.
    pub number: Option<String>,
    /// Who tried to sign in, and what that came to.
    pub entrance: Option<&'a (String, Markup)>,
    pub feed: Feed,
}

/// Panels in their order: id, and the key of the title.
const PANELS: [(&str, &str); 5] = [
    ("chat", "demo-panel-chat"),
    ("phone", "demo-panel-phone"),
    ("sent", "demo-panel-sent"),
    ("sign-in", "demo-panel-sign-in"),
    ("happened", "demo-panel-happened"),
];

/// Keys of a telephone with the letters on them (E.161).
const KEYS: [(&str, &str); 12] = [
    ("1", ""),
    ("2", "ABC"),
    ("3", "DEF"),
    ("4", "GHI"),
    ("5", "JKL"),
    ("6", "MNO"),
    ("7", "PQRS"),
    ("8", "TUV"),
    ("9", "WXYZ"),
    ("*", ""),
    ("0", ""),
    ("#", ""),
];

/// The address of a choice.
pub fn choice(tenant: &str, person: &str) -> String {
    let person = person.replace('&', "%26").replace('+', "%2B").replace('#', "%23");
    format!("/?tenant={tenant}&person={person}")
}

pub fn start(view: &View<'_>) -> Markup {
    let words = &view.words;
    html! {
        div class="intro" {
            h1 { (words.say("demo-title")) }
            p { (words.say("demo-intro")) }
        }
        (chooser(view))
        nav class="tabs" aria-label=(words.say("demo-panels")) {
            @for (id, title) in PANELS {
                a href={ "#" (id) } data-tab=(id) { (words.say(title)) span class="badge" data-badge=(id) hidden {} }
            }
        }
        div class="panels" data-feed data-n-sent=(view.feed.n_sent) data-n-happened=(view.feed.n_happened) {
            section class="panel chat-panel" id="chat" aria-labelledby="chat-title" {
                h2 id="chat-title" { (words.say("demo-panel-chat")) }
                p class="hint" { (words.say("demo-chat-hint")) }
                @if let Some(tenant) = view.tenant {
                    iframe src={ "/widget/" (tenant.id) "?lang=" (words.language().tag()) }
                        title=(words.say("demo-panel-chat")) {}
                }
            }
            section class="panel phone-panel" id="phone" aria-labelledby="phone-title" {
                h2 id="phone-title" { (words.say("demo-panel-phone")) }
                (telephone(view))
            }
            section class="panel" id="sent" aria-labelledby="sent-title" {
                h2 id="sent-title" { (words.say("demo-panel-sent")) }
                p class="hint" { (words.say("demo-sent-hint")) }
                div class="scroll" tabindex="0" role="region" aria-labelledby="sent-title" data-sent { (view.feed.sent) }
            }
            section class="panel" id="sign-in" aria-labelledby="sign-in-title" {
                h2 id="sign-in-title" { (words.say("demo-panel-sign-in")) }
                p class="hint" { (words.say("demo-sign-in-hint")) }
                (sign_in(view))
            }
            section class="panel wide" id="happened" aria-labelledby="happened-title" {
                h2 id="happened-title" { (words.say("demo-panel-happened")) }
                p class="hint" { (words.say("demo-happened-hint")) }
                div class="scroll" tabindex="0" role="region" aria-labelledby="happened-title" data-happened {
                    (view.feed.happened)
                }
            }
        }
    }
}

fn chooser(view: &View<'_>) -> Markup {
    let words = &view.words;
    let lang = format!("&lang={}", words.language().tag());
    html! {
        details class="chooser card" open data-chooser {
            summary {
                h2 { (words.say("demo-choose")) }
                @if let (Some(actor), Some(tenant)) = (view.actor, view.tenant) {
                    span class="chosen" { (actor.name) " · " (tenant.name) }
                }
            }
            nav class="chips" aria-label=(words.say("demo-institutions")) {
                @for tenant in view.tenants {
                    @let here = view.tenant.is_some_and(|chosen| chosen.id == tenant.id);
                    a href={ (choice(&tenant.id.0, "")) (lang) } aria-current=[here.then_some("true")] {
                        (mark(words, tenant)) (tenant.name)
                    }
                }
            }
            @if let Some(tenant) = view.tenant {
                nav class="chips people" aria-label=(words.say("demo-people")) {
                    @for actor in view.people {
                        @let here = view.actor.is_some_and(|chosen| chosen.user_name == actor.user_name);
                        a href={ (choice(&tenant.id.0, &actor.user_name)) (lang) } aria-current=[here.then_some("true")] {
                            (actor.name)
                        }
                    }
                }
            }
        }
        @if let Some(actor) = view.actor { (card(view, actor)) }
    }
}

fn card(view: &View<'_>, actor: &Actor) -> Markup {
    let words = &view.words;
    let row = |key: &'static str, value: &str| {
        html! { div { dt { (words.say(key)) } dd { span class="value" dir="ltr" { (value) } " " (copy(words, value)) } } }
    };
    let digits = |key: &'static str, value: &str| {
        html! { div { dt { (words.say(key)) } dd { span class="value" { (figures(value)) } " " (copy(words, value)) } } }
    };
    html! {
        section class="person card" aria-label=(words.say("demo-card")) {
            p class="note" { strong { (actor.name) } " · " (actor.note) }
            dl {
                (row("demo-user-name", &actor.user_name))
                @if let Some(number) = &actor.number { (digits("demo-number", number)) }
                @if let Some(mobile) = &actor.mobile { (digits("demo-mobile", mobile)) }
                @if let Some(office) = &actor.office { (digits("demo-office", office)) }
                @if let Some(mail) = &actor.mail { (row("demo-mail-address", mail)) }
                @if let Some(code) = &view.code {
                    div { dt { (words.say("demo-authenticator")) }
                        dd { span class="value code" dir="ltr" data-code { (code) } " " (copy(words, code)) } }
                }
                (row("demo-old-password", &actor.password))
                @for (question, answer) in &actor.answers {
                    div { dt { (question) } dd { span class="value" { (answer) } " " (copy(words, answer)) } }
                }
            }
        }
    }
}

/// A telephone: what is heard stands there as text, and every key is a button.
fn telephone(view: &View<'_>) -> Markup {
    let words = &view.words;
    let Some(number) = &view.number else { return html! { p class="empty" { (words.say("demo-phone-none")) } } };
    let hint = words.with("demo-phone-hint", &[("number", number)]);
    let (before, after) = hint.split_once(number.as_str()).unwrap_or((&hint, ""));
    html! {
        p class="hint" { (before) (figures(number)) (after) }
        noscript { p class="empty" { (words.say("demo-phone-script")) } }
        div class="telephone" data-phone data-tenant=(view.tenant.map_or("", |tenant| tenant.id.0.as_str()))
            data-person=(view.actor.map_or("", |actor| actor.user_name.as_str()))
            data-moment=(words.say("demo-phone-moment")) data-over=(words.say("demo-phone-over"))
            data-connected=(words.say("demo-phone-connected")) data-silence=(words.say("demo-phone-silence"))
            data-keyed=(words.say("demo-phone-keyed")) data-lost=(words.say("demo-phone-lost")) {
            div class="heard" role="log" aria-live="polite" aria-labelledby="phone-title" tabindex="0" data-heard {}
            div class="rings" role="alert" data-rings hidden {
                p { (words.say("demo-phone-rings")) " " span dir="ltr" aria-hidden="true" data-from {} span class="unseen" dir="ltr" data-from-said {} }
                div class="row" {
                    button type="button" data-answer { (words.say("demo-phone-answer")) }
                    button type="button" class="second" data-leave="decline" { (words.say("demo-phone-decline")) }
                    button type="button" class="second" data-leave="mailbox" { (words.say("demo-phone-mailbox")) }
                }
            }
            div class="keypad" role="group" aria-label=(words.say("demo-phone-keypad")) {
                @for (key, letters) in KEYS {
                    button type="button" data-key=(key) disabled { (key) @if !letters.is_empty() { small aria-hidden="true" { (letters) } } }
                }
            }
            div class="row" {
                button type="button" data-call { (words.say("demo-phone-call")) }
                button type="button" class="second" data-leave="hang_up" disabled { (words.say("demo-phone-hang-up")) }
                label class="aloud" { input type="checkbox" data-aloud; " " (words.say("demo-phone-aloud")) }
            }
        }
    }
}

fn sign_in(view: &View<'_>) -> Markup {
    let words = &view.words;
    let user = view.entrance.map(|(user, _)| user.as_str());
    let user = user.or(view.actor.map(|actor| actor.user_name.as_str())).unwrap_or_default();
    html! {
        form method="post" action="/demo/sign-in" data-sign-in {
            input type="hidden" name="tenant" value=(view.tenant.map_or("", |tenant| tenant.id.0.as_str()));
            input type="hidden" name="lang" value=(words.language().tag());
            div class="field" {
                label for="user" { (words.say("demo-user-name")) }
                input type="text" id="user" name="user" value=(user) autocomplete="off" autocapitalize="off" dir="ltr"
                    spellcheck="false" required;
            }
            div class="field" {
                label for="password" { (words.say("demo-password")) }
                input type="password" id="password" name="password" autocomplete="off" dir="auto" required;
            }
            button { (words.say("demo-sign-in-button")) }
        }
        div class="result" role="status" data-result { @if let Some((_, told)) = view.entrance { (told) } }
    }
}

/// How a sign-in went.
pub fn entrance(words: &Words<'_>, user: &str, result: &SignedIn) -> Markup {
    let (class, key) = match result {
        SignedIn::Yes => ("done", "demo-signed-in"),
        SignedIn::MustChange { .. } => ("done", "demo-signed-in-must-change"),
        SignedIn::Wrong => ("refused", "demo-sign-in-wrong"),
        SignedIn::Locked => ("refused", "demo-sign-in-locked"),
        SignedIn::Disabled => ("refused", "demo-sign-in-disabled"),
    };
    html! { p class=(class) { (words.with(key, &[("user", user)])) } }
}
