//! The simulated disk with a disk's faults around it; what reaches the disk is judged there.

use std::sync::Arc;

use async_trait::async_trait;
use ringback::engine::conversation::Conversation;
use ringback::model::time::Timestamp;
use ringback::ports::clock::Clock;
use ringback::ports::store::{ClaimedRow, Key, Op, Room, RowId, Store, StoreError, Version, Versioned, WaitingRow};
use ringback::runtime::record::{OutboxRow, decode};

use super::disk::PlainDisk;
use crate::simulator::oracle::{Now, event_key};
use crate::simulator::planted::{Known, Planted};
use crate::simulator::scene::Scene;

pub struct SimStore {
    pub scene: Arc<Scene>,
    /// What outlives a crash.
    pub disk: Arc<PlainDisk>,
}

fn away<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable("the disk does not answer".to_owned()))
}

impl SimStore {
    /// What a batch is about, the same in every run of a seed.
    fn name(&self, batch: &[Op]) -> String {
        let first = batch.iter().find_map(|op| match op {
            Op::Put { key, .. } | Op::Delete { key, .. } | Op::Due { key, .. } => Some(key),
            Op::Enqueue(_) => None,
        });
        first.map_or(String::new(), |key| format!("{} {}", key.namespace, hex(&key.key)))
    }

    async fn write(&self, batch: Vec<Op>) -> Result<Version, StoreError> {
        let version = self.disk.commit(batch.clone()).await?;
        let now = Now { mark: self.scene.clock.mark(), tenant: &self.scene.tenant };
        self.scene.state().oracle.written(&batch, &now);
        Ok(version)
    }

    /// What an early "done" had not written yet.
    async fn catch_up(&self) {
        let late = std::mem::take(&mut self.scene.state().unwritten);
        for batch in late {
            let _ = self.write(batch).await;
        }
    }

    async fn read(&self, what: &str) -> Result<(), StoreError> {
        self.scene.boundary(&format!("reading {what}")).await;
        self.catch_up().await;
        if self.scene.strikes("store: a read fails", what) { away() } else { Ok(()) }
    }

    fn spoil(&self, planted: Planted, batch: &mut Vec<Op>) {
        let now = self.scene.clock.now();
        let state = self.scene.state();
        let conversation = batch.iter().find_map(|op| match op {
            Op::Put { key, value, .. } if key.namespace == "conversation" => decode::<Conversation>(value).ok(),
            _ => None,
        });
        let event = conversation.and_then(|after| Some(event_key(&after.peer, &after.seen.last()?.0)));
        let act = event.and_then(|event| state.oracle.handed_in.get(&event)).map(|handed_in| handed_in.act.clone());
        planted.spoil(batch, &Known { oracle: &state.oracle, keys: &self.scene.keys, act, now });
    }
}

#[async_trait]
impl Store for SimStore {
    async fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        self.read(&format!("{} {}", key.namespace, hex(&key.key))).await?;
        self.disk.get(key).await
    }

    async fn commit(&self, mut batch: Vec<Op>) -> Result<Version, StoreError> {
        let name = self.name(&batch);
        self.scene.boundary(&format!("before writing {name}")).await;
        self.catch_up().await;
        if self.scene.strikes("store: a write fails", &name) {
            return away();
        }
        if let Some(planted) = self.scene.planted {
            self.spoil(planted, &mut batch);
        }
        if self.scene.has_planted(Planted::AcknowledgesEarly) {
            self.scene.state().unwritten.push(batch);
            self.scene.boundary(&format!("after writing {name}")).await;
            return Ok(Version(0));
        }
        let version = self.write(batch).await?;
        self.scene.boundary(&format!("after writing {name}")).await;
        if self.scene.strikes("store: a write is done, its answer is lost", &name) {
            return away();
        }
        Ok(version)
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        self.scene.boundary("taking").await;
        self.disk.take(key).await
    }

    async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.scene.boundary("asking what is due").await;
        self.catch_up().await;
        self.disk.due(now, at_most).await
    }

    async fn due_in(&self, namespace: &'static str, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.scene.boundary("asking what is due").await;
        self.catch_up().await;
        self.disk.due_in(namespace, at_most).await
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        self.scene.boundary("asking when to wake").await;
        self.disk.next_wake().await
    }

    async fn outbox_claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        self.scene.boundary("claiming").await;
        self.catch_up().await;
        let claimed = self.disk.outbox_claim(now, lease_until, room).await?;
        let mut state = self.scene.state();
        for row in &claimed {
            if let Ok(known) = decode::<OutboxRow>(&row.value) {
                state.oracle.rows.insert(row.id, known);
            }
        }
        Ok(claimed)
    }

    async fn outbox_ack(&self, id: RowId) -> Result<(), StoreError> {
        let name = format!("row {}", id.0);
        self.scene.boundary(&format!("before ticking off {name}")).await;
        if self.scene.strikes("store: a write fails", &name) {
            return away();
        }
        self.disk.outbox_ack(id).await?;
        self.scene.boundary(&format!("after ticking off {name}")).await;
        if self.scene.strikes("store: a write is done, its answer is lost", &name) { away() } else { Ok(()) }
    }

    async fn outbox_retry(&self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        let name = format!("row {}", id.0);
        self.scene.boundary(&format!("before putting back {name}")).await;
        if self.scene.strikes("store: a write fails", &name) {
            return away();
        }
        self.disk.outbox_retry(id, not_before, value).await
    }

    async fn outbox_rows(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
        self.disk.outbox_rows(at_most).await
    }

    async fn outbox_len(&self) -> Result<usize, StoreError> {
        self.disk.outbox_len().await
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.scene.boundary("sweeping").await;
        self.disk.sweep(now).await
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&bytes[..bytes.len().min(8)])
}
