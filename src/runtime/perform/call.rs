//! Has a registered telephone ring. Counted, with its conversation and its row in one batch; placed by the outbox.

use crate::engine::conversation::{Conversation, Frame, LegOf, Role};
use crate::engine::event::{EffectResult, LegAct, Opening};
use crate::engine::telephone::LOST;
use crate::flow::effect::Outcome;
use crate::model::ids::{AccountId, ConversationId, LegId, TargetHash};
use crate::model::method::Method;
use crate::model::names::FlowId;
use crate::model::peer::Surface;
use crate::model::time::{Seconds, Timestamp};
use crate::policy::limits::Limit;
use crate::ports::store::{Expect, Op};
use crate::runtime::perform::attempts;
use crate::runtime::perform::{Performed, Wish};
use crate::runtime::places;
use crate::runtime::record::{OutboxRow, encode};
use crate::runtime::turn::enqueue;
use crate::verify::keys::Tag;

/// How long a leg is remembered.
const KEEP: Seconds = Seconds::hours(24);
/// When a telephone that does not exist has rung long enough.
const UNANSWERED: Seconds = Seconds(28);

/// What is to ring, and what it is to ask.
pub struct Ring<'a> {
    pub leg: LegId,
    pub flow: &'a FlowId,
    /// MAC of what must be keyed in there.
    pub pair: &'a Tag,
    pub account: Option<&'a AccountId>,
    pub method: Method,
    pub target: &'a TargetHash,
}

pub async fn place(wish: &Wish<'_>, ring: &Ring<'_>, limits: &[Limit]) -> Performed {
    if wish.shell.parts.caller.is_none() {
        return Outcome::Refused.into();
    }
    match attempts::prepare_send(wish, ring.account, ring.method, ring.target, limits).await {
        EffectResult::Plain(Outcome::Continue) => {}
        throttled @ EffectResult::Throttled { .. } => return throttled.into(),
        _ => return Outcome::Refused.into(),
    }
    let now = wish.shell.now();
    let result = EffectResult::Plain(Outcome::Ringing);
    let parent = wish.conversation.id;
    let Some(account) = ring.account else {
        // A decoy's telephone rings and nobody takes it.
        let row = OutboxRow::ToParent { parent, leg: ring.leg, act: LegAct::NoAnswer.into() };
        return Performed { result, ops: vec![enqueue(places::chores_lane(parent), &row, now + UNANSWERED)] };
    };
    let Some(leg) = conversation(wish, ring, now) else { return Outcome::Refused.into() };
    let (id, expires) = (leg.id, now + KEEP);
    let put = |key, value| Op::Put { key, value, expect: Expect::Anything, expires };
    let row = OutboxRow::Call {
        tenant: wish.tenant.tenant.id.clone(),
        account: account.clone(),
        method: ring.method,
        target: *ring.target,
        parent,
        leg: ring.leg,
        language: wish.conversation.language.clone(),
        written: now,
        attempted: false,
    };
    let hash = places::peer_hash(&wish.shell.parts.keys, &leg.peer);
    let ops = vec![
        put(places::conversation(id), encode(&leg)),
        put(places::peer(&hash), id.0.to_vec()),
        put(places::leg(ring.leg), id.0.to_vec()),
        Op::Due { key: places::conversation(id), at: Some(now + LOST) },
        enqueue(places::target_lane(ring.target), &row, now),
    ];
    Performed { result, ops }
}

/// The conversation of whoever picks up: at the first state of its flow, nothing said yet.
fn conversation(wish: &Wish<'_>, ring: &Ring<'_>, now: Timestamp) -> Option<Conversation> {
    let parent = wish.conversation;
    let flows = wish.shell.flows.get(&parent.flow_set)?;
    let entry = flows.flows.get(ring.flow)?.entry.clone();
    let mut leg = Conversation::open(Opening {
        id: ConversationId(wish.shell.draw_id()),
        // On record it is the same case.
        run: parent.run,
        peer: places::leg_peer(&wish.tenant.tenant.id, ring.leg),
        surface: Surface::Voice,
        language: parent.language.clone(),
        flow_set: parent.flow_set,
        now,
    });
    leg.frames.push(Frame { flow: ring.flow.clone(), state: entry, role: Role::Root, entries: Default::default() });
    leg.leg_of = Some(LegOf { parent: parent.id, leg: ring.leg, pair: *ring.pair });
    Some(leg)
}
