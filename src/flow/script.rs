//! Dialogue scripts as they are written: YAML types that keep the place of every word.
//!
//! Every enum is tagged from outside and every struct refuses unknown fields, because other serde forms lose positions.
//! Words that come from a closed list are read as [`Named`], so that one unknown effect does not hide the next fault.

pub mod exits;
pub mod place;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::flow::effect::EffectName;
use crate::flow::script::place::{At, Duration, Named, When};
use crate::flow::set::{ArgSource, Form, Kind, SlotClass, SlotKind, Then};
use crate::model::command::Command;
use crate::model::method::Method;
use crate::model::names::{ArgName, EndId, FlowId, MessageKey, OptionKey, SlotId, StateId};
use crate::model::purpose::Purpose;

/// What leads where: an outcome, or an end of a called flow, to a state.
pub type On = BTreeMap<At<EndId>, At<StateId>>;

/// Arguments of a message, each from a white list of sources.
pub type Args = BTreeMap<At<ArgName>, Named<ArgSource>>;

/// One flow: a document of a file in `flows/`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowScript {
    pub flow: At<FlowId>,
    /// Raised with every change, so that running conversations can be told from new ones.
    pub version: u32,
    pub kind: Kind,
    /// What a service may do at most. The engine maps it to the checks a person must pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Named<Purpose>>,
    pub entry: At<StateId>,
    pub ends: Vec<At<EndId>>,
    pub states: BTreeMap<At<StateId>, NodeScript>,
}

/// One thing a dialogue does.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "a script has a few hundred nodes, read once")]
pub enum NodeScript {
    /// Says something and goes on.
    Say(SayScript),
    /// Asks for a value.
    Ask(AskScript),
    /// Offers a menu. A menu with one option left is not shown: that option is taken.
    Choose(ChooseScript),
    /// Asks the engine for an effect.
    Do(DoScript),
    /// The engine's own loop over verification methods.
    Gates(GatesScript),
    /// Runs another flow.
    Call(CallScript),
    /// Opens a private page.
    Page(PageScript),
    /// Waits for another device.
    Wait(WaitScript),
    /// Leaves the flow.
    End(At<EndId>),
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SayScript {
    pub text: At<MessageKey>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: Args,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<VoiceText>,
    /// All must hold, else nothing is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<When>,
    pub next: At<StateId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<BoundScript>,
}

/// Another message for the telephone, where the `.voice` form of the same message does not do.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoiceText {
    pub text: At<MessageKey>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskScript {
    pub slot: At<SlotId>,
    #[serde(rename = "as")]
    pub kind: Named<SlotKind>,
    #[serde(default = "public", skip_serializing_if = "is_public")]
    pub class: SlotClass,
    pub prompt: At<MessageKey>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: Args,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<VoiceAskScript>,
    /// All must hold, else the question is skipped and the slot stays empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<When>,
    /// Ways out beside the answer: send again, another way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionScript>,
    /// On a leg: the key that says "this was not me".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny: Option<DenyScript>,
    pub next: At<StateId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<BoundScript>,
    /// Instead of the number of tries in `_globals.yaml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<At<u8>>,
}

/// What the telephone asks instead; what is absent stays as in the chat.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoiceAskScript {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<At<MessageKey>>,
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Named<SlotKind>>,
    /// Most digits that may be keyed in; for a code the gate knows its length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<At<u8>>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DenyScript {
    pub key: At<char>,
    pub next: At<StateId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseScript {
    pub prompt: At<MessageKey>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: Args,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<VoiceText>,
    pub options: Vec<OptionScript>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<At<u8>>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionScript {
    pub key: At<OptionKey>,
    pub label: At<MessageKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice_key: Option<At<char>>,
    pub next: At<StateId>,
    /// All must hold, else the option is not offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<When>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<BoundScript>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DoScript {
    pub effect: Named<EffectName>,
    /// The slot that the effect reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<At<SlotId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<WithScript>,
    pub on: On,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<BoundScript>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithScript {
    /// The message of `notify_owner` and `open_ticket`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<At<MessageKey>>,
    /// The leg flow of `place_call`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<At<FlowId>>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GatesScript {
    pub prompt: At<MessageKey>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: Args,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<VoiceText>,
    /// Said after each passed check: how many are done, how many are needed.
    pub progress: SentenceScript,
    /// Prefix of the option labels; the method's name with `-` for `_` follows.
    pub label: At<MessageKey>,
    /// Which gate flow runs a method. It cannot add a method or mark one passed.
    pub each: BTreeMap<Named<Method>, At<FlowId>>,
    pub on: On,
}

/// A message with its arguments.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SentenceScript {
    pub text: At<MessageKey>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: Args,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallScript {
    pub flow: At<FlowId>,
    pub on: On,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageScript {
    pub form: Named<Form>,
    pub text: At<MessageKey>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: Args,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<VoiceText>,
    pub on: On,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<BoundScript>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitScript {
    pub text: At<MessageKey>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: Args,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<VoiceText>,
    /// At most 5 minutes; an absent one is a finding, never "for ever".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<At<Duration>>,
    pub on: On,
}

/// At most `max` entries in a run; the next one goes to `then`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundScript {
    pub max: At<u8>,
    pub then: At<StateId>,
}

/// `_globals.yaml`: what holds in every flow.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GlobalsScript {
    /// Version of the file.
    pub globals: u32,
    pub defaults: DefaultsScript,
    /// Said once in a place that others read; no flow runs there.
    pub group: At<MessageKey>,
    pub commands: BTreeMap<Named<Command>, CommandScript>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DefaultsScript {
    pub retry: RetryScript,
    pub timeout: TimeoutScript,
    pub session: SessionScript,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryScript {
    pub max: At<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_match: Option<At<MessageKey>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_input: Option<At<MessageKey>>,
    pub then: RetryThenScript,
}

/// Where an exhausted question leads: a part to call in a service, an end in the other kinds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryThenScript {
    pub service: At<FlowId>,
    pub part: At<EndId>,
    pub gate: At<EndId>,
    pub leg: At<EndId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeoutScript {
    pub chat: At<Duration>,
    pub page: At<Duration>,
    pub voice: At<Duration>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionScript {
    pub idle: At<Duration>,
    pub total: At<Duration>,
    pub turns: At<u16>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandScript {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say: Option<At<MessageKey>>,
    /// Asked before the command acts; answered by yes or no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<At<MessageKey>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<At<FlowId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice_key: Option<At<char>>,
    pub then: Then,
}

fn public() -> SlotClass {
    SlotClass::Public
}

fn is_public(class: &SlotClass) -> bool {
    *class == SlotClass::Public
}
