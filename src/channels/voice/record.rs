//! What is kept of a call: which turn it stands at, what was shown since, and what the last turns were answered.
//!
//! Prompts are kept and never words: a secret in them stays a reference, which is void after a restart.

use serde::{Deserialize, Serialize};

use crate::model::peer::{Language, Peer};
use crate::model::prompt::{Input, KeyInput, Prompt};
use crate::ports::store::StoreError;

/// The form of the stored bytes; others are refused.
const VERSION: u8 = 1;
/// Answers that are kept for redeliveries. A provider repeats the latest request, seldom the one before.
const KEPT: usize = 4;
/// Prompts that wait to be heard. A turn says a handful.
const MOST_SHOWN: usize = 24;

/// A prompt in its language.
pub type Said = (Language, Prompt);

/// One call.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct CallRecord {
    /// Whose conversation it is; without it a record is none.
    pub peer: Option<Peer>,
    /// The provider's id. Requests of another call may not use this one's addresses.
    pub call: String,
    /// The turn that is expected next; its address was given out by the answer before.
    pub turn: u32,
    /// What the expected turn was asked for.
    pub open: Option<Next>,
    /// Shown by the runtime since the last answer, with the rows of the outbox that brought it.
    pub shown: Vec<(u64, Said)>,
    pub answers: Vec<Answer>,
    /// What was spoken last.
    pub language: Option<Language>,
    /// How often in a row the call was told to wait.
    pub waits: u32,
    /// The last answer asked a question anew, whose own row of the outbox may still come.
    pub anew: bool,
    /// Nothing is heard any more.
    pub over: bool,
}

/// The answer to one turn.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Answer {
    pub turn: u32,
    pub said: Vec<Said>,
    /// Says that it takes a moment, in this language.
    pub moment: Option<Language>,
    pub next: Next,
}

/// What a call does after what it heard.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Next {
    Keys(KeyInput),
    /// Holds the line while something happens elsewhere; a key may change that.
    Hold,
    /// Asks again in a second.
    Poll,
    Transfer {
        to: String,
        note: String,
    },
    HangUp,
}

impl CallRecord {
    /// Takes a prompt of a row, once.
    pub fn show(&mut self, row: u64, said: Said) {
        let known = self.shown.iter().any(|(shown, _)| *shown == row);
        if self.over || known {
            return;
        }
        let heard = self.answers.last().is_some_and(|answer| answer.said.last() == Some(&said));
        if std::mem::take(&mut self.anew) && self.shown.is_empty() && heard {
            return;
        }
        self.language = Some(said.0.clone());
        self.shown.push((row, said));
        if self.shown.len() > MOST_SHOWN {
            self.shown.remove(0);
        }
    }

    /// The question at the end of what was shown.
    pub fn asks(&self) -> Option<KeyInput> {
        match self.shown.last() {
            Some((_, (_, Prompt { input: Input::Keys(keys), .. }))) => Some(*keys),
            _ => None,
        }
    }

    pub fn answer(&self, turn: u32) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.turn == turn)
    }

    /// Puts an answer on record; the next turn is expected then.
    pub fn answered(&mut self, answer: Answer) {
        self.waits = if matches!(answer.next, Next::Hold | Next::Poll) { self.waits + 1 } else { 0 };
        // Whoever is put through may come back: nobody took the call.
        self.over |= matches!(answer.next, Next::HangUp);
        self.anew = false;
        self.turn = answer.turn + 1;
        self.open = Some(answer.next.clone());
        self.shown.clear();
        self.answers.push(answer);
        if self.answers.len() > KEPT {
            self.answers.remove(0);
        }
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(postcard::to_allocvec(self).expect("texts and numbers always serialise"));
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged("call".to_owned());
        match bytes.split_first() {
            Some((&VERSION, rest)) => postcard::from_bytes(rest).map_err(|_| damaged()),
            _ => Err(damaged()),
        }
    }
}
