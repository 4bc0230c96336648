//! Updates as Telegram delivers them, as far as we read them, and what they mean.

use serde::Deserialize;

use crate::engine::event::Act;
use crate::model::command::Command;
use crate::model::peer::Language;
use crate::model::purpose::Purpose;

/// One update, read.
#[derive(Debug, PartialEq, Eq)]
pub struct Heard {
    /// The same when it is delivered again.
    pub id: i64,
    pub what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub enum What {
    /// A person in a private chat.
    Private { user: i64, act: Act, language: Option<Language>, beside: Beside },
    /// Somebody wrote to us where others read along.
    Group { chat: i64, language: Option<Language> },
    /// Nothing of ours; a button that was pressed still wants its answer.
    Nothing { callback: Option<String> },
}

/// What is to be done on Telegram's side beside the event.
#[derive(Debug, PartialEq, Eq)]
pub enum Beside {
    /// The button stops turning.
    Answer(String),
    /// The message that may be taken off the screen.
    Message(i64),
    Nothing,
}

/// What cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable;

/// Reads an update. `username` is our own, once it is known.
///
/// # Errors
/// It is no update at all. One that is of an unknown shape within is `Nothing`, or it would come again and again.
pub fn read(body: &[u8], username: Option<&str>) -> Result<Heard, Unreadable> {
    match serde_json::from_slice::<Update>(body) {
        Ok(update) => Ok(update.heard(username)),
        Err(_) => match serde_json::from_slice::<Numbered>(body) {
            Ok(Numbered { update_id }) => {
                tracing::warn!(channel = "telegram", outcome = "unreadable", "an update of an unknown shape");
                Ok(Heard { id: update_id, what: What::Nothing { callback: None } })
            }
            Err(_) => Err(Unreadable),
        },
    }
}

#[derive(Deserialize)]
struct Numbered {
    update_id: i64,
}

#[derive(Deserialize)]
pub struct Update {
    update_id: i64,
    message: Option<Message>,
    callback_query: Option<CallbackQuery>,
    my_chat_member: Option<Membership>,
}

/// Somebody blocked us, or took us into a group.
#[derive(Deserialize)]
struct Membership {
    chat: Chat,
    from: User,
    new_chat_member: Member,
}

#[derive(Deserialize)]
struct Member {
    status: String,
}

#[derive(Deserialize)]
struct Message {
    message_id: i64,
    chat: Chat,
    from: Option<User>,
    text: Option<String>,
    contact: Option<Contact>,
    /// Somebody else's words, or a bot's.
    forward_origin: Option<serde::de::IgnoredAny>,
    via_bot: Option<serde::de::IgnoredAny>,
    reply_to_message: Option<Replied>,
}

#[derive(Deserialize)]
struct Replied {
    from: Option<User>,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    #[serde(default)]
    is_bot: bool,
    username: Option<String>,
    language_code: Option<String>,
}

#[derive(Deserialize)]
struct Contact {
    phone_number: String,
    user_id: Option<i64>,
}

#[derive(Deserialize)]
struct CallbackQuery {
    id: String,
    from: User,
    message: Option<Pressed>,
    data: Option<String>,
}

/// The message below which the button stands; its text may be gone by now.
#[derive(Deserialize)]
struct Pressed {
    chat: Chat,
}

/// Bytes that a button of ours may carry.
const MOST_DATA: usize = 64;

impl Update {
    pub fn heard(self, username: Option<&str>) -> Heard {
        let what = match (self.message, self.callback_query, self.my_chat_member) {
            (Some(message), None, None) => message.what(username),
            (None, Some(query), None) => query.what(),
            (None, None, Some(membership)) => membership.what(),
            _ => What::Nothing { callback: None },
        };
        Heard { id: self.update_id, what }
    }
}

impl Membership {
    /// Whoever blocks us leaves: a case that is open ends, so that nothing of it goes on by itself.
    fn what(self) -> What {
        let language = self.from.language();
        match (self.chat.kind.as_str(), self.new_chat_member.status.as_str()) {
            ("private", "kicked" | "left") if self.chat.id == self.from.id => {
                What::Private { user: self.from.id, act: Act::HungUp, language, beside: Beside::Nothing }
            }
            ("group" | "supergroup", "member" | "administrator" | "restricted") => {
                What::Group { chat: self.chat.id, language }
            }
            _ => What::Nothing { callback: None },
        }
    }
}

impl Message {
    fn what(self, username: Option<&str>) -> What {
        let nothing = What::Nothing { callback: None };
        let Some(from) = &self.from else { return nothing };
        if from.is_bot {
            return nothing;
        }
        let language = from.language();
        match self.chat.kind.as_str() {
            "private" if self.chat.id == from.id => {
                let user = from.id;
                What::Private { user, beside: Beside::Message(self.message_id), act: self.act(user), language }
            }
            "group" | "supergroup" if self.meant_for_us(username) => What::Group { chat: self.chat.id, language },
            _ => nothing,
        }
    }

    /// In a group only what begins with a command, names us or replies to us.
    fn meant_for_us(&self, username: Option<&str>) -> bool {
        let text = self.text.as_deref().unwrap_or_default();
        let first = text.split_whitespace().next().unwrap_or_default();
        let ours = |name: &str| username.is_some_and(|own| own.eq_ignore_ascii_case(name));
        if let Some(command) = first.strip_prefix('/') {
            return command.split_once('@').is_none_or(|(_, name)| ours(name));
        }
        let replied = self.reply_to_message.as_ref().and_then(|replied| replied.from.as_ref()?.username.as_deref());
        let names = |word: &str| {
            let name = word.strip_prefix('@')?;
            Some(ours(name.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_')))
        };
        replied.is_some_and(ours) || text.split_whitespace().any(|word| names(word) == Some(true))
    }

    fn act(self, user: i64) -> Act {
        // What somebody else wrote answers nothing; the question stands.
        if self.forward_origin.is_some() || self.via_bot.is_some() {
            return Act::Command(Command::Repeat);
        }
        if let Some(contact) = self.contact {
            // Anybody may share anybody's card; only one's own is an answer.
            let own = contact.user_id == Some(user);
            return if own { Act::Text(plus(&contact.phone_number)) } else { Act::Command(Command::Repeat) };
        }
        match self.text {
            Some(text) => typed(text),
            // A picture, a sticker, a voice message: nothing that answers.
            None => Act::Text(String::new()),
        }
    }
}

impl CallbackQuery {
    fn what(self) -> What {
        let private =
            self.message.as_ref().is_some_and(|below| below.chat.kind == "private" && below.chat.id == self.from.id);
        match self.data {
            Some(data) if private && !self.from.is_bot && (1..=MOST_DATA).contains(&data.len()) => What::Private {
                user: self.from.id,
                language: self.from.language(),
                act: Act::Pick(data),
                beside: Beside::Answer(self.id),
            },
            _ => What::Nothing { callback: Some(self.id) },
        }
    }
}

impl User {
    fn language(&self) -> Option<Language> {
        self.language_code.clone().map(Language)
    }
}

/// Numbers of contacts come with or without the plus.
fn plus(number: &str) -> String {
    if number.starts_with('+') { number.to_owned() } else { format!("+{number}") }
}

/// A command, the words of a keyboard's button, or plain words.
fn typed(text: String) -> Act {
    if let Some(command) = text.strip_prefix('/') {
        let mut words = command.split_whitespace();
        let name = words.next().unwrap_or_default();
        let name = name.split('@').next().unwrap_or_default().to_ascii_lowercase();
        let known = match name.as_str() {
            "start" => Some(Act::Start(match words.next() {
                Some("reset") => Some(Purpose::ResetPassword),
                Some("unlock") => Some(Purpose::UnlockAccount),
                _ => None,
            })),
            "reset" => Some(Act::Start(Some(Purpose::ResetPassword))),
            "unlock" => Some(Act::Start(Some(Purpose::UnlockAccount))),
            "help" => Some(Act::Command(Command::Help)),
            "repeat" => Some(Act::Command(Command::Repeat)),
            "language" => Some(Act::Command(Command::Language)),
            "human" => Some(Act::Command(Command::Human)),
            "cancel" | "stop" => Some(Act::Command(Command::Cancel)),
            "restart" => Some(Act::Command(Command::Restart)),
            _ => None,
        };
        return known.unwrap_or_else(|| Act::Text(command.to_owned()));
    }
    match text.split_once(". ") {
        // Pressed on a keyboard whose buttons begin with their numbers.
        Some((number, _)) if number.len() <= 2 && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
            Act::Text(number.to_owned())
        }
        _ => Act::Text(text),
    }
}
