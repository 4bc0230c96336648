//! The record in memory: in order, each operation once, with a database's faults around it.

use std::sync::Arc;

use async_trait::async_trait;
use ringback::audit::{AuditEvent, AuditKind};
use ringback::ports::audit_log::{AuditError, AuditLog};

use crate::simulator::planted::Planted;
use crate::simulator::scene::Scene;

pub struct SimRecord {
    pub scene: Arc<Scene>,
}

impl SimRecord {
    fn dropped(&self, operation: &str, events: &[AuditEvent]) -> bool {
        let is = |wanted: fn(&AuditKind) -> bool| events.iter().any(|event| wanted(&event.kind));
        match self.scene.planted {
            Some(Planted::IntentNotWritten) => is(|kind| matches!(kind, AuditKind::EffectIntended { .. })),
            Some(Planted::OutcomeNotWritten) => is(|kind| matches!(kind, AuditKind::PasswordSet)),
            Some(Planted::RecordHasHoles) => operation.starts_with("row:") && operation.ends_with('7'),
            _ => false,
        }
    }
}

fn away<T>() -> Result<T, AuditError> {
    Err(AuditError::Unavailable("the record does not answer".to_owned()))
}

#[async_trait]
impl AuditLog for SimRecord {
    async fn append(&self, operation: &str, events: &[AuditEvent]) -> Result<(), AuditError> {
        self.scene.boundary(&format!("before recording {operation}")).await;
        if self.scene.strikes("audit: a call fails", operation) {
            return away();
        }
        if !self.dropped(operation, events) {
            let mut state = self.scene.state();
            if !state.oracle.operations.contains(operation) {
                state.oracle.recorded_now(operation, events);
            }
        }
        self.scene.boundary(&format!("after recording {operation}")).await;
        if self.scene.strikes("audit: a call is done, its answer is lost", operation) { away() } else { Ok(()) }
    }

    async fn recent(&self, at_most: usize) -> Result<Vec<AuditEvent>, AuditError> {
        let record = self.scene.state().oracle.record.clone();
        Ok(record[record.len().saturating_sub(at_most)..].to_vec())
    }
}
