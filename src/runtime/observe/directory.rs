//! A tenant's directory behind a meter: how fast it is, whether it answers, and what becomes of sets.

use std::sync::Arc;

use async_trait::async_trait;

use crate::metrics::catalog::Metric;
use crate::model::account::Account;
use crate::model::ids::AccountId;
use crate::model::keypad::Keyed;
use crate::model::secrets::Password;
use crate::model::time::Timestamp;
use crate::ports::directory::{Directory, DirectoryError, Resolution, SetOutcome, SetWish, UnlockOutcome};
use crate::runtime::observe::Meter;
use crate::verify::ledger::{Proof, ResetPassword, UnlockAccount};

pub struct ObservedDirectory {
    pub inner: Arc<dyn Directory>,
    pub tenant: String,
    pub meter: Meter,
}

impl ObservedDirectory {
    async fn timed<T>(&self, operation: &str, call: impl Future<Output = T>) -> T {
        self.meter.time(Metric::DirectorySeconds, &[&self.tenant, operation], call).await
    }

    async fn asked<T>(
        &self,
        operation: &str,
        call: impl Future<Output = Result<T, DirectoryError>>,
    ) -> Result<T, DirectoryError> {
        let answer = self.timed(operation, call).await;
        if answer.is_err() {
            self.failed(operation);
        }
        answer
    }

    fn failed(&self, operation: &str) {
        self.meter.0.count(Metric::DirectoryErrors, &[&self.tenant, operation]);
    }
}

#[async_trait]
impl Directory for ObservedDirectory {
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError> {
        self.asked("find", self.inner.find(user_name)).await
    }

    async fn find_keyed(&self, keys: &str, what: Keyed) -> Result<Vec<Account>, DirectoryError> {
        self.asked("find_keyed", self.inner.find_keyed(keys, what)).await
    }

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError> {
        self.asked("read", self.inner.read(id)).await
    }

    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, wish: SetWish) -> SetOutcome {
        let outcome = self.timed("set_password", self.inner.set_password(proof, password, wish)).await;
        let name = match outcome {
            SetOutcome::Done | SetOutcome::DoneButFirstSignIn => "done",
            SetOutcome::Refused(_) => "refused",
            SetOutcome::NotPermitted => "not_permitted",
            SetOutcome::Protected => "protected",
            SetOutcome::Gone => "gone",
            SetOutcome::Unavailable => "unavailable",
            SetOutcome::Unknown => "unknown",
        };
        self.meter.0.count(Metric::Sets, &[&self.tenant, name]);
        if matches!(outcome, SetOutcome::Unavailable | SetOutcome::Unknown) {
            self.failed("set_password");
        }
        outcome
    }

    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome {
        let outcome = self.timed("unlock", self.inner.unlock(proof)).await;
        if matches!(outcome, UnlockOutcome::Unavailable | UnlockOutcome::Unknown) {
            self.failed("unlock");
        }
        outcome
    }

    async fn resolve(&self, id: &AccountId, changed_before: Option<Timestamp>, password: &Password) -> Resolution {
        self.timed("resolve", self.inner.resolve(id, changed_before, password)).await
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.asked("probe", self.inner.probe()).await
    }
}
