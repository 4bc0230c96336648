//! Looks a claimed name up. Unknown, disabled, privileged, frozen and unregistered accounts all continue with a decoy,
//! after the same reads and at the same moment.

use std::borrow::Cow;
use std::time::Duration;

use data_encoding::HEXLOWER;

use crate::engine::conversation::Subject;
use crate::engine::event::EffectResult;
use crate::flow::effect::Outcome;
use crate::metrics::catalog::Metric;
use crate::model::account::Account;
use crate::model::contacts::Contact;
use crate::model::ids::AccountId;
use crate::model::keypad::Keyed;
use crate::model::peer::Surface;
use crate::model::time::Timestamp;
use crate::policy::gates::{self, Factor, Source};
use crate::policy::limits::{Limit, starts};
use crate::policy::tenant::Tenant;
use crate::runtime::perform::Wish;
use crate::runtime::perform::account::{Away, away, factors, may_be_served};
use crate::runtime::perform::attempts::{self, Counted, counted, counted_from_source};
use crate::runtime::places;
use crate::verify::decoy;

/// The answer leaves this many milliseconds after the wish arrived, or at a whole multiple when a directory is slow, so
/// that its speed tells nothing. Longer than a directory in good health takes for any name: one that answers for some
/// names just before the floor and for others just after it would tell them apart.
const FLOOR_MS: u64 = 1_500;
const DAY_MS: u64 = 24 * 3600 * 1000;

pub async fn identify(wish: &Wish<'_>, names: &[String], limits: &[Limit]) -> EffectResult {
    on_the_floor(wish, look_up(wish, &Claim::Names(names), limits)).await
}

/// The same for what was keyed on a telephone. Nobody is told how many share a name on the keys: `end` picks one of them,
/// and where it does not, the caller meets a decoy.
pub async fn identify_keyed(
    wish: &Wish<'_>,
    keys: &str,
    what: Keyed,
    end: Option<&str>,
    limits: &[Limit],
) -> EffectResult {
    on_the_floor(wish, look_up(wish, &Claim::Keys { keys, what, end }, limits)).await
}

/// What somebody claims to be called.
enum Claim<'a> {
    Names(&'a [String]),
    Keys { keys: &'a str, what: Keyed, end: Option<&'a str> },
}

impl Claim<'_> {
    /// Under which it is counted, and a decoy is drawn.
    fn first(&self) -> Option<&str> {
        match self {
            Claim::Names(names) => names.first().map(String::as_str),
            Claim::Keys { keys, .. } => Some(keys),
        }
    }
}

async fn on_the_floor(wish: &Wish<'_>, looked_up: impl Future<Output = EffectResult>) -> EffectResult {
    let clock = &wish.shell.parts.clock;
    let began = clock.now();
    let result = looked_up.await;
    let taken = clock.now().0.saturating_sub(began.0);
    let floors = taken.div_ceil(FLOOR_MS).max(1);
    let waited = Duration::from_millis(floors * FLOOR_MS - taken);
    wish.shell.metrics.took(Metric::FloorSeconds, &[], waited);
    clock.sleep_until(Timestamp(began.0 + floors * FLOOR_MS)).await;
    result
}

async fn look_up(wish: &Wish<'_>, claim: &Claim<'_>, limits: &[Limit]) -> EffectResult {
    let now = wish.shell.now();
    let Some(first) = claim.first() else { return EffectResult::Plain(Outcome::Unavailable) };
    let throttled = |until| EffectResult::Throttled { until };
    let named = counted(wish, &wish.operation("identify"), limits).await;
    if let Counted::Away = named {
        return EffectResult::Plain(Outcome::Unavailable);
    }
    let keys = &wish.shell.parts.keys;
    let peer_key = places::peer_key(keys, &wish.conversation.peer);
    let day = (now.0 / DAY_MS).to_be_bytes();
    let name_today = keys.pseudonym.tag(&[b"name-today", peer_key.as_bytes(), first.as_bytes(), &day]);
    match counted(wish, &HEXLOWER.encode(&name_today[..16]), &starts::names(&peer_key)).await {
        Counted::Allowed => {}
        Counted::Refused(until) => return throttled(until),
        Counted::Away => return EffectResult::Plain(Outcome::Unavailable),
    }
    let Ok((is_name, served)) = served(wish, claim, now).await else {
        return EffectResult::Plain(Outcome::Unavailable);
    };
    let subject = match <[Subject; 1]>::try_from(served) {
        Ok([subject]) => subject,
        Err(_) => decoy_of(wish, first),
    };
    match named {
        // The name was tried too often; a source that its account knows may go on for a while.
        Counted::Refused(until) => match own_start(wish, limits, &subject).await {
            Counted::Allowed => EffectResult::Identified { subject, is_name },
            Counted::Refused(_) => throttled(until),
            Counted::Away => EffectResult::Plain(Outcome::Unavailable),
        },
        Counted::Allowed | Counted::Away => EffectResult::Identified { subject, is_name },
    }
}

async fn own_start(wish: &Wish<'_>, limits: &[Limit], subject: &Subject) -> Counted {
    let nobody = AccountId(subject.limit_key.clone());
    let account = subject.account.as_ref().unwrap_or(&nobody);
    counted_from_source(wish, &wish.operation("identify"), limits, account, subject.source).await
}

/// Whether anybody is called so, and everybody of them who may be served. All candidates are read, whatever the first one
/// gave.
async fn served(wish: &Wish<'_>, claim: &Claim<'_>, now: Timestamp) -> Result<(bool, Vec<Subject>), Away> {
    let directory = &wish.tenant.directory;
    let tenant = &wish.tenant.tenant.id;
    let (mut is_name, mut served) = (false, Vec::new());
    match claim {
        Claim::Names(names) => {
            for name in *names {
                let found = directory.find(name).await.map_err(|error| away(tenant, &error))?;
                is_name |= found.is_some();
                served.extend(candidate(wish, name, found, now).await?);
            }
        }
        Claim::Keys { keys, what, end } => {
            let mut found = directory.find_keyed(keys, *what).await.map_err(|error| away(tenant, &error))?;
            if found.len() > 1 {
                found.retain(|account| end.is_some_and(|end| has_phone_ending(account, end)));
            }
            is_name = !found.is_empty();
            // The same reads for whoever is not there.
            let found = if found.is_empty() { vec![None] } else { found.into_iter().map(Some).collect() };
            for account in found {
                served.extend(candidate(wish, keys, account, now).await?);
            }
        }
    }
    Ok((is_name, served))
}

fn has_phone_ending(account: &Account, end: &str) -> bool {
    account.contacts.iter().any(|contact| match &contact.contact {
        Contact::Phone(number) => number.e164().ends_with(end),
        Contact::Email(_) => false,
    })
}

/// An account as a subject, if self-service may serve it; the same reads for every name.
async fn candidate(
    wish: &Wish<'_>,
    name: &str,
    found: Option<Account>,
    now: Timestamp,
) -> Result<Option<Subject>, Away> {
    let parts = &wish.shell.parts;
    let tenant = &wish.tenant.tenant;
    let nobody = AccountId(decoy_key(wish, name));
    let id = found.as_ref().map_or(&nobody, |account| &account.id);
    let enrolment = parts.registry.enrolment(&tenant.id, id).await.map_err(|error| away(&tenant.id, &error))?;
    let frozen = parts.registry.frozen(&tenant.id, id).await.map_err(|error| away(&tenant.id, &error))?;
    let source = attempts::source(wish, id).await;
    let Some(account) = found.filter(|account| may_be_served(account) && !frozen) else { return Ok(None) };
    // What is wired, not what works now: a provider that is down makes nobody unknown.
    let factors = factors(&by_way(wish), &account, &enrolment, &parts.wired(), &parts.keys, now);
    if !gates::reachable(&gates::requirement(tenant, source), &factors) {
        return Ok(None);
    }
    Ok(Some(subject(account, factors, source)))
}

fn subject(account: Account, factors: Vec<Factor>, source: Source) -> Subject {
    Subject { limit_key: account.id.0.clone(), account: Some(account.id), factors, source }
}

fn decoy_of(wish: &Wish<'_>, name: &str) -> Subject {
    let parts = &wish.shell.parts;
    let factors = decoy::factors(&parts.keys, &by_way(wish), &parts.wired(), name);
    Subject { account: None, limit_key: decoy_key(wish, name), factors, source: Source::Unknown }
}

/// The institution as it is met where somebody asks: a telephone takes digits alone.
fn by_way<'a>(wish: &'a Wish<'_>) -> Cow<'a, Tenant> {
    let tenant = &wish.tenant.tenant;
    match wish.conversation.surface {
        Surface::Voice => Cow::Owned(tenant.by_ear()),
        Surface::Chat | Surface::Group => Cow::Borrowed(tenant),
    }
}

/// Counted like an account, under a name that no account has.
fn decoy_key(wish: &Wish<'_>, name: &str) -> String {
    let tenant = &wish.tenant.tenant.id;
    let tag = wish.shell.parts.keys.pseudonym.tag(&[b"nobody", tenant.0.as_bytes(), name.as_bytes()]);
    HEXLOWER.encode(&tag[..16])
}
