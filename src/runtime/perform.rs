//! Does what the engine wishes for, one file a group. Every call answers with a result; none of them decides a flow.

mod account;
mod attempts;
mod call;
mod desk;
mod identify;
pub(in crate::runtime) mod notify;
mod phrase;
pub(in crate::runtime) mod questions;
pub(in crate::runtime) mod set_password;
pub(in crate::runtime) mod truth;
mod unlock;

use std::sync::Arc;

use crate::engine::conversation::Conversation;
use crate::engine::event::{Effect, EffectCall, EffectResult};
use crate::flow::effect::Outcome;
use crate::model::ids::{ConversationId, EffectId};
use crate::ports::store::Op;
use crate::runtime::caps::demands;
use crate::runtime::parts::TenantParts;
use crate::runtime::places;
use crate::runtime::shell::Shell;

pub(in crate::runtime) use account::{Away, Lookup, contact_behind, contacts};

/// What a wish came to, with rows that must be in the batch that carries it.
pub struct Performed {
    pub result: EffectResult,
    pub ops: Vec<Op>,
}

/// Whether a wish is performed for the first time as far as we know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    First,
    /// Its first task was lost: by a crash, or with a store that was away.
    Resumed,
}

/// One wish on its way: what every performing function needs.
pub struct Wish<'a> {
    pub shell: &'a Arc<Shell>,
    pub tenant: &'a TenantParts,
    /// As committed, with this effect open.
    pub conversation: &'a Conversation,
    pub effect: &'a Effect,
}

impl From<EffectResult> for Performed {
    fn from(result: EffectResult) -> Self {
        Self { result, ops: Vec::new() }
    }
}

impl From<Outcome> for Performed {
    fn from(outcome: Outcome) -> Self {
        EffectResult::Plain(outcome).into()
    }
}

/// Never fails: what cannot be asked is `Unavailable`, `Throttled` or the like, and nothing was changed then.
pub async fn perform(shell: &Arc<Shell>, conversation: &Conversation, effect: &Effect, manner: Manner) -> Performed {
    let Some(parts) = shell.parts.tenants.get(&conversation.peer.tenant) else { return Outcome::Unavailable.into() };
    let tenant = TenantParts { tenant: demands(shell, parts), directory: Arc::clone(&parts.directory) };
    let wish = Wish { shell, tenant: &tenant, conversation, effect };
    match &effect.call {
        EffectCall::StartCase { soft, hard, always } => attempts::start(&wish, soft, hard, *always).await.into(),
        EffectCall::Identify { names, limits } => identify::identify(&wish, names, limits).await.into(),
        EffectCall::CountAttempt { limits } => attempts::count(&wish, limits).await.into(),
        // Nothing is sent that cannot be followed by a change; the same for a decoy, whose directory is not asked.
        EffectCall::PrepareSend { .. } if !shell.health.directory_answers(&tenant.tenant.id) => {
            Outcome::Unavailable.into()
        }
        EffectCall::PrepareSend { account, method, target, limits } => {
            attempts::prepare_send(&wish, account.as_ref(), *method, target, limits).await.into()
        }
        EffectCall::CheckTotp { account, gate, typed, limits } => {
            attempts::check_totp(&wish, account.as_ref(), *gate, typed, limits).await.into()
        }
        EffectCall::CheckAnswers { account, secret, limits } => {
            attempts::check_answers(&wish, account.as_ref(), *secret, limits).await.into()
        }
        EffectCall::PlaceCall { .. } if !shell.health.directory_answers(&tenant.tenant.id) => Outcome::Refused.into(),
        EffectCall::PlaceCall { leg, flow, pair, account, method, target, limits } => {
            let ring = call::Ring { leg: *leg, flow, pair, account: account.as_ref(), method: *method, target };
            call::place(&wish, &ring, limits).await
        }
        // No adapter pushes; the method is not on offer (`Parts::wired`).
        EffectCall::SendPush { .. } => Outcome::Unavailable.into(),
        EffectCall::SetPassword { secret } => set_password::set_password(&wish, *secret, manner).await,
        EffectCall::UnlockAccount => unlock::unlock(&wish).await,
        EffectCall::NotifyOwner { template } => notify::notify(&wish, template).await,
        EffectCall::ReportFraud => desk::report_fraud(&wish).await.into(),
        EffectCall::OpenTicket { template, verified, .. } => desk::open_ticket(&wish, template, verified).await.into(),
        EffectCall::Transfer => desk::transfer(&wish),
        EffectCall::IdentifyKeyed { keys, what, end, limits } => {
            identify::identify_keyed(&wish, keys, *what, end.as_deref(), limits).await.into()
        }
        EffectCall::MatchKeyed { account, gate, target, typed, limits } => {
            attempts::match_keyed(&wish, account.as_ref(), *gate, target, typed, limits).await.into()
        }
        EffectCall::MakePhrase { phrase } => phrase::make(&wish, *phrase).await.into(),
        EffectCall::PickQuestions => questions::pick(&wish).await.into(),
    }
}

impl Wish<'_> {
    /// What makes a repeated call harmless.
    pub fn operation(&self, part: &str) -> String {
        format!("{}:{part}", self.effect.id)
    }

    /// Where the peer writes from, under a pseudonym, if that is known.
    pub fn address(&self) -> Option<String> {
        let peer = places::peer_hash(&self.shell.parts.keys, &self.conversation.peer);
        self.shell.addresses.of(&peer)
    }

    /// The operation under which an attempt is counted.
    pub fn counted(&self) -> String {
        counted_as(self.effect.id)
    }
}

/// The operation under which an effect counts its attempt; a refund names it again.
pub fn counted_as(effect: EffectId) -> String {
    format!("{effect}:count")
}

/// The operation that counts the same attempt against a known source's own allowance.
pub fn own(operation: &str) -> String {
    format!("{operation}:own")
}

/// The operation under which a case is counted among those under way.
pub fn live_as(case: ConversationId) -> String {
    format!("live:{case}")
}
