//! One step and its batch: read, step, write; again from the start when somebody was faster.

use std::sync::Arc;
use std::time::Instant;

use crate::engine::conversation::{Conversation, Waiting};
use crate::engine::event::{Effect, Env, Event, KEEP_ENDED, Output, Step};
use crate::engine::step::step;
use crate::model::ids::{ConversationId, EventId};
use crate::model::names::{EndId, MessageKey};
use crate::model::prompt::Prompt;
use crate::model::time::{Seconds, Timestamp};
use crate::ports::store::{Expect, Op, StoreError};
use crate::runtime::caps::demands;
use crate::runtime::places;
use crate::runtime::record::encode;
use crate::runtime::shell::Shell;
use crate::runtime::turn::Inbound;
use crate::runtime::turn::load::{Found, Met, load, meet};
use crate::runtime::turn::rows::rows;
use crate::runtime::turn::trace::Took;

/// Lost races after which an event is turned away.
const MOST_RACES: usize = 8;
/// An effect that was not finished by then lost its task: the timers begin it again.
const EFFECT_WATCH: Seconds = Seconds(90);

/// Whose conversation an event belongs to.
pub enum Source<'a> {
    Peer(&'a Inbound),
    Conversation(ConversationId),
}

pub enum Advanced {
    Stepped(Box<Stepped>),
    Duplicate(ConversationId),
    /// There is no such conversation.
    Nothing,
}

/// A committed step.
pub struct Stepped {
    pub conversation: Conversation,
    pub effect: Option<Effect>,
    pub took: Took,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TurnError {
    #[error("the record changed again and again")]
    Raced,
    #[error("no such tenant")]
    UnknownTenant,
    #[error("{0}")]
    Store(StoreError),
}

/// Applies one event. `extra` rides in the same batch. The caller holds the peer's lock; another machine may still be
/// faster, and then the step runs again on what it wrote.
pub async fn advance(
    shell: &Arc<Shell>,
    source: &Source<'_>,
    event: Event,
    extra: Vec<Op>,
) -> Result<Advanced, TurnError> {
    let mut took = Took::default();
    for _ in 0..MOST_RACES {
        let began = Instant::now();
        let met = match source {
            Source::Peer(inbound) => meet(shell, inbound).await.map_err(TurnError::Store)?,
            Source::Conversation(id) => match load(shell, *id).await.map_err(TurnError::Store)? {
                Some(found) => Met::Found(Box::new(found)),
                None => Met::Nothing,
            },
        };
        took.load += began.elapsed();
        let found = match met {
            Met::Found(found) => *found,
            Met::Duplicate(id) => return Ok(Advanced::Duplicate(id)),
            Met::Nothing => return Ok(Advanced::Nothing),
        };
        match attempt(shell, source, found, event.clone(), extra.clone(), &mut took).await {
            Err(TurnError::Store(StoreError::Conflict)) => continue,
            outcome => return outcome.map(|stepped| Advanced::Stepped(Box::new(stepped))),
        }
    }
    Err(TurnError::Raced)
}

async fn attempt(
    shell: &Arc<Shell>,
    source: &Source<'_>,
    found: Found,
    event: Event,
    extra: Vec<Op>,
    took: &mut Took,
) -> Result<Stepped, TurnError> {
    let now = shell.now();
    let Found { conversation, expect, fresh, lost } = found;
    let page_before = conversation.page.as_ref().map(|page| page.id);
    let open_before = matches!(conversation.waiting, Waiting::Effect { .. });
    let oldest = conversation.seen.first().cloned();
    let settling = match &event {
        Event::Effect { id, .. } => Some(*id),
        Event::Inbound { .. }
        | Event::Timer
        | Event::Page { .. }
        | Event::Leg { .. }
        | Event::CodeLost { .. }
        | Event::LinkLost { .. }
        | Event::NotTaken { .. }
        | Event::CallEnded { .. } => None,
    };
    let began = Instant::now();
    let mut stepped = run(shell, conversation, event, now)?;
    took.step += began.elapsed();
    if lost.is_some() {
        stepped.outputs.insert(0, Output::Say(Prompt::of(MessageKey::of("common-interrupted"))));
    }
    for way in &stepped.walked {
        // Names of a script, nothing of a person: which states a set of talks reached is read from here.
        tracing::trace!(target: "ringback.walk", way = %way);
    }
    let Step { conversation, effect, outputs, due, walked: _ } = stepped;

    let id = conversation.id;
    let hash = places::peer_hash(&shell.parts.keys, &conversation.peer);
    let expires = now + KEEP_ENDED;
    let mut batch = vec![Op::Put { key: places::conversation(id), value: encode(&conversation), expect, expires }];
    if let Some((key, expect)) = fresh {
        batch.push(Op::Put { key, value: id.0.to_vec(), expect, expires });
    }
    if let Some(key) = lost.filter(|key| *key != places::peer(&hash)) {
        batch.push(Op::Due { key: key.clone(), at: None });
        let effect = places::conversation_id(&key).map(places::open_effect);
        batch.extend(effect.map(|key| Op::Due { key, at: None }));
        batch.push(Op::Delete { key, expect: Expect::Anything });
    }
    if let Source::Peer(inbound) = source {
        // A conversation knows its latest events itself; these it does not, any more or at all.
        let unknown = |event: &EventId| !conversation.seen.contains(event);
        for event in [oldest, Some(inbound.event.clone())].into_iter().flatten().filter(unknown) {
            let key = places::seen(&hash, &event);
            batch.push(Op::Put { key, value: id.0.to_vec(), expect: Expect::Anything, expires });
        }
    }
    if let Some(page) = conversation.page.as_ref().filter(|page| Some(page.id) != page_before) {
        let key = places::page(page.id);
        batch.push(Op::Put { key, value: id.0.to_vec(), expect: Expect::Anything, expires });
    }
    let open = effect.is_some() || matches!(conversation.waiting, Waiting::Effect { .. });
    let over = conversation.ended.is_some();
    batch.push(Op::Due { key: places::conversation(id), at: due.filter(|_| !open && !over) });
    if open || open_before {
        batch.push(Op::Due { key: places::open_effect(id), at: open.then_some(now + EFFECT_WATCH) });
    }
    batch.extend(extra);
    let rows = rows(shell, &conversation, outputs, settling, now);
    batch.extend(rows.ops);
    let writes_rows = batch.iter().any(|op| matches!(op, Op::Enqueue(_)));

    let began = Instant::now();
    let committed = shell.parts.store.commit(batch).await;
    took.commit += began.elapsed();
    if let Err(error) = committed {
        for key in rows.secrets {
            shell.vault.remove(key);
        }
        return Err(TurnError::Store(error));
    }
    if writes_rows {
        shell.outbox.wrote();
    }
    shell.timers.notify_one();
    Ok(Stepped { conversation, effect, took: *took })
}

/// The pure step, or a polite end where the scripts of this conversation are not there any more.
fn run(shell: &Shell, conversation: Conversation, event: Event, now: Timestamp) -> Result<Step, TurnError> {
    let Some(tenant) = shell.parts.tenants.get(&conversation.peer.tenant) else { return Err(TurnError::UnknownTenant) };
    let demanding = demands(shell, tenant);
    let chance = shell.parts.entropy.draw();
    let available = shell.available();
    let env = Env {
        now,
        chance: &chance,
        tenant: &demanding,
        catalog: &shell.parts.catalog,
        keys: &shell.parts.keys,
        available: &available,
        desk_open: shell.parts.desk_open(),
        phrase_gone: conversation.held().is_some_and(|key| shell.vault.get(key, now).is_none()),
    };
    match shell.flows.get(&conversation.flow_set) {
        Some(flows) => Ok(step(&flows, conversation, event, &env)),
        None => Ok(interrupted(conversation)),
    }
}

/// Fails closed: the receipts go, the person is told, the next word opens a fresh conversation.
fn interrupted(mut conversation: Conversation) -> Step {
    conversation.ended = Some(EndId::of("stopped"));
    conversation.waiting = Waiting::Nothing;
    conversation.frames.clear();
    conversation.slots.clear();
    conversation.gates = None;
    conversation.gate = None;
    conversation.page = None;
    conversation.question = None;
    conversation.ledger.burn();
    let outputs = vec![Output::Say(Prompt::of(MessageKey::of("common-try-later"))), Output::CaseOver];
    Step { conversation, effect: None, outputs, due: None, walked: Vec::new() }
}
