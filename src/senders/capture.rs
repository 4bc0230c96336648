//! Keeps mails and texts in memory instead of sending them: the demo's inbox.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::sync::watch;

use crate::model::time::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::messenger::{Mail, MailSender, SendError, TextMessage, TextSender};

/// The oldest messages make room beyond so many.
const KEPT: usize = 500;

/// Takes every message and delivers none.
pub struct Capture {
    clock: Arc<dyn Clock>,
    kept: Mutex<VecDeque<Arc<Captured>>>,
    count: watch::Sender<u64>,
}

/// A message as its addressee would have got it.
pub struct Captured {
    /// Counted from 1, in the order of arrival.
    pub number: u64,
    pub at: Timestamp,
    pub message: Message,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Message {
    Mail(Mail),
    Text(TextMessage),
}

impl Capture {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, kept: Mutex::default(), count: watch::Sender::new(0) }
    }

    /// What arrived, oldest first.
    pub fn all(&self) -> Vec<Arc<Captured>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// The number of the newest message; changes when one arrives.
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    /// A message that is handed over again, under its old id, is there already.
    fn keep(&self, message: Message) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().any(|known| known.message == message) {
            return;
        }
        if kept.len() == KEPT {
            kept.pop_front();
        }
        let number = *self.count.borrow() + 1;
        kept.push_back(Arc::new(Captured { number, at: self.clock.now(), message }));
        self.count.send_replace(number);
    }
}

#[async_trait]
impl MailSender for Capture {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        self.keep(Message::Mail(mail.clone()));
        Ok(())
    }
}

#[async_trait]
impl TextSender for Capture {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError> {
        self.keep(Message::Text(message.clone()));
        Ok(())
    }
}
