//! Lifts a lock and keeps the password: the same checks and the same proof as for a new one. Safe to repeat.

use crate::audit::AuditKind;
use crate::engine::conversation::Waiting;
use crate::flow::effect::Outcome;
use crate::model::purpose::Purpose;
use crate::policy::gates;
use crate::ports::directory::UnlockOutcome;
use crate::runtime::perform::account::{away, may_be_served};
use crate::runtime::perform::attempts;
use crate::runtime::perform::set_password::{event, recorded, store_away};
use crate::runtime::perform::{Performed, Wish};
use crate::runtime::turn::load;
use crate::verify::ledger::UnlockAccount;

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
    if !account.is_some_and(|account| may_be_served(&account)) {
        return Outcome::Stale.into();
    }
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
    let now = wish.shell.now();
    let requirement = gates::requirement(tenant, attempts::source(wish, id).await);
    let proof = committed.ledger.prove::<UnlockAccount>(committed.run, id, &requirement, now, &parts.keys);
    let Ok(proof) = proof else { return Outcome::Stale.into() };

    let purpose = Purpose::UnlockAccount;
    let intent = event(wish, id, now, AuditKind::EffectIntended { purpose });
    if let Err(error) = parts.audit.append(&wish.operation("intent"), &[intent]).await {
        tracing::error!(conversation = %wish.conversation.id, %error, "an intent could not be recorded");
        return Outcome::Unavailable.into();
    }
    let failed = AuditKind::EffectFailed { purpose };
    let (kind, outcome) = match wish.tenant.directory.unlock(proof).await {
        UnlockOutcome::Done => (AuditKind::AccountUnlocked, Outcome::Ok),
        // What a person locked is not locked by wrong passwords; the words for both send people to the service desk.
        UnlockOutcome::NotLocked | UnlockOutcome::LockedByAdministrator => (failed, Outcome::NotLocked),
        UnlockOutcome::Gone => (failed, Outcome::Stale),
        // By a right that we lack: the service desk's matter.
        UnlockOutcome::NotPermitted | UnlockOutcome::Protected | UnlockOutcome::Unavailable => {
            (failed, Outcome::Unavailable)
        }
    };
    if outcome == Outcome::Ok {
        attempts::know(wish, id).await;
    }
    let ops = recorded(wish, id, kind).await;
    Performed { ops, ..outcome.into() }
}
