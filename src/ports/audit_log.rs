//! The record of what happened: append only, chained, verifiable.

use async_trait::async_trait;

use crate::audit::AuditEvent;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    #[error("audit log: {0}")]
    Unavailable(String),
}

#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends in order; on disk when it returns. `operation` makes a repeated call harmless.
    async fn append(&self, operation: &str, events: &[AuditEvent]) -> Result<(), AuditError>;

    /// The newest `at_most` events, newest last, for the demo's strip and for `explain`.
    async fn recent(&self, at_most: usize) -> Result<Vec<AuditEvent>, AuditError>;
}
