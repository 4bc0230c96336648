//! Sends what turns have written: one row a lane at a time, in order, until it is delivered or given up.

mod again;
mod call;
mod dead;
mod deliver;
mod farewell;
mod link;
mod lost;

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::model::time::{Seconds, Timestamp};
use crate::ports::store::{ClaimedRow, LETTERS, Room, RowId, StoreError};
use crate::runtime::record::{OutboxRow, decode, encode};
use crate::runtime::shell::Shell;

pub use again::again;
pub use dead::{DeadLetter, dead_letters, forget};

/// How long a claimed row belongs to us. Longer than any adapter's time-out.
const LEASE: Seconds = Seconds(60);
/// Rows on their way at once: prompts, records and bookkeeping, which end within this machine or at a chat's door.
const MOST_OTHERS: usize = 64;
/// Texts and mails on their way at once, beside those: a mail server that hangs holds up letters and nothing else.
const MOST_LETTERS: usize = 64;
/// The pause after a store that is away, and when what is due is not ours to do.
const NAP: Seconds = Seconds(5);
const LONG_NAP: Seconds = Seconds(60);
/// Waits after a failure: twice as long each time, up to this.
const LONGEST_WAIT: Seconds = Seconds(300);

/// What became of a row.
enum Fate {
    /// Delivered, or not wanted any more.
    Done,
    /// Certainly not delivered: again later, at most so many times.
    Later { after: Option<Seconds>, tries: u32 },
    /// Given up, for a person to look at.
    Dead { why: &'static str },
}

/// Runs until it is aborted.
pub async fn run(shell: Arc<Shell>) {
    let (mut letters, mut others) = (JoinSet::new(), JoinSet::new());
    loop {
        let batches = shell.outbox.written();
        if !shell.health.store.works() {
            // What was sent could not be ticked off, and would be sent again and again.
            tokio::select! {
                biased;
                Some(_) = letters.join_next(), if !letters.is_empty() => {}
                Some(_) = others.join_next(), if !others.is_empty() => {}
                () = shell.outbox.notify.notified() => {}
            }
            continue;
        }
        let now = shell.now();
        let room = Room {
            letters: MOST_LETTERS.saturating_sub(letters.len()),
            others: MOST_OTHERS.saturating_sub(others.len()),
        };
        let claimed = match shell.parts.store.outbox_claim(now, now + LEASE, room).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                shell.parts.clock.sleep_until(now + NAP).await;
                continue;
            }
        };
        if claimed.is_empty() && letters.is_empty() && others.is_empty() {
            shell.outbox.empty(batches);
        }
        for row in claimed {
            let sending = if row.lane.starts_with(LETTERS) { &mut letters } else { &mut others };
            sending.spawn(handle(Arc::clone(&shell), row));
        }
        let wake = match shell.parts.store.next_wake().await {
            Ok(Some(wake)) if wake > now => wake,
            Ok(_) | Err(_) => now + LONG_NAP,
        };
        // In a fixed order, here and wherever we wait for several things: the same events must lead to the same steps. What
        // is done comes first, because it makes room.
        tokio::select! {
            biased;
            Some(_) = letters.join_next(), if !letters.is_empty() => {}
            Some(_) = others.join_next(), if !others.is_empty() => {}
            () = shell.outbox.notify.notified() => {}
            () = shell.parts.clock.sleep_until(wake) => {}
        }
        // Whatever ended in the same moment: one look at the store for all of them.
        while letters.try_join_next().is_some() || others.try_join_next().is_some() {}
    }
}

async fn handle(shell: Arc<Shell>, claimed: ClaimedRow) {
    let ClaimedRow { id, value, attempts, .. } = claimed;
    let Ok(mut row) = decode::<OutboxRow>(&value) else {
        tracing::error!("a message of an unknown shape was dropped");
        return settle(shell.parts.store.outbox_ack(id).await);
    };
    let fate = deliver::deliver(&shell, id, &mut row, attempts).await;
    let outcome = match fate {
        Fate::Done => shell.parts.store.outbox_ack(id).await,
        Fate::Later { after, tries } if attempts + 1 < tries => {
            let wait = back_off(attempts).max(after.unwrap_or(Seconds(0)));
            shell.parts.store.outbox_retry(id, shell.now() + wait, Some(encode(&row))).await
        }
        Fate::Later { .. } => dead::bury(&shell, id, row, "too many tries").await,
        Fate::Dead { why } => dead::bury(&shell, id, row, why).await,
    };
    settle(outcome);
}

/// A row that cannot be settled now comes back when its lease ends.
fn settle(outcome: Result<(), StoreError>) {
    if let Err(error) = outcome {
        tracing::error!(%error, "a message could not be settled");
    }
}

fn back_off(attempts: u32) -> Seconds {
    Seconds(2u32.saturating_pow(attempts.saturating_add(1))).min(LONGEST_WAIT)
}

/// Stores the changed row and keeps it from everybody until the lease would end.
async fn mark(shell: &Shell, id: RowId, row: &OutboxRow) -> Result<(), StoreError> {
    let until: Timestamp = shell.now() + LEASE;
    shell.parts.store.outbox_retry(id, until, Some(encode(row))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes() {
        let waits: Vec<u32> = (0..10).map(|attempts| back_off(attempts).0).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(back_off(u32::MAX), LONGEST_WAIT);
    }
}
