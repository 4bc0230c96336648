//! Everything that left: mails and texts, and what channels were told to show.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringback::model::peer::{Language, Peer};
use ringback::model::prompt::Prompt;
use ringback::ports::caller::{Call, Caller};
use ringback::ports::messenger::{Channel, Mail, MailSender, SendError};
use ringback::senders::capture::{Capture, Message};

/// A message to an address.
#[derive(Clone, Debug)]
pub struct Letter {
    /// `mail` or `text`.
    pub by: &'static str,
    pub to: String,
    /// All that a reader may see: subject, text and HTML of a mail.
    pub body: String,
    /// The plain words alone.
    pub text: String,
}

/// Messages so far, oldest first.
pub fn letters(sent: &Capture) -> Vec<Letter> {
    let letter = |message: &Message| match message {
        Message::Mail(mail) => Letter {
            by: "mail",
            to: mail.to.as_str().to_owned(),
            body: format!("{}\n{}\n{}", mail.subject, mail.text, mail.html),
            text: mail.text.clone(),
        },
        Message::Text(text) => {
            Letter { by: "text", to: text.to.e164().to_owned(), body: text.text.clone(), text: text.text.clone() }
        }
    };
    sent.all().iter().map(|captured| letter(&captured.message)).collect()
}

impl Letter {
    /// The code in it: the first word of six or eight digits.
    pub fn code(&self) -> Option<String> {
        let mut words = self.text.split(|c: char| !c.is_alphanumeric() && c != '+');
        let is_code = |word: &&str| matches!(word.len(), 6 | 8) && word.bytes().all(|b| b.is_ascii_digit());
        words.find(is_code).map(str::to_owned)
    }

    /// The first address in it that begins so.
    pub fn link(&self, beginning: &str) -> Option<String> {
        let words = self.text.split_whitespace();
        let mut links = words.filter_map(|word| word.find(beginning).map(|at| word[at..].to_owned()));
        links.next()
    }
}

/// Hears what a channel is told to show, and passes it on.
pub struct Tap {
    channel: Arc<dyn Channel>,
    heard: Arc<Heard>,
}

/// Prompts in the order in which they were shown.
#[derive(Default)]
pub struct Heard(Mutex<Vec<Said>>);

#[derive(Clone)]
pub struct Said {
    row: u64,
    /// Whom it was said to.
    pub peer: Peer,
    pub language: Language,
    pub prompt: Prompt,
}

/// A voice channel that says what it is told, to nobody.
pub struct Mouth;

#[async_trait]
impl Channel for Mouth {
    async fn show(&self, _: u64, _: &Peer, _: &Language, _: &Prompt) -> Result<(), SendError> {
        Ok(())
    }
}

/// A mail server that takes nothing.
pub struct Refusing;

#[async_trait]
impl MailSender for Refusing {
    async fn send(&self, _: &Mail) -> Result<(), SendError> {
        Err(SendError::Dead { why: "no such mailbox".to_owned() })
    }
}

/// Telephones that ring: every call that was placed.
#[derive(Default)]
pub struct Exchange(Mutex<Vec<Call>>);

impl Exchange {
    pub fn last(&self) -> Option<Call> {
        self.0.lock().unwrap().last().cloned()
    }
}

#[async_trait]
impl Caller for Exchange {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        self.0.lock().unwrap().push(call.clone());
        Ok(())
    }
}

impl Tap {
    pub fn on(channel: Arc<dyn Channel>, heard: &Arc<Heard>) -> Arc<dyn Channel> {
        Arc::new(Self { channel, heard: Arc::clone(heard) })
    }
}

impl Heard {
    pub fn all(&self) -> Vec<Said> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Channel for Tap {
    async fn show(&self, id: u64, peer: &Peer, language: &Language, prompt: &Prompt) -> Result<(), SendError> {
        self.channel.show(id, peer, language, prompt).await?;
        let mut heard = self.heard.0.lock().unwrap();
        if heard.iter().all(|said| said.row != id) {
            heard.push(Said { row: id, peer: peer.clone(), language: language.clone(), prompt: prompt.clone() });
        }
        Ok(())
    }

    async fn show_all(&self, id: u64, peer: &Peer, language: &Language, prompts: &[Prompt]) -> Result<(), SendError> {
        self.channel.show_all(id, peer, language, prompts).await?;
        let mut heard = self.heard.0.lock().unwrap();
        if heard.iter().all(|said| said.row != id) {
            let said = |prompt: &Prompt| (peer.clone(), language.clone(), prompt.clone());
            heard.extend(prompts.iter().map(said).map(|(peer, language, prompt)| Said {
                row: id,
                peer,
                language,
                prompt,
            }));
        }
        Ok(())
    }
}
