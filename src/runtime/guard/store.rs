//! The store, watched: after a write that failed or hangs nothing is taken in, sent or set until one succeeds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio::sync::Notify;

use crate::model::time::{Seconds, Timestamp};
use crate::ports::clock::Clock;
use crate::ports::store::{ClaimedRow, Key, Op, Room, RowId, Store, StoreError, Version, Versioned, WaitingRow};
use crate::runtime::health::Gauge;

/// How long a caller waits. A write takes milliseconds; a disk that needs longer than this hangs.
const LIMIT: Seconds = Seconds(5);

pub struct Guarded {
    inner: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    watch: Arc<Watch>,
}

/// How the store stands.
struct Watch {
    gauge: Arc<Gauge>,
    fell: Arc<Notify>,
    /// Calls whose callers were sent away and which still hang.
    hanging: AtomicUsize,
}

/// What a call that succeeded says about writing.
type Tells<T> = fn(&T) -> bool;

impl Guarded {
    pub fn new(inner: Arc<dyn Store>, clock: &Arc<dyn Clock>, gauge: Arc<Gauge>, fell: Arc<Notify>) -> Self {
        let watch = Arc::new(Watch { gauge, fell, hanging: AtomicUsize::new(0) });
        Self { inner, clock: Arc::clone(clock), watch }
    }

    /// Waits for a call up to the limit. A call that hangs is not cut off, for what a store has begun it has to finish;
    /// until then every other one is refused at once, so that no queue of turns grows that nobody waits for.
    async fn within<T: Send + 'static>(
        &self,
        writes: Tells<T>,
        call: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.watch.hanging.load(Ordering::SeqCst) > 0 {
            return Err(hangs());
        }
        let mut call = Box::pin(call);
        let end = self.clock.now() + LIMIT;
        tokio::select! {
            biased;
            done = &mut call => return self.watch.seen(writes, done),
            () = self.clock.deadline(end) => {}
        }
        self.watch.hanging.fetch_add(1, Ordering::SeqCst);
        self.watch.fails();
        let watch = Arc::clone(&self.watch);
        tokio::spawn(async move {
            let done = call.await;
            watch.hanging.fetch_sub(1, Ordering::SeqCst);
            // What it came to is read by the next caller; that it came tells how the store stands.
            let _ = watch.seen(writes, done);
        });
        Err(hangs())
    }
}

fn hangs() -> StoreError {
    StoreError::Unavailable(format!("no answer within {} s", LIMIT.0))
}

impl Watch {
    /// A write that came through is the only sign that writing works.
    fn seen<T>(&self, writes: Tells<T>, done: Result<T, StoreError>) -> Result<T, StoreError> {
        match &done {
            Ok(value) if writes(value) => {
                if self.gauge.note(true) {
                    tracing::info!(part = "store", outcome = "up", "the store takes writes again");
                    self.fell.notify_one();
                }
            }
            Err(StoreError::Unavailable(_)) => self.fails(),
            // Somebody was faster, or one record is damaged: that was found before anything was written.
            Ok(_) | Err(StoreError::Conflict | StoreError::Damaged(_)) => {}
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
        let (inner, key) = (Arc::clone(&self.inner), key.clone());
        self.within(|_| false, async move { inner.get(&key).await }).await
    }

    async fn commit(&self, batch: Vec<Op>) -> Result<Version, StoreError> {
        let inner = Arc::clone(&self.inner);
        self.within(|_| true, async move { inner.commit(batch).await }).await
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let (inner, key) = (Arc::clone(&self.inner), key.clone());
        // Nothing is written where nothing was found.
        self.within(Option::is_some, async move { inner.take(&key).await }).await
    }

    async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError> {
        let inner = Arc::clone(&self.inner);
        self.within(|_| false, async move { inner.due(now, at_most).await }).await
    }

    async fn due_in(&self, namespace: &'static str, at_most: usize) -> Result<Vec<Key>, StoreError> {
        let inner = Arc::clone(&self.inner);
        self.within(|_| false, async move { inner.due_in(namespace, at_most).await }).await
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        let inner = Arc::clone(&self.inner);
        self.within(|_| false, async move { inner.next_wake().await }).await
    }

    async fn outbox_claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        let inner = Arc::clone(&self.inner);
        self.within(|_| false, async move { inner.outbox_claim(now, lease_until, room).await }).await
    }

    async fn outbox_ack(&self, id: RowId) -> Result<(), StoreError> {
        let inner = Arc::clone(&self.inner);
        self.within(|()| true, async move { inner.outbox_ack(id).await }).await
    }

    async fn outbox_retry(&self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        // Without a new value a store may keep the time in memory.
        let writes: Tells<()> = if value.is_some() { |()| true } else { |()| false };
        let inner = Arc::clone(&self.inner);
        self.within(writes, async move { inner.outbox_retry(id, not_before, value).await }).await
    }

    async fn outbox_len(&self) -> Result<usize, StoreError> {
        let inner = Arc::clone(&self.inner);
        self.within(|_| false, async move { inner.outbox_len().await }).await
    }

    async fn outbox_rows(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
        let inner = Arc::clone(&self.inner);
        self.within(|_| false, async move { inner.outbox_rows(at_most).await }).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        let inner = Arc::clone(&self.inner);
        self.within(|n| *n > 0, async move { inner.sweep(now).await }).await
    }
}
