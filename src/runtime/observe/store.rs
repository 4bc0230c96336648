//! The store behind a meter.

use std::sync::Arc;

use async_trait::async_trait;

use crate::metrics::catalog::Metric;
use crate::model::time::Timestamp;
use crate::ports::store::{ClaimedRow, Key, Op, Room, RowId, Store, StoreError, Version, Versioned, WaitingRow};
use crate::runtime::observe::Meter;

pub struct ObservedStore {
    pub inner: Arc<dyn Store>,
    pub meter: Meter,
}

impl ObservedStore {
    async fn timed<T>(
        &self,
        operation: &str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let outcome = self.meter.time(Metric::StoreSeconds, &[operation], call).await;
        if let Err(error) = &outcome {
            let error = match error {
                StoreError::Conflict => "conflict",
                StoreError::Unavailable(_) => "unavailable",
                StoreError::Damaged(_) => "damaged",
            };
            self.meter.0.count(Metric::StoreErrors, &[operation, error]);
        }
        outcome
    }
}

#[async_trait]
impl Store for ObservedStore {
    async fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        self.timed("get", self.inner.get(key)).await
    }

    async fn commit(&self, batch: Vec<Op>) -> Result<Version, StoreError> {
        self.meter.0.observe(Metric::StoreBatch, &[], batch.len() as f64);
        self.timed("commit", self.inner.commit(batch)).await
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        self.timed("take", self.inner.take(key)).await
    }

    async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.timed("due", self.inner.due(now, at_most)).await
    }

    async fn due_in(&self, namespace: &'static str, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.timed("due_in", self.inner.due_in(namespace, at_most)).await
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner.next_wake().await
    }

    async fn outbox_claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        self.timed("outbox_claim", self.inner.outbox_claim(now, lease_until, room)).await
    }

    async fn outbox_ack(&self, id: RowId) -> Result<(), StoreError> {
        self.timed("outbox_ack", self.inner.outbox_ack(id)).await
    }

    async fn outbox_retry(&self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        self.timed("outbox_retry", self.inner.outbox_retry(id, not_before, value)).await
    }

    async fn outbox_rows(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
        self.timed("outbox_rows", self.inner.outbox_rows(at_most)).await
    }

    async fn outbox_len(&self) -> Result<usize, StoreError> {
        self.inner.outbox_len().await
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.timed("sweep", self.inner.sweep(now)).await
    }
}
