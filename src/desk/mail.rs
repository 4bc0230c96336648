//! Tickets as mails to the service desk's own address.

use std::sync::Arc;

use async_trait::async_trait;
use maud::html;

use crate::desk::reference;
use crate::model::contacts::EmailAddress;
use crate::model::peer::Language;
use crate::ports::desk::{Desk, Ticket};
use crate::ports::messenger::{Mail, MailSender, SendError};
use crate::text::catalog::Catalog;

/// Writes to the service desk in one language.
pub struct MailDesk {
    pub mail: Arc<dyn MailSender>,
    pub to: EmailAddress,
    pub from_name: String,
    pub catalog: Arc<Catalog>,
    pub language: Language,
}

impl MailDesk {
    fn compose(&self, ticket: &Ticket) -> Mail {
        let number = reference(ticket.case);
        let methods: Vec<&str> = ticket.verified.iter().map(|method| method.name()).collect();
        let tell = |key: &str, value: &str| self.catalog.text(&self.language, key, &[("value", value)]);
        let nothing = || self.catalog.text(&self.language, "desk-mail-nothing", &[]);
        let person = ticket.user_name.clone().unwrap_or_else(nothing);
        let verified = if methods.is_empty() { nothing() } else { methods.join(", ") };
        let lines = [
            tell("desk-mail-number", &number),
            tell("desk-mail-person", &person),
            tell("desk-mail-verified", &verified),
            tell("desk-mail-summary", &ticket.summary),
        ];
        Mail {
            to: self.to.clone(),
            from_name: self.from_name.clone(),
            subject: tell("desk-mail-subject", &number),
            text: lines.join("\n"),
            html: html! { @for line in &lines { p { (line) } } }.into_string(),
            // The same for the same case.
            id: u64::from_be_bytes(ticket.case.0.first_chunk().copied().expect("a case id has 16 bytes")),
        }
    }
}

#[async_trait]
impl Desk for MailDesk {
    async fn open(&self, ticket: &Ticket) -> Result<String, SendError> {
        self.mail.send(&self.compose(ticket)).await?;
        Ok(reference(ticket.case))
    }

    fn open_now(&self) -> bool {
        false
    }
}
