//! A machine on which one life of the service runs: one thread, and it tells when nothing is left to do.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// When it is dropped, all its tasks stop where they are.
pub struct Machine {
    tokio: Option<Runtime>,
    idle: Arc<Notify>,
}

impl Machine {
    pub fn new() -> Self {
        let idle = Arc::new(Notify::new());
        let parked = Arc::clone(&idle);
        // One thread for what blocks, too: such work is done in the order in which it was asked for.
        let tokio = Builder::new_current_thread()
            .max_blocking_threads(1)
            .thread_keep_alive(Duration::from_secs(600))
            .on_thread_park(move || parked.notify_waiters())
            .build()
            .unwrap();
        Self { tokio: Some(tokio), idle }
    }

    fn tokio(&self) -> &Runtime {
        self.tokio.as_ref().expect("it is taken on drop only")
    }

    pub fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.tokio().spawn(work)
    }

    /// The result of work that is over.
    pub fn take<T>(&self, done: JoinHandle<T>) -> Option<T> {
        self.tokio().block_on(done).ok()
    }

    /// Lets everything happen that can happen without time passing.
    pub fn settle(&self) {
        self.tokio().block_on(self.idle.notified());
    }

    /// The same, where something may wait for work on the blocking thread: when an empty job is done there, so is it.
    pub fn settle_all(&self) {
        self.tokio().block_on(async {
            for _ in 0..2 {
                self.idle.notified().await;
                let _ = tokio::task::spawn_blocking(|| {}).await;
            }
            self.idle.notified().await;
        });
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Some(tokio) = self.tokio.take() {
            tokio.shutdown_timeout(Duration::from_secs(60));
        }
    }
}
