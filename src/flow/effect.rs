//! The closed table of what a script may ask for, with every outcome it must handle.
//!
//! A script names an effect and handles its outcomes *exactly* (lint L03). It never passes it a target, a count or a
//! verdict: those come from the engine, the policy and the directory.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::purpose::Purpose;

/// What happens when an effect is asked for twice (`docs/ARCHITECTURE.md`, "What always holds" 8).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EffectClass {
    /// Decided inside the engine, in the same commit.
    Inner,
    /// Carries an operation id; safe to repeat.
    Keyed,
    /// A double is harmless.
    Repeatable,
    /// `attempted` is stored first; an unknown result is never repeated by itself.
    Once,
}

/// An effect that a script may name in `do`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EffectName {
    /// Counts the start of a case and says whether a person must show to be one.
    CheckHuman,
    /// Compares the answer to the human challenge.
    CheckChallenge,
    /// Looks the account up. Unknown, disabled and privileged accounts continue with a decoy.
    Identify,
    /// Compares the typed number or address with the registered one behind the hint.
    MatchHint,
    /// Draws a code and puts its message into the outbox.
    SendCode,
    CheckCode,
    CheckTotp,
    /// Compares the answers that a private page collected.
    CheckAnswers,
    /// Turns a passed check into a receipt in the ledger.
    ClaimReceipt,
    PlaceCall,
    SendPush,
    /// On a leg: writes the keyed pair as the answer of the parent's gate.
    GateAnswer,
    /// On a leg: "this was not me".
    GateDeny,
    /// Freezes self-service for the account and tells the service desk.
    ReportFraud,
    SetPassword,
    UnlockAccount,
    /// Tells every registered address what was done, with a way back.
    NotifyOwner,
    OpenTicket,
    /// Connects to a person now; only where a desk is wired for it.
    Transfer,
}

/// How an effect went, as a script sees it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    NotNeeded,
    Challenge,
    Refused,
    Passed,
    Failed,
    Continue,
    Throttled,
    Unavailable,
    Same,
    Different,
    Locked,
    Sent,
    Undeliverable,
    Right,
    Wrong,
    Expired,
    Replayed,
    Held,
    /// No check stands behind a claim. Lint L10 keeps scripts from it, so none has a branch for it: the case ends.
    Missing,
    Ringing,
    Recorded,
    Stale,
    Ok,
    Policy,
    /// The directory did not say, and looking did not tell either.
    Uncertain,
    NotLocked,
    Queued,
    Opened,
    Connected,
}

impl EffectName {
    pub const ALL: [EffectName; 19] = [
        EffectName::CheckHuman,
        EffectName::CheckChallenge,
        EffectName::Identify,
        EffectName::MatchHint,
        EffectName::SendCode,
        EffectName::CheckCode,
        EffectName::CheckTotp,
        EffectName::CheckAnswers,
        EffectName::ClaimReceipt,
        EffectName::PlaceCall,
        EffectName::SendPush,
        EffectName::GateAnswer,
        EffectName::GateDeny,
        EffectName::ReportFraud,
        EffectName::SetPassword,
        EffectName::UnlockAccount,
        EffectName::NotifyOwner,
        EffectName::OpenTicket,
        EffectName::Transfer,
    ];

    /// Every outcome, each of which a script must handle; there are no others.
    pub fn outcomes(self) -> &'static [Outcome] {
        use Outcome::*;
        match self {
            EffectName::CheckHuman => &[NotNeeded, Challenge, Refused],
            EffectName::CheckChallenge => &[Passed, Failed],
            EffectName::Identify => &[Continue, Throttled, Unavailable],
            EffectName::MatchHint => &[Same, Different, Locked],
            EffectName::SendCode => &[Sent, Throttled, Undeliverable, Unavailable],
            EffectName::CheckCode => &[Right, Wrong, Expired, Locked],
            EffectName::CheckTotp => &[Right, Wrong, Replayed, Locked],
            EffectName::CheckAnswers => &[Right, Wrong, Locked],
            EffectName::ClaimReceipt => &[Held],
            EffectName::PlaceCall => &[Ringing, Refused, Throttled],
            EffectName::SendPush => &[Sent, Throttled, Unavailable],
            EffectName::GateAnswer => &[Recorded, Wrong, Stale],
            EffectName::GateDeny => &[Recorded],
            EffectName::ReportFraud => &[Recorded],
            EffectName::SetPassword => &[Ok, Policy, Stale, Uncertain, Unavailable],
            EffectName::UnlockAccount => &[Ok, NotLocked, Stale, Unavailable],
            EffectName::NotifyOwner => &[Queued, Unavailable],
            EffectName::OpenTicket => &[Opened, Unavailable],
            EffectName::Transfer => &[Connected, Unavailable],
        }
    }

    pub fn class(self) -> EffectClass {
        match self {
            EffectName::CheckChallenge | EffectName::ClaimReceipt | EffectName::GateAnswer | EffectName::GateDeny => {
                EffectClass::Inner
            }
            EffectName::CheckHuman
            | EffectName::Identify
            | EffectName::MatchHint
            | EffectName::CheckCode
            | EffectName::CheckTotp
            | EffectName::CheckAnswers
            | EffectName::ReportFraud
            | EffectName::SetPassword
            | EffectName::UnlockAccount
            | EffectName::OpenTicket => EffectClass::Keyed,
            EffectName::NotifyOwner | EffectName::Transfer => EffectClass::Repeatable,
            EffectName::SendCode | EffectName::PlaceCall | EffectName::SendPush => EffectClass::Once,
        }
    }

    /// What must be proven before this effect; `None` for everything that changes no account.
    pub fn privilege(self) -> Option<Purpose> {
        match self {
            EffectName::SetPassword => Some(Purpose::ResetPassword),
            EffectName::UnlockAccount => Some(Purpose::UnlockAccount),
            EffectName::CheckHuman
            | EffectName::CheckChallenge
            | EffectName::Identify
            | EffectName::MatchHint
            | EffectName::SendCode
            | EffectName::CheckCode
            | EffectName::CheckTotp
            | EffectName::CheckAnswers
            | EffectName::ClaimReceipt
            | EffectName::PlaceCall
            | EffectName::SendPush
            | EffectName::GateAnswer
            | EffectName::GateDeny
            | EffectName::ReportFraud
            | EffectName::NotifyOwner
            | EffectName::OpenTicket
            | EffectName::Transfer => None,
        }
    }
}
