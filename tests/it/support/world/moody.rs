//! A directory that can be away, or lose the answer to a change it made.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringback::directory::embedded::EmbeddedDirectory;
use ringback::model::account::Account;
use ringback::model::ids::AccountId;
use ringback::model::keypad::Keyed;
use ringback::model::secrets::Password;
use ringback::model::time::Timestamp;
use ringback::ports::clock::Clock;
use ringback::ports::directory::{Directory, DirectoryError, Resolution, SetOutcome, SetWish, UnlockOutcome};
use ringback::verify::ledger::{Proof, ResetPassword, UnlockAccount};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    Up,
    Down,
    /// Answers what is read and changes nothing.
    RefusesWrites,
    /// Somebody took every number and address out of it.
    ForgetsContacts,
    /// Takes a password and does not say so, nor later.
    LosesAnswers,
}

pub struct MoodyDirectory {
    pub inner: EmbeddedDirectory,
    mood: Mutex<Mood>,
    /// How long it thinks before it finds anybody, or nobody.
    slow: Mutex<Option<(Arc<dyn Clock>, u64)>>,
}

impl MoodyDirectory {
    pub fn new(inner: EmbeddedDirectory) -> Self {
        Self { inner, mood: Mutex::new(Mood::Up), slow: Mutex::new(None) }
    }

    pub fn set_mood(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// From now on every search takes so many milliseconds of this clock.
    pub fn think(&self, clock: Arc<dyn Clock>, ms: u64) {
        *self.slow.lock().unwrap() = Some((clock, ms));
    }

    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }

    fn reachable(&self) -> Result<(), DirectoryError> {
        match self.mood() {
            Mood::Down => Err(DirectoryError::Unavailable("connection refused".to_owned())),
            Mood::Up | Mood::LosesAnswers | Mood::RefusesWrites | Mood::ForgetsContacts => Ok(()),
        }
    }
}

impl MoodyDirectory {
    /// As slow as it was told to be.
    async fn thinks(&self) {
        let slow = self.slow.lock().unwrap().clone();
        if let Some((clock, ms)) = slow {
            clock.sleep_until(Timestamp(clock.now().0 + ms)).await;
        }
    }
}

#[async_trait]
impl Directory for MoodyDirectory {
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError> {
        self.reachable()?;
        self.thinks().await;
        self.inner.find(user_name).await
    }

    async fn find_keyed(&self, keys: &str, what: Keyed) -> Result<Vec<Account>, DirectoryError> {
        self.reachable()?;
        self.thinks().await;
        self.inner.find_keyed(keys, what).await
    }

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError> {
        self.reachable()?;
        let mut account = self.inner.read(id).await?;
        if self.mood() == Mood::LosesAnswers {
            account.iter_mut().for_each(|account| account.password_changed = None);
        }
        if self.mood() == Mood::ForgetsContacts {
            account.iter_mut().for_each(|account| account.contacts.clear());
        }
        // Looking at the account tells nothing either.
        if self.mood() == Mood::LosesAnswers {
            account.iter_mut().for_each(|account| account.password_changed = None);
        }
        Ok(account)
    }

    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, wish: SetWish) -> SetOutcome {
        match self.mood() {
            Mood::Down | Mood::RefusesWrites => SetOutcome::Unavailable,
            Mood::Up | Mood::ForgetsContacts => self.inner.set_password(proof, password, wish).await,
            Mood::LosesAnswers => {
                self.inner.set_password(proof, password, wish).await;
                SetOutcome::Unknown
            }
        }
    }

    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome {
        match self.mood() {
            Mood::Down | Mood::RefusesWrites => UnlockOutcome::Unavailable,
            Mood::Up | Mood::LosesAnswers | Mood::ForgetsContacts => self.inner.unlock(proof).await,
        }
    }

    async fn resolve(&self, id: &AccountId, changed_before: Option<Timestamp>, password: &Password) -> Resolution {
        match self.mood() {
            Mood::Down | Mood::LosesAnswers => Resolution::Unclear,
            Mood::Up | Mood::RefusesWrites | Mood::ForgetsContacts => {
                self.inner.resolve(id, changed_before, password).await
            }
        }
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.reachable()
    }
}
