//! The store on disk: one sled tree behind one group-commit thread. What is acknowledged has survived an `fdatasync`.

mod disk;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use crate::model::time::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::store::{ClaimedRow, Key, Op, Room, RowId, Store, StoreError, Version, Versioned, WaitingRow};
use crate::store::layout::Layout;
use crate::store::sled_store::disk::Disk;
use crate::store::sled_store::writer::Writer;
use crate::store::table::{Loaded, Table};
use crate::verify::seal::Sealer;

/// Its name in the data folder.
pub const FOLDER: &str = "conversations";
/// Records that a sweep drops between two syncs, so that turns do not wait long for it.
const SWEPT_AT_ONCE: usize = 512;

pub struct SledStore {
    clock: Arc<dyn Clock>,
    writer: Writer<Disk>,
}

/// What was found when the folder was opened; the caller puts it on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    pub loaded: Loaded,
    /// The folder was damaged. It was moved aside and an empty store took its place: conversations start again, and
    /// what limits guessing within a conversation is gone with them.
    pub quarantined: Option<Quarantined>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quarantined {
    pub moved_to: PathBuf,
    pub why: String,
}

impl SledStore {
    /// Opens or creates the store in a folder of its own. Reads all of it; call it before serving.
    pub fn open(folder: &Path, sealer: Sealer, clock: Arc<dyn Clock>) -> Result<(Self, Opened), StoreError> {
        let opening = disk::open(folder, Arc::new(Layout::new(sealer)), clock.now())?;
        let mut handle = opening.sync;
        let writer = Writer::start(opening.table, move || handle.sync());
        Ok((Self { clock, writer }, opening.opened))
    }
}

#[async_trait]
impl Store for SledStore {
    async fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        let clock = self.clock.now();
        let found = self.writer.look(|table| {
            let now = table.now(clock);
            table.get(key, now)
        })??;
        // Somebody else's turn may have been applied and not be on disk yet. Nothing may be shown of it before it is.
        match &found {
            Some(found) if found.version.0 > self.writer.durable() => self.writer.write(|_| Ok(())).await?,
            _ => {}
        }
        Ok(found)
    }

    async fn commit(&self, batch: Vec<Op>) -> Result<Version, StoreError> {
        let clock = self.clock.now();
        let commit = move |table: &mut Table<Disk>| {
            let now = table.now(clock);
            table.commit(batch, now)
        };
        self.writer.write(commit).await
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let (clock, key) = (self.clock.now(), key.clone());
        let take = move |table: &mut Table<Disk>| {
            let now = table.now(clock);
            table.take(&key, now)
        };
        self.writer.write(take).await
    }

    async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.writer.look(|table| table.due(now, at_most))
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        self.writer.look(|table| table.next_wake())
    }

    async fn outbox_claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        let durable = self.writer.durable();
        self.writer.look(|table| table.claim(now, lease_until, room, durable))?
    }

    async fn outbox_ack(&self, id: RowId) -> Result<(), StoreError> {
        self.writer.write(move |table| table.ack(id)).await
    }

    async fn outbox_retry(&self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        self.writer.write(move |table| table.retry(id, not_before, value)).await
    }

    async fn outbox_rows(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
        self.writer.look(|table| table.rows(at_most))
    }

    async fn outbox_len(&self) -> Result<usize, StoreError> {
        self.writer.look(|table| table.n_rows())
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut dropped = 0;
        loop {
            let n = self.writer.write(move |table| table.sweep(now, SWEPT_AT_ONCE)).await?;
            dropped += n;
            if n < SWEPT_AT_ONCE {
                return Ok(dropped);
            }
        }
    }
}
