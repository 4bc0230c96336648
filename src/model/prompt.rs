//! What the bot says, before it has words: a message key, its arguments and the choices.

use serde::{Deserialize, Serialize};

use crate::model::ids::{PageId, VaultKey};
use crate::model::names::{ArgName, MessageKey, OptionKey};
use crate::model::time::{Seconds, Timestamp};

/// One message. Rendered by `text` for a language and a surface at the moment it is shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Prompt {
    pub message: MessageKey,
    pub args: Vec<(ArgName, Arg)>,
    pub choices: Vec<Choice>,
    /// What the channel should invite: a keyboard, a number pad, nothing.
    pub input: Input,
    /// A private page that this message opens; the channel turns it into a button or an address.
    pub page: Option<PageLink>,
    /// A picture and sound of the same characters, for the human check.
    pub challenge: Option<HumanChallenge>,
}

/// A value inside a message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Arg {
    Text(String),
    Number(i64),
    /// Digits that are read one by one.
    Digits(String),
    /// Another message, in the same language.
    Message(MessageKey),
    /// Messages with their own arguments, one a line.
    List(Vec<(MessageKey, Vec<(ArgName, Arg)>)>),
    Time(Timestamp),
    /// A secret that is looked up when the message is shown and is gone after a restart.
    Vault(VaultKey),
}

/// One thing a person may pick: by button, by number, by word or by key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Choice {
    pub key: OptionKey,
    pub label: MessageKey,
    pub args: Vec<(ArgName, Arg)>,
    /// The telephone key.
    pub voice_key: Option<char>,
    /// What a button carries back; names the step, so that an old button does nothing.
    pub token: String,
}

/// What kind of answer is expected next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Input {
    Nothing,
    Text,
    /// A code of this many digits; `None` when the length is not fixed.
    Digits(Option<u8>),
    Phone,
    Email,
    Choice,
    /// Keys of a telephone; the one kind of answer that a call takes.
    Keys(KeyInput),
}

/// How keys are collected after a prompt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeyInput {
    /// Most keys. With 1, a single key counts at once, so that a bare `#` is a key too.
    pub most: u8,
    /// `#` ends the entry early; false with `most == 1`.
    pub ends: bool,
    /// How long silence may last after the prompt has ended.
    pub first: Seconds,
    /// How long silence may last between two keys.
    pub between: Seconds,
    /// A key stops the prompt and counts as the first one.
    pub interruptible: bool,
}

impl KeyInput {
    /// Silence between two keys, for a caller who has not asked for more time.
    pub const BETWEEN: Seconds = Seconds(4);

    /// The caller asked for more time, and has twice as much.
    pub fn slow(&self) -> bool {
        self.between > Self::BETWEEN
    }
}

/// A link to a private page, without its address: the channel's own code adds host and token.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PageLink {
    pub page: PageId,
    pub expires: Timestamp,
    /// Asked on the page when it is opened anywhere but in the browser that runs the chat (4 digits).
    pub short_code: String,
}

/// Characters to be shown as a picture *and* spoken, never a picture alone (WCAG 2.2, 3.3.8).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HumanChallenge {
    pub digits: String,
}

impl Prompt {
    /// A message that stands alone.
    pub fn of(message: MessageKey) -> Self {
        Self { message, args: Vec::new(), choices: Vec::new(), input: Input::Nothing, page: None, challenge: None }
    }

    pub fn with(mut self, name: &'static str, value: Arg) -> Self {
        self.args.push((ArgName::of(name), value));
        self
    }
}
