//! Where words arrive: mail, text messages, screens, the service desk.

use std::sync::Arc;

use async_trait::async_trait;
use ringback::model::peer::{Language, Peer};
use ringback::model::prompt::Prompt;
use ringback::ports::desk::{Desk, Ticket};
use ringback::ports::messenger::{Channel, Mail, MailSender, SendError, TextMessage, TextSender};
use ringback::ports::store::RowId;
use ringback::runtime::record::OutboxRow;

use crate::simulator::oracle::Now;
use crate::simulator::planted::Planted;
use crate::simulator::scene::{Letter, Scene, called};

pub struct Outside {
    pub scene: Arc<Scene>,
}

fn again<T>() -> Result<T, SendError> {
    Err(SendError::Retry { why: "busy".to_owned(), after_seconds: None })
}

fn unknown<T>() -> Result<T, SendError> {
    Err(SendError::Unknown { why: "no answer".to_owned() })
}

impl Outside {
    /// A message on its way to an address.
    async fn send(&self, id: u64, address: &str, text: &str) -> Result<(), SendError> {
        let at = format!("message {id}");
        self.scene.boundary(&format!("before sending {at}")).await;
        {
            let mut guard = self.scene.state();
            let state = &mut *guard;
            let code = code_in(text);
            let code = code.filter(|_| state.oracle.is_code(id));
            state.oracle.leaves(id, address, code.as_deref(), &state.cast);
            *state.tally.entry("messages").or_default() += 1;
        }
        if self.scene.strikes("sender: try again", &at) {
            return again();
        }
        if self.scene.strikes("sender: not delivered, answer lost", &at) {
            return unknown();
        }
        if !self.scene.strikes("sender: lost", &at) {
            let late = if self.scene.strikes("sender: late", &at) { 337_000 } else { 0 };
            let copies = if self.scene.strikes("sender: doubled", &at) { 2 } else { 1 };
            let arrives = self.scene.clock.elapsed() + 1_500 + late;
            let letter = Letter { arrives, text: text.to_owned() };
            let mut state = self.scene.state();
            state.inboxes.entry(address.to_owned()).or_default().extend(vec![letter; copies]);
        }
        self.scene.tell(|| format!("@>  to {address}: {}", code_in(text).unwrap_or_else(|| "a notice".to_owned())));
        self.scene.boundary(&format!("after sending {at}")).await;
        if self.scene.strikes("sender: delivered, answer lost", &at) {
            return unknown();
        }
        let now = Now { mark: self.scene.clock.mark(), tenant: &self.scene.tenant };
        self.scene.state().oracle.taken_over(id, address, &now);
        Ok(())
    }
}

#[async_trait]
impl MailSender for Outside {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        Outside::send(self, mail.id, mail.to.as_str(), &mail.text).await
    }
}

#[async_trait]
impl TextSender for Outside {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError> {
        let is_code = self.scene.state().oracle.is_code(message.id);
        if is_code {
            self.scene.state().oracle.text_leaves(message.id);
        }
        let mut sent = Outside::send(self, message.id, message.to.e164(), &message.text).await;
        if is_code {
            let may_have_worked = !matches!(sent, Err(SendError::Retry { .. }));
            self.scene.state().oracle.text_left(message.id, may_have_worked);
        }
        if self.scene.has_planted(Planted::TextsAgain) && matches!(sent, Err(SendError::Unknown { .. })) {
            sent = again();
        }
        sent
    }
}

#[async_trait]
impl Channel for Outside {
    async fn show(&self, id: u64, peer: &Peer, _: &Language, prompt: &Prompt) -> Result<(), SendError> {
        let at = format!("prompt {id}");
        self.scene.boundary(&format!("before showing {at}")).await;
        if self.scene.strikes("screen: try again", &at) {
            return again();
        }
        let who = called(peer);
        {
            let mut state = self.scene.state();
            let said = match state.oracle.rows.get(&RowId(id)) {
                Some(OutboxRow::Say { conversation, .. }) => Some(*conversation),
                _ => None,
            };
            if let Some(conversation) = said {
                state.oracle.said(conversation, prompt.message.as_str());
            }
            state.oracle.secrets.look(format!("{:?}", prompt.args).as_bytes());
            let screen = state.screens.entry(who.clone()).or_default();
            // As chat platforms do: a message that comes again under its number is the same message.
            if screen.iter().all(|(row, _)| *row != id) {
                screen.push((id, prompt.clone()));
            }
            *state.tally.entry("prompts").or_default() += 1;
        }
        self.scene.tell(|| format!("<   {who}: {}", prompt.message));
        self.scene.boundary(&format!("after showing {at}")).await;
        if self.scene.strikes("screen: shown, answer lost", &at) { unknown() } else { Ok(()) }
    }
}

#[async_trait]
impl Desk for Outside {
    async fn open(&self, ticket: &Ticket) -> Result<String, SendError> {
        self.scene.boundary("before opening a ticket").await;
        let mut state = self.scene.state();
        state.tickets.push(ticket.summary.clone());
        Ok(format!("T-{}", state.tickets.len()))
    }

    fn open_now(&self) -> bool {
        false
    }
}

/// The first word that looks like a code.
pub fn code_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let code = |word: &&str| matches!(word.len(), 6 | 8) && word.bytes().all(|byte| byte.is_ascii_digit());
    words.into_iter().find(code).map(str::to_owned)
}
