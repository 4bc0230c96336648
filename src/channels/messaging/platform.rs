//! What one account on a platform can do: how much a message carries, and sending it.

use async_trait::async_trait;

use crate::channels::messaging::draw::Drawn;
use crate::channels::messaging::pace::Rates;
use crate::ports::messenger::SendError;

/// How much a platform's message carries.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// UTF-16 units of a message's text; more becomes several messages.
    pub text: usize,
    /// Characters of a button.
    pub label: usize,
    /// Bytes that a button carries back.
    pub token: usize,
    /// Buttons of one message.
    pub choices: usize,
}

/// Where a message goes, from the user id of a peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place<'a> {
    /// A private chat with this user.
    Private(&'a str),
    /// A place that others read, by the platform's id of it.
    Group(&'a str),
}

/// What names a message: the same when it is tried again, also after a restart, and never that of another message of
/// this installation's present store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Name {
    /// The row of the outbox.
    pub row: u64,
    /// Of its messages, from 0.
    pub piece: usize,
}

/// One account (a bot, an app) on a platform.
#[async_trait]
pub trait Account: Send + Sync {
    /// How much a message carries.
    fn limits(&self) -> Limits;

    /// How fast it may send.
    fn rates(&self) -> Rates;

    /// The address that opens a private chat with this account, where the platform has such addresses.
    fn private_chat(&self) -> Option<String>;

    /// Sends one message that keeps the limits. A platform that can tell doubles by a name shows them once.
    ///
    /// # Errors
    /// `Retry` when it certainly did not arrive, with the seconds that the platform asks for; `Unknown` when it may have;
    /// `Dead` when it never will.
    async fn post(&self, to: Place<'_>, message: &Drawn, name: Name) -> Result<(), SendError>;
}

const GROUP: &str = "group:";

impl<'a> Place<'a> {
    /// The place behind the user id of a peer.
    pub fn of(user: &'a str) -> Self {
        match user.strip_prefix(GROUP) {
            Some(group) => Place::Group(group),
            None => Place::Private(user),
        }
    }

    /// The user id of its peer.
    pub fn user(self) -> String {
        match self {
            Place::Private(user) => user.to_owned(),
            Place::Group(group) => format!("{GROUP}{group}"),
        }
    }
}
