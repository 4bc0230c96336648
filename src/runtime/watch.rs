//! Finds out when something that went down is back, also when nobody asks for it meanwhile.

use std::sync::Arc;

use crate::model::time::{Seconds, Timestamp};
use crate::ports::store::{Expect, Op};
use crate::runtime::places;
use crate::runtime::shell::Shell;

/// A person who comes when the rest is over is the probe; without one, we are, this much later.
const AFTER: Seconds = Seconds(1);
/// Between two tries to write.
const WRITE_EVERY: Seconds = Seconds(16);
/// What a try writes need not outlive it.
const KEEP: Seconds = Seconds(60);

/// Runs until it is aborted.
pub async fn run(shell: Arc<Shell>) {
    loop {
        match next(&shell) {
            None => shell.health.fell.notified().await,
            Some(next) => {
                tokio::select! {
                    () = shell.health.fell.notified() => {}
                    () = shell.parts.clock.sleep_until(next) => look(&shell).await,
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
    let rests = shell.health.directories.values().filter_map(|fuse| fuse.open_until(now)).map(|until| until + AFTER);
    let store = (!shell.health.store.works()).then_some(now + WRITE_EVERY);
    rests.chain(store).min()
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
