//! One turn at a time for a peer; a bounded queue behind it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// Events that wait for one peer; the next one is turned away.
pub const MOST_WAITING: usize = 8;
const SHARDS: usize = 64;

pub type LockKey = [u8; 32];

/// Locks by peer, in shards so that peers do not wait for one another's bookkeeping.
pub struct Locks {
    shards: Vec<Mutex<HashMap<LockKey, Arc<Slot>>>>,
}

#[derive(Default)]
struct Slot {
    mutex: Arc<tokio::sync::Mutex<()>>,
    waiting: AtomicUsize,
}

/// The right to change a peer's conversation; given back on drop.
pub struct Held {
    locks: Arc<Locks>,
    key: LockKey,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Locks {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() })
    }

    /// Waits in line; `None` when the line is full.
    pub async fn enter(self: &Arc<Self>, key: LockKey) -> Option<Held> {
        let slot = self.slot(key);
        if slot.waiting.fetch_add(1, Ordering::SeqCst) >= MOST_WAITING {
            slot.waiting.fetch_sub(1, Ordering::SeqCst);
            return None;
        }
        let waiting = Waiting(&slot);
        let guard = Arc::clone(&slot.mutex).lock_owned().await;
        drop(waiting);
        Some(Held { locks: Arc::clone(self), key, guard: Some(guard) })
    }

    /// Waits in line however long it is: for our own events, which must not get lost.
    pub async fn enter_surely(self: &Arc<Self>, key: LockKey) -> Held {
        let guard = Arc::clone(&self.slot(key).mutex).lock_owned().await;
        Held { locks: Arc::clone(self), key, guard: Some(guard) }
    }

    /// Enters only if nobody is in.
    pub fn try_enter(self: &Arc<Self>, key: LockKey) -> Option<Held> {
        let guard = Arc::clone(&self.slot(key).mutex).try_lock_owned().ok()?;
        Some(Held { locks: Arc::clone(self), key, guard: Some(guard) })
    }

    fn slot(&self, key: LockKey) -> Arc<Slot> {
        Arc::clone(self.shard(&key).entry(key).or_default())
    }

    fn shard(&self, key: &LockKey) -> MutexGuard<'_, HashMap<LockKey, Arc<Slot>>> {
        let shard = &self.shards[usize::from(key[0]) % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts one waiter less on every way out, a dropped future included.
struct Waiting<'a>(&'a Slot);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut shard = self.locks.shard(&self.key);
        self.guard = None;
        // Nobody else holds or waits for it: a waiter has a clone of the mutex.
        let unused = |slot: &Arc<Slot>| Arc::strong_count(slot) == 1 && Arc::strong_count(&slot.mutex) == 1;
        if shard.get(&self.key).is_some_and(unused) {
            shard.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_ninth_waiter_is_turned_away() {
        let locks = Locks::new();
        let held = locks.enter([7; 32]).await.unwrap();
        let waiters: Vec<_> = (0..MOST_WAITING)
            .map(|_| {
                let locks = Arc::clone(&locks);
                tokio::spawn(async move { locks.enter([7; 32]).await.is_some() })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(locks.enter([7; 32]).await.is_none());
        assert!(locks.enter([8; 32]).await.is_some(), "another peer waits for nobody");
        drop(held);
        for waiter in waiters {
            assert!(waiter.await.unwrap());
        }
        assert!(locks.shards.iter().all(|shard| shard.lock().unwrap().is_empty()), "locks pile up");
    }
}
