//! Long polling, for a machine that Telegram cannot reach: an update is confirmed when it is on disk, by asking for the next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde::Serialize;
use serde_json::Value;
use teloxide_core::payloads::{AnswerCallbackQuery, DeleteMessage};
use teloxide_core::requests::Payload;
use teloxide_core::types::{AllowedUpdate, CallbackQueryId, ChatId, MessageId, Recipient};

use crate::channels::messaging::intake::Intake;
use crate::channels::telegram::bot::Bot;
use crate::channels::telegram::setup::kinds;
use crate::channels::telegram::update::{Heard, What, read};
use crate::channels::telegram::webhook::{Reply, take};
use crate::model::time::Seconds;
use crate::ports::clock::Clock;
use crate::ports::messenger::SendError;

/// How long Telegram holds a question open when it has nothing, and how long we wait for that.
const HELD_SECONDS: u32 = 25;
const LIMIT: Duration = Duration::from_secs(40);
/// Updates of one answer.
const AT_ONCE: u8 = 100;
/// The pause after a failure.
const NAP: Seconds = Seconds(3);

/// The question, with numbers of updates as wide as they are read: the crate's own has 32 bits for them.
#[derive(Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u32,
    allowed_updates: Vec<AllowedUpdate>,
}

impl Payload for GetUpdates {
    type Output = Vec<Value>;
    const NAME: &'static str = "GetUpdates";
}

/// Asks until it is aborted. What was not confirmed then comes again.
pub async fn poll(bot: Arc<Bot>, intake: Intake, clock: Arc<dyn Clock>) {
    let mut offset = None;
    loop {
        let next = ask(&bot, &intake, offset).await;
        match next {
            Ok(next) => offset = next.or(offset),
            Err(wait) => clock.rest_until(clock.now() + wait).await,
        }
    }
}

/// One question: what came is on disk when this returns, and the number to go on from is known.
///
/// # Errors
/// After which time to ask again.
pub async fn ask(bot: &Arc<Bot>, intake: &Intake, offset: Option<i64>) -> Result<Option<i64>, Seconds> {
    let question = GetUpdates { offset, limit: AT_ONCE, timeout: HELD_SECONDS, allowed_updates: kinds() };
    let updates: Vec<Value> = bot.api.wait(&question, LIMIT).await.map_err(|error| match error {
        SendError::Retry { after_seconds: Some(seconds), .. } => Seconds(seconds),
        SendError::Retry { .. } | SendError::Unknown { .. } | SendError::Dead { .. } => NAP,
    })?;
    // Those of one chat one after the other, chats side by side.
    let mut chats: BTreeMap<i64, Vec<Heard>> = BTreeMap::new();
    let mut last = None;
    for update in &updates {
        let id = update["update_id"].as_i64();
        last = last.max(id);
        match read(update.to_string().as_bytes(), bot.username()) {
            Ok(heard) => chats.entry(chat(&heard)).or_default().push(heard),
            Err(_) => tracing::warn!(channel = "telegram", outcome = "unreadable", "an update without a number"),
        }
    }
    let lanes = chats.into_values().map(|lane| async move {
        for heard in lane {
            let id = heard.id;
            match take(intake, bot, heard).await {
                Ok(reply) => answer(bot, reply),
                Err(_) => return Some(id),
            }
        }
        None
    });
    // What was not taken comes again, and with it what came after; that is known by then.
    let missed = join_all(lanes).await.into_iter().flatten().min();
    match missed {
        Some(_) if missed == offset => Err(NAP),
        Some(id) => Ok(Some(id)),
        None => Ok(last.map(|last| last + 1)),
    }
}

fn chat(heard: &Heard) -> i64 {
    match &heard.what {
        What::Private { user, .. } => *user,
        What::Group { chat, .. } => *chat,
        What::Nothing { .. } => 0,
    }
}

/// What a web hook's answer would carry; nobody waits for it, and nothing hangs on it.
fn answer(bot: &Arc<Bot>, reply: Reply) {
    let bot = Arc::clone(bot);
    tokio::spawn(async move {
        let done = match reply {
            Reply::Nothing => Ok(()),
            Reply::StopTurning(id) => bot.api.send(&AnswerCallbackQuery::new(CallbackQueryId(id))).await,
            Reply::Vanish { chat, message } => match i32::try_from(message) {
                Ok(message) => {
                    let chat = Recipient::Id(ChatId(chat));
                    bot.api.send(&DeleteMessage::new(chat, MessageId(message))).await
                }
                Err(_) => Ok(()),
            },
        };
        if let Err(error) = done {
            tracing::warn!(channel = "telegram", why = %error, "a button or a message was left as it was");
        }
    });
}
