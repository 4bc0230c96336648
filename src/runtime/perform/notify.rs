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
use crate::runtime::perform::account::{Away, contacts};
use crate::runtime::perform::{Performed, Wish};
use crate::runtime::places;
use crate::runtime::record::{NoticeRecord, OutboxRow, encode};
use crate::runtime::turn::enqueue;
use crate::verify::target;

pub async fn notify(wish: &Wish<'_>, template: &MessageKey) -> Performed {
    let Some(account) = wish.conversation.account() else { return Outcome::Unavailable.into() };
    let registered = match contacts(wish.shell, wish.tenant, account).await {
        Ok(registered) => registered.unwrap_or_default(),
        Err(Away) => return Outcome::Unavailable.into(),
    };
    let parts = &wish.shell.parts;
    let (tenant, run) = (&wish.tenant.tenant.id, wish.conversation.run);
    let now = wish.shell.now();
    let notice = notices::token(&parts.keys, tenant, run);
    let mut told = BTreeSet::new();
    let mut ops = Vec::new();
    for contact in registered.iter().filter(|contact| reachable(wish, contact)) {
        let target = target::of_contact(tenant, &contact.contact, &parts.keys);
        if !told.insert(target) {
            continue;
        }
        let row = OutboxRow::Notice {
            tenant: tenant.clone(),
            account: account.clone(),
            target,
            template: template.clone(),
            language: wish.conversation.language.clone(),
            channel: wish.conversation.peer.channel,
            notice,
            run,
            written: now,
        };
        ops.push(enqueue(places::target_lane(&target), &row, now));
    }
    let expires = now + NOTICE_LIFE;
    let record = NoticeRecord {
        tenant: tenant.clone(),
        account: account.clone(),
        run,
        language: wish.conversation.language.clone(),
        done: now,
        expires,
    };
    let key = places::notice(&notice);
    ops.push(Op::Put { key, value: encode(&record), expect: Expect::Anything, expires });
    let messages = u8::try_from(told.len()).unwrap_or(u8::MAX);
    Performed { result: EffectResult::Notified { messages }, ops }
}

/// Mail goes to every address, texts to every number that takes them.
fn reachable(wish: &Wish<'_>, contact: &RegisteredContact) -> bool {
    match contact.contact {
        Contact::Email(_) => wish.shell.parts.mail.is_some(),
        Contact::Phone(_) => contact.methods.contains(&Method::Sms) && wish.shell.parts.text_sender.is_some(),
    }
}
