//! One event in, the next state out.

use crate::engine::conversation::{Conversation, Waiting};
use crate::engine::event::{Env, Event, LegAct, PageResult, Step};
use crate::engine::turn::Turn;
use crate::flow::set::{FlowSet, Node, WaitEnd};
use crate::model::ids::{LegId, PageId};

/// Advances a conversation by one event. Total: whatever is thrown at it, the answer is a state with words.
pub fn step(flows: &FlowSet, conversation: Conversation, event: Event, env: &Env<'_>) -> Step {
    let mut turn = Turn::new(flows, conversation, env);
    match event {
        Event::Inbound { id, act } => {
            if !turn.conv.saw(&id) {
                turn.inbound(act);
            }
        }
        Event::Effect { id, result } => {
            if let Waiting::Effect { id: open, call } = turn.conv.waiting.clone()
                && open == id
            {
                turn.settling = Some(id);
                turn.effect_done(call, result);
            }
        }
        Event::Timer => turn.timer(),
        Event::Page { page, result } => turn.page_done(page, result),
        Event::Leg { leg, act } => turn.leg_done(leg, act),
        Event::CallEnded { id, how } => {
            if !turn.conv.saw(&id) {
                turn.call_over(how);
            }
        }
        Event::NotTaken { id } => {
            if !turn.conv.saw(&id) {
                turn.not_taken();
            }
        }
        Event::CodeLost { challenge, surely } => turn.code_lost(challenge, surely),
        Event::LinkLost { page } => turn.link_lost(page),
    }
    turn.finish()
}

impl Turn<'_> {
    /// A private page was handed in, or given up. It counts even while a command is being confirmed.
    fn page_done(&mut self, page: PageId, result: PageResult) {
        let Waiting::Page { page: open, deadline } = self.conv.waiting.innermost().clone() else { return };
        if open != page {
            return;
        }
        let Some(Node::Page(node)) = self.node().cloned() else { return self.give_up() };
        self.conv.last_heard = self.env.now;
        let next = match result {
            PageResult::Declined => node.declined,
            PageResult::Submitted(_) if self.env.now >= deadline => node.expired,
            PageResult::Submitted(secret) => {
                self.conv.last.secret = Some(secret);
                node.submitted
            }
        };
        self.go_on(next);
    }

    /// The linked telephone leg did something.
    fn leg_done(&mut self, leg: LegId, act: LegAct) {
        let Waiting::Leg { leg: open, .. } = self.conv.waiting.innermost().clone() else { return };
        if open != leg {
            return;
        }
        let Some(Node::Wait(node)) = self.node().cloned() else { return self.give_up() };
        let end = match act {
            LegAct::Answered => return,
            LegAct::Accepted => {
                if let Some(gate) = self.conv.gate.as_mut() {
                    gate.passed = true;
                }
                WaitEnd::Accepted
            }
            LegAct::Denied => WaitEnd::Denied,
            LegAct::HungUp => WaitEnd::HungUp,
            LegAct::NoAnswer => WaitEnd::NoAnswer,
            LegAct::Busy => WaitEnd::Busy,
            LegAct::Declined => WaitEnd::Declined,
            LegAct::Machine => WaitEnd::Machine,
            LegAct::Failed => WaitEnd::Failed,
            LegAct::WrongDigits => WaitEnd::Wrong,
        };
        if let Some(gate) = self.conv.gate.as_mut() {
            gate.leg = None;
        }
        match node.on.get(&end).or_else(|| node.on.get(&end.at_least())) {
            Some(next) => self.go_on(next.clone()),
            None => self.give_up(),
        }
    }
}
