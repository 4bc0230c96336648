//! One run of a service flow with one peer: everything that must outlive a restart, and nothing secret.
//!
//! These types are stored as they stand, under the version byte of `runtime::record`; when one changes, its former shape
//! moves there with a conversion.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::event::{EffectCall, Opening};
use crate::engine::spoken::part_of;
use crate::flow::set::{Form, Then};
use crate::model::command::Command;
use crate::model::ids::{
    AccountId, ConversationId, EffectId, EventId, FlowSetHash, GateId, LegId, PageId, RunId, TargetHash, VaultKey,
};
use crate::model::keypad::Keyed;
use crate::model::names::{ArgName, EndId, FlowId, MessageKey, OptionKey, SlotId, StateId};
use crate::model::peer::{Language, Peer, Surface};
use crate::model::prompt::{Arg, Prompt};
use crate::model::purpose::Purpose;
use crate::model::time::Timestamp;
use crate::policy::gates::{Factor, Source, TargetMethod};
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
    /// On the telephone: what only a call needs. Not there before version 2 of the record.
    pub call: Option<OnCall>,
}

/// What a telephone call needs beside.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct OnCall {
    /// The caller wants more time: silence windows are twice as long.
    pub slow: bool,
    /// How often the present question was asked for again, in a row.
    pub repeats: u8,
    /// The caller hung up while a private page is still open.
    pub gone: bool,
    /// On a leg: the parent knows how it ended.
    pub told: bool,
    /// On a leg: pairs that were not the one on the screen.
    pub wrong_pairs: u8,
    /// A person takes over: the call goes on without us.
    pub connected: bool,
    /// A temporary password that is being read out.
    pub phrase: Option<Phrase>,
}

/// How far the reading of a temporary password has come. The words themselves are in the vault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Phrase {
    /// `None` until the caller is ready to write.
    pub key: Option<VaultKey>,
    /// MAC of the digits at its end, keyed in as a proof that it was written down.
    pub confirm: Option<Tag>,
    pub words: u8,
    /// The part that is being read: 0 is the whole, 1 to `words` the words, then the digits.
    pub part: u8,
    pub misses: u8,
}

/// A flow that is being walked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Frame {
    pub flow: FlowId,
    pub state: StateId,
    pub role: Role,
    /// Entries of bounded nodes and options so far, by state or `state/option`.
    pub entries: BTreeMap<String, u8>,
}

/// Why a frame is on the stack, and so what its end means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Role {
    /// The service flow, or the part that the menu started.
    Root,
    /// By a `call` node.
    Called,
    /// By a `gates` node: `passed` counts only with a receipt.
    Gate,
    /// By a global command or an exhausted question, on top of whatever ran.
    Command(Then),
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
    /// Whether the account knew this peer when the name was given; nobody knows a decoy's.
    pub source: Source,
}

/// Progress of a `gates` node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GatesRun {
    /// Methods that were given up in this run.
    pub given_up: Vec<TargetMethod>,
    /// What was on offer when the menu was shown last, under the keys of its choices.
    pub offered: Vec<(OptionKey, Factor)>,
    /// Targets that were typed in full and matched; a second method on them need not ask again.
    pub confirmed: Vec<TargetHash>,
    /// Gates that were left, with their counters: whoever comes back finds them as they were.
    pub left: Vec<Gate>,
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
    /// The person came back to it; a code that is still good need not be sent again.
    pub resumed: bool,
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
    /// A number or name as keyed on a telephone, and the last digits of a registered one.
    Keyed {
        keys: String,
        what: Keyed,
        end: Option<String>,
    },
    /// Answers to security questions that are being keyed in: where they lie, what is asked, and how many are there.
    Keying {
        key: VaultKey,
        asked: Vec<OptionKey>,
        given: u8,
    },
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
    pub secret: Option<VaultKey>,
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
    /// The link was used; a session that it opened goes on.
    pub consumed: bool,
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

/// How many event ids are remembered against redelivery.
const SEEN: usize = 64;

impl Conversation {
    /// A conversation in which nothing was said yet.
    pub fn open(opening: Opening) -> Self {
        Self {
            id: opening.id,
            peer: opening.peer,
            surface: opening.surface,
            language: opening.language,
            flow_set: opening.flow_set,
            run: opening.run,
            service: None,
            purpose: None,
            started: opening.now,
            last_heard: opening.now,
            turns: 0,
            frames: Vec::new(),
            waiting: Waiting::Nothing,
            subject: None,
            gates: None,
            gate: None,
            ledger: Ledger::default(),
            slots: BTreeMap::new(),
            last: Last::default(),
            page: None,
            seen: Vec::new(),
            ended: None,
            question: None,
            serial: 0,
            leg_of: None,
            call: (opening.surface == Surface::Voice).then(OnCall::default),
        }
    }

    /// Whether this event was handled before; remembers it if not.
    pub fn saw(&mut self, event: &EventId) -> bool {
        if self.seen.contains(event) {
            return true;
        }
        if self.seen.len() == SEEN {
            self.seen.remove(0);
        }
        self.seen.push(event.clone());
        false
    }

    /// Whether the claimed account knows this peer.
    pub fn source(&self) -> Source {
        self.subject.as_ref().map_or(Source::Unknown, |subject| subject.source)
    }

    /// What lies in memory for as long as a call needs it: the temporary password that is being read out, or the first
    /// of the answers that are being keyed in.
    pub fn held(&self) -> Option<VaultKey> {
        let phrase = self.call.as_ref()?.phrase.as_ref().and_then(|phrase| phrase.key);
        let answers = self.slots.values().find_map(|slot| match slot {
            Slot::Keying { key, given: 1.., .. } => Some(part_of(*key, 1)),
            _ => None,
        });
        phrase.or(answers)
    }

    /// The account that was claimed, unless it is a decoy.
    pub fn account(&self) -> Option<&AccountId> {
        self.subject.as_ref()?.account.as_ref()
    }
}
