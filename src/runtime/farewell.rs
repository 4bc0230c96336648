//! Word to addresses that an account lost: the registry keeps them, this puts a message for each into the outbox, a few a
//! minute, mail before text. A crash in between loses nothing, and the record behind the link keeps it from being said twice.

use std::sync::Arc;

use crate::audit::{AuditEvent, AuditKind};
use crate::model::contacts::{Contact, PhoneNumber};
use crate::model::ids::{FormerId, RunId, TargetHash};
use crate::model::peer::Language;
use crate::model::time::{Seconds, Timestamp};
use crate::policy::limits::{Limit, sends};
use crate::ports::former::{Carrier, FormerAddress, FormerAddresses, KEPT};
use crate::ports::registry::{Count, RegistryError};
use crate::ports::store::{Expect, Op, StoreError};
use crate::runtime::caps;
use crate::runtime::notices::{self, NOTICE_LIFE};
use crate::runtime::parts::TenantParts;
use crate::runtime::perform::{Away, contacts};
use crate::runtime::places;
use crate::runtime::record::{NoticeRecord, OutboxRow, encode};
use crate::runtime::shell::Shell;
use crate::runtime::turn::enqueue;
use crate::verify::keys::Keys;
use crate::verify::target;

/// Imports come now and then, beside the running service; a minute is soon enough.
const EVERY: Seconds = Seconds(60);
/// What leaves a minute. Forty thousand mails take eleven hours, and the mail server has room for codes meanwhile.
const MAILS: usize = 60;
const TEXTS: usize = 6;
/// Rows that are looked at for those: some may have to wait for a limit of their own.
const LOOKED_AT: u32 = 600;

/// Why a pass ended early; the next one goes on.
#[derive(Debug, thiserror::Error)]
enum Held {
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of one address.
#[derive(PartialEq, Eq)]
enum Done {
    Written,
    /// There is nothing to tell, or nobody whom to tell it.
    Dropped,
    /// A limit or a directory that is away; it waits.
    Waits,
}

/// Runs until it is aborted.
pub async fn run(shell: Arc<Shell>) {
    let Some(former) = shell.parts.former.clone() else { return };
    loop {
        let next = shell.now() + EVERY;
        if let Err(error) = pass(&shell, &*former).await {
            tracing::warn!(%error, "former addresses are told later");
        }
        shell.parts.clock.rest_until(next).await;
    }
}

async fn pass(shell: &Shell, former: &dyn FormerAddresses) -> Result<(), Held> {
    for (by, wired, most) in
        [(Carrier::Mail, shell.parts.mail.is_some(), MAILS), (Carrier::Text, shell.parts.text_sender.is_some(), TEXTS)]
    {
        let mut left = most;
        for lost in former.waiting(by, LOOKED_AT).await? {
            if left == 0 || shell.stopping() || !shell.health.store.works() {
                break;
            }
            match farewell(shell, former, &lost, wired).await? {
                Done::Written => left -= 1,
                Done::Dropped => former.forget(lost.id).await?,
                Done::Waits => {}
            }
        }
    }
    Ok(())
}

async fn farewell(
    shell: &Shell,
    former: &dyn FormerAddresses,
    lost: &FormerAddress,
    wired: bool,
) -> Result<Done, Held> {
    let now = shell.now();
    let Some(parts) = shell.parts.tenants.get(&lost.tenant) else { return Ok(late(shell, lost, now).await) };
    let to = target::of_contact(&lost.tenant, &lost.contact, &shell.parts.keys);
    let registered = match contacts(shell, parts, &lost.account).await {
        Ok(registered) => registered.unwrap_or_default(),
        Err(Away) => return Ok(late(shell, lost, now).await),
    };
    // Registered again, or by the directory as well: nobody lost anything.
    if registered.iter().any(|one| target::of_contact(&lost.tenant, &one.contact, &shell.parts.keys) == to) {
        return Ok(Done::Dropped);
    }
    if !wired {
        return Ok(late(shell, lost, now).await);
    }
    if let Contact::Phone(number) = &lost.contact
        && !granted(shell, parts, number, lost.id, &to, now).await?
    {
        return Ok(late(shell, lost, now).await);
    }
    let run = run_of(&shell.parts.keys, lost.id);
    match shell.parts.store.commit(batch(shell, parts, lost, run, now)).await {
        // The last pass stopped behind its batch: it is written already.
        Ok(_) | Err(StoreError::Conflict) => {}
        Err(error) => return Err(error.into()),
    }
    shell.outbox.wrote();
    former.taken_up(lost.id, now).await?;
    Ok(Done::Written)
}

/// The message, the record behind its link, and a line for the audit record.
fn batch(shell: &Shell, parts: &TenantParts, lost: &FormerAddress, run: RunId, now: Timestamp) -> Vec<Op> {
    let (tenant, account) = (lost.tenant.clone(), lost.account.clone());
    let language = parts.tenant.languages.first().or(shell.parts.catalog.languages().first()).cloned();
    let language = language.unwrap_or(Language(String::from("en")));
    let notice = notices::token(&shell.parts.keys, &tenant, run);
    let to = target::of_contact(&tenant, &lost.contact, &shell.parts.keys);
    let row = OutboxRow::Farewell {
        tenant: tenant.clone(),
        former: lost.id,
        language: language.clone(),
        notice,
        run,
        lost: lost.at,
    };
    let kind = AuditKind::OwnerNotified { messages: 1 };
    let subject = Some(account.clone());
    let event = AuditEvent { at: now, tenant: tenant.clone(), run: Some(run), channel: None, subject, kind };
    let expires = now + NOTICE_LIFE;
    let record = NoticeRecord { tenant, account, run, language, done: lost.at, expires };
    vec![
        Op::Put { key: places::notice(&notice), value: encode(&record), expect: Expect::Absent, expires },
        enqueue(places::target_lane(&to), &row, now),
        enqueue(places::run_lane(run), &OutboxRow::Audit(vec![event]), now),
    ]
}

/// Whether a text may leave now. The caps are there for people who wait for a code, so the last half of each is theirs.
async fn granted(
    shell: &Shell,
    parts: &TenantParts,
    number: &PhoneNumber,
    id: FormerId,
    to: &TargetHash,
    now: Timestamp,
) -> Result<bool, RegistryError> {
    let tenant = &parts.tenant;
    if !tenant.rings(number) {
        return Ok(false);
    }
    let limits = sends::unasked(number, to, tenant);
    let caps: Vec<Limit> = limits.iter().filter(|limit| limit.is_cap()).cloned().collect();
    let levels = shell.parts.registry.levels(&tenant.id, &caps, now).await?;
    if caps.iter().zip(&levels).any(|(cap, level)| (level.count + 1) * 2 >= cap.limit) {
        return Ok(false);
    }
    // A refusal holds for its operation for good, so each try is another one.
    let operation = format!("farewell:{id}:{}", now.0);
    let counted = shell.parts.registry.count(&tenant.id, &operation, &limits, now).await?;
    caps::watch(shell, &tenant.id, &limits).await;
    Ok(counted == Count::Allowed)
}

/// It waits, unless it has done so for too long.
async fn late(shell: &Shell, lost: &FormerAddress, now: Timestamp) -> Done {
    if now < lost.at + KEPT {
        return Done::Waits;
    }
    let run = Some(run_of(&shell.parts.keys, lost.id));
    let kind = AuditKind::DeadLetter { template: OutboxRow::farewell() };
    let event = AuditEvent { at: now, tenant: lost.tenant.clone(), run, channel: None, subject: None, kind };
    match shell.parts.audit.append(&format!("farewell:{}:dead", lost.id), &[event]).await {
        Ok(()) => {
            tracing::error!(tenant = %lost.tenant, outcome = "too old", "a former address was never told");
            Done::Dropped
        }
        Err(_) => Done::Waits,
    }
}

/// The case under which the word is on record: always the same for one row, whoever takes it up.
fn run_of(keys: &Keys, id: FormerId) -> RunId {
    let tag = keys.pseudonym.tag(&[b"farewell", &id.0]);
    let mut run = [0; 16];
    run.copy_from_slice(&tag[..16]);
    RunId(run)
}
