//! Sets a new password: checks everything again, proves, puts the intent on record, asks once, and finds out the truth.

use crate::audit::{AuditEvent, AuditKind};
use crate::engine::conversation::Waiting;
use crate::engine::event::EffectResult;
use crate::flow::effect::Outcome;
use crate::model::ids::{AccountId, RunId, VaultKey};
use crate::model::names::{ArgName, MessageKey};
use crate::model::prompt::Arg;
use crate::model::purpose::Purpose;
use crate::model::secrets::{Password, Secret};
use crate::model::time::{Seconds, Timestamp};
use crate::policy::gates;
use crate::policy::limits::{Limit, Who, sets};
use crate::ports::directory::{Refusal, Resolution, SetOutcome, SetWish};
use crate::ports::store::{Expect, Key, Op, StoreError};
use crate::runtime::pages::names;
use crate::runtime::perform::account::{away, may_be_served};
use crate::runtime::perform::attempts::{self, Counted, counted};
use crate::runtime::perform::{Manner, Performed, Wish};
use crate::runtime::places;
use crate::runtime::record::{Attempt, LastSet, OutboxRow, decode, encode};
use crate::runtime::turn::{enqueue, load};
use crate::verify::ledger::{Proof, ResetPassword};

/// Waits before each look at what became of a set whose answer was lost.
const LOOKS: [Seconds; 4] = [Seconds(1), Seconds(2), Seconds(4), Seconds(8)];
/// How far the directory's clock may be from ours when its last-changed time is the only witness.
const SKEW_MS: u64 = 120_000;
/// After this long a write that was under way has been done or dropped.
const OVER: Seconds = Seconds(13);
/// Kept as long as the conversation that it belongs to.
const KEEP: Seconds = Seconds::hours(24);

/// The part of the operation that counts a change.
const CHANGE: &str = "change";

/// What became of the password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Set,
    Refused(Refusal),
    /// Nothing was changed, and trying again later may help.
    NotSet,
    /// Nothing was changed, and this account is not ours to change (any more).
    NotOurs,
    Unknown,
}

pub async fn set_password(wish: &Wish<'_>, secret: VaultKey, manner: Manner) -> Performed {
    let Some(account) = wish.conversation.account() else { return Outcome::Stale.into() };
    if manner == Manner::Resumed {
        match begun(wish).await {
            Ok(Some(attempt)) => return taken_up(wish, account, secret, attempt).await,
            Ok(None) => {}
            Err(error) => return store_away(wish, &error),
        }
    }
    let now = wish.shell.now();
    let secret = wish.shell.vault.get(secret, now);
    let Some(Secret::Password(password)) = secret.as_deref() else {
        // Gone with a restart or after its minute: nothing was sent, whatever was counted before.
        not_changed(wish).await;
        return Outcome::Stale.into();
    };
    match prepared(wish, account, password).await {
        Ok(Prepared { proof, attempt }) => {
            let wish_for = SetWish { must_change: false };
            let fate = match wish.tenant.directory.set_password(proof, password, wish_for).await {
                SetOutcome::Done => Fate::Set,
                SetOutcome::Refused(refusal) => Fate::Refused(refusal),
                SetOutcome::Unavailable => Fate::NotSet,
                SetOutcome::NotPermitted => {
                    tracing::error!(tenant = %wish.tenant.tenant.id, "our account may not set passwords");
                    Fate::NotSet
                }
                SetOutcome::Protected | SetOutcome::Gone => Fate::NotOurs,
                SetOutcome::Unknown => resolved(wish, account, attempt, password).await,
            };
            told(wish, account, fate).await
        }
        Err(stopped) => {
            not_changed(wish).await;
            stopped
        }
    }
}

struct Prepared {
    proof: Proof<ResetPassword>,
    attempt: Attempt,
}

/// All checks anew, on the account as it is now and the record as it is on disk; then the intent, durable twice.
async fn prepared(wish: &Wish<'_>, id: &AccountId, password: &Password) -> Result<Prepared, Performed> {
    let parts = &wish.shell.parts;
    let tenant = &wish.tenant.tenant;
    let stale = || Err(Outcome::Stale.into());
    let unavailable = || Performed::from(Outcome::Unavailable);

    let peer = places::peer_key(&parts.keys, &wish.conversation.peer);
    let case = wish.conversation.id.to_string();
    let who = Who { account: &id.0, peer: &peer, case: &case, tenant };
    allowed(wish, "set", &sets::attempt(who)).await?;
    let account = wish.tenant.directory.read(id).await.map_err(|error| {
        away(&tenant.id, &error);
        unavailable()
    })?;
    let Some(account) = account.filter(may_be_served) else { return stale() };
    let frozen = parts.registry.frozen(&tenant.id, id).await.map_err(|error| {
        away(&tenant.id, &error);
        unavailable()
    })?;
    if frozen {
        return stale();
    }
    let verdicts = tenant.password.judge(password, &names(&account));
    let reasons: Vec<_> =
        verdicts.into_iter().filter(|verdict| !verdict.kept).map(|verdict| (verdict.message, verdict.args)).collect();
    if !reasons.is_empty() {
        return Err(EffectResult::Refused { reasons }.into());
    }

    let key = places::last_set(&parts.keys, &tenant.id, id);
    let last = parts.store.get(&key).await.map_err(|error| store_away(wish, &error))?;
    let expect = last.as_ref().map_or(Expect::Absent, |last| Expect::Version(last.version));
    if let Some(last) = last {
        let last: LastSet = decode(&last.value).map_err(|_| unavailable())?;
        // Another case was faster with this account: one of the two persons is not the owner.
        if last.conversation != wish.conversation.id && last.at >= wish.conversation.started {
            return stale();
        }
    }

    let now = wish.shell.now();
    let proof = proven(wish, id, now).await?;
    let mut change = sets::change(who);
    change.extend(wish.address().map(|address| sets::change_from(&address, tenant)));
    allowed(wish, CHANGE, &change).await?;
    let attempt = Attempt { at: now, changed_before: account.password_changed };
    intended(wish, id, attempt, key, expect).await?;
    Ok(Prepared { proof, attempt })
}

/// Puts the intent on record, durable twice.
async fn intended(
    wish: &Wish<'_>,
    id: &AccountId,
    attempt: Attempt,
    last_set: Key,
    expect: Expect,
) -> Result<(), Performed> {
    let (parts, now) = (&wish.shell.parts, attempt.at);
    let intent = event(wish, id, now, AuditKind::EffectIntended { purpose: Purpose::ResetPassword });
    parts.audit.append(&wish.operation("intent"), &[intent]).await.map_err(|error| {
        tracing::error!(conversation = %wish.conversation.id, %error, "an intent could not be recorded");
        Performed::from(Outcome::Unavailable)
    })?;
    let last = LastSet { conversation: wish.conversation.id, at: now };
    let batch = vec![
        put(places::attempt(wish.effect.id), encode(&attempt), Expect::Absent, now),
        put(last_set, encode(&last), expect, now),
    ];
    match parts.store.commit(batch).await {
        Ok(_) => Ok(()),
        Err(StoreError::Conflict) => Err(Outcome::Stale.into()),
        Err(error) => Err(store_away(wish, &error)),
    }
}

/// Counts; past a limit the person, who has proven to be the owner, is told how long it lasts.
async fn allowed(wish: &Wish<'_>, part: &str, limits: &[Limit]) -> Result<(), Performed> {
    match counted(wish, &wish.operation(part), limits).await {
        Counted::Allowed => Ok(()),
        Counted::Refused(until) => {
            let minutes = i64::from(wish.shell.now().until(until).0.div_ceil(60));
            let args = vec![(ArgName::of("minutes"), Arg::Number(minutes))];
            Err(EffectResult::Refused { reasons: vec![(MessageKey::of("rule-not-so-soon"), args)] }.into())
        }
        Counted::Away => Err(Outcome::Unavailable.into()),
    }
}

/// The proof, from the record on disk: this very effect must be open there.
async fn proven(wish: &Wish<'_>, id: &AccountId, now: Timestamp) -> Result<Proof<ResetPassword>, Performed> {
    let found = load(wish.shell, wish.conversation.id).await.map_err(|error| store_away(wish, &error))?;
    let committed = found.map(|found| found.conversation);
    let open = |waiting: &Waiting| matches!(waiting, Waiting::Effect { id, .. } if *id == wish.effect.id);
    let committed = committed.filter(|committed| open(&committed.waiting)).ok_or(Outcome::Stale)?;
    let requirement = gates::requirement(&wish.tenant.tenant, attempts::source(wish, id).await);
    let keys = &wish.shell.parts.keys;
    committed.ledger.prove::<ResetPassword>(committed.run, id, &requirement, now, keys).map_err(|missing| {
        tracing::warn!(conversation = %committed.id, %missing, "a password was not set without a proof");
        Outcome::Stale.into()
    })
}

/// Looks until it is clear what became of the write; it is never sent again.
async fn resolved(wish: &Wish<'_>, id: &AccountId, attempt: Attempt, password: &Password) -> Fate {
    let mut denied = false;
    for wait in LOOKS {
        wish.shell.parts.clock.sleep_until(wish.shell.now() + wait).await;
        match wish.tenant.directory.resolve(id, attempt.changed_before, password).await {
            Resolution::Applied => return Fate::Set,
            // Once more: the write may still have been under way, and every further look could cost a sign-in attempt.
            Resolution::NotApplied if denied => return Fate::NotSet,
            Resolution::NotApplied => denied = true,
            Resolution::Unclear => {}
        }
    }
    if denied { Fate::NotSet } else { Fate::Unknown }
}

async fn begun(wish: &Wish<'_>) -> Result<Option<Attempt>, StoreError> {
    let stored = wish.shell.parts.store.get(&places::attempt(wish.effect.id)).await?;
    match stored.map(|stored| decode(&stored.value)) {
        None => Ok(None),
        Some(Ok(attempt)) => Ok(Some(attempt)),
        Some(Err(_)) => Err(StoreError::Damaged("attempt".to_owned())),
    }
}

/// A set that was begun by a task that is gone. With the password gone too, the last-changed time is the only witness.
async fn taken_up(wish: &Wish<'_>, id: &AccountId, secret: VaultKey, attempt: Attempt) -> Performed {
    let secret = wish.shell.vault.get(secret, wish.shell.now());
    let fate = match secret.as_deref() {
        Some(Secret::Password(password)) => resolved(wish, id, attempt, password).await,
        Some(Secret::Code(_) | Secret::Answers(_)) | None => witnessed(wish, id, attempt).await,
    };
    told(wish, id, fate).await
}

async fn witnessed(wish: &Wish<'_>, id: &AccountId, attempt: Attempt) -> Fate {
    let clock = &wish.shell.parts.clock;
    clock.sleep_until(attempt.at + OVER).await;
    for wait in LOOKS {
        match wish.tenant.directory.read(id).await {
            Ok(Some(account)) => return seen(attempt, account.password_changed),
            Ok(None) => return Fate::NotOurs,
            Err(error) => away(&wish.tenant.tenant.id, &error),
        };
        clock.sleep_until(clock.now() + wait).await;
    }
    Fate::Unknown
}

fn seen(attempt: Attempt, changed: Option<Timestamp>) -> Fate {
    match changed {
        Some(changed) if attempt.changed_before == Some(changed) => Fate::NotSet,
        Some(changed) if changed.0.abs_diff(attempt.at.0) <= SKEW_MS => Fate::Set,
        Some(_) | None => Fate::Unknown,
    }
}

/// Puts the outcome on record and turns it into what the person is told.
async fn told(wish: &Wish<'_>, id: &AccountId, fate: Fate) -> Performed {
    match fate {
        Fate::Set => attempts::know(wish, id).await,
        Fate::Refused(_) | Fate::NotSet | Fate::NotOurs => not_changed(wish).await,
        // Perhaps it was changed: then it counts.
        Fate::Unknown => {}
    }
    let purpose = Purpose::ResetPassword;
    let (kind, result) = match fate {
        Fate::Set => (AuditKind::PasswordSet, EffectResult::Plain(Outcome::Ok)),
        Fate::Refused(refusal) => {
            let reasons = vec![(reason(refusal), Vec::new())];
            (AuditKind::PasswordRefused, EffectResult::Refused { reasons })
        }
        Fate::NotSet => (AuditKind::EffectFailed { purpose }, EffectResult::Plain(Outcome::Unavailable)),
        Fate::NotOurs => (AuditKind::EffectFailed { purpose }, EffectResult::Plain(Outcome::Stale)),
        Fate::Unknown => (AuditKind::EffectUncertain { purpose }, EffectResult::Plain(Outcome::Uncertain)),
    };
    let ops = recorded(wish, id, kind).await;
    Performed { result, ops }
}

/// Gives the change back that was counted before the directory was asked.
async fn not_changed(wish: &Wish<'_>) {
    let registry = &wish.shell.parts.registry;
    if let Err(error) = registry.refund(&wish.tenant.tenant.id, &wish.operation(CHANGE)).await {
        tracing::warn!(conversation = %wish.conversation.id, %error, "a change that was not made stays counted");
    }
}

/// Writes an outcome at once; if the record is away, with the batch that carries the result, so that nothing is said
/// before it is on disk.
pub async fn recorded(wish: &Wish<'_>, id: &AccountId, kind: AuditKind) -> Vec<Op> {
    let now = wish.shell.now();
    let events = vec![event(wish, id, now, kind)];
    match wish.shell.parts.audit.append(&wish.operation("outcome"), &events).await {
        Ok(()) => Vec::new(),
        Err(error) => {
            tracing::error!(conversation = %wish.conversation.id, %error, "an outcome is recorded later");
            vec![enqueue(places::audit_lane(wish.conversation.id), &OutboxRow::Audit(events), now)]
        }
    }
}

pub fn event(wish: &Wish<'_>, id: &AccountId, at: Timestamp, kind: AuditKind) -> AuditEvent {
    AuditEvent {
        at,
        tenant: wish.tenant.tenant.id.clone(),
        run: Some(run(wish)),
        channel: Some(wish.conversation.peer.channel),
        subject: Some(id.clone()),
        kind,
    }
}

fn run(wish: &Wish<'_>) -> RunId {
    wish.conversation.run
}

fn put(key: Key, value: Vec<u8>, expect: Expect, now: Timestamp) -> Op {
    Op::Put { key, value, expect, expires: now + KEEP }
}

pub fn store_away(wish: &Wish<'_>, error: &StoreError) -> Performed {
    tracing::error!(conversation = %wish.conversation.id, %error, "nothing is changed while the store is away");
    Outcome::Unavailable.into()
}

fn reason(refusal: Refusal) -> MessageKey {
    MessageKey::of(match refusal {
        Refusal::Short => "directory-refused-short",
        Refusal::Weak => "directory-refused-weak",
        Refusal::Reused => "directory-refused-reused",
        Refusal::TooYoung => "directory-refused-too-young",
        Refusal::TooLong => "directory-refused-too-long",
        Refusal::Unspecified => "directory-refused-unspecified",
    })
}
