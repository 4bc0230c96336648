//! Tells every registered address what was done, with a way back.

use std::collections::BTreeSet;

use crate::engine::event::EffectResult;
use crate::flow::effect::Outcome;
use crate::model::account::RegisteredContact;
use crate::model::contacts::Contact;
use crate::model::method::Method;
use crate::model::names::MessageKey;
use crate::ports::store::{Expect, Op};
use crate::runtime::notices::{self, NOTICE_LIFE};
use crate::runtime::parts::Parts;
use crate::runtime::perform::account::{Away, contacts};
use crate::runtime::perform::{Performed, Wish};
use crate::runtime::places;
use crate::runtime::record::{NoticeRecord, OutboxRow, Tiding, encode};
use crate::runtime::shell::Shell;
use crate::runtime::turn::enqueue;
use crate::verify::target;

pub async fn notify(wish: &Wish<'_>, template: &MessageKey) -> Performed {
    let Some(account) = wish.conversation.account() else { return Outcome::Unavailable.into() };
    let tiding = Tiding {
        tenant: wish.tenant.tenant.id.clone(),
        account: account.clone(),
        run: wish.conversation.run,
        template: template.clone(),
        language: wish.conversation.language.clone(),
        channel: wish.conversation.peer.channel,
        done: wish.shell.now(),
    };
    match notices(wish.shell, &tiding).await {
        Ok((messages, ops)) => Performed { result: EffectResult::Notified { messages }, ops },
        // Who the owner is will be asked again when the directory is back.
        Err(Away) => Performed { result: EffectResult::Notified { messages: 0 }, ops: vec![later(tiding, wish.shell)] },
    }
}

/// Tells the owner as soon as the directory says where.
pub fn later(tiding: Tiding, shell: &Shell) -> Op {
    enqueue(places::run_lane(tiding.run), &OutboxRow::Tell(tiding), shell.now())
}

/// A notice to each address that is registered now, and the record behind their links; how many addresses.
pub async fn notices(shell: &Shell, tiding: &Tiding) -> Result<(u8, Vec<Op>), Away> {
    let parts = &shell.parts;
    let Tiding { tenant, account, run, template, language, channel, done } = tiding;
    let Some(of_tenant) = parts.tenants.get(tenant) else { return Ok((0, Vec::new())) };
    let registered = contacts(shell, of_tenant, account).await?.unwrap_or_default();
    let now = shell.now();
    let notice = notices::token(&parts.keys, tenant, *run);
    let mut told = BTreeSet::new();
    let mut ops = Vec::new();
    for contact in registered.iter().filter(|contact| reachable(parts, contact)) {
        let target = target::of_contact(tenant, &contact.contact, &parts.keys);
        if !told.insert(target) {
            continue;
        }
        let row = OutboxRow::Notice {
            tenant: tenant.clone(),
            account: account.clone(),
            target,
            template: template.clone(),
            language: language.clone(),
            channel: *channel,
            notice,
            run: *run,
            written: *done,
        };
        ops.push(enqueue(places::target_lane(&target), &row, now));
    }
    let expires = now + NOTICE_LIFE;
    let (tenant, account, language) = (tenant.clone(), account.clone(), language.clone());
    let record = NoticeRecord { tenant, account, run: *run, language, done: *done, expires };
    let key = places::notice(&notice);
    ops.push(Op::Put { key, value: encode(&record), expect: Expect::Anything, expires });
    Ok((u8::try_from(told.len()).unwrap_or(u8::MAX), ops))
}

/// Mail goes to every address, texts to every number that takes them.
fn reachable(parts: &Parts, contact: &RegisteredContact) -> bool {
    match contact.contact {
        Contact::Email(_) => parts.mail.is_some(),
        Contact::Phone(_) => contact.methods.contains(&Method::Sms) && parts.text_sender.is_some(),
    }
}
