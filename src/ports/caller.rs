//! Calls out: has a registered telephone ring, and leaves the talking to the channel.

use async_trait::async_trait;

use crate::model::contacts::PhoneNumber;
use crate::model::ids::{LegId, TenantId};
use crate::model::peer::Language;
use crate::model::time::Seconds;
use crate::ports::messenger::SendError;

/// A call to be placed.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// The outbox row, the same when it is tried again.
    pub id: u64,
    /// What the call is about; its conversation waits under this id.
    pub leg: LegId,
    pub tenant: TenantId,
    pub to: PhoneNumber,
    /// Dialled after the call was taken.
    pub extension: Option<String>,
    /// How long it rings; shorter than most mailboxes wait.
    pub ring: Seconds,
    pub language: Language,
}

#[async_trait]
pub trait Caller: Send + Sync {
    /// Returns when the provider took the call over, before anybody picks up. What becomes of it is told by the channel.
    async fn call(&self, call: &Call) -> Result<(), SendError>;
}
