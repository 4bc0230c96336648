//! The directory: it knows the truth about every account, and does not always tell it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringback::model::account::{Account, LockState};
use ringback::model::ids::{AccountId, RunId};
use ringback::model::purpose::Purpose;
use ringback::model::secrets::Password;
use ringback::model::time::Timestamp;
use ringback::ports::clock::Clock;
use ringback::ports::directory::{Directory, DirectoryError, Refusal, Resolution, SetOutcome, SetWish, UnlockOutcome};
use ringback::verify::ledger::{Proof, ResetPassword, UnlockAccount};

use crate::simulator::oracle::Now;
use crate::simulator::planted::Planted;
use crate::simulator::scene::Scene;

pub struct SimDirectory {
    pub scene: Arc<Scene>,
    /// Passwords that are on their way: when they arrive, in milliseconds since the beginning.
    pub on_the_way: Arc<Mutex<Vec<Arriving>>>,
    /// Accounts as they were when they were read first.
    copies: Mutex<BTreeMap<AccountId, Account>>,
}

pub struct Arriving {
    pub at: u64,
    account: AccountId,
    run: RunId,
    password: String,
}

impl SimDirectory {
    pub fn new(scene: &Arc<Scene>, on_the_way: &Arc<Mutex<Vec<Arriving>>>) -> Self {
        Self { scene: Arc::clone(scene), on_the_way: Arc::clone(on_the_way), copies: Mutex::default() }
    }

    async fn asked(&self, what: &str) -> Result<(), DirectoryError> {
        self.scene.boundary(&format!("before asking the directory {what}")).await;
        if self.scene.strikes("directory: a question takes long", what) {
            self.takes(2_413).await;
        }
        match self.scene.strikes("directory: a question fails", what) {
            true => Err(DirectoryError::Unavailable("connection refused".to_owned())),
            false => Ok(()),
        }
    }

    async fn takes(&self, millis: u64) {
        let until = Timestamp(self.scene.clock.now().0 + millis);
        self.scene.clock.sleep_until(until).await;
        if self.scene.state().dead {
            std::future::pending::<()>().await;
        }
    }

    fn known(&self, account: Option<Account>) -> Option<Account> {
        if !self.scene.has_planted(Planted::StaleAccount) {
            return account;
        }
        let account = account?;
        Some(self.copies.lock().unwrap().entry(account.id.clone()).or_insert(account).clone())
    }
}

/// A password is set.
pub fn arrive(scene: &Scene, account: &AccountId, run: RunId, password: &str) {
    let now = scene.clock.now();
    let judged = Now { mark: scene.clock.mark(), tenant: &scene.tenant };
    let mut state = scene.state();
    if let Some(member) = state.cast.get_mut(account) {
        member.password = password.to_owned();
        member.account.password_changed = Some(now);
        if member.account.lock == LockState::ByFailures {
            member.account.lock = LockState::Open;
        }
    }
    state.oracle.was_set(account, run, &judged);
    *state.tally.entry("sets").or_default() += 1;
    drop(state);
    scene.tell(|| format!("==  the password of {} is set", account.0));
}

/// Passwords that have arrived by now.
pub fn arrive_due(scene: &Scene, on_the_way: &Mutex<Vec<Arriving>>) {
    let now = scene.clock.elapsed();
    let due: Vec<Arriving> = {
        let mut waiting = on_the_way.lock().unwrap();
        let (due, later) = waiting.drain(..).partition(|arriving| arriving.at <= now);
        *waiting = later;
        due
    };
    for Arriving { account, run, password, .. } in due {
        arrive(scene, &account, run, &password);
    }
}

#[async_trait]
impl Directory for SimDirectory {
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError> {
        self.asked("for a name").await?;
        let state = self.scene.state();
        let called = |account: &&Account| account.user_name.eq_ignore_ascii_case(user_name);
        let account = state.cast.values().map(|member| &member.account).find(called).cloned();
        drop(state);
        if self.scene.has_planted(Planted::UnknownNamesDiffer) && account.is_none() {
            return Err(DirectoryError::Unavailable("no such name".to_owned()));
        }
        Ok(self.known(account))
    }

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError> {
        self.asked("for an account").await?;
        let account = self.scene.state().cast.get(id).map(|member| member.account.clone());
        Ok(self.known(account))
    }

    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, _: SetWish) -> SetOutcome {
        let (account, run) = (proof.account().clone(), proof.run());
        let at = run.to_string();
        self.scene.boundary(&format!("before setting {at}")).await;
        {
            let now = Now { mark: self.scene.clock.mark(), tenant: &self.scene.tenant };
            let mut state = self.scene.state();
            let Some(member) = state.cast.get(&account).cloned() else { return SetOutcome::Gone };
            state.oracle.asked_to_change(Purpose::ResetPassword, &account, run, &member, &now);
        }
        if self.scene.strikes("directory: a set takes long", &at) {
            self.takes(3_217).await;
        }
        if self.scene.strikes("directory: a set is refused", &at) {
            return SetOutcome::Refused(Refusal::Reused);
        }
        if self.scene.strikes("directory: a set never arrives", &at) {
            return SetOutcome::Unavailable;
        }
        if self.scene.strikes("directory: a set times out, not done", &at) {
            return SetOutcome::Unknown;
        }
        if self.scene.strikes("directory: a set times out, done later", &at) {
            let password = password.reveal().to_owned();
            let at = self.scene.clock.elapsed() + 1_731;
            self.on_the_way.lock().unwrap().push(Arriving { at, account, run, password });
            return SetOutcome::Unknown;
        }
        arrive(&self.scene, &account, run, password.reveal());
        if self.scene.has_planted(Planted::SetsAgain) {
            arrive(&self.scene, &account, run, password.reveal());
        }
        self.scene.boundary(&format!("after setting {at}")).await;
        match self.scene.strikes("directory: a set times out, done", &at) {
            true => SetOutcome::Unknown,
            false => SetOutcome::Done,
        }
    }

    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome {
        let (account, run) = (proof.account().clone(), proof.run());
        self.scene.boundary("before unlocking").await;
        if self.scene.strikes("directory: an unlock fails", &run.to_string()) {
            return UnlockOutcome::Unavailable;
        }
        {
            let now = Now { mark: self.scene.clock.mark(), tenant: &self.scene.tenant };
            let mut state = self.scene.state();
            let Some(member) = state.cast.get(&account).cloned() else { return UnlockOutcome::Gone };
            state.oracle.asked_to_change(Purpose::UnlockAccount, &account, run, &member, &now);
            match member.account.lock {
                LockState::Open => return UnlockOutcome::NotLocked,
                LockState::ByAdministrator => return UnlockOutcome::LockedByAdministrator,
                LockState::ByFailures => {}
            }
            state.oracle.was_unlocked(&account, run, &now);
            if let Some(member) = state.cast.get_mut(&account) {
                member.account.lock = LockState::Open;
            }
            *state.tally.entry("unlocks").or_default() += 1;
        }
        self.scene.tell(|| format!("==  {} is unlocked", account.0));
        self.scene.boundary("after unlocking").await;
        UnlockOutcome::Done
    }

    async fn resolve(&self, id: &AccountId, _: Option<Timestamp>, password: &Password) -> Resolution {
        self.scene.boundary("before a look at what became of it").await;
        if self.scene.has_planted(Planted::ResolverGuesses) {
            return Resolution::Applied;
        }
        if self.scene.strikes("directory: a look is unclear", &id.0) {
            return Resolution::Unclear;
        }
        let state = self.scene.state();
        let is_it = state.cast.get(id).is_some_and(|member| member.password == password.reveal());
        if is_it { Resolution::Applied } else { Resolution::NotApplied }
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.asked("whether it is there").await
    }
}
