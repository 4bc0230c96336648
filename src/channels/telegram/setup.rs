//! What Telegram is told at every start: where we are, what we want to hear of, and which commands there are.

use std::sync::Arc;

use serde::Deserialize;
use teloxide_core::payloads::{
    DeleteWebhook, GetMe, SetMyCommands, SetMyCommandsSetters, SetWebhook, SetWebhookSetters,
};
use teloxide_core::types::{AllowedUpdate, BotCommand};

use crate::channels::telegram::bot::Bot;
use crate::model::peer::Language;
use crate::model::time::Seconds;
use crate::ports::clock::Clock;
use crate::ports::messenger::SendError;
use crate::text::catalog::Catalog;

/// Commands of Telegram's own menu, with the keys of their words.
pub const COMMANDS: [(&str, &str); 6] = [
    ("reset", "messaging-command-reset"),
    ("unlock", "messaging-command-unlock"),
    ("help", "messaging-command-help"),
    ("language", "messaging-command-language"),
    ("human", "messaging-command-human"),
    ("cancel", "messaging-command-cancel"),
];

const FIRST_WAIT: u32 = 2;
const LONGEST_WAIT: u32 = 300;

/// The bot as Telegram sees it.
#[derive(Deserialize)]
pub struct Me {
    pub username: Option<String>,
    #[serde(default)]
    pub can_read_all_group_messages: bool,
}

/// Kinds of updates that are asked for.
pub fn kinds() -> Vec<AllowedUpdate> {
    vec![AllowedUpdate::Message, AllowedUpdate::CallbackQuery, AllowedUpdate::MyChatMember]
}

/// Tells Telegram, again and again until it was taken. `url` is where the web hook is; without one we poll.
pub async fn introduce(bot: Arc<Bot>, url: Option<String>, catalog: Arc<Catalog>, clock: Arc<dyn Clock>) {
    let mut wait = FIRST_WAIT;
    loop {
        match tell(&bot, url.as_deref(), &catalog).await {
            Ok(()) => {
                tracing::info!(channel = "telegram", key = bot.api.section(), "the bot is ready");
                return;
            }
            Err(error) => {
                let after = match &error {
                    SendError::Retry { after_seconds, .. } => after_seconds.unwrap_or(0),
                    SendError::Unknown { .. } | SendError::Dead { .. } => 0,
                };
                tracing::warn!(channel = "telegram", key = bot.api.section(), why = %error, "the bot is not ready yet");
                clock.rest_until(clock.now() + Seconds(wait.max(after))).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
    }
}

/// Once.
///
/// # Errors
/// What Telegram did not take.
pub async fn tell(bot: &Bot, url: Option<&str>, catalog: &Catalog) -> Result<(), SendError> {
    let me: Me = bot.api.ask(&GetMe::new()).await?;
    if let Some(username) = me.username {
        bot.is_called(username);
    }
    for language in catalog.languages() {
        bot.api.send(&commands(catalog, language, Some(language.tag()))).await?;
    }
    // For everybody else, in the first language.
    if let Some(language) = catalog.languages().first() {
        bot.api.send(&commands(catalog, language, None)).await?;
    }
    match url.map(str::parse) {
        None => bot.api.send(&DeleteWebhook::new()).await,
        Some(Err(_)) => Err(SendError::Dead { why: "telegram: public_url is no address".to_owned() }),
        Some(Ok(url)) => {
            let hook =
                SetWebhook::new(url).secret_token(bot.secret.as_str()).allowed_updates(kinds()).max_connections(40);
            bot.api.send(&hook).await
        }
    }
}

/// The menu of commands in a language; Telegram knows languages by two letters.
pub fn commands(catalog: &Catalog, language: &Language, code: Option<&str>) -> SetMyCommands {
    let command = |(name, key): (&str, &str)| BotCommand::new(name, catalog.text(language, key, &[]));
    let commands = SetMyCommands::new(COMMANDS.map(command));
    match code.and_then(|tag| tag.split('-').next()).filter(|code| code.len() == 2) {
        Some(code) => commands.language_code(code),
        None => commands,
    }
}
