//! Attempts: counted first, durably, then compared, then used up.

use data_encoding::HEXLOWER;
use subtle::ConstantTimeEq;

use crate::engine::event::EffectResult;
use crate::flow::effect::Outcome;
use crate::model::contacts::Contact;
use crate::model::ids::{AccountId, GateId, TargetHash, VaultKey};
use crate::model::keypad;
use crate::model::method::Method;
use crate::model::peer::Surface;
use crate::model::time::{Seconds, Timestamp};
use crate::policy::gates::Source;
use crate::policy::limits::{self, Limit, SOURCE_MEMORY, guesses, sends, starts};
use crate::ports::registry::{Count, RegistryError, StepUse};
use crate::runtime::caps;
use crate::runtime::perform::account::{Lookup, contact_behind};
use crate::runtime::perform::{Wish, live_as, own, questions};
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
            Ok(count) => {
                caps::watch(wish.shell, &wish.tenant.tenant.id, limits).await;
                return match count {
                    Count::Allowed => Counted::Allowed,
                    Count::Refused { until } => Counted::Refused(until),
                };
            }
            Err(error) => tracing::warn!(conversation = %wish.conversation.id, %error, "an attempt cannot be counted"),
        }
        if let Some(wait) = wait {
            parts.clock.sleep_until(parts.clock.now() + wait).await;
        }
    }
    Counted::Away
}

/// As [`counted`]. Where strangers have used up what an account allows, a source that it knows has its own allowance.
pub async fn counted_from_source(
    wish: &Wish<'_>,
    operation: &str,
    limits: &[Limit],
    account: &AccountId,
    source: Source,
) -> Counted {
    let first = counted(wish, operation, limits).await;
    match (&first, source) {
        (Counted::Refused(_), Source::Known) => {}
        (Counted::Allowed | Counted::Refused(_) | Counted::Away, _) => return first,
    }
    let keys = &wish.shell.parts.keys;
    let peer = places::peer_key(keys, &wish.conversation.peer);
    let key = keys.pseudonym.tag(&[b"source", account.0.as_bytes(), peer.as_bytes()]);
    counted(wish, &own(operation), &limits::own(limits, &HEXLOWER.encode(&key[..16]))).await
}

/// Whether the account knows the peer now. What cannot be read is not known.
pub async fn source(wish: &Wish<'_>, account: &AccountId) -> Source {
    let parts = &wish.shell.parts;
    let peer = places::peer_key(&parts.keys, &wish.conversation.peer);
    let since = Timestamp(parts.clock.now().0.saturating_sub(u64::from(SOURCE_MEMORY.0) * 1000));
    match parts.registry.knows_source(&wish.tenant.tenant.id, account, &peer, since).await {
        Ok(true) => Source::Known,
        Ok(false) => Source::Unknown,
        Err(error) => {
            tracing::warn!(conversation = %wish.conversation.id, %error, "known sources cannot be read");
            Source::Unknown
        }
    }
}

/// The person succeeded from here. If it cannot be kept, the next case is a stranger's again, no more.
pub async fn know(wish: &Wish<'_>, account: &AccountId) {
    // A call is nobody's address: the next one is another.
    if wish.conversation.surface == Surface::Voice {
        return;
    }
    let parts = &wish.shell.parts;
    let peer = places::peer_key(&parts.keys, &wish.conversation.peer);
    let known = parts.registry.know_source(&wish.tenant.tenant.id, account, &peer, parts.clock.now()).await;
    if let Err(error) = known {
        tracing::warn!(conversation = %wish.conversation.id, %error, "a source could not be remembered");
    }
}

pub async fn start(wish: &Wish<'_>, soft: &[Limit], hard: &[Limit], always: bool) -> EffectResult {
    if let Some(result) = refused(wish, hard).await {
        return result;
    }
    match counted(wish, &live_as(wish.conversation.id), &starts::live()).await {
        Counted::Allowed => {}
        Counted::Refused(until) => return EffectResult::Throttled { until },
        Counted::Away => return away(wish),
    }
    let mut soft = soft.to_vec();
    soft.extend(wish.address().map(|address| starts::from(&address)));
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
    let mut limits = limits.to_vec();
    // A decoy's row is written like any other, and dropped when it would leave.
    if let Some(account) = account {
        let tenant = &wish.tenant.tenant;
        match contact_behind(wish.shell, wish.tenant, account, target, Some(method)).await {
            Lookup::Found(Contact::Phone(number)) if tenant.rings(&number) => limits.push(sends::to(&number, tenant)),
            Lookup::Found(Contact::Email(_)) => {}
            Lookup::Found(Contact::Phone(_)) | Lookup::Gone => return EffectResult::Plain(Outcome::Undeliverable),
            Lookup::Away => return EffectResult::Plain(Outcome::Unavailable),
        }
    }
    refused(wish, &limits).await.unwrap_or(EffectResult::Plain(Outcome::Continue))
}

/// Compares what was keyed with the mailbox of a registered address, spelled on the keys.
pub async fn match_keyed(
    wish: &Wish<'_>,
    account: Option<&AccountId>,
    gate: GateId,
    target: &TargetHash,
    typed: &Tag,
    limits: &[Limit],
) -> EffectResult {
    if let Some(result) = refused(wish, limits).await {
        return result;
    }
    let different = EffectResult::Plain(Outcome::Different);
    let Some(account) = account else { return different };
    match contact_behind(wish.shell, wish.tenant, account, target, Some(Method::Email)).await {
        Lookup::Found(Contact::Email(mail)) => {
            let keys = keypad::keys_of(keypad::local_part(mail.as_str()));
            let right = wish.shell.parts.keys.code.tag(&[&gate.0, keys.as_bytes()]);
            if bool::from(right.ct_eq(typed)) { EffectResult::Plain(Outcome::Same) } else { different }
        }
        Lookup::Found(Contact::Phone(_)) | Lookup::Gone => different,
        Lookup::Away => away(wish),
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
    let asked = match questions::asked(wish.shell, wish.conversation).await {
        Ok(asked) => asked,
        Err(error) => return fault(wish, &error),
    };
    let Some(answers) = questions::given(wish.shell, secret, asked.len()) else { return wrong };
    if asked.is_empty() || asked.len() != answers.len() {
        return wrong;
    }
    let given: Vec<_> = asked.into_iter().zip(answers).collect();
    // A decoy's answers cost as much work as anybody's.
    let nobody = AccountId(wish.conversation.subject.as_ref().map_or(String::new(), |who| who.limit_key.clone()));
    match parts.registry.answers_right(&wish.tenant.tenant.id, account.unwrap_or(&nobody), &given).await {
        Ok(right) if right && account.is_some() => EffectResult::Plain(Outcome::Right),
        Ok(_) => wrong,
        Err(error) => fault(wish, &error),
    }
}

/// Counts under the effect's own id; the result when the attempt must not go on. Wrong codes slow the next one down.
async fn refused(wish: &Wish<'_>, limits: &[Limit]) -> Option<EffectResult> {
    let mut limits = limits.to_vec();
    if limits.iter().any(Limit::sets_the_pace) {
        limits.extend(wish.address().map(|address| guesses::code_from(&address, &wish.tenant.tenant)));
    }
    let counted = match wish.conversation.account() {
        Some(account) => counted_from_source(wish, &wish.counted(), &limits, account, wish.conversation.source()).await,
        None => counted(wish, &wish.counted(), &limits).await,
    };
    pace(wish, &limits, matches!(counted, Counted::Allowed)).await;
    match counted {
        Counted::Allowed => None,
        Counted::Refused(until) => Some(EffectResult::Throttled { until }),
        Counted::Away => Some(away(wish)),
    }
}

/// Waits as the account's wrong codes of the day demand, from the latest of them on: a person who reads and types hardly
/// notices, a machine does. Known names and decoys are counted alike, so they wait alike; and so do attempts that are
/// refused, for they look like wrong ones.
async fn pace(wish: &Wish<'_>, limits: &[Limit], counted: bool) {
    let Some(limit) = limits.iter().find(|limit| limit.sets_the_pace()) else { return };
    let parts = &wish.shell.parts;
    let levels = parts.registry.levels(&wish.tenant.tenant.id, std::slice::from_ref(limit), parts.clock.now()).await;
    // It was counted, so it may be made; only its pace is not known.
    let Some(level) = levels.ok().and_then(|levels| levels.first().copied()) else { return };
    let before = level.count.saturating_sub(u32::from(counted));
    let [newest, second] = level.recent;
    let Some(latest) = (if counted { second } else { newest }) else { return };
    // That one was counted before its own wait began. Nobody waits longer than this attempt asks for.
    let answered = latest + limits::pace(before.saturating_sub(1));
    let wait = limits::pace(before);
    parts.clock.sleep_until((answered + wait).min(parts.clock.now() + wait)).await;
}

fn fault(wish: &Wish<'_>, error: &RegistryError) -> EffectResult {
    tracing::warn!(conversation = %wish.conversation.id, %error, "an attempt cannot be judged");
    away(wish)
}

fn away(wish: &Wish<'_>) -> EffectResult {
    EffectResult::Throttled { until: wish.shell.parts.clock.now() + AWAY }
}
