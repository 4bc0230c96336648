//! Deadlines: whichever has passed, in the order of what it ends.

use crate::engine::conversation::Waiting;
use crate::engine::event::{CallEnd, Output};
use crate::engine::telephone::LOST;
use crate::engine::turn::Turn;
use crate::flow::set::{Node, Wait, WaitEnd};
use crate::model::ids::LegId;
use crate::model::names::{EndId, StateId};

impl Turn<'_> {
    pub fn timer(&mut self) {
        if self.conv.ended.is_some() {
            return;
        }
        let now = self.env.now;
        let limits = self.flows.globals.session;
        if self.waits_for_caller() && now >= self.conv.last_heard + LOST {
            // A leg that nobody picked up, or a call whose end was never told.
            let rang = matches!(self.conv.waiting, Waiting::Nothing);
            return self.call_over(if rang { CallEnd::NoAnswer } else { CallEnd::HungUp });
        }
        if now >= self.conv.started + limits.total {
            self.say_key("common-session-ended");
            return self.end(EndId::of("stopped"));
        }
        if now >= self.conv.last_heard + limits.idle {
            self.say_key("common-idle-ended");
            return self.end(EndId::of("stopped"));
        }
        // An open confirmation does not hold a deadline up.
        let waiting = self.conv.waiting.innermost().clone();
        match waiting {
            Waiting::Answer { misses, deadline } if now >= deadline => self.unanswered(misses),
            Waiting::Page { deadline, .. } if now >= deadline => match self.node().cloned() {
                Some(Node::Page(page)) => self.go_on(page.expired),
                _ => self.give_up(),
            },
            Waiting::Leg { leg, deadline } if now >= deadline => match self.node().cloned() {
                Some(Node::Wait(wait)) => match self.given_up(leg, &wait) {
                    Some(next) => self.go_on(next),
                    None => self.give_up(),
                },
                _ => self.give_up(),
            },
            Waiting::Nothing
            | Waiting::Answer { .. }
            | Waiting::Menu { .. }
            | Waiting::Confirm { .. }
            | Waiting::PickLanguage { .. }
            | Waiting::Effect { .. }
            | Waiting::Page { .. }
            | Waiting::Leg { .. } => {}
        }
    }

    /// A telephone that nobody took: it need not ring on.
    fn given_up(&mut self, leg: LegId, wait: &Wait) -> Option<StateId> {
        self.outputs.push(Output::CloseLeg { leg });
        if let Some(gate) = self.conv.gate.as_mut() {
            gate.leg = None;
        }
        wait.on.get(&WaitEnd::Timeout).cloned()
    }

    /// In a chat a person may be looking for their phone, so one reminder and then nothing until the conversation ends by
    /// itself. On a telephone silence is the provider's to tell.
    fn unanswered(&mut self, misses: u8) {
        let no_input = self.flows.globals.retry.no_input.clone();
        let end = self.conv.last_heard + self.flows.globals.session.idle;
        self.say(crate::model::prompt::Prompt::of(no_input));
        self.repeat_question();
        self.conv.waiting = Waiting::Answer { misses, deadline: end };
    }
}
