//! One run of a service flow with one peer: everything that must outlive a restart, and nothing secret.
//!
//! These types are stored as they stand, under the version byte of `runtime::record`; when one changes, its former shape
//! moves there with a conversion.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::event::EffectCall;
use crate::flow::set::Form;
use crate::model::command::Command;
use crate::model::ids::{
    AccountId, ConversationId, EffectId, EventId, FlowSetHash, GateId, LegId, PageId, RunId, TargetHash,
};
use crate::model::method::Method;
use crate::model::names::{ArgName, EndId, FlowId, MessageKey, OptionKey, SlotId, StateId};
use crate::model::peer::{Language, Peer, Surface};
use crate::model::prompt::{Arg, Prompt};
use crate::model::purpose::Purpose;
use crate::model::time::Timestamp;
use crate::policy::gates::{Factor, TargetMethod};
use crate::verify::challenge::{Challenge, TypedCode};
use crate::verify::keys::Tag;
use crate::verify::ledger::Ledger;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub peer: Peer,
    pub surface: Surface,
    pub language: Language,
    /// The scripts this conversation runs on to its end, whatever is loaded meanwhile.
    pub flow_set: FlowSetHash,
    pub run: RunId,
    /// The service flow that runs; `None` until the person has said what they want.
    pub service: Option<FlowId>,
    pub purpose: Option<Purpose>,
    pub started: Timestamp,
    pub last_heard: Timestamp,
    pub turns: u16,
    /// The call stack, innermost last.
    pub frames: Vec<Frame>,
    pub waiting: Waiting,
    pub subject: Option<Subject>,
    /// Gates run of the innermost `gates` node.
    pub gates: Option<GatesRun>,
    pub gate: Option<Gate>,
    pub ledger: Ledger,
    pub slots: BTreeMap<SlotId, Slot>,
    pub last: Last,
    pub page: Option<OpenPage>,
    /// Ids of the last 64 events; a redelivered one changes nothing.
    pub seen: Vec<EventId>,
    pub ended: Option<EndId>,
    /// The question as it was last shown, for `repeat` and after an interruption.
    pub question: Option<Prompt>,
    /// Counts questions; part of every button's MAC, so that a button works at its step only.
    pub serial: u32,
    /// On a leg: the gate it answers.
    pub leg_of: Option<LegOf>,
}

/// A flow that is being walked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Frame {
    pub flow: FlowId,
    pub state: StateId,
    /// Entries of bounded nodes and options so far, by state or `state/option`.
    pub entries: BTreeMap<String, u8>,
}

/// What has to happen before the walk goes on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Waiting {
    /// Ended, or not begun.
    Nothing,
    /// An answer to the question of the innermost state.
    Answer {
        misses: u8,
        deadline: Timestamp,
    },
    /// No run yet, or it is over: "what can I do for you?"
    Menu {
        misses: u8,
    },
    /// Yes or no to a command.
    Confirm {
        command: Command,
        back: Box<Waiting>,
    },
    /// A language.
    PickLanguage {
        back: Box<Waiting>,
    },
    Effect {
        id: EffectId,
        call: EffectCall,
    },
    Page {
        page: PageId,
        deadline: Timestamp,
    },
    Leg {
        leg: LegId,
        deadline: Timestamp,
    },
}

/// Whom the person claims to be. Nothing here proves it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Subject {
    /// `None` for a decoy: a name that self-service does not know, or must not touch.
    pub account: Option<AccountId>,
    /// Under which attempts are counted; the same kind of value for decoys.
    pub limit_key: String,
    /// Ways to verify, with hints; a decoy's are made up.
    pub factors: Vec<Factor>,
}

/// Progress of a `gates` node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GatesRun {
    /// Methods that were given up in this run.
    pub given_up: Vec<TargetMethod>,
    /// What was on offer when the menu was shown last.
    pub offered: Vec<Factor>,
}

/// The verification step that is under way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Gate {
    pub id: GateId,
    pub factor: Factor,
    pub code_digits: u8,
    /// The full number or address was typed and is the registered one.
    pub confirmed: bool,
    /// Comparisons of codes so far; a new code does not lower it.
    pub comparisons: u8,
    pub sends: u8,
    pub last_sent: Option<Timestamp>,
    pub challenge: Option<Challenge>,
    /// The two digits shown here and keyed in on the phone.
    pub pair: Option<String>,
    pub leg: Option<LegId>,
    /// A check of the engine's own said yes; `claim_receipt` turns it into a receipt once.
    pub passed: bool,
}

/// A typed answer. `Code` answers are kept as MACs only.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Slot {
    Name(String),
    /// A typed number or address, as the hash it would have if it were registered.
    Target(TargetHash),
    Code(TypedCode),
    /// A TOTP code, keyed to the gate.
    Tag(Tag),
    Digits(String),
}

/// Values of the last effect that a script may show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Last {
    pub reasons: Vec<(MessageKey, Vec<(ArgName, Arg)>)>,
    pub number: Option<String>,
    /// When a limit ends, for an honest waiting time.
    pub retry_at: Option<Timestamp>,
    /// The human challenge that was set.
    pub challenge: Option<String>,
    /// What the page handed in.
    pub secret: Option<crate::model::ids::VaultKey>,
}

/// The private page of this run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OpenPage {
    pub id: PageId,
    pub form: Form,
    pub expires: Timestamp,
    /// Asked when the page is opened elsewhere than in the chat's own browser.
    pub short_code: String,
    pub short_code_tries: u8,
    /// SHA-256 of the page's own session token, once the link was consumed.
    pub session: Option<[u8; 32]>,
}

/// What a leg is the leg of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LegOf {
    pub parent: ConversationId,
    pub leg: LegId,
    /// MAC of the pair to be keyed in.
    pub pair: Tag,
}

/// One of the service flows a person may start.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MenuEntry {
    pub key: OptionKey,
    pub method: Option<Method>,
}
