//! The slash commands, and telling Discord of them.

use serde_json::Value;
use serenity::all::{CommandOptionType, CommandType, InstallationContext, InteractionContext};
use serenity::builder::{CreateCommand, CreateCommandOption};

use crate::channels::discord::api::Api;
use crate::channels::discord::message::words;
use crate::model::peer::Language;
use crate::ports::messenger::SendError;
use crate::text::catalog::Catalog;

/// The command that carries an answer, and its one option.
pub const ANSWER: &str = "answer";
pub const ANSWER_TEXT: &str = "text";

/// Every command, in the order of their importance, with the key of its description.
pub const COMMANDS: [(&str, &str); 10] = [
    ("start", "messaging-command-start"),
    ("reset", "messaging-command-reset"),
    ("unlock", "messaging-command-unlock"),
    (ANSWER, "messaging-command-answer"),
    ("help", "messaging-command-help"),
    ("repeat", "messaging-command-repeat"),
    ("language", "messaging-command-language"),
    ("human", "messaging-command-human"),
    ("cancel", "messaging-command-cancel"),
    ("restart", "messaging-command-restart"),
];

/// Characters of a description.
const MOST_WORDS: usize = 100;
/// Characters of an answer: no question of ours is answered by more.
const LONGEST_ANSWER: u16 = 320;

/// The languages that Discord's clients have, from its reference of locales.
const LOCALES: [&str; 32] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
];

/// All commands, described in every language of the catalog. A language that no client of Discord has stands in the
/// description that everybody else sees, beside the first one.
pub fn commands(catalog: &Catalog) -> Vec<Value> {
    COMMANDS
        .iter()
        .map(|(name, key)| {
            let mut command = CreateCommand::new(*name)
                .kind(CommandType::ChatInput)
                .contexts(vec![InteractionContext::Guild, InteractionContext::BotDm])
                .integration_types(vec![InstallationContext::Guild, InstallationContext::User])
                .description(described(catalog, key).0);
            for (locale, words) in described(catalog, key).1 {
                command = command.description_localized(locale, words);
            }
            if *name == ANSWER {
                let key = "messaging-command-answer-text";
                let (everybody, localized) = described(catalog, key);
                let mut option = CreateCommandOption::new(CommandOptionType::String, ANSWER_TEXT, everybody)
                    .required(true)
                    .max_length(LONGEST_ANSWER);
                for (locale, words) in localized {
                    option = option.description_localized(locale, words);
                }
                command = command.add_option(option);
            }
            sent(&command)
        })
        .collect()
}

/// As Discord's description of a list of commands has it: without the mark of age, and a text's option without
/// what belongs to other kinds.
fn sent(command: &CreateCommand) -> Value {
    let mut sent = serde_json::to_value(command).unwrap_or_default();
    if let Some(parts) = sent.as_object_mut() {
        parts.remove("nsfw");
    }
    for option in sent["options"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        for part in ["channel_types", "max_value", "min_value", "options"] {
            option.remove(part);
        }
    }
    sent
}

/// Tells Discord all commands at once; what was there before is replaced.
pub async fn register(api: &Api, catalog: &Catalog) -> Result<usize, SendError> {
    let commands = commands(catalog);
    api.put_commands(&commands).await.map(|()| commands.len())
}

/// What everybody sees, and what clients in a language of the catalog see instead.
fn described(catalog: &Catalog, key: &'static str) -> (String, Vec<(&'static str, String)>) {
    let mut everybody = Vec::new();
    let mut localized = Vec::new();
    for (n, language) in catalog.languages().iter().enumerate() {
        let words = words(catalog, language, key);
        let clients: Vec<_> = LOCALES.into_iter().filter(|locale| speaks(locale, language)).collect();
        if n == 0 || clients.is_empty() {
            everybody.push(words.clone());
        }
        localized.extend(clients.into_iter().map(|locale| (locale, words.clone())));
    }
    (everybody.join(" · ").chars().take(MOST_WORDS).collect(), localized)
}

fn speaks(locale: &str, language: &Language) -> bool {
    locale == language.tag() || locale.split('-').next() == Some(language.tag())
}
