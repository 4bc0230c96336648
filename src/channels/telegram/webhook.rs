//! What Telegram calls: secret first, then the body is read, then the event is on disk, then it is answered.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;
use subtle::ConstantTimeEq;

use crate::channels::messaging::intake::{Arrival, Intake, refusal, should_vanish};
use crate::channels::messaging::platform::Place;
use crate::channels::telegram::bot::Bot;
use crate::channels::telegram::update::{Beside, Heard, What, read};
use crate::engine::event::Act;
use crate::http::problem::Problem;

/// Where all of them begin.
pub const ROOT: &str = "/hooks/telegram";
/// What Telegram sends the secret in.
pub const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

/// What the routes are made of.
pub struct Parts {
    pub bots: Vec<Arc<Bot>>,
    pub intake: Intake,
}

struct Hook {
    bots: HashMap<String, Arc<Bot>>,
    intake: Intake,
}

/// What is to be said to Telegram beside "taken", as one call that its answer may carry.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    Nothing,
    StopTurning(String),
    Vanish { chat: i64, message: i64 },
}

pub fn routes(parts: Parts) -> Router {
    let bots = parts.bots.into_iter().map(|bot| (bot.name.clone(), bot)).collect();
    let hook = Arc::new(Hook { bots, intake: parts.intake });
    Router::new().route(&format!("{ROOT}/{{bot}}"), post(update)).with_state(hook)
}

async fn update(
    State(hook): State<Arc<Hook>>,
    Path(bot): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let bot = hook.bots.get(&bot).ok_or(Problem::NotFound)?;
    if !knows_secret(bot, &headers) {
        return Err(Problem::Unauthorized);
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let json = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
    if !json || headers.contains_key(CONTENT_ENCODING) {
        return Err(Problem::WrongMediaType);
    }
    let heard = read(&body, bot.username()).map_err(|_| Problem::Malformed)?;
    Ok(match take(&hook.intake, bot, heard).await? {
        Reply::Nothing => StatusCode::OK.into_response(),
        Reply::StopTurning(id) => {
            Json(json!({ "method": "answerCallbackQuery", "callback_query_id": id })).into_response()
        }
        Reply::Vanish { chat, message } => {
            Json(json!({ "method": "deleteMessage", "chat_id": chat, "message_id": message })).into_response()
        }
    })
}

/// Hands an update in, whichever way it came.
///
/// # Errors
/// Nothing was changed, and it should come again.
pub async fn take(intake: &Intake, bot: &Bot, heard: Heard) -> Result<Reply, Problem> {
    let event = format!("update/{}", heard.id);
    let (tenant, bot) = (&bot.tenant, bot.api.bot());
    let id;
    let (arrival, reply) = match heard.what {
        What::Nothing { callback } => return Ok(callback.map_or(Reply::Nothing, Reply::StopTurning)),
        What::Private { user, act, language, beside } => {
            let reply = match beside {
                Beside::Answer(id) => Reply::StopTurning(id),
                Beside::Message(message) if should_vanish(&act) => Reply::Vanish { chat: user, message },
                Beside::Message(_) | Beside::Nothing => Reply::Nothing,
            };
            id = user.to_string();
            (Arrival { tenant, bot, place: Place::Private(&id), event, act, language }, reply)
        }
        What::Group { chat, language } => {
            id = chat.to_string();
            (Arrival { tenant, bot, place: Place::Group(&id), event, act: Act::Start(None), language }, Reply::Nothing)
        }
    };
    intake.take(arrival).await.map_err(|error| refusal(&error))?;
    Ok(reply)
}

/// In constant time; two headers are none.
fn knows_secret(bot: &Bot, headers: &HeaderMap) -> bool {
    let mut given = headers.get_all(SECRET_HEADER).iter();
    match (given.next(), given.next()) {
        (Some(one), None) => one.as_bytes().ct_eq(bot.secret.as_bytes()).into(),
        _ => false,
    }
}
