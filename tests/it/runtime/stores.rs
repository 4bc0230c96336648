//! Stores that misbehave: lose a race, die between two commits, are away; and one that remembers every byte.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringback::model::time::Timestamp;
use ringback::ports::store::{
    ClaimedRow, Expect, Key, Op, Room, RowId, Store, StoreError, Version, Versioned, WaitingRow,
};
use tokio::sync::{Notify, watch};

/// Says `Conflict` the first time that a version of a conversation is to be replaced.
pub struct Racing {
    inner: Arc<dyn Store>,
    lost: Mutex<HashSet<Version>>,
}

impl Racing {
    pub fn over(inner: Arc<dyn Store>) -> Self {
        Self { inner, lost: Mutex::default() }
    }

    pub fn lost(&self) -> usize {
        self.lost.lock().unwrap().len()
    }
}

/// Stops the world at one commit: just before it, or just after it.
pub struct Dying {
    inner: Arc<dyn Store>,
    left: AtomicUsize,
    after: bool,
    pub died: Notify,
}

impl Dying {
    pub fn over(inner: Arc<dyn Store>, commits: usize, after: bool) -> Self {
        Self { inner, left: AtomicUsize::new(commits), after, died: Notify::new() }
    }

    async fn gone(&self) -> ! {
        self.died.notify_one();
        std::future::pending().await
    }
}

/// Keeps a copy of all that was handed to it, before it is sealed.
pub struct Recording {
    inner: Arc<dyn Store>,
    pub bytes: Mutex<Vec<u8>>,
}

impl Recording {
    pub fn over(inner: Arc<dyn Store>) -> Self {
        Self { inner, bytes: Mutex::default() }
    }

    pub fn holds(&self, secret: &str) -> bool {
        let bytes = self.bytes.lock().unwrap();
        bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
    }

    fn keep(&self, value: &[u8]) {
        self.bytes.lock().unwrap().extend_from_slice(value);
    }
}

/// Fails every call while it is off.
pub struct Switched {
    inner: Arc<dyn Store>,
    pub off: AtomicBool,
}

impl Switched {
    pub fn over(inner: Arc<dyn Store>) -> Self {
        Self { inner, off: AtomicBool::new(false) }
    }

    fn check(&self) -> Result<(), StoreError> {
        match self.off.load(Ordering::SeqCst) {
            true => Err(StoreError::Unavailable("switched off".to_owned())),
            false => Ok(()),
        }
    }
}

/// Does a write into one namespace and says that it failed, the next time once it is told to.
pub struct Mumbling {
    inner: Arc<dyn Store>,
    namespace: &'static str,
    pub next: AtomicBool,
}

impl Mumbling {
    pub fn over(inner: Arc<dyn Store>, namespace: &'static str) -> Self {
        Self { inner, namespace, next: AtomicBool::new(false) }
    }
}

/// Writes hang while it is on; what was begun is done when it is off again.
pub struct Hanging {
    inner: Arc<dyn Store>,
    pub on: watch::Sender<bool>,
    /// Writes that have begun to hang.
    pub hung: AtomicUsize,
}

impl Hanging {
    pub fn over(inner: Arc<dyn Store>) -> Self {
        Self { inner, on: watch::Sender::new(false), hung: AtomicUsize::new(0) }
    }

    async fn gate(&self) {
        if *self.on.borrow() {
            self.hung.fetch_add(1, Ordering::SeqCst);
            let _ = self.on.subscribe().wait_for(|on| !*on).await;
        }
    }
}

/// Implements `Store` by passing everything on but what is given.
macro_rules! pass_on {
    ($name:ident, $self:ident, before: $before:block, commit($batch:ident): $commit:block, retry($value:ident): $retry:block) => {
        #[async_trait]
        impl Store for $name {
            async fn get(&$self, key: &Key) -> Result<Option<Versioned>, StoreError> {
                $before;
                $self.inner.get(key).await
            }
            async fn commit(&$self, $batch: Vec<Op>) -> Result<Version, StoreError> {
                $before;
                $commit
            }
            async fn take(&$self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
                $self.inner.take(key).await
            }
            async fn due(&$self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError> {
                $self.inner.due(now, at_most).await
            }
            async fn due_in(&$self, namespace: &'static str, at_most: usize) -> Result<Vec<Key>, StoreError> {
                $self.inner.due_in(namespace, at_most).await
            }
            async fn next_wake(&$self) -> Result<Option<Timestamp>, StoreError> {
                $self.inner.next_wake().await
            }
            async fn outbox_claim(
                &$self,
                now: Timestamp,
                lease_until: Timestamp,
                room: Room,
            ) -> Result<Vec<ClaimedRow>, StoreError> {
                $self.inner.outbox_claim(now, lease_until, room).await
            }
            async fn outbox_ack(&$self, id: RowId) -> Result<(), StoreError> {
                $self.inner.outbox_ack(id).await
            }
            async fn outbox_retry(
                &$self,
                id: RowId,
                not_before: Timestamp,
                $value: Option<Vec<u8>>,
            ) -> Result<(), StoreError> {
                $retry;
                $self.inner.outbox_retry(id, not_before, $value).await
            }
            async fn outbox_rows(&$self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
                $self.inner.outbox_rows(at_most).await
            }
            async fn outbox_len(&$self) -> Result<usize, StoreError> {
                $self.inner.outbox_len().await
            }
            async fn sweep(&$self, now: Timestamp) -> Result<usize, StoreError> {
                $self.inner.sweep(now).await
            }
        }
    };
}

pass_on!(Racing, self, before: {}, commit(batch): {
    for op in &batch {
        if let Op::Put { key, expect: Expect::Version(version), .. } = op
            && key.namespace == "conversation"
            && self.lost.lock().unwrap().insert(*version)
        {
            return Err(StoreError::Conflict);
        }
    }
    self.inner.commit(batch).await
}, retry(value): {});

pass_on!(Dying, self, before: {}, commit(batch): {
    let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    match left {
        Ok(1) if self.after => {
            self.inner.commit(batch).await?;
            self.gone().await
        }
        Ok(1) | Err(_) => self.gone().await,
        Ok(_) => self.inner.commit(batch).await,
    }
}, retry(value): {});

pass_on!(Recording, self, before: {}, commit(batch): {
    for op in &batch {
        match op {
            Op::Put { key, value, .. } => {
                self.keep(&key.key);
                self.keep(value);
            }
            Op::Enqueue(row) => {
                self.keep(row.lane.as_bytes());
                self.keep(&row.value);
            }
            Op::Delete { .. } | Op::Due { .. } => {}
        }
    }
    self.inner.commit(batch).await
}, retry(value): {
    if let Some(value) = &value {
        self.keep(value);
    }
});

pass_on!(Switched, self, before: { self.check()? }, commit(batch): {
    self.inner.commit(batch).await
}, retry(value): {});

pass_on!(Mumbling, self, before: {}, commit(batch): {
    let named = |op: &Op| matches!(op, Op::Put { key, .. } if key.namespace == self.namespace);
    let mumbles = batch.iter().any(named) && self.next.swap(false, Ordering::SeqCst);
    let done = self.inner.commit(batch).await?;
    if mumbles { Err(StoreError::Unavailable("its answer was lost".to_owned())) } else { Ok(done) }
}, retry(value): {});

pass_on!(Hanging, self, before: {}, commit(batch): {
    self.gate().await;
    self.inner.commit(batch).await
}, retry(value): { self.gate().await });
