//! Interactions as Discord delivers them, as far as we read them, and what they mean.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::channels::discord::commands::{ANSWER, ANSWER_TEXT};
use crate::channels::discord::message::{ASK, PICK};
use crate::engine::event::Act;
use crate::model::command::Command;
use crate::model::peer::Language;
use crate::model::purpose::Purpose;

/// One interaction, read.
#[derive(Debug, PartialEq, Eq)]
pub struct Heard {
    /// The same when it is delivered again.
    pub id: String,
    /// Whose it is.
    pub application: String,
    /// With it the interaction is answered later, for a quarter of an hour.
    pub token: String,
    /// As the person's client reports it.
    pub language: Option<Language>,
    pub what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub enum What {
    /// Discord looks whether we are there.
    Ping,
    /// A person in their direct messages with us. A command or its form wants an answer of its own; a button does not.
    Private { user: String, channel: String, act: Act, by: By },
    /// A person wants to type an answer: a form is to be opened, in the language that its button had.
    Form { language: Language },
    /// Somebody spoke to us where others read along; the channel, if we could write there.
    Group { channel: Option<String> },
    /// Words that are being typed want to be completed; we never ask for that.
    Suggest,
    /// Nothing of ours.
    Unknown,
}

/// What a person used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    Words,
    Button,
}

/// What cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable;

/// Reads an interaction.
///
/// # Errors
/// It is no interaction at all. One of an unknown kind or shape within is `Unknown`, and is answered.
pub fn read(body: &[u8]) -> Result<Heard, Unreadable> {
    let head = serde_json::from_slice::<Head>(body).map_err(|_| Unreadable)?;
    let shaped = snowflake(&head.id) && snowflake(&head.application_id) && (1..=512).contains(&head.token.len());
    if !shaped {
        return Err(Unreadable);
    }
    let (language, what) = match head.kind {
        1 => (None, What::Ping),
        4 => (None, What::Suggest),
        2 | 3 | 5 => match serde_json::from_slice::<Interaction>(body) {
            Ok(interaction) => (interaction.locale.clone().map(Language), interaction.what(head.kind)),
            Err(_) => {
                tracing::warn!(channel = "discord", outcome = "unreadable", "an interaction of an unknown shape");
                (None, What::Unknown)
            }
        },
        _ => (None, What::Unknown),
    };
    Ok(Heard { id: head.id, application: head.application_id, token: head.token, language, what })
}

#[derive(Deserialize)]
struct Head {
    id: String,
    application_id: String,
    token: String,
    #[serde(rename = "type")]
    kind: u64,
}

#[derive(Deserialize)]
struct Interaction {
    data: Data,
    guild_id: Option<IgnoredAny>,
    channel_id: Option<String>,
    context: Option<u64>,
    /// In a guild; the person is within.
    member: Option<IgnoredAny>,
    /// In direct messages.
    user: Option<User>,
    locale: Option<String>,
}

#[derive(Deserialize)]
struct User {
    id: String,
    #[serde(default)]
    bot: bool,
}

/// Parts of all kinds side by side: which of them are there depends on the kind.
#[derive(Deserialize)]
struct Data {
    name: Option<String>,
    #[serde(default)]
    options: Vec<Choice>,
    custom_id: Option<String>,
    component_type: Option<u64>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    components: Vec<Row>,
}

#[derive(Deserialize)]
struct Choice {
    name: String,
    value: Option<Value>,
}

/// A line of a form: today's holds one input below its label, the old one a row of inputs.
#[derive(Deserialize)]
struct Row {
    component: Option<Field>,
    #[serde(default)]
    components: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    custom_id: Option<String>,
    value: Option<String>,
}

/// Bytes that a button of ours may carry.
const MOST_TOKEN: usize = 64;

impl Interaction {
    fn what(self, kind: u64) -> What {
        if self.guild_id.is_some() || self.member.is_some() || self.context == Some(0) {
            return What::Group { channel: self.channel_id.filter(|id| snowflake(id)) };
        }
        if self.context.is_some_and(|context| context != 1) {
            // Somebody else's conversation: we could not write there.
            return What::Group { channel: None };
        }
        let (Some(user), Some(channel)) = (self.user, self.channel_id) else { return What::Unknown };
        if user.bot || !snowflake(&user.id) || !snowflake(&channel) {
            return What::Unknown;
        }
        let read = match kind {
            2 => self.data.command().map(|act| (act, By::Words)),
            3 => match self.data.asked() {
                Some(language) => return What::Form { language },
                None => self.data.pressed().map(|act| (act, By::Button)),
            },
            _ => self.data.filled().map(|act| (act, By::Words)),
        };
        match read {
            Some((act, by)) => What::Private { user: user.id, channel, act, by },
            None => What::Unknown,
        }
    }
}

impl Data {
    fn command(self) -> Option<Act> {
        Some(match self.name?.as_str() {
            "start" => Act::Start(None),
            "reset" => Act::Start(Some(Purpose::ResetPassword)),
            "unlock" => Act::Start(Some(Purpose::UnlockAccount)),
            "help" => Act::Command(Command::Help),
            "repeat" => Act::Command(Command::Repeat),
            "language" => Act::Command(Command::Language),
            "human" => Act::Command(Command::Human),
            "cancel" => Act::Command(Command::Cancel),
            "restart" => Act::Command(Command::Restart),
            ANSWER => {
                let given = self.options.into_iter().find(|option| option.name == ANSWER_TEXT)?;
                Act::Text(given.value?.as_str()?.to_owned())
            }
            _ => return None,
        })
    }

    /// The language of the button that opens the form.
    fn asked(&self) -> Option<Language> {
        let tag = self.custom_id.as_deref()?.strip_prefix(ASK)?;
        let plain =
            (1..=16).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        plain.then(|| Language(tag.to_owned()))
    }

    fn pressed(self) -> Option<Act> {
        let (id, mut values) = (self.custom_id?, self.values);
        let token = match self.component_type? {
            2 if values.is_empty() => id,
            3 if values.len() == 1 && id.starts_with(PICK) => values.remove(0),
            _ => return None,
        };
        let ours = (1..=MOST_TOKEN).contains(&token.len());
        ours.then_some(Act::Pick(token))
    }

    /// What was typed into the form.
    fn filled(self) -> Option<Act> {
        self.custom_id.filter(|id| id.starts_with(ASK))?;
        let fields = self.components.into_iter().flat_map(|row| row.component.into_iter().chain(row.components));
        let mut typed = fields.filter(|field| field.custom_id.as_deref() == Some(ANSWER_TEXT));
        let (first, more) = (typed.next()?, typed.next());
        more.is_none().then_some(Act::Text(first.value?))
    }
}

/// An id of Discord's: an unsigned number of 64 bits in decimals.
fn snowflake(id: &str) -> bool {
    (1..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit()) && id.parse::<u64>().is_ok()
}
