//! A directory of a few people that can only be read, and can be switched off.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use ringback::model::account::{Account, AccountState, LockState};
use ringback::model::ids::AccountId;
use ringback::model::secrets::Password;
use ringback::model::time::Timestamp;
use ringback::ports::directory::{Directory, DirectoryError, Resolution, SetOutcome, SetWish, UnlockOutcome};
use ringback::verify::ledger::{Proof, ResetPassword, UnlockAccount};

/// Ada and Ben are students, `root` is protected.
#[derive(Default)]
pub struct People {
    /// Answers no more once so many names were looked up; zero for never.
    pub stops_after: AtomicUsize,
    asked: AtomicUsize,
    pub down: AtomicBool,
}

fn account(name: &str) -> Account {
    Account {
        id: AccountId(format!("id-of-{name}")),
        user_name: format!("{name}@uni.example"),
        names: vec![],
        population: String::from("student"),
        state: AccountState::Active,
        privileged: name == "root",
        lock: LockState::Open,
        contacts: vec![],
        password_changed: None,
    }
}

#[async_trait]
impl Directory for People {
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let stops = self.stops_after.load(Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) || (stops > 0 && asked > stops) {
            return Err(DirectoryError::Unavailable(String::from("ldap1 does not answer")));
        }
        let known = user_name.to_lowercase();
        let known = known.strip_suffix("@uni.example").filter(|name| ["ada", "ben", "root"].contains(name));
        Ok(known.map(account))
    }

    async fn read(&self, _: &AccountId) -> Result<Option<Account>, DirectoryError> {
        Ok(None)
    }

    async fn set_password(&self, _: Proof<ResetPassword>, _: &Password, _: SetWish) -> SetOutcome {
        SetOutcome::Unavailable
    }

    async fn unlock(&self, _: Proof<UnlockAccount>) -> UnlockOutcome {
        UnlockOutcome::Unavailable
    }

    async fn resolve(&self, _: &AccountId, _: Option<Timestamp>, _: &Password) -> Resolution {
        Resolution::Unclear
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        Ok(())
    }
}
