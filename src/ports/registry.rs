//! Long-lived facts: enrolled methods, counters, freezes. Durable when a call returns, and failing closed.

use async_trait::async_trait;

use crate::model::account::RegisteredContact;
use crate::model::ids::{AccountId, TenantId};
use crate::model::names::OptionKey;
use crate::model::secrets::Answer;
use crate::model::time::Timestamp;
use crate::policy::limits::Limit;
use crate::verify::totp::TotpSecret;

/// What a person enrolled, beside what the directory knows.
#[derive(Default)]
pub struct Enrolment {
    pub contacts: Vec<RegisteredContact>,
    pub totp: Option<TotpSecret>,
    /// Ids of the questions that have an answer.
    pub questions: Vec<OptionKey>,
}

/// What an import or a registration writes for one account; replaces what was there of each kind that is given.
pub struct Enrol {
    pub contacts: Option<Vec<RegisteredContact>>,
    pub totp: Option<TotpSecret>,
    pub answers: Option<Vec<(OptionKey, Answer)>>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    #[error("registry: {0}")]
    Unavailable(String),
}

/// Whether an attempt may go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Count {
    Allowed,
    /// One limit is reached; the attempt must not be made before this moment.
    Refused {
        until: Timestamp,
    },
}

/// How full a limit is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Level {
    /// Attempts in the window.
    pub count: u32,
    /// When the newest two of them were made, newest first.
    pub recent: [Option<Timestamp>; 2],
    /// Until when it is reached, if it is.
    pub full_until: Option<Timestamp>,
}

/// What became of a time step of an authenticator code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepUse {
    Fresh,
    /// This step or a later one was used before.
    Replayed,
}

#[async_trait]
pub trait Registry: Send + Sync {
    async fn enrolment(&self, tenant: &TenantId, account: &AccountId) -> Result<Enrolment, RegistryError>;

    async fn enrol(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        enrol: Enrol,
        now: Timestamp,
    ) -> Result<(), RegistryError>;

    /// Adds one to every limit, or to none when one of them is reached that refuses. `operation` counts once however often it comes.
    async fn count(
        &self,
        tenant: &TenantId,
        operation: &str,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Count, RegistryError>;

    /// How full these limits are, in their order. Counts nothing.
    async fn levels(&self, tenant: &TenantId, limits: &[Limit], now: Timestamp) -> Result<Vec<Level>, RegistryError>;

    /// The account's person succeeded from this peer (`peer_key` as in limits), or registered it.
    async fn know_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        now: Timestamp,
    ) -> Result<(), RegistryError>;

    /// Whether that happened after `since`.
    async fn knows_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        since: Timestamp,
    ) -> Result<bool, RegistryError>;

    /// Takes back what `operation` counted: the attempt was right. The operation stays known, so it never counts again.
    async fn refund(&self, tenant: &TenantId, operation: &str) -> Result<(), RegistryError>;

    /// Forgets the wrong codes and contacts of one account key after a success.
    async fn forgive(&self, tenant: &TenantId, limit_key: &str) -> Result<(), RegistryError>;

    /// Uses a TOTP step up. Of any number of callers with one step, one gets `Fresh`; the same `operation` again gets
    /// the same answer.
    async fn use_totp_step(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        step: u64,
        operation: &str,
    ) -> Result<StepUse, RegistryError>;

    /// Whether every answer is right. Answers are compared as Argon2id hashes of a normal form.
    async fn answers_right(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        answers: &[(OptionKey, Answer)],
    ) -> Result<bool, RegistryError>;

    /// No self-service for this account until `release`; all its known sources are forgotten.
    async fn freeze(&self, tenant: &TenantId, account: &AccountId, now: Timestamp) -> Result<(), RegistryError>;

    /// Lifts a freeze and all counters of the account; whether it was frozen.
    async fn release(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError>;

    async fn frozen(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError>;
}
