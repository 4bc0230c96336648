//! Ways out: to the peer of a conversation, and to a registered address.

use async_trait::async_trait;

use crate::model::contacts::{EmailAddress, PhoneNumber};
use crate::model::ids::ChallengeId;
use crate::model::peer::{Language, Peer};
use crate::model::prompt::Prompt;

/// How a delivery failed, as far as the outbox must know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Certainly not delivered; try again, not before so many seconds if the other side said so.
    #[error("{why}")]
    Retry { why: String, after_seconds: Option<u32> },
    /// It will never work: unknown address, refused content, wrong credentials.
    #[error("{why}")]
    Dead { why: String },
    /// It may have been delivered. Messages of class `once` are not sent again.
    #[error("{why}")]
    Unknown { why: String },
}

/// A chat or voice channel: shows prompts to a peer.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Shows one prompt. `id` is the outbox row, the same when it is tried again.
    async fn show(&self, id: u64, peer: &Peer, language: &Language, prompt: &Prompt) -> Result<(), SendError>;

    /// Shows what one step said, in order: one row, and one message where a platform counts messages.
    async fn show_all(&self, id: u64, peer: &Peer, language: &Language, prompts: &[Prompt]) -> Result<(), SendError> {
        for prompt in prompts {
            self.show(id, peer, language, prompt).await?;
        }
        Ok(())
    }
}

/// A mail, ready to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    pub to: EmailAddress,
    pub from_name: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The outbox row, for a `Message-ID` that stays the same when it is tried again.
    pub id: u64,
}

/// A text message, ready to send.
#[derive(Clone, PartialEq, Eq)]
pub struct TextMessage {
    pub to: PhoneNumber,
    pub text: String,
    pub id: u64,
    /// The code that it carries; the network may tell later that it did not arrive.
    pub code: Option<ChallengeId>,
}

#[async_trait]
pub trait MailSender: Send + Sync {
    async fn send(&self, mail: &Mail) -> Result<(), SendError>;
}

#[async_trait]
pub trait TextSender: Send + Sync {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError>;
}
