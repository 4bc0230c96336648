//! Conversation state: versioned bytes under keys, one atomic batch a turn, an outbox in lanes.
//!
//! The store sees bytes only. Versions only grow and are never used again, so a compare-and-swap cannot be fooled by a
//! deleted and recreated record.

use async_trait::async_trait;

use crate::model::time::Timestamp;

/// A record's version: strictly growing per store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version(pub u64);

/// `namespace/key`: `conversation/<id>`, `peer/<hash>`, `page/<id>`, `seen/<event>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    pub namespace: &'static str,
    pub key: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Versioned {
    pub value: Vec<u8>,
    pub version: Version,
    pub expires: Timestamp,
}

/// What a write expects to find.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expect {
    Absent,
    Version(Version),
    Anything,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Op {
    Put {
        key: Key,
        value: Vec<u8>,
        expect: Expect,
        expires: Timestamp,
    },
    Delete {
        key: Key,
        expect: Expect,
    },
    /// Asks for `key` in `due` at `at`; a key has at most one due time, the latest written.
    Due {
        key: Key,
        at: Option<Timestamp>,
    },
    /// Appends a row to a lane of the outbox; rows of a lane leave in order.
    Enqueue(Row),
}

/// A row of the outbox, to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub lane: String,
    pub value: Vec<u8>,
    pub not_before: Timestamp,
}

/// A row that was claimed: nobody else gets it until the lease ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimedRow {
    pub id: RowId,
    pub lane: String,
    pub value: Vec<u8>,
    /// How often it was claimed before.
    pub attempts: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RowId(pub u64);

/// A row as it lies in the outbox. What it says stays sealed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaitingRow {
    pub id: RowId,
    pub lane: String,
    /// When it was to leave at first, as far as this process knows: a restart forgets earlier tries.
    pub since: Timestamp,
    /// When it is tried next.
    pub not_before: Timestamp,
    /// How often it was claimed.
    pub attempts: u32,
    /// Somebody has it right now.
    pub claimed: bool,
}

/// How a lane begins that carries letters: texts and mails to registered addresses, which other servers may hold up.
pub const LETTERS: &str = "to/";

/// How lanes begin whose rows do no harm when they come twice: what a chat shows and what goes on record is known by its
/// number where it goes.
pub const REPEATABLE: [&str; 2] = ["peer/", "audit/"];

/// A sweep that drops as many ends there, so that no call takes long.
pub const SWEPT: usize = 4_096;

/// How many rows may be claimed. Letters have a share of their own: a slow mail server must not keep prompts waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
    pub letters: usize,
    pub others: usize,
}

impl Room {
    /// As many of either kind.
    pub fn each(rows: usize) -> Self {
        Self { letters: rows, others: rows }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody was faster: read again and step again.
    #[error("the record changed meanwhile")]
    Conflict,
    /// Nothing may be acknowledged, sent or set until it is back.
    #[error("store: {0}")]
    Unavailable(String),
    /// A record does not open: it is given up, counted and reported.
    #[error("store: damaged record in {0}")]
    Damaged(String),
}

#[async_trait]
pub trait Store: Send + Sync {
    /// The record, unless it is absent or expired.
    async fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError>;

    /// All of it or nothing, and on disk when this returns. The version is that of every record written.
    async fn commit(&self, batch: Vec<Op>) -> Result<Version, StoreError>;

    /// Reads and deletes at once: of any number of callers one gets the value.
    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keys whose due time has come, oldest first. They stay due until a `Due` op moves them.
    async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError>;

    /// Keys of a namespace that have a due time, whenever it is, up to so many; also right after a start, when a store of
    /// many records may still be finding its due times.
    async fn due_in(&self, namespace: &'static str, at_most: usize) -> Result<Vec<Key>, StoreError>;

    /// The earliest due time or outbox time, to sleep until.
    async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError>;

    /// The first waiting row of every lane that has none claimed, as far as there is room.
    async fn outbox_claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
    ) -> Result<Vec<ClaimedRow>, StoreError>;

    /// The row is done, and gone from the disk when this returns. One of a [`REPEATABLE`] lane may come back after a kill
    /// right then, as after one right before.
    async fn outbox_ack(&self, id: RowId) -> Result<(), StoreError>;

    /// The row goes back to the head of its lane, perhaps changed (an `attempted` mark), until `not_before`.
    async fn outbox_retry(&self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError>;

    /// The oldest rows that wait or are claimed, for whoever looks after the service.
    async fn outbox_rows(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError>;

    /// How many rows wait or are claimed.
    async fn outbox_len(&self) -> Result<usize, StoreError>;

    /// Drops what has expired, of very many records some: then the next call goes on. Returns how many went, fewer than
    /// [`SWEPT`] when nothing is left.
    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError>;
}
