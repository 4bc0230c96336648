//! After the commit: perform what was wished for, step on the result, commit, until nothing is open.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;
use tracing::Instrument;

use crate::engine::conversation::{Conversation, Waiting};
use crate::engine::event::{Effect, EffectCall, EffectResult, Event};
use crate::model::ids::ConversationId;
use crate::model::time::Seconds;
use crate::runtime::locks::Held;
use crate::runtime::perform::{Manner, Performed, perform};
use crate::runtime::shell::{Shell, Working};
use crate::runtime::turn::Settled;
use crate::runtime::turn::advance::{Advanced, Source, Stepped, TurnError, advance};
use crate::runtime::turn::trace::Took;

/// Effects that one event may lead to; scripts bound their loops, this is the second net.
const MOST_EFFECTS: usize = 64;
/// Waits between attempts to store a result that the outside already gave.
const STORE_WAITS: [Seconds; 5] = [Seconds(1), Seconds(2), Seconds(4), Seconds(8), Seconds(15)];

/// Performs the open effect, if there is one, and all that follow, on a task that keeps the conversation's lock.
pub fn drive(shell: Arc<Shell>, held: Held, working: Working, stepped: Stepped) -> Settled {
    let (done, settled) = oneshot::channel();
    let Stepped { conversation, effect, took } = stepped;
    match effect {
        None => {
            drop(held);
            took.finish(&shell, &conversation);
            let _ = done.send(Vec::new());
        }
        Some(effect) => {
            let all = async move {
                let results = perform_all(&shell, conversation, effect, Manner::First, took).await;
                drop(held);
                drop(working);
                let _ = done.send(results);
            };
            tokio::spawn(all.in_current_span());
        }
    }
    settled
}

/// Takes up an effect whose task was lost, by a crash or a store that was away.
pub fn resume(shell: Arc<Shell>, held: Held, conversation: Conversation) -> Settled {
    let (done, settled) = oneshot::channel();
    let working = shell.work();
    let Waiting::Effect { id, call } = conversation.waiting.clone() else {
        let _ = done.send(Vec::new());
        return settled;
    };
    tokio::spawn(async move {
        let results = perform_all(&shell, conversation, Effect { id, call }, Manner::Resumed, Took::default()).await;
        drop(held);
        drop(working);
        let _ = done.send(results);
    });
    settled
}

async fn perform_all(
    shell: &Arc<Shell>,
    mut conversation: Conversation,
    mut effect: Effect,
    mut manner: Manner,
    mut took: Took,
) -> Vec<(EffectCall, EffectResult)> {
    let mut results = Vec::new();
    for _ in 0..MOST_EFFECTS {
        let began = Instant::now();
        let performed = perform(shell, &conversation, &effect, manner).await;
        took.effects += began.elapsed();
        took.n_effects += 1;
        results.push((effect.call.clone(), performed.result.clone()));
        manner = Manner::First;
        match record(shell, conversation.id, &effect, performed).await {
            Some(Stepped { conversation: next, effect: Some(wish), took: step }) => {
                took.add(&step);
                conversation = next;
                effect = wish;
            }
            Some(Stepped { effect: None, took: step, .. }) => {
                took.add(&step);
                took.finish(shell, &conversation);
                return results;
            }
            None => return results,
        }
    }
    tracing::error!(conversation = %conversation.id, "an event led to too many effects");
    results
}

/// Hands the result to the engine and commits. The store may be away for a while; the effect is not done again for that.
async fn record(shell: &Arc<Shell>, id: ConversationId, effect: &Effect, performed: Performed) -> Option<Stepped> {
    let Performed { result, ops } = performed;
    for wait in STORE_WAITS.into_iter().map(Some).chain([None]) {
        let event = Event::Effect { id: effect.id, result: result.clone() };
        match advance(shell, &Source::Conversation(id), event, ops.clone()).await {
            Ok(Advanced::Stepped(stepped)) => return Some(*stepped),
            Ok(Advanced::Duplicate(_) | Advanced::Nothing) => return None,
            Err(TurnError::UnknownTenant) => return None,
            Err(error @ (TurnError::Raced | TurnError::Store(_))) => {
                tracing::warn!(conversation = %id, %error, "a result could not be stored yet");
                let wait = wait?;
                shell.parts.clock.sleep_until(shell.now() + wait).await;
            }
        }
    }
    None
}
