//! One word to an address that an account lost. The registry keeps the address until it was told.

use std::sync::Arc;

use crate::model::contacts::Contact;
use crate::ports::store::RowId;
use crate::runtime::letters::{self, NoticeLetter};
use crate::runtime::notices;
use crate::runtime::outbox::Fate;
use crate::runtime::outbox::deliver::{TRIES_LETTER, fate, marked};
use crate::runtime::record::OutboxRow;
use crate::runtime::shell::Shell;

pub async fn farewell(shell: &Arc<Shell>, id: RowId, row: &OutboxRow) -> Fate {
    let OutboxRow::Farewell { tenant, former, language, notice, lost, .. } = row else { return Fate::Done };
    let Some(kept) = &shell.parts.former else { return Fate::Dead { why: "no registry of former addresses" } };
    let contact = match kept.address(*former).await {
        Ok(Some(contact)) => contact,
        // Told, and the process died before the row was ticked off.
        Ok(None) => return Fate::Done,
        Err(_) => return Fate::Later { after: None, tries: TRIES_LETTER },
    };
    let Some(parts) = shell.parts.tenants.get(tenant) else { return Fate::Dead { why: "no such tenant" } };
    let letter = NoticeLetter {
        catalog: &shell.parts.catalog,
        tenant: &parts.tenant,
        language,
        template: &OutboxRow::farewell(),
        channel: None,
        done: *lost,
        not_me: notices::url(&shell.parts.public_url, notice),
        id: id.0,
    };
    if let Some(later) = marked(shell, id, row).await {
        return later;
    }
    let sent = match (contact, &shell.parts.mail, &shell.parts.text_sender) {
        (Contact::Email(to), Some(mail), _) => mail.send(&letters::notice_mail(&letter, to)).await,
        (Contact::Phone(to), _, Some(texts)) => texts.send(&letters::notice_text(&letter, to)).await,
        (Contact::Email(_) | Contact::Phone(_), _, _) => return Fate::Dead { why: "no sender" },
    };
    if sent.is_ok()
        && let Err(error) = kept.forget(*former).await
    {
        // It is cleared away with time; only a row that comes again would be told twice.
        tracing::warn!(%error, "a former address that was told is still kept");
    }
    fate(sent, TRIES_LETTER)
}
