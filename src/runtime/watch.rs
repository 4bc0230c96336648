//! Finds out when something that went down is back, also when nobody asks for it meanwhile.

use std::sync::Arc;

use crate::model::time::{Seconds, Timestamp};
use crate::ports::store::{Expect, Op};
use crate::runtime::places;
use crate::runtime::shell::Shell;

/// Between two looks at what is down. A second longer than a breaker rests: a person who comes then is the probe, and
/// without one we are.
const EVERY: Seconds = Seconds(16);
/// What a try writes need not outlive it.
const KEEP: Seconds = Seconds(60);

/// Runs until it is aborted.
pub async fn run(shell: Arc<Shell>) {
    loop {
        match next(&shell) {
            None => shell.health.fell.notified().await,
            Some(next) => {
                tokio::select! {
                    biased;
                    () = shell.parts.clock.rest_until(next) => look(&shell).await,
                    () = shell.health.fell.notified() => {}
                }
            }
        }
        if shell.health.store.works() {
            // What waited for the store goes on.
            shell.outbox.wrote();
            shell.timers.notify_one();
        }
    }
}

/// When something should be looked after; `None` while all is well.
fn next(shell: &Shell) -> Option<Timestamp> {
    let now = shell.now();
    let directory = shell.health.directories.values().any(|fuse| fuse.open_until(now).is_some());
    (directory || !shell.health.store.works()).then_some(now + EVERY)
}

async fn look(shell: &Arc<Shell>) {
    let now = shell.now();
    for (id, tenant) in &shell.parts.tenants {
        let rested = shell.health.directories.get(id).and_then(|fuse| fuse.open_until(now));
        if rested.is_some_and(|until| until <= now)
            && let Err(error) = tenant.directory.probe().await
        {
            tracing::warn!(tenant = %id, %error, "the directory is still away");
        }
    }
    if !shell.health.store.works() {
        let written =
            Op::Put { key: places::write_probe(), value: Vec::new(), expect: Expect::Anything, expires: now + KEEP };
        // Its guard notes how it went.
        let _ = shell.parts.store.commit(vec![written]).await;
    }
}
