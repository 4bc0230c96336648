//! The line to a directory, which can be cut or swallow what it is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use ringback::model::account::Account;
use ringback::model::ids::AccountId;
use ringback::model::secrets::Password;
use ringback::model::time::Timestamp;
use ringback::ports::directory::{Directory, DirectoryError, Resolution, SetOutcome, SetWish, UnlockOutcome};
use ringback::verify::ledger::{Proof, ResetPassword, UnlockAccount};

/// It counts what goes over it.
pub struct Line {
    inner: Arc<dyn Directory>,
    pub cut: AtomicBool,
    /// Nothing comes back.
    pub swallows: AtomicBool,
    /// Questions that wait for an answer that will not come.
    swallowed: AtomicUsize,
    calls: AtomicUsize,
}

/// One of those who wait; until it gives up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn one_more(n: &'a AtomicUsize) -> Self {
        n.fetch_add(1, Ordering::SeqCst);
        Self(n)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Line {
    pub fn before(inner: Arc<dyn Directory>) -> Self {
        let (cut, swallows) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { inner, cut, swallows, swallowed: AtomicUsize::new(0), calls: AtomicUsize::new(0) }
    }

    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub fn hangs(&self) -> bool {
        self.swallowed.load(Ordering::SeqCst) > 0
    }

    async fn goes(&self) -> Result<(), DirectoryError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.swallows.load(Ordering::SeqCst) {
            let _waiting = Waiting::one_more(&self.swallowed);
            std::future::pending::<()>().await;
        }
        match self.cut.load(Ordering::SeqCst) {
            true => Err(DirectoryError::Unavailable("connection refused".to_owned())),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl Directory for Line {
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError> {
        self.goes().await?;
        self.inner.find(user_name).await
    }

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError> {
        self.goes().await?;
        self.inner.read(id).await
    }

    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, wish: SetWish) -> SetOutcome {
        match self.goes().await {
            Ok(()) => self.inner.set_password(proof, password, wish).await,
            Err(_) => SetOutcome::Unavailable,
        }
    }

    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome {
        match self.goes().await {
            Ok(()) => self.inner.unlock(proof).await,
            Err(_) => UnlockOutcome::Unavailable,
        }
    }

    async fn resolve(&self, id: &AccountId, changed_before: Option<Timestamp>, password: &Password) -> Resolution {
        match self.goes().await {
            Ok(()) => self.inner.resolve(id, changed_before, password).await,
            Err(_) => Resolution::Unclear,
        }
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.goes().await?;
        self.inner.probe().await
    }
}
