//! An HTTP address of the institution that takes signed JSON: its text message gateway, its ticket system.

use async_trait::async_trait;

use crate::ports::messenger::SendError;

#[async_trait]
pub trait Hook: Send + Sync {
    /// Hands one JSON document over and returns the answer's body. The same document handed over again carries the
    /// same idempotency key.
    async fn call(&self, json: String) -> Result<String, SendError>;
}
