//! Who may try how often: counters as values; the registry keeps them, durable, and fails closed.
//!
//! Every number is one cell of the matrix in `docs/ARCHITECTURE.md`, "Limits"; the folder has a file for each of its
//! columns. Rules that need no counter of their own live with what they count: 5 comparisons and 3 sends a challenge in
//! the conversation's gate.

pub mod guesses;
pub mod sends;
pub mod sets;
pub mod starts;

use serde::{Deserialize, Serialize};

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
    /// A password that is handed in, whatever the directory says to it.
    Set,
    /// A password that the directory took; counted before, given back when it did not.
    Change,
    /// A case that has begun; given back when it ends.
    Live,
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
    /// One conversation, restarts included.
    Case(String),
    /// A source that one account knows: what others do to the account does not count here ([`own`]).
    Source(String),
    /// Telephone numbers that cost alike: a country, or a block of numbers of the tenant's own.
    Prefix(String),
    /// The whole service, all tenants together.
    Everybody,
}

/// At most `limit` in a sliding `window`; the count that exceeds it is refused and the refusal lasts until the window
/// has passed. Limits of one `what` and `scope` with different windows look at the same attempts. A budget
/// ([`Limit::refuses`]) counts on and refuses nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Limit {
    pub what: Limited,
    pub scope: Scope,
    pub limit: u32,
    pub window: Seconds,
}

/// Whose attempt it is, as the scopes name them.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    /// The account's or decoy's key.
    pub account: &'a str,
    pub peer: &'a str,
    /// The conversation.
    pub case: &'a str,
    pub tenant: &'a Tenant,
}

/// How long an account remembers a source from which its person succeeded: two terms, so that most people are known
/// when they come again.
pub const SOURCE_MEMORY: Seconds = Seconds::hours(24 * 180);
/// What a known source has a day when the account's own limit is reached; of wrong contacts [`OWN_CONTACTS`].
const OWN: u32 = 5;
const OWN_CONTACTS: u32 = 3;
/// Waits after the first wrong codes of an account in a day, by how many there were; the last one holds from there on.
const WAITS: [Seconds; 6] = [Seconds(0), Seconds(0), Seconds(2), Seconds(5), Seconds(15), Seconds(30)];

const HOUR: Seconds = Seconds::hours(1);
const DAY: Seconds = Seconds::hours(24);
/// Longer than any account lives: "100 wrong codes without a success" ends at the service desk, not by waiting.
const FOR_GOOD: Seconds = Seconds::hours(24 * 365 * 20);
/// Bursts are judged over ten seconds: 20 a second with a burst of 200 is 200 in ten seconds.
const BURST: Seconds = Seconds(10);

impl Limit {
    /// Whether an attempt past the limit is refused. The tenant's wrong codes are a budget instead: were they refused,
    /// anybody could close self-service for everybody by guessing. Past it the tenant is on guard
    /// ([`Tenant::on_guard`]), where a guess is worth next to nothing.
    pub fn refuses(&self) -> bool {
        !matches!((self.what, &self.scope), (Limited::WrongCode, Scope::Tenant(_)))
    }

    /// Caps of a tenant or of all: somebody should know before they are reached.
    pub fn is_cap(&self) -> bool {
        matches!(self.scope, Scope::Tenant(_) | Scope::Everybody)
    }

    /// The wrong codes of one account in a day, which set the pace of the next ones.
    pub fn sets_the_pace(&self) -> bool {
        matches!((self.what, &self.scope), (Limited::WrongCode, Scope::Account(_))) && self.window == DAY
    }
}

/// The limits of an attempt from a source that the account knows, counted when the account's own are reached: the
/// account's windows of a day or less make way for the source's own allowance, so that strangers cannot lock the owner
/// out. Everything else holds for it too, also the 100 wrong codes without a success.
pub fn own(limits: &[Limit], source: &str) -> Vec<Limit> {
    let mut own: Vec<Limit> = Vec::new();
    for limit in limits {
        let strangers = matches!(limit.scope, Scope::Account(_)) && limit.window <= DAY;
        let limit = match limit.what {
            Limited::Start | Limited::Send | Limited::WrongCode | Limited::WrongContact if strangers => {
                let allowance = if limit.what == Limited::WrongContact { OWN_CONTACTS } else { OWN };
                let scope = Scope::Source(source.to_owned());
                Limit { what: limit.what, scope, limit: allowance, window: DAY }
            }
            _ => limit.clone(),
        };
        if !own.contains(&limit) {
            own.push(limit);
        }
    }
    own
}

/// How long after a wrong code the next one of the account is looked at, when there were `before` of them in a day.
pub fn pace(before: u32) -> Seconds {
    let place = usize::try_from(before).unwrap_or(usize::MAX).min(WAITS.len() - 1);
    WAITS[place]
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

fn address(key: &str) -> Scope {
    Scope::Address(key.to_owned())
}

fn case(key: &str) -> Scope {
    Scope::Case(key.to_owned())
}

fn whole(tenant: &Tenant) -> Scope {
    Scope::Tenant(tenant.id.0.clone())
}
