//! How many codes, calls and pushes may leave: they cost money, and they ring somewhere.

use data_encoding::HEXLOWER;

use crate::model::contacts::PhoneNumber;
use crate::model::ids::TargetHash;
use crate::model::method::{Family, Method};
use crate::policy::limits::{DAY, HOUR, Limit, Limited, Scope, Who, account, case, limit, peer, whole};
use crate::policy::tenant::Tenant;

/// Digits at the end of a number that tell it from its neighbours: pumpers rent blocks of ten thousand.
const BLOCK: usize = 4;

/// A code, call or push leaves. `destination` is the registered target. The caps of the tenant and of all tenants are
/// money, so they hold for the telephone only; there [`to`] joins them.
pub fn send(who: Who<'_>, method: Method, destination: Option<&TargetHash>) -> Vec<Limit> {
    let tenant = who.tenant;
    let mut limits = vec![
        limit(Limited::Send, account(who.account), 5, HOUR),
        limit(Limited::Send, account(who.account), 10, DAY),
        limit(Limited::Send, peer(who.peer), 10, DAY),
        limit(Limited::Send, case(who.case), 6, HOUR),
    ];
    if let Some(target) = destination {
        limits.push(limit(Limited::Send, Scope::Destination(HEXLOWER.encode(&target.0)), 5, DAY));
    }
    if method.family() == Family::Telephone {
        limits.push(limit(Limited::Send, whole(tenant), tenant.caps.messages_a_day, DAY));
        limits.push(limit(Limited::Send, Scope::Everybody, tenant.caps.messages_of_all_a_day, DAY));
    }
    limits
}

/// A text that nobody asked for leaves: it costs what others cost.
pub fn unasked(number: &PhoneNumber, destination: &TargetHash, tenant: &Tenant) -> Vec<Limit> {
    vec![
        limit(Limited::Send, Scope::Destination(HEXLOWER.encode(&destination.0)), 5, DAY),
        limit(Limited::Send, whole(tenant), tenant.caps.messages_a_day, DAY),
        limit(Limited::Send, Scope::Everybody, tenant.caps.messages_of_all_a_day, DAY),
        to(number, tenant),
    ]
}

/// Numbers that cost alike, for a number that is about to be rung: abroad the whole country, at home, where the whole
/// university lives, the block of ten thousand numbers that it is from.
pub fn to(number: &PhoneNumber, tenant: &Tenant) -> Limit {
    let e164 = number.e164();
    let prefix = match (number.country(), PhoneNumber::country_of(&tenant.region)) {
        (Some(there), home) if home != Some(there) => format!("+{there}"),
        _ => e164[..e164.len().saturating_sub(BLOCK)].to_owned(),
    };
    limit(Limited::Send, Scope::Prefix(prefix), 50, HOUR)
}
