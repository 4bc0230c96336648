//! The university's own directory: look a person up, set a password, lift a lock.

use async_trait::async_trait;

use crate::model::account::Account;
use crate::model::ids::AccountId;
use crate::model::keypad::Keyed;
use crate::model::names::MessageKey;
use crate::model::secrets::Password;
use crate::model::time::Timestamp;
use crate::verify::ledger::{Proof, ResetPassword, UnlockAccount};

/// More people than this share no name on the keys; whoever is beyond it says their number.
pub const MOST_KEYED: usize = 20;

#[async_trait]
pub trait Directory: Send + Sync {
    /// The one account with this name; none or several are both `None`.
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError>;

    /// Everybody whom these keys of a telephone may mean, at most [`MOST_KEYED`]. A directory that cannot tell knows nobody.
    async fn find_keyed(&self, keys: &str, what: Keyed) -> Result<Vec<Account>, DirectoryError> {
        let _ = (keys, what);
        Ok(Vec::new())
    }

    /// The same account again, by its immutable id.
    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError>;

    /// Sets the password of the account that the proof names. One attempt, never repeated by the adapter.
    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, wish: SetWish) -> SetOutcome;

    /// Lifts a lock that too many wrong passwords put there, and keeps the password. Safe to repeat.
    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome;

    /// Finds out what became of a set whose answer was lost: last-changed time first, then at most one bind.
    async fn resolve(&self, id: &AccountId, changed_before: Option<Timestamp>, password: &Password) -> Resolution;

    /// Whether the directory answers at all; for readiness and `check`.
    async fn probe(&self) -> Result<(), DirectoryError>;
}

/// How a new password is to be set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SetWish {
    /// To be changed at the first sign-in (a generated, spoken password).
    pub must_change: bool,
}

/// The directory could not be asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// For the operator: which server, what it said. Never shown to a person.
    #[error("directory: {0}")]
    Unavailable(String),
    #[error("directory: {0}")]
    Configuration(String),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetOutcome {
    Done,
    /// The new password holds; whether it must be changed at the first sign-in could not be written as wished.
    DoneButFirstSignIn,
    Refused(Refusal),
    /// Our own account lacks the right: an operator's matter.
    NotPermitted,
    /// A protected account.
    Protected,
    Gone,
    /// Certainly nothing was sent.
    Unavailable,
    /// Bytes of the write left, the answer did not come.
    Unknown,
}

/// Why the directory did not take a password; each has its own sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    Short,
    Weak,
    /// Used before.
    Reused,
    TooYoung,
    TooLong,
    Unspecified,
}

impl Refusal {
    /// The sentence that says so.
    pub fn message(self) -> MessageKey {
        MessageKey::of(match self {
            Refusal::Short => "directory-refused-short",
            Refusal::Weak => "directory-refused-weak",
            Refusal::Reused => "directory-refused-reused",
            Refusal::TooYoung => "directory-refused-too-young",
            Refusal::TooLong => "directory-refused-too-long",
            Refusal::Unspecified => "directory-refused-unspecified",
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnlockOutcome {
    Done,
    NotLocked,
    /// Locked by a person.
    LockedByAdministrator,
    NotPermitted,
    Protected,
    Gone,
    /// Certainly nothing was sent.
    Unavailable,
    /// Bytes of the write left, the answer did not come.
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolution {
    /// The password opens the account.
    Applied,
    /// Not changed since. The write may still be under way.
    NotApplied,
    /// Changed, but not to this password. Found out by a bind that counts towards a lock: not to be repeated.
    Different,
    Unclear,
}
