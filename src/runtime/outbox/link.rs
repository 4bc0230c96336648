//! A link to a private page, for somebody on the telephone: to a registered address that was no check of the case.

use std::sync::Arc;

use crate::model::contacts::Contact;
use crate::model::time::Seconds;
use crate::ports::messenger::SendError;
use crate::ports::store::RowId;
use crate::runtime::letters::{self, LinkLetter};
use crate::runtime::outbox::Fate;
use crate::runtime::outbox::deliver::{PATIENCE, TRIES_CODE, UNKNOWN, look_up, marked};
use crate::runtime::outbox::lost;
use crate::runtime::pages;
use crate::runtime::record::OutboxRow;
use crate::runtime::shell::Shell;

/// Sent once: the caller waits on the line, and may have the password read out instead.
pub async fn link(shell: &Arc<Shell>, id: RowId, row: &mut OutboxRow, attempts: u32) -> Fate {
    let OutboxRow::Link { page, .. } = &*row else { return Fate::Done };
    let page = *page;
    let fate = match send(shell, id, row).await {
        Fate::Later { after, tries: TRIES_CODE } if attempts > 0 || after.is_some_and(|after| after > PATIENCE) => {
            Fate::Dead { why: "the sender is away" }
        }
        fate => fate,
    };
    if matches!(&fate, Fate::Dead { why } if *why != UNKNOWN) {
        lost::link_lost(shell, page).await;
    }
    fate
}

async fn send(shell: &Arc<Shell>, id: RowId, row: &mut OutboxRow) -> Fate {
    let OutboxRow::Link { tenant, account, method, target, page, expires, language, attempted } = &mut *row else {
        return Fate::Done;
    };
    // A decoy's; nobody who is one comes so far.
    let Some(account) = account else { return Fate::Done };
    if shell.now() >= *expires {
        return Fate::Done;
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
    let letter = LinkLetter {
        catalog: &shell.parts.catalog,
        tenant: &parts.tenant,
        language,
        link: pages::url(&shell.parts.keys, &shell.parts.public_url, *page),
        minutes: shell.now().until(*expires).0 / 60,
        id: id.0,
    };
    let (mail, text) = match contact {
        Contact::Email(to) => (Some(letters::link_mail(&letter, to)), None),
        Contact::Phone(to) => (None, Some(letters::link_text(&letter, to))),
    };
    *attempted = true;
    if let Some(later) = marked(shell, id, row).await {
        return later;
    }
    let sent = match (mail, text, &shell.parts.mail, &shell.parts.text_sender) {
        (Some(mail), _, Some(sender), _) => sender.send(&mail).await,
        (_, Some(text), _, Some(sender)) => sender.send(&text).await,
        _ => return Fate::Dead { why: "no sender" },
    };
    match sent {
        Ok(()) => Fate::Done,
        Err(SendError::Unknown { .. }) => Fate::Dead { why: UNKNOWN },
        Err(SendError::Dead { .. }) => Fate::Dead { why: "refused" },
        Err(SendError::Retry { after_seconds, .. }) => {
            if let OutboxRow::Link { attempted, .. } = row {
                *attempted = false;
            }
            Fate::Later { after: after_seconds.map(Seconds), tries: TRIES_CODE }
        }
    }
}
