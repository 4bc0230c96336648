//! A tenant's directory behind its breaker, with a limit to every wait: one that swallows what it is sent is one that
//! fails.

use std::sync::Arc;

use async_trait::async_trait;

use crate::model::account::Account;
use crate::model::ids::AccountId;
use crate::model::keypad::Keyed;
use crate::model::secrets::Password;
use crate::model::time::{Seconds, Timestamp};
use crate::ports::clock::Clock;
use crate::ports::directory::{Directory, DirectoryError, Resolution, SetOutcome, SetWish, UnlockOutcome};
use crate::runtime::health::Fuse;
use crate::verify::ledger::{Proof, ResetPassword, UnlockAccount};

/// A question with all that belongs to it: a connection (2 s), a bind (2 s) and a search (3 s) that all come just in time.
const QUESTION: Seconds = Seconds(8);
/// A new password: with the looks after a lost answer the person hears within 30 s.
const SET: Seconds = Seconds(10);
const UNLOCK: Seconds = Seconds(8);
/// One look at what became of a password. Five of them must end in time.
const LOOK: Seconds = Seconds(5);

pub struct Guarded {
    inner: Arc<dyn Directory>,
    fuse: Fuse,
    clock: Arc<dyn Clock>,
}

impl Guarded {
    pub fn new(inner: Arc<dyn Directory>, fuse: Fuse, clock: Arc<dyn Clock>) -> Self {
        Self { inner, fuse, clock }
    }

    /// `None` when it takes too long. It is cut off then; what was sent by that time may still be done.
    async fn within<T>(&self, limit: Seconds, work: impl Future<Output = T> + Send) -> Option<T> {
        let end = self.clock.now() + limit;
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.clock.deadline(end) => {
                tracing::warn!(outcome = "no answer", "the directory takes too long");
                None
            }
        }
    }

    async fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, DirectoryError>> + Send,
    ) -> Result<T, DirectoryError> {
        let Some(asking) = self.fuse.ask() else {
            return Err(DirectoryError::Unavailable("left alone for a while, because it keeps failing".to_owned()));
        };
        let late = || Err(DirectoryError::Unavailable(format!("no answer within {} s", QUESTION.0)));
        let answer = self.within(QUESTION, question).await.unwrap_or_else(late);
        // Wrong settings count, too: a refused service account would be locked by asking again and again.
        asking.over(answer.is_ok());
        answer
    }
}

#[async_trait]
impl Directory for Guarded {
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError> {
        self.ask(self.inner.find(user_name)).await
    }

    async fn find_keyed(&self, keys: &str, what: Keyed) -> Result<Vec<Account>, DirectoryError> {
        self.ask(self.inner.find_keyed(keys, what)).await
    }

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError> {
        self.ask(self.inner.read(id)).await
    }

    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, wish: SetWish) -> SetOutcome {
        let Some(asking) = self.fuse.ask() else { return SetOutcome::Unavailable };
        let set = self.within(SET, self.inner.set_password(proof, password, wish)).await;
        let outcome = set.unwrap_or(SetOutcome::Unknown);
        asking.over(!matches!(outcome, SetOutcome::Unavailable | SetOutcome::Unknown));
        outcome
    }

    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome {
        let Some(asking) = self.fuse.ask() else { return UnlockOutcome::Unavailable };
        let outcome = self.within(UNLOCK, self.inner.unlock(proof)).await.unwrap_or(UnlockOutcome::Unknown);
        asking.over(!matches!(outcome, UnlockOutcome::Unavailable | UnlockOutcome::Unknown));
        outcome
    }

    /// Always asks, for somebody waits for the truth; never counts, for an unclear look says little about the directory.
    /// If it did, one lost answer and the looks after it would close the way to the owner's addresses, just when the
    /// owner has to be told.
    async fn resolve(&self, id: &AccountId, changed_before: Option<Timestamp>, password: &Password) -> Resolution {
        let looked = self.within(LOOK, self.inner.resolve(id, changed_before, password)).await;
        looked.unwrap_or(Resolution::Unclear)
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.ask(self.inner.probe()).await
    }
}
