//! Where calls are kept: `call/<token>` of the store, changed by compare-and-swap, and a lock a call for its turns.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::watch;

use crate::channels::voice::address::Token;
use crate::channels::voice::record::CallRecord;
use crate::model::peer::Peer;
use crate::model::time::Seconds;
use crate::ports::clock::Clock;
use crate::ports::store::{Expect, Key, Op, Store, StoreError};

/// Longer than the longest conversation (40 min) and its redeliveries.
const KEEP: Seconds = Seconds::hours(2);
/// Beyond so many locks the idle ones are dropped.
const CROWDED: usize = 1_000;

/// All calls of this installation.
pub struct Book {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    locks: Mutex<HashMap<Token, Weak<tokio::sync::Mutex<()>>>>,
    news: watch::Sender<u64>,
}

impl Book {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, locks: Mutex::default(), news: watch::channel(0).0 }
    }

    /// One turn of a call at a time: a redelivery waits for its first delivery and then finds the answer.
    pub async fn turn(&self, token: Token) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            if locks.len() >= CROWDED {
                locks.retain(|_, lock| lock.strong_count() > 0);
            }
            let known = locks.get(&token).and_then(Weak::upgrade);
            let lock = known.unwrap_or_default();
            locks.insert(token, Arc::downgrade(&lock));
            lock
        };
        lock.lock_owned().await
    }

    pub async fn load(&self, token: Token) -> Result<Option<CallRecord>, StoreError> {
        let stored = self.store.get(&key(token)).await?;
        stored.map(|stored| CallRecord::decode(&stored.value)).transpose()
    }

    /// Begins a record where there is none; what is there stays.
    pub async fn begin(&self, token: Token, call: &str, peer: &Peer) -> Result<CallRecord, StoreError> {
        let fresh = CallRecord { peer: Some(peer.clone()), call: call.to_owned(), ..CallRecord::default() };
        match self.put(token, &fresh, Expect::Absent).await {
            Ok(()) => Ok(fresh),
            Err(StoreError::Conflict) => Ok(self.load(token).await?.unwrap_or(fresh)),
            Err(error) => Err(error),
        }
    }

    /// Changes a record that is there, and returns what became of it. On disk when this returns.
    pub async fn change(
        &self,
        token: Token,
        change: impl Fn(&mut CallRecord) + Send,
    ) -> Result<Option<CallRecord>, StoreError> {
        loop {
            let Some(stored) = self.store.get(&key(token)).await? else { return Ok(None) };
            let before = CallRecord::decode(&stored.value)?;
            let mut after = before.clone();
            change(&mut after);
            if after == before {
                return Ok(Some(after));
            }
            match self.put(token, &after, Expect::Version(stored.version)).await {
                Ok(()) => {
                    self.news.send_modify(|count| *count += 1);
                    return Ok(Some(after));
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Wakes when any call has news.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    async fn put(&self, token: Token, record: &CallRecord, expect: Expect) -> Result<(), StoreError> {
        let expires = self.clock.now() + KEEP;
        self.store.commit(vec![Op::Put { key: key(token), value: record.encode(), expect, expires }]).await.map(drop)
    }
}

fn key(token: Token) -> Key {
    Key { namespace: "call", key: token.0.to_vec() }
}
