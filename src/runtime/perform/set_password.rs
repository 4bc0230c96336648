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
use crate::ports::directory::{SetOutcome, SetWish};
use crate::ports::store::{Expect, Op, StoreError};
use crate::runtime::pages::names;
use crate::runtime::perform::account::{away, may_be_served};
use crate::runtime::perform::attempts::{self, Counted, counted};
use crate::runtime::perform::truth::{self, Fate};
use crate::runtime::perform::{Manner, Performed, Wish};
use crate::runtime::places;
use crate::runtime::record::{Intent, LastSet, OutboxRow, Stage, decode, encode};
use crate::runtime::turn::{enqueue, load};
use crate::verify::ledger::{Proof, ResetPassword};

/// An intent is looked after by the timers when it is as old as this: its task is gone by then.
const WATCH: Seconds = Seconds(90);
/// Longer than anybody would wait for the truth.
const KEEP: Seconds = Seconds::hours(24);
/// The part of the operation that counts a change.
const CHANGE: &str = "change";

pub async fn set_password(wish: &Wish<'_>, secret: VaultKey, manner: Manner) -> Performed {
    let Some(account) = wish.conversation.account() else { return Outcome::Stale.into() };
    if manner == Manner::Resumed {
        match begun(wish).await {
            Ok(Some(intent)) => return taken_up(wish, secret, intent).await,
            Ok(None) => {}
            Err(error) => return store_away(wish, &error),
        }
    }
    let now = wish.shell.now();
    let secret = wish.shell.vault.get(secret, now);
    let (password, must_change) = match secret.as_deref() {
        Some(Secret::Password(password)) => (password, false),
        // Whoever heard it knows it: it opens the account once, to choose another one.
        Some(Secret::Temporary(password)) => (password, true),
        _ => return lapsed(wish).await,
    };
    let Prepared { proof, intent } = match prepared(wish, account, password).await {
        Ok(prepared) => prepared,
        Err(stopped) => {
            not_changed(wish).await;
            return stopped;
        }
    };
    let wish_for = SetWish { must_change };
    let fate = match wish.tenant.directory.set_password(proof, password, wish_for).await {
        SetOutcome::Done => Fate::Set,
        SetOutcome::DoneButFirstSignIn => {
            tracing::warn!(conversation = %wish.conversation.id, outcome = "set, first sign-in unclear", "a set");
            Fate::Set
        }
        SetOutcome::Refused(refusal) => Fate::Refused(refusal),
        SetOutcome::Unavailable => Fate::NotSet,
        SetOutcome::NotPermitted => {
            tracing::error!(tenant = %wish.tenant.tenant.id, "our account may not set passwords");
            Fate::NotSet
        }
        SetOutcome::Protected | SetOutcome::Gone => Fate::NotOurs,
        SetOutcome::Unknown => truth::resolved(wish.shell, wish.tenant, &intent, password).await,
    };
    told(wish, intent, fate).await
}

/// Gone with a restart or after its minute: nothing was sent, whatever was counted before.
async fn lapsed(wish: &Wish<'_>) -> Performed {
    not_changed(wish).await;
    Outcome::Stale.into()
}

struct Prepared {
    proof: Proof<ResetPassword>,
    intent: Intent,
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
    let intent = Intent {
        tenant: tenant.id.clone(),
        account: id.clone(),
        conversation: wish.conversation.id,
        run: wish.conversation.run,
        effect: wish.effect.id,
        peer: wish.conversation.peer.clone(),
        language: wish.conversation.language.clone(),
        at: now,
        changed_before: account.password_changed,
        stage: Stage::Intended,
    };
    let last = LastSet { conversation: wish.conversation.id, at: now };
    let mut batch = kept(&intent, Expect::Absent, now + WATCH);
    batch.push(Op::Put { key, value: encode(&last), expect, expires: now + KEEP });
    match parts.store.commit(batch).await {
        Ok(_) => {}
        Err(StoreError::Conflict) => return stale(),
        // It may lie there all the same. The person hears that nothing was set; nobody is to find it later and say so again,
        // behind a second try that set one.
        Err(error) => return Err(Performed { ops: settled(&intent, Expect::Anything), ..store_away(wish, &error) }),
    }
    let intended = event(wish, id, now, AuditKind::EffectIntended { purpose: Purpose::ResetPassword });
    if let Err(error) = parts.audit.append(&wish.operation("intent"), &[intended]).await {
        tracing::error!(conversation = %wish.conversation.id, %error, "an intent could not be recorded");
        return Err(told(wish, intent, Fate::NotSet).await);
    }
    let intent = Intent { stage: Stage::Sent, ..intent };
    match parts.store.commit(kept(&intent, Expect::Anything, now + WATCH)).await {
        Ok(_) => Ok(Prepared { proof, intent }),
        Err(error) => {
            tracing::error!(conversation = %wish.conversation.id, %error, "nothing is set that is not on disk");
            Err(told(wish, Intent { stage: Stage::Intended, ..intent }, Fate::NotSet).await)
        }
    }
}

/// The record of an intent, and when somebody should look after it.
pub fn kept(intent: &Intent, expect: Expect, due: Timestamp) -> Vec<Op> {
    let key = places::intent(intent.effect);
    vec![
        Op::Put { key: key.clone(), value: encode(intent), expect, expires: intent.at + KEEP },
        Op::Due { key, at: Some(due) },
    ]
}

/// Nobody need look after it any more.
pub fn settled(intent: &Intent, expect: Expect) -> Vec<Op> {
    let key = places::intent(intent.effect);
    vec![Op::Due { key: key.clone(), at: None }, Op::Delete { key, expect }]
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

async fn begun(wish: &Wish<'_>) -> Result<Option<Intent>, StoreError> {
    let stored = wish.shell.parts.store.get(&places::intent(wish.effect.id)).await?;
    match stored.map(|stored| decode(&stored.value)) {
        None => Ok(None),
        Some(Ok(intent)) => Ok(Some(intent)),
        Some(Err(_)) => Err(StoreError::Damaged("intent".to_owned())),
    }
}

/// A set that was begun by a task that is gone. With the password gone too, the last-changed time is the only witness.
async fn taken_up(wish: &Wish<'_>, secret: VaultKey, intent: Intent) -> Performed {
    let secret = wish.shell.vault.get(secret, wish.shell.now());
    let fate = match (intent.stage, secret.as_deref()) {
        (Stage::Intended, _) => Fate::NotSet,
        (Stage::Sent | Stage::Unknown, Some(Secret::Password(password) | Secret::Temporary(password))) => {
            truth::resolved(wish.shell, wish.tenant, &intent, password).await
        }
        (Stage::Sent | Stage::Unknown, Some(Secret::Code(_) | Secret::Answers(_) | Secret::Spoken(_)) | None) => {
            truth::witnessed(wish.shell, wish.tenant, &intent).await
        }
    };
    // The crash may have come before the intent was on record.
    truth::intended(wish.shell, &intent).await;
    told(wish, intent, fate).await
}

/// Puts the outcome on record and turns it into what the person is told.
async fn told(wish: &Wish<'_>, intent: Intent, fate: Fate) -> Performed {
    match fate {
        Fate::Set => attempts::know(wish, &intent.account).await,
        Fate::Refused(_) | Fate::NotSet | Fate::NotOurs => not_changed(wish).await,
        // Perhaps it was changed: then it counts.
        Fate::Unknown => {}
    }
    let result = match fate {
        Fate::Set => EffectResult::Plain(Outcome::Ok),
        Fate::Refused(refusal) => EffectResult::Refused { reasons: vec![(refusal.message(), Vec::new())] },
        Fate::NotSet => EffectResult::Plain(Outcome::Unavailable),
        Fate::NotOurs => EffectResult::Plain(Outcome::Stale),
        Fate::Unknown => EffectResult::Plain(Outcome::Uncertain),
    };
    let mut ops = recorded(wish, &intent.account, fate.kind()).await;
    ops.extend(match fate {
        // The search for the truth goes on after the person was told that there is none yet.
        Fate::Unknown => {
            let next = wish.shell.now() + truth::AGAIN;
            kept(&Intent { stage: Stage::Unknown, ..intent }, Expect::Anything, next)
        }
        Fate::Set | Fate::Refused(_) | Fate::NotSet | Fate::NotOurs => settled(&intent, Expect::Anything),
    });
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
    let events = [event(wish, id, wish.shell.now(), kind.clone())];
    match wish.shell.parts.audit.append(&wish.operation("outcome"), &events).await {
        Ok(()) => Vec::new(),
        Err(error) => {
            tracing::error!(conversation = %wish.conversation.id, %error, "an outcome is recorded later");
            vec![recorded_with(wish, id, kind)]
        }
    }
}

/// An outcome that goes with the batch that carries the result: if that is not written, the change is tried again and may
/// come to another one.
pub fn recorded_with(wish: &Wish<'_>, id: &AccountId, kind: AuditKind) -> Op {
    let now = wish.shell.now();
    enqueue(places::audit_lane(wish.conversation.id), &OutboxRow::Audit(vec![event(wish, id, now, kind)]), now)
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

pub fn store_away(wish: &Wish<'_>, error: &StoreError) -> Performed {
    tracing::error!(conversation = %wish.conversation.id, %error, "nothing is changed while the store is away");
    Outcome::Unavailable.into()
}
