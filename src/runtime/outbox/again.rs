//! Messages that an operator lets be tried once more.

use crate::ports::store::{Expect, Op, RowId, StoreError};
use crate::runtime::operate::Again;
use crate::runtime::outbox::dead_letters;
use crate::runtime::places;
use crate::runtime::record::{DeadRow, OutboxRow, decode};
use crate::runtime::shell::Shell;
use crate::runtime::turn::enqueue;

/// How many waiting rows are looked at.
const MOST: usize = 100_000;

/// Brings the next try of waiting rows forward, and gives dead ones a new row; how many there were.
pub async fn again(shell: &Shell, which: Again) -> Result<usize, StoreError> {
    let now = shell.now();
    let meant = |id: RowId| match which {
        Again::One(one) => one == id,
        Again::All => true,
    };
    let mut n = 0;
    for row in shell.parts.store.outbox_rows(MOST).await? {
        // What is claimed is on its way, and what may leave now needs no help.
        if meant(row.id) && !row.claimed && row.not_before > now {
            shell.parts.store.outbox_retry(row.id, now, None).await?;
            n += 1;
        }
    }
    for letter in dead_letters(shell).await? {
        if meant(letter.id) && revived(shell, letter.id).await? {
            n += 1;
        }
    }
    Ok(n)
}

async fn revived(shell: &Shell, id: RowId) -> Result<bool, StoreError> {
    let key = places::dead(id);
    let Some(stored) = shell.parts.store.get(&key).await? else { return Ok(false) };
    let Ok(DeadRow { row, .. }) = decode(&stored.value) else { return Ok(false) };
    // A lane of its own: it was given up so that its old lane could go on.
    let lane = match &row {
        OutboxRow::Say { .. } | OutboxRow::Together { .. } => format!("peer/again-{}", id.0),
        OutboxRow::Code { .. }
        | OutboxRow::Notice { .. }
        | OutboxRow::Call { .. }
        | OutboxRow::Link { .. }
        | OutboxRow::Farewell { .. } => format!("to/again-{}", id.0),
        OutboxRow::Audit(_) => format!("audit/again-{}", id.0),
        OutboxRow::Forgive { .. }
        | OutboxRow::Refund { .. }
        | OutboxRow::ToParent { .. }
        | OutboxRow::CloseLeg { .. }
        | OutboxRow::Tell(_) => format!("chores/again-{}", id.0),
    };
    let batch = vec![enqueue(lane, &row, shell.now()), Op::Delete { key, expect: Expect::Version(stored.version) }];
    match shell.parts.store.commit(batch).await {
        Ok(_) => Ok(true),
        // Somebody else was faster.
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}
