//! Stored bytes: one version byte, then `postcard`. An unknown version is an error, never a guess.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEvent;
use crate::engine::conversation::Conversation;
use crate::engine::event::{Act, LegAct};
use crate::model::ids::{
    AccountId, ChallengeId, ConversationId, EffectId, FormerId, LegId, PageId, RunId, TargetHash, TenantId,
};
use crate::model::method::Method;
use crate::model::names::MessageKey;
use crate::model::peer::{Channel, Language, Peer, Surface};
use crate::model::prompt::Prompt;
use crate::model::purpose::Purpose;
use crate::model::time::Timestamp;

/// Something that is stored. When a type changes, its version goes up and its former shape is read here.
pub trait Record: Serialize + DeserializeOwned {
    /// The version that is written.
    const VERSION: u8 = 1;
    /// What version 2 added at the end of the record, as it stands where there is none of it.
    const ADDED: &'static [u8] = &[];
}

impl Record for Conversation {
    /// Version 2 knows of telephone calls.
    const VERSION: u8 = 2;
    /// `call: None`.
    const ADDED: &'static [u8] = &[0];
}

impl Record for OutboxRow {}
impl Record for NoticeRecord {}
impl Record for Intent {}
impl Record for SentCode {}
impl Record for LastSet {}
impl Record for DeadRow {}
impl Record for Connect {}
impl Record for KeptEvent {}
/// The files of a flow set.
impl Record for Vec<(String, String)> {}

/// Bytes that this program does not understand: written by another version, or damaged.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored record has an unknown shape")]
pub struct Unreadable;

/// A message or chore that leaves after the commit. It holds references to secrets and addresses, never the values.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum OutboxRow {
    /// To the peer of a conversation.
    Say {
        conversation: ConversationId,
        peer: Peer,
        language: Language,
        prompt: Prompt,
        written: Timestamp,
    },
    /// A code to a registered address, looked up again when it leaves. Without an account the row is dropped.
    Code {
        tenant: TenantId,
        account: Option<AccountId>,
        method: Method,
        target: TargetHash,
        challenge: ChallengeId,
        expires: Timestamp,
        language: Language,
        run: RunId,
        purpose: Option<Purpose>,
        /// Where it was asked for.
        channel: Channel,
        /// A sending began, so it is not begun again.
        attempted: bool,
    },
    /// What was done, to one registered address, with a way back.
    Notice {
        tenant: TenantId,
        account: AccountId,
        target: TargetHash,
        template: MessageKey,
        language: Language,
        channel: Channel,
        notice: [u8; 16],
        run: RunId,
        written: Timestamp,
    },
    Audit(Vec<AuditEvent>),
    Forgive {
        tenant: TenantId,
        limit_key: String,
    },
    ToParent {
        parent: ConversationId,
        leg: LegId,
        act: StoredLegAct,
    },
    CloseLeg {
        leg: LegId,
    },
    /// Takes back what one operation counted.
    Refund {
        tenant: TenantId,
        operation: String,
    },
    /// What was done, to every address that is registered when it leaves.
    Tell(Tiding),
    /// A telephone rings: a call to a registered number, looked up again when it is placed.
    Call {
        tenant: TenantId,
        account: AccountId,
        method: Method,
        target: TargetHash,
        /// The conversation that waits for it.
        parent: ConversationId,
        leg: LegId,
        language: Language,
        written: Timestamp,
        /// It was begun, so it is not begun again.
        attempted: bool,
    },
    /// A link to a private page, to a registered address. Without an account the row is dropped.
    Link {
        tenant: TenantId,
        account: Option<AccountId>,
        method: Method,
        target: TargetHash,
        page: PageId,
        expires: Timestamp,
        language: Language,
        attempted: bool,
    },
    /// All that one step said to a peer on a platform that counts messages.
    Together {
        conversation: ConversationId,
        peer: Peer,
        language: Language,
        prompts: Vec<Prompt>,
        written: Timestamp,
    },
    /// To an address that an account lost, which the registry keeps until it was told.
    Farewell {
        tenant: TenantId,
        former: FormerId,
        language: Language,
        notice: [u8; 16],
        run: RunId,
        lost: Timestamp,
    },
}

impl OutboxRow {
    /// The words of a [`Self::Farewell`].
    pub fn farewell() -> MessageKey {
        MessageKey::of("mail-contact-removed")
    }
}

/// What the owner of an account is to be told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tiding {
    pub tenant: TenantId,
    pub account: AccountId,
    pub run: RunId,
    pub template: MessageKey,
    pub language: Language,
    pub channel: Channel,
    pub done: Timestamp,
}

/// The stored twin of [`LegAct`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StoredLegAct {
    Answered,
    Accepted,
    Denied,
    HungUp,
    NoAnswer,
    Busy,
    Declined,
    Machine,
    Failed,
    WrongDigits,
}

/// What stands behind a "this was not me" link.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NoticeRecord {
    pub tenant: TenantId,
    pub account: AccountId,
    pub run: RunId,
    pub language: Language,
    pub done: Timestamp,
    pub expires: Timestamp,
}

/// A set that was begun: enough to find out what became of it and to tell whom it concerns, nothing to repeat it with.
/// It is there from before anything is sent until its outcome is on record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Intent {
    pub tenant: TenantId,
    pub account: AccountId,
    pub conversation: ConversationId,
    pub run: RunId,
    pub effect: EffectId,
    pub peer: Peer,
    pub language: Language,
    pub at: Timestamp,
    /// When the directory said that the password was changed last, before it was asked.
    pub changed_before: Option<Timestamp>,
    pub stage: Stage,
}

/// How far a set came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Stage {
    /// Certainly nothing was sent yet.
    Intended,
    /// From here on only looking tells.
    Sent,
    /// Looking did not tell, and the person was told so; it is looked at again until it does.
    Unknown,
}

/// Which conversation a code belongs to, and what counted its sending.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SentCode {
    pub conversation: ConversationId,
    pub operation: String,
}

/// Which conversation last began to set the password of an account: of two that race, one gets through.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LastSet {
    pub conversation: ConversationId,
    pub at: Timestamp,
}

/// Whom a call is connected to when it has ended here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Connect {
    /// E.164.
    pub to: String,
    pub note: String,
}

/// An event of a peer that waits for its turn.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeptEvent {
    pub peer: Peer,
    pub surface: Surface,
    pub event: String,
    pub act: Act,
    pub language_hint: Option<Language>,
}

/// A message that was given up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeadRow {
    pub at: Timestamp,
    pub row: OutboxRow,
}

pub fn encode<T: Record>(value: &T) -> Vec<u8> {
    postcard::to_extend(value, vec![T::VERSION]).expect("stored types have no unsized sequences")
}

pub fn decode<T: Record>(bytes: &[u8]) -> Result<T, Unreadable> {
    let (version, body) = bytes.split_first().ok_or(Unreadable)?;
    match *version {
        version if version == T::VERSION => whole(body),
        1 if T::VERSION == 2 => whole(&[body, T::ADDED].concat()),
        _ => Err(Unreadable),
    }
}

fn whole<T: Record>(body: &[u8]) -> Result<T, Unreadable> {
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        Ok(_) | Err(_) => Err(Unreadable),
    }
}

impl From<LegAct> for StoredLegAct {
    fn from(act: LegAct) -> Self {
        match act {
            LegAct::Answered => Self::Answered,
            LegAct::Accepted => Self::Accepted,
            LegAct::Denied => Self::Denied,
            LegAct::HungUp => Self::HungUp,
            LegAct::NoAnswer => Self::NoAnswer,
            LegAct::Busy => Self::Busy,
            LegAct::Declined => Self::Declined,
            LegAct::Machine => Self::Machine,
            LegAct::Failed => Self::Failed,
            LegAct::WrongDigits => Self::WrongDigits,
        }
    }
}

impl From<StoredLegAct> for LegAct {
    fn from(act: StoredLegAct) -> Self {
        match act {
            StoredLegAct::Answered => Self::Answered,
            StoredLegAct::Accepted => Self::Accepted,
            StoredLegAct::Denied => Self::Denied,
            StoredLegAct::HungUp => Self::HungUp,
            StoredLegAct::NoAnswer => Self::NoAnswer,
            StoredLegAct::Busy => Self::Busy,
            StoredLegAct::Declined => Self::Declined,
            StoredLegAct::Machine => Self::Machine,
            StoredLegAct::Failed => Self::Failed,
            StoredLegAct::WrongDigits => Self::WrongDigits,
        }
    }
}
