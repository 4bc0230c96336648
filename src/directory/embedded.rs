//! The demo's directory: people in memory with hashed passwords, a history and a lock after wrong ones.

mod hashes;
pub mod people;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::directory::embedded::hashes::Hash;
use crate::directory::embedded::people::{Person, TenantPeople};
use crate::model::account::{Account, AccountState, LockState, RegisteredContact};
use crate::model::ids::AccountId;
use crate::model::keypad::{self, Keyed};
use crate::model::secrets::Password;
use crate::model::time::Timestamp;
use crate::ports::clock::{Clock, Entropy};
use crate::ports::directory::{
    Directory, DirectoryError, MOST_KEYED, Refusal, Resolution, SetOutcome, SetWish, UnlockOutcome,
};
use crate::verify::ledger::{Proof, ResetPassword, UnlockAccount};

/// One tenant's people. Passwords survive as Argon2id hashes only; everything is gone when the process ends.
pub struct EmbeddedDirectory {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    min_length: usize,
    history: usize,
    lock_after: u32,
    // One lock for all: a wrong sign-in is counted before the next one is compared, and a demo has a handful of people.
    entries: Mutex<Vec<Entry>>,
}

/// What the demo's sign-in page gets to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignIn {
    Ok,
    /// Right, and to be changed now (a spoken, temporary password).
    MustChange,
    /// Wrong password or no such account.
    Wrong,
    Locked,
    /// Disabled or expired; said only when the password was right.
    Disabled,
}

struct Entry {
    account: Account,
    /// On the person's card.
    number: Option<String>,
    present: Hash,
    /// Former hashes, newest first.
    former: Vec<Hash>,
    wrong: u32,
    must_change: bool,
}

impl EmbeddedDirectory {
    /// Takes a tenant's people in. `region` reads telephone numbers without `+`.
    ///
    /// # Errors
    /// An address that does not parse, with the person and the key it stands under.
    pub fn new(
        people: &TenantPeople,
        region: &str,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, DirectoryError> {
        let entry = |person: &Person| {
            let contacts = person.contacts(region).map_err(DirectoryError::Configuration)?;
            let present = Hash::of(person.password.as_bytes(), entropy.draw());
            Ok(Entry::new(person, contacts, present, clock.now()))
        };
        let entries = people.people.iter().map(entry).collect::<Result<Vec<_>, DirectoryError>>()?;
        Ok(Self {
            min_length: people.min_length,
            history: people.history,
            lock_after: people.lock_after,
            entries: Mutex::new(entries),
            clock,
            entropy,
        })
    }

    /// Signs in as a person would elsewhere. So many wrong passwords in a row lock the account.
    pub async fn sign_in(&self, user_name: &str, password: &Password) -> SignIn {
        let mut entries = self.entries.lock().await;
        let Some(entry) = only(entries.iter_mut().filter(|entry| entry.is_called(user_name))) else {
            return SignIn::Wrong;
        };
        if entry.account.lock != LockState::Open {
            return SignIn::Locked;
        }
        if !hashes::any_matches(std::slice::from_ref(&entry.present), composed(password)).await {
            entry.wrong += 1;
            if entry.wrong >= self.lock_after {
                entry.account.lock = LockState::ByFailures;
            }
            return SignIn::Wrong;
        }
        entry.wrong = 0;
        match (entry.account.state, entry.must_change) {
            (AccountState::Disabled | AccountState::Expired, _) => SignIn::Disabled,
            (AccountState::Active, true) => SignIn::MustChange,
            (AccountState::Active, false) => SignIn::Ok,
        }
    }

    /// Sets the password of somebody who signed in with one that must be changed, as an institution's own sign-in does.
    /// `None` for everybody else: their passwords are set with a proof.
    pub async fn renew(&self, user_name: &str, password: &Password) -> Option<SetOutcome> {
        let (id, present) = {
            let entries = self.entries.lock().await;
            let entry = only(entries.iter().filter(|entry| entry.is_called(user_name)))?;
            let may = entry.must_change && entry.account.lock == LockState::Open;
            may.then(|| (entry.account.id.clone(), entry.present.clone()))?
        };
        // Whatever the history forgives: the one that must be changed is not another one.
        if hashes::any_matches([present], composed(password)).await {
            return Some(SetOutcome::Refused(Refusal::Reused));
        }
        Some(self.set(&id, password, SetWish { must_change: false }).await)
    }

    async fn set(&self, id: &AccountId, password: &Password, wish: SetWish) -> SetOutcome {
        let mut entries = self.entries.lock().await;
        let Some(entry) = entries.iter_mut().find(|entry| entry.account.id == *id) else { return SetOutcome::Gone };
        if entry.account.privileged {
            return SetOutcome::Protected;
        }
        if entry.account.state != AccountState::Active {
            return SetOutcome::Gone;
        }
        let chosen = composed(password);
        if chosen.chars().count() < self.min_length {
            return SetOutcome::Refused(Refusal::Short);
        }
        if hashes::any_matches(entry.remembered(self.history), chosen.clone()).await {
            return SetOutcome::Refused(Refusal::Reused);
        }
        let fresh = hashes::hash(chosen, self.entropy.draw()).await;
        entry.replace(fresh, self.history, wish, self.clock.now());
        SetOutcome::Done
    }
}

#[async_trait]
impl Directory for EmbeddedDirectory {
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError> {
        let entries = self.entries.lock().await;
        Ok(only(entries.iter().filter(|entry| entry.is_called(user_name))).map(|entry| entry.account.clone()))
    }

    async fn find_keyed(&self, keys: &str, what: Keyed) -> Result<Vec<Account>, DirectoryError> {
        let entries = self.entries.lock().await;
        let meant = |entry: &&Entry| match (what, &entry.number) {
            (Keyed::Number, Some(number)) => number == keys,
            (Keyed::Number, None) | (Keyed::Name, _) => keypad::means(&entry.account.user_name, keys, what),
        };
        Ok(entries.iter().filter(meant).take(MOST_KEYED).map(|entry| entry.account.clone()).collect())
    }

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError> {
        let entries = self.entries.lock().await;
        Ok(entries.iter().find(|entry| entry.account.id == *id).map(|entry| entry.account.clone()))
    }

    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, wish: SetWish) -> SetOutcome {
        self.set(proof.account(), password, wish).await
    }

    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome {
        let mut entries = self.entries.lock().await;
        let Some(entry) = entries.iter_mut().find(|entry| entry.account.id == *proof.account()) else {
            return UnlockOutcome::Gone;
        };
        match (entry.account.privileged, entry.account.state, entry.account.lock) {
            (true, ..) => UnlockOutcome::Protected,
            (false, AccountState::Disabled | AccountState::Expired, _) => UnlockOutcome::Gone,
            (false, AccountState::Active, LockState::Open) => UnlockOutcome::NotLocked,
            (false, AccountState::Active, LockState::ByAdministrator) => UnlockOutcome::LockedByAdministrator,
            (false, AccountState::Active, LockState::ByFailures) => {
                entry.lift_lock();
                UnlockOutcome::Done
            }
        }
    }

    async fn resolve(&self, id: &AccountId, changed_before: Option<Timestamp>, password: &Password) -> Resolution {
        let entries = self.entries.lock().await;
        let Some(entry) = entries.iter().find(|entry| entry.account.id == *id) else { return Resolution::Unclear };
        if hashes::any_matches(std::slice::from_ref(&entry.present), composed(password)).await {
            Resolution::Applied
        } else if entry.account.password_changed > changed_before {
            Resolution::Different
        } else {
            Resolution::NotApplied
        }
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        Ok(())
    }
}

impl Entry {
    fn new(person: &Person, contacts: Vec<RegisteredContact>, present: Hash, now: Timestamp) -> Self {
        let account = Account {
            id: AccountId(person.id.clone()),
            user_name: person.user.clone(),
            names: person.names(),
            population: person.population.clone(),
            state: person.state.into(),
            privileged: person.privileged,
            lock: person.lock.into(),
            contacts,
            password_changed: Some(now),
        };
        let number = person.number.clone();
        Self { account, number, present, former: Vec::new(), wrong: 0, must_change: false }
    }

    /// Whole names match in any case; a name without a domain matches the part before the `@`.
    fn is_called(&self, name: &str) -> bool {
        let whole = self.account.user_name.as_str();
        let local = whole.split_once('@').map_or(whole, |(local, _)| local);
        let own = if name.contains('@') { whole } else { local };
        own.to_lowercase() == name.to_lowercase()
    }

    /// Hashes that a new password must differ from: with a history of 3, the present one and two former ones.
    fn remembered(&self, history: usize) -> Vec<Hash> {
        std::iter::once(&self.present).chain(&self.former).take(history).cloned().collect()
    }

    fn replace(&mut self, fresh: Hash, history: usize, wish: SetWish, now: Timestamp) {
        self.former.insert(0, std::mem::replace(&mut self.present, fresh));
        self.former.truncate(history);
        self.must_change = wish.must_change;
        self.account.password_changed = Some(now);
        // Who proved to be the owner gets back in; a lock that a person put there stays.
        if self.account.lock == LockState::ByFailures {
            self.lift_lock();
        }
    }

    fn lift_lock(&mut self) {
        self.account.lock = LockState::Open;
        self.wrong = 0;
    }
}

/// The only element; none or several are both `None`.
fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Unicode NFC: keyboards differ in how they write one and the same letter.
fn composed(password: &Password) -> Zeroizing<String> {
    Zeroizing::new(password.reveal().nfc().collect())
}
