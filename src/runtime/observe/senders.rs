//! Channels, senders and the service desk behind meters: what leaves, by which way, and how it ends.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;

use crate::metrics::catalog::Metric;
use crate::model::peer::{Language, Peer};
use crate::model::prompt::Prompt;
use crate::ports::desk::{Desk, Ticket};
use crate::ports::messenger::{Channel, Mail, MailSender, SendError, TextMessage, TextSender};
use crate::runtime::observe::Meter;

pub struct ObservedChannel {
    pub inner: Arc<dyn Channel>,
    pub method: &'static str,
    pub meter: Meter,
}

pub struct ObservedMail {
    pub inner: Arc<dyn MailSender>,
    pub meter: Meter,
}

pub struct ObservedTexts {
    pub inner: Arc<dyn TextSender>,
    pub meter: Meter,
}

pub struct ObservedDesk {
    pub inner: Arc<dyn Desk>,
    pub meter: Meter,
}

#[async_trait]
impl Channel for ObservedChannel {
    async fn show(&self, id: u64, peer: &Peer, language: &Language, prompt: &Prompt) -> Result<(), SendError> {
        self.meter.sent(self.method, self.inner.show(id, peer, language, prompt)).await
    }

    async fn show_all(&self, id: u64, peer: &Peer, language: &Language, prompts: &[Prompt]) -> Result<(), SendError> {
        self.meter.sent(self.method, self.inner.show_all(id, peer, language, prompts)).await
    }
}

#[async_trait]
impl MailSender for ObservedMail {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        self.meter.sent("mail", self.inner.send(mail)).await
    }
}

#[async_trait]
impl TextSender for ObservedTexts {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError> {
        self.meter.sent("text", self.inner.send(message)).await
    }
}

#[async_trait]
impl Desk for ObservedDesk {
    async fn open(&self, ticket: &Ticket) -> Result<String, SendError> {
        self.meter.sent("desk", self.inner.open(ticket)).await
    }

    fn open_now(&self) -> bool {
        self.inner.open_now()
    }
}

impl Meter {
    async fn sent<T>(
        &self,
        method: &'static str,
        call: impl Future<Output = Result<T, SendError>>,
    ) -> Result<T, SendError> {
        let began = Instant::now();
        let sent = call.await;
        let took = began.elapsed();
        let outcome = match &sent {
            Ok(_) => "sent",
            Err(SendError::Retry { .. }) => "retry",
            Err(SendError::Dead { .. }) => "dead",
            Err(SendError::Unknown { .. }) => "unknown",
        };
        self.0.took(Metric::SendSeconds, &[method], took);
        self.0.count(Metric::Sends, &[method, outcome]);
        tracing::debug!(method, outcome, duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), "send");
        sent
    }
}
