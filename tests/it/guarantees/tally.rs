//! A registry that notes down what is counted against which limits.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringback::model::ids::{AccountId, TenantId};
use ringback::model::names::OptionKey;
use ringback::model::secrets::Answer;
use ringback::model::time::Timestamp;
use ringback::policy::limits::{Limit, Scope};
use ringback::ports::registry::{Count, Enrol, Enrolment, Level, Registry, RegistryError, StepUse};

use crate::runtime::house::House;

/// Rows of a table, as one.
pub fn table(acts: &[&[&str]]) -> BTreeSet<String> {
    acts.iter().flat_map(|cells| cells.iter().map(|cell| (*cell).to_owned())).collect()
}

/// Looked at between one act and the next.
pub struct Tally {
    inner: Arc<dyn Registry>,
    counted: Mutex<BTreeSet<String>>,
}

impl Tally {
    /// Stands between a house and its registry.
    pub fn before(house: &mut House) -> Arc<Self> {
        let tally = Arc::new(Self { inner: Arc::clone(&house.registry), counted: Mutex::default() });
        house.registry = Arc::clone(&tally) as _;
        tally
    }

    /// Since the last look.
    pub fn since(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.counted.lock().unwrap())
    }
}

fn cell(limit: &Limit) -> String {
    let scope = match limit.scope {
        Scope::Peer(_) => "Peer",
        Scope::Account(_) => "Account",
        Scope::Destination(_) => "Destination",
        Scope::Address(_) => "Address",
        Scope::Tenant(_) => "Tenant",
        Scope::Case(_) => "Case",
        Scope::Source(_) => "Source",
        Scope::Prefix(_) => "Prefix",
        Scope::Everybody => "Everybody",
    };
    format!("{:?} {scope} {}/{}", limit.what, limit.limit, limit.window.0)
}

#[async_trait]
impl Registry for Tally {
    async fn enrolment(&self, tenant: &TenantId, account: &AccountId) -> Result<Enrolment, RegistryError> {
        self.inner.enrolment(tenant, account).await
    }

    async fn enrol(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        enrol: Enrol,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        self.inner.enrol(tenant, account, enrol, now).await
    }

    async fn count(
        &self,
        tenant: &TenantId,
        operation: &str,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Count, RegistryError> {
        self.counted.lock().unwrap().extend(limits.iter().map(cell));
        self.inner.count(tenant, operation, limits, now).await
    }

    async fn levels(&self, tenant: &TenantId, limits: &[Limit], now: Timestamp) -> Result<Vec<Level>, RegistryError> {
        self.inner.levels(tenant, limits, now).await
    }

    async fn know_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        self.inner.know_source(tenant, account, peer_key, now).await
    }

    async fn knows_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        since: Timestamp,
    ) -> Result<bool, RegistryError> {
        self.inner.knows_source(tenant, account, peer_key, since).await
    }

    async fn refund(&self, tenant: &TenantId, operation: &str) -> Result<(), RegistryError> {
        self.inner.refund(tenant, operation).await
    }

    async fn forgive(&self, tenant: &TenantId, limit_key: &str) -> Result<(), RegistryError> {
        self.inner.forgive(tenant, limit_key).await
    }

    async fn use_totp_step(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        step: u64,
        operation: &str,
    ) -> Result<StepUse, RegistryError> {
        self.inner.use_totp_step(tenant, account, step, operation).await
    }

    async fn answers_right(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        answers: &[(OptionKey, Answer)],
    ) -> Result<bool, RegistryError> {
        self.inner.answers_right(tenant, account, answers).await
    }

    async fn freeze(&self, tenant: &TenantId, account: &AccountId, now: Timestamp) -> Result<(), RegistryError> {
        self.inner.freeze(tenant, account, now).await
    }

    async fn release(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        self.inner.release(tenant, account).await
    }

    async fn frozen(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        self.inner.frozen(tenant, account).await
    }
}
