//! What reaches the engine and what it wishes for: closed lists on both sides.

use serde::{Deserialize, Serialize};

use crate::audit::AuditEvent;
use crate::engine::conversation::{Conversation, Subject};
use crate::flow::coverage::Way;
use crate::flow::effect::Outcome;
use crate::model::command::Command;
use crate::model::ids::{
    AccountId, ChallengeId, ConversationId, EffectId, EventId, FlowSetHash, GateId, LegId, PageId, RunId, TargetHash,
    VaultKey,
};
use crate::model::keypad::Keyed;
use crate::model::method::Method;
use crate::model::names::{ArgName, FlowId, MessageKey, OptionKey};
use crate::model::peer::{Language, Peer, Surface};
use crate::model::prompt::{Arg, Prompt};
use crate::model::purpose::Purpose;
use crate::model::secrets::{Answer, Code};
use crate::model::time::{Seconds, Timestamp};
use crate::policy::limits::Limit;
use crate::policy::tenant::Tenant;
use crate::text::catalog::Catalog;
use crate::verify::keys::{Keys, Tag};

/// All that the engine may know beside conversation and event. Read by `runtime`, handed in.
pub struct Env<'a> {
    pub now: Timestamp,
    /// Fresh random bytes of this step; ids and codes are drawn from them.
    pub chance: &'a [u8; 32],
    pub tenant: &'a Tenant,
    pub catalog: &'a Catalog,
    pub keys: &'a Keys,
    /// Methods for which an adapter is wired and up.
    pub available: &'a [Method],
    /// A service desk that takes live conversations is wired and open.
    pub desk_open: bool,
    /// What a call keeps in memory (a password that is read out, answers that are keyed in) is not there any more: a
    /// restart, or its time, took it.
    pub phrase_gone: bool,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// From the person, in the conversation's own channel.
    Inbound { id: EventId, act: Act },
    /// The result of an effect. A late or unknown id changes nothing.
    Effect { id: EffectId, result: EffectResult },
    /// A deadline may have passed; the step looks which.
    Timer,
    /// From the private page.
    Page { page: PageId, result: PageResult },
    /// From a linked leg, at its parent.
    Leg { leg: LegId, act: LegAct },
    /// The code of this challenge did not leave; `surely`, or nobody knows.
    CodeLost { challenge: ChallengeId, surely: bool },
    /// The link to this private page certainly did not leave.
    LinkLost { page: PageId },
    /// The call that is this conversation's peer is over.
    CallEnded { id: EventId, how: CallEnd },
    /// The call was put through, nobody took it, and the caller is still on the line.
    NotTaken { id: EventId },
}

/// What a person does, whatever the channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Act {
    /// Opens a conversation, perhaps knowing what for (`/reset`, a deep link).
    Start(Option<Purpose>),
    Text(String),
    /// A button, by the token it carried.
    Pick(String),
    /// Keys of a telephone.
    Keys(String),
    Command(Command),
    Language(Language),
    /// Nothing was said or keyed in time.
    Silence,
    HungUp,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PageResult {
    /// The form was sent; its secret lies in the vault.
    Submitted(VaultKey),
    Declined,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LegAct {
    Answered,
    Accepted,
    Denied,
    /// Hung up before anything was keyed in.
    HungUp,
    NoAnswer,
    Busy,
    Declined,
    /// A machine took the call.
    Machine,
    /// The call could not be placed.
    Failed,
    /// Other digits than those on the screen, too often.
    WrongDigits,
}

/// How a call ended, as its provider says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallEnd {
    HungUp,
    Busy,
    NoAnswer,
    Declined,
    Machine,
    Failed,
}

/// A wish for the outside world. Performed by `runtime` after the commit; the result comes back as an event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum EffectCall {
    /// Counts the start of a case. Over a `soft` limit, or with `always`, the answer is `Challenge`; over a `hard` one
    /// `Refused`; else `NotNeeded`.
    StartCase {
        soft: Vec<Limit>,
        hard: Vec<Limit>,
        always: bool,
    },
    /// Looks every candidate up, whatever the first one gave: a name without a suffix may belong to any population.
    /// Exactly one hit that may be served is the subject; everything else gets the decoy of the first candidate.
    Identify {
        names: Vec<String>,
        limits: Vec<Limit>,
    },
    /// Counts an attempt before the engine compares; the engine decides on the result.
    CountAttempt {
        limits: Vec<Limit>,
    },
    /// Counts a send and looks whether the target is still registered. `account` is `None` for a decoy.
    PrepareSend {
        account: Option<AccountId>,
        method: Method,
        target: TargetHash,
        limits: Vec<Limit>,
    },
    /// Counts, then compares with the enrolled secret, then uses the step up, atomically. `typed` is the keyed code.
    CheckTotp {
        account: Option<AccountId>,
        gate: GateId,
        typed: Tag,
        limits: Vec<Limit>,
    },
    CheckAnswers {
        account: Option<AccountId>,
        secret: VaultKey,
        limits: Vec<Limit>,
    },
    PlaceCall {
        leg: LegId,
        flow: FlowId,
        /// MAC of the two digits that are shown in the chat and keyed in on the phone.
        pair: Tag,
        account: Option<AccountId>,
        method: Method,
        target: TargetHash,
        limits: Vec<Limit>,
    },
    SendPush {
        account: Option<AccountId>,
        gate: GateId,
        limits: Vec<Limit>,
    },
    /// Needs a proof: the runtime asks the ledger on the committed record.
    SetPassword {
        secret: VaultKey,
    },
    /// Needs a proof, likewise.
    UnlockAccount,
    NotifyOwner {
        template: MessageKey,
    },
    ReportFraud,
    OpenTicket {
        template: MessageKey,
        verified: Vec<Method>,
        account: Option<AccountId>,
    },
    Transfer,
    /// Looks up who is meant by keyed digits, like `Identify`. Where a name is shared, `end` are the last digits of a
    /// registered telephone; nobody is told whether they were needed.
    IdentifyKeyed {
        keys: String,
        what: Keyed,
        end: Option<String>,
        limits: Vec<Limit>,
    },
    /// Counts, then compares the mailbox behind a hint as it is spelled on the keys. `typed` is what was keyed.
    MatchKeyed {
        account: Option<AccountId>,
        gate: GateId,
        target: TargetHash,
        typed: Tag,
        limits: Vec<Limit>,
    },
    /// Makes a temporary password that keeps the tenant's rules, and puts it and its spoken parts into the vault.
    MakePhrase {
        phrase: VaultKey,
    },
    /// Which security questions this caller is asked.
    PickQuestions,
}

/// How an effect went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EffectResult {
    /// Nothing but the outcome; `CountAttempt` and `StartCase` answer `Continue` when the limits allow it.
    Plain(Outcome),
    Identified {
        subject: Subject,
        /// Whether anybody is called so, served or not. What nobody is called may be anything, a password too.
        is_name: bool,
    },
    /// A limit was reached; until when.
    Throttled {
        until: Timestamp,
    },
    /// The directory or our own policy refused the password, with reasons for the person.
    Refused {
        reasons: Vec<(MessageKey, Vec<(ArgName, Arg)>)>,
    },
    Ticket {
        number: String,
    },
    /// A temporary password is in the vault: the MAC of its digits, and how many words it has.
    Phrase {
        confirm: Tag,
        words: u8,
    },
    /// Ids of the tenant's questions, in the order in which they are asked.
    Questions {
        asked: Vec<OptionKey>,
    },
    /// So many notices were queued.
    Notified {
        messages: u8,
    },
}

/// A performed wish's id and content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Effect {
    pub id: EffectId,
    pub call: EffectCall,
}

/// What leaves, in order, after the commit that carries it.
pub enum Output {
    /// To the peer of the conversation.
    Say(Prompt),
    /// The same in another language than the conversation's.
    SayIn(Language, Prompt),
    /// A code to a registered target. `account` is `None` for a decoy: the row is written and dropped.
    DeliverCode {
        challenge: ChallengeId,
        account: Option<AccountId>,
        method: Method,
        target: TargetHash,
        code: Code,
        expires: Timestamp,
        language: Language,
    },
    /// A link to a private page, to a registered target.
    SendLink {
        page: PageId,
        account: Option<AccountId>,
        method: Method,
        target: TargetHash,
        expires: Timestamp,
        language: Language,
    },
    /// The attempt that this effect counted was right after all: it must not count as a wrong one.
    Refund {
        effect: EffectId,
    },
    /// The case is over: it is no longer among those under way.
    CaseOver,
    /// Wrong attempts of this account are forgiven after the whole case succeeded, never after one gate of it.
    Forgive {
        limit_key: String,
    },
    Audit(AuditEvent),
    /// From a leg to its parent.
    ToParent {
        parent: ConversationId,
        leg: LegId,
        act: LegAct,
    },
    /// An answer that was keyed in waits in the vault for the others.
    KeepAnswer {
        key: VaultKey,
        answer: Answer,
    },
    /// A secret that was not used is wiped.
    Void {
        key: VaultKey,
    },
    /// To a leg that its parent no longer waits for.
    CloseLeg {
        leg: LegId,
    },
}

/// The result of a step.
pub struct Step {
    pub conversation: Conversation,
    /// At most one wish is open at a time; the walk waits for its result.
    pub effect: Option<Effect>,
    pub outputs: Vec<Output>,
    /// When the conversation wants a `Timer` event, at the latest.
    pub due: Option<Timestamp>,
    /// Which states the walk went through, in order; for tests that ask what no talk has reached.
    pub walked: Vec<Way>,
}

/// What a fresh conversation is made from.
pub struct Opening {
    pub id: ConversationId,
    pub run: RunId,
    pub peer: Peer,
    pub surface: Surface,
    pub language: Language,
    pub flow_set: FlowSetHash,
    pub now: Timestamp,
}

/// How long an open conversation may last in all; afterwards its record is kept a day for redeliveries.
pub const KEEP_ENDED: Seconds = Seconds::hours(24);
