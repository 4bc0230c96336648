//! What each kind of node does when the walk comes by, and what the end of a flow means to its caller.

use crate::audit::AuditKind;
use crate::engine::conversation::{Frame, OpenPage, Role, Waiting};
use crate::engine::turn::{Move, Turn};
use crate::flow::set::{Ask, Bound, Choose, Condition, Node, Page, Predicate, Say, Then, Wait};
use crate::model::ids::PageId;
use crate::model::names::{EndId, StateId};
use crate::model::peer::Surface;
use crate::model::prompt::PageLink;

/// Digits of the short code that a page asks for when it is opened elsewhere.
pub const SHORT_CODE_DIGITS: u8 = 4;

impl Turn<'_> {
    pub fn visit(&mut self) -> Move {
        let Some(node) = self.node() else { return Move::GiveUp };
        match node {
            Node::Say(say) => self.visit_say(say),
            Node::Ask(ask) => self.visit_ask(ask),
            Node::Choose(choose) => self.visit_choose(choose),
            Node::Do(wish) => match self.over(&wish.bound) {
                Some(then) => Move::Goto(then),
                None => self.visit_do(wish),
            },
            Node::Gates(gates) => self.visit_gates(gates),
            Node::Call(call) => Move::Enter(call.flow.clone(), Role::Called),
            Node::Page(page) => self.visit_page(page),
            Node::Wait(wait) => self.visit_wait(wait),
            Node::End(end) => Move::Leave(end.clone()),
        }
    }

    fn visit_say(&mut self, say: &Say) -> Move {
        if let Some(then) = self.over(&say.bound) {
            return Move::Goto(then);
        }
        if self.all_hold(&say.when) {
            let prompt = self.prompt(&say.text);
            self.say(prompt);
        }
        Move::Goto(say.next.clone())
    }

    fn visit_ask(&mut self, ask: &Ask) -> Move {
        if !self.all_hold(&ask.when) {
            self.conv.slots.remove(&ask.slot);
            return Move::Goto(ask.next.clone());
        }
        if let Some(then) = self.over(&ask.bound) {
            return Move::Goto(then);
        }
        let mut prompt = self.prompt(&ask.prompt);
        prompt.input = self.input_for(ask);
        self.conv.serial += 1;
        prompt.choices = self.choices(&ask.options);
        if self.on_call() {
            prompt = self.ask_by_keys(prompt, ask);
        }
        self.question(prompt);
        self.park_for_answer()
    }

    fn visit_choose(&mut self, choose: &Choose) -> Move {
        let open: Vec<_> = choose.options.iter().filter(|option| self.all_hold(&option.when)).cloned().collect();
        // One way on is no question.
        if let [only] = open.as_slice() {
            return self.take_option(only);
        }
        let mut prompt = self.prompt(&choose.prompt);
        prompt.input = crate::model::prompt::Input::Choice;
        self.conv.serial += 1;
        prompt.choices = self.choices(&open);
        self.question(prompt);
        self.park_for_answer()
    }

    fn visit_page(&mut self, page: &Page) -> Move {
        if let Some(then) = self.over(&page.bound) {
            return Move::Goto(then);
        }
        if self.on_call() {
            return self.page_by_ear(page);
        }
        if self.conv.surface != Surface::Chat {
            return Move::Goto(page.declined.clone());
        }
        let expires = self.env.now + self.flows.globals.timeout.page;
        // A person who is on the page already stays there: the session goes on, the new link is for everybody else.
        let session = self.conv.page.as_ref().filter(|open| open.form == page.form).and_then(|open| open.session);
        let id = PageId(self.draw());
        let short_code = self.draw_digits(SHORT_CODE_DIGITS);
        let mut prompt = self.prompt(&page.text);
        prompt.page = Some(PageLink { page: id, expires, short_code: short_code.clone() });
        let form = page.form;
        self.conv.page =
            Some(OpenPage { id, form, expires, short_code, short_code_tries: 0, consumed: false, session });
        self.question(prompt);
        Move::Park(Waiting::Page { page: id, deadline: expires })
    }

    fn visit_wait(&mut self, wait: &Wait) -> Move {
        let Some(leg) = self.conv.gate.as_ref().and_then(|gate| gate.leg) else { return Move::GiveUp };
        let prompt = self.prompt(&wait.text);
        self.question(prompt);
        Move::Park(Waiting::Leg { leg, deadline: self.env.now + wait.timeout })
    }

    /// Counts an entry of a bounded node; over the bound, where it leads.
    fn over(&mut self, bound: &Option<Bound>) -> Option<StateId> {
        let bound = bound.as_ref()?;
        let frame = self.conv.frames.last_mut()?;
        let state = frame.state.as_str().to_owned();
        exceeds(frame, state, bound)
    }

    /// Takes an option of the innermost node; its own bound counts here.
    pub fn take_option(&mut self, option: &crate::flow::set::MenuOption) -> Move {
        let Some(frame) = self.conv.frames.last_mut() else { return Move::GiveUp };
        let place = format!("{}/{}", frame.state, option.key);
        let then = option.bound.as_ref().and_then(|bound| exceeds(frame, place, bound));
        Move::Goto(then.unwrap_or_else(|| option.next.clone()))
    }

    /// The innermost flow ends. `None` when that was the conversation's end, or an interrupted question is back.
    pub fn leave(&mut self, end: EndId) -> Option<Move> {
        let frame = self.conv.frames.pop()?;
        match frame.role {
            Role::Root => {
                self.end(end);
                None
            }
            Role::Called => match self.node() {
                Some(Node::Call(call)) => Some(call.on.get(&end).map_or(Move::GiveUp, |next| Move::Goto(next.clone()))),
                _ => Some(Move::GiveUp),
            },
            Role::Gate => Some(self.gate_ended(&end)),
            Role::Command(then) => self.command_ended(then, &end),
        }
    }

    fn command_ended(&mut self, then: Then, end: &EndId) -> Option<Move> {
        match then {
            Then::Stopped => {
                self.end(EndId::of("stopped"));
                None
            }
            Then::Repeat if self.conv.frames.is_empty() => {
                self.end(end.clone());
                None
            }
            // The state that was interrupted is visited again and asks its question again.
            Then::Repeat => Some(self.visit()),
            Then::Entry => {
                self.restart();
                None
            }
        }
    }

    pub fn all_hold(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| self.holds(condition.predicate) != condition.negated)
    }

    fn holds(&self, predicate: Predicate) -> bool {
        let tenant = self.env.tenant;
        match predicate {
            Predicate::TenantUnlock => tenant.unlock,
            Predicate::TenantAsksReason => tenant.asks_reason,
            Predicate::SurfaceVoice => self.on_call(),
            Predicate::TenantDeskOpen => self.env.desk_open,
            Predicate::TenantAlsoChanges => tenant.also_changes.is_some(),
            Predicate::TenantRegisterHelp => tenant.register_help.is_some(),
            Predicate::GateHintConfirmed => self.conv.gate.as_ref().is_some_and(|gate| gate.confirmed),
            Predicate::GateOtherLeft => self.other_left(),
        }
    }

    pub fn unproven(&mut self, method: crate::model::method::Method) {
        self.audit(AuditKind::UnprovenPass { method });
    }
}

fn exceeds(frame: &mut Frame, place: String, bound: &Bound) -> Option<StateId> {
    let entries = frame.entries.entry(place).or_insert(0);
    *entries = entries.saturating_add(1);
    (*entries > bound.max).then(|| bound.then.clone())
}
