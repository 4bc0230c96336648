//! A service desk whose agents may be there, or whose tickets cannot be opened.

use async_trait::async_trait;
use ringback::desk::capture::CaptureDesk;
use ringback::ports::desk::{Desk, Ticket};
use ringback::ports::messenger::SendError;

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum DeskMood {
    /// Takes tickets; nobody is there to talk to.
    #[default]
    TakesTickets,
    /// Agents take live conversations.
    Open,
    /// Takes nothing.
    Down,
    /// No desk is wired.
    None,
}

#[derive(Default)]
pub struct MoodyDesk {
    pub inner: CaptureDesk,
    mood: DeskMood,
}

impl MoodyDesk {
    pub fn new(mood: DeskMood) -> Self {
        Self { inner: CaptureDesk::default(), mood }
    }
}

#[async_trait]
impl Desk for MoodyDesk {
    async fn open(&self, ticket: &Ticket) -> Result<String, SendError> {
        match self.mood {
            DeskMood::TakesTickets | DeskMood::Open => self.inner.open(ticket).await,
            DeskMood::Down | DeskMood::None => Err(SendError::Retry { why: "closed".to_owned(), after_seconds: None }),
        }
    }

    fn open_now(&self) -> bool {
        self.mood == DeskMood::Open
    }
}
