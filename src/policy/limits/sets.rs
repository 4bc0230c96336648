//! How often a password may be handed in, and how often it may be changed.

use crate::model::time::Seconds;
use crate::policy::limits::{BURST, DAY, HOUR, Limit, Limited, Scope, Who, account, address, case, limit, peer, whole};
use crate::policy::tenant::Tenant;

/// A password is about to be judged and set: five that are refused and one that is taken, in a case and in ten minutes
/// of an account; and no more than the directories bear.
pub fn attempt(who: Who<'_>) -> Vec<Limit> {
    vec![
        limit(Limited::Set, account(who.account), 6, Seconds::minutes(10)),
        limit(Limited::Set, case(who.case), 6, HOUR),
        limit(Limited::Set, whole(who.tenant), 50, BURST),
        limit(Limited::Set, Scope::Everybody, 200, BURST),
    ]
}

/// A password that was found good is about to be handed to the directory. Given back when the directory did not take it.
pub fn change(who: Who<'_>) -> Vec<Limit> {
    vec![
        limit(Limited::Change, account(who.account), 1, Seconds::minutes(10)),
        limit(Limited::Change, peer(who.peer), 3, DAY),
    ]
}

/// Joins [`change`] where the conversation's network address is known.
pub fn change_from(address_key: &str, tenant: &Tenant) -> Limit {
    limit(Limited::Change, address(address_key), tenant.caps.changes_an_hour_an_address, HOUR)
}
