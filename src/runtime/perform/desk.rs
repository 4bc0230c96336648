//! Hands a case over to people, and closes an account that somebody else reaches for.

use crate::audit::AuditKind;
use crate::engine::conversation::Slot;
use crate::engine::event::EffectResult;
use crate::flow::effect::Outcome;
use crate::model::ids::AccountId;
use crate::model::method::Method;
use crate::model::names::MessageKey;
use crate::model::peer::Surface;
use crate::model::purpose::Purpose;
use crate::model::time::Seconds;
use crate::ports::desk::Ticket;
use crate::ports::messenger::SendError;
use crate::ports::store::{Expect, Op};
use crate::runtime::perform::set_password::event;
use crate::runtime::perform::{Performed, Wish};
use crate::runtime::places;
use crate::runtime::record::{Connect, encode};

/// How long a call may be found connected.
const CONNECTED: Seconds = Seconds::hours(1);
/// Waits between attempts to close an account.
const WAITS: [Seconds; 3] = [Seconds(1), Seconds(2), Seconds(4)];

pub async fn open_ticket(wish: &Wish<'_>, template: &MessageKey, verified: &[Method]) -> EffectResult {
    let Some(desk) = &wish.shell.parts.desk else { return EffectResult::Plain(Outcome::Unavailable) };
    match desk.open(&ticket(wish, template.as_str(), verified)).await {
        Ok(number) => EffectResult::Ticket { number },
        Err(error) => {
            tracing::warn!(conversation = %wish.conversation.id, outcome = outcome(&error), "no ticket was opened");
            EffectResult::Plain(Outcome::Unavailable)
        }
    }
}

/// Hands the call itself to a person, while the desk takes calls.
pub fn transfer(wish: &Wish<'_>) -> Performed {
    let tenant = &wish.tenant.tenant;
    let conversation = wish.conversation;
    let now = wish.shell.now();
    let to = tenant.takes_calls(now).filter(|_| conversation.surface == Surface::Voice);
    let Some(to) = to else { return Outcome::Unavailable.into() };
    let language = tenant.languages.first().unwrap_or(&conversation.language);
    let case = conversation.last.number.clone().unwrap_or_else(|| conversation.run.to_string());
    let keys = &wish.shell.parts.keys;
    let passed = |account| {
        let of = |purpose| conversation.ledger.passed(conversation.run, account, purpose, now, keys);
        [of(Purpose::ResetPassword), of(Purpose::UnlockAccount)].concat()
    };
    let passed = conversation.account().map(passed).unwrap_or_default();
    let catalog = &wish.shell.parts.catalog;
    let verified = match passed.as_slice() {
        [] => catalog.text(language, "desk-mail-nothing", &[]),
        passed => passed.iter().map(|gate| gate.method.name()).collect::<Vec<_>>().join(", "),
    };
    let note = catalog.text(language, "desk-call-note", &[("case", &case), ("verified", &verified)]);
    let value = encode(&Connect { to: to.e164().to_owned(), note });
    let key = places::connect(conversation.id);
    let put = Op::Put { key, value, expect: Expect::Anything, expires: now + CONNECTED };
    Performed { result: EffectResult::Plain(Outcome::Connected), ops: vec![put] }
}

/// "This was not me" on a telephone leg: freezes the account and tells the service desk.
pub async fn report_fraud(wish: &Wish<'_>) -> EffectResult {
    if let Some(account) = wish.conversation.account() {
        freeze(wish, account).await;
    }
    if let Some(desk) = &wish.shell.parts.desk
        && let Err(error) = desk.open(&ticket(wish, "desk-fraud", &[])).await
    {
        tracing::warn!(conversation = %wish.conversation.id, outcome = outcome(&error), "the service desk was not told");
    }
    EffectResult::Plain(Outcome::Recorded)
}

async fn freeze(wish: &Wish<'_>, account: &AccountId) {
    let parts = &wish.shell.parts;
    let tenant = &wish.tenant.tenant.id;
    for wait in WAITS {
        let now = wish.shell.now();
        let events =
            [event(wish, account, now, AuditKind::FraudReported), event(wish, account, now, AuditKind::Frozen)];
        let frozen = parts.registry.freeze(tenant, account, now).await.map_err(|error| error.to_string());
        let recorded = parts.audit.append(&wish.operation("fraud"), &events).await.map_err(|error| error.to_string());
        match frozen.and(recorded) {
            Ok(()) => return,
            Err(error) => tracing::error!(conversation = %wish.conversation.id, error, "an account is not closed yet"),
        }
        parts.clock.sleep_until(now + wait).await;
    }
}

/// How it failed; what the other side said may quote an address.
fn outcome(error: &SendError) -> &'static str {
    match error {
        SendError::Retry { .. } => "retry",
        SendError::Dead { .. } => "dead",
        SendError::Unknown { .. } => "unknown",
    }
}

fn ticket(wish: &Wish<'_>, template: &str, verified: &[Method]) -> Ticket {
    let tenant = &wish.tenant.tenant;
    let language = tenant.languages.first().unwrap_or(&wish.conversation.language);
    let user_name = wish.conversation.slots.values().find_map(|slot| match slot {
        Slot::Name(name) => Some(name.clone()),
        Slot::Keyed { keys, .. } => Some(keys.clone()),
        Slot::Target(_) | Slot::Code(_) | Slot::Tag(_) | Slot::Digits(_) | Slot::Keying { .. } => None,
    });
    Ticket {
        case: wish.conversation.run,
        tenant: tenant.id.clone(),
        user_name,
        verified: verified.to_vec(),
        summary: wish.shell.parts.catalog.text(language, template, &[]),
    }
}
