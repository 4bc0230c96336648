//! Sets whose outcome nobody wrote: each is looked at after a start and from time to time, until the truth is on record
//! and the person and the owner's addresses were told.

use std::sync::Arc;

use crate::engine::conversation::Waiting;
use crate::flow::effect::Outcome;
use crate::model::names::MessageKey;
use crate::model::prompt::Prompt;
use crate::model::time::Seconds;
use crate::ports::store::{Expect, Key, Op, StoreError, Version};
use crate::runtime::perform::notify::later;
use crate::runtime::perform::set_password::{kept, settled};
use crate::runtime::perform::truth::{self, Fate};
use crate::runtime::places;
use crate::runtime::record::{Intent, OutboxRow, Stage, Tiding, decode};
use crate::runtime::shell::Shell;
use crate::runtime::turn::{enqueue, load};

/// After this long nobody looks any more: the service desk's matter.
const GIVE_UP: Seconds = Seconds::hours(12);

/// Looks after one intent on a task of its own. A conversation that still waits for it does that itself.
pub async fn look_after(shell: &Arc<Shell>, key: Key) -> Result<(), StoreError> {
    let store = &shell.parts.store;
    let stored = match store.get(&key).await {
        Ok(Some(stored)) => stored,
        Ok(None) | Err(StoreError::Damaged(_)) => {
            return store.commit(vec![Op::Due { key, at: None }]).await.map(|_| ());
        }
        Err(error) => return Err(error),
    };
    let Ok(intent) = decode::<Intent>(&stored.value) else {
        tracing::error!("an intent of an unknown shape was given up");
        return store.commit(vec![Op::Due { key, at: None }]).await.map(|_| ());
    };
    let now = shell.now();
    // Not to be taken up twice while it is looked at.
    store.commit(vec![Op::Due { key, at: Some(now + Seconds(90)) }]).await?;
    if waited_for(shell, &intent).await? {
        return Ok(());
    }
    let shell = Arc::clone(shell);
    tokio::spawn(async move {
        let working = shell.work();
        if let Err(error) = settle(&shell, intent, stored.version).await {
            tracing::warn!(%error, "the outcome of a set is written later");
        }
        drop(working);
    });
    Ok(())
}

async fn waited_for(shell: &Arc<Shell>, intent: &Intent) -> Result<bool, StoreError> {
    let conversation = load(shell, intent.conversation).await?.map(|found| found.conversation);
    Ok(conversation.is_some_and(|it| matches!(it.waiting, Waiting::Effect { id, .. } if id == intent.effect)))
}

async fn settle(shell: &Arc<Shell>, intent: Intent, version: Version) -> Result<(), StoreError> {
    let Some(tenant) = shell.parts.tenants.get(&intent.tenant) else {
        tracing::error!(tenant = %intent.tenant, "a set of a tenant that is not here any more was given up");
        return shell.parts.store.commit(settled(&intent, Expect::Version(version))).await.map(|_| ());
    };
    let fate = match intent.stage {
        Stage::Intended => Fate::NotSet,
        Stage::Sent | Stage::Unknown => truth::witnessed(shell, tenant, &intent).await,
    };
    let now = shell.now();
    truth::intended(shell, &intent).await;
    let known = fate != Fate::Unknown;
    let mut batch = match (known, intent.stage) {
        (false, Stage::Unknown) if now < intent.at + GIVE_UP => {
            // Less and less often: half a minute at first.
            let wait = Seconds(intent.at.until(now).0 / 4).max(truth::AGAIN);
            let batch = kept(&intent, Expect::Version(version), now + wait);
            return shell.parts.store.commit(batch).await.map(|_| ());
        }
        (false, Stage::Unknown) | (true, _) => settled(&intent, Expect::Version(version)),
        (false, Stage::Intended | Stage::Sent) => {
            kept(&Intent { stage: Stage::Unknown, ..intent.clone() }, Expect::Version(version), now + truth::AGAIN)
        }
    };
    batch.push(record(shell, &intent, fate).await);
    let (said, told) = words(fate);
    if known || intent.stage != Stage::Unknown {
        let lane = places::peer_lane(&places::peer_hash(&shell.parts.keys, &intent.peer));
        let row = OutboxRow::Say {
            conversation: intent.conversation,
            peer: intent.peer.clone(),
            language: intent.language.clone(),
            prompt: Prompt::of(MessageKey::of(said)),
            written: now,
        };
        batch.push(enqueue(lane, &row, now));
        let tiding = Tiding {
            tenant: intent.tenant.clone(),
            account: intent.account.clone(),
            run: intent.run,
            template: MessageKey::of(told),
            language: intent.language.clone(),
            channel: intent.peer.channel,
            done: intent.at,
        };
        batch.push(later(tiding, shell));
    }
    shell.parts.store.commit(batch).await?;
    shell.outbox.wrote();
    tracing::info!(conversation = %intent.conversation, outcome = ?Outcome::from(fate), "a set was cleared up");
    Ok(())
}

/// The outcome, in the batch that carries what is said about it.
async fn record(shell: &Shell, intent: &Intent, fate: Fate) -> Op {
    let now = shell.now();
    let row = OutboxRow::Audit(vec![truth::event(intent, now, fate.kind())]);
    enqueue(places::audit_lane(intent.conversation), &row, now)
}

fn words(fate: Fate) -> (&'static str, &'static str) {
    match fate {
        Fate::Set => ("reset-found-changed", "mail-password-changed"),
        Fate::NotSet | Fate::NotOurs | Fate::Refused(_) => ("reset-found-unchanged", "mail-password-not-changed"),
        Fate::Unknown => ("reset-found-nothing", "mail-password-perhaps-changed"),
    }
}

impl From<Fate> for Outcome {
    fn from(fate: Fate) -> Self {
        match fate {
            Fate::Set => Outcome::Ok,
            Fate::Refused(_) => Outcome::Policy,
            Fate::NotSet => Outcome::Unavailable,
            Fate::NotOurs => Outcome::Stale,
            Fate::Unknown => Outcome::Uncertain,
        }
    }
}
