//! Security questions on the telephone, where an institution allows those whose answers are digits: one after the other,
//! judged together at the end. The answers themselves lie in the vault; the record knows how many there are.

use crate::engine::conversation::Slot;
use crate::engine::event::{Act, EffectCall, EffectResult, Output};
use crate::engine::spoken::part_of;
use crate::engine::turn::{Move, Turn};
use crate::flow::set::Page;
use crate::model::ids::VaultKey;
use crate::model::names::{ArgName, MessageKey, OptionKey, SlotId};
use crate::model::prompt::{Arg, Input, Prompt};
use crate::model::secrets::Answer;
use crate::model::time::Seconds;
use crate::policy::tenant::Questions;

/// Somebody has to remember.
const PATIENCE: Seconds = Seconds(12);
/// Under which a record keeps how far the answers have come.
const KEPT: &str = "answers_by_ear";

impl Turn<'_> {
    /// Finds out which questions these are.
    pub fn questions_by_ear(&mut self) -> Move {
        self.request(EffectCall::PickQuestions)
    }

    /// The questions are known: begins with the first one, or leads another way where there is nothing to ask.
    pub fn questions_picked(&mut self, page: &Page, result: EffectResult) -> Move {
        match result {
            EffectResult::Questions { asked } if !asked.is_empty() => {
                let intro = self.prompt(&page.text);
                self.say(Prompt { args: Vec::new(), ..intro });
                self.ask_from_the_first(asked)
            }
            _ => Move::Goto(page.declined.clone()),
        }
    }

    /// Whether answers are being keyed in.
    pub fn keys_answers(&self) -> bool {
        self.conv.slots.contains_key(&SlotId::of(KEPT))
    }

    fn ask_from_the_first(&mut self, asked: Vec<OptionKey>) -> Move {
        let key = VaultKey(self.draw());
        self.ask_keyed(key, asked, 0)
    }

    fn ask_keyed(&mut self, key: VaultKey, asked: Vec<OptionKey>, given: u8) -> Move {
        let questions = self.env.tenant.questions.as_ref();
        let wording = asked.get(usize::from(given)).zip(questions);
        let wording = wording.and_then(|(id, questions)| questions.wording(id, &self.conv.language));
        let Some(wording) = wording.map(str::to_owned) else { return Move::GiveUp };
        self.conv.slots.insert(SlotId::of(KEPT), Slot::Keying { key, asked, given });
        self.conv.serial += 1;
        let number = Arg::Number(i64::from(given) + 1);
        let mut prompt = Prompt::of(MessageKey::of("questions-keyed")).with("number", number);
        prompt.args.push((ArgName::of("question"), Arg::Text(wording)));
        prompt.choices = vec![self.option("other", "verify-other-way", '9')];
        prompt.input = Input::Keys(self.keys(Questions::MOST_DIGITS, PATIENCE));
        self.question(prompt);
        self.park_for_answer()
    }

    /// An answer, or a key that is none.
    pub fn answer_keyed(&mut self, page: &Page, act: Act, misses: u8) {
        let Some(Slot::Keying { key, asked, given }) = self.conv.slots.get(&SlotId::of(KEPT)).cloned() else {
            return self.give_up();
        };
        if given > 0 && self.env.phrase_gone {
            // A restart took what was keyed in.
            self.say_key("questions-begin-again");
            let next = self.ask_from_the_first(asked);
            return self.run(next);
        }
        match act {
            Act::Keys(keys) if keys == "9" => {
                self.conv.slots.remove(&SlotId::of(KEPT));
                self.go_on(page.declined.clone());
            }
            Act::Keys(keys) => match self.keyed_command(&keys) {
                Some(command) => self.command(command),
                None if Questions::can_be_keyed(&keys) => self.keep(page, key, asked, given, keys),
                None => self.missed(misses, MessageKey::of("questions-digits-only")),
            },
            Act::Silence => self.missed(misses, self.flows.globals.retry.no_input.clone()),
            Act::Command(command) => self.command(command),
            Act::Start(_) | Act::Text(_) | Act::Pick(_) => self.repeat_question(),
            Act::Language(_) | Act::HungUp => {}
        }
    }

    /// Whether an answer is right is said when all are there, and of all together.
    fn keep(&mut self, page: &Page, key: VaultKey, asked: Vec<OptionKey>, given: u8, keys: String) {
        let given = given + 1;
        self.outputs.push(Output::KeepAnswer { key: part_of(key, given), answer: Answer::new(keys) });
        let next = if usize::from(given) == asked.len() {
            self.conv.slots.remove(&SlotId::of(KEPT));
            self.conv.last.secret = Some(key);
            Move::Goto(page.submitted.clone())
        } else {
            self.ask_keyed(key, asked, given)
        };
        self.run(next);
    }
}
