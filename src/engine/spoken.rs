//! A new password on the telephone: by a link to a registered address that was no check of this case, else made here and
//! read out word by word, confirmed by keying in its digits, and worth nothing until then.

use subtle::ConstantTimeEq;

use crate::audit::AuditKind;
use crate::engine::conversation::{OpenPage, Phrase, Waiting};
use crate::engine::event::{Act, EffectCall, EffectResult, Output};
use crate::engine::turn::{Move, Turn};
use crate::engine::walk::SHORT_CODE_DIGITS;
use crate::flow::effect::Outcome;
use crate::flow::set::{Form, Node, Page};
use crate::model::command::Command;
use crate::model::ids::{PageId, VaultKey};
use crate::model::method::Method;
use crate::model::names::{MessageKey, OptionKey};
use crate::model::prompt::{Arg, Choice, Input, Prompt};
use crate::model::time::Seconds;
use crate::policy::gates::Factor;
use crate::policy::limits::sends;
use crate::verify::chance;
use crate::verify::words;

/// Somebody looks for a pen, or opens a message on the telephone in their hand.
const PATIENCE: Seconds = Seconds(20);
/// Wrong digits, or silence, after which a password that was read out is void.
const MISSES: u8 = 3;
/// Where the spelled forms of the words begin among the parts of a password.
const SPELLED: u8 = 100;
/// The part of a password that is all of it.
pub const WHOLE: u8 = 0;

/// Under which key a part of a made password is kept, in the words in which it is read out.
pub fn part_of(key: VaultKey, part: u8) -> VaultKey {
    let mut drawn = [0; 32];
    drawn[..16].copy_from_slice(&key.0);
    VaultKey(chance::part(&drawn, part))
}

/// The same word, spelled.
pub fn spelled(part: u8) -> u8 {
    SPELLED + part
}

impl Turn<'_> {
    /// A call has no page to type on.
    pub fn page_by_ear(&mut self, page: &Page) -> Move {
        if page.form == Form::Answers {
            return self.questions_by_ear();
        }
        // Who is on the private page already goes on there.
        let there = self.conv.page.as_ref().is_some_and(|open| open.session.is_some());
        match self.address_for_link() {
            _ if self.gone() && !there => Move::Goto(page.declined.clone()),
            _ if there => self.wait_for_page(page, "voice-page-again", None),
            Some(factor) => {
                let account = self.conv.account().cloned();
                let limits = self.counted_for(|who| sends::send(who, factor.method, Some(&factor.target)));
                let (method, target) = (factor.method, factor.target);
                self.request(EffectCall::PrepareSend { account, method, target, limits })
            }
            None => self.offer_phrase(page),
        }
    }

    /// A registered address that takes a link and was not used as a check in this case.
    fn address_for_link(&self) -> Option<Factor> {
        let passed = self.passed(&self.requirement());
        let takes = |factor: &&Factor| {
            matches!(factor.method, Method::Sms | Method::Email)
                && self.env.available.contains(&factor.method)
                && passed.iter().all(|gate| gate.target != factor.target)
        };
        let factors = &self.conv.subject.as_ref()?.factors;
        factors.iter().filter(takes).min_by_key(|factor| factor.method == Method::Email).cloned()
    }

    /// The result of an effect that a page on a call asked for.
    pub fn page_effect(&mut self, page: &Page, call: EffectCall, result: EffectResult) {
        let next = match (call, result) {
            (EffectCall::PickQuestions, result) => self.questions_picked(page, result),
            (EffectCall::PrepareSend { .. }, EffectResult::Plain(Outcome::Continue)) => match self.address_for_link() {
                Some(factor) => self.wait_for_page(page, "voice-link-sent", Some(factor)),
                None => self.offer_phrase(page),
            },
            (EffectCall::PrepareSend { .. }, _) => self.offer_phrase(page),
            (EffectCall::MakePhrase { phrase }, EffectResult::Phrase { confirm, words }) => {
                let part = WHOLE;
                let made = Phrase { key: Some(phrase), confirm: Some(confirm), words, part, misses: 0 };
                self.call().phrase = Some(made);
                self.say_phrase();
                self.next_part()
            }
            _ => {
                self.say_key("voice-phrase-impossible");
                Move::Goto(page.declined.clone())
            }
        };
        self.run(next);
    }

    /// Opens the page and, where an address is given, has its link sent there.
    fn wait_for_page(&mut self, page: &Page, words: &'static str, to: Option<Factor>) -> Move {
        let expires = self.env.now + self.flows.globals.timeout.page;
        let session = self.conv.page.as_ref().filter(|open| open.form == page.form).and_then(|open| open.session);
        let id = PageId(self.draw());
        let short_code = self.draw_digits(SHORT_CODE_DIGITS);
        let mut prompt = Prompt::of(MessageKey::of(words));
        if let Some(Factor { method, target, hint }) = to {
            let account = self.conv.account().cloned();
            let language = self.conv.language.clone();
            self.outputs.push(Output::SendLink { page: id, account, method, target, expires, language });
            self.audit(AuditKind::LinkSent { method });
            prompt = prompt.with("masked", Arg::Text(hint)).with("code", Arg::Digits(short_code.clone()));
        }
        let form = page.form;
        self.conv.page =
            Some(OpenPage { id, form, expires, short_code, short_code_tries: 0, consumed: false, session });
        self.conv.serial += 1;
        prompt.choices = vec![self.option("read", "voice-opt-read-it", '1')];
        prompt.input = Input::Keys(self.keys(1, PATIENCE));
        self.question(prompt);
        Move::Park(Waiting::Page { page: id, deadline: expires })
    }

    /// Nobody waits for a link that will not come: whoever is on the line hears so, and has a password read out instead.
    pub fn link_lost(&mut self, id: PageId) {
        let unopened = self.conv.page.as_ref().is_some_and(|open| open.id == id && open.session.is_none());
        let waits = matches!(self.conv.waiting, Waiting::Page { page, .. } if page == id);
        let Some(Node::Page(page)) = self.node().cloned() else { return };
        if !unopened || !waits || self.gone() {
            return;
        }
        self.say_key("voice-link-lost");
        let next = self.offer_phrase(&page);
        self.run(next);
    }

    /// Keys while a page is open elsewhere.
    pub fn keyed_at_page(&mut self, act: &Act) {
        let Some(Node::Page(page)) = self.node().cloned() else { return self.give_up() };
        match act {
            Act::Keys(keys) if keys == "1" => {
                // Whoever holds the link comes too late.
                self.conv.page = None;
                let next = self.offer_phrase(&page);
                self.run(next);
            }
            Act::Keys(keys) => match self.keyed_command(keys) {
                Some(command) => self.command(command),
                None => self.repeat_question(),
            },
            _ => {
                let mut prompt = Prompt::of(MessageKey::of("voice-page-open"));
                prompt.choices = vec![self.option("read", "voice-opt-read-it", '1')];
                prompt.input = Input::Keys(self.keys(1, PATIENCE));
                self.say(prompt);
            }
        }
    }

    /// Says what will happen, and waits until something to write is at hand. Nothing is made before.
    fn offer_phrase(&mut self, page: &Page) -> Move {
        self.conv.page = None;
        self.call().phrase = Some(Phrase { key: None, confirm: None, words: 0, part: WHOLE, misses: 0 });
        self.conv.serial += 1;
        let mut prompt = self.prompt(&page.text);
        prompt.choices = vec![self.option("ready", "voice-opt-ready", '1')];
        prompt.input = Input::Keys(self.keys(1, PATIENCE));
        self.question(prompt);
        self.park_for_answer()
    }

    /// An answer while a password is read out.
    pub fn phrase_answer(&mut self, page: &Page, act: Act) {
        let Some(phrase) = self.conv.call.as_ref().and_then(|call| call.phrase.clone()) else { return self.give_up() };
        if phrase.key.is_some() && self.env.phrase_gone {
            return self.phrase_lost(page);
        }
        let last = phrase.words + 1;
        let next = match act {
            Act::Keys(keys) => match (phrase.key, keys.as_str()) {
                (_, "0") => return self.command(Command::Human),
                (_, "*") => return self.repeat_question(),
                (_, "9") => self.void(page, "voice-phrase-stopped"),
                (None, "1") => {
                    let phrase = VaultKey(self.draw());
                    self.request(EffectCall::MakePhrase { phrase })
                }
                (Some(_), "1") if phrase.part <= last => self.next_part(),
                (Some(key), "2") if (1..=phrase.words).contains(&phrase.part) => {
                    let word = Arg::Vault(part_of(key, spelled(phrase.part)));
                    self.say(Prompt::of(MessageKey::of("voice-phrase-spelled")).with("word", word));
                    return self.repeat_question();
                }
                (Some(key), digits) if phrase.part > last => self.confirm(page, &phrase, key, digits),
                _ => self.phrase_missed(page, "common-no-match"),
            },
            Act::Silence => self.phrase_missed(page, "common-no-input"),
            Act::Command(command) => return self.command(command),
            Act::Start(_) | Act::Text(_) | Act::Pick(_) => return self.repeat_question(),
            Act::Language(_) | Act::HungUp => return,
        };
        self.run(next);
    }

    /// The digits at its end show that it was written down; only then it becomes the password.
    fn confirm(&mut self, page: &Page, phrase: &Phrase, key: VaultKey, digits: &str) -> Move {
        let typed = self.env.keys.code.tag(&[&key.0, digits.as_bytes()]);
        if phrase.confirm.is_some_and(|right| bool::from(right.ct_eq(&typed))) {
            self.call().phrase = None;
            self.wipe_parts(key, phrase.words);
            self.conv.last.secret = Some(key);
            return Move::Goto(page.submitted.clone());
        }
        if let Some(stopped) = self.missed_too_often(page) {
            return stopped;
        }
        self.say_key("voice-phrase-wrong");
        // The digits once more, then their confirmation.
        let end = phrase.words;
        if let Some(phrase) = self.call().phrase.as_mut() {
            phrase.part = end;
        }
        self.next_part()
    }

    fn phrase_missed(&mut self, page: &Page, words: &'static str) -> Move {
        if let Some(stopped) = self.missed_too_often(page) {
            return stopped;
        }
        self.say_key(words);
        self.repeat_question();
        self.park_for_answer()
    }

    fn missed_too_often(&mut self, page: &Page) -> Option<Move> {
        let phrase = self.call().phrase.as_mut()?;
        phrase.misses += 1;
        (phrase.misses >= MISSES).then(|| self.void(page, "voice-phrase-stopped"))
    }

    /// Nobody knows it any more, whatever was written down of it: another one is made.
    fn phrase_lost(&mut self, page: &Page) {
        self.void_phrase();
        self.say_key("voice-phrase-lost");
        let next = self.offer_phrase(page);
        self.run(next);
    }

    fn void(&mut self, page: &Page, words: &'static str) -> Move {
        self.void_phrase();
        self.say_key(words);
        Move::Goto(page.declined.clone())
    }

    /// All of it, in one go.
    fn say_phrase(&mut self) {
        let Some(key) = self.conv.call.as_ref().and_then(|call| call.phrase.as_ref()?.key) else { return };
        let shape = if words::capital(&self.env.tenant.password) { "capital" } else { "small" };
        let prompt = Prompt::of(MessageKey::of("voice-phrase-whole"))
            .with("shape", Arg::Text(shape.to_owned()))
            .with("phrase", Arg::Vault(part_of(key, WHOLE)));
        self.say(prompt);
    }

    /// The next word, the digits after the last one, and then their confirmation.
    fn next_part(&mut self) -> Move {
        let Some(phrase) = self.call().phrase.as_mut() else { return Move::GiveUp };
        phrase.part += 1;
        let (part, n_words) = (phrase.part, phrase.words);
        if part <= n_words {
            // Whoever takes long over one word has all the time for the next.
            phrase.misses = 0;
        }
        let Some(key) = phrase.key else { return Move::GiveUp };
        self.conv.serial += 1;
        let word = Arg::Vault(part_of(key, part));
        let mut prompt = if part <= n_words {
            let mut prompt = Prompt::of(MessageKey::of("voice-phrase-word"))
                .with("number", Arg::Number(i64::from(part)))
                .with("word", word);
            prompt.choices =
                vec![self.option("next", "voice-opt-next", '1'), self.option("spell", "voice-opt-spell", '2')];
            prompt
        } else if part == n_words + 1 {
            let mut prompt = Prompt::of(MessageKey::of("voice-phrase-digits")).with("digits", word);
            prompt.choices = vec![self.option("next", "voice-opt-next", '1')];
            prompt
        } else {
            Prompt::of(MessageKey::of("voice-phrase-confirm"))
        };
        let mut keys = self.keys(if part > n_words + 1 { 2 } else { 1 }, PATIENCE);
        // What is read out is heard to its end.
        keys.interruptible = part > n_words + 1;
        prompt.input = Input::Keys(keys);
        self.question(prompt);
        self.park_for_answer()
    }

    pub fn option(&self, name: &'static str, label: &'static str, key: char) -> Choice {
        let name = OptionKey::of(name);
        let token = self.token(&name);
        Choice { token, key: name, label: MessageKey::of(label), args: Vec::new(), voice_key: Some(key) }
    }

    /// A temporary password that was not confirmed is worth nothing.
    pub fn void_phrase(&mut self) {
        let phrase = self.conv.call.as_mut().and_then(|call| call.phrase.take());
        let Some(Phrase { key: Some(key), words, .. }) = phrase else { return };
        self.outputs.push(Output::Void { key });
        self.wipe_parts(key, words);
    }

    /// What was read out is not read again.
    fn wipe_parts(&mut self, key: VaultKey, words: u8) {
        let parts = (WHOLE..=words + 1).chain((1..=words).map(spelled));
        self.outputs.extend(parts.map(|part| Output::Void { key: part_of(key, part) }));
    }

    /// Whether the answer belongs to a password that is being read out.
    pub fn reads_phrase(&self) -> bool {
        self.conv.call.as_ref().is_some_and(|call| call.phrase.is_some())
    }
}
