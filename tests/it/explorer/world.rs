//! A person who may do anything, an outside world that may answer anything, and a memory of which gates truly passed.

use std::collections::BTreeSet;

use ringback::config;
use ringback::engine::conversation::{Conversation, Gate, Subject, Waiting};
use ringback::engine::event::{Act, EffectCall, EffectResult, Env, Event, LegAct, Opening, Output, PageResult};
use ringback::engine::step::step;
use ringback::flow::effect::Outcome;
use ringback::flow::set::{FlowSet, Form};
use ringback::model::command::Command;
use ringback::model::contacts::{Contact, EmailAddress, PhoneNumber};
use ringback::model::ids::{
    AccountId, ChallengeId, ConversationId, EventId, FlowSetHash, RunId, TargetHash, TenantId, VaultKey,
};
use ringback::model::method::Method;
use ringback::model::peer::{Channel, Language, Peer, Surface};
use ringback::model::prompt::Input;
use ringback::model::purpose::Purpose;
use ringback::model::time::Timestamp;
use ringback::policy::gates::{self, Distinct, Factor, Source};
use ringback::policy::tenant::Tenant;
use ringback::text::catalog::Catalog;
use ringback::verify::keys::{Keys, Root};
use ringback::verify::ledger::{Ledger, ResetPassword, UnlockAccount};
use ringback::verify::target;

use super::shape;

/// The clock stands still; deadlines are passed by moving them here.
const NOW: Timestamp = Timestamp(1_780_000_000_000);
const PHONE: &str = "+442079460018";
const MAIL: &str = "siti@post.example";

/// Where a flow set is tried: a tenant's demands and one account's methods.
pub struct Scene {
    catalog: Catalog,
    tenant: Tenant,
    keys: Keys,
    factors: Vec<Factor>,
}

/// One situation: the conversation, and what the person holds in hand.
#[derive(Clone)]
pub struct Situation {
    pub conversation: Conversation,
    /// The newest delivered code and its challenge.
    pub code: Option<(ChallengeId, String)>,
    /// What was typed last was right.
    pub typed_right: bool,
    /// Gates that the outside world let pass in this run; never fewer than the engine may believe.
    pub granted: BTreeSet<Grant>,
    /// What the engine has just asked of the outside.
    pub call: Option<EffectCall>,
}

/// A gate that truly passed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Grant {
    pub run: RunId,
    pub purpose: Purpose,
    pub method: Method,
    pub target: TargetHash,
    /// Not yet spent by a success.
    pub live: bool,
}

/// One thing that may happen next.
#[derive(Clone, Debug)]
pub struct Happening {
    event: Event,
    /// Bounded states and options count as used up.
    spent: bool,
    right: bool,
    grants: bool,
    /// Ten minutes pass first: receipts run out.
    lapse: bool,
}

impl Scene {
    pub fn of(needed: u8, methods: &[Method]) -> Self {
        let catalog = Catalog::shipped().unwrap();
        let tenants = config::tenant::shipped(catalog.languages());
        let mut tenant = tenants.into_iter().find(|tenant| tenant.id == TenantId("imu".to_owned())).unwrap();
        tenant.gates_needed = needed;
        tenant.distinct = Distinct::Family;
        tenant.methods = Method::ALL.to_vec();
        let keys = Keys::derive(&Root::new([1; 32]), &Root::new([2; 32]));
        let factors = methods.iter().map(|method| factor(&tenant, &keys, *method)).collect();
        Self { catalog, tenant, keys, factors }
    }

    /// The situations in which a conversation begins: each service.
    pub fn beginnings(&self, flows: &FlowSet, surface: Surface, clock: &mut u32) -> Vec<Situation> {
        let purposes = [Purpose::ResetPassword, Purpose::UnlockAccount];
        purposes.map(|purpose| self.next(flows, &self.open(surface), &start(purpose), clock).0).into()
    }

    fn open(&self, surface: Surface) -> Situation {
        let peer = Peer {
            tenant: self.tenant.id.clone(),
            channel: Channel::Terminal,
            bot: "test".to_owned(),
            user: "1".to_owned(),
        };
        let conversation = Conversation::open(Opening {
            id: ConversationId([7; 16]),
            run: RunId([8; 16]),
            peer,
            surface,
            language: Language("en".to_owned()),
            flow_set: FlowSetHash([0; 32]),
            now: NOW,
        });
        Situation { conversation, code: None, typed_right: false, granted: BTreeSet::new(), call: None }
    }

    /// Everything that may happen in a situation.
    pub fn happenings(&self, situation: &Situation) -> Vec<Happening> {
        let conversation = &situation.conversation;
        let mut all = Vec::new();
        match &conversation.waiting {
            Waiting::Nothing | Waiting::Menu { .. } | Waiting::PickLanguage { .. } => {}
            Waiting::Answer { .. } => self.answers(situation, &mut all),
            Waiting::Confirm { command, .. } => all.push(plain(said(Act::Command(*command)))),
            Waiting::Effect { id, call } => {
                for (result, grants) in self.results(call) {
                    all.push(Happening { grants, ..plain(Event::Effect { id: *id, result }) });
                }
            }
            Waiting::Page { page, .. } => {
                let handed_in = PageResult::Submitted(VaultKey([9; 16]));
                for result in [handed_in, PageResult::Declined] {
                    let event = Event::Page { page: *page, result };
                    all.push(Happening { lapse: true, ..plain(event.clone()) });
                    all.push(plain(event));
                }
                all.push(plain(Event::Timer));
            }
            Waiting::Leg { leg, .. } => {
                for act in [LegAct::Denied, LegAct::HungUp, LegAct::NoAnswer] {
                    all.push(plain(Event::Leg { leg: *leg, act }));
                }
                all.push(Happening { grants: true, ..plain(Event::Leg { leg: *leg, act: LegAct::Accepted }) });
                all.push(plain(Event::Timer));
            }
        }
        all
    }

    fn answers(&self, situation: &Situation, all: &mut Vec<Happening>) {
        let conversation = &situation.conversation;
        let Some(question) = &conversation.question else { return };
        all.extend(question.choices.iter().map(|choice| plain(said(Act::Pick(choice.token.clone())))));
        // Often enough that the question is exhausted.
        all.push(plain(said(Act::Silence)));
        match question.input {
            Input::Nothing | Input::Choice | Input::Keys(_) => {}
            Input::Text => all.push(plain(keyed("siti@student.imu.edu.my"))),
            Input::Phone => self.contacts(situation, [PHONE, "+442079460999"], all),
            Input::Email => self.contacts(situation, [MAIL, "nobody@post.example"], all),
            Input::Digits(_) => self.digits(situation, all),
        }
        let interrupted = conversation.frames.len() > 2;
        if !interrupted {
            all.push(plain(said(Act::Command(Command::Human))));
        }
        if !situation.granted.is_empty() {
            all.push(plain(said(Act::Command(Command::Restart))));
        }
    }

    fn contacts(&self, situation: &Situation, typed: [&str; 2], all: &mut Vec<Happening>) {
        let registered = situation.conversation.gate.is_some();
        let [right, wrong] = typed;
        all.push(Happening { right: registered, ..plain(keyed(right)) });
        all.push(plain(keyed(wrong)));
    }

    fn digits(&self, situation: &Situation, all: &mut Vec<Happening>) {
        let conversation = &situation.conversation;
        let length = conversation.gate.as_ref().map_or(5, |gate| usize::from(gate.code_digits));
        all.push(plain(keyed(&"0".repeat(length))));
        if let Some(digits) = &conversation.last.challenge {
            all.push(Happening { right: true, ..plain(keyed(digits)) });
        }
        let open = conversation.gate.as_ref().and_then(|gate| gate.challenge.as_ref()).map(|challenge| challenge.id);
        if let Some((challenge, code)) = &situation.code
            && open == Some(*challenge)
        {
            all.push(Happening { right: true, grants: true, ..plain(keyed(code)) });
        }
    }

    /// Every answer that the outside may give, and whether it lets a gate pass.
    fn results(&self, call: &EffectCall) -> Vec<(EffectResult, bool)> {
        let plain = |outcomes: &[Outcome]| outcomes.iter().map(|o| (EffectResult::Plain(*o), false)).collect();
        let throttled = (EffectResult::Throttled { until: NOW }, false);
        let mut results: Vec<(EffectResult, bool)> = match call {
            EffectCall::StartCase { .. } => plain(&[Outcome::NotNeeded, Outcome::Challenge, Outcome::Refused]),
            EffectCall::Identify { .. } => {
                let mut results: Vec<_> = plain(&[Outcome::Unavailable]);
                let siti = || Some(AccountId("siti".to_owned()));
                // Known, a decoy, and one with nothing registered.
                for (account, factors) in [(siti(), &self.factors[..]), (None, &self.factors), (siti(), &[])] {
                    let subject = Subject {
                        account,
                        limit_key: "siti".to_owned(),
                        factors: factors.to_vec(),
                        source: Source::Unknown,
                    };
                    let is_name = subject.account.is_some();
                    results.push((EffectResult::Identified { subject, is_name }, false));
                }
                results
            }
            EffectCall::CountAttempt { .. } => plain(&[Outcome::Continue]),
            EffectCall::PrepareSend { .. } => plain(&[Outcome::Continue, Outcome::Undeliverable]),
            EffectCall::CheckTotp { .. } | EffectCall::CheckAnswers { .. } => {
                let mut results: Vec<_> = plain(&[Outcome::Wrong, Outcome::Replayed]);
                results.push((EffectResult::Plain(Outcome::Right), true));
                results
            }
            EffectCall::PlaceCall { .. } => plain(&[Outcome::Ringing, Outcome::Refused]),
            EffectCall::SendPush { .. } => plain(&[Outcome::Sent, Outcome::Unavailable]),
            EffectCall::SetPassword { .. } => {
                let mut results: Vec<_> =
                    plain(&[Outcome::Ok, Outcome::Stale, Outcome::Uncertain, Outcome::Unavailable]);
                results.push((EffectResult::Refused { reasons: Vec::new() }, false));
                results
            }
            EffectCall::UnlockAccount => {
                plain(&[Outcome::Ok, Outcome::NotLocked, Outcome::Stale, Outcome::Unavailable])
            }
            EffectCall::NotifyOwner { .. } => vec![(EffectResult::Notified { messages: 1 }, false)],
            // A chat asks for none of these.
            EffectCall::IdentifyKeyed { .. } | EffectCall::MakePhrase { .. } | EffectCall::PickQuestions => {
                plain(&[Outcome::Unavailable])
            }
            EffectCall::MatchKeyed { .. } => plain(&[Outcome::Same, Outcome::Different]),
            EffectCall::ReportFraud => plain(&[Outcome::Recorded]),
            EffectCall::OpenTicket { .. } => vec![(EffectResult::Ticket { number: "1".to_owned() }, false)],
            EffectCall::Transfer => plain(&[Outcome::Connected, Outcome::Unavailable]),
        };
        results.push(throttled);
        results
    }

    /// What comes of it, and whether a counter was asked on the way.
    pub fn next(&self, flows: &FlowSet, before: &Situation, what: &Happening, clock: &mut u32) -> (Situation, bool) {
        *clock += 1;
        let mut chance = [0; 32];
        chance[..4].copy_from_slice(&clock.to_be_bytes());
        let mut conversation = before.conversation.clone();
        shape::set_counters(flows, &mut conversation, what.spent);
        let silence = matches!(what.event, Event::Inbound { act: Act::Silence, .. });
        if let Waiting::Answer { misses, .. } = &mut conversation.waiting {
            *misses = if silence { 200 } else { 0 };
        }
        let deadline = conversation.waiting.deadline().filter(|_| matches!(what.event, Event::Timer));
        let now = deadline.unwrap_or(NOW);
        (conversation.started, conversation.last_heard) = (now, now);
        let mut granted = before.granted.clone();
        if what.lapse {
            conversation.ledger = Ledger::default();
        }
        if what.grants
            && let Some(gate) = &conversation.gate
        {
            granted.extend(self.grant(flows, &conversation, gate));
        }
        let env = Env {
            now,
            chance: &chance,
            tenant: &self.tenant,
            catalog: &self.catalog,
            keys: &self.keys,
            available: &Method::ALL,
            desk_open: true,
            phrase_gone: false,
        };
        let done = step(flows, conversation, what.event.clone(), &env);
        let counted = shape::counted(flows, &before.conversation, &done.walked);
        let mut conversation = done.conversation;
        granted.retain(|grant| grant.run == conversation.run);
        let mut code = before.code.clone();
        for output in done.outputs {
            if let Output::DeliverCode { challenge, code: drawn, .. } = output {
                code = Some((challenge, drawn.reveal().to_owned()));
            }
        }
        if what.lapse || succeeded(&before.conversation, &what.event) {
            granted = granted.into_iter().map(|grant| Grant { live: false, ..grant }).collect();
        }
        shape::rest(&mut conversation, NOW);
        let typed_right = if matches!(what.event, Event::Inbound { .. }) { what.right } else { before.typed_right };
        let call = done.effect.map(|effect| effect.call);
        (Situation { conversation, code, typed_right, granted, call }, counted)
    }

    /// What passing the present gate is worth: it counts for the purpose of the innermost flow that names one.
    fn grant(&self, flows: &FlowSet, conversation: &Conversation, gate: &Gate) -> Option<Grant> {
        conversation.account()?;
        let frames = conversation.frames.iter().rev();
        let purpose = frames.filter_map(|frame| flows.flows.get(&frame.flow)?.purpose).next()?;
        let Factor { method, target, .. } = gate.factor;
        Some(Grant { run: conversation.run, purpose, method, target, live: true })
    }

    /// Whether the gates that truly passed are as many, and as different, as the tenant demands for this purpose.
    pub fn suffices(&self, granted: &BTreeSet<Grant>, purpose: Purpose, only_live: bool) -> bool {
        let counted = granted.iter().filter(|grant| grant.purpose == purpose && (grant.live || !only_live));
        let families: BTreeSet<_> = counted.clone().map(|grant| grant.method.family()).collect();
        let alone = families.iter().all(|family| *family == Method::Questions.family());
        families.len() >= usize::from(self.tenant.gates_needed) && !alone
    }

    /// What the engine itself believes to be proven for each purpose.
    pub fn believed(&self, conversation: &Conversation) -> [Vec<Method>; 2] {
        let passed = |purpose| {
            let Some(account) = conversation.account() else { return Vec::new() };
            let passed = conversation.ledger.passed(conversation.run, account, purpose, NOW, &self.keys);
            let mut methods: Vec<Method> = passed.iter().map(|gate| gate.method).collect();
            methods.sort();
            methods
        };
        [passed(Purpose::ResetPassword), passed(Purpose::UnlockAccount)]
    }

    /// Whether the ledger of this situation would make a proof for the call that is open: what the runtime asks.
    pub fn would_happen(&self, situation: &Situation) -> bool {
        let conversation = &situation.conversation;
        let (Some(account), Some(call)) = (conversation.account(), &situation.call) else { return false };
        let requirement = gates::requirement(&self.tenant, conversation.source());
        let (run, ledger) = (conversation.run, &conversation.ledger);
        match call {
            EffectCall::SetPassword { .. } => {
                ledger.prove::<ResetPassword>(run, account, &requirement, NOW, &self.keys).is_ok()
            }
            EffectCall::UnlockAccount => {
                ledger.prove::<UnlockAccount>(run, account, &requirement, NOW, &self.keys).is_ok()
            }
            _ => false,
        }
    }
}

impl Happening {
    /// The same with every counter used up.
    pub fn spent(self) -> Self {
        Self { spent: true, ..self }
    }
}

/// The purpose that has to be proven where this situation stands: at a privileged call, or the page for a new password.
pub fn privileged(situation: &Situation) -> Option<Purpose> {
    match &situation.call {
        Some(EffectCall::SetPassword { .. }) => return Some(Purpose::ResetPassword),
        Some(EffectCall::UnlockAccount) => return Some(Purpose::UnlockAccount),
        _ => {}
    }
    let open = situation.conversation.page.as_ref().filter(|page| page.form == Form::NewPassword);
    let waits = matches!(situation.conversation.waiting, Waiting::Page { .. });
    open.filter(|_| waits).map(|_| Purpose::ResetPassword)
}

/// A privileged call went well, or perhaps did: what was proven is spent.
fn succeeded(before: &Conversation, event: &Event) -> bool {
    let Waiting::Effect { call: EffectCall::SetPassword { .. } | EffectCall::UnlockAccount, .. } = &before.waiting
    else {
        return false;
    };
    matches!(
        event,
        Event::Effect { result: EffectResult::Plain(Outcome::Ok | Outcome::NotLocked | Outcome::Uncertain), .. }
    )
}

fn factor(tenant: &Tenant, keys: &Keys, method: Method) -> Factor {
    let (target, hint) = match method {
        Method::Email => {
            let mail = Contact::Email(EmailAddress::parse(MAIL).unwrap());
            (target::of_contact(&tenant.id, &mail, keys), mail.masked())
        }
        Method::Sms | Method::CallMobile | Method::CallOffice => {
            let phone = Contact::Phone(PhoneNumber::parse(PHONE, "GB").unwrap());
            (target::of_contact(&tenant.id, &phone, keys), phone.masked())
        }
        Method::Push | Method::Totp | Method::Questions => (TargetHash([method as u8; 32]), String::new()),
    };
    Factor { method, target, hint }
}

fn start(purpose: Purpose) -> Happening {
    plain(said(Act::Start(Some(purpose))))
}

/// Keys are taken as they are; no words need to be understood for them.
fn keyed(text: &str) -> Event {
    said(Act::Keys(text.to_owned()))
}

fn said(act: Act) -> Event {
    Event::Inbound { id: EventId(String::new()), act }
}

fn plain(event: Event) -> Happening {
    Happening { event, spent: false, right: false, grants: false, lapse: false }
}
