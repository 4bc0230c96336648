//! Deadlines: whichever has passed, in the order of what it ends.

use crate::engine::conversation::Waiting;
use crate::engine::turn::Turn;
use crate::flow::set::{Node, WaitEnd};
use crate::model::names::EndId;
use crate::model::peer::Surface;

impl Turn<'_> {
    pub fn timer(&mut self) {
        if self.conv.ended.is_some() {
            return;
        }
        let now = self.env.now;
        let limits = self.flows.globals.session;
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
            Waiting::Leg { deadline, .. } if now >= deadline => match self.node().cloned() {
                Some(Node::Wait(wait)) => match wait.on.get(&WaitEnd::Timeout) {
                    Some(next) => self.go_on(next.clone()),
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

    /// On a telephone silence is asked about; in a chat a person may be looking for their phone, so one reminder and
    /// then nothing until the conversation ends by itself.
    fn unanswered(&mut self, misses: u8) {
        let no_input = self.flows.globals.retry.no_input.clone();
        match self.conv.surface {
            Surface::Voice => self.missed(misses, no_input),
            Surface::Chat | Surface::Group => {
                let end = self.conv.last_heard + self.flows.globals.session.idle;
                self.say(crate::model::prompt::Prompt::of(no_input));
                self.repeat_question();
                self.conv.waiting = Waiting::Answer { misses, deadline: end };
            }
        }
    }
}
