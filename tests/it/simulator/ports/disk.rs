//! The simulated disk: what the real stores keep, without seals. Sealing is most of a store's work in a build for tests, and
//! what it promises is tested where it is done (`tests/it/damage`); this store keeps the same contract as the real ones.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use ringback::model::time::Timestamp;
use ringback::ports::clock::Clock;
use ringback::ports::store::{
    ClaimedRow, Expect, Key, Op, Room, RowId, Store, StoreError, Version, Versioned, WaitingRow,
};
use ringback::store::index::Index;

pub struct PlainDisk {
    clock: Arc<dyn Clock>,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    index: Index,
    records: BTreeMap<Key, Versioned>,
    rows: BTreeMap<RowId, Vec<u8>>,
    /// The last number that was given out: versions and rows share it.
    number: u64,
    /// The latest time that was seen: what has expired stays expired.
    seen: u64,
}

impl PlainDisk {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, tables: Mutex::default() }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        let mut tables = self.tables.lock().unwrap();
        tables.seen = tables.seen.max(self.clock.now().0);
        tables
    }
}

impl Tables {
    fn get(&self, key: &Key) -> Option<&Versioned> {
        self.records.get(key).filter(|found| self.seen < found.expires.0)
    }

    fn expected(&self, op: &Op) -> bool {
        let (Op::Put { key, expect, .. } | Op::Delete { key, expect }) = op else { return true };
        match expect {
            Expect::Absent => self.get(key).is_none(),
            Expect::Version(version) => self.get(key).is_some_and(|found| found.version == *version),
            Expect::Anything => true,
        }
    }

    fn next(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    fn write(&mut self, op: Op, version: Version) {
        match op {
            Op::Put { key, value, expires, .. } => {
                self.records.insert(key, Versioned { value, version, expires });
            }
            Op::Delete { key, .. } => self.delete(&key),
            Op::Due { key, at } => self.index.set_due(&key, at),
            Op::Enqueue(row) => {
                let id = RowId(self.next());
                self.index.add_row(id, &row.lane, row.not_before, 0);
                self.rows.insert(id, row.value);
            }
        }
    }

    fn delete(&mut self, key: &Key) {
        self.records.remove(key);
        self.index.set_due(key, None);
    }
}

#[async_trait]
impl Store for PlainDisk {
    async fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        Ok(self.tables().get(key).cloned())
    }

    async fn commit(&self, batch: Vec<Op>) -> Result<Version, StoreError> {
        let mut tables = self.tables();
        if !batch.iter().all(|op| tables.expected(op)) {
            return Err(StoreError::Conflict);
        }
        let version = Version(tables.next());
        batch.into_iter().for_each(|op| tables.write(op, version));
        Ok(version)
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let mut tables = self.tables();
        let found = tables.get(key).map(|found| found.value.clone());
        if found.is_some() {
            tables.delete(key);
        }
        Ok(found)
    }

    async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError> {
        Ok(self.tables().index.due(now, at_most))
    }

    async fn due_in(&self, namespace: &'static str, at_most: usize) -> Result<Vec<Key>, StoreError> {
        let all = self.tables().index.due(Timestamp(u64::MAX), usize::MAX);
        Ok(all.into_iter().filter(|key| key.namespace == namespace).take(at_most).collect())
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.tables().index.next_wake())
    }

    async fn outbox_claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        let tables = &mut *self.tables();
        let claimed = tables.index.claim(now, lease_until, room, u64::MAX).into_iter();
        let row = |(id, lane, attempts): (RowId, Arc<str>, u32)| {
            let value = tables.rows.get(&id).cloned().unwrap_or_default();
            ClaimedRow { id, lane: lane.to_string(), value, attempts }
        };
        Ok(claimed.map(row).collect())
    }

    async fn outbox_ack(&self, id: RowId) -> Result<(), StoreError> {
        let mut tables = self.tables();
        tables.index.remove_row(id);
        tables.rows.remove(&id);
        Ok(())
    }

    async fn outbox_retry(&self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        let mut tables = self.tables();
        if tables.index.release(id, not_before).is_some()
            && let Some(value) = value
        {
            tables.rows.insert(id, value);
        }
        Ok(())
    }

    async fn outbox_rows(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
        Ok(self.tables().index.rows(at_most))
    }

    async fn outbox_len(&self) -> Result<usize, StoreError> {
        Ok(self.tables().rows.len())
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut tables = self.tables();
        let old = |(key, found): (&Key, &Versioned)| (found.expires <= now).then(|| key.clone());
        let expired: Vec<Key> = tables.records.iter().filter_map(old).collect();
        expired.iter().for_each(|key| tables.delete(key));
        Ok(expired.len())
    }
}
