//! When two situations are the same: counters, clocks and random ids aside. That makes their number finite.

use std::collections::BTreeSet;
use std::fmt::Write;

use ringback::engine::conversation::{Conversation, Frame, Role, Slot, Waiting};
use ringback::flow::coverage::Way;
use ringback::flow::set::{Bound, FlowSet, Node, Then};
use ringback::model::time::{Seconds, Timestamp};

use super::world::{Scene, Situation};

/// More than any bound.
const SPENT: u8 = 200;

/// What a situation is known by: two with the same words have the same future.
pub fn of(scene: &Scene, situation: &Situation) -> String {
    let conversation = &situation.conversation;
    let gate = conversation.gate.as_ref().map(|gate| {
        let code = gate
            .challenge
            .as_ref()
            .map(|challenge| situation.code.as_ref().is_some_and(|(delivered, _)| *delivered == challenge.id));
        (gate.factor.method, gate.confirmed, gate.passed, code, gate.leg.is_some())
    });
    let granted: Vec<_> = situation.granted.iter().map(|grant| (grant.purpose, grant.method, grant.live)).collect();
    let mut shape = format!("{gate:?} {granted:?} {:?}", scene.believed(conversation));
    // A command that ends the conversation does not come back to what it interrupted.
    let ends = |frame: &Frame| frame.role == Role::Command(Then::Stopped);
    let interrupted = conversation.frames.iter().rposition(ends);
    for frame in &conversation.frames[interrupted.unwrap_or(0)..] {
        write!(shape, " {}.{} {:?}", frame.flow, frame.state, frame.role).unwrap();
    }
    let subject = conversation.subject.as_ref().map(|subject| (subject.account.is_some(), subject.factors.len()));
    let (secret, challenge) = (conversation.last.secret.is_some(), conversation.last.challenge.is_some());
    write!(shape, " {} {subject:?} {secret} {challenge}", waiting(&conversation.waiting)).unwrap();
    if interrupted.is_none() {
        let given_up = conversation.gates.as_ref().map(|run| {
            let gone: BTreeSet<_> = run.given_up.iter().map(|gone| gone.method).collect();
            (gone, run.confirmed.len())
        });
        let slots: Vec<_> = conversation.slots.iter().map(|(id, slot)| (id.as_str(), kind(slot))).collect();
        let page = conversation.page.as_ref().map(|page| page.form);
        write!(shape, " {given_up:?} {slots:?} {page:?} {}", situation.typed_right).unwrap();
    }
    shape
}

/// Whether a counter could have decided where a step went: one of the state it began in, or of those it came by.
pub fn counted(flows: &FlowSet, before: &Conversation, walked: &[Way]) -> bool {
    let counts = |flow, state| flows.node(flow, state).is_some_and(|node| !bounds(node).is_empty());
    let began = before.frames.last().is_some_and(|frame| counts(&frame.flow, &frame.state));
    began || walked.iter().any(|way| counts(&way.flow, &way.to))
}

/// Sets every counter of every flow on the stack: all unused, or all used up.
pub fn set_counters(flows: &FlowSet, conversation: &mut Conversation, spent: bool) {
    for frame in &mut conversation.frames {
        frame.entries.clear();
        let Some(flow) = flows.flows.get(&frame.flow).filter(|_| spent) else { continue };
        for (state, node) in &flow.states {
            for place in bounds(node) {
                let place = if place.is_empty() { state.to_string() } else { format!("{state}/{place}") };
                frame.entries.insert(place, SPENT);
            }
        }
    }
    if let Some(gate) = &mut conversation.gate {
        (gate.comparisons, gate.sends, gate.last_sent) = (0, 0, None);
    }
}

/// Takes time and redelivery out of a conversation that came to rest.
pub fn rest(conversation: &mut Conversation, now: Timestamp) {
    conversation.turns = 0;
    // Whoever comes back to a method finds new tries: more than the engine gives.
    if let Some(run) = &mut conversation.gates {
        run.left.clear();
    }
    conversation.seen.clear();
    (conversation.started, conversation.last_heard) = (now, now);
    let soon = now + Seconds(60);
    match &mut conversation.waiting {
        Waiting::Answer { deadline, misses } => (*deadline, *misses) = (soon, 0),
        Waiting::Page { deadline, .. } | Waiting::Leg { deadline, .. } => *deadline = soon,
        Waiting::Nothing
        | Waiting::Menu { .. }
        | Waiting::Confirm { .. }
        | Waiting::PickLanguage { .. }
        | Waiting::Effect { .. } => {}
    }
}

/// Names under which a node counts: its own, and those of its options.
fn bounds(node: &Node) -> Vec<&str> {
    let own = |bound: &Option<Bound>| bound.iter().map(|_| "").collect::<Vec<_>>();
    match node {
        Node::Say(say) => own(&say.bound),
        Node::Do(wish) => own(&wish.bound),
        Node::Page(page) => own(&page.bound),
        Node::Ask(ask) => {
            let options = ask.options.iter().filter(|option| option.bound.is_some());
            own(&ask.bound).into_iter().chain(options.map(|option| option.key.as_str())).collect()
        }
        Node::Choose(choose) => {
            let options = choose.options.iter().filter(|option| option.bound.is_some());
            options.map(|option| option.key.as_str()).collect()
        }
        Node::Gates(_) | Node::Call(_) | Node::Wait(_) | Node::End(_) => Vec::new(),
    }
}

fn kind(slot: &Slot) -> &'static str {
    match slot {
        Slot::Name(_) => "name",
        Slot::Target(_) => "target",
        Slot::Code(_) => "code",
        Slot::Tag(_) => "tag",
        Slot::Digits(_) => "digits",
        Slot::Keyed { .. } => "keyed",
        Slot::Keying { .. } => "keying",
    }
}

fn waiting(waiting: &Waiting) -> &'static str {
    match waiting {
        Waiting::Nothing => "nothing",
        Waiting::Answer { .. } => "answer",
        Waiting::Menu { .. } => "menu",
        Waiting::Confirm { .. } => "confirm",
        Waiting::PickLanguage { .. } => "language",
        Waiting::Effect { .. } => "effect",
        Waiting::Page { .. } => "page",
        Waiting::Leg { .. } => "leg",
    }
}
