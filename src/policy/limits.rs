//! Who may try how often: counters as values; the registry keeps them, durable, and fails closed.

use serde::{Deserialize, Serialize};

use crate::model::time::Seconds;

/// What is being counted (`security.md` c.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limited {
    Start,
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
    Tenant(String),
}

/// At most `limit` in a sliding `window`; the count that exceeds it is refused and the refusal lasts until the window
/// has passed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Limit {
    pub what: Limited,
    pub scope: Scope,
    pub limit: u32,
    pub window: Seconds,
}
