//! A call to a registered telephone: begun once, and told at once when it cannot be.

use std::sync::Arc;

use crate::engine::event::{Event, LegAct};
use crate::model::contacts::Contact;
use crate::model::time::Seconds;
use crate::ports::caller::Call;
use crate::ports::messenger::SendError;
use crate::ports::store::RowId;
use crate::runtime::outbox::Fate;
use crate::runtime::outbox::deliver::{PATIENCE, TRIES_CODE, UNKNOWN, close_leg, look_up, marked, post};
use crate::runtime::record::OutboxRow;
use crate::runtime::shell::Shell;

/// Shorter than most mailboxes wait.
const RING: Seconds = Seconds(25);
/// Nobody waits for a telephone that did not ring by now.
const STALE: Seconds = Seconds(60);

pub async fn call(shell: &Arc<Shell>, id: RowId, row: &mut OutboxRow, attempts: u32) -> Fate {
    let fate = match ring(shell, id, row).await {
        Fate::Later { after, tries: TRIES_CODE } if attempts > 0 || after.is_some_and(|after| after > PATIENCE) => {
            Fate::Dead { why: "the provider is away" }
        }
        fate => fate,
    };
    if let (Fate::Dead { why }, OutboxRow::Call { parent, leg, .. }) = (&fate, &*row)
        && *why != UNKNOWN
    {
        // Whoever waits is offered another way; what may be ringing is waited for.
        let _ = post(shell, *parent, Event::Leg { leg: *leg, act: LegAct::Failed }, 0).await;
        let _ = close_leg(shell, *leg, 0).await;
    }
    fate
}

async fn ring(shell: &Arc<Shell>, id: RowId, row: &mut OutboxRow) -> Fate {
    let OutboxRow::Call { tenant, account, method, target, leg, language, written, attempted, .. } = &mut *row else {
        return Fate::Done;
    };
    if *attempted {
        return Fate::Dead { why: UNKNOWN };
    }
    if *written + STALE < shell.now() {
        return Fate::Dead { why: "too old" };
    }
    let Some(caller) = &shell.parts.caller else { return Fate::Dead { why: "no sender" } };
    let to = match look_up(shell, tenant, account, target, Some(*method)).await {
        Ok(Contact::Phone(to)) => to,
        Ok(Contact::Email(_)) => return Fate::Dead { why: "no telephone" },
        Err(Fate::Later { after, .. }) => return Fate::Later { after, tries: TRIES_CODE },
        Err(fate) => return fate,
    };
    let extension = to.extension().map(str::to_owned);
    let (leg, tenant, language) = (*leg, tenant.clone(), language.clone());
    let call = Call { id: id.0, leg, tenant, to, extension, ring: RING, language };
    *attempted = true;
    if let Some(later) = marked(shell, id, row).await {
        return later;
    }
    match caller.call(&call).await {
        Ok(()) => Fate::Done,
        Err(SendError::Unknown { .. }) => Fate::Dead { why: UNKNOWN },
        Err(SendError::Dead { .. }) => Fate::Dead { why: "refused" },
        Err(SendError::Retry { after_seconds, .. }) => {
            if let OutboxRow::Call { attempted, .. } = row {
                *attempted = false;
            }
            Fate::Later { after: after_seconds.map(Seconds), tries: TRIES_CODE }
        }
    }
}
