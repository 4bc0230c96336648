//! The human check of a chat that carries neither picture nor sound for everybody: a page of ours with both, and with a
//! wait for those to whom neither says anything. The characters are typed into the chat.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use sha2::{Digest, Sha256};

use crate::channels::challenge::{self as drawn, Waits};
use crate::channels::messaging::challenge::{PATH, open};
use crate::http::address::Client;
use crate::http::layout::{Frame, frame};
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::words::{Words, preferred};
use crate::model::peer::Language;
use crate::ports::clock::Clock;
use crate::verify::keys::Keys;

/// What the page is made of.
pub struct Parts {
    pub site: Arc<Site>,
    pub keys: Arc<Keys>,
    pub clock: Arc<dyn Clock>,
}

struct Page {
    parts: Parts,
    waits: Waits,
}

/// What an address holds.
struct Check {
    digits: String,
    language: Language,
    /// Two numbers of the address: a seed, and its place among those who wait.
    key: (u64, u64),
}

pub fn routes(parts: Parts) -> Router {
    let page = Arc::new(Page { parts, waits: Waits::default() });
    let at = |path: &str| format!("{PATH}{{token}}{path}");
    Router::new()
        .route(&at(""), get(look))
        .route(&at("/{file}"), get(file))
        .route(&at("/wait"), get(waited).post(wait))
        .with_state(page)
}

/// Looking changes nothing: a preview of the link costs nobody anything.
async fn look(State(page): State<Arc<Page>>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let Some(check) = page.check(&token) else { return page.gone(&headers) };
    let base = format!("{PATH}{token}");
    page.show(&check, "messaging-human-title", None, |words| {
        html! {
            p { (words.say("messaging-human")) }
            div class="challenge" {
                img src={ (base) "/picture.png" } alt=(words.say("chat-challenge-picture"));
                audio controls preload="none" src={ (base) "/sound.wav" } aria-label=(words.say("chat-challenge-sound")) {}
                form method="post" action={ (base) "/wait" } {
                    button class="quiet" { (words.say("chat-challenge-wait")) }
                }
            }
        }
    })
}

async fn file(State(page): State<Arc<Page>>, Path((token, file)): Path<(String, String)>) -> Response {
    let Some(check) = page.check(&token) else { return Problem::NotFound.into_response() };
    let Check { digits, language, key: (seed, _) } = check;
    let kind = match file.as_str() {
        "picture.png" => "image/png",
        "sound.wav" => "audio/wav",
        _ => return Problem::NotFound.into_response(),
    };
    // Drawing and mixing take some milliseconds: not on the thread that serves everybody.
    let made = tokio::task::spawn_blocking(move || match kind {
        "image/png" => drawn::picture(&digits, seed),
        _ => drawn::sound(&digits, language.tag(), seed),
    });
    match made.await {
        Ok(bytes) => ([(CONTENT_TYPE, kind)], bytes).into_response(),
        Err(_) => Problem::Broken.into_response(),
    }
}

/// Begins to wait.
async fn wait(
    State(page): State<Arc<Page>>,
    Path(token): Path<String>,
    Client(address): Client,
    headers: HeaderMap,
) -> Response {
    let Some(check) = page.check(&token) else { return page.gone(&headers) };
    if page.waits.enter(check.key, address, page.parts.clock.now()).is_none() {
        return Problem::TooMany.into_response();
    }
    let to = HeaderValue::from_str(&format!("{PATH}{token}/wait")).expect("what opens is plain ASCII");
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}

/// How long it still takes, and then the characters.
async fn waited(State(page): State<Arc<Page>>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let Some(check) = page.check(&token) else { return page.gone(&headers) };
    let Some(ready) = page.waits.ready(check.key) else { return look(State(page), Path(token), headers).await };
    let left = page.parts.clock.now().until(ready).0;
    if left > 0 {
        // The page goes on by itself: nobody has to find out when.
        let refresh = u16::try_from(left).unwrap_or(u16::MAX).saturating_add(1);
        return page.show(&check, "chat-waiting-title", Some(refresh), |words| {
            html! {
                p role="status" { (words.count("chat-waiting", "seconds", i64::from(left))) }
                p { a class="button" href={ (PATH) (token) "/wait" } { (words.say("chat-waiting-look")) } }
            }
        });
    }
    page.show(&check, "chat-waited-title", None, |words| {
        html! {
            p { (words.say("messaging-human-type")) }
            p class="code" dir="ltr" { (drawn::plain(&check.digits)) }
        }
    })
}

impl Page {
    fn check(&self, token: &str) -> Option<Check> {
        let (digits, language) = open(&self.parts.keys, token, self.parts.clock.now())?;
        let hash = Sha256::digest(token);
        let number = |at: usize| u64::from_be_bytes(std::array::from_fn(|n| hash[at + n]));
        Some(Check { digits, language: Language(language), key: (number(0), number(8)) })
    }

    fn show(
        &self,
        check: &Check,
        title: &'static str,
        refresh: Option<u16>,
        content: impl FnOnce(&Words<'_>) -> Markup,
    ) -> Response {
        let words = Words::new(&self.parts.site.catalog, &check.language);
        let title = words.say(title);
        let content = html! { div class="card" { h1 { (title) } (content(&words)) } };
        frame(&words, Frame { title: &title, refresh, ..Frame::default() }, &content).into_response()
    }

    fn gone(&self, headers: &HeaderMap) -> Response {
        let language = preferred(headers, self.parts.site.catalog.languages());
        let words = Words::new(&self.parts.site.catalog, &language);
        let title = words.say("messaging-human-gone-title");
        let content = html! { div class="card" { h1 { (title) } p { (words.say("messaging-human-gone")) } } };
        (StatusCode::GONE, frame(&words, Frame { title: &title, ..Frame::default() }, &content)).into_response()
    }
}
