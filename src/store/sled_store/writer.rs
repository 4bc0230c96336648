//! Group commit: one thread applies whatever waits, syncs once for all of it, and only then lets anybody know.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::ports::store::StoreError;
use crate::store::index::Claim;
use crate::store::table::{Medium, Table};

/// Jobs that share one sync at most, so that the first of them does not wait long.
const MAX_GROUP: usize = 1024;

/// The writing side of a table, and the one place through which it is read.
pub struct Writer<M: Medium + 'static> {
    shared: Arc<Shared<M>>,
    jobs: Option<mpsc::Sender<Job<M>>>,
    thread: Option<JoinHandle<()>>,
    grown: Box<dyn Fn() -> bool + Send + Sync>,
}

struct Shared<M: Medium> {
    table: Mutex<Table<M>>,
    /// The last number that is on disk.
    durable: AtomicU64,
    /// Set for good when a write, a sync or the table itself failed: a failed sync may have lost pages that a second one
    /// would report as written, and nobody knows how much of a failed write is in the tree.
    broken: Mutex<Option<String>>,
}

/// Changes the table.
type Job<M> = Box<dyn FnOnce(&mut Table<M>) -> Changed + Send>;

enum Changed {
    /// Waits for the sync.
    Yes(Release),
    No,
    /// The medium failed in the middle.
    Failed(String),
}

/// Called with the outcome of the sync.
type Release = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

impl<M: Medium + 'static> Writer<M> {
    /// Takes a table whose content is on disk. `sync` returns when all that was applied up to a number is on disk; `grown`
    /// tells when the files below are too large.
    pub fn start(
        table: Table<M>,
        sync: impl FnMut(u64) -> io::Result<()> + Send + 'static,
        grown: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        let durable = AtomicU64::new(table.sequence());
        let shared = Arc::new(Shared { table: Mutex::new(table), durable, broken: Mutex::new(None) });
        let (jobs, queue) = mpsc::channel();
        let thread = std::thread::Builder::new().name(String::from("store-writer")).spawn({
            let shared = Arc::clone(&shared);
            move || shared.serve(&queue, sync)
        });
        // Without its thread the queue is closed, and every call reports the store as unavailable.
        Self { shared, jobs: Some(jobs), thread: thread.ok(), grown: Box::new(grown) }
    }

    /// Changes the table and returns when the change is on disk.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Table<M>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Job<M> = Box::new(move |table| match work(table) {
            // A caller that went away does not need its answer.
            Ok(value) => Changed::Yes(Box::new(move |synced: Result<(), StoreError>| {
                let _ = answer.send(synced.map(|()| value));
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
        jobs.send(job).map_err(|_| self.shared.trouble())?;
        answered.await.map_err(|_| self.shared.trouble())?
    }

    /// Reads the table as it is, including what is not on disk yet.
    pub fn look<T>(&self, work: impl FnOnce(&mut Table<M>) -> T) -> Result<T, StoreError> {
        self.shared.with(work)
    }

    /// Why nothing is taken any more; the store has to be opened again.
    pub fn broken(&self) -> Option<String> {
        self.shared.broken.lock().ok()?.clone()
    }

    /// Whether the files should be written anew.
    pub fn grown(&self) -> bool {
        (self.grown)()
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
    fn serve(&self, queue: &mpsc::Receiver<Job<M>>, mut sync: impl FnMut(u64) -> io::Result<()>) {
        while let Ok(first) = queue.recv() {
            let mut releases = Vec::new();
            let mut applied = self.durable.load(Ordering::Acquire);
            for job in std::iter::once(first).chain(queue.try_iter()).take(MAX_GROUP) {
                // A job that could not run drops its answer, and its caller learns what is wrong.
                let Ok((changed, sequence)) = self.with(|table| (job(table), table.sequence())) else { continue };
                match changed {
                    Changed::Yes(release) => {
                        releases.push(release);
                        applied = sequence;
                    }
                    Changed::No => {}
                    Changed::Failed(why) => drop(self.break_down(why)),
                }
            }
            if releases.is_empty() {
                continue;
            }
            let synced = self.settle(|| sync(applied));
            if synced.is_ok() {
                self.durable.store(applied, Ordering::Release);
            }
            for release in releases {
                release(synced.clone());
            }
        }
    }

    fn settle(&self, sync: impl FnOnce() -> io::Result<()>) -> Result<(), StoreError> {
        self.sound()?;
        let outcome = catch_unwind(AssertUnwindSafe(sync)).unwrap_or_else(|_| Err(io::Error::other("sync panicked")));
        outcome.map_err(|error| self.break_down(format!("sync failed: {error}")))
    }

    /// The engine below may panic on damaged pages; that must cost neither the thread nor the process.
    fn with<T>(&self, work: impl FnOnce(&mut Table<M>) -> T) -> Result<T, StoreError> {
        self.sound()?;
        let mut table = self.table.lock().map_err(|_| self.trouble())?;
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut table)));
        done.map_err(|_| self.break_down(String::from("the engine stopped on damaged data")))
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
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::model::time::Timestamp;
    use crate::ports::store::{Expect, Key, Op};
    use crate::store::keyring::{Keeper, KeyRing};
    use crate::store::layout::{Layout, Write};

    #[derive(Default)]
    struct Bytes(BTreeMap<Vec<u8>, Vec<u8>>);

    impl Medium for Bytes {
        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            assert!(!key.ends_with(b"poisoned page"), "as sled does on some damage");
            Ok(self.0.get(key).cloned())
        }

        fn apply(&mut self, writes: Vec<Write>) -> Result<(), StoreError> {
            self.0.extend(writes.into_iter().filter_map(|write| Some((write.key, write.value?))));
            Ok(())
        }
    }

    fn table() -> Table<Bytes> {
        let layout = Layout::new(KeyRing::ephemeral([1; 32]).sealer(Keeper::Store));
        Table::load(Bytes::default(), [], Arc::new(layout), Timestamp(1)).unwrap().0
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
            {
                let fails = Arc::clone(&fails);
                move |_| if fails.load(Ordering::SeqCst) { Err(io::Error::other("disk gone")) } else { Ok(()) }
            },
            || false,
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
        writer = Arc::new(Writer::start(table(), move |_| wait.recv().map_err(io::Error::other), || false));
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
        let writer = Writer::start(table(), |_| panic!("nothing was changed, so nothing is synced"), || false);
        let conflict = writer.write(|_| Err::<(), _>(StoreError::Conflict)).await;
        assert_eq!(conflict, Err(StoreError::Conflict));
    }

    #[tokio::test]
    async fn a_panic_of_the_engine_ends_the_store_and_not_the_process() {
        let writer = Writer::start(table(), |_| Ok(()), || false);
        let key = Key { namespace: "conversation", key: b"poisoned page".to_vec() };
        let found = writer.write(move |table| table.take(&key, Timestamp(1))).await;
        assert!(matches!(found, Err(StoreError::Unavailable(_))), "{found:?}");
        assert!(writer.write(|table| table.commit(put("a"), Timestamp(1))).await.is_err());
    }
}
