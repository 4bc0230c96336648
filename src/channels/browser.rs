//! The browser chat: a page, and the same page inside another site as a widget.
//!
//! A visitor has no cookie until the first button is pressed; from then on the hash of the cookie is the peer.

mod live;
mod mailbox;
mod post;
mod view;
mod waiting;
mod widget;

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use data_encoding::HEXLOWER;
use serde::Deserialize;

use crate::channels::browser::mailbox::{Mailboxes, Place};
use crate::channels::browser::view::View;
use crate::channels::challenge::Waits;
use crate::http::assets::Asset;
use crate::http::cookie::{Kind, Token};
use crate::http::headers::Allow;
use crate::http::layout::{Frame, frame};
use crate::http::problem::Problem;
use crate::http::serve::Stop;
use crate::http::site::Site;
use crate::http::words::{Words, closest, preferred};
use crate::model::ids::TenantId;
use crate::model::peer::{Channel, Language, Peer};
use crate::model::prompt::{PageLink, Prompt};
use crate::policy::tenant::Tenant;
use crate::ports::clock::{Clock, Entropy};
use crate::ports::messenger::{self, SendError};
use crate::runtime::turn::Inbox;

/// What the chat is made of.
pub struct Parts {
    pub site: Arc<Site>,
    /// The same value that the runtime shows prompts through.
    pub channel: Arc<BrowserChannel>,
    pub inbox: Inbox,
    pub stop: Stop,
    /// The path of a private page: `/p/<token>`.
    pub page_path: Arc<dyn Fn(&PageLink) -> String + Send + Sync>,
    /// Origins whose pages may show a tenant's widget; none, and no browser shows it.
    pub framed_by: FramedBy,
    /// Picture and sound of the characters of a human challenge.
    pub challenge: Challenge,
}

/// The sites that may show a tenant's widget.
pub type FramedBy = Arc<dyn Fn(&TenantId) -> Vec<String> + Send + Sync>;
/// Draws characters; the number makes each drawing another.
pub type Picture = Arc<dyn Fn(&str, u64) -> Vec<u8> + Send + Sync>;
/// Speaks characters in a language.
pub type Sound = Arc<dyn Fn(&str, &str, u64) -> Vec<u8> + Send + Sync>;

/// Draws and speaks the characters of a human challenge; made by `app` from `channels::challenge`.
#[derive(Clone)]
pub struct Challenge {
    /// A PNG.
    pub picture: Picture,
    /// A WAV; the second argument is the tag of the language.
    pub sound: Sound,
}

/// Shows prompts: puts them where the page and its live stream find them.
pub struct BrowserChannel {
    mailboxes: Mailboxes,
    waits: Waits,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// How a visitor came: the page itself, or the widget inside another site.
#[derive(Clone, Copy)]
struct Door {
    path: &'static str,
    cookie: Kind,
}

const CHAT: Door = Door { path: "/chat", cookie: Kind::Chat };
const WIDGET: Door = Door { path: "/widget", cookie: Kind::Widget };

/// What handlers share.
#[derive(Clone)]
struct Chat {
    parts: Arc<Parts>,
    door: Door,
}

#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

impl BrowserChannel {
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Arc<Self> {
        Arc::new(Self { mailboxes: Mailboxes::default(), waits: Waits::default(), clock, entropy })
    }

    /// Drops everything that was shown, as a restart of the process does; conversations go on.
    pub fn forget_all(&self) {
        self.mailboxes.clear_all();
    }
}

#[async_trait]
impl messenger::Channel for BrowserChannel {
    async fn show(&self, id: u64, peer: &Peer, language: &Language, prompt: &Prompt) -> Result<(), SendError> {
        let mailbox = self.mailboxes.open(peer, language, self.clock.now(), &self.entropy.draw());
        mailbox.bot(id, prompt, language);
        Ok(())
    }
}

/// `/chat/<tenant>` and `/widget/<tenant>` with all that belongs to them.
pub fn routes(parts: Parts) -> Router {
    let parts = Arc::new(parts);
    let through = |door: Door| {
        let routes = Router::new()
            .route("/{tenant}", get(page))
            .route("/{tenant}/start", post(post::start))
            .route("/{tenant}/say", post(post::say))
            .route("/{tenant}/leave", post(post::leave))
            .route("/{tenant}/events", get(live::events))
            .route("/{tenant}/challenge/{file}", get(live::challenge))
            .route("/{tenant}/challenge/{place}/wait", get(waiting::look).post(waiting::begin))
            .with_state(Chat { parts: Arc::clone(&parts), door });
        Router::new().nest(door.path, routes)
    };
    through(CHAT).merge(through(WIDGET)).merge(widget::routes(Arc::clone(&parts.site)))
}

/// The peer of the browser that holds this cookie. Also asked by the private page, which grants the chat's own
/// browser to skip the short code.
pub fn peer(site: &Site, tenant: &TenantId, token: &Token) -> Peer {
    let (bot, user) = (site.host().to_owned(), token.hash("chat"));
    Peer { tenant: tenant.clone(), channel: Channel::Browser, bot, user }
}

async fn page(
    State(chat): State<Chat>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let Some(tenant) = chat.parts.site.tenant(&id) else { return Problem::NotFound.into_response() };
    let offered = chat.languages(&tenant);
    let wished = asked.lang.as_deref().and_then(|tag| closest(tag, &offered));
    let response = match chat.token(&headers) {
        None => chat.welcome(&tenant, &offered, wished.unwrap_or_else(|| preferred(&headers, &offered))),
        Some(token) => chat.conversation(&tenant, &offered, &token, preferred(&headers, &offered)),
    };
    chat.framed(&tenant, response)
}

/// A human challenge that was shown to somebody.
struct Shown {
    place: Place,
    digits: String,
    language: Language,
}

impl Chat {
    fn token(&self, headers: &HeaderMap) -> Option<Token> {
        Token::read(&self.parts.site, self.door.cookie, headers)
    }

    fn peer(&self, tenant: &Tenant, token: &Token) -> Peer {
        peer(&self.parts.site, &tenant.id, token)
    }

    fn base(&self, tenant: &Tenant) -> String {
        format!("{}/{}", self.door.path, tenant.id)
    }

    /// Languages of the tenant that are loaded.
    fn languages(&self, tenant: &Tenant) -> Vec<Language> {
        let loaded = self.parts.site.catalog.languages();
        tenant.languages.iter().filter(|language| loaded.contains(language)).cloned().collect()
    }

    /// A page that the configured sites may show inside theirs, when it is the widget's.
    fn framed(&self, tenant: &Tenant, mut response: Response) -> Response {
        if matches!(self.door.cookie, Kind::Widget) {
            let framed_by = (self.parts.framed_by)(&tenant.id);
            response.extensions_mut().insert(Allow { framed_by, ..Allow::default() });
        }
        response
    }

    /// The challenge at a place of this visitor's conversation. The place begins with a random number and the session's
    /// own cookie is needed, so nobody else finds it.
    fn challenge_at(&self, tenant: &Tenant, token: &Token, place: &str) -> Option<Shown> {
        let mailbox = self.parts.channel.mailboxes.find(&self.peer(tenant, token))?;
        let entry = mailbox.at(Place::parse(place)?)?;
        let digits = entry.prompt()?.challenge.as_ref()?.digits.clone();
        Some(Shown { place: entry.place, digits, language: mailbox.language() })
    }

    fn nonce(&self) -> String {
        HEXLOWER.encode(&self.parts.channel.entropy.draw()[..16])
    }

    fn link(&self, prompt: &Prompt) -> Option<String> {
        prompt.page.as_ref().map(|page| (self.parts.page_path)(page))
    }

    fn welcome(&self, tenant: &Tenant, offered: &[Language], language: Language) -> Response {
        let (base, nonce) = (self.base(tenant), self.nonce());
        let words = Words::new(&self.parts.site.catalog, &language);
        let view = View { words, tenant, base: &base, form: "", nonce: &nonce, link: &|_| None };
        let content = view::welcome(&view);
        self.frame(&view, tenant, view::languages(&view, offered, false), &[], &content)
    }

    fn conversation(&self, tenant: &Tenant, offered: &[Language], token: &Token, fallback: Language) -> Response {
        let (base, nonce, form) = (self.base(tenant), self.nonce(), token.form_nonce());
        let mailbox = self.parts.channel.mailboxes.find(&self.peer(tenant, token));
        let entries = mailbox.as_ref().map(|mailbox| mailbox.all()).unwrap_or_default();
        let language = mailbox.as_ref().map_or(fallback, |mailbox| mailbox.language());
        let end = entries.last().map(|entry| entry.place.to_string()).unwrap_or_default();
        let words = Words::new(&self.parts.site.catalog, &language);
        let view = View { words, tenant, base: &base, form: &form, nonce: &nonce, link: &|prompt| self.link(prompt) };
        let content = view::conversation(&view, &entries, &end);
        let aside = view::languages(&view, offered, true);
        self.frame(&view, tenant, aside, &[Asset::ChatScript], &content)
    }

    fn frame(
        &self,
        view: &View<'_>,
        tenant: &Tenant,
        aside: maud::Markup,
        scripts: &[Asset],
        content: &maud::Markup,
    ) -> Response {
        let title = view.words.say("chat-title");
        let embedded = matches!(self.door.cookie, Kind::Widget);
        let kind = match (embedded, scripts.is_empty()) {
            (false, false) => "chatting",
            (true, false) => "chatting embedded",
            (false, true) => "",
            (true, true) => "embedded",
        };
        let outside = Frame {
            title: &title,
            tenant: Some(tenant),
            kind,
            scripts,
            styles: &[Asset::ChatStyle],
            aside: Some(aside),
            desk: scripts.is_empty(),
            ..Frame::default()
        };
        frame(&view.words, outside, content).into_response()
    }
}
