//! The human challenge without eyes, ears or a puzzle: whoever waits gets the characters in words, and sends them by a
//! press.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::html;

use crate::channels::browser::Chat;
use crate::channels::browser::post::{LeaveForm, back};
use crate::channels::browser::view::{self, View};
use crate::http::address::Client;
use crate::http::layout::{Frame, frame};
use crate::http::problem::Problem;
use crate::http::words::Words;

/// Begins to wait.
pub async fn begin(
    State(chat): State<Chat>,
    Path((id, place)): Path<(String, String)>,
    Client(address): Client,
    headers: HeaderMap,
    Form(form): Form<LeaveForm>,
) -> Response {
    let Some(tenant) = chat.parts.site.tenant(&id) else { return Problem::NotFound.into_response() };
    let Some(token) = chat.token(&headers).filter(|token| token.holds_nonce(&form.form)) else {
        return Problem::WrongOrigin.into_response();
    };
    let Some(found) = chat.challenge_at(&tenant, &token, &place) else { return back(&chat, &tenant) };
    let channel = &chat.parts.channel;
    if channel.waits.enter(found.place.pair(), address, channel.clock.now()).is_none() {
        return Problem::TooMany.into_response();
    }
    let to = format!("{}/challenge/{}/wait", chat.base(&tenant), found.place);
    let to = HeaderValue::from_str(&to).expect("a tenant's id and a place are plain ASCII");
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}

/// How long it still takes, and then the characters with a button that sends them. Looking changes nothing.
pub async fn look(State(chat): State<Chat>, Path((id, place)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(tenant) = chat.parts.site.tenant(&id) else { return Problem::NotFound.into_response() };
    let Some(token) = chat.token(&headers) else { return back(&chat, &tenant) };
    let Some(found) = chat.challenge_at(&tenant, &token, &place) else { return back(&chat, &tenant) };
    let channel = &chat.parts.channel;
    let Some(ready) = channel.waits.ready(found.place.pair()) else { return back(&chat, &tenant) };
    let left = channel.clock.now().until(ready).0;
    let (base, form, nonce) = (chat.base(&tenant), token.form_nonce(), chat.nonce());
    let words = Words::new(&chat.parts.site.catalog, &found.language);
    let view = View { words, tenant: &tenant, base: &base, form: &form, nonce: &nonce, link: &|_| None };
    let title = words.say(if left > 0 { "chat-waiting-title" } else { "chat-waited-title" });
    let spaced: Vec<String> = found.digits.chars().map(String::from).collect();
    let content = html! {
        div class="card" {
            h1 { (title) }
            @if left > 0 {
                p role="status" { (words.count("chat-waiting", "seconds", i64::from(left))) }
                p { a class="button" href={ (base) "/challenge/" (found.place) "/wait" } { (words.say("chat-waiting-look")) } }
            } @else {
                p { (words.say("chat-waited")) }
                p class="code" dir="ltr" { (spaced.join(" ")) }
                form method="post" action={ (base) "/say" } class="actions" {
                    (view::hidden(&view))
                    button name="text" value=(found.digits) { (words.say("chat-waited-go")) }
                }
            }
            p { a href=(base) { (words.say("chat-waiting-back")) } }
        }
    };
    // The page goes on by itself: nobody has to find out when.
    let refresh = (left > 0).then(|| u16::try_from(left).unwrap_or(u16::MAX).saturating_add(1));
    let outside = Frame { title: &title, tenant: Some(&tenant), refresh, desk: true, ..Frame::default() };
    chat.framed(&tenant, frame(&words, outside, &content).into_response())
}
