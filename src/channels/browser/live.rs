//! What a page fetches by itself: new lines as they come, pictures and sounds.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use serde::Deserialize;

use crate::channels::browser::mailbox::{Entry, Mailbox, Place};
use crate::channels::browser::view::{self, View};
use crate::channels::browser::{Chat, Shown};
use crate::http::problem::Problem;
use crate::http::words::{Words, preferred};
use crate::model::peer::Language;
use crate::policy::tenant::Tenant;

/// A stream ends after so long and the browser opens the next: a forgotten tab holds no connection for ever.
const STREAM_LIFE: Duration = Duration::from_secs(300);
/// Keeps proxies from closing a silent stream.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Browsers drop an event without data.
const NEWS: &str = "now";

#[derive(Deserialize)]
pub struct From {
    after: Option<String>,
}

/// New lines, from `Last-Event-ID` on or, at first, from the place that the page was made at.
pub async fn events(
    State(chat): State<Chat>,
    Path(id): Path<String>,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Response {
    let Some(tenant) = chat.parts.site.tenant(&id) else { return Problem::NotFound.into_response() };
    let Some(token) = chat.token(&headers) else { return Problem::WrongOrigin.into_response() };
    let peer = chat.peer(&tenant, &token);
    let language = preferred(&headers, &chat.languages(&tenant));
    let channel = &chat.parts.channel;
    let mailbox = channel.mailboxes.open(&peer, &language, channel.clock.now(), &channel.entropy.draw());
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned).or(from.after);
    // Nothing was shown yet: from the beginning.
    let last = last.filter(|place| !place.is_empty());
    let start = match last {
        None => Place { n: 0, ..mailbox.end() },
        Some(place) => match Place::parse(&place).filter(|place| mailbox.after(*place).is_some()) {
            Some(place) => place,
            None => return Sse::new(stream::iter([anew()])).into_response(),
        },
    };
    let stop = chat.parts.stop.clone();
    let language = mailbox.language();
    let lines = lines(Reader { chat, tenant, form: token.form_nonce(), mailbox, at: start, language });
    let end = async move { tokio::time::timeout(STREAM_LIFE, stop.wait()).await.unwrap_or(()) };
    Sse::new(lines.take_until(end)).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)).into_response()
}

/// Picture (`<place>.png`) or sound (`<place>.wav`) of a human challenge.
pub async fn challenge(
    State(chat): State<Chat>,
    Path((id, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = || {
        let (place, kind) = file.rsplit_once('.')?;
        let kind = ["png", "wav"].into_iter().find(|known| *known == kind)?;
        Some((kind, chat.challenge_at(&*chat.parts.site.tenant(&id)?, &chat.token(&headers)?, place)?))
    };
    let Some((kind, Shown { place, digits, language })) = found() else { return Problem::NotFound.into_response() };
    let seed = place.epoch ^ place.n.rotate_left(32);
    let maker = chat.parts.challenge.clone();
    // Drawing and mixing take some milliseconds: not on the thread that serves everybody.
    let made = tokio::task::spawn_blocking(move || match kind {
        "png" => (maker.picture)(&digits, seed),
        _ => (maker.sound)(&digits, language.tag(), seed),
    });
    match made.await {
        Ok(bytes) => ([(CONTENT_TYPE, if kind == "png" { "image/png" } else { "audio/wav" })], bytes).into_response(),
        Err(_) => Problem::Broken.into_response(),
    }
}

struct Reader {
    chat: Chat,
    tenant: Arc<Tenant>,
    form: String,
    mailbox: Arc<Mailbox>,
    at: Place,
    /// The language that the page is in.
    language: Language,
}

/// Batches of lines, flattened; each batch waits for news.
fn lines(reader: Reader) -> impl Stream<Item = Result<Event, Infallible>> {
    let batches = stream::unfold(reader, |mut reader| async move {
        loop {
            let Some(entries) = reader.mailbox.after(reader.at) else { return Some((vec![anew()], reader)) };
            if let Some(newest) = entries.last() {
                reader.at = newest.place;
                let mut events: Vec<_> = entries.iter().map(|entry| Ok(reader.event(entry))).collect();
                if reader.mailbox.language() != reader.language {
                    reader.language = reader.mailbox.language();
                    events.push(Ok(Event::default().event("language").data(NEWS)));
                }
                return Some((events, reader));
            }
            reader.mailbox.beyond(reader.at).await;
        }
    });
    batches.flat_map(stream::iter)
}

impl Reader {
    fn event(&self, entry: &Entry) -> Event {
        let base = self.chat.base(&self.tenant);
        let view = View {
            words: Words::new(&self.chat.parts.site.catalog, &self.language),
            tenant: &self.tenant,
            base: &base,
            form: &self.form,
            nonce: "",
            link: &|prompt| self.chat.link(prompt),
        };
        let html = view::line(&view, entry, true).into_string().replace('\r', "");
        Event::default().id(entry.place.to_string()).event("line").data(html)
    }
}

/// The page is told to load itself again: its place is from another process, or too old.
fn anew() -> Result<Event, Infallible> {
    Ok(Event::default().event("anew").data(NEWS))
}
