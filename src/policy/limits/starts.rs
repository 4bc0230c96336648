//! How often a case may be started, and for how many names.

use crate::model::time::Seconds;
use crate::policy::limits::{BURST, DAY, HOUR, Limit, Limited, Scope, account, address, limit, peer, whole};
use crate::policy::tenant::Tenant;

/// Cases under way at once, all tenants together: memory and the service desk bear no more.
pub const LIVE_CASES: u32 = 2_000;
/// As long as a conversation may last: a case whose end was lost counts no longer.
const LIVE: Seconds = Seconds::minutes(40);

/// The start of a case, hard limit: past it nothing starts (`Refused`). Count these first, then [`soft`].
pub fn hard(peer_key: &str, tenant: &Tenant) -> Vec<Limit> {
    vec![
        limit(Limited::Start, peer(peer_key), 5, HOUR),
        limit(Limited::Start, peer(peer_key), 20, DAY),
        limit(Limited::Start, whole(tenant), 200, BURST),
    ]
}

/// The start of a case, soft limit: past it the human challenge is set. Counted apart from the hard limits, under an
/// operation of its own; half of them, so that a person meets the challenge before the wall.
pub fn soft(peer_key: &str, tenant: &Tenant) -> Vec<Limit> {
    vec![
        limit(Limited::Suspicion, peer(peer_key), 3, HOUR),
        limit(Limited::Suspicion, peer(peer_key), 10, DAY),
        limit(Limited::Suspicion, whole(tenant), 100, BURST),
    ]
}

/// Cases under way. Count under an operation of the conversation, and take it back when it ends.
pub fn live() -> Vec<Limit> {
    vec![limit(Limited::Live, Scope::Everybody, LIVE_CASES, LIVE)]
}

/// Browser conversations opened from one network address: a flood. The number is high because a whole campus may share
/// one address in its worst hour; far below it everybody there meets the human check ([`from`]).
pub fn open_browser(address_key: &str) -> Vec<Limit> {
    vec![limit(Limited::Start, address(address_key), 2_000, HOUR)]
}

/// Joins [`soft`] where a conversation's network address is known: in a browser a new peer costs nothing.
/// `address_key` is the pseudonym of the address.
pub fn from(address_key: &str) -> Limit {
    limit(Limited::Suspicion, address(address_key), 30, HOUR)
}

/// A name was given. `name_key` is the keyed hash of its normal form, known or not: nobody can tell by the limit.
pub fn identify(name_key: &str) -> Vec<Limit> {
    vec![limit(Limited::Start, account(name_key), 5, HOUR), limit(Limited::Start, account(name_key), 10, DAY)]
}

/// Different names that one peer gives. Count under an operation made of peer, name and day, so that the same name
/// again counts nothing.
pub fn names(peer_key: &str) -> Vec<Limit> {
    vec![limit(Limited::Name, peer(peer_key), 3, DAY)]
}

/// What one telephone number may call.
pub struct Calls {
    pub hourly: Limit,
    /// Count under an operation of the call, and take it back when it ends.
    pub at_once: Limit,
}

/// Calls that come in from one number: 10 an hour, 3 at once. Withheld numbers of one line share six times as much: many
/// honest people are behind them. A call whose end was never told counts for a quarter of an hour.
pub fn calls(caller_key: &str, shown: bool) -> Calls {
    let (an_hour, at_once) = if shown { (10, 3) } else { (60, 18) };
    Calls {
        hourly: limit(Limited::Start, address(caller_key), an_hour, HOUR),
        at_once: limit(Limited::Live, address(caller_key), at_once, Seconds::minutes(15)),
    }
}
