//! The terminal channel: prompts as lines with numbered choices, answers as lines. `ringback chat` runs on it.

mod layout;

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

use crate::channels::challenge;
use crate::channels::console::layout::{block, speech};
use crate::engine::event::Act;
use crate::model::ids::EventId;
use crate::model::names::MessageKey;
use crate::model::peer::{Language, Peer, Surface};
use crate::model::prompt::{Arg, PageLink, Prompt};
use crate::ports::messenger::{self, SendError};
use crate::runtime::turn::{Inbound, Inbox, InboxError};
use crate::text::catalog::Catalog;

pub use crate::channels::console::layout::Style;

/// How many outbox rows are remembered, so that a row that comes twice is shown once.
const SHOWN: usize = 64;

/// Builds the address of a private page.
pub type PageAddress = Arc<dyn Fn(&PageLink) -> String + Send + Sync>;

/// One terminal: what it writes to, and how.
pub struct Console {
    inside: Mutex<Inside>,
    style: Style,
    catalog: Arc<Catalog>,
    address: PageAddress,
}

struct Inside {
    out: Box<dyn Write + Send>,
    shown: Vec<u64>,
}

/// Who sits at the terminal.
pub struct Seat {
    pub peer: Peer,
    /// Begins the id of every line, so that lines of two runs are not taken for one.
    pub session: String,
    pub language: Option<Language>,
    /// The first word, before anything is typed; `None` goes on where the conversation stands.
    pub start: Option<Act>,
}

impl Console {
    pub fn new(out: Box<dyn Write + Send>, style: Style, catalog: Arc<Catalog>, address: PageAddress) -> Self {
        Self { inside: Mutex::new(Inside { out, shown: Vec::new() }), style, catalog, address }
    }

    /// Talks until the input ends. Every line is one event; its answers are on the screen before the next is read.
    pub async fn run(&self, inbox: &Inbox, seat: Seat, mut input: impl AsyncBufRead + Unpin) -> io::Result<()> {
        if let Some(start) = &seat.start {
            self.hear(inbox, &seat, 0, start.clone()).await?;
        }
        let mut line = String::new();
        for n in 1u64.. {
            self.write(self.style.invitation())?;
            line.clear();
            if input.read_line(&mut line).await? == 0 {
                break;
            }
            let said = line.trim_end_matches(['\n', '\r']).to_owned();
            if !said.trim().is_empty() {
                self.hear(inbox, &seat, n, Act::Text(said)).await?;
            }
        }
        self.write("\n")
    }

    /// Shows something that did not come through the conversation: a text or a mail of the demo.
    pub fn aside(&self, title: &str, body: &str) -> io::Result<()> {
        self.write(&block(&self.style, title, body))
    }

    async fn hear(&self, inbox: &Inbox, seat: &Seat, n: u64, act: Act) -> io::Result<()> {
        let inbound = Inbound {
            peer: seat.peer.clone(),
            surface: Surface::Chat,
            event: EventId(format!("{}/{n}", seat.session)),
            act,
            language_hint: seat.language.clone(),
        };
        match inbox.submit(inbound).await {
            Ok(accepted) => accepted.settled().await,
            Err(error) => self.refused(seat, &error)?,
        }
        inbox.drained().await;
        Ok(())
    }

    fn refused(&self, seat: &Seat, error: &InboxError) -> io::Result<()> {
        let key = match error {
            InboxError::Busy => "common-slow-down",
            InboxError::Stopping | InboxError::UnknownTenant | InboxError::Unavailable(_) => "common-try-later",
        };
        let language = seat.language.clone().unwrap_or_else(|| self.catalog.languages()[0].clone());
        let words = self.catalog.render(&language, Surface::Chat, &Prompt::of(MessageKey::of(key)), &|_| None);
        self.write(&speech(&self.style, &words.text, &[], &[]))
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let mut inside = self.lock();
        inside.out.write_all(text.as_bytes())?;
        inside.out.flush()
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lines below the words: where the private page is, and the digits of a human check.
    fn below(&self, language: &Language, prompt: &Prompt) -> Vec<String> {
        let say = |prompt: Prompt| self.catalog.render(language, Surface::Chat, &prompt, &|_| None).text;
        let page = prompt.page.as_ref().map(|link| {
            say(Prompt::of(MessageKey::of("terminal-page"))
                .with("address", Arg::Text((self.address)(link)))
                .with("code", Arg::Digits(link.short_code.clone())))
        });
        let challenge = prompt.challenge.as_ref().map(|challenge| challenge::plain(&challenge.digits));
        page.into_iter().chain(challenge).collect()
    }
}

#[async_trait]
impl messenger::Channel for Console {
    async fn show(&self, id: u64, _peer: &Peer, language: &Language, prompt: &Prompt) -> Result<(), SendError> {
        {
            let mut inside = self.lock();
            if inside.shown.contains(&id) {
                return Ok(());
            }
            inside.shown.push(id);
            if inside.shown.len() > SHOWN {
                inside.shown.remove(0);
            }
        }
        let words = self.catalog.render(language, Surface::Chat, prompt, &|_| None);
        let below = self.below(language, prompt);
        let text = speech(&self.style, &words.text, &below, &words.choices);
        self.write(&text).map_err(|error| SendError::Dead { why: format!("terminal: {error}") })
    }
}
