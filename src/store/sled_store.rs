//! The store on disk: one sled tree behind one group-commit thread. What is acknowledged has survived an `fdatasync`.
//!
//! A store that failed (a full disk, a failed sync) is opened again by the next call that needs it, from what is on disk,
//! into files written anew: a page that a failed sync lost is lost for good, whatever a later sync says.

mod disk;
mod rotation;
mod upkeep;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::{RwLock, RwLockReadGuard};

use crate::model::time::{Seconds, Timestamp};
use crate::ports::clock::Clock;
use crate::ports::store::{ClaimedRow, Key, Op, Room, RowId, SWEPT, Store, StoreError, Version, Versioned, WaitingRow};
use crate::store::index::Claim;
use crate::store::layout::Layout;
use crate::store::sled_store::disk::{Disk, Place};
use crate::store::sled_store::upkeep::Wishes;
use crate::store::sled_store::writer::Writer;
use crate::store::table::{Loaded, Table};
use crate::verify::seal::Sealer;

/// Its name in the data folder.
pub const FOLDER: &str = "conversations";
/// Entries that are held against the seal before anything is served: a thousand conversations, some milliseconds. In a
/// larger store the others are looked at in the seconds after; damage is reported then.
const AT_FIRST: usize = 4_096;
/// Between two attempts to open a store that failed.
const TRY_EVERY: Duration = Duration::from_millis(250);

pub struct SledStore {
    clock: Arc<dyn Clock>,
    place: Place,
    open: RwLock<Open>,
    wishes: Arc<Wishes>,
    /// Milliseconds since 1970; zero when it never happened.
    replaced_damage: AtomicU64,
}

/// When the files are written anew, with only what still lives in them. sled's log otherwise grows to twelve times that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rotation {
    /// From this size on; at least twice what the last rotation left.
    pub at_bytes: u64,
    pub every: Seconds,
}

/// What was found when the folder was opened; the caller puts it on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    pub loaded: Loaded,
    /// The folder was damaged. It was moved aside and an empty store took its place: conversations start again, and
    /// what limits guessing within a conversation is gone with them.
    pub quarantined: Option<Quarantined>,
    /// When that last happened, in this run or an earlier one.
    pub replaced_damage: Option<Timestamp>,
    /// The latest time that was seen; a clock must not go behind it.
    pub seen: Timestamp,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quarantined {
    pub moved_to: PathBuf,
    pub why: String,
}

/// The writer, or why there is none at the moment.
enum Open {
    Running(Writer<Disk>),
    Closed { why: String, since: Instant, claims: Vec<Claim> },
}

impl Default for Rotation {
    fn default() -> Self {
        Self { at_bytes: 64 << 20, every: Seconds::hours(24) }
    }
}

impl SledStore {
    /// Opens or creates the store in a folder of its own.
    pub fn open(folder: &Path, sealer: Sealer, clock: Arc<dyn Clock>) -> Result<(Self, Opened), StoreError> {
        Self::open_rotating(folder, sealer, clock, Rotation::default())
    }

    pub fn open_rotating(
        folder: &Path,
        sealer: Sealer,
        clock: Arc<dyn Clock>,
        rotation: Rotation,
    ) -> Result<(Self, Opened), StoreError> {
        Self::open_looking(folder, sealer, clock, rotation, AT_FIRST)
    }

    /// `at_first` entries are held against the seal before this returns.
    pub fn open_looking(
        folder: &Path,
        sealer: Sealer,
        clock: Arc<dyn Clock>,
        rotation: Rotation,
        at_first: usize,
    ) -> Result<(Self, Opened), StoreError> {
        let place = Place { folder: folder.to_owned(), layout: Arc::new(Layout::new(sealer)), rotation, at_first };
        let wishes = Arc::new(Wishes::default());
        let (writer, opened) = place.open(clock.now(), false, Arc::clone(&wishes))?;
        let replaced_damage = AtomicU64::new(opened.replaced_damage.map_or(0, |at| at.0));
        Ok((Self { clock, place, open: RwLock::new(Open::Running(writer)), wishes, replaced_damage }, opened))
    }

    /// When an empty store last took the place of a damaged one, in this run or an earlier one.
    pub fn replaced_damage(&self) -> Option<Timestamp> {
        Some(self.replaced_damage.load(Ordering::SeqCst)).filter(|at| *at > 0).map(Timestamp)
    }

    /// Where the files of the store in this folder lie: they move when they are written anew.
    pub fn files(folder: &Path) -> PathBuf {
        rotation::current(folder)
    }

    /// Whether a running service holds the store in this folder.
    pub fn in_use(folder: &Path) -> bool {
        disk::in_use(folder)
    }

    /// Whether everything that lay on the disk at the start was held against the seal.
    pub async fn looked_through(&self) -> Result<bool, StoreError> {
        self.writer().await?.look(|table| !table.is_looking())
    }

    /// The writer, opened again when the last one failed.
    async fn writer(&self) -> Result<RwLockReadGuard<'_, Writer<Disk>>, StoreError> {
        let mut open = self.open.read().await;
        if open.needs_work() {
            drop(open);
            self.reopen().await?;
            open = self.open.read().await;
        }
        RwLockReadGuard::try_map(open, Open::running).map_err(|open| open.trouble())
    }

    /// Closes what failed, and opens it from what is on disk, all of it held against the seal and written anew.
    async fn reopen(&self) -> Result<(), StoreError> {
        let mut open = self.open.write().await;
        let why = match &*open {
            Open::Running(writer) => match writer.broken() {
                Some(why) => why,
                None => return Ok(()),
            },
            Open::Closed { since, .. } if since.elapsed() < TRY_EVERY => return Err(open.trouble()),
            Open::Closed { why, .. } => why.clone(),
        };
        let (place, now, wishes) = (self.place.clone(), self.clock.now(), Arc::clone(&self.wishes));
        let closed = Open::Closed { why: why.clone(), since: Instant::now(), claims: Vec::new() };
        let before = std::mem::replace(&mut *open, closed);
        // Closing waits for a thread and opening reads everything.
        let done = tokio::task::spawn_blocking(move || {
            let claims = before.close();
            let opened = place.open(now, true, wishes);
            if let Ok((writer, _)) = &opened {
                writer.reclaim(&claims);
            }
            (opened, claims)
        });
        let (opened, claims) = done.await.map_err(|_| StoreError::Unavailable(why.clone()))?;
        match opened {
            Ok((writer, opened)) => {
                *open = Open::Running(writer);
                self.replaced_damage.store(opened.replaced_damage.map_or(0, |at| at.0), Ordering::SeqCst);
                match opened.quarantined {
                    Some(damage) => tracing::error!(
                        moved_to = %damage.moved_to.display(), why = %damage.why, "damaged conversations were moved aside"
                    ),
                    None => {
                        tracing::info!(reason = %why, records = opened.loaded.records, "the store was opened again")
                    }
                }
                Ok(())
            }
            Err(error) => {
                let why = match &error {
                    StoreError::Unavailable(why) | StoreError::Damaged(why) => why.clone(),
                    StoreError::Conflict => why,
                };
                *open = Open::Closed { why, since: Instant::now(), claims };
                Err(error)
            }
        }
    }
}

impl Open {
    fn needs_work(&self) -> bool {
        match self {
            Open::Running(writer) => writer.broken().is_some(),
            Open::Closed { .. } => true,
        }
    }

    fn running(&self) -> Option<&Writer<Disk>> {
        match self {
            Open::Running(writer) => Some(writer),
            Open::Closed { .. } => None,
        }
    }

    fn trouble(&self) -> StoreError {
        let why = match self {
            Open::Running(writer) => writer.broken(),
            Open::Closed { why, .. } => Some(why.clone()),
        };
        StoreError::Unavailable(why.unwrap_or_else(|| String::from("it is being opened again")))
    }

    /// Lets go of the files; what was claimed stays claimed.
    fn close(self) -> Vec<Claim> {
        match self {
            Open::Running(writer) => writer.claims(),
            Open::Closed { claims, .. } => claims,
        }
    }
}

#[async_trait]
impl Store for SledStore {
    async fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        let clock = self.clock.now();
        let writer = self.writer().await?;
        let found = writer.look(|table| {
            let now = table.now(clock);
            table.get(key, now)
        })??;
        // Somebody else's turn may have been applied and not be on disk yet. Nothing may be shown of it before it is.
        match &found {
            Some(found) if found.version.0 > writer.durable() => writer.write(|_| Ok(())).await?,
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
        self.writer().await?.write(commit).await
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let (clock, key) = (self.clock.now(), key.clone());
        let take = move |table: &mut Table<Disk>| {
            let now = table.now(clock);
            table.take(&key, now)
        };
        self.writer().await?.write(take).await
    }

    async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.writer().await?.look(|table| table.due(now, at_most))
    }

    async fn due_in(&self, namespace: &'static str, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.writer().await?.look(|table| table.due_in(namespace, at_most))?
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        self.writer().await?.look(|table| table.next_wake())
    }

    async fn outbox_claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        let writer = self.writer().await?;
        let durable = writer.durable();
        writer.look(|table| table.claim(now, lease_until, room, durable))?
    }

    async fn outbox_ack(&self, id: RowId) -> Result<(), StoreError> {
        let writer = self.writer().await?;
        if writer.look(|table| table.ack_soon(id))? {
            return writer.write_within_a_moment();
        }
        writer.write(move |table| table.ack(id)).await
    }

    async fn outbox_retry(&self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        self.writer().await?.write(move |table| table.retry(id, not_before, value)).await
    }

    async fn outbox_rows(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
        self.writer().await?.look(|table| table.rows(at_most))
    }

    async fn outbox_len(&self) -> Result<usize, StoreError> {
        self.writer().await?.look(|table| table.n_rows())
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut dropped = 0;
        while dropped < SWEPT {
            // A record that comes back after a power cut has expired all the same.
            let swept = self.writer().await?.write_soon(move |table| table.sweep(now)).await?;
            dropped += swept.dropped;
            if swept.over {
                break;
            }
        }
        let writer = self.writer().await?;
        let every = self.place.rotation.every;
        if writer.look(|table| table.seal().begun + every <= now)? {
            self.wishes.anew.store(true, Ordering::Relaxed);
            // The writer looks at wishes after it wrote.
            writer.write(|_| Ok(())).await?;
        }
        Ok(dropped)
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        let closed = Open::Closed { why: String::new(), since: Instant::now(), claims: Vec::new() };
        drop(std::mem::replace(self.open.get_mut(), closed));
        if self.wishes.much_written.load(Ordering::Relaxed) {
            self.place.note_places();
        }
    }
}
