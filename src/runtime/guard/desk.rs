//! Every institution's service desk behind a breaker of its own.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::model::ids::TenantId;
use crate::ports::desk::{Desk, Ticket};
use crate::ports::messenger::SendError;
use crate::runtime::guard::senders::answers;
use crate::runtime::health::Fuse;

pub struct Guarded {
    inner: Arc<dyn Desk>,
    fuses: Arc<HashMap<TenantId, Fuse>>,
}

impl Guarded {
    pub fn new(inner: Arc<dyn Desk>, fuses: Arc<HashMap<TenantId, Fuse>>) -> Self {
        Self { inner, fuses }
    }
}

#[async_trait]
impl Desk for Guarded {
    async fn open(&self, ticket: &Ticket) -> Result<String, SendError> {
        let Some(fuse) = self.fuses.get(&ticket.tenant) else { return self.inner.open(ticket).await };
        let Some(asking) = fuse.ask() else {
            let why = "the desk is left alone for a while, because it keeps failing".to_owned();
            return Err(SendError::Retry { why, after_seconds: None });
        };
        let opened = self.inner.open(ticket).await;
        asking.over(answers(&opened));
        opened
    }

    fn open_now(&self) -> bool {
        self.inner.open_now()
    }
}
