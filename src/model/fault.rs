//! A wrong value in a section of the configuration, found by whoever uses that section.

/// What is wrong at one key, with a remedy; `config` adds the file and the section.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Below the section: `contacts.mobile`.
    pub key: String,
    /// Never with a secret in it.
    pub message: String,
}

impl Fault {
    pub fn at(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into() }
    }
}
