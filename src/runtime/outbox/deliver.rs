//! One row: to a channel, a registered address, the audit record or the registry.

use std::sync::Arc;

use crate::engine::event::{Act, Event};
use crate::model::contacts::Contact;
use crate::model::ids::{AccountId, ConversationId, EventId, LegId, TargetHash, TenantId, VaultKey};
use crate::model::method::Method;
use crate::model::prompt::Input;
use crate::model::secrets::Secret;
use crate::model::time::Seconds;
use crate::ports::messenger::SendError;
use crate::ports::store::RowId;
use crate::runtime::letters::{self, CodeLetter, NoticeLetter};
use crate::runtime::notices;
use crate::runtime::outbox::{Fate, call, farewell, link, lost, mark};
use crate::runtime::perform::notify::notices as notices_to;
use crate::runtime::perform::{Away, Lookup, contact_behind};
use crate::runtime::places;
use crate::runtime::record::{OutboxRow, Tiding};
use crate::runtime::shell::Shell;
use crate::runtime::turn::{Advanced, Source, advance, drive, load};

/// A prompt that could not be shown for so long belongs to another question by now.
const STALE_PROMPT: Seconds = Seconds::minutes(15);
/// News, such as that a password was changed, is news for longer.
const STALE_NEWS: Seconds = Seconds::hours(24);
/// How long a code waits for a clock that jumped.
const UNSETTLED: Seconds = Seconds(30);
/// Five tries are about a minute, twelve about half an hour.
const TRIES_SAY: u32 = 10;
pub(super) const TRIES_LETTER: u32 = 12;
/// Codes by text: one more try where the first certainly did not leave.
pub(super) const TRIES_CODE: u32 = 2;
/// The longest that a person waits for that second try.
pub(super) const PATIENCE: Seconds = Seconds(20);
/// Why a text was given up that may have been delivered.
pub(super) const UNKNOWN: &str = "nobody knows whether it was sent";
/// About a day and a half, five minutes apart.
const TRIES_TELL: u32 = 400;
/// The record and the counters are never given up.
const TRIES_CHORE: u32 = u32::MAX;

pub async fn deliver(shell: &Arc<Shell>, id: RowId, row: &mut OutboxRow, attempts: u32) -> Fate {
    match row {
        OutboxRow::Say { peer, language, prompt, written, .. } => {
            if *written + STALE_PROMPT < shell.now() {
                return Fate::Dead { why: "too old" };
            }
            let Some(channel) = shell.parts.channels.get(&peer.channel) else {
                return Fate::Dead { why: "no such channel" };
            };
            match channel.show(id.0, peer, language, prompt).await {
                // Platforms take a message that comes twice for two.
                Err(SendError::Unknown { .. }) if peer.channel.is_remote() => Fate::Dead { why: UNKNOWN },
                shown => fate(shown, TRIES_SAY),
            }
        }
        OutboxRow::Together { peer, language, prompts, written, .. } => {
            let asks = prompts.iter().any(|prompt| prompt.input != Input::Nothing || prompt.page.is_some());
            if *written + if asks { STALE_PROMPT } else { STALE_NEWS } < shell.now() {
                return Fate::Dead { why: "too old" };
            }
            let Some(channel) = shell.parts.channels.get(&peer.channel) else {
                return Fate::Dead { why: "no such channel" };
            };
            match channel.show_all(id.0, peer, language, prompts).await {
                Err(SendError::Unknown { .. }) => Fate::Dead { why: UNKNOWN },
                shown => fate(shown, TRIES_CHORE),
            }
        }
        OutboxRow::Code { .. } => code(shell, id, row, attempts).await,
        OutboxRow::Notice { .. } => notice(shell, id, row).await,
        OutboxRow::Audit(events) => {
            let recorded = shell.parts.audit.append(&format!("row:{}", id.0), events).await;
            chore("the audit record", recorded.map_err(|error| error.to_string()), attempts)
        }
        OutboxRow::Refund { tenant, operation } => {
            let refunded = shell.parts.registry.refund(tenant, operation).await;
            chore("the registry", refunded.map_err(|error| error.to_string()), attempts)
        }
        OutboxRow::Forgive { tenant, limit_key } => {
            let forgiven = shell.parts.registry.forgive(tenant, limit_key).await;
            chore("the registry", forgiven.map_err(|error| error.to_string()), attempts)
        }
        OutboxRow::ToParent { parent, leg, act } => {
            let event = Event::Leg { leg: *leg, act: (*act).into() };
            post(shell, *parent, event, attempts).await
        }
        OutboxRow::CloseLeg { leg } => close_leg(shell, *leg, attempts).await,
        OutboxRow::Tell(tiding) => tell(shell, tiding, attempts).await,
        OutboxRow::Farewell { .. } => farewell::farewell(shell, id, row).await,
        OutboxRow::Call { .. } => call::call(shell, id, row, attempts).await,
        OutboxRow::Link { .. } => link::link(shell, id, row, attempts).await,
    }
}

/// A delivered code: `once` by text, where a double is money and confusion; mail may come twice. Whoever waits for one
/// that will not come hears of it at once.
async fn code(shell: &Arc<Shell>, id: RowId, row: &mut OutboxRow, attempts: u32) -> Fate {
    let OutboxRow::Code { challenge, .. } = &*row else { return Fate::Done };
    let challenge = *challenge;
    let fate = match send_code(shell, id, row).await {
        // The person sits and waits: one more try, and soon, or none.
        Fate::Later { after, tries: TRIES_CODE } if attempts > 0 || after.is_some_and(|after| after > PATIENCE) => {
            Fate::Dead { why: "the sender is away" }
        }
        fate => fate,
    };
    match &fate {
        Fate::Later { .. } => return fate,
        Fate::Done => {}
        Fate::Dead { why } => lost::lost(shell, challenge, *why != UNKNOWN).await,
    }
    shell.vault.remove(VaultKey(challenge.0));
    fate
}

async fn send_code(shell: &Arc<Shell>, id: RowId, row: &mut OutboxRow) -> Fate {
    let OutboxRow::Code {
        tenant,
        account,
        method,
        target,
        challenge,
        expires,
        language,
        purpose,
        channel,
        attempted,
        ..
    } = &mut *row
    else {
        return Fate::Done;
    };
    // A decoy's. Written for the look of it.
    let Some(account) = account else { return Fate::Done };
    let now = shell.now();
    // Gone with a restart or too old: the person may ask for another.
    let secret = shell.vault.get(VaultKey(challenge.0), now).filter(|_| now < *expires);
    let Some(secret) = secret else { return Fate::Done };
    let Secret::Code(code) = secret.as_ref() else { return Fate::Done };
    if shell.parts.clock.unsettled() {
        // Nobody knows what the code's five minutes are worth just now.
        return Fate::Later { after: Some(UNSETTLED), tries: TRIES_LETTER };
    }
    if *attempted {
        return Fate::Dead { why: UNKNOWN };
    }
    let contact = match look_up(shell, tenant, account, target, Some(*method)).await {
        Ok(contact) => contact,
        Err(Fate::Later { after, .. }) => return Fate::Later { after, tries: TRIES_CODE },
        Err(fate) => return fate,
    };
    let Some(parts) = shell.parts.tenants.get(tenant) else { return Fate::Dead { why: "no such tenant" } };
    let letter = CodeLetter {
        catalog: &shell.parts.catalog,
        tenant: &parts.tenant,
        language,
        code,
        purpose: *purpose,
        channel: *channel,
        id: id.0,
        challenge: *challenge,
    };
    match (contact, &shell.parts.mail, &shell.parts.text_sender) {
        (Contact::Email(to), Some(mail), _) => {
            let letter = letters::code_mail(&letter, to);
            match marked(shell, id, row).await {
                Some(later) => later,
                None => fate(mail.send(&letter).await, TRIES_LETTER),
            }
        }
        (Contact::Phone(to), _, Some(texts)) => {
            let message = letters::code_text(&letter, to);
            *attempted = true;
            if let Some(later) = marked(shell, id, row).await {
                return later;
            }
            match texts.send(&message).await {
                Err(SendError::Unknown { .. }) => Fate::Dead { why: UNKNOWN },
                sent => {
                    if let OutboxRow::Code { attempted, .. } = row {
                        *attempted = false;
                    }
                    fate(sent, TRIES_CODE)
                }
            }
        }
        (Contact::Email(_) | Contact::Phone(_), _, _) => Fate::Dead { why: "no sender" },
    }
}

/// Writes the row once more before it leaves: what cannot be ticked off is not sent.
pub(super) async fn marked(shell: &Shell, id: RowId, row: &OutboxRow) -> Option<Fate> {
    let error = mark(shell, id, row).await.err()?;
    tracing::error!(%error, "nothing is sent before that is on record");
    Some(Fate::Later { after: None, tries: TRIES_CHORE })
}

async fn notice(shell: &Arc<Shell>, id: RowId, row: &OutboxRow) -> Fate {
    let OutboxRow::Notice { tenant, account, target, template, language, channel, notice, written, .. } = row else {
        return Fate::Done;
    };
    let contact = match look_up(shell, tenant, account, target, None).await {
        Ok(contact) => contact,
        Err(fate) => return fate,
    };
    let Some(parts) = shell.parts.tenants.get(tenant) else { return Fate::Dead { why: "no such tenant" } };
    let letter = NoticeLetter {
        catalog: &shell.parts.catalog,
        tenant: &parts.tenant,
        language,
        template,
        channel: Some(*channel),
        done: *written,
        not_me: notices::url(&shell.parts.public_url, notice),
        id: id.0,
    };
    if let Some(later) = marked(shell, id, row).await {
        return later;
    }
    match (contact, &shell.parts.mail, &shell.parts.text_sender) {
        (Contact::Email(to), Some(mail), _) => fate(mail.send(&letters::notice_mail(&letter, to)).await, TRIES_LETTER),
        (Contact::Phone(to), _, Some(texts)) => {
            fate(texts.send(&letters::notice_text(&letter, to)).await, TRIES_LETTER)
        }
        (Contact::Email(_) | Contact::Phone(_), _, _) => Fate::Dead { why: "no sender" },
    }
}

/// One notice a registered address. While the directory is away nobody knows the addresses; the owner waits, but is told.
async fn tell(shell: &Shell, tiding: &Tiding, attempts: u32) -> Fate {
    match notices_to(shell, tiding).await {
        Err(Away) => Fate::Later { after: None, tries: TRIES_TELL },
        Ok((_, ops)) => {
            let written = shell.parts.store.commit(ops).await;
            shell.outbox.wrote();
            chore("the notices", written.map(|_| ()).map_err(|error| error.to_string()), attempts)
        }
    }
}

pub(super) async fn look_up(
    shell: &Shell,
    tenant: &TenantId,
    account: &AccountId,
    target: &TargetHash,
    method: Option<Method>,
) -> Result<Contact, Fate> {
    let Some(parts) = shell.parts.tenants.get(tenant) else { return Err(Fate::Dead { why: "no such tenant" }) };
    match contact_behind(shell, parts, account, target, method).await {
        Lookup::Found(contact) => Ok(contact),
        Lookup::Gone => Err(Fate::Dead { why: "not registered any more" }),
        Lookup::Away => Err(Fate::Later { after: None, tries: TRIES_LETTER }),
    }
}

/// Hands an event of our own to a conversation.
pub(super) async fn post(shell: &Arc<Shell>, id: ConversationId, event: Event, attempts: u32) -> Fate {
    let found = match load(shell, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return Fate::Done,
        Err(error) => return chore("the store", Err(error.to_string()), attempts),
    };
    let held = shell.locks.enter_surely(places::peer_hash(&shell.parts.keys, &found.conversation.peer)).await;
    let working = shell.work();
    match advance(shell, &Source::Conversation(id), event, Vec::new()).await {
        Ok(Advanced::Stepped(stepped)) => {
            // What follows goes on by itself; the lane need not wait for it.
            drop(drive(Arc::clone(shell), held, working, *stepped));
            Fate::Done
        }
        Ok(Advanced::Duplicate(_) | Advanced::Nothing) => Fate::Done,
        Err(error) => chore("the store", Err(error.to_string()), attempts),
    }
}

pub(super) async fn close_leg(shell: &Arc<Shell>, leg: LegId, attempts: u32) -> Fate {
    let pointer = match shell.parts.store.get(&places::leg(leg)).await {
        Ok(Some(pointer)) => pointer,
        Ok(None) => return Fate::Done,
        Err(error) => return chore("the store", Err(error.to_string()), attempts),
    };
    let Ok(id) = pointer.value.as_slice().try_into().map(ConversationId) else { return Fate::Done };
    let event = Event::Inbound { id: EventId(format!("close:{leg}")), act: Act::HungUp };
    post(shell, id, event, attempts).await
}

fn chore(what: &'static str, done: Result<(), String>, attempts: u32) -> Fate {
    match done {
        Ok(()) => Fate::Done,
        Err(error) => {
            tracing::error!(part = what, error, attempts, "not written yet");
            Fate::Later { after: None, tries: TRIES_CHORE }
        }
    }
}

/// What a sender says of a failure may quote an address, so it is not logged here; senders log what may be known.
pub(super) fn fate(sent: Result<(), SendError>, tries: u32) -> Fate {
    match sent {
        Ok(()) => Fate::Done,
        Err(SendError::Retry { after_seconds, .. }) => {
            tracing::warn!(outcome = "retry", "a message is tried again later");
            Fate::Later { after: after_seconds.map(Seconds), tries }
        }
        // A double is harmless here: codes by text do not come this way.
        Err(SendError::Unknown { .. }) => {
            tracing::warn!(outcome = "unknown", "a message may have been delivered and is sent again");
            Fate::Later { after: None, tries }
        }
        Err(SendError::Dead { .. }) => Fate::Dead { why: "refused" },
    }
}
