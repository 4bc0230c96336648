//! What became of a password whose answer was lost: found out by looking, never by sending it again.

use crate::audit::{AuditEvent, AuditKind};
use crate::model::purpose::Purpose;
use crate::model::secrets::Password;
use crate::model::time::{Seconds, Timestamp};
use crate::ports::directory::{Refusal, Resolution};
use crate::runtime::parts::TenantParts;
use crate::runtime::perform::account::away;
use crate::runtime::record::Intent;
use crate::runtime::shell::Shell;

/// When it is looked at after the answer was lost.
const LOOKS: [Seconds; 5] = [Seconds(1), Seconds(2), Seconds(4), Seconds(8), Seconds(15)];
/// Looks that take long themselves end here, so that the person hears within 30 s of the request.
const ENOUGH: Seconds = Seconds(20);
/// How far the directory's clock may be from ours when its last-changed time is the only witness.
const SKEW_MS: u64 = 120_000;
/// Directories that count whole seconds may show the same time for two changes this close.
const SAME_MS: u64 = 1_000;
/// After this long a write that was under way has been done or dropped: the limit of a set, and five seconds.
pub const OVER: Seconds = Seconds(13);
/// Between two looks at a set that nobody could tell anything about.
pub const AGAIN: Seconds = Seconds(30);

/// What became of the password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    Set,
    Refused(Refusal),
    /// Nothing was changed, and trying again later may help.
    NotSet,
    /// Nothing was changed, and this account is not ours to change (any more).
    NotOurs,
    Unknown,
}

impl Fate {
    pub fn kind(self) -> AuditKind {
        let purpose = Purpose::ResetPassword;
        match self {
            Self::Set => AuditKind::PasswordSet,
            Self::Refused(_) => AuditKind::PasswordRefused,
            Self::NotSet | Self::NotOurs => AuditKind::EffectFailed { purpose },
            Self::Unknown => AuditKind::EffectUncertain { purpose },
        }
    }
}

/// While the password is at hand: last-changed time and at most one bind that is refused, since those count towards a
/// lock.
pub async fn resolved(shell: &Shell, tenant: &TenantParts, intent: &Intent, password: &Password) -> Fate {
    let (clock, directory) = (&shell.parts.clock, &tenant.directory);
    let lost = clock.now();
    let mut unchanged = false;
    for offset in LOOKS {
        clock.sleep_until(lost + offset).await;
        match directory.resolve(&intent.account, intent.changed_before, password).await {
            Resolution::Applied => return Fate::Set,
            // The write may still be under way: only the last look counts.
            Resolution::NotApplied => unchanged = true,
            Resolution::Different => return undecided(shell, tenant, intent, lost).await,
            Resolution::Unclear => unchanged = false,
        }
        if clock.now() >= lost + ENOUGH {
            break;
        }
    }
    if unchanged { Fate::NotSet } else { Fate::Unknown }
}

/// Somebody changed the password, and not to ours. Ours may still be under way; that it is not binding says no bind.
async fn undecided(shell: &Shell, tenant: &TenantParts, intent: &Intent, lost: Timestamp) -> Fate {
    let changed = async || Some(tenant.directory.read(&intent.account).await.ok()??.password_changed);
    let before = changed().await;
    shell.parts.clock.sleep_until(lost + OVER).await;
    match (before, changed().await) {
        (Some(before), Some(after)) if before == after => Fate::NotSet,
        _ => Fate::Unknown,
    }
}

/// Without the password: whether the directory's last-changed time moved when it was sent.
pub async fn witnessed(shell: &Shell, tenant: &TenantParts, intent: &Intent) -> Fate {
    let clock = &shell.parts.clock;
    clock.sleep_until(intent.at + OVER).await;
    let began = clock.now();
    for offset in LOOKS {
        match tenant.directory.read(&intent.account).await {
            Ok(Some(account)) => return seen(intent, account.password_changed),
            Ok(None) => return Fate::NotOurs,
            Err(error) => away(&tenant.tenant.id, &error),
        };
        clock.sleep_until(began + offset).await;
    }
    Fate::Unknown
}

fn seen(intent: &Intent, changed: Option<Timestamp>) -> Fate {
    let Some(changed) = changed else { return Fate::Unknown };
    let apart = changed.0.abs_diff(intent.at.0);
    match intent.changed_before {
        Some(before) if before == changed && apart >= SAME_MS => Fate::NotSet,
        Some(before) if before == changed => Fate::Unknown,
        Some(_) | None if apart <= SKEW_MS => Fate::Set,
        Some(_) | None => Fate::Unknown,
    }
}

/// Puts the intent on record if that was not done before; once, however often it is tried.
pub async fn intended(shell: &Shell, intent: &Intent) {
    let kind = AuditKind::EffectIntended { purpose: Purpose::ResetPassword };
    let operation = format!("{}:intent", intent.effect);
    if let Err(error) = shell.parts.audit.append(&operation, &[event(intent, intent.at, kind)]).await {
        tracing::error!(conversation = %intent.conversation, %error, "an intent could not be recorded");
    }
}

pub fn event(intent: &Intent, at: Timestamp, kind: AuditKind) -> AuditEvent {
    AuditEvent {
        at,
        tenant: intent.tenant.clone(),
        run: Some(intent.run),
        channel: Some(intent.peer.channel),
        subject: Some(intent.account.clone()),
        kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{AccountId, ConversationId, EffectId, RunId, TenantId};
    use crate::model::peer::{Channel, Language, Peer};
    use crate::runtime::record::Stage;

    const NOON: Timestamp = Timestamp(1_000_000_000);

    fn intent(changed_before: Option<Timestamp>) -> Intent {
        let tenant = TenantId("uni".to_owned());
        let (bot, user) = ("bot".to_owned(), "user".to_owned());
        Intent {
            tenant: tenant.clone(),
            account: AccountId("1".to_owned()),
            conversation: ConversationId([1; 16]),
            run: RunId([2; 16]),
            effect: EffectId([3; 16]),
            peer: Peer { tenant, channel: Channel::Browser, bot, user },
            language: Language("en".to_owned()),
            at: NOON,
            changed_before,
            stage: Stage::Sent,
        }
    }

    #[test]
    fn the_last_changed_time_tells() {
        let before = Timestamp(NOON.0 - 60_000);
        let table = [
            (Some(before), Some(before), Fate::NotSet),
            (Some(before), Some(NOON + Seconds(1)), Fate::Set),
            (None, Some(NOON + Seconds(1)), Fate::Set),
            // Somebody else, later.
            (Some(before), Some(NOON + Seconds(600)), Fate::Unknown),
            // It counts whole seconds, and another change was made in this one.
            (Some(NOON), Some(NOON), Fate::Unknown),
            // It keeps no time.
            (None, None, Fate::Unknown),
        ];
        for (before, now, fate) in table {
            assert_eq!(seen(&intent(before), now), fate, "{before:?} {now:?}");
        }
    }
}
