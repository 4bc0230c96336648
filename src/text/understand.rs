//! What a person meant: synonym tables, edit distance, a negation guard; doubt opens a menu.

pub mod normal;

use crate::model::command::Command;
use crate::model::names::{MessageKey, OptionKey};
use crate::model::peer::Language;
use crate::model::purpose::Purpose;
use crate::text::catalog::Catalog;

/// What may be meant at this point, in order of nearness: choices first, then commands, then intents.
#[derive(Clone, Debug, Default)]
pub struct Candidates<'a> {
    /// Option key and label of each choice on offer, in the order shown (so that a number picks one).
    pub choices: &'a [(OptionKey, MessageKey)],
    /// Yes and no are asked for.
    pub yes_no: bool,
    /// Only exact words count (`class: code`: the answer itself may look like a word).
    pub exact: bool,
    /// No run is open: what does the person want at all?
    pub intents: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    Choice(OptionKey),
    Command(Command),
    /// A service flow's purpose, when nothing runs yet.
    Intent(Purpose),
    Language(Language),
    Yes,
    No,
    /// Several readings, or a negation: ask by menu.
    Doubt,
    Nothing,
}

impl Catalog {
    /// Reads an utterance. A wrong start costs more than a menu, so doubt wins over a guess.
    pub fn understand(&self, _language: &Language, _candidates: &Candidates<'_>, _said: &str) -> Meaning {
        Meaning::Nothing
    }
}
