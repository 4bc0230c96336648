//! What whoever looks after the service may see and do while it runs. Nothing here shows what a message says.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::metrics::Metrics;
use crate::model::ids::{AccountId, TenantId};
use crate::model::time::{Seconds, Timestamp};
use crate::ports::store::{RowId, StoreError, WaitingRow};
use crate::runtime::caps::{Cap, Fill};
use crate::runtime::health::{Health, State};
use crate::runtime::outbox::{self, DeadLetter};
use crate::runtime::shell::Shell;

/// A part that does not answer a probe in this time is down.
const PROBE_LIMIT: Seconds = Seconds(3);
/// Answers to probes are shared for so long: whoever asks often asks the directory no oftener.
const PROBE_KEPT: Seconds = Seconds(5);

/// Cheap to clone.
#[derive(Clone)]
pub struct Operator {
    shell: Arc<Shell>,
    probed: Arc<Mutex<Option<Probed>>>,
}

/// Which messages are tried again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Again {
    /// One that waits, or one that was given up.
    One(RowId),
    All,
}

#[derive(Clone)]
struct Probed {
    at: Timestamp,
    parts: Vec<(String, State)>,
}

impl Operator {
    pub(in crate::runtime) fn new(shell: Arc<Shell>) -> Self {
        Self { shell, probed: Arc::default() }
    }

    pub fn metrics(&self) -> &Metrics {
        &self.shell.metrics
    }

    pub fn health(&self) -> &Health {
        &self.shell.health
    }

    /// How full the caps are that were counted since the start.
    pub fn caps(&self) -> Vec<(Cap, Fill)> {
        self.shell.caps.fills()
    }

    pub fn now(&self) -> Timestamp {
        self.shell.now()
    }

    /// Whether the service takes nothing new any more.
    pub fn stopping(&self) -> bool {
        self.shell.stopping()
    }

    /// How every part stands, after asking those that can be asked.
    pub async fn probe(&self) -> Vec<(String, State)> {
        let mut probed = self.probed.lock().await;
        let now = self.shell.now();
        if let Some(known) = probed.as_ref().filter(|known| now < known.at + PROBE_KEPT) {
            return known.parts.clone();
        }
        let mut silent = Vec::new();
        let parts = &self.shell.parts;
        // Nobody's: the question is whether there is an answer.
        let (nobody_at, nobody) = (TenantId(String::new()), AccountId(String::new()));
        silent.extend(self.asked("store", async { parts.store.outbox_len().await.is_ok() }).await);
        silent.extend(self.asked("registry", async { parts.registry.frozen(&nobody_at, &nobody).await.is_ok() }).await);
        silent.extend(self.asked("audit", async { parts.audit.recent(1).await.is_ok() }).await);
        let directories = parts.tenants.iter().map(|(id, tenant)| {
            let name = format!("directory:{id}");
            async move { self.asked(&name, async { tenant.directory.probe().await.is_ok() }).await }
        });
        silent.extend(futures_util::future::join_all(directories).await.into_iter().flatten());
        let mut parts = self.shell.health.parts();
        for (name, state) in &mut parts {
            if *state == State::Up && silent.contains(name) {
                *state = State::Down;
            }
        }
        *probed = Some(Probed { at: now, parts: parts.clone() });
        parts
    }

    /// The oldest messages that wait.
    pub async fn waiting(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
        self.shell.parts.store.outbox_rows(at_most).await
    }

    /// How many messages wait.
    pub async fn n_waiting(&self) -> Result<usize, StoreError> {
        self.shell.parts.store.outbox_len().await
    }

    /// Messages that were given up in the last two weeks.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, StoreError> {
        outbox::dead_letters(&self.shell).await
    }

    /// Tries messages again now; how many there were. What has become worthless meanwhile (a code that has expired, a
    /// prompt of yesterday) is not sent, whoever asks for it.
    pub async fn again(&self, which: Again) -> Result<usize, StoreError> {
        let n = outbox::again(&self.shell, which).await?;
        self.shell.outbox.wrote();
        tracing::info!(attempts = n, "an operator lets messages be tried again");
        Ok(n)
    }

    /// The name of a part that did not answer well in time.
    async fn asked(&self, part: &str, question: impl Future<Output = bool>) -> Option<String> {
        let clock = &self.shell.parts.clock;
        let answered = tokio::select! {
            biased;
            well = question => well,
            () = clock.sleep_until(clock.now() + PROBE_LIMIT) => false,
        };
        (!answered).then(|| part.to_owned())
    }
}
