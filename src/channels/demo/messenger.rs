//! A messaging platform of the demo: one person's screen as a page, with every message as it went over the wire.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::{Query, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use crate::http::assets::Asset;
use crate::http::layout::{Frame, frame};
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::words::{Words, preferred};
use crate::model::ids::TenantId;
use crate::model::peer::Language;
use crate::policy::tenant::Tenant;

/// A platform that stands in for the real one, and one person's app on it.
#[async_trait]
pub trait Handset: Send + Sync {
    /// A part of the page's address.
    fn name(&self) -> &'static str;

    /// What is on the person's screen, oldest first.
    fn screen(&self, tenant: &TenantId) -> Vec<Bubble>;

    /// Delivers what the person does, and returns when an answer came or none will come soon.
    async fn send(&self, tenant: &TenantId, language: &Language, what: Doing);
}

/// What the person does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doing {
    Typed(String),
    /// Presses the button that carries this.
    Pressed(String),
}

/// One message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bubble {
    /// The person's own.
    pub mine: bool,
    pub text: String,
    pub buttons: Vec<Key>,
    /// As it went over the wire.
    pub payload: String,
}

/// A button.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    pub label: String,
    pub does: Does,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Does {
    Press(String),
    Open(String),
    Type(String),
}

/// What the page is made of.
#[derive(Clone)]
pub struct Parts {
    pub site: Arc<Site>,
    pub handset: Arc<dyn Handset>,
    /// Institutions in the order in which they are offered.
    pub tenants: Arc<Vec<TenantId>>,
}

#[derive(Deserialize, Default)]
struct Chosen {
    tenant: Option<String>,
}

#[derive(Deserialize)]
struct Sent {
    tenant: String,
    #[serde(default)]
    text: String,
    press: Option<String>,
    line: Option<String>,
}

/// `/demo/<platform>`.
pub fn routes(parts: Parts) -> Router {
    let at = format!("/demo/{}", parts.handset.name());
    Router::new().route(&at, get(look)).route(&format!("{at}/send"), post(send)).with_state(parts)
}

async fn look(State(parts): State<Parts>, Query(chosen): Query<Chosen>, headers: HeaderMap) -> Response {
    let wanted = chosen.tenant.or_else(|| parts.tenants.first().map(|id| id.0.clone()));
    let Some(tenant) = wanted.and_then(|id| parts.site.tenant(&id)) else { return Problem::NotFound.into_response() };
    let language = preferred(&headers, parts.site.catalog.languages());
    let words = Words::new(&parts.site.catalog, &language);
    let title = format!("{}: {}", tenant.name, words.say("demo-panel-chat"));
    let content = parts.page(&words, &tenant);
    let outside = Frame { title: &title, tenant: Some(&tenant), styles: &[Asset::ChatStyle], ..Frame::default() };
    frame(&words, outside, &content).into_response()
}

async fn send(State(parts): State<Parts>, headers: HeaderMap, Form(sent): Form<Sent>) -> Response {
    let Some(tenant) = parts.site.tenant(&sent.tenant) else { return Problem::NotFound.into_response() };
    let language = preferred(&headers, parts.site.catalog.languages());
    let doing = match (sent.press, sent.line) {
        (Some(data), _) => Doing::Pressed(data),
        (None, Some(line)) => Doing::Typed(line),
        (None, None) => Doing::Typed(sent.text),
    };
    if doing != Doing::Typed(String::new()) {
        parts.handset.send(&tenant.id, &language, doing).await;
    }
    let to = format!("/demo/{}?tenant={}#newest", parts.handset.name(), tenant.id);
    let to = HeaderValue::from_str(&to).expect("a tenant's id is plain ASCII");
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}

impl Parts {
    fn page(&self, words: &Words<'_>, tenant: &Tenant) -> Markup {
        let action = format!("/demo/{}/send", self.handset.name());
        let screen = self.handset.screen(&tenant.id);
        html! {
            nav class="languages" aria-label=(words.say("demo-institutions")) {
                @for id in self.tenants.iter() {
                    a href={ "/demo/" (self.handset.name()) "?tenant=" (id) } { (id) } " "
                }
                a href="/" { (words.say("demo-panel-sent")) }
            }
            p { (words.say("demo-messenger-hint")) }
            div class="chat" {
                div class="log" role="log" tabindex="0" aria-label=(words.say("chat-log")) {
                    @for bubble in &screen { (self.bubble(words, tenant, &action, bubble)) }
                }
                span id="newest" {}
                div class="composer" {
                    form method="post" action=(action) {
                        input type="hidden" name="tenant" value=(tenant.id);
                        label for="text" { (words.say("chat-your-answer")) }
                        div class="row" {
                            input type="text" id="text" name="text" autocomplete="off" placeholder="/start";
                            button type="submit" { (words.say("chat-send")) }
                        }
                    }
                }
            }
        }
    }

    fn bubble(&self, words: &Words<'_>, tenant: &Tenant, action: &str, bubble: &Bubble) -> Markup {
        html! {
            div class=(if bubble.mine { "turn me" } else { "turn bot" }) {
                div class="bubble" {
                    @for line in bubble.text.lines() { p { (line) } }
                    details { summary { (words.say("demo-messenger-payload")) } pre { (bubble.payload) } }
                }
                @if !bubble.buttons.is_empty() {
                    form method="post" action=(action) class="choices" {
                        input type="hidden" name="tenant" value=(tenant.id);
                        @for key in &bubble.buttons {
                            @match &key.does {
                                Does::Press(data) => { button class="choice" name="press" value=(data) { (key.label) } }
                                Does::Type(line) => { button class="choice" name="line" value=(line) { (key.label) } }
                                Does::Open(url) => {
                                    a class="button" href=(url) target="_blank" rel="noopener" { (key.label) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
