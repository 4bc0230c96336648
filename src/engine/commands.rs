//! Words that work everywhere, the opening menu, and changing the language in the middle.

use crate::audit::AuditKind;
use crate::engine::conversation::{Role, Waiting};
use crate::engine::event::Act;
use crate::engine::turn::{Move, Turn};
use crate::flow::set::{Kind, Then};
use crate::model::command::Command;
use crate::model::ids::RunId;
use crate::model::names::{EndId, FlowId, MessageKey, OptionKey};
use crate::model::peer::Language;
use crate::model::prompt::{Arg, Choice, Input, Prompt};
use crate::model::purpose::Purpose;
use crate::text::understand::{Candidates, Meaning};

impl Turn<'_> {
    /// The first word of a conversation.
    pub fn begin(&mut self, act: Act) {
        if self.on_call() {
            return self.picked_up(act);
        }
        match act {
            Act::Start(Some(purpose)) => self.start_service(purpose),
            Act::Text(text) => match self.opening_meaning(&text) {
                Meaning::Intent(purpose) => self.start_service(purpose),
                Meaning::Language(language) => self.switch_language(language),
                Meaning::Command(Command::Human) => self.command(Command::Human),
                _ => self.show_menu(),
            },
            Act::Command(Command::Human) => self.command(Command::Human),
            Act::Start(None) | Act::Pick(_) | Act::Keys(_) | Act::Command(_) | Act::Silence => self.show_menu(),
            Act::Language(_) | Act::HungUp => {}
        }
    }

    pub fn menu_answer(&mut self, act: Act, misses: u8) {
        let key = match act {
            Act::Start(Some(purpose)) => return self.start_service(purpose),
            Act::Start(None) => return self.repeat_question(),
            Act::Command(command) => return self.command(command),
            Act::Pick(token) => match self.choice_of(&token) {
                Some(key) => key,
                None => return self.say_key("common-old-button"),
            },
            Act::Keys(keys) => match (self.keyed_choice(&keys), self.keyed_command(&keys)) {
                (Some(key), _) => key,
                (None, Some(command)) => return self.command(command),
                (None, None) => return self.menu_missed(misses, self.flows.globals.retry.no_match.clone()),
            },
            Act::Silence => return self.menu_missed(misses, self.flows.globals.retry.no_input.clone()),
            Act::Text(text) => match self.opening_meaning(&text) {
                Meaning::Choice(key) => key,
                Meaning::Intent(purpose) => return self.start_service(purpose),
                Meaning::Command(command) => return self.command(command),
                Meaning::Language(language) => return self.switch_language(language),
                Meaning::Yes | Meaning::No | Meaning::Doubt | Meaning::Nothing => {
                    return self.menu_missed(misses, self.no_match(&text));
                }
            },
            Act::Language(_) | Act::HungUp => return,
        };
        match key.as_str() {
            "reset" => self.start_service(Purpose::ResetPassword),
            "unlock" => self.start_service(Purpose::UnlockAccount),
            _ => self.command(Command::Human),
        }
    }

    /// A global command. Some ask first.
    pub fn command(&mut self, command: Command) {
        let Some(rule) = self.flows.globals.commands.get(&command) else { return self.repeat_question() };
        if let Some(confirm) = rule.confirm.clone()
            && !self.conv.frames.is_empty()
        {
            self.say(self.yes_no(confirm));
            let back = Box::new(self.conv.waiting.innermost().clone());
            self.conv.waiting = Waiting::Confirm { command, back };
            return;
        }
        self.obey(command);
    }

    fn obey(&mut self, command: Command) {
        if command == Command::Language {
            return self.offer_languages();
        }
        let Some(rule) = self.flows.globals.commands.get(&command).cloned() else { return };
        if let Some(say) = rule.say {
            let prompt = self.tenant_arg(Prompt::of(say));
            self.say(prompt);
        }
        if let Some(flow) = rule.call {
            return self.run(Move::Enter(flow, Role::Command(rule.then)));
        }
        match rule.then {
            Then::Repeat if self.conv.question.is_none() => self.show_menu(),
            Then::Repeat => self.repeat_question(),
            Then::Stopped => {
                self.say_key("common-stopped");
                self.end(EndId::of("stopped"));
            }
            Then::Entry => self.restart(),
        }
    }

    /// Yes or no to a command.
    pub fn confirmed(&mut self, act: Act, command: Command, back: Waiting) {
        let yes = match act {
            Act::Pick(token) => {
                if token == self.token(&OptionKey::of("yes")) {
                    true
                } else if token == self.token(&OptionKey::of("no")) {
                    false
                } else {
                    return self.say_key("common-old-button");
                }
            }
            Act::Keys(keys) if keys == "1" => true,
            Act::Text(text) => {
                let choices = [
                    (OptionKey::of("yes"), MessageKey::of("common-yes")),
                    (OptionKey::of("no"), MessageKey::of("common-no")),
                ];
                let candidates = Candidates { choices: &choices, yes_no: true, exact: false, intents: false };
                match self.env.catalog.understand(&self.conv.language, &candidates, &text) {
                    Meaning::Yes => true,
                    Meaning::Choice(key) => key.as_str() == "yes",
                    // Saying the command again is a yes.
                    Meaning::Command(again) => again == command,
                    _ => false,
                }
            }
            Act::Command(again) => again == command,
            _ => false,
        };
        self.conv.waiting = back;
        if yes { self.obey(command) } else { self.repeat_question() }
    }

    pub fn offer_languages(&mut self) {
        let back = Box::new(self.conv.waiting.innermost().clone());
        if self.on_call() {
            self.languages_by_ear();
            self.conv.waiting = Waiting::PickLanguage { back };
            return;
        }
        let prompt = self.language_menu();
        self.say(prompt);
        self.conv.waiting = Waiting::PickLanguage { back };
    }

    pub fn language_menu(&self) -> Prompt {
        let mut prompt = Prompt::of(MessageKey::of("common-pick-language"));
        prompt.input = Input::Choice;
        for (number, language) in self.languages().iter().enumerate() {
            let tag = language.tag().to_lowercase();
            let (Ok(key), Ok(label)) = (OptionKey::parse(&tag), MessageKey::parse(&format!("language-{tag}"))) else {
                continue;
            };
            let voice_key = char::from_digit(number as u32 + 1, 10);
            prompt.choices.push(Choice { token: self.token(&key), key, label, args: Vec::new(), voice_key });
        }
        prompt
    }

    pub fn language_picked(&mut self, act: Act, back: Waiting) {
        let languages = self.languages();
        let matches = |language: &&Language, said: &str| {
            let tag = language.tag().to_lowercase();
            said == tag || OptionKey::parse(&tag).is_ok_and(|key| said == self.token(&key))
        };
        let nth = |text: &str| text.trim().parse::<usize>().ok().and_then(|n| languages.get(n.wrapping_sub(1)));
        let found = match &act {
            Act::Pick(said) => languages.iter().find(|language| matches(language, said)),
            Act::Keys(said) => nth(said),
            Act::Text(said) => nth(said).or_else(|| {
                let candidates = Candidates { exact: true, ..Candidates::default() };
                match self.env.catalog.understand(&self.conv.language, &candidates, said) {
                    Meaning::Language(found) => languages.iter().find(|language| **language == found),
                    _ => languages.iter().find(|language| matches(language, &said.trim().to_lowercase())),
                }
            }),
            Act::Start(_) | Act::Command(_) | Act::Language(_) | Act::Silence | Act::HungUp => None,
        };
        let found = found.cloned();
        if self.on_call() && matches!(back, Waiting::Nothing | Waiting::Menu { .. }) {
            self.conv.question = None;
            // After a wrong key or silence it is asked once more, with the menu behind it; nobody is sent on in a language
            // by a slip, nor by a line that opened late.
            if found.is_none() && matches!((&act, &back), (Act::Keys(_) | Act::Silence, Waiting::Nothing)) {
                self.conv.waiting = Waiting::Menu { misses: 0 };
                return self.offer_languages();
            }
        }
        self.conv.waiting = back;
        match found {
            Some(language) => self.switch_language(language),
            None => self.after_aside(),
        }
    }

    /// The same question in another language; nothing else changes.
    pub fn switch_language(&mut self, language: Language) {
        if !self.languages().contains(&language) {
            return self.offer_languages();
        }
        self.conv.language = language;
        if let Waiting::Confirm { back, .. } | Waiting::PickLanguage { back } = self.conv.waiting.clone() {
            self.conv.waiting = *back;
        }
        self.say_key("common-language-set");
        self.after_aside();
    }

    fn after_aside(&mut self) {
        match self.conv.question {
            Some(_) => self.repeat_question(),
            None => self.show_menu(),
        }
    }

    /// From the first state with a new run: receipts are burnt, counters stay where they are.
    pub fn restart(&mut self) {
        let Some(service) = self.conv.service.clone() else {
            self.clear();
            return self.show_menu();
        };
        self.clear();
        self.enter_service(service);
    }

    fn clear(&mut self) {
        self.conv.run = RunId(self.draw());
        self.conv.ledger.burn();
        self.conv.frames.clear();
        self.conv.slots.clear();
        self.conv.subject = None;
        self.conv.gates = None;
        self.conv.gate = None;
        self.conv.page = None;
        self.conv.last = Default::default();
        self.conv.question = None;
    }

    pub fn start_service(&mut self, purpose: Purpose) {
        if !self.conv.frames.is_empty() {
            return self.repeat_question();
        }
        let serves = |flow: &&crate::flow::set::Flow| flow.kind == Kind::Service && flow.purpose == Some(purpose);
        let Some(flow) = self.flows.flows.values().find(serves) else { return self.give_up() };
        self.enter_service(flow.id.clone());
    }

    fn enter_service(&mut self, service: FlowId) {
        let purpose = self.flows.flows.get(&service).and_then(|flow| flow.purpose);
        self.conv.service = Some(service.clone());
        self.conv.purpose = purpose;
        if let Some(purpose) = purpose {
            self.audit(AuditKind::CaseStarted { purpose });
        }
        self.run(Move::Enter(service, Role::Root));
    }

    pub fn show_menu(&mut self) {
        let mut prompt =
            Prompt::of(MessageKey::of("common-menu")).with("tenant", Arg::Text(self.env.tenant.name.clone()));
        prompt.input = Input::Choice;
        self.conv.serial += 1;
        let mut entries = vec![("reset", "intent-reset"), ("unlock", "intent-unlock"), ("human", "intent-human")];
        if !self.env.tenant.unlock {
            entries.retain(|(key, _)| *key != "unlock");
        }
        if self.on_call() {
            // An unlocked account needs no new password: the shortest call comes first.
            entries.sort_by_key(|(key, _)| *key == "reset");
            entries.sort_by_key(|(key, _)| *key == "human");
        }
        for (number, (key, label)) in entries.into_iter().enumerate() {
            let person = self.on_call() && key == "human";
            let key = OptionKey::of(key);
            prompt.choices.push(Choice {
                token: self.token(&key),
                key,
                label: MessageKey::of(label),
                args: Vec::new(),
                voice_key: if person { Some('0') } else { char::from_digit(number as u32 + 1, 10) },
            });
        }
        self.question(prompt);
        self.parked(Waiting::Menu { misses: 0 });
    }

    fn menu_missed(&mut self, misses: u8, message: MessageKey) {
        let misses = misses.saturating_add(1);
        if misses > self.flows.globals.retry.max {
            return self.command(Command::Human);
        }
        self.say(Prompt::of(message));
        if self.on_call() && misses == 2 {
            self.say_key("voice-help");
        }
        self.repeat_question();
        self.conv.waiting = Waiting::Menu { misses };
    }

    pub fn command_of_key(&self, key: char) -> Option<Command> {
        let commands = &self.flows.globals.commands;
        commands.iter().find(|(_, rule)| rule.voice_key == Some(key)).map(|(command, _)| *command)
    }

    /// The command of a key that was pressed alone.
    pub fn keyed_command(&self, keys: &str) -> Option<Command> {
        let mut pressed = keys.chars();
        let key = pressed.next()?;
        if pressed.next().is_some() { None } else { self.command_of_key(key) }
    }

    fn keyed_choice(&self, keys: &str) -> Option<OptionKey> {
        let question = self.conv.question.as_ref()?;
        let mut pressed = keys.chars();
        let key = pressed.next().filter(|_| pressed.next().is_none())?;
        question.choices.iter().find(|choice| choice.voice_key == Some(key)).map(|choice| choice.key.clone())
    }

    fn opening_meaning(&self, text: &str) -> Meaning {
        let offered = self.offered_choices();
        let candidates = Candidates { choices: &offered, yes_no: false, exact: false, intents: true };
        self.env.catalog.understand(&self.conv.language, &candidates, text)
    }

    /// Languages that this tenant offers and the catalog has.
    pub fn languages(&self) -> Vec<Language> {
        let shipped = self.env.catalog.languages();
        self.env.tenant.languages.iter().filter(|language| shipped.contains(language)).cloned().collect()
    }
}
