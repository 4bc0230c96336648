//! The audit record behind a meter: what is put on record is counted by kind.

use std::sync::Arc;

use async_trait::async_trait;

use crate::audit::AuditEvent;
use crate::metrics::catalog::Metric;
use crate::ports::audit_log::{AuditError, AuditLog};
use crate::runtime::observe::{Meter, word};

pub struct ObservedAuditLog {
    pub inner: Arc<dyn AuditLog>,
    pub meter: Meter,
}

#[async_trait]
impl AuditLog for ObservedAuditLog {
    async fn append(&self, operation: &str, events: &[AuditEvent]) -> Result<(), AuditError> {
        let call = self.inner.append(operation, events);
        self.meter.time(Metric::AuditSeconds, &[], call).await?;
        for event in events {
            self.meter.0.count(Metric::AuditEvents, &[&event.tenant.0, &word(&event.kind)]);
        }
        Ok(())
    }

    async fn recent(&self, at_most: usize) -> Result<Vec<AuditEvent>, AuditError> {
        self.inner.recent(at_most).await
    }
}
