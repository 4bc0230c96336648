//! Attempts: counted first, durably, then compared, then used up.

use subtle::ConstantTimeEq;

use crate::engine::event::EffectResult;
use crate::flow::effect::Outcome;
use crate::model::ids::{AccountId, GateId, TargetHash, VaultKey};
use crate::model::method::Method;
use crate::model::secrets::Secret;
use crate::model::time::{Seconds, Timestamp};
use crate::policy::limits::{self, Limit};
use crate::ports::registry::{Count, RegistryError, StepUse};
use crate::runtime::perform::account::{Lookup, contact_behind};
use crate::runtime::perform::{Wish, questions};
use crate::runtime::places;
use crate::verify::keys::Tag;
use crate::verify::totp;

/// How long a person is asked to wait when attempts cannot be counted.
const AWAY: Seconds = Seconds(60);
/// Waits between attempts to count.
const COUNT_WAITS: [Seconds; 2] = [Seconds(1), Seconds(2)];

/// Whether an attempt may go on.
pub enum Counted {
    Allowed,
    Refused(Timestamp),
    /// It could not be counted, so it must not be made.
    Away,
}

/// Adds one to all limits, once for an operation however often it is tried.
pub async fn counted(wish: &Wish<'_>, operation: &str, limits: &[Limit]) -> Counted {
    let parts = &wish.shell.parts;
    for wait in COUNT_WAITS.into_iter().map(Some).chain([None]) {
        match parts.registry.count(&wish.tenant.tenant.id, operation, limits, parts.clock.now()).await {
            Ok(Count::Allowed) => return Counted::Allowed,
            Ok(Count::Refused { until }) => return Counted::Refused(until),
            Err(error) => tracing::warn!(conversation = %wish.conversation.id, %error, "an attempt cannot be counted"),
        }
        if let Some(wait) = wait {
            parts.clock.sleep_until(parts.clock.now() + wait).await;
        }
    }
    Counted::Away
}

pub async fn start(wish: &Wish<'_>, soft: &[Limit], hard: &[Limit], always: bool) -> EffectResult {
    if let Some(result) = refused(wish, hard).await {
        return result;
    }
    let peer = places::peer_hash(&wish.shell.parts.keys, &wish.conversation.peer);
    let mut soft = soft.to_vec();
    soft.extend(wish.shell.addresses.of(&peer).map(|address| limits::start_from(&address)));
    match counted(wish, &wish.operation("soft"), &soft).await {
        Counted::Allowed if !always => EffectResult::Plain(Outcome::NotNeeded),
        Counted::Allowed | Counted::Refused(_) => EffectResult::Plain(Outcome::Challenge),
        Counted::Away => away(wish),
    }
}

pub async fn count(wish: &Wish<'_>, limits: &[Limit]) -> EffectResult {
    refused(wish, limits).await.unwrap_or(EffectResult::Plain(Outcome::Continue))
}

pub async fn prepare_send(
    wish: &Wish<'_>,
    account: Option<&AccountId>,
    method: Method,
    target: &TargetHash,
    limits: &[Limit],
) -> EffectResult {
    if let Some(result) = refused(wish, limits).await {
        return result;
    }
    // A decoy's row is written like any other, and dropped when it would leave.
    let Some(account) = account else { return EffectResult::Plain(Outcome::Continue) };
    match contact_behind(wish.shell, wish.tenant, account, target, Some(method)).await {
        Lookup::Found(_) => EffectResult::Plain(Outcome::Continue),
        Lookup::Gone | Lookup::Away => EffectResult::Plain(Outcome::Undeliverable),
    }
}

pub async fn check_totp(
    wish: &Wish<'_>,
    account: Option<&AccountId>,
    gate: GateId,
    typed: &Tag,
    limits: &[Limit],
) -> EffectResult {
    if let Some(result) = refused(wish, limits).await {
        return result;
    }
    let wrong = EffectResult::Plain(Outcome::Wrong);
    let Some(account) = account else { return wrong };
    let parts = &wish.shell.parts;
    let tenant = &wish.tenant.tenant.id;
    let enrolment = match parts.registry.enrolment(tenant, account).await {
        Ok(enrolment) => enrolment,
        Err(error) => return fault(wish, &error),
    };
    let Some(secret) = enrolment.totp else { return wrong };
    let mut right = None;
    for (step, code) in totp::right_codes(&secret, parts.clock.now()) {
        let tag = parts.keys.code.tag(&[&gate.0, code.as_bytes()]);
        if bool::from(tag.ct_eq(typed)) && right.is_none() {
            right = Some(step);
        }
    }
    let Some(step) = right else { return wrong };
    match parts.registry.use_totp_step(tenant, account, step, &wish.operation("step")).await {
        Ok(StepUse::Fresh) => EffectResult::Plain(Outcome::Right),
        Ok(StepUse::Replayed) => EffectResult::Plain(Outcome::Replayed),
        Err(error) => fault(wish, &error),
    }
}

pub async fn check_answers(
    wish: &Wish<'_>,
    account: Option<&AccountId>,
    secret: VaultKey,
    limits: &[Limit],
) -> EffectResult {
    if let Some(result) = refused(wish, limits).await {
        return result;
    }
    let parts = &wish.shell.parts;
    let wrong = EffectResult::Plain(Outcome::Wrong);
    let Some(secret) = wish.shell.vault.get(secret, parts.clock.now()) else { return wrong };
    let Secret::Answers(answers) = secret.as_ref() else { return wrong };
    let asked = match questions::asked(wish.shell, wish.conversation).await {
        Ok(asked) => asked,
        Err(error) => return fault(wish, &error),
    };
    if asked.is_empty() || asked.len() != answers.len() {
        return wrong;
    }
    let given: Vec<_> = asked.into_iter().zip(answers.iter().map(questions::copy)).collect();
    // A decoy's answers cost as much work as anybody's.
    let nobody = AccountId(wish.conversation.subject.as_ref().map_or(String::new(), |who| who.limit_key.clone()));
    match parts.registry.answers_right(&wish.tenant.tenant.id, account.unwrap_or(&nobody), &given).await {
        Ok(right) if right && account.is_some() => EffectResult::Plain(Outcome::Right),
        Ok(_) => wrong,
        Err(error) => fault(wish, &error),
    }
}

/// Counts under the effect's own id; the result when the attempt must not go on.
async fn refused(wish: &Wish<'_>, limits: &[Limit]) -> Option<EffectResult> {
    match counted(wish, &wish.counted(), limits).await {
        Counted::Allowed => None,
        Counted::Refused(until) => Some(EffectResult::Throttled { until }),
        Counted::Away => Some(away(wish)),
    }
}

fn fault(wish: &Wish<'_>, error: &RegistryError) -> EffectResult {
    tracing::warn!(conversation = %wish.conversation.id, %error, "an attempt cannot be judged");
    away(wish)
}

fn away(wish: &Wish<'_>) -> EffectResult {
    EffectResult::Throttled { until: wish.shell.parts.clock.now() + AWAY }
}
