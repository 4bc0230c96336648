//! Attempts in sliding windows: all limits of an attempt are counted, or none.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::model::ids::{AccountId, TenantId};
use crate::model::time::Timestamp;
use crate::policy::limits::{Limit, Limited, Scope};
use crate::ports::registry::{Count, Level, StepUse};
use crate::verify::keys::{Key, Tag};

/// How long an operation is remembered. Redeliveries come within a day (`docs/ARCHITECTURE.md`, "What always holds" 5).
const REMEMBERED_MS: u64 = 48 * 3600 * 1000;
/// Old rows that one call clears away, so that no call takes long.
const CLEARED_AT_ONCE: u32 = 64;
const EVERYTHING: [Limited; 9] = [
    Limited::Start,
    Limited::Suspicion,
    Limited::Name,
    Limited::Send,
    Limited::WrongCode,
    Limited::WrongContact,
    Limited::Set,
    Limited::Change,
    Limited::Live,
];

/// Hashes the names under which things are counted.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub lookup: &'a Key,
    pub tenant: &'a TenantId,
}

impl Names<'_> {
    /// A source that an account knows.
    pub fn source(&self, account: &AccountId, peer_key: &str) -> Tag {
        let parts = [b"source", self.tenant.0.as_bytes(), account.0.as_bytes(), peer_key.as_bytes()];
        self.lookup.tag(&parts)
    }

    pub fn owner(&self, account: &AccountId) -> Tag {
        self.lookup.tag(&[b"owner", self.tenant.0.as_bytes(), account.0.as_bytes()])
    }

    fn operation(&self, kind: &str, operation: &str) -> Tag {
        self.lookup.tag(&[b"operation", kind.as_bytes(), self.tenant.0.as_bytes(), operation.as_bytes()])
    }

    fn scope(&self, what: Limited, scope: &Scope) -> Tag {
        let (kind, key) = match scope {
            Scope::Peer(key) => ("peer", key),
            Scope::Account(key) => ("account", key),
            Scope::Destination(key) => ("destination", key),
            Scope::Address(key) => ("address", key),
            Scope::Tenant(key) => ("tenant", key),
            Scope::Case(key) => ("case", key),
            Scope::Source(key) => ("source", key),
            Scope::Prefix(key) => ("prefix", key),
            // Of no tenant: all of them count here.
            Scope::Everybody => return self.lookup.tag(&[b"everybody", name(what).as_bytes()]),
        };
        let parts = [b"scope", self.tenant.0.as_bytes(), name(what).as_bytes(), kind.as_bytes(), key.as_bytes()];
        self.lookup.tag(&parts)
    }
}

/// Within a transaction of the caller's, which it leaves when this fails.
pub fn count(
    change: &Connection,
    names: Names<'_>,
    operation: &str,
    limits: &[Limit],
    now: Timestamp,
) -> rusqlite::Result<Count> {
    let operation = names.operation("count", operation);
    if let Some(answer) = answered(change, &operation)? {
        return Ok(answer);
    }
    let mut refused = None;
    // Limits of one scope with different windows look at the same attempts, so each scope gets one hit.
    let mut hits: BTreeMap<Tag, Timestamp> = BTreeMap::new();
    for limit in limits {
        let scope = names.scope(limit.what, &limit.scope);
        if limit.refuses() {
            refused = refused.max(reached(change, &scope, limit, now)?);
        }
        let keep_until = hits.entry(scope).or_insert(now);
        *keep_until = (*keep_until).max(now + limit.window);
    }
    if refused.is_none() {
        for (scope, keep_until) in hits {
            change
                .prepare_cached("INSERT INTO hit (scope, operation, at, keep_until) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![scope, operation, at(now), at(keep_until)])?;
        }
    }
    remember(change, &operation, now, refused)?;
    clear_old(change, now)?;
    Ok(refused.map_or(Count::Allowed, |until| Count::Refused { until }))
}

/// How full each limit is.
pub fn levels(
    connection: &mut Connection,
    names: Names<'_>,
    limits: &[Limit],
    now: Timestamp,
) -> rusqlite::Result<Vec<Level>> {
    let change = connection.transaction()?;
    let newest = "SELECT at FROM hit WHERE scope = ?1 AND at > ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3";
    let level = |limit: &Limit| {
        let scope = names.scope(limit.what, &limit.scope);
        let from = at(now) - i64::from(limit.window.0) * 1000;
        let counted = "SELECT count(*) FROM hit WHERE scope = ?1 AND at > ?2";
        let count: u32 = change.prepare_cached(counted)?.query_row(params![scope, from], |row| row.get(0))?;
        let nth = |offset: u32| -> rusqlite::Result<Option<Timestamp>> {
            let row =
                change.prepare_cached(newest)?.query_row(params![scope, from, offset], |row| row.get(0)).optional()?;
            Ok(row.map(moment))
        };
        Ok(Level { count, recent: [nth(0)?, nth(1)?], full_until: reached(&change, &scope, limit, now)? })
    };
    limits.iter().map(level).collect()
}

/// From now on the account knows this source.
pub fn know(
    connection: &Connection,
    names: Names<'_>,
    account: &AccountId,
    peer_key: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let put = "INSERT INTO known_source (source, owner, at) VALUES (?1, ?2, ?3)
               ON CONFLICT (source) DO UPDATE SET at = excluded.at";
    connection.execute(put, params![names.source(account, peer_key), names.owner(account), at(now)]).map(|_| ())
}

/// Whether the account knows this source since `since` or later.
pub fn knows(
    connection: &Connection,
    names: Names<'_>,
    account: &AccountId,
    peer_key: &str,
    since: Timestamp,
) -> rusqlite::Result<bool> {
    let find = "SELECT 1 FROM known_source WHERE source = ?1 AND at > ?2";
    let found = connection
        .prepare_cached(find)?
        .query_row(params![names.source(account, peer_key), at(since)], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// No self-service until the release, and no source is known any more: the one who froze it was not the one who came.
pub fn freeze(
    connection: &mut Connection,
    names: Names<'_>,
    account: &AccountId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let owner = names.owner(account);
    change.execute("INSERT OR IGNORE INTO freeze (owner, at) VALUES (?1, ?2)", params![owner, at(now)])?;
    change.execute("DELETE FROM known_source WHERE owner = ?1", [owner])?;
    change.commit()
}

/// Takes one operation's hits back, wherever they counted.
pub fn refund(connection: &Connection, names: Names<'_>, operation: &str) -> rusqlite::Result<()> {
    let operation = names.operation("count", operation);
    connection.prepare_cached("DELETE FROM hit WHERE operation = ?1")?.execute([operation]).map(|_| ())
}

/// Forgets the account's wrong codes and contacts; they stay counted for the peers that made them.
pub fn forgive(connection: &mut Connection, names: Names<'_>, limit_key: &str) -> rusqlite::Result<()> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for what in [Limited::WrongCode, Limited::WrongContact] {
        let scope = names.scope(what, &Scope::Account(limit_key.to_owned()));
        change.execute("DELETE FROM hit WHERE scope = ?1", [scope])?;
    }
    change.commit()
}

/// Lifts a freeze and every counter of the account; whether it was frozen.
pub fn release(connection: &mut Connection, names: Names<'_>, account: &AccountId) -> rusqlite::Result<bool> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let frozen = change.execute("DELETE FROM freeze WHERE owner = ?1", [names.owner(account)])? > 0;
    for what in EVERYTHING {
        let scope = names.scope(what, &Scope::Account(account.0.clone()));
        change.execute("DELETE FROM hit WHERE scope = ?1", [scope])?;
    }
    change.commit()?;
    Ok(frozen)
}

/// The step must be later than every used one.
pub fn use_step(
    connection: &mut Connection,
    names: Names<'_>,
    account: &AccountId,
    step: u64,
    operation: &str,
) -> rusqlite::Result<StepUse> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let operation = names.operation("totp", operation);
    if let Some(answer) = answered(&change, &operation)? {
        return Ok(if answer == Count::Allowed { StepUse::Fresh } else { StepUse::Replayed });
    }
    let moved = change.execute(
        "INSERT INTO totp_step (owner, step) VALUES (?1, ?2)
         ON CONFLICT (owner) DO UPDATE SET step = excluded.step WHERE excluded.step > step",
        params![names.owner(account), signed(step)],
    )?;
    // A step is a time, so operations of steps grow old like all others.
    let when = Timestamp(step.saturating_mul(crate::verify::totp::STEP_SECONDS * 1000));
    let replayed = (moved == 0).then_some(when);
    remember(&change, &operation, when, replayed)?;
    change.commit()?;
    Ok(if replayed.is_none() { StepUse::Fresh } else { StepUse::Replayed })
}

/// When the limit lets the next attempt through, if it is reached now.
fn reached(change: &Connection, scope: &Tag, limit: &Limit, now: Timestamp) -> rusqlite::Result<Option<Timestamp>> {
    if limit.limit == 0 {
        return Ok(Some(now + limit.window));
    }
    // The hit that has to leave the window before another fits in: the `limit`th newest.
    let oldest = "SELECT at FROM hit WHERE scope = ?1 AND at > ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3";
    let from = at(now) - i64::from(limit.window.0) * 1000;
    let found: Option<i64> =
        change.prepare_cached(oldest)?.query_row(params![scope, from, limit.limit - 1], |row| row.get(0)).optional()?;
    Ok(found.map(|at| moment(at) + limit.window))
}

fn answered(change: &Connection, operation: &Tag) -> rusqlite::Result<Option<Count>> {
    let find = "SELECT refused_until FROM operation WHERE id = ?1";
    let found: Option<Option<i64>> =
        change.prepare_cached(find)?.query_row([operation], |row| row.get(0)).optional()?;
    Ok(found.map(|until| until.map_or(Count::Allowed, |until| Count::Refused { until: moment(until) })))
}

fn remember(
    change: &Connection,
    operation: &Tag,
    when: Timestamp,
    refused_until: Option<Timestamp>,
) -> rusqlite::Result<()> {
    change.prepare_cached("INSERT INTO operation (id, at, refused_until) VALUES (?1, ?2, ?3)")?.execute(params![
        operation,
        at(when),
        refused_until.map(at)
    ])?;
    Ok(())
}

fn clear_old(change: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    change
        .prepare_cached("DELETE FROM hit WHERE id IN (SELECT id FROM hit WHERE keep_until <= ?1 LIMIT ?2)")?
        .execute(params![at(now), CLEARED_AT_ONCE])?;
    change
        .prepare_cached("DELETE FROM operation WHERE id IN (SELECT id FROM operation WHERE at <= ?1 LIMIT ?2)")?
        .execute(params![signed(now.0.saturating_sub(REMEMBERED_MS)), CLEARED_AT_ONCE])?;
    Ok(())
}

/// Part of a hash, so a name is never changed.
fn name(what: Limited) -> &'static str {
    match what {
        Limited::Start => "start",
        Limited::Suspicion => "suspicion",
        Limited::Name => "name",
        Limited::Send => "send",
        Limited::WrongCode => "wrong_code",
        Limited::WrongContact => "wrong_contact",
        Limited::Set => "set",
        Limited::Change => "change",
        Limited::Live => "live",
    }
}

fn at(moment: Timestamp) -> i64 {
    signed(moment.0)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn moment(at: i64) -> Timestamp {
    Timestamp(u64::try_from(at).unwrap_or(0))
}
