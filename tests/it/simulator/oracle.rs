//! What must hold after everything that happens, judged from what truly is: what lies on disk, what was sent, what the
//! directory holds. Nothing here asks the product whether it did right.

pub mod cases;
pub mod messages;
pub mod secrets;
pub mod sets;

use std::collections::{BTreeMap, BTreeSet};

use ringback::audit::AuditEvent;
use ringback::engine::conversation::Conversation;
use ringback::engine::event::Act;
use ringback::model::ids::{AccountId, ChallengeId, ConversationId, EffectId, GateId, PageId, RunId, TargetHash};
use ringback::model::method::Method;
use ringback::model::peer::Peer;
use ringback::model::time::Timestamp;
use ringback::policy::tenant::Tenant;
use ringback::ports::store::RowId;
use ringback::runtime::record::OutboxRow;

use self::secrets::Secrets;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Invariant {
    /// No set without enough differing gates, fresh, of this very case and account.
    I1,
    /// Nothing that may be used once is used twice.
    I2,
    /// Wrong guesses stay within their limits, and are counted before they are compared.
    I3,
    /// The count of a gate's comparisons never falls, whatever is sent again.
    I4,
    /// No message beyond a cap, or to an address that is not registered, or that was not typed in full.
    I5,
    /// No secret anywhere but at its addressee.
    I6,
    /// What is said is on record, what is on record is so; nothing is visible before it is on disk.
    I7,
    /// Every change is told to every registered address.
    I8,
    /// What has expired stays expired.
    I9,
    /// Unknown names are answered like known ones.
    I10,
    /// Who is honest gets through when the storm is over.
    I11,
    /// Everything that belongs on record is there, once.
    I12,
    /// Nobody reaches another's conversation.
    I13,
    /// Nothing piles up.
    I14,
}

#[derive(Clone, Debug)]
pub struct Violation {
    pub invariant: Invariant,
    pub what: String,
}

/// What everything is judged by at one moment.
pub struct Now<'a> {
    /// The latest time that the product ever saw.
    pub mark: Timestamp,
    pub tenant: &'a Tenant,
}

/// An event as somebody handed it in.
#[derive(Clone)]
pub struct HandedIn {
    pub act: Act,
    /// Taken from somebody else's screen.
    pub stolen: bool,
}

/// A gate that truly passed.
#[derive(Clone)]
pub struct Passed {
    pub account: AccountId,
    pub method: Method,
    pub target: TargetHash,
    pub at: Timestamp,
}

pub struct Set {
    pub account: AccountId,
    pub run: RunId,
    pub conversation: Option<ConversationId>,
    pub at: Timestamp,
}

/// Where an event came from, and its name there.
pub type EventKey = (String, String);

#[derive(Default)]
pub struct Oracle {
    pub violations: Vec<Violation>,
    pub conversations: BTreeMap<ConversationId, Conversation>,
    pub conversation_of_run: BTreeMap<RunId, ConversationId>,
    pub handed_in: BTreeMap<EventKey, HandedIn>,
    pub processed: BTreeSet<EventKey>,
    /// What each conversation was told in words.
    pub typed: BTreeMap<ConversationId, Vec<String>>,
    /// What had been typed when a check was begun.
    pub typed_for: BTreeMap<EffectId, String>,
    /// Operations that the registry has on disk as allowed.
    pub counted: BTreeSet<String>,
    /// Operations that the service was told are allowed.
    pub allowed: BTreeSet<String>,
    /// Rows as they were taken from the outbox.
    pub rows: BTreeMap<RowId, OutboxRow>,
    pub code_drawn: BTreeMap<ChallengeId, Timestamp>,
    pub code_sent: BTreeMap<ChallengeId, String>,
    pub code_used: BTreeSet<ChallengeId>,
    pub steps: BTreeMap<AccountId, BTreeMap<u64, String>>,
    pub passed: BTreeMap<RunId, Vec<Passed>>,
    pub wrong: BTreeMap<String, Vec<Timestamp>>,
    pub gates: BTreeMap<GateId, (u8, u8)>,
    pub compared: BTreeMap<GateId, u32>,
    pub sends: BTreeMap<String, BTreeMap<RowId, Timestamp>>,
    pub texts: BTreeMap<RowId, bool>,
    pub sets: Vec<Set>,
    pub unlocks: Vec<Set>,
    pub closed: BTreeSet<AccountId>,
    /// From where an account's person succeeded before; each such source has an allowance of its own.
    pub sources: BTreeSet<(AccountId, String)>,
    pub record: Vec<AuditEvent>,
    pub operations: BTreeSet<String>,
    /// What belongs on record, by the row that carries it there.
    pub to_record: Vec<AuditEvent>,
    pub told: BTreeMap<RunId, BTreeSet<String>>,
    pub secrets: Secrets,
    /// Links that somebody tried to open by POST, and those that a short code opened.
    pub posted: BTreeSet<PageId>,
    pub opened_elsewhere: BTreeSet<PageId>,
    pub n_checked: u64,
}

impl Oracle {
    /// What the known sources of an account may do beside what strangers may: five more each.
    pub fn own_allowance(&self, account: &str) -> usize {
        5 * self.sources.iter().filter(|(of, _)| of.0 == account).count()
    }

    pub fn violated(&mut self, invariant: Invariant, what: impl Into<String>) {
        self.violations.push(Violation { invariant, what: what.into() });
    }

    /// Holds something to be true, and counts that it was looked at.
    pub fn hold(&mut self, invariant: Invariant, is_so: bool, otherwise: impl FnOnce() -> String) {
        self.n_checked += 1;
        if !is_so {
            self.violated(invariant, otherwise());
        }
    }
}

pub fn event_key(peer: &Peer, event: &str) -> EventKey {
    (super::scene::called(peer), event.to_owned())
}
