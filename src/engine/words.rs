//! Prompts: a message key, its arguments from the white list, and buttons that work at one step only.

use data_encoding::BASE64URL_NOPAD;

use crate::engine::conversation::Waiting;
use crate::engine::sending::MAX_SENDS;
use crate::engine::turn::{Move, Turn};
use crate::flow::set::{ArgSource, Ask, MenuOption, SlotKind, Text};
use crate::model::method::Family;
use crate::model::names::{ArgName, MessageKey, OptionKey};
use crate::model::peer::Surface;
use crate::model::prompt::{Arg, Choice, HumanChallenge, Input, Prompt};
use crate::policy::gates;
use crate::policy::tenant::Tenant;
use crate::text::render::UTC_OFFSET;
use crate::verify::challenge::{CODE_LIFE, MAX_COMPARISONS};

/// Bytes of a button's MAC; 96 bits leave room for the rest in the 64 bytes that the tightest platform allows.
const BUTTON_TAG: usize = 12;

impl Turn<'_> {
    pub fn prompt(&self, text: &Text) -> Prompt {
        let key = match (self.conv.surface, &text.voice) {
            (Surface::Voice, Some(voice)) => voice.clone(),
            _ => text.key.clone(),
        };
        let mut prompt = Prompt::of(key);
        prompt.args = text.args.iter().map(|(name, source)| (name.clone(), self.arg(*source))).collect();
        let told =
            prompt.args.iter().find_map(|(_, arg)| if let Arg::Time(moment) = arg { Some(*moment) } else { None });
        match told {
            Some(moment) => prompt.with(UTC_OFFSET, Arg::Number(self.env.tenant.local_time.minutes_ahead(moment))),
            None => prompt,
        }
    }

    /// Asks: the prompt is said, and kept for `repeat`.
    pub fn question(&mut self, mut prompt: Prompt) {
        if let Some(digits) = &self.conv.last.challenge {
            if self.on_call() {
                let digits = Arg::Digits(digits.clone());
                self.say(Prompt::of(MessageKey::of("voice-digits")).with("digits", digits));
            } else {
                prompt.challenge = Some(HumanChallenge { digits: digits.clone() });
            }
        }
        if self.on_call() {
            prompt = self.by_keys(prompt, None);
        }
        self.conv.question = Some(prompt.clone());
        self.say(prompt);
    }

    pub fn repeat_question(&mut self) {
        if let Some(question) = self.conv.question.clone() {
            self.say(question);
        }
    }

    pub fn park_for_answer(&self) -> Move {
        Move::Park(Waiting::Answer { misses: 0, deadline: self.env.now + self.answer_time() })
    }

    pub fn choices(&self, options: &[MenuOption]) -> Vec<Choice> {
        let open = options.iter().filter(|option| self.all_hold(&option.when));
        open.map(|option| Choice {
            key: option.key.clone(),
            label: option.label.clone(),
            args: Vec::new(),
            voice_key: option.voice_key,
            token: self.token(&option.key),
        })
        .collect()
    }

    /// What a button carries: its key, and a MAC over conversation, run and step. Another step's button, or another
    /// person's, does not match.
    pub fn token(&self, key: &OptionKey) -> String {
        let serial = self.conv.serial.to_be_bytes();
        let parts = [&self.conv.id.0[..], &self.conv.run.0, &serial, key.as_str().as_bytes()];
        let tag = self.env.keys.button.tag(&parts);
        format!("{key}.{}", BASE64URL_NOPAD.encode(&tag[..BUTTON_TAG]))
    }

    pub fn input_for(&self, ask: &Ask) -> Input {
        match self.slot_kind(ask) {
            SlotKind::AccountName | SlotKind::StudentNumber | SlotKind::KeyedName | SlotKind::PhoneEnd => Input::Text,
            SlotKind::Phone => Input::Phone,
            SlotKind::Contact => match self.conv.gate.as_ref().map(|gate| gate.factor.method.family()) {
                Some(Family::Mail) => Input::Email,
                _ => Input::Phone,
            },
            SlotKind::Digits => Input::Digits(self.conv.gate.as_ref().map(|gate| gate.code_digits)),
        }
    }

    pub fn slot_kind(&self, ask: &Ask) -> SlotKind {
        match (self.conv.surface, ask.voice.kind) {
            (Surface::Voice, Some(kind)) => kind,
            _ => ask.kind,
        }
    }

    fn arg(&self, source: ArgSource) -> Arg {
        let gate = self.conv.gate.as_ref();
        let requirement = self.requirement();
        let tenant = self.env.tenant;
        match source {
            ArgSource::GateHint => Arg::Text(gate.map_or(String::new(), |gate| gate.factor.hint.clone())),
            ArgSource::GateCodeLength => {
                Arg::Number(i64::from(gate.map_or(requirement.code_digits(), |gate| gate.code_digits)))
            }
            ArgSource::GateMethod => Arg::Text(gate.map_or("", |gate| gate.factor.method.name()).to_owned()),
            ArgSource::GateCodeMinutes => Arg::Number(i64::from(CODE_LIFE.0 / 60)),
            ArgSource::GateTriesLeft => {
                Arg::Number(i64::from(MAX_COMPARISONS - gate.map_or(0, |gate| gate.comparisons).min(MAX_COMPARISONS)))
            }
            ArgSource::GateSendsLeft => {
                Arg::Number(i64::from(MAX_SENDS - gate.map_or(0, |gate| gate.sends).min(MAX_SENDS)))
            }
            ArgSource::GatePair => Arg::Digits(gate.and_then(|gate| gate.pair.clone()).unwrap_or_default()),
            ArgSource::GatesDone => Arg::Number(self.passed(&requirement).len() as i64),
            ArgSource::GatesNeeded => {
                let passed = self.passed(&requirement);
                Arg::Number(passed.len() as i64 + i64::from(gates::missing(&requirement, &passed)))
            }
            ArgSource::LastReasons => Arg::List(self.conv.last.reasons.clone()),
            ArgSource::LastNumber => Arg::Text(self.conv.last.number.clone().unwrap_or_default()),
            ArgSource::LastRetryAt => match self.conv.last.retry_at {
                Some(moment) => Arg::Time(moment),
                None => Arg::Message(MessageKey::of("common-later")),
            },
            ArgSource::PageMinutes => Arg::Number(i64::from(self.flows.globals.timeout.page.0 / 60)),
            ArgSource::TenantExample => Arg::Text(example(self.env.tenant)),
            ArgSource::TenantRegisterHelp => Arg::Text(tenant.register_help.clone().unwrap_or_default()),
            ArgSource::TenantCallConfirm => Arg::Text(tenant.call_confirm.name().to_owned()),
            ArgSource::TenantName => Arg::Text(tenant.name.clone()),
            ArgSource::TenantSignIn => Arg::Text(tenant.sign_in.clone()),
            ArgSource::TenantDesk => Arg::Text(self.desk()),
            ArgSource::TenantSuffixes => Arg::Text(
                tenant.populations.iter().map(|group| format!("@{}", group.suffix)).collect::<Vec<_>>().join(", "),
            ),
            ArgSource::TenantAlsoChanges => Arg::Text(tenant.also_changes.clone().unwrap_or_default()),
        }
    }

    /// A message with one choice of yes and one of no.
    pub fn yes_no(&self, key: MessageKey) -> Prompt {
        let mut prompt = Prompt::of(key);
        prompt.input =
            if self.on_call() { Input::Keys(self.keys(1, self.flows.globals.timeout.voice)) } else { Input::Choice };
        for (name, label, digit) in [("yes", "common-yes", '1'), ("no", "common-no", '2')] {
            let key = OptionKey::of(name);
            prompt.choices.push(Choice {
                token: self.token(&key),
                key,
                label: MessageKey::of(label),
                args: Vec::new(),
                voice_key: Some(digit),
            });
        }
        prompt
    }

    pub fn tenant_arg(&self, prompt: Prompt) -> Prompt {
        let mut prompt = prompt;
        prompt.args.push((ArgName::of("desk"), Arg::Text(self.desk())));
        prompt
    }

    /// How the service desk is reached, for eyes or ears.
    pub fn desk(&self) -> String {
        let desk = &self.env.tenant.desk;
        if self.on_call() { desk.spoken() } else { desk.line() }
    }
}

/// A full user name of the tenant's first population, made up.
fn example(tenant: &Tenant) -> String {
    let Some(group) = tenant.populations.first() else { return String::new() };
    format!("{}@{}", group.example.as_deref().unwrap_or("user"), group.suffix)
}
