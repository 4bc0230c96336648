//! Messages that were given up: on record, and kept for a while for whoever looks after the service.

use crate::audit::{AuditEvent, AuditKind};
use crate::model::ids::{RunId, TenantId};
use crate::model::names::MessageKey;
use crate::model::time::{Seconds, Timestamp};
use crate::ports::store::{Expect, Key, Op, RowId, StoreError};
use crate::runtime::places;
use crate::runtime::record::{DeadRow, OutboxRow, decode, encode};
use crate::runtime::shell::Shell;

/// How long a dead letter is kept.
const KEEP: Seconds = Seconds::hours(14 * 24);
/// More than anybody reads.
const MOST_LISTED: usize = 10_000;

/// A message that was given up; what it said is not shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeadLetter {
    pub id: RowId,
    pub at: Timestamp,
    pub tenant: Option<TenantId>,
    pub template: MessageKey,
}

/// Puts it on record first, then keeps it, then lets the lane go on.
pub async fn bury(shell: &Shell, id: RowId, row: OutboxRow, why: &'static str) -> Result<(), StoreError> {
    let now = shell.now();
    let (tenant, run, template) = about(&row);
    tracing::error!(row = id.0, template = %template, outcome = why, "a message was given up");
    if let Some(tenant) = tenant {
        let event =
            AuditEvent { at: now, tenant, run, channel: None, subject: None, kind: AuditKind::DeadLetter { template } };
        let recorded = shell.parts.audit.append(&format!("row:{}:dead", id.0), &[event]).await;
        recorded.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    }
    let key = places::dead(id);
    let expires = now + KEEP;
    let value = encode(&DeadRow { at: now, row });
    let batch = vec![
        Op::Put { key: key.clone(), value, expect: Expect::Anything, expires },
        // The index of due times is also the list of what was given up.
        Op::Due { key, at: Some(expires) },
    ];
    shell.parts.store.commit(batch).await?;
    shell.parts.store.outbox_ack(id).await
}

/// What was given up and is still kept, oldest first.
pub async fn dead_letters(shell: &Shell) -> Result<Vec<DeadLetter>, StoreError> {
    let mut letters = Vec::new();
    for key in shell.parts.store.due_in(places::DEAD, MOST_LISTED).await? {
        let Some(id) = places::dead_row(&key) else { continue };
        let Some(stored) = shell.parts.store.get(&key).await? else { continue };
        let Ok(dead) = decode::<DeadRow>(&stored.value) else { continue };
        let (tenant, _, template) = about(&dead.row);
        letters.push(DeadLetter { id, at: dead.at, tenant, template });
    }
    letters.sort_by_key(|letter| letter.at);
    Ok(letters)
}

/// Its time is over.
pub async fn forget(shell: &Shell, key: Key) -> Result<(), StoreError> {
    let batch = vec![Op::Due { key: key.clone(), at: None }, Op::Delete { key, expect: Expect::Anything }];
    shell.parts.store.commit(batch).await.map(|_| ())
}

fn about(row: &OutboxRow) -> (Option<TenantId>, Option<RunId>, MessageKey) {
    match row {
        OutboxRow::Say { peer, prompt, .. } => (Some(peer.tenant.clone()), None, prompt.message.clone()),
        OutboxRow::Together { peer, prompts, .. } => {
            let template = prompts.last().map(|prompt| prompt.message.clone());
            (Some(peer.tenant.clone()), None, template.unwrap_or_else(|| MessageKey::of("common-try-later")))
        }
        OutboxRow::Code { tenant, run, .. } => (Some(tenant.clone()), Some(*run), MessageKey::of("mail-code")),
        OutboxRow::Notice { tenant, run, template, .. } => (Some(tenant.clone()), Some(*run), template.clone()),
        OutboxRow::Call { tenant, .. } => (Some(tenant.clone()), None, MessageKey::of("call-not-possible")),
        OutboxRow::Link { tenant, .. } => (Some(tenant.clone()), None, MessageKey::of("mail-page-link")),
        OutboxRow::Farewell { tenant, run, .. } => (Some(tenant.clone()), Some(*run), OutboxRow::farewell()),
        OutboxRow::Tell(tiding) => (Some(tiding.tenant.clone()), Some(tiding.run), tiding.template.clone()),
        OutboxRow::Refund { tenant, .. } => (Some(tenant.clone()), None, MessageKey::of("refund")),
        OutboxRow::Forgive { tenant, .. } => (Some(tenant.clone()), None, MessageKey::of("forgive")),
        OutboxRow::Audit(events) => (events.first().map(|event| event.tenant.clone()), None, MessageKey::of("audit")),
        OutboxRow::ToParent { .. } | OutboxRow::CloseLeg { .. } => (None, None, MessageKey::of("leg")),
    }
}
