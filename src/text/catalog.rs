//! All messages and words of all shipped languages, loaded once.

use crate::model::peer::Language;

/// The messages and synonym tables of every language. Cheap to share, never changes after loading.
pub struct Catalog {
    languages: Vec<Language>,
}

impl Catalog {
    /// Languages in the order in which a person is offered them.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }
}
