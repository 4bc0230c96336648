//! What is different on a telephone: keys instead of text, silence that is told, and one conversation a call.

use crate::engine::conversation::{OnCall, Waiting};
use crate::engine::event::{Act, CallEnd, LegAct, Output};
use crate::engine::turn::{Move, Turn};
use crate::flow::set::{Ask, Node};
use crate::model::names::{EndId, MessageKey};
use crate::model::peer::Surface;
use crate::model::prompt::{Arg, Input, KeyInput, Prompt};
use crate::model::time::Seconds;
use crate::policy::tenant::CallConfirm;

/// A call of which nothing was heard for so long is over, whatever became of the provider's word. Providers tell of
/// silence long before.
pub const LOST: Seconds = Seconds(120);
/// Before a code that may be on its way, or must be looked up.
const FETCHING: Seconds = Seconds(20);
/// A telephone number with its prefix for abroad; a user name or mailbox on the keys.
const PHONE_KEYS: u8 = 18;
const NAME_KEYS: u8 = 20;
/// More keys than any question takes are nonsense, and not looked at.
const MOST_KEYS: usize = 64;
/// Asked for twice in a row, the question comes slowly from then on.
const TOO_FAST: u8 = 2;

impl Turn<'_> {
    pub fn on_call(&self) -> bool {
        self.conv.surface == Surface::Voice
    }

    pub fn call(&mut self) -> &mut OnCall {
        self.conv.call.get_or_insert_default()
    }

    /// The caller hung up; only what goes on elsewhere is waited for.
    pub fn gone(&self) -> bool {
        self.conv.call.as_ref().is_some_and(|call| call.gone)
    }

    /// Whether a person on the line is waited for, who may have left without a word.
    pub fn waits_for_caller(&self) -> bool {
        let elsewhere = matches!(
            self.conv.waiting.innermost(),
            Waiting::Page { .. } | Waiting::Leg { .. } | Waiting::Effect { .. }
        );
        self.on_call() && !elsewhere
    }

    /// What was keyed, as questions take it. Counts how often a question was asked for again.
    pub fn heard(&mut self, act: Act) -> Act {
        let Act::Keys(keys) = act else { return act };
        let sound = keys.len() <= MOST_KEYS && keys.chars().all(|key| key.is_ascii_digit() || "*#".contains(key));
        let call = self.call();
        call.repeats = if keys == "*" { call.repeats.saturating_add(1) } else { 0 };
        if call.repeats == TOO_FAST && !call.slow {
            call.slow = true;
            self.say_key("voice-slower");
            if let Some(Input::Keys(keys)) = self.conv.question.as_mut().map(|question| &mut question.input) {
                keys.first = Seconds(keys.first.0 * 2);
                keys.between = Seconds(keys.between.0 * 2);
            }
        }
        Act::Keys(if sound { keys } else { String::new() })
    }

    /// The first word of a call: the language where there are several, then what it is about.
    pub fn picked_up(&mut self, act: Act) {
        if self.conv.leg_of.is_some() {
            return self.leg_answered(act);
        }
        match act {
            Act::Start(None) if self.languages().len() > 1 => self.offer_languages(),
            Act::Start(Some(purpose)) => self.start_service(purpose),
            Act::Start(None)
            | Act::Text(_)
            | Act::Pick(_)
            | Act::Keys(_)
            | Act::Command(_)
            | Act::Silence
            | Act::Language(_)
            | Act::HungUp => self.show_menu(),
        }
    }

    /// Each language says itself which key it has.
    pub fn languages_by_ear(&mut self) {
        let languages = self.languages();
        let last = languages.len().saturating_sub(1);
        if self.conv.question.is_none() {
            let mut whole = self.language_menu();
            whole.input = Input::Keys(self.keys(1, self.first(1)));
            self.conv.question = Some(whole);
        }
        for (at, language) in languages.into_iter().enumerate() {
            let key = Arg::Digits((at + 1).to_string());
            let mut prompt = Prompt::of(MessageKey::of("voice-this-language")).with("key", key);
            if at == last {
                prompt.input = Input::Keys(self.keys(1, self.first(1)));
            }
            self.outputs.push(Output::SayIn(language, prompt));
        }
    }

    /// Somebody took the call that a chat asked for. Nothing secret is said before a key was pressed.
    fn leg_answered(&mut self, act: Act) {
        let Act::Start(_) = act else { return };
        if let Some(leg) = self.conv.leg_of.clone() {
            self.outputs.push(Output::ToParent { parent: leg.parent, leg: leg.leg, act: LegAct::Answered });
        }
        let Some(frame) = self.conv.frames.pop() else { return self.give_up() };
        self.run(Move::Enter(frame.flow, frame.role));
    }

    /// The call is over. A private page that is open elsewhere may still be handed in; everything else ends.
    pub fn call_over(&mut self, how: CallEnd) {
        if self.conv.ended.is_some() {
            return;
        }
        self.tell_parent(match how {
            CallEnd::HungUp if self.conv.call.as_ref().is_some_and(|call| call.wrong_pairs > 0) => LegAct::WrongDigits,
            CallEnd::HungUp => LegAct::HungUp,
            CallEnd::Busy => LegAct::Busy,
            CallEnd::NoAnswer => LegAct::NoAnswer,
            CallEnd::Declined => LegAct::Declined,
            CallEnd::Machine => LegAct::Machine,
            CallEnd::Failed => LegAct::Failed,
        });
        self.call().gone = true;
        let elsewhere = matches!(self.conv.waiting.innermost(), Waiting::Page { .. } | Waiting::Effect { .. });
        if elsewhere && self.conv.call.as_ref().is_none_or(|call| call.phrase.is_none()) {
            self.conv.waiting = self.conv.waiting.innermost().clone();
            return;
        }
        self.void_phrase();
        self.end(EndId::of("stopped"));
    }

    /// Nobody took the call that was put through: the caller hears the number of the case, and how to reach the desk.
    pub fn not_taken(&mut self) {
        let through = self.conv.call.as_ref().is_some_and(|call| call.connected);
        if !through || self.conv.ended.is_none() {
            return;
        }
        self.call().connected = false;
        self.say_key("desk-not-taken");
        if let Some(number) = self.conv.last.number.take() {
            self.say(Prompt::of(MessageKey::of("desk-case-number")).with("number", Arg::Text(number)));
        }
        let desk = self.desk();
        self.say(Prompt::of(MessageKey::of("desk-reach")).with("desk", Arg::Text(desk)));
        self.goodbye();
    }

    /// From a leg, once: how it ended.
    pub fn tell_parent(&mut self, act: LegAct) {
        let Some(leg) = self.conv.leg_of.clone() else { return };
        if !std::mem::replace(&mut self.call().told, true) {
            self.outputs.push(Output::ToParent { parent: leg.parent, leg: leg.leg, act });
        }
    }

    /// How keys are collected for a question.
    pub fn by_keys(&self, prompt: Prompt, most: Option<u8>) -> Prompt {
        let by_kind = match prompt.input {
            Input::Keys(_) => return prompt,
            // A telephone elsewhere rings: nothing is asked.
            Input::Nothing if prompt.choices.is_empty() => return prompt,
            Input::Nothing | Input::Choice => 1,
            Input::Digits(Some(length)) => length,
            Input::Digits(None) => most.unwrap_or(8),
            Input::Phone => most.unwrap_or(PHONE_KEYS),
            Input::Text | Input::Email => most.unwrap_or(NAME_KEYS),
        };
        Prompt { input: Input::Keys(self.keys(by_kind, self.first(by_kind))), ..prompt }
    }

    /// The keys of a question in a script; on a leg that takes a plain `#` a single one.
    pub fn ask_by_keys(&self, prompt: Prompt, ask: &Ask) -> Prompt {
        let sole = self.conv.leg_of.is_some() && self.env.tenant.call_confirm == CallConfirm::Pound;
        let keys = if sole { Some(1) } else { ask.voice.keys };
        let mut prompt = self.by_keys(prompt, keys);
        if let Input::Keys(keys) = &mut prompt.input {
            // What warns of fraud is heard to its end.
            keys.interruptible = ask.deny.is_none();
        }
        prompt
    }

    /// So many keys, with the silence that this caller needs; `slow` callers have twice the time.
    pub fn keys(&self, most: u8, first: Seconds) -> KeyInput {
        let slow = self.conv.call.as_ref().is_some_and(|call| call.slow);
        let time = |time: Seconds| Seconds(if slow { time.0 * 2 } else { time.0 });
        KeyInput { most, ends: most > 1, first: time(first), between: time(KeyInput::BETWEEN), interruptible: true }
    }

    /// Silence before the first key of the present question: a code may be on its way, or has to be looked up.
    fn first(&self, most: u8) -> Seconds {
        let fetching = self.conv.gate.is_some() && matches!(self.node(), Some(Node::Ask(_))) && most > 1;
        if fetching { FETCHING } else { self.flows.globals.timeout.voice }
    }

    /// What a caller hears where a case ends, unless somebody else goes on talking.
    pub fn goodbye(&mut self) {
        let connected = self.conv.call.as_ref().is_some_and(|call| call.connected);
        if self.on_call() && !self.gone() && !connected {
            self.say_key("voice-goodbye");
        }
    }

    /// After a hang-up nothing is left to wait for but what goes on elsewhere.
    pub fn parked(&mut self, waiting: Waiting) {
        let elsewhere = matches!(waiting, Waiting::Page { .. } | Waiting::Effect { .. });
        self.conv.waiting = waiting;
        if self.gone() && !elsewhere {
            self.end(EndId::of("stopped"));
        }
    }
}
