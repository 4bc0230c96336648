//! Stricter limits after conversations were lost to damage: what had limited guessing within them is lost with them.

use std::sync::Arc;

use async_trait::async_trait;

use crate::model::ids::{AccountId, TenantId};
use crate::model::names::OptionKey;
use crate::model::secrets::Answer;
use crate::model::time::Timestamp;
use crate::policy::limits::Limit;
use crate::ports::registry::{Count, Enrol, Enrolment, Level, Registry, RegistryError, StepUse};

/// A registry that lets half as much through, of every limit for one window of that limit.
pub struct Cooling<R> {
    inner: Arc<R>,
    since: Box<dyn Fn() -> Option<Timestamp> + Send + Sync>,
}

impl<R: Registry> Cooling<R> {
    /// `since` tells when conversations were last lost.
    pub fn over(inner: Arc<R>, since: impl Fn() -> Option<Timestamp> + Send + Sync + 'static) -> Self {
        Self { inner, since: Box::new(since) }
    }

    fn stricter(&self, limits: &[Limit], now: Timestamp) -> Vec<Limit> {
        let since = (self.since)();
        let halved = |limit: &Limit| match since {
            // One that lets a single attempt through still does.
            Some(since) if now < since + limit.window && limit.limit > 1 => {
                Limit { limit: limit.limit / 2, ..limit.clone() }
            }
            Some(_) | None => limit.clone(),
        };
        limits.iter().map(halved).collect()
    }
}

#[async_trait]
impl<R: Registry> Registry for Cooling<R> {
    async fn count(
        &self,
        tenant: &TenantId,
        operation: &str,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Count, RegistryError> {
        self.inner.count(tenant, operation, &self.stricter(limits, now), now).await
    }

    async fn levels(&self, tenant: &TenantId, limits: &[Limit], now: Timestamp) -> Result<Vec<Level>, RegistryError> {
        self.inner.levels(tenant, &self.stricter(limits, now), now).await
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
