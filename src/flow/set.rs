//! A compiled flow set: what the engine walks. Only `compile` makes one, after every lint has passed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::flow::effect::{EffectName, Outcome};
use crate::model::command::Command;
use crate::model::ids::FlowSetHash;
use crate::model::method::Method;
use crate::model::names::{ArgName, EndId, FlowId, MessageKey, OptionKey, SlotId, StateId};
use crate::model::purpose::Purpose;
use crate::model::time::Seconds;

/// All flows of one version, known by the hash of their scripts.
#[derive(Clone, Debug)]
pub struct FlowSet {
    pub hash: FlowSetHash,
    pub globals: Globals,
    pub flows: BTreeMap<FlowId, Flow>,
    /// What it was compiled from, by file name: kept, so that a conversation can go on after a restart with other scripts.
    pub files: Vec<(String, String)>,
}

/// What holds in every flow: retries, time-outs, commands.
#[derive(Clone, Debug)]
pub struct Globals {
    pub retry: Retry,
    pub timeout: Timeouts,
    pub session: SessionLimits,
    pub commands: BTreeMap<Command, CommandRule>,
    /// What a bot says once in a place that others read.
    pub group: MessageKey,
}

/// How often a question is asked again, with which words, and where an exhausted one leads.
#[derive(Clone, Debug)]
pub struct Retry {
    pub max: u8,
    pub no_match: MessageKey,
    pub no_input: MessageKey,
    /// Where an exhausted question of a *service* flow leads: a `part` that is called.
    pub service: FlowId,
    /// The end that an exhausted question takes in the other kinds.
    pub part: EndId,
    pub gate: EndId,
    pub leg: EndId,
}

#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub chat: Seconds,
    pub page: Seconds,
    pub voice: Seconds,
}

#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    pub idle: Seconds,
    pub total: Seconds,
    pub turns: u16,
}

#[derive(Clone, Debug)]
pub struct CommandRule {
    pub say: Option<MessageKey>,
    /// Asked before the command acts; answered by yes or no.
    pub confirm: Option<MessageKey>,
    pub call: Option<FlowId>,
    pub voice_key: Option<char>,
    pub then: Then,
}

/// Where a command leads when it is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The same question again.
    Repeat,
    /// The conversation ends.
    Stopped,
    /// From the first state of the service flow, with a new run.
    Entry,
}

#[derive(Clone, Debug)]
pub struct Flow {
    pub id: FlowId,
    pub version: u32,
    pub kind: Kind,
    /// Set for every `service`, and for a `part` that holds gates: those gates write receipts for *this* purpose,
    /// whatever the service that called the part is for.
    pub purpose: Option<Purpose>,
    pub entry: StateId,
    pub ends: Vec<EndId>,
    pub states: BTreeMap<StateId, Node>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Starts a conversation.
    Service,
    /// Called by others.
    Part,
    /// Called by a `gates` node only; its `passed` counts only with a receipt.
    Gate,
    /// Runs on another channel, linked to a gate by a call.
    Leg,
}

/// A node of a flow. Nine kinds, one of each thing a dialogue can do.
#[derive(Clone, Debug)]
pub enum Node {
    Say(Say),
    Ask(Ask),
    Choose(Choose),
    Do(Do),
    Gates(Gates),
    Call(Call),
    Page(Page),
    Wait(Wait),
    End(EndId),
}

/// A message with its arguments, and another key where the voice needs other words than `.voice` of the same key.
#[derive(Clone, Debug)]
pub struct Text {
    pub key: MessageKey,
    pub voice: Option<MessageKey>,
    pub args: BTreeMap<ArgName, ArgSource>,
}

/// Where an argument comes from: a white list, none of which can hold a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
pub enum ArgSource {
    /// The masked target of the current gate.
    #[serde(rename = "gate.hint")]
    GateHint,
    /// Digits of the code that this gate expects.
    #[serde(rename = "gate.code_length")]
    GateCodeLength,
    /// The method of the current gate by its name (`sms`), to be selected on in the locales.
    #[serde(rename = "gate.method")]
    GateMethod,
    /// Minutes that a delivered code lives.
    #[serde(rename = "gate.code_minutes")]
    GateCodeMinutes,
    /// Comparisons left for the current challenge.
    #[serde(rename = "gate.tries_left")]
    GateTriesLeft,
    #[serde(rename = "gate.sends_left")]
    GateSendsLeft,
    /// The two digits to be keyed in on the phone.
    #[serde(rename = "gate.pair")]
    GatePair,
    /// Gates passed, and needed, for the progress line.
    #[serde(rename = "gates.done")]
    GatesDone,
    #[serde(rename = "gates.needed")]
    GatesNeeded,
    /// Reasons of the last refusal, one a line.
    #[serde(rename = "last.reasons")]
    LastReasons,
    /// The ticket number of the last handover.
    #[serde(rename = "last.number")]
    LastNumber,
    /// When the limit that was reached ends, as a time; the message `common-later` where that is not known.
    #[serde(rename = "last.retry_at")]
    LastRetryAt,
    /// What is keyed in on a telephone that rings, to be selected on in the locales: `pair` or `pound`.
    #[serde(rename = "tenant.call_confirm")]
    TenantCallConfirm,
    #[serde(rename = "tenant.name")]
    TenantName,
    #[serde(rename = "tenant.sign_in")]
    TenantSignIn,
    /// The service desk: address, telephone, hours, as one line.
    #[serde(rename = "tenant.desk")]
    TenantDesk,
    /// Suffixes that user names of this tenant end with.
    #[serde(rename = "tenant.suffixes")]
    TenantSuffixes,
    /// What else changes with this password (`tenant.also_changes` of the tenant file).
    #[serde(rename = "tenant.also_changes")]
    TenantAlsoChanges,
    /// A full user name as an example (`csmith1234@student.apsk12.org`).
    #[serde(rename = "tenant.example")]
    TenantExample,
    /// Where people learn to register methods.
    #[serde(rename = "tenant.register_help")]
    TenantRegisterHelp,
    /// Minutes that a private page stays open.
    #[serde(rename = "page.minutes")]
    PageMinutes,
}

/// At most `max` entries of this node in a run; the next one goes to `then`.
#[derive(Clone, Debug)]
pub struct Bound {
    pub max: u8,
    pub then: StateId,
}

#[derive(Clone, Debug)]
pub struct Say {
    pub text: Text,
    pub when: Vec<Condition>,
    pub next: StateId,
    pub bound: Option<Bound>,
}

#[derive(Clone, Debug)]
pub struct Ask {
    pub slot: SlotId,
    pub kind: SlotKind,
    pub class: SlotClass,
    pub prompt: Text,
    pub voice: VoiceAsk,
    /// All must hold, else the question is skipped and the slot stays empty.
    pub when: Vec<Condition>,
    /// Ways out beside the answer: resend, another way.
    pub options: Vec<MenuOption>,
    /// On a leg: the key that says "this was not me", and where it leads.
    pub deny: Option<(char, StateId)>,
    pub next: StateId,
    pub bound: Option<Bound>,
    pub retry: Option<u8>,
}

/// What a telephone asks instead; empty fields keep the chat's values.
#[derive(Clone, Debug, Default)]
pub struct VoiceAsk {
    pub kind: Option<SlotKind>,
    /// Most digits that may be keyed in.
    pub keys: Option<u8>,
}

/// What a slot may hold. `secret` does not exist here: secrets are typed on a private page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    AccountName,
    StudentNumber,
    /// A user name, spelled on the keys of a telephone.
    KeyedName,
    /// The last four digits of a registered telephone, into the slot that holds a keyed name.
    PhoneEnd,
    /// A telephone number in full.
    Phone,
    /// A telephone number or mail address, whichever the current gate is about.
    Contact,
    Digits,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlotClass {
    Public,
    /// Wiped when the effect that reads it returns; only exact command words are understood beside it.
    Code,
}

/// A menu. With one option left it is not shown: that option is taken.
#[derive(Clone, Debug)]
pub struct Choose {
    pub prompt: Text,
    pub options: Vec<MenuOption>,
    pub retry: Option<u8>,
}

#[derive(Clone, Debug)]
pub struct MenuOption {
    pub key: OptionKey,
    pub label: MessageKey,
    /// Beside a question for digits it counts when it is keyed in alone.
    pub voice_key: Option<char>,
    pub next: StateId,
    pub when: Vec<Condition>,
    pub bound: Option<Bound>,
}

/// A predicate that must hold, or must not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Condition {
    pub predicate: Predicate,
    pub negated: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
pub enum Predicate {
    /// The tenant lets people unlock an account and keep its password.
    #[serde(rename = "tenant.unlock")]
    TenantUnlock,
    /// The tenant's guide asks why the person cannot sign in.
    #[serde(rename = "tenant.asks_reason")]
    TenantAsksReason,
    /// The person is on the telephone.
    #[serde(rename = "surface.voice")]
    SurfaceVoice,
    /// A service desk that takes live conversations is wired and open.
    #[serde(rename = "tenant.desk_open")]
    TenantDeskOpen,
    /// The tenant names what else changes with the password.
    #[serde(rename = "tenant.also_changes")]
    TenantAlsoChanges,
    /// The tenant names a place where people learn to register methods.
    #[serde(rename = "tenant.register_help")]
    TenantRegisterHelp,
    /// The current target was confirmed earlier in this run.
    #[serde(rename = "gate.hint_confirmed")]
    GateHintConfirmed,
    /// Another registered method is left for this gate.
    #[serde(rename = "gate.other_left")]
    GateOtherLeft,
}

#[derive(Clone, Debug)]
pub struct Do {
    pub effect: EffectName,
    /// The slot that the effect reads.
    pub from: Option<SlotId>,
    /// The leg flow of `place_call`.
    pub leg: Option<FlowId>,
    /// The message of `notify_owner`, `open_ticket`.
    pub template: Option<MessageKey>,
    pub on: BTreeMap<Outcome, StateId>,
    pub bound: Option<Bound>,
}

/// A loop owned by the engine: it offers methods, counts gates and leaves by `satisfied` only with a proof in reach.
#[derive(Clone, Debug)]
pub struct Gates {
    pub prompt: Text,
    /// Said after each passed gate, the last one included.
    pub progress: Text,
    /// Prefix of the option labels; the method's name with `-` for `_` follows.
    pub label: String,
    pub each: BTreeMap<Method, FlowId>,
    pub satisfied: StateId,
    pub exhausted: StateId,
    pub impossible: StateId,
}

#[derive(Clone, Debug)]
pub struct Call {
    pub flow: FlowId,
    pub on: BTreeMap<EndId, StateId>,
}

#[derive(Clone, Debug)]
pub struct Page {
    pub form: Form,
    pub text: Text,
    pub submitted: StateId,
    pub expired: StateId,
    pub declined: StateId,
    pub bound: Option<Bound>,
}

/// A form of the engine's own private page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    NewPassword,
    Answers,
}

#[derive(Clone, Debug)]
pub struct Wait {
    pub text: Text,
    pub timeout: Seconds,
    pub on: BTreeMap<WaitEnd, StateId>,
}

/// How waiting for another device ends; every `wait` handles all of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitEnd {
    Accepted,
    Denied,
    HungUp,
    NoAnswer,
    Timeout,
    /// These a script may tell apart; where it does not, they end like the one that `at_least` names.
    Busy,
    Declined,
    Machine,
    Failed,
    /// Other digits than those on the screen, too often.
    Wrong,
}

impl WaitEnd {
    /// The end that every `wait` handles and that says the same with less.
    pub fn at_least(self) -> Self {
        match self {
            WaitEnd::Busy | WaitEnd::Declined | WaitEnd::Machine | WaitEnd::Failed => WaitEnd::NoAnswer,
            WaitEnd::Wrong => WaitEnd::HungUp,
            WaitEnd::Accepted | WaitEnd::Denied | WaitEnd::HungUp | WaitEnd::NoAnswer | WaitEnd::Timeout => self,
        }
    }
}

impl FlowSet {
    pub fn node(&self, flow: &FlowId, state: &StateId) -> Option<&Node> {
        self.flows.get(flow)?.states.get(state)
    }
}
