//! The store without a disk, for the demo and for tests: the same rules, the same sealed bytes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;

use crate::model::time::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::store::{ClaimedRow, Key, Op, Room, RowId, Store, StoreError, Version, Versioned, WaitingRow};
use crate::store::layout::{Layout, Write};
use crate::store::table::{Medium, Stored, Table};
use crate::verify::seal::Sealer;

pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    table: Mutex<Table<Bytes>>,
}

/// The flat space of bytes as a map.
#[derive(Default)]
struct Bytes(BTreeMap<Vec<u8>, Vec<u8>>);

impl MemoryStore {
    pub fn new(clock: Arc<dyn Clock>, sealer: Sealer) -> Self {
        let layout = Arc::new(Layout::new(sealer));
        let (table, _) = Table::load(Bytes::default(), layout, clock.now(), usize::MAX)
            .expect("an empty map holds nothing that could be damaged");
        Self { clock, table: Mutex::new(table) }
    }

    fn table(&self) -> MutexGuard<'_, Table<Bytes>> {
        self.table.lock().expect("no call panics while it holds the table")
    }

    fn table_now(&self) -> (MutexGuard<'_, Table<Bytes>>, Timestamp) {
        let mut table = self.table();
        let now = table.now(self.clock.now());
        (table, now)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        let (table, now) = self.table_now();
        table.get(key, now)
    }

    async fn commit(&self, batch: Vec<Op>) -> Result<Version, StoreError> {
        let (mut table, now) = self.table_now();
        table.commit(batch, now)
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let (mut table, now) = self.table_now();
        table.take(key, now)
    }

    async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError> {
        Ok(self.table().due(now, at_most))
    }

    async fn due_in(&self, namespace: &'static str, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.table().due_in(namespace, at_most)
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.table().next_wake())
    }

    async fn outbox_claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        self.table().claim(now, lease_until, room, u64::MAX)
    }

    async fn outbox_ack(&self, id: RowId) -> Result<(), StoreError> {
        self.table().ack(id)
    }

    async fn outbox_retry(&self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        self.table().retry(id, not_before, value)
    }

    async fn outbox_rows(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
        Ok(self.table().rows(at_most))
    }

    async fn outbox_len(&self) -> Result<usize, StoreError> {
        Ok(self.table().n_rows())
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut dropped = 0;
        loop {
            let swept = self.table().sweep(now)?;
            dropped += swept.dropped;
            if swept.over {
                return Ok(dropped);
            }
        }
    }
}

impl Medium for Bytes {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(key).cloned())
    }

    fn apply(&mut self, writes: Vec<Write>) -> Result<(), StoreError> {
        for Write { key, value } in writes {
            match value {
                Some(value) => self.0.insert(key, value),
                None => self.0.remove(&key),
            };
        }
        Ok(())
    }

    fn read(&self, from: &[u8], at_most: usize) -> Result<Vec<Stored>, StoreError> {
        let entries = self.0.range(from.to_vec()..).take(at_most);
        Ok(entries.map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}
