//! A tenant's directory behind its breaker.

use std::sync::Arc;

use async_trait::async_trait;

use crate::model::account::Account;
use crate::model::ids::AccountId;
use crate::model::secrets::Password;
use crate::model::time::Timestamp;
use crate::ports::directory::{Directory, DirectoryError, Resolution, SetOutcome, SetWish, UnlockOutcome};
use crate::runtime::health::Fuse;
use crate::verify::ledger::{Proof, ResetPassword, UnlockAccount};

pub struct Guarded {
    inner: Arc<dyn Directory>,
    fuse: Fuse,
}

impl Guarded {
    pub fn new(inner: Arc<dyn Directory>, fuse: Fuse) -> Self {
        Self { inner, fuse }
    }

    async fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, DirectoryError>> + Send,
    ) -> Result<T, DirectoryError> {
        let Some(asking) = self.fuse.ask() else {
            return Err(DirectoryError::Unavailable("left alone for a while, because it keeps failing".to_owned()));
        };
        let answer = question.await;
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

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError> {
        self.ask(self.inner.read(id)).await
    }

    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, wish: SetWish) -> SetOutcome {
        let Some(asking) = self.fuse.ask() else { return SetOutcome::Unavailable };
        let outcome = self.inner.set_password(proof, password, wish).await;
        asking.over(!matches!(outcome, SetOutcome::Unavailable | SetOutcome::Unknown));
        outcome
    }

    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome {
        let Some(asking) = self.fuse.ask() else { return UnlockOutcome::Unavailable };
        let outcome = self.inner.unlock(proof).await;
        asking.over(outcome != UnlockOutcome::Unavailable);
        outcome
    }

    /// Always asks, for somebody waits for the truth; never counts, for an unclear look says little about the directory.
    /// If it did, one lost answer and the looks after it would close the way to the owner's addresses, just when the
    /// owner has to be told.
    async fn resolve(&self, id: &AccountId, changed_before: Option<Timestamp>, password: &Password) -> Resolution {
        self.inner.resolve(id, changed_before, password).await
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.ask(self.inner.probe()).await
    }
}
