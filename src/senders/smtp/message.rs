//! A mail as bytes: plain text and HTML, headers by typed builders, so that no value becomes a header.

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use sha2::{Digest, Sha256};

use crate::ports::messenger::Mail;

/// RFC 3834: nobody's out-of-office answers a code.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// # Errors
/// In words, without the address.
pub fn compose(mail: &Mail, from: &lettre::Address) -> Result<Message, String> {
    let to: lettre::Address = mail.to.as_str().parse().map_err(|_| "mail: the address cannot be written in a mail")?;
    Message::builder()
        .from(Mailbox::new(Some(one_line(&mail.from_name)), from.clone()))
        .to(Mailbox::new(None, to))
        .subject(one_line(&mail.subject))
        .message_id(Some(message_id(mail, from)))
        .header(AutoSubmitted)
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(|error| format!("mail: {error}"))
}

/// The same when the outbox tries again, so that mail programs show it once. The addressee is in it because a new store
/// counts its rows from the start.
fn message_id(mail: &Mail, from: &lettre::Address) -> String {
    let addressee = Sha256::digest(mail.to.as_str().as_bytes());
    format!("<{}.{}@{}>", mail.id, data_encoding::HEXLOWER.encode(&addressee[..8]), from.domain())
}

/// Line ends and other control characters have no place in a header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
