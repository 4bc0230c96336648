//! The working state of one step: the conversation being changed, what is to be said, and what is wished for.

use crate::audit::{AuditEvent, AuditKind};
use crate::engine::conversation::{Conversation, Frame, Last, Role, Waiting};
use crate::engine::event::{Effect, Env, LegAct, Output, Step};
use crate::engine::telephone::LOST;
use crate::flow::coverage::Way;
use crate::flow::set::{Flow, FlowSet, Kind, Node};
use crate::model::ids::EffectId;
use crate::model::names::{EndId, FlowId, MessageKey, StateId};
use crate::model::prompt::Prompt;
use crate::model::purpose::Purpose;
use crate::model::time::Timestamp;
use crate::verify::chance;

/// Inner moves of one step; scripts are checked for unbounded loops, this is the second net.
const MAX_MOVES: u8 = 60;
/// Deepest call stack (`flow` lint L06 allows four calls, a command may come on top).
const MAX_FRAMES: usize = 8;

pub struct Turn<'a> {
    pub flows: &'a FlowSet,
    pub env: &'a Env<'a>,
    pub conv: Conversation,
    pub outputs: Vec<Output>,
    pub effect: Option<Effect>,
    /// The person just picked something, as opposed to an effect or a clock moving the walk.
    pub picked: bool,
    walked: Vec<Way>,
    draws: u8,
    /// The effect whose result is being taken.
    pub settling: Option<EffectId>,
}

/// What visiting a node came to.
pub enum Move {
    Goto(StateId),
    Enter(FlowId, Role),
    Park(Waiting),
    Leave(EndId),
    /// Something the checks rule out: say so and end, nothing privileged happens.
    GiveUp,
}

impl<'a> Turn<'a> {
    pub fn new(flows: &'a FlowSet, conv: Conversation, env: &'a Env<'a>) -> Self {
        Self {
            flows,
            env,
            conv,
            outputs: Vec::new(),
            effect: None,
            picked: false,
            walked: Vec::new(),
            draws: 0,
            settling: None,
        }
    }

    pub fn finish(self) -> Step {
        let due = self.due();
        Step { conversation: self.conv, effect: self.effect, outputs: self.outputs, due, walked: self.walked }
    }

    /// 16 bytes that no other draw of this or another step gives.
    pub fn draw(&mut self) -> [u8; 16] {
        self.draws += 1;
        chance::part(self.env.chance, self.draws)
    }

    /// `count` random decimal digits, leading zeros kept.
    pub fn draw_digits(&mut self, count: u8) -> String {
        chance::digits(count, self.draw())
    }

    pub fn flow(&self) -> Option<&'a Flow> {
        self.flows.flows.get(&self.conv.frames.last()?.flow)
    }

    pub fn node(&self) -> Option<&'a Node> {
        let frame = self.conv.frames.last()?;
        self.flows.node(&frame.flow, &frame.state)
    }

    pub fn kind(&self) -> Kind {
        self.flow().map_or(Kind::Part, |flow| flow.kind)
    }

    /// The purpose of the innermost flow that has one: what its gates prove and its effects need.
    pub fn purpose(&self) -> Option<Purpose> {
        let flow = |frame: &Frame| self.flows.flows.get(&frame.flow)?.purpose;
        self.conv.frames.iter().rev().find_map(flow)
    }

    pub fn say(&mut self, prompt: Prompt) {
        self.outputs.push(Output::Say(prompt));
    }

    pub fn say_key(&mut self, key: &'static str) {
        self.say(Prompt::of(MessageKey::of(key)));
    }

    pub fn audit(&mut self, kind: AuditKind) {
        self.outputs.push(Output::Audit(AuditEvent {
            at: self.env.now,
            tenant: self.conv.peer.tenant.clone(),
            run: Some(self.conv.run),
            channel: Some(self.conv.peer.channel),
            subject: self.conv.account().cloned(),
            kind,
        }));
    }

    /// Opens an effect; the walk goes on when its result comes back.
    pub fn request(&mut self, call: crate::engine::event::EffectCall) -> Move {
        let id = EffectId(self.draw());
        self.effect = Some(Effect { id, call: call.clone() });
        Move::Park(Waiting::Effect { id, call })
    }

    /// Continues at a state of the innermost flow.
    pub fn go_on(&mut self, next: StateId) {
        self.run(Move::Goto(next));
    }

    /// Moves until something has to be waited for, or the conversation ends.
    pub fn run(&mut self, first: Move) {
        let mut step = first;
        for _ in 0..MAX_MOVES {
            match step {
                Move::Goto(state) => {
                    let Some(frame) = self.conv.frames.last_mut() else { return self.give_up() };
                    let from = Some(std::mem::replace(&mut frame.state, state.clone()));
                    self.walked.push(Way { flow: frame.flow.clone(), from, to: state });
                }
                Move::Enter(flow, role) => {
                    if !self.push(flow, role) {
                        return self.give_up();
                    }
                }
                Move::Park(waiting) => return self.parked(waiting),
                Move::Leave(end) => match self.leave(end) {
                    Some(next) => {
                        step = next;
                        continue;
                    }
                    None => return,
                },
                Move::GiveUp => return self.give_up(),
            }
            step = self.visit();
        }
        self.give_up();
    }

    fn push(&mut self, flow: FlowId, role: Role) -> bool {
        let Some(found) = self.flows.flows.get(&flow) else { return false };
        if self.conv.frames.len() >= MAX_FRAMES {
            return false;
        }
        let frame = Frame { flow, state: found.entry.clone(), role, entries: Default::default() };
        self.walked.push(Way { flow: frame.flow.clone(), from: None, to: frame.state.clone() });
        self.conv.frames.push(frame);
        true
    }

    /// Fails closed: a flow set that lost a state, or a walk that does not come to rest.
    pub fn give_up(&mut self) {
        self.say_key("common-try-later");
        self.end(EndId::of("stopped"));
    }

    /// The conversation is over. Receipts, answers and open pages go with it; counters live elsewhere and stay.
    pub fn end(&mut self, end: EndId) {
        if self.conv.leg_of.is_some() {
            let wrong = self.conv.call.as_ref().is_some_and(|call| call.wrong_pairs > 0);
            self.tell_parent(if wrong { LegAct::WrongDigits } else { LegAct::HungUp });
        }
        self.void_phrase();
        self.goodbye();
        if self.conv.service.is_some() {
            self.audit(AuditKind::CaseEnded { end: end.as_str().to_owned() });
            self.outputs.push(Output::CaseOver);
        }
        if let Some(leg) = self.conv.gate.as_ref().and_then(|gate| gate.leg) {
            self.outputs.push(Output::CloseLeg { leg });
        }
        self.conv.ended = Some(end);
        self.conv.waiting = Waiting::Nothing;
        self.conv.frames.clear();
        self.conv.slots.clear();
        self.conv.gates = None;
        self.conv.gate = None;
        self.conv.page = None;
        self.conv.question = None;
        // A caller who is put through may come back, and hears the number of the case again.
        let through = self.conv.call.as_ref().is_some_and(|call| call.connected);
        let number = self.conv.last.number.take().filter(|_| through);
        self.conv.last = Last { number, ..Last::default() };
        self.conv.ledger.burn();
        self.effect = None;
    }

    /// When the next deadline falls.
    fn due(&self) -> Option<Timestamp> {
        if self.conv.ended.is_some() {
            return None;
        }
        let limits = self.flows.globals.session;
        let mut session = (self.conv.started + limits.total).min(self.conv.last_heard + limits.idle);
        if self.waits_for_caller() {
            session = session.min(self.conv.last_heard + LOST);
        }
        Some(self.conv.waiting.deadline().map_or(session, |deadline| deadline.min(session)))
    }
}

impl Waiting {
    /// What is waited for below a command that is being confirmed.
    pub fn innermost(&self) -> &Waiting {
        match self {
            Waiting::Confirm { back, .. } | Waiting::PickLanguage { back } => back.innermost(),
            Waiting::Nothing
            | Waiting::Answer { .. }
            | Waiting::Menu { .. }
            | Waiting::Effect { .. }
            | Waiting::Page { .. }
            | Waiting::Leg { .. } => self,
        }
    }

    pub fn deadline(&self) -> Option<Timestamp> {
        match self {
            Waiting::Answer { deadline, .. } | Waiting::Page { deadline, .. } | Waiting::Leg { deadline, .. } => {
                Some(*deadline)
            }
            Waiting::Confirm { back, .. } | Waiting::PickLanguage { back } => back.deadline(),
            Waiting::Nothing | Waiting::Menu { .. } | Waiting::Effect { .. } => None,
        }
    }
}
