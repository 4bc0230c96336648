//! Calls through the institution's own systems: signed JSON, as `docs/hooks.md` describes it.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;

use crate::ports::caller::{Call, Caller};
use crate::ports::hook::Hook;
use crate::ports::messenger::SendError;
use crate::senders::twilio::AnswerAt;

pub struct CallHook {
    hook: Arc<dyn Hook>,
    answer_at: AnswerAt,
}

/// The document; `docs/hooks.md` shows one.
#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    kind: &'static str,
    id: u64,
    /// E.164.
    to: &'a str,
    extension: Option<&'a str>,
    ring_seconds: u32,
    language: &'a str,
    answer_url: &'a str,
    status_url: &'a str,
}

impl CallHook {
    pub fn new(hook: Arc<dyn Hook>, answer_at: AnswerAt) -> Self {
        Self { hook, answer_at }
    }
}

#[async_trait]
impl Caller for CallHook {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        let answer_url = (self.answer_at)(&call.leg);
        let status_url = format!("{answer_url}/status");
        let document = Document {
            version: 1,
            kind: "call",
            id: call.id,
            to: call.to.e164(),
            extension: call.extension.as_deref(),
            ring_seconds: call.ring.0,
            language: call.language.tag(),
            answer_url: &answer_url,
            status_url: &status_url,
        };
        let json = serde_json::to_string(&document).expect("numbers and strings always serialise");
        self.hook.call(json).await.map(drop)
    }
}
