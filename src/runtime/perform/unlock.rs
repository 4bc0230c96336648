//! Lifts a lock and keeps the password: the same checks and the same proof as for a new one. Safe to repeat, so a lost
//! answer is asked for again; what was found before the first try tells whose doing an open account is.

use crate::audit::AuditKind;
use crate::engine::conversation::{Conversation, Waiting};
use crate::flow::effect::Outcome;
use crate::model::account::LockState;
use crate::model::ids::AccountId;
use crate::model::purpose::Purpose;
use crate::model::time::Seconds;
use crate::policy::gates;
use crate::ports::directory::UnlockOutcome;
use crate::ports::store::{Expect, Op};
use crate::runtime::perform::account::{away, may_be_served};
use crate::runtime::perform::attempts;
use crate::runtime::perform::set_password::{event, recorded, recorded_with, store_away};
use crate::runtime::perform::{Performed, Wish};
use crate::runtime::places;
use crate::runtime::turn::load;
use crate::verify::ledger::{Proof, UnlockAccount};

/// Waits between tries whose answers were lost.
const AGAIN: [Seconds; 3] = [Seconds(1), Seconds(2), Seconds(4)];
/// No further try begins after this long, so that the person hears within 30 s.
const ENOUGH: Seconds = Seconds(18);
/// Longer than any conversation.
const KEEP: Seconds = Seconds::hours(1);

pub async fn unlock(wish: &Wish<'_>) -> Performed {
    let Some(id) = wish.conversation.account() else { return Outcome::Stale.into() };
    let parts = &wish.shell.parts;
    let tenant = &wish.tenant.tenant;
    let account = match wish.tenant.directory.read(id).await {
        Ok(account) => account,
        Err(error) => {
            away(&tenant.id, &error);
            return Outcome::Unavailable.into();
        }
    };
    let Some(account) = account.filter(may_be_served) else { return Outcome::Stale.into() };
    match parts.registry.frozen(&tenant.id, id).await {
        Ok(false) => {}
        Ok(true) => return Outcome::Stale.into(),
        Err(error) => {
            away(&tenant.id, &error);
            return Outcome::Unavailable.into();
        }
    }
    let committed = match load(wish.shell, wish.conversation.id).await {
        Ok(Some(found)) => found.conversation,
        Ok(None) => return Outcome::Stale.into(),
        Err(error) => return store_away(wish, &error),
    };
    if !matches!(committed.waiting, Waiting::Effect { id, .. } if id == wish.effect.id) {
        return Outcome::Stale.into();
    }
    let Some(proof) = proven(wish, id, &committed).await else { return Outcome::Stale.into() };
    // This case has asked for it before: by a task that is gone, or in vain.
    let begun = places::unlocking(committed.run);
    let asked_before = match parts.store.get(&begun).await {
        Ok(found) => found.is_some(),
        Err(error) => return store_away(wish, &error),
    };

    let purpose = Purpose::UnlockAccount;
    let intent = event(wish, id, wish.shell.now(), AuditKind::EffectIntended { purpose });
    if let Err(error) = parts.audit.append(&wish.operation("intent"), &[intent]).await {
        tracing::error!(conversation = %wish.conversation.id, %error, "an intent could not be recorded");
        // It may stand there all the same, and then its outcome belongs to it.
        let ops = vec![recorded_with(wish, id, AuditKind::EffectFailed { purpose })];
        return Performed { ops, ..Outcome::Unavailable.into() };
    }
    let locked = account.lock == LockState::ByFailures;
    if locked && !asked_before {
        let expires = wish.shell.now() + KEEP;
        let value = committed.id.0.to_vec();
        let mark = vec![Op::Put { key: begun.clone(), value, expect: Expect::Anything, expires }];
        if let Err(error) = parts.store.commit(mark).await {
            let ops = vec![recorded_with(wish, id, AuditKind::EffectFailed { purpose })];
            return Performed { ops, ..store_away(wish, &error) };
        }
    }
    let Asked { answer, lost } = ask(wish, id, &committed, proof).await;
    let failed = AuditKind::EffectFailed { purpose };
    let (kind, outcome) = match answer {
        UnlockOutcome::Done => (AuditKind::AccountUnlocked, Outcome::Ok),
        // It was locked when this case first asked, and the answer was lost with a line or a process.
        UnlockOutcome::NotLocked if asked_before || lost => (AuditKind::AccountUnlocked, Outcome::Ok),
        // What a person locked is not locked by wrong passwords; the words for both send people to the service desk.
        UnlockOutcome::NotLocked | UnlockOutcome::LockedByAdministrator => (failed, Outcome::NotLocked),
        UnlockOutcome::Gone => (failed, Outcome::Stale),
        UnlockOutcome::Unavailable | UnlockOutcome::Unknown if asked_before || lost => {
            (AuditKind::EffectUncertain { purpose }, Outcome::Unavailable)
        }
        // By a right that we lack: the service desk's matter.
        UnlockOutcome::NotPermitted
        | UnlockOutcome::Protected
        | UnlockOutcome::Unavailable
        | UnlockOutcome::Unknown => (failed, Outcome::Unavailable),
    };
    if outcome == Outcome::Ok {
        attempts::know(wish, id).await;
    }
    let mut ops = recorded(wish, id, kind.clone()).await;
    // While nobody can tell what became of it, the mark stays for the next try.
    if !matches!(kind, AuditKind::EffectUncertain { .. }) {
        ops.push(Op::Delete { key: begun, expect: Expect::Anything });
    }
    Performed { ops, ..outcome.into() }
}

/// What the directory said last.
struct Asked {
    answer: UnlockOutcome,
    /// The answer to an earlier try, or to this one, did not come.
    lost: bool,
}

async fn ask(wish: &Wish<'_>, id: &AccountId, committed: &Conversation, proof: Proof<UnlockAccount>) -> Asked {
    let (directory, clock) = (&wish.tenant.directory, &wish.shell.parts.clock);
    let began = clock.now();
    let mut asked = Asked { answer: directory.unlock(proof).await, lost: false };
    for wait in AGAIN {
        if asked.answer != UnlockOutcome::Unknown {
            break;
        }
        asked.lost = true;
        clock.sleep_until(clock.now() + wait).await;
        if clock.now() >= began + ENOUGH {
            break;
        }
        // A proof serves one call.
        let Some(proof) = proven(wish, id, committed).await else { break };
        asked.answer = directory.unlock(proof).await;
    }
    asked.lost |= asked.answer == UnlockOutcome::Unknown;
    asked
}

/// The proof, from the record on disk.
async fn proven(wish: &Wish<'_>, id: &AccountId, committed: &Conversation) -> Option<Proof<UnlockAccount>> {
    let requirement = gates::requirement(&wish.tenant.tenant, attempts::source(wish, id).await);
    let (now, keys) = (wish.shell.now(), &wish.shell.parts.keys);
    committed.ledger.prove::<UnlockAccount>(committed.run, id, &requirement, now, keys).ok()
}
