//! An engine with an honest world around it: it answers effects, keeps the codes that were sent and counts what matters.

use std::collections::HashMap;

use ringback::audit::AuditKind;
use ringback::config;
use ringback::engine::conversation::{Conversation, Subject, Waiting};
use ringback::engine::event::{Act, EffectCall, EffectResult, Env, Event, Opening, Output, PageResult};
use ringback::engine::step::step;
use ringback::flow::effect::Outcome;
use ringback::flow::load;
use ringback::flow::set::FlowSet;
use ringback::model::contacts::{Contact, EmailAddress, PhoneNumber};
use ringback::model::ids::{
    AccountId, ConversationId, EffectId, EventId, FlowSetHash, RunId, TargetHash, TenantId, VaultKey,
};
use ringback::model::method::Method;
use ringback::model::peer::{Channel, Language, Peer, Surface};
use ringback::model::prompt::Prompt;
use ringback::model::time::{Seconds, Timestamp};
use ringback::policy::gates::{Factor, Source};
use ringback::policy::tenant::Tenant;
use ringback::text::catalog::Catalog;
use ringback::verify::decoy;
use ringback::verify::keys::{Keys, Root};
use ringback::verify::target;

/// Methods for which an adapter is wired.
const AVAILABLE: [Method; 4] = [Method::Email, Method::Sms, Method::Totp, Method::Questions];

pub const MOBILE: &str = "+447700900118";
pub const MAIL: &str = "siti@post.example";

/// What never changes during a test.
pub struct Scene {
    pub flows: FlowSet,
    pub catalog: Catalog,
    pub tenant: Tenant,
    pub keys: Keys,
}

/// One person at one conversation.
#[derive(Clone)]
pub struct World<'a> {
    scene: &'a Scene,
    pub conversation: Conversation,
    pub now: Timestamp,
    pub said: Vec<Prompt>,
    pub audit: Vec<AuditKind>,
    /// Codes that were delivered, by target.
    pub codes: HashMap<TargetHash, String>,
    /// What the person typed that was the code just delivered: gates that truly passed, with their time and run.
    pub truly_passed: Vec<(Method, TargetHash, Timestamp, RunId)>,
    /// Privileged calls that reached the outside, in order.
    pub privileged: Vec<EffectCall>,
    events: u32,
}

impl Scene {
    pub fn of(tenant: &str) -> Self {
        let catalog = Catalog::shipped().unwrap();
        let flows = FlowSet::load(&load::shipped(), None).unwrap();
        let tenants = config::tenant::shipped(catalog.languages());
        let tenant = tenants.into_iter().find(|t| t.id == TenantId(tenant.to_owned())).unwrap();
        let keys = Keys::derive(&Root::new([1; 32]), &Root::new([2; 32]));
        Self { flows, catalog, tenant, keys }
    }

    /// A person with a mobile number and a mail address.
    fn siti(&self) -> Subject {
        let mobile = Contact::Phone(PhoneNumber::parse(MOBILE, "GB").unwrap());
        let mail = Contact::Email(EmailAddress::parse(MAIL).unwrap());
        let factor = |method, contact: &Contact| Factor {
            method,
            target: target::of_contact(&self.tenant.id, contact, &self.keys),
            hint: contact.masked(),
        };
        Subject {
            account: Some(AccountId("siti".to_owned())),
            limit_key: "siti".to_owned(),
            factors: vec![factor(Method::Email, &mail), factor(Method::Sms, &mobile)],
            source: Source::Unknown,
        }
    }

    fn nobody(&self, name: &str) -> Subject {
        Subject {
            account: None,
            limit_key: data_encoding::HEXLOWER.encode(&self.keys.pseudonym.tag(&[b"nobody", name.as_bytes()])[..16]),
            factors: decoy::factors(&self.keys, &self.tenant, &AVAILABLE, name),
            source: Source::Unknown,
        }
    }
}

impl<'a> World<'a> {
    pub fn open(scene: &'a Scene) -> Self {
        let now = Timestamp(1_780_000_000_000);
        let peer = Peer {
            tenant: scene.tenant.id.clone(),
            channel: Channel::Terminal,
            bot: "test".to_owned(),
            user: "1".to_owned(),
        };
        let conversation = Conversation::open(Opening {
            id: ConversationId([7; 16]),
            run: RunId([8; 16]),
            peer,
            surface: Surface::Chat,
            language: Language("en".to_owned()),
            flow_set: FlowSetHash([0; 32]),
            now,
        });
        Self {
            scene,
            conversation,
            now,
            said: Vec::new(),
            audit: Vec::new(),
            codes: HashMap::new(),
            truly_passed: Vec::new(),
            privileged: Vec::new(),
            events: 0,
        }
    }

    /// One act of the person, and everything that follows from it. Returns the keys of what was said.
    pub fn act(&mut self, act: Act) -> Vec<String> {
        self.events += 1;
        let id = EventId(format!("e{}", self.events));
        self.event(Event::Inbound { id, act })
    }

    pub fn says(&mut self, text: &str) -> Vec<String> {
        self.act(Act::Text(text.to_owned()))
    }

    /// Types the code that was delivered for the present gate.
    pub fn types_code(&mut self) -> Vec<String> {
        let Some(gate) = self.conversation.gate.clone() else { return Vec::new() };
        let Some(code) = self.codes.get(&gate.factor.target).cloned() else { return Vec::new() };
        let live = gate.challenge.as_ref().is_some_and(|challenge| self.now < challenge.expires);
        let said = self.says(&code);
        if live {
            let run = self.conversation.run;
            self.truly_passed.push((gate.factor.method, gate.factor.target, self.now, run));
        }
        said
    }

    pub fn picks(&mut self, key: &str) -> Vec<String> {
        let question = self.conversation.question.clone();
        let choices = question.map_or(Vec::new(), |question| question.choices);
        let Some(choice) = choices.iter().find(|choice| choice.key.as_str() == key) else { return Vec::new() };
        self.act(Act::Pick(choice.token.clone()))
    }

    pub fn hands_in_page(&mut self) -> Vec<String> {
        match self.conversation.waiting.innermost().clone() {
            Waiting::Page { page, .. } => {
                self.event(Event::Page { page, result: PageResult::Submitted(VaultKey([9; 16])) })
            }
            _ => Vec::new(),
        }
    }

    pub fn waits(&mut self, seconds: u32) -> Vec<String> {
        self.now = self.now + Seconds(seconds);
        self.event(Event::Timer)
    }

    /// A result that nobody asked for.
    pub fn stray_result(&mut self, outcome: Outcome) -> Vec<String> {
        self.event(Event::Effect { id: EffectId([0; 16]), result: EffectResult::Plain(outcome) })
    }

    fn event(&mut self, event: Event) -> Vec<String> {
        let before = self.said.len();
        let mut next = Some(event);
        while let Some(event) = next.take() {
            self.events += 1;
            let mut chance = [0; 32];
            chance[..4].copy_from_slice(&self.events.to_be_bytes());
            let env = Env {
                now: self.now,
                chance: &chance,
                tenant: &self.scene.tenant,
                catalog: &self.scene.catalog,
                keys: &self.scene.keys,
                available: &AVAILABLE,
                desk_open: false,
                phrase_gone: false,
            };
            let done = step(&self.scene.flows, self.conversation.clone(), event, &env);
            self.conversation = done.conversation;
            for output in done.outputs {
                match output {
                    Output::Say(prompt) | Output::SayIn(_, prompt) => self.said.push(prompt),
                    Output::DeliverCode { target, code, .. } => {
                        self.codes.insert(target, code.reveal().to_owned());
                    }
                    Output::Audit(event) => self.audit.push(event.kind),
                    Output::Refund { .. }
                    | Output::CaseOver
                    | Output::Forgive { .. }
                    | Output::ToParent { .. }
                    | Output::Void { .. }
                    | Output::SendLink { .. }
                    | Output::KeepAnswer { .. }
                    | Output::CloseLeg { .. } => {}
                }
            }
            if let Some(effect) = done.effect {
                let result = self.perform(&effect.call);
                next = Some(Event::Effect { id: effect.id, result });
            }
        }
        self.said[before..].iter().map(|prompt| prompt.message.as_str().to_owned()).collect()
    }

    fn perform(&mut self, call: &EffectCall) -> EffectResult {
        match call {
            EffectCall::StartCase { .. } => EffectResult::Plain(Outcome::NotNeeded),
            EffectCall::Identify { names, .. } => {
                let known = names.iter().any(|name| name.starts_with("siti@"));
                let subject = if known { self.scene.siti() } else { self.scene.nobody(&names[0]) };
                EffectResult::Identified { subject, is_name: known }
            }
            EffectCall::CountAttempt { .. } | EffectCall::PrepareSend { .. } => EffectResult::Plain(Outcome::Continue),
            EffectCall::CheckTotp { .. } | EffectCall::CheckAnswers { .. } => EffectResult::Plain(Outcome::Wrong),
            EffectCall::PlaceCall { .. } => EffectResult::Plain(Outcome::Refused),
            EffectCall::SendPush { .. } | EffectCall::Transfer => EffectResult::Plain(Outcome::Unavailable),
            EffectCall::SetPassword { .. } | EffectCall::UnlockAccount => {
                self.privileged.push(call.clone());
                EffectResult::Plain(Outcome::Ok)
            }
            EffectCall::NotifyOwner { .. } => EffectResult::Notified { messages: 2 },
            EffectCall::IdentifyKeyed { .. } | EffectCall::MakePhrase { .. } | EffectCall::PickQuestions => {
                EffectResult::Plain(Outcome::Unavailable)
            }
            EffectCall::MatchKeyed { .. } => EffectResult::Plain(Outcome::Different),
            EffectCall::ReportFraud => EffectResult::Plain(Outcome::Recorded),
            EffectCall::OpenTicket { .. } => EffectResult::Ticket { number: "4711".to_owned() },
        }
    }
}
