//! The registry behind a meter: how long counting takes, and which limits hold.

use std::sync::Arc;

use async_trait::async_trait;

use crate::metrics::catalog::Metric;
use crate::model::contacts::Contact;
use crate::model::ids::{AccountId, FormerId, TenantId};
use crate::model::names::OptionKey;
use crate::model::secrets::Answer;
use crate::model::time::Timestamp;
use crate::policy::limits::Limit;
use crate::ports::former::{Carrier, FormerAddress, FormerAddresses};
use crate::ports::registry::{Count, Enrol, Enrolment, Level, Registry, RegistryError, StepUse};
use crate::runtime::observe::{Meter, word};

pub struct ObservedRegistry {
    pub inner: Arc<dyn Registry>,
    pub meter: Meter,
}

impl ObservedRegistry {
    async fn timed<T>(&self, operation: &str, call: impl Future<Output = T>) -> T {
        self.meter.time(Metric::RegistrySeconds, &[operation], call).await
    }
}

/// The registry's other side, behind the same meter.
pub struct ObservedFormer {
    pub inner: Arc<dyn FormerAddresses>,
    pub meter: Meter,
}

impl ObservedFormer {
    async fn timed<T>(&self, operation: &str, call: impl Future<Output = T>) -> T {
        self.meter.time(Metric::RegistrySeconds, &[operation], call).await
    }
}

#[async_trait]
impl FormerAddresses for ObservedFormer {
    async fn waiting(&self, by: Carrier, at_most: u32) -> Result<Vec<FormerAddress>, RegistryError> {
        self.timed("former_waiting", self.inner.waiting(by, at_most)).await
    }

    async fn address(&self, id: FormerId) -> Result<Option<Contact>, RegistryError> {
        self.timed("former_address", self.inner.address(id)).await
    }

    async fn taken_up(&self, id: FormerId, now: Timestamp) -> Result<(), RegistryError> {
        self.timed("former_taken_up", self.inner.taken_up(id, now)).await
    }

    async fn forget(&self, id: FormerId) -> Result<(), RegistryError> {
        self.timed("former_forget", self.inner.forget(id)).await
    }
}

#[async_trait]
impl Registry for ObservedRegistry {
    async fn enrolment(&self, tenant: &TenantId, account: &AccountId) -> Result<Enrolment, RegistryError> {
        self.timed("enrolment", self.inner.enrolment(tenant, account)).await
    }

    async fn enrol(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        enrol: Enrol,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        self.timed("enrol", self.inner.enrol(tenant, account, enrol, now)).await
    }

    async fn count(
        &self,
        tenant: &TenantId,
        operation: &str,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Count, RegistryError> {
        let counted = self.timed("count", self.inner.count(tenant, operation, limits, now)).await?;
        if let (Count::Refused { .. }, Some(limit)) = (counted, limits.first()) {
            // All limits of one call are about the same act; which of them held is between registry and caller.
            self.meter.0.count(Metric::LimitsHit, &[&word(&limit.what)]);
        }
        Ok(counted)
    }

    async fn levels(&self, tenant: &TenantId, limits: &[Limit], now: Timestamp) -> Result<Vec<Level>, RegistryError> {
        self.timed("levels", self.inner.levels(tenant, limits, now)).await
    }

    async fn know_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        self.timed("know_source", self.inner.know_source(tenant, account, peer_key, now)).await
    }

    async fn knows_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        since: Timestamp,
    ) -> Result<bool, RegistryError> {
        self.timed("knows_source", self.inner.knows_source(tenant, account, peer_key, since)).await
    }

    async fn refund(&self, tenant: &TenantId, operation: &str) -> Result<(), RegistryError> {
        self.timed("refund", self.inner.refund(tenant, operation)).await
    }

    async fn forgive(&self, tenant: &TenantId, limit_key: &str) -> Result<(), RegistryError> {
        self.timed("forgive", self.inner.forgive(tenant, limit_key)).await
    }

    async fn use_totp_step(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        step: u64,
        operation: &str,
    ) -> Result<StepUse, RegistryError> {
        self.timed("use_totp_step", self.inner.use_totp_step(tenant, account, step, operation)).await
    }

    async fn answers_right(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        answers: &[(OptionKey, Answer)],
    ) -> Result<bool, RegistryError> {
        self.timed("answers_right", self.inner.answers_right(tenant, account, answers)).await
    }

    async fn freeze(&self, tenant: &TenantId, account: &AccountId, now: Timestamp) -> Result<(), RegistryError> {
        self.timed("freeze", self.inner.freeze(tenant, account, now)).await
    }

    async fn release(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        self.timed("release", self.inner.release(tenant, account)).await
    }

    async fn frozen(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        self.timed("frozen", self.inner.frozen(tenant, account)).await
    }
}
