//! A machine on which one life of the service runs: one thread, and it tells when nothing is left to do.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// When it is dropped, all its tasks stop where they are.
pub struct Machine {
    tokio: Option<Runtime>,
    idle: Arc<Notify>,
    /// Keeps the thread for blocking work shut until everything else has come to rest. Otherwise what that work wakes
    /// would come before or after other things as the real processor has it, and a seed would tell several stories.
    gate: Mutex<Option<Sender<()>>>,
}

impl Machine {
    pub fn new() -> Self {
        let idle = Arc::new(Notify::new());
        let parked = Arc::clone(&idle);
        let tokio = Builder::new_current_thread()
            .max_blocking_threads(1)
            .thread_keep_alive(Duration::from_secs(600))
            .on_thread_park(move || parked.notify_waiters())
            .build()
            .unwrap();
        let gate = Mutex::new(Some(shut(&tokio)));
        Self { tokio: Some(tokio), idle, gate }
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

    /// The same, where something may wait for work on the blocking thread: that is done while nothing else runs.
    pub fn settle_all(&self) {
        for _ in 0..2 {
            self.settle();
            let (done, finished) = channel();
            drop(self.tokio().spawn_blocking(move || done.send(())));
            let next = shut(self.tokio());
            drop(self.gate.lock().unwrap().replace(next));
            let _ = finished.recv();
        }
        self.settle();
    }
}

/// Work that lasts until the sender is dropped; what is asked for later waits behind it.
fn shut(tokio: &Runtime) -> Sender<()> {
    let (gate, opened) = channel::<()>();
    drop(tokio.spawn_blocking(move || opened.recv()));
    gate
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.gate.lock().unwrap().take());
        if let Some(tokio) = self.tokio.take() {
            tokio.shutdown_timeout(Duration::from_secs(60));
        }
    }
}
