//! Identifiers: 128 random bits where we make them, the outside's own string where others do.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// Declares a 128-bit identifier that prints as 32 lower-case hex digits.
macro_rules! random_id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// Reads what `Display` wrote; anything else is `None`.
            pub fn parse(text: &str) -> Option<Self> {
                let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
                Some(Self(bytes.try_into().ok()?))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    )+};
}

random_id! {
    /// One run of a service flow with one peer, from its first word to its last; also its key in the store.
    ConversationId,
    /// What receipts are bound to. The `restart` command draws a new one, a restart of the process does not.
    RunId,
    /// One verification step inside a run.
    GateId,
    /// One code, drawn and delivered once; a resent code is a new challenge in the same gate.
    ChallengeId,
    /// One wish of the engine for the outside world; its result comes back under the same id.
    EffectId,
    /// One private page (the public half of its link token).
    PageId,
    /// One telephone leg that answers a gate of a conversation elsewhere.
    LegId,
    /// An address that an account had and lost, until it was told.
    FormerId,
    /// A slot of the in-memory vault that holds a secret between request and effect.
    VaultKey,
}

/// An event as its channel names it (update id, interaction id, call id and turn); redelivery repeats it.
/// Long ids are hashed by the channel, so 1 to 128 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct EventId(pub String);

/// The directory's own immutable id of an account (`entryUUID`, `objectGUID`), never its name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountId(pub String);

impl fmt::Debug for AccountId {
    /// Not the value: an id is personal data and `Debug` ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountId(..)")
    }
}

/// The short name of an institution, as its file is called: `[a-z0-9-]`, 1 to 32 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct TenantId(pub String);

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A registered target as conversations remember it: a keyed hash of its normal form, so that two methods on one
/// telephone can be told to be one, and nobody can read the number back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TargetHash(pub [u8; 32]);

impl fmt::Debug for TargetHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TargetHash(..)")
    }
}

/// A compiled flow set is known by the SHA-256 of its normalised scripts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FlowSetHash(pub [u8; 32]);

impl fmt::Display for FlowSetHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for FlowSetHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FlowSetHash({self})")
    }
}
