//! How full the caps of tenants, and of all together, are: an alarm at half and at the full, and a tenant on guard while
//! its budget of wrong codes is used up.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::ids::TenantId;
use crate::model::time::{Seconds, Timestamp};
use crate::policy::limits::{Limit, Limited, Scope, guesses};
use crate::policy::tenant::Tenant;
use crate::ports::registry::Level;
use crate::runtime::parts::TenantParts;
use crate::runtime::shell::Shell;

/// The target of alarms in the log; nothing else is written to it.
pub const TARGET: &str = "ringback.alarm";
/// A tenant whose budget cannot be read at the start is on guard for so long, unless a wrong code tells more before.
const UNREAD: Seconds = Seconds::hours(1);

/// What is known of all caps since the start, in memory: what counts is in the registry.
#[derive(Default)]
pub struct Caps {
    fills: Mutex<BTreeMap<Cap, Fill>>,
    guard: Mutex<HashMap<TenantId, Timestamp>>,
}

/// Which cap: of a tenant, or of all tenants together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Cap {
    pub tenant: Option<TenantId>,
    pub what: Limited,
    pub window: Seconds,
}

/// How full it was when it was counted last. For whoever measures: numbers only, no person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fill {
    pub count: u32,
    pub limit: u32,
    /// 0, 50 or 100: what was raised and still stands.
    pub percent: u8,
    /// How often it came to half, and to the full, since the start.
    pub halves: u64,
    pub fulls: u64,
}

impl Caps {
    /// Every cap that was counted since the start.
    pub fn fills(&self) -> Vec<(Cap, Fill)> {
        let fills = self.fills.lock().unwrap_or_else(PoisonError::into_inner);
        fills.iter().map(|(cap, fill)| (cap.clone(), *fill)).collect()
    }

    /// Takes what the registry says of one cap; raises the alarm once for each step upwards.
    fn note(&self, cap: Cap, limit: u32, count: u32) {
        let percent = match u64::from(count) * 2 {
            twice if twice >= u64::from(limit) * 2 => 100,
            twice if twice >= u64::from(limit) => 50,
            _ => 0,
        };
        let mut fills = self.fills.lock().unwrap_or_else(PoisonError::into_inner);
        let fill = fills.entry(cap.clone()).or_default();
        let before = std::mem::replace(fill, Fill { count, limit, percent, ..*fill }).percent;
        if percent <= before {
            return;
        }
        fill.halves += u64::from(before < 50);
        fill.fulls += u64::from(percent == 100);
        let tenant = cap.tenant.as_ref().map_or("all", |tenant| tenant.0.as_str());
        tracing::warn!(target: TARGET, tenant, cap = ?cap.what, limit, used = count, percent, "a cap is filling up");
    }

    fn put_on_guard(&self, tenant: &TenantId, until: Option<Timestamp>) {
        let mut guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        match until {
            Some(until) => guard.insert(tenant.clone(), until),
            None => guard.remove(tenant),
        };
    }

    fn guarded_until(&self, tenant: &TenantId) -> Option<Timestamp> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).copied()
    }
}

/// The caps among some limits, and how full they are. What cannot be read raises nothing: the count itself was made.
pub async fn watch(shell: &Shell, tenant: &TenantId, limits: &[Limit]) {
    let caps: Vec<Limit> = limits.iter().filter(|limit| limit.is_cap()).cloned().collect();
    if caps.is_empty() {
        return;
    }
    match shell.parts.registry.levels(tenant, &caps, shell.now()).await {
        Ok(levels) => caps.iter().zip(levels).for_each(|(limit, level)| take(shell, tenant, limit, level)),
        Err(error) => tracing::warn!(%tenant, %error, "caps cannot be read"),
    }
}

/// After a start: tenants whose budget was used up before are on guard again.
pub async fn recall(shell: &Shell) {
    for parts in shell.parts.tenants.values() {
        let (tenant, budget) = (&parts.tenant.id, guesses::budget(&parts.tenant));
        match shell.parts.registry.levels(tenant, std::slice::from_ref(&budget), shell.now()).await {
            Ok(levels) => levels.into_iter().for_each(|level| take(shell, tenant, &budget, level)),
            Err(error) => {
                tracing::warn!(%tenant, %error, "the budget of wrong codes cannot be read, so two gates are asked for");
                shell.caps.put_on_guard(tenant, Some(shell.now() + UNREAD));
            }
        }
    }
}

/// What a tenant demands at this moment: more than usual while it is on guard.
pub fn demands(shell: &Shell, parts: &TenantParts) -> Arc<Tenant> {
    match shell.caps.guarded_until(&parts.tenant.id) {
        Some(until) if shell.now() < until => Arc::new(parts.tenant.on_guard()),
        Some(_) | None => Arc::clone(&parts.tenant),
    }
}

fn take(shell: &Shell, tenant: &TenantId, limit: &Limit, level: Level) {
    let of = (limit.scope != Scope::Everybody).then(|| tenant.clone());
    shell.caps.note(Cap { tenant: of, what: limit.what, window: limit.window }, limit.limit, level.count);
    if !limit.refuses() {
        shell.caps.put_on_guard(tenant, level.full_until);
    }
}
