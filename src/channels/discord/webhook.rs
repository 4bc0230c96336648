//! What Discord calls: signature first, then the body is read, then the event is on disk, then it is answered.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;

use crate::channels::discord::answer;
use crate::channels::discord::app::App;
use crate::channels::discord::handles::Handle;
use crate::channels::discord::interaction::{By, Heard, What, read};
use crate::channels::discord::message::words;
use crate::channels::discord::signature::signed;
use crate::channels::messaging::intake::{Arrival, Intake};
use crate::channels::messaging::platform::{Account, Place};
use crate::engine::event::Act;
use crate::http::problem::Problem;
use crate::model::peer::{Language, Peer};
use crate::model::time::Seconds;
use crate::text::catalog::Catalog;

/// Where all of them begin.
pub const ROOT: &str = "/hooks/discord";

/// Discord waits three seconds; what was not taken by then is said to be so.
const AT_MOST: Seconds = Seconds(2);

/// What the routes are made of.
pub struct Parts {
    pub apps: Vec<Arc<App>>,
    pub intake: Intake,
}

struct Hook {
    apps: HashMap<String, Arc<App>>,
    intake: Intake,
}

pub fn routes(parts: Parts) -> Router {
    let apps = parts.apps.into_iter().map(|app| (app.name.clone(), app)).collect();
    let hook = Arc::new(Hook { apps, intake: parts.intake });
    Router::new().route(&format!("{ROOT}/{{app}}"), post(interaction)).with_state(hook)
}

async fn interaction(
    State(hook): State<Arc<Hook>>,
    Path(app): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let app = hook.apps.get(&app).ok_or(Problem::NotFound)?;
    if !signed(&app.key, &headers, &body, app.clock.now()) {
        return Err(Problem::Unauthorized);
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let json = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
    if !json || headers.contains_key(CONTENT_ENCODING) {
        return Err(Problem::WrongMediaType);
    }
    let heard = read(&body).map_err(|_| Problem::Malformed)?;
    if heard.application != app.api.application() {
        return Err(Problem::Malformed);
    }
    Ok(Json(answered(&hook.intake, app, heard).await))
}

/// Takes an interaction; what it is answered at once. Never an error: Discord delivers nothing again, so the person is told
/// to try again themselves.
async fn answered(intake: &Intake, app: &Arc<App>, heard: Heard) -> Value {
    let language = spoken(&app.catalog, heard.language.as_ref());
    let event = format!("interaction/{}", heard.id);
    let (tenant, bot) = (&app.tenant, app.api.application());
    match heard.what {
        What::Ping => answer::pong(),
        What::Suggest => answer::no_suggestions(),
        What::Unknown => answer::aside(&app.catalog, &language, "messaging-unknown", None),
        What::Form { language } => answer::form(&app.catalog, &spoken(&app.catalog, Some(&language))),
        What::Group { channel } => {
            if let Some(channel) = &channel {
                let (place, act) = (Place::Group(channel), Act::Start(None));
                let arrival = Arrival { tenant, bot, place, event, act, language: heard.language };
                // Whether the others are told too: the person is told below, whatever comes of it.
                let _ = in_time(app, intake.take(arrival)).await;
            }
            let label = words(&app.catalog, &language, "messaging-private-chat");
            let link = app.private_chat().map(|url| (label, url));
            answer::aside(&app.catalog, &language, "common-write-to-me-privately", link)
        }
        What::Private { user, channel, act, by } => {
            let now = app.clock.now();
            let handle = Handle { token: heard.token, at: now.0, channel, pending: by == By::Words };
            let (peer, token) = (app.peer(&user), handle.token.clone());
            let place = Place::Private(&user);
            let arrival = Arrival { tenant, bot, place, event, act, language: heard.language };
            let taking = async {
                app.handles.note(&peer, handle, now).await.ok()?;
                intake.take(arrival).await.ok()
            };
            match (in_time(app, taking).await.flatten(), by) {
                (Some(_), By::Words) => answer::later(),
                (Some(_), By::Button) => answer::taken(),
                (None, _) => {
                    // Beside the answer, which cannot wait for a store that hangs.
                    tokio::spawn(not_taken(Arc::clone(app), peer, token));
                    answer::aside(&app.catalog, &language, "messaging-try-again", None)
                }
            }
        }
    }
}

/// `None` when it is too late to wait on. What was begun goes on by itself.
async fn in_time<T>(app: &App, taking: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        taken = taking => Some(taken),
        () = app.clock.deadline(app.clock.now() + AT_MOST) => None,
    }
}

/// The answer was used up by saying so.
async fn not_taken(app: Arc<App>, peer: Peer, token: String) {
    tracing::warn!(channel = "discord", outcome = "refused", "an interaction was not taken; its person was told so");
    if app.handles.answered(&peer, &token, app.clock.now()).await.is_err() {
        tracing::warn!(channel = "discord", "an answer that was given is still on the list");
    }
}

/// The language of the catalog that a client's is (`en-GB` is `en`), else the first.
fn spoken(catalog: &Catalog, locale: Option<&Language>) -> Language {
    let languages = catalog.languages();
    let tag = locale.map(|locale| locale.tag().to_ascii_lowercase()).unwrap_or_default();
    let own = |language: &&Language| {
        let own = language.tag().to_ascii_lowercase();
        tag == own || tag.strip_prefix(&own).is_some_and(|rest| rest.starts_with('-'))
    };
    languages.iter().find(own).or(languages.first()).cloned().unwrap_or_else(|| Language("en".to_owned()))
}
