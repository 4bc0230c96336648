//! Group commit: one thread applies whatever waits, syncs once for all of it, and only then lets anybody know.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::ports::store::StoreError;
use crate::store::index::Claim;
use crate::store::table::{Medium, Table};

/// Jobs that share one sync at most, so that the first of them does not wait long.
const MAX_GROUP: usize = 1024;
/// A group of more waiters than this is followed by another one soon, so the next syncs let it gather. Somebody who writes
/// alone, one thing after the other, would only wait.
const CROWD: usize = 1;
/// So many syncs in a row have no crowd before it counts as gone.
const CROWD_STAYS: u8 = 4;
/// Between the beginnings of two syncs while it is crowded: a sync costs as much CPU as a turn, whatever it carries.
const PACE: Duration = Duration::from_millis(4);
/// What nobody waits for is on disk after so long at the latest, or with the next turn.
const SOON: Duration = Duration::from_millis(10);
/// What is said when the engine below panics.
const STOPPED_ON_DAMAGE: &str = "the engine stopped on damaged data";

/// The writing side of a table, and the one place through which it is read.
pub struct Writer<M: Medium + 'static> {
    shared: Arc<Shared<M>>,
    jobs: Option<mpsc::Sender<Call<M>>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread does beside applying what is handed in.
pub trait Upkeep<M>: Send {
    /// Returns when all that was applied up to a number is on disk.
    fn sync(&mut self, number: u64) -> io::Result<()>;

    /// A small piece of work between two groups; when the next one may come, or `None` when there is nothing to do until
    /// something is written.
    fn step(&mut self, table: &mut Table<M>) -> Result<Option<Duration>, StoreError>;
}

struct Shared<M: Medium> {
    table: Mutex<Table<M>>,
    /// The last number that lies in the medium.
    applied: AtomicU64,
    /// The last number that is on disk.
    durable: AtomicU64,
    /// The thread knows that something lies in the table which is not in the medium.
    knows: AtomicBool,
    /// Set for good when a write, a sync or the table itself failed: a failed sync may have lost pages that a second one
    /// would report as written, and nobody knows how much of a failed write is in the tree.
    broken: Mutex<Option<String>>,
}

/// What wakes the thread.
enum Call<M: Medium> {
    Job(Job<M>),
    /// Something lies in the table that should be in the medium soon.
    Soon,
}

/// Changes the table.
type Job<M> = Box<dyn FnOnce(&mut Table<M>) -> Changed + Send>;

enum Changed {
    /// Waits for the sync.
    Yes(Release),
    /// Does not wait for it.
    Soon(Release),
    No,
    /// The medium failed in the middle.
    Failed(String),
}

/// Called with the outcome of the sync.
type Release = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

impl<M: Medium + 'static> Writer<M> {
    /// Takes a table whose content is on disk.
    pub fn start(table: Table<M>, upkeep: impl Upkeep<M> + 'static) -> Self {
        let (applied, durable) = (AtomicU64::new(table.sequence()), AtomicU64::new(table.sequence()));
        let (knows, broken) = (AtomicBool::new(false), Mutex::new(None));
        let shared = Arc::new(Shared { table: Mutex::new(table), applied, durable, knows, broken });
        let (jobs, queue) = mpsc::channel();
        let thread = std::thread::Builder::new().name(String::from("store-writer")).spawn({
            let shared = Arc::clone(&shared);
            move || shared.serve(&queue, upkeep)
        });
        // Without its thread the queue is closed, and every call reports the store as unavailable.
        Self { shared, jobs: Some(jobs), thread: thread.ok() }
    }

    /// Changes the table and returns when the change is on disk.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Table<M>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.hand_in(work, Changed::Yes).await
    }

    /// Changes the table and returns when everybody sees the change; it is on disk a moment later. For what may be done
    /// once more after a power cut.
    pub async fn write_soon<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Table<M>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.hand_in(work, Changed::Soon).await
    }

    async fn hand_in<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Table<M>) -> Result<T, StoreError> + Send + 'static,
        changed: fn(Release) -> Changed,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Job<M> = Box::new(move |table| match work(table) {
            // A caller that went away does not need its answer.
            Ok(value) => changed(Box::new(move |done: Result<(), StoreError>| {
                let _ = answer.send(done.map(|()| value));
            })),
            Err(error) => {
                let _ = answer.send(Err(error.clone()));
                match error {
                    StoreError::Unavailable(why) => Changed::Failed(why),
                    StoreError::Conflict | StoreError::Damaged(_) => Changed::No,
                }
            }
        });
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Call::Job(job)).map_err(|_| self.shared.trouble())?;
        answered.await.map_err(|_| self.shared.trouble())?
    }

    /// What lies in the table and not in the medium is written with the next group, or a moment from now.
    pub fn write_within_a_moment(&self) -> Result<(), StoreError> {
        if self.shared.knows.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Call::Soon).map_err(|_| self.shared.trouble())
    }

    /// Reads the table as it is, including what is not on disk yet.
    pub fn look<T>(&self, work: impl FnOnce(&mut Table<M>) -> T) -> Result<T, StoreError> {
        self.shared.with(work)
    }

    /// Why nothing is taken any more; the store has to be opened again.
    pub fn broken(&self) -> Option<String> {
        self.shared.broken.lock().ok()?.clone()
    }

    /// Rows that are worked on, also of a writer that is broken.
    pub fn claims(&self) -> Vec<Claim> {
        self.shared.table.lock().map(|table| table.claims()).unwrap_or_default()
    }

    pub fn reclaim(&self, claims: &[Claim]) {
        if let Ok(mut table) = self.shared.table.lock() {
            table.reclaim(claims);
        }
    }

    /// The last number that is on disk.
    pub fn durable(&self) -> u64 {
        self.shared.durable.load(Ordering::Acquire)
    }
}

impl<M: Medium + 'static> Drop for Writer<M> {
    /// Finishes what was handed in, so that the folder can be opened again at once.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl<M: Medium> Shared<M> {
    fn serve(&self, queue: &mpsc::Receiver<Call<M>>, mut upkeep: impl Upkeep<M>) {
        // Since when something is applied and not synced that nobody waits for.
        let mut unsynced: Option<Instant> = None;
        let (mut last, mut crowded) = (Instant::now(), 0u8);
        let mut next_step = Some(Instant::now());
        loop {
            let soon = unsynced.map(|since| since + SOON);
            let next = match [soon, next_step].into_iter().flatten().min() {
                None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(until) => queue.recv_timeout(until.saturating_duration_since(Instant::now())),
            };
            let mut waiting = Vec::new();
            match next {
                Ok(Call::Soon) => drop(unsynced.get_or_insert_with(Instant::now)),
                Ok(first) => {
                    if crowded > 0 {
                        std::thread::sleep(PACE.saturating_sub(last.elapsed()));
                    }
                    let calls = std::iter::once(first).chain(queue.try_iter()).take(MAX_GROUP);
                    let group = calls.filter_map(|call| match call {
                        Call::Job(job) => Some(job),
                        Call::Soon => None,
                    });
                    waiting = self.apply(group, &mut unsynced);
                }
                Err(RecvTimeoutError::Disconnected) if unsynced.is_none() => return,
                Err(RecvTimeoutError::Disconnected) => unsynced = unsynced.map(|since| since - SOON),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let late = unsynced.is_some_and(|since| since.elapsed() >= SOON);
            if late && waiting.is_empty() {
                self.apply(std::iter::empty(), &mut unsynced);
            }
            let wrote = late || !waiting.is_empty();
            if wrote {
                (last, unsynced) = (Instant::now(), None);
                crowded = if waiting.len() > CROWD { CROWD_STAYS } else { crowded.saturating_sub(1) };
                let applied = self.applied.load(Ordering::Acquire);
                let synced = self.settle(|| upkeep.sync(applied));
                if synced.is_ok() {
                    self.durable.store(applied, Ordering::Release);
                }
                for release in waiting {
                    release(synced.clone());
                }
            }
            if next_step.map_or(wrote, |at| at <= Instant::now()) {
                next_step = self.keep_up(&mut upkeep).map(|pause| Instant::now() + pause);
            }
        }
    }

    /// One step of the upkeep, seen by nobody.
    fn keep_up(&self, upkeep: &mut impl Upkeep<M>) -> Option<Duration> {
        self.sound().ok()?;
        let mut table = self.table.lock().ok()?;
        match catch_unwind(AssertUnwindSafe(|| upkeep.step(&mut table))) {
            Ok(Ok(pause)) => pause,
            Ok(Err(StoreError::Unavailable(why) | StoreError::Damaged(why))) => {
                drop(self.break_down(why));
                None
            }
            Ok(Err(StoreError::Conflict)) => None,
            Err(_) => {
                drop(self.break_down(String::from(STOPPED_ON_DAMAGE)));
                None
            }
        }
    }

    /// Applies a group in one batch under one seal; nobody sees the table in between. Returns who waits for the sync.
    fn apply(&self, group: impl Iterator<Item = Job<M>>, unsynced: &mut Option<Instant>) -> Vec<Release> {
        let (mut waiting, mut soon) = (Vec::new(), Vec::new());
        let Ok(mut table) = self.table.lock() else { return waiting };
        if self.sound().is_ok() {
            table.gather();
        }
        for job in group {
            // A job that does not run drops its answer, and its caller learns what is wrong.
            if self.sound().is_err() {
                continue;
            }
            match catch_unwind(AssertUnwindSafe(|| job(&mut table))) {
                Ok(Changed::Yes(release)) => waiting.push(release),
                Ok(Changed::Soon(release)) => soon.push(release),
                Ok(Changed::No) => {}
                Ok(Changed::Failed(why)) => drop(self.break_down(why)),
                Err(_) => drop(self.break_down(String::from(STOPPED_ON_DAMAGE))),
            }
        }
        // Whatever lies in the table from here on needs another call.
        self.knows.store(false, Ordering::Release);
        if self.sound().is_ok() {
            match catch_unwind(AssertUnwindSafe(|| table.settle())) {
                Ok(Ok(())) => self.applied.store(table.sequence(), Ordering::Release),
                Ok(Err(error)) => drop(self.break_down(error.to_string())),
                Err(_) => drop(self.break_down(String::from(STOPPED_ON_DAMAGE))),
            }
        }
        drop(table);
        if !soon.is_empty() {
            unsynced.get_or_insert_with(Instant::now);
        }
        let applied = self.sound();
        soon.into_iter().for_each(|release| release(applied.clone()));
        waiting
    }

    fn settle(&self, sync: impl FnOnce() -> io::Result<()>) -> Result<(), StoreError> {
        self.sound()?;
        let outcome = catch_unwind(AssertUnwindSafe(sync)).unwrap_or_else(|_| Err(io::Error::other("sync panicked")));
        outcome.map_err(|error| self.break_down(format!("sync failed: {error}")))
    }

    /// The engine below may panic on damaged pages; that must cost neither the thread nor the process.
    fn with<T>(&self, work: impl FnOnce(&mut Table<M>) -> T) -> Result<T, StoreError> {
        let mut table = self.table.lock().map_err(|_| self.trouble())?;
        // Not before: whoever had the table may have found damage.
        self.sound()?;
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut table)));
        done.map_err(|_| self.break_down(String::from(STOPPED_ON_DAMAGE)))
    }

    fn sound(&self) -> Result<(), StoreError> {
        let sound = self.broken.lock().is_ok_and(|broken| broken.is_none());
        if sound { Ok(()) } else { Err(self.trouble()) }
    }

    fn break_down(&self, why: String) -> StoreError {
        tracing::error!(outcome = %why, "the store takes nothing until it is opened again");
        if let Ok(mut broken) = self.broken.lock() {
            broken.get_or_insert(why);
        }
        self.trouble()
    }

    fn trouble(&self) -> StoreError {
        let why = self.broken.lock().ok().and_then(|broken| broken.clone());
        why.map_or_else(stopped, StoreError::Unavailable)
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable(String::from("it was stopped"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::time::Timestamp;
    use crate::ports::store::{Expect, Key, Op, Room, Row, RowId};
    use crate::store::keyring::{Keeper, KeyRing};
    use crate::store::layout::{self, Layout, Write};
    use crate::store::table::Stored;

    /// Syncs by a function, and keeps nothing up.
    struct Syncs<F>(F);

    impl<F: FnMut(u64) -> io::Result<()> + Send> Upkeep<Bytes> for Syncs<F> {
        fn sync(&mut self, number: u64) -> io::Result<()> {
            (self.0)(number)
        }

        fn step(&mut self, _: &mut Table<Bytes>) -> Result<Option<Duration>, StoreError> {
            Ok(None)
        }
    }

    #[derive(Default)]
    struct Bytes {
        entries: BTreeMap<Vec<u8>, Vec<u8>>,
        batches: usize,
    }

    impl Medium for Bytes {
        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            assert!(!key.ends_with(b"poisoned page"), "as sled does on some damage");
            Ok(self.entries.get(key).cloned())
        }

        fn apply(&mut self, writes: Vec<Write>) -> Result<(), StoreError> {
            for Write { key, value } in writes {
                match value {
                    Some(value) => drop(self.entries.insert(key, value)),
                    None => drop(self.entries.remove(&key)),
                }
            }
            self.batches += 1;
            Ok(())
        }

        fn read(&self, from: &[u8], at_most: usize) -> Result<Vec<Stored>, StoreError> {
            let entries = self.entries.range(from.to_vec()..).take(at_most);
            Ok(entries.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
    }

    fn table() -> Table<Bytes> {
        let layout = Layout::new(KeyRing::ephemeral([1; 32]).sealer(Keeper::Store));
        Table::load(Bytes::default(), Arc::new(layout), Timestamp(1), usize::MAX).unwrap().0
    }

    fn put(name: &str) -> Vec<Op> {
        let key = Key { namespace: "conversation", key: name.as_bytes().to_vec() };
        vec![Op::Put { key, value: vec![1], expect: Expect::Anything, expires: Timestamp(1_000) }]
    }

    #[tokio::test]
    async fn after_a_failed_sync_nothing_is_acknowledged_any_more() {
        let fails = Arc::new(AtomicBool::new(false));
        let writer = Writer::start(
            table(),
            Syncs({
                let fails = Arc::clone(&fails);
                move |_| if fails.load(Ordering::SeqCst) { Err(io::Error::other("disk gone")) } else { Ok(()) }
            }),
        );
        writer.write(|table| table.commit(put("a"), Timestamp(1))).await.unwrap();
        let durable = writer.durable();
        fails.store(true, Ordering::SeqCst);
        let lost = StoreError::Unavailable(String::from("sync failed: disk gone"));
        assert_eq!(writer.write(|table| table.commit(put("b"), Timestamp(1))).await, Err(lost.clone()));
        assert_eq!(writer.durable(), durable);
        // A later sync that succeeds would say nothing about the pages that the failed one lost.
        fails.store(false, Ordering::SeqCst);
        assert_eq!(writer.write(|table| table.commit(put("c"), Timestamp(1))).await, Err(lost.clone()));
        assert_eq!(writer.look(|table| table.n_rows()), Err(lost));
    }

    #[tokio::test]
    async fn nobody_is_told_before_the_sync() {
        // Declared before `go`, so that a failure here drops `go` first and the writer's thread can end.
        let writer;
        let (go, wait) = mpsc::channel::<()>();
        writer = Arc::new(Writer::start(table(), Syncs(move |_| wait.recv().map_err(io::Error::other))));
        let before = writer.durable();
        let turn = tokio::spawn({
            let writer = Arc::clone(&writer);
            async move { writer.write(|table| table.commit(put("a"), Timestamp(1))).await }
        });
        while writer.look(|table| table.sequence()).unwrap() == before {
            tokio::task::yield_now().await;
        }
        assert_eq!(writer.durable(), before, "counted as durable while the sync was still running");
        assert!(!turn.is_finished(), "acknowledged while the sync was still running");
        go.send(()).unwrap();
        let version = turn.await.unwrap().unwrap();
        assert!(version.0 <= writer.durable());
    }

    #[tokio::test]
    async fn a_conflict_waits_for_no_sync() {
        let writer = Writer::start(table(), Syncs(|_| panic!("nothing was changed, so nothing is synced")));
        let conflict = writer.write(|_| Err::<(), _>(StoreError::Conflict)).await;
        assert_eq!(conflict, Err(StoreError::Conflict));
    }

    #[tokio::test]
    async fn a_panic_of_the_engine_ends_the_store_and_not_the_process() {
        let writer = Writer::start(table(), Syncs(|_| Ok(())));
        let key = Key { namespace: "conversation", key: b"poisoned page".to_vec() };
        let found = writer.write(move |table| table.take(&key, Timestamp(1))).await;
        assert!(matches!(found, Err(StoreError::Unavailable(_))), "{found:?}");
        assert!(writer.write(|table| table.commit(put("a"), Timestamp(1))).await.is_err());
    }

    #[tokio::test]
    async fn what_waits_together_is_one_batch_and_sees_what_was_written_before_it() {
        let writer;
        let (go, wait) = mpsc::channel::<()>();
        writer = Arc::new(Writer::start(table(), Syncs(move |_| wait.recv().map_err(io::Error::other))));
        let commit = |name: &'static str| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move { writer.write(|table| table.commit(put(name), Timestamp(1))).await })
        };
        let first = commit("a");
        while writer.look(|table| table.medium.batches).unwrap() < 2 {
            tokio::task::yield_now().await;
        }
        // The first one's sync is running: these wait for it together.
        let others: Vec<_> = ["b", "c", "d", "e"].into_iter().map(commit).collect();
        let taken = tokio::spawn({
            let writer = Arc::clone(&writer);
            let key = Key { namespace: "conversation", key: b"b".to_vec() };
            async move { writer.write(move |table| table.take(&key, Timestamp(1))).await }
        });
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        go.send(()).unwrap();
        go.send(()).unwrap();
        first.await.unwrap().unwrap();
        for other in others {
            other.await.unwrap().unwrap();
        }
        assert_eq!(taken.await.unwrap().unwrap(), Some(vec![1]), "it was written a moment before, in the same batch");
        assert_eq!(writer.look(|table| table.medium.batches).unwrap(), 3, "opening, the first, and all others");
    }

    #[tokio::test]
    async fn a_row_that_is_done_leaves_the_medium_with_the_next_group_or_a_moment_later() {
        let (synced, syncs) = mpsc::channel();
        let writer = Writer::start(table(), Syncs(move |number| synced.send(number).map_err(io::Error::other)));
        let row = |lane: &str| Op::Enqueue(Row { lane: lane.to_owned(), value: vec![1], not_before: Timestamp(0) });
        let batch = ["peer/a", "peer/b", "to/c"].map(row).to_vec();
        writer.write(|table| table.commit(batch, Timestamp(1))).await.unwrap();
        let claim =
            |table: &mut Table<Bytes>| table.claim(Timestamp(1), Timestamp(9), Room::each(9), u64::MAX).unwrap();
        let rows = writer.look(claim).unwrap();
        let id = |lane: &str| rows.iter().find(|row| row.lane == lane).unwrap().id;
        let lies = |id: RowId| writer.look(|table| table.medium.entries.contains_key(&layout::row_key(id))).unwrap();
        let (first, second, letter) = (id("peer/a"), id("peer/b"), id("to/c"));
        assert!(!writer.look(|table| table.ack_soon(letter)).unwrap(), "a letter that comes twice is two letters");

        assert!(writer.look(|table| table.ack_soon(first)).unwrap());
        assert_eq!((writer.look(|table| table.n_rows()).unwrap(), lies(first)), (2, true));
        writer.write(|table| table.commit(put("a"), Timestamp(1))).await.unwrap();
        assert!(!lies(first), "with the next group");

        let before = writer.look(|table| table.sequence()).unwrap();
        assert!(writer.look(|table| table.ack_soon(second)).unwrap());
        writer.write_within_a_moment().unwrap();
        // Nobody hands anything in any more.
        let until_later = move || syncs.iter().find(|number| *number > before);
        assert!(tokio::task::spawn_blocking(until_later).await.unwrap().is_some());
        assert!(!lies(second), "a moment later");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_answered_at_once_and_synced_a_moment_later() {
        let (synced, syncs) = mpsc::channel();
        let writer = Writer::start(table(), Syncs(move |number| synced.send(number).map_err(io::Error::other)));
        let before = writer.durable();
        writer.write_soon(|table| table.commit(put("a"), Timestamp(1))).await.unwrap();
        let applied = writer.look(|table| table.sequence()).unwrap();
        // Nobody hands anything in any more.
        let number = tokio::task::spawn_blocking(move || syncs.recv()).await.unwrap().unwrap();
        assert_eq!((number, before < applied), (applied, true));
    }
}
