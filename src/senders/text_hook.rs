//! Text messages through the institution's own gateway.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;

use crate::ports::hook::Hook;
use crate::ports::messenger::{SendError, TextMessage, TextSender};
use crate::senders::twilio::TextTold;

pub struct TextHook {
    hook: Arc<dyn Hook>,
    text_told: Option<TextTold>,
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
    /// Where it is told what became of a code; notices have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_url: Option<&'a str>,
}

impl TextHook {
    pub fn new(hook: Arc<dyn Hook>) -> Self {
        Self { hook, text_told: None }
    }

    /// Has the gateway tell what became of texts with codes.
    pub fn telling(self, text_told: TextTold) -> Self {
        Self { text_told: Some(text_told), ..self }
    }
}

#[async_trait]
impl TextSender for TextHook {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError> {
        let TextMessage { to, text, id, code } = message;
        let told = self.text_told.as_ref().zip(code.as_ref()).map(|(told, code)| told(code));
        let status_url = told.as_deref();
        let document = Document { version: 1, kind: "text", id: *id, to: to.e164(), text, status_url };
        let json = serde_json::to_string(&document).expect("numbers and strings always serialise");
        self.hook.call(json).await.map(drop)
    }
}
