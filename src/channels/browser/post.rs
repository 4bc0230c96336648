//! What a visitor sends: the first button, answers, commands, and leaving.

use std::time::Duration;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::channels::browser::mailbox::{Mailbox, Own};
use crate::channels::browser::{Chat, view};
use crate::engine::event::Act;
use crate::http::address::Client;
use crate::http::cookie::{self, Token};
use crate::http::problem::Problem;
use crate::http::words::{closest, preferred};
use crate::model::ids::EventId;
use crate::model::peer::{Language, Peer, Surface};
use crate::model::purpose::Purpose;
use crate::policy::tenant::Tenant;
use crate::runtime::turn::{Inbound, InboxError};

/// Longer than the longest conversation (40 min) with its end still on the screen.
const SESSION_SECONDS: u32 = 2 * 3600;
/// Nobody needs more to answer a question.
const TEXT_LENGTH: usize = 1_000;
/// How long a page without scripts waits for the answer before it comes back without it.
const PATIENCE: Duration = Duration::from_millis(2_500);

#[derive(Deserialize)]
pub struct StartForm {
    nonce: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    language: String,
}

/// One answer; exactly one of the last four is filled.
#[derive(Deserialize)]
pub struct SayForm {
    form: String,
    nonce: String,
    text: Option<String>,
    pick: Option<String>,
    command: Option<String>,
    language: Option<String>,
}

/// Only the session's proof that the form is ours.
#[derive(Deserialize)]
pub struct LeaveForm {
    pub form: String,
}

pub async fn start(
    State(chat): State<Chat>,
    Path(id): Path<String>,
    Client(address): Client,
    headers: HeaderMap,
    Form(form): Form<StartForm>,
) -> Response {
    let Some(tenant) = chat.parts.site.tenant(&id) else { return Problem::NotFound.into_response() };
    let purpose = match form.purpose.as_str() {
        "" => None,
        name => match [Purpose::ResetPassword, Purpose::UnlockAccount].into_iter().find(|p| p.name() == name) {
            Some(purpose) => Some(purpose),
            None => return Problem::Malformed.into_response(),
        },
    };
    let Some(event) = event_id("start", &form.nonce) else { return Problem::Malformed.into_response() };
    let offered = chat.languages(&tenant);
    let language = closest(&form.language, &offered).unwrap_or_else(|| preferred(&headers, &offered));
    let token = Token::new(&chat.parts.channel.entropy.draw());
    let peer = chat.peer(&tenant, &token);
    // A new cookie makes a new peer and costs nothing, so conversations are counted by network address as well.
    if let Some(address) = address {
        match chat.parts.inbox.admit(&peer, address, &event).await {
            Ok(true) => {}
            Ok(false) => return Problem::TooMany.into_response(),
            Err(_) => return Problem::Unavailable.into_response(),
        }
    }
    let mailbox = open(&chat, &peer, &language);
    let since = mailbox.end();
    if let Err(problem) = submit(&chat, peer, event, Act::Start(purpose), Some(language)).await {
        return problem.into_response();
    }
    mailbox.answered(since, PATIENCE).await;
    let mut response = back(&chat, &tenant);
    let set = token.set(&chat.parts.site, chat.door.cookie, SESSION_SECONDS);
    response.headers_mut().append(SET_COOKIE, set);
    response
}

pub async fn say(
    State(chat): State<Chat>,
    Path(id): Path<String>,
    Client(address): Client,
    headers: HeaderMap,
    Form(form): Form<SayForm>,
) -> Response {
    let Some(tenant) = chat.parts.site.tenant(&id) else { return Problem::NotFound.into_response() };
    let scripted = headers.get(ACCEPT).is_some_and(|accept| accept == "application/json");
    let Some(token) = chat.token(&headers) else {
        // The session is over: a page starts anew, a script is told to load the page.
        return if scripted { Problem::WrongOrigin.into_response() } else { back(&chat, &tenant) };
    };
    if !token.holds_nonce(&form.form) {
        return Problem::WrongOrigin.into_response();
    }
    let Some(event) = event_id("say", &form.nonce) else { return Problem::Malformed.into_response() };
    let offered = chat.languages(&tenant);
    let peer = chat.peer(&tenant, &token);
    let mailbox = open(&chat, &peer, &preferred(&headers, &offered));
    let Some((act, own)) = read(&form, &offered, &mailbox) else { return Problem::Malformed.into_response() };
    let since = mailbox.end();
    if let Some(own) = own {
        mailbox.person(&form.nonce, own);
    }
    if let Some(address) = address {
        chat.parts.inbox.locate(&peer, address);
    }
    if act != Act::Text(String::new()) {
        if let Err(problem) = submit(&chat, peer, event, act, None).await {
            return problem.into_response();
        }
        if !scripted {
            mailbox.answered(since, PATIENCE).await;
        }
    }
    if scripted { StatusCode::NO_CONTENT.into_response() } else { back(&chat, &tenant) }
}

/// Takes the conversation off the screen, for a machine that others use too.
pub async fn leave(
    State(chat): State<Chat>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<LeaveForm>,
) -> Response {
    let Some(tenant) = chat.parts.site.tenant(&id) else { return Problem::NotFound.into_response() };
    let mut response = back(&chat, &tenant);
    if let Some(token) = chat.token(&headers) {
        if !token.holds_nonce(&form.form) {
            return Problem::WrongOrigin.into_response();
        }
        let (mailboxes, peer) = (&chat.parts.channel.mailboxes, chat.peer(&tenant, &token));
        // The language that was spoken is nobody's secret, and whoever leaves reads the page that follows.
        if let Some(language) = mailboxes.find(&peer).map(|mailbox| mailbox.language()) {
            response = to(&format!("{}?lang={}", chat.base(&tenant), language.tag()));
        }
        mailboxes.clear(&peer);
        response.headers_mut().append(SET_COOKIE, cookie::clear(&chat.parts.site, chat.door.cookie));
    }
    response
}

/// What was meant, and what may be shown of it. An empty text is an act that does nothing.
fn read(form: &SayForm, offered: &[Language], mailbox: &Mailbox) -> Option<(Act, Option<Own>)> {
    match form {
        SayForm { language: Some(tag), text: None, pick: None, command: None, .. } => {
            Some((Act::Language(closest(tag, offered)?), None))
        }
        SayForm { command: Some(name), text: None, pick: None, .. } => {
            let (command, label) = view::command(name)?;
            Some((Act::Command(command), label.map(Own::Pressed)))
        }
        SayForm { pick: Some(token), text: None, .. } if token.len() <= 256 => {
            let own = mailbox.choice(token).map_or(Own::Typed, |choice| Own::Picked(Box::new(choice)));
            Some((Act::Pick(token.clone()), Some(own)))
        }
        SayForm { text: Some(text), .. } if text.chars().count() <= TEXT_LENGTH => {
            let clean: String = text.chars().filter(|c| !c.is_control()).collect();
            let clean = clean.trim().to_owned();
            let own = (!clean.is_empty()).then_some(Own::Typed);
            Some((Act::Text(clean), own))
        }
        _ => None,
    }
}

async fn submit(
    chat: &Chat,
    peer: Peer,
    event: EventId,
    act: Act,
    language_hint: Option<Language>,
) -> Result<(), Problem> {
    let inbound = Inbound { peer, surface: Surface::Chat, event, act, language_hint };
    match chat.parts.inbox.submit(inbound).await {
        Ok(_) => Ok(()),
        Err(InboxError::Busy) => Err(Problem::TooMany),
        Err(InboxError::UnknownTenant) => Err(Problem::NotFound),
        Err(InboxError::Stopping | InboxError::Unavailable(_)) => Err(Problem::Unavailable),
    }
}

/// The browser's nonce as an event id; the runtime keeps those of different peers apart.
fn event_id(kind: &str, nonce: &str) -> Option<EventId> {
    let shaped = (8..=64).contains(&nonce.len()) && nonce.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(nonce).finalize();
    shaped.then(|| EventId(data_encoding::HEXLOWER.encode(&digest[..16])))
}

fn open(chat: &Chat, peer: &Peer, language: &Language) -> std::sync::Arc<Mailbox> {
    let channel = &chat.parts.channel;
    channel.mailboxes.open(peer, language, channel.clock.now(), &channel.entropy.draw())
}

pub fn back(chat: &Chat, tenant: &Tenant) -> Response {
    // Without scripts, the fragment brings the newest line into view.
    to(&format!("{}#{}", chat.base(tenant), view::NEWEST))
}

fn to(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let address = HeaderValue::from_str(address).expect("ids of tenants and tags of languages are plain ASCII");
    response.headers_mut().insert(LOCATION, address);
    response
}
