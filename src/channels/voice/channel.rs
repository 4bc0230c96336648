//! Shows prompts to a call: puts them on its record, from which the next answer takes them.

use std::sync::Arc;

use async_trait::async_trait;

use crate::channels::voice::address::Token;
use crate::channels::voice::book::Book;
use crate::model::peer::{Language, Peer};
use crate::model::prompt::Prompt;
use crate::ports::clock::Clock;
use crate::ports::messenger::{self, SendError};
use crate::ports::store::Store;
use crate::verify::keys::Keys;

/// The same value for the runtime, which shows prompts, and for the routes, which speak them.
pub struct VoiceChannel {
    pub(super) book: Book,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) keys: Arc<Keys>,
}

impl VoiceChannel {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, keys: Arc<Keys>) -> Arc<Self> {
        Arc::new(Self { book: Book::new(store, Arc::clone(&clock)), clock, keys })
    }
}

#[async_trait]
impl messenger::Channel for VoiceChannel {
    async fn show(&self, id: u64, peer: &Peer, language: &Language, prompt: &Prompt) -> Result<(), SendError> {
        let said = (language.clone(), prompt.clone());
        match self.book.change(Token::of(&self.keys, peer), |call| call.show(id, said.clone())).await {
            // A call that nobody took, or that is long over, hears nothing.
            Ok(Some(_) | None) => Ok(()),
            Err(error) => Err(SendError::Retry { why: error.to_string(), after_seconds: None }),
        }
    }
}
