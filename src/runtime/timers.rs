//! One task that sleeps until something is due, and posts it as an event.

use std::sync::Arc;

use crate::engine::conversation::Waiting;
use crate::engine::event::Event;
use crate::model::ids::ConversationId;
use crate::model::time::{Seconds, Timestamp};
use crate::ports::store::{Expect, Key, Op, SWEPT, StoreError};
use crate::runtime::outbox;
use crate::runtime::places;
use crate::runtime::reconcile;
use crate::runtime::shell::Shell;
use crate::runtime::turn::{Advanced, Source, advance, drive, forget, load, resume, take_up};

/// Keys that are looked at in one go.
const AT_ONCE: usize = 256;
/// The pause when something is due that cannot be done now. Whatever keeps it busy ends with a commit, and every commit
/// wakes this task; the pause is for what failed to commit.
const NAP: Seconds = Seconds(60);
/// Expired records are dropped this often.
const SWEEP_EVERY: Seconds = Seconds::minutes(10);

/// Runs until it is aborted.
pub async fn run(shell: Arc<Shell>) {
    let mut swept = shell.now();
    loop {
        let now = shell.now();
        let secret = shell.vault.sweep(now);
        if let Err(error) = pass(&shell, now).await {
            tracing::error!(%error, "the timers cannot read the store");
        }
        if swept + SWEEP_EVERY <= now {
            match shell.parts.store.sweep(now).await {
                // More is left: turns come in between.
                Ok(n) if n >= SWEPT => shell.timers.notify_one(),
                Ok(_) => swept = now,
                Err(error) => {
                    swept = now;
                    tracing::warn!(%error, "expired records are not dropped yet");
                }
            }
        }
        let stored = shell.parts.store.next_wake().await.ok().flatten();
        let wake = [stored, secret].into_iter().flatten().min().unwrap_or(now + SWEEP_EVERY);
        let wake = if wake <= now { now + NAP } else { wake.min(now + SWEEP_EVERY) };
        tokio::select! {
            biased;
            () = shell.timers.notified() => {}
            () = shell.parts.clock.rest_until(wake) => {}
        }
    }
}

/// Takes up what the last run left: effects whose task is gone. After a start, before anything else is taken in.
pub async fn recover(shell: &Arc<Shell>) -> Result<usize, StoreError> {
    let mut resumed = 0;
    let store = &shell.parts.store;
    for key in store.due_in(places::EFFECT, usize::MAX).await? {
        let Some(id) = places::with_open_effect(&key) else { continue };
        let Some(found) = load(shell, id).await? else { continue };
        if !matches!(found.conversation.waiting, Waiting::Effect { .. }) {
            continue;
        }
        let hash = places::peer_hash(&shell.parts.keys, &found.conversation.peer);
        let held = shell.locks.enter_surely(hash).await;
        drop(resume(Arc::clone(shell), held, found.conversation));
        resumed += 1;
    }
    for key in store.due_in(places::INTENT, usize::MAX).await? {
        reconcile::look_after(shell, key).await?;
    }
    let kept = store.due_in(places::KEPT, usize::MAX).await?;
    if !kept.is_empty() {
        take_up(shell, kept).await?;
    }
    Ok(resumed)
}

async fn pass(shell: &Arc<Shell>, now: Timestamp) -> Result<(), StoreError> {
    if shell.stopping() {
        return Ok(());
    }
    for key in shell.parts.store.due(now, AT_ONCE).await? {
        if let Some(id) = places::conversation_id(&key).or_else(|| places::with_open_effect(&key)) {
            fire(shell, id, key).await?;
        } else if places::intended(&key).is_some() {
            reconcile::look_after(shell, key).await?;
        } else if places::dead_row(&key).is_some() {
            outbox::forget(shell, key).await?;
        } else if places::is_kept(&key) {
            forget(shell, key).await?;
        } else {
            shell.parts.store.commit(vec![Op::Due { key, at: None }]).await?;
        }
    }
    Ok(())
}

async fn fire(shell: &Arc<Shell>, id: ConversationId, key: Key) -> Result<(), StoreError> {
    let Some(found) = load(shell, id).await? else {
        tracing::error!("a conversation that cannot be read was given up");
        let record = Op::Delete { key: places::conversation(id), expect: Expect::Anything };
        let batch = vec![Op::Due { key, at: None }, Op::Due { key: places::open_effect(id), at: None }, record];
        return shell.parts.store.commit(batch).await.map(|_| ());
    };
    let hash = places::peer_hash(&shell.parts.keys, &found.conversation.peer);
    // Busy: whatever is under way writes a new due time.
    let Some(held) = shell.locks.try_enter(hash) else { return Ok(()) };
    // Under the lock nobody of this process changes it any more.
    let Some(found) = load(shell, id).await? else { return Ok(()) };
    if matches!(found.conversation.waiting, Waiting::Effect { .. }) {
        drop(resume(Arc::clone(shell), held, found.conversation));
        return Ok(());
    }
    let shell = Arc::clone(shell);
    tokio::spawn(async move {
        let working = shell.work();
        match advance(&shell, &Source::Conversation(id), Event::Timer, Vec::new()).await {
            Ok(Advanced::Stepped(stepped)) => drop(drive(shell, held, working, *stepped)),
            Ok(Advanced::Duplicate(_) | Advanced::Nothing) => {}
            Err(error) => tracing::warn!(conversation = %id, %error, "a deadline is tried again"),
        }
    });
    Ok(())
}
