//! What a person says or presses, matched against what was asked.

use crate::engine::conversation::Role;
use crate::engine::conversation::Waiting;
use crate::engine::event::{Act, CallEnd};
use crate::engine::telephone::LOST;
use crate::engine::turn::{Move, Turn};
use crate::flow::set::{Ask, Kind, MenuOption, Node, SlotClass, Then};
use crate::model::command::Command;
use crate::model::names::{EndId, MessageKey, OptionKey};
use crate::model::peer::Surface;
use crate::model::prompt::Prompt;
use crate::model::time::Seconds;
use crate::text::understand::{Candidates, Meaning};

/// Longest text that is looked at; longer ones are a miss.
const MAX_TEXT: usize = 1024;

impl Turn<'_> {
    pub fn inbound(&mut self, act: Act) {
        if self.conv.ended.is_some() {
            return;
        }
        self.conv.turns = self.conv.turns.saturating_add(1);
        self.conv.last_heard = self.env.now;
        if self.conv.surface == Surface::Group {
            self.say(Prompt::of(self.flows.globals.group.clone()));
            return self.end(EndId::of("stopped"));
        }
        if self.conv.turns > self.flows.globals.session.turns {
            self.say_key("common-session-ended");
            return self.end(EndId::of("stopped"));
        }
        let act = match act {
            Act::Text(text) if text.chars().count() > MAX_TEXT => Act::Text(String::new()),
            other => other,
        };
        let act = if self.on_call() { self.heard(act) } else { act };
        match act {
            Act::HungUp if self.on_call() => self.call_over(CallEnd::HungUp),
            Act::HungUp => self.end(EndId::of("stopped")),
            Act::Language(language) => self.switch_language(language),
            act => match self.conv.waiting.clone() {
                Waiting::Nothing => self.begin(act),
                Waiting::Menu { misses } => self.menu_answer(act, misses),
                Waiting::Answer { misses, .. } => self.answer(act, misses),
                Waiting::Confirm { command, back } => self.confirmed(act, command, *back),
                Waiting::PickLanguage { back } => self.language_picked(act, *back),
                Waiting::Page { .. } | Waiting::Leg { .. } => self.aside(act),
                Waiting::Effect { .. } => self.say_key("common-slow-down"),
            },
        }
    }

    /// An answer to the question of the innermost state.
    fn answer(&mut self, act: Act, misses: u8) {
        let Some(node) = self.node().cloned() else { return self.give_up() };
        if let Node::Page(page) = &node
            && self.reads_phrase()
        {
            return self.phrase_answer(page, act);
        }
        if let Node::Page(page) = &node
            && self.keys_answers()
        {
            return self.answer_keyed(page, act, misses);
        }
        match act {
            Act::Pick(token) => match self.choice_of(&token) {
                Some(key) => self.chosen(&node, &key),
                None => self.say_key("common-old-button"),
            },
            Act::Command(command) => self.command(command),
            Act::Start(_) => self.repeat_question(),
            Act::Silence => self.missed(misses, self.flows.globals.retry.no_input.clone()),
            Act::Keys(keys) => self.keyed(&node, &keys, misses),
            Act::Text(text) => self.said(&node, &text, misses),
            // Handled before any state is looked at.
            Act::HungUp | Act::Language(_) => {}
        }
    }

    fn said(&mut self, node: &Node, text: &str, misses: u8) {
        let offered = self.offered_choices();
        let exact = matches!(node, Node::Ask(ask) if ask.class == SlotClass::Code);
        let candidates = Candidates { choices: &offered, yes_no: false, exact, intents: false };
        match self.env.catalog.understand(&self.conv.language, &candidates, text) {
            Meaning::Choice(key) => self.chosen(node, &key),
            Meaning::Command(command) => self.command(command),
            Meaning::Language(language) => self.switch_language(language),
            Meaning::Intent(_) | Meaning::Yes | Meaning::No | Meaning::Doubt | Meaning::Nothing => match node {
                Node::Ask(ask) => self.fill(ask, text, misses),
                _ => self.missed(misses, self.no_match(text)),
            },
        }
    }

    /// Telephone keys: a menu's digit, a global key, or digits for a slot.
    fn keyed(&mut self, node: &Node, keys: &str, misses: u8) {
        let mut pressed = keys.chars();
        if let (Some(key), None) = (pressed.next(), pressed.next()) {
            if let Node::Ask(Ask { deny: Some((deny, next)), .. }) = node
                && *deny == key
            {
                return self.go_on(next.clone());
            }
            let choices = self.conv.question.as_ref().map_or(Vec::new(), |question| question.choices.clone());
            if let Some(choice) = choices.iter().find(|choice| choice.voice_key == Some(key)) {
                return self.chosen(node, &choice.key);
            }
            // Whoever was called may hear it again; the other keys are the leg's own.
            if let Some(command) = self.command_of_key(key)
                && (self.kind() != Kind::Leg || command == Command::Repeat)
            {
                return self.command(command);
            }
        }
        match node {
            Node::Ask(ask) => self.fill(ask, keys, misses),
            _ => self.missed(misses, self.flows.globals.retry.no_match.clone()),
        }
    }

    fn fill(&mut self, ask: &Ask, said: &str, misses: u8) {
        match self.slot_value(ask, said) {
            Ok(slot) => {
                self.conv.slots.insert(ask.slot.clone(), slot);
                self.go_on(ask.next.clone());
            }
            Err(message) => self.missed(misses, message),
        }
    }

    fn chosen(&mut self, node: &Node, key: &OptionKey) {
        self.picked = true;
        let pick = |options: &[MenuOption]| options.iter().find(|option| option.key == *key).cloned();
        let option = match node {
            Node::Ask(ask) => pick(&ask.options),
            Node::Choose(choose) => pick(&choose.options),
            Node::Gates(gates) => {
                return match self.pick_method(gates, key) {
                    Some(next) => self.run(next),
                    None => self.repeat_question(),
                };
            }
            _ => None,
        };
        match option {
            Some(option) => {
                let next = self.take_option(&option);
                self.run(next);
            }
            None => self.repeat_question(),
        }
    }

    /// Not an answer. Asked again a few times, then the flow's own way out.
    pub fn missed(&mut self, misses: u8, message: MessageKey) {
        let misses = misses.saturating_add(1);
        if misses > self.retries() {
            return self.exhausted();
        }
        let mut prompt = Prompt::of(message);
        if prompt.message.as_str() == "common-not-digits" {
            let count = self.conv.gate.as_ref().map_or(0, |gate| i64::from(gate.code_digits));
            prompt = prompt.with("count", crate::model::prompt::Arg::Number(count));
        }
        self.say(prompt);
        if self.on_call() && misses == 2 && self.kind() != Kind::Leg {
            self.say_key("voice-help");
        }
        self.repeat_question();
        self.conv.waiting = Waiting::Answer { misses, deadline: self.env.now + self.answer_time() };
    }

    fn exhausted(&mut self) {
        let retry = &self.flows.globals.retry;
        let next = match self.kind() {
            Kind::Service => Move::Enter(retry.service.clone(), Role::Command(Then::Stopped)),
            Kind::Part => Move::Leave(retry.part.clone()),
            Kind::Gate => Move::Leave(retry.gate.clone()),
            Kind::Leg => Move::Leave(retry.leg.clone()),
        };
        self.run(next);
    }

    fn retries(&self) -> u8 {
        let own = match self.node() {
            Some(Node::Ask(ask)) => ask.retry,
            Some(Node::Choose(choose)) => choose.retry,
            _ => None,
        };
        own.unwrap_or(self.flows.globals.retry.max)
    }

    /// While a page is open or a telephone rings: commands work, everything else gets the same question again.
    fn aside(&mut self, act: Act) {
        if self.on_call() && matches!(self.conv.waiting.innermost(), Waiting::Page { .. }) {
            return self.keyed_at_page(&act);
        }
        match act {
            Act::Command(command) => self.command(command),
            Act::Text(text) => {
                let candidates = Candidates { choices: &[], yes_no: false, exact: true, intents: false };
                match self.env.catalog.understand(&self.conv.language, &candidates, &text) {
                    Meaning::Command(command) => self.command(command),
                    Meaning::Language(language) => self.switch_language(language),
                    _ => {
                        if secret_like(&text) {
                            self.say_key("common-not-understood-secret");
                        }
                        self.repeat_question();
                    }
                }
            }
            Act::Keys(keys) => match keys.chars().next().and_then(|key| self.command_of_key(key)) {
                Some(command) => self.command(command),
                None => self.repeat_question(),
            },
            Act::Pick(_) => self.say_key("common-old-button"),
            Act::Start(_) => self.repeat_question(),
            Act::Silence | Act::HungUp | Act::Language(_) => {}
        }
    }

    /// The choice whose button this is, if it belongs to the present question.
    pub fn choice_of(&self, token: &str) -> Option<OptionKey> {
        let question = self.conv.question.as_ref()?;
        question.choices.iter().find(|choice| choice.token == token).map(|choice| choice.key.clone())
    }

    pub fn offered_choices(&self) -> Vec<(OptionKey, MessageKey)> {
        let Some(question) = &self.conv.question else { return Vec::new() };
        question.choices.iter().map(|choice| (choice.key.clone(), choice.label.clone())).collect()
    }

    pub fn no_match(&self, text: &str) -> MessageKey {
        if secret_like(text) {
            return MessageKey::of("common-not-understood-secret");
        }
        self.flows.globals.retry.no_match.clone()
    }

    pub fn answer_time(&self) -> Seconds {
        match self.conv.surface {
            Surface::Voice => LOST,
            Surface::Chat | Surface::Group => self.flows.globals.timeout.chat,
        }
    }
}

/// Whether a text looks like a password typed by mistake: one word of eight or more characters of three kinds.
pub fn secret_like(text: &str) -> bool {
    let text = text.trim();
    let kinds = [
        text.chars().any(|c| c.is_ascii_lowercase()),
        text.chars().any(|c| c.is_ascii_uppercase()),
        text.chars().any(|c| c.is_ascii_digit()),
        text.chars().any(|c| c.is_ascii_punctuation()),
    ];
    let long = text.chars().count() >= 8;
    long && !text.contains(char::is_whitespace) && kinds.iter().filter(|kind| **kind).count() >= 3
}
