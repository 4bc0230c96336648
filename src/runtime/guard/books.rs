//! Registry and audit record, watched. They have no breaker: each call is cheap, and each one says how they stand.

use std::sync::Arc;

use async_trait::async_trait;

use crate::audit::AuditEvent;
use crate::model::contacts::Contact;
use crate::model::ids::{AccountId, FormerId, TenantId};
use crate::model::names::OptionKey;
use crate::model::secrets::Answer;
use crate::model::time::Timestamp;
use crate::policy::limits::Limit;
use crate::ports::audit_log::{AuditError, AuditLog};
use crate::ports::former::{Carrier, FormerAddress, FormerAddresses};
use crate::ports::registry::{Count, Enrol, Enrolment, Level, Registry, RegistryError, StepUse};
use crate::runtime::health::Gauge;

pub struct Registered {
    inner: Arc<dyn Registry>,
    gauge: Arc<Gauge>,
}

/// The registry's other side.
pub struct Left {
    inner: Arc<dyn FormerAddresses>,
    gauge: Arc<Gauge>,
}

pub struct Recorded {
    inner: Arc<dyn AuditLog>,
    gauge: Arc<Gauge>,
}

impl Registered {
    pub fn new(inner: Arc<dyn Registry>, gauge: Arc<Gauge>) -> Self {
        Self { inner, gauge }
    }

    fn seen<T>(&self, done: Result<T, RegistryError>) -> Result<T, RegistryError> {
        note(&self.gauge, "registry", done.is_ok());
        done
    }
}

impl Left {
    pub fn new(inner: Arc<dyn FormerAddresses>, gauge: Arc<Gauge>) -> Self {
        Self { inner, gauge }
    }

    fn seen<T>(&self, done: Result<T, RegistryError>) -> Result<T, RegistryError> {
        note(&self.gauge, "registry", done.is_ok());
        done
    }
}

impl Recorded {
    pub fn new(inner: Arc<dyn AuditLog>, gauge: Arc<Gauge>) -> Self {
        Self { inner, gauge }
    }

    fn seen<T>(&self, done: Result<T, AuditError>) -> Result<T, AuditError> {
        note(&self.gauge, "audit", done.is_ok());
        done
    }
}

fn note(gauge: &Gauge, part: &'static str, works: bool) {
    if gauge.note(works) {
        match works {
            true => tracing::info!(part, outcome = "up", "it is back"),
            false => tracing::error!(part, outcome = "down", "it fails; what needs it is refused"),
        }
    }
}

#[async_trait]
impl AuditLog for Recorded {
    async fn append(&self, operation: &str, events: &[AuditEvent]) -> Result<(), AuditError> {
        self.seen(self.inner.append(operation, events).await)
    }

    async fn recent(&self, at_most: usize) -> Result<Vec<AuditEvent>, AuditError> {
        self.seen(self.inner.recent(at_most).await)
    }
}

#[async_trait]
impl FormerAddresses for Left {
    async fn waiting(&self, by: Carrier, at_most: u32) -> Result<Vec<FormerAddress>, RegistryError> {
        self.seen(self.inner.waiting(by, at_most).await)
    }

    async fn address(&self, id: FormerId) -> Result<Option<Contact>, RegistryError> {
        self.seen(self.inner.address(id).await)
    }

    async fn taken_up(&self, id: FormerId, now: Timestamp) -> Result<(), RegistryError> {
        self.seen(self.inner.taken_up(id, now).await)
    }

    async fn forget(&self, id: FormerId) -> Result<(), RegistryError> {
        self.seen(self.inner.forget(id).await)
    }
}

#[async_trait]
impl Registry for Registered {
    async fn enrolment(&self, tenant: &TenantId, account: &AccountId) -> Result<Enrolment, RegistryError> {
        self.seen(self.inner.enrolment(tenant, account).await)
    }

    async fn enrol(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        enrol: Enrol,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        self.seen(self.inner.enrol(tenant, account, enrol, now).await)
    }

    async fn count(
        &self,
        tenant: &TenantId,
        operation: &str,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Count, RegistryError> {
        self.seen(self.inner.count(tenant, operation, limits, now).await)
    }

    async fn levels(&self, tenant: &TenantId, limits: &[Limit], now: Timestamp) -> Result<Vec<Level>, RegistryError> {
        self.seen(self.inner.levels(tenant, limits, now).await)
    }

    async fn know_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        self.seen(self.inner.know_source(tenant, account, peer_key, now).await)
    }

    async fn knows_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        since: Timestamp,
    ) -> Result<bool, RegistryError> {
        self.seen(self.inner.knows_source(tenant, account, peer_key, since).await)
    }

    async fn refund(&self, tenant: &TenantId, operation: &str) -> Result<(), RegistryError> {
        self.seen(self.inner.refund(tenant, operation).await)
    }

    async fn forgive(&self, tenant: &TenantId, limit_key: &str) -> Result<(), RegistryError> {
        self.seen(self.inner.forgive(tenant, limit_key).await)
    }

    async fn use_totp_step(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        step: u64,
        operation: &str,
    ) -> Result<StepUse, RegistryError> {
        self.seen(self.inner.use_totp_step(tenant, account, step, operation).await)
    }

    async fn answers_right(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        answers: &[(OptionKey, Answer)],
    ) -> Result<bool, RegistryError> {
        self.seen(self.inner.answers_right(tenant, account, answers).await)
    }

    async fn freeze(&self, tenant: &TenantId, account: &AccountId, now: Timestamp) -> Result<(), RegistryError> {
        self.seen(self.inner.freeze(tenant, account, now).await)
    }

    async fn release(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        self.seen(self.inner.release(tenant, account).await)
    }

    async fn frozen(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        self.seen(self.inner.frozen(tenant, account).await)
    }
}
