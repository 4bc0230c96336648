//! Text messages through the institution's own gateway.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;

use crate::ports::hook::Hook;
use crate::ports::messenger::{SendError, TextMessage, TextSender};

pub struct TextHook {
    hook: Arc<dyn Hook>,
}

/// The document; `docs/hooks.md` shows one.
#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    kind: &'static str,
    id: u64,
    /// E.164.
    to: &'a str,
    text: &'a str,
}

impl TextHook {
    pub fn new(hook: Arc<dyn Hook>) -> Self {
        Self { hook }
    }
}

#[async_trait]
impl TextSender for TextHook {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError> {
        let TextMessage { to, text, id, code: _ } = message;
        let document = Document { version: 1, kind: "text", id: *id, to: to.e164(), text };
        let json = serde_json::to_string(&document).expect("numbers and strings always serialise");
        self.hook.call(json).await.map(drop)
    }
}
