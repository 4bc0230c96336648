//! The runtime as `app` sees it: start, hand out handles, reload flows, stop.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::task::JoinHandle;

use crate::flow::set::FlowSet;
use crate::metrics::Metrics;
use crate::model::ids::FlowSetHash;
use crate::model::time::Seconds;
use crate::ports::store::StoreError;
use crate::runtime::caps::{self, Cap, Fill};
use crate::runtime::health::Health;
use crate::runtime::notices::Notices;
use crate::runtime::operate::Operator;
use crate::runtime::pages::Pages;
use crate::runtime::parts::Parts;
use crate::runtime::shell::Shell;
use crate::runtime::turn::Inbox;
use crate::runtime::{farewell, flows, outbox, timers, watch};

pub use crate::runtime::outbox::DeadLetter;

/// How long turns that are under way, and the outbox after them, may take when the service stops.
const FINISH: Seconds = Seconds(20);

/// Everything that runs. Dropping it stops the timers and the outbox at once; `shutdown` is kinder.
pub struct Runtime {
    shell: Arc<Shell>,
    tasks: Vec<JoinHandle<()>>,
}

impl Runtime {
    /// Takes up what a crash left open, then starts the timers and the outbox.
    pub async fn start(parts: Parts) -> Result<Self, StoreError> {
        let shell = Shell::new(parts);
        flows::keep(&shell).await?;
        caps::recall(&shell).await;
        let resumed = timers::recover(&shell).await?;
        if resumed > 0 {
            tracing::info!(resumed, "effects of the last run were taken up");
        }
        // Rows of the last run may wait.
        shell.outbox.wrote();
        let tasks = vec![
            tokio::spawn(timers::run(Arc::clone(&shell))),
            tokio::spawn(outbox::run(Arc::clone(&shell))),
            tokio::spawn(watch::run(Arc::clone(&shell))),
            tokio::spawn(farewell::run(Arc::clone(&shell))),
        ];
        Ok(Self { shell, tasks })
    }

    pub fn inbox(&self) -> Inbox {
        Inbox(Arc::clone(&self.shell))
    }

    pub fn pages(&self) -> Pages {
        Pages(Arc::clone(&self.shell))
    }

    /// What is counted about this service.
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.shell.metrics)
    }

    /// What whoever looks after the service may see and do.
    pub fn operator(&self) -> Operator {
        Operator::new(Arc::clone(&self.shell))
    }

    pub fn notices(&self) -> Notices {
        Notices(Arc::clone(&self.shell))
    }

    /// How store, registry, audit record, directories, desks and senders stand.
    pub fn health(&self) -> Health {
        self.shell.health.clone()
    }

    /// New conversations take this set; those that are open keep theirs to their end, after a restart as well.
    ///
    /// # Errors
    /// The set is in use, but its scripts could not be stored: a restart would end the conversations that began on it.
    pub async fn replace_flows(&self, set: Arc<FlowSet>) -> Result<(), StoreError> {
        self.shell.flows.replace(set, self.shell.now());
        flows::keep(&self.shell).await
    }

    /// The hash of the flow set that new conversations take.
    pub fn flow_set(&self) -> FlowSetHash {
        self.shell.flows.current().hash
    }

    /// How full every cap of a tenant, and of all together, was when it was last counted. For whoever measures.
    pub fn caps(&self) -> Vec<(Cap, Fill)> {
        self.shell.caps.fills()
    }

    /// Messages that were given up in the last two weeks.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, StoreError> {
        outbox::dead_letters(&self.shell).await
    }

    /// Takes nothing new, lets turns and effects finish, sends what is ready, stops. Bounded in time; what is left is on
    /// disk and goes on with the next start.
    pub async fn shutdown(self) {
        self.shell.stopping.store(true, Ordering::SeqCst);
        let clock = &self.shell.parts.clock;
        let finished = async {
            self.shell.under_way.none().await;
            self.shell.outbox.drained().await;
        };
        tokio::select! {
            biased;
            () = finished => {}
            () = clock.sleep_until(clock.now() + FINISH) => {
                tracing::warn!("stopping while something is under way; it goes on with the next start");
            }
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
