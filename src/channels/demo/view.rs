//! The demo's start page as HTML: a chooser on top, then panels side by side, or as tabs on a phone.

use std::sync::Arc;

use maud::{Markup, html};

use crate::channels::demo::feed::{Feed, copy};
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
    pub entrance: Option<&'a Entrance>,
    pub feed: Feed,
}

/// Somebody tried to sign in.
pub struct Entrance {
    pub user_name: String,
    pub result: SignedIn,
}

/// Panels in their order: id, and the key of the title.
const PANELS: [(&str, &str); 4] = [
    ("chat", "demo-panel-chat"),
    ("sent", "demo-panel-sent"),
    ("sign-in", "demo-panel-sign-in"),
    ("happened", "demo-panel-happened"),
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
    html! {
        section class="person card" aria-label=(words.say("demo-card")) {
            p class="note" { strong { (actor.name) } " · " (actor.note) }
            dl {
                (row("demo-user-name", &actor.user_name))
                @if let Some(mobile) = &actor.mobile { (row("demo-mobile", mobile)) }
                @if let Some(office) = &actor.office { (row("demo-office", office)) }
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

fn sign_in(view: &View<'_>) -> Markup {
    let words = &view.words;
    let user = view.entrance.map(|entrance| entrance.user_name.as_str());
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
        div class="result" role="status" data-result { @if let Some(entrance) = view.entrance { (self::entrance(words, entrance)) } }
    }
}

/// How a sign-in went.
pub fn entrance(words: &Words<'_>, entrance: &Entrance) -> Markup {
    let (class, key) = match entrance.result {
        SignedIn::Yes => ("done", "demo-signed-in"),
        SignedIn::Wrong => ("refused", "demo-sign-in-wrong"),
        SignedIn::Locked => ("refused", "demo-sign-in-locked"),
        SignedIn::Disabled => ("refused", "demo-sign-in-disabled"),
    };
    html! { p class=(class) { (words.with(key, &[("user", &entrance.user_name)])) } }
}
