//! Who may try how often: counters as values; the registry keeps them, durable, and fails closed.
//!
//! Every number is one cell of the matrix in `docs/ARCHITECTURE.md`, "Limits". Rules that need no counter of their own
//! live with what they count: 5 comparisons and 3 sends a challenge in the conversation's gate.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::model::ids::TargetHash;
use crate::model::method::{Family, Method};
use crate::model::time::Seconds;
use crate::policy::tenant::Tenant;

/// What is being counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limited {
    Start,
    /// Starts again, in counters of their own: past them a person must show to be one.
    Suspicion,
    /// A further name that one peer gives.
    Name,
    Send,
    WrongCode,
    WrongContact,
    Set,
}

/// Whose attempts are added up. Values are keyed hashes or ids, never names or numbers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Peer(String),
    /// Account id, or for a decoy the keyed hash of the name: both are limited alike.
    Account(String),
    Destination(String),
    /// A network address (IPv4 /32, IPv6 /64) that opens browser conversations; peers there cost nothing.
    Address(String),
    Tenant(String),
}

/// At most `limit` in a sliding `window`; the count that exceeds it is refused and the refusal lasts until the window
/// has passed. Limits of one `what` and `scope` with different windows look at the same attempts. When the account of an
/// attempt is forgiven after a success, its peer and tenant are forgiven that attempt too: their limits mean wrong codes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Limit {
    pub what: Limited,
    pub scope: Scope,
    pub limit: u32,
    pub window: Seconds,
}

const HOUR: Seconds = Seconds::hours(1);
const DAY: Seconds = Seconds::hours(24);
/// Longer than any account lives: "100 wrong codes without a success" ends at the service desk, not by waiting.
const FOR_GOOD: Seconds = Seconds::hours(24 * 365 * 20);
/// Bursts are judged over ten seconds: 20 a second with a burst of 200 is 200 in ten seconds.
const BURST: Seconds = Seconds(10);

/// The start of a case, hard limit: past it nothing starts (`Refused`). Count these first, then [`start_soft`].
pub fn start_hard(peer_key: &str, tenant: &Tenant) -> Vec<Limit> {
    vec![
        limit(Limited::Start, peer(peer_key), 5, HOUR),
        limit(Limited::Start, peer(peer_key), 20, DAY),
        limit(Limited::Start, whole(tenant), 200, BURST),
    ]
}

/// The start of a case, soft limit: past it the human challenge is set. Counted apart from the hard limits, under an
/// operation of its own; half of them, so that a person meets the challenge before the wall.
pub fn start_soft(peer_key: &str, tenant: &Tenant) -> Vec<Limit> {
    vec![
        limit(Limited::Suspicion, peer(peer_key), 3, HOUR),
        limit(Limited::Suspicion, peer(peer_key), 10, DAY),
        limit(Limited::Suspicion, whole(tenant), 100, BURST),
    ]
}

/// Browser conversations opened from one network address: a flood. The number is high because a whole campus may share
/// one address in its worst hour; far below it everybody there meets the human check ([`start_from`]).
pub fn open_browser(address_key: &str) -> Vec<Limit> {
    vec![limit(Limited::Start, Scope::Address(address_key.to_owned()), 2_000, HOUR)]
}

/// Joins [`start_soft`] where a conversation's network address is known: in a browser a new peer costs nothing.
/// `address_key` is the pseudonym of the address.
pub fn start_from(address_key: &str) -> Limit {
    limit(Limited::Suspicion, Scope::Address(address_key.to_owned()), 30, HOUR)
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

/// A code, call or push leaves. `limit_key` is the account's or decoy's; the tenant's cap is money, so it holds for
/// the telephone only.
pub fn send(
    limit_key: &str,
    peer_key: &str,
    method: Method,
    destination: Option<&TargetHash>,
    tenant: &Tenant,
) -> Vec<Limit> {
    let mut limits = vec![
        limit(Limited::Send, account(limit_key), 5, HOUR),
        limit(Limited::Send, account(limit_key), 10, DAY),
        limit(Limited::Send, peer(peer_key), 10, DAY),
    ];
    if let Some(target) = destination {
        limits.push(limit(Limited::Send, Scope::Destination(HEXLOWER.encode(&target.0)), 5, DAY));
    }
    if method.family() == Family::Telephone {
        limits.push(limit(Limited::Send, whole(tenant), tenant.caps.messages_a_day, DAY));
    }
    limits
}

/// A code, a TOTP code or an answer is about to be compared.
///
/// The account's 5 a day are those of unknown sources; a success forgives them, so the 100 are "without a success".
pub fn wrong_code(limit_key: &str, peer_key: &str, tenant: &Tenant) -> Vec<Limit> {
    vec![
        limit(Limited::WrongCode, account(limit_key), 5, DAY),
        limit(Limited::WrongCode, account(limit_key), 100, FOR_GOOD),
        limit(Limited::WrongCode, peer(peer_key), 10, DAY),
        limit(Limited::WrongCode, whole(tenant), tenant.caps.wrong_codes_a_day, DAY),
    ]
}

/// A typed number or address is about to be compared with the one behind the hint.
pub fn wrong_contact(limit_key: &str, peer_key: &str) -> Vec<Limit> {
    vec![limit(Limited::WrongContact, account(limit_key), 5, DAY), limit(Limited::WrongContact, peer(peer_key), 5, DAY)]
}

/// A password is about to be set: five that the directory refuses and one that it takes, in ten minutes; and no more
/// than the directory bears.
pub fn set(limit_key: &str, tenant: &Tenant) -> Vec<Limit> {
    vec![
        limit(Limited::Set, account(limit_key), 6, Seconds::minutes(10)),
        limit(Limited::Set, whole(tenant), 50, BURST),
    ]
}

fn limit(what: Limited, scope: Scope, limit: u32, window: Seconds) -> Limit {
    Limit { what, scope, limit, window }
}

fn peer(key: &str) -> Scope {
    Scope::Peer(key.to_owned())
}

fn account(key: &str) -> Scope {
    Scope::Account(key.to_owned())
}

fn whole(tenant: &Tenant) -> Scope {
    Scope::Tenant(tenant.id.0.clone())
}
