//! What is put on record: a closed list of kinds, none of which can carry a secret or a contact.

use serde::{Deserialize, Serialize};

use crate::model::ids::{AccountId, RunId, TenantId};
use crate::model::method::Method;
use crate::model::names::MessageKey;
use crate::model::peer::Channel;
use crate::model::purpose::Purpose;
use crate::model::time::Timestamp;

/// One line of the audit record, before it is chained.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditEvent {
    pub at: Timestamp,
    pub tenant: TenantId,
    /// The case; `None` for what an operator does outside a conversation.
    pub run: Option<RunId>,
    pub channel: Option<Channel>,
    /// `None` before identification and for decoys: the record must not become an oracle either.
    pub subject: Option<AccountId>,
    pub kind: AuditKind,
}

/// What happened. Serialized by name into the chain, so a kind is never renamed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditKind {
    CaseStarted {
        purpose: Purpose,
    },
    Identified,
    Throttled,
    ContactMismatch {
        method: Method,
    },
    CodeSent {
        method: Method,
    },
    /// A link to a private page left, for somebody on the telephone.
    LinkSent {
        method: Method,
    },
    CodeWrong {
        method: Method,
    },
    CodeRight {
        method: Method,
    },
    GatePassed {
        method: Method,
    },
    GateFailed {
        method: Method,
    },
    /// A script ended a gate with `passed` while the ledger held no receipt: a defect or an attack.
    UnprovenPass {
        method: Method,
    },
    /// Written before the directory is asked.
    EffectIntended {
        purpose: Purpose,
    },
    PasswordSet,
    PasswordRefused,
    /// The directory's answer was lost and looking did not tell.
    EffectUncertain {
        purpose: Purpose,
    },
    /// The directory could not be reached before anything was sent.
    EffectFailed {
        purpose: Purpose,
    },
    AccountUnlocked,
    OwnerNotified {
        messages: u8,
    },
    FraudReported,
    Frozen,
    Released,
    TicketOpened,
    CaseEnded {
        end: String,
    },
    /// A message could not be delivered and was given up.
    DeadLetter {
        template: MessageKey,
    },
    Imported {
        accepted: u32,
        refused: u32,
    },
}
