//! Mail, text messages and calls behind their breakers.

use std::sync::Arc;

use async_trait::async_trait;

use crate::model::time::Seconds;
use crate::ports::caller::{Call, Caller};
use crate::ports::messenger::{Mail, MailSender, SendError, TextMessage, TextSender};
use crate::runtime::health::Fuse;

/// What a message that was not tried is told to wait.
const REST: Seconds = Seconds(15);

/// Mail is never held back: it waits in the outbox, and each try is a probe.
pub struct Mails {
    inner: Arc<dyn MailSender>,
    fuse: Fuse,
}

/// Texts are not tried while their provider rests.
pub struct Texts {
    inner: Arc<dyn TextSender>,
    fuse: Fuse,
}

/// Calls are not tried while their provider rests.
pub struct Calls {
    inner: Arc<dyn Caller>,
    fuse: Fuse,
}

impl Calls {
    pub fn new(inner: Arc<dyn Caller>, fuse: Fuse) -> Self {
        Self { inner, fuse }
    }
}

impl Mails {
    pub fn new(inner: Arc<dyn MailSender>, fuse: Fuse) -> Self {
        Self { inner, fuse }
    }
}

impl Texts {
    pub fn new(inner: Arc<dyn TextSender>, fuse: Fuse) -> Self {
        Self { inner, fuse }
    }
}

#[async_trait]
impl MailSender for Mails {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let asking = self.fuse.ask();
        let sent = self.inner.send(mail).await;
        if let Some(asking) = asking {
            asking.over(answers(&sent));
        }
        sent
    }
}

#[async_trait]
impl TextSender for Texts {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError> {
        let Some(asking) = self.fuse.ask() else {
            let why = "the provider is left alone for a while, because it keeps failing".to_owned();
            return Err(SendError::Retry { why, after_seconds: Some(REST.0) });
        };
        let sent = self.inner.send(message).await;
        asking.over(answers(&sent));
        sent
    }
}

#[async_trait]
impl Caller for Calls {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        let Some(asking) = self.fuse.ask() else {
            let why = "the provider is left alone for a while, because it keeps failing".to_owned();
            return Err(SendError::Retry { why, after_seconds: Some(REST.0) });
        };
        let placed = self.inner.call(call).await;
        asking.over(answers(&placed));
        placed
    }
}

/// Whether the other side does its work. A refused message was read and judged; it says nothing against the provider.
pub(super) fn answers<T>(sent: &Result<T, SendError>) -> bool {
    match sent {
        Ok(_) | Err(SendError::Dead { .. }) => true,
        Err(SendError::Retry { .. } | SendError::Unknown { .. }) => false,
    }
}
