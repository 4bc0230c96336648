//! The demo's start page: pick a person, chat or call as that person, read what was sent, sign in with the new password.
//!
//! Everything shown here is public on purpose; these routes are wired by `ringback demo` alone.

mod audit;
pub mod change;
mod feed;
pub mod messenger;
pub mod phone;
mod view;

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::channels::demo::change::{Asked, Renewal};
use crate::channels::demo::feed::Feed;
use crate::channels::demo::phone::SharedNetwork;
use crate::channels::demo::view::View;
use crate::http::assets::Asset;
use crate::http::cookie::{self, Kind, Token};
use crate::http::headers::Allow;
use crate::http::layout::{Frame, frame};
use crate::http::site::Site;
use crate::http::words::{Words, closest, direction, own_name, preferred};
use crate::model::ids::TenantId;
use crate::model::peer::Language;
use crate::model::secrets::Password;
use crate::model::time::Timestamp;
use crate::policy::tenant::Tenant;
use crate::ports::audit_log::AuditLog;
use crate::ports::clock::Clock;

/// What the start page is made of.
#[derive(Clone)]
pub struct Parts {
    pub site: Arc<Site>,
    pub clock: Arc<dyn Clock>,
    pub audit: Arc<dyn AuditLog>,
    pub world: Arc<dyn World>,
    /// Institutions in the order in which they are offered, and their people.
    pub cast: Arc<Vec<(TenantId, Vec<Actor>)>>,
    /// Telephones, where there are any.
    pub network: Option<SharedNetwork>,
}

/// What the demo stands in for: a directory to sign in to, telephones, mailboxes and an authenticator.
#[async_trait]
pub trait World: Renewal {
    async fn sign_in(&self, tenant: &TenantId, user_name: &str, password: &Password) -> SignedIn;

    /// Messages that were sent so far, oldest first.
    fn sent(&self) -> Vec<Sent>;

    /// What the authenticator app of a person shows now; `None` without one.
    fn authenticator(&self, tenant: &TenantId, user_name: &str, now: Timestamp) -> Option<String>;
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignedIn {
    Yes,
    /// With a password that has to be changed now, under this ticket.
    MustChange {
        ticket: String,
    },
    /// Wrong password or no such account.
    Wrong,
    Locked,
    Disabled,
}

/// A text message or a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Sent {
    pub at: Timestamp,
    pub to: String,
    /// `None` for a text message.
    pub subject: Option<String>,
    pub text: String,
}

/// A fictional person.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    pub user_name: String,
    pub name: String,
    /// What this person is there to show.
    pub note: String,
    /// The one that is to be forgotten.
    pub password: String,
    /// As the institution numbers its people; keyed by callers.
    pub number: Option<String>,
    pub mobile: Option<String>,
    pub office: Option<String>,
    pub mail: Option<String>,
    /// Questions and their answers.
    pub answers: Vec<(String, String)>,
}

#[derive(Deserialize, Default)]
struct Chosen {
    tenant: Option<String>,
    person: Option<String>,
    lang: Option<String>,
}

#[derive(Deserialize)]
struct SignInForm {
    tenant: String,
    user: String,
    password: String,
    #[serde(default)]
    lang: String,
}

/// As long as a visit lasts.
const ROLE_SECONDS: u32 = 24 * 3600;

/// `/` and what it fetches.
pub fn routes(parts: Parts) -> Router {
    Router::new()
        .route("/", get(start))
        .route("/demo/feed", get(news))
        .route("/demo/sign-in", post(sign_in))
        .merge(change::routes())
        .merge(phone::routes())
        .with_state(parts)
}

async fn start(State(parts): State<Parts>, Query(chosen): Query<Chosen>, headers: HeaderMap) -> Response {
    let mut response = parts.page(&chosen, &headers, None).await;
    // Another person comes with another browser: the chat of the one before would count against this one's limits.
    if let Some((_, actor)) = parts.actor(&chosen) {
        let role = Token::of(&Token::of(&actor.user_name).hash("role"));
        if Token::read(&parts.site, Kind::Role, &headers).is_none_or(|before| before != role) {
            response.headers_mut().append(SET_COOKIE, role.set(&parts.site, Kind::Role, ROLE_SECONDS));
            response.headers_mut().append(SET_COOKIE, cookie::clear(&parts.site, Kind::Chat));
        }
    }
    response
}

async fn news(State(parts): State<Parts>, Query(chosen): Query<Chosen>, headers: HeaderMap) -> Response {
    let language = parts.language(&chosen, &headers);
    let words = Words::new(&parts.site.catalog, &language);
    let feed = parts.feed(&words).await;
    let code = parts.actor(&chosen).and_then(|(tenant, actor)| parts.code(&tenant.id, &actor.user_name));
    Json(json!({
        "sent": feed.sent.into_string(),
        "n_sent": feed.n_sent,
        "happened": feed.happened.into_string(),
        "n_happened": feed.n_happened,
        "code": code,
        "ringing": parts.ringing(&chosen).map(|ringing| ringing.told()),
    }))
    .into_response()
}

async fn sign_in(State(parts): State<Parts>, headers: HeaderMap, Form(form): Form<SignInForm>) -> Response {
    let chosen = Chosen { tenant: Some(form.tenant), person: Some(form.user.clone()), lang: Some(form.lang) };
    let tenant = parts.tenant(&chosen);
    let result = match &tenant {
        Some(tenant) => parts.world.sign_in(&tenant.id, form.user.trim(), &Password::new(form.password)).await,
        None => SignedIn::Wrong,
    };
    let language = parts.language(&chosen, &headers);
    let words = Words::new(&parts.site.catalog, &language);
    let told = match (&result, &tenant) {
        (SignedIn::MustChange { ticket }, Some(tenant)) => {
            change::form(&words, &Asked { tenant, user: form.user.trim(), ticket })
        }
        _ => view::entrance(&words, &form.user, &result),
    };
    if headers.get(ACCEPT).is_some_and(|accept| accept == "application/json") {
        return Json(json!({ "html": told.into_string() })).into_response();
    }
    parts.page(&chosen, &headers, Some((form.user, told))).await
}

impl Parts {
    async fn page(&self, chosen: &Chosen, headers: &HeaderMap, entrance: Option<(String, maud::Markup)>) -> Response {
        let language = self.language(chosen, headers);
        let words = Words::new(&self.site.catalog, &language);
        let tenants: Vec<Arc<Tenant>> = self.cast.iter().filter_map(|(id, _)| self.site.tenant(&id.0)).collect();
        let found = self.actor(chosen);
        let code = found.as_ref().and_then(|(tenant, actor)| self.code(&tenant.id, &actor.user_name));
        let people = found.as_ref().map(|(tenant, _)| self.people(&tenant.id)).unwrap_or_default();
        let view = View {
            words,
            tenants: &tenants,
            tenant: found.as_ref().map(|(tenant, _)| tenant.as_ref()),
            people,
            actor: found.as_ref().map(|(_, actor)| *actor),
            code,
            number: found.as_ref().and_then(|(tenant, _)| self.network.as_ref()?.number(&tenant.id)),
            entrance: entrance.as_ref(),
            feed: self.feed(&words).await,
        };
        let title = words.say("demo-title");
        let outside = Frame {
            title: &title,
            kind: "demo",
            scripts: &[Asset::DemoScript, Asset::PhoneScript],
            styles: &[Asset::DemoStyle],
            aside: Some(self.languages(chosen, &language)),
            ..Frame::default()
        };
        let mut response = frame(&words, outside, &view::start(&view)).into_response();
        response.extensions_mut().insert(Allow { frames_own: true, ..Allow::default() });
        response
    }

    async fn feed(&self, words: &Words<'_>) -> Feed {
        // A record that cannot be read is shown as empty: this is a window, not the record.
        let events = self.audit.recent(feed::LINES).await.unwrap_or_default();
        Feed::new(words, &self.site, &self.world.sent(), &events)
    }

    fn languages(&self, chosen: &Chosen, now: &Language) -> maud::Markup {
        let (tenant, person) = (chosen.tenant.as_deref().unwrap_or(""), chosen.person.as_deref().unwrap_or(""));
        let words = Words::new(&self.site.catalog, now);
        maud::html! {
            nav class="languages" aria-label=(words.say("chat-language")) {
                @for language in self.site.catalog.languages() {
                    @if language == now { span aria-current="true" lang=(language.tag()) { (own_name(language)) } }
                    @else {
                        a href={ (view::choice(tenant, person)) "&lang=" (language.tag()) } lang=(language.tag())
                            dir=(direction(language)) { (own_name(language)) }
                    }
                }
            }
        }
    }

    fn language(&self, chosen: &Chosen, headers: &HeaderMap) -> Language {
        let offered = self.site.catalog.languages();
        let wished = chosen.lang.as_deref().filter(|tag| !tag.is_empty()).and_then(|tag| closest(tag, offered));
        wished.unwrap_or_else(|| preferred(headers, offered))
    }

    fn tenant(&self, chosen: &Chosen) -> Option<Arc<Tenant>> {
        let wished = chosen.tenant.as_deref().and_then(|id| self.cast.iter().find(|(tenant, _)| tenant.0 == id));
        let (id, _) = wished.or_else(|| self.cast.first())?;
        self.site.tenant(&id.0)
    }

    /// The chosen person, else the first of the chosen institution.
    fn actor(&self, chosen: &Chosen) -> Option<(Arc<Tenant>, &Actor)> {
        let tenant = self.tenant(chosen)?;
        let people = self.people(&tenant.id);
        let wished = chosen.person.as_deref().and_then(|user| people.iter().find(|actor| actor.user_name == user));
        let actor = wished.or_else(|| people.first())?;
        Some((tenant, actor))
    }

    fn people(&self, tenant: &TenantId) -> &[Actor] {
        let found = self.cast.iter().find(|(id, _)| id == tenant);
        found.map(|(_, people)| people.as_slice()).unwrap_or_default()
    }

    fn code(&self, tenant: &TenantId, user_name: &str) -> Option<String> {
        self.world.authenticator(tenant, user_name, self.clock.now())
    }
}
