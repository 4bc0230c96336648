//! Lines as they are kept: packed, because eight thousand chats are in memory at once and hardly one of them is read.

use crate::channels::browser::mailbox::{Entry, Own, Place, Said};
use crate::model::peer::Language;
use crate::model::prompt::Prompt;

/// One line; its place without the epoch, which all of a mailbox share.
pub struct Kept {
    pub n: u64,
    said: Packed,
}

enum Packed {
    /// Prompt and language, a fifth of what they take as they are used.
    Bot(Box<[u8]>),
    Person(Box<(String, Own)>),
}

impl Kept {
    pub fn bot(n: u64, prompt: &Prompt, language: &Language) -> Self {
        let bytes =
            postcard::to_stdvec(&(prompt, language)).expect("a prompt is stored in conversations in this form too");
        Self { n, said: Packed::Bot(bytes.into_boxed_slice()) }
    }

    pub fn person(n: u64, nonce: &str, own: Own) -> Self {
        Self { n, said: Packed::Person(Box::new((nonce.to_owned(), own))) }
    }

    pub fn is_bot(&self) -> bool {
        matches!(self.said, Packed::Bot(_))
    }

    /// Whether a person's doing is noted here under this nonce.
    pub fn has_nonce(&self, nonce: &str) -> bool {
        matches!(&self.said, Packed::Person(person) if person.0 == nonce)
    }

    pub fn entry(&self, epoch: u64) -> Entry {
        let said = match &self.said {
            Packed::Bot(bytes) => {
                let (prompt, language) = postcard::from_bytes(bytes).expect("this process wrote it");
                Said::Bot { prompt: Box::new(prompt), language }
            }
            Packed::Person(person) => Said::Person { nonce: person.0.clone(), own: person.1.clone() },
        };
        Entry { place: Place { epoch, n: self.n }, said }
    }
}
