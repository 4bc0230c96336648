//! The store, watched: after a write that failed nothing is taken in, sent or set until one succeeds.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Notify;

use crate::model::time::Timestamp;
use crate::ports::store::{ClaimedRow, Key, Op, Room, RowId, Store, StoreError, Version, Versioned, WaitingRow};
use crate::runtime::health::Gauge;

pub struct Guarded {
    inner: Arc<dyn Store>,
    gauge: Arc<Gauge>,
    fell: Arc<Notify>,
}

impl Guarded {
    pub fn new(inner: Arc<dyn Store>, gauge: Arc<Gauge>, fell: Arc<Notify>) -> Self {
        Self { inner, gauge, fell }
    }

    /// A write that came through is the only sign that writing works.
    fn written<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        match &done {
            Ok(_) => {
                if self.gauge.note(true) {
                    tracing::info!(part = "store", outcome = "up", "the store takes writes again");
                    self.fell.notify_one();
                }
            }
            Err(StoreError::Unavailable(_)) => self.fails(),
            // Somebody was faster, or one record is damaged: that was found before anything was written.
            Err(StoreError::Conflict | StoreError::Damaged(_)) => {}
        }
        done
    }

    fn read<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::Unavailable(_)) = &done {
            self.fails();
        }
        done
    }

    fn fails(&self) {
        if self.gauge.note(false) {
            tracing::error!(part = "store", outcome = "read only", "nothing is taken in, sent or set until it writes");
            self.fell.notify_one();
        }
    }
}

#[async_trait]
impl Store for Guarded {
    async fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        self.read(self.inner.get(key).await)
    }

    async fn commit(&self, batch: Vec<Op>) -> Result<Version, StoreError> {
        self.written(self.inner.commit(batch).await)
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        // Nothing is written where nothing was found.
        match self.inner.take(key).await {
            Ok(None) => Ok(None),
            taken => self.written(taken),
        }
    }

    async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.read(self.inner.due(now, at_most).await)
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(self.inner.next_wake().await)
    }

    async fn outbox_claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        self.read(self.inner.outbox_claim(now, lease_until, room).await)
    }

    async fn outbox_ack(&self, id: RowId) -> Result<(), StoreError> {
        self.written(self.inner.outbox_ack(id).await)
    }

    async fn outbox_retry(&self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        // Without a new value a store may keep the time in memory.
        let changes = value.is_some();
        let done = self.inner.outbox_retry(id, not_before, value).await;
        if changes { self.written(done) } else { self.read(done) }
    }

    async fn outbox_len(&self) -> Result<usize, StoreError> {
        self.read(self.inner.outbox_len().await)
    }

    async fn outbox_rows(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
        self.read(self.inner.outbox_rows(at_most).await)
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        match self.inner.sweep(now).await {
            Ok(0) => Ok(0),
            swept => self.written(swept),
        }
    }
}
